"""The exchange between the workspaces of a team: the same for every way that bundles take.

First everything that waits is merged, one transaction for each bundle and a backup before the
first that brings something; then each peer is told what it lacks.
"""

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from planner.clock import Clock
from planner.domain.facts import moment
from planner.errors import PlannerError
from planner.store.append import meta
from planner.store.cleaning import finish_purge
from planner.store.driver import Connection
from planner.store.store import Store
from planner.store.team import COLLECTOR, LEAD, role
from planner.sync.bundle import open_bundle, seal_bundle
from planner.sync.conflicts import open_conflicts
from planner.sync.delivery import Chain, Delivery, to_bytes
from planner.sync.entries import family, known_hashes, rows_after, tip
from planner.sync.merge_down import merge_down
from planner.sync.merge_up import finish_up, merge_up, take_chains
from planner.sync.merging import Merged, asks_for_answer
from planner.sync.outgoing import delivery_up, own_devices
from planner.sync.outgoing_down import delivery_down
from planner.sync.peers import ACTIVE, ENDED, Peer, change_peer, find_peer, load_peers, own_keys
from planner.sync.transport import Chains, Parcel, Pulled, Transport

Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]
_AT_ONCE = 1000  # entries handed to a hub at once
_NOTHING = "="  # before the digest of a bundle that only confirms: nobody answers it
_PATIENCE = timedelta(days=1)  # then what was not answered is handed over again


@dataclass(frozen=True, slots=True)
class Told:
    """What one exchange did.

    `sent` and `received` count entries; `persons_in` and `persons_out` persons who came and who
    left this laptop; `flagged` entries on persons who were no longer assigned; `skew` seconds of
    the clock that differs most (0 = none by more than five minutes); `waiting` entries that did not
    fit and go next time; `known` bundles that had been merged before; `forked` laptops with two
    histories; `refused` are (code, params) of bundles that were not taken.
    """

    sent: int = 0
    received: int = 0
    persons_in: int = 0
    persons_out: int = 0
    flagged: int = 0
    conflicts: int = 0
    skew: int = 0
    waiting: int = 0
    known: int = 0
    forked: int = 0
    refused: tuple[tuple[str, dict[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class PeerStatus:
    """How things stand with one peer; `unconfirmed`: bundles it has not said it has.

    Instants are aware (UTC), None = never; `skew` seconds by which its clock is ahead of ours.
    """

    peer_id: str
    role: str
    collector_id: str
    name: str
    state: str
    sent_at: datetime | None
    received_at: datetime | None
    unconfirmed: int
    skew: int


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand: `unsent` entries, open `conflicts`, `flagged` entries, and `forks`: device
    ids under which two laptops recorded."""

    role: str
    unsent: int
    peers: tuple[PeerStatus, ...] = ()
    conflicts: int = 0
    flagged: int = 0
    forks: tuple[str, ...] = ()


def unsent(conn: Connection) -> int:
    """How many entries of this laptop the other side has not said it has; below a millisecond.

    In the lead's workspace: entries made since the last delivery to the collector who waits
    longest.
    """
    here = role(conn)
    if here == COLLECTOR:
        found = conn.execute(
            "SELECT ifnull(sum((SELECT count(*) FROM event e WHERE e.device_id = d.device_id"
            " AND e.device_seq > d.acked)), 0) FROM device d WHERE d.owner = ''"
        ).fetchone()
        return int(found[0])
    if here != LEAD:
        return 0
    (upto,) = conn.execute(
        "SELECT min(ifnull((SELECT max(upto) FROM sent s WHERE s.peer_id = p.peer_id), 0))"
        " FROM peer p WHERE state = ?",
        (ACTIVE,),
    ).fetchone()
    (last,) = conn.execute("SELECT ifnull(max(seq), 0) FROM event").fetchone()
    return 0 if upto is None else int(last) - int(upto)


def status(conn: Connection) -> Status:
    """How things stand with every peer, ended ones too."""
    peers = load_peers(conn, (ACTIVE, ENDED))
    return Status(
        role(conn), unsent(conn), tuple(_status_of(conn, peer) for peer in peers),
        len(open_conflicts(conn)),
        int(conn.execute("SELECT count(*) FROM flagged").fetchone()[0]),
        tuple(one for (one,) in conn.execute("SELECT DISTINCT device_id FROM fork ORDER BY 1")),
    )  # fmt: skip


def _status_of(conn: Connection, peer: Peer) -> PeerStatus:
    if peer.role == LEAD:
        (at,) = conn.execute(
            "SELECT max(at) FROM sent WHERE peer_id = ?", (peer.peer_id,)
        ).fetchone()
        peer = replace(peer, out_at=None if at is None else moment(at))
    return PeerStatus(
        peer.peer_id, peer.role, peer.collector_id, peer.name, peer.state, peer.out_at,
        peer.merged_at, 0 if peer.out_digest.startswith(_NOTHING) else
        max(0, peer.out_number - peer.acked), peer.skew,
    )  # fmt: skip


def exchange(
    store: Store, transport: Transport, *, clock: Clock, on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Told:  # fmt: skip
    """Take in what waits, then hand over what the others lack.

    `on_progress(done, total)` in bundles. A bundle that is refused stays where it is and is named
    in the answer; the others are taken. PlannerError: "exchange.no_team", "store.cancelled"
    (what was merged stays merged), and what the transport raises.
    """
    work = _Work(store, transport, clock, cancelled)
    parcels = list(transport.waiting())
    pulled = work.pull()
    with store.read() as conn:
        peers = load_peers(conn)
    total = len(parcels) + len(pulled) + len(peers)
    done = 0
    named = work.named(parcels) if any(one.doubtful for one in pulled) else {}
    for one in pulled:
        if not one.doubtful or work.is_present(one, named):
            work.take_rows(one)
        done += 1
        if on_progress:
            on_progress(done, total)
    for parcel in parcels:
        work.stop_if_cancelled()
        if work.take(parcel.body):
            transport.done(parcel)
        done += 1
        if on_progress:
            on_progress(done, total)
    work.clean()
    with store.read() as conn:
        peers = load_peers(conn)
    for peer in peers:
        work.stop_if_cancelled()
        work.send(peer.peer_id)
        done += 1
        if on_progress:
            on_progress(min(done, total), total)
    return work.told


class _Work:
    """One exchange: what it has done so far, and the one backup before it merges."""

    def __init__(
        self, store: Store, transport: Transport | None, clock: Clock, cancelled: Cancelled | None
    ) -> None:
        self.store, self.transport, self.clock = store, transport, clock
        self.cancelled = cancelled
        self.told = Told()
        self._backed_up = False
        with store.read() as conn:
            own = own_keys(conn)
            self.role = role(conn)
        if own is None or self.role not in (LEAD, COLLECTOR):
            raise PlannerError("exchange.no_team")
        self.own = own

    def stop_if_cancelled(self) -> None:
        if self.cancelled and self.cancelled():
            raise PlannerError("store.cancelled")

    def take(self, body: bytes) -> bool:
        """Merge a bundle; whether it may go (merged, or known). A refused one is noted."""
        try:
            self.merge(body)
        except PlannerError as error:
            if error.code == "exchange.replayed":
                self.told = replace(self.told, known=self.told.known + 1)
                return True
            if not error.code.startswith("exchange."):
                raise
            one = (error.code, dict(error.params))
            self.told = replace(self.told, refused=(*self.told.refused, one))
            return False
        return True

    def merge(self, body: bytes) -> None:
        """Merge a bundle as a whole; raises what `open_bundle` and the merging refuse."""
        now = self.clock()
        with self.store.read() as conn:
            peer, told = open_bundle(self.own, lambda one: find_peer(conn, one), body)
            if (peer.role == LEAD) != (self.role == COLLECTOR):
                raise PlannerError("exchange.unknown_sender")
            brings = _brings(conn, told)
        if brings:
            self.back_up()
        with self.store.write() as tx:
            known = find_peer(tx.conn, peer.peer_id) or peer
            step = merge_down if self.role == COLLECTOR else merge_up
            try:
                done = step(tx, known, told, now)
            except PlannerError as error:
                if error.code != "exchange.replayed" or not self._is_behind(known, told):
                    raise
                # Nothing is merged: the answer shows the lead its later bundle.
                change_peer(tx.conn, peer.peer_id, owes=1)
                self.told = replace(self.told, known=self.told.known + 1)
                return
            self._add(done)
        self._device()

    def _is_behind(self, peer: Peer, told: Delivery) -> bool:
        """Whether a lead numbers anew what it had sent: its file was put back by hand."""
        same = told.device_id == peer.device_id
        last = int(peer.in_at.timestamp()) if peer.in_at else 0
        return self.role == COLLECTOR and same and told.made_at > last

    def take_rows(self, one: Pulled) -> None:
        """The lead takes entries that a hub kept, as `merge` takes a bundle's."""
        now = self.clock()
        self.back_up()
        try:
            with self.store.write() as tx:
                peer = _peer_of(tx.conn, one.collector_id)
                done = Merged()
                chain = Chain(one.device_id, one.rows)
                fresh, _ = take_chains(tx.conn, peer, [chain], now, done)
                finish_up(tx.conn, peer, None, fresh, peer.held, now, done)
            self._add(done)
        except PlannerError as error:
            if not error.code.startswith("exchange."):
                raise
            refused = (error.code, dict(error.params))
            self.told = replace(self.told, refused=(*self.told.refused, refused))

    def named(self, parcels: Sequence[Parcel]) -> dict[str, str]:
        """The devices that laptops of the team name in their signed bundles, and whose they are."""
        found = {}
        for parcel in parcels:
            with self.store.read() as conn, contextlib.suppress(PlannerError):
                peer, told = open_bundle(self.own, partial(find_peer, conn), parcel.body)
                found[told.device_id] = peer.peer_id
        return found

    def is_present(self, one: Pulled, named: Mapping[str, str]) -> bool:
        """Whether a device that an ended laptop may have sent is the present laptop's."""
        with self.store.read() as conn:
            owners = {owner for _, owner, _ in family(conn, one.device_id)}
            peers = load_peers(conn)
        return any(
            peer.collector_id == one.collector_id
            and (peer.device_id == one.device_id or peer.peer_id in owners
                 or named.get(one.device_id) == peer.peer_id)
            for peer in peers
        )  # fmt: skip

    def back_up(self) -> None:
        """A copy of how it was before this exchange."""
        if not self._backed_up:
            self.store.backup("merge", cancelled=self.cancelled)
            self._backed_up = True

    def clean(self) -> None:
        """Leave nothing of persons who left in free pages and backups."""
        if self.told.persons_out:
            finish_purge(self.store, why="merge")

    def _add(self, done: Merged) -> None:
        skew = max(self.told.skew, done.skew, key=abs)
        self.told = replace(
            self.told, received=self.told.received + done.received,
            persons_in=self.told.persons_in + done.persons_in,
            persons_out=self.told.persons_out + done.persons_out,
            flagged=self.told.flagged + done.flagged,
            conflicts=self.told.conflicts + done.conflicts,
            forked=self.told.forked + done.forked, skew=skew,
        )  # fmt: skip

    def _device(self) -> None:
        with self.store.read() as conn:
            self.store.device_id = meta(conn, "device")

    def send(self, peer_id: str, *, always: bool = False) -> None:
        """Hand over what this peer lacks; nothing when it lacks nothing and nothing came."""
        if self.transport is None:
            raise RuntimeError("no way to send")
        pushed = self.push()
        made = self.bundle(peer_id, always=always, hub=pushed)
        if made is not None:
            peer, number, body = made
            try:
                self.transport.put(peer, number, body)
            except PlannerError as error:
                if error.code != "hub.not_yours":  # locked out there: the others still get theirs
                    raise
                one = (error.code, dict(error.params))
                self.told = replace(self.told, refused=(*self.told.refused, one))

    def bundle(
        self, peer_id: str, *, always: bool, hub: frozenset[str] = frozenset()
    ) -> tuple[Peer, int, bytes] | None:
        """The next bundle for a peer; None when there is nothing new to tell."""
        now = self.clock()
        with self.store.write() as tx:
            peer = find_peer(tx.conn, peer_id)
            if peer is None or peer.state != ACTIVE:
                raise PlannerError("exchange.not_in_team", name=peer.name if peer else "")
            if self.role == LEAD:
                told, waiting = delivery_down(tx.conn, peer, now)
            else:
                told, waiting = delivery_up(tx.conn, peer, now, hub=hub)
            digest = _digest(told)
            again = always or peer.owes or digest != peer.out_digest or self._silent(peer, now)
            if not again and not (asks_for_answer(told) and self._lost(peer, now)):
                # The last one says it all, up to the present place as well.
                tx.conn.execute(
                    "UPDATE sent SET upto = (SELECT max(upto) FROM sent WHERE peer_id = ?1)"
                    " WHERE peer_id = ?1 AND number = ?2",
                    (peer_id, peer.out_number),
                )
                tx.conn.execute(
                    "DELETE FROM sent WHERE peer_id = ? AND number = ?", (peer_id, told.number)
                )
                tx.conn.execute(
                    "UPDATE given SET number = ? WHERE peer_id = ? AND number = ?",
                    (peer.out_number, peer_id, told.number),
                )
                return None
            if self.role == COLLECTOR:
                tx.conn.execute(
                    "INSERT INTO sent VALUES (?, ?, ?, 0)",
                    (peer_id, told.number, int(now.timestamp())),
                )
            change_peer(
                tx.conn, peer_id, out_number=told.number, out_at=int(now.timestamp()), owes=0,
                out_digest=digest,
            )  # fmt: skip
        self.told = replace(
            self.told, sent=self.told.sent + told.entries, waiting=self.told.waiting + waiting
        )
        return peer, told.number, seal_bundle(self.own, peer, told)

    def _lost(self, peer: Peer, now: datetime) -> bool:
        """Whether the last bundle may not arrive any more, though it was not answered."""
        keeps = self.transport is not None and self.transport.keeps
        return not keeps or peer.out_at is None or now - peer.out_at > _PATIENCE

    def _silent(self, peer: Peer, now: datetime) -> bool:
        """Whether the lead has told nothing for long: a laptop that has later bundles of it than
        this file knows of then shows that the file was put back."""
        return self.role == LEAD and peer.out_at is not None and now - peer.out_at > _PATIENCE

    def push(self) -> frozenset[str]:
        """Hand entries of this laptop to a hub; the devices whose chains are there."""
        chains = self.transport.chains if self.transport else None
        if chains is None or self.role != COLLECTOR:
            return frozenset()
        done = set()
        with self.store.read() as conn:
            devices = own_devices(conn)
        for device in devices:
            if self._push(chains, device):
                done.add(device)
        return frozenset(done)

    def _push(self, chains: Chains, device: str) -> bool:
        """Whether the hub holds all of the device; one that it calls forked goes in the bundle."""
        number, digest = chains.held(device)
        with self.store.read() as conn:
            known = (
                not number
                or conn.execute(
                    "SELECT 1 FROM event WHERE device_id = ? AND device_seq = ? AND hash = ?",
                    (device, number, digest),
                ).fetchone()
            )
        if not known:
            return False
        while True:
            with self.store.read() as conn:
                some = list(rows_after(conn, device, number, _AT_ONCE))
            if not some:
                return True
            try:
                number = chains.push(device, some)
            except PlannerError as error:
                if error.code == "exchange.forked":
                    return False
                raise
            self.told = replace(self.told, sent=self.told.sent + len(some))

    def pull(self) -> list[Pulled]:
        """Entries of laptops that a hub kept for the lead."""
        chains = self.transport.chains if self.transport else None
        if chains is None or self.role != LEAD:
            return []
        with self.store.read() as conn:
            held = {
                name: tip(conn, name)[0]
                for (name,) in conn.execute(
                    "SELECT device_id FROM device WHERE owner <> '' AND part = 0"
                )
            }
        return list(chains.pull(held))


def _peer_of(conn: Connection, collector_id: str) -> Peer:
    """The laptop of a collector. PlannerError("exchange.unknown_sender")."""
    for peer in load_peers(conn, (ACTIVE,)):
        if peer.collector_id == collector_id:
            return peer
    raise PlannerError("exchange.unknown_sender")


def _brings(conn: Connection, told: Delivery) -> bool:
    """Whether a delivery changes anything here but the notes about the peer."""
    if told.persons or told.gone or told.plans or told.settings is not None or told.files:
        return True
    rows = [*told.workspace, *(row for one in told.chains for row in one.rows)]
    return len(known_hashes(conn, rows)) < len(rows)


def _digest(told: Delivery) -> str:
    """By what two deliveries to the same peer are compared: all but number and time."""
    same = replace(told, number=0, made_at=0, seen=("", 0, 0), proof=b"")
    mark = "" if asks_for_answer(told) else _NOTHING
    return mark + hashlib.blake2b(to_bytes(same), digest_size=16).hexdigest()


def merge_bundle(store: Store, body: bytes, *, clock: Clock) -> Told:
    """Merge one bundle, as from a file. PlannerError("exchange.…") when it is refused."""
    work = _Work(store, None, clock, None)
    work.merge(body)
    work.clean()
    return work.told


def make_bundle(store: Store, peer_id: str, *, clock: Clock) -> tuple[bytes, Told]:
    """The bundle for one peer, to be carried there as a file. PlannerError("exchange.…")."""
    work = _Work(store, None, clock, None)
    made = work.bundle(peer_id, always=True)
    if made is None:
        raise RuntimeError("a bundle that was asked for is always made")
    return made[2], work.told


def peers_of(store: Store) -> Sequence[Peer]:
    """The peers with whom this workspace exchanges."""
    with store.read() as conn:
        return load_peers(conn)
