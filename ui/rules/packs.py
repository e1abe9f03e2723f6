"""The packs in force: what each holds, whether it was reviewed, how far its calendar reaches."""

from datetime import date
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui import formats
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.rules import words
from ui.rules.load import (
    CalendarView,
    PackView,
    RulesView,
    confirm_year,
    confirmed,
    load_rules,
)
from ui.session import Session
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.table import Table
from ui.widgets.text import Text

EVERYWHERE = "*"
_NARROW = 1200  # logical pixels


def calendar_words(calendar: CalendarView, day: date) -> tuple[str, str]:
    """(sentence, tone): how far the holidays are known, a warning when that ends soon."""
    name = words.country(calendar.country)
    last = calendar.last
    if last is None:
        return _("{country}: holidays are known without an end.").format(country=name), "neutral"
    text = _("{country}: holidays are known up to {day}.").format(country=name, day=f"{last}-12-31")
    if last > day.year:
        return text, "neutral"
    more = _("Nothing is planned after that until the calendar of {year} is published or the lead"
             " confirms that year.")  # fmt: skip
    gap = " " if text.endswith(".") else ""
    return text + gap + more.format(year=last + 1), "warn"


def _name_tip(one: PackView) -> str:
    return f"{words.own(one.pack.name)}\n{words.own(one.pack.applies_to)}"


def _where(one: PackView) -> str:
    place = one.pack.jurisdiction
    return _("every country") if place == EVERYWHERE else words.country(place)


def _force(one: PackView) -> str:
    return words.comma(f"{_(words.BINDINGS[name])} {count}" for name, count in one.bindings)


def _reviewed(one: PackView) -> str:
    by = one.pack.reviewed_by
    return _("reviewed by {name}").format(name=by) if by else _("not reviewed")


def _holidays(one: PackView) -> str:
    calendar = one.calendar
    if calendar is None:
        return ""
    return formats.NONE if calendar.last is None else f"{calendar.last}-12-31"


def _holidays_tip(one: PackView) -> str:
    if one.calendar is None or not one.calendar.confirmed:
        return ""
    years = words.comma(map(str, one.calendar.confirmed))
    return _("Confirmed by the lead: {years}").format(years=years)


def _read_on(one: PackView) -> str:
    return formats.day(one.pack.read_on)


COLUMNS = (
    Column("name", lambda: _("Pack"), lambda p: words.own(p.pack.name), Kind.STRONG,
           tip=lambda p: plain_tip(_name_tip(p)), width=170, stretch=3),
    Column("where", lambda: _("Protects people in"), _where, width=120),
    Column("version", lambda: _("Version"), lambda p: p.pack.version, width=80),
    Column("force", lambda: _("Rules by force"), _force,
           tip=lambda p: plain_tip(_force(p)), width=150, stretch=2),
    Column("read", lambda: _("Read on"), _read_on, width=100),
    Column("holidays", lambda: _("Holidays until"), _holidays, tip=_holidays_tip, width=100),
    Column("reviewed", lambda: _("Counsel"), _reviewed, Kind.CHIP,
           tone=lambda p: "accent" if p.pack.reviewed_by else "warn",
           icon=lambda p: "check" if p.pack.reviewed_by else "warn", width=126),
    Column("applies", lambda: _("Applies to"), lambda p: words.own(p.pack.applies_to), Kind.MUTED,
           tip=lambda p: plain_tip(words.own(p.pack.applies_to)), width=110, stretch=2),
)  # fmt: skip


class PacksPanel(Translated):
    """A table and a warning; packs are files and are not changed here."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view: RulesView | None = None
        self.warning = MessageBar(closable=False)
        self.warning.pressed.connect(self.confirm)
        self._packs = Card()
        self._intro = Text("muted", wrap=True)
        self._pack_model = DataTable(COLUMNS, self)
        self.table = Table(self._pack_model)
        self._packs.body.addWidget(self._intro)
        self._packs.body.addWidget(self.table, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self.warning)
        box.addWidget(self._packs, 1)
        self.lead_to(self.table)
        self.retranslate()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a narrow window the last column gives way; it stands in the tooltip of the first."""
        self.table.setColumnHidden(len(COLUMNS) - 1, self.width() < _NARROW)
        super().resizeEvent(event)

    def panes(self) -> list[QWidget]:
        """The packs."""
        return [self.table]

    def retranslate(self) -> None:
        """All words of the panel."""
        self._packs.set_title(_("Packs in force"))
        self._intro.setText(
            _(
                "All packs of a country hold together and the strictest rule wins. No pack is legal"
                " advice: counsel has to review it."
            )
        )
        self.table.setAccessibleName(_("Packs in force"))
        self._say()

    def refresh(self) -> None:
        """Read them anew."""
        session = self._session
        session.ask(partial(load_rules, session.store, session.day), self._arrived)

    @Slot(object)
    def _arrived(self, view: RulesView) -> None:
        self._view = view
        self._pack_model.set_rows(view.packs)
        self._say()

    def _say(self) -> None:
        if self._view is not None:
            text, tone = calendar_words(self._view.calendar, self._view.day)
            year = self._next_year
            button = (
                _("Confirm {year} by its statutory holidays").format(year=year)
                if year and self._session.leads
                else ""
            )
            self.warning.say(text, tone, button)

    @property
    def _next_year(self) -> int | None:
        """The year to be confirmed next: the one after a calendar that ends with this year."""
        calendar = self._view.calendar if self._view is not None else None
        last = calendar.last if calendar is not None else None
        ends = self._view is not None and last is not None and last <= self._view.day.year
        return last + 1 if ends and last is not None else None

    def confirm(self) -> None:
        """The lead takes the next year as known, as a step that can be undone."""
        view, year, store = self._view, self._next_year, self._session.store
        if view is None or year is None or not self._session.may_lead():
            return
        self._text = _("Calendar of {year} confirmed").format(year=year)
        ways = [partial(confirm_year, store, view.country, year, known) for known in (False, True)]
        self._ways = ways[0], ways[1]
        self._session.do(partial(confirmed, store, view.country, year), self._confirmed)

    @Slot(object)
    def _confirmed(self, _nothing: object) -> None:
        self._session.flip(self._text, *self._ways)
        self._session.toast(self._text, undo=True)
