"""The other workspaces of a team as this one knows them, and its own keys.

A peer is known by the fingerprint of its two public keys, so another laptop of the same collector
is another peer. Its own private keys lie in `meta`, inside the encrypted file.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from nacl.public import PrivateKey, PublicKey
from nacl.signing import SigningKey, VerifyKey

from planner.domain.facts import moment
from planner.store.driver import Connection

ACTIVE, ENDED = "active", "ended"
_COLUMNS = (
    "peer_id, role, collector_id, name, verify, box, state, since, device_id, out_number, out_at,"
    " in_number, in_at, skew, held, acked, owes, invitation, settings, out_digest, merged_at"
)


@dataclass(frozen=True, slots=True)
class Peer:
    """Another workspace of the team. Instants are aware (UTC), None = never.

    `out_number` of the bundles sent to it and `in_number` of those merged from its device
    `device_id`; `skew` seconds by which its clock is ahead of ours; `held` is the place in this
    file up to which it has what concerns it; `owes`: it has not been told what was merged.
    """

    peer_id: str
    role: str
    collector_id: str
    name: str
    verify: bytes = field(repr=False)
    box: bytes = field(repr=False)
    state: str = ACTIVE
    since: datetime | None = None
    device_id: str = ""
    out_number: int = 0
    out_at: datetime | None = None
    in_number: int = 0
    in_at: datetime | None = None
    skew: int = 0
    held: int = 0
    acked: int = 0
    owes: bool = False
    invitation: str = field(default="", repr=False)
    settings: str = ""
    out_digest: str = ""
    merged_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class OwnKeys:
    """This workspace's private keys; `repr` says nothing."""

    sign: SigningKey = field(repr=False)
    box: PrivateKey = field(repr=False)

    @property
    def fingerprint(self) -> str:
        """By what the others know it."""
        return fingerprint(bytes(self.sign.verify_key), bytes(self.box.public_key))


def fingerprint(verify: bytes, box: bytes) -> str:
    """16 hexadecimal digits that stand for two public keys."""
    return hashlib.blake2b(verify + box, digest_size=8, person=b"fairvisit-peer").hexdigest()


def own_keys(conn: Connection) -> OwnKeys | None:
    """The keys of this workspace, None while it belongs to no team."""
    found = dict(conn.execute("SELECT name, value FROM meta WHERE name IN ('sign', 'box')"))
    if len(found) < 2:
        return None
    return OwnKeys(
        SigningKey(bytes.fromhex(found["sign"])), PrivateKey(bytes.fromhex(found["box"]))
    )


def make_keys(conn: Connection) -> OwnKeys:
    """The keys of this workspace; new ones where it has none, inside the caller's transaction."""
    known = own_keys(conn)
    if known:
        return known
    keys = OwnKeys(SigningKey.generate(), PrivateKey.generate())
    conn.executemany(
        "INSERT OR REPLACE INTO meta VALUES (?, ?)",
        [("sign", bytes(keys.sign).hex()), ("box", bytes(keys.box).hex())],
    )
    return keys


def load_peers(conn: Connection, states: Sequence[str] = (ACTIVE,)) -> list[Peer]:
    """The peers in these states, by collector and name."""
    marks = ", ".join("?" * len(states))
    return [
        _peer(row)
        for row in conn.execute(
            f"SELECT {_COLUMNS} FROM peer WHERE state IN ({marks})"
            " ORDER BY collector_id, name, peer_id",
            tuple(states),
        )
    ]


def find_peer(conn: Connection, peer_id: str) -> Peer | None:
    """The peer with this fingerprint, in whatever state."""
    row = conn.execute(f"SELECT {_COLUMNS} FROM peer WHERE peer_id = ?", (peer_id,)).fetchone()
    return _peer(row) if row else None


def add_peer(conn: Connection, peer: Peer, now: datetime) -> None:
    """Know a new peer, inside the caller's transaction."""
    # The keys are stored only where they are valid ones.
    VerifyKey(peer.verify)
    PublicKey(peer.box)
    conn.execute(
        "INSERT INTO peer (peer_id, role, collector_id, name, verify, box, state, since,"
        " invitation) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (peer.peer_id, peer.role, peer.collector_id, peer.name, peer.verify, peer.box, peer.state,
         int(now.timestamp()), peer.invitation),
    )  # fmt: skip


def change_peer(conn: Connection, peer_id: str, **values: Any) -> None:
    """Set columns of a peer (their names come from the program itself)."""
    told = ", ".join(f"{name} = ?" for name in values)
    conn.execute(f"UPDATE peer SET {told} WHERE peer_id = ?", (*values.values(), peer_id))


def _peer(row: tuple[Any, ...]) -> Peer:
    told = dict(zip(_COLUMNS.split(", "), row, strict=True))
    for name in ("since", "out_at", "in_at", "merged_at"):
        told[name] = None if told[name] is None else moment(told[name])
    return Peer(**told | {"owes": bool(told["owes"])})
