"""What the lead decided about remote persons: kept as events of each person, so that undo works."""

from planner.store.append import WORKSPACE
from planner.store.driver import Connection
from planner.store.events import Event, rows, unseal

KIND = "remote.decided"
_COUNTS = (
    "kind = ? AND NOT EXISTS (SELECT 1 FROM undone JOIN who USING (pid)"
    " WHERE who.debtor_id = event.debtor_id AND undone.batch = event.batch)"
)


def load_decided(conn: Connection) -> dict[str, Event]:
    """The last decision about each person that is not undone, by debtor id.

    Persons whose data were erased have none.
    """
    keys: dict[str, bytes | None] = dict(
        conn.execute("SELECT debtor_id, key FROM who WHERE pid <> ?", (WORKSPACE,)).fetchall()
    )
    found: dict[str, Event] = {}
    for row in rows(conn, f"WHERE {_COUNTS} ORDER BY occurred_at, event_id", (KIND,)):
        key = keys.get(row.debtor_id)
        payload = unseal(row, key) if key else None
        if payload is not None:
            found[row.debtor_id] = Event(
                row.event_id, row.kind, row.debtor_id, row.batch, row.occurred_at, payload
            )
    return found
