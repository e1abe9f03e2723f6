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
from planner.domain.people import (
    Address,
    Agreement,
    Contact,
    Hold,
    Notice,
    Override,
    Payment,
    Promise,
)

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


def agreement(start: str = "", end: str = "", **changes: object) -> Agreement:
    """Hours agreed for visits long ago, "18:00" to "21:00"."""
    minutes = [60 * int(t[:2]) + int(t[3:]) if t else 0 for t in (start, end)]
    agreed = Agreement("", WHO, Channel.VISIT, at("2026-01-01 12:00"), *minutes)
    return replace(agreed, **changes)  # type: ignore[arg-type]


def notice(given: str, start: str, end: str, zone: ZoneInfo = ZONE) -> Notice:
    """An announced visit; local moments."""
    return Notice("", WHO, at(given, zone), at(start, zone), at(end, zone))


def override(rule: str, start: str, end: str, **changes: object) -> Override:
    """A rule set aside for visits in a span of China's time, decided long before."""
    one = Override("", WHO, rule, Channel.VISIT, at("2026-01-01 12:00"), at(start), at(end))
    return replace(one, **changes)  # type: ignore[arg-type]


# Where people of a country live, the usual zone first.
ABROAD = {
    "CN": ("Asia/Shanghai",),
    "US": ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu"),
    "GB": ("Europe/London",),
    "IN": ("Asia/Kolkata",),
    "ID": ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
    "RU": ("Europe/Moscow", "Asia/Vladivostok", "Europe/Kaliningrad"),
    "KZ": ("Asia/Almaty",),
    "VN": ("Asia/Ho_Chi_Minh",),
    "PH": ("Asia/Manila",),
    "TH": ("Asia/Bangkok",),
    "AU": ("Australia/Sydney", "Australia/Adelaide", "Australia/Perth"),
}


def _agreement(rnd: Random, day: date, places: list[Address]) -> Agreement:
    start = rnd.choice((0, 8 * 60, 18 * 60, 20 * 60 + 30, rnd.randrange(1380)))
    end = rnd.choice((start, min(1440, start + rnd.randint(30, 300))))
    made = _moment(rnd, day)
    return Agreement(
        "", WHO, rnd.choice((Channel.VISIT, Channel.VISIT, Channel.CALL)), made, start, end,
        rnd.choice((0, 0, day.isoweekday(), rnd.randint(1, 7))),
        rnd.choice((None, None, day, day - timedelta(days=rnd.randint(-3, 20)))),
        rnd.choice(places).address_id if places and rnd.random() < 0.5 else "",
        rnd.choice((None, None, made + timedelta(days=rnd.randint(0, 30)))),
    )  # fmt: skip


def _notice(rnd: Random, day: date, zone: ZoneInfo) -> Notice:
    start = datetime.combine(day, time(rnd.randint(7, 19)), zone) + timedelta(
        days=rnd.choice((0, 0, 0, 1, -1, 5)), minutes=rnd.choice((0, 30, 59))
    )
    given = start - timedelta(hours=rnd.choice((1, 24, 47, 48, 49, 72, 200)))
    return Notice("", WHO, given, start, start + timedelta(minutes=rnd.choice((20, 34, 90, 600))))


def _override(rnd: Random, day: date, rules: tuple[str, ...]) -> Override:
    start = _moment(rnd, day, 3, 3)
    made = rnd.choice((start - timedelta(days=1), start, start + timedelta(hours=1)))
    return Override("", WHO, rnd.choice(rules), rnd.choice(tuple(Channel)), made, start,
                    start + timedelta(hours=rnd.choice((1, 5, 30))))  # fmt: skip


def with_terms(
    rnd: Random, facts: PersonFacts, day: date, rules: tuple[str, ...] = ()
) -> PersonFacts:
    """`facts` with random agreements and notices; overrides of `rules` where there are some."""
    few = lambda most: range(rnd.choice((0, 0, rnd.randint(0, most))))  # noqa: E731
    places = list(facts.addresses)
    zone = ZoneInfo(facts.zone) if facts.zone in ABROAD.get(facts.jurisdiction, ()) else ZONE
    agreed = sorted((_agreement(rnd, day, places) for _ in few(3)), key=lambda a: a.at)
    told = sorted((_notice(rnd, day, zone) for _ in few(3)), key=lambda n: n.at)
    aside = sorted((_override(rnd, day, rules) for _ in few(2) if rules), key=lambda o: o.at)
    named = lambda one: replace(one, debtor_id=facts.debtor_id)  # noqa: E731
    return replace(
        facts,
        agreements=tuple(map(named, agreed)),
        notices=tuple(map(named, told)),
        overrides=tuple(map(named, aside)),
    )


def somewhere(rnd: Random, facts: PersonFacts, country: str = "") -> PersonFacts:
    """`facts` of a person of `country` (any), mostly with a zone of it and now and then a flag."""
    place = country or rnd.choice(tuple(ABROAD))
    zone = rnd.choice((*ABROAD[place] * 8, "", "Asia/Shanghai"))
    flag = Flag(1 << rnd.randrange(16)) if rnd.random() < 0.1 else Flag(0)
    return replace(facts, jurisdiction=place, zone=zone, flags=facts.flags | flag)


def random_person(rnd: Random, day: date, number: int = 0) -> PersonFacts:
    """A person with any history around `day`, later facts included; lists ordered by time."""
    who = f"P{number}"
    places = [_address(rnd, who, k) for k in range(rnd.choice((0, 1, 1, 1, 2, 3)))]
    few = lambda most: range(rnd.choice((0, 0, rnd.randint(0, most))))  # noqa: E731
    made = [_moment(rnd, day, 60, 3) for _ in few(2)]
    flags = rnd.choice((0,) * 9 + (int(Flag.HARDSHIP),) * 3 + (1 << rnd.randrange(10),))
    facts = PersonFacts(
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
    return with_plan(rnd, facts, day) if rnd.random() < 0.3 else facts


def with_plan(rnd: Random, facts: PersonFacts, day: date) -> PersonFacts:
    """`facts` with up to two instalment plans among the promises, some instalments kept."""
    rows = list(zip(facts.promises, facts.promises_paid, strict=True))
    for plan_id in ("7", "8")[: rnd.choice((1, 1, 2))]:
        when = _moment(rnd, day, 60, 3)
        first = when.date() + timedelta(days=rnd.randint(0, 20))
        gap, good = rnd.choice((7, 14, 30)), rnd.randint(0, 4)
        for k in range(rnd.randint(1, 4)):
            one = promise(first + timedelta(days=gap * k), when, 100_00)
            paid_off = k < good or rnd.random() < 0.1
            money = 100_00 if paid_off else rnd.choice((0, 0, 0, 50_00))
            rows.append((replace(one, plan_id=plan_id), money))
    rows.sort(key=lambda row: row[0].made_at)
    promises, money_paid = zip(*rows, strict=True)
    return replace(facts, promises=promises, promises_paid=money_paid)
