"""What can be done with a day's plan: make it, change it, give it away. Nothing blocks the window.

Each change is made on the newest plan, judged at once, and saved only when it breaks no rule; it
can be undone. Changes wanted while one is under way wait their turn. During a search, and while an
offer of `offers.py` waits for its answer, nothing is changed by hand.
"""

from collections import deque
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from planner.actions.change import Change
from planner.actions.edit_plan import Edited, bench_of
from planner.actions.make_plan import make_plan
from planner.clock import Clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.policy.limits import Rule
from planner.store.store import Store
from ui.i18n import _, error_text
from ui.plan import edits
from ui.plan.book import Book
from ui.plan.edits import Editor, Wanted, fault_sentence, refusal
from ui.plan.search import Decision, Search
from ui.session import Session

SECONDS = 8.0  # how long the search for a day's plan runs


class PlanDeeds(QObject):
    """Owns the running search and the queue of changes of one plan screen."""

    started = Signal(float)  # a search begins; it ends by itself after so many seconds
    advanced = Signal(object)  # planner.routing.solve.Progress
    made = Signal(object)  # Plan
    edited = Signal(object)  # Plan
    refused = Signal(str)  # why a change was not made, in words
    stale = Signal(str)  # the data is old: a plan needs a reason; the words say how old
    stopped = Signal()  # the search is over, however it ended

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.seconds = SECONDS
        self.waiting = False  # an offer waits to be taken or discarded
        self.anew = False  # whether the search makes a whole new plan
        self._text = ""  # what the search is, as the undo list names it
        self._search: Search | None = None
        self._queue: deque[Wanted] = deque()
        self._busy = False
        self._book: Book | None = None

    def follow(self, book: Book) -> None:
        """Work on this day from now on."""
        self._book = book

    @property
    def _rules(self) -> Mapping[str, Rule]:
        return self._book.ranking.policy.rules if self._book is not None else {}

    @property
    def running(self) -> bool:
        """Whether a search is under way."""
        return self._search is not None

    def create(self, reason: str = "") -> None:
        """Search a plan for the day; locked stops of the present one stay.

        `reason` is why it is made on old data; without one, old data is refused (`stale`).
        """
        if self._book is None or not self.free():
            return
        decision = Decision()
        job = partial(
            _create, self._session.store, self._book, self._session.clock, self.seconds, reason,
            decision.save,
        )  # fmt: skip
        text = _("Create plan for {day}").format(day=self._book.day)
        self.begin(text, job, self._made, self.seconds, decision)

    def begin(
        self,
        text: str,
        job: Callable[..., Any],
        then: Callable[[Any], None],
        seconds: float,
        decision: Decision | None = None,
    ) -> None:
        """Run a search of at most `seconds`; `then` gets what it finds, unless it is given up."""
        self._text, self.anew = text, decision is not None
        search = self._search = Search(self._session, job, decision or Decision(), self)
        search.found.connect(then)
        search.failed.connect(self._failed)
        search.advanced.connect(self.advanced)
        search.over.connect(self._over)
        self.started.emit(seconds)

    @Slot()
    def enough(self) -> None:
        """Stop searching and take the best plan so far."""
        if self._search is not None:
            self._search.enough()

    @Slot()
    def give_up(self) -> None:
        """Stop searching and keep the plan that is there."""
        if self._search is not None:
            self._search.give_up()

    def move(self, debtor_id: str, crew_id: str, position: int) -> None:
        """Put a stop at a position (0 = first) of a crew's day."""
        if self._begun(debtor_id, crew_id):
            return
        self._want(_("Move a stop"), partial(edits.move, debtor_id, crew_id, position))

    def drop(self, debtor_id: str) -> None:
        """Take a person out of the plan."""
        if not self._begun(debtor_id):
            self._want(_("Remove a stop"), partial(edits.drop, debtor_id))

    def drop_alone(self, debtor_id: str) -> None:
        """Take a person out of the plan, not the others of the stop."""
        if not self._begun(debtor_id):
            self._want(_("Remove a person"), partial(edits.drop_alone, debtor_id))

    def purge(self) -> None:
        """Take out everybody who may not be visited any more."""
        if self._book is not None and self._book.outdated():
            edit = partial(edits.purge, frozenset(self._book.outdated()))
            self._want(_("Remove outdated stops"), edit)

    def add(self, debtor_id: str) -> None:
        """Put a person where the visit costs least."""
        book = self._book
        if book is None or book.plan is None:
            return
        barred = set(book.seats) & book.done | set(book.outdated())
        kept = frozenset(
            route.crew_id
            for route in book.plan.routes
            if barred & {stop.debtor_id for stop in route.stops}
        )
        if len(kept) < len(book.plan.routes) or not self._begun():
            edit = partial(edits.add, self._session.store, debtor_id, kept)
            self._want(_("Add a stop"), edit)

    def lock(self, debtor_id: str, locked: bool) -> None:
        """Keep a stop with its crew, or release it."""
        text = _("Lock a stop") if locked else _("Unlock a stop")
        self._want(text, partial(edits.lock, debtor_id, locked))

    def _begun(self, debtor_id: str = "", crew_id: str = "") -> bool:
        """Refuse when a round that would be timed anew holds recorded or outdated stops.

        Without a debtor any round may be touched.
        """
        book = self._book
        if book is None or book.plan is None:
            return True
        fixed, outdated = set(book.seats) & book.done, set(book.outdated())
        for route in book.plan.routes:
            stops = {stop.debtor_id for stop in route.stops}
            if debtor_id and debtor_id not in stops and route.crew_id != crew_id:
                continue
            if stops & fixed:
                self.refused.emit(_("Visits of this round are recorded: its stops stay."))
                return True
            if stops & outdated - {debtor_id}:
                self.refused.emit(_("First remove the stops that may not be visited any more."))
                return True
        return False

    def free(self) -> bool:
        """Whether nothing is searched and no offer waits; else says what has to be ended first."""
        if self.running:
            self.refused.emit(_("A plan is being searched. End that first."))
        elif self.waiting:
            self.refused.emit(_("First take the proposed plan, or discard it."))
        return not self.running and not self.waiting

    def _want(self, text: str, edit: Editor) -> None:
        if self.free():
            self._queue.append(Wanted(text, edit))
            self._next()

    def _next(self) -> None:
        book = self._book
        if self._busy or not self._queue or book is None or book.plan is None:
            return
        wanted = self._queue.popleft()
        self._busy = True
        job = partial(
            edits.edit, self._session.store, self._session.clock,
            bench_of(self._session.store, book.ranking), book.plan, wanted.edit,
        )  # fmt: skip
        self._session.deed(wanted.text, job, self._changed, self._unchanged, toast=False)

    @Slot(object)
    def _changed(self, edited: Edited) -> None:
        self._busy = False
        if edited.faults:
            self._queue.clear()
            # Every stop pushed later names the same rule: once is enough.
            sentences = dict.fromkeys(fault_sentence(fault, self._rules) for fault in edited.faults)
            self.refused.emit(" ".join(list(sentences)[:2]))
        else:
            if self._book is not None:
                self._book = self._book.with_plan(edited.plan)
            self.edited.emit(edited.plan)
        self._next()

    @Slot(object)
    def _unchanged(self, error: BaseException) -> None:
        self._busy = False
        self._queue.clear()
        self.refuse(error)

    def refuse(self, error: BaseException) -> None:
        """Say why something was not saved; what nobody expected goes to the session."""
        if isinstance(error, PlannerError):
            self.refused.emit(refusal(error, self._rules))
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _made(self, answer: tuple[Plan, bytes | None, list[PlannerError]]) -> None:
        plan, batch, troubles = answer
        if batch is not None:
            self._session.pushed(self._text, batch, Change.PLAN)
        self.made.emit(plan)
        self._session.tell(Change.PLAN)
        if troubles:  # the plan is made all the same
            self._session.toast(" ".join(map(error_text, troubles)))

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and error.code == "plan.stale_data":
            self.stale.emit(error_text(error))
        else:
            self.refuse(error)

    @Slot()
    def _over(self) -> None:
        self._search = None
        self.stopped.emit()


def _create(
    store: Store, book: Book, clock: Clock, seconds: float, reason: str,
    may_save: Callable[[], bool], *, on_progress: Any, cancelled: Any,
) -> tuple[Plan, bytes | None, list[PlannerError]]:  # fmt: skip
    troubles: list[PlannerError] = []
    plan = make_plan(
        store, book.day, clock=clock, seconds=seconds, ranking=book.ranking, reason=reason,
        on_progress=on_progress, cancelled=cancelled, may_save=may_save,
        on_trouble=troubles.append,
    )  # fmt: skip
    with store.read() as conn:
        found = conn.execute(
            "SELECT batch FROM plan WHERE plan_id = ? ORDER BY version DESC", (plan.plan_id,)
        ).fetchone()
    return plan, bytes(found[0]) if found else None, troubles
