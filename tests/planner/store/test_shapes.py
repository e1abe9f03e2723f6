"""Payloads checked by their shape are checked exactly as field by field; headers and ids too."""

import json
import os
import random
import uuid
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from planner.errors import PlannerError
from planner.store import kinds
from planner.store.events import header, next_ids
from planner.store.kinds import check_payload

PLACE = {"address_id": "A1", "text": "某街1号", "kind": 0, "region": 1, "grade": 2, "lat": 30.5,
         "lon": 110.25, "source": "import", "township": "", "valid": True}  # fmt: skip
CASE = {"case_id": "L/1", "lender": "L", "contract_no": "1", "product": "", "amount_overdue": 5,
        "overdue_since": "2026-01-31", "status": "open", "limitation_date": None}  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, False, 0, 1, -1, 2, 99, 2**53, 2**53 + 1, 1.0, 1.5, float("nan"), "", "x", "open",
    "2026-02-29", "2026-02-28", "20260228", "1799-01-01", "\ud800", b"x", [], ["a", "\ud800"],
    ["a"], "ab", (), {}, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), object,
)  # fmt: skip


def outcome(check: Callable[[], dict[str, Any]]) -> str:
    """What is kept, or the error with its field."""
    try:
        return repr(check())
    except PlannerError as error:
        return f"{error.code} {error.params}"


def test_shapes_change_no_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Listings with any value in any field are kept or refused alike, with the same field named,
    however often a payload of that shape came before."""
    rng = random.Random(5)
    given = []
    for _ in range(1500):
        place, case = dict(PLACE), dict(CASE)
        told: dict[str, Any] = {"name": "甲", "phones": ["1"], "flags": 0, "addresses": [place],
                                "cases": [case]}  # fmt: skip
        for one in rng.sample((place, case, told), rng.randrange(3)):
            name = rng.choice([*one, "else"])
            if rng.random() < 0.2:
                one.pop(name, None)
            else:
                one[name] = rng.choice(VALUES)
        given.append(told)

    def verdicts() -> list[str]:
        return [
            outcome(lambda told=told: check_payload("person.listed", "P", told, "Asia/Shanghai"))
            for told in given
        ]

    first, again = verdicts(), verdicts()
    monkeypatch.setattr(kinds, "_fields", kinds._one_by_one)
    assert first == again == verdicts()
    assert 100 < sum(one.startswith("{") for one in first) < len(first) - 100


def test_headers_are_compact_json() -> None:
    """A header is the compact JSON list of its columns, whatever characters are in them."""
    one, other = os.urandom(16), os.urandom(16)
    for kind in ("person.listed", 'a"b', "张\\", "", "a b"):
        for key in (None, b"", other):
            row = (one, "ab12", 7, kind, kind, other, -5, 9, 1, key)
            listed = [one.hex(), "ab12", 7, kind, kind, other.hex(), -5, 9, 1,
                      key.hex() if key else None]  # fmt: skip
            assert header(*row) == json.dumps(listed, separators=(",", ":")).encode()


def test_ids_in_bulk_grow() -> None:
    """Many ids of one moment are UUIDs of version 7 that grow, above the last one even when the
    clock went back."""
    now = datetime(2026, 11, 23, tzinfo=UTC)
    first = next_ids(now, b"", 500)
    later = next_ids(datetime(2020, 1, 1, tzinfo=UTC), first[-1], 500)
    every = [*first, *later]
    assert every == sorted(set(every))
    assert {uuid.UUID(bytes=one).version for one in every} == {7}
    assert {uuid.UUID(bytes=one).variant for one in every} == {uuid.RFC_4122}
