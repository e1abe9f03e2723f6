"""A round goes down to a laptop, comes back changed, is taken over, and goes down again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from store_factory import NOW, PLAN_DAY, listed
from team_factory import ByFolder, Laptop, Team, make_team, settle, weak_codes

from planner.actions.edit_plan import bench_of, drop, save_edit
from planner.actions.make_plan import make_plan
from planner.actions.rank import rank
from planner.actions.reviews import approve, review_states, submit
from planner.actions.submitted import decide_submitted, submitted_routes, take_over
from planner.actions.undo import undo_batch
from planner.domain.plan import Plan
from planner.store.events import NewEvent
from planner.store.plans import load_plan
from planner.store.team import APPROVED, SUBMITTED
from planner.store.verify import verify

CREW = {
    "crew_id": "K1", "name": "一组", "lat": 30.0, "lon": 120.7, "start": 32_400, "end": 61_200,
    "members": [{"collector_id": "甲", "name": "赵一"}, {"collector_id": "乙", "name": "钱二"}],
    "weekdays": [1, 2, 3, 4, 5],
}  # fmt: skip


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A lead with six persons, who may be visited, and three collectors, two of them one crew."""
    weak_codes(monkeypatch)
    made = make_team(tmp_path)
    made.lead.append(NewEvent("crew.listed", "", NOW - timedelta(days=1), CREW))
    for k, who in enumerate(made.persons):
        address = {"address_id": f"{who}-a", "text": f"河西镇{k}号", "kind": 0, "region": 1,
                   "grade": 0, "lat": 30.1 + k / 50, "lon": 120.8}  # fmt: skip
        case = {"case_id": f"银行/{who}", "lender": "银行", "contract_no": who,
                "amount_overdue": 12_000_000, "overdue_since": "2025-11-05"}  # fmt: skip
        made.lead.append(
            listed(who, NOW - timedelta(days=4), addresses=[address], cases=[case]),
            *(NewEvent("contact", who, NOW - timedelta(days=d, hours=-2),
                       {"channel": "call", "code": "CALL-NA", "phone": "13800001234"})
              for d in (2, 3)),
        )  # fmt: skip
    yield made
    made.close()


def plan_at(one: Laptop) -> Plan:
    plan = one.ask(load_plan, PLAN_DAY)
    assert plan
    return plan


def stops(one: Laptop) -> list[str]:
    (route,) = plan_at(one).routes
    return [stop.debtor_id for stop in route.stops]


def state(one: Laptop) -> str:
    (route,) = review_states(one.store, PLAN_DAY)
    return route.state


def test_what_a_laptop_changed_is_taken_over_and_seen_by_both(team: Team, tmp_path: Path) -> None:
    """One of two collectors of a crew takes somebody out; with the lead the other one's persons
    stay in the round; approved, both laptops have their part of it and see it as approved; undone,
    what was submitted waits again."""
    (first, second, _), way = team.collectors, ByFolder(tmp_path / "share")
    lead = team.lead
    for k, who in enumerate(team.persons):
        team.assign(who, second if k in (1, 3) else first)
    make_plan(lead.store, PLAN_DAY, clock=lead.clock, iterations=200)
    approve(lead.store, PLAN_DAY, by="组长", clock=lead.clock)
    settle(team, way, 2)
    order = stops(lead)
    assert len(order) == 6
    mine, mates = stops(first), stops(second)
    assert sorted(mine + mates) == sorted(order)
    bench = bench_of(first.store, rank(first.store, PLAN_DAY))
    edited = drop(bench, plan_at(first), mine[0])
    assert edited.faults == ()
    save_edit(first.store, edited.plan, clock=first.clock)
    submit(first.store, PLAN_DAY, "K1", by="赵一", clock=first.clock)
    settle(team, way, 2)
    (one,) = submitted_routes(lead.store, PLAN_DAY)
    assert one.review.state == SUBMITTED
    assert state(lead) == APPROVED  # the lead's own round is what it was
    taken = take_over(lead.store, one, clock=lead.clock)
    assert (taken.faults, taken.difference.removed) == ((), (mine[0],))
    assert taken.kept == tuple(who for who in order if who in mates)
    late = lambda: lead.clock() + timedelta(microseconds=5)  # noqa: E731
    batch = decide_submitted(lead.store, one, APPROVED, by="组长", clock=late, taken=taken)
    settle(team, way, 2)
    assert stops(lead) == [who for who in order if who != mine[0]]
    assert (stops(first), stops(second)) == (mine[1:], mates)
    assert [state(each) for each in (lead, first, second)] == [APPROVED] * 3
    undo_batch(lead.store, batch)
    settle(team, way, 2)
    assert (stops(lead), stops(second)) == (order, mates)
    assert (stops(first), state(first)) == (mine[1:], SUBMITTED)  # as it was before the decision
    assert all(verify(each.store).ok for each in team.all)
