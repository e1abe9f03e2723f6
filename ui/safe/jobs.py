"""What opens, makes, restores and leaves a workspace; runs off the GUI thread."""

from dataclasses import dataclass
from pathlib import Path

from planner.actions.backups import look, put_back
from planner.actions.change import Change
from planner.actions.upkeep import upkeep
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store import keys, os_keyring, protect, settings
from planner.store.backup import Backup, Cancelled, Inside, Progress, backups, look_inside
from planner.store.store import Store, remove_workspace
from ui.safe import drafts
from ui.safe.drafts import Draft
from ui.safe.places import little_room, synced_by
from ui.session import Session

LOCK_KEY = "lock.minutes"
LOCK_MINUTES = 15


@dataclass(frozen=True, slots=True)
class State:
    """What lies at a path: `there`, `protected`, opened by the `keyring` of this user."""

    there: bool
    protected: bool
    keyring: bool
    can_remember: bool
    backups: tuple[Backup, ...]
    synced_by: str
    little_room: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """An open workspace, how the window is to treat it, and what was typed before it was locked."""

    store: Store
    minutes: int
    drafts: tuple[Draft, ...] = ()
    read_only: bool = False
    code: str = ""  # a fresh recovery code, to be shown once
    by_code: bool = False  # opened by the recovery code: a new passphrase is due
    fresh: bool = False
    kept: str = ""  # the name under which a damaged file was kept


def look_at(path: Path) -> State:
    """What is to be known before the first screen. PlannerError("store.newer"), OSError."""
    there = path.exists()
    ways = keys.known_ways(path) if there else frozenset[str]()
    return State(
        there, there and keys.is_protected(path), "keyring" in ways, os_keyring.available(),
        tuple(backups(path)), synced_by(path), little_room(path),
    )  # fmt: skip


def open_store(path: Path, clock: Clock, words: str | None, *, read_only: bool = False) -> Opening:
    """Open the workspace and become the one program that writes to it.

    With `read_only` it is only looked at. PlannerError as `Store.open`, and "store.in_use",
    "store.read_only", "store.disk_full" when it cannot be written.
    """
    store = Store.open(path, clock=clock, passphrase=words)
    try:
        if not read_only:
            with store.write():
                pass
        found = () if read_only else tuple(drafts.take(store))
        by_code = _is_code(path, words)
        return Opening(store, lock_minutes(store), found, read_only, by_code=by_code)
    except BaseException:
        store.close()
        raise


def _is_code(path: Path, words: str | None) -> bool:
    return (
        words is not None
        and keys.as_code(words) is not None
        and "recovery" in keys.known_ways(path)
    )


def lock_minutes(store: Store) -> int:
    """After how many idle minutes the window locks; 0 = never."""
    with store.read() as conn:
        return int(settings.get(conn, LOCK_KEY, LOCK_MINUTES))


def save_lock_minutes(store: Store, minutes: int) -> tuple[int, Change]:
    """Remember it in the workspace."""
    with store.write() as tx:
        settings.put(tx, LOCK_KEY, minutes)
    return minutes, Change.NOTHING


def make_store(
    path: Path, clock: Clock, words: str | None, *, code: bool = False, remember: bool = False
) -> Opening:
    """A new workspace, protected by `words` unless they are None. PlannerError("store.…").

    Where something fails after the file was made, the file goes again: the next start asks anew.
    """
    if words is not None:
        keys.check_passphrase(words)
    path.parent.mkdir(parents=True, exist_ok=True)
    store = Store.create(path, clock=clock)
    shown = ""
    if words is not None:
        try:
            protect.set_passphrase(store, words)
            shown = protect.new_recovery_code(store, words) if code else ""
            if remember:
                protect.remember(store, words, True)
        except PlannerError as error:
            if error.code != "store.no_keyring":  # then the passphrase is asked for
                store.close()
                remove_workspace(path)
                raise
    return Opening(store, LOCK_MINUTES, code=shown, fresh=True)


def restore(path: Path, one: Backup, clock: Clock, words: str | None) -> Opening:
    """Put a backup in the place of the closed workspace and open it. PlannerError as `put_back`."""
    store, kept = put_back(path, one, clock=clock, passphrase=words)
    return Opening(store, lock_minutes(store), kept=kept.name if kept else "")


def look_closed(one: Backup, words: str | None) -> tuple[Backup, Inside]:
    """What is in a backup while no workspace is open."""
    return one, look(one, words)


def look_open(store: Store, one: Backup, words: str | None) -> tuple[Backup, Inside]:
    """What is in a backup of an open workspace: it has the same key, so no words are needed."""
    if words is None:
        try:
            return one, look_inside(one, store.key_for_copies())
        except PlannerError as error:
            if error.code != "store.damaged":  # made under other words
                raise
    return one, look(one, words)


def leave(session: Session, kept: list[Draft]) -> bool:
    """Let deeds end, keep what was typed, close the store; whether the typed could be kept."""
    session.background.wait()
    saved = True
    try:
        if kept:
            drafts.keep(session.store, kept)
    except (PlannerError, OSError):
        saved = False
    finally:
        session.store.close()
    return saved


def keep_up(
    store: Store, clock: Clock, *, on_progress: Progress, cancelled: Cancelled
) -> Backup | None:
    """Tidy up and make the backup of the day; `on_progress` is not called. PlannerError."""
    return upkeep(store, clock=clock, cancelled=cancelled)
