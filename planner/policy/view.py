"""One person as the rules see them at one instant, and the vocabulary both judges count by."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from planner.domain.codes import CODES, RIGHT_PARTY, AddressKind, Channel, Grade
from planner.domain.facts import PersonFacts, instant
from planner.domain.people import Address, Agreement, Contact
from planner.domain.promise import TOLERANCE
from planner.policy.days import local_day
from planner.policy.limits import ClosedDays, Hours, Place
from planner.policy.pack import Policy
from planner.policy.workdays import Terms

DAY = 86_400

# Units of counters as sets of disposition codes (decisions: "counts as").
UNIT_CODES: dict[str, frozenset[str]] = {
    "visit": frozenset(code for code in CODES if code.startswith("VIS-")),
    "attempt": frozenset(code for code in CODES if code.startswith("CALL-")),
    "conversation": RIGHT_PARTY,
    "message": frozenset(code for code in CODES if code.startswith("MSG-")),
    "contact": frozenset(CODES),
}
MET = frozenset({"VIS-RPC"})
UNANSWERED = frozenset({"CALL-NA", "CALL-BUSY", "CALL-OFF", "CALL-REJ"})
TALKED = frozenset({"CALL-RPC", "VIS-RPC", "MSG-REPLY"})  # reachable without a visit
DEAD = frozenset({"CALL-INV"})
FAILED = frozenset({"CALL-INV", "VIS-REFUSE"})  # a dead number, a refusal at the door
FAILED_RESULTS = frozenset({"OUT-RTP"})
HARDSHIP_RESULTS = frozenset({"OUT-HARD"})
# Homes: where a last resort is not needed.
HOMES = frozenset({AddressKind.HOME, AddressKind.REGISTERED})


@dataclass(frozen=True, slots=True)
class View:
    """One person as known at the instant `cut` (included), judged on the local day `day`.

    `permitted` are the addresses no rule about places bars.
    """

    facts: PersonFacts
    policy: Policy
    zone: ZoneInfo
    day: date
    cut: int
    phone: str
    contacts: tuple[tuple[int, Contact], ...]  # up to `cut`, by time
    permitted: tuple[Address, ...]


def view(facts: PersonFacts, policy: Policy, zone: ZoneInfo, cut: int, phone: str = "") -> View:
    """What is known of a person at `cut`; the day is the local day of `cut`."""
    known = [(instant(c.at), c) for c in facts.contacts]
    contacts = sorted((row for row in known if row[0] <= cut), key=lambda row: row[0])
    day = local_day(cut, zone)
    limits = place_limits(policy, day)
    permitted = tuple(
        address
        for address in facts.addresses
        if not any(bars_place(limit, facts, address, cut) for limit in limits)
    )
    return View(facts, policy, zone, day, cut, phone, tuple(contacts), permitted)


def place_limits(policy: Policy, day: date) -> tuple[Place, ...]:
    """The limits on places that act on `day`."""
    rules = policy.acting(Channel.VISIT, day)
    return tuple(rule.limit for rule in rules if isinstance(rule.limit, Place))


def bars_place(limit: Place, facts: PersonFacts, address: Address, cut: int) -> bool:
    """True when `limit` forbids a visit to this address with what is known at `cut`."""
    if address.kind not in limit.kinds:
        return False
    if limit.flags and not facts.flags & limit.flags:
        return False
    if limit.unless and any(
        one.address_id == address.address_id
        for one in agreements_at(facts.agreements, Channel.VISIT, cut)
    ):
        return False
    return not limit.last_resort or any(
        placed(one) and one.valid and one.kind in HOMES for one in facts.addresses
    )


def placed(address: Address) -> bool:
    """True for an address with a position."""
    located = address.lat is not None and address.lon is not None
    return located and address.grade is not Grade.NONE


def agreements_at(agreements: Iterable[Agreement], channel: Channel, cut: int) -> list[Agreement]:
    """The agreements about `channel` that hold at the instant `cut`."""
    return [
        one
        for one in agreements
        if one.channel is channel
        and instant(one.at) <= cut
        and (one.ended is None or instant(one.ended) > cut)
    ]


def terms_of(v: View, channel: Channel) -> Terms:
    """What was agreed with and announced to the person about `channel`, as far as known."""
    agreed = tuple(
        (one.weekday, one.day.toordinal() if one.day else 0, one.start, one.end)
        for one in agreements_at(v.facts.agreements, channel, v.cut)
        if one.start < one.end
    )
    if channel is not Channel.VISIT:
        return Terms(agreed)
    notices = tuple(
        (instant(one.at), instant(one.start), instant(one.end))
        for one in v.facts.notices
        if instant(one.at) <= v.cut
    )
    return Terms(agreed, notices, speaks_of_work(v.policy) and _only_work(v))


@functools.lru_cache(maxsize=256)
def speaks_of_work(policy: Policy) -> bool:
    """True when a rule has hours for people who can be visited at work only."""
    limits = (policy.rules[key].limit for key in policy.order)
    return any(isinstance(limit, Hours | ClosedDays) and limit.only_work for limit in limits)


def _only_work(v: View) -> bool:
    kinds = {one.kind for one in v.permitted if one.valid and placed(one)}
    return kinds == {AddressKind.WORK}


def kept(amount: int, paid: int) -> bool:
    """True when enough of a promise was paid for it to count as kept."""
    return paid >= amount * TOLERANCE


def times(v: View, codes: Iterable[str]) -> list[int]:
    """When contacts with one of `codes` took place, ascending."""
    wanted = frozenset(codes)
    return [at for at, contact in v.contacts if contact.code in wanted]
