"""Undo of any deed: a reversing event; undoing the undo is the redo."""

from collections.abc import Sequence

from planner.actions.roles import need_own
from planner.errors import PlannerError
from planner.intake.read import without_collector
from planner.store.store import Store, reversals, undo


def undo_batch(store: Store, batch: bytes) -> bytes:
    """Reverse everything that was written under `batch`; returns the batch that redoes it.

    PlannerError as `reversals`; "team.lead_only" in a collector's workspace for what was not
    recorded on this laptop.
    """
    need_own(store, [batch])
    with without_collector(), store.write() as tx:
        return undo(tx, batch)


def undo_together(store: Store, batches: Sequence[bytes]) -> bytes:
    """Reverse several batches at once; the one batch whose undo brings all of them back.

    One that is undone already stays so. PlannerError("store.already_undone") when all are.
    """
    need_own(store, batches)
    with store.write() as tx:
        events, last = [], None
        for batch in batches:
            try:
                events += reversals(tx, batch)
            except PlannerError as error:
                if error.code != "store.already_undone":
                    raise
                last = error
        if last is not None and not events:
            raise last
        return tx.append(events)
