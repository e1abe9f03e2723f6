"""The day after each kind of outcome: who is absent until when, who comes up, with what."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest
from demo_time import DEMO_DAY, DEMO_NOW

from planner.actions.make_plan import make_plan
from planner.actions.next_step import propose
from planner.actions.outcomes import Outcome
from planner.actions.rank import Ranking, rank
from planner.actions.record import record
from planner.domain.step import Means
from planner.store.store import Store

AT = DEMO_NOW + timedelta(hours=2)  # 10:30 in Shanghai
EVENING = DEMO_NOW + timedelta(hours=11)
TOMORROW = DEMO_DAY + timedelta(days=1)
DUE = DEMO_DAY + timedelta(days=7)
FOR_GOOD = None


@dataclass(frozen=True)
class After:
    """What has to follow: the rule that bars tomorrow, the one that stays ("" = the same), the days
    until a visit is permitted again (None: no end is known), the way of the next step, its
    objective ("": that of the stage), the part of the day it may not be in, the days to it (None:
    not before a visit is permitted)."""

    rule: str
    stays: str
    days: int | None
    means: Means
    objective: str = ""
    not_part: int | None = None
    in_days: int | None = None


def lead(rule: str, days: int | None = FOR_GOOD) -> After:
    """Contact rests, and the lead looks at it on the next working day."""
    return After(rule, "", days, Means.LEAD, "clarify", in_days=1)


NOBODY, MET = "cn.house.cooldown.nobody", "cn.house.cooldown.met"
UNUSABLE = "gate.address_unusable"
TABLE = {
    ("VIS-NC", ""): After(NOBODY, "", 4, Means.VISIT, not_part=0),
    ("VIS-TPC", ""): After(MET, "", 10, Means.CALL, not_part=0, in_days=0),
    ("VIS-ADR-BAD", ""): After(NOBODY, UNUSABLE, FOR_GOOD, Means.CALL, "verify", in_days=0),
    ("VIS-MOVED", ""): After(NOBODY, UNUSABLE, FOR_GOOD, Means.CALL, "verify", in_days=0),
    ("VIS-REFUSE", ""): lead("gate.lead"),
    ("VIS-ABORT-SAFE", ""): lead("gate.unsafe"),
    ("VIS-ABORT-VULN", ""): lead("gate.vulnerable"),
    ("VIS-ABORT-MINOR", ""): lead("gate.sensitive"),
    ("VIS-RPC", "OUT-PAID"): After(MET, "gate.call_first", FOR_GOOD, Means.CALL, in_days=0),
    ("VIS-RPC", "OUT-PTP"): After("gate.live_promise", "", 14, Means.MESSAGE, "remind", in_days=6),
    # While a plan is kept not even a reminder is permitted: the step is after its day of grace.
    ("VIS-RPC", "OUT-PLAN"): After("cn.law.plan.card", "", 14, Means.CALL, "broken", in_days=9),
    ("VIS-RPC", "OUT-RTP"): After(MET, "", 10, Means.VISIT),
    ("VIS-RPC", "OUT-HARD"): After(
        MET, "gate.hardship_met", FOR_GOOD, Means.CALL, "assist", in_days=0
    ),
    ("VIS-RPC", "OUT-DISP"): lead("gate.dispute"),
    ("VIS-RPC", "OUT-CTP"): lead("gate.dispute", 10),
    ("VIS-RPC", "OUT-CMPL"): lead("gate.complaint", 30),
    ("VIS-RPC", "OUT-CEASE"): lead("gate.cease"),
    ("VIS-RPC", "OUT-REP"): lead("gate.represented"),
}


def evening() -> datetime:
    return EVENING


def planned(store: Store, day: date, ranking: Ranking | None = None) -> dict[str, datetime]:
    """Who is visited on the day and when, by the real engine."""
    plan = make_plan(store, day, clock=evening, iterations=400, ranking=ranking)
    return {stop.debtor_id: stop.start for route in plan.routes for stop in route.stops}


@pytest.mark.parametrize(("code", "result"), TABLE)
def test_the_day_after(demo_store: Store, code: str, result: str) -> None:
    """Absent from the next plan, by the named rule, until the named day; others take the place; the
    next step has the way, the hour and the objective that the outcome asks for."""
    want = TABLE[code, result]
    today = rank(demo_store, DEMO_DAY)
    who = early_one(today)
    promised = result in ("OUT-PTP", "OUT-PLAN")
    outcome = Outcome(
        who, code, AT, result=result, amount=100_00 if promised or result == "OUT-PAID" else None,
        due=DUE if promised else None, leave=AT + timedelta(minutes=10),
    )  # fmt: skip
    done = record(demo_store, outcome, clock=evening)
    ahead = rank(demo_store, TOMORROW)
    assert ahead.rule(ahead.row(who)) == want.rule
    assert done.rule == (want.stays or want.rule)
    if want.days is None:
        assert done.next_allowed is None
    else:
        assert done.next_allowed is not None
        gone = (done.next_allowed.date() - DEMO_DAY).days
        assert want.days <= gone <= want.days + 2  # Sundays and hours come on top
    plan = planned(demo_store, TOMORROW, ahead)
    assert who not in plan
    worst = min(float(ahead.scores.points[ahead.row(one)]) for one in plan)
    assert len(plan) > 30
    assert worst > 0
    step = propose(demo_store, who, EVENING)
    assert step is not None
    stage = "middle"
    assert (step.means, step.objective) == (want.means, want.objective or stage)
    if want.not_part is not None:
        assert step.part != want.not_part
    first = DEMO_DAY + timedelta(days=want.in_days or 0)
    if want.in_days is None:  # not before a visit is permitted again
        assert done.next_allowed is not None
        first = done.next_allowed.date()
    assert first <= step.day <= first + timedelta(days=7)


def early_one(ranking: Ranking) -> str:
    """Somebody who may be visited, in the middle stage, with one address, one phone and no promise
    that would speak for itself."""
    table = ranking.table
    for i in ranking.order.tolist():
        days = DEMO_DAY.toordinal() - int(table.overdue_since[i])
        places = int(table.address_off[i + 1] - table.address_off[i])
        promises = int(table.promise_off[i + 1] - table.promise_off[i])
        visits = table.contact_channel[table.contact_off[i] : table.contact_off[i + 1]] == 2
        if (35 <= days <= 85 and places == 1 and not promises and not visits.any()
                and not int(table.flags[i])):  # fmt: skip
            return str(table.debtor_ids[i])
    raise AssertionError("nobody of the demo fits")


def test_a_call_that_fails_brings_up_the_visit(demo_store: Store) -> None:
    """Who was called in vain often enough may be visited, and a visit is proposed."""
    ranking = rank(demo_store, DEMO_DAY)
    who = next(
        ranking.table.debtor_ids[i]
        for i in ranking.order.tolist()
        if ranking.rule(i) == "gate.call_first"
        and propose(demo_store, ranking.table.debtor_ids[i], EVENING, ranking=ranking) is not None
    )
    for hours in (1, 4, 8):
        at = DEMO_NOW + timedelta(hours=hours)
        record(demo_store, Outcome(who, "CALL-NA", at), clock=evening)
    ahead = rank(demo_store, TOMORROW + timedelta(days=7))
    assert ahead.rule(ahead.row(who)) is None
    step = propose(demo_store, who, EVENING)
    assert step is not None
    assert step.means is Means.VISIT


def test_a_broken_promise_brings_the_person_up(demo_store: Store) -> None:
    """Protected while the promise is open; after its day of grace the person ranks higher and is
    asked why."""
    who = early_one(rank(demo_store, DEMO_DAY))
    record(
        demo_store,
        Outcome(who, "VIS-RPC", AT, result="OUT-PTP", amount=100_00, due=DEMO_DAY),
        clock=evening,
    )
    later = DEMO_DAY + timedelta(days=25)
    ranking = rank(demo_store, later)
    assert ranking.rule(ranking.row(who)) is None
    step = propose(demo_store, who, DEMO_NOW + timedelta(days=3), ranking=ranking)
    assert step is not None
    assert (step.means, step.objective, step.why) == (Means.CALL, "broken", "promise_broken")


@pytest.mark.parametrize("outcome", [("VIS-NC", ""), ("VIS-RPC", "OUT-PTP"), ("VIS-MOVED", "")])
def test_somebody_else_comes_up(demo_store: Store, outcome: tuple[str, str]) -> None:
    """Whom today's outcome takes out of tomorrow's plan leaves room that somebody else gets."""
    before = planned(demo_store, TOMORROW)
    out = sorted(before, key=before.__getitem__)[:6]
    code, result = outcome
    for who in out:
        record(
            demo_store,
            Outcome(who, code, AT, result=result, amount=100_00 if result else None,
                    due=DUE if result else None),
            clock=evening,
        )  # fmt: skip
    after = planned(demo_store, TOMORROW)
    assert not set(out) & set(after)
    assert len(set(after) - set(before)) >= 3
