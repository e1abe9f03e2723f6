"""What a workspace needs now and then: done after it is opened, off the window's thread."""

from planner.actions.backups import daily_backup
from planner.actions.exports import clear_exports
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.backup import Backup, Cancelled, sweep
from planner.store.cleaning import finish_purge
from planner.store.protect import backups_follow
from planner.store.store import Store


def upkeep(store: Store, *, clock: Clock, cancelled: Cancelled | None = None) -> Backup | None:
    """Finish what a cut left undone (deletion, change of keys, export), then make the backup of the
    day.

    What fails does not stop the rest; the first failure is raised at the end. PlannerError as
    `finish_purge`, `Store.backup`; "store.in_use" where another program writes.
    """
    with store.write():  # only the one writing program may tidy up
        sweep(store.path, clock())
    troubles = []
    for step in (finish_purge, backups_follow, clear_exports):
        try:
            step(store)
        except PlannerError as error:
            troubles.append(error)
    made = daily_backup(store, clock=clock, cancelled=cancelled)
    if troubles:
        raise troubles[0]
    return made
