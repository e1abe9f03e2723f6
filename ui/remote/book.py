"""Reads what the page of remote areas shows; runs off the GUI thread."""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np

from planner.actions.candidates import value_at
from planner.actions.rank import Ranking
from planner.actions.remote import Areas, remote_areas
from planner.actions.remote_decisions import Decided, decisions
from planner.actions.ways import price_of
from planner.domain.ground import crow_metres
from planner.domain.people import Crew, Debtor
from planner.ranking.value import expected_service
from planner.routing.remote import Bundle
from planner.routing.remote_trip import Trip
from planner.store.known import load_debtors
from planner.store.store import Store
from ui import formats
from ui.cases.ranked import ranking_of
from ui.remote.area import MEANS, Area, Person, RemoteBook, Short, Sums


def load_remote(
    store: Store,
    day: date,
    *,
    on_progress: Callable[[float], None],
    cancelled: Callable[[], bool],
) -> RemoteBook | None:
    """Rank the day and price its remote areas; None when it was stopped.

    Raises PlannerError("plan.no_crew") when no crew works on that day.
    """
    ranking = ranking_of(store, day)
    areas = remote_areas(store, ranking, on_progress=on_progress, cancelled=cancelled)
    if cancelled():
        return None
    decided = decisions(store, day)
    wanted = {areas.people[row] for one in areas.bundles for row in one.rows}
    wanted |= {who for one in decided for who in one.people}
    if areas.shortfall is not None:
        wanted |= {areas.people[row] for row in areas.shortfall.visits}
    with store.read() as conn:
        known = load_debtors(conn, sorted(wanted))
    return book_of(ranking, areas, decided, known)


def book_of(
    ranking: Ranking,
    areas: Areas,
    decided: tuple[Decided, ...],
    known: Mapping[str, Debtor],
) -> RemoteBook:
    """The rows of the page, richest first; people served by other means come last."""
    rows = [_area(ranking, areas, index, one, known) for index, one in enumerate(areas.bundles)]
    here = {person.debtor_id for row in rows for person in row.people}
    for one in decided:
        people = [who for who in one.people if who not in here and who in known]
        if one.decision.kind != MEANS:
            continue
        served = [_served(ranking, known[who], known) for who in people]
        there = [person for person in served if person is not None]
        if there:
            rows.append(_elsewhere(len(rows), one, there, areas.crews))
    short = areas.shortfall
    return RemoteBook(
        day=areas.day,
        areas=areas,
        rows=tuple(rows),
        crews=areas.crews,
        rules=areas.rules,
        short=None
        if short is None
        else Short(
            areas.day + timedelta(days=short.day),
            short.seconds,
            tuple(_name(known, areas.people[row]) for row in short.visits),
        ),
    )


def _area(
    ranking: Ranking,
    areas: Areas,
    index: int,
    one: Bundle,
    known: Mapping[str, Debtor],
) -> Area:
    visited = set(one.trip.visits) if one.trip else set()
    people = sorted(
        (_person(ranking, areas, row, known, visited=row in visited) for row in one.rows),
        key=lambda person: (not person.visited, -(person.value + person.waiting), person.debtor_id),
    )
    longest = max(people, key=lambda person: person.waited)
    ids = sorted(person.debtor_id for person in people)
    places = _places(people)
    return Area(
        key=f"area:{ids[0]}",
        number=index + 1,
        index=index,
        name=places[0] if places else formats.NONE,
        places=places,
        people=tuple(people),
        crew=one.hub,
        value=one.value,
        day_trip=_sums(ranking, areas, one.hub, one.day),
        overnight=_sums(ranking, areas, one.hub, one.night),
        advice=one.decision,
        lacking=one.lacking,
        lacking_cases=one.lacking_cases,
        until=areas.day + timedelta(days=one.wait_days) if one.wait_days else None,
        longest_wait=one.longest_wait,
        longest=longest.name,
        due=one.due,
        decided=areas.decided[index],
    )


def _elsewhere(index: int, one: Decided, people: list[Person], crews: tuple[Crew, ...]) -> Area:
    """People whom other means serve: without a trip, so without figures of one."""
    places = _places(people)
    return Area(
        key=f"area:{min(person.debtor_id for person in people)}",
        number=index + 1,
        index=-1,
        name=places[0] if places else formats.NONE,
        places=places,
        people=tuple(people),
        crew=_nearest(crews, people[0]),
        value=sum(person.value for person in people),
        day_trip=None,
        overnight=None,
        advice=MEANS,
        lacking=0,
        lacking_cases=None,
        until=None,
        longest_wait=0,
        longest="",
        due=False,
        decided=one,
    )


def _nearest(crews: tuple[Crew, ...], person: Person) -> int:
    """The crew whose home is nearest as the crow flies, by its place."""
    homes = np.array([(crew.lat, crew.lon) for crew in crews], np.float64)
    here = np.array([person.lat, person.lon], np.float64)
    return int(crow_metres(homes[:, 0], homes[:, 1], here[:1], here[1:]).argmin())


def _served(ranking: Ranking, debtor: Debtor, known: Mapping[str, Debtor]) -> Person | None:
    """Somebody whom other means serve, at the address that counts most; None without a place."""
    table, who = ranking.table, debtor.debtor_id
    row = ranking.row(who) if who in table.debtor_ids else -1
    best = int(ranking.scores.best_address[row]) if row >= 0 else -1
    address_id = table.address_ids[best] if best >= 0 else ""
    spots = [a for a in debtor.addresses if a.lat is not None and a.lon is not None]
    spots.sort(key=lambda a: (a.address_id != address_id, not a.valid))
    if not spots:
        return None
    spot = spots[0]
    return Person(
        debtor_id=who,
        name=_name(known, who),
        place=spot.township or spot.county,
        waited=-1,
        value=int(ranking.scores.value[row]) if row >= 0 else 0,
        waiting=0,
        visited=False,
        lat=float(spot.lat or 0),
        lon=float(spot.lon or 0),
    )


def _person(
    ranking: Ranking, areas: Areas, row: int, known: Mapping[str, Debtor], *, visited: bool
) -> Person:
    who, address_id = areas.people[row], areas.addresses[row]
    table = ranking.table
    index = ranking.row(who)
    spots = range(int(table.address_off[index]), int(table.address_off[index + 1]))
    spot = next(k for k in spots if table.address_ids[k] == address_id)
    debtor = known.get(who)
    address = next((a for a in debtor.addresses if a.address_id == address_id), None) if (
        debtor) else None  # fmt: skip
    return Person(
        debtor_id=who,
        name=_name(known, who),
        place=(address.township or address.county) if address else "",
        waited=areas.waited[row],
        value=value_at(ranking.scores, ranking.params, index, spot),
        waiting=int(areas.wishes.bonus.get(who, 0)),
        visited=visited,
        lat=areas.lat[row],
        lon=areas.lon[row],
    )


def _name(known: Mapping[str, Debtor], who: str) -> str:
    debtor = known.get(who)
    return formats.mask_name(debtor.name) if debtor is not None else formats.NONE


def _places(people: list[Person]) -> tuple[str, ...]:
    """Townships (else districts) of these people, the one with most of them first."""
    counts = Counter(person.place for person in people if person.place)
    return tuple(place for place, _n in counts.most_common())


def _sums(ranking: Ranking, areas: Areas, hub: int, trip: Trip | None) -> Sums | None:
    """A trip's cost by its parts at the prices of its crew; the kilometres are what is left when
    all else is taken off."""
    if trip is None:
        return None
    rules = areas.rules
    _, kilometre, hour = price_of(areas.crews[hub].work, ranking.params)
    rows = [ranking.row(areas.people[row]) for row in trip.visits]
    lodging, allowance = trip.nights * rules.lodging, trip.days * rules.day_cost
    wage = min(round(trip.driving / 3600 * hour), trip.cost - lodging - allowance)
    fuel = max(0, trip.cost - lodging - allowance - wage)
    return Sums(
        nights=trip.nights,
        days=trip.days,
        visits=len(trip.visits),
        value=trip.value,
        waiting=trip.waiting,
        metres=round(fuel / kilometre * 1000) if kilometre > 0 else 0,
        driving=trip.driving,
        service=int(expected_service(ranking.scores.pm_mean[rows]).sum()) if rows else 0,
        fuel=fuel,
        wage=wage,
        allowance=allowance,
        lodging=lodging,
        cost=trip.cost,
    )
