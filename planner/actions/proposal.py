"""A plan that is offered: nothing is saved until somebody takes it."""

from dataclasses import dataclass

from planner.actions.difference import Difference, difference
from planner.domain.plan import Plan


@dataclass(frozen=True, slots=True)
class Proposal:
    """`plan` and what it changes; `edit_plan.save_edit` takes it, forgetting it refuses it."""

    plan: Plan
    difference: Difference


def proposal(before: Plan | None, plan: Plan) -> Proposal:
    """`plan` offered in place of `before`."""
    return Proposal(plan, difference(before, plan))
