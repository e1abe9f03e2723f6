"""What a workspace may change in its house rules, and what a change would do.

A change is a mapping {rule id: {key: value}} with values as they stand in a pack. It is checked by
reading the packs with it (`load_policies(..., house=House(edits))`): the same schema and the same
bound by law, so a value looser than the law is refused and the old ones stay in force.
"""

from collections import Counter as Tally
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np

from planner.domain.facts import FactTable
from planner.policy.judge_many import Verdicts, judge_many
from planner.policy.kinds import EDITABLE
from planner.policy.limits import Counter, Hours, Limit, Pause, Rule, Visitors
from planner.policy.pack import Policy, Rulebook


@dataclass(frozen=True, slots=True)
class HousePreview:
    """What a change would do on a day: persons barred and freed by it, and by which rules."""

    barred: tuple[str, ...]
    freed: tuple[str, ...]
    rules: Mapping[str, int]  # rule id -> how many of `barred` it bars


def editable(policy: Policy) -> dict[str, dict[str, Any]]:
    """The house values that may be changed, as the packs (with the changes made) say them.

    Rule id -> {key: value}; keys a rule does not write are missing.
    """
    found: dict[str, dict[str, Any]] = {}
    for pack in policy.packs:
        for rule_id, section in pack.sections.items():
            rule = policy.rules.get(rule_id)
            keys = EDITABLE.get(rule.kind, ()) if rule and rule.binding == "house" else ()
            values = {key: section.values[key] for key in keys if key in section.values}
            if values:
                found[rule_id] = values
    return found


def bounding(policy: Policy, rule: Rule) -> tuple[Rule, ...]:
    """The rules of law on the same matter as a house `rule`: it may not be looser than these."""
    return tuple(
        other
        for other in policy.rules.values()
        if other.binding != "house"
        and other.status != "superseded"
        and (rule.channels & other.channels or isinstance(rule.limit, Visitors))
        and same_matter(rule.limit, other.limit)
    )


def same_matter(one: Limit, other: Limit) -> bool:
    """True when two limits restrict the same thing, so that one of them is the stricter."""
    match one, other:
        case (Hours(), Hours()) | (Visitors(), Visitors()):
            return True
        case Counter() as a, Counter() as b:
            return (a.unit, a.per, a.period, a.days) == (b.unit, b.per, b.period, b.days)
        case Pause() as a, Pause() as b:
            return bool(a.after & b.after)
        case _:
            return False


def preview_house(
    table: FactTable, before: Rulebook, after: Rulebook, day: date, now: Verdicts | None = None
) -> HousePreview:
    """Whom the rules `after` would bar and free on `day` compared with `before`; pure.

    `now` are the verdicts of `before` where they are at hand.
    """
    now = now or judge_many(table, before, day)
    then = judge_many(table, after, day)
    barred = np.flatnonzero(now.eligible & ~then.eligible)
    freed = np.flatnonzero(~now.eligible & then.eligible)
    return HousePreview(
        tuple(table.debtor_ids[int(k)] for k in barred),
        tuple(table.debtor_ids[int(k)] for k in freed),
        dict(Tally(then.rules[int(then.rule[k])] for k in barred)),
    )
