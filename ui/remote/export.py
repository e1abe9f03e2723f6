"""The list of remote areas as a spreadsheet: one row for each area, names masked."""

from datetime import date
from pathlib import Path

from planner.export.sheet import Value, write_sheet
from ui import formats
from ui.i18n import _
from ui.remote import words
from ui.remote.area import Area, RemoteBook


def header() -> list[str]:
    """Titles of the columns, amounts with their unit."""
    unit = formats.money_unit()
    return [
        "#",
        _("Area"),
        _("Persons"),
        _("In the trip"),
        _("Brings, {unit}").format(unit=unit),
        _("Day trip, {unit}").format(unit=unit),
        _("Overnight, {unit}").format(unit=unit),
        _("Left, {unit}").format(unit=unit),
        _("Way, km"),
        _("At the wheel, h"),
        _("Break-even"),
        _("Longest wait, days"),
        _("Waits longest"),
        _("Advice"),
        _("Decision"),
        _("Until or on"),
    ]


def cells(area: Area) -> list[Value]:
    """One area; amounts in whole units with two decimals, days as dates."""
    best, decided = area.best, area.decided
    served = area.index < 0
    when: date | None = area.until
    if decided is not None:
        when = decided.decision.day or decided.decision.until
    return [
        area.number,
        _(", ").join(area.places),
        len(area.people),
        best.visits if best else None,
        _units(best.value) if best else None,
        _units(area.day_trip.cost) if area.day_trip else None,
        _units(area.overnight.cost) if area.overnight else None,
        _units(best.net) if best else None,
        round(best.metres / 1000, 1) if best else None,
        round(best.driving / 3600, 2) if best else None,
        words.break_even(area),
        None if served else area.longest_wait,
        area.longest,
        "" if served else words.advice_word(area),
        words.decided_word(area),
        when,
    ]


def save_list(book: RemoteBook, path: Path) -> Path:
    """Write the list of the day; runs off the GUI thread. Raises PlannerError."""
    notes = [_("Remote areas of {day}").format(day=formats.day(book.day)),
             words.total_sentence(book)]  # fmt: skip
    if book.short is not None:
        notes.append(words.shortfall_sentence(book.short, book.rules))
    write_sheet(path, _("Remote areas"), header(), [cells(row) for row in book.rows], notes)
    return path


def _units(minor: int) -> float:
    return round(minor / formats.FEN, 2)
