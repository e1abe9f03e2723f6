"""What goes wrong between laptops: refused in words or mended, and nothing is lost."""

import hashlib
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from store_factory import NOW, listed, visit
from team_factory import (
    ByFolder,
    Laptop,
    Team,
    admitted,
    event_ids,
    make_team,
    readable,
    refusal,
    settle,
    sound,
    to_laptop,
    to_lead,
    weak_codes,
)

from planner.actions.evidence import Piece, evidence_of, keep, load_evidence
from planner.store.backup import backups, restore
from planner.store.events import NewEvent
from planner.store.store import Store, make_debtor, undo
from planner.store.team import collectors_of
from planner.store.verify import verify
from planner.sync.conflicts import mark_settled, open_conflicts
from planner.sync.exchange import exchange, merge_bundle, status
from planner.sync.folder import Folder, check_folder
from planner.sync.merging import person_hash


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A lead and two collectors, each with two persons, who have exchanged."""
    weak_codes(monkeypatch)
    made = make_team(tmp_path, ("甲", "乙"), 4)
    for who, one in zip(made.persons, made.collectors * 2, strict=True):
        made.assign(who, one)
    settle(made, ByFolder(tmp_path / "share"), 2)
    yield made
    made.close()


def test_a_late_visit_is_kept_and_flagged(team: Team, tmp_path: Path) -> None:
    """A visit on a person who was handed over meanwhile is with the lead, flagged, and with the new
    collector; one from before is not flagged."""
    (first, second), who = team.collectors, team.persons[0]
    first.append(visit(who, NOW - timedelta(hours=1)))
    team.assign(who, second)
    team.lead.clock.forward(hours=2)
    first.clock.forward(hours=1)
    first.append(visit(who, first.clock()))
    settle(team, ByFolder(tmp_path / "share"), 3)
    assert team.lead.ask(status).flagged == 1
    contacts = "SELECT count(*) FROM contact JOIN who USING (pid) WHERE debtor_id = ?"
    for laptop, count in ((team.lead, 2), (second, 2), (first, 0)):
        assert laptop.ask(lambda conn: conn.execute(contacts, (who,)).fetchone()) == (count,)
    assert who not in first.ask(readable)
    sound(team)


def test_positions_that_collide_are_both_shown_and_can_be_taken_back(
    team: Team, tmp_path: Path
) -> None:
    """Two who place an address without knowing of each other: one counts, both are listed; a
    further entry or a word settles it; whoever knew of the other collides with nobody."""
    (first, _), who, way = team.collectors, team.persons[0], ByFolder(tmp_path / "share")
    place = {"address_id": f"{who}-a", "grade": 0, "source": "door", "datum": "wgs84",
             "confirmed": True}  # fmt: skip
    here, there = place | {"lat": 30.5, "lon": 120.5}, place | {"lat": 31.5, "lon": 121.5}
    first.append(NewEvent("address.placed", who, NOW, here))
    team.lead.append(NewEvent("address.placed", who, NOW + timedelta(minutes=1), there))
    settle(team, way, 3)
    for laptop in (team.lead, first):
        (one,) = laptop.ask(open_conflicts)
        assert (one.field, one.first, one.second) == ("position", [30.5, 120.5], [31.5, 121.5])
    with team.lead.store.write() as tx:
        assert mark_settled(tx.conn, one.conflict_id, NOW)
    assert team.lead.ask(open_conflicts) == []
    first.append(NewEvent("address.placed", who, NOW + timedelta(minutes=9), here))
    settle(team, way, 3)
    assert [one.ask(open_conflicts) for one in (team.lead, first)] == [[], []]
    sound(team)


def test_a_cloned_laptop_is_noticed_and_both_histories_stay(team: Team, tmp_path: Path) -> None:
    """Two copies of one workspace record under the same numbers: the lead keeps both branches, the
    copies go on under other numbers, and all of it is everywhere in the end."""
    first, who = team.collectors[0], team.persons[0]
    first.append(visit(who, first.clock()))
    first.store.close()
    home = first.store.path.parent
    shutil.copytree(home, tmp_path / "clone")
    first.store = Store.open(first.store.path, clock=first.clock)
    clock = replace_clock(first)
    clone = Laptop(Store.open(tmp_path / "clone" / "w.fairvisit", clock=clock), clock, first.who)
    first.append(visit(who, first.clock(), "VIS-RPC"))
    clone.append(visit(who, clock(), "VIS-TPC"))
    merge_bundle(team.lead.store, to_lead(first), clock=team.lead.clock)
    told = merge_bundle(team.lead.store, to_lead(clone), clock=team.lead.clock)
    assert told.forked == 1
    assert team.lead.ask(status).forks == (first.store.device_id,)
    for _ in range(4):
        body = to_laptop(team, first)
        for one in (first, clone):
            merge_bundle(one.store, body, clock=one.clock)
            up = to_lead(one)
            merge_bundle(team.lead.store, up, clock=team.lead.clock)
        for one in (first, clone):
            one.append(visit(who, one.clock.now))
    assert clone.store.device_id != first.store.device_id
    for _ in range(3):
        for one in (first, clone):
            merge_bundle(team.lead.store, to_lead(one), clock=team.lead.clock)
            merge_bundle(one.store, to_laptop(team, first), clock=one.clock)
    assert clone.ask(event_ids) | first.ask(event_ids) <= team.lead.ask(event_ids)
    hashes = {one.ask(person_hash, who) for one in (team.lead, first, clone)}
    assert len(hashes) == 1
    team.collectors.append(clone)
    assert [verify(one.store).problems for one in team.all] == [()] * 4


def replace_clock(laptop: Laptop) -> object:
    """A clock of its own that says the same."""
    return type(laptop.clock)(laptop.clock.now)


def test_a_restored_laptop_gets_everything_again(team: Team, tmp_path: Path) -> None:
    """Put back from a backup it has another number, gets what it had recorded since, and what it
    had not sent before the backup arrives."""
    first, who, way = team.collectors[0], team.persons[0], ByFolder(tmp_path / "share")
    first.append(visit(who, first.clock()))
    first.store.backup("hand")
    first.append(visit(who, first.clock(), "VIS-RPC"), NewEvent("trip", "", NOW, {
        "crew_id": "K1", "day": "2026-03-02"}))  # fmt: skip
    settle(team, way, 2)
    former = first.store.device_id
    key, path = first.store.key_for_copies(), first.store.path
    first.store.close()
    (copy,) = [one for one in backups(path) if one.why == "hand"]
    restore(path, copy, key, key)
    first.store = Store.open(path, clock=first.clock)
    first.append(visit(who, first.clock(), "VIS-TPC"))
    settle(team, way, 4)
    assert first.store.device_id != former
    count = "SELECT count(*) FROM contact JOIN who USING (pid) WHERE debtor_id = ?"
    assert first.ask(lambda conn: conn.execute(count, (who,)).fetchone()) == (3,)
    sound(team)


def test_a_restored_lead_makes_nobody_forget(team: Team, tmp_path: Path) -> None:
    """A lead's workspace from before an assignment does not take the person from the laptop, and
    gets the laptop's entries again."""
    first, way = team.collectors[0], ByFolder(tmp_path / "share")
    lead = team.lead
    lead.store.backup("hand")
    first.append(visit(team.persons[0], first.clock()))
    settle(team, way, 3)
    key, path = lead.store.key_for_copies(), lead.store.path
    lead.store.close()
    (copy,) = [one for one in backups(path) if one.why == "hand"]
    restore(path, copy, key, key)
    lead.store = Store.open(path, clock=lead.clock)
    assert not first.ask(event_ids) <= lead.ask(event_ids)
    settle(team, way, 4)
    assert first.ask(event_ids) <= lead.ask(event_ids)
    assert len(first.ask(readable)) == 2
    sound(team)


def test_a_restored_lead_gets_back_what_only_a_laptop_has(team: Team, tmp_path: Path) -> None:
    """A person who came after the copy, with key and entries, and what the lead had recorded of
    others since: the laptop that holds them gives them back, and keeps them."""
    first, lead, way = team.collectors[0], team.lead, ByFolder(tmp_path / "share")
    lead.store.backup("hand")
    lead.clock.forward(minutes=1)
    with lead.store.write() as tx:
        new = make_debtor(tx, "id:new")
        tx.append([listed(new, NOW)])
    team.assign(new, first)
    lead.append(visit(team.persons[0], lead.clock(), "CALL-RPC", channel="call"))
    settle(team, way, 2)
    first.append(visit(new, first.clock()), visit(team.persons[0], first.clock()))
    settle(team, way, 2)
    before = {who: lead.ask(person_hash, who) for who in (new, *team.persons)}
    key, path = lead.store.key_for_copies(), lead.store.path
    lead.store.close()
    (copy,) = [one for one in backups(path) if one.why == "hand"]
    restore(path, copy, key, key)
    lead.store = Store.open(path, clock=lead.clock)
    settle(team, way, 6)
    assert new in lead.ask(readable)
    assert new in first.ask(readable)
    assert {who: lead.ask(person_hash, who) for who in before} == before
    sound(team)


def put_back_by_hand(lead: Laptop, copy: Path) -> None:
    """The lead's file is replaced by an older copy of it; its device stays the same."""
    lead.store.close()
    for end in ("-wal", "-shm"):
        lead.store.path.with_name(lead.store.path.name + end).unlink(missing_ok=True)
    shutil.copy(copy, lead.store.path)
    lead.store = Store.open(lead.store.path, clock=lead.clock)


@pytest.mark.parametrize("record", ["nothing", "lead", "laptop", "much"])
def test_a_hand_over_survives_an_older_file_of_the_lead(
    team: Team, tmp_path: Path, record: str
) -> None:
    """A person goes from one laptop to another, then the lead's file is replaced by hand by that of
    before: with and without new records nobody forgets the person, and the hand-over, and what the
    lead had recorded, come back from the laptop that has them. Where the lead's numbers overtook
    those that it had used ("much") nobody can tell; nobody forgets all the same."""
    (first, second), lead, who = team.collectors, team.lead, team.persons[0]
    way = ByFolder(tmp_path / "share")
    settle(team, way, 3)
    lead.store.close()
    shutil.copy(lead.store.path, tmp_path / "older")
    lead.store = Store.open(lead.store.path, clock=lead.clock)
    lead.clock.forward(minutes=5)
    team.assign(who, second)
    lead.append(visit(who, lead.clock(), "CALL-RPC", channel="call"))
    settle(team, way, 3)
    assert (who in first.ask(readable), who in second.ask(readable)) == (False, True)
    before = lead.ask(person_hash, who)
    put_back_by_hand(lead, tmp_path / "older")
    if record == "laptop":
        second.append(visit(who, second.clock()))
    elif record == "lead":
        lead.append(visit(team.persons[1], lead.clock(), "CALL-NA", channel="call"))
    elif record == "much":
        for _ in range(6):  # its numbers overtake those that the laptop has
            lead.append(visit(team.persons[2], lead.clock(), "CALL-NA", channel="call"))
            lead.clock.forward(hours=30)
            way.exchange(lead)
    for one in team.all:
        one.clock.now = max(one.clock.now, lead.clock.now) + timedelta(days=2)
    for _ in range(8):
        for one in team.all:
            one.clock.forward(seconds=30)
            way.exchange(one)
            assert who in second.ask(readable)
    if record == "much":
        return
    assert lead.ask(collectors_of)[who] == second.who
    assert who not in first.ask(readable)
    if record != "laptop":
        assert lead.ask(person_hash, who) == before
    sound(team)


@pytest.mark.parametrize("minutes", [-20, 20])
def test_a_clock_that_differs_is_told(team: Team, minutes: int) -> None:
    """A laptop whose clock is off by more than five minutes is noticed, whichever way."""
    first = team.collectors[0]
    first.clock.now = team.lead.clock.now + timedelta(minutes=minutes)
    merge_bundle(first.store, to_laptop(team, first), clock=first.clock)
    told = merge_bundle(team.lead.store, to_lead(first), clock=team.lead.clock)
    assert round(told.skew / 60) == minutes
    by_peer = {one.peer_id: one.skew for one in team.lead.ask(status).peers}
    assert by_peer[first.peer_id()] == told.skew


def test_evidence_of_a_person_who_left_still_arrives(team: Team, tmp_path: Path) -> None:
    """A photo taken before the laptop heard that the person is another's now is sent, sealed, and
    opens at the lead; afterwards the laptop has none of it."""
    (first, second), who = team.collectors, team.persons[0]
    data = b"\xff\xd8\xff" + b"photo" * 50
    with first.store.write() as tx:
        piece = Piece("a.jpg", "image/jpeg", hashlib.sha256(data).hexdigest(), data)
        keep(tx, who, [piece], at=NOW, batch=None)
    team.assign(who, second)
    merge_bundle(first.store, to_laptop(team, first), clock=first.clock)
    assert who not in first.ask(readable)
    assert verify(first.store).ok
    settle(team, ByFolder(tmp_path / "share"), 4)
    for laptop in (team.lead, second):
        (kept,) = laptop.ask(evidence_of, who)
        assert load_evidence(laptop.store, who, kept.evidence_id) == data
    assert first.ask(lambda conn: conn.execute("SELECT 1 FROM blob").fetchall()) == []
    sound(team)


def test_a_folder_with_the_workspace_in_it_is_refused(team: Team, tmp_path: Path) -> None:
    """A service that copies it would copy the database itself."""
    first = team.collectors[0]
    for folder in (first.store.path.parent, tmp_path):
        assert refusal(check_folder, first.store, folder) == "exchange.folder_is_home"
    assert refusal(check_folder, first.store, tmp_path / "none") == "exchange.no_folder"


def test_foreign_files_in_a_folder_stay_alone(team: Team, tmp_path: Path) -> None:
    """Other files, copies of a conflict and half ones are left where they are; a damaged bundle is
    told and stays; the rest is exchanged."""
    share, first = tmp_path / "share", team.collectors[0]
    settle(team, ByFolder(share), 2)
    first.append(visit(team.persons[0], first.clock()))
    exchange(first.store, Folder(first.store, share), clock=first.clock)
    (mine,) = [path for path in share.glob(f"fv-{team.lead.peer_id()}-*")]
    body = mine.read_bytes()
    (share / "notes.txt").write_text("x")
    (share / mine.name.replace(".fvx", " (conflicted copy).fvx")).write_bytes(body)
    (share / ".half.part").write_bytes(body[:50])
    bad = share / mine.name.replace("-000", "-999", 1)
    bad.write_bytes(body[:-5])
    told = exchange(team.lead.store, Folder(team.lead.store, share), clock=team.lead.clock)
    assert told.received == 1
    assert [code for code, _ in told.refused] == ["exchange.damaged"]
    assert not mine.exists()
    assert bad.exists()
    assert len(list(share.glob("*conflicted*"))) == 1


def test_a_laptop_that_is_admitted_later_gets_what_the_former_had(
    team: Team, tmp_path: Path
) -> None:
    """Whoever lost a laptop gets the persons with all entries on a new one."""
    first = team.collectors[0]
    first.append(visit(team.persons[0], first.clock()))
    settle(team, ByFolder(tmp_path / "share"), 2)
    first.store.close()
    team.collectors[0] = admitted(tmp_path / "new", team.lead, first.who)
    settle(team, ByFolder(tmp_path / "share"), 3)
    assert len(team.collectors[0].ask(readable)) == 2
    sound(team)


def test_the_same_fact_from_two_laptops_counts_once(team: Team, tmp_path: Path) -> None:
    """A call that both sides recorded under the same key is kept twice and counts once, on both
    sides; when one is undone the other counts, and a file that brings it again adds none."""
    first, who, way = team.collectors[0], team.persons[0], ByFolder(tmp_path / "share")
    call = NewEvent("contact", who, NOW, {"channel": "call", "code": "CALL-NA"}, "lender:17")
    mine = first.append(call)
    team.lead.append(call)
    settle(team, way, 3)
    count = "SELECT count(*) FROM contact JOIN who USING (pid) WHERE debtor_id = ?"
    entries = "SELECT count(*) FROM event WHERE debtor_id = ? AND kind = 'contact'"

    def numbers() -> list[tuple[int, int]]:
        return [
            one.ask(lambda conn: (conn.execute(count, (who,)).fetchone()[0],
                                  conn.execute(entries, (who,)).fetchone()[0]))
            for one in (team.lead, first)
        ]  # fmt: skip

    assert numbers() == [(1, 2)] * 2
    with first.store.write() as tx:
        undo(tx, mine)
    team.lead.append(call)
    settle(team, way, 3)
    assert numbers() == [(1, 2)] * 2
    sound(team)
