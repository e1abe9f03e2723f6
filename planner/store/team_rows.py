"""The rows that the events of a team lead to: who has whom, what was returned, what was reviewed,
who is away. Workspace events belong to the person "" (pid 0)."""

from collections.abc import Iterable

from planner.store.events import Event
from planner.store.listing import Op, ordinal, upsert

# Derived tables with the columns that make them equal or different; see `state.TABLES`.
TEAM_TABLES: dict[str, str] = {
    "assignment": "collector_id, at, reason, lead",
    "returned": "event_id, at, comment, lead, answered, answer, answered_by",
    "plan_review": "at, event_id, plan_id, day, crew_id, decision, comment, lead, route",
    "absence": "absence_id, collector_id, start, until, reason, at",
}


def assigned(pid: int, event: Event) -> Iterable[Op]:
    """A person has one collector, the last that was told; "" = nobody."""
    told = event.payload
    values = {
        "collector_id": told["collector_id"],
        "at": event.occurred_at,
        "reason": told.get("reason", ""),
        "lead": told.get("by", ""),
    }
    yield "assignment", upsert("assignment", ("pid",), tuple(values)), (pid, *values.values())


def record_returned(pid: int, event: Event) -> Iterable[Op]:
    """A record with a comment; returned again, it waits for another answer.

    The answer before stays in the row: whether it answers this return is asked of the two moments,
    so that nothing is lost where the clocks of two laptops differ.
    """
    told = event.payload
    values = {"at": event.occurred_at, "comment": told["comment"], "lead": told.get("by", "")}
    yield _returned(pid, told["event"], values)


def record_answered(pid: int, event: Event) -> Iterable[Op]:
    """What was answered; it may sort before what it answers."""
    told = event.payload
    values = {
        "answered": event.occurred_at,
        "answer": told["comment"],
        "answered_by": told.get("by", ""),
    }
    yield _returned(pid, told["event"], values)


def _returned(pid: int, event_id: str, values: dict[str, object]) -> Op:
    statement = upsert("returned", ("pid", "event_id"), tuple(values))
    return "returned", statement, (pid, bytes.fromhex(event_id), *values.values())


def plan_reviewed(pid: int, event: Event) -> Iterable[Op]:
    """Every review is kept; the last one of a plan and crew counts."""
    told = event.payload
    names = ("crew_id", "decision", "comment", "by", "route")
    yield (
        "plan_review",
        "INSERT INTO plan_review (pid, at, event_id, plan_id, day, crew_id, decision, comment,"
        " lead, route) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            pid, event.occurred_at, event.event_id, told["plan_id"], ordinal(told["day"]),
            *[told.get(name, "") for name in names],
        ),
    )  # fmt: skip


def absent(pid: int, event: Event) -> Iterable[Op]:
    """The days a collector is away; an absence that is gone has no row."""
    told = event.payload
    if told.get("gone"):
        delete = "DELETE FROM absence WHERE pid = ? AND absence_id = ?"
        yield "absence", delete, (pid, told["absence_id"])
        return
    values = {
        "collector_id": told["collector_id"],
        "start": ordinal(told["from"]),
        "until": ordinal(told["to"]),
        "reason": told.get("reason", ""),
        "at": event.occurred_at,
    }
    yield (
        "absence",
        upsert("absence", ("pid", "absence_id"), tuple(values)),
        (pid, told["absence_id"], *values.values()),
    )


TEAM_RULES = {
    "assigned": assigned,
    "record.returned": record_returned,
    "record.answered": record_answered,
    "plan.reviewed": plan_reviewed,
    "absence": absent,
}
