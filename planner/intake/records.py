"""What reading a file yields: good rows as records, bad rows as faults, the rest as notes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from planner.domain.codes import Flag, HoldKind
from planner.domain.people import NO_FLAGS, Address, Case, Crew
from planner.intake.synonyms import ADVICE
from planner.words import country_name, sentence

Kind = Literal["cases", "history", "crews", "layer"]
HistoryKind = Literal["contact", "promise", "payment", "hold"]

SHOWN = 60  # characters of a cell's text that a fault carries


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong with one row. Words: `fault.<code>` in intake.po.

    `row` counts from 1 as the spreadsheet shows it, `column` is the file's own header ("" = the
    whole row). A `note` is a weaker fault: the row was kept, but somebody should look at it.
    """

    file: str
    row: int
    column: str
    code: str
    value: str = ""
    params: dict[str, Any] = field(default_factory=dict)
    note: bool = False


@dataclass(frozen=True, slots=True)
class Note:
    """Something about the whole file that the user should know. Words: `note.<code>`."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person with all loans and places found in the file.

    `identity` is "id:<ID number>" or "np:<name>|<phone>". The addresses have neither
    `address_id` nor `debtor_id`, the cases no `debtor_id`: the store gives those. `holds` are
    pauses that the file states (a dispute, a plan, ...), `needs` what a crew must be able to do
    (None: the file does not say), `rows` the rows it came from.
    """

    identity: str
    name: str
    id_number: str = ""
    phones: tuple[str, ...] = ()
    flags: Flag = NO_FLAGS
    addresses: tuple[Address, ...] = ()
    cases: tuple[Case, ...] = ()
    holds: tuple[HoldKind, ...] = ()
    rows: tuple[int, ...] = ()
    needs: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One thing that happened. Whom it concerns: `identity`, or (`lender`, `contract_no`), or both.

    `fields` are named as in the store's event of that kind: contact {channel, code, result?,
    phone?, by?, note?, leave?}, promise {amount, due}, payment {amount, receipt?}, hold {kind,
    until?, reason?}. Amounts are fen, days ISO text (`until` = to the end of that day), `leave` an
    ISO date-time. `at` is aware. `address` is the text of the address visited, if the row says it.
    """

    kind: HistoryKind
    at: datetime
    fields: dict[str, Any]
    identity: str = ""
    lender: str = ""
    contract_no: str = ""
    source_id: str = ""
    row: int = 0
    address: str = ""


@dataclass(frozen=True, slots=True)
class CrewRecord:
    """One crew with its members; `told` are the terms (fields of Work) that the file speaks of."""

    crew: Crew
    rows: tuple[int, ...] = ()
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was read. `rows` counts its data rows, good and bad.

    `columns` maps the file's headers to our field names (for a preview); `layer` holds the
    checked GeoJSON of a map layer. `headers` and `above` are the header row and the rows over it,
    `lines` the rows as they stand in the file, by number, cells parted by U+001F: all of them, or,
    of a very large file, the first ones and the faulty ones.
    """

    name: str
    kind: Kind
    rows: int
    records: list[PersonRecord] | list[HistoryRecord] | list[CrewRecord]
    faults: list[Fault]
    layer: bytes = b""
    notes: tuple[Note, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    headers: tuple[str, ...] = ()
    above: tuple[tuple[str, ...], ...] = ()
    lines: dict[int, str] = field(default_factory=dict)

    @property
    def partial(self) -> bool:
        """Whether these are mended rows of another file: then nobody is absent from it."""
        return ADVICE in self.columns.values()

    @property
    def faulty(self) -> int:
        """Number of rows that were left out."""
        return len({fault.row for fault in self.faults if not fault.note})


def fault_words(fault: Fault, language: str | None = None) -> str:
    """What is wrong and what to do, in `language` ("zh_CN", "en"; None = the system's)."""
    params = {"value": fault.value, "column": fault.column, "row": fault.row} | fault.params
    if "country" in params:
        params["country"] = country_name(str(params["country"]), language)
    return sentence(f"fault.{fault.code}", language, **params)


def note_words(note: Note, language: str | None = None) -> str:
    """A remark about the file, in `language`."""
    return sentence(f"note.{note.code}", language, **note.params)


def shorten(text: str) -> str:
    """`text` on one line and at most SHOWN characters long."""
    flat = " ".join(text.split())
    return flat if len(flat) <= SHOWN else flat[: SHOWN - 1] + "…"
