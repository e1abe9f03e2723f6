"""The chance to meet by hour."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from made_people import DAY, HUBS, PARAMS, at, contact, person, random_people, scored, windows_of

from planner.domain.belief import MEET_PRIOR
from planner.domain.codes import Region
from planner.domain.facts import table_of
from planner.ranking.meeting import chances, segment_means, similarity, time_shares
from planner.ranking.params import Weights
from planner.ranking.score import score_many

NOTHING = np.zeros((3, 8))


def alone(cell: int, hits: float, tries: float) -> list[float]:
    """a[b] of a person with one visit five days ago, region counts empty."""
    rule = PARAMS.meet
    fading = 0.5 ** (5 / 90)
    counts = np.zeros((2, 1, 8))
    counts[:, 0, cell] = hits * fading, tries * fading
    segment = segment_means(NOTHING, NOTHING, rule)[[Region.URBAN]]
    return chances(segment, counts[0], counts[1], rule)[0].tolist()


def test_vectors_of_one_visit() -> None:
    """One weekday morning miss and one evening success give the documented chances by cell."""
    miss = [0.342, 0.369, 0.499, 0.595, 0.507, 0.480, 0.547, 0.595]
    success = [0.434, 0.434, 0.572, 0.694, 0.576, 0.528, 0.594, 0.661]
    assert alone(0, 0, 0.8 * 0.6 / (1 - 0.8 * 0.4)) == pytest.approx(miss, abs=1e-3)
    assert alone(3, 1, 1) == pytest.approx(success, abs=1e-3)


def test_ranking_uses_belief_and_own_visits() -> None:
    """With the region's counts made weightless, the ranking's PM is q times those chances."""
    rule = replace(PARAMS.meet, segment_weight=1e12)
    miss = person(contacts=(contact("VIS-NC", at(5, 10)),))
    scores = scored([miss], params=replace(PARAMS, meet=rule))
    q = 0.8 * 0.6 / (1 - 0.8 * 0.4)
    assert scores.belief.tolist() == pytest.approx([q])
    assert scores.pm[0].tolist() == pytest.approx([q * a for a in alone(0, 0, q)], abs=1e-6)


def test_a_miss_moves_the_next_try_to_another_hour() -> None:
    """A miss lowers its own cell most, neighbours less, the rest least."""
    before = np.array(MEET_PRIOR)
    drop = (before - np.array(alone(1, 0, 1.0))) / before
    assert drop.argmax() == 1
    assert drop[0] == pytest.approx(drop[2]) == pytest.approx(drop[5])
    assert drop[3] == pytest.approx(drop[7])
    assert 0 < drop[3] < drop[0]


def test_similarity_is_symmetric() -> None:
    """Same cell 1, next band or other day type 1/2, else 1/4; both ways alike."""
    alike = similarity(PARAMS.meet)
    assert (alike == alike.T).all()
    assert alike[1].tolist() == [0.5, 1, 0.5, 0.25, 0.25, 0.5, 0.25, 0.25]


def test_region_counts_do_not_depend_on_the_order_of_people() -> None:
    """What a region type has learned is the same whatever the order of the book."""
    people = [p for p in random_people(60) if p.addresses]
    here, there = scored(people), scored(people[::-1])
    assert here.pm == pytest.approx(there.pm[::-1], abs=1e-12)
    segments = here.basis.meeting.segment_tries
    assert (segments == there.basis.meeting.segment_tries).all()
    assert segments.sum() > 20


def test_best_and_mean_follow_the_permitted_hours() -> None:
    """Evening hours help only those who may be visited in the evening."""
    table = table_of([person("P0"), person("P1"), person("P2")])
    windows = np.concatenate([windows_of(table, 9, 12), windows_of(table, 18, 20)], axis=1)
    windows[1, 1] = 0  # mornings only
    windows[2] = 0  # no window at all: default hours
    yes = np.array([True, True, False])
    scores = score_many(table, DAY, PARAMS, Weights(), yes, windows, HUBS)
    pm = 0.8 * np.array(MEET_PRIOR)
    assert scores.pm_best.tolist() == pytest.approx([pm[3], pm[0], pm[3]])
    mean = (3 * pm[0] + 1 * pm[2] + 1 * pm[3]) / 5
    usual = (3 * pm[0] + 5 * pm[1] + 2 * pm[2] + 1 * pm[3]) / 11
    assert scores.pm_mean.tolist() == pytest.approx([mean, pm[0], usual])


def test_weekend_uses_weekend_cells() -> None:
    """On a Saturday the chances of the weekend count."""
    scores = scored([person()], day=date(2026, 11, 14))
    pm = 0.8 * np.array(MEET_PRIOR)
    assert scores.pm_best[0] == pytest.approx(pm[7])
    assert scores.basis.meeting.weekend


def test_hours_are_local() -> None:
    """The same clock window covers the same bands in any zone, on a day of clock change too."""
    day = date(2026, 11, 1)
    table = table_of([person("P0"), replace(person("P1"), zone="America/New_York")])
    shares = time_shares(table, day, windows_of(table, 8, 20, day), PARAMS.meet)
    assert shares[0].tolist() == pytest.approx([4 / 12, 5 / 12, 2 / 12, 1 / 12])
    assert shares[1].tolist() == pytest.approx(shares[0].tolist())
