"""An accepted next step as a wish of the plan: its day and part of the day weigh a little more.

The wish is money in the search alone, like waiting: no rule follows from it, whoever the rules bar
is no candidate, and a better round goes before.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, time
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


def with_step_wishes(
    problem: Problem, task: DayProblem, ranking: Ranking, zone: str, steps: Iterable[Step]
) -> Problem:
    """`problem` of the search with a prize on top in the wished part of the day.

    `steps` of other days, and those that are no visit, count for nothing. `zone` is that of the
    workspace.
    """
    ids = ranking.table.debtor_ids
    wished = {
        one.debtor_id: one.part
        for one in steps
        if one.means is Means.VISIT and one.day == ranking.day
    }
    mine = {k: wished[ids[c.row]] for k, c in enumerate(task.candidates) if ids[c.row] in wished}
    if not mine:
        return problem
    start = day_start(ranking.day, zone)
    w = problem.windows
    rows: list[Row] = []
    for row in zip(*(c.tolist() for c in (w.visit, w.day, w.open, w.close, w.prize)), strict=True):
        k = row[0]
        if k not in mine:
            rows.append(row)
            continue
        name = ranking.table.zones[ranking.table.zone[task.candidates[k].row]] or zone
        begin, end = _span(mine[k], ranking, ZoneInfo(name), start)
        rows += _split(row, begin, end, max(LEAST, round(SHARE * task.candidates[k].value)))
    visit, day, opens, closes, prize = (np.array(c) for c in zip(*rows, strict=True))
    windows = Windows(
        visit.astype(np.int32), day.astype(np.int32), opens.astype(np.int32),
        closes.astype(np.int32), prize.astype(np.int64),
    )  # fmt: skip
    return replace(problem, windows=windows)


def _span(part: int, ranking: Ranking, zone: ZoneInfo, start: int) -> tuple[int, int]:
    """The part of the day as seconds of the problem, half-open."""
    if part == ANY_PART:
        return -(2**30), 2**30
    first = instant(datetime.combine(ranking.day, time(BAND_STARTS[part]), zone)) - start
    return first, first + (BAND_STARTS[part + 1] - BAND_STARTS[part]) * 3600


def _split(row: Row, begin: int, end: int, wish: int) -> list[Row]:
    """A window before, within and after the wished span; together they are the window."""
    visit, day, opens, closes, prize = row
    pieces = (
        (opens, min(closes, begin - 1), 0),
        (max(opens, begin), min(closes, end - 1), wish),
        (max(opens, end), closes, 0),
    )
    return [(visit, day, a, b, prize + more) for a, b, more in pieces if a <= b]
