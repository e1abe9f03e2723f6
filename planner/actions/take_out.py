"""A file that leaves the program: whole or not at all, and recorded before it gets its name."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.store import NewEvent, Store


def write_out(out: Path, body: bytes, note: Callable[[], None], *, private: bool) -> Path:
    """Write `body` to `out`; `note` records it before the file has its name. `private`: only its
    owner may read it. PlannerError("file.unwritable") and what `note` raises."""
    partial = out.with_name(out.name + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.unlink(missing_ok=True)  # a link laid in its way is replaced, not followed
        way = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(partial, way, 0o600 if private else 0o666), "wb") as file:
            file.write(body)
        note()
        partial.replace(out)
    except OSError as error:
        raise PlannerError("file.unwritable", file=out.name, why=error.strerror) from error
    finally:
        with contextlib.suppress(OSError):
            partial.unlink(missing_ok=True)
    return out


def note_out(store: Store, told: Mapping[str, Any], body: bytes, *, clock: Clock) -> None:
    """Record that `body` was taken out, as a file or on paper; `told` are the fields of the entry
    besides the digest. PlannerError("store.…")."""
    digest = hashlib.sha256(body).hexdigest()
    with store.write() as tx:
        tx.append([NewEvent("export", "", clock(), {**told, "digest": digest})])
