"""A week made by hand: two crews, plans of all days, what the board shows of them."""

from datetime import date, timedelta

from people import NOW, crew

from planner.domain.plan import Plan
from planner.store.plans import load_plan, planned_days
from planner.store.store import NewEvent, Store
from ui.plan.week_book import Week, book_of, column_of, empty_week, with_columns

MONDAY = date(2026, 11, 23)
FAR = 1800  # seconds


def second_crew(store: Store, name: str = "二组", end: int = 18) -> None:
    """Another crew with the same days."""
    members = [{"collector_id": "c3", "name": "郑浩"}, {"collector_id": "c4", "name": "何敏"}]
    payload = dict(crew().payload) | {
        "crew_id": "k2", "name": name, "members": members, "end": end * 3600,
    }  # fmt: skip
    with store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW - timedelta(days=60), payload)])


def plans(store: Store) -> dict[date, Plan]:
    """The plans that count."""
    with store.read() as conn:
        found = {day: load_plan(conn, day) for day in planned_days(conn)}
    return {day: plan for day, plan in found.items() if plan is not None}


def week_from(store: Store) -> Week:
    """The week of MONDAY as the board shows it."""
    days = [MONDAY + timedelta(days=k) for k in range(7)]
    return with_columns(
        empty_week(MONDAY), [column_of(book_of(store, d), MONDAY, FAR) for d in days]
    )
