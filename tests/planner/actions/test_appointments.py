"""Visits that have to be made: placed where that can be, else told with the conflict."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from click.testing import CliRunner
from demo_time import demo_clock

from planner.actions.agreements import Agreed, agree, end_agreement
from planner.actions.appointments import appointments
from planner.actions.crews import save_work
from planner.actions.holds import hold
from planner.actions.make_plan import make_plan, rule_faults
from planner.actions.plan_week import plan_week
from planner.actions.rank import Ranking, rank
from planner.actions.wanted import must_visit, set_needs
from planner.cli import cli
from planner.domain.codes import Channel, HoldKind
from planner.domain.people import Crew
from planner.domain.plan import Plan, Stop, Unserved
from planner.domain.work import Mode, Work
from planner.errors import PlannerError
from planner.store.crews import load_crews
from planner.store.events import NewEvent
from planner.store.people import load_debtor
from planner.store.store import Store

DAY = date(2026, 11, 24)  # a Tuesday
EVENING = datetime(2026, 11, 23, 12, tzinfo=UTC)


def clock() -> datetime:
    return EVENING


def crews_of(store: Store) -> list[Crew]:
    with store.read() as conn:
        return load_crews(conn)


def appoint(store: Store, who: str, start: str, end: str, day: date = DAY, at: str = "") -> None:
    agree(
        store,
        Agreed(who, Channel.VISIT, "call of the 23rd", start, end, 0, day, at),
        clock=clock,
    )


def stops_of(plan: Plan) -> dict[str, Stop]:
    return {stop.debtor_id: stop for route in plan.routes for stop in route.stops}


def conflict(plan: Plan, who: str) -> Unserved:
    (found,) = [one for one in plan.not_planned if one.debtor_id == who]
    assert found.reason == "MUST_CONFLICT"
    return found


def nearest(ranking: Ranking, crew: Crew) -> list[str]:
    """Who may be visited, those nearest to the crew's home first."""
    table, found = ranking.table, []
    for row in range(table.n):
        if ranking.verdicts.eligible[row]:
            places = [
                (float(table.address_lat[k]) - crew.lat) ** 2
                + (float(table.address_lon[k]) - crew.lon) ** 2
                for k in range(int(table.address_off[row]), int(table.address_off[row + 1]))
                if ranking.verdicts.addresses[k]
            ]
            if places:
                found.append((min(places), table.debtor_ids[row]))
    return [who for _, who in sorted(found)]


def left_out(plan: Plan) -> list[str]:
    """Who is too little worth for a trip."""
    return [one.debtor_id for one in plan.not_planned if one.reason == "LOW_VALUE"]


def test_an_appointment_is_kept_whatever_it_is_worth(demo_store: Store) -> None:
    """Somebody not worth a trip is visited within the hours agreed for the day, with no fault."""
    before = make_plan(demo_store, DAY, clock=clock, iterations=400)
    who = left_out(before)[0]
    appoint(demo_store, who, "10:00", "11:30")
    plan = make_plan(demo_store, DAY, clock=clock, iterations=400)
    stop = stops_of(plan)[who]
    assert f"{stop.arrive:%H:%M}" >= "10:00"
    assert stop.arrive + timedelta(minutes=34) <= stop.arrive.replace(hour=11, minute=30)
    assert rule_faults(rank(demo_store, DAY), plan.routes) == []
    other = make_plan(demo_store, DAY + timedelta(days=1), clock=clock, iterations=400)
    assert who not in {one.debtor_id for one in other.not_planned if one.reason == "MUST_CONFLICT"}


def test_hours_for_every_week_are_no_appointment(demo_store: Store) -> None:
    """Who is at home every Tuesday evening is not visited for that reason alone; an agreement that
    was ended counts no longer."""
    who = left_out(make_plan(demo_store, DAY, clock=clock, iterations=400))[0]
    agree(
        demo_store,
        Agreed(who, Channel.VISIT, "said so", "14:00", "18:00", 2),
        clock=clock,
    )
    assert appointments(rank(demo_store, DAY)) == {}
    appoint(demo_store, who, "10:00", "11:30")
    ranking = rank(demo_store, DAY)
    assert list(appointments(ranking)) == [ranking.row(who)]
    with demo_store.read() as conn:
        found = conn.execute("SELECT agreement_id FROM agreement WHERE day <> 0").fetchall()
    end_agreement(demo_store, who, found[0][0], clock=clock)
    assert appointments(rank(demo_store, DAY)) == {}


def test_only_the_crew_that_can_be_there_first_keeps_it(demo_store: Store) -> None:
    """At the opening of the shifts only the crew next door reaches the appointment: it is that
    crew's, however many better visits it has to leave."""
    ranking = rank(demo_store, DAY)
    (far,) = [crew for crew in crews_of(demo_store) if crew.crew_id == "C3"]
    who = nearest(ranking, far)[0]
    appoint(demo_store, who, "09:00", "09:45")
    plan = make_plan(demo_store, DAY, clock=clock, iterations=400)
    (route,) = [r for r in plan.routes if who in {s.debtor_id for s in r.stops}]
    assert route.crew_id == "C3"
    assert route.stops[0].debtor_id == who


def test_two_appointments_at_once_are_told(demo_store: Store) -> None:
    """Two people at one time and one crew: the plan has the one and says of the other which window,
    which other appointment, which crew and how much is missing; the rest of the day is planned."""
    ranking = rank(demo_store, DAY)
    crews = crews_of(demo_store)
    for crew in crews[1:]:
        save_work(demo_store, crew.crew_id, replace(crew.work, skills=()), clock=clock)
    save_work(demo_store, crews[0].crew_id, Work(skills=("方言",)), clock=clock)
    first, second = nearest(ranking, crews[0])[:2]
    for who in (first, second):
        set_needs(demo_store, who, ("方言",), clock=clock)
        appoint(demo_store, who, "10:00", "10:40")
    plan = make_plan(demo_store, DAY, clock=clock, iterations=600)
    placed = first if first in stops_of(plan) else second
    other = second if placed == first else first
    told = conflict(plan, other).figures
    assert told["by"] == "stop"
    assert (told["stop"], told["crew"], told["window"]) == (placed, crews[0].name, "10:00-10:40")
    assert 0 < told["short_seconds"] < 3600
    assert plan.stops > 10


@pytest.mark.parametrize(
    ("case", "by"),
    [("skill", "skill"), ("short", "hours"), ("early", "reach"), ("barred", "barred"),
     ("past", "past"), ("place", "place")],
)  # fmt: skip
def test_each_conflict_is_named(demo_store: Store, case: str, by: str) -> None:
    """Whatever makes an appointment impossible is named, never left out in silence."""
    ranking = rank(demo_store, DAY)
    who = nearest(ranking, crews_of(demo_store)[0])[-1 if case == "early" else 3]
    now = clock
    hours = {"short": ("10:00", "10:20"), "early": ("09:00", "09:35"), "past": ("09:00", "09:50")}
    place = bad_place(demo_store, who) if case == "place" else ""
    appoint(demo_store, who, *hours.get(case, ("10:00", "11:00")), at=place)
    if case == "skill":
        set_needs(demo_store, who, ("潮汕话",), clock=clock)
    if case == "barred":
        hold(demo_store, who, HoldKind.LEAD, reason="lead", until=None, clock=clock)
    if case == "past":
        now = lambda: datetime(2026, 11, 24, 4, tzinfo=UTC)  # noqa: E731
    plan = make_plan(demo_store, DAY, clock=now, iterations=200)
    assert conflict(plan, who).figures["by"] == by


def bad_place(store: Store, who: str) -> str:
    """An address of a person that was found to be wrong; another one is good."""
    with store.read() as conn:
        before = load_debtor(conn, who).addresses[0]
    payload = {"address_id": "wrong", "text": "elsewhere", "kind": 0, "grade": 0, "valid": False,
               "lat": before.lat, "lon": before.lon}  # fmt: skip
    with store.write() as tx:
        tx.append([NewEvent("person.listed", who, EVENING, {"addresses": [payload]})])
    return "wrong"


def test_a_lead_decides_that_somebody_is_visited(demo_store: Store) -> None:
    """With a reason the person is in the plan of that day; taken back, no longer; without a reason
    it is refused."""
    who = left_out(make_plan(demo_store, DAY, clock=clock, iterations=400))[0]
    must_visit(demo_store, who, DAY, True, reason="promise of the lender", by="lead", clock=clock)
    assert who in stops_of(make_plan(demo_store, DAY, clock=clock, iterations=400))
    must_visit(demo_store, who, DAY, False, reason="", by="lead", clock=clock)
    assert who not in stops_of(make_plan(demo_store, DAY, clock=clock, iterations=400))
    with pytest.raises(PlannerError) as refused:
        must_visit(demo_store, who, DAY, True, reason=" ", by="lead", clock=clock)
    assert refused.value.code == "terms.no_reason"


def test_a_week_keeps_an_appointment_on_its_day(demo_store: Store) -> None:
    """In a week the person is visited on the day agreed, not on an earlier one."""
    day = DAY + timedelta(days=2)
    who = nearest(rank(demo_store, day), crews_of(demo_store)[0])[0]
    appoint(demo_store, who, "14:00", "15:30", day)
    week = plan_week(demo_store, DAY, clock=clock, days=4, iterations=600)
    found = {plan.day: stops_of(plan).get(who) for plan in week.plans}
    stop = found.pop(day)
    assert set(found.values()) == {None}
    assert stop is not None
    assert "14:00" <= f"{stop.arrive:%H:%M}" <= "14:56"


def test_the_command_line_tells_a_conflict_first(
    demo_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An appointment made by `agree` that nobody can keep stands above the plan, in words, and in
    the JSON; `must` makes another person's visit mandatory."""
    for name in ("planner.cli", "planner.cli_tools", "planner.cli_terms", "planner.cli_crews"):
        monkeypatch.setattr(f"{name}.system_clock", demo_clock)
    people = nearest(rank(demo_store, DAY), crews_of(demo_store)[0])
    low = left_out(make_plan(demo_store, DAY, clock=clock, iterations=400))
    low = [who for who in low if who != people[0]]
    where = ["--workspace", str(demo_store.path)]
    demo_store.close()
    run = CliRunner()
    told = run.invoke(cli, [
        "agree", "--debtor", people[0], "--channel", "visit", "--from", "10:00", "--until",
        "10:15", "--on", str(DAY), "--evidence", "call", *where,
    ])  # fmt: skip
    assert told.exit_code == 0, told.output
    told = run.invoke(cli, [
        "must", "--debtor", low[0], "--on", str(DAY), "--reason", "court", "--by", "lead", *where,
    ])  # fmt: skip
    assert told.exit_code == 0, told.output
    plan = ["plan", "--date", str(DAY), "--iterations", "400", *where]
    text = run.invoke(cli, plan, env={"LANG": "en_US.UTF-8", "LANGUAGE": "en"})
    assert text.exit_code == 0, text.output
    first = text.output.splitlines()[:2]
    assert people[0] in first[1]
    assert "10:00-10:15" in first[1]
    data = json.loads(run.invoke(cli, [*plan, "--json"]).output)
    assert {"debtor": people[0], "reason": "MUST_CONFLICT", "by": "hours", "minutes": 34,
            "window": "10:00-10:15"} in data["not_planned"]  # fmt: skip
    assert low[0] in {s["debtor"] for r in data["routes"] for s in r["stops"]}


def test_a_crew_on_foot_cannot_reach_what_a_car_can(demo_store: Store) -> None:
    """With every crew on foot an appointment far away is told to be out of reach."""
    ranking = rank(demo_store, DAY)
    crews = crews_of(demo_store)
    for crew in crews:
        save_work(demo_store, crew.crew_id, Work(mode=Mode.FOOT), clock=clock)
    who = next(one for one in reversed(nearest(ranking, crews[0])))
    appoint(demo_store, who, "09:00", "10:00")
    told = conflict(make_plan(demo_store, DAY, clock=clock, iterations=100), who).figures
    assert told["by"] == "reach"
    assert told["short_seconds"] > 600
