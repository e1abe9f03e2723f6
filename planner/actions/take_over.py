"""Take a route that a laptop submitted over into the lead's plan of that day; nothing is saved.

The laptop knows only the persons of its collector. Who, and in which order, is what it submitted;
persons of others keep their place in the round, and the hours, addresses and money are those of
this workspace. What no longer holds is a fault with its words, never left out in silence.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from planner.actions.begun import begun, now_of
from planner.actions.candidates import Candidate, value_at, working_crews
from planner.actions.difference import Difference, difference
from planner.actions.edit_plan import (
    Bench,
    Fault,
    bench_of,
    detours,
    fitting,
    new_stop,
    retime,
    round_problem,
)
from planner.actions.exchange import Submitted
from planner.actions.heed import wanted_by_lead
from planner.actions.make_plan import rule_faults
from planner.actions.overtaken import refuse_moved, refuse_twice
from planner.actions.rank import Ranking, rank
from planner.domain.people import Crew
from planner.domain.plan import Plan, Route, Stop, Unserved
from planner.errors import PlannerError
from planner.routing import retime as engine
from planner.routing.check import faults
from planner.routing.solve import priced
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.words import catalogue

BY_HAND: Final = "LOCKED"  # left out by hand
MOST_LONGER: Final = 4 * 3600  # seconds by which a laptop may put off the end of a shift


@dataclass(frozen=True, slots=True)
class TakeOver:
    """The lead's plan with a submitted route in it, and what that changes of `base` (None: there is
    no plan of the day yet).

    With `faults` it cannot be approved: rule ids, the codes of an edit, and NO_CASE, NOT_THEIRS,
    ELSEWHERE, OTHER_DAY, NO_ADDRESS, KEPT_STOP, each with "debtor". `kept` are persons whom the
    laptop does not know and who stay in the round, `out` whom it took out (the reason is the
    laptop's, or the rule that bars them), `again` whom the lead had taken out by hand and the
    laptop has, `longer` seconds by which the laptop put off the end of the shift.
    """

    base: Plan | None
    plan: Plan
    difference: Difference
    faults: tuple[Fault, ...]
    kept: tuple[str, ...] = ()
    out: tuple[Unserved, ...] = ()
    again: tuple[str, ...] = ()
    longer: int = 0


def taken_over(
    store: Store, told: Submitted, now: datetime, without: Collection[str] = ()
) -> TakeOver:
    """The lead's plan with the route of `told` as of `now` (aware).

    `without` leaves these persons out of the round, whatever the laptop says. Raises
    PlannerError("plan.no_such_crew") when the crew does not work on the day, ("plan.no_crew"),
    ("exchange.malformed") for a person who stands in the route twice, ("move_day.recorded") when a
    stop would move at which a visit is recorded, and ("plan.faulty") when the checker finds what
    nobody foresaw.
    """
    day = told.plan.day
    bench = bench_of(store, rank(store, day), now)
    with store.read() as conn:
        base = load_plan(conn, day)
    whole = _with_rounds(bench, base, told, now)
    work = _Work(store, bench, whole, told, frozenset(without))
    fresh, wrong = work.timed()
    routes = tuple(fresh if r.crew_id == fresh.crew_id else r for r in whole.routes)
    plan = replace(whole, routes=routes, not_planned=work.left(fresh))
    wrong += _twice(store, base, plan, fresh, now)
    same = work.route.stops == fresh.stops and work.route.longer == fresh.longer
    if base is not None and same and plan.not_planned == base.not_planned:
        plan = base
    return TakeOver(
        base, plan, difference(base, plan), tuple(wrong), tuple(work.kept), tuple(work.out),
        work.again(fresh), fresh.longer - work.route.longer,
    )  # fmt: skip


def _twice(store: Store, base: Plan | None, plan: Plan, fresh: Route, now: datetime) -> list[Fault]:
    """Refuse to move a recorded visit; a fault for everybody new who is planned on another day."""
    firm, found = wanted_by_lead(store, plan.day), []
    with store.read() as conn:
        refuse_moved(conn, store.zone, base, plan)
        there = {s.debtor_id for r in (base.routes if base else ()) for s in r.stops}
        for stop in fresh.stops:
            if stop.debtor_id in there:
                continue
            alone = replace(plan, routes=(replace(fresh, stops=(stop,)),))
            try:
                refuse_twice(conn, store.zone, base, alone, now, firm)
            except PlannerError as error:
                told = {"debtor": stop.debtor_id, "crew": fresh.crew, "day": error.params["day"]}
                found.append(("OTHER_DAY", told))
    return found


def route_of(plan: Plan, crew_id: str) -> Route:
    """The round of a crew that has one."""
    return next(route for route in plan.routes if route.crew_id == crew_id)


def _with_rounds(bench: Bench, base: Plan | None, told: Submitted, now: datetime) -> Plan:
    """The lead's plan with a round for the crew, empty if it had none; without a plan of the day
    one in which everybody stays at home."""
    ranking = bench.ranking
    if base is None:
        crews = working_crews(ranking)
        base = Plan(
            secrets.token_hex(8), ranking.day, now, (), (), 0, 0, ranking.policy.version,
            ranking.params.version,
        )  # fmt: skip
    else:
        crews = tuple(crew for crew in ranking.crews if crew.crew_id == told.crew_id)
    there = {route.crew_id for route in base.routes}
    more = tuple(_at_home(bench, base, crew, now) for crew in crews if crew.crew_id not in there)
    if told.crew_id not in there | {route.crew_id for route in more}:
        raise PlannerError("plan.no_such_crew", crew=told.plan.routes[0].crew)
    return replace(base, routes=(*base.routes, *more))


def _at_home(bench: Bench, base: Plan, crew: Crew, now: datetime) -> Route:
    members = tuple(member.name for member in crew.members)
    idle = Route(crew.crew_id, crew.name, members, crew.lat, crew.lon, now, now, ())
    return retime(bench, idle, replace(base, routes=(*base.routes, idle)))[0]


class _Work:
    """A route under way: who is in it, who stays, who goes, and what is wrong with that."""

    def __init__(
        self, store: Store, bench: Bench, whole: Plan, told: Submitted, without: frozenset[str]
    ) -> None:
        self._store, self._bench, self._whole, self._told = store, bench, whole, told
        (self._given,) = told.plan.routes
        self.route = route_of(whole, told.crew_id)
        self._rows = {who: i for i, who in enumerate(bench.ranking.table.debtor_ids)}
        self._old = {stop.debtor_id: stop for stop in self.route.stops}
        self._without = without
        self.kept: list[str] = []
        self.out: list[Unserved] = []
        self._wrong: list[Fault] = []
        self._chosen = self._submitted()
        self._sort_out()

    def _mine(self, debtor_id: str) -> bool:
        """Whether the laptop's collector has this person now."""
        return self._bench.ranking.assigned.get(debtor_id, "") == self._told.collector_id

    def _fault(self, code: str, debtor_id: str, **figures: Any) -> None:
        told = {"debtor": debtor_id, "crew": self.route.crew, **figures}
        self._wrong.append((code, told))

    def _submitted(self) -> list[Stop]:
        """The stops of the laptop that may be taken, as this workspace knows them."""
        ids = [stop.debtor_id for stop in self._given.stops]
        if len(set(ids)) < len(ids):
            raise PlannerError("exchange.malformed")
        elsewhere = {
            stop.debtor_id: route.crew
            for route in self._whole.routes
            if route.crew_id != self.route.crew_id
            for stop in route.stops
        }
        ranking, found = self._bench.ranking, []
        for stop in self._given.stops:
            who = stop.debtor_id
            if who in self._without:
                continue
            if who not in self._rows:
                self._fault("NO_CASE", who)
            elif not self._mine(who):
                holder = ranking.assigned.get(who, "")
                name = ranking.staff.get(self._told.collector_id, self._told.collector_id)
                now = ranking.staff.get(holder, holder) or "—"
                self._fault("NOT_THEIRS", who, collector=name, now=now)
            elif who in elsewhere:
                self._fault("ELSEWHERE", who, other=elsewhere[who])
            elif (place := _place(ranking, self._rows[who], stop.address_id)) is None:
                self._fault("NO_ADDRESS", who)
            else:
                found.append(self._known(stop, place))
        return found

    def _known(self, stop: Stop, place: int) -> Stop:
        """The lead's own stop, or a new one at the address (row of the columns) of the laptop."""
        old = self._old.get(stop.debtor_id)
        if old is not None and old.address_id == stop.address_id:
            return old
        row = self._rows[stop.debtor_id]
        ranking = self._bench.ranking
        value = value_at(ranking.scores, ranking.params, row, place)
        fresh = new_stop(self._store, self._bench, self._whole, Candidate(row, place, value))
        return replace(fresh, locked=old.locked) if old else fresh

    def _sort_out(self) -> None:
        """Who of the lead's round stays though the laptop does not name them, and who goes."""
        given = {stop.debtor_id for stop in self._given.stops}
        left = {
            one.debtor_id: one for one in self._told.plan.not_planned
            if isinstance(one.debtor_id, str)  # as a laptop wrote it
        }  # fmt: skip
        for stop in self.route.stops:
            who = stop.debtor_id
            if who in self._without:
                self.out.append(Unserved(who, BY_HAND))
            elif not self._mine(who):
                self.kept.append(who)
            elif who in given:
                continue
            elif who in left and stop.locked:
                self._fault("KEPT_STOP", who)
            elif who in left:
                self.out.append(_in_words(left[who]))
            elif not self._bench.eligible(who):
                self.out.append(Unserved(who, self._rule(who)))
            else:  # it came into the round after the laptop had its copy
                self.kept.append(who)

    def _rule(self, debtor_id: str) -> str:
        row = self._rows.get(debtor_id)
        return "NO_CASE" if row is None else self._bench.ranking.rule(row) or BY_HAND

    def timed(self) -> tuple[Route, list[Fault]]:
        """The round with its times, and all that is wrong with it."""
        longer = self._given.longer
        fits = isinstance(longer, int) and 0 <= longer <= MOST_LONGER
        route = replace(self.route, longer=longer if fits else self.route.longer)
        order = self._in_place()
        if tuple(order) == self.route.stops and route.longer == self.route.longer:
            return self.route, [*self._wrong, *rule_faults(self._bench.ranking, (self.route,))]
        draft = self._draft(route)
        found = self._judged(draft, replace(route, stops=tuple(order)))
        if found[1] and self.kept:
            other = self._where_it_fits(draft, route)
            found = other if other is not None and not other[1] else found
        if not found[1]:
            self._check(draft, found[0])
        return found[0], [*self._wrong, *found[1]]

    def _draft(self, route: Route) -> Plan:
        """The lead's plan with the shift put off as the laptop did; begun stops are read of it."""
        routes = (route if r.crew_id == route.crew_id else r for r in self._whole.routes)
        return replace(self._whole, routes=tuple(routes))

    def _in_place(self) -> list[Stop]:
        """The laptop's order, and behind the same stop as before whoever it does not know."""
        order, before = list(self._chosen), ""
        for who, stop in self._old.items():
            ids = [one.debtor_id for one in order]
            if who in self.kept and who not in ids:
                order.insert(ids.index(before) + 1 if before else 0, stop)
                before = who
            elif who in ids:
                before = who
        return order

    def _where_it_fits(self, draft: Plan, route: Route) -> tuple[Route, list[Fault]] | None:
        """As `_in_place`, but whom the laptop does not know where it costs least and fits."""
        done = begun(draft, route.crew_id, now_of(draft, self._bench.now, self._bench.zone))
        stops = list(self._chosen)
        for who in self.kept:
            round_ = replace(route, stops=tuple(stops))
            task = round_problem(self._bench, replace(route, stops=(*stops, self._old[who])), draft)
            spot = next(
                fitting(replace(draft, routes=(round_,)), [task], [detours(task, len(done))]), None
            )
            if spot is None:
                return None
            stops.insert(spot[1], self._old[who])
        return self._judged(draft, replace(route, stops=tuple(stops)))

    def _judged(self, draft: Plan, route: Route) -> tuple[Route, list[Fault]]:
        fresh, wrong = retime(self._bench, route, draft)
        return fresh, [*wrong, *rule_faults(self._bench.ranking, (fresh,))]

    def _check(self, draft: Plan, route: Route) -> None:
        """The independent checker's word on the round."""
        task = round_problem(self._bench, route, draft)
        timed = engine.retime(task.problem, 0, range(len(route.stops)))
        routes = (timed.route,) if route.stops else ()
        wrong = faults(task.problem, priced(task.problem, routes, 0, 0.0, 0))
        if wrong:
            raise PlannerError("plan.faulty", day=str(draft.day), faults=len(wrong))

    def left(self, fresh: Route) -> tuple[Unserved, ...]:
        """Who is left out of the plan and might be visited, with the reason."""
        here = {stop.debtor_id for stop in fresh.stops}
        gone = {one.debtor_id: one for one in self.out if self._bench.eligible(one.debtor_id)}
        before = {one.debtor_id: one for one in self._whole.not_planned}
        if not (gone or before.keys() & here):
            return self._whole.not_planned
        found = {who: one for who, one in (before | gone).items() if who not in here}
        return tuple(sorted(found.values(), key=lambda one: one.debtor_id))

    def again(self, fresh: Route) -> tuple[str, ...]:
        """Whom the lead had left out by hand and the laptop has."""
        out = {one.debtor_id for one in self._whole.not_planned if one.reason == BY_HAND}
        return tuple(stop.debtor_id for stop in fresh.stops if stop.debtor_id in out)


def _place(ranking: Ranking, row: int, address_id: str) -> int | None:
    """The row of this address of a person in the columns."""
    table = ranking.table
    places = range(int(table.address_off[row]), int(table.address_off[row + 1]))
    return next((k for k in places if table.address_ids[k] == address_id), None)


def _in_words(one: Unserved) -> Unserved:
    """The laptop's reason where there are words for it; by hand otherwise."""
    code = f"reason.{one.reason}"
    if one.reason == BY_HAND or catalogue("en").gettext(code) == code:
        return Unserved(one.debtor_id, BY_HAND)
    plain = {k: v for k, v in one.figures.items() if v is None or isinstance(v, (str, int))}
    return Unserved(one.debtor_id, one.reason, plain)
