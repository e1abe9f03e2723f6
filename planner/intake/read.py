"""Reading a file from outside: `read_file` gives checked records, faults and notes.

The file itself is opened only by a confined process (child.py); this module sees text.
"""

import contextlib
import gc
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from types import MappingProxyType

from planner.domain.localtime import country_of
from planner.errors import PlannerError
from planner.intake.cases import CaseReader, Ground
from planner.intake.countries import known_country
from planner.intake.crews import CrewReader
from planner.intake.headers import HEADER_WITHIN, Chosen, Columns, recognise, title_date
from planner.intake.history import HistoryReader
from planner.intake.layer import LayerReader
from planner.intake.oddities import has_invisible, swallowed, visible, workbook_notes
from planner.intake.pipe import SECONDS, Frame, frames
from planner.intake.records import Note, Parsed

FORMS = {
    ".xlsx": "xlsx", ".xlsm": "xlsx", ".csv": "csv", ".txt": "csv", ".tsv": "csv",
    ".geojson": "layer", ".json": "layer",
}  # fmt: skip
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
_Reader = CaseReader | HistoryReader | CrewReader
KEPT = 48 << 20  # characters of rows that are kept as they stand in the file
KEPT_FAULTY = 20_000  # faulty rows that are kept beyond that


def read_file(
    path: Path,
    *,
    as_of: date | None = None,
    lender: str = "",
    zone: str = "Asia/Shanghai",
    chosen: Chosen = MappingProxyType({}),
    datum: str = "",
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
    seconds: float = SECONDS,
) -> Parsed:
    """Read a file of cases, history or crews (XLSX, CSV) or a map layer (GeoJSON).

    `as_of` is the day the figures speak of when the file does not say it (days overdue are
    counted back from it; a due date after it is a fault), `lender` who sent it when no column
    says it, `zone` the IANA zone of its times, `chosen` what single headers mean (`recognise`),
    `datum` what its positions are in, whatever it says itself ("" = what it says, else WGS-84).
    `on_progress(done, total)` counts rows. Errors: PlannerError("intake.…", file=…): the file as a
    whole is refused and nothing of it is used.
    """
    form = FORMS.get(path.suffix.lower())
    if form is None:
        raise PlannerError("intake.not_supported", file=path.name, suffix=path.suffix or "–")
    if not path.is_file():
        raise PlannerError("intake.not_found", file=path.name)
    stream = frames(path, form, cancelled=cancelled, seconds=seconds)
    with contextlib.closing(stream), without_collector():
        if form == "layer":
            return _read_layer(path.name, stream, on_progress)
        return _read_sheets(
            path.name, stream, _Settings(as_of, lender, zone, form, chosen, datum), on_progress
        )


@contextlib.contextmanager
def without_collector() -> Iterator[None]:
    """Hold the cyclic garbage collector: hundreds of thousands of new records, none of them in a
    cycle, make it walk all of them again and again (a fifth of the time)."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class _Settings:
    """What the caller said about the file."""

    def __init__(
        self, as_of: date | None, lender: str, zone: str, form: str, chosen: Chosen, datum: str
    ) -> None:
        self.datum = datum
        self.as_of, self.lender, self.zone, self.chosen = as_of, lender, zone, chosen
        self.strict_width = form == "csv"


def _read_layer(file: str, stream: Iterator[Frame], on_progress: Progress | None) -> Parsed:
    reader = LayerReader(file)
    for tag, text in stream:
        if tag == "S":
            reader.title = text[:200]
        elif tag == "F":
            for line in text.split("\n"):
                reader.take(line)
        elif tag == "P":
            _tell(on_progress, text)
    if reader.rows == len(reader.faults):
        raise PlannerError("intake.no_rows", file=file)
    return Parsed(file, "layer", reader.rows, [], reader.faults, reader.layer())


def _tell(on_progress: Progress | None, text: str) -> None:
    done, _, total = text.partition(" ")
    if on_progress is not None and done.isdigit() and total.isdigit():
        on_progress(int(done), int(total))


class _Sheets:
    """Looks for the first sheet with a header row, then feeds its rows to a reader."""

    def __init__(self, file: str, settings: _Settings) -> None:
        self._file = file
        self._settings = settings
        self._waiting: list[tuple[int, list[str]]] = []
        self._error: PlannerError | None = None
        self._passed = 0
        self._done = False
        self.reader: _Reader | None = None
        self.columns: Columns | None = None
        self.notes: list[Note] = []
        self.above: tuple[tuple[str, ...], ...] = ()
        self.lines: dict[int, str] = {}
        self.hidden: list[str] = []
        self._room, self._faulty = KEPT, 0

    def begin(self, name: str) -> None:
        """A sheet begins."""
        self.decide()
        if self._passed and self.reader is not None:
            self.notes.append(Note("other_sheet", {"sheet": name[:80]}))
        self._passed += 1
        self._done = self.reader is not None

    def rows(self, text: str) -> None:
        """A block of rows arrives."""
        if self._done:
            return
        lines = text.split("\x1e")
        if not lines[0].isdecimal() or len(lines[0]) > 9:
            raise PlannerError("intake.refused", file=self._file)
        first = int(lines[0])
        odd = has_invisible(text)
        if self.reader is None:
            self._waiting += [
                (number, line.split("\x1f")) for number, line in enumerate(lines[1:], first)
            ]
            if len(self._waiting) >= HEADER_WITHIN:
                self.decide()
            return
        for number, line in enumerate(lines[1:], first):
            self._take(number, line, odd=odd)

    def decide(self) -> None:
        """Find the header row among the rows that wait; a sheet without one is passed over."""
        if self.reader is not None or not self._waiting:
            return
        try:
            rows = [row for _, row in self._waiting]
            columns = recognise(self._file, rows, self._settings.chosen)
        except PlannerError as error:
            if self._error is None or self._error.code == "intake.no_header":
                self._error = error
            self._waiting, self._done = [], True
            return
        self.columns = columns
        self.reader = self._make(columns)
        self.above = tuple(tuple(row) for _, row in self._waiting[: columns.at])
        for number, row in self._waiting[columns.at + 1 :]:
            self._take(number, "\x1f".join(row))
        self._waiting = []

    def _take(self, number: int, line: str, *, odd: bool = True) -> None:
        """Read a row. As it stands it is kept too: whoever mends it wants it in its own columns,
        and of some rows it shows only later that they cannot be taken in. `odd`: there may be
        invisible signs in it."""
        reader = self.reader
        assert reader is not None
        before = len(reader.faults)
        if odd and has_invisible(line):
            cells = line.split("\x1f")
            at = next(k for k, cell in enumerate(cells) if has_invisible(cell))
            reader.remark(number, cells, at, "invisible_removed")
            line = visible(line)
        lost = None
        if self._settings.strict_width and ("\n" in line or "\r" in line):
            cells = line.split("\x1f")
            lost = swallowed(cells, len(reader.columns.headers))
        if lost is None:
            reader.take_line(number, line)
        else:
            reader.leave_out(number, cells, lost, "rows_in_cell")
        if self._room > 0:
            self._room -= len(line)
            self.lines[number] = line
        elif len(reader.faults) > before and reader.spoiled and self._faulty < KEPT_FAULTY:
            self._faulty += 1
            self.lines[number] = line

    def _make(self, columns: Columns) -> _Reader:
        settings = self._settings
        strict, country = settings.strict_width, known_country(country_of(settings.zone))
        if columns.kind == "history":
            return HistoryReader(self._file, columns, settings.zone, strict_width=strict)
        if columns.kind == "crews":
            return CrewReader(
                self._file, columns, strict_width=strict, datum=settings.datum, country=country
            )
        stated = title_date(row for _, row in self._waiting[: columns.at])
        if stated is not None:
            self.notes.append(Note("title_date", {"day": stated.isoformat()}))
        ground = Ground(stated or settings.as_of, settings.lender, settings.datum, country)
        if "since" not in columns.where and "as_of" not in columns.where and ground.as_of is None:
            raise PlannerError("intake.no_data_date", file=self._file)
        return CaseReader(self._file, columns, ground, strict_width=strict)

    def failure(self) -> PlannerError:
        """Why no sheet could be used."""
        if self.hidden and (self._error is None or self._error.code == "intake.no_header"):
            named = "、".join(name[:40] for name in self.hidden[:5])
            return PlannerError("intake.only_hidden", file=self._file, sheets=named)
        return self._error or PlannerError("intake.no_rows", file=self._file)


def _read_sheets(
    file: str, stream: Iterator[Frame], settings: _Settings, on_progress: Progress | None
) -> Parsed:
    sheets, unseen = _Sheets(file, settings), list[Note]()
    for tag, text in stream:
        if tag == "S":
            sheets.begin(text)
        elif tag == "R":
            sheets.rows(text)
        elif tag == "H":
            sheets.hidden.append(text)
        elif tag == "W":
            unseen = workbook_notes(text)
        elif tag == "P":
            _tell(on_progress, text)
    sheets.decide()
    reader, columns = sheets.reader, sheets.columns
    if reader is None or columns is None:
        raise sheets.failure()
    if reader.rows == 0:
        raise PlannerError("intake.no_rows", file=file)
    records = reader.records if isinstance(reader, HistoryReader) else reader.finish()
    notes = sheets.notes + (reader.notes() if isinstance(reader, CaseReader) else [])
    notes += [Note("hidden_sheet", {"sheet": name[:80]}) for name in sheets.hidden[:20]] + unseen
    if columns.unknown:
        named = "、".join(header[:40] for header in columns.unknown[:20])
        notes.append(Note("unknown_columns", {"columns": named, "count": len(columns.unknown)}))
    if reader.totals:
        notes.append(Note("totals_skipped", {"count": reader.totals}))
    return Parsed(
        file, columns.kind, reader.rows, records, reader.faults, b"", tuple(notes),
        columns.mapping, columns.headers, sheets.above, sheets.lines,
    )  # fmt: skip
