"""People around points: the grid against all distances."""

import numpy as np
import pytest

from planner.domain.facts import F64
from planner.domain.ground import on_sphere
from planner.ranking import nearby
from planner.ranking.nearby import people_around

MANY = 4


def by_hand(points: F64, people: nearby.Bools, radius: F64) -> list[int]:
    """All distances, one after the other, at most one more than MANY."""
    x, y, z = points.T
    apart = [np.sqrt((x - a) ** 2 + (y - b) ** 2 + (z - c) ** 2) for a, b, c in points]
    found = [int(np.sum((far < reach) & people)) for far, reach in zip(apart, radius, strict=True)]
    return [min(one, MANY + 1) for one in found]


def lands(kind: str, rng: np.random.Generator) -> F64:
    """Positions of one kind of country, [n, 3]."""
    n = 700
    lat, lon = {
        "dense": (30 + rng.normal(0, 0.05, n), 110 + rng.normal(0, 0.05, n)),
        "sparse": (30 + rng.normal(0, 0.6, n), 110 + rng.normal(0, 0.6, n)),
        "villages": (30 + rng.integers(0, 9, n) / 20, 110 + rng.integers(0, 9, n) / 20),
        "town": (
            np.append(30 + rng.normal(0, 0.002, n - 200), 30 + rng.normal(0, 0.05, 200)),
            np.append(110 + rng.normal(0, 0.002, n - 200), 110 + rng.normal(0, 0.05, 200)),
        ),
        "date line": (rng.normal(0, 0.1, n), 180 + rng.normal(0, 0.1, n)),
        "pole": (90 - np.abs(rng.normal(0, 0.1, n)), rng.uniform(-180, 180, n)),
        "world": (rng.uniform(-90, 90, n), rng.uniform(-180, 180, n)),
        "one": (np.full(n, 30.0), np.full(n, 110.0)),
    }[kind]
    return on_sphere(lat, lon)


@pytest.mark.parametrize(
    "kind", ["dense", "sparse", "villages", "town", "date line", "pole", "world", "one"]
)
@pytest.mark.parametrize("share", [0.02, 0.5, 1.0])
def test_the_grid_counts_like_all_distances(kind: str, share: float) -> None:
    """Wherever people live, with a radius of each one's own."""
    rng = np.random.default_rng(len(kind))
    points = lands(kind, rng)
    people = rng.random(len(points)) < share
    radius = np.array([3000.0, 8000.0, 450.0])[rng.integers(0, 3, len(points))]
    found = np.minimum(people_around(points, people, radius, MANY), MANY + 1)
    assert found.tolist() == by_hand(points, people, radius)


def test_a_crowd_just_out_of_reach_is_told_from_one_within(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lone people on the edge of a town, searched for beyond the first look, a few at a time."""
    monkeypatch.setattr(nearby, "_PART", 7)
    monkeypatch.setattr(nearby, "_LOOK", 1)
    monkeypatch.setattr(nearby, "_STEP", 1)
    rng = np.random.default_rng(3)
    lat = np.append(30 + rng.uniform(0, 0.004, 400), 30 - np.linspace(0.001, 0.05, 60))
    points = on_sphere(lat, np.append(110 + rng.uniform(0, 0.004, 400), np.full(60, 110.0)))
    radius = np.full(460, 3000.0)
    people = rng.random(460) < 0.9
    found = np.minimum(people_around(points, people, radius, MANY), MANY + 1)
    assert found.tolist() == by_hand(points, people, radius)


def test_nobody_around() -> None:
    """Without people everybody counts none, and without points there is nothing to count."""
    points = on_sphere(np.array([30.0, 30.0, 31.0]), np.array([110.0, 110.0, 110.0]))
    nobody = np.zeros(3, np.bool_)
    assert people_around(points, nobody, np.full(3, 3000.0), MANY).tolist() == [0, 0, 0]
    assert len(people_around(points[:0], nobody[:0], np.zeros(0), MANY)) == 0
