"""The week planned from the page of remote areas: the plan screen's own search, told in words."""

from datetime import timedelta

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.plan_week import DAYS, Week
from planner.routing.solve import Progress as Search
from ui.dialogs.reason import ReasonDialog
from ui.i18n import _, ngettext
from ui.plan.week_deeds import WeekDeeds
from ui.remote.area import RemoteBook
from ui.session import Session


class WeekSearch(QObject):
    """`told` carries (words, tone, button) for the message bar, `advanced` (share, words)."""

    started = Signal()
    advanced = Signal(float, str)
    told = Signal(str, str, str)
    stopped = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._book: RemoteBook | None = None
        self._why_stale = ""
        self._since = QElapsedTimer()  # the search has several parts, each counted from nought
        self.deeds = WeekDeeds(session, self)
        self.deeds.started.connect(self.started)
        self.deeds.advanced.connect(self._advanced)
        self.deeds.made.connect(self._made)
        self.deeds.refused.connect(self._refused)
        self.deeds.stale.connect(self._stale)
        self.deeds.stopped.connect(self.stopped)

    @property
    def running(self) -> bool:
        """Whether a search is under way."""
        return self.deeds.running

    def start(self, book: RemoteBook, reason: str = "") -> None:
        """Plan the week from the book's day, not before today; `reason` is why on old data."""
        if self.running or not book.rows:
            return
        self._book, self._why_stale = book, ""
        last = book.day + timedelta(days=DAYS - 1)
        first = max(book.day, self._session.today())
        if first > last:
            self.told.emit(_("This week is over: it cannot be planned."), "warn", "")
            return
        self._since.start()
        self.deeds.create(first, (last - first).days + 1, reason)

    def cancel(self) -> None:
        """Stop searching and keep the best week so far."""
        self.deeds.enough()

    def way_out(self) -> None:
        """The button of what was told: to the plan, or plan on old data for a reason."""
        if not self._why_stale:
            self._session.go("plan", "week")
            return
        act = _("Plan the week with these decisions")
        dialog = ReasonDialog(_("Plan on old data"), self._why_stale, act, self._window)
        dialog.told.connect(self._again)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _again(self, reason: str) -> None:
        if self._book is not None:
            self.start(self._book, reason)

    @Slot(object)
    def _advanced(self, search: Search) -> None:
        visits = ngettext("{n} visit", "{n} visits", search.visits).format(n=search.visits)
        spent, limit = self._since.elapsed() / 1000, self.deeds.seconds
        text = _("{visits}, {left} s left").format(visits=visits, left=max(0, round(limit - spent)))
        self.advanced.emit(spent / limit, text)

    @Slot(object)
    def _made(self, week: Week) -> None:
        stops = sum(plan.stops for plan in week.plans)
        visits = ngettext("{n} visit", "{n} visits", stops).format(n=stops)
        days = ngettext("{n} day", "{n} days", len(week.plans)).format(n=len(week.plans))
        said = _("The week is planned: {visits} on {days}.").format(visits=visits, days=days)
        if week.missed:
            said += " " + ngettext(
                "{n} person who has to be visited found no place.",
                "{n} persons who have to be visited found no place.",
                len(week.missed),
            ).format(n=len(week.missed))
        self.told.emit(said, "warn" if week.missed else "accent", _("Show the plan"))

    @Slot(str)
    def _refused(self, why: str) -> None:
        self.told.emit(_("Not changed: {why}").format(why=why), "warn", "")

    @Slot(str)
    def _stale(self, why: str) -> None:
        self._why_stale = why
        self.told.emit(why, "warn", _("Plan all the same"))
