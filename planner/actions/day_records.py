"""What was recorded on a day: contacts, the latest first, with what was given back of them."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from planner.domain.facts import instant, moment
from planner.store.crews import staff_names
from planner.store.events import events_of
from planner.store.people import load_rows
from planner.store.state import undone_batches
from planner.store.store import Store
from planner.store.team import ReturnedRecord, collectors_of, load_returned


@dataclass(frozen=True, slots=True)
class Record:
    """A contact. `at` is aware; `event_id` the hex id of its entry; `by` the names of those who
    were there, `collector_id` who has the person; `given` how it came back, None = it did not."""

    debtor_id: str
    name: str
    township: str
    event_id: str
    at: datetime
    code: str
    result: str
    note: str
    by: tuple[str, ...]
    collector_id: str
    given: ReturnedRecord | None


@dataclass(frozen=True, slots=True)
class GivenBack:
    """A record that came back and waits for an answer, with whose it is; `at`, `code`, `result` of
    the record are None and "" where it was no contact."""

    returned: ReturnedRecord
    name: str
    township: str
    at: datetime | None
    code: str
    result: str
    collector_id: str


def day_records(store: Store, day: date) -> tuple[Record, ...]:
    """The contacts of `day` (local) that count, the latest first."""
    zone = ZoneInfo(store.zone)
    begin = instant(datetime.combine(day, time(), zone))
    end = instant(datetime.combine(day + timedelta(days=1), time(), zone))
    with store.read() as conn:
        who = [
            one
            for (one,) in conn.execute(
                "SELECT DISTINCT debtor_id FROM contact JOIN who USING (pid)"
                " WHERE at >= ? AND at < ?",
                (begin, end),
            )
        ]
        people = {row.debtor_id: row for row in load_rows(conn, who)}
        names, have = staff_names(conn), collectors_of(conn)
        given = {one.event_id: one for one in load_returned(conn, waiting=False)}
        found = []
        for debtor_id, events in events_of(conn, who):
            undone = undone_batches(events)
            for one in events:
                if one.kind != "contact" or one.batch in undone:
                    continue
                if not begin <= one.occurred_at < end:
                    continue
                told, key, row = one.payload, one.event_id.hex(), people.get(debtor_id)
                found.append(
                    Record(
                        debtor_id, row.name if row else "", row.township if row else "", key,
                        moment(one.occurred_at), told["code"], told.get("result", ""),
                        told.get("note", ""), tuple(names.get(by, by) for by in told.get("by", ())),
                        have.get(debtor_id, ""), given.get(key),
                    )
                )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.at, one.event_id), reverse=True))


def given_back(store: Store) -> tuple[GivenBack, ...]:
    """All records that wait for an answer, the oldest return first."""
    with store.read() as conn:
        waiting = load_returned(conn)
        who = sorted({one.debtor_id for one in waiting})
        people = {row.debtor_id: row for row in load_rows(conn, who)}
        have = collectors_of(conn)
        events = {one.event_id.hex(): one for _, events in events_of(conn, who) for one in events}
    found = []
    for one in waiting:
        row, event = people.get(one.debtor_id), events.get(one.event_id)
        contact = event is not None and event.kind == "contact"
        found.append(
            GivenBack(
                one, row.name if row else "", row.township if row else "",
                moment(event.occurred_at) if event else None,
                event.payload["code"] if event and contact else "",
                event.payload.get("result", "") if event and contact else "",
                have.get(one.debtor_id, ""),
            )
        )  # fmt: skip
    return tuple(found)
