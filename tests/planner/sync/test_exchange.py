"""Two and more workspaces exchange: persons come and go, entries arrive once, nothing is lost."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from store_factory import NOW, make_plan, visit
from team_factory import ByFolder, Team, event_ids, make_team, readable, settle, shared, weak_codes

from planner.actions.exchange import load_submitted
from planner.actions.import_files import import_files
from planner.actions.purge import purge
from planner.actions.rank import load_weights, save_weights
from planner.actions.undo import undo_batch
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.events import NewEvent, next_id
from planner.store.plans import load_plan, planned_days, save_plan
from planner.store.verify import verify
from planner.sync.exchange import status, unsent

CREW = {"crew_id": "K1", "name": "一组", "members": [{"collector_id": "甲", "name": "赵一"}],
        "lat": 30.0, "lon": 120.0, "start": 32_400, "end": 61_200, "weekdays": [1]}  # fmt: skip


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A lead with six persons and three collectors."""
    weak_codes(monkeypatch)
    made = make_team(tmp_path)
    yield made
    made.close()


def test_a_collector_gets_the_persons_assigned_and_the_lead_what_was_recorded(
    team: Team, tmp_path: Path
) -> None:
    """Persons assigned come to the laptop of their collector alone; visits come back; the same is
    derived on both sides, and nothing is unsent or wrong then."""
    way, (first, second, _) = ByFolder(tmp_path / "share"), team.collectors
    team.assign(team.persons[0], first)
    team.assign(team.persons[1], second)
    settle(team, way, 2)
    assert first.ask(readable) == [team.persons[0]]
    assert second.ask(readable) == [team.persons[1]]
    first.append(visit(team.persons[0], first.clock()))
    assert first.ask(unsent) == 1
    settle(team, way, 3)
    assert [one.ask(unsent) for one in team.all] == [0] * 4
    assert {peer.unconfirmed for one in team.all for peer in one.ask(status).peers} == {0}
    assert first.ask(event_ids) <= team.lead.ask(event_ids)
    assert all(here == there for _, here, there in shared(team))
    assert [verify(one.store).problems for one in team.all] == [()] * 4
    assert first.ask(status).role == "collector"
    assert list((tmp_path / "share").iterdir()) == []


def test_what_is_the_leads_is_refused_on_a_laptop(team: Team, tmp_path: Path) -> None:
    """A collector's workspace imports, purges and decides nothing for all, and takes back only what
    was recorded on it."""
    first, who = team.collectors[0], team.persons[0]
    team.assign(who, first)
    plan_batch = next_id(NOW)
    with team.lead.store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW, CREW)])
        save_plan(tx, make_plan(debtor=who), b"", plan_batch)
    settle(team, ByFolder(tmp_path / "share"), 2)
    assert [plan.routes[0].crew_id for plan in first.ask(plans)] == ["K1"]
    (batch,) = first.ask(
        lambda conn: conn.execute(
            "SELECT batch FROM event WHERE debtor_id = ? ORDER BY seq LIMIT 1", (who,)
        ).fetchone()
    )
    store, clock = first.store, first.clock
    for deed in (
        lambda: import_files(store, [], clock=clock),
        lambda: purge(store, "银行", reason="x", by="y", clock=clock),
        lambda: save_weights(store, load_weights(store)),
        lambda: undo_batch(store, batch),
        lambda: undo_batch(store, plan_batch),
    ):
        with pytest.raises(PlannerError, match=r"team\.lead_only"):
            deed()
    own = first.append(visit(who, first.clock()))
    undo_batch(store, own)
    assert verify(store).ok


def test_plans_come_with_ones_own_persons_alone_and_submitted_routes_go_back(
    team: Team, tmp_path: Path
) -> None:
    """A laptop gets the routes of its crews without anybody else's stops; a route that it submits
    is with the lead, beside the plan that counts there."""
    (first, second, _), way = team.collectors, ByFolder(tmp_path / "share")
    mine, other = team.persons[:2]
    team.assign(mine, first)
    team.assign(other, second)
    plan = make_plan(debtor=mine)
    (route,) = plan.routes
    stops = (*route.stops, replace(route.stops[0], debtor_id=other))
    foreign = replace(route, crew_id="K2", stops=(replace(route.stops[0], debtor_id=other),))
    plan = replace(plan, routes=(replace(route, stops=stops), foreign))
    with team.lead.store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW, CREW)])
        save_plan(tx, plan, b"", next_id(NOW))
    settle(team, way, 2)
    (got,) = first.ask(plans)
    assert [[stop.debtor_id for stop in one.stops] for one in got.routes] == [[mine]]
    assert second.ask(plans) == []
    told = {"plan_id": got.plan_id, "day": got.day, "crew_id": "K1", "decision": "submitted"}
    first.append(NewEvent("plan.reviewed", "", first.clock(), told))
    settle(team, way, 2)
    (one,) = load_submitted(team.lead.store)
    assert (one.collector_id, one.crew_id, one.plan.routes) == (first.who, "K1", got.routes)
    assert team.lead.ask(plans) == [plan]


def plans(conn: Connection) -> list[Plan]:
    """The plans that count, by day."""
    return [one for day in planned_days(conn) if (one := load_plan(conn, day))]
