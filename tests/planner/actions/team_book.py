"""A made-up book for tests of a team: persons over 60 km, six crews of two."""

import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from planner.store.events import NewEvent
from planner.store.store import Store

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # a Friday, 08:30 in Shanghai
DAY = date(2026, 11, 20)
TOWNS = ((30.0, 110.0, 0.03, 5), (30.25, 110.2, 0.02, 3), (29.85, 110.3, 0.05, 2),
         (30.4, 109.8, 0.06, 1), (29.7, 109.75, 0.06, 1))  # fmt: skip  # lat, lon, spread, weight
HOMES = (0, 0, 0, 1, 1, 2)  # the town of each crew


def clock() -> datetime:
    """08:30 of the day."""
    return NOW


def make_team_book(path: Path, persons: int, seed: int = 3, **first: Any) -> Store:
    """A new workspace with `persons` (P00000, ...) who have one or two cases each and twelve
    collectors (S01 to S12) in crews K1 to K6; `first` are changes of the first person's list."""
    rng = random.Random(seed)
    store = Store.create(path, clock=clock)
    events = [_crew(k) for k in range(len(HOMES))]
    with store.write() as tx:
        tx.append(events)
        tx.append([
            NewEvent("person.listed", f"P{i:05d}", NOW - timedelta(days=90),
                     _person(rng, i) | (first if i == 0 else {}))
            for i in range(persons)
        ])  # fmt: skip
    return store


def _crew(k: int) -> NewEvent:
    lat, lon, _, _ = TOWNS[HOMES[k]]
    members = [{"collector_id": f"S{2 * k + j + 1:02d}", "name": f"员工{2 * k + j + 1}"}
               for j in range(2)]  # fmt: skip
    told = {"crew_id": f"K{k + 1}", "name": f"{k + 1}组", "members": members, "lat": lat,
            "lon": lon + k * 0.01, "start": 9 * 3600, "end": 18 * 3600,
            "weekdays": [1, 2, 3, 4, 5]}  # fmt: skip
    return NewEvent("crew.listed", "", NOW - timedelta(days=91), told)


def _person(rng: random.Random, i: int) -> dict[str, Any]:
    lat, lon, spread, _ = rng.choices(TOWNS, [one[3] for one in TOWNS])[0]
    late = rng.choices((rng.randrange(20, 60), rng.randrange(90, 170), rng.randrange(200, 500)),
                       (3, 4, 3))[0]  # fmt: skip
    since = (DAY - timedelta(days=late)).isoformat()
    cases = [
        {"case_id": f"银行/{i:05d}-{k}", "lender": "银行", "contract_no": f"{i:05d}-{k}",
         "amount_overdue": int(rng.lognormvariate(13.8, 0.9)), "overdue_since": since}
        for k in range(rng.choices((1, 2), (4, 1))[0])
    ]  # fmt: skip
    address = {"address_id": f"a{i:05d}", "text": f"河西镇长街{i}号", "kind": 0, "region": 1,
               "grade": 0, "lat": lat + rng.gauss(0, spread), "lon": lon + rng.gauss(0, spread),
               "township": "河西镇", "county": "青石县"}  # fmt: skip
    return {"name": f"测试{i}", "id_number": f"{i:018d}", "phones": [], "addresses": [address],
            "cases": cases}  # fmt: skip
