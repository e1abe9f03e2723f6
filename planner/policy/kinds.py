"""The kinds of rule a pack may hold: own keys, place in the gate order, and how each is read."""

from collections.abc import Callable
from dataclasses import dataclass

from planner.domain.codes import (
    CHANNELS,
    CODES,
    RESULTS,
    AddressKind,
    Channel,
    Flag,
    HoldKind,
)
from planner.policy.days import DayClass
from planner.policy.limits import (
    Belief,
    ClosedDays,
    Counter,
    Duty,
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
    PaceStage,
    Pacing,
    Pause,
    Place,
    PromiseWait,
    Stage,
    ThirdParty,
    Visitors,
)
from planner.policy.schema import Section

UNITS = ("visit", "attempt", "conversation", "message", "contact")
PERS = ("debtor", "phone_number", "debt", "account")
PERIODS = ("day", "week", "month", "rolling")
MISSING = ("jurisdiction", "other_jurisdiction", "zone", "address", "position", "calendar")
# How a visit ended, as far as the pause after it depends on that.
PACE_GROUPS = ("paid", "promised", "talked", "others", "nobody", "wrong")
# What a workspace may change in its house rules, by kind of rule.
EDITABLE: dict[str, tuple[str, ...]] = {
    "counter": ("limit", "by_stage"),
    "pause": ("days",),
    "pacing": ("stages", "pause", "look_back", "longer", "shorter"),
    "visitors": ("min", "max"),
    "hours": ("windows",),
    "closed_days": ("classes",),
    "notice": ("hours",),
    "promise": ("grace_days",),
    "escalation": (
        "no_answer", "no_answer_days", "event_days", "quiet_no_answer", "no_talk_days",
    ),
    "freshness": ("mark_hours", "reason_hours"),
}  # fmt: skip
VISIT_ONLY = frozenset({Channel.VISIT})
EVERY = frozenset(CHANNELS)


def _unless(s: Section) -> str:
    """What lifts the rule for one person: a rule that is not sure may not be lifted."""
    found = s.choice("unless", ("", "agreement", "consent"), "")
    if found:
        s.sure("unless")
    return found


def _hours(s: Section, _: tuple[Stage, ...]) -> Limit:
    windows = s.section("windows")
    windows.only(tuple(DayClass))
    if not windows.values:
        s.fail("empty", "windows")
    return Hours(
        {DayClass(name): windows.spans(name) for name in windows.values},
        _unless(s),
        _only_work(s),
    )


def _only_work(s: Section) -> bool:
    return s.choice("place", ("any", "work"), "any") == "work"


def _closed_days(s: Section, _: tuple[Stage, ...]) -> Limit:
    classes = frozenset(map(DayClass, s.texts("classes", tuple(DayClass))))
    return ClosedDays(classes, _unless(s), _only_work(s))


def _counter(s: Section, stages: tuple[Stage, ...]) -> Limit:
    period = s.choice("period", PERIODS)
    if (period == "rolling") != ("days" in s.values):
        s.fail("days_with_rolling", "days")
    limit = s.whole("limit", 1, 1000)
    lower: list[tuple[int, int]] = []
    if "by_stage" in s.values:
        by_stage = s.section("by_stage")
        by_stage.only([stage.name for stage in stages])
        # "within that": a stage may lower the limit, never raise it.
        lower = [(stage.from_days, by_stage.whole(stage.name, 1, limit)) for stage in stages]
    per = s.choice("per", PERS)
    if per == "phone_number" and s.texts("channels", CHANNELS) != ("call",):
        s.fail("phone_needs_call", "per")
    return Counter(
        s.choice("unit", UNITS), per, period, s.whole("days", 1, 366, 1), limit, tuple(lower),
        s.yes("soft", False),
    )  # fmt: skip


def _pause(s: Section, _: tuple[Stage, ...]) -> Limit:
    return Pause(frozenset(s.texts("after", CODES)), s.whole("days", 1, 366))


def _visitors(s: Section, _: tuple[Stage, ...]) -> Limit:
    least = s.whole("min", 1, 20)
    return Visitors(least, s.whole("max", least, 20) if "max" in s.values else None)


def _place(s: Section, _: tuple[Stage, ...]) -> Limit:
    flags = _flags(s, "flags", optional=True)
    return Place(
        frozenset(s.names("bars", AddressKind)), _unless(s), flags, s.yes("last_resort", False)
    )


def _flags(s: Section, key: str, *, optional: bool = False) -> Flag:
    flags = Flag(0)
    for flag in s.names(key, Flag, optional=optional):
        flags |= flag
    return flags


def _flag(s: Section, _: tuple[Stage, ...]) -> Limit:
    return FlagStop(_flags(s, "flags"), frozenset(s.texts("after", CODES + RESULTS, optional=True)))


def _hold(s: Section, _: tuple[Stage, ...]) -> Limit:
    after = frozenset(s.texts("after", CODES + RESULTS, optional=True))
    if bool(after) != ("days" in s.values):
        s.fail("days_with_after", "days")
    return HoldStop(frozenset(s.names("holds", HoldKind)), after, s.whole("days", 1, 3660, 1))


def _promise(s: Section, _: tuple[Stage, ...]) -> Limit:
    return PromiseWait(s.whole("grace_days", 1, 60))


def _hardship(s: Section, _: tuple[Stage, ...]) -> Limit:
    return Hardship(s.whole("met", 1, 1))


def _belief(s: Section, _: tuple[Stage, ...]) -> Limit:
    return Belief(s.number("least", 0.2, 0.9))


def _escalation(s: Section, _: tuple[Stage, ...]) -> Limit:
    return Escalation(
        no_answer=s.whole("no_answer", 1, 100),
        no_answer_days=s.whole("no_answer_days", 1, 366),
        event_days=s.whole("event_days", 1, 366),
        quiet_no_answer=s.whole("quiet_no_answer", 1, 100),
        no_talk_days=s.whole("no_talk_days", 1, 366),
    )


def _no_show(s: Section, _: tuple[Stage, ...]) -> Limit:
    return NoShow(s.whole("count", 1, 10))


def _notice(s: Section, _: tuple[Stage, ...]) -> Limit:
    return Notice(s.whole("hours", 0, 24 * 30))


def _third_party(s: Section, _: tuple[Stage, ...]) -> Limit:
    return ThirdParty(s.choice("mode", ("never", "lost", "consent")), s.whole("failures", 3, 100))


def _pacing(s: Section, stages: tuple[Stage, ...]) -> Limit:
    per_stage = s.section("stages")
    per_stage.only([stage.name for stage in stages])
    found = []
    for stage in stages:
        one = per_stage.section(stage.name)
        one.only(("objective", "in_all"))
        found.append(
            PaceStage(stage.name, stage.from_days, one.text_of("objective"),
                      one.whole("in_all", 1, 1000))
        )  # fmt: skip
    pause, least = s.section("pause"), s.section("least")
    pause.only(PACE_GROUPS)
    least.only(PACE_GROUPS)
    shortest = {group: least.whole(group, 1, 366) for group in PACE_GROUPS}
    return Pacing(
        tuple(found),
        {group: pause.whole(group, shortest[group], 366) for group in PACE_GROUPS},
        shortest,
        s.whole("look_back", 1, 366),
        s.number("longer", 1.0, 10.0),
        s.number("shorter", 0.1, 1.0),
    )


def _freshness(s: Section, _: tuple[Stage, ...]) -> Limit:
    mark = s.whole("mark_hours", 1, 24 * 30)
    return Freshness(mark, s.whole("reason_hours", mark, 24 * 30))


def _missing(s: Section, _: tuple[Stage, ...]) -> Limit:
    return Missing(s.choice("what", MISSING))


def _duty(s: Section, _: tuple[Stage, ...]) -> Limit:
    if "value" not in s.values:
        s.fail("missing_key", "value")
    return Duty(s.values["value"])


@dataclass(frozen=True, slots=True)
class Kind:
    """How a kind of rule is read: own keys, gate rank, the list it leads to, default channels."""

    read: Callable[[Section, tuple[Stage, ...]], Limit]
    keys: tuple[str, ...]
    rank: int
    tab: str
    channels: frozenset[Channel] | None = None  # None: the pack must name them


KINDS: dict[str, Kind] = {
    "flag": Kind(_flag, ("flags", "after"), 10, "never"),
    "missing": Kind(_missing, ("what",), 15, "address", EVERY),
    "hold": Kind(_hold, ("holds", "after", "days"), 20, "paused"),
    "promise": Kind(_promise, ("grace_days",), 30, "waiting"),
    "plan": Kind(_hold, ("holds", "after", "days"), 40, "paused"),
    "counter": Kind(
        _counter, ("unit", "per", "period", "days", "limit", "by_stage", "soft"), 50, "waiting"
    ),
    "pause": Kind(_pause, ("after", "days"), 60, "waiting"),
    "hardship": Kind(_hardship, ("met",), 70, "paused", VISIT_ONLY),
    "third_party": Kind(_third_party, ("mode", "failures"), 18, "never"),
    "pacing": Kind(
        _pacing,
        ("stages", "pause", "least", "look_back", "longer", "shorter"),
        61,
        "waiting",
        VISIT_ONLY,
    ),
    "place": Kind(_place, ("bars", "unless", "flags", "last_resort"), 80, "address", VISIT_ONLY),
    "belief": Kind(_belief, ("least",), 82, "address", VISIT_ONLY),
    "escalation": Kind(
        _escalation,
        ("no_answer", "no_answer_days", "event_days", "quiet_no_answer", "no_talk_days"),
        90,
        "call_first",
        VISIT_ONLY,
    ),
    "no_show": Kind(_no_show, ("count",), 91, "call_first", VISIT_ONLY),
    "notice": Kind(_notice, ("hours",), 95, "call_first", VISIT_ONLY),
    "closed_days": Kind(_closed_days, ("classes", "unless", "place"), 101, "waiting"),
    "hours": Kind(_hours, ("windows", "unless", "place"), 102, "waiting"),
    "freshness": Kind(_freshness, ("mark_hours", "reason_hours"), 200, "waiting", frozenset()),
    "visitors": Kind(_visitors, ("min", "max"), 200, "waiting", frozenset()),
    "duty": Kind(_duty, ("value",), 200, "waiting", frozenset()),
}
# Rank and list of missing facts: address and position belong to the address gate, the calendar to
# the hours; who and where a person legally is comes right after the standing bars.
MISSING_RANK = {"address": 81, "position": 81, "calendar": 100}
