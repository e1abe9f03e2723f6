"""What a collector's laptop sends: the chains of its own devices. See `outgoing_down` for the lead.

A delivery notes in `given` what it holds, so that the answer can confirm it. It is cumulative: what
was sent and not confirmed is in the next one again.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from planner.store.append import meta
from planner.store.driver import Connection
from planner.store.events import Row, rows, unseal
from planner.store.team import SUBMITTED
from planner.sync.delivery import Chain, Delivery, File, PersonPackage, PlanCopy
from planner.sync.entries import rows_after
from planner.sync.peers import Peer
from planner.sync.plan_copies import submitted_route

AT_ONCE = 48 * 1024**2  # bytes of entries and evidence in one delivery; what is left goes next time
CHAIN = "chain:"  # topics of `given` that are no persons
SEEN_STAMP = "seen_stamp"  # in `meta`: of the lead's last delivery that was merged
ASKED = "asked:"  # whom the lead lost by a restore and asks for
# Settings that hold for the whole team; they are decided in the lead's workspace.
TEAM_SETTINGS: Final = (
    "house_overrides", "house_options", "calendar_years", "calendar_days", "weights",
    "instalments", "remote",
)  # fmt: skip


@dataclass(slots=True)
class Room:
    """How many bytes may still be added, and how many entries were left out."""

    left: int = AT_ONCE
    waiting: int = 0

    def take(self, size: int) -> bool:
        """Whether there is room; the first thing always fits."""
        fits = size <= self.left or self.left == AT_ONCE
        if fits:
            self.left -= size
        return fits


def team_settings(conn: Connection) -> dict[str, Any]:
    """The settings of the team that are made here."""
    asked = json.dumps(TEAM_SETTINGS)
    return {
        key: json.loads(value)
        for key, value in conn.execute(
            "SELECT key, value FROM setting WHERE key IN (SELECT value FROM json_each(?))"
            " ORDER BY key",
            (asked,),
        )
    }


def settings_digest(found: dict[str, Any]) -> str:
    """By what two workspaces compare the settings of the team."""
    text = json.dumps(found, ensure_ascii=False, sort_keys=True)
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def own_devices(conn: Connection) -> list[str]:
    """The devices of this workspace: the present one and those before a restore or a fork."""
    return [
        who for (who,) in conn.execute("SELECT device_id FROM device WHERE owner = '' ORDER BY 1")
    ]


def delivery_up(
    conn: Connection, peer: Peer, now: datetime, *, hub: frozenset[str] = frozenset()
) -> tuple[Delivery, int]:
    """What a collector's laptop tells its lead, and how many entries did not fit.

    Entries of the devices in `hub` travel by themselves; only what belongs to them goes along.
    """
    number, room = peer.out_number + 1, Room()
    chains: list[Chain] = []
    files: list[File] = []
    plans: list[PlanCopy] = []
    _forget_topics(conn, peer)
    for device in own_devices(conn):
        (acked,) = conn.execute(
            "SELECT acked FROM device WHERE device_id = ?", (device,)
        ).fetchone()
        taken, more = _take(conn, device, acked, room)
        for row, body in taken:
            files += [body] if body else []
            plans += _submitted(conn, row)
        if taken:
            last = taken[-1][0].device_seq
            conn.execute(
                "INSERT OR REPLACE INTO given VALUES (?, ?, ?, ?)",
                (peer.peer_id, CHAIN + device, number, last),
            )
            if device not in hub:
                chains.append(Chain(device, tuple(row for row, _ in taken)))
        room.waiting += more
    back = _asked(conn, peer)
    files += [file for one in back for row in one.rows if row.kind == "evidence"
              and (file := file_of(conn, row))]  # fmt: skip
    wishes = conn.execute("SELECT debtor_id, surplus FROM wish ORDER BY 1").fetchall()
    told = Delivery(
        meta(conn, "device"), number, int(now.timestamp()), _seen(peer),
        chains=tuple(chains), persons=tuple(back), files=tuple(files), plans=tuple(plans),
        wanted=tuple(who for who, surplus in wishes if not surplus),
        surplus=tuple(who for who, surplus in wishes if surplus),
        settings_digest=settings_digest(team_settings(conn)), more=room.waiting > 0,
        proof=_proof(conn),
    )  # fmt: skip
    return told, room.waiting


def _proof(conn: Connection) -> bytes:
    """The stamp of the lead's last delivery that was merged, as it says it was made."""
    found = conn.execute("SELECT value FROM meta WHERE name = ?", (SEEN_STAMP,)).fetchone()
    return bytes.fromhex(found[0]) if found else b""


def _asked(conn: Connection, peer: Peer) -> list[PersonPackage]:
    """Whole persons for whom the lead has asked, as far as they are here."""
    found = conn.execute(
        "SELECT debtor_id FROM given JOIN who ON topic = ? || debtor_id"
        " WHERE peer_id = ? AND key IS NOT NULL ORDER BY 1",
        (ASKED, peer.peer_id),
    ).fetchall()
    return [package(conn, who, person_rows(conn, who), whole=True) for (who,) in found]


def _forget_topics(conn: Connection, peer: Peer) -> None:
    conn.execute(
        "DELETE FROM given WHERE peer_id = ? AND topic LIKE ?", (peer.peer_id, CHAIN + "%")
    )


def _seen(peer: Peer) -> tuple[str, int, int]:
    at = int(peer.merged_at.timestamp()) if peer.merged_at else 0
    return peer.device_id, peer.in_number, at


def _take(
    conn: Connection, device: str, after: int, room: Room
) -> tuple[list[tuple[Row, File | None]], int]:
    """Entries of a device as far as there is room, each with its file; how many are left."""
    taken: list[tuple[Row, File | None]] = []
    for row in rows_after(conn, device, after):
        body = file_of(conn, row) if row.kind == "evidence" else None
        if not room.take(len(row.payload) + 400 + (len(body.body) if body else 0)):
            (left,) = conn.execute(
                "SELECT count(*) FROM event WHERE device_id = ? AND device_seq >= ?",
                (device, row.device_seq),
            ).fetchone()
            return taken, int(left)
        taken.append((row, body))
    return taken, 0


def file_of(conn: Connection, row: Row) -> File | None:
    """The sealed file that an "evidence" entry names, None where it is not here.

    Of a person who left this laptop nobody can read the entry; `unsent_file` says which it is.
    """
    found = conn.execute(
        "SELECT evidence_id FROM unsent_file WHERE device_id = ? AND device_seq = ?",
        (row.device_id, row.device_seq),
    ).fetchone()
    name = str(found[0]) if found else evidence_id(conn, row)
    body = conn.execute("SELECT digest, body FROM blob WHERE evidence_id = ?", (name,)).fetchone()
    return File(name, row.debtor_id, body[0], bytes(body[1])) if body else None


def evidence_id(conn: Connection, row: Row) -> str:
    """Which piece an "evidence" entry speaks of; "" where its person has no key here."""
    key = conn.execute("SELECT key FROM who WHERE debtor_id = ?", (row.debtor_id,)).fetchone()
    told = unseal(row, bytes(key[0])) if key and key[0] else None
    return str(told["evidence_id"]) if told else ""


def _submitted(conn: Connection, row: Row) -> list[PlanCopy]:
    """The route that an entry of this laptop submits to the lead."""
    if row.kind != "plan.reviewed":
        return []
    (key,) = conn.execute("SELECT key FROM who WHERE debtor_id = ''").fetchone()
    told = unseal(row, bytes(key)) or {}
    if told.get("decision") != SUBMITTED:
        return []
    found = submitted_route(conn, told["plan_id"], told["crew_id"])
    return [found] if found else []


def person_rows(conn: Connection, debtor_id: str) -> list[Row]:
    """All entries of a person, as they came here."""
    return list(rows(conn, "WHERE debtor_id = ? ORDER BY seq", (debtor_id,)))


def package(conn: Connection, debtor_id: str, found: Sequence[Row], *, whole: bool
             ) -> PersonPackage:  # fmt: skip
    """A person with key, identities and these entries."""
    (key,) = conn.execute("SELECT key FROM who WHERE debtor_id = ?", (debtor_id,)).fetchone()
    identities = tuple(
        (bytes(digest), bytes(batch) if batch else None)
        for digest, batch in conn.execute(
            "SELECT hash, batch FROM identity JOIN who USING (pid) WHERE debtor_id = ?"
            " ORDER BY hash",
            (debtor_id,),
        )
    )
    return PersonPackage(debtor_id, bytes(key), identities, tuple(found), whole)
