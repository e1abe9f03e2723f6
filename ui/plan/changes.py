"""The smallest change for everybody left out of a plan: sought once for each plan, when wanted."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from planner.actions.bring_in import smallest_changes
from planner.actions.edit_plan import Bench, bench_of
from planner.actions.smallest import NONE, Smallest
from planner.clock import Clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.store import Store
from ui.plan.book import Book
from ui.session import Session

NOBODY: Mapping[str, Smallest] = {}


class Changes(QObject):
    """`found` carries the changes by debtor id, empty ones when another plan is in view."""

    found = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._plan: Plan | None = None  # for which they were sought
        self._asked: Plan | None = None
        self._known = NOBODY

    def follow(self, plan: Plan | None) -> None:
        """Another plan: what was found for the one before does not hold any more."""
        if plan != self._plan and self._known:
            self._known = NOBODY
            self.found.emit(NOBODY)

    def seek(self, book: Book) -> None:
        """Find the changes for the plan of this day, unless they are known or being sought."""
        plan = book.plan
        if plan is None or plan == self._asked or book.day < self._session.today():
            return
        self._asked = plan
        store = self._session.store
        job = partial(_seek, store, self._session.clock, bench_of(store, book.ranking), plan)
        self._session.ask(job, self._answer)

    def of(self, debtor_id: str) -> Smallest | None:
        """What would bring this person in; None when nothing does, or it is not known yet."""
        one = self._known.get(debtor_id)
        return one if one is not None and one.kind != NONE else None

    @Slot(object)
    def _answer(self, answer: tuple[Plan, Mapping[str, Smallest]]) -> None:
        if answer[0] == self._asked:
            self._plan, self._known = answer
            self.found.emit(self._known)


def _seek(
    store: Store, clock: Clock, bench: Bench, plan: Plan
) -> tuple[Plan, Mapping[str, Smallest]]:
    try:
        return plan, smallest_changes(store, bench, plan, clock=clock)
    except PlannerError:  # the day is over, or nobody works on it any more: there is no change
        return plan, NOBODY
