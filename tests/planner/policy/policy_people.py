"""People for the rules' tests: one plain person to vary, and random ones (no invented names)."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from planner.domain.codes import (
    CODES,
    RESULTS,
    AddressKind,
    Channel,
    Flag,
    Grade,
    HoldKind,
    Region,
    channel_of,
)
from planner.domain.facts import PersonFacts
from planner.domain.people import Address, Contact, Hold, Payment, Promise

ZONE = ZoneInfo("Asia/Shanghai")
TUESDAY = date(2026, 11, 24)  # an ordinary working day
WHO = "P1"


def at(text: str, zone: ZoneInfo = ZONE) -> datetime:
    """A local moment written "2026-11-24 09:00" or with seconds."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def days_before(day: date, days: int, clock: str = "10:00") -> datetime:
    """The local moment `clock` on the day `days` days before `day`."""
    return datetime.combine(day - timedelta(days=days), time.fromisoformat(clock), ZONE)


def home(**changes: object) -> Address:
    """A located, valid home address."""
    address = Address("A1", WHO, "", AddressKind.HOME, Region.URBAN, Grade.DOOR, 30.0, 110.0)
    return replace(address, **changes)  # type: ignore[arg-type]


def contact(code: str, when: datetime, result: str = "", **changes: object) -> Contact:
    """One contact with the channel its code belongs to."""
    return replace(
        Contact("", WHO, channel_of(code), code, when, result=result),
        **changes,  # type: ignore[arg-type]
    )


def hold(kind: HoldKind, start: datetime, until: datetime | None = None) -> Hold:
    """A pause of one kind."""
    return Hold("", WHO, kind, start, until)


def promise(due: date, made: datetime, amount: int = 1000_00) -> Promise:
    """A promise of `amount` fen."""
    return Promise("", WHO, amount, due, made)


def paid(when: datetime, amount: int = 100_00) -> Payment:
    """A payment of `amount` fen."""
    return Payment("", WHO, amount, when)


def unanswered(day: date, *ago: int) -> tuple[Contact, ...]:
    """Unanswered calls that many days before `day`."""
    return tuple(contact("CALL-NA", days_before(day, n)) for n in sorted(ago, reverse=True))


def somebody(**changes: object) -> PersonFacts:
    """A person who may be visited on TUESDAY: three calls went unanswered, the home is known."""
    facts = PersonFacts(
        debtor_id=WHO,
        amount=20_000_00,
        overdue_since=TUESDAY - timedelta(days=80),
        open_cases=1,
        flags=Flag(0),
        limitation=None,
        zone="Asia/Shanghai",
        jurisdiction="CN",
        addresses=(home(),),
        contacts=unanswered(TUESDAY, 3, 6, 9),
        promises=(),
        promises_paid=(),
        payments=(),
        holds=(),
    )
    return replace(facts, **changes)  # type: ignore[arg-type]


def plus(facts: PersonFacts, *contacts: Contact) -> PersonFacts:
    """`facts` with further contacts, ordered by time."""
    return replace(facts, contacts=tuple(sorted((*facts.contacts, *contacts), key=lambda c: c.at)))


# --- random people -------------------------------------------------------------------------------

ZONES = ("Asia/Shanghai",) * 20 + ("Asia/Urumqi", "America/New_York", "Europe/Berlin") * 2 + (
    "", "Mars/Olympus",
)  # fmt: skip


def _moment(rnd: Random, day: date, back: int = 50, ahead: int = 4) -> datetime:
    """Mostly near `day`, often exactly on round hours so that boundaries are met."""
    days = rnd.choice((0, 0, 1, rnd.randint(-ahead, back), rnd.choice((4, 10, 14, 21, 30, 45))))
    seconds = rnd.choice((rnd.randrange(86_400), rnd.randrange(24) * 3600))
    return datetime.combine(day - timedelta(days=days), time(), UTC) + timedelta(seconds=seconds)


def _contact(rnd: Random, day: date, places: list[Address]) -> Contact:
    code = rnd.choice(CODES + ("CALL-NA",) * 25 + ("VIS-NC", "VIS-RPC", "CALL-RPC") * 4)
    spoken = code.endswith("RPC") and rnd.random() < 0.3
    visit = channel_of(code) is Channel.VISIT
    return Contact(
        "", WHO, channel_of(code), code, _moment(rnd, day),
        result=rnd.choice(RESULTS) if spoken else "",
        phone=rnd.choice(("", "1", "2")) if not visit else "",
        address_id=rnd.choice(places).address_id if visit and places and rnd.random() < 0.7 else "",
    )  # fmt: skip


def _address(rnd: Random, who: str, number: int) -> Address:
    located = rnd.random() < 0.85
    return Address(
        f"{who}/{number}", who, "",
        rnd.choice((AddressKind.HOME,) * 4 + tuple(AddressKind)),
        rnd.choice(tuple(Region)), rnd.choice(tuple(Grade)),
        30.0 if located else None, 110.0 if located else None, valid=rnd.random() < 0.9,
    )  # fmt: skip


def _hold(rnd: Random, day: date) -> Hold:
    start = _moment(rnd, day)
    until = rnd.choice(
        (None, start, start + timedelta(days=rnd.randint(0, 40)), _moment(rnd, day, 3, 3))
    )
    return hold(rnd.choice(tuple(HoldKind)), start, until)


def random_person(rnd: Random, day: date, number: int = 0) -> PersonFacts:
    """A person with any history around `day`, later facts included; lists ordered by time."""
    who = f"P{number}"
    places = [_address(rnd, who, k) for k in range(rnd.choice((0, 1, 1, 1, 2, 3)))]
    few = lambda most: range(rnd.choice((0, 0, rnd.randint(0, most))))  # noqa: E731
    made = [_moment(rnd, day, 60, 3) for _ in few(2)]
    flags = rnd.choice((0,) * 9 + (int(Flag.HARDSHIP),) * 3 + (1 << rnd.randrange(10),))
    return PersonFacts(
        debtor_id=who,
        amount=rnd.randint(1, 10**7),
        overdue_since=day - timedelta(days=rnd.choice((rnd.randint(-3, 200), 30, 31, 20, 90, 91))),
        open_cases=1,
        flags=Flag(flags),
        limitation=None,
        zone=rnd.choice(ZONES),
        jurisdiction=rnd.choice(("CN",) * 40 + ("", "US")),
        addresses=tuple(places),
        contacts=tuple(
            sorted(
                (_contact(rnd, day, places) for _ in range(rnd.randint(0, 9))), key=lambda c: c.at
            )
        ),
        promises=tuple(
            promise(m.date() + timedelta(days=rnd.randint(0, 40)), m, 100_00) for m in made
        ),
        promises_paid=tuple(rnd.choice((0, 0, 50_00, 95_00, 100_00)) for _ in made),
        payments=tuple(paid(m) for m in sorted(_moment(rnd, day, 60, 3) for _ in few(2))),
        holds=tuple(sorted((_hold(rnd, day) for _ in few(2)), key=lambda h: h.start)),
    )
