"""The columns of the day: crews, records, records that wait for an answer."""

from planner.actions.day_records import GivenBack, Record
from planner.actions.progress import CrewDay
from ui import formats
from ui.i18n import _
from ui.models.table import Column, Kind
from ui.models.tips import plain_tip
from ui.outcomes import outcome_tone, outcome_words
from ui.team import words
from ui.team.day_book import DayBook


def _pair(planned: str, actual: str) -> str:
    return f"{planned} → {actual}" if actual else planned


def _both() -> str:
    return _("Planned → as the crew told it; the plan alone while nothing is told")


class CrewCells:
    """Texts of a crew's line that need the whole book; `book` is set anew with each reading."""

    def __init__(self, zone: str) -> None:
        self.zone = zone
        self.book: DayBook | None = None

    def members(self, one: CrewDay) -> str:
        """The names of the members."""
        staff = self.book.staff if self.book is not None else {}
        return _(", ").join(staff.get(number, number) for number in one.members)

    def money(self, one: CrewDay) -> str:
        """Cost of way and time, planned → told."""
        told = self.book.money.get(one.crew_id) if self.book is not None else None
        if told is None:
            return formats.NONE
        actual = formats.money(told.actual) if told.actual is not None else ""
        return _pair(formats.money(told.planned), actual)

    def back(self, one: CrewDay) -> str:
        """When the crew is to be back, planned → told."""
        told = formats.clock_time(one.returned, self.zone) if one.returned else ""
        return _pair(formats.clock_time(one.back, self.zone), told)

    def out(self, one: CrewDay) -> str:
        """When the crew went out and came back, as planned and as far as it is told."""
        left, back = (formats.clock_time(at, self.zone) for at in (one.left, one.returned))
        planned = " – ".join(formats.clock_time(at, self.zone) for at in (one.depart, one.back))
        told = f"{left} – {back}" if one.left or one.returned else _("not told yet")
        return plain_tip(f"{planned}\n{told}")

    def way(self, one: CrewDay) -> str:
        """Kilometres, planned → told."""
        actual = words.km(one.actual_metres) if one.actual_metres is not None else ""
        return _pair(words.km(one.planned_metres), actual)

    def hours(self, one: CrewDay) -> str:
        """Hours, planned → told."""
        actual = one.actual_seconds
        told = formats.number(actual / 3600, 1) if actual is not None else ""
        return _pair(formats.number(one.planned_seconds / 3600, 1), told)

    def columns(self) -> list[Column]:
        """A line of a crew."""
        return [
            Column("crew", lambda: _("Crew"), lambda c: c.crew, Kind.STRONG, width=90,
                   tip=lambda c: plain_tip(self.members(c))),
            Column("planned", lambda: _("Planned"), lambda c: str(c.planned), Kind.NUMBER,
                   lambda c: c.planned, width=70),
            Column("done", lambda: _("Done"), lambda c: str(c.done), Kind.BAR, lambda c: c.done,
                   share=lambda c: c.done / c.planned if c.planned else 0.0, width=110, stretch=1),
            Column("skipped", lambda: _("Not visited"), lambda c: str(c.skipped), Kind.NUMBER,
                   lambda c: c.skipped, width=80,
                   title_tip=lambda: _("Planned, and the day is over without a visit")),
            Column("waiting", lambda: _("To come"), lambda c: str(c.waiting), Kind.NUMBER,
                   lambda c: c.waiting, width=70),
            Column("back", lambda: _("Back"), self.back, sort=lambda c: c.back, tip=self.out,
                   width=110, title_tip=_both),
            Column("way", lambda: _("Way (km)"), self.way, sort=lambda c: c.planned_metres,
                   width=100, title_tip=_both),
            Column("hours", lambda: _("Hours"), self.hours, sort=lambda c: c.planned_seconds,
                   width=100, title_tip=_both),
            Column("money", lambda: _("Cost ({unit})").format(unit=formats.money_unit()),
                   self.money, width=110, title_tip=_both),
            Column("state", lambda: _("Plan"), lambda c: words.state_word(c.review.state),
                   Kind.CHIP, tone=lambda c: words.TONES[c.review.state],
                   icon=lambda c: words.ICONS[c.review.state], width=120),
        ]  # fmt: skip


def record_columns(zone: str) -> list[Column]:
    """A record of the day."""
    return [
        Column("at", lambda: _("When"), lambda r: formats.clock_time(r.at, zone),
               sort=lambda r: r.at, width=60),
        Column("who", lambda: _("Person"), lambda r: formats.mask_name(r.name), Kind.STRONG,
               width=80),
        Column("place", lambda: _("Place"), lambda r: r.township or formats.NONE, width=90),
        Column("what", lambda: _("Outcome"), lambda r: outcome_words(r.code, r.result), Kind.CHIP,
               tone=lambda r: outcome_tone(r.code), width=160),
        Column("note", lambda: _("Note"), lambda r: r.note or formats.NONE, Kind.MUTED,
               tip=lambda r: plain_tip(r.note), width=140, stretch=2),
        Column("by", lambda: _("By"), lambda r: _(", ").join(r.by) or formats.NONE, width=90,
               stretch=1),
        Column("given", lambda: _("Given back"), _given, Kind.CHIP,
               tone=lambda r: "warn" if r.given and r.given.open else "neutral",
               icon=lambda r: "undo" if r.given and r.given.open else "check",
               tip=lambda r: plain_tip(_said(r)), width=120),
    ]  # fmt: skip


def _given(one: Record) -> str:
    if one.given is None or one.given.at is None:
        return ""
    return _("waits") if one.given.open else _("answered")


def _said(one: Record) -> str:
    if one.given is None:
        return ""
    return "\n".join(text for text in (one.given.comment, one.given.answer) if text)


def what_word(one: GivenBack) -> str:
    """What kind of record came back."""
    return outcome_words(one.code, one.result) if one.code else _("other entry")


def given_columns(zone: str, cells: CrewCells) -> list[Column]:
    """A record that waits for an answer."""

    def whose(one: GivenBack) -> str:
        staff = cells.book.staff if cells.book is not None else {}
        return staff.get(one.collector_id, one.collector_id) or formats.NONE

    return [
        Column("since", lambda: _("Since"), lambda g: formats.moment(g.returned.at, zone),
               sort=lambda g: g.returned.at, width=130),
        Column("who", lambda: _("Person"), lambda g: formats.mask_name(g.name), Kind.STRONG,
               width=80),
        Column("what", lambda: _("Record"), what_word, width=150,
               tip=lambda g: plain_tip(formats.moment(g.at, zone))),
        Column("comment", lambda: _("Comment"), lambda g: g.returned.comment, Kind.WRAP,
               tip=lambda g: plain_tip(g.returned.comment), width=220, stretch=3),
        Column("whose", lambda: _("Collector"), whose, width=90),
        Column("by", lambda: _("By"), lambda g: g.returned.by or formats.NONE, Kind.MUTED,
               width=80),
    ]  # fmt: skip
