"""Folding: step by step, person by person and from scratch give the same; undo goes back."""

import contextlib
import random
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_factory import NOW, TestClock, append, listed, make_store, random_event, visit

from planner.domain.codes import Flag
from planner.errors import PlannerError
from planner.store.events import Event, NewEvent
from planner.store.people import find_persons, load_debtor, timeline
from planner.store.state import derived_hash, mark, rebuild, refold, undone_batches
from planner.store.store import Store, undo


def state_of(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def undone(store: Store, batch: bytes) -> bytes:
    with store.write() as tx:
        return undo(tx, batch)


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_incremental_equals_refold_equals_rebuild(seed: int) -> None:
    """After any history with undo and redo: the tables grown step by step, the tables with each
    person folded again, and the tables rebuilt from the log are the same."""
    rnd = random.Random(seed)
    clock = TestClock()
    people = [f"P{k}" for k in range(6)]
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), clock) as store:
        batches: list[bytes] = []
        for _ in range(40):
            clock.forward(seconds=rnd.randrange(3))
            if batches and rnd.random() < 0.3:
                chosen = rnd.choice(batches)
                with contextlib.suppress(PlannerError):  # undone before
                    batches.append(undone(store, chosen))
            else:
                events = [random_event(rnd, rnd.choice(people)) for _ in range(rnd.randrange(1, 6))]
                batches.append(append(store, *events))
        grown = state_of(store)
        with store.write() as tx:
            refold(tx.conn, people)
            assert derived_hash(tx.conn) == grown
            rebuild(tx.conn)
            assert derived_hash(tx.conn) == grown


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 2**32))
def test_undo_all_leads_back_to_the_start(seed: int) -> None:
    """Random deeds, undo and redo in between; undoing what still counts gives the first hash."""
    rnd = random.Random(seed)
    clock = TestClock()
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), clock) as store:
        append(store, listed("P0"), listed("P1"))
        start = state_of(store)
        hashes, done, redo = [start], list[bytes](), list[bytes]()
        for _ in range(30):
            clock.forward(seconds=1)
            choice = rnd.random()
            if choice < 0.3 and done:
                redo.append(undone(store, done.pop()))
                hashes.pop()
            elif choice < 0.5 and redo:
                done.append(undone(store, redo.pop()))
                hashes.append(state_of(store))
            else:
                redo.clear()
                done.append(append(store, random_event(rnd, rnd.choice(["P0", "P1", "P2"]))))
                hashes.append(state_of(store))
            assert state_of(store) == hashes[-1]
        while done:
            undone(store, done.pop())
        assert state_of(store) == start


def test_order_of_recording_does_not_matter(tmp_path: Path) -> None:
    """A flag set on Monday and taken off on Tuesday is off, whichever was recorded first."""
    with make_store(tmp_path) as store:
        off = NewEvent("flag", "A", NOW, {"flag": 8, "on": False})
        on = NewEvent("flag", "A", NOW - timedelta(days=1), {"flag": 8, "on": True})
        append(store, listed("A", NOW - timedelta(days=2)), off)
        append(store, on)
        with store.read() as conn:
            assert load_debtor(conn, "A").flags == Flag(0)


def test_same_moment_goes_by_order_of_recording(tmp_path: Path) -> None:
    """Two events of one second, recorded by different openings of the file: the later one wins."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        append(store, NewEvent("flag", "A", NOW, {"flag": 8, "on": True}))
    for on in (False, True, False):
        with Store.open(store.path, clock=TestClock()) as again:
            append(again, NewEvent("flag", "A", NOW, {"flag": 8, "on": on}))
            with again.read() as conn:
                assert load_debtor(conn, "A").flags == Flag(8 if on else 0)


def test_partial_listing_changes_only_what_it_says(tmp_path: Path) -> None:
    """A second listing with one field leaves the others, the other cases and addresses alone."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        change = {"phones": ["139"], "cases": [{"case_id": "银行/A", "amount_overdue": 5}],
                  "addresses": [{"address_id": "A-a", "valid": False}]}  # fmt: skip
        append(store, NewEvent("person.listed", "A", NOW, change))
        with store.read() as conn:
            person = load_debtor(conn, "A")
    assert (person.name, person.phones) == ("王小明", ("139",))
    assert (person.cases[0].amount_overdue, person.cases[0].lender) == (5, "银行")
    assert person.cases[0].overdue_since.isoformat() == "2025-11-05"
    assert (person.addresses[0].valid, person.addresses[0].lat) == (False, 30.1234567)


def test_ended_hold_ends_only_that_hold(tmp_path: Path) -> None:
    """`hold.ended` closes the hold with that id at that moment, and never prolongs it."""
    with make_store(tmp_path) as store:
        soon, late = NOW + timedelta(days=1), NOW + timedelta(days=5)
        append(
            store,
            NewEvent("hold", "A", NOW, {"hold_id": "1", "kind": 0, "until": soon}),
            NewEvent("hold", "A", NOW, {"hold_id": "2", "kind": 0}),
            NewEvent("hold.ended", "A", late, {"hold_id": "1"}),
            NewEvent("hold.ended", "A", late, {"hold_id": "2"}),
        )
        with store.read() as conn:
            ends = [row[0] for row in conn.execute("SELECT until FROM hold ORDER BY hold_id")]
    assert ends == [int(soon.timestamp()), int(late.timestamp())]


def test_undo_of_an_import_removes_the_person(tmp_path: Path) -> None:
    """After the undo of the listing nobody is found; redo brings everything back."""
    with make_store(tmp_path) as store:
        batch = append(store, listed("A"), visit("A"))
        full = state_of(store)
        back = undone(store, batch)
        with store.read() as conn:
            assert find_persons(conn, text="王小明") == []
            assert [entry.undone for entry in timeline(conn, "A")] == [True, True]
        undone(store, back)
        assert state_of(store) == full
        with store.read() as conn:
            assert find_persons(conn, text="王小明") == ["A"]


def test_undo_touches_no_other_batch(tmp_path: Path) -> None:
    """What was recorded after the undone batch still counts."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        first = append(store, visit("A"))
        append(store, visit("A", NOW + timedelta(hours=1), "VIS-RPC"))
        undone(store, first)
        with store.read() as conn:
            entries = timeline(conn, "A")
    assert [(entry.code, entry.undone) for entry in entries] == [
        ("", False), ("VIS-NC", True), ("VIS-RPC", False),
    ]  # fmt: skip


def test_undo_of_nothing_is_refused(tmp_path: Path) -> None:
    """An unknown batch and a batch undone before have their own codes, and write nothing."""
    with make_store(tmp_path) as store:
        batch = append(store, listed("A"))
        undone(store, batch)
        for target, code in ((batch, "store.already_undone"), (bytes(16), "store.unknown_batch")):
            with pytest.raises(PlannerError) as caught:
                undone(store, target)
            assert caught.value.code == code


def test_long_chains_of_undo_do_not_overflow() -> None:
    """Five thousand undos of undos are judged without recursion, a circle without hanging."""

    def reversal(target: int, batch: int) -> Event:
        payload = {"batch": target.to_bytes(16, "big").hex()}
        return Event(b"", "reversal", "A", batch.to_bytes(16, "big"), 0, payload)

    events = [reversal(k, k + 1) for k in range(5000)]
    found = undone_batches(events)
    assert (0).to_bytes(16, "big") not in found
    assert (4999).to_bytes(16, "big") in found
    undone_batches([reversal(1, 2), reversal(2, 1)])


def test_marks_are_stable() -> None:
    """The number that stands for a phone is part of the stored format."""
    assert mark("") == 0
    assert mark("13800001234") == 408086838589
