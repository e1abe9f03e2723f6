"""Undo of any deed: a reversing event; undoing the undo is the redo."""

from planner.intake.read import without_collector
from planner.store.store import Store, undo


def undo_batch(store: Store, batch: bytes) -> bytes:
    """Reverse everything that was written under `batch`; returns the batch that redoes it."""
    with without_collector(), store.write() as tx:
        return undo(tx, batch)
