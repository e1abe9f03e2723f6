"""Sentences and short figures of the week view."""

from datetime import date

from ui import formats
from ui.i18n import _, code, ngettext
from ui.plan.week_book import APPOINTMENT, PROMISE, Cell, Chip, Column, Week
from ui.plan.words import money, time_span

_NAMES = 6  # so many people are named in a tip


def day_name(day: date, *, short: bool = False) -> str:
    """Tue 11-24; short: the day alone."""
    name = formats.weekday(day)
    return name if short else f"{name} {day:%m-%d}"


def span(week: Week) -> str:
    """2026-11-23 – 11-29."""
    last = week.columns[-1].day
    return f"{formats.day(week.first)} – {last:%m-%d}"


def km(metres: int) -> str:
    """Whole kilometres: cells have little room."""
    return _("{km} km").format(km=formats.number(metres / 1000))


def hours_used(working: int, shift: int) -> str:
    """Hours used of the shift: 8:45/9:00."""
    return f"{time_span(working)}/{time_span(shift)}"


def visits_words(n: int) -> str:
    """ "12 visits"."""
    return ngettext("{n} visit", "{n} visits", n).format(n=formats.number(n))


def plain_money(minor: int) -> str:
    """An amount in a cell; a true minus."""
    text = money(abs(minor))
    return f"−{text}" if round(minor / formats.FEN) < 0 else text


def day_figures(one: Column) -> list[str]:
    """The sums of a day in three short lines."""
    if one.book is None:
        return []
    if one.book.plan is None:
        return [_("over, no plan") if one.over else _("no plan yet")]
    sums = one.totals
    return [
        f"{formats.number(sums.visits)} · {km(sums.metres)}",
        _("{hours} h · {money}").format(hours=time_span(sums.working), money=bare_money(sums.cost)),
        bare_money(sums.value - sums.cost),
    ]


def captions() -> list[str]:
    """What the three lines of `day_figures` are, for the corner of the board."""
    unit = formats.money_unit()
    return [
        _("Visits · way"),
        _("Hours · cost {unit}").format(unit=unit),
        _("Expected {unit}").format(unit=unit),
    ]


def bare_money(minor: int) -> str:
    """A whole amount of which the unit stands in the caption; a true minus."""
    text = formats.number(abs(round(minor / formats.FEN)))
    return f"−{text}" if round(minor / formats.FEN) < 0 else text


def closed_words(one: Column) -> str:
    """Why a day has no visits."""
    if one.rule:
        return code(f"rule.{one.rule}")
    return _("over, no plan") if one.over else _("No crew works on this day.")


def trip_words(cell: Cell) -> str:
    """Nights away in few words; "" for a day that begins and ends at home."""
    if cell.slept and cell.sleeps:
        return _("Away both nights")
    if cell.sleeps:
        return _("Night away")
    if cell.slept:
        return _("Back from a night")
    return ""


def chip_sentence(week: Week, cell: Cell, chip: Chip) -> str:
    """Who, when, with whom, and what is special."""
    crew = next((line.name for line in week.crews if line.crew_id == cell.crew_id), "")
    text = _("{day}, {crew}, stop {number}: {name}, {start} to {end}").format(
        day=day_name(cell.day), crew=crew, number=chip.number, name=chip.name,
        start=chip.start, end=chip.leave,
    )  # fmt: skip
    notes = {
        "done": _("visit recorded"), "barred": _("no visit permitted any more"),
        PROMISE: _("promise due on this day"), APPOINTMENT: _("appointment on this day"),
    }  # fmt: skip
    told = [_("locked")] if chip.locked else []
    told += [notes[key] for key in (chip.state, chip.mark) if key]
    return f"{text} ({', '.join(told)})" if told else text


def cell_sentence(week: Week, cell: Cell) -> str:
    """A crew's day in words; also for screen readers."""
    crew = next((line.name for line in week.crews if line.crew_id == cell.crew_id), "")
    head = f"{day_name(cell.day)}, {crew}"
    if not cell.chips:
        return _("{who}: no visits. Press to open the day.").format(who=head)
    lines = [
        _("{who}: {visits}, from {first} to {last}").format(
            who=head, visits=visits_words(len(cell.chips)), first=cell.first, last=cell.last
        ),
        _("{used} of {shift} hours of the shift, {distance}").format(
            used=time_span(cell.working), shift=time_span(cell.shift),
            distance=formats.distance(cell.metres),
        ),
        _("expected {money}, cost of the way taken off").format(money=plain_money(cell.money)),
    ]  # fmt: skip
    if cell.far:
        far = _("Far trip: {minutes} min or more to the first stop, or home from the last.")
        lines.append(far.format(minutes=cell.far // 60))
    if cell.slept or cell.sleeps:
        lines.append(trip_words(cell))
    lines.append(_("Press to open the day."))
    return "\n".join(lines)


def head_sentence(one: Column) -> str:
    """A day in words: what falls on it, and why there are no visits."""
    lines = [f"{formats.day(one.day)} {formats.weekday(one.day)}"]
    if one.book is not None and (one.rule or not one.cells):
        lines.append(closed_words(one))
    for words, people in (
        (_("Promises due: {names}"), one.promises),
        (_("Appointments: {names}"), one.meetings),
    ):
        if people:
            names = [name for _who, name in people[:_NAMES]]
            names += ["…"] if len(people) > _NAMES else []
            lines.append(words.format(names=_(", ").join(names)))
    lines.append(_("Press to open the day."))
    return "\n".join(lines)
