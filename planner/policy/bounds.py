"""What a pack must hold, and how far the house may go: never beyond the law.

Where a rule of law limits something the house limits too, the house's value must be at least as
strict, whatever the law's confidence: a remembered or contested rule may tighten. It may not be the
only ground on which contact is thought to be permitted, so every channel needs hours from a source
that was read.
"""

from planner.domain.codes import CHANNELS, AddressKind, Channel, Flag, HoldKind
from planner.policy.days import DayClass, Span, intersect
from planner.policy.kinds import MISSING
from planner.policy.limits import (
    Counter,
    FlagStop,
    HoldStop,
    Hours,
    Missing,
    Pause,
    Place,
    Rule,
    Visitors,
)
from planner.policy.schema import Section

# Facts that stop a visit whatever a pack says otherwise.
BARRING = (Flag.DECEASED, Flag.MINOR, Flag.INSOLVENCY, Flag.DO_NOT_VISIT, Flag.CEASE,
           Flag.REPRESENTED)  # fmt: skip
NEVER_VISITED = (AddressKind.RELATIVE, AddressKind.UNKNOWN)


def check(top: Section, rules: tuple[Rule, ...]) -> None:
    """Raise PlannerError for a rule that is missing or a house value looser than the law's.

    `rules` are those in force or draft. Codes: policy.missing_rule, policy.looser_than_law.
    """
    _required(top, rules)
    law = tuple(rule for rule in rules if rule.binding != "house")
    for rule in rules:
        if rule.binding == "house":
            for other in law:
                value = _looser(rule, other)
                if value is not None:
                    _refuse(top, rule, other, value)


def _required(top: Section, rules: tuple[Rule, ...]) -> None:
    present = {rule.limit.what for rule in rules if isinstance(rule.limit, Missing)}
    for what in MISSING:
        if what not in present:
            top.fail("missing_rule", what=what)
    for missing in _uncovered(rules):
        top.fail("missing_rule", what=missing)
    for channel in CHANNELS:
        for day in DayClass:
            if not any(_says_hours(rule, channel, day) for rule in rules):
                top.fail("missing_rule", what=f"hours {channel.value} {day.value}")


def _uncovered(rules: tuple[Rule, ...]) -> list[str]:
    """Facts that must bar a visit in every pack, and that no rule of this one looks at."""
    flags, holds, places = Flag(0), set[HoldKind](), set[AddressKind]()
    for rule in rules:
        if Channel.VISIT in rule.channels:
            match rule.limit:
                case FlagStop() as stop:
                    flags |= stop.flags
                case HoldStop() as stop:
                    holds |= stop.holds
                case Place() as place:
                    places |= place.kinds
    left: list[str] = [f"flag {flag.name}" for flag in BARRING if not flag & flags]
    left += [f"hold {kind.name}" for kind in HoldKind if kind not in holds]
    left += [f"address {kind.name}" for kind in NEVER_VISITED if kind not in places]
    return left


def _says_hours(rule: Rule, channel: Channel, day: DayClass) -> bool:
    return (
        isinstance(rule.limit, Hours)
        and channel in rule.channels
        and day in rule.limit.windows
        and rule.confidence in "VSH"
        and not rule.contested
        and rule.status == "in_force"
    )


def _refuse(top: Section, rule: Rule, law: Rule, value: str) -> None:
    name = rule.id.split(".", 1)[1] if rule.house else rule.id
    group, _, key = name.partition(".")
    top.section(group).section(key).fail("looser_than_law", value=value, law=law.id)


def _looser(house: Rule, law: Rule) -> str | None:
    """The house's value where it is looser than the law's on the same matter, else None."""
    if not house.channels & law.channels and not isinstance(house.limit, Visitors):
        return None
    match house.limit, law.limit:
        case Hours() as ours, Hours() as theirs:
            return _hours(ours, theirs)
        case Counter() as ours, Counter() as theirs:
            return _counter(ours, theirs)
        case Pause() as ours, Pause() as theirs if ours.after & theirs.after:
            return str(ours.days) if ours.days < theirs.days else None
        case Visitors() as ours, Visitors() as theirs:
            return _visitors(ours, theirs)
        case _:
            return None


def _hours(ours: Hours, theirs: Hours) -> str | None:
    for day, spans in ours.windows.items():
        allowed = theirs.windows.get(day)
        if allowed is not None and intersect(spans, allowed) != spans:
            return f"{day.value} {', '.join(map(_clock, spans))}"
    return None


def _clock(span: Span) -> str:
    return "-".join(f"{minute // 60:02d}:{minute % 60:02d}" for minute in span)


def _counter(ours: Counter, theirs: Counter) -> str | None:
    same = (ours.unit, ours.per, ours.period, ours.days) == (
        theirs.unit, theirs.per, theirs.period, theirs.days
    )  # fmt: skip
    return str(ours.limit) if same and ours.limit > theirs.limit else None


def _visitors(ours: Visitors, theirs: Visitors) -> str | None:
    if ours.least < theirs.least:
        return str(ours.least)
    if ours.most is not None and theirs.most is not None and ours.most > theirs.most:
        return str(ours.most)
    return None
