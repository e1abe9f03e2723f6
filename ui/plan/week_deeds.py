"""What can be done with a week's plans: make them, move a stop to another day or crew, undo.

Each change is judged off the GUI thread and saved only when it breaks no rule; all plans that it
touches are one step of undo.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from planner.actions import edit_plan
from planner.actions.change import Change
from planner.actions.edit_plan import Bench, Edited, bench_of
from planner.actions.move_day import MovedDay, move_to_day
from planner.actions.plan_week import Week as MadeWeek
from planner.actions.plan_week import plan_week
from planner.clock import Clock
from planner.errors import PlannerError
from planner.policy.limits import Rule
from planner.store.plans import load_plan
from planner.store.store import Store
from ui.background import Task
from ui.i18n import _, error_text
from ui.plan.edits import fault_sentence, refusal
from ui.plan.week_book import Week, book_of
from ui.session import Session

SECONDS = 20.0  # how long the search for a week's plans runs


class WeekDeeds(QObject):
    """Owns the running search of one week view, and the queue of its changes."""

    started = Signal()
    advanced = Signal(object)  # planner.routing.solve.Progress
    stopped = Signal()
    made = Signal(object)  # the week that was planned (planner.actions.plan_week.Week)
    edited = Signal(object)  # days whose plans are other ones now (tuple of dates)
    refused = Signal(str)
    stale = Signal(str)

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.seconds = SECONDS
        self._week: Week | None = None
        self._task: Task | None = None
        self._text = ""
        self._queue: deque[tuple[str, Callable[[], Any]]] = deque()
        self._busy = False

    def follow(self, week: Week) -> None:
        """Work on these days from now on."""
        self._week = week

    @property
    def running(self) -> bool:
        """Whether a search is under way."""
        return self._task is not None

    @property
    def _rules(self) -> Mapping[str, Rule]:
        columns = self._week.columns if self._week is not None else ()
        books = (column.book for column in columns)
        return next((book.ranking.policy.rules for book in books if book is not None), {})

    def create(self, first: date, days: int, reason: str = "") -> None:
        """Search plans for `days` days from `first` on; locked stops of present ones stay."""
        if self.running:
            return
        self._text = _("Plan the week from {day}").format(day=first)
        job = partial(
            _create, self._session.store, first, days, self._session.clock, self.seconds, reason
        )
        self._task = self._session.ask(job, self._made, self._failed, progress=self._advanced)
        self._task.finished.connect(self._over)
        self.started.emit()

    @Slot()
    def enough(self) -> None:
        """Stop searching and keep the best plans so far."""
        if self._task is not None:
            self._task.cancel()

    @Slot(str, object, object, str)
    def move(self, debtor_id: str, from_day: date, to_day: date, crew_id: str) -> None:
        """Give a stop to a crew on a day, at the place where it costs least."""
        job = partial(
            _move, self._session.store, self._session.clock, debtor_id, from_day, to_day, crew_id
        )
        self._want(_("Move a stop"), job)

    def lock(self, debtor_id: str, day: date, locked: bool) -> None:
        """Keep a stop with its crew and day, or release it."""
        text = _("Lock a stop") if locked else _("Unlock a stop")
        job = partial(_lock, self._session.store, self._session.clock, debtor_id, day, locked)
        self._want(text, job)

    def drop(self, debtor_id: str, day: date, *, alone: bool = False) -> None:
        """Take a stop out of a day's plan; `alone`: only this person of it."""
        job = partial(_drop, self._session.store, self._session.clock, debtor_id, day, alone)
        self._want(_("Remove a person") if alone else _("Remove a stop"), job)

    def _want(self, text: str, job: Callable[[], Any]) -> None:
        if self.running:
            self.refused.emit(_("Wait for the search to end, or stop it."))
            return
        self._queue.append((text, job))
        self._next()

    def _next(self) -> None:
        if not self._busy and self._queue:
            self._busy = True
            text, job = self._queue.popleft()
            self._session.deed(text, job, self._changed, self._unchanged, toast=False)

    @Slot(object)
    def _changed(self, answer: tuple[tuple[date, ...], tuple[Any, ...]]) -> None:
        days, faults = answer
        self._busy = False
        if faults:
            self._queue.clear()
            # Every stop pushed later names the same rule: once is enough.
            sentences = dict.fromkeys(fault_sentence(fault, self._rules) for fault in faults)
            self.refused.emit(" ".join(list(sentences)[:2]))
        else:
            self.edited.emit(days)
        self._next()

    @Slot(object)
    def _unchanged(self, error: BaseException) -> None:
        self._busy = False
        self._queue.clear()
        if isinstance(error, PlannerError):
            self.refused.emit(refusal(error, self._rules))
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _made(self, answer: tuple[MadeWeek, bytes | None, list[PlannerError]]) -> None:
        week, batch, troubles = answer
        if batch is not None:
            self._session.pushed(self._text, batch, Change.PLAN)
        self.made.emit(week)
        self._session.tell(Change.PLAN)
        if troubles:  # the plans are made all the same
            self._session.toast(" ".join(map(error_text, troubles)))

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and error.code == "plan.stale_data":
            self.stale.emit(error_text(error))
        elif isinstance(error, PlannerError):
            self.refused.emit(refusal(error, self._rules))
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _advanced(self, progress: object) -> None:
        self.advanced.emit(progress)

    @Slot()
    def _over(self) -> None:
        self._task = None
        self.stopped.emit()


def _create(
    store: Store, first: date, days: int, clock: Clock, seconds: float, reason: str,
    *, on_progress: Any, cancelled: Any,
) -> tuple[MadeWeek, bytes | None, list[PlannerError]]:  # fmt: skip
    troubles: list[PlannerError] = []
    week = plan_week(
        store, first, clock=clock, days=days, seconds=seconds, reason=reason,
        on_progress=on_progress, cancelled=cancelled, on_trouble=troubles.append,
    )  # fmt: skip
    with store.read() as conn:
        found = conn.execute(
            "SELECT batch FROM plan WHERE plan_id = ? ORDER BY version DESC",
            (week.plans[0].plan_id,),
        ).fetchone()
    return week, bytes(found[0]) if found else None, troubles


def _bench(store: Store, day: date) -> Bench:
    return bench_of(store, book_of(store, day).ranking)


def _move(
    store: Store, clock: Clock, debtor_id: str, from_day: date, to_day: date, crew_id: str
) -> tuple[tuple[Any, ...], Change, bytes | None]:
    benches = {day: _bench(store, day) for day in {from_day, to_day}}
    moved: MovedDay = move_to_day(
        store, debtor_id, from_day, to_day, crew_id, clock=clock, benches=benches
    )
    days = {plan.day for plan in (moved.origin, moved.target, *moved.others)}
    change = Change.NOTHING if moved.batch is None else Change.PLAN
    return (tuple(sorted(days)), moved.faults), change, moved.batch


def _lock(
    store: Store, clock: Clock, debtor_id: str, day: date, locked: bool
) -> tuple[tuple[Any, ...], Change, bytes | None]:
    with store.read() as conn:
        plan = load_plan(conn, day)
    if plan is None:
        raise PlannerError("plan.none", day=str(day))
    batch = edit_plan.save_edit(store, edit_plan.lock(plan, debtor_id, locked), clock=clock)
    return ((day,), ()), Change.PLAN, batch


def _drop(
    store: Store, clock: Clock, debtor_id: str, day: date, alone: bool = False
) -> tuple[tuple[Any, ...], Change, bytes | None]:
    with store.read() as conn:
        plan = load_plan(conn, day)
    if plan is None:
        raise PlannerError("plan.none", day=str(day))
    bench = replace(_bench(store, day), now=clock())
    edited: Edited = edit_plan.drop(bench, plan, debtor_id, alone=alone)
    if edited.faults:
        return ((day,), edited.faults), Change.NOTHING, None
    return ((day,), ()), Change.PLAN, edit_plan.save_edit(store, edited.plan, clock=clock)
