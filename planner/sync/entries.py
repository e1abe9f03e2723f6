"""Entries that come from elsewhere: looked at one by one, then put into the chains held here."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from planner.domain.facts import moment
from planner.errors import PlannerError
from planner.store.append import meta
from planner.store.chain import add_hashes
from planner.store.driver import Connection
from planner.store.events import (
    FIRST_HASH,
    INSERT,
    KEY_HASH,
    SCHEMA_V,
    Row,
    chain,
    rows,
    unseal,
)
from planner.store.kinds import FIRST_YEAR, KINDS, LAST_YEAR, check_payload
from planner.sync.peers import Peer
from planner.sync.workspace import foreign_crews

# What only the lead of a team records; see `planner.actions.roles`.
LEAD_KINDS: Final = frozenset((
    "absence", "assigned", "crew.listed", "import", "must", "override", "person.listed",
    "plan.approved", "purge", "record.returned",
))  # fmt: skip
_YEARS = range(FIRST_YEAR, LAST_YEAR + 1)
_END = b"\xff" * 17  # behind every event id that marks a twin


def base_of(device_id: str) -> str:
    """The device in an entry's header: without the mark of a branch."""
    return device_id.partition("/")[0]


class Checker:
    """Looks at entries from elsewhere; `keys` are those of the persons, None = erased here."""

    def __init__(
        self, conn: Connection, keys: Mapping[str, bytes | None], sender: Peer | None = None
    ) -> None:
        """`sender`: the laptop they come from, what is not its to record is refused; None = the
        lead."""
        self.zone = meta(conn, "zone")
        self.conn = conn
        self.keys = keys
        self.sender = sender
        self._foreign: frozenset[str] | None = None
        self.payloads: dict[bytes, dict[str, Any]] = {}

    def look(self, row: Row) -> None:
        """Note the payload of a sound entry.

        PlannerError: "exchange.newer", "exchange.bad_entry", "exchange.lead_only",
        "exchange.unknown_person".
        """
        spec = KINDS.get(row.kind)
        if row.schema_v != SCHEMA_V or spec is None:
            raise PlannerError("exchange.newer")
        if chain(row.prev_hash, row.header(), row.payload) != row.hash:
            raise PlannerError("exchange.bad_entry")
        if row.kind != "reversal" and spec.workspace == bool(row.debtor_id):
            raise PlannerError("exchange.bad_entry")
        try:
            if not all(moment(at).year in _YEARS for at in (row.occurred_at, row.recorded_at)):
                raise PlannerError("exchange.bad_entry")
        except (ValueError, OverflowError, OSError) as error:
            raise PlannerError("exchange.bad_entry") from error
        if row.debtor_id not in self.keys:
            raise PlannerError("exchange.unknown_person")
        key = self.keys[row.debtor_id]
        if key is not None:
            self.payloads[row.event_id] = self._payload(row, key)
        if self.sender:
            self._refuse_reserved(row, self.sender)

    def _payload(self, row: Row, key: bytes) -> dict[str, Any]:
        try:
            told = unseal(row, key)
            if told is None:
                raise PlannerError("exchange.bad_entry")
            json.dumps(told, allow_nan=False)
            if check_payload(row.kind, row.debtor_id, told, self.zone) != told:
                raise PlannerError("exchange.bad_entry")
        except (ValueError, TypeError, RecursionError) as error:
            raise PlannerError("exchange.bad_entry") from error
        except PlannerError as error:
            raise PlannerError("exchange.bad_entry") from error
        return told

    def _refuse_reserved(self, row: Row, sender: Peer) -> None:
        told = self.payloads.get(row.event_id, {})
        reserved = row.kind in LEAD_KINDS
        reserved |= row.kind == "plan.reviewed" and told.get("decision") != "submitted"
        if row.kind == "reversal" and told:
            reserved |= self._takes_back_others(bytes.fromhex(told["batch"]), row, sender)
        if row.kind in ("plan.reviewed", "trip") and told:
            if self._foreign is None:
                self._foreign = foreign_crews(self.conn, sender.collector_id)
            reserved |= told["crew_id"] in self._foreign
        if row.key and told:
            reserved |= not self._known_fact(row, told)
        if reserved:
            raise PlannerError("exchange.lead_only")

    def _takes_back_others(self, batch: bytes, row: Row, sender: Peer) -> bool:
        """Whether a batch holds what this laptop did not record, or a plan: those of laptops stand
        apart, this one is the lead's. As `planner.actions.roles.need_own` has it."""
        return bool(
            self.conn.execute(
                "SELECT 1 FROM event JOIN device USING (device_id)"
                " WHERE batch = ?1 AND debtor_id = ?2 AND owner <> ?3"
                " UNION ALL SELECT 1 FROM plan WHERE batch = ?1 AND ?2 = '' LIMIT 1",
                (batch, row.debtor_id, sender.peer_id),
            ).fetchone()
        )

    def _known_fact(self, row: Row, told: dict[str, Any]) -> bool:
        """Whether the fact with this key is here already, as it is told: keys come from files, and
        files are the lead's. Under a key of its own choice an entry would stand in for another."""
        key, fact = self.keys[row.debtor_id], (row.kind, row.debtor_id, row.occurred_at)
        span = row.key, bytes(row.key or b"") + _END
        found = rows(self.conn, "WHERE key BETWEEN ? AND ?", span)
        return any(
            (one.kind, one.debtor_id, one.occurred_at) == fact and unseal(one, key or b"") == told
            for one in found
        )


def known_hashes(conn: Connection, found: Iterable[Row]) -> dict[bytes, bytes]:
    """The hashes of those entries that are here, by their ids."""
    asked = json.dumps([row.event_id.hex() for row in found])
    return dict(
        conn.execute(
            "SELECT event_id, hash FROM json_each(?) j CROSS JOIN event"
            " ON event.event_id = unhex(j.value)",
            (asked,),
        ).fetchall()
    )


def unknown(conn: Connection, found: Sequence[Row]) -> list[Row]:
    """Those entries that are not here, each once. PlannerError("exchange.bad_entry") for one that
    is here with other contents."""
    known = known_hashes(conn, found)
    fresh: dict[bytes, Row] = {}
    for row in found:
        same = known.get(row.event_id, row.hash) == row.hash
        if not same or fresh.get(row.event_id, row).hash != row.hash:
            raise PlannerError("exchange.bad_entry")
        if row.event_id not in known:
            fresh[row.event_id] = row
    return list(fresh.values())


def insert(conn: Connection, row: Row, device_id: str) -> None:
    """Keep an entry under this device; a twin of a known fact under its key and id."""
    key = row.key
    if key and conn.execute("SELECT 1 FROM event WHERE key = ?", (key,)).fetchone():
        key = key[:KEY_HASH] + row.event_id
    conn.execute(
        INSERT,
        (row.event_id, device_id, row.device_seq, row.kind, row.debtor_id, row.batch,
         row.occurred_at, row.recorded_at, row.schema_v, key, row.payload, row.prev_hash, row.hash),
    )  # fmt: skip


def add_part(conn: Connection, found: Sequence[Row], owner: str) -> None:
    """Keep entries of devices of which only a part is here; their branches are those of `owner`."""
    for row in found:
        device = _free_part(conn, row, owner)
        insert(conn, row, device)
        count, total, last = conn.execute(
            "SELECT last_seq, last_hash, last_id FROM device WHERE device_id = ?", (device,)
        ).fetchone()
        conn.execute(
            "UPDATE device SET last_seq = ?, last_hash = ?, last_id = ? WHERE device_id = ?",
            (count + 1, add_hashes(total, row.hash), max(last, row.event_id), device),
        )


def _free_part(conn: Connection, row: Row, owner: str) -> str:
    """The device, or its branch, under which there is room for the entry."""
    branch = 1
    while True:
        device = row.device_id if branch == 1 else f"{row.device_id}/{branch}"
        known = conn.execute(
            "SELECT owner, part FROM device WHERE device_id = ?", (device,)
        ).fetchone()
        if known is None:
            make_device(conn, device, owner, part=True)
            return device
        taken = conn.execute(
            "SELECT 1 FROM event WHERE device_id = ? AND device_seq = ?", (device, row.device_seq)
        ).fetchone()
        if known == (owner, 1) and not taken:
            return device
        branch += 1


def make_device(conn: Connection, device_id: str, owner: str, *, part: bool) -> None:
    """Know a device of which nothing is here yet."""
    conn.execute(
        "INSERT INTO device (device_id, last_seq, last_hash, last_id, part, owner)"
        " VALUES (?, 0, ?, ?, ?, ?)",
        (device_id, FIRST_HASH, b"", int(part), owner),
    )


def family(conn: Connection, device_id: str) -> list[tuple[str, str, int]]:
    """The device and its branches: (id, owner, part), the device itself first."""
    return conn.execute(
        "SELECT device_id, owner, part FROM device WHERE device_id = ?1"
        " OR (device_id > ?1 || '/' AND device_id < ?1 || '0') ORDER BY length(device_id),"
        " device_id",
        (device_id,),
    ).fetchall()


def tip(conn: Connection, device_id: str) -> tuple[int, bytes]:
    """Number and hash of the last entry held of a device or branch; (0, 32 zeros)."""
    found = conn.execute(
        "SELECT device_seq, hash FROM event WHERE device_id = ? ORDER BY device_seq DESC LIMIT 1",
        (device_id,),
    ).fetchone()
    return (int(found[0]), bytes(found[1])) if found else (0, FIRST_HASH)


def rows_after(conn: Connection, device_id: str, number: int, most: int = 2**53) -> Iterable[Row]:
    """The entries of a device after `number`, in order, up to `most` of them."""
    return rows(
        conn, "WHERE device_id = ? AND device_seq > ? ORDER BY device_seq LIMIT ?",
        (device_id, number, most),
    )  # fmt: skip
