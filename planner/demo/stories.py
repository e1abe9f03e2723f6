"""Rows of a history file, told person by person over the last sixty days.

Everything keeps the house rules for China: calls 09:00-20:00 and visits within the crews' shifts,
on workdays, one visit a day, at most three calls a day, no contact while something pauses it.
"""

import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from planner.demo.calendar import is_workday, workdays_before
from planner.demo.crews import DemoCrew
from planner.demo.people import Person

SPAN = 60  # days


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
        self.rng = rng
        self._crews = crews
        self.today = today
        self._days = workdays_before(today, SPAN)
        self._taken: set[tuple[str, date, int]] = set()
        self.rows: list[Row] = []
        self.person: Person

    def about(self, person: Person) -> "Teller":
        """The same teller; what it tells from now on happened to `person`."""
        self.person = person
        return self

    # -- days -------------------------------------------------------------------------------

    def back(self, low: int, high: int) -> date:
        """A workday `low` to `high` days before today (the nearest earlier one if none is)."""
        within = [d for d in self._days if low <= (self.today - d).days <= high]
        if within:
            return self.rng.choice(within)
        earlier = [d for d in self._days if (self.today - d).days >= low]
        return earlier[0] if earlier else self._days[-1]

    def several(self, count: int, low: int, high: int) -> list[date]:
        """Up to `count` different workdays of that span, earliest first."""
        within = [d for d in self._days if low <= (self.today - d).days <= high]
        return sorted(self.rng.sample(within, min(count, len(within))))

    def chance(self, share: float) -> bool:
        """True with this probability."""
        return self.rng.random() < share

    def _clock(self, day: date, first: int = 9 * 60, last: int = 19 * 60 + 40) -> datetime:
        minute = self.rng.randrange(first, last)
        return datetime.combine(day, time(minute // 60, minute % 60))

    # -- rows -------------------------------------------------------------------------------

    def call(self, day: date, result: str, outcome: str = "", phone: int = 0) -> datetime:
        """A call; the answering person or the reason there was none in `result`."""
        at = self._clock(day)
        who = self.person
        number = who.phones[phone % len(who.phones)]
        clerk = f"坐席{self.rng.randrange(1, 7):02d}"
        self._add(Row(at, "电话", result, *self._loan(), outcome, number, by=clerk))
        return at

    def no_answer(self, day: date) -> None:
        """A call that reached nobody."""
        result = self.rng.choices(("无人接听", "关机", "忙线", "拒接"), (70, 12, 9, 9))[0]
        self.call(day, result, phone=self.rng.randrange(2))

    def message(self, day: date) -> None:
        """A text message."""
        self._add(
            Row(self._clock(day), "短信", "已发送", *self._loan(), phone=self.person.phones[0])
        )

    def visit(self, day: date, result: str, outcome: str = "") -> datetime | None:
        """A visit by a crew that is free then; None when all are busy that day."""
        crews = [c for c in self._crews if day.isoweekday() in c.weekdays]
        self.rng.shuffle(crews)
        slots = list(range(11 if day.isoweekday() < 6 else 9))
        self.rng.shuffle(slots)
        for crew in crews:
            for slot in slots:
                if (crew.crew_id, day, slot) in self._taken:
                    continue
                minute = max(crew.start, 9 * 60) + 15 + slot * 45 + self.rng.randrange(8)
                stay = self.rng.randrange(14, 32) if "本人" in result else self.rng.randrange(5, 11)
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
        who = self.person
        share = self.rng.choice((0.1, 0.2, 0.3, 0.5, 1.0))
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
        day = self.today + timedelta(days=days)
        while not is_workday(day):
            day += timedelta(days=1)
        return day

    def _loan(self) -> tuple[str, str]:
        """Lender and contract under which a person's contacts are noted."""
        return self.person.loans[0].lender, self.person.loans[0].contract

    def _add(self, row: Row) -> None:
        self.rows.append(row)

    def overdue_on(self, day: date) -> bool:
        """Whether the person's oldest loan was overdue by then: nobody is called before."""
        return self._overdue_days(day) > 0

    def old_visit(self, share: float, results: str) -> None:
        """Perhaps a visit more than a month ago, with one of the results."""
        day = self.back(33, 56)
        if self.chance(share) and self._overdue_days(day) > 40:
            self.visit(day, self.rng.choice(results.split()))

    def _overdue_days(self, day: date) -> int:
        return max(loan.days for loan in self.person.loans) - (self.today - day).days

    def earlier_calls(self, before: int) -> None:
        """Some calls and messages of the weeks before, as far as the loan was overdue then."""
        for day in self.several(self.rng.randrange(0, 4), before, SPAN):
            if self.overdue_on(day):
                if self.chance(0.35):
                    self.call(day, "本人接通", self.rng.choice(("", "困难", "")))
                elif self.chance(0.5):
                    self.no_answer(day)
                else:
                    self.message(day)
