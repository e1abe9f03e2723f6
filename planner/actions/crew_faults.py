"""What a round would break of its crew's own terms, and of what was agreed with people."""

import math
from typing import Any

from planner.actions.appointments import appointments
from planner.actions.day_problem import DayProblem
from planner.actions.rank import Ranking
from planner.domain.people import Crew
from planner.domain.work import missing_skills
from planner.routing.retime import Retimed

BOUNDS = {"engine.duration": "LONG", "engine.driving": "DRIVING", "engine.break": "BREAK"}
# What speaks against a route that a laptop submitted (take_over).
TAKEN_CODES = ("NO_CASE", "NOT_THEIRS", "ELSEWHERE", "OTHER_DAY", "NO_ADDRESS", "KEPT_STOP")
CREW_CODES = frozenset(
    {
        "NO_SKILL",
        "NOT_WHOLE",
        "NOT_OWN",
        "APPOINTMENT",
        "DOOR",
        "PAST",
        *BOUNDS.values(),
        *TAKEN_CODES,
    }
)  # all with words under "edit.<code>"


def crew_faults(
    ranking: Ranking, task: DayProblem, timed: Retimed, crew: Crew
) -> list[tuple[str, dict[str, Any]]]:
    """(code, figures) of every fault, each with "crew" (name):

    NOT_WHOLE (debtor: a part of the history has not arrived), NO_SKILL (debtor, skill), NOT_OWN
    (debtor, collector: who has the person is not in the crew or away), APPOINTMENT (debtor:
    not at the time agreed), LONG and DRIVING (minutes beyond the longest shift or driving time),
    BREAK (no time for it).
    """
    found: list[tuple[str, dict[str, Any]]] = []
    ids = ranking.table.debtor_ids
    agreed = appointments(ranking)
    for stop in timed.route.stops:
        one = task.candidates[stop.visit]
        if ids[one.row] in ranking.partial:
            found.append(("NOT_WHOLE", {"debtor": ids[one.row], "crew": crew.name}))
        needs = ranking.needs.get(ids[one.row], ())
        if missing := missing_skills(needs, crew.work.skills, len(crew.members)):
            told = {"debtor": ids[one.row], "skill": ", ".join(missing)}
            found.append(("NO_SKILL", told | {"crew": crew.name}))
        collector = ranking.assigned.get(ids[one.row], "")
        if collector and collector not in {member.collector_id for member in crew.members}:
            name = ranking.staff.get(collector, collector)
            told = {"debtor": ids[one.row], "collector": name, "crew": crew.name}
            found.append(("NOT_OWN", told))
    for fault in timed.faults:
        if fault.code in BOUNDS:
            minutes = math.ceil(int(fault.params.get("seconds", 0)) / 60)
            found.append((BOUNDS[fault.code], {"crew": crew.name, "minutes": minutes}))
        elif fault.code == "engine.window":
            row = task.candidates[task.problem.ids.index(fault.params["visit"])].row
            if row in agreed and agreed[row].spans:
                found.append(("APPOINTMENT", {"debtor": ids[row], "crew": crew.name}))
    return found
