"""A made-up county in a workspace: one town with the crews' home, villages far from it."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from planner.store.events import NewEvent
from planner.store.store import Store

START = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # a Monday, 08:30 in Shanghai
HOME = (30.0, 102.0)
NORTH = 1 / 111.2  # degrees of latitude to a kilometre


class Clock:
    """A clock that stands where it is put."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def spot(north_km: float, east_km: float = 0.0) -> tuple[float, float]:
    """A place so far from the crews' home, along the compass."""
    return HOME[0] + north_km * NORTH, HOME[1] + east_km * NORTH / 0.866


def person(
    who: str, place: tuple[float, float], amount: int, *, township: str = "远山乡", **changes: Any
) -> NewEvent:
    """Somebody at `place` who owes `amount` fen since half a year."""
    address = {"address_id": f"{who}-a", "text": f"{township}{who}号", "kind": 0, "region": 1,
               "grade": 0, "lat": place[0], "lon": place[1], "township": township}  # fmt: skip
    case = {"case_id": f"银行/{who}", "lender": "银行", "contract_no": who,
            "amount_overdue": amount, "overdue_since": "2026-05-20"}  # fmt: skip
    payload = {"name": f"测试{who}", "phones": [], "zone": "Asia/Shanghai", "jurisdiction": "CN",
               "addresses": [address], "cases": [case]}  # fmt: skip
    return NewEvent("person.listed", who, START - timedelta(hours=2), payload | changes)


def calls(who: str, day: datetime = START, count: int = 3) -> list[NewEvent]:
    """Calls in vain on the days before `day`, by which a visit becomes the next step."""
    told = {"channel": "call", "code": "CALL-NA"}
    return [NewEvent("contact", who, day - timedelta(days=k + 1), told) for k in range(count)]


def crew(
    crew_id: str = "C1", place: tuple[float, float] = HOME, *, start: int = 9, end: int = 18
) -> NewEvent:
    """A crew of two that works from Monday to Saturday."""
    members = [{"collector_id": f"{crew_id}{k}", "name": f"外访{k}"} for k in "ab"]
    payload = {"crew_id": crew_id, "name": f"{crew_id}组", "members": members, "lat": place[0],
               "lon": place[1], "start": start * 3600, "end": end * 3600,
               "weekdays": [1, 2, 3, 4, 5, 6]}  # fmt: skip
    return NewEvent("crew.listed", "", START - timedelta(hours=3), payload)


def county(folder: Path, clock: Clock, events: Iterable[NewEvent]) -> Store:
    """A new workspace with these persons and crews."""
    store = Store.create(folder / "county.fairvisit", clock=clock)
    add(store, events)
    return store


def add(store: Store, events: Iterable[NewEvent]) -> bytes:
    """Record events in the workspace."""
    with store.write() as tx:
        return tx.append(list(events))
