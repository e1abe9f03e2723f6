"""Instalments that a person can keep: variants of a plan within what the lender allows (pure).

Money is minor units; a month is a calendar month. What can be kept is a share of what is left each
month after living, home, dependants and other debts: promises above it are broken first
(arrears-management practice in all markets asks for an affordable sum and a reserve; the shares are
the house's, not law).
"""

import calendar
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from planner.errors import PlannerError

WHOLE: Final = 100  # instalments are whole yuan; the last one takes the rest
EASY: Final = 0.6  # share of what is left each month that keeps a reserve for a bad month
FULL: Final = 0.9  # more than this is never proposed
LARGEST: Final = 10**13  # minor units; beyond it a figure is a slip of the pen
MOST_MONTHS: Final = 120  # no lender's term is longer; keeps sums of nothing from running on


@dataclass(frozen=True, slots=True)
class Household:
    """What was told at the door, minor units a month: no more than the sum needs."""

    income: int
    living: int
    home: int = 0
    dependants: int = 0
    other_debts: int = 0

    @property
    def left(self) -> int:
        """What is left each month; 0 where nothing is."""
        spent = self.living + self.home + self.dependants + self.other_debts
        return max(0, self.income - spent)


@dataclass(frozen=True, slots=True)
class Terms:
    """What the lender allows. Beyond the `free` figures the lead's approval is needed."""

    longest_months: int = 24
    least_instalment: int = 10_000
    most_waiver: float = 0.0  # share of the sum
    free_months: int = 12
    free_waiver: float = 0.0


def checked_terms(terms: Terms) -> Terms:
    """`terms` as they are; PlannerError("instalments.terms", field) for what cannot be."""
    fits = {
        "longest_months": 1 <= terms.longest_months <= MOST_MONTHS,
        "free_months": 0 <= terms.free_months <= MOST_MONTHS,
        "least_instalment": terms.least_instalment >= 0,
        "most_waiver": 0 <= terms.most_waiver < 1,
        "free_waiver": 0 <= terms.free_waiver < 1,
    }
    for field, fit in fits.items():
        if not fit:
            raise PlannerError("instalments.terms", field=field)
    return terms


@dataclass(frozen=True, slots=True)
class Instalment:
    """One payment: `amount` minor units by the end of `due`."""

    due: date
    amount: int


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to pay: `kind` is "fast", "easy", "waiver" or "least"; `share` of what is left each
    month; `approval` lists why the lead has to agree ("months", "waiver")."""

    kind: str
    down: int
    instalments: tuple[Instalment, ...]
    waived: int
    share: float
    approval: tuple[str, ...]

    @property
    def total(self) -> int:
        """What is paid in all."""
        return self.down + sum(one.amount for one in self.instalments)

    @property
    def months(self) -> int:
        """How many instalments there are."""
        return len(self.instalments)


def variants(
    debt: int, household: Household, terms: Terms, first: date, *, down: int = 0
) -> tuple[Variant, ...]:
    """Up to three different plans for `debt`, the soonest done first; `down` is paid at once, the
    first instalment on `first`, the others on that day of the following months.

    fast    the fewest months that 90 % of what is left each month can carry
    easy    as few as 60 % can carry: a reserve stays
    waiver  where the longest term is too short: the smallest waiver within the bound that closes it
    least   nothing else can be kept: the longest term at 90 %, up to what that pays; the rest is
            for the lead to settle (no waiver is assumed, so the plan is shorter than the debt)

    Empty when nothing is left each month: then the assistance path is due. Raises
    PlannerError("instalments.<field>") for figures that cannot be.
    """
    _check(debt, household, terms, down)
    rest, left = debt - down, household.left
    if rest == 0 or left == 0:
        return ()
    found: list[Variant] = []
    for kind, share in (("fast", FULL), ("easy", EASY)):
        months = _months(rest, int(left * share), terms)
        if months is not None:
            found.append(_variant(kind, rest, months, first, down, 0, left, terms))
    if not found:
        found += _beyond(rest, debt, left, first, down, terms)
    return tuple(one for k, one in enumerate(found) if one.months not in _lengths(found[:k]))


def monthly(first: date, count: int) -> Iterator[date]:
    """`count` days, `first` and the same day of the months after it; a month that is too short has
    it on its last day."""
    for k in range(count):
        year, month = divmod(first.year * 12 + first.month - 1 + k, 12)
        last = calendar.monthrange(year, month + 1)[1]
        yield date(year, month + 1, min(first.day, last))


def _lengths(found: list[Variant]) -> set[int]:
    return {one.months for one in found if one.kind in ("fast", "easy")}


def _check(debt: int, household: Household, terms: Terms, down: int) -> None:
    told = {
        "income": household.income, "living": household.living, "home": household.home,
        "dependants": household.dependants, "other_debts": household.other_debts, "down": down,
    }  # fmt: skip
    for field, value in told.items():
        if value < 0:
            raise PlannerError("instalments.negative", field=field)
        if value > LARGEST:
            raise PlannerError("record.amount_absurd", limit=LARGEST // 100)
    if debt <= 0:
        raise PlannerError("instalments.no_debt")
    if down > debt:
        raise PlannerError("instalments.down_too_much")
    if not 1 <= terms.longest_months <= MOST_MONTHS:
        raise PlannerError("instalments.terms", field="longest_months")
    if not 0 <= terms.most_waiver < 1:
        raise PlannerError("instalments.terms", field="most_waiver")


def _months(rest: int, can_pay: int, terms: Terms) -> int | None:
    """The fewest months in which `can_pay` a month pays `rest`; None beyond the longest term or
    where the lender's least instalment is more than that."""
    amount = can_pay // WHOLE * WHOLE
    if amount <= 0 or amount < min(terms.least_instalment, rest):
        return None
    months = math.ceil(rest / amount)
    return months if months <= terms.longest_months else None


def _variant(
    kind: str, rest: int, months: int, first: date, down: int, waived: int, left: int, terms: Terms
) -> Variant:
    each = math.ceil(rest / months / WHOLE) * WHOLE
    amounts = [each] * (months - 1)
    last = rest - sum(amounts)
    while amounts and last <= 0:  # rounding up paid it sooner
        last += amounts.pop()
    days = monthly(first, len(amounts) + 1)
    paid = tuple(Instalment(d, a) for d, a in zip(days, [*amounts, last], strict=True))
    approval = ("months",) * (len(paid) > terms.free_months)
    approval += ("waiver",) * (waived > terms.free_waiver * (rest + down + waived))
    return Variant(kind, down, paid, waived, each / left, approval)


def _beyond(rest: int, debt: int, left: int, first: date, down: int, terms: Terms) -> list[Variant]:
    """What can be proposed where the whole sum cannot be paid within the longest term."""
    each = int(left * FULL) // WHOLE * WHOLE
    if each < terms.least_instalment:
        return []
    carried = each * terms.longest_months
    waived = rest - carried
    if waived <= terms.most_waiver * debt:
        return [_variant("waiver", carried, terms.longest_months, first, down, waived, left, terms)]
    paid = tuple(Instalment(day, each) for day in monthly(first, terms.longest_months))
    approval = ("months",) * (len(paid) > terms.free_months) + ("rest",)
    return [Variant("least", down, paid, 0, each / left, approval)]
