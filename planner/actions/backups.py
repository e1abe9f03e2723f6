"""Backups as deeds: one a day, one before anything large, and putting one back."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from planner.clock import Clock
from planner.domain.facts import moment
from planner.errors import PlannerError
from planner.store import keys
from planner.store.backup import Backup, Cancelled, Inside, backups, look_inside, restore
from planner.store.envelope import copy_envelope
from planner.store.known import event_count
from planner.store.store import Store

# With these a workspace cannot be backed up before another takes its place.
_UNREADABLE = (
    "store.damaged", "store.disk_error", "store.not_found", "store.key_missing",
    "store.key_damaged", "backup.faulty",
)  # fmt: skip


def backup_before(store: Store, why: str, *, cancelled: Cancelled | None = None) -> Backup | None:
    """A backup before something large; None where nothing is recorded yet.

    Raises what `Store.backup` raises: then the large thing must not be done.
    """
    with store.read() as conn:
        if not event_count(conn):
            return None
    return store.backup(why, cancelled=cancelled)


def daily_backup(
    store: Store, *, clock: Clock, cancelled: Cancelled | None = None
) -> Backup | None:
    """The backup of the day: made once, if anything was recorded since the newest one."""
    zone = ZoneInfo(store.zone)
    now = clock()  # the clock may once have been ahead: what is dated later says nothing of today
    made = [one for one in backups(store.path) if one.made_at <= now]
    if made and made[0].made_at.astimezone(zone).date() >= now.astimezone(zone).date():
        return None
    newest = _newest_entry(store)
    if newest is None or (made and newest < made[0].made_at):
        return None
    return store.backup("day", cancelled=cancelled)


def _newest_entry(store: Store) -> datetime | None:
    with store.read() as conn:
        (at,) = conn.execute("SELECT max(recorded_at) FROM event").fetchone()
    return None if at is None else moment(at)


def find_backup(workspace: Path, name: str) -> Backup:
    """The backup with this file name; PlannerError("backup.unknown")."""
    for one in backups(workspace):
        if one.path.name == name:
            return one
    raise PlannerError("backup.unknown", name=name)


def lost_by(store: Store, inside: Inside) -> int:
    """How many entries of the open workspace are not in a backup with this content."""
    with store.read() as conn:
        (entries,) = conn.execute("SELECT count(*) FROM event").fetchone()
    return max(0, int(entries) - inside.entries)


def look(one: Backup, passphrase: str | None = None) -> Inside:
    """What is in a backup. PlannerError as `look_inside` and `keys.read_key`."""
    return look_inside(one, keys.read_key(one.path, passphrase))


def put_back(
    workspace: Path, one: Backup, *, clock: Clock, passphrase: str | None = None
) -> tuple[Store, Path | None]:
    """Put a backup in the place of a closed workspace and open it.

    The workspace as it is now is backed up first, where it can be read; where it cannot, the
    damaged file is kept and named in the answer. `passphrase` is that of the workspace, and of the
    backup. PlannerError as `restore`, `keys.read_key`.
    """
    key = keys.read_key(one.path, passphrase)
    own = ""
    try:
        with Store.open(workspace, clock=clock, passphrase=passphrase) as present:
            own = present.key_for_copies()  # of two keys after a cut, the one that was settled on
            present.backup("restore")
    except PlannerError as error:
        if error.code not in _UNREADABLE:
            raise
        own = own or _own_key(workspace, one, key, passphrase)
    kept = restore(workspace, one, key, own)
    return Store.open(workspace, clock=clock, passphrase=passphrase), kept


def _own_key(workspace: Path, one: Backup, key: str, passphrase: str | None) -> str:
    """The key of a workspace that cannot be read; where its keys are lost, the backup's go on."""
    try:
        return keys.open_envelope(workspace, passphrase).keys[0]
    except PlannerError as error:
        if not error.code.startswith("store.key_"):
            raise
        copy_envelope(one.path, workspace)
        return key
