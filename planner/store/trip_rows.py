"""The rows that an event of a crew's day leads to: the trip, and what was paid on the way."""

from collections.abc import Iterable

from planner.store.events import Event
from planner.store.listing import Op, ordinal, seconds, upsert

_INSTANTS = {"left": "left_at", "back": "back_at"}
_PLAIN = ("odometer_start", "odometer_end", "metres", "note")
_GONE = "DELETE FROM expense WHERE pid = ? AND expense_id = ?"


def trip_rows(pid: int, event: Event) -> Iterable[Op]:
    """What is told changes, the rest stays; an expense that is gone has no row."""
    told = event.payload
    keys = {"pid": pid, "crew_id": told["crew_id"], "day": ordinal(told["day"])}
    values = {column: seconds(told[name]) for name, column in _INSTANTS.items() if name in told}
    values |= {name: told[name] for name in _PLAIN if name in told}
    row = *keys.values(), *values.values()
    yield "trip", upsert("trip", tuple(keys), tuple(values)), row
    for one in told.get("expenses", ()):
        if one.get("gone"):
            yield "expense", _GONE, (pid, one["expense_id"])
            continue
        paid = {"pid": pid, "expense_id": one["expense_id"]}
        rest = {"crew_id": keys["crew_id"], "day": keys["day"], "amount": one["amount"]}
        rest |= {name: one.get(name, "") for name in ("kind", "receipt", "note")}
        yield (
            "expense",
            upsert("expense", tuple(paid), tuple(rest)),
            (*paid.values(), *rest.values()),
        )
