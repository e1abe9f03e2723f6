"""One writing program at a time: SQLite's own lock on a small file beside the workspace.

It works on every system and ends with the process, however that ends.
"""

from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from planner.errors import PlannerError
from planner.store.driver import Connection, coded_errors


def at_rest(workspace: Path) -> Path:
    """Where the file itself lies: through a link its keys, its lock and its backups are the same
    as without, so that two ways to one file are never two workspaces."""
    path = workspace.absolute()
    return path.resolve() if path.is_symlink() else path


def take_lock(workspace: Path) -> Connection:
    """Become the one writing program; closing the connection lets go.

    PlannerError: "store.in_use" when another program is, "store.read_only", ….
    """
    workspace = at_rest(workspace)
    place = workspace.with_name(workspace.name + "-lock")
    with coded_errors(place):
        lock: Connection = sqlcipher.connect(
            str(place), timeout=0, isolation_level=None, check_same_thread=False
        )
        try:
            lock.execute("PRAGMA journal_mode = MEMORY").fetchone()
            lock.execute("BEGIN EXCLUSIVE")
        except sqlcipher.OperationalError as error:
            lock.close()
            if "locked" in str(error):
                raise PlannerError("store.in_use", file=workspace.name) from error
            raise
    return lock
