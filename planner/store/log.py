"""The log of the workspace (`-wal`): written back and cut after something large.

SQLite writes the log back by itself, but keeps its size until the last connection closes, and a
window may stay open for weeks.
"""

import contextlib
from pathlib import Path
from typing import Final

from planner.errors import PlannerError
from planner.store.driver import coded_errors, connect
from planner.store.store import Store

LARGE: Final = 4 * 1024 * 1024  # bytes; what usual work leaves is smaller


def log_size(workspace: Path) -> int:
    """Bytes of the log beside a workspace, 0 where there is none."""
    try:
        return workspace.with_name(workspace.name + "-wal").stat().st_size
    except OSError:
        return 0


def shrink_log(store: Store) -> bool:
    """Write a large log back and cut it; whether it is small now. Call it off the window's thread.

    Nobody waits for it: what somebody still reads stays in the log until the next time. Whatever
    goes wrong, all that was saved stands in the file and its log together.
    """
    if log_size(store.path) < LARGE:
        return True
    with (
        contextlib.suppress(PlannerError),
        coded_errors(store.path),
        contextlib.closing(connect(store.path, store.key_for_copies())) as conn,
    ):
        conn.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        conn.execute("PRAGMA busy_timeout = 0")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return log_size(store.path) < LARGE
