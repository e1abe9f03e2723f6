"""What is noted at a door: found numbers and places, evidence, corrections, whole sheets."""

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from purge_book import clear_pages

from planner.actions import evidence
from planner.actions.at_door import AtDoor
from planner.actions.changes import decide
from planner.actions.correct import correct, recorded_outcome
from planner.actions.evidence import (
    LARGEST,
    attach,
    evidence_of,
    load_evidence,
    media_of,
    read_piece,
    save_out,
)
from planner.actions.export_all import export_all
from planner.actions.import_rows import differences
from planner.actions.outcomes import Outcome
from planner.actions.purge import purge
from planner.actions.record import record
from planner.actions.sheet import record_sheet
from planner.actions.undo import undo_batch, undo_together
from planner.domain.codes import DISCLOSURE, Channel
from planner.errors import PlannerError
from planner.export.told import title
from planner.intake.records import PersonRecord
from planner.store.changes import load_changes
from planner.store.erasure import erase_person
from planner.store.events import NewEvent
from planner.store.facts import load_contacts, load_person_facts
from planner.store.people import find_persons, load_debtor, timeline
from planner.store.state import derived_hash, rebuild
from planner.store.store import Store, new_debtor_id
from planner.store.terms import load_exceptions
from planner.store.verify import verify
from planner.words import sentence

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
AT = NOW - timedelta(hours=4)
DAY = date(2026, 11, 23)
PHOTO = b"\xff\xd8\xff\xe0" + b"a face at a door " * 40
SOUND = b"OggS" + b"a voice " * 40


def clock() -> datetime:
    """The moment of these tests."""
    return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A workspace with three persons; the third owes two lenders."""
    with Store.create(tmp_path / "w.fairvisit", clock=clock) as store:
        with store.write() as tx:
            for n in range(3):
                who = new_debtor_id(tx, f"id:{n}")
                lenders = ("远山", "近水") if n == 2 else ("远山",)
                tx.append([NewEvent("person.listed", who, NOW - timedelta(days=60), {
                    "name": f"丁一{n}", "phones": [f"1990000000{n}"],
                    "addresses": [{"address_id": f"A{n}", "text": f"江岸区花桥街{n}号", "grade": 0,
                                   "kind": 0, "lat": 30.6, "lon": 114.3, "valid": True,
                                   "datum": "wgs84"}],
                    "cases": [{"case_id": f"{one}/{n}", "lender": one, "contract_no": str(n),
                               "amount_overdue": 900_000, "overdue_since": "2026-05-01",
                               "status": "open"} for one in lenders],
                })])  # fmt: skip
        yield store


@pytest.fixture
def ids(store: Store) -> list[str]:
    """The persons."""
    with store.read() as conn:
        return find_persons(conn)


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A photo as a file."""
    path = tmp_path / "门口.jpg"
    path.write_bytes(PHOTO)
    return path


def state(store: Store) -> str:
    """The hash of all that is derived."""
    with store.read() as conn:
        return derived_hash(conn)


def met(who: str, result: str = "OUT-RTP", **more: object) -> Outcome:
    """A meeting in the morning."""
    return replace(Outcome(who, "VIS-RPC", AT, result, by=("周平",)), **more)  # type: ignore[arg-type]


def test_what_a_third_person_learned_is_put_before_the_lead(store: Store, ids: list[str]) -> None:
    """It stands among the exceptions, in the history in neutral words, leaves with an undo, and the
    command line names it; silence stands nowhere."""
    who = ids[0]
    silent = Outcome(who, "VIS-TPC", AT, by=("周平",), door=AtDoor(disclosed=False))
    record(store, silent, clock=clock)
    with store.read() as conn:
        assert not [e for e in load_exceptions(conn) if e.rule == DISCLOSURE]
    later = AT + timedelta(minutes=30)
    told = Outcome(who, "VIS-TPC", later, note="说了来意", door=AtDoor(disclosed=True))
    done = record(store, told, clock=clock)
    with store.read() as conn:
        (one,) = (e for e in load_exceptions(conn) if e.rule == DISCLOSURE)
        entry = next(e for e in timeline(conn, who) if e.fields.get("rule") == DISCLOSURE)
    assert (one.debtor_id, one.at, one.channel) == (who, later, Channel.VISIT)
    assert title(entry.kind, entry.fields, "Asia/Shanghai", "en") == "For the lead to look at"
    assert sentence("rule.disclosure", "zh_CN") != sentence("rule.disclosure", "en")
    assert verify(store).ok
    undo_batch(store, done.batch)
    with store.read() as conn:
        assert not [e for e in load_exceptions(conn) if e.rule == DISCLOSURE]


def test_each_outcome_keeps_what_it_needs(store: Store, ids: list[str]) -> None:
    """Receipt, way of paying, reason, papers, consent and silence stand in the entries."""
    who = ids[0]
    for outcome in (
        met(who, "OUT-PAID", amount=5_000, door=AtDoor(receipt="R-7")),
        met(who, "OUT-PTP", amount=5_000, due=DAY, door=AtDoor(pay_by="app")),
        met(who, "OUT-RTP", door=AtDoor(reason="no_money", consent="no")),
        met(who, "OUT-HARD", door=AtDoor(shown="medical")),
        Outcome(who, "VIS-TPC", AT, door=AtDoor(disclosed=False)),
    ):
        record(store, outcome, clock=clock)
    with store.read() as conn:
        told = [(one.kind, one.fields) for one in timeline(conn, who)]
    assert next(f for k, f in told if k == "payment")["receipt"] == "R-7"
    assert next(f for k, f in told if k == "promise")["channel"] == "app"
    assert next(f for k, f in told if k == "flag")["reason"] == "medical"
    contacts = [f for k, f in told if k == "contact"]
    assert {"reason": "no_money", "consent": "no"}.items() <= contacts[2].items()
    assert contacts[3]["shown"] == "medical"
    assert contacts[4]["disclosed"] is False


@pytest.mark.parametrize(
    ("outcome", "error"),
    [
        (met("", door=AtDoor(pay_by="cash")), "record.unknown_word"),
        (Outcome("", "VIS-TPC", AT, door=AtDoor(disclosed=True)), "record.say_what_was_disclosed"),
        (met("", door=AtDoor(phone="call me")), "change.bad_phone"),
        (met("", door=AtDoor(address="x")), "change.bad_address"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    store: Store, ids: list[str], outcome: Outcome, error: str
) -> None:
    """Cash, silence about what was said, half a number: refused, and nothing is written."""
    before = state(store)
    with pytest.raises(PlannerError) as refused:
        record(store, replace(outcome, debtor_id=ids[0]), clock=clock)
    assert refused.value.code == error
    assert state(store) == before


def test_sound_needs_consent(store: Store, ids: list[str], tmp_path: Path) -> None:
    """A recording is kept only when the person agreed to it."""
    (tmp_path / "s.ogg").write_bytes(SOUND)
    piece = read_piece(tmp_path / "s.ogg")
    with pytest.raises(PlannerError, match="no_consent"):
        record(store, met(ids[0], door=AtDoor(evidence=(piece,))), clock=clock)
    record(store, met(ids[0], door=AtDoor(consent="yes", evidence=(piece,))), clock=clock)
    with store.read() as conn:
        assert [one.what for one in evidence_of(conn, ids[0])] == ["sound"]


def test_found_number_waits_and_outlasts_lists(store: Store, ids: list[str]) -> None:
    """A number found at the door counts once accepted, is found by search, and lists keep it."""
    who = ids[0]
    record(store, met(who, door=AtDoor(phone="138 1234-5678")), clock=clock)
    with store.read() as conn:
        (one,) = load_changes(conn, [who])
        assert "13812345678" not in load_debtor(conn, who).phones
    assert (one.value, one.source) == ("13812345678", "at the door")
    batch = decide(store, who, one.change_id, True, clock=clock)
    with store.read() as conn:
        known = load_debtor(conn, who)
        assert find_persons(conn, text="5678") == [who]
        assert load_changes(conn, [who]) == []
    assert known.phones[-1] == "13812345678"
    told = PersonRecord("id:0", known.name, phones=("19900000000",))
    assert "phones" not in differences(who, told, known)
    with pytest.raises(PlannerError, match="not_waiting"):
        decide(store, who, one.change_id, False, clock=clock)
    undo_batch(store, batch)
    with store.read() as conn:
        assert load_changes(conn, [who]) == [one]
        assert find_persons(conn, text="5678") == []


def test_found_address_becomes_one_without_position(store: Store, ids: list[str]) -> None:
    """Accepted, a new address is the person's and asks for a position; refused, nothing changes."""
    who = ids[1]
    moved = Outcome(who, "VIS-MOVED", AT, address_id="A1", door=AtDoor(address="汉阳区 琴台路 9号"))
    record(store, moved, clock=clock)
    before = state(store)
    with store.read() as conn:
        (one,) = load_changes(conn)
    undo_batch(store, decide(store, who, one.change_id, False, clock=clock))
    assert state(store) == before
    decide(store, who, one.change_id, True, clock=clock, by="lead")
    with store.read() as conn:
        places = {place.text: place for place in load_debtor(conn, who).addresses}
    new = places["汉阳区 琴台路 9号"]
    assert new.valid
    assert new.lat is None
    assert not places["江岸区花桥街1号"].valid
    assert verify(store).ok


def test_correction_is_an_entry_of_its_own(store: Store, ids: list[str], photo: Path) -> None:
    """The first entry stays, struck through; the second says which it corrects and keeps the
    evidence; undo brings the first back to the bit."""
    who = ids[0]
    door = AtDoor(phone="13812345678", evidence=(read_piece(photo),))
    first = record(store, met(who, "OUT-PTP", amount=5_000, due=DAY, door=door), clock=clock)
    before = state(store)
    with store.read() as conn:
        given = recorded_outcome(conn, who, first.batch)
        (change,) = load_changes(conn)
    assert (given.amount, given.due, given.door.phone) == (5_000, DAY, "13812345678")
    again = correct(store, first.batch, replace(given, amount=7_000), clock=clock)
    assert again.broken_rules == first.broken_rules  # the first visit no longer counts
    with store.read() as conn:
        entries = timeline(conn, who)
        (promise,) = load_person_facts(conn, who, DAY).promises
        assert load_changes(conn) == [change]
        assert len(evidence_of(conn, who)) == 1
    contacts = [one for one in entries if one.kind == "contact"]
    assert [one.undone for one in contacts] == [True, False]
    assert contacts[1].fields["corrects"] == contacts[0].event_id
    assert promise.amount == 7_000
    with pytest.raises(PlannerError, match="not_correctable"):
        correct(store, first.batch, given, clock=clock)
    undo_batch(store, again.batch)
    assert state(store) == before
    assert verify(store).ok


def test_refused_correction_writes_nothing(store: Store, ids: list[str]) -> None:
    """A correction that cannot be meant leaves the entry as it was."""
    first = record(store, met(ids[0]), clock=clock)
    before = state(store)
    with pytest.raises(PlannerError):
        correct(store, first.batch, met(ids[0], "OUT-PTP"), clock=clock)
    assert state(store) == before


def test_sheet_is_all_or_nothing(store: Store, ids: list[str]) -> None:
    """One wrong line refuses all; a right sheet is undone and redone in one step, and each of its
    lines is corrected by itself."""
    start = state(store)
    lines = [met(ids[0]), met(ids[1], "OUT-PTP"), Outcome(ids[2], "VIS-NC", AT)]
    told = record_sheet(store, lines, clock=clock)
    assert [error.code for error in told.refused.values()] == ["record.promise_incomplete"]
    assert list(told.refused) == [1]
    assert state(store) == start
    lines[1] = replace(lines[1], amount=5_000, due=DAY)
    done = record_sheet(store, lines, clock=clock)
    written = state(store)
    undone = undo_together(store, done.batches)
    assert state(store) == start
    undo_batch(store, undone)
    assert state(store) == written
    correct(store, done.batches[2], Outcome(ids[2], "VIS-TPC", AT), clock=clock)
    with store.read() as conn:
        codes = [[c.code for c in load_contacts(conn, who)] for who in ids]
    assert codes == [["VIS-RPC"], ["VIS-RPC"], ["VIS-TPC"]]
    assert verify(store).ok


def test_evidence_is_what_it_is(tmp_path: Path) -> None:
    """First bytes decide, whatever the name says; programs, pages and pipes are refused."""
    for data, media in (
        (PHOTO, "image/jpeg"), (SOUND, "audio/ogg"), (b"%PDF-1.7\n", "application/pdf"),
        (b"RIFF\0\0\0\0WAVEfmt ", "audio/wav"), (b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        (b"\0\0\0\x20ftypheic", "image/heic"), (b"\x89PNG\r\n\x1a\n", "image/png"),
    ):  # fmt: skip
        assert media_of(data) == media
    path = tmp_path / "photo.jpg"
    for hostile in (b"MZ\x90\0", b"#!/bin/sh\n", b"<svg onload=alert(1)>", b"PK\x03\x04", b""):
        path.write_bytes(hostile)
        with pytest.raises(PlannerError, match="unknown_type"):
            read_piece(path)
    with pytest.raises(PlannerError, match="unreadable"):
        read_piece(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.jpg")
        with pytest.raises(PlannerError, match="unreadable"):
            read_piece(tmp_path / "pipe.jpg")
    with path.open("wb") as file:
        file.write(PHOTO)
        file.truncate(LARGEST + 1)
    with pytest.raises(PlannerError, match="too_large"):
        read_piece(path)


def test_evidence_is_sealed_hashed_and_checked(
    store: Store, ids: list[str], photo: Path, tmp_path: Path
) -> None:
    """The bytes come back as they were, lie nowhere in clear, and verify misses any change."""
    piece = read_piece(photo)
    attach(store, ids[0], [piece], clock=clock)
    with store.read() as conn:
        (kept,) = evidence_of(conn, ids[0])
        ((body,),) = conn.execute("SELECT body FROM blob").fetchall()
    assert load_evidence(store, ids[0], kept.evidence_id) == PHOTO
    assert kept.sha256 == hashlib.sha256(PHOTO).hexdigest()
    assert b"a face" not in body
    assert not any(b"a face" in path.read_bytes() for path in tmp_path.glob("w.fairvisit*"))
    with pytest.raises(PlannerError, match="missing"):
        load_evidence(store, ids[1], kept.evidence_id)
    assert verify(store).ok
    for change in ("UPDATE blob SET body = zeroblob(99)", "DELETE FROM blob"):
        with store.write() as tx:
            tx.conn.execute(change)
        assert "verify.evidence" in [code for code, _ in verify(store).problems]


def test_evidence_leaves_with_a_record_of_it(
    store: Store, ids: list[str], photo: Path, tmp_path: Path
) -> None:
    """A piece that is saved outside, or with everything, is the same to the bit; both are noted."""
    attach(store, ids[0], [read_piece(photo)], clock=clock)
    with store.read() as conn:
        (kept,) = evidence_of(conn, ids[0])
    out = tmp_path / "out.jpg"
    save_out(store, ids[0], kept.evidence_id, out, by="lead", clock=clock)
    assert out.read_bytes() == PHOTO
    with pytest.raises(PlannerError, match="exists"):
        save_out(store, ids[0], kept.evidence_id, out, by="lead", clock=clock)
    export_all(store, tmp_path / "all.zip", clock=clock, by="lead")
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        assert archive.read(f"evidence/{kept.evidence_id}.jpg") == PHOTO
        files = {one["name"]: one for one in json.loads(archive.read("manifest.json"))["files"]}
    assert files[f"evidence/{kept.evidence_id}.jpg"]["sha256"] == kept.sha256
    with store.read() as conn:
        left = [one.fields["what"] for one in timeline(conn, "") if one.kind == "export"]
    assert left == ["evidence", "everything"]


def test_damaged_evidence_keeps_nothing_else_from_being_taken_out(
    store: Store, ids: list[str], photo: Path, tmp_path: Path
) -> None:
    """The full export has every piece that opens, and lists the one that does not."""
    for who in ids[:2]:
        attach(store, who, [read_piece(photo)], clock=clock)
    with store.write() as tx:
        names = [name for (name,) in tx.conn.execute("SELECT evidence_id FROM blob ORDER BY pid")]
        tx.conn.execute("UPDATE blob SET body = zeroblob(200) WHERE evidence_id = ?", (names[0],))
    export_all(store, tmp_path / "out", clock=clock)
    folder = tmp_path / "out" / "evidence"
    assert sorted(one.name for one in folder.iterdir()) == sorted(
        [f"{names[1]}.jpg", "missing.json"]
    )
    assert json.loads((folder / "missing.json").read_text()) == names[:1]


def test_erasure_takes_evidence_along(store: Store, ids: list[str], photo: Path) -> None:
    """Who is erased has no file any more, and the workspace is whole without it."""
    attach(store, ids[0], [read_piece(photo)], clock=clock)
    with store.write() as tx:
        erase_person(tx, ids[0])
    with store.read() as conn:
        assert conn.execute("SELECT count(*) FROM blob").fetchone() == (0,)
    assert verify(store).ok


def test_who_stays_keeps_evidence_under_another_key(
    store: Store, ids: list[str], photo: Path
) -> None:
    """A mandate ends: what was kept on its loans goes, the rest is sealed anew and still opens;
    what was proposed still waits."""
    who, piece = ids[2], read_piece(photo)
    attach(store, who, [piece], clock=clock)
    door = AtDoor(evidence=(piece,), address="汉阳区琴台路9号")
    record(store, met(who, case_id="远山/2", door=door), clock=clock)
    purge(store, "远山", reason="end", by="lead", clock=clock)
    with store.read() as conn:
        (fresh,) = find_persons(conn)
        (kept,) = evidence_of(conn, fresh)
        assert conn.execute("SELECT count(*) FROM blob").fetchone() == (1,)
        (change,) = load_changes(conn)
    assert load_evidence(store, fresh, kept.evidence_id) == PHOTO
    decide(store, fresh, change.change_id, True, clock=clock)
    assert verify(store).ok
    assert clear_pages(store.path, store.key_for_copies()).find(b"a face") < 0


def test_rebuild_gives_the_same(store: Store, ids: list[str]) -> None:
    """Proposals and decisions folded anew are what they were."""
    record(store, met(ids[0], door=AtDoor(phone="13812345678", address="汉阳区1号")), clock=clock)
    with store.read() as conn:
        for one in load_changes(conn):
            conn_id, field = one.change_id, one.field
            assert field in ("phone", "address")
    decide(store, ids[0], conn_id, True, clock=clock)
    before = state(store)
    with store.write() as tx:
        rebuild(tx.conn)
    assert state(store) == before


def test_names_of_files_say_little(tmp_path: Path) -> None:
    """Of a path only the end of the file's name is kept, however long it is."""
    path = tmp_path / ("x" * 120 + ".jpg")
    path.write_bytes(PHOTO)
    piece = read_piece(path)
    assert len(piece.name) == 80
    assert str(tmp_path) not in piece.name
    assert "face" not in repr(piece)
    assert evidence.suffix("application/x-unknown") == ".bin"
