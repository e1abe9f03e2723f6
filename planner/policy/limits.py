"""What the rules of a pack limit: one small frozen type per kind of rule, no words, no sources.

A new kind of rule is a type here, a reader in pack.py, a function in gates.py (one person) and one
in columns.py (a whole book).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.domain.codes import AddressKind, Channel, Flag, HoldKind
from planner.policy.days import DayClass, Span


@dataclass(frozen=True, slots=True)
class Hours:
    """Permitted wall-clock spans (minutes after midnight) by day class.

    A class that is not named is not limited by this rule.
    """

    windows: Mapping[DayClass, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """Day classes on which there is no contact at all."""

    classes: frozenset[DayClass]


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
    """Kinds of address that are never a visit's target."""

    kinds: frozenset[AddressKind]


@dataclass(frozen=True, slots=True)
class FlagStop:
    """No contact while one of `flags` stands, or after a contact with a result in `after`."""

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
class Missing:
    """A fact without which nothing is proposed."""

    what: str


@dataclass(frozen=True, slots=True)
class Duty:
    """An obligation the program shows and prints, but cannot evaluate."""

    value: Any


Limit = (
    Hours | ClosedDays | Counter | Pause | Visitors | Place | FlagStop | HoldStop | PromiseWait
    | Hardship | Belief | Escalation | Missing | Duty
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """One rule with where it comes from; its words are `rule.<id>` in policy.po.

    `tab` is the list a person barred by it stands in; `rank` the gate order (ranking B2), lowest
    first; `house` says that the workspace may change it up to the law's bound.
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
