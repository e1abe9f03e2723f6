"""Crews that differ by mode, price, skills, breaks and bounds: planned, edited and priced so."""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from planner.actions import edit_plan
from planner.actions.candidates import Candidate
from planner.actions.crews import export_crews, save_work
from planner.actions.day_problem import day_choice, day_problem, problem_of
from planner.actions.edit_plan import bench_of
from planner.actions.import_files import import_files
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.plan_week import plan_week
from planner.actions.rank import rank
from planner.actions.remote import remote_areas
from planner.actions.undo import undo_batch
from planner.actions.visit_rows import visit_terms
from planner.actions.wanted import set_needs
from planner.domain.people import Crew
from planner.domain.plan import Plan, Route
from planner.domain.work import HOUR, Mode, Work, missing_skills
from planner.errors import PlannerError
from planner.geo.travel import StraightLine
from planner.routing.check import faults
from planner.routing.solve import solve
from planner.store.crews import load_crews
from planner.store.people import load_debtor
from planner.store.plans import plan_from_json, plan_to_json
from planner.store.store import Store
from planner.store.verify import verify

DAY = date(2026, 11, 24)
EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)
SKILLS = ("潮汕话", "女性成员", "may enter site 4")


def clock() -> datetime:
    return EVENING


def crews_of(store: Store) -> list[Crew]:
    with store.read() as conn:
        return load_crews(conn)


def let_work(store: Store, *works: Work) -> None:
    for crew, work in zip(crews_of(store), works, strict=False):
        save_work(store, crew.crew_id, work, clock=clock)


def farthest(route: Route) -> float:
    """Straight-line metres from home to the farthest stop, about."""
    there = [((s.lat - route.lat) * 111_000, (s.lon - route.lon) * 94_000) for s in route.stops]
    return max((float(np.hypot(*one)) for one in there), default=0.0)


def test_a_crew_on_foot_gets_near_stops_only(demo_store: Store) -> None:
    """By car the crew goes out of the city; on foot and by bus its farthest stop is near."""
    by_car = make_plan(demo_store, DAY, clock=clock, iterations=1500)
    let_work(demo_store, Work(mode=Mode.FOOT))
    on_foot = make_plan(demo_store, DAY, clock=clock, iterations=1500)
    assert on_foot.routes[0].stops
    assert farthest(on_foot.routes[0]) < 8_000
    assert farthest(on_foot.routes[0]) < max(farthest(route) for route in by_car.routes)


def test_a_costlier_crew_is_used_last(demo_store: Store) -> None:
    """Of two crews at one place the dear one stays at home as long as the other can do the work,
    and goes out, for the nearer stops, when there is more than that; with a price beyond every
    value it never does."""
    crew = crews_of(demo_store)[0]
    twin = replace(crew, crew_id="T1", name="twin")
    ranking = rank(demo_store, DAY)
    all_of_them = day_choice(ranking, demo_store.zone).candidates
    dear = Work(km_price=2000, wage=200_00, fixed_cost=300_00)
    absurd = Work(km_price=1_000_00, wage=50_000_00, fixed_cost=90_000_00)

    def made(work: Work, candidates: list[Candidate]) -> dict[int, tuple[int, int]]:
        pair = (crew, replace(twin, work=work))
        task = problem_of(ranking, StraightLine(), demo_store.zone, pair, candidates, {}, {})
        found = solve(task.problem, iterations=1500, seed=1)
        assert faults(task.problem, found) == []
        places = [[r.shift, *(int(task.problem.location[s.visit]) for s in r.stops), r.shift]
                  for r in found.routes]  # fmt: skip
        metres = [sum(int(task.ways.metres(pair[row[0]])[arc]) for arc in pairwise(row))
                  for row in places]  # fmt: skip
        return {r.shift: (len(r.stops), m) for r, m in zip(found.routes, metres, strict=True)}

    few = sorted(all_of_them, key=lambda one: -one.value)[:6]
    assert set(made(dear, few)) == {0}
    much = made(dear, all_of_them)
    assert much[1][1] < much[0][1]
    assert set(made(absurd, all_of_them)) == {0}


def test_money_and_metres_of_a_round_are_the_crews_own(demo_store: Store) -> None:
    """Kilometres by its mode, its price and wage, the cost of the day and the overtime add up to
    what the round is said to cost."""
    work = Work(mode=Mode.MOTORCYCLE, km_price=40, wage=60_00, fixed_cost=25_00, overtime=72_00)
    let_work(demo_store, work)
    plan = make_plan(demo_store, DAY, clock=clock, iterations=1500)
    route, crew = plan.routes[0], crews_of(demo_store)[0]
    assert route.stops
    places = [(route.lat, route.lon), *((s.lat, s.lon) for s in route.stops),
              (route.lat, route.lon)]  # fmt: skip
    metres = seconds = cost = 0
    for a, b in pairwise(places):
        way = StraightLine().legs(*(np.array([x]) for x in (*a, *b)), Mode.MOTORCYCLE)
        metres += int(way[0][0])
        seconds += int(way[1][0])
        cost += round(int(way[0][0]) * 0.04 + int(way[1][0]) * 6000 / 3600)
    midnight = datetime.combine(DAY, datetime.min.time(), route.back.tzinfo)
    late = max(0, int((route.back - midnight).total_seconds()) - crew.end)
    assert (route.metres, route.driving) == (metres, seconds)
    assert abs(route.cost - (cost + 25_00 + 2 * late)) <= len(places)


def test_breaks_and_bounds_are_kept(demo_store: Store) -> None:
    """Every round has its lunch within its hours and outside visits, is no longer and drives no
    longer than its crew may; the plan comes back from its JSON with the breaks in it."""
    lunch = (41400, 48600, 2700)
    let_work(demo_store, *[Work(breaks=(lunch,), max_duration=7 * HOUR, max_driving=2 * HOUR)] * 4)
    plan = make_plan(demo_store, DAY, clock=clock, iterations=1500)
    for route in plan.routes:
        if not route.stops:
            continue
        midnight = datetime.combine(DAY, datetime.min.time(), route.back.tzinfo)
        assert route.driving <= 2 * HOUR
        assert route.back - route.depart <= timedelta(hours=7)
        for begin, end in route.breaks:
            assert 41400 <= (begin - midnight).total_seconds() <= 48600
            assert end - begin == timedelta(minutes=45)
            assert all(end <= s.arrive or begin >= s.leave for s in route.stops)
        if (route.back - midnight).total_seconds() > 48600:
            assert len(route.breaks) == 1
    assert any(route.breaks for route in plan.routes)
    assert plan_from_json(plan_to_json(plan)) == plan


def test_who_needs_a_skill_is_visited_by_who_has_it(demo_store: Store) -> None:
    """Only the crew that speaks the dialect goes there; two persons are two persons; what nobody
    can do is named as the reason, and taken away again the person is planned."""
    plain = make_plan(demo_store, DAY, clock=clock, iterations=1500)
    people = [stop.debtor_id for route in plain.routes for stop in route.stops]
    let_work(demo_store, Work(), Work(skills=("潮汕话",)))
    for who in people[:6]:
        set_needs(demo_store, who, ["潮汕话 ", "双人"], clock=clock)
    batch = set_needs(demo_store, people[-1], ["Kazakh"], clock=clock)
    plan = make_plan(demo_store, DAY, clock=clock, iterations=1500)
    crew_of = {s.debtor_id: route.crew_id for route in plan.routes for s in route.stops}
    assert {crew_of[who] for who in people[:6] if who in crew_of} == {"C2"}
    (left,) = [one for one in plan.not_planned if one.debtor_id == people[-1]]
    assert (left.reason, left.figures) == ("NO_SKILL", {"skill": "Kazakh"})
    undo_batch(demo_store, batch)
    with demo_store.read() as conn:
        assert load_debtor(conn, people[-1]).needs == ()
    assert verify(demo_store).ok


def test_an_edit_that_breaks_a_crews_terms_is_refused(demo_store: Store) -> None:
    """A stop is not put into the round of a crew without the skill, nor beyond its driving time;
    the same stop fits where both are there."""
    plan = make_plan(demo_store, DAY, clock=clock, iterations=1500)
    here, there = (r for r in plan.routes if r.stops and r.crew_id in ("C1", "C2"))
    who = here.stops[0].debtor_id
    set_needs(demo_store, who, ["潮汕话"], clock=clock)
    bench = bench_of(demo_store, rank(demo_store, DAY))
    codes = {code for code, _ in edit_plan.move(bench, plan, who, there.crew_id, 0).faults}
    assert "NO_SKILL" in codes
    let_work(demo_store, Work(), Work(skills=("潮汕话",), max_driving=HOUR // 2))
    bench = bench_of(demo_store, rank(demo_store, DAY))
    codes = {code for code, _ in edit_plan.move(bench, plan, who, there.crew_id, 0).faults}
    assert "NO_SKILL" not in codes
    assert "DRIVING" in codes


def random_work(rng: random.Random) -> Work:
    """Terms of any kind, all possible."""
    lunch = (rng.choice((41400, 43200)), 48600, rng.choice((1800, 3600)))
    return Work(
        mode=rng.choice(list(Mode)),
        km_price=rng.choice((None, 0, 55, 300)),
        wage=rng.choice((None, 0, 90_00, 240_00)),
        skills=tuple(rng.sample(SKILLS, rng.randint(0, 3))),
        breaks=rng.choice(((), (lunch,), (lunch, (54000, 57600, 900)))),
        max_duration=rng.choice((None, 5 * HOUR, 8 * HOUR)),
        max_driving=rng.choice((None, HOUR, 3 * HOUR)),
        overtime=rng.choice((None, 36_00, 180_00)),
        fixed_cost=rng.choice((0, 80_00)),
    )


@pytest.mark.parametrize("seed", range(6))
def test_random_crews_are_planned_without_a_fault(demo_store: Store, seed: int) -> None:
    """Whatever the terms of the crews and the needs of people: no fault by the checker of the
    engine, the judge of the rules or the skills, for a day and for a week."""
    rng = random.Random(seed)
    let_work(demo_store, *[random_work(rng) for _ in range(4)])
    ranking = rank(demo_store, DAY)
    for row in np.flatnonzero(ranking.verdicts.eligible).tolist():
        if rng.random() < 0.3:
            tags = rng.sample((*SKILLS, "双人", "nobody has this"), rng.randint(1, 2))
            set_needs(demo_store, ranking.table.debtor_ids[row], tags, clock=clock)
    ranking = rank(demo_store, DAY)
    task = day_problem(ranking, StraightLine(), demo_store.zone)
    assert faults(task.problem, solve(task.problem, iterations=500, seed=seed)) == []
    day = make_plan(demo_store, DAY, clock=clock, iterations=500, seed=seed)
    week = plan_week(demo_store, DAY, clock=clock, days=3, iterations=500, seed=seed)
    for plan in (day, *week.plans):
        judged(demo_store, plan)
    remote_areas(demo_store, ranking)


def judged(store: Store, plan: Plan) -> None:
    """The rules and the skills hold in every round, and who was left out for a skill lacks it."""
    ranking = rank(store, plan.day)
    crews = {crew.crew_id: crew for crew in crews_of(store)}
    assert rule_faults(ranking, plan.routes) == []
    terms = visit_terms(ranking, tuple(crews.values()))
    for route in plan.routes:
        crew = crews[route.crew_id]
        for stop in route.stops:
            needs = ranking.needs.get(stop.debtor_id, ())
            assert missing_skills(needs, crew.work.skills, len(crew.members)) == ()
    for one in plan.not_planned:
        if one.reason == "NO_SKILL":
            assert terms.lacking[ranking.row(one.debtor_id)]


def test_an_import_keeps_what_it_does_not_speak_of(demo_store: Store, tmp_path: Path) -> None:
    """The written list is imported again without a change; a list without a column of terms leaves
    what was set by hand; with one it replaces just that."""
    let_work(demo_store, random_work(random.Random(3)), Work(wage=100_00))
    before = crews_of(demo_store)
    for language in ("en", "zh_CN"):
        path = export_crews(demo_store, tmp_path / f"{language}.xlsx", language)
        report = import_files(demo_store, [path], clock=clock)
        assert report.faults == ()
        assert [c.work for c in crews_of(demo_store)] == [c.work for c in before]
    one = before[0]
    rows = "\n".join(f"{one.crew_id},{one.name},{m.collector_id},{m.name},{one.lon},{one.lat},骑车"
                     for m in one.members)  # fmt: skip
    path = tmp_path / "few.csv"
    path.write_text("小组编号,小组,工号,姓名,经度,纬度,每小时工资\n" + rows.replace("骑车", "95"))
    import_files(demo_store, [path], clock=clock)
    assert crews_of(demo_store)[0].work == replace(one.work, wage=95_00)


def test_terms_no_crew_can_have_are_refused(demo_store: Store) -> None:
    """A shift of a day and a half, a negative price and an unknown crew are refused by name."""
    for work, field in (
        (Work(max_duration=36 * HOUR), "max_duration"),
        (Work(wage=-1), "wage"),
        (Work(breaks=((50000, 40000, 600),)), "breaks"),
        (Work(skills=("x" * 31,)), "skills"),
    ):
        with pytest.raises(PlannerError) as refused:
            save_work(demo_store, "C1", work, clock=clock)
        assert refused.value.params == {"field": field}
    with pytest.raises(PlannerError) as refused:
        save_work(demo_store, "C9", Work(), clock=clock)
    assert refused.value.code == "crews.unknown"
    assert save_work(demo_store, "C2", Work(), clock=clock) is None
