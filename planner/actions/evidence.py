"""Photos, sounds and scanned papers: looked at by their first bytes, kept sealed, never run.

A file counts by what it is, not by what it is called. Nothing here decodes one: the bytes are kept
as they came, under the key of the person, and their SHA-256 stands in the chain of events.
"""

import hashlib
import os
import secrets
import stat
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from planner.clock import Clock
from planner.domain.facts import moment
from planner.errors import PlannerError
from planner.store.blobs import get_blob, put_blob
from planner.store.driver import Connection, coded_os_errors
from planner.store.events import NewEvent, events_of
from planner.store.state import undone_batches
from planner.store.store import Store, Writer

LARGEST = 20 * 1024**2  # bytes of one file
MOST = 8  # files of one visit
PHOTO, SOUND, PAPER = "photo", "sound", "paper"
# (first bytes, at, media type, what it is, end of a file name)
_MAGIC: Final[tuple[tuple[bytes, int, str, str, str], ...]] = (
    (b"\xff\xd8\xff", 0, "image/jpeg", PHOTO, ".jpg"),
    (b"\x89PNG\r\n\x1a\n", 0, "image/png", PHOTO, ".png"),
    (b"WEBPVP8", 8, "image/webp", PHOTO, ".webp"),
    (b"ftypheic", 4, "image/heic", PHOTO, ".heic"),
    (b"ftypmif1", 4, "image/heic", PHOTO, ".heic"),
    (b"II*\x00", 0, "image/tiff", PAPER, ".tiff"),
    (b"MM\x00*", 0, "image/tiff", PAPER, ".tiff"),
    (b"%PDF-", 0, "application/pdf", PAPER, ".pdf"),
    (b"ftypM4A", 4, "audio/mp4", SOUND, ".m4a"),
    (b"ftyp3gp", 4, "audio/3gpp", SOUND, ".3gp"),
    (b"ID3", 0, "audio/mpeg", SOUND, ".mp3"),
    (b"\xff\xfb", 0, "audio/mpeg", SOUND, ".mp3"),
    (b"\xff\xf3", 0, "audio/mpeg", SOUND, ".mp3"),
    (b"OggS", 0, "audio/ogg", SOUND, ".ogg"),
    (b"#!AMR", 0, "audio/amr", SOUND, ".amr"),
    (b"WAVE", 8, "audio/wav", SOUND, ".wav"),
)
_WHAT = {media: what for _, _, media, what, _ in _MAGIC}
_ENDS = {media: end for _, _, media, _, end in _MAGIC}


@dataclass(frozen=True, slots=True)
class Piece:
    """A file that was read and is to be kept: its bytes and what they are."""

    name: str
    media: str
    sha256: str
    data: bytes = field(repr=False)

    @property
    def what(self) -> str:
        """ "photo", "sound" or "paper"."""
        return _WHAT[self.media]


@dataclass(frozen=True, slots=True)
class Kept:
    """A piece that is kept: `at` aware (UTC), `size` bytes, `event_id` of its entry."""

    evidence_id: str
    event_id: str
    at: datetime
    media: str
    size: int
    sha256: str
    name: str
    note: str

    @property
    def what(self) -> str:
        """ "photo", "sound" or "paper"."""
        return _WHAT.get(self.media, PAPER)


def suffix(media: str) -> str:
    """How a file of this media type ends, ".bin" for one we do not know."""
    return _ENDS.get(media, ".bin")


def is_sound(media: str) -> bool:
    """Whether a media type is one of a sound."""
    return _WHAT.get(media) == SOUND


def media_of(data: bytes) -> str:
    """The media type by the first bytes; PlannerError("evidence.unknown_type")."""
    for mark, at, media, _, _ in _MAGIC:
        if data.startswith(mark, at):
            return media
    raise PlannerError("evidence.unknown_type")


def read_piece(path: Path) -> Piece:
    """Read a file to keep. Its folder is forgotten, of its name the last 80 characters are kept.

    PlannerError: "evidence.unreadable", "evidence.too_large", "evidence.unknown_type".
    """
    try:
        # Non-blocking, so that a pipe that was given for a file cannot hold us up.
        number = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
        with os.fdopen(number, "rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise PlannerError("evidence.unreadable")
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise PlannerError("evidence.unreadable") from error
    if len(data) > LARGEST:
        raise PlannerError("evidence.too_large", most=LARGEST // 1024**2)
    name = path.name.encode("utf-8", "replace").decode()[-80:]
    return Piece(name, media_of(data), hashlib.sha256(data).hexdigest(), data)


def keep(
    tx: Writer, debtor_id: str, pieces: Sequence[Piece], *, at: datetime, batch: bytes | None,
    case_id: str = "", by: Sequence[str] = (), note: str = "",
) -> bytes:  # fmt: skip
    """Keep files of a person inside the caller's transaction; the batch that undoes it.

    PlannerError("evidence.too_many"), ("evidence.too_large").
    """
    if len(pieces) > MOST:
        raise PlannerError("evidence.too_many", most=MOST)
    if any(len(piece.data) > LARGEST for piece in pieces):
        raise PlannerError("evidence.too_large", most=LARGEST // 1024**2)
    events, bodies = [], []
    for piece in pieces:
        name = secrets.token_hex(12)
        told: dict[str, Any] = {
            "evidence_id": name, "media": piece.media, "size": len(piece.data),
            "sha256": piece.sha256, "name": piece.name, "case_id": case_id, "note": note,
            "by": list(by),
        }  # fmt: skip
        told = {key: value for key, value in told.items() if value not in ("", [])}
        events.append(NewEvent("evidence", debtor_id, at, told))
        bodies.append((name, piece.data))
    done = tx.append(events, batch)
    for name, data in bodies:
        put_blob(tx.conn, debtor_id, name, data)
    return done


def attach(
    store: Store, debtor_id: str, pieces: Sequence[Piece], *, clock: Clock,
    at: datetime | None = None, note: str = "",
) -> bytes:  # fmt: skip
    """Keep files of a person by themselves; the batch that undoes it. Raises what `keep` raises."""
    with store.write() as tx:
        return keep(tx, debtor_id, pieces, at=at or clock(), batch=None, note=note)


def evidence_of(conn: Connection, debtor_id: str) -> list[Kept]:
    """The evidence of a person that counts, oldest first."""
    ((_, events),) = events_of(conn, [debtor_id])
    undone = undone_batches(events)
    return [
        Kept(
            told["evidence_id"], event.event_id.hex(), moment(event.occurred_at), told["media"],
            told["size"], told["sha256"], told.get("name", ""), told.get("note", ""),
        )
        for event in events
        if event.kind == "evidence" and event.batch not in undone
        for told in (event.payload,)
    ]  # fmt: skip


def load_evidence(store: Store, debtor_id: str, evidence_id: str) -> bytes:
    """The bytes, in memory. PlannerError("evidence.missing"), ("evidence.damaged")."""
    with store.read() as conn:
        return get_blob(conn, debtor_id, evidence_id)


def save_out(
    store: Store, debtor_id: str, evidence_id: str, target: Path, *, by: str, clock: Clock
) -> None:
    """Write a piece in clear, for its user alone; that it left is recorded first.

    The caller has warned. PlannerError: "evidence.missing", "export.exists", "file.unwritable", ….
    """
    data = load_evidence(store, debtor_id, evidence_id)
    if target.exists() or target.is_symlink():
        raise PlannerError("export.exists", file=target.name)
    told = {"what": "evidence", "by": by, "persons": 1, "cases": 0,
            "digest": hashlib.sha256(data).hexdigest()}  # fmt: skip
    way = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with coded_os_errors(target), os.fdopen(os.open(target, way, 0o600), "wb") as file:
            try:
                with store.write() as tx:
                    tx.append([NewEvent("export", "", clock(), told)])
                file.write(data)
            except BaseException:
                target.unlink(missing_ok=True)
                raise
    except OSError as error:
        raise PlannerError("file.unwritable", file=target.name, why=error.strerror or "") from error
