"""The hub as a way of exchange: bundles lie in boxes, entries of laptops in chains of their own.

A box is named after the fingerprint of a laptop's keys; a collector's login opens its own and may
go on with another laptop, the lead writes to and reads from those of the team. A bundle travels in
parts and goes on where it was cut; the same bytes are the same bundle, however often they are sent.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from planner.errors import PlannerError
from planner.store.events import FIRST_HASH, KEY_HASH, Row
from planner.store.store import Store
from planner.store.team import role
from planner.sync.hub import Account, Cancelled, Line, never
from planner.sync.peers import ENDED, Peer, load_peers, own_keys
from planner.sync.transport import Parcel, Pulled

PART: Final = 1024**2  # bytes of a bundle in one call
ROWS, BYTES = 1000, 8 * 1024**2  # entries in one call, and their payloads
_PUSH: Final = (
    "SELECT app.push(%b, %b, %b::bytea, %b::bytea[], %b::text[], %b::text[], %b::bytea[],"
    " %b::bigint[], %b::bigint[], %b::integer[], %b::bytea[], %b::bytea[], %b::bytea[])"
)
_PULL: Final = (
    "SELECT event_id, device_seq, kind, debtor_id, batch, occurred_at, recorded_at, schema_v, key,"
    " payload, prev_hash, hash FROM app.pull(%s, %s::bigint, %s::integer)"
)


class HubChains:
    """Chains of entries at the hub. For the lead: `collectors`, fingerprint -> collector id, and
    the fingerprints of laptops that are `ended`."""

    def __init__(
        self, line: Line, collectors: Mapping[str, str], ended: frozenset[str] = frozenset()
    ) -> None:
        self._line = line
        self._collectors = collectors
        self._ended = ended
        self._heads: dict[str, int] = {}

    def held(self, device_id: str) -> tuple[int, bytes]:
        """Number and hash of the last entry of this laptop that is at the hub; (0, 32 zeros).

        The device is registered for the login when it is new. PlannerError("hub.…").
        """
        self._line.ask("SELECT app.register(%s)", device_id)
        number, digest = self._line.ask("SELECT seq, hash FROM app.head(%s)", device_id)[0]
        self._heads[device_id] = number
        return number, bytes(digest)

    def push(self, device_id: str, rows: Sequence[Row]) -> int:
        """Hand over entries in order; the number up to which all are at the hub now.

        Those that are there must be the same: PlannerError("exchange.forked") (number). Also
        "hub.gap", "hub.chain", "hub.…".
        """
        if device_id not in self._heads:
            self.held(device_id)
        for part in portions(rows):
            self._heads[device_id] = self._line.ask(_PUSH, *_columns(device_id, part))[0][0]
        return self._heads[device_id]

    def pull(self, held: Mapping[str, int]) -> Iterator[Pulled]:
        """For the lead: what laptops of known collectors have sent behind the numbers held."""
        boxes = self._line.ask("SELECT box, collector FROM app.boxes()")
        owners = self._owners(boxes)
        doubtful = {login for box, login in boxes if box in self._ended}
        for login, device, last in self._line.ask("SELECT * FROM app.heads()"):
            collector = owners.get(login)
            have = held.get(device, 0)
            while collector is not None and have < last:
                found = self._line.ask(_PULL, device, have, ROWS)
                if not found:
                    break
                rows = tuple(_row(device, one) for one in found)
                yield Pulled(collector, device, rows, login in doubtful)
                have = found[-1][1]

    def _owners(self, boxes: Iterable[tuple[str, str]]) -> dict[str, str]:
        """The collector of each login, by the boxes it has opened; who cannot be told is left out:
        the hub's word alone says nothing about who somebody is."""
        found: dict[str, set[str]] = {}
        for box, login in boxes:
            if box in self._collectors:
                found.setdefault(login, set()).add(self._collectors[box])
        return {login: one.pop() for login, one in found.items() if len(one) == 1}


class HubTransport:
    """The hub for one workspace. `box` is the own fingerprint at a laptop, "" at the lead's."""

    name = "hub"
    keeps = True
    cumulative = True

    def __init__(
        self, line: Line, box: str, collectors: Mapping[str, str],
        ended: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.line = line
        self.chains = HubChains(line, collectors, ended)
        self._box = box
        self._opened: set[str] = set()

    def __enter__(self) -> "HubTransport":
        return self

    def __exit__(self, *_: object) -> None:
        self.line.close()

    def put(self, peer: Peer, number: int, body: bytes) -> None:
        """Hand over a bundle for `peer`; what of it is at the hub already is not sent again.

        It says all that earlier ones said which nobody has taken: those are deleted, and with them
        what may not be anywhere any more.
        """
        box = self._box or peer.peer_id
        self._open(box)
        # Twice, should other parts have been begun under its name.
        cseq = send(self.line, box, body) or send(self.line, box, body)
        if not cseq:
            raise PlannerError("hub.garbled")
        if self.cumulative:
            self.line.ask("SELECT app.withdraw(%s, %s::bigint)", box, cseq)

    def waiting(self) -> Iterable[Parcel]:
        """Bundles that are there for this workspace, the oldest first, each read when asked for."""
        if self._box:
            self._open(self._box)
        found = self.line.ask(
            "SELECT box, cseq, sum, size, parts FROM app.waiting(%s)", self._box or None
        )
        for box, cseq, total, size, parts in found:
            body = self._read(box, cseq, parts)
            if body is None:  # taken meanwhile
                continue
            if len(body) != size or hashlib.sha256(body).digest() != bytes(total):
                raise PlannerError("hub.garbled")
            yield Parcel(f"{box}/{cseq}", body)

    def done(self, parcel: Parcel) -> None:
        """The bundle is deleted at the hub."""
        box, _, cseq = parcel.name.partition("/")
        self.line.ask("SELECT app.taken(%s, %s::bigint)", box, int(cseq))

    def withdraw(self, peer: Peer) -> int:
        """Delete what was put for `peer` and not yet taken; how many bundles."""
        box = self._box or peer.peer_id
        self._open(box)
        return int(self.line.ask("SELECT app.withdraw(%s, NULL)", box)[0][0])

    def _open(self, box: str) -> None:
        if box not in self._opened:
            self.line.ask("SELECT app.open_box(%s)", box)
            self._opened.add(box)

    def _read(self, box: str, cseq: int, parts: int) -> bytes | None:
        found = bytearray()
        for part in range(parts):
            query = "SELECT app.read_part(%s, %s::bigint, %s::integer)"
            body = self.line.ask(query, box, cseq, part)[0][0]
            if body is None:
                return None
            found += body
        return bytes(found)


def send(line: Line, box: str, body: bytes) -> int:
    """Send what is missing of a letter; its number, 0 when the hub had to throw its parts away."""
    total = hashlib.sha256(body).digest()
    parts = -(-len(body) // PART)
    query = "SELECT cseq, held FROM app.begin_delivery(%s, %s::bytea, %s::bigint, %s::integer)"
    number, held = line.ask(query, box, total, len(body), parts)[0]
    for part in sorted(set(range(parts)) - set(held)):
        piece = body[part * PART : (part + 1) * PART]
        query = "SELECT app.send_part(%s, %s::bytea, %s::integer, %b::bytea)"
        number = line.ask(query, box, total, part, piece)[0][0]
        if number is not None:
            return int(number)
    return int(number or 0)


def portions(rows: Sequence[Row]) -> Iterator[list[Row]]:
    """Runs of entries that one call carries."""
    part: list[Row] = []
    size = 0
    for row in rows:
        if part and (len(part) == ROWS or size + len(row.payload) > BYTES):
            yield part
            part, size = [], 0
        part.append(row)
        size += len(row.payload)
    if part:
        yield part


def _columns(device_id: str, rows: Sequence[Row]) -> list[Any]:
    """The values of `_PUSH`."""
    return [
        device_id, rows[0].device_seq, rows[0].prev_hash, [row.event_id for row in rows],
        [row.kind for row in rows], [row.debtor_id for row in rows], [row.batch for row in rows],
        [row.occurred_at for row in rows], [row.recorded_at for row in rows],
        [row.schema_v for row in rows], [(row.key or b"")[:KEY_HASH] for row in rows],
        [row.payload for row in rows], [row.hash for row in rows],
    ]  # fmt: skip


def _row(device_id: str, one: tuple[Any, ...]) -> Row:
    event_id, seq, kind, who, batch, occurred, recorded, schema, key, payload, prev, digest = one
    return Row(
        bytes(event_id), device_id, seq, kind, who, bytes(batch), occurred, recorded, schema,
        bytes(key) if key else None, bytes(payload), bytes(prev or FIRST_HASH), bytes(digest),
    )  # fmt: skip


def open_hub(store: Store, account: Account, *, cancelled: Cancelled = never) -> HubTransport:
    """The hub for this workspace; nothing is opened before the first call.

    PlannerError("hub.no_keys") when the workspace belongs to no team, "hub.address", ….
    """
    with store.read() as conn:
        keys = own_keys(conn)
        collectors = {one.peer_id: one.collector_id for one in load_peers(conn)}
        ended = frozenset(one.peer_id for one in load_peers(conn, (ENDED,)))
        is_lead = role(conn) == "lead"
    if keys is None:
        raise PlannerError("hub.no_keys")
    line = Line(account, cancelled=cancelled)
    if is_lead:
        return HubTransport(line, "", collectors, ended)
    return HubTransport(line, keys.fingerprint, {})
