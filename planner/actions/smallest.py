"""The smallest change that would bring somebody into a plan, in the words of the trade.

Kind, and its figures. All but DAY and NONE have, money in minor units: `crew`, the id of the crew
that would go to `address`, right `after` a person ("" = first of what is left); `value` of the
visit and `cost` of the way there; `loss`, what the plan would lose, below 0 what it would win.

VALUE    more_value: so much more would have to be expected of the visit; 0 = there is room and it
         pays. Doing it means that the lead insists: the person has to be visited.
MINUTES  minutes: the crew comes home so many minutes after the end of its shift on this day
SWAP     stop: this person's stop is taken out; where one is not enough, `stops` are all of them
CREW     stop: this person's stop goes to the crew `to` (there after `to_after`)
POOL     people: the neighbours (debtor ids) with whom together it pays, at `addresses`
UNLOCK   by "hand": it was taken out by hand and fits; by "pinned": `stop` is unlocked
DAY      day: the next day (ISO) on which a crew can go there; why: what bars it on this one
NONE     why: NO_WINDOW (no day near has permitted hours within reach), NO_ADDRESS, OTHER_DAY (it is
         planned on `day`), LEAD_WAITS and OTHER_MEANS (the lead decided so)
With DAY and NONE why is NO_SKILL where no crew of the day has the `skill` the person needs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from planner.actions.replan_day import Opened
from planner.routing.change import Change

VALUE, MINUTES, SWAP, CREW = "VALUE", "MINUTES", "SWAP", "CREW"
POOL, UNLOCK, DAY, NONE = "POOL", "UNLOCK", "DAY", "NONE"
KINDS = (VALUE, MINUTES, SWAP, CREW, DAY, POOL, UNLOCK, NONE)
_KIND = {"INSERT": VALUE, "LONGER": MINUTES, "MOVE": CREW, "UNPIN": UNLOCK}


@dataclass(frozen=True, slots=True)
class Smallest:
    """One kind of KINDS with its figures."""

    kind: str
    figures: Mapping[str, Any] = field(default_factory=dict)


def in_words(opened: Opened, visit: int, change: Change, *, by_hand: bool) -> Smallest:
    """`change` of the engine's `visit` with persons and crews in place of its indexes."""
    task = opened.rest.task

    def who(one: int) -> str:
        if one < 0:
            return ""
        return opened.ranking.table.debtor_ids[task.candidates[one].row]

    def where(one: int) -> str:
        return opened.ranking.table.address_ids[task.candidates[one].address]

    figures: dict[str, Any] = {
        "crew": task.crews[change.shift].crew_id,
        "address": where(visit),
        "after": who(change.after),
        "loss": change.loss,
        "value": task.candidates[visit].value,
        "cost": change.cost,
    }
    kind = _KIND.get(change.kind, change.kind)
    if kind == VALUE and by_hand:
        return Smallest(UNLOCK, {"by": "hand", **figures})
    if kind == VALUE:
        figures["more_value"] = max(0, change.loss + 1)
    elif kind == MINUTES:
        figures["minutes"] = -(-change.seconds // 60)
    elif kind == POOL:
        figures["people"] = [who(one) for one in change.more]
        figures["addresses"] = [where(one) for one in change.more]
    else:
        figures["stop"] = who(change.stops[0])
        figures["stops"] = [who(one) for one in change.stops]
    if kind == CREW:
        figures |= {"to": task.crews[change.to].crew_id, "to_after": who(change.to_after)}
    if kind == UNLOCK:
        figures["by"] = "pinned"
    return Smallest(kind, figures)
