"""The verbs of a team's exchange: found it, let laptops in, send and receive, see what collides."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Final

from planner.actions.exchange_log import FILE_IN, FILE_OUT, FOLDER, logged
from planner.clock import Clock
from planner.domain.facts import moment
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store import settings
from planner.store.driver import Connection
from planner.store.events import Event, NewEvent
from planner.store.plans import read_body
from planner.store.store import Store
from planner.sync import pairing
from planner.sync.bundle import MOST_BYTES
from planner.sync.conflicts import (
    Conflict,
    conflict_event,
    mark_settled,
    open_conflicts,
    values_of,
)
from planner.sync.exchange import Status, Told, exchange, make_bundle, merge_bundle, status
from planner.sync.folder import SUFFIX, Folder, write_whole
from planner.sync.peers import ACTIVE, Peer, find_peer, load_peers

FOLDER_KEY: Final = "exchange.folder"
_MOST_TEXT = 16_384  # bytes of a file with a card or an invitation
Progress = Callable[[int, int], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Flagged:
    """An entry of a laptop about a person who was no longer assigned to its collector then."""

    debtor_id: str
    event_id: str
    kind: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Submitted:
    """A route that a laptop submitted: a plan with the route of one crew alone."""

    plan_id: str
    crew_id: str
    collector_id: str
    plan: Plan


def found_team(store: Store, name: str) -> None:
    """Make this workspace the lead's. PlannerError("pairing.…")."""
    pairing.make_lead(store, name)


def make_card(store: Store, name: str, collector_id: str) -> tuple[str, str]:
    """The card of a new, empty workspace and the code to tell. PlannerError("pairing.…")."""
    return pairing.begin_joining(store, name, collector_id)


def let_in(store: Store, card: str, code: str, *, clock: Clock, collector_id: str = "") -> str:
    """Let the laptop of a card into the team; the text of its invitation."""
    return pairing.admit(store, card, code, clock(), collector_id=collector_id)


def join_team(store: Store, invitation: str, *, clock: Clock) -> str:
    """Join by an invitation; the name of the lead. PlannerError("pairing.…")."""
    return pairing.join(store, invitation, clock())


def read_text(path: Path) -> str:
    """A card or an invitation out of a file. PlannerError("exchange.unreadable")."""
    try:
        with path.open("rb") as file:
            return file.read(_MOST_TEXT).decode("ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise PlannerError("exchange.unreadable", file=path.name) from error


def write_text(path: Path, text: str) -> None:
    """A card or an invitation as a file. PlannerError("exchange.unwritable"), ("store.…")."""
    write_whole(path, f"{text}\n".encode())


def find_receiver(store: Store, wanted: str = "", state: str = ACTIVE) -> Peer:
    """The peer meant by a staff id or a fingerprint; without one the only peer there is.

    PlannerError("exchange.whom") (names).
    """
    with store.read() as conn:
        peers = load_peers(conn, (state,))
    found = [one for one in peers if wanted in ("", one.peer_id, one.collector_id, one.name)]
    if len(found) != 1:
        names = ", ".join(one.collector_id or one.name for one in peers)
        raise PlannerError("exchange.whom", names=names)
    return found[0]


def send_file(store: Store, peer_id: str, path: Path, *, clock: Clock) -> Told:
    """Write the bundle for a peer to a file, or into a folder under a name of its own.

    PlannerError("exchange.…"), ("store.disk_full"), ….
    """

    def deed() -> Told:
        body, told = make_bundle(store, peer_id, clock=clock)
        whole = path
        if path.is_dir():
            whole = path / f"fairvisit-{peer_id}-{clock():%Y%m%d-%H%M%S}{SUFFIX}"
        write_whole(whole, body)
        return told

    with store.read() as conn:
        peer = find_peer(conn, peer_id)
    return logged(store, FILE_OUT, clock, deed, peer=peer.name if peer else "")


def receive_file(store: Store, path: Path, *, clock: Clock) -> Told:
    """Merge the bundle in a file; it stays where it is. PlannerError("exchange.…")."""
    try:
        if path.stat().st_size > MOST_BYTES:
            raise PlannerError("exchange.not_a_bundle")
        body = path.read_bytes()
    except OSError as error:
        raise PlannerError("exchange.unreadable", file=path.name) from error
    return logged(store, FILE_IN, clock, partial(merge_bundle, store, body, clock=clock))


def exchange_folder(
    store: Store, folder: Path | None = None, *, clock: Clock, on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Told:  # fmt: skip
    """Exchange by a shared folder; without one, by that of the last time, which is remembered.

    PlannerError("exchange.no_folder"), ("exchange.folder_is_home"), ….
    """
    with store.read() as conn:
        known = settings.get(conn, FOLDER_KEY, "")
    if folder is None and not known:
        raise PlannerError("exchange.no_folder", folder="")
    place = (folder or Path(known)).absolute()
    way = Folder(store, place)
    if str(place) != known:
        with store.write() as tx:
            settings.put(tx, FOLDER_KEY, str(place))
    deed = partial(exchange, store, way, clock=clock, on_progress=on_progress, cancelled=cancelled)
    return logged(store, FOLDER, clock, deed)


def shared_folder(store: Store) -> Path | None:
    """The folder of the last exchange by folder."""
    with store.read() as conn:
        known = settings.get(conn, FOLDER_KEY, "")
    return Path(known) if known else None


def exchange_status(store: Store) -> Status:
    """How things stand with every peer."""
    with store.read() as conn:
        return status(conn)


def load_conflicts(store: Store) -> list[Conflict]:
    """Fields that two laptops changed without knowing of each other, oldest first."""
    with store.read() as conn:
        return open_conflicts(conn)


def settle(store: Store, conflict_id: str, *, take_other: bool, clock: Clock) -> bytes | None:
    """Settle a conflict: what counts stays, or `take_other` records the other value again.

    The batch that undoes it, None where nothing was recorded. PlannerError("exchange.settled").
    """
    with store.write() as tx:
        found = conflict_event(tx.conn, conflict_id)
        if found is None or not mark_settled(tx.conn, conflict_id, clock()):
            raise PlannerError("exchange.settled")
        if not take_other:
            return None
        who, event = found
        return tx.append([_again(who, event, conflict_id.split("-", 2)[2], clock())])


def _again(debtor_id: str, event: Event, field: str, now: datetime) -> NewEvent:
    """The entry once more; of a list only the field in question, and of a place in it what somebody
    judges: lists are the lead's, a conflict is settled on any laptop."""
    told, about = dict(event.payload), field.partition(":")[2]
    if field not in dict(values_of(event)):
        raise PlannerError("exchange.settled")
    if event.kind != "person.listed":
        return NewEvent(event.kind, debtor_id, now, told)
    if field == "phone:":
        return NewEvent(event.kind, debtor_id, now, {"phones": told["phones"]})
    (place,) = [one for one in told["addresses"] if one["address_id"] == about]
    names = ("valid",) if field.startswith("address:") else ("lat", "lon", "grade")
    judged = {name: place[name] for name in names if name in place}
    return NewEvent("address.judged", debtor_id, now, {"address_id": about, **judged})


def load_flagged(store: Store) -> list[Flagged]:
    """Entries that came too late to count as work on one's own persons, oldest first."""
    with store.read() as conn:
        return flagged_in(conn)


def flagged_in(conn: Connection) -> list[Flagged]:
    """`load_flagged` within a transaction of the caller's."""
    return [
        Flagged(who, bytes(event_id).hex(), kind, moment(at))
        for who, event_id, kind, at in conn.execute(
            "SELECT who.debtor_id, flagged.event_id, kind, occurred_at FROM flagged"
            " JOIN who USING (pid) JOIN event ON event.event_id = flagged.event_id"
            " ORDER BY occurred_at, flagged.event_id"
        )
    ]


def load_submitted(store: Store, day: date | None = None) -> list[Submitted]:
    """The routes that laptops submitted (for one day), by day, collector and crew."""
    chosen = "" if day is None else " WHERE day = ?"
    found = []
    with store.read() as conn:
        for plan_id, crew, collector, body in conn.execute(
            f"SELECT plan_id, crew_id, collector_id, body FROM submitted{chosen}"
            " ORDER BY day, collector_id, crew_id, made_at",
            () if day is None else (day.toordinal(),),
        ):
            plan = read_body(body)
            if plan is not None:
                found.append(Submitted(plan_id, crew, collector, plan))
    return found


def leave_out(store: Store, peer_id: str) -> None:
    """End a laptop's place in the team. PlannerError("exchange.not_in_team")."""
    pairing.end_peer(store, peer_id)


def hub_lets_in(store: Store) -> bool:
    """Whether a hub is named: it knows logins, not laptops, and lets the one of a laptop that was
    left out in until whoever looks after it locks it there (hub-remove); no lead has that right."""
    with store.read() as conn:
        return bool(conn.execute("SELECT 1 FROM meta WHERE name = 'hub'").fetchone())


def let_back_in(store: Store, peer_id: str) -> None:
    """Give a laptop its place in the team back. PlannerError("exchange.not_in_team")."""
    pairing.readmit_peer(store, peer_id)
