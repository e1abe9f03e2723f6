"""What happened in the last sixty days: one story per person, told as rows of a history file.

Everything keeps the house rules for China: calls 09:00-20:00 and visits within the crews' shifts,
on workdays, one visit a day, at most three calls a day, no contact while something pauses it.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from planner.demo.calendar import is_workday, workdays_before
from planner.demo.crews import DemoCrew
from planner.demo.people import Person

SPAN = 60  # days
ANY = "无人 无人 无人 见到家人 见到本人"
MISSED = "无人 无人 见到家人"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the history; `amount` in fen, 0 = none."""

    at: datetime
    kind: str
    result: str
    lender: str
    contract: str
    outcome: str = ""
    phone: str = ""
    amount: int = 0
    due: date | None = None
    by: str = ""
    leave: datetime | None = None


class Teller:
    """Tells the stories of all people; crews never are at two doors at once."""

    def __init__(self, rng: random.Random, crews: list[DemoCrew], today: date) -> None:
        self._rng = rng
        self._crews = crews
        self._today = today
        self._days = workdays_before(today, SPAN)
        self._taken: set[tuple[str, date, int]] = set()
        self.rows: list[Row] = []
        self._who: Person

    def tell(self, person: Person) -> None:
        """Add the rows of one person."""
        self._who = person
        STORIES[person.situation](self)

    # -- days -------------------------------------------------------------------------------

    def back(self, low: int, high: int) -> date:
        """A workday `low` to `high` days before today (the nearest earlier one if none is)."""
        within = [d for d in self._days if low <= (self._today - d).days <= high]
        if within:
            return self._rng.choice(within)
        earlier = [d for d in self._days if (self._today - d).days >= low]
        return earlier[0] if earlier else self._days[-1]

    def several(self, count: int, low: int, high: int) -> list[date]:
        """Up to `count` different workdays of that span, earliest first."""
        within = [d for d in self._days if low <= (self._today - d).days <= high]
        return sorted(self._rng.sample(within, min(count, len(within))))

    def chance(self, share: float) -> bool:
        """True with this probability."""
        return self._rng.random() < share

    def _clock(self, day: date, first: int = 9 * 60, last: int = 19 * 60 + 40) -> datetime:
        minute = self._rng.randrange(first, last)
        return datetime.combine(day, time(minute // 60, minute % 60))

    # -- rows -------------------------------------------------------------------------------

    def call(self, day: date, result: str, outcome: str = "", phone: int = 0) -> datetime:
        """A call; the answering person or the reason there was none in `result`."""
        at = self._clock(day)
        who = self._who
        number = who.phones[phone % len(who.phones)]
        clerk = f"坐席{self._rng.randrange(1, 7):02d}"
        self._add(Row(at, "电话", result, *self._loan(), outcome, number, by=clerk))
        return at

    def no_answer(self, day: date) -> None:
        """A call that reached nobody."""
        result = self._rng.choices(("无人接听", "关机", "忙线", "拒接"), (70, 12, 9, 9))[0]
        self.call(day, result, phone=self._rng.randrange(2))

    def message(self, day: date) -> None:
        """A text message."""
        self._add(Row(self._clock(day), "短信", "已发送", *self._loan(), phone=self._who.phones[0]))

    def visit(self, day: date, result: str, outcome: str = "") -> datetime | None:
        """A visit by a crew that is free then; None when all are busy that day."""
        crews = [c for c in self._crews if day.isoweekday() in c.weekdays]
        self._rng.shuffle(crews)
        slots = list(range(11 if day.isoweekday() < 6 else 9))
        self._rng.shuffle(slots)
        for crew in crews:
            for slot in slots:
                if (crew.crew_id, day, slot) in self._taken:
                    continue
                minute = max(crew.start, 9 * 60) + 15 + slot * 45 + self._rng.randrange(8)
                stay = (
                    self._rng.randrange(14, 32) if "本人" in result else self._rng.randrange(5, 11)
                )
                if minute + stay > min(crew.end, 18 * 60 if day.isoweekday() == 6 else 20 * 60):
                    continue
                self._taken.add((crew.crew_id, day, slot))
                at = datetime.combine(day, time(minute // 60, minute % 60))
                staff = "、".join(crew.members)
                leave = at + timedelta(minutes=stay)
                self._add(Row(at, "外访", result, *self._loan(), outcome, by=staff, leave=leave))
                return at
        return None

    def promise(self, day: date, due: date, *, at_door: bool = False) -> int:
        """A talk that ends in a promise; the amount in fen, whole tens of yuan."""
        who = self._who
        share = self._rng.choice((0.1, 0.2, 0.3, 0.5, 1.0))
        amount = max(20_000, min(who.amount, int(who.amount * share)) // 1000 * 1000)
        at = self.visit(day, "见到本人", "承诺还款") if at_door else None
        if at is None:
            at = self.call(day, "本人接通", "承诺还款")
        later = at + timedelta(minutes=2)
        self._add(Row(later, "承诺", "", *self._loan(), amount=amount, due=due))
        return amount

    def payment(self, day: date, amount: int) -> None:
        """Money that arrived."""
        at = self._clock(day, 8 * 60, 22 * 60)
        self._add(Row(at, "还款", "", *self._loan(), amount=amount))

    def hold(self, day: date, reason: str, until: date | None = None) -> None:
        """Contact pauses from that day on."""
        self._add(Row(self._clock(day, 540, 600), "暂停", reason, *self._loan(), due=until))

    def workday_after(self, days: int) -> date:
        """The first workday at least `days` days after today."""
        day = self._today + timedelta(days=days)
        while not is_workday(day):
            day += timedelta(days=1)
        return day

    def _loan(self) -> tuple[str, str]:
        """Lender and contract under which a person's contacts are noted."""
        return self._who.loans[0].lender, self._who.loans[0].contract

    def _add(self, row: Row) -> None:
        self.rows.append(row)

    def overdue_on(self, day: date) -> bool:
        """Whether the person's oldest loan was overdue by then: nobody is called before."""
        return self._overdue_days(day) > 0

    def old_visit(self, share: float, results: str) -> None:
        """Perhaps a visit more than a month ago, with one of the results."""
        day = self.back(33, 56)
        if self.chance(share) and self._overdue_days(day) > 40:
            self.visit(day, self._rng.choice(results.split()))

    def _overdue_days(self, day: date) -> int:
        return max(loan.days for loan in self._who.loans) - (self._today - day).days

    def earlier_calls(self, before: int) -> None:
        """Some calls and messages of the weeks before, as far as the loan was overdue then."""
        for day in self.several(self._rng.randrange(0, 4), before, SPAN):
            if self.overdue_on(day):
                if self.chance(0.35):
                    self.call(day, "本人接通", self._rng.choice(("", "困难", "")))
                elif self.chance(0.5):
                    self.no_answer(day)
                else:
                    self.message(day)


def _unreached(t: Teller) -> None:
    t.old_visit(0.75, ANY)
    t.earlier_calls(26)
    for day in t.several(3 + t.chance(0.5) + t.chance(0.2), 1, 17):
        t.no_answer(day)
    if t.chance(0.5):
        t.message(t.back(1, 17))


def _broken(t: Teller) -> None:
    t.old_visit(0.6, ANY)
    t.earlier_calls(32)
    if t.chance(0.3):
        first = t.back(36, 44)
        if t.overdue_on(first):
            t.promise(first, first + timedelta(days=4))
    made = t.back(14, 27)
    paid = t.promise(made, made + timedelta(days=t._rng.randrange(3, 8)))
    if t.chance(0.2):
        t.payment(made, max(10_000, paid // 5))
    for day in t.several(t._rng.randrange(0, 3), 1, 5):
        t.no_answer(day)


def _dead_number(t: Teller) -> None:
    t.old_visit(0.7, ANY)
    t.earlier_calls(30)
    day = t.back(3, 24)
    for phone in range(2):
        t.call(day, "空号" if t.chance(0.6) else "停机", phone=phone)


def _refused(t: Teller) -> None:
    t.old_visit(0.6, ANY)
    t.earlier_calls(34)
    t.call(t.back(5, 28), "本人接通", "拒绝还款")
    if t.chance(0.4):
        t.no_answer(t.back(1, 4))


def _missed(t: Teller) -> None:
    t.earlier_calls(30)
    for day in t.several(3, 13, 19):
        t.no_answer(day)
    t.visit(t.back(6, 11), "无人")
    for day in t.several(2, 1, 4):
        t.no_answer(day)


def _met_long_ago(t: Teller) -> None:
    day = t.back(14, 29)
    t.call(t.back(32, 40), "本人接通", "拒绝还款")
    if t.chance(0.5):
        t.promise(day, day + timedelta(days=5), at_door=True)
    else:
        t.visit(day, "见到本人", "拒绝还款")
    t.no_answer(t.back(1, 6))


def _live_promise(t: Teller) -> None:
    t.old_visit(0.45, ANY)
    t.earlier_calls(12)
    t.promise(t.back(1, 7), t.workday_after(t._rng.randrange(3, 10)), at_door=t.chance(0.15))


def _met_lately(t: Teller) -> None:
    for day in t.several(3, 8, 20):
        t.no_answer(day)
    t.visit(t.back(1, 4), "见到本人", t._rng.choice(("拒绝还款", "", "困难", "声称已还")))


def _missed_lately(t: Teller) -> None:
    for day in t.several(3, 4, 16):
        t.no_answer(day)
    t.visit(t.back(1, 1), "无人" if t.chance(0.7) else "见到家人")


def _new(t: Teller) -> None:
    if t.chance(0.5):
        day = t.back(1, 3)
        if t.overdue_on(day):
            t.message(day)


def _talked(t: Teller) -> None:
    t.old_visit(0.5, MISSED)
    t.earlier_calls(24)
    day = t.back(2, 12)
    if not t.overdue_on(day):
        day = t.back(1, 3)
    t.call(day, "本人接通", t._rng.choices(("", "困难", "声称已还"), (75, 15, 10))[0])
    if t.chance(0.4):
        t.no_answer(t.back(1, 2))


def _tried_once(t: Teller) -> None:
    t.old_visit(0.5, MISSED)
    day = t.back(1, 6)
    t.no_answer(day)
    if t.chance(0.4):
        t.message(day)


def _paid_lately(t: Teller) -> None:
    t.old_visit(0.3, MISSED)
    for day in t.several(2, 22, 40):
        if t.overdue_on(day):
            t.no_answer(day)
    made = t.back(9, 20)
    if t.overdue_on(made):
        amount = t.promise(made, made + timedelta(days=4))
        t.payment(min(made + timedelta(days=3), t.back(1, 1)), amount)
    else:
        t.payment(t.back(1, 3), 50_000)


def _dispute(t: Teller) -> None:
    day = t.back(3, 18)
    t.call(day, "本人接通", "异议")
    t.hold(t.back(2, 2), "异议")


def _complaint(t: Teller) -> None:
    for day in t.several(3, 20, 34):
        t.no_answer(day)
    t.call(t.back(4, 15), "本人接通", "投诉")
    t.hold(t.back(2, 3), "投诉")


def _plan(t: Teller) -> None:
    day = t.back(32, 45)
    t.call(day, "本人接通", "协商还款")
    t.hold(day, "分期", t._today + timedelta(days=150))
    t.payment(t.back(3, 12), max(30_000, t._who.amount // 12 // 100 * 100))


def _hardship_met(t: Teller) -> None:
    for day in t.several(3, 32, 45):
        t.no_answer(day)
    t.visit(t.back(18, 29), "见到本人", "困难")
    for day in t.several(3, 1, 12):
        t.no_answer(day)


def _quiet(t: Teller) -> None:
    t.old_visit(0.4, MISSED)
    t.earlier_calls(28)


def _moved(t: Teller) -> None:
    for day in t.several(3, 12, 20):
        t.no_answer(day)
    t.visit(t.back(6, 10), "已搬离" if t.chance(0.6) else "地址错误")
    for day in t.several(2, 1, 4):
        t.no_answer(day)


def _settled(t: Teller) -> None:
    t.old_visit(0.5, MISSED)
    t.earlier_calls(30)
    t.payment(t.back(2, 15), t._who.amount)


STORIES: dict[str, Callable[[Teller], None]] = {
    "unreached": _unreached, "broken": _broken, "dead_number": _dead_number, "refused": _refused,
    "missed": _missed, "met_long_ago": _met_long_ago, "live_promise": _live_promise,
    "met_lately": _met_lately, "missed_lately": _missed_lately, "new": _new, "talked": _talked,
    "tried_once": _tried_once, "paid_lately": _paid_lately, "dispute": _dispute,
    "complaint": _complaint, "plan": _plan, "hardship_met": _hardship_met, "deceased": _quiet,
    "no_visit": _quiet, "minor": _quiet, "insolvency": _quiet, "represented": _quiet,
    "no_position": _unreached, "moved": _moved, "settled": _settled, "withdrawn": _quiet,
}  # fmt: skip
