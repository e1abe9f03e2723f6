"""What goes wrong between laptops: refused in words or mended, and nothing is lost."""

import hashlib
import json
import random
import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from store_factory import NOW, visit
from team_factory import (
    ByFolder,
    Laptop,
    Team,
    admitted,
    event_ids,
    make_team,
    readable,
    settle,
    shared,
    weak_codes,
)

from planner.actions.evidence import Piece, evidence_of, keep, load_evidence
from planner.errors import PlannerError
from planner.store.backup import backups, restore
from planner.store.events import NewEvent
from planner.store.store import Store
from planner.store.verify import verify
from planner.sync import bundle, delivery
from planner.sync.bundle import seal_bundle
from planner.sync.conflicts import mark_settled, open_conflicts
from planner.sync.exchange import exchange, make_bundle, merge_bundle, status
from planner.sync.folder import Folder, check_folder
from planner.sync.merging import person_hash
from planner.sync.outgoing import delivery_up
from planner.sync.pairing import end_peer
from planner.sync.peers import OwnKeys, Peer, find_peer, load_peers, own_keys


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


def refusal(deed: object, *args: object, **more: object) -> str:
    with pytest.raises(PlannerError) as caught:
        deed(*args, **more)  # type: ignore[operator]
    return caught.value.code


def to_lead(laptop: Laptop) -> bytes:
    """The bundle that a laptop's owner would carry to the lead."""
    (peer,) = laptop.ask(load_peers)
    return make_bundle(laptop.store, peer.peer_id, clock=laptop.clock)[0]


def to_laptop(team: Team, laptop: Laptop) -> bytes:
    """The bundle that the lead would carry to a laptop."""
    return make_bundle(team.lead.store, laptop.peer_id(), clock=team.lead.clock)[0]


def sound(team: Team) -> None:
    """All verify, and shared persons are the same."""
    for one in team.all:
        assert verify(one.store).problems == ()
    for who, here, there in shared(team):
        assert here == there, who


def test_each_bad_bundle_has_words_of_its_own(team: Team) -> None:
    """For somebody else, forged, damaged, cut, from a newer program, from a stranger, from one who
    left, none at all: nothing changes at the lead."""
    first, second = team.collectors
    first.append(visit(team.persons[0], first.clock()))
    body = to_lead(first)
    before = team.lead.ask(event_ids)

    def merge(laptop: Laptop, data: bytes) -> str:
        return refusal(merge_bundle, laptop.store, data, clock=laptop.clock)

    assert merge(second, body) == "exchange.wrong_receiver"
    assert merge(team.lead, b"hello") == "exchange.not_a_bundle"
    assert merge(team.lead, body[:9] + b"\x02" + body[10:]) == "exchange.newer"
    assert merge(team.lead, body[:-1]) == "exchange.damaged"
    assert merge(team.lead, body[:200] + b"\x00" + body[201:]) == "exchange.damaged"
    stranger = body[:18] + bytes(8) + body[26:]
    assert merge(team.lead, stranger) == "exchange.unknown_sender"
    other = bytes.fromhex(second.peer_id())
    assert merge(team.lead, body[:18] + other + body[26:]) == "exchange.forged"
    assert team.lead.ask(event_ids) == before
    end_peer(team.lead.store, first.peer_id())
    assert merge(team.lead, body) == "exchange.not_in_team"
    assert refusal(make_bundle, team.lead.store, first.peer_id(), clock=first.clock) == (
        "exchange.not_in_team"
    )


def test_a_bundle_twice_is_known_and_does_no_harm(team: Team) -> None:
    """The second time it is told as known; an older one after a newer one as well."""
    first = team.collectors[0]
    bodies = []
    for _ in range(2):
        first.append(visit(team.persons[0], first.clock()))
        bodies.append(to_lead(first))
    assert merge_bundle(team.lead.store, bodies[1], clock=team.lead.clock).received == 2
    for body in bodies:
        assert refusal(merge_bundle, team.lead.store, body, clock=team.lead.clock) == (
            "exchange.replayed"
        )
    down = to_laptop(team, first)
    merge_bundle(first.store, down, clock=first.clock)
    assert refusal(merge_bundle, first.store, down, clock=first.clock) == "exchange.replayed"
    sound(team)


def test_a_collector_cannot_do_what_is_the_leads(team: Team) -> None:
    """Entries reserved to the lead, the undo of such, and a delivery shaped like the lead's are
    refused as a whole."""
    first, who = team.collectors[0], team.persons[0]
    (batch,) = first.ask(
        lambda conn: conn.execute(
            "SELECT batch FROM event WHERE kind = 'person.listed' AND debtor_id = ?", (who,)
        ).fetchone()
    )
    before = team.lead.ask(event_ids)
    with first.store.read() as conn:
        (peer,), own = load_peers(conn), own_keys(conn)
    forged = delivery.Delivery(first.store.device_id, 99, 0, assigned={}, gone=(who,))
    assert own
    assert refusal(
        merge_bundle, team.lead.store, seal_bundle(own, peer, forged), clock=team.lead.clock
    ) == "exchange.lead_only"  # fmt: skip
    first.append(NewEvent("reversal", who, first.clock(), {"batch": batch}))
    assert refusal(merge_bundle, team.lead.store, to_lead(first), clock=team.lead.clock) == (
        "exchange.lead_only"
    )
    assert team.lead.ask(event_ids) == before


@pytest.mark.parametrize("kind", ["assigned", "override"])
def test_kinds_reserved_to_the_lead_are_refused(team: Team, kind: str) -> None:
    """A laptop that records them itself is refused."""
    first, who = team.collectors[0], team.persons[0]
    span = {"from": NOW, "until": NOW, "rule": "x", "channel": "visit", "reason": "x"}
    first.append(NewEvent(kind, who, NOW, {"collector_id": "甲"} if kind == "assigned" else span))
    assert refusal(merge_bundle, team.lead.store, to_lead(first), clock=team.lead.clock) == (
        "exchange.lead_only"
    )


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


def mutated(rnd: random.Random, body: bytes) -> bytes:
    """A bundle with some bytes flipped, cut, put in or taken out."""
    data = bytearray(body)
    for _ in range(rnd.randrange(1, 4)):
        at, size = rnd.randrange(len(data)), rnd.randrange(1, 40)
        how = rnd.randrange(4)
        if how == 0:
            data[at] ^= 1 << rnd.randrange(8)
        elif how == 1:
            del data[at:]
        elif how == 2:
            data[at:at] = rnd.randbytes(size)
        else:
            del data[at : at + size]
        if not data:
            break
    return bytes(data)


def hostile(rnd: random.Random, inside: bytes) -> bytes:
    """A delivery whose JSON object has something wrong in it, packed as it should be."""
    _, packed = struct.unpack_from(">II", inside)
    told = json.loads(zlib.decompress(inside[8 : 8 + packed]))
    wrong = rnd.choice([None, -1, 2**70, 1.5, "", "zz", [], [[]], {"a": 1}, True, [None] * 3])
    if rnd.random() < 0.4:
        name = rnd.choice([one for one in sorted(told) if one not in ("settings", "more")])
        told[name] = wrong if wrong not in ([], None, "") else {"x": wrong}
    else:
        row = rnd.choice(told["chains"][0][1])
        at = rnd.randrange(len(row))
        row[at] = changed(rnd, row[at]) if rnd.random() < 0.6 else {"x": wrong}
        if rnd.random() < 0.2:
            told["chains"][0][1].pop(0)
    raw = json.dumps(told).encode()
    size = len(raw) if rnd.random() < 0.9 else rnd.randrange(2**31)
    body = zlib.compress(raw)
    return struct.pack(">II", size, len(body)) + body


def changed(rnd: random.Random, value: object) -> object:
    """Another value of the same type."""
    if isinstance(value, int):
        return value + rnd.choice([-1, 1, 1000])
    if isinstance(value, str) and value:
        at = rnd.randrange(len(value))
        other = "1" if value[at] == "0" else "0"
        return value[:at] + other + value[at + 1 :]
    return "00" * 16


def sealed_raw(own: OwnKeys, peer: Peer, number: int, inside: bytes) -> bytes:
    """A bundle that is sealed and signed as it should be, whatever is in it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(bundle, "to_bytes", lambda _: inside)
        return seal_bundle(own, peer, delivery.Delivery("a", number, 0))


def attack(team: Team, count: int, seed: int) -> None:
    """Mutated bundles, and rightly sealed and signed ones with mutated insides: each is refused
    with a code, and the lead's workspace stays as it was."""
    rnd, first = random.Random(seed), team.collectors[0]
    first.append(*[visit(who, first.clock()) for who in first.ask(readable) * 3])
    body = to_lead(first)
    with first.store.write() as tx:
        own, (peer,) = own_keys(tx.conn), load_peers(tx.conn)
        told, _ = delivery_up(tx.conn, replace(peer, out_number=500), first.clock())
    assert own
    inside = delivery.to_bytes(told)
    before = team.lead.ask(event_ids), team.lead.ask(find_peer, first.peer_id())
    for turn in range(count):
        if turn % 2:
            data = mutated(rnd, body)
        else:
            data = sealed_raw(own, peer, 500 + turn, hostile(rnd, inside))
        if data == body:
            continue
        code = refusal(merge_bundle, team.lead.store, data, clock=team.lead.clock)
        assert code.startswith("exchange."), code
        assert (team.lead.ask(event_ids), team.lead.ask(find_peer, first.peer_id())) == before
    assert verify(team.lead.store).ok


def test_mutated_bundles_are_refused_cleanly(team: Team) -> None:
    """Two hundred, half of them signed by a laptop that means harm."""
    attack(team, 200, 1)


@pytest.mark.full
def test_mutated_bundles_are_refused_cleanly_at_length(team: Team) -> None:
    """Five thousand."""
    attack(team, 5000, 2)
