"""Bundles that are not as they should be: refused in words, and nothing of them is kept."""

import json
import random
import struct
import zlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from store_factory import NOW, PLAN_DAY, make_plan, visit
from team_factory import (
    ByFolder,
    Laptop,
    Team,
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

from planner.store.events import NewEvent
from planner.store.plans import plan_to_json
from planner.store.verify import verify
from planner.sync import bundle, delivery
from planner.sync.bundle import seal_bundle
from planner.sync.exchange import make_bundle, merge_bundle
from planner.sync.outgoing import delivery_up
from planner.sync.pairing import end_peer, readmit_peer
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
    readmit_peer(team.lead.store, first.peer_id())
    assert merge_bundle(team.lead.store, body, clock=team.lead.clock).received == 1
    assert refusal(readmit_peer, team.lead.store, first.peer_id()) == "exchange.not_in_team"


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


@pytest.mark.parametrize("body", [
    "", "[]", "{}", "[" * 100_000, '{"plan_id": "p1", "date": "2026-03-03"}',
    "GOOD lat", "GOOD time",
])  # fmt: skip
def test_a_submitted_plan_that_is_none_is_refused(team: Team, body: str) -> None:
    """Whatever a laptop calls a plan: nothing of the bundle is kept."""
    first, good = team.collectors[0], plan_to_json(make_plan())
    if body.startswith("GOOD"):
        wrong = {"lat": "x"} if "lat" in body else {"depart": "2026-03-03T09:00:00"}
        good["routes"][0] |= wrong
        body = json.dumps(good)
    with first.store.write() as tx:
        own, (peer,) = own_keys(tx.conn), load_peers(tx.conn)
        told, _ = delivery_up(tx.conn, replace(peer, out_number=500), first.clock())
    assert own
    copy = delivery.PlanCopy("p1", PLAN_DAY.toordinal(), 0, bytes(16), "K1", body)
    bad = seal_bundle(own, peer, replace(told, plans=(copy,)))
    assert refusal(merge_bundle, team.lead.store, bad, clock=team.lead.clock) == (
        "exchange.malformed"
    )


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
