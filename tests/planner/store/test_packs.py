"""Blocks of facts: whatever happened, they say what the tables say, and nothing of the erased."""

import contextlib
import random
import tempfile
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from store_factory import NOW, ZONE, TestClock, append, listed, make_store, random_event, visit

from planner.domain.facts import FactTable
from planner.errors import PlannerError
from planner.store import packs
from planner.store.erasure import erase_person
from planner.store.facts import keep_blocks, load_facts
from planner.store.store import Store, undo
from planner.store.verify import verify

DAY = NOW.date()


def book(store: Store) -> FactTable:
    with store.read() as conn:
        return load_facts(conn, DAY, zone=ZONE)


def kept(store: Store) -> list[int]:
    with store.read() as conn:
        return [one for (one,) in conn.execute("SELECT block FROM pack ORDER BY block")]


_NAMED = {"zone": "zones", "jurisdiction": "jurisdictions", "override_rule": "override_rules"}


def same(one: FactTable, other: FactTable) -> None:
    """Every column; names by what they say, for their order hangs on who is in the table."""
    for field in fields(one):
        mine, yours = getattr(one, field.name), getattr(other, field.name)
        if field.name in _NAMED:
            names = _NAMED[field.name]
            mine = [getattr(one, names)[k] for k in mine]
            yours = [getattr(other, names)[k] for k in yours]
        if isinstance(mine, np.ndarray):
            assert mine.dtype == yours.dtype, field.name
            assert np.array_equal(mine, yours, equal_nan=mine.dtype.kind == "f"), field.name
        elif field.name not in _NAMED.values():
            assert list(mine) == list(yours), field.name


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_blocks_say_what_the_tables_say(monkeypatch: pytest.MonkeyPatch, seed: int) -> None:
    """After any history with undo, redo and erasure, some blocks kept and some not: the whole book
    is what reading each person's rows gives, in the order of the first cases."""
    monkeypatch.setattr(packs, "SPAN", 3)
    monkeypatch.setattr(packs, "_AT_ONCE", 4)
    rnd, clock = random.Random(seed), TestClock()
    people = [f"P{k}" for k in range(9)]
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), clock) as store:
        batches: list[bytes] = []
        for _ in range(30):
            clock.forward(seconds=rnd.randrange(3))
            who = rnd.choice(people)
            with contextlib.suppress(PlannerError):  # undone before, erased, not known yet
                if batches and rnd.random() < 0.2:
                    with store.write() as tx:
                        batches.append(undo(tx, rnd.choice(batches)))
                elif rnd.random() < 0.05:
                    with store.write() as tx:
                        erase_person(tx, who)
                else:
                    batches.append(append(store, random_event(rnd, who), random_event(rnd, who)))
            if rnd.random() < 0.5:
                keep_blocks(store)
                with store.read() as conn:
                    assert packs.missing(conn) == []
            table = book(store)
            with store.read() as conn:
                ids = list(table.debtor_ids)
                same(table, load_facts(conn, DAY, zone=ZONE, debtor_ids=ids))
                found = conn.execute(
                    "SELECT DISTINCT debtor_id FROM loan JOIN who USING (pid) WHERE status = 'open'"
                )
                assert set(ids) == {who for (who,) in found}
                assert not packs.wrong(conn)


def test_a_block_that_lies_is_found(tmp_path: Path) -> None:
    """One changed byte of a block, or another order of the rows: verify says so."""
    with make_store(tmp_path) as store:
        append(store, listed("A"), listed("B"), visit("A"))
        keep_blocks(store)
        assert verify(store).ok
        for block in (0, packs.ORDER):
            with store.write() as tx:
                (body,) = tx.conn.execute(
                    "SELECT body FROM pack WHERE block = ?", (block,)
                ).fetchone()
                changed = bytes([body[0] ^ 1]) + body[1:]
                tx.conn.execute("UPDATE pack SET body = ? WHERE block = ?", (changed, block))
            ((code, told),) = verify(store).problems
            assert (code, told["table"]) == ("verify.state", "pack")
            with store.write() as tx:
                packs.write(tx.conn, [block])
        assert verify(store).ok


def test_an_entry_takes_its_block_away_and_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A visit makes one block anew and leaves the order of the book; a list and an erasure, the
    order too."""
    monkeypatch.setattr(packs, "SPAN", 2)
    with make_store(tmp_path) as store:
        append(store, *(listed(f"P{k}") for k in range(5)))  # pids 1 to 5
        keep_blocks(store)
        assert kept(store) == [-1, 0, 1, 2]
        append(store, visit("P1"))
        assert kept(store) == [-1, 0, 2]
        append(store, visit("P1", NOW.replace(hour=0)))  # before the other one: folded anew
        assert kept(store) == [-1, 0, 2]
        keep_blocks(store)
        append(store, listed("P4"))
        assert kept(store) == [0, 1]
        keep_blocks(store)
        with store.write() as tx:
            erase_person(tx, "P0")
        assert kept(store) == [1, 2]


def test_reading_alone_writes_nothing(tmp_path: Path) -> None:
    """A program that has not written keeps no blocks, and none of another format is believed."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
    with Store.open(store.path, clock=TestClock()) as store:
        keep_blocks(store)
        assert (kept(store), book(store).n) == ([], 1)
        append(store, visit("A"))
        keep_blocks(store)
        assert kept(store) == [-1, 0]
        for head in ('{"format": 99}', "{", "[]", ""):
            with store.write() as tx:
                tx.conn.execute("UPDATE pack SET head = ?", (head,))
            assert list(book(store).debtor_ids) == ["A"]
            keep_blocks(store)
            assert verify(store).ok
