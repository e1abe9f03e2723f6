"""Instalment plans that a person can keep, within what the lender allows."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.instalments import FULL, Household, Terms, monthly, variants
from planner.errors import PlannerError

FIRST = date(2026, 12, 31)


def test_two_ways_to_pay() -> None:
    """3,000 yuan left a month: 24,000 yuan take 9 months at 90 % and 14 at 60 %; the longer one
    needs the lead."""
    found = variants(2_400_000, Household(600_000, 300_000), Terms(), FIRST)
    assert [(one.kind, one.months, one.approval) for one in found] == [
        ("fast", 9, ()),
        ("easy", 14, ("months",)),
    ]
    assert {one.total for one in found} == {2_400_000}


def test_days_stay_in_their_month() -> None:
    """Paid on the 31st, a short month has it on its last day, and the next long one on the 31st."""
    days = list(monthly(date(2026, 12, 31), 4))
    assert days == [date(2026, 12, 31), date(2027, 1, 31), date(2027, 2, 28), date(2027, 3, 31)]


def test_a_waiver_closes_what_the_term_cannot() -> None:
    """Where the longest term pays 95 % and a tenth may be waived, five per cent are; the lead
    has to agree."""
    terms = Terms(longest_months=19, most_waiver=0.1, free_months=24)
    (one,) = variants(2_000_000, Household(200_000, 88_800), terms, FIRST)
    assert (one.kind, one.waived, one.total, one.approval) == (
        "waiver", 100_000, 1_900_000, ("waiver",),
    )  # fmt: skip


def test_what_cannot_be_paid_goes_to_the_lead() -> None:
    """Beyond term and waiver the longest term is shown with what it pays; the rest is undecided."""
    (one,) = variants(9_000_000, Household(200_000, 100_000), Terms(), FIRST)
    assert (one.kind, one.total, one.waived) == ("least", 2_160_000, 0)
    assert "rest" in one.approval


@pytest.mark.parametrize("left", [0, -5_000])
def test_nothing_left_means_no_plan(left: int) -> None:
    """Who has nothing left each month is offered no plan: the assistance path is due."""
    assert variants(100_000, Household(300_000, 300_000 - left), Terms(), FIRST) == ()


@pytest.mark.parametrize(
    ("debt", "household", "terms", "down", "code"),
    [
        (0, Household(1, 0), Terms(), 0, "instalments.no_debt"),
        (100, Household(-1, 0), Terms(), 0, "instalments.negative"),
        (100, Household(100, 0), Terms(), 101, "instalments.down_too_much"),
        (100, Household(100, 0), Terms(longest_months=0), 0, "instalments.terms"),
        (100, Household(100, 0), Terms(most_waiver=1.0), 0, "instalments.terms"),
    ],
)
def test_figures_that_cannot_be(
    debt: int, household: Household, terms: Terms, down: int, code: str
) -> None:
    """Negative sums, a down payment above the debt and impossible terms are refused by name."""
    with pytest.raises(PlannerError) as refused:
        variants(debt, household, terms, FIRST, down=down)
    assert refused.value.code == code


@given(
    debt=st.integers(1, 50_000_000),
    income=st.integers(0, 3_000_000),
    living=st.integers(0, 2_000_000),
    share=st.floats(0, 1),
    months=st.integers(1, 60),
    waiver=st.floats(0, 0.5),
)
def test_every_plan_adds_up_and_can_be_kept(
    debt: int, income: int, living: int, share: float, months: int, waiver: float
) -> None:
    """Whatever the figures: paid and waived are the debt (but for "least"), no instalment is above
    90 % of what is left, the term and the waiver stay within the lender's bounds."""
    terms = Terms(longest_months=months, most_waiver=waiver)
    home = Household(income, living)
    for one in variants(debt, home, terms, FIRST, down=int(debt * share)):
        assert one.months <= months
        assert one.waived <= waiver * debt
        assert one.kind == "least" or one.total + one.waived == debt
        assert all(0 < part.amount <= home.left * FULL for part in one.instalments)
        assert all(a.due < b.due for a, b in pairwise(one.instalments))
