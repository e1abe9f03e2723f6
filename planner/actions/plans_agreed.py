"""Instalment plans: what a lender allows, what a person can keep, what was agreed and became of it.

Money is minor units of the workspace. A plan that needs the lead's approval promises nothing before
it is approved; from then on each instalment is a promise (domain/promise.py).
"""

import json
import secrets
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from planner.actions.outcomes import PlanTerms, plan_payload
from planner.actions.policy import active_policy
from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.codes import PromiseState
from planner.domain.facts import moment
from planner.domain.instalments import (
    Household,
    Instalment,
    Terms,
    Variant,
    checked_terms,
    variants,
)
from planner.domain.promise import promise_states
from planner.errors import PlannerError
from planner.policy.pack import Rulebook
from planner.policy.workdays import next_working_day
from planner.store import settings
from planner.store.driver import Connection
from planner.store.events import NewEvent
from planner.store.facts import load_person_facts
from planner.store.people import load_debtor
from planner.store.state import pids_of
from planner.store.store import Store

KEY: Final = "instalments"
USUAL: Final = ""  # the terms of lenders that have none of their own
_ONE_DAY: Final = timedelta(days=1)
_WAITING: Final = {False: "proposed", True: "declined"}  # to which the lead never agreed
_FIRST_MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Basis:
    """Whom a plan is for: open loans, what is owed, what their lenders allow together."""

    debtor_id: str
    name: str
    debt: int
    case_ids: tuple[str, ...]
    lenders: tuple[str, ...]
    terms: Terms
    first: date  # the day offered for the first instalment


@dataclass(frozen=True, slots=True)
class AgreedPlan:
    """A plan that was agreed: `status` is "proposed", "running", "done", "broken" or "ended".

    `states` belong to the instalments in order; () while it is only proposed. `paid` is the money
    that counts towards them, `next_due` the first one open, None where none is. A proposal to which
    the lead said no is "declined"; `why` is the reason of an end or a no.
    """

    plan_id: str
    at: datetime
    terms: PlanTerms
    by: str
    status: str
    states: tuple[PromiseState, ...]
    paid: int
    next_due: Instalment | None
    why: str = ""


def load_terms(conn: Connection) -> dict[str, Terms]:
    """Terms by lender, USUAL always among them; figures that make no sense are as usual."""
    found = {USUAL: Terms()}
    for lender, told in settings.get(conn, KEY, {}).items():
        known = {name: value for name, value in told.items() if name in Terms.__dataclass_fields__}
        try:
            found[lender] = checked_terms(replace(Terms(), **known))
        except (PlannerError, TypeError):
            continue
    return found


def save_terms(store: Store, lender: str, **changes: Any) -> Terms:
    """Change the terms of a lender (USUAL: of all that have none of their own) and return them.

    PlannerError("instalments.terms", field) for a figure that cannot be.
    """
    need_lead(store)
    with store.read() as conn:
        every = load_terms(conn)
    found = checked_terms(replace(every.get(lender, every[USUAL]), **changes))
    with store.write() as tx:
        told = settings.get(tx.conn, KEY, {})
        settings.put(tx, KEY, told | {lender: asdict(found)})
    return found


def drop_terms(store: Store, lender: str) -> None:
    """From now on the usual terms hold for this lender."""
    need_lead(store)
    with store.write() as tx:
        told = settings.get(tx.conn, KEY, {})
        settings.put(tx, KEY, {name: one for name, one in told.items() if name != lender})


def strictest(every: Iterable[Terms]) -> Terms:
    """What all of them allow together: somebody who owes several lenders has one plan."""
    found = list(every)
    return Terms(
        longest_months=min(one.longest_months for one in found),
        least_instalment=max(one.least_instalment for one in found),
        most_waiver=min(one.most_waiver for one in found),
        free_months=min(one.free_months for one in found),
        free_waiver=min(one.free_waiver for one in found),
    )


def basis(store: Store, debtor_id: str, day: date) -> Basis:
    """Whom a plan agreed on `day` would be for.

    PlannerError("store.unknown_person"), ("instalments.no_debt") without an open loan.
    """
    with store.read() as conn:
        debtor = load_debtor(conn, debtor_id)
        every = load_terms(conn)
    open_ = [case for case in debtor.cases if case.status == "open"]
    debt = sum(case.amount_overdue for case in open_)
    if debt <= 0:
        raise PlannerError("instalments.no_debt")
    lenders = tuple(dict.fromkeys(case.lender for case in open_))
    terms = strictest(every.get(lender, every[USUAL]) for lender in lenders)
    first = on_working_day(active_policy(store), day + _FIRST_MONTH)
    return Basis(
        debtor_id, debtor.name, debt, tuple(c.case_id for c in open_), lenders, terms, first
    )


def on_working_day(policy: Rulebook, day: date) -> date:
    """`day`, or the first working day after it; as it is where no calendar reaches so far."""
    try:
        return next_working_day(policy, day - _ONE_DAY)
    except PlannerError:
        return day


def propose(
    store: Store, whom: Basis, household: Household, first: date, *, down: int = 0
) -> tuple[Variant, ...]:
    """The plans this household can keep (`instalments.variants`); a payment that would fall due on
    a day of rest is due on the next working day."""
    policy = active_policy(store)
    return tuple(
        replace(
            one,
            instalments=tuple(
                replace(part, due=on_working_day(policy, part.due)) for part in one.instalments
            ),
        )
        for one in variants(whom.debt, household, whom.terms, first, down=down)
    )


def terms_of(variant: Variant, whom: Basis, day: date, told: Household | None = None) -> PlanTerms:
    """The variant as it is agreed on `day`: the down payment is the first instalment. `told` only
    with the household's consent."""
    down = (Instalment(day, variant.down),) if variant.down else ()
    return PlanTerms(
        (*down, *variant.instalments), variant.down, variant.waived, variant.approval, told,
        whom.case_ids,
    )  # fmt: skip


def agree_plan(
    store: Store,
    debtor_id: str,
    terms: PlanTerms,
    *,
    clock: Clock,
    by: str = "",
    at: datetime | None = None,
) -> tuple[str, bytes]:
    """Record a plan agreed at `at` (now) without a contact of its own; its id and the batch that
    undoes it. What still runs is replaced by it.

    PlannerError("store.unknown_person"), ("instalments.empty") for a plan without instalments and
    ("instalments.due_in_past").
    """
    now = at or clock()
    with store.read() as conn:
        load_debtor(conn, debtor_id)
    day = now.astimezone(ZoneInfo(store.zone)).date()
    if not terms.instalments:
        raise PlannerError("instalments.empty")
    if min(one.due for one in terms.instalments) < day:
        raise PlannerError("instalments.due_in_past")
    plan_id = secrets.token_hex(8)
    payload = plan_payload(terms) | {"plan_id": plan_id, "by": by or None}
    # A proposal leaves what runs as it is: until the lead agrees nothing has changed.
    with store.write() as tx:
        agreed = NewEvent("plan.agreed", debtor_id, now, payload)
        return plan_id, tx.append([agreed] if terms.approval else one_plan(tx.conn, agreed, by))


def one_plan(conn: Connection, agreed: NewEvent, by: str = "") -> list[NewEvent]:
    """A plan that counts at once, with the ends that leave one plan at a time: it takes the place
    of those agreed before; entered late, it ends when a later one that runs was agreed."""
    who, at = agreed.debtor_id, agreed.occurred_at
    zone = ZoneInfo(load_debtor(conn, who).zone)
    running = plans_of(conn, who, at.astimezone(zone).date())
    later = [one.at for one in running if one.status == "running" and one.at > at]
    told = {"reason": "replaced", "by": by or None, "plan_id": agreed.payload["plan_id"],
            "case_ids": agreed.payload.get("case_ids", [])}  # fmt: skip
    ended = [
        NewEvent("plan.ended", who, when, told | {"day": when.astimezone(zone).date()})
        for when in sorted(later)[:1]
    ]
    return [*replaced_plans(conn, who, at, by), agreed, *ended]


def replaced_plans(conn: Connection, debtor_id: str, at: datetime, by: str = "") -> list[NewEvent]:
    """Events that end the plans that run and were agreed by `at`, for another takes their place."""
    day = at.astimezone(ZoneInfo(load_debtor(conn, debtor_id).zone)).date()
    told = {"day": day, "reason": "replaced", "by": by or None}
    return [
        NewEvent(
            "plan.ended", debtor_id, at,
            told | {"plan_id": one.plan_id, "case_ids": list(one.terms.case_ids)},
        )
        for one in plans_of(conn, debtor_id, day)
        if one.status == "running" and one.at <= at
    ]  # fmt: skip


def approve_plan(
    store: Store, debtor_id: str, plan_id: str, *, reason: str, by: str, clock: Clock
) -> bytes:
    """The lead agrees to a proposed plan: from now on its instalments count; the batch to undo it.

    What would have been due while the lead was asked is due today; what was paid since then counts.
    PlannerError("team.lead_only") in a collector's workspace, ("instalments.no_reason"),
    ("instalments.not_proposed") for a plan that waits for nobody, and ("instalments.unknown").
    """
    need_lead(store)
    if not reason.strip() or not by.strip():
        raise PlannerError("instalments.no_reason")
    now = clock()
    one = plan_now(store, debtor_id, plan_id, now)
    if one.status != "proposed":
        raise PlannerError("instalments.not_proposed")
    today = now.astimezone(ZoneInfo(store.zone)).date()
    parts = tuple(replace(part, due=max(part.due, today)) for part in one.terms.instalments)
    payload = {
        "plan_id": plan_id, "instalments": plan_payload(replace(one.terms, instalments=parts))[
            "instalments"],
        "case_ids": list(one.terms.case_ids), "reason": reason, "by": by,
        "since": one.at.isoformat(),
    }  # fmt: skip
    with store.write() as tx:
        ended = replaced_plans(tx.conn, debtor_id, now, by)
        return tx.append([*ended, NewEvent("plan.approved", debtor_id, now, payload)])


def end_plan(
    store: Store, debtor_id: str, plan_id: str, *, reason: str, clock: Clock, by: str = ""
) -> bytes:
    """End a plan from today on: what has not fallen due yet is not owed by it any more.

    PlannerError("instalments.no_reason"), ("instalments.unknown"), ("instalments.over").
    """
    if not reason.strip():
        raise PlannerError("instalments.no_reason")
    now = clock()
    one = plan_now(store, debtor_id, plan_id, now)
    if one.status in ("ended", "declined"):
        raise PlannerError("instalments.over")
    day = now.astimezone(ZoneInfo(store.zone)).date()
    payload = {
        "plan_id": plan_id, "case_ids": list(one.terms.case_ids), "day": day, "reason": reason,
        "by": by or None,
    }  # fmt: skip
    with store.write() as tx:
        return tx.append([NewEvent("plan.ended", debtor_id, now, payload)])


def plan_now(store: Store, debtor_id: str, plan_id: str, now: datetime) -> AgreedPlan:
    """One plan as it stands at `now`; PlannerError("instalments.unknown")."""
    with store.read() as conn:
        found = plans_of(conn, debtor_id, now.astimezone(ZoneInfo(store.zone)).date())
    for one in found:
        if one.plan_id == plan_id:
            return one
    raise PlannerError("instalments.unknown", plan=plan_id)


def plans_of(conn: Connection, debtor_id: str, day: date) -> tuple[AgreedPlan, ...]:
    """The plans of a person, the newest first, as they stand on `day`.

    PlannerError("store.unknown_person").
    """
    facts = load_person_facts(conn, debtor_id, day)
    pid = pids_of(conn, [debtor_id])[debtor_id]
    states = promise_states(facts.promises, facts.promises_paid, day)
    rows = list(zip(facts.promises, facts.promises_paid, states, strict=True))
    found = []
    for (
        plan_id,
        at,
        cases,
        parts,
        down,
        waived,
        told,
        approval,
        by,
        approved,
        ended,
        why,
    ) in conn.execute(
        "SELECT plan_id, at, case_ids, instalments, down, waived, told, approval, taken_by,"
        " approved, ended, why_ended FROM instalment_plan WHERE pid = ?"
        " ORDER BY at DESC, plan_id",
        (pid,),
    ):
        asked = tuple(json.loads(approval))
        said = json.loads(told)
        terms = PlanTerms(
            tuple(Instalment(date.fromisoformat(one["due"]), one["amount"])
                  for one in json.loads(parts)),
            down, waived, asked, Household(**said) if said else None, tuple(json.loads(cases)),
        )  # fmt: skip
        mine = [row for row in rows if row[0].plan_id == plan_id]
        waits = bool(asked) and approved is None
        open_ = next((one for one, _, state in mine if state is PromiseState.PENDING), None)
        found.append(
            AgreedPlan(
                plan_id, moment(at), terms, by,
                _WAITING[ended is not None] if waits else "ended" if ended is not None
                else _status([state for _, _, state in mine]),
                tuple(state for _, _, state in mine), sum(paid for _, paid, _ in mine),
                Instalment(open_.due, open_.amount) if open_ else None, why or "",
            )
        )  # fmt: skip
    return tuple(found)


def _status(states: list[PromiseState]) -> str:
    if all(state is PromiseState.KEPT for state in states):
        return "done"
    unkept = {PromiseState.BROKEN, PromiseState.PARTLY, PromiseState.LAPSED}
    return "broken" if unkept & set(states) else "running"
