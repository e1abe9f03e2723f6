"""Undo of any deed: a reversing event; undoing the undo is the redo."""

from planner.store.store import Store, undo


def undo_batch(store: Store, batch: bytes) -> bytes:
    """Reverse everything that was written under `batch`; returns the batch that redoes it."""
    with store.write() as tx:
        return undo(tx, batch)
