"""A made-up book for tests of plans: 300 persons in a town and its villages, four crews.

Everybody was called twice in vain and may be visited. Villages lie up to 70 km away, so that all
kinds of reasons to be left out occur. One crew has a break, one a longest driving time.
"""

import random
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from planner.actions.edit_plan import Bench, bench_of
from planner.actions.rank import Ranking, rank
from planner.domain.work import Work
from planner.store.store import NewEvent, Store, new_debtor_id

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # a Friday, 08:30 in Shanghai
DAY = date(2026, 11, 20)
PERSONS = 300
CENTRE = (30.0, 110.0)
VILLAGES = ((0.45, 0.3), (-0.5, 0.1), (0.1, -0.6), (-0.2, 0.55))
TERMS = (
    Work(), Work(breaks=((43_200, 46_800, 2_700),)), Work(max_driving=3 * 3600),
    Work(max_duration=9 * 3600),
)  # fmt: skip


def clock() -> datetime:
    """08:30 of the day that is planned."""
    return NOW


def make_book(path: Path, persons: int = PERSONS) -> Store:
    """A new workspace at `path` with the persons and the crews."""
    rng = random.Random(7)
    store = Store.create(path, clock=clock)
    with store.write() as tx:
        tx.append([_crew(rng, k) for k in range(len(TERMS))])
    with store.write() as tx:
        events: list[NewEvent] = []
        for i in range(persons):
            who = new_debtor_id(tx, f"id:{i:018d}")
            events.append(NewEvent("person.listed", who, NOW - timedelta(90), _listed(rng, i)))
            told = {"channel": "call", "code": "CALL-NA", "phone": f"199{i:08d}"}
            events += [NewEvent("contact", who, NOW - timedelta(days=d, hours=-2), told)
                       for d in (3, 5)]  # fmt: skip
        tx.append(events)
    return store


def book_ranking(store: Store) -> Ranking:
    """The ranking of the day, the crews with their own terms."""
    known = rank(store, DAY)
    terms = zip(known.crews, TERMS, strict=True)
    return replace(known, crews=tuple(replace(crew, work=work) for crew, work in terms))


def book_bench(store: Store) -> Bench:
    """What edits need."""
    return bench_of(store, book_ranking(store))


def _crew(rng: random.Random, k: int) -> NewEvent:
    members = [{"collector_id": f"K{k}-{m}", "name": f"虚构{k}-{m}"} for m in range(2)]
    return NewEvent("crew.listed", "", NOW, {
        "crew_id": f"K{k}", "name": f"{k + 1}组", "members": members,
        "lat": CENTRE[0] + rng.gauss(0, 0.05), "lon": CENTRE[1] + rng.gauss(0, 0.05),
        "start": 9 * 3600, "end": 18 * 3600, "weekdays": [1, 2, 3, 4, 5, 6],
    })  # fmt: skip


def _listed(rng: random.Random, i: int) -> dict[str, Any]:
    lat, lon, spread = *CENTRE, 0.06
    if i % 5 == 0:
        away = rng.choice(VILLAGES)
        lat, lon, spread = lat + away[0], lon + away[1], 0.01
    address = {
        "address_id": f"A{i}", "text": f"虚构市第{i % 40}镇{i}号", "kind": 0, "region": 1,
        "grade": rng.choice((0, 1, 2)), "valid": True,
        "lat": lat + rng.gauss(0, spread), "lon": lon + rng.gauss(0, spread),
        "township": f"第{i % 40}镇",
    }  # fmt: skip
    case = {
        "case_id": f"L/{i}", "lender": "L", "contract_no": str(i), "product": "",
        "amount_overdue": min(50_000_000, int(rng.lognormvariate(9.0, 1.4) * 100)),
        "overdue_since": (DAY - timedelta(days=rng.randrange(20, 360))).isoformat(),
    }  # fmt: skip
    return {
        "name": f"虚构{i}", "phones": [f"199{i:08d}"], "jurisdiction": "CN",
        "addresses": [address], "cases": [case],
    }  # fmt: skip
