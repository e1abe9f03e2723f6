"""The stops of a day, and people found by search, as lines to record outcomes for."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from planner.domain.plan import Plan, at_doors
from planner.domain.visit_code import visit_code
from planner.store.crews import load_crews
from planner.store.driver import Connection
from planner.store.known import load_debtors
from planner.store.people import Entry, PersonRow, find_persons, load_rows, timeline
from planner.store.plans import load_plan
from planner.store.store import Store

MOST_HITS = 40


@dataclass(frozen=True, slots=True)
class Visited:
    """A visit that was recorded on the day; `batch` undoes it."""

    at: datetime
    code: str
    result: str
    batch: bytes


@dataclass(frozen=True, slots=True)
class Party:
    """Who drives together: `members` are names."""

    crew_id: str
    name: str
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StopLine:
    """A person to record for. `number` 0 = not in the plan, then `crew` is -1 and times None."""

    debtor_id: str
    person: PersonRow | None
    crew: int = -1
    number: int = 0
    address_id: str = ""
    address: str = ""
    start: datetime | None = None
    leave: datetime | None = None
    visited: Visited | None = None
    others: tuple[str, ...] = ()  # names of whom else the crew visits in that stop


@dataclass(frozen=True, slots=True)
class DayRound:
    """All stops of `day` by crew; `parties` are the plan's crews, then all others."""

    day: date
    planned: bool
    parties: tuple[Party, ...]
    routes: tuple[tuple[StopLine, ...], ...]

    @property
    def lines(self) -> list[StopLine]:
        """All stops of all crews."""
        return [line for route in self.routes for line in route]

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers by which paper names the stops."""
        return frozenset(visit_code(self.day, line.debtor_id) for line in self.lines)

    def find(self, debtor_id: str) -> StopLine | None:
        """A person's stop."""
        return next((line for line in self.lines if line.debtor_id == debtor_id), None)


def load_round(store: Store, day: date) -> DayRound:
    """The plan of `day` with what was recorded so far; runs off the GUI thread."""
    with store.read() as conn:
        plan = load_plan(conn, day)
        crews = load_crews(conn)
        routes = _routes(conn, plan, day, store.zone) if plan is not None else ()
    planned = [Party(r.crew_id, r.crew, r.members) for r in plan.routes] if plan else []
    known = {party.crew_id for party in planned}
    others = [
        Party(crew.crew_id, crew.name, tuple(member.name for member in crew.members))
        for crew in crews
        if crew.crew_id not in known
    ]
    return DayRound(day, plan is not None, (*planned, *others), routes)


def _routes(conn: Connection, plan: Plan, day: date, zone: str) -> tuple[tuple[StopLine, ...], ...]:
    ids = [stop.debtor_id for route in plan.routes for stop in route.stops]
    people = {row.debtor_id: row for row in load_rows(conn, ids)}
    texts = {
        one.address_id: one.text
        for debtor in load_debtors(conn, ids).values()
        for one in debtor.addresses
    }
    return tuple(
        tuple(
            StopLine(
                stop.debtor_id, people.get(stop.debtor_id), crew, number, stop.address_id,
                texts.get(stop.address_id, ""), stop.start, stop.leave,
                _visited(timeline(conn, stop.debtor_id), day, zone),
                others=tuple(people[s.debtor_id].name for s in some
                             if s is not stop and s.debtor_id in people),
            )
            for number, some in enumerate(at_doors(route.stops), 1)
            for stop in some
        )
        for crew, route in enumerate(plan.routes)
    )  # fmt: skip


def _visited(entries: list[Entry], day: date, zone: str) -> Visited | None:
    """The latest visit of `day` that counts."""
    for entry in reversed(entries):
        if entry.undone or entry.kind != "contact" or entry.fields.get("channel") != "visit":
            continue
        if entry.at.astimezone(ZoneInfo(zone)).date() == day:
            result = str(entry.fields.get("result", ""))
            return Visited(entry.at, entry.code, result, entry.batch)
    return None


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found: at most `MOST_HITS` lines of `total`."""

    text: str
    lines: tuple[StopLine, ...]
    total: int


def search_people(store: Store, told: DayRound, text: str) -> Found:
    """People that fit `text`; those with a stop keep it."""
    with store.read() as conn:
        ids = find_persons(conn, text=text)
        lines = _free_lines(conn, told, ids[:MOST_HITS], store.zone)
    return Found(text, lines, len(ids))


def load_line(store: Store, told: DayRound, debtor_id: str) -> StopLine | None:
    """One person's line, None for an unknown id."""
    with store.read() as conn:
        return next(iter(_free_lines(conn, told, [debtor_id], store.zone)), None)


def _free_lines(
    conn: Connection, told: DayRound, ids: list[str], zone: str
) -> tuple[StopLine, ...]:
    stops = {line.debtor_id: line for line in told.lines}
    return tuple(
        stops.get(person.debtor_id)
        or StopLine(
            person.debtor_id,
            person,
            address=person.address,
            visited=_visited(timeline(conn, person.debtor_id), told.day, zone),
        )
        for person in load_rows(conn, ids)
    )


def default_time(line: StopLine, day: date, now: datetime) -> datetime:
    """When the visit was, as far as one can tell: as planned if that is over, else now.

    `now` is local; on an earlier `day` without a plan the same time of that day.
    """
    if line.start is not None and line.start <= now:
        return line.start
    return datetime.combine(min(day, now.date()), now.time(), now.tzinfo)
