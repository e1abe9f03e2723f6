"""Payloads judged column by column, and rows of new persons: as one by one, as by the rules."""

import random
from pathlib import Path
from typing import Any

import pytest
from store_factory import TestClock, make_store

from planner.errors import PlannerError
from planner.store import newly, state
from planner.store.columnwise import listings_right
from planner.store.events import NewEvent, next_id
from planner.store.kinds import check_payload
from planner.store.store import Store

PLACE = {"address_id": "A1", "text": "虚构省虚构市某县某街1号", "kind": 0, "region": 1, "grade": 2,
         "lat": 30.5, "lon": 110.25, "source": "import", "township": "某镇",
         "valid": True}  # fmt: skip
CASE = {"case_id": "L/1", "lender": "L", "contract_no": "1", "product": "", "amount_overdue": 5,
        "overdue_since": "2026-01-31", "status": "open", "limitation_date": None}  # fmt: skip
VALUES: tuple[Any, ...] = (
    None, True, 0, 1, 99, 2**53, 2**53 + 1, -(2**53) - 1, 1.0, float("nan"), "", "x", "open",
    "2026-02-29", "2026-02-28", "20260228", "1799-01-01", "\ud800", b"x", [], ["a", "\ud800"],
    ["a"], ["a", "a"], [1], "ab", (), ("a",), {}, object,
)  # fmt: skip


def told(rng: random.Random, changes: int) -> dict[str, Any]:
    """A listing with some fields left out, added or changed."""
    place = PLACE | rng.choice([{}, {"datum": "wgs84"}, {"county": "某县"}])
    case = dict(CASE)
    one: dict[str, Any] = {"name": "单雄", "phones": ["19912345678"], "flags": 0,
                           "addresses": [place], "cases": [case]}  # fmt: skip
    if rng.random() < 0.3:
        one["addresses"].append(place | {"address_id": "A2", "text": "B"})
        one["cases"].append(case | {"case_id": "L/2"})
    for part in rng.choices((place, case, one), k=changes):
        name = rng.choice([*part, "needs", "zone", "else"])
        if rng.random() < 0.3:
            part.pop(name, None)
        else:
            part[name] = rng.choice(VALUES)
    return one


def kept_as_it_is(payload: dict[str, Any]) -> bool:
    """Whether the checks field by field keep the payload and change nothing in it."""
    try:
        return repr(check_payload("person.listed", "P", payload, "Asia/Shanghai")) == repr(payload)
    except PlannerError:
        return False


@pytest.mark.parametrize("seed", range(4))
def test_columns_pass_only_what_would_be_kept(seed: int) -> None:
    """Whatever passes column by column would be kept as it is; usual listings do pass, together
    with one that is wrong none does."""
    rng = random.Random(seed)
    passed = [one for one in (told(rng, rng.randrange(3)) for _ in range(1500))
              if listings_right([one])]  # fmt: skip
    assert len(passed) > 400
    assert all(map(kept_as_it_is, passed))
    assert listings_right(passed)
    assert listings_right([told(rng, 0) for _ in range(50)])
    assert not listings_right([*passed, told(rng, 0) | {"name": 5}])


def listed(store: Store, payloads: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """The state and the words of the search after these new persons, two entries more for each
    third one."""
    with store.write() as tx:
        now = store.clock()
        events = []
        for number, payload in enumerate(payloads):
            who = f"P{number}"
            events.append(NewEvent("person.listed", who, now, payload))
            if number % 3 == 0:
                events.append(NewEvent("person.listed", who, now, {"name": "另名", "flags": 1}))
                events.append(NewEvent("hold", who, now, {"hold_id": "H", "kind": 1}))
        tx.append(events, next_id(now))
        tx.conn.execute("CREATE VIRTUAL TABLE temp.v USING fts5vocab(main, search, instance)")
        words = sorted(tx.conn.execute("SELECT term, doc FROM temp.v"))
        tx.conn.execute("DROP TABLE temp.v")
        return state.derived_hash(tx.conn), words


def test_new_persons_are_written_as_by_the_rules(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Persons of whom nothing was known get the same rows and search words in bulk, by the rules of
    folding, and when everything is folded anew."""
    rng = random.Random(3)
    payloads = [one for one in (told(rng, rng.randrange(3)) for _ in range(400))
                if kept_as_it_is(one)]  # fmt: skip
    payloads += [{}, {"addresses": [PLACE, PLACE | {"text": "C"}], "cases": [CASE, CASE]}]
    calls = []
    bulk = newly.write

    def counted(conn: Any, persons: Any) -> set[int]:
        calls.append(bulk(conn, persons))
        return calls[-1]

    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    with make_store(tmp_path / "one", TestClock()) as store:
        monkeypatch.setattr(newly, "write", counted)
        fast = listed(store, payloads)
        with store.write() as tx:
            state.rebuild(tx.conn)
            assert state.derived_hash(tx.conn) == fast[0]
    with make_store(tmp_path / "two", TestClock()) as store:
        monkeypatch.setattr(newly, "write", lambda conn, persons: set())
        assert listed(store, payloads) == fast
    assert 100 < len(set().union(*calls)) < len(payloads)
