"""The rows that promises and instalment plans lead to.

Money is minor units; days are ordinals, instants epoch seconds. `state` writes the rows of the
table `instalment_plan` before those of `promise`: an approval makes promises only of a plan that
was there and had not ended when it was given.
"""

import json
from collections.abc import Iterable
from typing import Any

from planner.domain.promise import instalment_id
from planner.store.events import Event
from planner.store.listing import Op, mark, ordinal, seconds, upsert

_PROMISE = ("amount", "due", "made_at", "case_id")
_INSTALMENT = (*_PROMISE, "plan_id", "plan")
# The same row, but only of a plan whose approval took effect: the statement of `upsert` with its
# holes filled by a question.
_APPROVED = upsert("promise", ("pid", "promise_id"), _INSTALMENT).replace(
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
    "SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM instalment_plan p"
    " WHERE p.pid = ?1 AND p.plan_id = ?7 AND p.approved = ?9)",
)


def promised(pid: int, event: Event) -> Iterable[Op]:
    """A promise by itself."""
    told = event.payload
    values = (told["amount"], ordinal(told["due"]), event.occurred_at, told.get("case_id", ""))
    statement = upsert("promise", ("pid", "promise_id"), _PROMISE)
    yield "promise", statement, (pid, told["promise_id"], *values)


def _instalments(pid: int, event: Event) -> Iterable[tuple[Any, ...]]:
    """The instalments of a plan as promises, made when proposed; on one loan if the plan is."""
    told = event.payload
    cases, plan_id = told.get("case_ids", []), told["plan_id"]
    for number, one in enumerate(told["instalments"], 1):
        yield (
            pid, instalment_id(plan_id, number), one["amount"], ordinal(one["due"]),
            seconds(told.get("since")) or event.occurred_at, cases[0] if len(cases) == 1 else "",
            plan_id, mark(plan_id),
        )  # fmt: skip


def plan_agreed(pid: int, event: Event) -> Iterable[Op]:
    """A plan; one that needs approval promises nothing before the lead agrees."""
    told = event.payload
    values = {
        "at": event.occurred_at,
        "case_ids": json.dumps(told.get("case_ids", []), ensure_ascii=False),
        "instalments": json.dumps(told["instalments"]),
        "down": told.get("down", 0),
        "waived": told.get("waived", 0),
        "told": json.dumps(told.get("told", {})),
        "approval": json.dumps(told.get("approval", [])),
        "taken_by": told.get("by", ""),
    }
    statement = upsert("instalment_plan", ("pid", "plan_id"), tuple(values))
    yield "instalment_plan", statement, (pid, told["plan_id"], *values.values())
    if not told.get("approval"):
        statement = upsert("promise", ("pid", "promise_id"), _INSTALMENT)
        yield from (("promise", statement, row) for row in _instalments(pid, event))


def plan_approved(pid: int, event: Event) -> Iterable[Op]:
    """The lead's first yes; to a plan that was undone or declined it is none."""
    told = event.payload
    yield (
        "instalment_plan",
        "UPDATE instalment_plan SET approved = ?1, approved_by = ?2"
        " WHERE pid = ?3 AND plan_id = ?4 AND ended IS NULL AND approved IS NULL",
        (event.occurred_at, told.get("by", ""), pid, told["plan_id"]),
    )
    for row in _instalments(pid, event):
        yield "promise", _APPROVED, (*row, event.occurred_at)


def plan_ended(pid: int, event: Event) -> Iterable[Op]:
    """What has fallen due stays as it turned out; what would come later is not owed so any more."""
    told = event.payload
    yield (
        "instalment_plan",
        "UPDATE instalment_plan SET ended = ?1, why_ended = ?2 WHERE pid = ?3 AND plan_id = ?4",
        (event.occurred_at, told["reason"], pid, told["plan_id"]),
    )
    later = "DELETE FROM promise WHERE pid = ? AND plan_id = ? AND due >= ?"
    yield "promise", later, (pid, told["plan_id"], ordinal(told["day"]))


PLAN_RULES = {
    "promise": promised,
    "plan.agreed": plan_agreed,
    "plan.approved": plan_approved,
    "plan.ended": plan_ended,
}
