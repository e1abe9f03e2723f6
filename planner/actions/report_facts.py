"""What was recorded in a span of days, for reports: visits, talks with the right person, promises
made and due, payments; and in which region persons live."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from planner.domain.codes import CODES, RIGHT_PARTY, Channel, PromiseState, channel_of
from planner.domain.facts import instant, moment
from planner.domain.promise import promise_states
from planner.store.driver import Connection
from planner.store.events import events_of
from planner.store.facts import load_person_facts
from planner.store.state import undone_batches
from planner.store.store import Store

_VISITS = [k for k, code in enumerate(CODES) if channel_of(code) is Channel.VISIT]
_MET = [k for k, code in enumerate(CODES) if code in RIGHT_PARTY]


@dataclass(frozen=True, slots=True)
class Seen:
    """Something about a person on a local day; `amount` in minor units where it has one."""

    debtor_id: str
    day: date
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Due:
    """A promise that fell due on `day` and was kept, broken, or neither yet."""

    debtor_id: str
    day: date
    kept: bool
    broken: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a span of days: visits recorded (a person counts once a day), talks with the right person
    by any channel, promises made, promises that fell due, money received."""

    visits: tuple[Seen, ...]
    contacts: tuple[Seen, ...]
    made: tuple[Seen, ...]
    due: tuple[Due, ...]
    paid: tuple[Seen, ...]

    @property
    def people(self) -> set[str]:
        """Everybody who is in it."""
        seen = (*self.visits, *self.contacts, *self.made, *self.paid)
        return {one.debtor_id for one in seen} | {one.debtor_id for one in self.due}


def facts_between(store: Store, first: date, last: date, now: datetime) -> Facts:
    """What was recorded from `first` to `last` (both included); promises as of `now` (aware)."""
    zone = ZoneInfo(store.zone)
    begin = instant(datetime.combine(first, time(), zone))
    end = instant(datetime.combine(last + timedelta(days=1), time(), zone))

    def day(at: int) -> date:
        return moment(at).astimezone(zone).date()

    with store.read() as conn:

        def rows(columns: str, table: str, at: str, where: str = "1") -> list[tuple[str, int, int]]:
            return conn.execute(
                f"SELECT debtor_id, {at}, {columns} FROM {table} JOIN who USING (pid)"
                f" WHERE {at} >= ? AND {at} < ? AND {where} ORDER BY {at}, debtor_id",
                (begin, end),
            ).fetchall()

        visits = rows("0", "contact", "at", f"code IN ({', '.join(map(str, _VISITS))})")
        met = rows("0", "contact", "at", f"code IN ({', '.join(map(str, _MET))})")
        made = rows("amount", "promise", "made_at")
        paid = rows("amount", "payment", "at")
        due = _due(conn, first, last, now.astimezone(zone).date())
    once = sorted({(who, day(at)) for who, at, _ in visits})
    return Facts(
        tuple(Seen(who, when) for who, when in once),
        tuple(Seen(who, day(at)) for who, at, _ in met),
        tuple(Seen(who, day(at), amount) for who, at, amount in made),
        due,
        tuple(Seen(who, day(at), amount) for who, at, amount in paid),
    )


def _due(conn: Connection, first: date, last: date, today: date) -> tuple[Due, ...]:
    """The promises of these days with what became of them by `today`."""
    found = []
    people = conn.execute(
        "SELECT DISTINCT debtor_id FROM promise JOIN who USING (pid) WHERE due BETWEEN ? AND ?"
        " ORDER BY debtor_id",
        (first.toordinal(), last.toordinal()),
    ).fetchall()
    for (who,) in people:
        facts = load_person_facts(conn, who, today)
        states = promise_states(facts.promises, facts.promises_paid, today)
        found += [
            Due(who, one.due, state is PromiseState.KEPT,
                state in (PromiseState.BROKEN, PromiseState.PARTLY))
            for one, state in zip(facts.promises, states, strict=True)
            if first <= one.due <= last and state is not PromiseState.LAPSED
        ]  # fmt: skip
    return tuple(found)


def named_in(
    conn: Connection, wanted: Collection[tuple[str, date]], zone: str
) -> dict[tuple[str, date], tuple[str, ...]]:
    """Who was there, as the records of a person and a local day name them (collector ids or names),
    those of visits first; nobody's name: left out."""
    found: dict[tuple[str, date], tuple[str, ...]] = {}
    here = ZoneInfo(zone)
    for who, events in events_of(conn, sorted({who for who, _ in wanted})):
        undone = undone_batches(events)
        told = [one for one in events if one.kind == "contact" and one.batch not in undone]
        for one in sorted(told, key=lambda one: channel_of(one.payload["code"]) != Channel.VISIT):
            key = who, moment(one.occurred_at).astimezone(here).date()
            if key in wanted:
                found[key] = (*found.get(key, ()), *one.payload.get("by", ()))
    return {key: names for key, names in found.items() if names}


def regions_of(conn: Connection, debtor_ids: Collection[str], kind: str) -> dict[str, str]:
    """The county, or the township with its county, of the best address of each person; who has
    none is left out."""
    found: dict[str, str] = {}
    for who, county, township in conn.execute(
        "SELECT debtor_id, county, township FROM address JOIN who USING (pid)"
        " WHERE debtor_id IN (SELECT value FROM json_each(?)) AND (county <> '' OR township <> '')"
        " ORDER BY pid, valid DESC, grade, address_id",
        (json.dumps(sorted(debtor_ids)),),
    ):
        name = county if kind == "county" else " ".join(one for one in (county, township) if one)
        if name:
            found.setdefault(who, name)
    return found
