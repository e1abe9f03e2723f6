"""Exports that were recorded, and what one that was cut short leaves in clear beside its place."""

import contextlib
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from planner.domain.facts import moment
from planner.errors import PlannerError
from planner.store import settings
from planner.store.events import events_of
from planner.store.store import Store

PART = ".part"  # what is being written is called so until it is whole
UNDER_WAY = "export.parts"  # a setting: where exports are written that have not ended yet
_mine: set[str] = set()  # those of them that this process is writing now


@dataclass(frozen=True, slots=True)
class Noted:
    """An export that was recorded: when (UTC), what, who ordered it ("" = not said), how much.

    `what` is "everything", or as `export_plan.Wish.told` says it of a plan.
    """

    at: datetime
    what: str
    by: str
    persons: int
    cases: int


def exports(store: Store) -> list[Noted]:
    """The exports that were recorded, the newest first."""
    with store.read() as conn:
        ((_, events),) = events_of(conn, [""])
    return [
        Noted(
            moment(event.occurred_at), event.payload["what"], event.payload.get("by", ""),
            event.payload.get("persons", 0), event.payload.get("cases", 0),
        )
        for event in reversed(events)
        if event.kind == "export"
    ]  # fmt: skip


def clear_exports(store: Store) -> None:
    """Remove what exports that were cut short left in clear; where a disk is away, another day."""
    with store.read() as conn:
        known = settings.get(conn, UNDER_WAY, [])
    for name in known:
        part = Path(name)
        if name not in _mine and part.parent.is_dir():
            remove(part, _packed(part))
            end(store, part)


def parts(target: Path) -> tuple[Path, Path]:
    """Where the folder and the archive of an export to `target` are written."""
    part = target.with_name(target.name + PART)
    return part, _packed(part)


def _packed(part: Path) -> Path:
    return part.with_name(part.name + ".zip")


def begin(store: Store, part: Path) -> None:
    """Kept in the workspace before the first byte is written: a cut leaves clear text."""
    with store.write() as tx:
        known = settings.get(tx.conn, UNDER_WAY, [])
        settings.put(tx, UNDER_WAY, [*(one for one in known if one != str(part)), str(part)])
    _mine.add(str(part))


def end(store: Store, part: Path) -> None:
    """Nothing of it is left, unless the disk does not let go of it: then it stays known."""
    _mine.discard(str(part))
    if part.exists() or _packed(part).exists():
        return
    # Where the workspace's own disk is full it stays known too, and is looked for in vain later.
    with contextlib.suppress(PlannerError), store.write() as tx:
        known = settings.get(tx.conn, UNDER_WAY, [])
        settings.put(tx, UNDER_WAY, [one for one in known if one != str(part)])


def remove(part: Path, packed: Path) -> None:
    """Take both away, as far as they are there."""
    shutil.rmtree(part, ignore_errors=True)
    packed.unlink(missing_ok=True)
