"""Rows of a list of loans as nearly all of them are, read whole by one pattern.

A row that fits has only cells with one plain meaning and nothing to remark, so that reading it cell
by cell would give the same. Every other row is left to that careful reading (`cases.CaseReader`),
which alone knows what is wrong with a row and in which words.
"""

import operator
import re
from datetime import date
from typing import Final

from planner.intake.headers import Columns
from planner.intake.values import LARGEST_AMOUNT, Bad, birth_date, checksum_ok, parse_date

CELL: Final = "\x1f"
# No blanks around the text, no sign of lost characters (`values.check_text`).
_TEXT = "(|[^\\s?#\ufffd锟烫ïâ](?:[^\x1e\x1f?#\ufffd锟烫ïâ]{0,150}[^\\s?#\ufffd锟烫ïâ])?)"
_DAY = "([0-9]{4}-[0-9]{2}-[0-9]{2})"
_SHAPES = {
    "name": "([\u4e00-\u70ea\u70ec-\u951e\u9520-\u9fff]{2,20})",
    "id_number": "([0-9]{17}[0-9X])",
    "contract_no": "([A-Za-z0-9]{1,64})",
    "lender": _TEXT, "product": _TEXT, "since": _DAY,
    "amount": "([0-9]{1,8}(?:\\.[0-9]{1,2})?)",
    "limitation": f"(|{_DAY[1:-1]})", "as_of": f"(|{_DAY[1:-1]})", "dpd": "(|[0-9]{1,4})",
    "status": "(|逾期|未结清|在催|已结清|已撤案)",
    "id_type": "(|身份证|居民身份证)",
    "tags": "(|无)", "needs": "()", "phones": "(1[3-9][0-9]{9}|)",
}  # fmt: skip
_MARK = "(|否|无|0)"
_ANY = "[^\x1f]*"
_HEADS = "合总小\x1f"  # lines of totals begin so, or with an empty cell
_DAYS = 10_000
LONGEST_DPD = 7300  # days: twenty years
_NEEDED = ("name", "id_number", "phones", "contract_no", "amount", "since")
STATUS = {"": "open", "逾期": "open", "未结清": "open", "在催": "open", "已结清": "paid",
          "已撤案": "withdrawn"}  # fmt: skip
ADULT = 18  # years


Row = tuple[str, str, tuple[str, ...], str, str, str, int, date, str, date | None]


class UsualRows:
    """Knows what a usual row of one sheet looks like."""

    def __init__(self, columns: Columns, width: int, as_of: date | None, scale: int) -> None:
        """`as_of` is the day of the figures where a row names none, `scale` the amounts' unit."""
        self._as_of, self._scale = as_of, scale
        self._days: dict[str, date | None] = {"": None}
        fields = {places[0]: name for name, places in columns.where.items()}
        fields |= dict.fromkeys(columns.where.get("phones", ()), "phones")
        shapes, names = [], []
        for at in range(width):
            name = fields.get(at, "")
            shape = _MARK if name.startswith("mark.") else _SHAPES.get(name)
            shapes.append(shape or _ANY)
            if shape:
                names.append(name)
        self._pattern = re.compile(CELL.join(shapes))
        self._phones = [k for k, name in enumerate(names) if name == "phones"]
        self._at = {name: k for k, name in enumerate(names)}
        self.possible = set(_NEEDED) <= set(names)
        # Fields that need not be there are read from an empty text behind the others.
        order = ("name", "id_number", "contract_no", "amount", "since", "lender", "product",
                 "status", "limitation", "as_of", "dpd")  # fmt: skip
        self._order = operator.itemgetter(*(self._at.get(name, len(names)) for name in order))
        self._tells_as_of = "as_of" in self._at

    def read(self, line: str) -> Row | None:
        """Name, ID number, phones, contract number, lender, product, amount in fen, overdue since,
        status and end of limitation of the row `line` (cells parted by U+001F); None for a row that
        is to be read with care."""
        found = self._pattern.fullmatch(line)
        if found is None or line[0] in _HEADS:
            return None
        cells = (*found.groups(), "")
        name, number, contract, amount, since_text, lender, product, status, ends, told, dpd = (
            self._order(cells)
        )
        phones = tuple([cells[k] for k in self._phones if cells[k]])
        if len(phones) > 1:
            phones = tuple(dict.fromkeys(phones))
        since, limitation = self._day(since_text), self._day(ends)
        whole, _, part = amount.partition(".")
        fen = (int(whole) * 100 + int((part + "00")[:2])) * self._scale
        if (
            since is None or not phones or not 0 < fen <= LARGEST_AMOUNT
            or (ends and limitation is None) or not self._dates_fit(since, number, told, dpd)
            or not checksum_ok(number) or number.endswith("000")
        ):  # fmt: skip
            return None
        return (name, number, phones, contract, lender, product, fen, since, STATUS[status],
                limitation)  # fmt: skip

    def _day(self, text: str) -> date | None:
        try:
            return self._days[text]
        except KeyError:
            pass
        try:
            day = parse_date(text)[0]
        except Bad:
            day = None
        if len(self._days) < _DAYS:
            self._days[text] = day
        return day

    def _dates_fit(self, since: date, number: str, told: str, dpd: str) -> bool:
        """Whether nothing is to be said about the days, and the person is of age for sure."""
        day = self._as_of
        if told:
            day = self._day(told)
            if day is None:
                return False
        if dpd and int(dpd) > LONGEST_DPD:
            return False
        if day is not None:
            if since > day:
                return False
            if dpd and self._tells_as_of and abs((day - since).days - int(dpd)) > 1:
                return False
        try:
            birth_date(number)
        except Bad:
            return False
        return int(number[6:10]) < (day or since).year - ADULT
