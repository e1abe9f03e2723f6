"""Who has whom: assign, hand over, take back, with the history of every person.

Collectors are the members of crews. A deed is one batch and is undone as one; nothing of a person
is copied or moved, so the sums of cases and entries stay what they are. Only the lead decides.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.facts import moment
from planner.domain.people import Crew
from planner.errors import PlannerError
from planner.store.crews import load_crews
from planner.store.driver import Connection
from planner.store.events import NewEvent, events_of
from planner.store.state import undone_batches
from planner.store.store import Store
from planner.store.team import collectors_of, load_assignments

NOBODY = ""


@dataclass(frozen=True, slots=True)
class Collector:
    """One member of the field staff with the crews they are in (at least one, by id).

    `lat`/`lon` are WGS-84 degrees of the first crew's start, `hours` seconds of work a week over
    all crews (a day counts once, as its longest shift), `skills` those of all their crews, `two`
    whether in some crew others come along, `persons` how many are assigned.
    """

    collector_id: str
    name: str
    crews: tuple[Crew, ...]
    lat: float
    lon: float
    hours: int
    skills: tuple[str, ...]
    two: bool
    persons: int = 0


@dataclass(frozen=True, slots=True)
class Moved:
    """What an assignment did: `batch` undoes it (None: nothing was new), `persons` have another
    collector now, `cases` is how many open cases they have."""

    batch: bytes | None
    persons: int
    cases: int


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a person's history: from `at` (aware, UTC) on with `collector_id` ("" = nobody);
    `name` is empty where nobody on the staff list has that number."""

    at: datetime
    collector_id: str
    name: str
    reason: str
    by: str


def collectors(store: Store) -> tuple[Collector, ...]:
    """Everybody who is a member of a crew, by collector id."""
    with store.read() as conn:
        crews, have = load_crews(conn), collectors_of(conn)
    counts: dict[str, int] = {}
    for collector in have.values():
        counts[collector] = counts.get(collector, 0) + 1
    mine: dict[str, list[Crew]] = {}
    names: dict[str, str] = {}
    for crew in crews:
        for member in crew.members:
            mine.setdefault(member.collector_id, []).append(crew)
            names[member.collector_id] = member.name
    return tuple(_collector(one, names[one], mine[one], counts.get(one, 0)) for one in sorted(mine))


def _collector(key: str, name: str, crews: Sequence[Crew], persons: int) -> Collector:
    days: dict[int, int] = {}
    for crew in crews:
        for day in crew.weekdays:
            days[day] = max(days.get(day, 0), crew.end - crew.start)
    skills = tuple(dict.fromkeys(skill for crew in crews for skill in crew.work.skills))
    two = any(len(crew.members) > 1 for crew in crews)
    first = crews[0]
    return Collector(
        key, name, tuple(crews), first.lat, first.lon, sum(days.values()), skills, two, persons
    )


def assign(
    store: Store,
    wanted: Mapping[str, str],
    *,
    reason: str,
    by: str,
    clock: Clock,
) -> Moved:
    """Give each person (debtor id) to a collector (id, NOBODY takes back), all in one batch.

    Who has that collector already is left as it is. Raises PlannerError("team.lead_only"),
    ("team.no_reason") without a reason, ("team.nobody") for an empty mapping, ("team.collector")
    for somebody who is in no crew, "store.unknown_person", "store.erased".
    """
    need_lead(store)
    if not reason.strip():
        raise PlannerError("team.no_reason")
    if not wanted:
        raise PlannerError("team.nobody")
    now = clock()
    with store.write() as tx:
        _check_staff(tx.conn, set(wanted.values()))
        _check_persons(tx.conn, wanted)
        present = load_assignments(tx.conn, list(wanted))
        fresh = {
            who: one
            for who, one in sorted(wanted.items())
            if (present[who].collector_id if who in present else NOBODY) != one
        }
        if not fresh:
            return Moved(None, 0, 0)
        batch = tx.append(
            [
                NewEvent(
                    "assigned", who, now, {"collector_id": one, "reason": reason.strip(), "by": by}
                )
                for who, one in fresh.items()
            ]
        )
        return Moved(batch, len(fresh), _open_cases(tx.conn, fresh))


def hand_over(
    store: Store,
    giver: str,
    taker: str,
    *,
    reason: str,
    by: str,
    clock: Clock,
    debtor_ids: Collection[str] | None = None,
) -> Moved:
    """Give the whole book of `giver` (or those of `debtor_ids` that `giver` has) to `taker`.

    `giver` may have left the staff list; `taker` NOBODY takes the book back. Raises what `assign`
    raises, PlannerError("team.same"), and ("team.nobody") where `giver` has none of them.
    """
    need_lead(store)
    if giver == taker:
        raise PlannerError("team.same")
    with store.read() as conn:
        mine = [who for who, one in collectors_of(conn).items() if one == giver]
    chosen = None if debtor_ids is None else frozenset(debtor_ids)
    wanted = {who: taker for who in mine if chosen is None or who in chosen}
    return assign(store, wanted, reason=reason, by=by, clock=clock)


def take_back(
    store: Store, debtor_ids: Collection[str], *, reason: str, by: str, clock: Clock
) -> Moved:
    """Nobody has these persons any more: any crew may go there. Raises what `assign` raises."""
    return assign(store, dict.fromkeys(debtor_ids, NOBODY), reason=reason, by=by, clock=clock)


def assignment_history(store: Store, debtor_id: str) -> tuple[Step, ...]:
    """Who had a person since when, oldest first; what was undone is left out.

    PlannerError("store.unknown_person").
    """
    with store.read() as conn:
        _check_persons(conn, [debtor_id])
        names = {m.collector_id: m.name for crew in load_crews(conn) for m in crew.members}
        ((_, events),) = events_of(conn, [debtor_id])
    undone = undone_batches(events)
    return tuple(
        Step(
            moment(one.occurred_at), one.payload["collector_id"],
            names.get(one.payload["collector_id"], ""), one.payload.get("reason", ""),
            one.payload.get("by", ""),
        )
        for one in events
        if one.kind == "assigned" and one.batch not in undone
    )  # fmt: skip


def _check_staff(conn: Connection, wanted: set[str]) -> None:
    known = {m.collector_id for crew in load_crews(conn) for m in crew.members}
    for one in sorted(wanted - known - {NOBODY}):
        raise PlannerError("team.collector", collector=one)


def _check_persons(conn: Connection, debtor_ids: Collection[str]) -> None:
    known = {who for (who,) in conn.execute("SELECT debtor_id FROM who WHERE debtor_id <> ''")}
    for one in debtor_ids:
        if one not in known:
            raise PlannerError("store.unknown_person", debtor=one)


def _open_cases(conn: Connection, debtor_ids: Collection[str]) -> int:
    found = conn.execute(
        "SELECT debtor_id, count(*) FROM loan JOIN who USING (pid) WHERE status = 'open'"
        " GROUP BY pid"
    )
    return sum(count for who, count in found if who in debtor_ids)
