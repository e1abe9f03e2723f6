"""In which plans a person stood: looked up in the kept versions, of which none is remembered."""

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby

from planner.domain.plan import Plan, Route, Stop
from planner.store.driver import Connection
from planner.store.plans import load_plan, read_body

# How a stop of the person begins in a stored plan; who is left out stands there in another way.
_STOP = '{"debtor":"%s","cases":'


@dataclass(frozen=True, slots=True)
class Stood:
    """A person's place in the plan of a day: the last version with it.

    `kept`: the plan that counts for the day still has it. `versions` of the day had it; `number`
    in the round. The rules' and the ranking's versions are those of that plan.
    """

    day: date
    made_at: datetime
    plan_id: str
    crew: str
    number: int
    start: datetime
    versions: int
    kept: bool
    policy: str
    ranking: str
    reason: str


def stood(conn: Connection, debtor_id: str) -> list[Stood]:
    """Every day on which the person stood in a plan, the oldest first."""
    rows = conn.execute(
        "SELECT day, body FROM plan WHERE instr(body, ?) > 0 ORDER BY day, version",
        (_STOP % debtor_id,),
    ).fetchall()
    found = []
    for _, group in groupby(rows, key=lambda row: row[0]):
        plans = [plan for _, body in group if (plan := read_body(body)) is not None]
        if plans:
            found.append(_stood(conn, debtor_id, plans))
    return found


def plan_ids(conn: Connection, debtor_id: str) -> set[str]:
    """The ids of all plans in which the person stood in some version."""
    return {
        one
        for (one,) in conn.execute(
            "SELECT DISTINCT plan_id FROM plan WHERE instr(body, ?) > 0", (_STOP % debtor_id,)
        )
    }


def _stood(conn: Connection, debtor_id: str, plans: list[Plan]) -> Stood:
    last = plans[-1]
    route, number, stop = _place(last, debtor_id)
    now = load_plan(conn, last.day)
    there = now is not None and any(
        one.debtor_id == debtor_id for each in now.routes for one in each.stops
    )
    return Stood(
        last.day, last.made_at, last.plan_id, route.crew, number, stop.start, len(plans), there,
        last.policy_version, last.ranking_version, last.reason,
    )  # fmt: skip


def _place(plan: Plan, debtor_id: str) -> tuple[Route, int, Stop]:
    return next(
        (route, number, stop)
        for route in plan.routes
        for number, stop in enumerate(route.stops, 1)
        if stop.debtor_id == debtor_id
    )
