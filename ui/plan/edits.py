"""Changes of a plan by hand as functions of the newest plan, and their refusals in words.

None of them touches Qt: they run off the GUI thread, in the ordered lane.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from planner.actions import edit_plan
from planner.actions.change import Change
from planner.actions.crew_faults import CREW_CODES
from planner.actions.edit_plan import Bench, Edited
from planner.clock import Clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.policy.limits import Rule
from planner.store.store import Store
from ui.i18n import _, code
from ui.rules.words import source

Editor = Callable[[Bench, Plan], Edited]


@dataclass(frozen=True, slots=True)
class Wanted:
    """A change that waits: its name in the undo list, and how to make it."""

    text: str
    edit: Editor


def fault_sentence(
    fault: tuple[str, dict[str, Any]], rules: Mapping[str, Rule] | None = None
) -> str:
    """One fault of an edited plan in words: a contact rule with its source, or a crew too late."""
    name, figures = fault
    if name == "LATE":
        return _("{crew} would be back {minutes} min after the end of its day ({end}).").format(
            **figures
        )
    if name in CREW_CODES:
        return code(f"edit.{name}", **figures)
    return rule_with_source(name, rules or {})


def rule_with_source(rule_id: str, rules: Mapping[str, Rule]) -> str:
    """A rule in words and where it stands."""
    rule = rules.get(rule_id)
    where = f" ({source(rule)})" if rule else ""
    return code(f"rule.{rule_id}") + where


def refusal(error: PlannerError, rules: Mapping[str, Rule]) -> str:
    """An expected refusal; a barred person is refused with the rule's own sentence."""
    params = dict(error.params)
    if error.code == "plan.not_ready" and params.get("rule"):
        params["rule"] = rule_with_source(str(params["rule"]), rules)
    return code(f"error.{error.code}", **params)


def edit(
    store: Store, clock: Clock, bench: Bench, plan: Plan, how: Editor
) -> tuple[Edited, Change, bytes | None]:
    """Change the plan as of this moment and save it, unless that breaks a rule; a deed of the
    session."""
    edited = how(replace(bench, now=clock()), plan)
    if edited.faults:
        return edited, Change.NOTHING, None
    return edited, Change.PLAN, edit_plan.save_edit(store, edited.plan, clock=clock, base=plan)


def move(debtor_id: str, crew_id: str, position: int, bench: Bench, plan: Plan) -> Edited:
    """To a position (0 = first) of a crew's day."""
    return edit_plan.move(bench, plan, debtor_id, crew_id, position)


def drop(debtor_id: str, bench: Bench, plan: Plan) -> Edited:
    """Without this person."""
    return edit_plan.drop(bench, plan, debtor_id)


def drop_alone(debtor_id: str, bench: Bench, plan: Plan) -> Edited:
    """Without this person; the others of the stop stay."""
    return edit_plan.drop(bench, plan, debtor_id, alone=True)


def purge(gone: frozenset[str], bench: Bench, plan: Plan) -> Edited:
    """Without everybody in `gone`; each round that had one of them is timed anew and judged."""
    faults: list[tuple[str, dict[str, Any]]] = []
    last = {
        route.crew_id: next((s.debtor_id for s in reversed(route.stops) if s.debtor_id in gone), "")
        for route in plan.routes
    }
    # All but one of each round simply go; dropping that one judges the round that is left.
    routes = tuple(
        replace(
            route,
            stops=tuple(
                replace(stop, locked=False) if stop.debtor_id in gone else stop
                for stop in route.stops
                if stop.debtor_id not in gone or stop.debtor_id == last[route.crew_id]
            ),
        )
        for route in plan.routes
    )
    plan = replace(plan, routes=routes)
    for debtor_id in filter(None, last.values()):
        edited = edit_plan.drop(bench, plan, debtor_id, alone=True)
        plan, faults = edited.plan, [*faults, *edited.faults]
    left = tuple(one for one in plan.not_planned if one.debtor_id not in gone)
    return Edited(replace(plan, not_planned=left), tuple(faults))


def add(store: Store, debtor_id: str, kept: frozenset[str], bench: Bench, plan: Plan) -> Edited:
    """Into one of the rounds that may be timed anew; those of the crews in `kept` stay."""
    if any(stop.debtor_id == debtor_id for route in plan.routes for stop in route.stops):
        raise PlannerError("plan.in_plan", debtor=debtor_id)
    free = tuple(route for route in plan.routes if route.crew_id not in kept)
    edited = edit_plan.add(bench, replace(plan, routes=free), debtor_id, store)
    timed = {route.crew_id: route for route in edited.plan.routes}
    routes = tuple(timed.get(route.crew_id, route) for route in plan.routes)
    return replace(edited, plan=replace(edited.plan, routes=routes))


def lock(debtor_id: str, locked: bool, _bench: Bench, plan: Plan) -> Edited:
    """With this stop kept, or released."""
    return Edited(edit_plan.lock(plan, debtor_id, locked), ())
