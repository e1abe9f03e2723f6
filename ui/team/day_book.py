"""How the day of a team goes, read off the GUI thread."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from planner.actions.day_records import GivenBack, Record, day_records, given_back
from planner.actions.progress import (
    CrewDay,
    Money,
    day_progress,
    money_of,
    not_back,
    outside_the_rules,
)
from planner.store.crews import staff_names
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class DayBook:
    """The crews of `day`, their money by crew id, who is missed (of today and yesterday), what was
    recorded, what waits for an answer, how much was done outside the rules; staff by number."""

    day: date
    crews: tuple[CrewDay, ...] = ()
    money: Mapping[str, Money] = field(default_factory=dict)
    missed: tuple[CrewDay, ...] = ()
    records: tuple[Record, ...] = ()
    given: tuple[GivenBack, ...] = ()
    broken: int = 0
    aside: int = 0
    staff: Mapping[str, str] = field(default_factory=dict)


def load_day(store: Store, day: date, now: datetime) -> DayBook:
    """The day as it stands at `now` (aware)."""
    outside = outside_the_rules(store, day, day)
    aside = sum(bool(one.reason or one.by) for one in outside)
    with store.read() as conn:
        staff = staff_names(conn)
    return DayBook(
        day=day,
        crews=day_progress(store, day, now),
        money={one.crew_id: one for one in money_of(store, day) if day in one.days},
        missed=not_back(store, now),
        records=day_records(store, day),
        given=given_back(store),
        broken=len(outside) - aside,
        aside=aside,
        staff=staff,
    )
