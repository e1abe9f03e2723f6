"""Verbs about a week's plans: give a stop to another day or crew."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from planner.actions.crew_faults import CREW_CODES
from planner.actions.edit_plan import Fault, find_stop
from planner.actions.move_day import move_to_day
from planner.actions.policy import active_policy
from planner.cli_tools import DAY, day_or_today, open_workspace, refusing, say, workspace_option
from planner.clock import system_clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.policy.limits import Rule
from planner.store.plans import load_plan, plan_to_json, planned_days
from planner.store.store import Store
from planner.words import sentence


@click.command("move")
@click.option("--debtor", required=True)
@click.option("--to-day", "to_day", type=DAY, help="Default: the day it is planned on.")
@click.option("--crew", "crew_id", default="", help="Id of the crew; default: the best one.")
@click.option("--position", type=click.IntRange(min=1), help="Default: the best place.")
@workspace_option
@refusing
def move_command(
    debtor: str,
    to_day: datetime | None,
    crew_id: str,
    position: int | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """Move a planned stop to another day or crew; judged by the rules of that day."""
    with open_workspace(workspace) as store:
        from_day = _planned(store, debtor).day
        place = None if position is None else position - 1
        try:
            moved = move_to_day(
                store, debtor, from_day, to_day.date() if to_day else from_day, crew_id, place,
                clock=system_clock,
            )  # fmt: skip
        except PlannerError as error:
            if error.code == "plan.not_ready":
                rules = active_policy(store).rules
                raise PlannerError(
                    error.code, rule=_rule(str(error.params["rule"]), rules)
                ) from error
            raise
        if moved.batch is None:
            raise PlannerError(
                "move_day.refused", why=fault_line(moved.faults[0], active_policy(store).rules)
            )
        route, stop = find_stop(moved.target, debtor)
        told = {
            "batch": moved.batch.hex(),
            "day": str(moved.target.day),
            "crew": route.crew,
            "time": f"{stop.start.astimezone(ZoneInfo(store.zone)):%H:%M}",
        }
        days = {plan.day: plan_to_json(plan) for plan in (moved.origin, moved.target)}
        say(told | {"days": list(days.values())}, as_json, _moved)


def _moved(told: dict[str, Any]) -> str:
    return sentence("cli.moved", **{key: told[key] for key in ("day", "crew", "time", "batch")})


def _planned(store: Store, debtor_id: str) -> Plan:
    """The first plan from today on in which a person stands."""
    today = day_or_today(None, store)
    with store.read() as conn:
        for day in planned_days(conn):
            plan = load_plan(conn, day) if day >= today else None
            if plan and any(s.debtor_id == debtor_id for r in plan.routes for s in r.stops):
                return plan
    raise PlannerError("plan.not_in_plan", debtor=debtor_id)


def fault_line(fault: Fault, rules: Mapping[str, Rule]) -> str:
    """What speaks against a plan, in words."""
    code, figures = fault
    if code == "LATE":
        return sentence("cli.moved.late", **figures)
    return sentence(f"edit.{code}", **figures) if code in CREW_CODES else _rule(code, rules)


def _rule(rule_id: str, rules: Mapping[str, Rule]) -> str:
    """A rule in words, and where it stands."""
    rule = rules.get(rule_id)
    where = f" ({sentence(rule.source)}, {sentence(rule.clause)})" if rule else ""
    return sentence(f"rule.{rule_id}") + where
