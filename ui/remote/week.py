"""The search for a week that heeds the decisions: progress, stop, undo, and what came of it."""

from functools import partial

from PySide6.QtCore import QElapsedTimer, QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.change import Change
from planner.actions.plan_week import Week
from planner.errors import PlannerError
from planner.routing.solve import Progress as Search
from ui import formats
from ui.background import Task
from ui.dialogs.reason import ReasonDialog
from ui.i18n import _, error_text, ngettext
from ui.remote import deeds
from ui.remote.book import RemoteBook
from ui.session import Session


class WeekSearch(QObject):
    """Owns the running search. `told` carries (words, tone, button) for the message bar."""

    started = Signal()
    advanced = Signal(float, str)
    told = Signal(str, str, str)
    refused = Signal(object)  # the error
    stopped = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._window = parent
        self._book: RemoteBook | None = None
        self._task: Task | None = None
        self._why_stale = ""
        self._since = QElapsedTimer()  # the search is one of several parts, each from nought

    @property
    def running(self) -> bool:
        """Whether a search is under way."""
        return self._task is not None

    def start(self, book: RemoteBook, reason: str = "") -> None:
        """Plan the week from the book's day; `reason` is why on old data."""
        if self.running or not book.rows:
            return
        self._book, self._why_stale = book, ""
        session = self._session
        job = partial(deeds.make_week, session.store, session.clock, book.day, reason)
        self._task = session.ask(job, self._made, self._failed, progress=self._advanced)
        self._task.finished.connect(self._over)
        self._since.start()
        self.started.emit()

    def cancel(self) -> None:
        """Stop searching and keep the best week so far."""
        if self._task is not None:
            self._task.cancel()

    def way_out(self) -> None:
        """The button of what was told: to the plan, or plan on old data for a reason."""
        if not self._why_stale:
            self._session.go("plan")
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
        stops = ngettext("{n} stop", "{n} stops", search.visits).format(n=search.visits)
        spent = self._since.elapsed() / 1000
        left = max(0, round(deeds.SECONDS - spent))
        text = _("{visits}, {left} s left").format(visits=stops, left=left)
        self.advanced.emit(spent / deeds.SECONDS, text)

    @Slot(object)
    def _made(self, answer: tuple[Week, bytes | None]) -> None:
        week, batch = answer
        if batch is not None and self._book is not None:
            name = _("Plan the week from {day}").format(day=formats.day(self._book.day))
            self._session.pushed(name, batch, Change.PLAN)
        self.told.emit(_said(week), "warn" if week.missed else "accent", _("Show the plan"))
        self._session.tell(Change.PLAN)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and error.code == "plan.stale_data":
            self._why_stale = error_text(error)
            self.told.emit(self._why_stale, "warn", _("Plan all the same"))
        else:
            self.refused.emit(error)

    @Slot()
    def _over(self) -> None:
        self._task = None
        self.stopped.emit()


def _said(week: Week) -> str:
    """What came of a search."""
    stops = sum(plan.stops for plan in week.plans)
    visits = ngettext("{n} stop", "{n} stops", stops).format(n=stops)
    days = ngettext("{n} day", "{n} days", len(week.plans)).format(n=len(week.plans))
    said = _("The week is planned: {visits} on {days}.").format(visits=visits, days=days)
    if week.missed:
        said += " " + ngettext(
            "{n} person who has to be visited found no place.",
            "{n} persons who have to be visited found no place.",
            len(week.missed),
        ).format(n=len(week.missed))
    return said
