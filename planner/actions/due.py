"""What falls due: promises and instalments by day, what is expected this week, what was kept."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import numpy as np
import numpy.typing as npt

from planner.domain.codes import PromiseState
from planner.domain.facts import FactTable, PersonFacts, person
from planner.domain.promise import GRACE, TOLERANCE, first_unkept_rows, promise_states
from planner.store.facts import load_facts
from planner.store.known import load_debtors
from planner.store.store import Store

LOOK_BACK: Final = 30  # days over which the kept share is counted
_AHEAD: Final = 7  # days that are listed, today the first of them


@dataclass(frozen=True, slots=True)
class DueLine:
    """One promise or instalment: `number` of `of` instalments of its plan, 0 of 0 for a promise.

    `paid` counts towards it up to the day asked for; money is minor units.
    """

    debtor_id: str
    name: str
    due: date
    amount: int
    paid: int
    state: PromiseState
    number: int
    of: int

    @property
    def left(self) -> int:
        """What is still to come of it."""
        return max(0, self.amount - self.paid)


@dataclass(frozen=True, slots=True)
class DueList:
    """Open ones by their day, those in grace or broken within LOOK_BACK days (`overdue`) first;
    `lines` are due from `day` to six days after it.

    `expected` and `got`: what is due from Monday to Sunday of the week of `day`, and what was paid
    towards it. `kept` of `judged` promises whose grace ended within LOOK_BACK days were kept.
    """

    day: date
    overdue: tuple[DueLine, ...]
    lines: tuple[DueLine, ...]
    expected: int
    got: int
    kept: int
    judged: int

    @property
    def kept_share(self) -> float | None:
        """Share of the promises that came to their end lately; None without any."""
        return self.kept / self.judged if self.judged else None


def due_list(store: Store, day: date) -> DueList:
    """Promises and instalments of persons with open cases, as of the end of `day`."""
    with store.read() as conn:
        table = load_facts(conn, day, zone=store.zone)
        rows = _near(table, day)
        names = load_debtors(conn, [table.debtor_ids[row] for row in rows])
    people = [person(table, row) for row in rows]
    lines = [line for one in people for line in _lines(one, names[one.debtor_id].name, day)]
    lines.sort(key=lambda one: (one.due, one.debtor_id, one.number))
    back, ahead = day - timedelta(days=LOOK_BACK), day + timedelta(days=_AHEAD)
    monday = day - timedelta(days=day.weekday())
    week = [
        one for one in lines
        if monday <= one.due < monday + timedelta(days=7) and one.state is not PromiseState.LAPSED
    ]  # fmt: skip
    over = [
        one for one in lines
        if back <= one.due < day - GRACE and one.state is not PromiseState.LAPSED
    ]  # fmt: skip
    open_ = [one for one in lines if one.state not in (PromiseState.KEPT, PromiseState.LAPSED)]
    return DueList(
        day,
        tuple(one for one in open_ if back <= one.due < day),
        tuple(one for one in open_ if day <= one.due < ahead),
        sum(one.amount for one in week),
        sum(min(one.amount, one.paid) for one in week),
        sum(one.state is PromiseState.KEPT for one in over),
        len(over),
    )


def due_within(table: FactTable, day: date, last: date) -> npt.NDArray[np.bool_]:
    """Which of the n persons have a promise, not kept by `day` and not over, that is due by
    `last`."""
    owner = np.repeat(np.arange(table.n), np.diff(table.promise_off))
    kept = table.promise_paid >= table.promise_amount * TOLERANCE
    leads = first_unkept_rows(owner, table.promise_plan, table.promise_due, kept)
    fits = leads & (table.promise_due >= (day - GRACE).toordinal())
    fits &= table.promise_due <= last.toordinal()
    found: npt.NDArray[np.bool_] = np.bincount(owner[fits], minlength=table.n) > 0
    return found


def _near(table: FactTable, day: date) -> list[int]:
    """Rows of persons with a promise that is due near `day`."""
    near = np.abs(table.promise_due.astype(np.int64) - day.toordinal()) <= LOOK_BACK + _AHEAD
    owner = np.repeat(np.arange(table.n), np.diff(table.promise_off))
    found: list[int] = np.unique(owner[near]).tolist()
    return found


def _lines(facts: PersonFacts, name: str, day: date) -> list[DueLine]:
    """Every promise of a person."""
    states = promise_states(facts.promises, facts.promises_paid, day)
    plans: dict[str, list[int]] = {}
    for k, one in enumerate(facts.promises):
        if one.plan_id:
            plans.setdefault(one.plan_id, []).append(k)
    place = {k: (n, len(mine)) for mine in plans.values() for n, k in enumerate(mine, 1)}
    rows = zip(facts.promises, facts.promises_paid, states, strict=True)
    return [
        DueLine(facts.debtor_id, name, one.due, one.amount, paid, state, *place.get(k, (0, 0)))
        for k, (one, paid, state) in enumerate(rows)
    ]
