"""Effect of a visit, money if paid, costs, and the points made of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_people import PARAMS

from planner.ranking.params import Weights
from planner.ranking.score import PARTS, log_ratios, points_of
from planner.ranking.value import (
    LONG_SERVICE,
    Person,
    chance_of_payment,
    change_parts,
    complaint_cost,
    effect_of,
    expected_service,
    person_value,
    promise_record,
    recovery,
    terms,
)


def who(
    amount: float, days: float, evasion: float, kept: int = 0, broken: int = 0, hard: float = 0
) -> Person:
    """One person as arrays of length 1."""
    record = promise_record(np.array([kept * 1.0]), np.array([broken * 1.0]))
    return Person(
        np.array([amount]), np.array([days * 1.0]), np.array([evasion]), record, np.array([hard])
    )


def effect(person: Person) -> float:
    """dP of one person."""
    own = terms(person, PARAMS.uplift, PARAMS.curves, PARAMS.money.reference)
    return float(effect_of(own, PARAMS.uplift)[0])


@pytest.mark.parametrize(
    ("person", "p0", "p1", "dp"),
    [
        (who(2e4, 80, 0.5), 0.070, 0.185, 0.115),
        (who(2e4, 80, 2.2, broken=2), 0.038, 0.155, 0.117),
        (who(2e4, 80, -1, kept=2), 0.124, 0.221, 0.097),
        (who(2e4, 400, 0.5), 0.030, 0.085, 0.055),
        (who(2e4, 80, 0.5, hard=1), 0.027, 0.040, 0.013),
        (who(2e4, 20, 0.5), 0.105, 0.261, 0.156),
        (who(1e5, 80, 0.5), 0.062, 0.165, 0.103),
        (who(4e3, 80, 0.5), 0.080, 0.207, 0.127),
    ],
)
def test_uplift_vectors(person: Person, p0: float, p1: float, dp: float) -> None:
    """The cold-start chances of payment are the documented ones."""
    own = terms(person, PARAMS.uplift, PARAMS.curves, PARAMS.money.reference)
    chances = [float(p[0]) for p in chance_of_payment(own, PARAMS.uplift)]
    assert chances == pytest.approx([p0, p1], abs=1e-3)
    assert effect(person) == pytest.approx(dp, abs=1e-3)


def test_recovery_vectors() -> None:
    """Expected money if paid is the documented one, and never above what is owed."""
    amounts = np.array([5e3, 1e4, 2e4, 5e4, 1e5, 2e5, 10.0])
    expected = [1906, 2991, 4694, 8515, 13362, 20968, 10]
    assert recovery(amounts, PARAMS.money).tolist() == pytest.approx(expected, rel=1e-3)


REFERENCE = {
    "amount": 26_000.0, "days": 95.0, "evasion": 0.6, "record": 1 / 3 - 0.5, "hardship": 0.0,
    "meet": 0.44, "hours": 0.7, "boost": 1.0,
}  # fmt: skip


def points(person: Person, meet: float, hours: float) -> tuple[float, dict[str, float]]:
    """Points and parts of one person against REFERENCE."""
    logs = log_ratios(
        person, np.array([meet]), np.array([hours]), np.array([1.0]), REFERENCE, PARAMS
    )
    total, parts = points_of(logs, Weights())
    return float(total[0]), dict(zip(PARTS, (float(one[0]) for one in parts), strict=True))


def test_points_of_the_documented_debtor() -> None:
    """60,000 yuan, 120 days, two broken promises come to 56.4 points, part by part."""
    total, parts = points(who(6e4, 120, 2.2, broken=2), 0.5, 0.8)
    expected = {"amount": 7.0, "cooperation": 2.0, "days": -2.5, "hardship": 0.0, "meet": 1.8,
                "access": -1.9, "watch": 0.0}  # fmt: skip
    assert total == pytest.approx(56.4, abs=0.05)
    assert parts == pytest.approx(expected, abs=0.05)


def test_a_small_debt_next_door_surfaces() -> None:
    """4,000 yuan beside another stop loses 15.7 for its amount and gains 10.8 for the way."""
    total, parts = points(who(4e3, 39.5, 0.53), 0.55, 0.33)
    expected = {"amount": -15.7, "cooperation": 1.8, "days": 3.2, "hardship": 0.0, "meet": 3.2,
                "access": 10.8, "watch": 0.0}  # fmt: skip
    assert total == pytest.approx(53.4, abs=0.05)
    assert parts == pytest.approx(expected, abs=0.1)


_PEOPLE = st.builds(
    who,
    st.floats(1, 2e6), st.integers(0, 3000), st.floats(-6, 9), st.integers(0, 9),
    st.integers(0, 9), st.sampled_from([0.0, 1.0]),
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(_PEOPLE, _PEOPLE)
def test_shares_of_change_add_up(person: Person, typical: Person) -> None:
    """The Shapley shares and the amount's share are together exactly log2 of the dP ratio."""
    own, usual = (
        terms(p, PARAMS.uplift, PARAMS.curves, PARAMS.money.reference) for p in (person, typical)
    )
    shares = change_parts(own, usual, PARAMS.uplift)
    whole = np.log2(effect(person) / effect(typical))
    assert float(sum(shares.values())[0]) == pytest.approx(whole, abs=1e-9)


def test_equal_groups_get_no_share() -> None:
    """A person who differs in nothing but days has no share for cooperation or hardship."""
    own, usual = (
        terms(p, PARAMS.uplift, PARAMS.curves, PARAMS.money.reference)
        for p in (who(2e4, 300, 1.0), who(2e4, 60, 1.0))
    )
    shares = change_parts(own, usual, PARAMS.uplift)
    assert [float(shares[name][0]) for name in ("amount", "cooperation", "hardship")] == [0, 0, 0]
    assert shares["days"][0] < 0


def value(person: Person, meet: float, boost: float = 1.0, visits: int = 0) -> float:
    """V of one person in yuan."""
    gross = boost * recovery(person.amount, PARAMS.money) * effect(person) * meet
    count = np.array([float(visits)])
    return float(person_value(gross, np.array([meet]), count, person.hardship, PARAMS)[0])


@settings(max_examples=200, deadline=None)
@given(_PEOPLE, st.floats(1.0001, 50), st.floats(0.01, 0.9))
def test_value_rises_with_the_amount(person: Person, factor: float, meet: float) -> None:
    """More owed, all else equal, is never worth less."""
    more = Person(
        person.amount * factor, person.days, person.evasion, person.record, person.hardship
    )
    assert value(more, meet) >= value(person, meet) - 1e-9


@settings(max_examples=200, deadline=None)
@given(_PEOPLE, st.floats(0.01, 0.5), st.floats(0.01, 0.4), st.floats(1, 2))
def test_value_rises_with_the_chance_to_meet_where_meeting_pays(
    person: Person, meet: float, more: float, boost: float
) -> None:
    """A better chance to meet raises V exactly where meeting brings more than its 36 yuan."""
    gain = boost * float(recovery(person.amount, PARAMS.money)[0]) * effect(person)
    change = value(person, meet + more, boost) - value(person, meet, boost)
    assert change == pytest.approx((gain - 36) * more, abs=1e-6)


@settings(max_examples=200, deadline=None)
@given(_PEOPLE, st.floats(0.01, 0.9), st.integers(0, 5))
def test_hardship_never_raises_value(person: Person, meet: float, visits: int) -> None:
    """Of two people who differ only in hardship, the one in hardship is never worth more."""
    calm, hard = (
        Person(person.amount, person.days, person.evasion, person.record, np.array([flag]))
        for flag in (0.0, 1.0)
    )
    assert value(hard, meet, visits=visits) <= value(calm, meet, visits=visits)


def test_complaints_grow_with_visits_and_hardship() -> None:
    """Expected complaint cost starts at 1.5 yuan, grows by 1.8 a visit and doubles in hardship."""
    cost = complaint_cost(np.array([0.0, 2.0, 2.0]), np.array([0.0, 0.0, 1.0]), PARAMS.complaint)
    assert cost.tolist() == pytest.approx([1.5, 4.86, 9.72])


def test_service_length() -> None:
    """Timetables use 9 + 7 + 18 PM minutes, legality all of them."""
    assert expected_service(np.array([0.0, 0.5, 1.0])).tolist() == [960, 1500, 2040]
    assert LONG_SERVICE == 2040
