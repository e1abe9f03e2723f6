"""What a policy must hold, and how far the house may go: never beyond the law.

Where a rule of law limits something the house limits too, the house's value must be at least as
strict, whatever the law's confidence: a remembered or contested rule may tighten. It may not be the
only ground on which contact is thought to be permitted, so every channel needs hours, or a closed
day, from a source that was read. All this must hold on the day the pack was read and on every later
day on which a rule begins or ceases to act.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from planner.domain.codes import CHANNELS, AddressKind, Channel, Flag, HoldKind
from planner.policy.days import DayClass, Span, intersect
from planner.policy.kinds import MISSING
from planner.policy.limits import (
    ClosedDays,
    Counter,
    FlagStop,
    Freshness,
    HoldStop,
    Hours,
    Limit,
    Missing,
    Pause,
    Place,
    Rule,
    ThirdParty,
    Visitors,
)
from planner.policy.reader import Pack
from planner.policy.schema import Section

# Facts that stop a visit whatever a pack says otherwise.
BARRING = (Flag.DECEASED, Flag.MINOR, Flag.INSOLVENCY, Flag.DO_NOT_VISIT, Flag.CEASE,
           Flag.REPRESENTED)  # fmt: skip
NEVER_VISITED = (AddressKind.RELATIVE, AddressKind.UNKNOWN)


def check(
    packs: Sequence[Pack], rules: Mapping[str, Rule], changes: Iterable[date], read_on: date
) -> None:
    """Raise PlannerError for a rule that is missing or a house value looser than the law's.

    `rules` are those of `packs` together. Codes: policy.missing_rule, policy.looser_than_law,
    policy.nobody_may_visit.
    """
    alive = [rule for rule in rules.values() if rule.status != "superseded"]
    for day in (read_on, *(day for day in changes if day > read_on)):
        acting = [rule for rule in alive if rule.acts_on(day)]
        _required(packs[0].top, acting)
        _possible(packs[0].top, acting)
    sections = {key: section for pack in packs for key, section in pack.sections.items()}
    law = [rule for rule in alive if rule.binding != "house"]
    for rule in alive:
        if rule.binding == "house":
            for other in law:
                value = _looser(rule, other) if _together(rule, other, read_on) else None
                if value is not None:
                    sections[rule.id].fail("looser_than_law", value=value, law=other.id)


def _together(house: Rule, law: Rule, since: date) -> bool:
    """True when there is a day from `since` on on which both act."""
    begins = max(day for day in (since, house.effective_from, law.effective_from) if day)
    ends = min(house.effective_to or date.max, law.effective_to or date.max)
    return begins <= ends


def _required(top: Section, rules: Sequence[Rule]) -> None:
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


def _possible(top: Section, rules: Sequence[Rule]) -> None:
    """Refuse demands on the number of visitors that no crew can meet."""
    limits = [rule.limit for rule in rules if isinstance(rule.limit, Visitors)]
    least = max((limit.least for limit in limits), default=1)
    most = min((limit.most for limit in limits if limit.most is not None), default=least)
    if least > most:
        top.fail("nobody_may_visit", least=least, most=most)


def _uncovered(rules: Sequence[Rule]) -> list[str]:
    """Facts that must bar a visit in every pack, and that no rule of this one looks at."""
    flags, holds, places = Flag(0), set[HoldKind](), set[AddressKind]()
    for rule in rules:
        if Channel.VISIT in rule.channels:
            match rule.limit:
                case FlagStop() as stop:
                    flags |= stop.flags
                case HoldStop() as stop:
                    holds |= stop.holds
                case Place() as place if place == Place(place.kinds):
                    places |= place.kinds
    left: list[str] = [f"flag {flag.name}" for flag in BARRING if not flag & flags]
    left += [f"hold {kind.name}" for kind in HoldKind if kind not in holds]
    left += [f"address {kind.name}" for kind in NEVER_VISITED if kind not in places]
    left += [
        f"third party {channel.value}"
        for channel in CHANNELS
        if not any(isinstance(r.limit, ThirdParty) and channel in r.channels for r in rules)
    ]
    if not any(isinstance(rule.limit, Freshness) for rule in rules):
        left.append("freshness")
    return left


def _says_hours(rule: Rule, channel: Channel, day: DayClass) -> bool:
    match rule.limit:
        case Hours() as hours:
            says = day in hours.windows and not hours.only_work
        case ClosedDays() as closed:
            says = day in closed.classes and not closed.only_work
        case _:
            return False
    sure = rule.confidence in "VSH" and not rule.contested and rule.status == "in_force"
    return says and sure and channel in rule.channels


def _looser(house: Rule, law: Rule) -> str | None:
    """The house's value where it is looser than the law's on the same matter, else None."""
    if not house.channels & law.channels and not isinstance(house.limit, Visitors):
        return None
    return looser(house.limit, law.limit)


def looser(house: Limit, law: Limit) -> str | None:
    """The value of `house` that is looser than what `law` says on the same matter, else None."""
    match house, law:
        case Hours() as ours, Hours() as theirs if not theirs.only_work:
            return _hours(ours, theirs)
        case Counter() as ours, Counter() as theirs:
            return _counter(ours, theirs)
        case Pause() as ours, Pause() as theirs if ours.after & theirs.after:
            return str(ours.days) if ours.days < theirs.days else None
        case Visitors() as ours, Visitors() as theirs:
            return _most_visitors(ours, theirs)
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


def _most_visitors(ours: Visitors, theirs: Visitors) -> str | None:
    if ours.least < theirs.least:
        return str(ours.least)
    if ours.most is not None and theirs.most is not None and ours.most > theirs.most:
        return str(ours.most)
    return None
