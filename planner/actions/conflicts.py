"""Why somebody who has to be visited is not in the plan: the conflict in figures.

Code MUST_CONFLICT with "by": which of these stands in the way, the first that does.

hours   window, minutes: within these hours there is no permitted time for a visit of that length
barred  rule (id): a rule forbids any visit on the day
place   no permitted address, or not the one agreed
skill   window, skill: what no crew of the day can do
crew    window: no crew of the day is as many as the rules demand
absent  window: no crew that may go there makes any further stop on the day
past    window: it is over already
reach   window, crew, short_seconds: even a crew that does nothing else comes too late
stop    window, crew, short_seconds, stop (debtor id), stop_window: the best crew is needed there
shift   window, crew, short_seconds: the best crew would break the bounds of its shift
search  window: the search ended before a way was found

`window` is "10:00-11:30" on the clock of the workspace: the hours agreed, or those permitted.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from planner.actions.appointments import Appointment
from planner.actions.day_problem import DayProblem
from planner.actions.rank import Ranking
from planner.actions.visit_rows import VisitTerms, visit_terms
from planner.domain.facts import instant
from planner.domain.plan import Unserved
from planner.domain.work import HOUR
from planner.routing.retime import Retimed, retime
from planner.routing.solve import Solution

CODE = "MUST_CONFLICT"


@dataclass(frozen=True)
class _Try:
    """A visit put into a crew's round: by how much what fails, and because of which stop."""

    short: int
    crew: int
    visit: int
    stop: int | None
    window: bool  # a window is missed, not a bound of the shift


def must_conflicts(ranking: Ranking, task: DayProblem, solution: Solution) -> list[Unserved]:
    """Everybody who has to be visited on the day and is not in `solution`, with the conflict."""
    served = {task.candidates[s.visit].row for route in solution.routes for s in route.stops}
    terms = visit_terms(ranking, task.crews)
    ids = ranking.table.debtor_ids
    return [
        Unserved(ids[row], CODE, _conflict(ranking, task, solution, terms, row, agreed))
        for row, agreed in sorted(terms.appointments.items())
        if row not in served
    ]


def _conflict(
    ranking: Ranking,
    task: DayProblem,
    solution: Solution,
    terms: VisitTerms,
    row: int,
    agreed: Appointment,
) -> dict[str, Any]:
    hours = agreed.spans or [(a, b) for a, b in ranking.verdicts.windows[row].tolist() if a < b]
    spans = _spans(task, hours)
    window = {"window": ", ".join(_clock(task, *span) for span in spans)}
    longest = ranking.policy.visit_seconds
    if spans and all(b - a < longest for a, b in spans):  # then no rule on hours has any left
        return {"by": "hours", "minutes": longest // 60, **window}
    if not ranking.verdicts.eligible[row]:
        return {"by": "barred", "rule": ranking.rule(row) or ""}
    visits = [k for k, one in enumerate(task.candidates) if one.row == row]
    visits = [k for k in visits if agreed.at(task.candidates[k].address)]
    if not visits:
        return {"by": "place"}
    if terms.missing(row):
        return {"by": "skill", "skill": ", ".join(terms.missing(row)), **window}
    if not terms.crews(row):
        return {"by": "crew", **window}
    problem = task.problem
    visits = [k for k in visits if (problem.windows.visit == k).any()]
    earliest = min(shift.earliest for shift in problem.shifts)
    if not visits:
        over = bool(spans) and max(b for _, b in spans) <= earliest
        why = {"by": "past"} if over else {"by": "hours", "minutes": longest // 60}
        return {**why, **window}
    found = _blocked(task, solution, visits, spans) | window
    if "row" in found:
        found["stop"] = ranking.table.debtor_ids[found.pop("row")]
    return found


def _blocked(
    task: DayProblem, solution: Solution, visits: list[int], spans: list[tuple[int, int]]
) -> dict[str, Any]:
    """What keeps the best crew from making one of `visits`."""
    problem = task.problem
    routes = {route.shift: [s.visit for s in route.stops] for route in solution.routes}
    alone: list[_Try] = []
    among: list[_Try] = []
    for visit in visits:
        for k, shift in enumerate(problem.shifts):
            if not problem.allowed[visit, k]:
                continue
            alone.append(_tried(task, k, visit, retime(problem, k, [visit])))
            fixed = [v for v in routes.get(k, []) if problem.mandatory[v] or v in shift.pinned]
            tries = [retime(problem, k, [*fixed[:at], visit, *fixed[at:]])
                     for at in range(len(fixed) + 1)]  # fmt: skip
            among.append(min((_tried(task, k, visit, one) for one in tries), key=lambda t: t.short))
    free = {(one.crew, one.visit) for one in alone if one.short <= 0}
    if not alone:  # those who might go make no further stop today
        return {"by": "absent"}
    if not free:
        best = min(alone, key=lambda one: one.short)
        past = bool(spans) and max(b for _, b in spans) <= problem.shifts[best.crew].earliest
        by = "past" if past else "reach" if best.window else "shift"
        return {"by": by, **_figures(task, best)}
    best = min((t for t in among if (t.crew, t.visit) in free), key=lambda one: one.short)
    if best.short <= 0:
        return {"by": "search"}
    if best.stop is None:
        return {"by": "shift", **_figures(task, best)}
    times = [
        _clock(task, s.start, s.leave) for r in solution.routes for s in r.stops
        if s.visit == best.stop
    ]  # fmt: skip
    other = {"row": task.candidates[best.stop].row, "stop_window": ", ".join(times)}
    return {"by": "stop", **other, **_figures(task, best)}


def _tried(task: DayProblem, crew: int, visit: int, timed: Retimed) -> _Try:
    """What is wrong with a round that has `visit` in it; short <= 0: nothing."""
    if not timed.faults:
        return _Try(0, crew, visit, None, False)
    order = [stop.visit for stop in timed.route.stops]
    worst = max(timed.faults, key=lambda one: int(one.params.get("seconds", 1)))
    short = max(1, sum(int(one.params.get("seconds", 1)) for one in timed.faults))
    missed = worst.code == "engine.window"
    other: int | None = None
    if len(order) > 1:
        named = task.problem.ids.index(worst.params["visit"]) if "visit" in worst.params else visit
        at = order.index(visit)
        near = order[at - 1] if at else order[at + 1]
        other = near if named == visit else named
    return _Try(short, crew, visit, other, missed)


def _figures(task: DayProblem, one: _Try) -> dict[str, Any]:
    return {"crew": task.crews[one.crew].name, "short_seconds": one.short}


def _spans(task: DayProblem, hours: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Hours (instants) in seconds of the task's day."""
    start = instant(task.midnight.replace(hour=12)) - 12 * HOUR  # as `day_start` counts them
    return [(a - start, b - start) for a, b in hours]


def _clock(task: DayProblem, begin: int, end: int) -> str:
    """ "10:00-11:30" of seconds of the task's day; what lies beyond the day ends with it."""
    first, last = (
        task.midnight + timedelta(seconds=min(max(0, at), 24 * HOUR)) for at in (begin, end)
    )
    return f"{first:%H:%M}-{last:%H:%M}" if end < 24 * HOUR else f"{first:%H:%M}-24:00"
