"""Contacts that two laptops made without knowing of each other, judged again when they meet.

Each was judged where it was recorded, by what was known there. The lead has both: what breaks a
rule only by what another laptop recorded is noted as an exception, which travels as any entry.
"""

from collections.abc import Iterator
from dataclasses import replace
from zoneinfo import ZoneInfo

from planner.actions.policy import active_policy
from planner.clock import Clock
from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts, instant, moment
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.policy.pack import Rulebook
from planner.store.driver import Connection
from planner.store.events import Event, NewEvent, events_of
from planner.store.facts import load_person_facts
from planner.store.state import undone_batches
from planner.store.store import Store
from planner.store.team import LEAD, role


def last_place(store: Store) -> int:
    """The place of the newest entry of this workspace."""
    with store.read() as conn:
        return int(conn.execute("SELECT ifnull(max(seq), 0) FROM event").fetchone()[0])


def judge_met(store: Store, after: int, *, clock: Clock) -> int:
    """Judge again, at the lead's, the contacts of persons of whom laptops brought contacts,
    promises or pauses behind the place `after`; how many exceptions were noted."""
    with store.read() as conn:
        if role(conn) != LEAD:
            return 0
        touched = conn.execute(
            "SELECT debtor_id, min(occurred_at) FROM event JOIN device USING (device_id)"
            " JOIN who USING (debtor_id) WHERE seq > ? AND owner <> '' AND who.key IS NOT NULL"
            " AND kind IN ('contact', 'promise', 'hold') GROUP BY debtor_id",
            (after,),
        ).fetchall()
        policy = active_policy(store) if touched else None
        found = [
            one
            for who, first in touched
            if policy
            for one in _broken(conn, store.zone, policy, who, first)
        ]
    if found:
        with store.write() as tx:
            tx.append(found)
    return len(found)


def _broken(
    conn: Connection, zone: str, policy: Rulebook, who: str, first: int
) -> Iterator[NewEvent]:
    """Exceptions of a person's contacts from the moment `first` on that nobody has noted."""
    ((_, events),) = events_of(conn, [who])
    undone = undone_batches(events)
    events = [event for event in events if event.batch not in undone]
    noted = [event for event in events if event.kind == "exception"]
    batches = {event.batch for event in noted}
    about = {event.payload.get("event") for event in noted}
    owners = {
        bytes(event_id): owner
        for event_id, owner in conn.execute(
            "SELECT event_id, owner FROM event JOIN device USING (device_id) WHERE debtor_id = ?",
            (who,),
        )
    }
    for one in events:
        if one.kind != "contact" or one.occurred_at < first or not owners[one.event_id]:
            continue
        if one.batch in batches or one.event_id.hex() in about:
            continue
        mine = owners[one.event_id]
        others = {event.occurred_at for event in events if owners[event.event_id] != mine}
        rule = _rule(conn, zone, policy, who, one, others)
        if rule:
            at = moment(one.occurred_at)
            told = {"rule": rule, "channel": one.payload["channel"], "at": at.isoformat(),
                    "event": one.event_id.hex()}  # fmt: skip
            yield NewEvent("exception", who, at, told)


def _rule(
    conn: Connection, zone: str, policy: Rulebook, who: str, one: Event, others: set[int]
) -> str | None:
    """The rule that a contact breaks by what other laptops recorded before it, None = none."""
    at, told = moment(one.occurred_at).astimezone(ZoneInfo(zone)), one.payload
    facts = load_person_facts(conn, who, at.date())
    try:
        rules = [
            check_contact(
                _known(facts, one.occurred_at, hidden), policy, Channel(told["channel"]), at,
                leave=at, phone=told.get("phone", ""),
            ).rule
            for hidden in (set[int](), others)
        ]  # fmt: skip
    except PlannerError:  # no calendar is known for that day: nothing can be said
        return None
    return rules[0] if rules[0] != rules[1] else None


def _known(facts: PersonFacts, before: int, hidden: set[int]) -> PersonFacts:
    """The facts as they were just before an instant, without what was recorded at others."""

    def there(at: int) -> bool:
        return at < before and at not in hidden

    promised = [
        (one, paid)
        for one, paid in zip(facts.promises, facts.promises_paid, strict=True)
        if there(instant(one.made_at))
    ]
    return replace(
        facts,
        contacts=tuple(one for one in facts.contacts if there(instant(one.at))),
        promises=tuple(one for one, _ in promised),
        promises_paid=tuple(paid for _, paid in promised),
        holds=tuple(one for one in facts.holds if there(instant(one.start))),
    )
