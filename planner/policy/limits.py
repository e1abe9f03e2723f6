"""What the rules of a pack limit: one small frozen type per kind of rule, no words, no sources.

A new kind of rule is a type here, a reader in pack.py, a function in gates.py (one person) and one
in columns.py (a whole book).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.domain.codes import AddressKind, Channel, Flag, HoldKind
from planner.domain.people import NO_FLAGS
from planner.policy.days import DayClass, Span


@dataclass(frozen=True, slots=True)
class Hours:
    """Permitted wall-clock spans (minutes after midnight) by day class.

    A class that is not named is not limited by this rule. `unless`: hours agreed with the person
    ("agreement" or "consent") stand in place of the windows. `only_work`: the rule speaks of people
    who can be visited at their workplace only.
    """

    windows: Mapping[DayClass, tuple[Span, ...]]
    unless: str = ""
    only_work: bool = False


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Day classes on which there is no contact at all, `unless` hours on the day were agreed.

    `only_work` as with hours.
    """

    classes: frozenset[DayClass]
    unless: str = ""
    only_work: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """A part of a loan's overdue life: it begins at `from_days` days past due."""

    name: str
    from_days: int


@dataclass(frozen=True, slots=True)
class Counter:
    """At most `limit` contacts counted by `unit`, per debtor or number, in a period.

    `period`: day, week (from Monday), month (calendar) or rolling (`days` x 86,400 seconds).
    `stages` may lower the limit: pairs (days past due from which it holds, limit), ascending.
    """

    unit: str
    per: str
    period: str
    days: int
    limit: int
    stages: tuple[tuple[int, int], ...]
    soft: bool


@dataclass(frozen=True, slots=True)
class Pause:
    """No contact for `days` x 86,400 seconds after a contact with one of these codes."""

    after: frozenset[str]
    days: int


@dataclass(frozen=True, slots=True)
class Visitors:
    """How many may stand at the door together; `most` None = no rule found."""

    least: int
    most: int | None


@dataclass(frozen=True, slots=True)
class Place:
    """Kinds of address that are no target of a visit.

    `unless`: the person's agreement to the very address lifts it. `flags`: it holds only for people
    with one of them (0 = for everybody). `last_resort`: it holds only as long as a valid, located
    home or registered address is known.
    """

    kinds: frozenset[AddressKind]
    unless: str = ""
    flags: Flag = NO_FLAGS
    last_resort: bool = False


@dataclass(frozen=True, slots=True)
class FlagStop:
    """No contact while one of `flags` stands, or after a contact with a code or result in
    `after`."""

    flags: Flag
    after: frozenset[str]


@dataclass(frozen=True, slots=True)
class HoldStop:
    """No contact while a hold of these kinds runs.

    A contact with a code or result in `after` counts as such a hold of `days` days by itself, until
    a recorded hold of the same kinds that began with it or later takes its place.
    """

    holds: frozenset[HoldKind]
    after: frozenset[str]
    days: int


@dataclass(frozen=True, slots=True)
class PromiseWait:
    """No contact up to `grace_days` days after the day of an unkept promise."""

    grace_days: int


@dataclass(frozen=True, slots=True)
class Hardship:
    """No further visit once a person in hardship was met `met` times."""

    met: int


@dataclass(frozen=True, slots=True)
class Belief:
    """An address is usable from this belief on that it is right."""

    least: float


@dataclass(frozen=True, slots=True)
class Escalation:
    """What must have failed before a visit (ranking G9); every count starts anew after a payment.

    Enough is: `no_answer` unanswered calls within `no_answer_days`; or a dead number, a refusal or
    a broken promise within `event_days`; or `quiet_no_answer` unanswered calls within
    `no_answer_days` and no conversation within `no_talk_days`; or having been met at a visit.
    """

    no_answer: int
    no_answer_days: int
    event_days: int
    quiet_no_answer: int
    no_talk_days: int


@dataclass(frozen=True, slots=True)
class NoShow:
    """A visit only after the last `count` days agreed for one passed without meeting the person."""

    count: int


@dataclass(frozen=True, slots=True)
class Notice:
    """A visit lies wholly inside a span announced at least `hours` before it; 0 = no such duty."""

    hours: int


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """When somebody other than the person may be contacted; a refusal of theirs is for good.

    `mode`: never; lost = after an invalid number or `failures` unanswered calls since the person
    was last reached; consent = as lost, and the person agreed to it.
    """

    mode: str
    failures: int


@dataclass(frozen=True, slots=True)
class PaceStage:
    """What visits are for in a stage, and how many it may hold."""

    name: str
    from_days: int
    objective: str
    in_all: int


@dataclass(frozen=True, slots=True)
class Pacing:
    """How often a person is visited: the house's rhythm within pauses and counters.

    After each visit contact rests `pause[group]` days (groups of `gates.PACE_GROUPS`), times
    `longer` for people who cooperated within `look_back` days before the visit or since, times
    `shorter` for people who evaded within `look_back` days before it, but never less than `least`
    days of that group. Visits are counted by stage: at most `in_all` in each.
    """

    stages: tuple[PaceStage, ...]
    pause: Mapping[str, int]
    least: Mapping[str, int]
    look_back: int
    longer: float
    shorter: float


@dataclass(frozen=True, slots=True)
class Freshness:
    """From `mark_hours` on data counts as old, from `reason_hours` on a plan needs a reason."""

    mark_hours: int
    reason_hours: int


@dataclass(frozen=True, slots=True)
class Missing:
    """A fact without which nothing is proposed."""

    what: str


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation the program shows and prints, but cannot evaluate."""

    value: Any


Limit = (
    Hours | ClosedDays | Counter | Pause | Visitors | Place | FlagStop | HoldStop | PromiseWait
    | Hardship | Belief | Escalation | NoShow | Notice | ThirdParty | Pacing | Freshness | Missing
    | Duty
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule with where it comes from; its words are `rule.<id>` in policy.po.

    `tab` is the list a person barred by it stands in; `rank` the gate order (ranking B2), lowest
    first; `house` says that the workspace may change it up to the law's bound. It acts from
    `effective_from` up to and including `effective_to`. `overridable_by` names who may set it aside
    for one person, "" = nobody; `pack` is the file it was read from.
    """

    id: str
    kind: str
    tab: str
    rank: int
    channels: frozenset[Channel]
    limit: Limit
    source: str
    source_url: str
    clause: str
    binding: str
    status: str
    confidence: str
    contested: bool
    house: bool
    effective_from: date | None
    effective_to: date | None
    note: str
    applies_to: str
    overridable_by: str
    pack: str

    def acts_on(self, day: date) -> bool:
        """True when the rule is not superseded and in effect on `day`."""
        return (
            self.status != "superseded"
            and (self.effective_from is None or self.effective_from <= day)
            and (self.effective_to is None or day <= self.effective_to)
        )
