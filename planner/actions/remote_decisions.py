"""Decisions of the lead about remote areas: go, stay overnight, wait, serve by other means.

A decision is kept with each person of the bundle, as one deed that `undo_batch` takes back. So it
is known the next day, whatever bundles the persons are in by then: of each person the last decision
counts while it is in force.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Protocol

from planner.clock import Clock
from planner.domain.facts import moment
from planner.domain.people import Crew
from planner.errors import PlannerError
from planner.routing.remote import Bundle
from planner.routing.remote_trip import RemoteRules
from planner.store.decided import KIND, load_decided
from planner.store.events import Event, NewEvent
from planner.store.store import Store

GO, OVERNIGHT, WAIT, MEANS, OPEN = "GO", "OVERNIGHT", "WAIT", "MEANS", "OPEN"
KINDS = (GO, OVERNIGHT, WAIT, MEANS, OPEN)
WAYS = ("call", "letter", "partner")  # what the lead may use instead of a visit


@dataclass(frozen=True, slots=True)
class Decision:
    """What shall be done with a bundle.

    GO: visit it on `day`. OVERNIGHT: set out on `day` and sleep there `nights` times. Both by the
    crew `crew_id`, "" = whichever it costs least. WAIT: plan nobody of it up to and with `until`.
    MEANS: nobody needs a visit up to `until`; `means` (one of WAYS) serves instead. OPEN: leave it
    to the figures again.
    """

    kind: str
    day: date | None = None
    nights: int = 1
    crew_id: str = ""
    until: date | None = None
    means: str = ""
    reason: str = ""

    @property
    def last(self) -> date:
        """The last day on which it is in force."""
        if self.day is not None:
            return self.day + timedelta(days=self.nights if self.kind == OVERNIGHT else 0)
        return self.until or date.min


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision in force: for `people` (those about whom none came later), since `at` (UTC).

    `batch` undoes it.
    """

    decision_id: str
    decision: Decision
    people: tuple[str, ...]
    at: datetime
    batch: bytes


class AreasLike(Protocol):
    """What `decide` needs to know of `planner.actions.remote.Areas`."""

    @property
    def day(self) -> date:
        """The day of which the areas are."""

    @property
    def rules(self) -> RemoteRules:
        """The settings of remote areas."""

    @property
    def people(self) -> tuple[str, ...]:
        """Debtor ids, row by row."""

    @property
    def crews(self) -> tuple[Crew, ...]:
        """The crews that work."""

    @property
    def bundles(self) -> tuple[Bundle, ...]:
        """The bundles, of rows of `people`."""


def decide(
    store: Store, areas: AreasLike, bundle_index: int, decision: Decision, *, clock: Clock
) -> bytes:
    """Keep the lead's `decision` about a bundle of `areas`; the batch that undoes it.

    Raises PlannerError("remote.no_bundle"), ("remote.decision"), ("remote.needs_day"),
    ("remote.needs_until"), ("remote.nights"), ("remote.means") and ("remote.no_crew").
    """
    if not 0 <= bundle_index < len(areas.bundles):
        raise PlannerError("remote.no_bundle", index=bundle_index)
    people = [areas.people[row] for row in areas.bundles[bundle_index].rows]
    _check(decision, areas.day, areas.rules.most_nights)
    if decision.crew_id and decision.day:
        days = [
            decision.day + timedelta(days=k) for k in range((decision.last - decision.day).days + 1)
        ]
        crew = next((one for one in areas.crews if one.crew_id == decision.crew_id), None)
        off = [day for day in days if crew is None or day.isoweekday() not in crew.weekdays]
        if off:
            raise PlannerError("remote.no_crew", crew=decision.crew_id, day=str(off[0]))
    return decide_for(store, people, decision, clock=clock)


def decide_for(store: Store, people: Iterable[str], decision: Decision, *, clock: Clock) -> bytes:
    """Keep `decision` about these persons, checked by its caller; the batch that undoes it.

    Raises PlannerError("remote.means") and ("remote.decision").
    """
    _check_kind(decision)
    payload: dict[str, Any] = {
        "decision_id": secrets.token_hex(8),
        "decision": decision.kind,
        "day": decision.day,
        "nights": decision.nights if decision.kind == OVERNIGHT else None,
        "crew_id": decision.crew_id or None,
        "until": decision.until,
        "means": decision.means or None,
        "reason": decision.reason or None,
    }
    now = clock()
    with store.write() as tx:
        return tx.append([NewEvent(KIND, who, now, dict(payload)) for who in people])


def decisions(store: Store, day: date) -> tuple[Decided, ...]:
    """The decisions that are in force on `day` or begin later, the latest first."""
    with store.read() as conn:
        last = load_decided(conn)
    groups: dict[str, list[Event]] = {}
    for event in last.values():
        groups.setdefault(event.payload["decision_id"], []).append(event)
    found = [_decided(events) for events in groups.values()]
    kept = [one for one in found if one.decision.kind != OPEN and one.decision.last >= day]
    return tuple(sorted(kept, key=lambda one: (one.at, one.decision_id), reverse=True))


def decision_of(people: Sequence[str], decided: Iterable[Decided]) -> Decided | None:
    """The decision about a bundle of these people: the one of at least half of them, if any."""
    here = frozenset(people)
    shares = [(len(here.intersection(one.people)), one) for one in decided]
    count, best = max(shares, key=lambda pair: pair[0], default=(0, None))
    return best if 2 * count >= len(here) > 0 else None


def leave_of(decided: Iterable[Decided]) -> dict[str, date]:
    """Who needs no visit by the lead's decision, and up to which day."""
    return {
        who: one.decision.last
        for one in decided
        if one.decision.kind in (WAIT, MEANS)
        for who in one.people
    }


def _decided(events: list[Event]) -> Decided:
    told, first = events[0].payload, events[0]
    decision = Decision(
        told["decision"],
        day=date.fromisoformat(told["day"]) if "day" in told else None,
        nights=told.get("nights", 1),
        crew_id=told.get("crew_id", ""),
        until=date.fromisoformat(told["until"]) if "until" in told else None,
        means=told.get("means", ""),
        reason=told.get("reason", ""),
    )
    people = tuple(sorted(event.debtor_id for event in events))
    return Decided(told["decision_id"], decision, people, moment(first.occurred_at), first.batch)


def _check_kind(decision: Decision) -> None:
    if decision.kind not in KINDS:
        raise PlannerError("remote.decision", decision=decision.kind)
    if decision.kind == MEANS and decision.means not in WAYS:
        raise PlannerError("remote.means", means=decision.means)


def _check(decision: Decision, today: date, most_nights: int) -> None:
    _check_kind(decision)
    if decision.kind in (GO, OVERNIGHT) and (decision.day is None or decision.day < today):
        raise PlannerError("remote.needs_day")
    if decision.kind in (WAIT, MEANS) and (decision.until is None or decision.until < today):
        raise PlannerError("remote.needs_until")
    if decision.kind == OVERNIGHT and not 1 <= decision.nights <= most_nights:
        raise PlannerError("remote.nights", most=most_nights)
