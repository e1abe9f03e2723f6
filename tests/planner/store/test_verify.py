"""Verification finds every kind of damage and names the first bad entry."""

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from store_factory import TestClock, append, listed, make_plan, make_store, random_event, visit

from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.plans import save_plan
from planner.store.state import rebuild
from planner.store.store import Store, undo
from planner.store.verify import verify
from planner.words import sentence


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A workspace with some history, an undone step and a plan."""
    made = make_store(tmp_path)
    rnd = random.Random(5)
    append(made, *(listed(f"P{k}") for k in range(5)))
    for _ in range(20):
        batch = append(made, random_event(rnd, f"P{rnd.randrange(5)}"))
    with made.write() as tx:
        undo(tx, batch)
        save_plan(tx, make_plan(), b"", tx.append([]))
    return made


def found(store: Store) -> dict[str, dict[str, Any]]:
    with store:
        return dict(verify(store).problems)


def damage(store: Store, deed: Callable[[Connection], None]) -> dict[str, dict[str, Any]]:
    """What is found after `deed`, done by somebody who has the key and drops the triggers."""
    with store.write() as tx:
        tx.conn.execute("DROP TRIGGER event_no_update")
        tx.conn.execute("DROP TRIGGER event_no_delete")
        deed(tx.conn)
    return found(store)


def test_a_whole_workspace(store: Store) -> None:
    """No problem; progress runs to the number of all steps."""
    seen: list[tuple[int, int]] = []
    with store:
        report = verify(store, on_progress=lambda done, total: seen.append((done, total)))
    assert report.ok
    assert report.problems == ()
    assert report.events == 26
    assert seen[-1] == (52, 52)


def test_cancelling(store: Store) -> None:
    """A cancelled run ends with a code."""
    with store, pytest.raises(PlannerError) as caught:
        verify(store, cancelled=lambda: True)
    assert caught.value.code == "store.cancelled"


@pytest.mark.parametrize("places", [50, pytest.param(300, marks=pytest.mark.full)])
def test_one_flipped_byte_anywhere(tmp_path: Path, places: int) -> None:
    """One bit changed at any of fifty places of the file is noticed, at the latest by verify."""
    with make_store(tmp_path) as store:
        append(store, *(listed(f"P{k}") for k in range(40)))
    rnd = random.Random(3)
    good = store.path.read_bytes()
    for place in [
        0,
        20,
        5000,
        len(good) - 1,
        *(rnd.randrange(len(good)) for _ in range(places - 4)),
    ]:
        bad = bytearray(good)
        bad[place] ^= 1 << rnd.randrange(8)
        store.path.write_bytes(bad)
        try:
            with Store.open(store.path, clock=TestClock()) as again:
                report = verify(again)
            noticed = "verify.page" in dict(report.problems)
        except PlannerError as error:
            noticed = error.code == "store.damaged"
        # The first 16 bytes are a copy of the salt that lies in the envelope: they may be wrong.
        assert noticed or place < 16, place


def test_an_altered_payload(store: Store) -> None:
    """A changed payload breaks the chain at its own entry and cannot be read."""
    problems = damage(
        store,
        lambda conn: conn.execute(
            "UPDATE event SET payload = zeroblob(length(payload)) WHERE device_seq = 9"
        ),
    )
    assert problems["verify.chain"]["number"] == 9
    assert problems["verify.payload"]["number"] == 9
    assert "9" in sentence("verify.chain", "zh_CN", **problems["verify.chain"])


@pytest.mark.parametrize(
    "change", ["debtor_id = 'P9'", "kind = 'visit'", "occurred_at = 0", "batch = x'00'",
               "recorded_at = 1", "schema_v = 2", "key = x'01'", "device_seq = 99"],
)  # fmt: skip
def test_an_altered_header(store: Store, change: str) -> None:
    """Every plain column is under the hash."""
    problems = damage(
        store, lambda conn: conn.execute(f"UPDATE event SET {change} WHERE device_seq = 7")
    )
    assert "verify.chain" in problems


def test_a_forged_but_consistent_entry(store: Store) -> None:
    """An entry whose own hash was made to fit is found at the next one."""
    problems = damage(
        store, lambda conn: conn.execute("UPDATE event SET hash = x'00' WHERE device_seq = 9")
    )
    assert problems["verify.chain"]["number"] == 9
    assert problems["verify.chain"]["more"] == 1


def test_a_missing_entry(store: Store) -> None:
    """A hole in the numbers is named by what was expected and what came."""
    problems = damage(store, lambda conn: conn.execute("DELETE FROM event WHERE device_seq = 9"))
    assert problems["verify.gap"]["expected"] == 9
    assert problems["verify.gap"]["number"] == 10


def test_a_missing_end(store: Store) -> None:
    """Entries cut off at the end are missed, too."""
    problems = damage(store, lambda conn: conn.execute("DELETE FROM event WHERE device_seq > 20"))
    assert problems["verify.head"]["number"] == 20
    assert "verify.chain" not in problems


def test_a_lost_key(store: Store) -> None:
    """A person's key that is gone without an erasure makes the payloads unreadable."""
    with store.write() as tx:
        tx.conn.execute("UPDATE who SET key = randomblob(32) WHERE debtor_id = 'P2'")
    assert found(store)["verify.payload"]["number"] == 3


@pytest.mark.parametrize(
    ("deed", "table"),
    [
        ("UPDATE person SET flags = flags + 1 WHERE pid = 2", "person"),
        ("DELETE FROM loan WHERE pid = 2", "loan"),
        ("INSERT INTO contact VALUES (2, 0, x'00', 1, 1, 1, 1)", "contact"),
    ],
)
def test_a_wrong_derived_row(store: Store, deed: str, table: str) -> None:
    """A derived table that does not follow from the events is named; a rebuild repairs it."""
    with store.write() as tx:
        tx.conn.execute(deed)
    with store:
        assert dict(verify(store).problems) == {"verify.state": {"table": table, "more": 0}}
        with store.write() as tx:
            rebuild(tx.conn)
        assert verify(store).ok


def test_a_plan_that_cannot_be_read(store: Store) -> None:
    """A stored plan that is no plan is named by its version."""
    with store.write() as tx:
        tx.conn.execute("UPDATE plan SET body = '{}'")
    assert found(store)["verify.plan"] == {"version": 1, "more": 0}


def test_verify_beside_the_writer(store: Store) -> None:
    """A second program may verify while the first one holds the workspace."""
    with store, Store.open(store.path, clock=TestClock()) as reader:
        append(store, visit("P1"))
        assert verify(reader).ok
