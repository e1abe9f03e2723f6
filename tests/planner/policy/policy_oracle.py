"""The contact rules of every country once more, written from their text alone.

It shares no code with the program but the names of facts and outcomes. `bars` names the first gate
that forbids a contact at a moment: G1 to G10 as in the specification, "data", "notice", or None.
For days of 2026. The numbers of law are those of the collected sources, those of the house are its
settled policy; remembered and contested ones are kept, for they tighten.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import holidays
from policy_world import PACKS, WORLD, Land

from planner.domain.codes import AddressKind, Channel, Flag, Grade, HoldKind
from planner.domain.facts import PersonFacts
from planner.domain.people import Address, Agreement, Contact

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
NEVER = (AddressKind.RELATIVE, AddressKind.UNKNOWN)
HOMES = (AddressKind.HOME, AddressKind.REGISTERED)
NOBODY = ("VIS-NC", "VIS-ADR-BAD", "VIS-MOVED")

# China's public holidays of 2026 as published; weekends worked in exchange stay weekends here.
CHINA = (
    ("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5),
    ("06-19", 3), ("09-25", 3), ("10-01", 7),
)  # fmt: skip
PAUSING = {
    HoldKind.DISPUTE: ("OUT-DISP", "OUT-CTP"),
    HoldKind.COMPLAINT: ("OUT-CMPL",),
    HoldKind.LEGAL: (),
    HoldKind.ILLNESS: (),
    HoldKind.SENSITIVE: ("VIS-ABORT-VULN", "VIS-ABORT-MINOR"),
    HoldKind.HARDSHIP: (),
    HoldKind.LEAD: (),
}
START = {
    Grade.DOOR: 0.95, Grade.STREET: 0.90, Grade.VILLAGE: 0.80, Grade.TOWNSHIP: 0.50,
    Grade.COUNTY: 0.20, Grade.NONE: 0.0,
}  # fmt: skip
AT_HOME = ((0.40, 0.40, 0.52, 0.62), (0.55, 0.50, 0.57, 0.62))


@dataclass(frozen=True)
class Case:
    """One question: a person, the land whose rules protect them, and what is known when."""

    facts: PersonFacts
    land: Land
    zone: ZoneInfo
    channel: Channel
    begin: datetime
    leave: datetime
    known: datetime
    phone: str

    @property
    def today(self) -> date:
        return self.begin.astimezone(self.zone).date()

    @property
    def contacts(self) -> list[Contact]:
        return [c for c in self.facts.contacts if c.at <= self.known]

    @property
    def visit(self) -> bool:
        return self.channel is Channel.VISIT

    def day_of(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()

    def midnight(self, day: date) -> datetime:
        return datetime.combine(day, time(), self.zone)


def kind_of_day(land: Land, day: date) -> str:
    """work, sat, sun or holiday."""
    if land.code == "CN":
        free = [date.fromisoformat(f"2026-{first}") for first, _ in CHINA]
        lengths = [length for _, length in CHINA]
        if any(0 <= (day - a).days < n for a, n in zip(free, lengths, strict=True)):
            return "holiday"
    elif any(day in calendar(land.code, region) for region in land.regions):
        return "holiday"
    return {6: "sat", 7: "sun"}.get(day.isoweekday(), "work")


_CALENDARS: dict[tuple[str, str], holidays.HolidayBase] = {}


def calendar(code: str, region: str) -> holidays.HolidayBase:
    """A country's public holidays of 2026."""
    key = code, region
    if key not in _CALENDARS:
        _CALENDARS[key] = holidays.country_holidays(code, subdiv=region or None, years=2026)
    return _CALENDARS[key]


def bars(
    facts: PersonFacts,
    begin: datetime,
    leave: datetime,
    known: datetime,
    channel: Channel = Channel.VISIT,
    phone: str = "",
    pack: str = "",
) -> str | None:
    """The first gate that forbids the contact [begin, leave) when all up to `known` is known."""
    place = pack if pack and facts.jurisdiction == pack[:2] else facts.jurisdiction
    land = PACKS.get(place, WORLD["CN"])
    try:
        zone = ZoneInfo(facts.zone or land.zones[0])
    except (KeyError, ValueError, OSError):
        zone = ZoneInfo(land.zones[0])
    begin, leave, known = (moment.astimezone(UTC) for moment in (begin, leave, known))
    case = Case(facts, land, zone, channel, begin, leave, known, phone)
    gates: tuple[tuple[str, Callable[[Case], bool]], ...] = (
        ("G1", standing), ("data", unknown), ("G2", paused), ("G3", promised), ("G4", planned),
        ("G5", counted), ("G6", resting), ("G7", hard), ("G8", unreachable), ("G9", untried),
        ("notice", unannounced), ("G10", closed),
    )  # fmt: skip
    return next((name for name, barred in gates if barred(case)), None)


def standing(case: Case) -> bool:
    """Dead, minor, insolvent, represented or silent; for visits also those who must be spared."""
    said = {c.result for c in case.contacts}
    flags = Flag.DECEASED | Flag.MINOR | Flag.INSOLVENCY | Flag.CEASE | Flag.REPRESENTED
    flags |= case.land.stops
    if case.visit:
        flags |= Flag.DO_NOT_VISIT | Flag.VULNERABLE | Flag.HOSPITAL | case.land.no_visit
        if case.land.refusal_lasts and any(c.code == "VIS-REFUSE" for c in case.contacts):
            return True
    return bool(case.facts.flags & flags) or bool(said & {"OUT-CEASE", "OUT-REP"})


def unknown(case: Case) -> bool:
    """Where the person legally lives, or which clock counts, is not known."""
    if case.facts.jurisdiction not in WORLD:
        return True
    try:
        ZoneInfo(case.facts.zone or "?")
    except (KeyError, ValueError, OSError):
        return True
    return case.land.code != "CN" and case.facts.zone not in case.land.zones


def held(
    case: Case, kind: HoldKind, codes: Iterable[str], days: int = 30,
    written: Iterable[datetime] = (),
) -> bool:  # fmt: skip
    """A hold runs, or was said at a contact in the last days and no hold followed it."""
    holds = [h for h in case.facts.holds if h.kind is kind and h.start <= case.known]
    if any(h.until is None or h.until > case.begin for h in holds):
        return True
    return any(
        case.begin - c.at < days * DAY
        and not any(start >= c.at for start in (*(h.start for h in holds), *written))
        for c in case.contacts
        if c.code in codes or c.result in codes
    )


def paused(case: Case) -> bool:
    """Disputes, complaints, law suits, illness, hardship and what the lead decided."""
    if any(held(case, kind, codes) for kind, codes in PAUSING.items()):
        return True
    long = case.land.long_grievance
    if long and case.today >= long and held(case, HoldKind.COMPLAINT, ("OUT-CMPL",), 60):
        return True
    return case.visit and held(case, HoldKind.UNSAFE, ("VIS-ABORT-SAFE",))


def words(case: Case) -> list:  # type: ignore[type-arg]
    """Promises made by now with what was paid; kept ones are marked."""
    pairs = zip(case.facts.promises, case.facts.promises_paid, strict=True)
    return [(p, paid, 100 * paid >= 95 * p.amount) for p, paid in pairs if p.made_at <= case.known]


def unkept(case: Case) -> list:  # type: ignore[type-arg]
    """Promises not kept, with what was paid; of an instalment plan only the next one is a word
    that still stands or was broken."""
    open_ = [(p, paid) for p, paid, kept in words(case) if not kept]
    return [
        (p, paid)
        for p, paid in open_
        if not p.plan_id or p.due == min(q.due for q, _ in open_ if q.plan_id == p.plan_id)
    ]


def promised(case: Case) -> bool:
    """Up to the day after its day, a promise that is not kept is waited for."""
    alone = [p for p, _ in unkept(case) if not p.plan_id]
    return case.visit and any(p.due >= case.today - DAY for p in alone)


def planned(case: Case) -> bool:
    """A repayment plan is up to date: a hold says so, or its next instalment is still in time."""
    if any(p.plan_id and p.due >= case.today - DAY for p, _ in unkept(case)):
        return True
    written = [p.made_at for p, _, _ in words(case) if p.plan_id]
    return held(case, HoldKind.PLAN, ("OUT-PLAN",), written=written)


def counted(case: Case) -> bool:
    """Some limit on the number of contacts is reached."""
    week = case.today - timedelta(days=case.today.weekday())
    first = {"day": case.today, "week": week, "month": case.today.replace(day=1)}
    for limit in (*case.land.limits, *case.land.house_limits):
        if case.channel.value not in limit.channels:
            continue
        rows = [c for c in case.contacts if limit.counts(c.code)]
        if limit.by_number and case.phone:
            rows = [c for c in rows if c.phone in ("", case.phone)]
        if isinstance(limit.period, int):
            rows = [c for c in rows if case.begin - c.at < limit.period * DAY]
        else:
            rows = [c for c in rows if case.day_of(c.at) >= first[limit.period]]
        if len(rows) >= limit.most:
            return True
    overdue = (case.today - case.facts.overdue_since).days
    lately = [c for c in visits(case) if case.begin - c.at < 30 * DAY]
    return case.visit and len(lately) >= (2 if overdue < 31 else 3)


def visits(case: Case) -> list[Contact]:
    """Visits of any outcome."""
    return [c for c in case.contacts if c.code.startswith("VIS")]


def resting(case: Case) -> bool:
    """A pause after a conversation or a visit, or a stage that holds no more visits."""
    if case.channel is Channel.CALL and case.land.rest_after_call:
        rest_days = case.land.rest_after_call * DAY
        if any(c.code == "CALL-RPC" and case.begin - c.at < rest_days for c in case.contacts):
            return True
    if not case.visit:
        return False
    if any(case.begin - v.at < rest(case, v) * DAY for v in visits(case)):
        return True
    overdue = (case.today - case.facts.overdue_since).days
    since, most = (0, 2) if overdue < 31 else (31, 4) if overdue < 91 else (91, 6)
    begin = case.facts.overdue_since + timedelta(days=since)
    return sum(case.day_of(v.at) >= begin for v in visits(case)) >= most


def rest(case: Case, visit: Contact) -> int:
    """Days of rest: three weeks when paid, two when promised, ten when met, else four; half as
    long again for who paid or kept a promise, two thirds for who evaded, at least ten or four."""
    least = days = 4 if visit.code in NOBODY else 10
    if visit.code == "VIS-RPC":
        days = {"OUT-PAID": 21, "OUT-PTP": 14, "OUT-PLAN": 14}.get(visit.result, 10)
    since = visit.at - 90 * DAY
    good = [p.at for p in case.facts.payments]
    good += [p.made_at for p, _, kept in words(case) if kept]
    if any(since < at <= case.known for at in good):
        return (days * 3 + 1) // 2
    bad = [c.at for c in case.contacts if c.code == "VIS-REFUSE" or c.result == "OUT-RTP"]
    bad += [case.midnight(p.due + 2 * DAY) for p, paid in unkept(case) if paid <= 0]
    if any(since < at <= visit.at for at in bad):
        return max(least, int(days * 67 / 100 + 0.5))
    return days


def hard(case: Case) -> bool:
    """Somebody in hardship was met already."""
    poor = Flag.HARDSHIP in case.facts.flags or any(c.result == "OUT-HARD" for c in case.contacts)
    return case.visit and poor and any(c.code == "VIS-RPC" for c in case.contacts)


def located(address: Address) -> bool:
    return address.lat is not None and address.grade is not Grade.NONE


def consents(case: Case) -> list[Agreement]:
    """Agreements about visits that hold at what is known."""
    return [
        a
        for a in case.facts.agreements
        if a.channel is Channel.VISIT
        and a.at <= case.known
        and (a.ended is None or a.ended > case.known)
    ]


def permitted(case: Case) -> list[Address]:
    """Addresses that may be visited at all."""
    consented = {a.address_id for a in consents(case)}
    homes = any(a.kind in HOMES and a.valid and located(a) for a in case.facts.addresses)
    fit = []
    for address in case.facts.addresses:
        if address.kind in NEVER:
            continue
        if address.kind is AddressKind.WORK:
            if case.land.work == "consent" and address.address_id not in consented:
                continue
            if case.land.work == "last" and homes:
                continue
            if case.land.work_forbidden and Flag.WORK_FORBIDDEN in case.facts.flags:
                continue
        fit.append(address)
    return fit


def unreachable(case: Case) -> bool:
    """No address is permitted, valid, located and believed in."""
    if not case.visit:
        return False
    q = belief(case)
    return not any(a.valid and located(a) and q[a.address_id] >= 0.20 for a in permitted(case))


def belief(case: Case) -> dict[str, float]:
    """How sure each address is after the visits known (ranking B5 with prior chances)."""
    q = {a.address_id: START[a.grade] for a in case.facts.addresses}
    for c in visits(case):
        if not q:
            continue
        where = c.address_id or sorted(q, key=lambda k: -q[k])[0]
        local = c.at.astimezone(case.zone)
        band = 0 if local.hour < 12 else 1 if local.hour < 17 else 2 if local.hour < 19 else 3
        a = AT_HOME[local.isoweekday() > 5][band]
        if c.code == "VIS-NC":
            q[where] = q[where] * (1 - a) / (1 - q[where] * a)
        elif c.code == "VIS-RPC":
            q[where] = 0.99
        elif c.code in ("VIS-ADR-BAD", "VIS-MOVED"):
            q[where] = 0.05
    return q


def untried(case: Case) -> bool:
    """Not enough has failed: no three unanswered calls, nor two and silence, nor a failure, nor a
    meeting, nor a broken promise, since the last payment or kept promise."""
    if not case.visit:
        return False
    if case.land.missed and not missed(case):
        return True
    restarts = [p.at for p in case.facts.payments if p.at <= case.known]
    restarts += [p.made_at for p, _, kept in words(case) if kept]
    restart = max(restarts, default=datetime(1970, 1, 1, tzinfo=case.zone))
    for p, paid in unkept(case):
        lately = 2 <= (case.today - p.due).days < 45
        if paid <= 0 and lately and case.midnight(p.due + 2 * DAY) > restart:
            return False
    ages = [((case.today - case.day_of(c.at)).days, c) for c in case.contacts if c.at > restart]
    calls = ("CALL-NA", "CALL-BUSY", "CALL-OFF", "CALL-REJ")
    unanswered = sum(age < 21 and c.code in calls for age, c in ages)
    talked = any(age <= 14 and c.code in ("CALL-RPC", "VIS-RPC", "MSG-REPLY") for age, c in ages)
    failure = any(
        age < 45 and (c.code in ("CALL-INV", "VIS-REFUSE") or c.result == "OUT-RTP")
        for age, c in ages
    )
    met = any(c.code == "VIS-RPC" for _, c in ages)
    return not (unanswered >= 3 or (unanswered >= 2 and not talked) or failure or met)


def missed(case: Case) -> bool:
    """On the last days agreed for a visit the person was not met."""
    days = {a.day for a in consents(case) if a.day is not None and a.day < case.today}
    last = sorted(days)[-case.land.missed :]
    met = {case.day_of(c.at) for c in case.contacts if c.code == "VIS-RPC"}
    return len(last) == case.land.missed and not met & set(last)


Spans = list[tuple[datetime, datetime]]


def covers(spans: Spans, case: Case) -> bool:
    """The contact lies wholly inside the union of spans, and begins before its end."""
    reach = None
    for a, b in sorted(spans):
        if a >= b or b <= case.begin:
            continue
        if reach is None and a <= case.begin:
            reach = b
        elif reach is not None and a <= reach:
            reach = max(reach, b)
    return reach is not None and case.begin < reach and case.leave <= reach


def unannounced(case: Case) -> bool:
    """The visit was not announced the needed hours before."""
    if not (case.visit and case.land.notice):
        return False
    told = [n for n in case.facts.notices if n.at <= case.known]
    return not covers([(max(n.start, n.at + case.land.notice * HOUR), n.end) for n in told], case)


def agreed(case: Case) -> Spans:
    """Hours agreed for this channel and day."""
    found = []
    for a in case.facts.agreements:
        lasts = a.at <= case.known and (a.ended is None or a.ended > case.known)
        suits = a.weekday in (0, case.today.isoweekday()) and a.day in (None, case.today)
        if a.channel is case.channel and lasts and suits and a.start < a.end:
            found.append(span(case, a.start, a.end))
    return found


def span(case: Case, start: int, end: int) -> tuple[datetime, datetime]:
    """A span of the person's clock on the day, minutes after midnight. Where clocks are set and a
    time comes twice or never, the later beginning and the earlier end count."""
    return max(clock(case, start)), min(clock(case, end))


def clock(case: Case, minutes: int) -> list[datetime]:
    """The moments that a time on the person's wall may mean."""
    day = case.today + timedelta(days=minutes // 1440)
    wall = datetime.combine(day, time(minutes // 60 % 24, minutes % 60), case.zone)
    return [wall.replace(fold=fold).astimezone(UTC) for fold in (0, 1)]


def closed(case: Case) -> bool:
    """Outside the hours of the law or of the house, on this kind of day."""
    kind = kind_of_day(case.land, case.today)
    word = agreed(case)
    rules = case.land.hours(case.channel.value, case.today, only_work(case))
    for hours, lifted in rules:
        usual = hours.get(kind)
        if lifted and word:
            spans = word
        elif usual is None:
            return True
        else:
            spans = [span(case, round(usual[0] * 60), round(usual[1] * 60))]
        if not covers(spans, case):
            return True
    return False


def only_work(case: Case) -> bool:
    """Workplaces are the only places left for a visit."""
    kinds = {a.kind for a in permitted(case) if a.valid and located(a)}
    return kinds == {AddressKind.WORK}
