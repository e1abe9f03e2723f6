"""What was found at a door and waits for a decision: a phone number or an address of a person."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.domain.facts import moment
from planner.store.driver import Connection
from planner.store.events import Event
from planner.store.listing import Op, listed_address, upsert


@dataclass(frozen=True, slots=True)
class Proposed:
    """A change that somebody heard of: `field` is "phone" or "address", `at` aware (UTC);
    `accepted` is None until it is decided."""

    change_id: str
    debtor_id: str
    at: datetime
    field: str
    value: str
    source: str
    accepted: bool | None = None


def load_changes(
    conn: Connection, debtor_ids: Sequence[str] | None = None, *, waiting: bool = True
) -> list[Proposed]:
    """What was proposed for these persons (None = for anybody), oldest first; `waiting` only what
    is not decided."""
    chosen = "" if debtor_ids is None else " AND debtor_id IN (SELECT value FROM json_each(?))"
    asked = () if debtor_ids is None else (json.dumps(list(debtor_ids)),)
    open_ = " AND decided IS NULL" if waiting else ""
    return [
        Proposed(change_id, who, moment(at), field, value, source,
                 None if accepted is None else bool(accepted))
        for change_id, who, at, field, value, source, accepted in conn.execute(
            "SELECT change_id, debtor_id, at, field, value, source, accepted FROM change_"
            f" JOIN who USING (pid) WHERE 1{chosen}{open_} ORDER BY at, change_id",
            asked,
        )
    ]  # fmt: skip


def proposed(pid: int, event: Event) -> Iterable[Op]:
    """The row of a "change.proposed"; see `state`."""
    told = event.payload
    names = ("at", "field", "value", "source", "decided", "accepted")
    values = (event.occurred_at, told["field"], told["value"], told["source"], None, None)
    yield (
        "change_",
        upsert("change_", ("pid", "change_id"), names),
        (pid, told["change_id"], *values),
    )


def decided(pid: int, event: Event) -> Iterable[Op]:
    """The rows of a "change.decided": what was accepted is as if a list had told it."""
    told = event.payload
    yield (
        "change_",
        "UPDATE change_ SET decided = ?, accepted = ? WHERE pid = ? AND change_id = ?",
        (event.occurred_at, int(told["accepted"]), pid, told["change_id"]),
    )
    if told["accepted"] and told["field"] == "phone":
        yield (
            "person",
            "UPDATE person SET phones = CASE WHEN EXISTS (SELECT 1 FROM json_each(phones)"
            " WHERE value = ?2) THEN phones ELSE json_insert(phones, '$[#]', ?2) END"
            " WHERE pid = ?1",
            (pid, told["value"]),
        )
    elif told["accepted"] and told.get("address_id"):
        place = {"address_id": told["address_id"], "text": told["value"], "valid": True}
        names = {"address_kind": "kind", "region": "region"}
        place |= {column: told[name] for name, column in names.items() if name in told}
        yield listed_address(pid, place, event.occurred_at)
