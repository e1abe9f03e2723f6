"""The day of the plan screen as marks on a map."""

from collections import defaultdict
from collections.abc import Mapping
from itertools import islice

from planner.actions.route_shapes import Line
from planner.export.map_layers import CrewMark, HeatMark, LooseMark, Marks, StopMark, one_pin
from ui import formats
from ui.i18n import ngettext
from ui.plan.book import Book, Row
from ui.plan.ways import STRAIGHT

MOST_LOOSE = 20_000  # those lowest in the list are left out


def book_marks(book: Book, ways: Mapping[str, Line] = STRAIGHT) -> Marks:
    """Routes and stops of the plan, eligible persons without a place, and the value that waits.

    `ways`: the lines of the rounds along the roads by crew id, straight ones where there is none.
    """
    crews: tuple[CrewMark, ...]
    if book.plan is not None:
        crews = tuple(
            CrewMark(
                route.crew, route.lat, route.lon,
                route.begin if route.slept else None, route.finish if route.sleeps else None,
            )
            for route in book.plan.routes
        )  # fmt: skip
    else:
        crews = tuple(CrewMark(crew.name, crew.lat, crew.lon) for crew in book.ranking.crews)
    free = [
        row
        for row in book.rows
        if row.tab == "ready" and row.debtor_id not in book.seats and row.lat is not None
    ]
    loose = (
        LooseMark(row.debtor_id, row.lat, row.lon, row.name, row.township, row.weak)
        for row in free
        if row.lat is not None and row.lon is not None
    )
    routes = book.plan.routes if book.plan is not None else ()
    return Marks(
        crews, _stops(book), tuple(islice(loose, MOST_LOOSE)), heat=waiting_value(free),
        shapes=tuple(ways.get(route.crew_id, ()) for route in routes),
    )  # fmt: skip


def _stops(book: Book) -> tuple[StopMark, ...]:
    stops = []
    for debtor_id, seat in book.seats.items() if book.plan is not None else ():
        person, row, stop = book.people.get(debtor_id), book.row(debtor_id), seat.stop
        start = formats.clock_time(stop.arrive, book.zone)
        end = formats.clock_time(stop.leave, book.zone)
        stops.append(
            StopMark(
                debtor_id, seat.crew, seat.number, stop.lat, stop.lon,
                formats.mask_name(person.name) if person else formats.NONE,
                f"{start} – {end}", stop.locked, row is not None and row.weak,
            )
        )  # fmt: skip
    return one_pin(stops)


def waiting_value(rows: list[Row]) -> tuple[HeatMark, ...]:
    """For each township the value of these persons, at the middle of their positions."""
    townships: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        if row.township and row.lat is not None and row.lon is not None:
            townships[row.township].append(row)
    return tuple(
        HeatMark(
            name,
            sum(row.lat or 0.0 for row in here) / len(here),
            sum(row.lon or 0.0 for row in here) / len(here),
            value := sum(max(0, row.value) for row in here),
            ngettext("{count} case, {value}", "{count} cases, {value}", len(here)).format(
                count=formats.number(len(here)), value=formats.money_whole(value)
            ),
        )
        for name, here in sorted(townships.items())
    )
