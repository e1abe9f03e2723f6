"""Plans that are offered: gaps filled, planned on, somebody brought in; saved once taken.

While an offer waits, the plan cannot be changed by hand; when the plan changes elsewhere (undo),
the offer is no more.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from planner.actions.bring_in import bring_in
from planner.actions.change import Change
from planner.actions.edit_plan import Bench, bench_of, save_edit
from planner.actions.fill_gaps import fill_gaps
from planner.actions.noon import AS_USUAL, Noon
from planner.actions.proposal import Proposal
from planner.actions.replan_day import replan_day
from planner.actions.smallest import Smallest
from planner.clock import Clock
from planner.domain.plan import Plan
from planner.store.store import Store
from ui.i18n import _
from ui.plan.book import Book
from ui.plan.deeds import PlanDeeds
from ui.session import Session

SECONDS = {"gaps": 2.0, "on": 1.0, "in": 2.0}  # how long each search runs


@dataclass(frozen=True, slots=True)
class Situation:
    """How the day stands, by crew id: `positions` (latitude, longitude), `late` in seconds,
    `stands` minutes for which a car does not go on, `ill` ids of collectors. `slower`: percent of
    the usual time on the road; `urgent` and `settled`: debtor ids.

    `assume_made`: visits whose time is past count as made though nothing is recorded.
    """

    positions: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    late: Mapping[str, int] = field(default_factory=dict)
    absent: frozenset[str] = frozenset()
    assume_made: bool = False
    stands: Mapping[str, int] = field(default_factory=dict)
    slower: int = AS_USUAL
    ill: Mapping[str, frozenset[str]] = field(default_factory=dict)
    urgent: frozenset[str] = frozenset()
    settled: frozenset[str] = frozenset()

    def noon(self, now: datetime) -> Noon:
        """What came up, for planning on at `now` (aware)."""
        until = {crew: now + timedelta(minutes=n) for crew, n in self.stands.items()}
        return Noon(until, self.slower, self.ill, self.urgent, self.settled)


class Offers(QObject):
    """Owns the offer of one plan screen; `deeds` runs the searches."""

    offered = Signal(object)  # Proposal that waits, None when it is no more
    nothing = Signal(str)  # there is nothing to offer, in words

    def __init__(self, session: Session, deeds: PlanDeeds) -> None:
        super().__init__(deeds)
        self._session = session
        self._deeds = deeds
        self._book: Book | None = None
        self._before: Plan | None = None
        self._taking = False
        self.text = ""  # what is offered, as the undo list names it
        self.proposal: Proposal | None = None
        self.seconds = dict(SECONDS)

    def follow(self, book: Book) -> None:
        """Work on this day from now on; an offer for another plan is no more."""
        self._book = book
        if self.proposal is not None and not self._taking and book.plan != self._before:
            self.discard()

    def fill_gaps(self) -> None:
        """Offer the plan with what pays added where there is room; nothing else changes."""
        self._search(_("Fill the gaps"), "gaps", _gaps)

    def plan_on(self, situation: Situation) -> None:
        """Offer the rest of the day planned anew, from where the crews are."""
        self._search(_("Plan on from now"), "on", partial(_on, situation))

    def bring_in(self, debtor_id: str, change: Smallest) -> None:
        """Offer the plan with this person in it, by the change named."""
        self._search(_("Bring a person in"), "in", partial(_in, debtor_id, change))

    def _search(self, text: str, kind: str, job: Callable[..., Proposal]) -> None:
        book = self._book
        if book is None or book.plan is None or not self._deeds.free():
            return
        self.text, self._before = text, book.plan
        bench = bench_of(self._session.store, book.ranking)
        seconds = self.seconds[kind]
        ready = partial(job, self._session.store, self._session.clock, bench, book.plan, seconds)
        self._deeds.begin(text, ready, self._found, seconds)

    @Slot(object)
    def _found(self, proposal: Proposal) -> None:
        if self._book is None or self._book.plan != self._before:
            return
        if proposal.difference.nothing:
            self.nothing.emit(_("{what}: nothing better was found.").format(what=self.text))
            return
        self._set(proposal)

    def _set(self, proposal: Proposal | None) -> None:
        self.proposal = proposal
        self._deeds.waiting = proposal is not None
        self.offered.emit(proposal)

    @Slot()
    def take(self) -> None:
        """Save what is offered; it can be undone."""
        if self.proposal is None or self._taking:
            return
        self._taking = True
        plan, before = self.proposal.plan, self._before
        base = before if before is not None and before.day == plan.day else None
        job = partial(_take, self._session.store, self._session.clock, plan, base)
        self._session.deed(self.text, job, self._taken, self._refused, toast=False)

    @Slot(object)
    def _taken(self, plan: Plan) -> None:
        self._taking = False
        self._set(None)
        self._deeds.edited.emit(plan)

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self._taking = False
        self._set(None)
        self._deeds.refuse(error)

    @Slot()
    def discard(self) -> None:
        """Forget what is offered."""
        if self.proposal is not None and not self._taking:
            self._set(None)


def _gaps(
    store: Store, clock: Clock, bench: Bench, plan: Plan, seconds: float, **hooks: Any
) -> Proposal:
    return fill_gaps(store, bench, plan, clock=clock, seconds=seconds, **hooks)


def _on(
    situation: Situation, store: Store, clock: Clock, bench: Bench, plan: Plan, seconds: float,
    **hooks: Any,
) -> Proposal:  # fmt: skip
    return replan_day(
        store, bench, plan, clock=clock, positions=situation.positions, late=situation.late,
        absent=situation.absent, assume_made=situation.assume_made,
        noon=situation.noon(clock()), seconds=seconds, **hooks,
    )  # fmt: skip


def _in(
    debtor_id: str, change: Smallest, store: Store, clock: Clock, bench: Bench, plan: Plan,
    seconds: float, **hooks: Any,
) -> Proposal:  # fmt: skip
    return bring_in(store, bench, plan, debtor_id, change, clock=clock, seconds=seconds, **hooks)


def _take(store: Store, clock: Clock, plan: Plan, base: Plan | None) -> tuple[Plan, Change, bytes]:
    return plan, Change.PLAN, save_edit(store, plan, clock=clock, base=base)
