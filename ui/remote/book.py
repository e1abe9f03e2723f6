"""What the page of remote areas shows: bundles with figures, persons and what was decided.

Made off the GUI thread by `load_remote`; never changed afterwards. Money in minor units, metres,
seconds; days of waiting are whole days.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from planner.actions.candidates import value_at
from planner.actions.rank import Ranking
from planner.actions.remote import Areas, remote_areas
from planner.actions.remote_decisions import Decided, decisions
from planner.actions.ways import price_of
from planner.domain.people import Crew, Debtor
from planner.ranking.value import expected_service
from planner.routing.remote import Bundle
from planner.routing.remote_trip import RemoteRules, Trip
from planner.store.known import load_debtors
from planner.store.store import Store
from ui import formats
from ui.cases.places import area_of
from ui.cases.ranked import ranking_of

GO, OVERNIGHT, WAIT, OUT_OF_REACH, MEANS = "GO", "OVERNIGHT", "WAIT", "OUT_OF_REACH", "MEANS"


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of a bundle: `value` of the visit, `waiting` = what the long wait adds to it.

    `waited` is -1 where it is not counted, because other means serve.
    `visited`: the best trip goes there; whoever is not would cost more than the visit brings.
    """

    debtor_id: str
    name: str  # masked
    place: str
    waited: int
    value: int
    waiting: int
    visited: bool
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Sums:
    """One way to serve a bundle. `service` is the time at doors; `cost` the sum of the four."""

    nights: int
    days: int
    visits: int
    value: int
    waiting: int
    metres: int
    driving: int
    service: int
    fuel: int
    wage: int
    allowance: int
    lodging: int
    cost: int

    @property
    def net(self) -> int:
        """What is left when the trip is paid."""
        return self.value - self.cost


@dataclass(frozen=True, slots=True)
class Area:
    """A bundle. `index` is its place in `Areas.bundles`, -1 for people whom no trip is offered for,
    because other means serve them; `crew` the place of the nearest crew in `RemoteBook.crews`.

    `advice` is the program's: GO, OVERNIGHT, WAIT or OUT_OF_REACH. `until` is when waiting alone
    makes the trip pay. `decided` is the lead's decision in force.
    """

    key: str
    number: int
    index: int
    name: str
    places: tuple[str, ...]
    people: tuple[Person, ...]
    crew: int
    value: int
    day_trip: Sums | None
    overnight: Sums | None
    advice: str
    lacking: int
    lacking_cases: int | None
    until: date | None
    longest_wait: int
    longest: str  # masked name of who has waited longest
    due: bool
    decided: Decided | None

    @property
    def best(self) -> Sums | None:
        """The way to go if one goes; the day trip where both are equal."""
        one, other = self.day_trip, self.overnight
        if one is None or other is None:
            return one or other
        return other if other.net + other.waiting > one.net + one.waiting else one

    @property
    def state(self) -> str:
        """What counts: the lead's decision, else the advice."""
        return self.decided.decision.kind if self.decided is not None else self.advice

    @property
    def differs(self) -> bool:
        """Whether the lead decided otherwise than the program advises."""
        return self.decided is not None and self.decided.decision.kind != self.advice


@dataclass(frozen=True, slots=True)
class Short:
    """A shortfall by `day`: the crews lack `seconds` for `people` (masked names)."""

    day: date
    seconds: int
    people: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RemoteBook:
    """The remote areas of one day. `names` are masked names by debtor id."""

    day: date
    areas: Areas
    rows: tuple[Area, ...]
    crews: tuple[Crew, ...]
    rules: RemoteRules
    short: Short | None

    def row(self, key: str) -> Area | None:
        """The area with this key, None when there is none today."""
        return next((row for row in self.rows if row.key == key), None)

    def area_of(self, debtor_id: str) -> Area | None:
        """The area in which somebody is."""
        return next((r for r in self.rows for p in r.people if p.debtor_id == debtor_id), None)


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
        if one.decision.kind == MEANS and people:
            rows.append(_elsewhere(len(rows), ranking, areas, one, people, known))
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


def _elsewhere(
    index: int,
    ranking: Ranking,
    areas: Areas,
    one: Decided,
    ids: list[str],
    known: Mapping[str, Debtor],
) -> Area:
    """People whom other means serve: without a trip, so without figures of one."""
    table = ranking.table
    people = []
    for who in ids:
        spots = [a for a in known[who].addresses if a.lat is not None and a.lon is not None]
        if not spots:
            continue
        spot = spots[0]
        row = ranking.row(who) if who in table.debtor_ids else -1
        value = int(ranking.scores.value[row]) if row >= 0 else 0
        people.append(
            Person(who, _name(known, who), spot.township or area_of(spot.text), -1, value, 0, False,
                   float(spot.lat or 0), float(spot.lon or 0))
        )  # fmt: skip
    places = _places(people)
    return Area(
        key=f"area:{min(ids)}",
        number=index + 1,
        index=-1,
        name=places[0] if places else formats.NONE,
        places=places,
        people=tuple(people),
        crew=0,
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
        place=(address.township or area_of(address.text)) if address else "",
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
