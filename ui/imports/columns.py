"""Columns of the tables on the import page."""

from collections.abc import Callable
from dataclasses import replace

from planner.actions.import_files import FileReport
from planner.actions.same_person import Question
from planner.intake.records import fault_words, note_words
from ui import formats
from ui.i18n import N_, _, language
from ui.imports.column_step import KINDS
from ui.imports.jobs import FaultLine, Line
from ui.imports.words import WHATS, Mask, changed_field, value_words, what_words
from ui.models.table import Column, Kind


def kind_words(report: FileReport) -> str:
    """What the file turned out to be."""
    return _(KINDS.get(report.kind, report.kind))


def notes_words(report: FileReport) -> str:
    """Remarks about the whole file."""
    return " ".join(note_words(note, language()) for note in report.notes)


def _count(number: int) -> str:
    return formats.number(number)


FILES = (
    Column("name", lambda: _("File"), lambda r: r.name, Kind.STRONG, width=180, stretch=2),
    Column("kind", lambda: _("Recognised as"), kind_words, width=130),
    Column("rows", lambda: _("Rows"), lambda r: _count(r.rows), Kind.NUMBER, lambda r: r.rows),
    Column("new", lambda: _("New"), lambda r: _count(r.added), Kind.NUMBER, lambda r: r.added),
    Column(
        "changed", lambda: _("Changed"), lambda r: _count(r.changed), Kind.NUMBER,
        lambda r: r.changed,
    ),
    Column(
        "same", lambda: _("Unchanged"), lambda r: _count(r.unchanged), Kind.NUMBER,
        lambda r: r.unchanged,
    ),
    Column(
        "state", lambda: _("Left out"),
        lambda r: _("{n} rows").format(n=_count(r.faulty)) if r.faulty else _("none"),
        Kind.CHIP, lambda r: r.faulty, width=110,
        tone=lambda r: "warn" if r.faulty else "neutral",
        icon=lambda r: "warn" if r.faulty else "check",
    ),
    Column(
        "notes", lambda: _("Remarks"), notes_words, Kind.MUTED, tip=notes_words, width=140,
        stretch=2,
    ),
)  # fmt: skip


def fault_columns(mask: Mask, *, several: bool) -> tuple[Column, ...]:
    """The faults of one or several files; personal values as `mask` lets them be seen."""

    def value(line: FaultLine) -> str:
        return mask.value(line.field, line.fault.value) or formats.NONE

    def todo(line: FaultLine) -> str:
        return fault_words(replace(line.fault, value=value(line)), language())

    file = Column("file", lambda: _("File"), lambda r: r.fault.file, Kind.MUTED, width=150)
    return (
        *((file,) if several else ()),
        Column("row", lambda: _("Row"), lambda r: str(r.fault.row), Kind.NUMBER,
               lambda r: r.fault.row, width=60),
        Column("column", lambda: _("Column"), lambda r: r.fault.column or formats.NONE, width=110),
        Column("value", lambda: _("Value in the file"), value, Kind.STRONG, tip=value, width=150),
        Column(
            "state", lambda: _("The row"),
            lambda r: _("kept") if r.fault.note else _("left out"), Kind.CHIP,
            tone=lambda r: "neutral" if r.fault.note else "warn",
            icon=lambda r: "info" if r.fault.note else "warn", width=110,
        ),
        Column("todo", lambda: _("What is wrong, what to do"), todo, Kind.WRAP, tip=todo,
               width=320, stretch=1),
    )  # fmt: skip


def difference_columns(mask: Mask, *, several: bool) -> tuple[Column, ...]:
    """What an import would change, one row per field: old and new in words and units."""
    file = Column("file", lambda: _("File"), lambda r: r.file, Kind.MUTED, width=140)
    return (
        Column("what", lambda: _("Difference"), lambda r: what_words(r.what), Kind.CHIP,
               tone=lambda r: WHATS[r.what][1], icon=lambda r: WHATS[r.what][2], width=120),
        Column("name", lambda: _("Person"), lambda r: mask.name(r.name), Kind.STRONG, width=100),
        Column("case", lambda: _("Contract"), lambda r: r.contract or formats.NONE, Kind.MUTED,
               width=140),
        Column("field", lambda: _("Field"), lambda r: changed_field(r.field), width=140),
        Column("old", lambda: _("Known here"), lambda r: value_words(r.field, r.old, mask),
               Kind.MUTED, tip=lambda r: value_words(r.field, r.old, mask), width=150, stretch=1),
        Column("new", lambda: _("In the file"), _new_words(mask),
               tip=_new_words(mask), width=150, stretch=1),
        *((file,) if several else ()),
    )  # fmt: skip


def _new_words(mask: Mask) -> Callable[[Line], str]:
    """The value after the import; of an absent case, what becomes of it."""

    def words(line: Line) -> str:
        if line.what == "absent":
            closes = line.new == "withdrawn"
            return _("withdrawn") if closes else _("not listed; stays open")
        return value_words(line.field, line.new, mask)

    return words


DOUBTS = {
    "other_id": N_("same name and phone, another ID number"),
    "other_name": N_("same ID number, another name"),
    "several": N_("several known persons fit"),
    "same_address": N_("same name and address, another phone"),
}


def question_columns(
    mask: Mask, answer: Callable[[Question], tuple[str, str]]
) -> tuple[Column, ...]:
    """Persons who are asked about; `answer` gives words and tone."""
    return (
        Column("row", lambda: _("Row"), lambda q: str(q.row), Kind.NUMBER, lambda q: q.row,
               width=60),
        Column("name", lambda: _("Person in the file"), lambda q: mask.name(q.name), Kind.STRONG,
               width=140),
        Column("doubt", lambda: _("Why it is not clear"), lambda q: _(DOUBTS[q.doubt]), width=280,
               stretch=1),
        Column("known", lambda: _("Known here"),
               lambda q: "、".join(mask.name(name) for _who, name in q.known), width=140),
        Column("answer", lambda: _("Answer"), lambda q: answer(q)[0], Kind.CHIP,
               tone=lambda q: answer(q)[1],
               icon=lambda q: "check" if answer(q)[1] == "accent" else "help", width=230),
    )  # fmt: skip
