"""The smallest change for everybody left out: each is named once, and done, the person is in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from plan_book import DAY, book_bench, clock, make_book

from planner.actions import edit_plan
from planner.actions.bring_in import bring_in, smallest_changes
from planner.actions.edit_plan import Bench
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.proposal import Proposal
from planner.actions.smallest import KINDS, Smallest
from planner.domain.plan import Plan
from planner.domain.work import Work
from planner.errors import PlannerError
from planner.store.plans import load_plan
from planner.store.store import Store

NOON = datetime(2026, 11, 20, 4, tzinfo=UTC)
EVENING = datetime(2026, 11, 20, 9, 20, tzinfo=UTC)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """The book of 300; no test here saves anything but by a copy."""
    with make_book(tmp_path_factory.mktemp("book") / "book.fairvisit") as made:
        yield made


@pytest.fixture(scope="module")
def bench(store: Store) -> Bench:
    return book_bench(store)


@pytest.fixture(scope="module")
def plan(store: Store, bench: Bench) -> Plan:
    made = make_plan(store, DAY, clock=clock, iterations=3000, ranking=bench.ranking)
    who = [route.stops[0].debtor_id for route in made.routes if route.stops]
    for one in who[:2]:
        made = edit_plan.lock(made, one)
    return made


def planned(plan: Plan) -> set[str]:
    return {stop.debtor_id for route in plan.routes for stop in route.stops}


def judged(bench: Bench, plan: Plan, who: str, change: Smallest, done: Proposal) -> None:
    """The person is in the plan, no rule is broken, and the change is the one that was named."""
    new, figures = planned(done.plan), change.figures
    assert who in new, change
    if change.kind == "DAY":
        assert done.plan.day.isoformat() == figures["day"]
        return
    assert rule_faults(bench.ranking, done.plan.routes) == []
    for route in done.plan.routes:
        crew = next(c for c in bench.ranking.crews if c.crew_id == route.crew_id)
        midnight = datetime.combine(DAY, datetime.min.time(), route.back.tzinfo)
        assert route.back <= midnight + timedelta(seconds=crew.end + route.longer), change
        mine = change.kind == "MINUTES" and route.crew_id == figures["crew"]
        assert route.longer == (figures["minutes"] * 60 if mine else 0)
    if change.kind == "SWAP":
        assert not new & set(figures["stops"])
    if change.kind == "POOL":
        assert set(figures["people"]) <= new
    pins = {s.debtor_id: r.crew_id for r in plan.routes for s in r.stops if s.locked}
    free = figures["stop"] if figures.get("by") == "pinned" else ""
    still = {s.debtor_id: r.crew_id for r in done.plan.routes for s in r.stops if s.locked}
    assert all(still.get(one) == crew for one, crew in pins.items() if one != free)


def all_brought_in(
    store: Store, bench: Bench, plan: Plan, now: datetime, step: int
) -> Counter[str]:
    """Every `step`-th person left out at `now` is brought in by the change named; kinds of all."""
    found = smallest_changes(store, bench, plan, clock=lambda: now)
    for who in sorted(found)[::step]:
        change = found[who]
        if change.kind != "NONE":
            done = bring_in(store, bench, plan, who, change, clock=lambda: now, iterations=60)
            judged(bench, plan, who, change, done)
    return Counter(change.kind for change in found.values())


def test_everybody_left_out_has_one_change(store: Store, bench: Bench, plan: Plan) -> None:
    """Each eligible person is either planned or has exactly one change, all with figures."""
    found = smallest_changes(store, bench, plan)
    ids, eligible = bench.ranking.table.debtor_ids, bench.ranking.verdicts.eligible
    everybody = {ids[k] for k in range(len(ids)) if eligible[k]}
    assert set(found) == everybody - planned(plan)
    assert {one.kind for one in found.values()} <= set(KINDS)
    assert all(one.kind not in ("NONE", "DAY") for one in found.values())


@pytest.mark.parametrize("now", [clock(), NOON], ids=["morning", "noon"])
def test_a_change_done_brings_the_person_in(
    store: Store, bench: Bench, plan: Plan, now: datetime
) -> None:
    """A sample of those left out, in the morning and at noon: in, by the rules, locks kept."""
    all_brought_in(store, bench, plan, now, 12)


@pytest.mark.full
@pytest.mark.parametrize("now", [clock(), NOON, EVENING], ids=["morning", "noon", "evening"])
def test_every_change_done_brings_its_person_in(
    store: Store, bench: Bench, plan: Plan, now: datetime
) -> None:
    """All who are left out of the book of 300."""
    all_brought_in(store, bench, plan, now, 1)


def test_a_day_with_room(store: Store, bench: Bench, plan: Plan) -> None:
    """Where crews have time, value is what is missing; far neighbours are pooled."""
    few = replace(plan, routes=tuple(replace(r, stops=r.stops[:2]) for r in plan.routes))
    few = replace(few, not_planned=())
    kinds = all_brought_in(store, bench, few, clock(), 20)
    assert kinds["VALUE"] > 50
    assert kinds["POOL"] > 0


def test_taken_out_by_hand(store: Store, bench: Bench, plan: Plan) -> None:
    """Who was taken out and still fits is let in again, and comes in."""
    who = plan.routes[1].stops[2].debtor_id
    without = edit_plan.drop(bench, plan, who).plan
    change = smallest_changes(store, bench, without)[who]
    assert (change.kind, change.figures["by"]) == ("UNLOCK", "hand")
    done = bring_in(store, bench, without, who, change, clock=clock, iterations=60)
    assert who in planned(done.plan)


def test_too_late_for_today(store: Store, bench: Bench, plan: Plan) -> None:
    """In the evening the next day on which rules and crews permit it is named, a Saturday."""
    found = smallest_changes(
        store, bench, plan, clock=lambda: NOON + timedelta(hours=5, minutes=50)
    )
    days = {one.figures["day"] for one in found.values() if one.kind == "DAY"}
    assert days == {"2026-11-21"}


def test_no_crew_has_what_a_person_needs(store: Store, bench: Bench, plan: Plan) -> None:
    """The skill that every crew of the day lacks is named; where a crew of the next day has it,
    with that day."""
    who = min(set(smallest_changes(store, bench, plan)))
    known = replace(bench.ranking, needs={who: ("潮汕话",)})
    found = smallest_changes(store, replace(bench, ranking=known), plan)
    assert found[who] == Smallest("NONE", {"why": "NO_SKILL", "skill": "潮汕话"})
    able = replace(known.crews[0], crew_id="able", weekdays=(6,), work=Work(skills=("潮汕话",)))
    crews = replace(known, crews=(*known.crews, able))
    change = smallest_changes(store, replace(bench, ranking=crews), plan)[who]
    told = {"day": "2026-11-21", "why": "NO_SKILL", "skill": "潮汕话"}
    assert change == Smallest("DAY", told)


def test_planned_on_another_day(tmp_path: Path) -> None:
    """Who stands in the plan of the next day needs no change; the day is named."""
    with make_book(tmp_path / "two.fairvisit", 60) as store:
        bench = book_bench(store)
        first = make_plan(store, DAY, clock=clock, iterations=100, ranking=bench.ranking)
        few = replace(first, routes=tuple(replace(r, stops=r.stops[:1]) for r in first.routes))
        edit_plan.save_edit(store, few, clock=clock)
        later = DAY + timedelta(days=1)
        second = make_plan(store, later, clock=clock, iterations=100)
        both = planned(second) - planned(few)
        found = smallest_changes(store, bench, few)
        assert both
        for who in both:
            assert found[who] == Smallest("NONE", {"why": "OTHER_DAY", "day": later.isoformat()})
        who = min(both)
        with pytest.raises(PlannerError) as refused:
            bring_in(store, bench, few, who, found[who], clock=clock)
        assert refused.value.code == "plan.no_way_in"


def test_somebody_is_kept_who_does_not_pay(store: Store, bench: Bench, plan: Plan) -> None:
    """A visit that costs more than it is worth is locked, so that planning on keeps it."""
    few = replace(plan, routes=tuple(replace(r, stops=r.stops[:2]) for r in plan.routes))
    found = smallest_changes(store, bench, few)
    who = next(who for who, one in found.items() if one.figures.get("more_value", 0) > 0)
    done = bring_in(store, bench, few, who, found[who], clock=clock, iterations=60)
    assert edit_plan.find_stop(done.plan, who)[1].locked


def test_nothing_is_saved(store: Store, bench: Bench, plan: Plan) -> None:
    """A proposal leaves the saved plan as it is."""
    with store.read() as conn:
        before = load_plan(conn, DAY)
    who, change = next(iter(smallest_changes(store, bench, plan).items()))
    bring_in(store, bench, plan, who, change, clock=clock, iterations=60)
    with store.read() as conn:
        assert load_plan(conn, DAY) == before
