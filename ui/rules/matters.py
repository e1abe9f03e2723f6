"""What a rule is about, which of several on one matter decides, and what may be changed in it.

Plain functions over rules; no words and no widgets.
"""

import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.domain.codes import CHANNELS, Channel
from planner.policy.days import Span, intersect
from planner.policy.house import bounding, editable, same_matter
from planner.policy.limits import (
    Belief,
    ClosedDays,
    Counter,
    Escalation,
    FlagStop,
    Freshness,
    Hardship,
    HoldStop,
    Hours,
    Limit,
    Missing,
    NoShow,
    Notice,
    Pacing,
    Pause,
    Place,
    PromiseWait,
    Rule,
    ThirdParty,
    Visitors,
)
from planner.policy.pack import Policy

SUBJECTS = ("hours", "limits", "pauses", "visitors", "places", "before", "notice", "third",
            "stops", "data", "duties")  # fmt: skip
LAW = ("law", "regulation", "standard", "self_regulation", "guidance")
DAY_MINUTES = 24 * 60
_MOST = {"limit": 99, "by_stage": 99, "days": 366, "in_all": 99, "pause": 366, "min": 20,
         "max": 20, "hours": 720, "grace_days": 60, "look_back": 366, "mark_hours": 720,
         "reason_hours": 720}  # fmt: skip

Path = tuple[str | int, ...]


def subject_of(rule: Rule) -> str:
    """One of SUBJECTS."""
    match rule.limit:
        case Hours() | ClosedDays() | Missing(what="calendar"):
            return "hours"
        case Counter():
            return "limits"
        case Pause() | Pacing() | PromiseWait():
            return "pauses"
        case Visitors():
            return "visitors"
        case Place() | Belief() | Missing(what="address" | "position"):
            return "places"
        case Escalation() | NoShow():
            return "before"
        case Notice():
            return "notice"
        case ThirdParty():
            return "third"
        case FlagStop() | HoldStop() | Hardship():
            return "stops"
        case Missing() | Freshness():
            return "data"
    return "duties"


def unsure(rule: Rule) -> bool:
    """Whether a rule may only tighten: contested, remembered, a draft, or nothing was found."""
    return rule.contested or rule.confidence in ("M", "?") or rule.status == "draft"


# --- which one decides ---------------------------------------------------------------------------


def deciders(policy: Policy, rule: Rule, day: date) -> dict[str, tuple[Channel, ...]]:
    """The rules that decide the matter of `rule` on `day`, with the channels for which they do.

    Empty when no other rule speaks of the matter. Visitors have no channel of their own.
    """
    rivals = [
        other
        for other in policy.rules.values()
        if other.id != rule.id and other.acts_on(day) and same_matter(rule.limit, other.limit)
    ]
    found: dict[str, list[Channel]] = {}
    for channel in [one for one in CHANNELS if one in rule.channels] or [Channel.VISIT]:
        near = [r for r in rivals if channel in r.channels or isinstance(r.limit, Visitors)]
        if near:
            strictest = _strictest(one for one in policy.rules.values() if one in (rule, *near))
            found.setdefault(strictest.id, []).append(channel)
    return {key: tuple(channels) for key, channels in found.items()}


def _strictest(rules: Iterable[Rule]) -> Rule:
    """The one no other is tighter than; among equals law is named before the house."""
    ordered = sorted(rules, key=lambda r: (r.binding == "house", unsure(r)))
    best = ordered[0]
    for rule in ordered[1:]:
        if tighter(rule.limit, best.limit):
            best = rule
    return best


def tighter(one: Limit, other: Limit) -> bool:
    """Whether `one` permits less than `other` in something, both being of one matter."""
    match one, other:
        case Hours() as a, Hours() as b:
            both = a.windows.keys() & b.windows.keys()
            return any(intersect(a.windows[k], b.windows[k]) != b.windows[k] for k in both)
        case Counter() as a, Counter() as b:
            return _least(a) < _least(b)
        case Pause() as a, Pause() as b:
            return a.days > b.days
        case Visitors() as a, Visitors() as b:
            return a.least > b.least or (a.most or 99) < (b.most or 99)
    return False


def _least(counter: Counter) -> int:
    return min([counter.limit, *(limit for _, limit in counter.stages)])


# --- what may be changed -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Field:
    """One value of a house rule: where it stands in the rule, of which kind, and its bound.

    `kind`: "whole", "factor", "span" (minutes of the day) or "days" (day classes). `least` and
    `most` are what the field can hold; `law` names the rule of law that bounds it ("" = none) and
    `bound` that rule's own value.
    """

    path: Path
    kind: str
    value: Any
    least: float = 0
    most: float = 0
    law: str = ""
    bound: Any = None


def fields_of(policy: Policy, rule: Rule) -> tuple[Field, ...]:
    """What may be changed in a house rule; () for rules of law and fixed ones."""
    raw = editable(policy).get(rule.id, {})
    laws = bounding(policy, rule)
    found: list[Field] = []
    for key, value in raw.items():
        match value:
            case bool():
                continue
            case int():
                found.append(_whole((key,), value, rule, laws))
            case float():
                least, most = (1.0, 10.0) if key == "longer" else (0.1, 1.0)
                found.append(Field((key,), "factor", value, least, most))
            case list():
                found.append(Field((key,), "days", tuple(value)))
            case dict() if key == "windows":
                found += _windows(value, laws)
            case dict():
                found += _table(key, value, rule, laws)
    return tuple(found)


def _table(
    key: str, values: Mapping[str, Any], rule: Rule, laws: tuple[Rule, ...]
) -> Iterable[Field]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield _whole((key, name, "in_all"), value["in_all"], rule, laws)
        else:
            yield _whole((key, name), value, rule, laws)


def _whole(path: Path, value: int, rule: Rule, laws: tuple[Rule, ...]) -> Field:
    """A count with the bound that law or the rule itself sets it."""
    key = str(path[-1] if path[-1] in _MOST else path[0])
    least, most = 0 if key == "hours" else 1, _MOST.get(key, 366)
    law, bound = "", None
    limit = rule.limit
    for other in laws:
        match other.limit:
            case Counter(limit=n) if path[0] in ("limit", "by_stage") and (
                bound is None or n < bound
            ):
                law, bound = other.id, n
            case Pause(days=n) if bound is None or n > bound:
                law, bound = other.id, n
            case Visitors(least=n) if path[0] == "min" and (bound is None or n > bound):
                law, bound = other.id, n
            case Visitors(most=int(n)) if path[0] == "max" and (bound is None or n < bound):
                law, bound = other.id, n
    if isinstance(limit, Pacing) and path[0] == "pause":
        least = limit.least[str(path[1])]
    return Field(path, "whole", value, least, most, law, bound)


def _windows(windows: Mapping[str, list[str]], laws: tuple[Rule, ...]) -> Iterable[Field]:
    for name, spans in windows.items():
        law, bound = "", None
        for other in laws:
            allowed = other.limit.windows if isinstance(other.limit, Hours) else {}
            mine = next((found for day, found in allowed.items() if day.value == name), None)
            if mine is not None and (bound is None or intersect(bound, mine) != bound):
                law, bound = other.id, mine
        for place, text in enumerate(spans):
            yield Field(("windows", name, place), "span", _minutes(text), law=law, bound=bound)


def _minutes(text: str) -> Span:
    a, b, c, d = (int(part) for half in text.split("-") for part in half.split(":"))
    return a * 60 + b, c * 60 + d


def span_text(span: Span) -> str:
    """Minutes of the day as a pack writes them: 09:00-20:00."""
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span)


def assembled(raw: Mapping[str, Any], values: Mapping[Path, Any]) -> dict[str, Any]:
    """The keys of a rule whose values change, as a pack would write them."""
    new = copy.deepcopy(dict(raw))
    for path, value in values.items():
        if len(path) == 1:
            new[str(path[0])] = list(value) if isinstance(value, tuple) else value
            continue
        holder: Any = new
        for step in path[:-1]:
            holder = holder[step]
        holder[path[-1]] = span_text(value) if path[0] == "windows" else value
    return {key: value for key, value in new.items() if value != raw[key]}
