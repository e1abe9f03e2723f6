"""Columns of the two tables on the import page."""

from planner.actions.import_files import FileReport
from planner.intake.records import Fault, fault_words, note_words
from ui import formats
from ui.i18n import N_, _, language
from ui.models.table import Column, Kind

_KINDS = {
    "cases": N_("Overdue list"),
    "history": N_("Contact history"),
    "crews": N_("Crews"),
    "layer": N_("Map layer"),
}


def kind_words(report: FileReport) -> str:
    """What the file turned out to be."""
    return _(_KINDS.get(report.kind, report.kind))


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


def _what_to_do(fault: Fault) -> str:
    return fault_words(fault, language())


FAULTS = (
    Column("file", lambda: _("File"), lambda f: f.file, Kind.MUTED, width=150),
    Column("row", lambda: _("Row"), lambda f: str(f.row), Kind.NUMBER, lambda f: f.row, width=60),
    Column("column", lambda: _("Column"), lambda f: f.column or formats.NONE, width=110),
    Column(
        "value", lambda: _("Value in the file"), lambda f: f.value or formats.NONE, Kind.STRONG,
        tip=lambda f: f.value, width=150,
    ),
    Column(
        "state", lambda: _("The row"), lambda f: _("kept") if f.note else _("left out"), Kind.CHIP,
        tone=lambda f: "neutral" if f.note else "warn",
        icon=lambda f: "info" if f.note else "warn", width=110,
    ),
    Column(
        "todo", lambda: _("What is wrong, what to do"), _what_to_do, Kind.WRAP,
        tip=_what_to_do, width=320, stretch=1,
    ),
)  # fmt: skip


def fault_header() -> list[str]:
    """Header of the exported list of faults."""
    return [
        _("File"),
        _("Row"),
        _("Column"),
        _("Value in the file"),
        _("What is wrong, what to do"),
    ]
