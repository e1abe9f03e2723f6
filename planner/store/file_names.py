"""The names of imported files: kept beside the history, because they may name a debtor.

An entry of the history can never be changed; what is kept here goes with a lender's book.
"""

from collections.abc import Iterable, Sequence

from planner.store import settings
from planner.store.driver import Connection
from planner.store.store import Writer

_KEY = "import.names"  # batch in hexadecimal -> names, in the order of the entry's files


def keep_names(tx: Writer, batch: bytes, names: Sequence[str]) -> None:
    """Keep the names of the files that one import brought."""
    settings.put(tx, _KEY, file_names(tx.conn) | {batch.hex(): list(names)})


def file_names(conn: Connection) -> dict[str, list[str]]:
    """All names that are kept, by batch."""
    return dict(settings.get(conn, _KEY, {}))


def forget_names(tx: Writer, batches: Iterable[bytes]) -> None:
    """Forget the names of what these imports brought."""
    gone = {batch.hex() for batch in batches}
    kept = {batch: names for batch, names in file_names(tx.conn).items() if batch not in gone}
    settings.put(tx, _KEY, kept)
