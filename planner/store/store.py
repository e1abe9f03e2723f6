"""The workspace file: opening and closing it, reading, writing, undo, who is who."""

import base64
import contextlib
import json
import os
import secrets
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from planner.clock import Clock
from planner.errors import PlannerError
from planner.store import backup as backups
from planner.store import keys
from planner.store.append import WORKSPACE, append, keyed_hash, meta
from planner.store.driver import (
    Connection,
    check_driver,
    coded_errors,
    coded_os_errors,
    connect,
    immediate,
)
from planner.store.envelope import envelope_paths
from planner.store.events import FIRST_HASH, KEY_BYTES, next_id
from planner.store.events import NewEvent as NewEvent  # callers find it beside the Writer
from planner.store.lock import at_rest, take_lock
from planner.store.migrations import check_version, migrate

_IDLE_READERS = 4
_NEW_DEVICE = "INSERT INTO device (device_id, last_seq, last_hash, last_id) VALUES (?, 0, ?, ?)"
# An identity that was taken on by an import which is undone.
UNDONE = (
    "(identity.batch IS NOT NULL AND EXISTS (SELECT 1 FROM undone"
    " WHERE undone.pid = identity.pid AND undone.batch = identity.batch))"
)
_ALWAYS = bytes(16)  # behind a hash: of no import
LAST = b"\xff" * 17  # behind a hash: above all that is set aside under it


class Writer:
    """One write transaction: `conn` sees and changes the tables, `append` records events."""

    def __init__(self, conn: Connection, clock: Clock) -> None:
        self.conn = conn
        self.clock = clock
        self.erased = False

    def append(self, events: Sequence[NewEvent], batch: bytes | None = None) -> bytes:
        """Record `events` together; returns their batch (16 bytes), the unit of undo.

        An event whose key is recorded already is skipped. PlannerError: "store.bad_event",
        "store.erased".
        """
        now = self.clock()
        batch = batch or next_id(now)
        append(self.conn, events, batch, now)
        return batch


class Store:
    """An open workspace. May be used from any thread; one writing program at a time."""

    def __init__(self, path: Path, key: str, clock: Clock) -> None:
        """Use `Store.create` or `Store.open`."""
        self.path = path
        self.clock = clock
        self.zone = ""
        self.currency = ""
        self.device_id = ""
        self._key = key
        self._idle: list[Connection] = []
        self._guard = threading.RLock()
        self._quiet = threading.Condition(self._guard)  # nobody reads
        self._readers = 0
        self._writing = threading.Lock()
        self._envelope = threading.RLock()
        self._writing_thread = 0
        self._writer: Connection | None = None
        self._lock: Connection | None = None
        self._closed = False

    @classmethod
    def create(
        cls, path: Path, *, clock: Clock, zone: str = "Asia/Shanghai", currency: str = "CNY"
    ) -> "Store":
        """A new, empty workspace with a random key, not protected by a passphrase.

        PlannerError: "store.exists", "store.not_found" (no such folder), "store.read_only", …
        """
        check_driver()
        path = at_rest(Path(path))
        if path.exists():
            raise PlannerError("store.exists", file=path.name)
        if not path.parent.is_dir():
            raise PlannerError("store.not_found", file=str(path.parent))
        key = keys.create_envelope(path)  # first: a file without its key could never be opened
        with coded_os_errors(path):
            path.touch(mode=0o600)  # for nobody else's eyes; what SQLite puts beside it follows
        store = cls(path, key, clock)
        try:
            with store._whole_file() as conn:
                migrate(conn)
                with immediate(conn):
                    _first_rows(conn, zone, currency)
            store._load()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def open(cls, path: Path, *, clock: Clock, passphrase: str | None = None) -> "Store":
        """Open an existing workspace; an older one is copied and brought up to date.

        PlannerError: "store.not_found", "store.key_missing", "store.passphrase_needed",
        "store.passphrase_wrong", "store.damaged", "store.newer", "store.in_use",
        "store.old_read_only" for an older one that nobody may write here, …
        """
        check_driver()
        path = at_rest(Path(path))
        if not path.is_file():
            raise PlannerError("store.not_found", file=path.name)
        opened = keys.open_envelope(path, passphrase)
        store = cls(path, keys.fitting(path, opened), clock)
        try:
            if len(opened.keys) > 1:
                store._settle_key(opened)
            with store.read() as conn:
                old = check_version(conn, path)
            if old:
                store._bring_up_to_date()
            store._load()
        except BaseException:
            store.close()
            raise
        return store

    def __enter__(self) -> "Store":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection and let go of the lock and the key.

        Nothing begins any more; a transaction that is being written ends first, readers at work
        keep theirs to their end.
        """
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("a write transaction is open in this thread")
        with self._guard:
            self._closed = True
            self._quiet.notify_all()
        with self._writing, self._guard:
            for conn in (*self._idle, self._writer, self._lock):
                if conn is not None:
                    conn.close()
            self._idle.clear()
            self._writer = self._lock = None
            self._key = ""

    @property
    def protected(self) -> bool:
        """Whether a passphrase guards the key."""
        return keys.is_protected(self.path)

    @property
    def may_write(self) -> bool:
        """Whether this program is the one that writes, and this thread is not at it just now."""
        with self._guard:
            return self._lock is not None and self._writing_thread != threading.get_ident()

    @contextlib.contextmanager
    def read(self) -> Iterator[Connection]:
        """A connection that cannot write and sees one moment of the file."""
        conn = self._reader()
        sound = False
        try:
            with coded_errors(self.path):
                conn.execute("BEGIN")
                yield conn
                conn.execute("COMMIT")
                sound = True
        finally:
            if not sound and conn.in_transaction:
                with contextlib.suppress(sqlcipher.Error):
                    conn.execute("ROLLBACK")
            with self._guard:
                keep = not self._closed and sound and len(self._idle) < _IDLE_READERS
                if keep:
                    self._idle.append(conn)
                else:
                    conn.close()
                self._readers -= 1
                self._quiet.notify_all()

    @contextlib.contextmanager
    def write(self) -> Iterator[Writer]:
        """A short write transaction: all of it is saved, or nothing.

        Waits for another thread of this program; PlannerError("store.in_use") when another
        program writes to the workspace, "store.disk_full", "store.read_only", ….
        """
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("a write transaction is open in this thread")
        with self._writing:
            self._writing_thread = threading.get_ident()
            try:
                with coded_errors(self.path):
                    conn = self._writing_connection()
                    tx = Writer(conn, self.clock)
                    with immediate(conn):
                        yield tx
                    if tx.erased:  # the log still holds pages with the deleted key
                        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            finally:
                self._writing_thread = 0

    def check_pages(self) -> list[str]:
        """What SQLCipher finds wrong with the pages of the file; nothing when all is well.

        The log is written back first, where that is allowed: the check reads the main file only.
        """
        key = self.key_for_copies()
        try:
            whole = connect(self.path, key)
        except PlannerError as error:
            if error.code != "store.read_only":
                raise
            whole = connect(self.path, key, read_only=True)
        with self.read(), contextlib.closing(whole) as conn, coded_errors(self.path):
            if not conn.execute("PRAGMA query_only").fetchone()[0]:
                conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
            return [str(row[0]) for row in conn.execute("PRAGMA cipher_integrity_check")]

    def backup(
        self,
        why: str,
        *,
        on_progress: backups.Progress | None = None,
        cancelled: backups.Cancelled | None = None,
    ) -> backups.Backup:
        """Copy the workspace as it is now to its folder of backups; see `backup.back_up`."""
        # Its envelope must be the one that goes with it: nobody changes the passphrase meanwhile.
        with self._envelope, self.read() as conn:
            return backups.back_up(
                conn, self.path, self.key_for_copies(), self.clock(), why,
                on_progress=on_progress, cancelled=cancelled,
            )  # fmt: skip

    def key_for_copies(self) -> str:
        """The raw key of the file, for copies that are encrypted like it."""
        with self._guard:
            self._refuse_closed()
            return self._key

    def use_key(self, key: str) -> None:
        """Go on with another key, which the file has been given within `alone`."""
        self._key = key

    @contextlib.contextmanager
    def keys_kept(self) -> Iterator[None]:
        """Nobody else changes the envelope until the end: no other thread, no other program.

        PlannerError("store.in_use").
        """
        with self._envelope:
            self._take_lock()
            yield

    @contextlib.contextmanager
    def alone(self) -> Iterator[Connection]:
        """The only connection to the file: no other reads or writes until the end.

        Readers of this program wait; PlannerError("store.in_use") when another program has the file
        open.
        """
        if self._writing_thread == threading.get_ident():
            raise RuntimeError("a write transaction is open in this thread")
        with self._writing, self._guard:
            self._quiet.wait_for(lambda: not self._readers or self._closed)
            self._refuse_closed()
            for conn in (*self._idle, self._writer):
                if conn is not None:
                    conn.close()
            self._idle.clear()
            self._writer = None
            self._lock = self._lock or take_lock(self.path)
            with coded_errors(self.path):
                conn = connect(self.path, self._key)
                self._writing_thread = threading.get_ident()
                try:
                    _refuse_company(conn, self.path)
                    yield conn
                finally:
                    self._writing_thread = 0
                    conn.close()

    def _settle_key(self, opened: keys.Opened) -> None:
        """Drop the other key of a change that was cut short, unless it is going on elsewhere."""
        try:
            self._take_lock()
        except PlannerError:
            return
        self._key = keys.fitting(self.path, opened)  # again: the other program may just have ended
        keys.keep_key(self.path, opened, self._key)

    def _refuse_closed(self) -> None:
        if self._closed:
            raise PlannerError("store.closed", file=self.path.name)

    def _reader(self) -> Connection:
        with self._guard:
            self._refuse_closed()
            conn = self._idle.pop() if self._idle else None
            self._readers += 1
            key = self._key
        try:
            return conn or connect(self.path, key, read_only=True)
        except BaseException:
            with self._guard:
                self._readers -= 1
                self._quiet.notify_all()
            raise

    def _writing_connection(self) -> Connection:
        self._take_lock()
        if self._writer is None:
            self._writer = connect(self.path, self._key)
        return self._writer

    def _take_lock(self) -> None:
        """Become the one writing program, until close."""
        with self._guard:
            self._refuse_closed()
            if self._lock is None:
                self._lock = take_lock(self.path)

    @contextlib.contextmanager
    def _whole_file(self) -> Iterator[Connection]:
        """The writing connection outside any transaction, for the steps of the schema."""
        with self._writing, coded_errors(self.path):
            yield self._writing_connection()

    def _bring_up_to_date(self) -> None:
        if not all(os.access(place, os.W_OK) for place in (self.path, self.path.parent)):
            raise PlannerError("store.old_read_only", file=self.path.name)
        self.backup("migration")
        with self._whole_file() as conn:
            migrate(conn)

    def _load(self) -> None:
        with self.read() as conn:
            self.zone = meta(conn, "zone")
            self.currency = meta(conn, "currency")
            self.device_id = meta(conn, "device")


def _refuse_company(conn: Connection, path: Path) -> None:
    """PlannerError("store.in_use") when somebody else has the file open."""
    try:
        conn.execute("PRAGMA busy_timeout = 0")
        mode = conn.execute("PRAGMA journal_mode = DELETE").fetchone()[0]
        if mode != "delete":
            raise PlannerError("store.in_use", file=path.name)
        # From here on nobody can open the file before the connection is closed.
        conn.execute("PRAGMA locking_mode = EXCLUSIVE").fetchone()
        conn.execute("PRAGMA journal_mode = WAL").fetchone()
    except sqlcipher.OperationalError as error:
        raise PlannerError("store.in_use", file=path.name) from error


def _first_rows(conn: Connection, zone: str, currency: str) -> None:
    device = secrets.token_hex(8)
    conn.executemany(
        "INSERT INTO meta VALUES (?, ?)",
        [
            ("zone", zone),
            ("currency", currency),
            ("device", device),
            ("secret", secrets.token_hex(32)),
        ],
    )
    conn.execute(_NEW_DEVICE, (device, FIRST_HASH, b""))
    conn.execute("INSERT INTO who VALUES (?, '', ?, NULL)", (WORKSPACE, os.urandom(KEY_BYTES)))


def undo(tx: Writer, batch: bytes) -> bytes:
    """Reverse a batch by further events; returns their batch. Redo is the undo of that.

    PlannerError: "store.unknown_batch", "store.already_undone".
    """
    return tx.append(reversals(tx, batch))


def reversals(tx: Writer, batch: bytes) -> list[NewEvent]:
    """The events that reverse a batch, not yet recorded. Raises what `undo` raises."""
    persons = [
        who
        for (who,) in tx.conn.execute(
            "SELECT DISTINCT debtor_id FROM event WHERE batch = ?", (batch,)
        )
    ]
    planned = tx.conn.execute("SELECT 1 FROM plan WHERE batch = ?", (batch,)).fetchone()
    if not persons and not planned:
        raise PlannerError("store.unknown_batch", batch=batch.hex())
    if planned and "" not in persons:
        persons.append("")
    if tx.conn.execute("SELECT 1 FROM undone WHERE batch = ?", (batch,)).fetchone():
        raise PlannerError("store.already_undone", batch=batch.hex())
    at = tx.clock()
    gone = {who for (who,) in tx.conn.execute("SELECT debtor_id FROM who WHERE key IS NULL")}
    return [NewEvent("reversal", who, at, {"batch": batch}) for who in persons if who not in gone]


def new_debtor_id(tx: Writer, identity: str) -> str:
    """The id of the person with this identity ("id:…" or "np:…|…"), made when there is none.

    A keyed hash: the same in every copy of the workspace, and not to be guessed without it. After
    an erasure the same identity gets another id.
    """
    found = find_debtor(tx.conn, identity)
    return make_debtor(tx, identity) if found is None else found


def make_debtor(tx: Writer, identity: str) -> str:
    """A new person whose id follows from `identity`, which stays another's if it is another's."""
    generation = 0
    while True:
        digest = keyed_hash(tx.conn, "debtor", f"{generation}:{identity}")
        debtor_id = "P" + base64.b32encode(digest)[:12].decode()
        if not tx.conn.execute("SELECT 1 FROM who WHERE debtor_id = ?", (debtor_id,)).fetchone():
            break
        generation += 1
    pid = tx.conn.execute(
        "INSERT INTO who (debtor_id, key) VALUES (?, ?)", (debtor_id, os.urandom(KEY_BYTES))
    ).lastrowid
    digest = keyed_hash(tx.conn, "identity", identity)
    set_aside(tx.conn, [digest], UNDONE)
    tx.conn.execute(
        "INSERT INTO identity (hash, pid) VALUES (?, ?) ON CONFLICT (hash) DO UPDATE"
        f" SET pid = excluded.pid, batch = NULL WHERE {UNDONE}",
        (digest, pid),
    )
    return debtor_id


def set_aside(conn: Connection, hashes: Sequence[bytes], where: str) -> None:
    """Keep what these hashes mean now, where the condition holds, behind what they come to mean:
    it counts again once the import it came from is redone and the later one is undone.

    It stands under the hash with the batch behind it.
    """
    former = conn.execute(
        "SELECT hash, pid, batch FROM json_each(?) j CROSS JOIN identity"
        f" ON identity.hash = unhex(j.value) WHERE {where}",
        (json.dumps([one.hex() for one in hashes]),),
    ).fetchall()
    conn.executemany(
        "INSERT OR REPLACE INTO identity VALUES (?, ?, ?)",
        [(digest + (batch or _ALWAYS), pid, batch) for digest, pid, batch in former],
    )


def find_debtor(conn: Connection, identity: str) -> str | None:
    """The id of the person with this identity, None when unknown."""
    digest = keyed_hash(conn, "identity", identity)
    found = conn.execute(
        "SELECT debtor_id FROM identity JOIN who USING (pid) WHERE hash BETWEEN ? AND ?"
        f" AND NOT {UNDONE} ORDER BY length(hash), hash DESC LIMIT 1",
        (digest, digest + LAST),
    ).fetchone()
    return str(found[0]) if found else None


def remove_workspace(path: Path) -> None:
    """Delete a workspace with its keys and all that SQLite left beside it; nothing may use it."""
    beside = [path.with_name(path.name + end) for end in ("-wal", "-shm", "-lock")]
    for copy in backups.backups(path):
        backups.delete_backup(copy)
    for one in (path, *beside, *envelope_paths(path)):
        one.unlink(missing_ok=True)
