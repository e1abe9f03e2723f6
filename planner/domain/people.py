"""People and places: debtors with their addresses and cases, collectors, crews."""

from dataclasses import dataclass
from datetime import date, datetime

from planner.domain.codes import AddressKind, Channel, Flag, Grade, HoldKind, Region
from planner.domain.work import USUAL, Work

NO_FLAGS = Flag(0)
Minor = int  # integer minor units of the workspace's currency (fen)


@dataclass(frozen=True, slots=True)
class Address:
    """One place of a debtor. `lat`/`lon` are WGS-84 degrees, None when the grade is NONE.

    `source` says where the position comes from, `datum` in which datum it was told, `placed` since
    when it is known here (None = before that was kept). One that somebody `confirmed` stays
    whatever a list says; `placed_by` is who.
    """

    address_id: str
    debtor_id: str
    text: str
    kind: AddressKind
    region: Region
    grade: Grade
    lat: float | None = None
    lon: float | None = None
    source: str = ""
    valid: bool = True
    township: str = ""  # smallest named area, for lists and the map
    datum: str = ""  # "" = no position, or told before datums were kept
    placed: datetime | None = None
    placed_by: str = ""
    confirmed: bool = False
    county: str = ""  # or district, or city without districts; "" = not known


@dataclass(frozen=True, slots=True)
class Case:
    """One overdue loan; `overdue_since` is the oldest unpaid due date."""

    case_id: str  # "<lender>/<contract number>"
    debtor_id: str
    lender: str
    contract_no: str
    product: str
    amount_overdue: Minor
    overdue_since: date
    status: str = "open"  # open | paid | withdrawn
    limitation_date: date | None = None

    def days_past_due(self, day: date) -> int:
        """Calendar days since the oldest unpaid due date, never negative."""
        return max(0, (day - self.overdue_since).days)


@dataclass(frozen=True, slots=True)
class Debtor:
    """A person over all loans; `phones` are the person's own numbers, `needs` the tags of what a
    crew must be able to do that goes there (domain/work.py)."""

    debtor_id: str
    name: str
    id_number: str = ""
    phones: tuple[str, ...] = ()
    flags: Flag = NO_FLAGS
    addresses: tuple[Address, ...] = ()
    cases: tuple[Case, ...] = ()
    zone: str = "Asia/Shanghai"
    jurisdiction: str = "CN"
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contact:
    """One attempt or conversation. `at` is aware; `leave` is the end of a visit, if recorded."""

    event_id: str
    debtor_id: str
    channel: Channel
    code: str
    at: datetime
    result: str = ""
    phone: str = ""
    address_id: str = ""
    case_id: str = ""
    by: tuple[str, ...] = ()
    leave: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise to pay: amount and last day. `plan_id`: an instalment of that plan."""

    promise_id: str
    debtor_id: str
    amount: Minor
    due: date
    made_at: datetime
    case_id: str = ""
    plan_id: str = ""


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that arrived."""

    event_id: str
    debtor_id: str
    amount: Minor
    at: datetime
    case_id: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """Contact pauses from `start` until `until` (None = until ended)."""

    hold_id: str
    debtor_id: str
    kind: HoldKind
    start: datetime
    until: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Agreement:
    """Hours or a place for a channel that the person agreed to, with the evidence of it.

    `start` and `end` are minutes after local midnight, both 0 when only a place was agreed.
    `weekday` is an ISO number, 0 = any; `day` a single day, None = any. It holds from `at` on until
    `ended`.
    """

    agreement_id: str
    debtor_id: str
    channel: Channel
    at: datetime
    start: int
    end: int
    weekday: int = 0
    day: date | None = None
    address_id: str = ""
    ended: datetime | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """A visit between `start` and `end` was announced at `at`, with the evidence of it."""

    notice_id: str
    debtor_id: str
    at: datetime
    start: datetime
    end: datetime
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class Override:
    """A lead set one rule aside for a channel from `start` until `end`, for a reason."""

    override_id: str
    debtor_id: str
    rule: str
    channel: Channel
    at: datetime
    start: datetime
    end: datetime
    reason: str = ""
    by: str = ""


@dataclass(frozen=True, slots=True)
class Must:
    """A lead decided that a person has to be visited on `day`, for a reason."""

    debtor_id: str
    day: date
    reason: str
    by: str


@dataclass(frozen=True, slots=True)
class Collector:
    """A member of the field staff."""

    collector_id: str
    name: str


@dataclass(frozen=True, slots=True)
class Crew:
    """The routing unit: who drives together, from where, at which hours.

    `weekdays` are ISO numbers (1 = Monday); `start`/`end` are seconds after local midnight.
    """

    crew_id: str
    name: str
    members: tuple[Collector, ...]
    lat: float
    lon: float
    start: int
    end: int
    weekdays: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
    work: Work = USUAL
