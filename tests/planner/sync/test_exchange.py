"""Two and more workspaces exchange: persons come and go, entries arrive once, nothing is lost."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from store_factory import visit
from team_factory import ByFolder, Team, event_ids, make_team, readable, settle, shared, weak_codes

from planner.store.verify import verify
from planner.sync.exchange import status, unsent


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
    assert first.ask(unsent) == 0
    assert first.ask(event_ids) <= team.lead.ask(event_ids)
    assert all(here == there for _, here, there in shared(team))
    assert [verify(one.store).problems for one in team.all] == [()] * 4
    assert first.ask(status).role == "collector"
    assert list((tmp_path / "share").iterdir()) == []
