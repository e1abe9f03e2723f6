"""A made-up workspace of any size for benchmarks: one city, its villages, twenty crews of two.

In `fresh` books everybody was called twice in vain and may be visited; in the others everybody has
five contacts of the last sixty days, and half of them a promise and a payment.
"""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from planner.store.store import NewEvent, Store, new_debtor_id

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # a Friday, 08:30 in Shanghai
DAY = date(2026, 11, 20)
CREWS = 20
CENTRE = (30.0, 110.0)
_FAMILY, _GIVEN = "赵钱孙李周吴郑王冯陈", "明华秀英伟芳丽强磊静"
_CODES = ("CALL-NA", "CALL-NA", "CALL-BUSY", "CALL-RPC", "VIS-NC")
_CHUNK = 5_000


def clock() -> datetime:
    """The moment of the benchmark."""
    return NOW


def make_book(path: Path, persons: int, *, fresh: bool = False) -> Store:
    """A new workspace at `path` with this many persons and the crews."""
    rng = random.Random(7)
    store = Store.create(path, clock=clock)
    with store.write() as tx:
        tx.append([_crew(rng, k) for k in range(CREWS)])
    for start in range(0, persons, _CHUNK):
        with store.write() as tx:
            events: list[NewEvent] = []
            for i in range(start, min(persons, start + _CHUNK)):
                who = new_debtor_id(tx, f"id:{i:018d}")
                events.append(NewEvent("person.listed", who, NOW - timedelta(90), _listed(rng, i)))
                events += _calls(who, i) if fresh else _history(rng, who, i)
            tx.append(events)
    return store


def _crew(rng: random.Random, k: int) -> NewEvent:
    members = [{"collector_id": f"K{k}-{m}", "name": f"虚构{k}-{m}"} for m in range(2)]
    return NewEvent("crew.listed", "", NOW, {
        "crew_id": f"K{k:02}", "name": f"{k + 1}组", "members": members,
        "lat": CENTRE[0] + rng.gauss(0, 0.06), "lon": CENTRE[1] + rng.gauss(0, 0.06),
        "start": 9 * 3600, "end": 18 * 3600, "weekdays": [1, 2, 3, 4, 5, 6],
    })  # fmt: skip


def _listed(rng: random.Random, i: int) -> dict[str, Any]:
    region = rng.choices((0, 1, 2), (0.6, 0.25, 0.15))[0]
    spread = (0.05, 0.12, 0.25)[region]
    address = {
        "address_id": f"A{i}", "text": f"虚构市虚构县第{i % 40}镇{i}号", "kind": 0,
        "region": region, "grade": rng.choice((0, 1, 2)), "valid": True,
        "lat": CENTRE[0] + rng.gauss(0, spread), "lon": CENTRE[1] + rng.gauss(0, spread),
        "township": f"第{i % 40}镇",
    }  # fmt: skip
    case = {
        "case_id": f"L/{i}", "lender": "L", "contract_no": str(i), "product": "",
        "amount_overdue": min(50_000_000, int(rng.lognormvariate(9.9, 1.0) * 100)),
        "overdue_since": (DAY - timedelta(days=rng.randrange(20, 360))).isoformat(),
    }  # fmt: skip
    return {
        "name": _FAMILY[i % 10] + _GIVEN[i // 10 % 10] + _GIVEN[i // 100 % 10],
        "phones": [f"199{i:08d}"], "jurisdiction": "CN", "addresses": [address], "cases": [case],
    }  # fmt: skip


def _calls(who: str, i: int) -> Iterator[NewEvent]:
    told = {"channel": "call", "code": "CALL-NA", "phone": f"199{i:08d}"}
    for days in (3, 5):
        yield NewEvent("contact", who, NOW - timedelta(days=days, hours=-2), told)


def _history(rng: random.Random, who: str, i: int) -> Iterator[NewEvent]:
    for code in _CODES:
        at = NOW - timedelta(seconds=rng.randrange(3600, 60 * 86_400))
        told = {"channel": "visit"} if code == "VIS-NC" else {"channel": "call"}
        if code != "VIS-NC":
            told["phone"] = f"199{i:08d}"
        yield NewEvent("contact", who, at, {**told, "code": code})
    if i % 2:
        made = NOW - timedelta(days=rng.randrange(65, 90))
        due = (made + timedelta(days=7)).date().isoformat()
        yield NewEvent("promise", who, made, {"promise_id": f"V{i}", "amount": 90_000, "due": due})
        paid = made + timedelta(days=rng.randrange(3, 20))
        yield NewEvent("payment", who, paid, {"amount": rng.choice((30_000, 90_000))})
