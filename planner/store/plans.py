"""Plans: append-only versions per day, and the JSON shape that files and command line share."""

import json
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from planner.domain.facts import instant
from planner.domain.plan import Because, Lodging, Plan, Route, Stop, Unserved
from planner.store.driver import Connection
from planner.store.store import Writer

_COUNTS = "batch NOT IN (SELECT batch FROM undone WHERE pid = 0)"


def save_plan(tx: Writer, plan: Plan, snapshot: bytes, batch: bytes) -> int:
    """Add a version of the plan of its day; the latest one that is not undone counts.

    `snapshot` is what planning knew (kept as it is); `batch` the unit of undo. Returns the number
    of the version.
    """
    body = json.dumps(plan_to_json(plan), ensure_ascii=False, separators=(",", ":"))
    made = tx.conn.execute(
        "INSERT INTO plan (plan_id, day, made_at, batch, body, snapshot) VALUES (?, ?, ?, ?, ?, ?)",
        (plan.plan_id, plan.day.toordinal(), instant(plan.made_at), batch, body, snapshot),
    ).lastrowid
    return int(made or 0)


def load_plan(conn: Connection, day: date) -> Plan | None:
    """The plan that counts for `day`."""
    return _one(conn, "day = ? ORDER BY version DESC", day.toordinal())


def latest_plan(conn: Connection) -> Plan | None:
    """The plan that was saved last, for whatever day."""
    return _one(conn, "1 ORDER BY version DESC")


def find_plan(conn: Connection, plan_id: str) -> Plan | None:
    """The newest version of the plan with this id that counts."""
    return _one(conn, "plan_id = ? ORDER BY version DESC", plan_id)


def planned_days(conn: Connection) -> list[date]:
    """The days that have a plan, oldest first."""
    return [
        date.fromordinal(day)
        for (day,) in conn.execute(f"SELECT DISTINCT day FROM plan WHERE {_COUNTS} ORDER BY day")
    ]


def visited_in(conn: Connection, first: date, last: date) -> Iterator[tuple[date, frozenset[str]]]:
    """Whom each kept version of a plan from `first` to `last` visits, the latest version first;
    also versions that were undone: paper of theirs may be about."""
    found = conn.execute(
        "SELECT day, body FROM plan WHERE day BETWEEN ? AND ? ORDER BY version DESC",
        (first.toordinal(), last.toordinal()),
    )
    for day, body in found:
        routes = json.loads(body)["routes"]
        ids = frozenset(stop["debtor"] for route in routes for stop in route["stops"])
        yield date.fromordinal(day), ids


def load_snapshot(conn: Connection, plan_id: str) -> bytes | None:
    """What planning knew when this plan was made; an edited version may bring none (b"")."""
    found = conn.execute(
        "SELECT snapshot FROM plan WHERE plan_id = ? ORDER BY length(snapshot) = 0, version DESC",
        (plan_id,),
    ).fetchone()
    return bytes(found[0]) if found else None


def all_plans(conn: Connection) -> Iterator[tuple[int, str]]:
    """Every version with its JSON text, also those undone, for checks."""
    yield from conn.execute("SELECT version, body FROM plan ORDER BY version")


def read_body(body: str) -> Plan | None:
    """The plan in a stored text, None when it is not one."""
    try:
        return plan_from_json(json.loads(body))
    except (KeyError, TypeError, ValueError):
        return None


def _one(conn: Connection, where: str, *params: Any) -> Plan | None:
    found = conn.execute(
        f"SELECT body FROM plan WHERE {_COUNTS} AND {where} LIMIT 1", params
    ).fetchone()
    return plan_from_json(json.loads(found[0])) if found else None


def plan_to_json(plan: Plan) -> dict[str, Any]:
    """The plan as JSON: times ISO 8601 with their offset, money in minor units."""
    return {
        "plan_id": plan.plan_id,
        "date": plan.day.isoformat(),
        "made_at": plan.made_at.isoformat(),
        "routes": [_route_to_json(route) for route in plan.routes],
        "not_planned": [
            {**one.figures, "debtor": one.debtor_id, "reason": one.reason}
            for one in plan.not_planned
        ],
        "totals": {
            "stops": plan.stops,
            "not_planned": len(plan.not_planned),
            "candidates": plan.candidates,
            "objective": plan.objective,
            "value": sum(stop.value for route in plan.routes for stop in route.stops),
            "cost": sum(route.cost for route in plan.routes),
            "metres": sum(route.metres for route in plan.routes),
            "driving": sum(route.driving for route in plan.routes),
            "legs": plan.legs[0],
            "estimated_legs": plan.legs[1],
        },
        "seed": plan.seed,
        "iterations": plan.iterations,
        "policy": plan.policy_version,
        "ranking": plan.ranking_version,
        "reason": plan.reason,
        "because": [
            {"at": one.at.isoformat(), "code": one.code, "crew_id": one.crew_id,
             "figure": one.figure}
            for one in plan.because
        ],
    }  # fmt: skip


def _route_to_json(route: Route) -> dict[str, Any]:
    return {
        "crew": route.crew,
        "crew_id": route.crew_id,
        "members": list(route.members),
        "lat": route.lat,
        "lon": route.lon,
        "depart": route.depart.isoformat(),
        "back": route.back.isoformat(),
        "metres": route.metres,
        "driving": route.driving,
        "cost": route.cost,
        "slept": _lodging_to_json(route.slept),
        "sleeps": _lodging_to_json(route.sleeps),
        "breaks": [[begin.isoformat(), end.isoformat()] for begin, end in route.breaks],
        "longer": route.longer,
        "legs": route.legs,
        "estimated_legs": route.estimated,
        "stops": [
            {
                "debtor": stop.debtor_id,
                "cases": list(stop.case_ids),
                "address": stop.address_id,
                "lat": stop.lat,
                "lon": stop.lon,
                "arrive": stop.arrive.isoformat(),
                "start": stop.start.isoformat(),
                "leave": stop.leave.isoformat(),
                "value": stop.value,
                "locked": stop.locked,
                **({"door": stop.door} if stop.door else {}),
            }
            for stop in route.stops
        ],
    }


def _lodging_to_json(one: Lodging | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {"name": one.name, "lat": one.lat, "lon": one.lon, "price": one.price}


def _lodging_from_json(told: dict[str, Any] | None) -> Lodging | None:
    return Lodging(told["name"], told["lat"], told["lon"], told["price"]) if told else None


def plan_from_json(told: dict[str, Any]) -> Plan:
    """The plan that `plan_to_json` wrote. KeyError, TypeError or ValueError when it is not one."""
    return Plan(
        plan_id=told["plan_id"],
        day=date.fromisoformat(told["date"]),
        made_at=datetime.fromisoformat(told["made_at"]),
        routes=tuple(_route_from_json(route) for route in told["routes"]),
        not_planned=tuple(
            Unserved(
                one["debtor"],
                one["reason"],
                {name: value for name, value in one.items() if name not in ("debtor", "reason")},
            )
            for one in told["not_planned"]
        ),
        seed=told["seed"],
        iterations=told["iterations"],
        policy_version=told["policy"],
        ranking_version=told["ranking"],
        objective=told["totals"]["objective"],
        candidates=told["totals"]["candidates"],
        reason=told.get("reason", ""),
        because=tuple(
            Because(datetime.fromisoformat(one["at"]), one["code"], one["crew_id"], one["figure"])
            for one in told.get("because", ())
        ),
    )


def _route_from_json(told: dict[str, Any]) -> Route:
    return Route(
        crew_id=told["crew_id"],
        crew=told["crew"],
        members=tuple(told["members"]),
        lat=told["lat"],
        lon=told["lon"],
        depart=datetime.fromisoformat(told["depart"]),
        back=datetime.fromisoformat(told["back"]),
        metres=told["metres"],
        driving=told["driving"],
        cost=told["cost"],
        slept=_lodging_from_json(told.get("slept")),
        sleeps=_lodging_from_json(told.get("sleeps")),
        breaks=tuple(
            (datetime.fromisoformat(begin), datetime.fromisoformat(end))
            for begin, end in told.get("breaks", ())
        ),
        longer=told.get("longer", 0),
        legs=told.get("legs", 0),
        estimated=told.get("estimated_legs", 0),
        stops=tuple(
            Stop(
                debtor_id=stop["debtor"],
                case_ids=tuple(stop["cases"]),
                address_id=stop["address"],
                lat=stop["lat"],
                lon=stop["lon"],
                arrive=datetime.fromisoformat(stop["arrive"]),
                start=datetime.fromisoformat(stop["start"]),
                leave=datetime.fromisoformat(stop["leave"]),
                value=stop["value"],
                locked=stop["locked"],
                door=stop.get("door", ""),
            )
            for stop in told["stops"]
        ),
    )
