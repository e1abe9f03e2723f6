"""The rows that the events of a next step lead to."""

from collections.abc import Iterable

from planner.store.events import Event
from planner.store.listing import Op, ordinal, upsert


def step_set(pid: int, event: Event) -> Iterable[Op]:
    """A step that was accepted."""
    told = event.payload
    keys = {"pid": pid, "step_id": told["step_id"]}
    values = {
        "at": event.occurred_at,
        "day": ordinal(told["day"]),
        "means": told["means"],
        "part": told["part"],
        "objective": told["objective"],
        "taken_by": told.get("by", ""),
    }
    row = *keys.values(), *values.values()
    yield "step", upsert("step", tuple(keys), tuple(values)), row


def step_done(pid: int, event: Event) -> Iterable[Op]:
    """A step that ended without a contact."""
    told = event.payload
    yield (
        "step",
        "UPDATE step SET ended = ?1, how = ?2 WHERE pid = ?3 AND step_id = ?4",
        (event.occurred_at, told["how"], pid, told["step_id"]),
    )
