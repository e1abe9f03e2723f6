"""An accepted next step as a wish of the plan: its day and part of the day weigh a little more.

Days, weeks and what is planned on at noon heed it. The wish is money in the search alone, like
waiting: no rule follows from it, whoever the rules bar is no candidate, and a better round goes
before.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.day_problem import DayProblem
from planner.actions.rank import Ranking
from planner.actions.visit_rows import day_start
from planner.domain.belief import BAND_STARTS
from planner.domain.facts import instant
from planner.domain.step import ANY_PART, Means, Step
from planner.routing.problem import Problem, Windows

SHARE: Final = 0.15  # of what the visit is worth
LEAST: Final = 500  # minor units
Row = tuple[int, int, int, int, int]  # visit, day, open, close, prize
Span = tuple[int, int, int]  # begin and end (half-open, seconds of the day), the wish in money


def parts_wished(steps: Iterable[Step], day: date) -> dict[str, int]:
    """Part of `day` by debtor id of those who are to be visited then by an accepted step."""
    return {one.debtor_id: one.part for one in steps
            if one.means is Means.VISIT and one.day == day}  # fmt: skip


def with_step_wishes(
    problem: Problem, task: DayProblem, ranking: Ranking, zone: str, steps: Iterable[Step]
) -> Problem:
    """`problem` of the search with a prize on top in the wished part of the day.

    `steps` of other days, and those that are no visit, count for nothing. `zone` is that of the
    workspace.
    """
    ids, wished = ranking.table.debtor_ids, parts_wished(steps, ranking.day)
    return raised(
        problem,
        {
            (k, 0): wish_of(wished[ids[c.row]], ranking, c.row, c.value, zone)
            for k, c in enumerate(task.candidates)
            if ids[c.row] in wished
        },
    )


def raised(problem: Problem, wishes: Mapping[tuple[int, int], Span]) -> Problem:
    """`problem` with the money of `wishes` (by visit and number of the day) on top within their
    spans. Windows are parted, never widened."""
    if not wishes:
        return problem
    w = problem.windows
    rows: list[Row] = []
    for row in zip(*(c.tolist() for c in (w.visit, w.day, w.open, w.close, w.prize)), strict=True):
        wish = wishes.get((row[0], row[1]))
        rows += [row] if wish is None else _split(row, *wish)
    visit, day, opens, closes, prize = (np.array(c) for c in zip(*rows, strict=True))
    windows = Windows(
        visit.astype(np.int32), day.astype(np.int32), opens.astype(np.int32),
        closes.astype(np.int32), prize.astype(np.int64),
    )  # fmt: skip
    return replace(problem, windows=windows)


def wish_of(part: int, ranking: Ranking, row: int, value: int, zone: str) -> Span:
    """The part of the ranking's day in the zone of the person in `row`, as seconds of that day, and
    what it is worth that a visit of `value` (minor units) is made then."""
    money = max(LEAST, round(SHARE * value))
    if part == ANY_PART:
        return -(2**30), 2**30, money
    here = ZoneInfo(ranking.table.zones[ranking.table.zone[row]] or zone)
    first = instant(datetime.combine(ranking.day, time(BAND_STARTS[part]), here))
    first -= day_start(ranking.day, zone)
    return first, first + (BAND_STARTS[part + 1] - BAND_STARTS[part]) * 3600, money


def _split(row: Row, begin: int, end: int, wish: int) -> list[Row]:
    """A window before, within and after the wished span; together they are the window."""
    visit, day, opens, closes, prize = row
    pieces = (
        (opens, min(closes, begin - 1), 0),
        (max(opens, begin), min(closes, end - 1), wish),
        (max(opens, end), closes, 0),
    )
    return [(visit, day, a, b, prize + more) for a, b, more in pieces if a <= b]
