"""What a crew tells of a day out: when it left and came back, how far it went, what it paid."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

# Kinds of expenses. Fuel is paid back but costs by the kilometre; see planner/actions/actual.py.
EXPENSE_KINDS: Final = ("fuel", "toll", "parking", "lodging", "meals", "repair", "other")


@dataclass(frozen=True, slots=True)
class Expense:
    """Money paid on the way, `amount` in minor units, with the number of its receipt."""

    expense_id: str
    kind: str
    amount: int
    receipt: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Trip:
    """A crew's day as it was. Instants are aware; metres; None = not told (yet).

    `told` is the distance where nobody read an odometer.
    """

    crew_id: str
    day: date
    left: datetime | None = None
    back: datetime | None = None
    odometer_start: int | None = None
    odometer_end: int | None = None
    told: int | None = None
    note: str = ""
    expenses: tuple[Expense, ...] = ()

    @property
    def metres(self) -> int | None:
        """The way: by the odometer where both readings are known, else as told."""
        if self.odometer_start is not None and self.odometer_end is not None:
            return self.odometer_end - self.odometer_start
        return self.told

    @property
    def seconds(self) -> int | None:
        """From leaving to return."""
        if self.left is None or self.back is None:
            return None
        return int((self.back - self.left).total_seconds())

    @property
    def under_way(self) -> bool:
        """Whether the crew has left and is not back yet."""
        return self.left is not None and self.back is None

    def paid(self, kind: str) -> int:
        """What was paid for expenses of one kind, minor units."""
        return sum(one.amount for one in self.expenses if one.kind == kind)
