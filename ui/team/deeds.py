"""What a lead does with a team; each runs off the GUI thread in the ordered lane and answers as a
deed does. All raise PlannerError("team.…")."""

from collections.abc import Mapping
from datetime import date

from planner.actions import reviews, team
from planner.actions.absences import end_absence, save_absence
from planner.actions.change import Change
from planner.actions.submitted import SubmittedRoute, decide_submitted
from planner.actions.take_over import TakeOver
from planner.clock import Clock
from planner.store.store import Store
from ui.safe.looked import system_user

Deed = tuple[None, Change, bytes | None]
_PEOPLE = Change.CASES | Change.CREWS | Change.CONTACTS
_REVIEW = Change.PLAN
_RECORD = Change.CONTACTS


def assign(store: Store, clock: Clock, wanted: Mapping[str, str], reason: str) -> Deed:
    """Give each person (debtor id) to a collector, "" takes back."""
    done = team.assign(store, wanted, reason=reason, by=system_user(), clock=clock)
    return None, _PEOPLE, done.batch


def hand_over(store: Store, clock: Clock, giver: str, taker: str, reason: str) -> Deed:
    """Give the whole book of one collector to another, or to nobody ("")."""
    done = team.hand_over(store, giver, taker, reason=reason, by=system_user(), clock=clock)
    return None, _PEOPLE, done.batch


def be_away(
    store: Store, clock: Clock, collector_id: str, first: date, last: date, reason: str
) -> Deed:
    """Record an absence."""
    batch = save_absence(store, collector_id, first, last, clock=clock, reason=reason)
    return None, Change.CREWS, batch


def be_back(store: Store, clock: Clock, absence_id: str) -> Deed:
    """An absence is not so after all."""
    return None, Change.CREWS, end_absence(store, absence_id, clock=clock)


def approve(store: Store, clock: Clock, day: date, seen: Mapping[str, str]) -> Deed:
    """Approve the routes of these crews as they were seen (fingerprints by crew id)."""
    batch = reviews.approve(store, day, list(seen), by=system_user(), clock=clock, seen=dict(seen))
    return None, _REVIEW, batch


def give_back_plan(store: Store, clock: Clock, day: date, crew_id: str, comment: str) -> Deed:
    """Return a crew's route with a comment."""
    batch = reviews.return_plan(store, day, crew_id, comment=comment, by=system_user(), clock=clock)
    return None, _REVIEW, batch


def decide(
    store: Store, clock: Clock, one: SubmittedRoute, decision: str, *, comment: str = "",
    taken: TakeOver | None = None,
) -> Deed:  # fmt: skip
    """Decide about a route that a laptop submitted; `taken`: what was shown of an approval.

    Also raises PlannerError("move_day.overtaken") when the plan is another one since.
    """
    batch = decide_submitted(
        store, one, decision, by=system_user(), clock=clock, comment=comment, taken=taken
    )
    return None, _REVIEW, batch


def submit(store: Store, clock: Clock, day: date, crew_id: str, comment: str = "") -> Deed:
    """Put a route before the lead."""
    batch = reviews.submit(store, day, crew_id, by=system_user(), clock=clock, comment=comment)
    return None, _REVIEW, batch


def give_back_record(
    store: Store, clock: Clock, debtor_id: str, event_id: str, comment: str
) -> Deed:
    """Return an entry about a person with a comment."""
    batch = reviews.return_record(
        store, debtor_id, event_id, comment=comment, by=system_user(), clock=clock
    )
    return None, _RECORD, batch


def answer(store: Store, clock: Clock, debtor_id: str, event_id: str, comment: str) -> Deed:
    """Answer an entry that came back."""
    batch = reviews.answer_record(
        store, debtor_id, event_id, comment=comment, by=system_user(), clock=clock
    )
    return None, _RECORD, batch
