"""The encrypted driver: SQLCipher under sqlite-utils, connections with the pragmas we rely on.

sqlite-utils catches the exceptions of the sqlite module it finds first (`pysqlite3`), and those of
sqlcipher3 are no subclasses of the standard library's. The alias below must therefore stand before
the first import of sqlite_utils; this is the only module that imports it.
"""

import errno
import os
import re
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

sys.modules["pysqlite3"] = sys.modules["pysqlite3.dbapi2"] = sqlcipher

import sqlite_utils  # noqa: E402
import sqlite_utils.utils  # noqa: E402

from planner.errors import PlannerError  # noqa: E402

Connection = sqlite3.Connection  # for type checkers; the object comes from sqlcipher3
Database = sqlite_utils.Database
Migrations = sqlite_utils.Migrations

BUSY_SECONDS = 10.0
_KEY = re.compile("[0-9a-f]{96}")
CACHE_KIB = 64 * 1024  # holds the facts of 100,000 persons
_ROOM = 1024 * 1024  # bytes: with less on the disk, an error of it means that it is full
# One error each: what SQLite says -> our code. The first text that is found counts.
_SAYINGS = (
    ("database or disk is full", "store.disk_full"),
    ("disk i/o error", "store.disk_error"),
    ("readonly database", "store.read_only"),
    ("unable to open database file", "store.read_only"),
    ("database is locked", "store.busy"),
    ("file is not a database", "store.damaged"),
    ("malformed", "store.damaged"),
)


def check_driver() -> None:
    """Say RuntimeError when sqlite-utils does not sit on SQLCipher (a broken installation)."""
    module = vars(sqlite_utils.utils)["sqlite3"]
    if module is not sqlcipher:
        raise RuntimeError(f"sqlite-utils uses {module.__name__}: it was imported too early")


def connect(path: Path | str, key: str, *, read_only: bool = False) -> Connection:
    """An open connection to the file at `path` with the raw `key` (96 hex digits).

    Autocommit mode: transactions are begun and ended in plain sight. The connection may pass from
    thread to thread, one user at a time. PlannerError("store.…") when the file cannot be used.
    """
    if not _KEY.fullmatch(key):  # SQLCipher would take anything else for a passphrase
        raise PlannerError("store.key_damaged" if key else "store.closed", file=Path(path).name)
    if read_only:
        place = Path(path)
        try:
            if os.access(place, os.W_OK) or not place.exists() or not _at_rest(place):
                return _opened(str(path), key, path, read_only=True)
        except PlannerError as error:
            if error.code != "store.read_only" or not _at_rest(place):
                raise
        # Nobody writes, and here nobody may: SQLite need not lay its notes beside the file. Should
        # somebody with more rights begin to write, the sums of the pages do not fit any more.
        uri = f"{Path(path).absolute().as_uri()}?immutable=1"
        return _opened(uri, key, path, read_only=True)
    return _opened(str(path), key, path, read_only=False)


def _at_rest(path: Path) -> bool:
    """Whether all that was written stands in the file itself."""
    log = path.with_name(path.name + "-wal")
    try:
        return not log.exists() or log.stat().st_size == 0
    except OSError:
        return False


def _opened(place: str, key: str, path: Path | str, *, read_only: bool) -> Connection:
    with coded_errors(path):
        conn: Connection = sqlcipher.connect(
            place, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False,
            uri=place.startswith("file:"),
        )  # fmt: skip
        try:
            conn.execute(f"PRAGMA key = \"x'{key}'\"")  # must be the first statement
            conn.execute("PRAGMA cipher_log_level = NONE")
            if not conn.execute("PRAGMA cipher_version").fetchone():
                # Plain SQLite ignores PRAGMA key without a word and would write clear text.
                raise RuntimeError("the SQLite library in use cannot encrypt")
            conn.execute("SELECT count(*) FROM sqlite_master").fetchone()
            _set_pragmas(conn, read_only)
        except BaseException:
            conn.close()
            raise
    return conn


def _set_pragmas(conn: Connection, read_only: bool) -> None:
    if not read_only:
        conn.execute("PRAGMA journal_mode = WAL").fetchone()
    conn.execute("PRAGMA synchronous = FULL")  # "saved" must survive a power cut
    conn.execute("PRAGMA foreign_keys = ON")
    conn.execute("PRAGMA secure_delete = ON")
    conn.execute("PRAGMA trusted_schema = OFF")
    conn.execute("PRAGMA recursive_triggers = ON")  # REPLACE must not slip past "append-only"
    conn.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    if sys.platform == "darwin":
        conn.execute("PRAGMA fullfsync = ON")
        conn.execute("PRAGMA checkpoint_fullfsync = ON")
    if read_only:
        conn.execute("PRAGMA query_only = ON")


def memory() -> Connection:
    """An empty database in memory, to fold events into and compare."""
    conn: Connection = sqlcipher.connect(":memory:", isolation_level=None, check_same_thread=False)
    return conn


@contextmanager
def coded_errors(path: Path | str) -> Iterator[None]:
    """Turn what SQLite says about the file into PlannerError("store.…", file=…).

    Anything that is not about the file (a slip in a statement, a broken constraint) passes as it
    is: that is a bug.
    """
    try:
        yield
    except sqlcipher.DatabaseError as error:
        words = str(error).lower()
        for saying, code in _SAYINGS:
            if saying in words:
                if code == "store.disk_error" and _no_room(Path(path)):
                    code = "store.disk_full"  # no room for SQLite's notes beside the file
                raise PlannerError(code, file=Path(path).name) from error
        raise


def _no_room(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.absolute().parent).free < _ROOM
    except OSError:
        return False


@contextmanager
def coded_os_errors(path: Path) -> Iterator[None]:
    """The same for the system's errors while a file of ours is written."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise PlannerError("store.disk_full", file=path.name) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise PlannerError("store.read_only", file=path.name) from error
        raise


@contextmanager
def immediate(conn: Connection) -> Iterator[None]:
    """A write transaction: commits as a whole, or rolls back as a whole."""
    conn.execute("BEGIN IMMEDIATE")
    try:
        yield
        conn.execute("COMMIT")
    except BaseException:
        if conn.in_transaction:  # a full disk may have ended it already
            conn.execute("ROLLBACK")
        raise
