"""`plan-review --submitted`: routes that laptops submitted, and what taking them over changes."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import click

from planner.actions.policy import active_policy
from planner.actions.submitted import (
    SubmittedRoute,
    decide_submitted,
    submitted_routes,
    take_over,
)
from planner.actions.take_over import TakeOver
from planner.cli_edit import change_lines, changes
from planner.cli_team import say_batch
from planner.cli_tools import say
from planner.cli_week import fault_line
from planner.clock import system_clock
from planner.errors import PlannerError
from planner.store.store import Store
from planner.store.team import APPROVED, RETURNED
from planner.words import explain, sentence


def review_submitted(
    store: Store, day: date, crews: Sequence[str], collector: str, without: Sequence[str],
    decision: str | None, comment: str, by: str, as_json: bool,
) -> None:  # fmt: skip
    """Show the submitted routes of `day` (of these crews, of this collector), or decide about the
    one that is meant. Raises what `decide_submitted` raises."""
    found = [
        one for one in submitted_routes(store, day)
        if collector in ("", one.collector_id) and (not crews or one.route.crew_id in crews)
    ]  # fmt: skip
    if decision is None:
        told = [_told(store, one, without) for one in found]
        zone = ZoneInfo(store.zone)
        say({"date": day.isoformat(), "submitted": told}, as_json,
            lambda _: "\n\n".join(_lines(one, zone) for one in told)
            or sentence("cli.team.no_submitted"))  # fmt: skip
        return
    if decision == "submit" or len(found) != 1:
        raise click.UsageError("--crew --collector")
    (one,) = found
    taken = None
    if decision == "approve":
        taken = take_over(store, one, clock=system_clock, without=without)
        for line in _faults(store, taken):
            click.echo(line, err=True)
    batch = decide_submitted(
        store, one, APPROVED if taken else RETURNED, by=by, clock=system_clock, comment=comment,
        taken=taken,
    )  # fmt: skip
    say_batch(batch, as_json)


def _told(store: Store, one: SubmittedRoute, without: Sequence[str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "crew_id": one.route.crew_id, "crew": one.route.crew, "collector": one.collector_id,
        "state": one.review.state, "stops": one.review.stops,
        "comment": one.review.last.comment if one.review.last else "",
    }  # fmt: skip
    try:
        taken = take_over(store, one, clock=system_clock, without=without)
    except PlannerError as error:
        return told | {"faults": [explain(error)]}
    return told | changes(taken.difference) | {
        "faults": _faults(store, taken), "kept": list(taken.kept), "again": list(taken.again),
        "out": [{"debtor": left.debtor_id, "reason": left.reason} for left in taken.out],
        "longer": taken.longer,
    }  # fmt: skip


def _faults(store: Store, taken: TakeOver) -> list[str]:
    rules = active_policy(store).rules
    return [
        f"{fault[1].get('debtor', '')}  {fault_line(fault, rules)}".strip()
        for fault in taken.faults
    ]


def _lines(told: dict[str, Any], zone: ZoneInfo) -> str:
    state = sentence(f"team.state.{told['state'] or 'none'}")
    lines = [f"{told['crew']}  {told['collector']}  {state}  {told['comment']}".rstrip()]
    lines += change_lines(told, zone) if "before" in told else []
    lines += [sentence("cli.team.again", debtor=who) for who in told.get("again", ())]
    if told.get("longer"):
        lines.append(sentence("cli.team.longer", minutes=told["longer"] // 60))
    return "\n".join([*lines, *told["faults"]])
