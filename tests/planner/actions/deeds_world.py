"""A small random book under the rules of one country, for random sequences of deeds."""

import random
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planner.store.store import NewEvent, Store

H = 3600


@dataclass(frozen=True)
class Land:
    """A country: its clock, where the book lies, first days (some before a change of clocks) and
    how many go together."""

    code: str
    zone: str
    centre: tuple[float, float]
    days: tuple[date, ...]
    crew: tuple[int, ...]


LANDS = (
    Land("CN", "Asia/Shanghai", (30.0, 110.0), (date(2026, 11, 19), date(2026, 9, 28)), (2, 2, 3)),
    Land("US", "America/New_York", (41.0, -75.0), (date(2026, 10, 29), date(2026, 11, 18)), (1, 2)),
    Land("GB", "Europe/London", (52.5, -1.5), (date(2026, 10, 22), date(2026, 11, 18)), (1, 2)),
    Land("IN", "Asia/Kolkata", (22.0, 77.0), (date(2026, 9, 28), date(2026, 11, 18)), (1, 2)),
    Land("ID", "Asia/Jakarta", (-6.7, 107.0), (date(2026, 11, 19),), (1, 2)),
    Land("RU", "Europe/Moscow", (56.0, 38.0), (date(2026, 11, 18),), (1,)),
)


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self, now: datetime) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass
class World:
    """A workspace with its clock, its people and how its dice fall."""

    land: Land
    store: Store
    clock: Clock
    rng: random.Random
    people: tuple[str, ...]

    @property
    def today(self) -> date:
        """The day it is in the workspace."""
        return self.clock.now.astimezone(ZoneInfo(self.land.zone)).date()

    def at(self, day: date, hour: float) -> datetime:
        """A moment of a day by the workspace's clock."""
        return datetime.combine(day, time(), ZoneInfo(self.land.zone)) + timedelta(hours=hour)


def make_world(folder: Path, seed: int, persons: int = 24) -> World:
    """A new workspace; the country, the people and the crews are those of `seed`."""
    rng = random.Random(seed)
    land = LANDS[seed % len(LANDS)]
    day = rng.choice(land.days)
    clock = Clock(datetime.combine(day, time(8, 30), ZoneInfo(land.zone)).astimezone(UTC))
    store = Store.create(folder / f"book{seed}.fairvisit", clock=clock, zone=land.zone)
    ids = []
    with store.write() as tx:
        tx.append([_crew(rng, land, k, clock.now) for k in range(rng.choice((1, 2, 3)))])
    events: list[NewEvent] = []
    for i in range(persons):
        ids.append(f"P{i:03d}")  # not a keyed one: what the dice bring must not depend on keys
        events += _person(rng, land, i, ids[-1], clock.now, day)
    with store.write() as tx:
        tx.append(events)
    return World(land, store, clock, rng, tuple(ids))


def crew_terms(rng: random.Random) -> dict[str, Any]:
    """Terms of a crew, extreme ones too."""
    told: dict[str, Any] = {}
    choice = {
        "mode": ("motorcycle", "foot"), "km_price": (0, 1000), "wage": (0, 1, 20_000),
        "overtime": (0, 1, 9_000), "fixed_cost": (0, 5_000, 50_000),
        "max_duration": (H, 5 * H, 9 * H), "max_driving": (H // 2, 3 * H),
        "skills": (["dialect"],), "breaks": ([[12 * H, 13 * H, H]],
                                             [[9 * H, 10 * H, 4 * H], [14 * H, 15 * H, 4 * H]]),
    }  # fmt: skip
    for name, values in choice.items():
        if rng.random() < 0.2:
            told[name] = rng.choice(values)
    return told


def _crew(rng: random.Random, land: Land, k: int, now: datetime) -> NewEvent:
    size = rng.choice(land.crew)
    members = [{"collector_id": f"K{k}-{m}", "name": f"W{k}-{m}"} for m in range(size)]
    start = rng.choice((6, 8, 9, 9, 13)) * H
    payload = {
        "crew_id": f"K{k}", "name": f"{k + 1}.", "members": members,
        "lat": land.centre[0] + rng.gauss(0, 0.05), "lon": land.centre[1] + rng.gauss(0, 0.05),
        "start": start, "end": min(24 * H, start + rng.choice((3, 8, 9, 14)) * H),
        "weekdays": rng.choice(([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6, 7], [1, 3, 5])),
    }  # fmt: skip
    terms = crew_terms(rng)
    return NewEvent("crew.listed", "", now, payload | ({"work": terms} if terms else {}))


def _person(
    rng: random.Random, land: Land, i: int, who: str, now: datetime, day: date
) -> list[NewEvent]:
    def address(k: int) -> dict[str, Any]:
        far = rng.choice((0.0, 0.0, 0.0, 0.4, 1.2))
        grade = rng.choice((0, 0, 1, 2, 3))
        return {
            "address_id": f"A{i}-{k}", "text": f"{i}-{k} Testway", "kind": rng.choice((0, 0, 2, 1)),
            "region": 1, "grade": grade, "valid": rng.random() < 0.95,
            "lat": land.centre[0] + far + rng.gauss(0, 0.06),
            "lon": land.centre[1] + far + rng.gauss(0, 0.06), "township": f"T{i % 5}",
        }  # fmt: skip

    case = {
        "case_id": f"L/{i}", "lender": "L", "contract_no": str(i), "product": "",
        "amount_overdue": min(50_000_000, int(rng.lognormvariate(10.5, 1.4) * 100)),
        "overdue_since": (day - timedelta(days=rng.randrange(20, 360))).isoformat(),
    }  # fmt: skip
    told = {
        "name": f"Nobody {i}", "phones": [f"199{i:08d}"], "jurisdiction": land.code,
        "zone": land.zone, "addresses": [address(k) for k in range(rng.choice((1, 1, 2)))],
        "cases": [case],
    }  # fmt: skip
    long_ago = now - timedelta(days=rng.choice((3, 30, 90)), hours=3)
    events = [NewEvent("person.listed", who, min(long_ago, now - timedelta(days=9)), told)]
    call = {"channel": "call", "code": "CALL-NA", "phone": f"199{i:08d}"}
    events += [NewEvent("contact", who, now - timedelta(days=d, hours=-2), call)
               for d in rng.choice(((3, 5), (2, 8), (1, 4)))]  # fmt: skip
    if rng.random() < 0.2:
        seen = {"channel": "visit", "code": rng.choice(("VIS-NC", "VIS-RPC"))}
        events.append(NewEvent("contact", who, now - timedelta(days=rng.randrange(1, 40)), seen))
    if rng.random() < 0.1:
        events.append(NewEvent("needs", who, now, {"tags": ["dialect"]}))
    if land.code == "GB" or rng.random() < 0.1:
        begin = now + timedelta(days=rng.randrange(0, 5))
        events.append(NewEvent("notice", who, now - timedelta(days=4), {
            "from": begin.isoformat(), "until": (begin + timedelta(days=3)).isoformat(),
            "evidence": "letter"}))  # fmt: skip
    return events
