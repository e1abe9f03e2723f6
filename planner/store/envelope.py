"""The file beside the database that holds its keys: two copies, the newest whole one counts.

Each copy is replaced whole, so a cut during a change leaves the old content or the new one.
"""

import contextlib
import hashlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from planner.errors import PlannerError
from planner.store.driver import coded_os_errors
from planner.store.lock import at_rest, take_lock

FORMAT = 2


def envelope_paths(database: Path) -> tuple[Path, Path]:
    """Where the two copies of the envelope of `database` lie."""
    database = at_rest(database)
    return (
        database.with_name(database.name + "-keys"),
        database.with_name(database.name + "-keys2"),
    )


def read_body(database: Path) -> dict[str, Any]:
    """The newest whole envelope; heals a copy that is missing, damaged or old, if nobody writes.

    PlannerError: "store.key_missing", "store.key_damaged", "store.newer".
    """
    body = newest(database)
    if body is None:
        there = any(path.exists() for path in envelope_paths(database))
        raise PlannerError(
            "store.key_damaged" if there else "store.key_missing", file=database.name
        )
    if any(_read(path) != body for path in envelope_paths(database)):
        _heal(database)
    return body


def _heal(database: Path) -> None:
    """Make both copies the newest one, under the lock alone: whoever has it may be writing the next
    version, and the present one put over that would be a key that opens nothing."""
    try:
        with contextlib.closing(take_lock(database)):
            body = newest(database)
            for path in envelope_paths(database):
                if body is not None and _read(path) != body:
                    write_whole(path, _text(body))
    except PlannerError:
        return  # one good copy is enough to open a folder that cannot be written


def write_body(database: Path, content: dict[str, Any]) -> None:
    """Write both copies as the next version. PlannerError: "store.disk_full", "store.read_only"."""
    present = newest(database)
    version = present["version"] + 1 if present else 1
    body = {**content, "format": FORMAT, "version": version}
    body["sum"] = _sum(body)
    for path in envelope_paths(database):
        write_whole(path, _text(body))


def newest(database: Path) -> dict[str, Any] | None:
    """The newest whole envelope, None when there is none. PlannerError("store.newer")."""
    found = [body for body in map(_read, envelope_paths(database)) if body]
    return max(found, key=lambda body: int(body["version"]), default=None)


def copy_envelope(database: Path, copy: Path) -> None:
    """Give a copy of `database` an envelope of its own, opened in the same ways.

    PlannerError("store.key_missing"), ….
    """
    body = newest(database)
    if body is None:
        raise PlannerError("store.key_missing", file=database.name)
    body.pop("former", None)
    body["sum"] = _sum(body)
    for path in envelope_paths(copy):
        write_whole(path, _text(body))


def write_whole(path: Path, content: bytes) -> None:
    """Replace `path` so that a cut leaves the old content or the new one, nothing between."""
    with coded_os_errors(path):
        number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut."""
    if os.name == "posix":  # elsewhere a folder cannot be opened to be synced
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _text(body: dict[str, Any]) -> bytes:
    return json.dumps(body, indent=1).encode()


def _sum(body: dict[str, Any]) -> str:
    plain = {name: value for name, value in body.items() if name != "sum"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    """The envelope in `path`, None when it is missing or not whole."""
    try:
        body = json.loads(path.read_bytes())
        if body["sum"] != _sum(body):
            return None
        int(body["version"])
        if int(body["format"]) > FORMAT:
            raise PlannerError("store.newer", file=path.name)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    return dict(body)
