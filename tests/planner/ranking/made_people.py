"""People made up for the ranking tests."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.domain.codes import (
    CODES,
    RESULTS,
    AddressKind,
    Flag,
    Grade,
    HoldKind,
    Region,
    channel_of,
)
from planner.domain.facts import FactTable, PersonFacts, table_of
from planner.domain.localtime import midnight
from planner.domain.people import Address, Contact, Hold, Payment, Promise
from planner.ranking.params import Params, Weights, load_params
from planner.ranking.score import Scores, score_many

CHINA = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 10)  # a Tuesday
PARAMS: Params = load_params()
HUBS = np.array([[30.0, 110.0]])


def at(days_ago: int, hour: int, minute: int = 0) -> datetime:
    """A local moment so many days before DAY."""
    day = DAY - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=CHINA)


def contact(code: str, when: datetime, result: str = "", place: str = "") -> Contact:
    """One recorded contact."""
    return Contact("", "", channel_of(code), code, when, result=result, address_id=place)


def promise(made: datetime, due: date, amount: int = 100_000) -> Promise:
    """A promise of `amount` fen."""
    return Promise("", "", amount, due, made)


def payment(when: datetime, amount: int = 50_000) -> Payment:
    """Money that came in."""
    return Payment("", "", amount, when)


def person(name: str = "P0", yuan: float = 20_000, days: int = 80, **changes: Any) -> PersonFacts:
    """A person with one home in the city, 5 km from the hub, and no history."""
    home = Address(
        f"{name}-0", name, "", AddressKind.HOME, Region.URBAN, Grade.VILLAGE, 30.0, 110.05
    )
    facts = PersonFacts(
        name, round(yuan * 100), DAY - timedelta(days=days), 1, Flag(0), None, "Asia/Shanghai",
        "CN", (home,), (), (), (), (), (),
    )  # fmt: skip
    return replace(facts, **changes)


def windows_of(table: FactTable, start: int = 9, stop: int = 20, day: date = DAY) -> Any:
    """[n, 1, 2] the same permitted hours for everybody."""
    opens = [[midnight(day, zone, hour) for hour in (start, stop)] for zone in table.zones]
    return np.array(opens, np.int64).reshape(-1, 1, 2)[table.zone]


def scored(
    people: list[PersonFacts] | FactTable,
    weights: Weights | None = None,
    eligible: Any = None,
    day: date = DAY,
    params: Params = PARAMS,
    hubs: Any = HUBS,
) -> Scores:
    """score_many with everybody eligible from 9 to 20 unless told otherwise."""
    table = people if isinstance(people, FactTable) else table_of(people)
    allowed = np.ones(table.n, np.bool_) if eligible is None else np.asarray(eligible, np.bool_)
    hours = windows_of(table, day=day)
    return score_many(table, day, params, weights or Weights(), allowed, hours, hubs)


def random_person(rng: np.random.Generator, name: str, future: bool = False) -> PersonFacts:
    """Anybody; with `future`, events after DAY are there too."""

    def when() -> datetime:
        return at(int(rng.integers(0, 120)), int(rng.integers(7, 22)), int(rng.integers(0, 60)))

    def later() -> datetime:
        return at(-int(ahead_rng.integers(1, 30)), int(ahead_rng.integers(0, 22)))

    ahead_rng = rng.spawn(1)[0]  # drawing from it leaves the past as it is

    def one() -> Contact:
        code, spot = str(rng.choice(CODES)), int(rng.integers(-1, len(places)))
        result = str(rng.choice(RESULTS)) if code.endswith("RPC") else ""
        return contact(code, when(), result, f"{name}-{spot}" if spot >= 0 else "")

    places = tuple(
        Address(
            f"{name}-{k}", name, "", AddressKind(int(rng.integers(0, 5))),
            Region(int(rng.integers(0, 3))), Grade(int(rng.integers(0, 6))),
            30 + float(rng.normal(0, 0.1)), 110 + float(rng.normal(0, 0.1)),
            valid=bool(rng.random() < 0.9),
        )
        for k in range(int(rng.integers(0, 4)))
    )  # fmt: skip
    contacts = sorted((one() for _ in range(int(rng.integers(0, 8)))), key=lambda c: c.at)
    made = [promise(when(), DAY + timedelta(days=int(rng.integers(-60, 20)))) for _ in range(2)]
    paid = sorted((payment(when()) for _ in range(int(rng.integers(0, 3)))), key=lambda p: p.at)
    if future:
        ahead = [contact("VIS-NC", later()), contact("VIS-RPC", later(), "OUT-HARD")]
        contacts += sorted(ahead, key=lambda c: c.at)
        paid.append(payment(later()))
        made.append(promise(later(), DAY + timedelta(days=3)))
    holds = (Hold("", "", HoldKind(int(rng.integers(0, 9))), when(), None),)
    shares = [int(value) for value in rng.choice([0, 40_000, 100_000], 2)]
    return person(
        name,
        yuan=float(np.exp(rng.normal(9.9, 1))),
        days=int(rng.integers(1, 700)),
        open_cases=int(rng.integers(1, 4)),
        flags=Flag(int(rng.choice([0, 0, 16, 128, 256]))),
        limitation=DAY + timedelta(days=int(rng.integers(-30, 400))),
        addresses=places,
        contacts=tuple(contacts),
        promises=tuple(made),
        promises_paid=(*shares, 100_000)[: len(made)],
        payments=tuple(paid),
        holds=holds[: int(rng.integers(0, 2))],
    )


def random_people(n: int, seed: int = 3, future: bool = False) -> list[PersonFacts]:
    """`n` of them; the same seed gives the same past with and without a future."""
    people = []
    for k in range(n):
        # each person has an own stream, so that a future does not move the next person's past
        people.append(random_person(np.random.default_rng((seed, k)), f"P{k}", future))
    return people
