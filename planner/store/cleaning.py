"""After a deletion: nothing of it is left in free pages, in the log, in copies or in backups."""

from planner.errors import PlannerError
from planner.store import settings
from planner.store.backup import Backup, backups, delete_backup, strays
from planner.store.driver import coded_os_errors
from planner.store.store import Store

PENDING = "purge.pending"  # set with the deletion, taken away once nothing is left in free pages


def finish_purge(store: Store, *, why: str = "purge") -> int:
    """Clean free pages and backups after a deletion; how many backups were removed.

    Does nothing when no deletion is unfinished. The fresh backup (`why`: one of its reasons) is
    made before the former ones go, where there is room for both.
    """
    with store.read() as conn:
        if not settings.get(conn, PENDING, False):
            return 0
    with store.alone() as conn:
        conn.execute("INSERT INTO search(search) VALUES ('optimize')")
        conn.execute("VACUUM")
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with coded_os_errors(store.path):
            for stray in strays(store.path):
                stray.unlink()
    former, fresh = backups(store.path), _fresh_backup(store, why)
    with coded_os_errors(store.path):
        for one in former:
            if fresh is None or one.path != fresh.path:
                delete_backup(one)
    with store.write() as tx:
        settings.put(tx, PENDING, False)
    if fresh is None:
        _fresh_backup(store, why)
    return len(former)


def _fresh_backup(store: Store, why: str) -> Backup | None:
    """A backup without what was deleted; None where there is no room, the daily one follows."""
    try:
        return store.backup(why)
    except PlannerError:
        return None
