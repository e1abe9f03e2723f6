"""The lines of the rounds along the roads: asked for once for each plan that is shown."""

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from planner.actions.route_shapes import Line, route_lines
from planner.domain.plan import Plan
from planner.store.store import Store
from ui.session import Session

STRAIGHT: Mapping[str, Line] = {}


class Ways(QObject):
    """`found` says that the lines of the plan asked for last are known now."""

    found = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._plan: Plan | None = None
        self._asked: Plan | None = None
        self._lines = STRAIGHT

    def of(self, plan: Plan | None) -> Mapping[str, Line]:
        """The lines by crew id as far as they are known; else they are asked for."""
        if plan is None or plan == self._plan:
            return STRAIGHT if plan is None else self._lines
        if plan != self._asked:
            self._asked = plan
            self._session.ask(partial(_read, self._session.store, plan), self._answer)
            if plan == self._plan:  # the answer has come already
                return self._lines
        return STRAIGHT

    def forget(self) -> None:
        """Other roads: ask anew next time."""
        self._plan = self._asked = None

    @Slot(object)
    def _answer(self, answer: tuple[Plan, Mapping[str, Line]]) -> None:
        if answer[0] == self._asked:
            self._plan, self._lines = answer
            if self._lines:
                self.found.emit()


def _read(store: Store, plan: Plan) -> tuple[Plan, Mapping[str, Line]]:
    return plan, route_lines(store, plan)
