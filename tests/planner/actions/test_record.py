"""Recording: what each outcome sets in motion, and what cannot be recorded."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from planner.actions.check import check
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.policy import active_policy
from planner.actions.rank import rank
from planner.actions.record import consequence, record
from planner.actions.undo import undo_batch
from planner.domain.codes import CODES, RESULTS, Channel
from planner.errors import PlannerError
from planner.store.facts import load_person_facts
from planner.store.people import load_debtor, timeline
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify

DAY = date(2026, 11, 24)
AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)  # 10:00 in Shanghai


OUTCOMES = [
    *(("VIS-RPC", result) for result in RESULTS),
    *((code, "") for code in CODES if code.startswith("VIS-") and code != "VIS-RPC"),
]


def clock() -> datetime:
    return AT + timedelta(hours=9)


def first_ready(store: Store, skip: int = 0) -> str:
    ranking = rank(store, DAY)
    return ranking.table.debtor_ids[int(ranking.order[skip])]


def outcome_of(who: str, code: str, result: str, address: str = "") -> Outcome:
    """An outcome with what it needs: a promise is for a week later."""
    promised = result in ("OUT-PTP", "OUT-PLAN")
    due = DAY + timedelta(days=7) if promised else None
    amount = 100 if promised else None
    return Outcome(who, code, AT, result=result, amount=amount, due=due, address_id=address)


@pytest.mark.parametrize(("code", "result"), OUTCOMES)
def test_the_consequence_shown_is_the_consequence_had(
    demo_store: Store, code: str, result: str
) -> None:
    """What is said before an outcome is recorded is exactly what recording it then says."""
    who = first_ready(demo_store)
    with demo_store.read() as conn:
        facts = load_person_facts(conn, who, DAY)
    outcome = outcome_of(who, code, result, facts.addresses[0].address_id)
    shown = consequence(facts, active_policy(demo_store), outcome)
    done = record(demo_store, outcome, clock=clock)
    assert (done.rule, done.next_allowed) == (shown.rule, shown.until)


@pytest.mark.parametrize(("code", "result"), OUTCOMES)
def test_nobody_is_planned_for_the_day_after(demo_store: Store, code: str, result: str) -> None:
    """After every outcome the person is neither planned nor eligible on the following day."""
    who = first_ready(demo_store)
    record(demo_store, outcome_of(who, code, result), clock=clock)
    ranking = rank(demo_store, DAY + timedelta(days=1))
    assert not ranking.verdicts.eligible[ranking.row(who)]
    plan = make_plan(
        demo_store, DAY + timedelta(days=1), clock=clock, iterations=300, ranking=ranking
    )
    assert who not in {stop.debtor_id for route in plan.routes for stop in route.stops}


def test_a_broken_rule_is_kept_flagged_and_listed(demo_store: Store) -> None:
    """A visit recorded at 23:00 stays in the history with an exception naming the rule."""
    who = first_ready(demo_store)
    late = datetime(2026, 11, 23, 15, 0, tzinfo=UTC)
    done = record(demo_store, Outcome(who, "VIS-NC", late), clock=clock)
    assert done.broken_rules
    with demo_store.read() as conn:
        kinds = [entry.kind for entry in timeline(conn, who) if entry.batch == done.batch]
    assert kinds.count("contact") == 1
    assert kinds.count("exception") == 1


def test_a_visit_in_time_breaks_nothing(demo_store: Store) -> None:
    """A permitted visit has no exception, whoever opens the door."""
    done = record(demo_store, Outcome(first_ready(demo_store), "VIS-TPC", AT), clock=clock)
    assert done.broken_rules == ()


def test_undo_takes_everything_back(demo_store: Store) -> None:
    """Undo of a promise with its visit gives the hash of the start; redo and undo again as well."""
    who = first_ready(demo_store)
    with demo_store.read() as conn:
        before = derived_hash(conn)
    outcome = Outcome(who, "VIS-RPC", AT, result="OUT-PTP", amount=5000, due=date(2026, 12, 1))
    batch = record(demo_store, outcome, clock=clock).batch
    for _ in range(2):
        batch = undo_batch(demo_store, batch)
        with demo_store.read() as conn:
            assert derived_hash(conn) == before
        batch = undo_batch(demo_store, batch)
    assert verify(demo_store).ok


def test_a_promise_bars_until_after_its_day_of_grace(demo_store: Store) -> None:
    """A live promise bars a visit through the day after it is due, by its own rule."""
    who = first_ready(demo_store)
    due = date(2026, 12, 10)  # beyond the pause after a meeting
    outcome = Outcome(who, "VIS-RPC", AT, result="OUT-PTP", amount=5000, due=due)
    record(demo_store, outcome, clock=clock)
    on_grace = datetime(2026, 12, 11, 2, tzinfo=UTC)
    assert check(demo_store, who, Channel.VISIT, on_grace).rule == "gate.live_promise"
    after = check(demo_store, who, Channel.VISIT, datetime(2026, 12, 14, 2, tzinfo=UTC))
    assert after.rule != "gate.live_promise"


def test_a_moved_person_loses_that_address(demo_store: Store) -> None:
    """`moved` marks the one address that was visited as wrong."""
    who = first_ready(demo_store)
    with demo_store.read() as conn:
        place = load_debtor(conn, who).addresses[0].address_id
    record(demo_store, Outcome(who, "VIS-MOVED", AT, address_id=place), clock=clock)
    with demo_store.read() as conn:
        found = {a.address_id: a.valid for a in load_debtor(conn, who).addresses}
    assert found[place] is False


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "VIS-X"}, "record.unknown_code"),
        ({"result": "OUT-X"}, "record.unknown_result"),
        ({"code": "VIS-NC", "result": "OUT-PAID"}, "record.result_needs_person"),
        ({"at": datetime(2026, 11, 24, 10)}, "record.naive_time"),  # noqa: DTZ001
        ({"at": AT + timedelta(days=2)}, "record.in_future"),
        ({"leave": AT - timedelta(minutes=1)}, "record.leave_before_arrival"),
        ({"result": "OUT-PAID", "amount": 0}, "record.amount_not_positive"),
        ({"result": "OUT-PTP", "amount": 5}, "record.promise_incomplete"),
        ({"result": "OUT-PTP", "amount": 5, "due": date(2026, 11, 23)}, "record.due_in_past"),
    ],
)
def test_what_cannot_be_meant_is_refused(
    demo_store: Store, change: dict[str, object], code: str
) -> None:
    """Each impossible outcome is refused by its code, and nothing is written."""
    who = first_ready(demo_store)
    with demo_store.read() as conn:
        before = derived_hash(conn)
    given = {"code": "VIS-RPC", "at": AT} | change
    with pytest.raises(PlannerError) as refused:
        record(demo_store, Outcome(who, **given), clock=clock)  # type: ignore[arg-type]
    assert refused.value.code == code
    with demo_store.read() as conn:
        assert derived_hash(conn) == before


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("record.date_far", {"due": date(9999, 12, 31)}),
        ("record.date_far", {"at": datetime(1900, 1, 1, tzinfo=UTC)}),
        ("record.date_far", {"leave": datetime(9999, 12, 31, tzinfo=UTC)}),
        ("record.naive_time", {"leave": AT.replace(tzinfo=None)}),
        ("record.amount_absurd", {"amount": 10**30}),
        ("record.unknown_address", {"address_id": "A0"}),
    ],
)
def test_what_cannot_be_meant_is_refused_before_it_is_written(
    demo_store: Store, code: str, changes: dict[str, object]
) -> None:
    """A slip of the pen is refused, nothing is written, and the whole book can still be ranked."""
    who = first_ready(demo_store)
    with demo_store.read() as conn:
        before = derived_hash(conn)
    promise = Outcome(who, "VIS-RPC", AT, result="OUT-PTP", amount=1, due=DAY)
    with pytest.raises(PlannerError) as refused:
        record(demo_store, replace(promise, **changes), clock=clock)  # type: ignore[arg-type]
    assert refused.value.code == code
    with demo_store.read() as conn:
        assert derived_hash(conn) == before
    assert rank(demo_store, DAY).table.n
