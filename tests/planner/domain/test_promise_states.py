"""The state of promises and instalments, day by day."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.domain.codes import PromiseState
from planner.domain.people import Promise
from planner.domain.promise import first_unkept, first_unkept_rows, promise_states
from planner.store.promises import day_end, paid_towards, window_end

CHINA = ZoneInfo("Asia/Shanghai")
MADE = datetime(2026, 9, 1, 10, 0, tzinfo=CHINA)
P, K, T, B, L = (PromiseState[name] for name in ("PENDING", "KEPT", "PARTLY", "BROKEN", "LAPSED"))


def word(due: str, amount: int = 1000, plan: str = "") -> Promise:
    """A promise of `amount` yuan by a day of 2026."""
    return Promise("", "A", amount * 100, date.fromisoformat(f"2026-{due}"), MADE, plan_id=plan)


def states(
    promises: Sequence[Promise], payments: Sequence[tuple[str, int]], day: str
) -> list[PromiseState]:
    """Their states at the end of a day of 2026; payments are (day, yuan) at noon."""
    today = date.fromisoformat(f"2026-{day}")
    windows = [
        (int(p.made_at.timestamp()), window_end(p.due, today, CHINA), p.due.toordinal(), p.amount)
        for p in promises
    ]
    money = [
        (int(datetime.fromisoformat(f"2026-{at}T12:00+08:00").timestamp()), yuan * 100)
        for at, yuan in payments
    ]
    return list(
        promise_states(promises, paid_towards(windows, money, day_end(today, CHINA)), today)
    )


ONE = [word("09-10")]
PLAN = [word(due, plan="p") for due in ("09-10", "10-12", "11-10")]
TWO = [word("09-10", 500), word("09-20", 500)]


@pytest.mark.parametrize(
    ("promises", "payments", "day", "expected"),
    [
        # Nothing paid: open on its day and on the day of grace, broken after it.
        (ONE, [], "09-09", [P]), (ONE, [], "09-10", [P]), (ONE, [], "09-11", [P]),
        (ONE, [], "09-12", [B]), (ONE, [], "12-31", [B]),
        # In full, on the day itself, on the day of grace, a day too late.
        (ONE, [("09-05", 1000)], "09-05", [K]), (ONE, [("09-10", 1000)], "09-10", [K]),
        (ONE, [("09-11", 1000)], "09-11", [K]), (ONE, [("09-12", 1000)], "09-12", [B]),
        # As known on the day: what comes tomorrow is not known today.
        (ONE, [("09-10", 1000)], "09-09", [P]),
        # Part payments: 95 % is enough, a fen less is not; parts add up.
        (ONE, [("09-10", 950)], "09-12", [K]), (ONE, [("09-10", 949)], "09-12", [T]),
        (ONE, [("09-05", 400)], "09-11", [P]), (ONE, [("09-05", 400)], "09-12", [T]),
        (ONE, [("09-05", 400), ("09-11", 600)], "09-12", [K]),
        # Paid before it was made: not towards it.
        (ONE, [("08-31", 1000)], "09-12", [B]),
        # Over-payment goes to the next one that is open, and is not counted twice.
        (TWO, [("09-05", 800)], "09-12", [K, P]), (TWO, [("09-05", 800)], "09-22", [K, T]),
        (TWO, [("09-05", 1000)], "09-06", [K, K]),
        # Taken back: as if never paid, from the day it went back.
        (ONE, [("09-05", 1000), ("09-08", -1000)], "09-07", [K]),
        (ONE, [("09-05", 1000), ("09-08", -1000)], "09-08", [P]),
        (ONE, [("09-05", 1000), ("09-20", -1000)], "09-19", [K]),
        (ONE, [("09-05", 1000), ("09-20", -1000)], "09-20", [B]),
        (ONE, [("09-05", 1000), ("09-20", -400)], "09-20", [T]),
        (ONE, [("09-05", 700), ("09-06", -700), ("09-10", 1000)], "09-12", [K]),
        # A correction of the amount: taken back and entered anew.
        (ONE, [("09-05", 1000), ("09-06", -1000), ("09-06", 100)], "09-12", [T]),
        # A plan while it is kept.
        (PLAN, [], "09-11", [P, P, P]), (PLAN, [("09-09", 1000)], "09-30", [K, P, P]),
        (PLAN, [("09-09", 1000), ("10-13", 1000)], "10-31", [K, K, P]),
        (PLAN, [("09-09", 1000), ("10-13", 1000), ("11-09", 1000)], "11-20", [K, K, K]),
        # Broken: what was to come after it has lapsed, before and after its day.
        (PLAN, [], "09-12", [B, L, L]), (PLAN, [], "12-31", [B, L, L]),
        (PLAN, [("09-09", 1000)], "10-14", [K, B, L]), (PLAN, [("09-09", 500)], "09-12", [T, L, L]),
        # Over-paid: the next ones are kept ahead of time, and the plan ends early.
        (PLAN, [("09-09", 2500)], "09-10", [K, K, P]), (PLAN, [("09-09", 3000)], "09-10", [K] * 3),
        (PLAN, [("09-09", 2000)], "10-20", [K, K, P]),
        # Paid too late: it counts towards the next, but the plan stays broken.
        (PLAN, [("09-15", 1000)], "09-20", [B, K, L]),
        # An instalment taken back breaks the plan where its grace is over.
        (PLAN, [("09-09", 1000), ("09-20", -1000)], "09-20", [B, L, L]),
        (PLAN, [("09-09", 2000), ("09-20", -1000)], "09-20", [K, P, P]),
    ],
)  # fmt: skip
def test_the_right_state_each_day(
    promises: list[Promise],
    payments: list[tuple[str, int]],
    day: str,
    expected: list[PromiseState],
) -> None:
    """Part payments, over-payments, money taken back, corrections and plans, on each day."""
    assert states(promises, payments, day) == expected


def test_plans_do_not_touch_each_other() -> None:
    """A broken plan lapses alone; another plan and a promise beside it stay open."""
    mine = [word("09-05", plan="p"), word("10-12", plan="p"), word("10-12", plan="q"),
            word("10-15")]  # fmt: skip
    assert states(mine, [], "09-20") == [B, L, P, P]


@given(
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(0, 3), st.integers(1, 28), st.booleans(),
        ),
        max_size=12,
    )
)  # fmt: skip
def test_columns_and_objects_agree_on_who_stands_for_a_plan(
    rows: list[tuple[int, int, int, bool]],
) -> None:
    """The first unkept instalment of each plan, found over many persons at once and one by one."""
    rows.sort(key=lambda row: row[0])
    owner, plan, due, kept = (np.array([row[k] for row in rows], np.int64) for k in range(4))
    found = first_unkept_rows(owner, plan, due, kept.astype(bool)).tolist()
    expected = []
    for who in range(4):
        mine = [row for row in rows if row[0] == who]
        promises = [
            Promise("", "A", 100, date(2026, 9, day), MADE, plan_id=str(plan) if plan else "")
            for _, plan, day, _ in mine
        ]
        expected += first_unkept(promises, [100 * row[3] for row in mine])
    assert found == expected


def test_a_day_of_grace_ends_with_the_day_of_the_person() -> None:
    """Money a second before midnight after the day of grace counts, a second later it does not."""
    end = window_end(date(2026, 9, 10), date(2026, 9, 30), CHINA)
    window = [(int(MADE.timestamp()), end, date(2026, 9, 10).toordinal(), 1000)]
    late = day_end(date(2026, 9, 30), CHINA)
    midnight = datetime(2026, 9, 12, tzinfo=CHINA)
    before = int((midnight - timedelta(seconds=1)).timestamp())
    assert paid_towards(window, [(before, 1000)], late) == [1000]
    assert paid_towards(window, [(int(midnight.timestamp()), 1000)], late) == [0]
