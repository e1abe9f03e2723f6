"""What learning the hour is worth: contacts per 100 visits in a made world of households.

    python tests/benchmarks/hours.py [--worlds 10] [--households 300] [--days 120]

The world knows nothing of the model: each household has a continuous curve of being at home with
its own phase, some moved away. All ways of choosing make the same visits (household and day) and
meet the same luck (one number per household and visit); only the hour differs. Visits lie within
9-20 o'clock, Saturdays 9-18, none on Sundays. "round": the visits of a day are spread over it as a
crew's are, and only who comes when is chosen. Beside the averages stands the paired difference
against 10 o'clock (rounds: against any order) with an interval of 95 % over the worlds.
"""

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from report import table as print_table
from scipy.optimize import linear_sum_assignment

from planner.domain.belief import BAND_STARTS
from planner.domain.codes import AddressKind, Channel, Flag, Grade, Region
from planner.domain.facts import F64, PersonFacts, table_of
from planner.domain.localtime import midnight
from planner.domain.people import Address, Contact
from planner.ranking.features import features
from planner.ranking.meeting import meeting
from planner.ranking.params import load_params

ZONE = ZoneInfo("Asia/Shanghai")
FIRST = date(2026, 3, 2)  # a Monday
PARAMS = load_params()
OPEN = {
    **dict.fromkeys(range(1, 6), (9, 20)),
    6: (9, 18),
}  # hours by weekday, as in the house rules
SLOTS = np.arange(9 * 4, 20 * 4) / 4  # quarters of an hour

# When people are at home: hours of the day and the chance in each, on weekdays and on Saturdays.
Curve = tuple[tuple[float, float, float], ...]
HABITS: dict[str, tuple[float, Curve, Curve]] = {
    "office": (0.34, ((0, 8, 0.9), (18.5, 24, 0.8)), ((0, 11, 0.75), (14, 16, 0.5), (17, 24, 0.6))),
    "shifts": (0.16, ((0, 24, 0.4),), ((0, 24, 0.4),)),
    "retired": (0.14, ((0, 9, 0.9), (11, 15, 0.85), (17, 24, 0.9)), ((0, 24, 0.7),)),
    "farm": (0.16, ((0, 6.5, 0.9), (11.5, 14, 0.7), (18, 24, 0.8)), ((11, 14, 0.7), (17, 24, 0.8))),
    "shop": (0.10, ((0, 8, 0.8), (13, 14.5, 0.4), (20.5, 24, 0.8)), ((0, 8, 0.8), (20.5, 24, 0.8))),
    "away": (0.10, ((0, 24, 0.03),), ((9, 24, 0.45),)),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Household:
    """A place to visit: its curves, own phase in hours, whether anybody lives there still."""

    region: Region
    weekday: Curve
    weekend: Curve
    phase: float
    lives: bool

    def chance(self, day: date, hour: float) -> float:
        """Of being met on `day` at `hour`; the edges of a habit are soft by half an hour."""
        curve = self.weekend if day.isoweekday() > 5 else self.weekday
        t = hour - self.phase
        inside = [
            p / (1 + np.exp((a - t) / 0.25)) / (1 + np.exp((t - b) / 0.25)) for a, b, p in curve
        ]
        return self.lives * float(max(inside, default=0.0))


@dataclass(frozen=True, slots=True)
class World:
    """Households, the days on which each is visited, and the luck of each visit."""

    homes: tuple[Household, ...]
    days: tuple[tuple[date, ...], ...]
    luck: F64  # [households, visits] uniform numbers


def world(seed: int, households: int, days: int) -> World:
    """A world of its own for each seed; each household is visited about every tenth day."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(HABITS), households, p=[share for share, _, _ in HABITS.values()])
    homes = tuple(
        Household(
            Region(int(rng.choice(3, p=[0.6, 0.25, 0.15]))), *HABITS[kind][1:],
            float(rng.normal(0, 0.75)), bool(rng.random() > 0.08),
        )
        for kind in kinds
    )  # fmt: skip
    chosen = []
    for _ in homes:
        day, mine = int(rng.integers(0, 10)), []
        while day < days:
            when = FIRST + timedelta(days=day)
            if when.isoweekday() < 7:
                mine.append(when)
            day += int(rng.integers(7, 14))
        chosen.append(tuple(mine))
    most = max(map(len, chosen))
    return World(homes, tuple(chosen), rng.random((households, most)))


# (world, day, households visited, history) -> hour of each
Choice = Callable[[World, date, list[int], list[PersonFacts]], list[float]]


def always(hour: float) -> Choice:
    """Everybody at the same hour of every day, earlier where that is too late."""

    def choose(_world: World, day: date, rows: list[int], _facts: list[PersonFacts]) -> list[float]:
        return [min(hour, OPEN[day.isoweekday()][1] - 0.75)] * len(rows)

    return choose


def any_hour(world: World, day: date, rows: list[int], _facts: list[PersonFacts]) -> list[float]:
    """By the order of a round that heeds no hours: any of the permitted ones."""
    first, last = OPEN[day.isoweekday()]
    rng = np.random.default_rng([day.toordinal(), len(rows)])
    return rng.uniform(first, last - 0.5, len(rows)).tolist()


def meeting_chances(day: date, facts: list[PersonFacts]) -> tuple[F64, F64]:
    """[n, 4] what the program expects in each part of `day`, and which parts are permitted."""
    table = table_of(facts)
    first, last = OPEN[day.isoweekday()]
    opens = [[midnight(day, zone, hour) for hour in (first, last)] for zone in table.zones]
    windows = np.array(opens, np.int64).reshape(-1, 1, 2)[table.zone]
    meet = meeting(table, day, features(table, day, PARAMS), windows, PARAMS.meet)
    return meet.chance[:, 4:] if meet.weekend else meet.chance[:, :4], meet.permitted


def learned(_world: World, day: date, rows: list[int], facts: list[PersonFacts]) -> list[float]:
    """Some time within the part of the day that the program holds for the best."""
    cells, permitted = meeting_chances(day, facts)
    first, last = OPEN[day.isoweekday()]
    best = np.where(permitted, cells, -1).argmax(axis=1)
    rng = np.random.default_rng([day.toordinal(), 7])
    hours = []
    for row in rows:
        begin = max(first, BAND_STARTS[best[row]])
        end = min(last, BAND_STARTS[best[row] + 1])
        hours.append(float(rng.uniform(begin, max(begin + 0.05, end - 0.5))))
    return hours


def even(day: date, count: int) -> F64:
    """So many hours spread over the whole of `day`, as a crew's round is."""
    first, last = OPEN[day.isoweekday()]
    return np.linspace(first, last - 0.5, count)


def round_any(_world: World, day: date, rows: list[int], _facts: list[PersonFacts]) -> list[float]:
    """A round over the whole day in an order that heeds no hours."""
    rng = np.random.default_rng([day.toordinal(), len(rows)])
    return rng.permutation(even(day, len(rows))).tolist()


def round_learned(
    _world: World, day: date, rows: list[int], facts: list[PersonFacts]
) -> list[float]:
    """The same hours, given out so that the program expects to meet the most."""
    cells, _ = meeting_chances(day, facts)
    hours = even(day, len(rows))
    band = np.searchsorted(BAND_STARTS, hours, side="right") - 1
    return _given_out(cells[rows][:, band], hours)


def round_best(world: World, day: date, rows: list[int], _facts: list[PersonFacts]) -> list[float]:
    """The same hours, given out by the hidden curves."""
    hours = even(day, len(rows))
    chance = [[world.homes[row].chance(day, hour) for hour in hours] for row in rows]
    return _given_out(np.array(chance), hours)


def _given_out(chance: F64, hours: F64) -> list[float]:
    """The hour of each row so that the sum of chances [rows, hours] is largest."""
    _, column = linear_sum_assignment(chance, maximize=True)
    return hours[column].tolist()


def knows_all(world: World, day: date, rows: list[int], _facts: list[PersonFacts]) -> list[float]:
    """The best quarter of an hour by the hidden curve: what nobody can reach."""
    first, last = OPEN[day.isoweekday()]
    slots = SLOTS[(first <= SLOTS) & (last > SLOTS)]
    return [float(max(slots, key=lambda h: world.homes[row].chance(day, h))) for row in rows]


def facts_of(number: int, home: Household) -> PersonFacts:
    """The household as the program knows it at first: an address nobody has tried."""
    who = f"P{number}"
    spot = Address(f"{who}-0", who, "", AddressKind.HOME, home.region, Grade.STREET, 30.0, 110.0)
    return PersonFacts(
        who, 2_000_000, FIRST - timedelta(days=80), 1, Flag(0), None, "Asia/Shanghai", "CN",
        (spot,), (), (), (), (), (),
    )  # fmt: skip


def lived(world: World, choose: Choice) -> tuple[int, int, int, int]:
    """(visits, met) of all visits and of those from each household's fourth on."""
    facts = [facts_of(k, home) for k, home in enumerate(world.homes)]
    due: dict[date, list[int]] = {}
    for row, days in enumerate(world.days):
        for day in days:
            due.setdefault(day, []).append(row)
    made = np.zeros(len(facts), np.int64)
    count = np.zeros(4, np.int64)
    for day in sorted(due):
        rows = due[day]
        for row, hour in zip(rows, choose(world, day, rows, facts), strict=True):
            met = world.luck[row, made[row]] < world.homes[row].chance(day, hour)
            late = made[row] >= 3
            count += np.array([1, met, late, late and met], np.int64)
            made[row] += 1
            at = datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(hours=hour)
            code = "VIS-RPC" if met else "VIS-NC"
            entry = Contact("", facts[row].debtor_id, Channel.VISIT, code, at,
                            address_id=facts[row].addresses[0].address_id)  # fmt: skip
            facts[row] = replace(facts[row], contacts=(*facts[row].contacts, entry))
    visits, hits, later, later_hits = count.tolist()
    return visits, hits, later, later_hits


def interval(values: list[float]) -> str:
    """Mean and 95 % interval by resampling."""
    rng, data = np.random.default_rng(1), np.array(values)
    means = rng.choice(data, (10_000, len(data))).mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return f"{data.mean():+.1f} [{low:+.1f}; {high:+.1f}]"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=10)
    parser.add_argument("--households", type=int, default=300)
    parser.add_argument("--days", type=int, default=120)
    given = parser.parse_args()
    ways: dict[str, Choice] = {
        "always 10:00": always(10), "always 14:30": always(14.5), "always 17:30": always(17.5),
        "always 19:15": always(19.25), "any hour": any_hour, "learned": learned,
        "knows all": knows_all, "round, any order": round_any, "round, learned": round_learned,
        "round, knows all": round_best,
    }  # fmt: skip
    rates: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    total = 0
    for seed in range(given.worlds):
        made = world(seed, given.households, given.days)
        for name, choose in ways.items():
            visits, hits, later, later_hits = lived(made, choose)
            rates[name].append((100 * hits / visits, 100 * later_hits / later))
        total += visits
    rows = []
    for name, found in rates.items():
        base = rates["round, any order" if name.startswith("round") else "always 10:00"]
        mine = np.array(found)
        more = mine - np.array(base)
        average = [f"{rate:.1f}" for rate in mine.mean(axis=0)]
        rows.append([name, *average, *(interval(more[:, k].tolist()) for k in (0, 1))])
    print(
        f"{given.worlds} worlds of {given.households} households, {given.days} days, {total} visits"
    )
    print_table(["hour", "met of 100", "from 4th visit", "difference", "from 4th visit"], rows)


if __name__ == "__main__":
    main()
