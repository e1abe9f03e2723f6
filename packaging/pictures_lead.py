"""Pictures of the team's page: each tab, and a collector's own page."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from planner.actions.absences import save_absence
from planner.actions.day_records import day_records
from planner.actions.reviews import approve, return_plan, return_record, submit
from planner.actions.split_book import split_book
from planner.actions.team import assign, collectors
from planner.domain.plan import Plan
from planner.store.store import Store
from planner.store.team import ALONE, COLLECTOR, set_role
from ui.main_window import MainWindow
from ui.pages.team import TABS, TeamPage

LEFT_OUT = 40  # persons who stay with nobody, so that something is left to split


def prepare_team(store: Store, plan: Plan, day: date, clock: Callable[[], datetime]) -> None:
    """Assign most of the book, record two absences, three reviews and a returned record."""
    changes = dict(list(split_book(store, day).changes.items())[:-LEFT_OUT])
    assign(store, changes, reason="首次分配", by="", clock=clock)
    staff = [one.collector_id for one in collectors(store)]
    for one, first, last, why in ((staff[1], 2, 4, "培训"), (staff[3], 0, 0, "病假")):
        begin, end = day + timedelta(days=first), day + timedelta(days=last)
        save_absence(store, one, begin, end, reason=why, clock=clock)
    crews = [route.crew_id for route in plan.routes]
    submit(store, day, crews[0], by="", clock=clock)
    approve(store, day, [crews[1]], by="", clock=clock)
    comment = "先去镇上，下午再进城；第4站已约在周四，请移出。"
    return_plan(store, day, crews[2], comment=comment, by="", clock=clock)
    record = day_records(store, day)[0]
    return_record(
        store, record.debtor_id, record.event_id, comment="请补充：谁开的门？是否说明了身份？",
        by="", clock=clock,
    )  # fmt: skip


def steps(window: MainWindow, settle: Callable[[], None]) -> Iterator[str]:
    """Turn the window to each tab, then to the page as a collector sees it; yields their names."""
    for tab in TABS:
        window.go("team", tab)
        settle()
        page = window.page
        assert isinstance(page, TeamPage)
        if tab == "split":
            page.split.reckon()
            settle()
        yield tab
        page.split.leave_it()
    store = window.session.store
    owner = collectors(store)[4].collector_id
    for role, who in ((COLLECTOR, owner), (ALONE, "")):
        with store.write() as tx:
            set_role(tx.conn, role, who)
        window.page.refresh()
        settle()
        if role == COLLECTOR:
            yield "mine"
