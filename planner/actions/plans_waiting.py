"""Instalment plans that wait for the lead: who, how much, against what the lender allows; yes, no,
or a yes to another plan.

Money is minor units of the workspace. The yes itself is `plans_agreed.approve_plan`.
"""

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from planner.actions.outcomes import PlanTerms, plan_payload
from planner.actions.plans_agreed import (
    USUAL,
    AgreedPlan,
    load_terms,
    plan_now,
    plans_of,
    replaced_plans,
    strictest,
)
from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.instalments import Terms
from planner.errors import PlannerError
from planner.store.driver import Connection
from planner.store.events import NewEvent
from planner.store.known import load_debtors
from planner.store.store import Store

# Proposals to which nobody said yes or no, of persons with an open case.
_WAITING = (
    "FROM instalment_plan p JOIN who w USING (pid) WHERE p.approval != '[]'"
    " AND p.approved IS NULL AND p.ended IS NULL"
    " AND EXISTS (SELECT 1 FROM loan l WHERE l.pid = p.pid AND l.status = 'open')"
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """One proposal: `debt` is what is owed on open loans, `allowed` what their lenders allow
    together, `instead` the plan that still runs and would end with a yes."""

    debtor_id: str
    name: str
    plan: AgreedPlan
    debt: int
    lenders: tuple[str, ...]
    allowed: Terms
    instead: AgreedPlan | None = None

    @property
    def last(self) -> date:
        """When it would be paid."""
        return max(one.due for one in self.plan.terms.instalments)

    @property
    def total(self) -> int:
        """What is paid in all."""
        return sum(one.amount for one in self.plan.terms.instalments)

    @property
    def waived_share(self) -> float:
        """Share of the sum that would be waived."""
        whole = self.total + self.plan.terms.waived
        return self.plan.terms.waived / whole if whole else 0.0


def count_waiting(conn: Connection) -> int:
    """How many plans wait for the lead."""
    return int(conn.execute(f"SELECT count(*) {_WAITING}").fetchone()[0])


def waiting_plans(store: Store, day: date) -> tuple[Waiting, ...]:
    """The plans that wait for the lead, as they stand on `day`, the oldest first."""
    with store.read() as conn:
        rows = conn.execute(f"SELECT w.debtor_id, p.plan_id {_WAITING} ORDER BY p.at, p.plan_id")
        ids = [(who, plan_id) for who, plan_id in rows]
        people = load_debtors(conn, [who for who, _ in ids])
        every = load_terms(conn)
        plans = {who: plans_of(conn, who, day) for who in people}
    found = []
    for who, plan_id in ids:
        open_ = [case for case in people[who].cases if case.status == "open"]
        lenders = tuple(dict.fromkeys(case.lender for case in open_))
        (plan,) = (one for one in plans[who] if one.plan_id == plan_id)
        running = next((one for one in plans[who] if one.status == "running"), None)
        found.append(
            Waiting(
                who, people[who].name, plan, sum(case.amount_overdue for case in open_), lenders,
                strictest(every.get(lender, every[USUAL]) for lender in lenders), running,
            )
        )  # fmt: skip
    return tuple(found)


def decline_plan(
    store: Store, debtor_id: str, plan_id: str, *, reason: str, by: str, clock: Clock
) -> bytes:
    """The lead does not agree to a proposed plan; the batch that undoes it. What runs goes on.

    PlannerError("team.lead_only"), ("instalments.no_reason"), ("instalments.not_proposed"),
    ("instalments.unknown").
    """
    now = clock()
    one = _proposed(store, debtor_id, plan_id, reason, by, now)
    with store.write() as tx:
        return tx.append([_ended(one, debtor_id, now, store.zone, reason, by)])


def change_plan(
    store: Store,
    debtor_id: str,
    plan_id: str,
    terms: PlanTerms,
    *,
    reason: str,
    by: str,
    clock: Clock,
) -> tuple[str, bytes]:
    """The lead agrees to `terms`, to which the person agreed too, in place of the proposed plan.

    Answers the new plan's id and the batch that undoes all of it.

    PlannerError as `decline_plan`, ("instalments.empty"), ("instalments.due_in_past").
    """
    now = clock()
    one = _proposed(store, debtor_id, plan_id, reason, by, now)
    if not terms.instalments:
        raise PlannerError("instalments.empty")
    if min(part.due for part in terms.instalments) < _day(now, store.zone):
        raise PlannerError("instalments.due_in_past")
    fresh = secrets.token_hex(8)
    told = plan_payload(terms)
    agreed = NewEvent("plan.agreed", debtor_id, now, told | {"plan_id": fresh, "by": by})
    approved = {
        "plan_id": fresh, "instalments": told["instalments"], "case_ids": list(terms.case_ids),
        "reason": reason, "by": by, "since": one.at.isoformat(),
    }  # fmt: skip
    yes = [NewEvent("plan.approved", debtor_id, now, approved)] if terms.approval else []
    with store.write() as tx:
        ended = replaced_plans(tx.conn, debtor_id, now, by)
        over = _ended(one, debtor_id, now, store.zone, reason, by)
        return fresh, tx.append([*ended, over, agreed, *yes])


def _proposed(
    store: Store, debtor_id: str, plan_id: str, reason: str, by: str, now: datetime
) -> AgreedPlan:
    need_lead(store)
    if not reason.strip() or not by.strip():
        raise PlannerError("instalments.no_reason")
    one = plan_now(store, debtor_id, plan_id, now)
    if one.status != "proposed":
        raise PlannerError("instalments.not_proposed")
    return one


def _ended(
    one: AgreedPlan, debtor_id: str, now: datetime, zone: str, reason: str, by: str
) -> NewEvent:
    told = {
        "plan_id": one.plan_id, "case_ids": list(one.terms.case_ids), "day": _day(now, zone),
        "reason": reason, "by": by, "declined": True,
    }  # fmt: skip
    return NewEvent("plan.ended", debtor_id, now, told)


def _day(now: datetime, zone: str) -> date:
    return now.astimezone(ZoneInfo(zone)).date()
