"""What can be done with a day's plan: make it, change it, give it away. Nothing blocks the window.

Each change is made on the newest plan, judged at once, and saved only when it breaks no rule; it
can be undone. Changes wanted while one is under way wait their turn.
"""

import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from planner.actions import edit_plan
from planner.actions.change import Change
from planner.actions.edit_plan import Bench, Edited
from planner.actions.export_plan import export_map, export_sheets
from planner.actions.make_plan import make_plan
from planner.clock import Clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.policy.limits import Rule
from planner.store.plans import plan_to_json
from planner.store.store import Store
from ui.background import Task
from ui.i18n import _, code, error_text, language
from ui.plan.book import Book
from ui.rules.words import source
from ui.session import Session

SECONDS = 8.0  # how long the search for a day's plan runs

Editor = Callable[[Bench, Plan], Edited]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that waits: its name in the undo list, and how to make it."""

    text: str
    edit: Editor


def fault_sentence(
    fault: tuple[str, dict[str, Any]], rules: Mapping[str, Rule] | None = None
) -> str:
    """One fault of an edited plan in words: a contact rule with its source, or a crew too late."""
    name, figures = fault
    if name == "LATE":
        return _("{crew} would be back {minutes} min after the end of its day ({end}).").format(
            **figures
        )
    return rule_with_source(name, rules or {})


def rule_with_source(rule_id: str, rules: Mapping[str, Rule]) -> str:
    """A rule in words and where it stands."""
    rule = rules.get(rule_id)
    where = f" ({source(rule)})" if rule else ""
    return code(f"rule.{rule_id}") + where


class PlanDeeds(QObject):
    """Owns the running search and the queue of changes of one plan screen."""

    started = Signal()
    advanced = Signal(object)  # planner.routing.solve.Progress
    made = Signal(object)  # Plan
    edited = Signal(object)  # Plan
    refused = Signal(str)  # why a change was not made, in words
    stale = Signal(str)  # the data is old: a plan needs a reason; the words say how old
    stopped = Signal()  # the search is over, however it ended
    exported = Signal(object)  # Path

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.seconds = SECONDS
        self._task: Task | None = None
        self._queue: deque[Wanted] = deque()
        self._busy = False
        self._book: Book | None = None
        self._text = ""

    def follow(self, book: Book) -> None:
        """Work on this day from now on."""
        self._book = book

    @property
    def _rules(self) -> Mapping[str, Rule]:
        return self._book.ranking.policy.rules if self._book is not None else {}

    @property
    def running(self) -> bool:
        """Whether a search is under way."""
        return self._task is not None

    def create(self, reason: str = "") -> None:
        """Search a plan for the day; locked stops of the present one stay.

        `reason` is why it is made on old data; without one, old data is refused (`stale`).
        """
        if self._book is None or self.running:
            return
        self._text = _("Create plan for {day}").format(day=self._book.day)
        job = partial(
            _create, self._session.store, self._book, self._session.clock, self.seconds, reason
        )
        self._task = self._session.ask(job, self._made, self._failed, progress=self._advanced)
        self._task.finished.connect(self._over)
        self.started.emit()

    @Slot()
    def cancel(self) -> None:
        """Stop searching and keep the best plan so far."""
        if self._task is not None:
            self._task.cancel()

    def move(self, debtor_id: str, crew_id: str, position: int) -> None:
        """Put a stop at a position (0 = first) of a crew's day."""
        if self._begun(debtor_id, crew_id):
            return
        edit = partial(_move, debtor_id, crew_id, position)
        self._want(_("Move a stop"), edit)

    def drop(self, debtor_id: str) -> None:
        """Take a person out of the plan."""
        if not self._begun(debtor_id):
            self._want(_("Remove a stop"), partial(_drop, debtor_id))

    def purge(self) -> None:
        """Take out everybody who may not be visited any more."""
        if self._book is not None and self._book.outdated():
            edit = partial(_purge, frozenset(self._book.outdated()))
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
            self._want(_("Add a stop"), partial(_add, self._session.store, debtor_id, kept))

    def lock(self, debtor_id: str, locked: bool) -> None:
        """Keep a stop with its crew, or release it."""
        text = _("Lock a stop") if locked else _("Unlock a stop")
        self._want(text, partial(_lock, debtor_id, locked))

    def export(self, kind: str, out: Path) -> None:
        """Write day sheets ("sheets"), the map ("map") or the plan ("json") to a file."""
        if self._book is not None and self._book.plan is not None:
            job = partial(_export, self._session.store, self._book.plan, kind, out, language())
            self._session.ask(job, self.exported.emit)

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

    def _want(self, text: str, edit: Editor) -> None:
        self._queue.append(Wanted(text, edit))
        self._next()

    def _next(self) -> None:
        book = self._book
        if self._busy or not self._queue or book is None or book.plan is None:
            return
        wanted = self._queue.popleft()
        self._busy = True
        bench = Bench(book.ranking, book.zone)
        job = partial(
            _edit, self._session.store, self._session.clock, bench, book.plan, wanted.edit
        )
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
        if isinstance(error, PlannerError):
            self.refused.emit(_refusal(error, self._rules))
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _made(self, answer: tuple[Plan, bytes | None]) -> None:
        plan, batch = answer
        if batch is not None:
            self._session.pushed(self._text, batch, Change.PLAN)
        self.made.emit(plan)
        self._session.tell(Change.PLAN)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and error.code == "plan.stale_data":
            self.stale.emit(error_text(error))
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _advanced(self, progress: object) -> None:
        self.advanced.emit(progress)

    @Slot()
    def _over(self) -> None:
        self._task = None
        self.stopped.emit()


def _refusal(error: PlannerError, rules: Mapping[str, Rule]) -> str:
    """An expected refusal; a barred person is refused with the rule's own sentence."""
    params = dict(error.params)
    if error.code == "plan.not_ready" and params.get("rule"):
        params["rule"] = rule_with_source(str(params["rule"]), rules)
    return code(f"error.{error.code}", **params)


def _create(
    store: Store, book: Book, clock: Clock, seconds: float, reason: str,
    *, on_progress: Any, cancelled: Any,
) -> tuple[Plan, bytes | None]:  # fmt: skip
    plan = make_plan(
        store, book.day, clock=clock, seconds=seconds, ranking=book.ranking, reason=reason,
        on_progress=on_progress, cancelled=cancelled,
    )  # fmt: skip
    with store.read() as conn:
        found = conn.execute(
            "SELECT batch FROM plan WHERE plan_id = ? ORDER BY version DESC", (plan.plan_id,)
        ).fetchone()
    return plan, bytes(found[0]) if found else None


def _edit(
    store: Store, clock: Clock, bench: Bench, plan: Plan, edit: Editor
) -> tuple[Edited, Change, bytes | None]:
    edited = edit(bench, plan)
    if edited.faults:
        return edited, Change.NOTHING, None
    return edited, Change.PLAN, edit_plan.save_edit(store, edited.plan, clock=clock)


def _move(debtor_id: str, crew_id: str, position: int, bench: Bench, plan: Plan) -> Edited:
    return edit_plan.move(bench, plan, debtor_id, crew_id, position)


def _drop(debtor_id: str, bench: Bench, plan: Plan) -> Edited:
    return edit_plan.drop(bench, plan, debtor_id)


def _purge(gone: frozenset[str], bench: Bench, plan: Plan) -> Edited:
    """Without everybody in `gone`; each round that had one of them is timed anew and judged."""
    faults: list[tuple[str, dict[str, Any]]] = []
    last = {
        route.crew_id: next((s.debtor_id for s in reversed(route.stops) if s.debtor_id in gone), "")
        for route in plan.routes
    }
    # All but one of each round simply go; dropping that one judges the round that is left.
    routes = tuple(
        replace(
            route,
            stops=tuple(
                replace(stop, locked=False) if stop.debtor_id in gone else stop
                for stop in route.stops
                if stop.debtor_id not in gone or stop.debtor_id == last[route.crew_id]
            ),
        )
        for route in plan.routes
    )
    plan = replace(plan, routes=routes)
    for debtor_id in filter(None, last.values()):
        edited = edit_plan.drop(bench, plan, debtor_id)
        plan, faults = edited.plan, [*faults, *edited.faults]
    left = tuple(one for one in plan.not_planned if one.debtor_id not in gone)
    return Edited(replace(plan, not_planned=left), tuple(faults))


def _add(store: Store, debtor_id: str, kept: frozenset[str], bench: Bench, plan: Plan) -> Edited:
    """Into one of the rounds that may be timed anew; those of the crews in `kept` stay."""
    if any(stop.debtor_id == debtor_id for route in plan.routes for stop in route.stops):
        raise PlannerError("plan.in_plan", debtor=debtor_id)
    free = tuple(route for route in plan.routes if route.crew_id not in kept)
    edited = edit_plan.add(bench, replace(plan, routes=free), debtor_id, store)
    timed = {route.crew_id: route for route in edited.plan.routes}
    routes = tuple(timed.get(route.crew_id, route) for route in plan.routes)
    return replace(edited, plan=replace(edited.plan, routes=routes))


def _lock(debtor_id: str, locked: bool, _bench: Bench, plan: Plan) -> Edited:
    return Edited(edit_plan.lock(plan, debtor_id, locked), ())


def _export(store: Store, plan: Plan, kind: str, out: Path, language_name: str) -> Path:
    if kind == "sheets":
        return export_sheets(store, plan, out, language_name)
    if kind == "map":
        return export_map(store, plan, out, language_name)
    text = json.dumps(plan_to_json(plan), ensure_ascii=False, indent=1)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PlannerError("file.unwritable", file=out.name, why=error.strerror) from error
    return out
