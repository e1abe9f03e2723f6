"""Which rule decides a matter on a day, where several speak of it: the strictest, with source."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from planner.domain.codes import CHANNELS, Channel
from planner.policy.days import DayClass
from planner.policy.limits import ClosedDays, Counter, Hours, Notice, Pause, Rule, Visitors
from planner.policy.pack import Policy


@dataclass(frozen=True, slots=True)
class Winner:
    """One matter, its strictest value and the rule that says it; `others` say more or the same.

    `matter` is a tuple of codes: ("opens" or "closes", channel, day class), ("count", unit, per,
    period, days), ("pause", channel, disposition), ("visitors_least",), ("visitors_most",),
    ("notice",). `value` is in minutes after midnight (opens, closes), contacts, days, persons,
    hours; a closed day opens at 1440.
    """

    matter: tuple[str, ...]
    value: int
    rule: Rule
    others: tuple[Rule, ...]


def winners(policy: Policy, day: date) -> tuple[Winner, ...]:
    """The strictest rule of each matter on `day`; of equals the one of law, first in gate order."""
    said: dict[tuple[str, ...], list[tuple[int, Rule]]] = {}
    for rule_id in policy.order:
        rule = policy.rules[rule_id]
        if rule.acts_on(day):
            for matter, value in _says(rule):
                said.setdefault(matter, []).append((value, rule))
    found = []
    for matter, rows in said.items():
        best = (max if matter[0] in _MOST else min)(rows, key=lambda row: row[0])
        others = tuple(rule for _, rule in rows if rule is not best[1])
        found.append(Winner(matter, best[0], best[1], others))
    return tuple(found)


# Matters of which the greater value is the stricter.
_MOST = frozenset({"opens", "pause", "visitors_least", "notice"})
_END = 24 * 60


def _says(rule: Rule) -> Iterator[tuple[tuple[str, ...], int]]:
    """The matters a rule speaks of, with its values."""
    match rule.limit:
        case Hours(windows=windows, only_work=False):
            for channel in _channels(rule):
                for kind, spans in windows.items():
                    yield ("opens", channel.value, kind.value), spans[0][0]
                    yield ("closes", channel.value, kind.value), spans[-1][1]
        case ClosedDays(classes=classes, only_work=False):
            for channel in _channels(rule):
                for kind in (one for one in DayClass if one in classes):
                    yield ("opens", channel.value, kind.value), _END
        case Counter() as counter:
            matter = (counter.unit, counter.per, counter.period, str(counter.days))
            yield ("count", *matter), counter.limit
        case Pause(after=after, days=days):
            for channel in _channels(rule):
                for code in sorted(after):
                    yield ("pause", channel.value, code), days
        case Visitors(least=least, most=most):
            yield ("visitors_least",), least
            if most is not None:
                yield ("visitors_most",), most
        case Notice(hours=hours):
            yield ("notice",), hours
        case _:
            return


def _channels(rule: Rule) -> list[Channel]:
    return [channel for channel in CHANNELS if channel in rule.channels]
