"""The rounds of the day as marks on a map: the crew in view in full, the others as lines."""

from collections.abc import Mapping

from planner.actions.route_shapes import Line
from planner.domain.plan import Plan
from planner.export.map_layers import CrewMark, Marks, StopMark, one_pin
from ui import formats
from ui.today.digest import RoundView


def round_marks(
    plan: Plan, rounds: tuple[RoundView, ...], ways: Mapping[str, Line], zone: str
) -> Marks:
    """Homes, stops with masked names and times, and the ways of all rounds."""
    crews = tuple(
        CrewMark(
            route.crew, route.lat, route.lon,
            route.begin if route.slept else None, route.finish if route.sleeps else None,
        )
        for route in plan.routes
    )  # fmt: skip
    stops = one_pin(
        StopMark(
            stop.debtor_id, index, stop.number, stop.lat, stop.lon, formats.mask_name(stop.name),
            f"{formats.clock_time(stop.arrive, zone)} – {formats.clock_time(stop.leave, zone)}",
            stop.locked,
        )
        for index, one in enumerate(rounds)
        for stop in one.stops
    )  # fmt: skip
    return Marks(crews, stops, shapes=tuple(ways.get(r.crew_id, ()) for r in plan.routes))
