"""What the readers of cases, history and crews share: cells by field, and the list of faults."""

from collections.abc import Callable
from typing import Any, TypeVar

from planner.intake.headers import Columns
from planner.intake.records import Fault, shorten
from planner.intake.values import Bad

T = TypeVar("T")


class RowReader:
    """Holds the faults of one sheet and the row being read.

    `begin` a row, take its cells with `cell`/`read`, and look at `spoiled` before keeping it.
    """

    def __init__(self, file: str, columns: Columns, *, strict_width: bool) -> None:
        self.file = file
        self.columns = columns
        self.faults: list[Fault] = []
        self.rows = 0
        self.totals = 0
        self.shifts = [0, 0]  # positions told in a Chinese datum: abroad, in the country
        self.spoiled = False
        self.number = 0
        self._cells: list[str] = []
        headers = columns.headers
        self._width = max(i for i, header in enumerate(headers) if header) + 1
        self._strict_width = strict_width
        self._at = {name: places[0] for name, places in columns.where.items()}

    def has(self, name: str) -> bool:
        """Whether the file has a column for field `name`."""
        return name in self._at

    def take(self, number: int, row: list[str]) -> None:
        """Read one row; keep it or list what is wrong with it."""
        raise NotImplementedError

    def take_line(self, number: int, line: str) -> None:
        """Read one row as it stands in the file, cells parted by U+001F."""
        self.take(number, line.split("\x1f"))

    def leave_out(self, number: int, row: list[str], at: int, code: str) -> None:
        """List a row that is not to be read, because of its cell `at`."""
        self.open_row(number, row)
        header = self.columns.headers[at] if at < len(self.columns.headers) else ""
        self.fault("", code, row[at], header=header)

    def remark(self, number: int, row: list[str], at: int, code: str) -> None:
        """List something about the cell `at` of a row that is read all the same."""
        header = self.columns.headers[at] if at < len(self.columns.headers) else ""
        self.faults.append(Fault(self.file, number, header, code, shorten(row[at]), {}, True))

    def open_row(self, number: int, row: list[str]) -> None:
        """Make `row` the current one; it is a row of data and as wide as the header row."""
        self.rows += 1
        self.number = number
        self.spoiled = False
        self._cells = row

    def begin(self, number: int, row: list[str]) -> bool:
        """Make `row` the current one; False when there is nothing in it to read."""
        width = self._width
        filled = len(row) - row.count("")
        if filled < 3:
            words = [cell for cell in row if cell and not cell.isspace()]
            if not words:
                return False
            filled = len(words)
        self.rows += 1
        self.number = number
        self.spoiled = False
        if len(row) > width:
            if any(cell.strip() for cell in row[width:]):
                self.fault("", "row_too_long", "", columns=width, cells=len(row))
            row = row[:width]
        elif len(row) < width:
            if self._strict_width and len(row) > 1:
                self.fault("", "row_too_short", "", columns=width, cells=len(row))
            row = row + [""] * (width - len(row))
        self._cells = row
        if filled < 3 or row[0][:1] in "合总小":
            return self._worth_reading(filled)
        return not self.spoiled

    def _worth_reading(self, filled: int) -> bool:
        """False for a line of totals (counted) and for a lone remark (listed)."""
        first = next((cell.strip() for cell in self._cells if cell.strip()), "")
        if first.rstrip(":： ").casefold() in ("合计", "总计", "小计", "合 计", "total"):
            self.rows -= 1
            self.totals += 1
            return False
        if filled == 1 and not self.spoiled:
            self.fault("", "lone_cell", first)
        return not self.spoiled

    def cell(self, name: str) -> str:
        """Text of field `name` in the current row, "" when the file has no such column."""
        at = self._at.get(name)
        return "" if at is None else self._cells[at].strip()

    def cells(self, name: str) -> list[tuple[int, str]]:
        """(column index, text) of the non-empty cells of a field that several columns may fill."""
        row = self._cells
        found = [(at, row[at].strip()) for at in self.columns.where.get(name, ())]
        return [item for item in found if item[1]]

    def read(self, name: str, parse: Callable[[str], T], default: T, *, note: bool = False) -> T:
        """The value of a non-empty cell; `default` when it is empty or bad (then listed)."""
        at = self._at.get(name)
        text = "" if at is None else self._cells[at].strip()
        if not text:
            return default
        try:
            return parse(text)
        except Bad as bad:
            self.fault(name, bad.code, text, note=note, **bad.params)
            return default

    def fault(
        self,
        name: str,
        code: str,
        value: str,
        *,
        note: bool = False,
        header: str = "",
        **params: Any,
    ) -> None:
        """List a fault of the current row in the column of field `name`."""
        self.spoiled = self.spoiled or not note
        column = header or self.columns.header(name)
        self.faults.append(
            Fault(self.file, self.number, column, code, shorten(value), params, note)
        )
