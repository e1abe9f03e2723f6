"""The same book three ways: by SQL, by the columns, and by plain Python over the list of events."""

import random
import tempfile
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from store_factory import ZONE, TestClock, append, expected, make_store, random_event

from planner.actions.rank import Ranking, rank, ranked
from planner.domain.facts import NEVER, PersonFacts, instant, table_of
from planner.domain.localtime import midnight
from planner.policy import judge_many as judging
from planner.policy.judge import judge
from planner.ranking import features, late
from planner.store import packs
from planner.store.driver import Connection
from planner.store.events import NewEvent
from planner.store.facts import keep_blocks
from planner.store.store import Store, undo

DAY = date(2026, 3, 2)
_COUNTS = """
SELECT debtor_id,
  (SELECT sum(amount) FROM loan l WHERE l.pid = w.pid AND status = 'open'),
  (SELECT count(*) FROM contact c WHERE c.pid = w.pid AND at >= ?1 AND at < ?2),
  (SELECT count(*) FROM contact c WHERE c.pid = w.pid AND at < ?2 AND phone <> 0),
  (SELECT count(*) FROM promise p WHERE p.pid = w.pid),
  (SELECT ifnull(sum(amount), 0) FROM payment p WHERE p.pid = w.pid AND at < ?2),
  (SELECT count(*) FROM hold h WHERE h.pid = w.pid AND start < ?2
    AND (until IS NULL OR until >= ?2)),
  (SELECT count(*) FROM address a WHERE a.pid = w.pid AND valid)
FROM who w WHERE EXISTS (SELECT 1 FROM loan l WHERE l.pid = w.pid AND status = 'open')
"""


def by_sql(conn: Connection, week: int, end: int) -> dict[str, tuple[int, ...]]:
    return {who: tuple(map(int, told)) for who, *told in conn.execute(_COUNTS, (week, end))}


def by_columns(ranking: Ranking, week: int, end: int) -> dict[str, tuple[int, ...]]:
    t = ranking.table

    def sums(offsets: object, values: object) -> list[int]:
        total = np.concatenate([[0], np.cumsum(np.asarray(values, np.int64))])
        return np.diff(total[np.asarray(offsets)]).tolist()

    past = t.contact_at < end
    columns = (
        t.amount.tolist(), sums(t.contact_off, past & (t.contact_at >= week)),
        sums(t.contact_off, past & (t.contact_phone != 0)), np.diff(t.promise_off).tolist(),
        sums(t.payment_off, t.payment_amount * (t.payment_at < end)),
        sums(t.hold_off, (t.hold_start < end) & (t.hold_until >= end)),
        sums(t.address_off, t.address_valid),
    )  # fmt: skip
    return dict(zip(t.debtor_ids, zip(*columns, strict=True), strict=True))


def by_events(people: list[PersonFacts], week: int, end: int) -> dict[str, tuple[int, ...]]:
    found = {}
    for p in people:
        counts: Counter[str] = Counter()
        for contact in p.contacts:
            counts["week"] += week <= instant(contact.at) < end
            counts["phone"] += instant(contact.at) < end and bool(contact.phone)
        for hold in p.holds:
            ends = NEVER if hold.until is None else instant(hold.until)
            counts["holds"] += instant(hold.start) < end <= ends
        paid = sum(one.amount for one in p.payments if instant(one.at) < end)
        found[p.debtor_id] = (
            p.amount, counts["week"], counts["phone"], len(p.promises), paid, counts["holds"],
            sum(one.valid for one in p.addresses),
        )  # fmt: skip
    return found


def calm(event: NewEvent) -> NewEvent:
    """The event, or for most persons nothing that stops all visits: some may then be visited."""
    if int(event.debtor_id[1:]) % 4 == 0:
        return event
    if event.kind in ("hold", "flag"):
        told = {"channel": "call", "code": "CALL-NA"}
        return NewEvent("contact", event.debtor_id, event.occurred_at, told)
    stopping = ("flags", "jurisdiction")
    told = {name: value for name, value in event.payload.items() if name not in stopping}
    return NewEvent(event.kind, event.debtor_id, event.occurred_at, told)


def told(store: Store, rnd: random.Random) -> list[NewEvent]:
    """Random entries, a fifth of them taken back; those that stand, in the order of recording."""
    standing: list[NewEvent] = []
    for _ in range(60):
        events = [calm(random_event(rnd, f"P{rnd.randrange(12)}")) for _ in range(3)]
        batch = append(store, *events)
        if rnd.random() < 0.2:
            with store.write() as tx:
                undo(tx, batch)
        else:
            standing += events
        if rnd.random() < 0.2:
            keep_blocks(store)
    return standing


def agree(seed: int) -> int:
    """One random book on a random day; how many persons of it may be visited."""
    rnd, day = random.Random(seed), DAY + timedelta(seed % 9 - 4)
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder), TestClock()) as store:
        events = told(store, rnd)
        ranking = rank(store, day)
        end = midnight(day, ZONE, 24)
        week = end - 7 * 86_400
        plain = [expected(who, events, day) for who in ranking.table.debtor_ids]
        people = [one for one in plain if one is not None]
        assert len(people) == len({one.debtor_id for one in events
                                   if expected(one.debtor_id, events, day)})  # fmt: skip
        with store.read() as conn:
            counted = by_sql(conn, week, end)
        assert counted == by_columns(ranking, week, end) == by_events(people, week, end)
    verdicts = ranking.verdicts
    for i, facts in enumerate(people):
        one = judge(facts, ranking.policy.for_jurisdiction(facts.jurisdiction), day)
        assert (bool(verdicts.eligible[i]), ranking.rule(i)) == (one.eligible, one.rule)
    again = ranked(
        table_of(people), ranking.crews, ranking.policy, ranking.params, ranking.weights, day
    )
    for name in ("points", "value", "travel_share", "pm_best", "pm_mean", "parts", "pm", "p0"):
        mine, yours = (np.asarray(getattr(one.scores, name)) for one in (ranking, again))
        assert np.array_equal(mine, yours), name
    assert ranking.order.tolist() == again.order.tolist()
    return int(verdicts.eligible.sum())


def test_sql_columns_and_events_agree(
    monkeypatch: pytest.MonkeyPatch, pytestconfig: pytest.Config
) -> None:
    """On random histories with entries taken back, read from blocks of a few persons and ranked a
    few at a time: counts are the same by SQL, by the columns and by the events; eligibility is what
    the judge of one person says; points are those of the facts folded in plain Python, bit by bit.
    Ten books, 500 with --full."""
    monkeypatch.setattr(packs, "SPAN", 4)
    monkeypatch.setattr(judging, "PART", 3)
    monkeypatch.setattr(late, "PART", 5)
    monkeypatch.setattr(features, "PART", 5)
    runs = 500 if pytestconfig.getoption("--full") else 10
    assert sum(agree(seed) for seed in range(runs)) > 0
