"""Settings of the workspace: they travel with it. Values are anything JSON can say."""

import json
from typing import Any

from planner.store.driver import Connection, Database
from planner.store.store import Writer


def get(conn: Connection, key: str, default: Any = None) -> Any:
    """The value under `key`, or `default`."""
    found = conn.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
    return default if found is None else json.loads(found[0])


def put(tx: Writer, key: str, value: Any) -> None:
    """Keep `value` under `key`."""
    row = {"key": key, "value": json.dumps(value, ensure_ascii=False)}
    Database(tx.conn).table("setting").upsert(row, pk="key")
