"""A collector's laptop takes in what the lead tells: persons and their entries, whom to let go,
crews, absences, reviews, plans, rules. Everything happens in the caller's transaction.
"""

import json
import secrets
from collections.abc import Sequence
from datetime import datetime

from planner.errors import PlannerError
from planner.store import settings
from planner.store.append import meta
from planner.store.driver import Connection
from planner.store.events import Row
from planner.store.store import Writer
from planner.store.team import THEIRS
from planner.sync.conflicts import find_conflicts
from planner.sync.delivery import Delivery, Held
from planner.sync.entries import Checker, add_part, base_of, unknown
from planner.sync.merging import (
    Merged,
    fold,
    keys_of,
    know_persons,
    last_seen,
    new_device,
    note_seen,
    take_files,
)
from planner.sync.outgoing import ASKED, CHAIN, SEEN_STAMP, TEAM_SETTINGS, own_devices
from planner.sync.outgoing_down import digests
from planner.sync.peers import Peer, change_peer
from planner.sync.plan_copies import plan_of
from planner.sync.revoke import drop_sent_files, revoke
from planner.sync.team_rules import check_team_rules
from planner.sync.workspace import KINDS_DOWN


def merge_down(tx: Writer, peer: Peer, told: Delivery, now: datetime) -> Merged:
    """Merge a delivery of the lead.

    PlannerError: "exchange.replayed", "exchange.malformed", "exchange.key_differs", and whatever
    `Checker.look` refuses; then nothing may be kept.
    """
    conn, done = tx.conn, Merged()
    if told.assigned is None or told.chains or told.surplus:
        raise PlannerError("exchange.malformed")
    seen = last_seen(conn, peer, told.device_id)
    outdated = seen is not None and told.device_id != peer.device_id
    if outdated or told.number <= (seen or 0):
        raise PlannerError("exchange.replayed", number=told.number)
    done.forked = _own_chains(conn, peer, told)
    drop_sent_files(conn)
    left = revoke(tx, told.gone)
    done.persons_out = len(left)
    done.persons_in = know_persons(conn, told.persons)
    fresh = _entries(conn, peer, told, done)
    _plans(conn, peer, told)
    check_team_rules(told.settings or {}, meta(conn, "zone"))
    for key, value in (told.settings or {}).items():
        settings.put(tx, key, value)
    if told.settings is not None:
        gone = json.dumps([key for key in TEAM_SETTINGS if key not in told.settings])
        conn.execute("DELETE FROM setting WHERE key IN (SELECT value FROM json_each(?))", (gone,))
    fold(conn, done.touched - set(left))
    done.conflicts = _conflicts(conn, fresh, set(left), now)
    done.skew = note_seen(conn, peer, told, now)
    change_peer(conn, peer.peer_id, acked=told.seen[1])
    conn.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (SEEN_STAMP, told.stamp.hex()))
    _compare(conn, told)
    conn.execute(
        "DELETE FROM given WHERE peer_id = ? AND topic LIKE ?", (peer.peer_id, ASKED + "%")
    )
    conn.executemany(
        "INSERT INTO given VALUES (?, ?, 0, 0)",
        [(peer.peer_id, ASKED + who) for who in sorted(set(told.wanted))],
    )
    return done


def _entries(conn: Connection, peer: Peer, told: Delivery, done: Merged) -> list[Row]:
    """Keep the entries that are not here, with their files; the new ones."""
    for one in told.persons:
        if any(row.debtor_id != one.debtor_id for row in one.rows):
            raise PlannerError("exchange.bad_entry")
    if any(row.debtor_id or row.kind not in KINDS_DOWN for row in told.workspace):
        raise PlannerError("exchange.bad_entry")
    rows = [row for one in told.persons for row in one.rows] + list(told.workspace)
    fresh = unknown(conn, rows)
    keys = keys_of(conn, ["", *(one.debtor_id for one in told.persons)])
    checker = Checker(conn, keys)
    for row in fresh:
        checker.look(row)
    add_part(conn, fresh, peer.peer_id)
    take_files(conn, told.files, checker.payloads, keys)
    done.received = len(fresh)
    done.touched |= {row.debtor_id for row in fresh} | {
        one.debtor_id for one in told.persons if one.whole
    }
    return fresh


def _own_chains(conn: Connection, peer: Peer, told: Delivery) -> int:
    """Heed how far the lead holds our chains; 1 when it holds another one under our number.

    Then this file, or a copy of it, went on elsewhere: we go on under another number.
    """
    _confirm(conn, peer, told)
    present, forked = meta(conn, "device"), 0
    for device in own_devices(conn):
        held = [one for one in told.held if base_of(one.device_id) == device]
        ours = [one for one in held if _is_ours(conn, device, one)]
        if ours:
            best = max(ours, key=lambda one: one.number)
            conn.execute("UPDATE device SET acked = ? WHERE device_id = ?", (best.number, device))
            foreign = best.device_id != device
        else:
            foreign = bool(held)
            if not held:
                conn.execute("UPDATE device SET acked = 0 WHERE device_id = ?", (device,))
        if device == present and foreign:
            new_device(conn, secrets.token_hex(8))
            forked = 1
    return forked


def _is_ours(conn: Connection, device: str, one: Held) -> bool:
    return bool(
        conn.execute(
            "SELECT 1 FROM event WHERE device_id = ? AND device_seq = ? AND hash = ?",
            (device, one.number, one.hash),
        ).fetchone()
    )


def _confirm(conn: Connection, peer: Peer, told: Delivery) -> None:
    """What our last deliveries held is confirmed by their number."""
    device, number, _ = told.seen
    if device != meta(conn, "device"):
        return
    for topic, upto in conn.execute(
        "SELECT topic, gone FROM given WHERE peer_id = ? AND number <= ?", (peer.peer_id, number)
    ).fetchall():
        if topic.startswith(CHAIN):
            conn.execute(
                "UPDATE device SET acked = max(acked, ?) WHERE device_id = ? AND owner = ''",
                (upto, topic.removeprefix(CHAIN)),
            )
    conn.execute("DELETE FROM sent WHERE peer_id = ? AND number < ?", (peer.peer_id, number))


def _plans(conn: Connection, peer: Peer, told: Delivery) -> None:
    """Keep the lead's plans as the newest of their days."""
    for one in told.plans:
        plan_of(one)
        same = conn.execute(
            "SELECT 1 FROM plan WHERE plan_id = ? AND batch = ? AND body = ?",
            (one.plan_id, one.batch, one.body),
        ).fetchone()
        if not same:
            conn.execute(
                "INSERT OR REPLACE INTO given VALUES (?, ?, 0, 0)",
                (peer.peer_id, THEIRS + one.batch.hex()),
            )
            conn.execute(
                "INSERT INTO plan (plan_id, day, made_at, batch, body, snapshot)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                (one.plan_id, one.day, one.made_at, one.batch, one.body, b""),
            )


def _conflicts(conn: Connection, fresh: Sequence[Row], left: set[str], now: datetime) -> int:
    """What came against what was recorded here and the lead did not have."""
    own = set(own_devices(conn))
    came = {row.event_id for row in fresh}
    acked = dict(conn.execute("SELECT device_id, acked FROM device WHERE owner = ''").fetchall())

    def apart(_: bytes, other: bytes) -> bool:
        device, number = conn.execute(
            "SELECT device_id, device_seq FROM event WHERE event_id = ?", (other,)
        ).fetchone()
        return device in own and number > acked[device]

    persons = {row.debtor_id for row in fresh} - left - {""}
    return find_conflicts(conn, sorted(persons), came.__contains__, apart, now)


def _compare(conn: Connection, told: Delivery) -> None:
    """Note of whom we have other entries than the lead, and whom we should not have."""
    assigned = dict(told.assigned or {})
    here = [
        who
        for (who,) in conn.execute(
            "SELECT debtor_id FROM who WHERE key IS NOT NULL AND debtor_id <> ''"
        )
    ]
    own = digests(conn, here, own_devices(conn))
    # Who is not here at all may be what did not fit and comes next time.
    wanted = [
        who
        for who, digest in assigned.items()
        if own.get(who) != digest and (who in own or not told.more)
    ]
    surplus = [who for who in here if who not in assigned]
    conn.execute("DELETE FROM wish")
    conn.executemany("INSERT INTO wish VALUES (?, 0)", [(who,) for who in wanted])
    conn.executemany("INSERT INTO wish VALUES (?, 1)", [(who,) for who in surplus])
