"""Backups: whole encrypted copies beside the workspace, checked before they count.

A copy is made page by page from one moment of the file while work goes on, checked (pages, chain,
counts), and only then given its name. It has the key of the workspace and an envelope of its own,
so it opens with the same passphrase even when the workspace's own folder is lost. A file cut while
it is made is never taken for a backup.
"""

import contextlib
import glob
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from planner.errors import PlannerError
from planner.store.chain import check_copy
from planner.store.driver import Connection, coded_errors, coded_os_errors, connect
from planner.store.envelope import copy_envelope, envelope_paths, sync_folder
from planner.store.events import FIRST_HASH
from planner.store.lock import at_rest, take_lock
from planner.store.migrations import check_version, version

PAGES = 2000  # copied at a time; between two steps others work and the copy may be given up
DAYS, WEEKS, MONTHS, NEWEST = 7, 4, 6, 5  # how many are kept of each kind; see `outdated`
SWEEP_AGE = 86_400.0  # seconds
REASONS = ("day", "import", "migration", "merge", "purge", "restore", "hand")
_HALF = re.compile(r"-(keys2?\w{8}|restore[0-9a-f]{8}(-wal|-shm|-journal)?)")
_COPY = re.compile(r"-(damaged|restore|before)[0-9a-f]+(-wal|-shm|-journal)?")
_PART = re.compile(r"\.[0-9a-f]{16}\.part(-wal|-shm|-journal)?")
_NAME = re.compile(r"(\d{8}T\d{6}Z)-(" + "|".join(REASONS) + r")\.backup")

Progress = Callable[[float], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup file: when it was made (UTC), why (one of REASONS), how large (bytes)."""

    path: Path
    made_at: datetime
    why: str
    size: int


@dataclass(frozen=True, slots=True)
class Inside:
    """What a backup holds: open cases, persons with one, entries, moment of the newest entry."""

    cases: int
    persons: int
    entries: int
    plans: int
    newest: int | None
    zone: str


def folder_of(workspace: Path) -> Path:
    """Where the backups of a workspace lie."""
    workspace = at_rest(workspace)
    return workspace.with_name(workspace.name + "-backups")


def backups(workspace: Path) -> list[Backup]:
    """The backups of `workspace`, the newest first; unfinished and foreign files are left out."""
    found = []
    with contextlib.suppress(FileNotFoundError):
        for path in folder_of(workspace).iterdir():
            named = _NAME.fullmatch(path.name)
            if named and path.is_file():
                at = datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
                found.append(Backup(path, at, named[2], path.stat().st_size))
    return sorted(found, key=lambda one: (one.made_at, one.path.name), reverse=True)


def back_up(
    source: Connection,
    workspace: Path,
    key: str,
    at: datetime,
    why: str,
    *,
    on_progress: Progress | None = None,
    cancelled: Cancelled | None = None,
) -> Backup:
    """Copy the moment `source` sees, check the copy, keep it and drop what is outdated.

    `source` is an open reading transaction on the workspace encrypted with `key`, `at` aware;
    `on_progress` gets 0..1. PlannerError: "backup.faulty" (the copy is not whole: the workspace or
    the disk is damaged), "store.cancelled", "store.disk_full", "store.read_only".
    """
    folder = folder_of(workspace)
    at = at.astimezone(UTC).replace(microsecond=0)
    with coded_os_errors(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{at:%Y%m%dT%H%M%SZ}-{why}.backup"
    part = folder / f".{secrets.token_hex(8)}.part"
    try:
        _copy(source, part, key, on_progress, cancelled)
        _check(part, key, workspace)
        copy_envelope(workspace, path)
        with coded_os_errors(path):
            _sync(part)
            os.replace(part, path)
            sync_folder(folder)
    finally:
        _remove(part)
    found = backups(workspace)
    for old in outdated(found, at):
        with contextlib.suppress(OSError):  # the new one is there; a later day tries again
            delete_backup(old)
    return next(one for one in found if one.path == path)


def _copy(
    source: Connection,
    part: Path,
    key: str,
    on_progress: Progress | None,
    cancelled: Cancelled | None,
) -> None:
    """Copy the moment `source` sees into a new file `part` encrypted with `key`."""
    with coded_os_errors(part):
        part.touch(mode=0o600)
    source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on: this moment

    def step(_status: int, remaining: int, total: int) -> None:
        if cancelled and cancelled():
            raise PlannerError("store.cancelled")
        if on_progress and total:
            on_progress(0.8 * (total - remaining) / total)

    target = connect(part, key, read_only=True)
    try:
        with coded_errors(part):
            target.execute("PRAGMA query_only = OFF")
            source.backup(target, pages=PAGES, progress=step, sleep=0)
            target.execute("PRAGMA journal_mode = DELETE").fetchone()  # one file, nothing beside it
    finally:
        target.close()


def _check(part: Path, key: str, workspace: Path) -> None:
    """PlannerError("backup.faulty") unless the copy is whole."""
    try:
        conn = connect(part, key, read_only=True)
        try:
            problems = check_copy(conn)
        finally:
            conn.close()
    except PlannerError as error:
        raise PlannerError("backup.faulty", file=workspace.name) from error
    if problems:
        raise PlannerError("backup.faulty", file=workspace.name)


def outdated(found: Iterable[Backup], now: datetime) -> list[Backup]:
    """Which backups may go: all but the newest of each of the last 7 days, 4 weeks and 6 months
    that have one, and the newest five whatever their age. Days and weeks are those of UTC."""
    newest_first = sorted(found, key=lambda one: one.made_at, reverse=True)
    keep = set(newest_first[:NEWEST])
    for most, period in (
        (DAYS, lambda at: at.date().toordinal()),
        (WEEKS, lambda at: at.isocalendar()[:2]),
        (MONTHS, lambda at: (at.year, at.month)),
    ):
        seen: set[object] = set()
        for one in newest_first:
            if one.made_at > now or period(one.made_at) in seen:
                continue
            if len(seen) == most:
                break
            seen.add(period(one.made_at))
            keep.add(one)
    future = {one for one in newest_first if one.made_at > now}  # a clock was set back
    return [one for one in newest_first if one not in keep | future]


def delete_backup(one: Backup) -> None:
    """Remove a backup with its envelope."""
    _remove(one.path)
    lock = one.path.with_name(one.path.name + "-lock")
    for path in (*envelope_paths(one.path), lock):
        path.unlink(missing_ok=True)


def strays(workspace: Path) -> list[Path]:
    """Copies of the workspace beside it that are no backups: of a damaged file, of a restore or a
    backup that was cut short, of earlier versions of the program."""
    workspace = at_rest(workspace)
    beside = workspace.parent.glob(glob.escape(workspace.name) + "-*")
    found = [one for one in beside if _COPY.fullmatch(one.name.removeprefix(workspace.name))]
    with contextlib.suppress(FileNotFoundError):
        found += [one for one in folder_of(workspace).iterdir() if _PART.fullmatch(one.name)]
    return [one for one in found if one.is_file()]


def opens(path: Path, key: str) -> bool:
    """Whether `key` opens the file."""
    try:
        connect(path, key, read_only=True).close()
    except PlannerError:
        return False
    return True


def encrypt_anew(one: Backup, key: str, fresh: str) -> None:
    """Encrypt a backup with another key; a cut leaves the old file or the new one.

    PlannerError("backup.faulty") when it is not whole: then it stays as it was.
    """
    part = one.path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        source = connect(one.path, key, read_only=True)
        try:
            source.execute("BEGIN")
            _copy(source, part, fresh, None, None)
        finally:
            source.close()
        _check(part, fresh, one.path)
        with coded_os_errors(one.path):
            _sync(part)
            os.replace(part, one.path)
            sync_folder(one.path.parent)
    finally:
        _remove(part)


def look_inside(one: Backup, key: str) -> Inside:
    """What is in a backup, after a check that it is whole.

    PlannerError: "backup.faulty", "store.newer", "store.damaged" (also for a wrong key).
    """
    conn = connect(one.path, key, read_only=True)
    try:
        with coded_errors(one.path):
            if check_copy(conn):
                raise PlannerError("backup.faulty", file=one.path.name)
            cases, persons = conn.execute(
                "SELECT count(*), count(DISTINCT pid) FROM loan WHERE status = 'open'"
            ).fetchone()
            entries, newest = conn.execute(
                "SELECT count(*), max(recorded_at) FROM event"
            ).fetchone()
            (plans,) = conn.execute("SELECT count(*) FROM plan").fetchone()
            (zone,) = conn.execute("SELECT value FROM meta WHERE name = 'zone'").fetchone()
    finally:
        conn.close()
    return Inside(cases, persons, entries, plans, newest, zone)


def restore(workspace: Path, one: Backup, key: str, own_key: str) -> Path | None:
    """Put the contents of a backup in the place of a workspace that this program has closed.

    `key` opens the backup; what is written is encrypted with `own_key`, the workspace's. The
    device gets a new id: entries made after the backup may be elsewhere under the old one, and two
    histories must not share numbers. A cut leaves the old workspace or the new one. A workspace
    that cannot be read is kept beside it; its new name is the answer, else None.
    PlannerError: "backup.faulty", "store.in_use", "store.newer", "store.disk_full".
    """
    workspace = at_rest(workspace)
    part = workspace.with_name(f"{workspace.name}-restore{secrets.token_hex(4)}")
    lock = take_lock(workspace)
    try:
        source = connect(one.path, key, read_only=True)
        try:
            check_version(source, one.path)
            if version(source) == 0 or check_copy(source):
                raise PlannerError("backup.faulty", file=one.path.name)
            _copy(source, part, own_key, None, None)
        finally:
            source.close()
        _new_device(part, own_key)
        _check(part, own_key, workspace)
        return _take_place(workspace, part, own_key)
    finally:
        lock.close()
        _remove(part)


def _new_device(part: Path, key: str) -> None:
    conn = connect(part, key, read_only=True)
    try:
        with coded_errors(part):
            conn.execute("PRAGMA query_only = OFF")
            fresh = secrets.token_hex(8)
            conn.execute("BEGIN IMMEDIATE")
            (last,) = conn.execute("SELECT max(last_id) FROM device").fetchone()
            # Ids only grow on a device: the new one goes on where the old one stood.
            conn.execute(
                "INSERT INTO device (device_id, last_seq, last_hash, last_id) VALUES (?, 0, ?, ?)",
                (fresh, FIRST_HASH, last or b""),
            )
            conn.execute("UPDATE meta SET value = ? WHERE name = 'device'", (fresh,))
            conn.execute("COMMIT")
    finally:
        conn.close()


def _take_place(workspace: Path, part: Path, key: str) -> Path | None:
    """Move `part` over the workspace; the name under which a damaged one is kept.

    The log must be written back and gone by then: left beside the new file, it would be played
    into it.
    """
    kept = None
    if workspace.exists() and not _log_written_back(workspace, key):
        kept = workspace.with_name(f"{workspace.name}-damaged{secrets.token_hex(4)}")
        with coded_os_errors(workspace):
            _link(workspace, kept)
            for end in ("-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.replace(
                        workspace.with_name(workspace.name + end), kept.with_name(kept.name + end)
                    )
    with coded_os_errors(workspace):
        _sync(part)
        os.replace(part, workspace)
        sync_folder(workspace.parent)
    return kept


def _link(path: Path, other: Path) -> None:
    """A second name for the file, or a copy where the disk knows no second names (FAT)."""
    try:
        os.link(path, other)
    except OSError:
        shutil.copyfile(path, other)
        _sync(other)


def _log_written_back(workspace: Path, key: str) -> bool:
    """Write the log of the workspace into it; False when the file cannot be read at all.

    PlannerError("store.in_use") when somebody else has it open.
    """
    try:
        conn = connect(workspace, key)
        try:
            with coded_errors(workspace):
                busy, _, _ = conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
                mode = conn.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        finally:
            conn.close()
    except PlannerError as error:
        if error.code == "store.busy":
            raise PlannerError("store.in_use", file=workspace.name) from error
        if error.code in ("store.damaged", "store.disk_error"):
            return False
        raise
    if busy or mode != "delete":
        raise PlannerError("store.in_use", file=workspace.name)
    return True


def sweep(workspace: Path, now: datetime) -> None:
    """Remove what a cut left half written beside the workspace and among its backups.

    What is younger than a day may be in the making and stays.
    """
    workspace = at_rest(workspace)
    folder = folder_of(workspace)
    found = [
        path
        for path in workspace.parent.glob(glob.escape(workspace.name) + "-*")
        if _HALF.fullmatch(path.name.removeprefix(workspace.name))
    ]
    for path in folder.iterdir() if folder.is_dir() else ():
        name = _NAME.match(path.name)
        rest = path.name.removeprefix(name[0]) if name else ""
        alone = name is not None and not (folder / name[0]).is_file()
        if path.name.startswith(".") or alone or _HALF.fullmatch(rest):
            found.append(path)
    for path in found:
        with contextlib.suppress(FileNotFoundError):
            age = now.timestamp() - path.stat().st_mtime
            if path.is_file() and age > SWEEP_AGE:
                path.unlink()


def _remove(path: Path) -> None:
    for end in ("", "-wal", "-shm", "-journal"):
        path.with_name(path.name + end).unlink(missing_ok=True)


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
