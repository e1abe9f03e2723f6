"""The ranking as a whole."""

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import DAY, HUBS, PARAMS, at, contact, person, random_people, scored

from planner.domain.codes import Flag
from planner.domain.facts import table_of
from planner.ranking.params import STEPS, Weights
from planner.ranking.preview import order_of, preview
from planner.ranking.score import PARTS, Scores, score_many, weigh
from planner.ranking.value import Person, effect_of, recovery, terms

_WEIGHTS = st.builds(Weights, *[st.sampled_from(STEPS)] * 5)


@pytest.fixture(scope="module")
def book() -> Scores:
    """A random book, a third of it eligible."""
    people = random_people(400)
    return scored(people, eligible=np.arange(400) % 3 == 0)


def test_points_are_the_sum_of_their_parts() -> None:
    """50 and the parts add up to the points to 1e-9 for ten thousand random cases."""
    rng = np.random.default_rng(8)
    people = random_people(500)
    table = table_of([person(f"P{k}") for k in range(10_000)])
    table = replace(
        table,
        amount=np.rint(np.exp(rng.normal(14, 1.5, 10_000))).astype(np.int64),
        overdue_since=(DAY.toordinal() - rng.integers(0, 900, 10_000)).astype(np.int32),
        flags=rng.choice([0, 16, 128, 256], 10_000).astype(np.int32),
        address_lat=30 + rng.normal(0, 0.3, 10_000),
        address_lon=110 + rng.normal(0, 0.3, 10_000),
    )
    for scores in (scored(table), scored(people)):
        assert np.abs(50 + np.asarray(scores.parts).sum(axis=1) - scores.points).max() < 1e-9
        assert scores.parts.shape[1] == len(PARTS)


@settings(max_examples=25, deadline=None)
@given(_WEIGHTS)
def test_points_are_logarithms_of_the_product(book: Scores, weights: Weights) -> None:
    """Under any weights, points are 50 + 10 log2 of the weighted factors over the reference."""
    scores, ref = weigh(book.basis, weights), book.reference
    usual = Person(*(np.array(ref[k]) for k in ("amount", "days", "evasion", "record", "hardship")))
    dp = effect_of(
        terms(usual, PARAMS.uplift, PARAMS.curves, PARAMS.money.reference), PARAMS.uplift
    )
    floor = PARAMS.meet.floor
    g = (
        (scores.rec / recovery(usual.amount, PARAMS.money)) ** weights.amount
        * (scores.dp / dp) ** weights.change
        * (np.maximum(scores.pm_best, floor) / max(ref["meet"], floor)) ** weights.meet
        * (ref["hours"] / scores.hours) ** weights.access
        * (np.asarray(scores.boost) / ref["boost"]) ** weights.watch
    )
    assert np.abs(scores.points - (50 + 10 * np.log2(g))).max() < 1e-9


def test_reference_is_the_median_eligible_person(book: Scores) -> None:
    """Medians are taken over eligible people only; of three alike people each has 50 points."""
    eligible = book.basis.eligible
    assert book.reference["hours"] == float(np.median(book.hours[eligible]))
    assert book.reference["days"] == float(np.median(book.basis.features.days[eligible]))
    alike = scored([person(f"P{k}") for k in range(3)])
    assert alike.points.tolist() == pytest.approx([50, 50, 50])


def test_nobody_and_nobody_eligible() -> None:
    """An empty book ranks to empty columns; with nobody eligible all serve as reference."""
    empty = scored([])
    assert [len(empty.points), len(empty.value), empty.parts.shape] == [0, 0, (0, 7)]
    people = random_people(50)
    none, every = scored(people, eligible=[False] * 50), scored(people)
    assert none.reference["amount"] == every.reference["amount"]
    assert np.isfinite(none.points).all()


def test_everything_is_finite(book: Scores) -> None:
    """People without address, money or history get finite figures too."""
    odd = [
        replace(person("P0"), addresses=(), amount=0),
        person("P1", yuan=1e9, days=20_000),
        replace(person("P2"), overdue_since=DAY + timedelta(days=9)),
    ]
    for scores in (book, scored(odd)):
        for name in ("points", "parts", "pm", "pm_best", "pm_mean", "hours", "factors", "gross"):
            assert np.isfinite(getattr(scores, name)).all(), name
        factors = np.asarray(scores.factors)
        assert ((factors >= 0) & (factors <= 1)).all()
    assert scored(odd).best_address.tolist() == [-1, 0, 1]
    assert scored(odd).pm_best[0] == 0


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "Asia", "../etc"])
def test_a_zone_that_does_not_exist_is_no_crash(zone: str) -> None:
    """A person with a made-up zone is ranked like one in China."""
    past = (contact("VIS-NC", at(5, 10)),)
    here = person("P0", contacts=past)
    table = table_of([here, replace(here, zone=zone)])
    none = np.zeros((2, 0, 2), np.int64)
    scores = score_many(table, DAY, PARAMS, Weights(), np.ones(2, np.bool_), none, HUBS)
    assert scores.points[0] == scores.points[1]


@pytest.mark.parametrize(
    ("one", "other", "limit"),
    [
        (person("P0", yuan=49_999), person("P1", yuan=50_001), 0.01),
        (person("P0", days=90), person("P1", days=91), 0.15),
        (person("P0", yuan=49_999, open_cases=2), person("P1", yuan=50_001, open_cases=2), 0.01),
    ],
)
def test_no_cliff(one, other, limit: float) -> None:  # type: ignore[no-untyped-def]
    """Nothing jumps at 50,000 yuan or at 90 days."""
    crowd = [person(f"Q{k}", yuan=5_000 * (k + 1), days=20 * k) for k in range(20)]
    points = scored([one, other, *crowd]).points
    assert abs(points[0] - points[1]) < limit


def test_value_less_way_falls_with_distance() -> None:
    """Of equal people the farther one is worth less after the way, and has fewer points."""
    table = table_of([person(f"P{k}") for k in range(10)])
    table = replace(table, address_lon=110.0 + 0.1 * np.arange(1, 11))
    scores = scored(table)
    assert (np.diff(scores.value - scores.travel_share) < 0).all()
    assert (np.diff(scores.points) < 0).all()
    assert (scores.worth == (scores.value > scores.travel_share)).all()


def test_hardship_never_raises_a_place() -> None:
    """The hardship flag lowers points and value, for anybody."""
    people = random_people(150)
    calm = [replace(p, flags=p.flags & ~Flag.HARDSHIP, holds=()) for p in people]
    hard = [replace(p, flags=p.flags | Flag.HARDSHIP, holds=()) for p in people]
    both = scored(calm + hard)
    assert (both.points[150:] <= both.points[:150] + 1e-12).all()
    assert (both.value[150:] <= both.value[:150]).all()


def test_cooperation_counts_for_less_pressure_and_promises_for_more_effect() -> None:
    """A refusal makes a visit matter more than a friendly talk does, at equal money and hours."""
    talk = person("P0", contacts=tuple(contact("CALL-RPC", at(k, 10)) for k in (2, 4, 6)))
    refusal = person(
        "P1", contacts=tuple(contact("CALL-RPC", at(k, 10), "OUT-RTP") for k in (2, 4))
    )
    scores = scored([talk, refusal])
    assert scores.p0[1] < scores.p0[0]
    assert scores.parts[1, 1] > scores.parts[0, 1]


def test_default_weights_are_pure_economics(book: Scores) -> None:
    """With all weights 1 the gross value is boost x REC x dP x PM, to the last digit."""
    plain = book.boost * book.rec * book.dp * book.pm_mean
    assert (book.gross == plain).all()


@settings(max_examples=25, deadline=None)
@given(_WEIGHTS)
def test_weights_keep_the_median_yuan(book: Scores, weights: Weights) -> None:
    """Other weights move people past each other, not the size of the typical value."""
    pool = book.basis.eligible & (book.gross > 0)
    pushed = weigh(book.basis, weights).gross
    assert np.median(pushed[pool]) == pytest.approx(np.median(book.gross[pool]))
    assert ((pushed > 0) == (book.gross > 0)).all()


def test_a_weight_stretches_its_part(book: Scores) -> None:
    """Weight 1.5 multiplies the part of meeting by 1.5 and leaves the others alone."""
    heavy = np.asarray(weigh(book.basis, Weights(meet=1.5)).parts)
    factor = np.array([1, 1, 1, 1, 1.5, 1, 1])
    assert heavy == pytest.approx(np.asarray(book.parts) * factor, abs=1e-9)


def test_same_facts_same_ranking() -> None:
    """Ranking the same book twice gives the same bytes."""
    people = random_people(100)
    one, other = scored(people), scored(people)
    for name in ("points", "parts", "value", "travel_share", "pm", "gross", "factors"):
        mine, yours = (np.asarray(getattr(scores, name)) for scores in (one, other))
        assert mine.tobytes() == yours.tobytes(), name


def test_weights_without_any_value_change_nothing() -> None:
    """Where nobody can be met there is nothing to rescale."""
    scores = scored([replace(person(), addresses=())], Weights(meet=1.5))
    assert scores.gross.tolist() == [0]


def test_preview_names_who_moves(book: Scores) -> None:
    """The preview's lists are the difference of the two rankings; no change, no move."""
    same = preview(book, Weights(), top=30)
    assert [same.leave, same.enter, same.moved] == [(), (), 0]
    assert same.before == same.after
    other = preview(book, Weights(amount=1.5, access=0.5), top=30)
    eligible = book.basis.eligible
    now = set(order_of(book, eligible)[:30].tolist())
    then = set(order_of(other.scores, eligible)[:30].tolist())
    assert set(other.leave) == now - then
    assert set(other.enter) == then - now
    assert other.enter
    assert other.before == same.before


def test_order_lists_eligible_first(book: Scores) -> None:
    """Those who may be visited come first, each group by falling points, equals by row."""
    eligible = book.basis.eligible
    order = order_of(book, eligible)
    assert eligible[order[: eligible.sum()]].all()
    for group in (order[: eligible.sum()], order[eligible.sum() :]):
        assert (np.diff(book.points[group]) <= 0).all()
    alike = scored([person(f"P{k}") for k in range(5)])
    assert order_of(alike, np.ones(5, np.bool_)).tolist() == [0, 1, 2, 3, 4]
