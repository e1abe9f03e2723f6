"""Today at a glance: the round of each crew, what happened, what changed, what comes next.

Pure reading, run off the GUI thread; no words here.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from planner.actions.due import DueList, due_list
from planner.actions.plans_waiting import count_waiting
from planner.actions.rank import Ranking, rank
from planner.clock import Clock
from planner.domain.codes import CHANNELS, CODES, RESULTS, Channel
from planner.domain.facts import FactTable, moment
from planner.domain.people import Debtor
from planner.domain.plan import Plan, Route, Stop, numbered
from planner.domain.trip import Trip
from planner.errors import PlannerError
from planner.policy.workdays import closing_rule, next_working_day
from planner.store.driver import Connection
from planner.store.facts import load_contacts
from planner.store.known import load_debtors
from planner.store.overview import Counts, load_counts
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.trips import load_trips
from ui.today.next_stop import NextStop, load_next

OLD = timedelta(hours=24)
_UNDER_WAY = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Visited:
    """What was recorded at a stop."""

    at: datetime
    code: str
    result: str


@dataclass(frozen=True, slots=True)
class StopView:
    """One stop as the list shows it. `barred` is the rule that speaks against it by now ("closed"
    when no case is open any more, "" = nothing); `visited` what was recorded."""

    number: int
    debtor_id: str
    name: str
    place: str
    address: str
    arrive: datetime
    leave: datetime
    visited: Visited | None = None
    barred: str = ""
    next: bool = False
    lat: float = 0.0
    lon: float = 0.0
    locked: bool = False


@dataclass(frozen=True, slots=True)
class RoundView:
    """One crew's day."""

    crew_id: str
    crew: str
    members: tuple[str, ...]
    stops: tuple[StopView, ...]
    depart: datetime
    back: datetime
    metres: int
    trip: Trip | None = None

    @property
    def done(self) -> int:
        """Stops with a recorded visit."""
        return sum(stop.visited is not None for stop in self.stops)

    @property
    def next(self) -> StopView | None:
        """The stop where the crew goes next."""
        return next((stop for stop in self.stops if stop.next), None)


@dataclass(frozen=True, slots=True)
class Digest:
    """All that the page shows. `tabs` counts persons by list, `worth` those worth a trip."""

    day: date
    today: date
    now: datetime
    counts: Counts
    made_at: datetime | None = None
    rounds: tuple[RoundView, ...] = ()
    tabs: dict[str, int] = field(default_factory=dict)
    worth: int = 0
    next_day: date | None = None
    day_rule: str = ""  # the rule that leaves the whole day without visits, "" = none does
    plan: Plan | None = None
    ahead: tuple[NextStop | None, ...] = ()  # for each round, what is known of its next stop
    rules_changed: bool = False  # the rules are others than those of the plan
    due: DueList | None = None
    plans: int = 0  # instalment plans that wait for the lead

    @property
    def stops(self) -> list[StopView]:
        """All stops of all crews."""
        return [stop for one in self.rounds for stop in one.stops]

    @property
    def done(self) -> int:
        """Stops with a recorded visit."""
        return sum(one.done for one in self.rounds)

    @property
    def out(self) -> bool:
        """Whether a crew told that it left, or all should have left an hour ago."""
        told = any(one.trip is not None and one.trip.left is not None for one in self.rounds)
        due = max((one.depart for one in self.rounds), default=self.now)
        return told or self.now > due + _UNDER_WAY

    @property
    def changed(self) -> list[StopView]:
        """Stops that should not be visited any more."""
        return [stop for stop in self.stops if stop.barred]

    @property
    def old(self) -> bool:
        """Whether the data is older than a day."""
        at = self.counts.imported_at
        return at is not None and self.now - at > OLD


def next_step(digest: Digest) -> str:
    """What to do next, as a code: import, crews, past, rest, plan, empty, check, print, record,
    tomorrow."""
    if not digest.counts.persons:
        return "import"
    if not digest.counts.crews:
        return "crews"
    if digest.made_at is None and digest.day < digest.today:
        return "past"
    if digest.made_at is None:
        return "plan" if digest.tabs.get("ready") else "rest"
    if not digest.stops:
        return "empty"
    if digest.changed:
        return "check"
    if digest.done == len(digest.stops):
        return "tomorrow"
    # Day sheets are of no use any more once the crews are out.
    return "record" if digest.done or digest.day < digest.today or digest.out else "print"


def load_digest(store: Store, day: date, clock: Clock, today: date) -> Digest:
    """Read and judge everything. Raises PlannerError when the rules cannot be read."""
    now = clock()
    with store.read() as conn:
        counts = load_counts(conn)
        plan = load_plan(conn, day)
    if not counts.persons:
        return Digest(day, today, now, counts)
    ranking = rank(store, day)
    with store.read() as conn:
        plans = count_waiting(conn)
    tabs = Counter(ranking.tab(i) for i in range(ranking.table.n))
    worth = int((ranking.verdicts.eligible & ranking.scores.worth).sum())
    rounds: tuple[RoundView, ...] = ()
    if plan is not None:
        with store.read() as conn:
            rounds = _rounds(conn, plan, ranking, store.zone)
    following = [one.next.debtor_id if one.next else "" for one in rounds]
    return Digest(
        day, today, now, counts,
        made_at=plan.made_at if plan else None,
        rounds=rounds,
        tabs=dict(tabs),
        worth=worth,
        next_day=_next_day(ranking, day),
        day_rule=closing_rule(ranking.policy, day),
        plan=plan,
        ahead=load_next(store, ranking, plan, following) if plan is not None else (),
        rules_changed=plan is not None and plan.policy_version != ranking.policy.version,
        due=due_list(store, day),
        plans=plans,
    )  # fmt: skip


def _next_day(ranking: Ranking, day: date) -> date | None:
    """The next day on which visits are made, None beyond the calendars that are known."""
    try:
        return next_working_day(ranking.policy, day)
    except PlannerError:
        return None


def _rounds(conn: Connection, plan: Plan, ranking: Ranking, zone: str) -> tuple[RoundView, ...]:
    ids = [stop.debtor_id for route in plan.routes for stop in route.stops]
    people = load_debtors(conn, ids)
    places = {who: i for i, who in enumerate(ranking.table.debtor_ids)}
    trips = {one.crew_id: one for one in load_trips(conn, plan.day, plan.day)}
    views = []
    for route in plan.routes:
        stops = []
        for number, stop in numbered(route.stops):
            i = places.get(stop.debtor_id)
            if i is None:
                visited = _visit_of_closed(conn, stop.debtor_id, plan.day, zone)
            else:
                visited = _visit(ranking.table, i, plan.day)
            barred = "" if visited else _barred(ranking, i)
            stops.append(_stop_view(number, stop, people.get(stop.debtor_id), visited, barred))
        views.append(_round_view(route, stops, trips.get(route.crew_id)))
    return tuple(views)


def _stop_view(
    number: int, stop: Stop, person: Debtor | None, visited: Visited | None, barred: str
) -> StopView:
    places = person.addresses if person else ()
    address = next((one for one in places if one.address_id == stop.address_id), None)
    return StopView(
        number, stop.debtor_id,
        person.name if person else "",
        address.township if address else "",
        address.text if address else "",
        stop.start, stop.leave, visited, barred, lat=stop.lat, lon=stop.lon, locked=stop.locked,
    )  # fmt: skip


def _round_view(route: Route, stops: list[StopView], trip: Trip | None) -> RoundView:
    """The next stop is the first open one after the last visited; then any open one."""
    last = max((k for k, stop in enumerate(stops) if stop.visited), default=-1)
    open_ = [k for k, stop in enumerate(stops) if not stop.visited and not stop.barred]
    later = [k for k in open_ if k > last]
    following = (later or open_ or [-1])[0]
    marked = tuple(replace(s, next=k == following) for k, s in enumerate(stops))
    return RoundView(
        route.crew_id, route.crew, route.members, marked, route.depart, route.back, route.metres,
        trip,
    )  # fmt: skip


def _barred(ranking: Ranking, i: int | None) -> str:
    return "closed" if i is None else ranking.rule(i) or ""


def _visit(table: FactTable, i: int, day: date) -> Visited | None:
    """The latest visit of person `i` on `day` in the person's zone."""
    zone = ZoneInfo(table.zones[table.zone[i]])
    visits = CHANNELS.index(Channel.VISIT)
    for k in range(int(table.contact_off[i + 1]) - 1, int(table.contact_off[i]) - 1, -1):
        if table.contact_channel[k] != visits:
            continue
        at = moment(int(table.contact_at[k]))
        if at.astimezone(zone).date() == day:
            result = int(table.contact_result[k])
            return Visited(at, CODES[table.contact_code[k]], RESULTS[result] if result >= 0 else "")
    return None


def _visit_of_closed(conn: Connection, debtor_id: str, day: date, zone: str) -> Visited | None:
    """The same for a person without an open case, who stands in no table."""
    for contact in reversed(load_contacts(conn, debtor_id)):
        if contact.channel is Channel.VISIT and contact.at.astimezone(ZoneInfo(zone)).date() == day:
            return Visited(contact.at, contact.code, contact.result)
    return None


def outcomes(digest: Digest) -> list[tuple[str, str, int]]:
    """How often each outcome was recorded: (code, result, count), most frequent first."""
    found = Counter((s.visited.code, s.visited.result) for s in digest.stops if s.visited)
    return [(code, result, n) for (code, result), n in found.most_common()]
