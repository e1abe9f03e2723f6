"""What the lead sends to a collector's laptop: whole persons who are new to it, further entries of
the others, whom it has to let go, and what of the workspace concerns it.

`given` says in which delivery a topic (a person, a crew, a plan) went; the answer confirms numbers.
Up to the place `peer.held` in this file the laptop has every entry of the persons it was given.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from planner.store.append import meta
from planner.store.driver import Connection
from planner.store.events import Row, rows
from planner.sync.delivery import Delivery, File, Held, PersonPackage, PlanCopy
from planner.sync.entries import base_of, tip
from planner.sync.outgoing import (
    ASKED,
    Room,
    file_of,
    package,
    person_rows,
    settings_digest,
    team_settings,
)
from planner.sync.peers import Peer
from planner.sync.plan_copies import plans_for
from planner.sync.workspace import concerning

PLAN = "plan:"
SPACE = ("crew:", "absence:", "plans")  # topics of the workspace
_MASK = (1 << 64) - 1


@dataclass(slots=True)
class _Job:
    """One delivery in the making: `topics` are (number, gone) of what was given before."""

    conn: Connection
    peer: Peer
    number: int
    topics: dict[str, tuple[int, int]]
    room: Room

    def sure(self, topic: str) -> bool:
        """Whether the laptop has said that it has this."""
        number, gone = self.topics.get(topic, (0, 0))
        return 0 < number <= self.peer.acked and not gone

    def give(self, topic: str, gone: int = 0) -> None:
        """Note that this delivery holds the topic; what is confirmed stays so."""
        self.conn.execute(
            "INSERT OR REPLACE INTO given VALUES (?, ?, ?, ?)",
            (self.peer.peer_id, topic, self.number, gone),
        )


def delivery_down(conn: Connection, peer: Peer, now: datetime) -> tuple[Delivery, int]:
    """What the lead tells a collector's laptop, and how many entries did not fit.

    Inside a write transaction: it notes what was given.
    """
    job = _Job(conn, peer, peer.out_number + 1, _topics(conn, peer), Room())
    mine = assigned_to(conn, peer.collector_id)
    known = [who for who in mine if job.sure(who)]
    packages = _increments(job, known)
    files = [file for one in packages for file in _files(conn, one.rows)]
    for who in mine:
        if not job.sure(who):
            whole = package(conn, who, person_rows(conn, who), whole=True)
            with_it = _files(conn, whole.rows)
            if not job.room.take(_size(whole, with_it)):
                job.room.waiting += len(whole.rows)
                continue
            packages.append(whole)
            files += with_it
            job.give(who)
    gone = _gone(job, frozenset(mine))
    workspace, crews = _workspace(job)
    plans = _plans(job, crews, frozenset(mine), now)
    settings = team_settings(conn)
    digest = settings_digest(settings)
    told = Delivery(
        meta(conn, "device"), job.number, int(now.timestamp()),
        (peer.device_id, peer.in_number, int(peer.merged_at.timestamp()) if peer.merged_at else 0),
        held=tuple(held(conn, peer)), persons=tuple(packages), gone=tuple(gone),
        assigned=digests(conn, mine, [name for name, _ in _devices(conn, peer)]),
        workspace=tuple(workspace), files=tuple(files), plans=tuple(plans),
        settings=None if digest == peer.settings else settings, settings_digest=digest,
        wanted=_lost(conn, peer),
        more=job.room.waiting > 0,
    )  # fmt: skip
    (upto,) = conn.execute("SELECT ifnull(max(seq), 0) FROM event").fetchone()
    conn.execute(
        "INSERT INTO sent VALUES (?, ?, ?, ?)",
        (peer.peer_id, job.number, int(now.timestamp()), upto),
    )
    return told, job.room.waiting


def _lost(conn: Connection, peer: Peer) -> tuple[str, ...]:
    """Persons of whom this workspace, put back from a copy, lacks the key, and those for whom it
    asks this laptop as it may lack entries of its own."""
    keyless = [
        who
        for (who,) in conn.execute(
            "SELECT debtor_id FROM wish JOIN who USING (debtor_id) WHERE key IS NULL"
        )
    ]
    # An answer that comes again, after another laptop's, is passed over.
    conn.executemany(
        "INSERT OR IGNORE INTO given VALUES (?, ?, 0, 0)",
        [(peer.peer_id, ASKED + who) for who in keyless],
    )
    asked = conn.execute(
        "SELECT topic FROM given WHERE peer_id = ? AND topic LIKE ? AND gone = 1",
        (peer.peer_id, ASKED + "%"),
    )
    return tuple(sorted({*keyless, *(topic.removeprefix(ASKED) for (topic,) in asked)}))


def assigned_to(conn: Connection, collector_id: str) -> list[str]:
    """The persons a collector has, by number, none who was erased."""
    return [
        who
        for (who,) in conn.execute(
            "SELECT debtor_id FROM assignment JOIN who USING (pid) WHERE collector_id = ?"
            " AND key IS NOT NULL ORDER BY pid",
            (collector_id,),
        )
    ]


def _topics(conn: Connection, peer: Peer) -> dict[str, tuple[int, int]]:
    """What was given before; whom the laptop has confirmed to have let go is forgotten."""
    conn.execute(
        "DELETE FROM given WHERE peer_id = ? AND gone = 1 AND number > 0 AND number <= ?",
        (peer.peer_id, peer.acked),
    )
    return {
        topic: (number, gone)
        for topic, number, gone in conn.execute(
            "SELECT topic, number, gone FROM given WHERE peer_id = ?", (peer.peer_id,)
        )
    }


def _devices(conn: Connection, peer: Peer) -> list[tuple[str, str]]:
    """The devices of a laptop as they stand here, branches too."""
    return conn.execute(
        "SELECT device_id, owner FROM device WHERE owner = ? ORDER BY device_id", (peer.peer_id,)
    ).fetchall()


def held(conn: Connection, peer: Peer) -> list[Held]:
    """How far each chain of this laptop is held."""
    return [Held(name, *tip(conn, name)) for name, _ in _devices(conn, peer)]


def _increments(job: _Job, known: Sequence[str]) -> list[PersonPackage]:
    """Entries that came here since, of persons the laptop has; its own it has anyway."""
    found: dict[str, list[Row]] = {}
    if known:
        own = [name for name, _ in _devices(job.conn, job.peer)]
        for row in rows(
            job.conn,
            "WHERE seq > ? AND debtor_id IN (SELECT value FROM json_each(?))"
            " AND device_id NOT IN (SELECT value FROM json_each(?)) ORDER BY seq",
            (job.peer.held, json.dumps(known), json.dumps(own)),
        ):
            found.setdefault(row.debtor_id, []).append(row)
            job.room.take(len(row.payload) + 400)
    return [package(job.conn, who, some, whole=False) for who, some in found.items()]


def _files(conn: Connection, found: Iterable[Row]) -> list[File]:
    every = [file_of(conn, row) for row in found if row.kind == "evidence"]
    return [file for file in every if file]


def _size(one: PersonPackage, files: Sequence[File]) -> int:
    return sum(len(row.payload) + 400 for row in one.rows) + sum(len(file.body) for file in files)


def _gone(job: _Job, mine: frozenset[str]) -> list[str]:
    """Persons who were given and are no longer assigned, until the laptop confirms it."""
    persons = [
        topic for topic in job.topics if topic not in mine and ":" not in topic and topic != "plans"
    ]
    for who in persons:
        job.give(who, gone=1)
    return persons


def _workspace(job: _Job) -> tuple[list[Row], frozenset[str]]:
    """Entries of the workspace that the laptop lacks, and the crews of its collector."""
    found = concerning(job.conn, job.peer.collector_id)
    fresh = {
        bytes(event_id)
        for (event_id,) in job.conn.execute(
            "SELECT event_id FROM event WHERE seq > ? AND debtor_id = ''", (job.peer.held,)
        )
    }
    own = {name for name, _ in _devices(job.conn, job.peer)}
    wanted = []
    for topic, some in found.topics.items():
        sure = job.sure(topic)
        wanted += [
            row for row in some if not sure or (row.event_id in fresh and row.device_id not in own)
        ]
        if not sure:
            job.give(topic)
    return wanted, found.crews


def _plans(job: _Job, crews: frozenset[str], mine: frozenset[str], now: datetime) -> list[PlanCopy]:
    """Plans from yesterday on that the laptop lacks, or has in another version."""
    yesterday = now.astimezone(ZoneInfo(meta(job.conn, "zone"))).date() - timedelta(days=1)
    found = []
    for one in plans_for(job.conn, crews, mine, yesterday):
        digest = hashlib.blake2b(one.body.encode(), digest_size=8).hexdigest()
        topic = f"{PLAN}{one.day}:{digest}"
        if not job.sure(topic):
            found.append(one)
            job.give(topic)
    return found


def digests(conn: Connection, persons: Sequence[str], without: Sequence[str]) -> Mapping[str, str]:
    """Count and sum of the entries of each person, those of the devices `without` left out."""
    found = dict.fromkeys(persons, (0, 0))
    bases = {base_of(name) for name in without}
    for who, device, digest in conn.execute(
        "SELECT debtor_id, device_id, hash FROM event"
        " WHERE debtor_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(persons)),),
    ):
        if base_of(device) not in bases:
            count, total = found[who]
            found[who] = count + 1, (total + int.from_bytes(digest[:8], "big")) & _MASK
    return {who: f"{count}:{total:016x}" for who, (count, total) in found.items()}
