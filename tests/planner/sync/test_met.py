"""Two laptops that break a limit together: noted at the lead when their entries meet."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from store_factory import NOW
from team_factory import Laptop, Team, make_team, sound, weak_codes

from planner.actions.exchange import exchange_folder
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.store.terms import load_exceptions


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A lead and two collectors; the first has the only person."""
    weak_codes(monkeypatch)
    made = make_team(tmp_path, ("甲", "乙"), 1)
    made.assign(made.persons[0], made.collectors[0])
    yield made
    made.close()


def exchange(folder: Path, *laptops: Laptop) -> None:
    """Each in turn, by a shared folder."""
    folder.mkdir(exist_ok=True)
    for one in laptops:
        exchange_folder(one.store, folder, clock=one.clock)


@pytest.mark.parametrize("first_comes", [True, False])
def test_two_visits_that_break_a_limit_together_are_noted(
    team: Team, tmp_path: Path, first_comes: bool
) -> None:
    """A visit of a laptop whose person was handed over meanwhile, and one of the colleague who did
    not know of it: whichever comes first, the later one is an exception, told once and to all."""
    (first, second), who, share = team.collectors, team.persons[0], tmp_path / "share"
    exchange(share, team.lead, first, team.lead)
    for one in team.all:
        one.clock.now = NOW + timedelta(hours=6)
    for hours in (-48, -46, -1):
        record(first.store, Outcome(who, "CALL-NA", NOW + timedelta(hours=hours)),
               clock=first.clock)  # fmt: skip
    exchange(share, first, team.lead)
    early = record(first.store, Outcome(who, "VIS-NC", NOW), clock=first.clock)
    team.assign(who, second)
    exchange(share, team.lead, second)
    late_at = NOW + timedelta(hours=3)
    late = record(second.store, Outcome(who, "VIS-NC", late_at), clock=second.clock)
    assert (early.broken_rules, late.broken_rules) == ((), ())
    order = (first, second) if first_comes else (second, first)
    exchange(share, order[0], team.lead, order[1], team.lead, *team.all, *team.all)
    found = [one for one in team.lead.ask(load_exceptions) if one.at == late_at]
    assert [one.rule for one in found] == ["cn.house.visits.day"]
    assert len(team.lead.ask(load_exceptions)) == 1
    assert second.ask(load_exceptions) == found
    sound(team)
