"""Under the rules in force every list of the program has somebody of the demonstration in it."""

from collections import Counter
from datetime import date

import pytest

from planner.actions.rank import rank
from planner.store.store import Store


@pytest.mark.parametrize("day", [date(2026, 11, 23), date(2026, 11, 24)])
def test_every_list_has_somebody(demo_store: Store, day: date) -> None:
    """On the day of the demonstration and the next, 200-300 people may be visited, about 90 wait,
    about 450 are called first, and some pause, are never visited or have an address to check."""
    ranking = rank(demo_store, day)
    tabs = Counter(ranking.tab(i) for i in range(ranking.table.n))
    assert 200 <= tabs["ready"] <= 300
    assert 70 <= tabs["waiting"] <= 110
    assert 400 <= tabs["call_first"] <= 500
    assert 40 <= tabs["paused"] <= 90
    assert 15 <= tabs["never"] <= 30
    assert 30 <= tabs["address"] <= 50
