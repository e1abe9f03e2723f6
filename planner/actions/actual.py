"""What a trip really cost, by what its crew told: the ledger's columns beside the planned ones.

Kilometres cost by the kilometre price, so fuel that was paid for is paid back but not counted
again; tolls, parking, meals and other things count as paid, beds as paid or, without a receipt, as
planned. Hours and the allowance for a far day follow from times and distance as in the plan.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.domain.trip import Trip

_REST = ("parking", "meals", "repair", "other")


@dataclass(frozen=True, slots=True)
class Rates:
    """Minor units: a kilometre, an hour, a far day and from how many metres on it is one, the
    crew's day; `lodging` as planned for the whole trip."""

    km: int
    hour: int
    allowance: int
    allowance_from: int
    fixed: int
    lodging: int


@dataclass(frozen=True, slots=True)
class Actual:
    """A trip as it was told. None = not all days of it are told; money in minor units.

    `other` has parking, meals, repairs and the rest; `receipts` is all that was paid, fuel too.
    """

    metres: int | None
    working: int | None
    fuel: int | None
    toll: int
    allowance: int | None
    lodging: int
    wage: int | None
    fixed: int
    other: int
    receipts: int

    @property
    def money(self) -> int | None:
        """All money; None while way or time are not known."""
        if self.fuel is None or self.wage is None or self.allowance is None:
            return None
        known = self.toll + self.lodging + self.fixed + self.other
        return known + self.fuel + self.allowance + self.wage


def actual_of(trips: Sequence[Trip], days: int, rates: Rates) -> Actual | None:
    """What is told of a trip of so many days; None where nothing is."""
    if not any(one.left or one.metres is not None or one.expenses for one in trips):
        return None
    ways = [one.metres for one in trips if one.metres is not None]
    times = [one.seconds for one in trips if one.seconds is not None]
    whole, timed = len(ways) == days, len(times) == days
    metres = sum(ways) if whole else None
    working = sum(times) if timed else None
    far = sum(rates.allowance for way in ways if way >= rates.allowance_from)
    return Actual(
        metres=metres,
        working=working,
        fuel=None if metres is None else round(metres * rates.km / 1000),
        toll=_paid(trips, ("toll",)),
        allowance=far if whole else None,
        lodging=_paid(trips, ("lodging",)) or rates.lodging,
        wage=None if working is None else round(working * rates.hour / 3600),
        fixed=rates.fixed * days,
        other=_paid(trips, _REST),
        receipts=sum(paid.amount for one in trips for paid in one.expenses),
    )


def _paid(trips: Sequence[Trip], kinds: Sequence[str]) -> int:
    return sum(one.paid(kind) for one in trips for kind in kinds)
