"""Ranking on what the contact rules really say."""

import numpy as np
from made_people import DAY, HUBS, PARAMS, random_people

from planner.domain.facts import table_of
from planner.policy.judge_many import judge_many
from planner.policy.pack import default_policy
from planner.ranking.params import Weights
from planner.ranking.score import score_many


def test_whoever_may_be_visited_has_a_permitted_place_and_hour() -> None:
    """Each eligible person gets an address the rules permit, and a chance in permitted hours."""
    table, policy = table_of(random_people(1500)), default_policy()
    verdicts = judge_many(table, policy, DAY)
    yes = np.flatnonzero(verdicts.eligible)
    assert len(yes) > 10
    scores = score_many(
        table, DAY, PARAMS, Weights(), verdicts.eligible, verdicts.windows, HUBS,
        policy.barred_kinds,
    )  # fmt: skip
    rows = scores.best_address[yes]
    assert (rows >= 0).all()
    assert not set(table.address_kind[rows].tolist()) & {int(k) for k in policy.barred_kinds}
    assert table.address_valid[rows].all()
    assert (scores.belief[rows] >= 0.2).all()
    assert (scores.pm_best[yes] > 0).all()
    assert (scores.pm_best[yes] >= scores.pm_mean[yes]).all()
