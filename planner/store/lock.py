"""One writing program at a time: SQLite's own lock on a small file beside the workspace.

It works on every system and ends with the process, however that ends.
"""

from pathlib import Path

import sqlcipher3.dbapi2 as sqlcipher

from planner.errors import PlannerError
from planner.store.driver import Connection, coded_errors


def take_lock(workspace: Path) -> Connection:
    """Become the one writing program; closing the connection lets go.

    PlannerError: "store.in_use" when another program is, "store.read_only", ….
    """
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
