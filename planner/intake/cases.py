"""Rows of a lender's list of overdue loans to persons: checked row by row, then merged."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from planner.domain.codes import Flag, HoldKind
from planner.domain.people import NO_FLAGS, Address, Case
from planner.intake.countries import WORLD
from planner.intake.crew_terms import parse_needs as crew_needs
from planner.intake.headers import Columns, plain
from planner.intake.merge import Draft, merge
from planner.intake.places import file_datum, read_places, spots_of
from planner.intake.records import Note, PersonRecord
from planner.intake.rows import RowReader
from planner.intake.synonyms import MARKS
from planner.intake.usual import CELL, LONGEST_DPD, UsualRows
from planner.intake.values import (
    Bad,
    birth_date,
    check_text,
    narrow,
    of_age,
    parse_amount,
    parse_date,
    parse_id,
    parse_name,
    parse_other_id,
    parse_phones,
    parse_whole,
    parse_yes,
    short_text,
    unquote,
)

EXAMPLE_CONTRACT = "示例-EXAMPLE"  # of the template's example row
STATUS = {
    word: status
    for status, words in {
        "open": "逾期 未结清 在催 正常 正常委案 委案中 处理中 跟进中 未还 open active overdue",
        "paid": "已结清 结清 已还清 还清 已还款 已还 paid settled closed cured",
        "withdrawn": "已撤案 撤案 已退案 退案 撤回 已撤回 withdrawn recalled",
    }.items()
    for word in words.split()
}
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[eE]\+?\d+")
# In a text file 12.345 may be twelve yuan or, in other countries' writing, twelve thousand.
_GROUPED_OR_NOT = re.compile(r"[1-9][0-9]{0,2}\.[0-9]{3}")
_MARK_WORDS = {word: name for name, words in MARKS.items() for word in words}
_TAG_GAPS = re.compile(r"[,;/、，；|\s]+")


@dataclass(frozen=True, slots=True)
class Ground:
    """What holds for the whole file where its rows say nothing."""

    as_of: date | None = None
    lender: str = ""
    datum: str = ""  # of its positions, whatever columns and headers say; "" = what they say
    country: str = WORLD  # where its positions can lie


class CaseReader(RowReader):
    """Reads the rows of one list of loans; `finish` gives the persons."""

    def __init__(self, file: str, columns: Columns, ground: Ground, *, strict_width: bool) -> None:
        super().__init__(file, columns, strict_width=strict_width)
        self._ground = ground
        self._spots = spots_of(self)
        self._datum = ground.datum or file_datum(self)
        self._scale = int(columns.units.get("amount", "1") or "1")
        self._marks = [name for name in columns.where if name.startswith("mark.")]
        self._has_tags = self.has("tags")
        self._has_needs = self.has("needs")
        self._has_as_of = self.has("as_of")
        self._has_limitation = self.has("limitation")
        self._has_product = self.has("product")
        self._has_id_type = self.has("id_type")
        self._has_dpd = self.has("dpd")
        self._contracts: dict[tuple[str, str], int] = {}
        self._names: dict[str, tuple[str, int]] = {}
        self._drafts: list[Draft] = []
        self._counted_back = False
        self._examples = 0
        self._row_date: date | None = None
        usual = UsualRows(columns, self._width, ground.as_of, self._scale)
        self.usual: UsualRows | None = usual if usual.possible else None

    def take_line(self, number: int, line: str) -> None:
        """Read one row as it stands in the file: at once if it is a usual one, else with care."""
        if self.usual is None or not self._take_usual(self.usual, number, line):
            self.take(number, line.split(CELL))

    def _take_usual(self, usual: UsualRows, number: int, line: str) -> bool:
        """Keep a row that has nothing unusual in it; False when it is to be read with care."""
        row = usual.read(line)
        if row is None:
            return False
        name, id_number, phones, contract, lender, product, fen, since, status, limitation = row
        lender = lender or self._ground.lender
        named = self._names.get(id_number)
        if (lender, contract) in self._contracts or (named is not None and named[0] != name):
            return False
        self.open_row(number, line.split(CELL))
        places = self._places()
        if self.spoiled:
            return True
        if named is None:
            self._names[id_number] = (name, number)
        self._contracts[lender, contract] = number
        case = Case(
            f"{lender}/{contract}", "", lender, contract, product, fen, since, status, limitation
        )
        self._drafts.append(Draft(number, name, id_number, phones, NO_FLAGS, (), places, case))
        return True

    def _places(self) -> tuple[Address, ...]:
        ground = self._ground
        return read_places(self, self._spots, self._datum, ground.country, fixed=bool(ground.datum))

    def take(self, number: int, row: list[str]) -> None:
        """Read one row; keep it or list what is wrong with it."""
        if not self.begin(number, row):
            return
        if self.cell("contract_no") == EXAMPLE_CONTRACT:
            self.rows -= 1
            self._examples += 1
            return
        name = self.read("name", parse_name, "")
        if not name and not self.spoiled:
            self.fault("name", "name_missing", "")
        id_number = self._id_number()
        phones = self._phones()
        if not id_number and not phones and not self.spoiled:
            self.fault("id_number", "no_identity", "")
        case = self._case()
        flags, holds = self._flags()
        needs = self.read("needs", crew_needs, None) if self._has_needs else None
        if id_number and case is not None and self._is_minor(id_number, case.overdue_since):
            flags |= Flag.MINOR
        places = self._places()
        if self.spoiled or case is None:
            return
        if not self._agrees(id_number, name):
            return
        self._contracts[case.lender, case.contract_no] = number
        self._missing_notes(id_number, phones)
        self._drafts.append(
            Draft(number, name, id_number, phones, flags, holds, places, case, needs)
        )

    def finish(self) -> list[PersonRecord]:
        """The persons of all good rows, in the order of their first row."""
        if self.has("lender"):
            self._refuse_blank_lenders()
        found = merge(self._drafts)
        while self._drafts:  # so many freed at once would hold up the other threads
            del self._drafts[-1000:]
        return found

    def _refuse_blank_lenders(self) -> None:
        """A blank lender among named ones, as merged cells leave it, is nobody's to guess."""
        blank = [draft for draft in self._drafts if not draft.case.lender]
        if not blank or len(blank) == len(self._drafts):
            return
        for draft in blank:
            self.number = draft.row
            self.fault("lender", "lender_missing", "")
        self._drafts = [draft for draft in self._drafts if draft.case.lender]

    def notes(self) -> list[Note]:
        """Remarks about the file as a whole."""
        notes = []
        if self._counted_back and self._ground.as_of is not None:
            notes.append(Note("counted_back", {"day": self._ground.as_of.isoformat()}))
        if self._examples:
            notes.append(Note("example_skipped"))
        if self._scale != 1:
            notes.append(Note("amount_unit", {"unit": self._scale}))
        abroad, shifted = self.shifts
        datum = self._datum.upper() or "GCJ02/BD09"
        if shifted:
            notes.append(Note("datum_converted", {"datum": datum}))
        if abroad:
            notes.append(Note("datum_abroad", {"datum": datum, "count": abroad}))
        return notes

    def _id_number(self) -> str:
        kind = narrow(self.cell("id_type")).casefold() if self._has_id_type else ""
        resident = kind in ("", "身份证", "居民身份证", "二代身份证", "idcard", "id card")
        return self.read("id_number", parse_id if resident else parse_other_id, "")

    def _phones(self) -> tuple[str, ...]:
        found: list[str] = []
        for at, text in self.cells("phones"):
            try:
                found += parse_phones(text)
            except Bad as bad:
                header = self.columns.headers[at]
                self.fault("phones", bad.code, text, header=header, **bad.params)
        return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)

    def _missing_notes(self, id_number: str, phones: tuple[str, ...]) -> None:
        if not id_number and self.has("id_number"):
            self.fault("id_number", "id_missing", "", note=True)
        if not phones and self.has("phones"):
            self.fault("phones", "phone_missing", "", note=True)
        if id_number.endswith("000") and id_number.isdigit():
            self.fault("id_number", "id_zeros", id_number, note=True)

    def _case(self) -> Case | None:
        contract = self.read("contract_no", _contract, "")
        if not contract and not self.spoiled:
            self.fault("contract_no", "contract_missing", "")
        lender = self.read("lender", short_text, "") or self._ground.lender
        first = self._contracts.get((lender, contract))
        if first is not None:
            self.fault("contract_no", "contract_twice", contract, first=first)
        status = self.read("status", _status, "open")
        amount = self._amount(status)
        since = self._since()
        limitation = self._day("limitation") if self._has_limitation else None
        if self.spoiled or since is None:
            return None
        product = self.read("product", short_text, "") if self._has_product else ""
        return Case(
            f"{lender}/{contract}", "", lender, contract, product, amount, since, status, limitation
        )

    def _amount(self, status: str) -> int:
        text = self.cell("amount")
        if not text:
            if status == "open":
                self.fault("amount", "amount_missing", "")
            return 0
        try:
            if self._strict_width and self._scale == 1 and _GROUPED_OR_NOT.fullmatch(text):
                raise Bad("amount_ambiguous")
            fen, rounded = parse_amount(text, self._scale)
        except Bad as bad:
            self.fault("amount", bad.code, text, **bad.params)
            return 0
        if fen == 0 and status == "open":
            self.fault("amount", "amount_zero", text)
        if rounded:
            yuan = f"{fen // 100:,}.{fen % 100:02d}"
            self.fault("amount", "amount_rounded", text, note=True, yuan=yuan)
        return fen

    def _day(self, name: str) -> date | None:
        text = self.cell(name)
        if not text:
            return None
        try:
            day, serial = parse_date(text)
        except Bad as bad:
            self.fault(name, bad.code, text)
            return None
        if serial:
            self.fault(name, "date_serial", text, note=True, day=day.isoformat())
        return day

    def _since(self) -> date | None:
        """The oldest unpaid due date: its own column, else data date minus days overdue."""
        as_of = (self._day("as_of") if self._has_as_of else None) or self._ground.as_of
        self._row_date = as_of
        since = self._day("since")
        days = self.read("dpd", parse_whole, None) if self._has_dpd else None
        if days is not None and days > LONGEST_DPD:
            self.fault("dpd", "dpd_absurd", str(days), limit=LONGEST_DPD)
            return None
        if since is None:
            if days is None or as_of is None:
                if not self.spoiled:
                    self.fault("since" if self.has("since") else "dpd", "since_missing", "")
                return None
            self._counted_back = True
            return as_of - timedelta(days=days)
        if as_of is not None and since > as_of:
            self.fault("since", "date_future", since.isoformat(), day=as_of.isoformat())
        elif self._has_as_of and as_of is not None and days is not None:
            counted = (as_of - since).days
            if abs(counted - days) > 1:
                self.fault("dpd", "dpd_disagrees", str(days), note=True, counted=counted)
        return since

    def _flags(self) -> tuple[Flag, tuple[HoldKind, ...]]:
        names = [name[5:] for name in self._marks if self.read(name, parse_yes, False)]
        tags = self.cell("tags") if self._has_tags else ""
        if tags and tags not in ("无", "-", "--", "/"):
            for tag in filter(None, _TAG_GAPS.split(tags)):
                word = _MARK_WORDS.get(plain(tag)[0])
                if word is None:
                    self.fault("tags", "tag_unknown", tag, note=True)
                else:
                    names.append(word)
        if not names:
            return NO_FLAGS, ()
        flags = NO_FLAGS
        for name in names:
            if name in Flag.__members__:
                flags |= Flag[name]
        holds = tuple(HoldKind[n] for n in dict.fromkeys(names) if n not in Flag.__members__)
        return flags, holds

    def _is_minor(self, id_number: str, since: date) -> bool:
        """Under 18 on the data date; without one, on the day the loan became overdue."""
        digits = id_number[6:14]
        day = self._row_date or since
        # The year alone clears nearly everybody.
        if len(id_number) != 18 or not digits.isdigit() or int(digits[:4]) < day.year - 18:
            return False
        try:
            return not of_age(birth_date(id_number), day)
        except Bad:  # the number of another document, which says no birthday
            return False

    def _agrees(self, id_number: str, name: str) -> bool:
        """One ID number belongs to one name: a second name for it is listed."""
        if not id_number:
            return True
        known = self._names.setdefault(id_number, (name, self.number))
        if known[0] != name:
            self.fault("name", "id_two_names", name, first=known[1])
            return False
        return True


def _contract(text: str) -> str:
    if len(text) <= 64 and text.isascii() and text.isalnum():
        return text
    number = unquote(narrow(check_text(text)))
    if _SCIENTIFIC.fullmatch(number) and "+" in number:
        raise Bad("contract_scientific")
    if len(number) > 64:
        raise Bad("contract_too_long")
    return number


def _status(text: str) -> str:
    word = narrow(text).casefold()
    if word not in STATUS:
        raise Bad("status_unknown")
    return STATUS[word]
