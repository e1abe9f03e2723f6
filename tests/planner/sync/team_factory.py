"""A lead and some collectors, each with a workspace of their own, and ways between them."""

import random
import shutil
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

import pytest
from store_factory import NOW, TestClock, listed, random_event

from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.events import NewEvent
from planner.store.store import Store, make_debtor
from planner.store.team import persons_of
from planner.store.verify import verify
from planner.sync import pairing
from planner.sync.entries import LEAD_KINDS
from planner.sync.exchange import Told, exchange, make_bundle
from planner.sync.folder import Folder
from planner.sync.merging import person_hash
from planner.sync.peers import Peer, load_peers
from planner.sync.transport import Parcel

NAMES = ("甲", "乙", "丙")


class Pouch:
    """Bundles as files that are carried: kept in memory until they are taken."""

    name = "file"
    keeps = False
    chains = None

    def __init__(self, own: str) -> None:
        self.own = own
        self.out: list[tuple[str, bytes]] = []
        self.mine: list[Parcel] = []

    def put(self, peer: Peer, number: int, body: bytes) -> None:
        self.out.append((peer.peer_id, body))

    def waiting(self) -> Iterable[Parcel]:
        return list(self.mine)

    def done(self, parcel: Parcel) -> None:
        self.mine.remove(parcel)


@dataclass
class Laptop:
    """A workspace with its clock; `who` is the collector's id, "" for the lead."""

    store: Store
    clock: TestClock
    who: str
    pouch: Pouch = field(default_factory=lambda: Pouch(""))

    def append(self, *events: NewEvent, batch: bytes | None = None) -> bytes:
        with self.store.write() as tx:
            return tx.append(events, batch)

    def ask(self, question: Any, *more: Any) -> Any:
        with self.store.read() as conn:
            return question(conn, *more)

    def peer_id(self) -> str:
        with self.store.read() as conn:
            keys = pairing.own_keys(conn)
        assert keys
        return keys.fingerprint


class Way(Protocol):
    """How an exchange of one laptop goes; the driver knows no more of a transport."""

    def exchange(self, laptop: Laptop) -> Told: ...


class ByFile:
    """Files that are carried, in any order, some twice, some never."""

    def __init__(self, team: "Team", rnd: random.Random | None = None) -> None:
        self.team, self.rnd = team, rnd or random.Random(0)
        self.kept: list[tuple[str, bytes]] = []

    def exchange(self, laptop: Laptop) -> Told:
        told = exchange(laptop.store, laptop.pouch, clock=laptop.clock)
        for to, body in laptop.pouch.out:
            self.kept.append((to, body))
            if self.rnd.random() < 0.85:  # else it is lost on the way
                self.team.by_peer(to).pouch.mine.append(Parcel(str(len(self.kept)), body))
        laptop.pouch.out.clear()
        if self.kept and self.rnd.random() < 0.2:
            to, body = self.rnd.choice(self.kept)
            self.team.by_peer(to).pouch.mine.append(Parcel("again", body))
        return told


class ByFolder:
    """One folder that all of them see."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def exchange(self, laptop: Laptop) -> Told:
        return exchange(laptop.store, Folder(laptop.store, self.folder), clock=laptop.clock)


@dataclass
class Team:
    """A lead and collectors, with the persons of the book."""

    lead: Laptop
    collectors: list[Laptop]
    persons: list[str] = field(default_factory=list)

    @property
    def all(self) -> list[Laptop]:
        return [self.lead, *self.collectors]

    def by_peer(self, peer_id: str) -> Laptop:
        return next(one for one in self.all if one.peer_id() == peer_id)

    def assign(self, who: str, collector: Laptop | None) -> None:
        told = {"collector_id": collector.who if collector else ""}
        self.lead.append(NewEvent("assigned", who, self.lead.clock(), told))

    def close(self) -> None:
        for one in self.all:
            one.store.close()


def weak_codes(patch: pytest.MonkeyPatch) -> None:
    """Codes are stretched by little work: their strength is not what is tested."""
    patch.setattr(pairing, "OPS", 1)
    patch.setattr(pairing, "MEMORY", 8192)


def admitted(folder: Path, lead: Laptop, who: str, name: str = "") -> Laptop:
    """A new laptop of a collector that has joined the lead's team."""
    folder.mkdir()
    clock = TestClock(lead.clock.now)
    store = Store.create(folder / "w.fairvisit", clock=clock)
    card, code = pairing.begin_joining(store, name or who, who)
    pairing.join(store, pairing.admit(lead.store, card, code, clock()), clock())
    return Laptop(store, clock, who)


def make_team(folder: Path, names: Sequence[str] = NAMES, persons: int = 6) -> Team:
    """A lead with `persons` persons and a laptop for each collector."""
    home = folder / "lead"
    home.mkdir()
    clock = TestClock()
    lead = Laptop(Store.create(home / "w.fairvisit", clock=clock), clock, "")
    pairing.make_lead(lead.store, "组长")
    team = Team(lead, [admitted(folder / f"c{k}", lead, who) for k, who in enumerate(names)])
    with lead.store.write() as tx:
        for k in range(persons):
            who = make_debtor(tx, f"id:{k}")
            team.persons.append(who)
            tx.append([listed(who, NOW - timedelta(days=5))])
    return team


def copy_of(team: Team, folder: Path) -> Team:
    """The same team, which nobody has open, in another folder and with clocks of its own."""
    home = team.lead.store.path.parent.parent
    shutil.copytree(home, folder)
    copied = []
    for one in team.all:
        clock = TestClock(one.clock.now)
        place = folder / one.store.path.relative_to(home)
        copied.append(Laptop(Store.open(place, clock=clock), clock, one.who))
    return Team(copied[0], copied[1:], list(team.persons))


def settle(team: Team, way: Way, rounds: int = 8) -> None:
    """Exchange until nothing is left to tell, with nothing lost on the way any more."""
    if isinstance(way, ByFile):
        way.rnd = random.Random(1)
        way.rnd.random = lambda: 0.5  # type: ignore[method-assign]
    for _ in range(rounds):
        for one in team.all:
            one.clock.forward(seconds=30)
            way.exchange(one)


def shared(team: Team) -> list[tuple[str, str, str]]:
    """(person, hash at the lead, hash at the collector) of everybody a collector has."""
    found = []
    for one in team.collectors:
        for who in team.lead.ask(persons_of, one.who):
            found.append((who, team.lead.ask(person_hash, who), one.ask(person_hash, who)))
    return found


def event_ids(conn: Connection) -> set[bytes]:
    """The ids of all entries."""
    return {bytes(one) for (one,) in conn.execute("SELECT event_id FROM event")}


def readable(conn: Connection) -> list[str]:
    """The persons whose key is here."""
    return [
        who
        for (who,) in conn.execute(
            "SELECT debtor_id FROM who WHERE key IS NOT NULL AND debtor_id <> '' ORDER BY 1"
        )
    ]


def field_event(rnd: random.Random, who: str, at: datetime) -> NewEvent:
    """Something a collector records about a person."""
    while True:
        event = random_event(rnd, who)
        if event.kind not in LEAD_KINDS:
            return NewEvent(event.kind, who, at, event.payload)


def refusal(deed: object, *args: object, **more: object) -> str:
    """The code with which it is refused."""
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
