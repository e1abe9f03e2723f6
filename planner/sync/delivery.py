"""What travels between two workspaces, as frozen dataclasses and as bytes.

A delivery is cumulative: it holds everything since what the other side said it has, so lost ones
harm nothing and repeated ones are known. Entries travel as they are stored (header in clear,
payload sealed under the person's key, hashes): nothing is sealed or numbered anew.

The bytes are two lengths, a compressed JSON object, and behind it the files of evidence. They are
hostile until `from_bytes` has read them: every field has its type, its size and its count.
"""

import base64
import binascii
import json
import struct
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from planner.errors import PlannerError
from planner.store.events import Row

MOST_RAW = 256 * 1024**2  # bytes of the JSON object, unpacked
MOST_FILE = 21 * 1024**2  # bytes of one sealed file of evidence
MOST_ROWS = 2_000_000
MOST_PERSONS = 200_000
MOST_FILES = 20_000
MOST_PAYLOAD = 1024**2  # bytes of one sealed payload
PROOF = 96  # bytes: digest and signature of a delivery
_LENGTHS = struct.Struct(">II")
_T = TypeVar("_T")
_WHOLE = 2**53


@dataclass(frozen=True, slots=True)
class Held:
    """How far the sender holds a chain of the receiver: number and hash of its last entry.

    `device_id` is as the sender stores it: "X/2" is a second branch of the device X.
    """

    device_id: str
    number: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Chain:
    """Entries of one device, in order and without a gap."""

    device_id: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class PersonPackage:
    """A person with the key, the hashes by which files know them, and entries of any device.

    `identities` are (hash, batch or None). `whole`: these are all entries that the sender has.
    """

    debtor_id: str
    key: bytes = field(repr=False)
    identities: tuple[tuple[bytes, bytes | None], ...]
    rows: tuple[Row, ...]
    whole: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A piece of evidence as it is stored: sealed under the person's key."""

    evidence_id: str
    debtor_id: str
    digest: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PlanCopy:
    """A version of a plan: `day` is an ordinal, `made_at` epoch seconds, `body` its JSON text.

    `crew_id` says whose route a laptop submits; "" when the lead sends it.
    """

    plan_id: str
    day: int
    made_at: int
    batch: bytes
    crew_id: str
    body: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Everything one workspace tells another at once.

    `device_id` and `number` are the sender's, `made_at` its clock (epoch seconds). `seen` is
    (device, number, when) of the last delivery of the other side that was merged, `proof` its
    `stamp`: what was signed of it, as `open_bundle` notes it. `assigned` are the persons whom the
    receiver should hold, each with the digest of what the sender holds of them; it is None from a
    laptop to its lead.
    """

    device_id: str
    number: int
    made_at: int
    seen: tuple[str, int, int] = ("", 0, 0)
    held: tuple[Held, ...] = ()
    chains: tuple[Chain, ...] = ()
    persons: tuple[PersonPackage, ...] = ()
    gone: tuple[str, ...] = ()
    assigned: Mapping[str, str] | None = None
    workspace: tuple[Row, ...] = ()
    files: tuple[File, ...] = ()
    plans: tuple[PlanCopy, ...] = ()
    settings: Mapping[str, Any] | None = field(default=None, repr=False)
    settings_digest: str = ""
    wanted: tuple[str, ...] = ()
    surplus: tuple[str, ...] = ()
    more: bool = False
    proof: bytes = b""
    stamp: bytes = b""  # does not travel

    @property
    def entries(self) -> int:
        """How many entries it carries."""
        return (
            sum(len(one.rows) for one in self.chains)
            + sum(len(one.rows) for one in self.persons)
            + len(self.workspace)
        )


def to_bytes(told: Delivery) -> bytes:
    """The delivery as bytes; `from_bytes` reads them."""
    manifest = {
        "device": told.device_id, "number": told.number, "made_at": told.made_at,
        "seen": list(told.seen),
        "held": [[one.device_id, one.number, one.hash.hex()] for one in told.held],
        "chains": [[one.device_id, [_row(row) for row in one.rows]] for one in told.chains],
        "persons": [
            [one.debtor_id, one.key.hex(),
             [[digest.hex(), batch.hex() if batch else None] for digest, batch in one.identities],
             [_row(row) for row in one.rows], one.whole]
            for one in told.persons
        ],
        "gone": list(told.gone),
        "assigned": None if told.assigned is None else dict(told.assigned),
        "workspace": [_row(row) for row in told.workspace],
        "files": [[one.evidence_id, one.debtor_id, one.digest, len(one.body)]
                  for one in told.files],
        "plans": [[one.plan_id, one.day, one.made_at, one.batch.hex(), one.crew_id, one.body]
                  for one in told.plans],
        "settings": None if told.settings is None else dict(told.settings),
        "settings_digest": told.settings_digest,
        "wanted": list(told.wanted), "surplus": list(told.surplus), "more": told.more,
        "proof": told.proof.hex(),
    }  # fmt: skip
    raw = json.dumps(manifest, ensure_ascii=False, separators=(",", ":")).encode()
    packed = zlib.compress(raw, 6)
    return b"".join(
        (_LENGTHS.pack(len(raw), len(packed)), packed, *(one.body for one in told.files))
    )


def _row(row: Row) -> list[Any]:
    return [
        row.event_id.hex(), row.device_id.partition("/")[0], row.device_seq, row.kind,
        row.debtor_id, row.batch.hex(), row.occurred_at, row.recorded_at, row.schema_v,
        row.key[:16].hex() if row.key else None, base64.b64encode(row.payload).decode(),
        row.prev_hash.hex(), row.hash.hex(),
    ]  # fmt: skip


def from_bytes(data: bytes) -> Delivery:
    """The delivery in `data`. PlannerError("exchange.malformed"); nothing else is raised."""
    try:
        return _read(data)
    except (ValueError, TypeError, KeyError, OverflowError, RecursionError, struct.error,
            zlib.error) as error:  # fmt: skip
        raise PlannerError("exchange.malformed") from error


def _read(data: bytes) -> Delivery:
    raw_size, packed_size = _LENGTHS.unpack_from(data)
    start = _LENGTHS.size
    if raw_size > MOST_RAW or packed_size > len(data) - start:
        raise ValueError(raw_size)
    unpack = zlib.decompressobj()
    raw = unpack.decompress(data[start : start + packed_size], raw_size + 1)
    if len(raw) != raw_size or not unpack.eof or unpack.unused_data:
        raise ValueError(raw_size)
    told = json.loads(raw, parse_constant=_refuse)
    if not isinstance(told, dict) or told.keys() != _FIELDS:
        raise ValueError("fields")
    files = _files(told["files"], data, start + packed_size)
    seen = _list(told["seen"], 3)
    settings, assigned = told["settings"], told["assigned"]
    if not (settings is None or isinstance(settings, dict)):
        raise TypeError(settings)
    return Delivery(
        _device(told["device"]), _whole(told["number"]), _whole(told["made_at"]),
        (_text(seen[0], 40), _whole(seen[1]), _whole(seen[2])),
        _each(told["held"], 1000, _held), _each(told["chains"], 1000, _chain),
        _each(told["persons"], MOST_PERSONS, _person), _each(told["gone"], MOST_PERSONS, _id),
        None if assigned is None else {
            _id(who): _text(digest, 40) for who, digest in _pairs(assigned)
        },
        _each(told["workspace"], MOST_ROWS, read_row), files,
        _each(told["plans"], 10_000, _plan), settings, _text(told["settings_digest"], 64),
        _each(told["wanted"], MOST_PERSONS, _id), _each(told["surplus"], MOST_PERSONS, _id),
        _bool(told["more"]), _hex(told["proof"], PROOF) if told["proof"] else b"",
    )  # fmt: skip


_FIELDS: Final = frozenset((
    "device", "number", "made_at", "seen", "held", "chains", "persons", "gone", "assigned",
    "workspace", "files", "plans", "settings", "settings_digest", "wanted", "surplus", "more",
    "proof",
))  # fmt: skip


def _refuse(name: str) -> None:
    raise ValueError(name)


def _whole(value: Any, most: int = _WHOLE) -> int:
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError("whole")
    return value


def _second(value: Any) -> int:
    if type(value) is not int or abs(value) > _WHOLE:
        raise ValueError("second")
    return value


def _text(value: Any, most: int) -> str:
    if not isinstance(value, str) or len(value) > most:
        raise ValueError("text")
    value.encode()  # half a surrogate pair cannot be kept
    return value


def _id(value: Any) -> str:
    """The id of a person, or of anything else that is made by a program: plain signs."""
    if not _text(value, 64) or not value.isprintable() or not value.isascii():
        raise ValueError("id")
    return str(value)


def _device(value: Any) -> str:
    """Letters and digits: what stands behind a "/" is the receiver's own mark of a branch."""
    if not _id(value).isalnum():
        raise ValueError("device")
    return str(value)


def _bool(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError("bool")
    return value


def _hex(value: Any, size: int) -> bytes:
    found = bytes.fromhex(_text(value, 2 * size))
    if len(found) != size:
        raise ValueError("hex")
    return found


def _list(value: Any, size: int) -> list[Any]:
    if not isinstance(value, list) or len(value) != size:
        raise ValueError("list")
    return value


def _each(value: Any, most: int, read: Callable[[Any], _T]) -> tuple[_T, ...]:
    if not isinstance(value, list) or len(value) > most:
        raise ValueError("list")
    return tuple(read(one) for one in value)


def _pairs(value: Any) -> list[tuple[Any, Any]]:
    if not isinstance(value, dict) or len(value) > MOST_PERSONS:
        raise ValueError("object")
    return list(value.items())


def _held(value: Any) -> Held:
    device, number, digest = _list(value, 3)
    base, _, branch = _text(device, 64).partition("/")
    _device(base)
    if branch and not branch.isdigit():
        raise ValueError("branch")
    return Held(device, _whole(number), _hex(digest, 32))


def _chain(value: Any) -> Chain:
    device, rows = _list(value, 2)
    return Chain(_device(device), _each(rows, MOST_ROWS, read_row))


def read_row(value: Any) -> Row:
    """An entry of a JSON list; its hash is not checked here. ValueError, TypeError."""
    told = _list(value, 13)
    try:
        payload = base64.b64decode(_text(told[10], 2 * MOST_PAYLOAD), validate=True)
    except binascii.Error as error:
        raise ValueError("payload") from error
    if len(payload) > MOST_PAYLOAD:
        raise ValueError("payload")
    debtor = told[4] if told[4] == "" else _id(told[4])
    return Row(
        _hex(told[0], 16), _device(told[1]), _whole(told[2]), _text(told[3], 64), debtor,
        _hex(told[5], 16), _second(told[6]), _second(told[7]), _whole(told[8], 1000),
        None if told[9] is None else _hex(told[9], 16), payload, _hex(told[11], 32),
        _hex(told[12], 32),
    )  # fmt: skip


def _person(value: Any) -> PersonPackage:
    who, key, identities, rows, whole = _list(value, 5)
    return PersonPackage(
        _id(who), _hex(key, 32), _each(identities, 1000, _identity),
        _each(rows, MOST_ROWS, read_row), _bool(whole),
    )  # fmt: skip


def _identity(value: Any) -> tuple[bytes, bytes | None]:
    digest, batch = _list(value, 2)
    found = bytes.fromhex(_text(digest, 64))
    if len(found) not in (16, 32):
        raise ValueError("identity")
    return found, None if batch is None else _hex(batch, 16)


def _plan(value: Any) -> PlanCopy:
    plan_id, day, made_at, batch, crew_id, body = _list(value, 6)
    return PlanCopy(_id(plan_id), _whole(day, 3_652_059), _second(made_at), _hex(batch, 16),
                    _text(crew_id, 200), _text(body, 32 * 1024**2))  # fmt: skip


def _files(value: Any, data: bytes, at: int) -> tuple[File, ...]:
    """The files behind the JSON object; together they must be all that is left."""
    found = []
    for one in _each(value, MOST_FILES, lambda one: _list(one, 4)):
        size = _whole(one[3], MOST_FILE)
        digest = _hex(one[2], 32).hex()
        found.append(File(_id(one[0]), _id(one[1]), digest, data[at : at + size]))
        at += size
    if at != len(data):
        raise ValueError("files")
    return tuple(found)
