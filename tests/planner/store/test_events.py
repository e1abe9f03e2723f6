"""The log: ids, append-only, seals, recognised repeats, erasure."""

from datetime import date, timedelta
from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from store_factory import NOW, TestClock, append, listed, make_store, visit

from planner.errors import PlannerError
from planner.store.erasure import erase_person
from planner.store.events import NewEvent, events_of, next_id, rows, unseal
from planner.store.facts import load_contacts, load_facts
from planner.store.people import find_persons, load_debtor, timeline
from planner.store.state import derived_hash
from planner.store.store import Store, find_debtor, new_debtor_id, undo
from planner.store.verify import verify

VISIT = {"channel": "visit", "code": "VIS-NC"}


def count(store: Store, table: str) -> int:
    with store.read() as conn:
        return int(conn.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_ids_are_uuid7_and_only_grow() -> None:
    """Version 7, variant 2, the moment in front; ten thousand of one moment stay in order, also
    when the clock goes back."""
    first = next_id(NOW)
    assert first[6] >> 4 == 7
    assert first[8] >> 6 == 2
    assert int.from_bytes(first[:6], "big") == int(NOW.timestamp() * 1000)
    ids = [first]
    for k in range(10_000):
        ids.append(next_id(NOW - timedelta(seconds=k % 3), ids[-1]))
    assert ids == sorted(set(ids))
    assert all(one[6] >> 4 == 7 and one[8] >> 6 == 2 for one in ids)


@pytest.mark.parametrize("deed", ["UPDATE event SET kind = 'x'", "DELETE FROM event",
                                  "INSERT OR REPLACE INTO event SELECT * FROM event"])  # fmt: skip
def test_events_cannot_be_changed(tmp_path: Path, deed: str) -> None:
    """Updating, deleting and replacing an event abort."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        with pytest.raises(sqlcipher.IntegrityError), store.write() as tx:
            tx.conn.execute(deed)
        assert count(store, "event") == 1


def test_what_an_event_holds(tmp_path: Path) -> None:
    """Device, running number, both times, kind, person, batch, and the payload as it was given."""
    clock = TestClock()
    with make_store(tmp_path, clock) as store:
        clock.forward(hours=2)
        batch = append(store, listed("A"), visit("A", by=["C1", "C2"], leave=NOW))
        with store.read() as conn:
            last = list(rows(conn, "ORDER BY device_seq"))[-1]
            payload = next(iter(events_of(conn, ["A"])))[1][-1].payload
    assert (last.device_id, last.device_seq, last.kind) == (store.device_id, 2, "contact")
    assert (last.debtor_id, last.batch, last.key) == ("A", batch, None)
    assert last.recorded_at - last.occurred_at == 7200
    assert payload == {"channel": "visit", "code": "VIS-NC", "by": ["C1", "C2"],
                       "leave": NOW.isoformat()}  # fmt: skip


def test_payloads_open_only_with_their_own_key_and_header(tmp_path: Path) -> None:
    """Another person's key, or the same payload under another header, does not open."""
    with make_store(tmp_path) as store:
        append(store, listed("A"), listed("B"))
        with store.read() as conn:
            one, two = rows(conn, "ORDER BY device_seq")
            keys = dict(conn.execute("SELECT debtor_id, key FROM who").fetchall())
    assert keys["A"] != keys["B"]
    assert unseal(one, keys["A"])
    assert unseal(one, keys["B"]) is None
    moved = type(one)(*(getattr(two, f) for f in one.__slots__[:10]), one.payload, b"", b"")
    assert unseal(moved, keys["A"]) is None


def test_a_repeat_is_skipped(tmp_path: Path) -> None:
    """The same key again adds nothing, within one batch and over batches."""
    call = {"channel": "call", "code": "CALL-NA"}
    event = NewEvent("contact", "A", NOW, call, key="bank/17")
    with make_store(tmp_path) as store:
        append(store, listed("A"), event, event)
        append(store, event, NewEvent("contact", "A", NOW, call, key="bank/18"))
        assert count(store, "contact") == 2


def test_after_an_undo_the_same_fact_may_come_again(tmp_path: Path) -> None:
    """An import that was undone can be imported again, as often as one likes, and counts once."""
    event = NewEvent("contact", "A", NOW, {"channel": "call", "code": "CALL-NA"}, key="bank/17")
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        for _ in range(3):
            batch = append(store, event)
            append(store, event)
            assert count(store, "contact") == 1
            with store.write() as tx:
                undo(tx, batch)
            assert count(store, "contact") == 0


def test_days_and_moments_as_objects(tmp_path: Path) -> None:
    """Dates and datetimes in payloads are kept in ISO form; a bare day ends at its own midnight."""
    day = date(2026, 3, 5)
    with make_store(tmp_path) as store:
        append(
            store,
            NewEvent("promise", "A", NOW, {"promise_id": "1", "amount": 5, "due": day}),
            NewEvent("hold", "A", NOW, {"hold_id": "1", "kind": 3, "until": day}),
        )
        with store.read() as conn:
            fields = [entry.fields for entry in timeline(conn, "A")]
    assert fields[0]["due"] == "2026-03-05"
    assert fields[1]["until"] == "2026-03-06T00:00:00+08:00"


def test_erasure(tmp_path: Path) -> None:
    """Key, identity, rows and search words go; the other person and the chain stay; the same
    identity may be listed again under a new id; nothing can be added to the old one."""
    with make_store(tmp_path) as store:
        with store.write() as tx:
            gone, kept = (new_debtor_id(tx, f"id:{k}") for k in (1, 2))
            batch = tx.append([listed(gone), visit(gone), listed(kept, name="李静")])
        with store.write() as tx:
            erase_person(tx, gone)
        with store.read() as conn:
            assert find_persons(conn, text="王小明") == []
            assert find_persons(conn, text="李静") == [kept]
            assert load_facts(conn, NOW.date(), zone=store.zone).debtor_ids == (kept,)
            assert timeline(conn, gone) == []
            assert find_debtor(conn, "id:1") is None
            with pytest.raises(PlannerError):
                load_debtor(conn, gone)
            before = derived_hash(conn)
        assert verify(store).ok
        with pytest.raises(PlannerError) as caught:
            append(store, visit(gone))
        assert caught.value.code == "store.erased"
        with store.write() as tx:
            back = undo(tx, batch)
        with store.write() as tx:
            undo(tx, back)
        with store.read() as conn:
            assert derived_hash(conn) == before
        with store.write() as tx:
            assert new_debtor_id(tx, "id:1") not in (gone, kept)
            with pytest.raises(PlannerError) as unknown:
                erase_person(tx, "nobody")
        assert unknown.value.code == "store.unknown_person"
        assert verify(store).ok


def test_the_deleted_key_is_nowhere_in_the_pages(tmp_path: Path) -> None:
    """After an erasure no page of the opened file, free or used, holds the person's key."""
    with make_store(tmp_path) as store:
        append(store, listed("A"), listed("B"))
        with store.read() as conn:
            keys = dict(conn.execute("SELECT debtor_id, key FROM who").fetchall())
        with store.write() as tx:
            erase_person(tx, "A")
        with store.write() as tx:
            plain = tmp_path / "plain"
            tx.conn.execute("COMMIT")
            tx.conn.execute(f"ATTACH '{plain}' AS plain KEY ''")
            tx.conn.execute("SELECT sqlcipher_export('plain')").fetchall()
            tx.conn.execute("DETACH plain")
            tx.conn.execute("BEGIN IMMEDIATE")
        content = plain.read_bytes()
    assert keys["B"] in content
    assert keys["A"] not in content


def test_contacts_of_a_person(tmp_path: Path) -> None:
    """Contacts come with phone, note, companions and end, by time."""
    with make_store(tmp_path) as store:
        late = visit("A", NOW, note="门口有车", by=["C1"], leave=NOW + timedelta(minutes=9))
        append(store, listed("A"), late, visit("A", NOW - timedelta(days=1)))
        with store.read() as conn:
            contacts = load_contacts(conn, "A")
    assert [one.note for one in contacts] == ["", "门口有车"]
    assert contacts[1].leave == NOW + timedelta(minutes=9)
    assert contacts[1].by == ("C1",)


@pytest.mark.parametrize(
    ("kind", "field", "payload"),
    [
        ("promise", "due", {"promise_id": "P", "amount": 1, "due": "9999-12-31"}),
        ("promise", "amount", {"promise_id": "P", "amount": 2**63, "due": "2026-12-01"}),
        ("hold", "until", {"hold_id": "H", "kind": 0, "until": "9999-12-31"}),
        ("hold", "until", {"hold_id": "H", "kind": 0, "until": "0001-01-01T00:00:00+00:00"}),
        ("contact", "note", {"channel": "visit", "code": "VIS-NC", "note": "\ud800"}),
    ],
)
def test_what_later_arithmetic_could_not_bear_is_not_kept(
    tmp_path: Path, kind: str, field: str, payload: dict[str, object]
) -> None:
    """Days at the end of the calendar, numbers beyond SQLite and half characters are refused as a
    whole: one such entry would stop every ranking after it."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        with pytest.raises(PlannerError) as refused:
            append(store, NewEvent(kind, "A", NOW, payload))
        assert (refused.value.code, refused.value.params["field"]) == ("store.bad_event", field)
        with pytest.raises(PlannerError):
            append(store, NewEvent("contact", "A", NOW.replace(year=9999), VISIT))
        assert count(store, "event") == 1
