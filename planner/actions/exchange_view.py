"""How the exchange of a workspace stands, read at once for the window: role, peers, history, and
what collides with the names and addresses that say which field is meant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from planner.actions.exchange import FOLDER_KEY, Flagged, flagged_in
from planner.actions.exchange_log import Account, load_log
from planner.actions.laptops import why_ended
from planner.store import settings
from planner.store.crews import staff_names
from planner.store.driver import Connection
from planner.store.store import Store
from planner.store.team import COLLECTOR, LEAD, ReturnedRecord, load_returned, owner, role
from planner.sync.conflicts import Conflict, open_conflicts
from planner.sync.exchange import PeerStatus, Status, status, unsent
from planner.sync.pairing import JOINING
from planner.sync.peers import ACTIVE, ENDED, find_peer, load_peers

OWN: Final = ""  # recorded in this workspace


@dataclass(frozen=True, slots=True)
class Collision:
    """A conflict with the words around it: the person's `name`, the `place` it is about (the text
    of an address, "" for other fields), and whose laptop each value comes from (OWN: this one)."""

    conflict: Conflict
    name: str
    place: str
    first_by: str
    second_by: str


@dataclass(frozen=True, slots=True)
class Late:
    """A flagged entry with the person's name."""

    entry: Flagged
    name: str


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One other workspace: how things stand, `waiting` entries that it has not been given (lead),
    `received` entries of its devices that are here, fields of these in `conflicts`, whether its
    history is `forked`, whether it is `invited` and has not come yet, and why it `ended`."""

    status: PeerStatus
    person: str
    waiting: int
    received: int
    conflicts: int
    forked: bool
    invited: bool
    ended: str


@dataclass(frozen=True, slots=True)
class Board:
    """All that the page of the exchange shows. `name` is what this workspace calls itself,
    `owner` the staff id of a collector's laptop, `empty` whether nothing is recorded here."""

    role: str
    name: str
    owner: str
    owner_name: str
    empty: bool
    status: Status
    peers: tuple[PeerRow, ...]
    history: tuple[Account, ...]
    collisions: tuple[Collision, ...]
    late: tuple[Late, ...]
    returned: tuple[tuple[ReturnedRecord, str], ...]
    folder: str
    staff: tuple[tuple[str, str], ...]

    @property
    def in_team(self) -> bool:
        """Whether this workspace exchanges with others."""
        return self.role in (LEAD, COLLECTOR)


@dataclass(frozen=True, slots=True)
class Foot:
    """What the foot of the window says: whose workspace this is, what is not sent, since when."""

    role: str = ""
    owner: str = ""
    name: str = ""
    unsent: int = 0
    last: datetime | None = None


def load_board(store: Store) -> Board:
    """Read it; off the GUI thread."""
    with store.read() as conn:
        found = status(conn)
        staff = staff_names(conn)
        collisions = _collisions(conn)
        mine = owner(conn)
        returned = tuple((one, _name(conn, one.debtor_id)) for one in load_returned(conn))
        return Board(
            role(conn), _meta(conn, "own_name"), mine, staff.get(mine, ""),
            conn.execute("SELECT 1 FROM event LIMIT 1").fetchone() is None,
            found, tuple(_peer(conn, one, found, collisions, staff) for one in found.peers),
            tuple(load_log(conn)), collisions,
            tuple(Late(one, _name(conn, one.debtor_id)) for one in flagged_in(conn)),
            returned, settings.get(conn, FOLDER_KEY, ""), tuple(sorted(staff.items())),
        )  # fmt: skip


def load_foot(conn: Connection) -> Foot:
    """What the foot of the window says; below a millisecond."""
    here = role(conn)
    if here not in (LEAD, COLLECTOR):
        return Foot("" if here == JOINING else here)
    log = load_log(conn)
    mine = owner(conn)
    name = staff_names(conn).get(mine, "") or _meta(conn, "own_name")
    return Foot(here, mine, name, unsent(conn), log[0].at if log else None)


def _meta(conn: Connection, name: str) -> str:
    found = conn.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
    return str(found[0]) if found else ""


def _name(conn: Connection, debtor_id: str) -> str:
    found = conn.execute(
        "SELECT name FROM person JOIN who USING (pid) WHERE debtor_id = ?", (debtor_id,)
    ).fetchone()
    return str(found[0]) if found else ""


def _collisions(conn: Connection) -> tuple[Collision, ...]:
    names = {one.peer_id: one.name for one in load_peers(conn, (ACTIVE, ENDED))}
    found = []
    for one in open_conflicts(conn):
        first, second, _ = one.conflict_id.split("-", 2)
        place = conn.execute(
            "SELECT text FROM address JOIN who USING (pid) WHERE debtor_id = ? AND address_id = ?",
            (one.debtor_id, one.about),
        ).fetchone()
        found.append(Collision(
            one, _name(conn, one.debtor_id), str(place[0]) if place else "",
            _by(conn, first, names), _by(conn, second, names),
        ))  # fmt: skip
    return tuple(found)


def _by(conn: Connection, event_id: str, names: dict[str, str]) -> str:
    """The name of the laptop from which an entry came; OWN for this one's."""
    found = conn.execute(
        "SELECT owner FROM event JOIN device USING (device_id) WHERE event_id = ?",
        (bytes.fromhex(event_id),),
    ).fetchone()
    return names.get(str(found[0]), str(found[0])) if found else OWN


def _peer(
    conn: Connection, one: PeerStatus, found: Status, collisions: Sequence[Collision],
    staff: dict[str, str],
) -> PeerRow:  # fmt: skip
    devices = [
        str(row[0])
        for row in conn.execute("SELECT device_id FROM device WHERE owner = ?", (one.peer_id,))
    ]
    received = conn.execute(
        "SELECT count(*) FROM event JOIN device USING (device_id) WHERE owner = ?", (one.peer_id,)
    ).fetchone()[0]
    waiting: Any = 0
    if found.role == COLLECTOR:
        waiting = found.unsent
    elif one.state == ACTIVE:
        (waiting,) = conn.execute(
            "SELECT (SELECT ifnull(max(seq), 0) FROM event) - ifnull((SELECT max(upto) FROM sent"
            " WHERE peer_id = ?), 0)",
            (one.peer_id,),
        ).fetchone()
    peer = find_peer(conn, one.peer_id)
    roots = {device.partition("/")[0] for device in devices}
    return PeerRow(
        one, staff.get(one.collector_id, ""), int(waiting), int(received),
        sum(one.name in (each.first_by, each.second_by) for each in collisions),
        any(fork.partition("/")[0] in roots for fork in found.forks),
        bool(peer and peer.invitation and not received), why_ended(conn).get(one.peer_id, ""),
    )  # fmt: skip
