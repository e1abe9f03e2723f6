"""The columns of the cases table, their words, and the same as lines for a spreadsheet."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from planner.export.fault_table import safe_cell
from planner.store.people import PersonRow
from ui import formats
from ui.cases.book import CaseRow
from ui.cases.places import place_of
from ui.i18n import _, code, language, ngettext
from ui.models.table import Column, Kind
from ui.outcomes import outcome_words
from ui.plan.words import tab_word

LOADING = "…"
TONES = {"ready": "accent", "address": "warn", "paused": "warn", "never": "stop"}
ICONS = {
    "ready": "check", "waiting": "clock", "call_first": "phone", "address": "pin",
    "paused": "warn", "never": "stop",
}  # fmt: skip


def short_moment(at: datetime | None, zone: str, day: date) -> str:
    """Day and time without what is clear: 12-08, 11-24 09:00, 2027-01-08; times at midnight
    are left out."""
    if at is None:
        return formats.NONE
    local = at.astimezone(ZoneInfo(zone))
    text = formats.day(local.date())
    if local.year == day.year:
        text = text[5:]
    return text if local.hour == local.minute == 0 else f"{text} {local:%H:%M}"


def state_words(row: CaseRow, zone: str, day: date) -> str:
    """The list in which a person stands, and until when."""
    if row.tab == "ready" and not row.worth:
        return _("not worth a trip today")
    word = tab_word(row.tab)
    if row.tab == "ready" or row.until is None:
        return word
    return _("{state} until {when}").format(state=word, when=short_moment(row.until, zone, day))


def state_tip(row: CaseRow, zone: str, day: date) -> str:
    """The rule that bars, in words, and the whole date."""
    lines = [state_words(row, zone, day)]
    if row.rule:
        lines.append(code(f"rule.{row.rule}"))
    if row.until is not None:
        when = formats.moment(row.until, zone)
        lines.append(_("Next permitted: {moment}").format(moment=when))
    return "\n".join(lines)


def last_words(row: CaseRow, zone: str, day: date) -> str:
    """Day and kind of the latest contact."""
    if row.last_at is None:
        return formats.NONE
    when = row.last_at.astimezone(ZoneInfo(zone)).date()
    text = formats.day(when)
    return f"{text[5:] if when.year == day.year else text} {outcome_words(row.last_code)}"


def _tone(row: CaseRow) -> str:
    return "neutral" if row.tab == "ready" and not row.worth else TONES.get(row.tab, "neutral")


def _icon(row: CaseRow) -> str:
    return "minus" if row.tab == "ready" and not row.worth else ICONS[row.tab]


def _name(row: CaseRow) -> str:
    return formats.mask_name(row.person.name) if row.person else LOADING


def _township(row: CaseRow) -> str:
    return (place_of(row.person) or formats.NONE) if row.person else LOADING


class Columns:
    """Columns bound to the zone and the day in view (`day` may be set later)."""

    def __init__(self, zone: str, day: date) -> None:
        self.zone = zone
        self.day = day

    def _state(self, row: CaseRow) -> str:
        return state_words(row, self.zone, self.day)

    def _tip(self, row: CaseRow) -> str:
        return state_tip(row, self.zone, self.day)

    def _last(self, row: CaseRow) -> str:
        return last_words(row, self.zone, self.day)

    def _last_tip(self, row: CaseRow) -> str:
        return formats.moment(row.last_at, self.zone)

    def make(self) -> tuple[Column, ...]:
        """All columns. Those with `sort` are in memory; the book does the sorting."""
        return (
            Column("rank", lambda: _("Rank"), lambda r: str(r.rank or formats.NONE), Kind.NUMBER,
                   lambda r: r.rank, width=64,
                   title_tip=lambda: _("Place among those who may be visited on this day.")),
            Column("points", lambda: _("Points"), lambda r: f"{min(99, max(1, r.points)):.0f}",
                   Kind.NUMBER, lambda r: r.points, lambda r: f"{r.points:.2f}", width=66,
                   title_tip=lambda: _("Ten points more mean twice as worthwhile per hour.")),
            Column("name", lambda: _("Name"), _name, Kind.STRONG, width=92),
            Column("amount", lambda: _("Overdue ({unit})").format(unit=formats.money_unit()),
                   lambda r: formats.money(r.amount), Kind.NUMBER, lambda r: r.amount,
                   lambda r: formats.money_exact(r.amount), width=96),
            Column("days", lambda: _("Days late"), lambda r: formats.number(r.days), Kind.NUMBER,
                   lambda r: r.days, width=74),
            Column("loans", lambda: _("Loans"), lambda r: str(r.loans), Kind.NUMBER,
                   lambda r: r.loans, width=64),
            Column("township", lambda: _("Township"), _township, width=120, stretch=1),
            Column("state", lambda: _("State"), self._state, Kind.CHIP, lambda r: r.tab,
                   self._tip, _tone, _icon, width=190, stretch=1),
            Column("last", lambda: _("Last contact"), self._last, Kind.MUTED,
                   lambda r: r.last_at, self._last_tip, width=150, stretch=1),
        )  # fmt: skip


def sum_words(persons: int, cases: int, minor: int) -> str:
    """What is chosen: how many persons and cases, and what they owe, in round and to the fen."""
    count = ngettext("{n} person", "{n} persons", persons).format(n=formats.number(persons))
    loans = ngettext("{n} case", "{n} cases", cases).format(n=formats.number(cases))
    exact, rounded = formats.money_exact(minor), formats.money(minor)
    if language() == "zh_CN" and rounded[-1] in "万亿":
        exact = f"{rounded}元（{exact}）"
    return _("Chosen: {persons}, {cases}, {sum}").format(persons=count, cases=loans, sum=exact)


def as_tsv(rows: Sequence[CaseRow], people: Sequence[PersonRow], zone: str, day: date) -> str:
    """Lines for a spreadsheet, names masked, exact amounts; nothing in them is ever computed."""
    known = {person.debtor_id: person for person in people}
    unit = formats.money_unit()
    head = [_("Rank"), _("Points"), _("Name"), _("Overdue ({unit})").format(unit=unit),
            _("Days late"), _("Loans"), _("Township"), _("State"), _("Last contact")]  # fmt: skip
    lines = [head]
    for row in rows:
        person = known.get(row.debtor_id)
        lines.append(
            [
                str(row.rank or ""), f"{row.points:.1f}",
                formats.mask_name(person.name) if person else "",
                f"{row.amount / formats.FEN:.2f}", str(row.days), str(row.loans),
                place_of(person) if person else "",
                state_words(row, zone, day), last_words(row, zone, day),
            ]
        )  # fmt: skip
    return "\n".join("\t".join(_cell(cell) for cell in line) for line in lines)


def _cell(text: str) -> str:
    """One cell: no tab or line break inside; a formula becomes text, a number stays one."""
    plain = " ".join(text.split())
    try:
        float(plain)
    except ValueError:
        return safe_cell(plain)
    return plain
