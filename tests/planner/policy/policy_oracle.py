"""The contact rules once more, written from their text alone and sharing no code with the program.

For people in China in 2026. `bars` names the first gate that forbids a visit at a moment, in the
words of the specification: G1 to G10, "data", or None. Times are China's, eight hours east of UTC.
"""

from datetime import date, datetime, time, timedelta, timezone

from planner.domain.codes import AddressKind, Flag, Grade, HoldKind
from planner.domain.facts import PersonFacts
from planner.domain.people import Contact

CHINA = timezone(timedelta(hours=8))
DAY = timedelta(days=1)

# The public holidays of 2026 and the weekend days worked in exchange.
HOLIDAYS = (
    ("01-01", 3), ("02-15", 9), ("04-04", 3), ("05-01", 5),
    ("06-19", 3), ("09-25", 3), ("10-01", 7),
)  # fmt: skip

STANDING = (
    Flag.DECEASED, Flag.MINOR, Flag.INSOLVENCY, Flag.DO_NOT_VISIT, Flag.CEASE, Flag.REPRESENTED,
    Flag.VULNERABLE, Flag.HOSPITAL,
)  # fmt: skip
PAUSING = {
    HoldKind.DISPUTE: ("OUT-DISP", "OUT-CTP"),
    HoldKind.COMPLAINT: ("OUT-CMPL",),
    HoldKind.LEGAL: (),
    HoldKind.ILLNESS: (),
    HoldKind.SENSITIVE: ("VIS-ABORT-VULN", "VIS-ABORT-MINOR"),
    HoldKind.HARDSHIP: (),
    HoldKind.LEAD: (),
    HoldKind.UNSAFE: ("VIS-ABORT-SAFE",),
}
START = {
    Grade.DOOR: 0.95, Grade.STREET: 0.90, Grade.VILLAGE: 0.80, Grade.TOWNSHIP: 0.50,
    Grade.COUNTY: 0.20, Grade.NONE: 0.0,
}  # fmt: skip
AT_HOME = ((0.40, 0.40, 0.52, 0.62), (0.55, 0.50, 0.57, 0.62))


def holiday(day: date) -> bool:
    """True on a public holiday of 2026."""
    for first, length in HOLIDAYS:
        start = date.fromisoformat(f"2026-{first}")
        if start <= day < start + length * DAY:
            return True
    return False


def opening(day: date) -> tuple[datetime, datetime] | None:
    """The house's visiting hours on `day`: weekdays 9 to 20, Saturday 9 to 18, else none."""
    if holiday(day) or day.isoweekday() == 7:
        return None
    close = 18 if day.isoweekday() == 6 else 20
    return (
        datetime.combine(day, time(9), CHINA),
        datetime.combine(day, time(close), CHINA),
    )


def belief(facts: PersonFacts, known: datetime) -> dict[str, float]:
    """How sure each address is after the visits up to `known` (ranking B5 with prior chances)."""
    q = {a.address_id: START[a.grade] for a in facts.addresses}
    for c in facts.contacts:
        if not c.code.startswith("VIS") or c.at > known or not q:
            continue
        where = c.address_id or sorted(q, key=lambda k: -q[k])[0]
        local = c.at.astimezone(CHINA)
        band = 0 if local.hour < 12 else 1 if local.hour < 17 else 2 if local.hour < 19 else 3
        a = AT_HOME[local.isoweekday() > 5][band]
        if c.code == "VIS-NC":
            q[where] = q[where] * (1 - a) / (1 - q[where] * a)
        elif c.code == "VIS-RPC":
            q[where] = 0.99
        elif c.code in ("VIS-ADR-BAD", "VIS-MOVED"):
            q[where] = 0.05
    return q


def bars(facts: PersonFacts, begin: datetime, leave: datetime, known: datetime) -> str | None:
    """The first gate that forbids the visit [begin, leave) when all up to `known` is known."""
    begin, leave = begin.astimezone(CHINA), leave.astimezone(CHINA)
    today = begin.date()
    contacts = [c for c in facts.contacts if c.at <= known]
    results = {c.result for c in contacts}
    if any(flag in facts.flags for flag in STANDING) or results & {"OUT-CEASE", "OUT-REP"}:
        return "G1"
    if facts.jurisdiction != "CN" or facts.zone != "Asia/Shanghai":
        return "data"
    if any(_held(facts, kind, codes, begin, known) for kind, codes in PAUSING.items()):
        return "G2"
    promises = [
        (p, paid)
        for p, paid in zip(facts.promises, facts.promises_paid, strict=True)
        if p.made_at <= known
    ]
    kept = [p for p, paid in promises if 100 * paid >= 95 * p.amount]
    if any(p not in kept and p.due >= today - DAY for p, _ in promises):
        return "G3"
    if _held(facts, HoldKind.PLAN, ("OUT-PLAN",), begin, known):
        return "G4"
    visits = [c for c in contacts if c.code.startswith("VIS")]
    overdue = (today - facts.overdue_since).days
    most = 2 if overdue < 31 else 3
    if any(v.at.astimezone(CHINA).date() == today for v in visits):
        return "G5"
    if sum(begin - v.at < 30 * DAY for v in visits) >= most:
        return "G5"
    nobody = ("VIS-NC", "VIS-ADR-BAD", "VIS-MOVED")
    if any(begin - v.at < (4 if v.code in nobody else 10) * DAY for v in visits):
        return "G6"
    if any(begin - v.at < rest(facts, v, known) * DAY for v in visits) or full(
        visits, facts, today
    ):
        return "G6"
    met = [v for v in visits if v.code == "VIS-RPC"]
    if met and (Flag.HARDSHIP in facts.flags or "OUT-HARD" in results):
        return "G7"
    if not _reachable(facts, known):
        return "G8"
    restarts = [p.at for p in facts.payments if p.at <= known] + [p.made_at for p in kept]
    restart = max(restarts, default=datetime(1970, 1, 1, tzinfo=CHINA))
    broken = [
        p for p, paid in promises
        if p not in kept and paid <= 0 and 2 <= (today - p.due).days < 45
        and datetime.combine(p.due + 2 * DAY, time(), CHINA) > restart
    ]  # fmt: skip
    if not broken and not _tried([c for c in contacts if c.at > restart], today):
        return "G9"
    hours = opening(today)
    if hours is None or begin < hours[0] or begin >= hours[1] or leave > hours[1]:
        return "G10"
    return None


def rest(facts: PersonFacts, visit: Contact, known: datetime) -> int:
    """Days of rest after a visit: three weeks when paid, two when promised, ten when met, else
    four; half as long again for who paid or kept a promise, two thirds for who evaded."""
    nobody = visit.code in ("VIS-NC", "VIS-ADR-BAD", "VIS-MOVED")
    days, least = (4, 4) if nobody else (10, 10)
    if visit.code == "VIS-RPC":
        days = {"OUT-PAID": 21, "OUT-PTP": 14, "OUT-PLAN": 14}.get(visit.result, 10)
    since = visit.at - 90 * DAY
    words = list(zip(facts.promises, facts.promises_paid, strict=True))
    good = [p.at for p in facts.payments]
    good += [p.made_at for p, paid in words if 100 * paid >= 95 * p.amount]
    if any(since < at <= known for at in good):
        return max(least, (days * 3 + 1) // 2)
    bad = [c.at for c in facts.contacts if c.code == "VIS-REFUSE" or c.result == "OUT-RTP"]
    bad += [
        datetime.combine(p.due + 2 * DAY, time(), CHINA)
        for p, paid in words
        if paid <= 0 and p.made_at <= known
    ]
    if any(since < at <= visit.at for at in bad):
        return max(least, int(days * 67 / 100 + 0.5))
    return days


def full(visits: list[Contact], facts: PersonFacts, today: date) -> bool:
    """The stage holds no more: two visits in the first month, four up to day 90, then six."""
    overdue = (today - facts.overdue_since).days
    first, most = (0, 2) if overdue < 31 else (31, 4) if overdue < 91 else (91, 6)
    begin = facts.overdue_since + timedelta(days=first)
    return sum(v.at.astimezone(CHINA).date() >= begin for v in visits) >= most


def _held(
    facts: PersonFacts, kind: HoldKind, codes: tuple[str, ...], begin: datetime, known: datetime
) -> bool:
    """A hold runs, or was said at a contact in the last 30 days and no hold followed it."""
    holds = [h for h in facts.holds if h.kind is kind and h.start <= known]
    if any(h.until is None or h.until > begin for h in holds):
        return True
    return any(
        begin - c.at < 30 * DAY and not any(h.start >= c.at for h in holds)
        for c in facts.contacts
        if c.at <= known and (c.code in codes or c.result in codes)
    )


def _reachable(facts: PersonFacts, known: datetime) -> bool:
    q = belief(facts, known)
    return any(
        a.valid
        and a.kind in (AddressKind.HOME, AddressKind.REGISTERED)
        and a.lat is not None
        and a.grade is not Grade.NONE
        and q[a.address_id] >= 0.20
        for a in facts.addresses
    )


def _tried(contacts: list, today: date) -> bool:  # type: ignore[type-arg]
    """Enough has failed: three unanswered calls, or two and silence, or a failure, or met."""
    ages = [((today - c.at.astimezone(CHINA).date()).days, c) for c in contacts]
    calls = ("CALL-NA", "CALL-BUSY", "CALL-OFF", "CALL-REJ")
    unanswered = sum(age < 21 and c.code in calls for age, c in ages)
    silent = not any(
        age <= 14 and c.code in ("CALL-RPC", "VIS-RPC", "MSG-REPLY") for age, c in ages
    )
    failure = any(
        age < 45 and (c.code in ("CALL-INV", "VIS-REFUSE") or c.result == "OUT-RTP")
        for age, c in ages
    )
    met = any(c.code == "VIS-RPC" for c in contacts)
    return unanswered >= 3 or (unanswered >= 2 and silent) or failure or met
