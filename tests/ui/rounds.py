"""A day's plan made by hand, a page in a window, keys counted as they are pressed."""

from datetime import UTC, date, datetime, timedelta

from inline import InlineBackground
from people import fill
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from planner.domain.plan import Plan, Route, Stop
from planner.store.events import next_id
from planner.store.plans import save_plan
from planner.store.store import NewEvent, Store
from ui.page import Page

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 16:00 in Shanghai
NASTY = "<img src=x onerror=alert(1)>${1+1}"


def late_clock() -> datetime:
    """The afternoon of the day, when the crews are back."""
    return NOW


def planned(store: Store, n: int = 4) -> list[str]:
    """`n` persons and a plan of this day with one crew that visits them from 09:30 on."""
    ids = fill(store, n)
    save_round(store, ids, DAY)
    return ids


def save_round(store: Store, ids: list[str], day: date) -> None:
    """A version of the plan of `day`: one crew that visits these persons from 09:30 on."""
    start = datetime(day.year, day.month, day.day, 1, 30, tzinfo=UTC)
    stops = tuple(
        Stop(
            who, (f"远山/{i:04d}",), f"A{i}", 30.6, 114.3,
            start + timedelta(minutes=40 * i), start + timedelta(minutes=40 * i),
            start + timedelta(minutes=40 * i + 20), 10_000,
        )
        for i, who in enumerate(ids)
    )  # fmt: skip
    route = Route(
        "k1", "一组", ("周平", "吴静"), 30.6, 114.3, start - timedelta(minutes=30),
        start + timedelta(hours=4), stops,
    )  # fmt: skip
    plan = Plan(f"p{day.toordinal()}", day, start, (route,), (), 0, 1, "v", "v")
    with store.write() as tx:
        save_plan(tx, plan, b"", next_id(start))


def rename(store: Store, who: str, name: str) -> None:
    """Give a person another name."""
    with store.write() as tx:
        tx.append([NewEvent("person.listed", who, NOW - timedelta(days=1), {"name": name})])


def show(page: Page, background: InlineBackground, size: tuple[int, int] = (1240, 660)) -> None:
    """Show a page as the window would, with the keyboard, all answers delivered."""
    page.resize(*size)
    page.show()
    page.activateWindow()
    page.setFocus(Qt.FocusReason.OtherFocusReason)
    settle(background)


def settle(background: InlineBackground) -> None:
    """Deliver answers and run what they set going."""
    for _ in range(4):
        background.settle()
        QApplication.processEvents()


class Keys:
    """Presses keys where the keyboard is, and counts them."""

    def __init__(self, page: QWidget, background: InlineBackground) -> None:
        self._page = page
        self._background = background
        self.count = 0

    def press(self, *keys: Qt.Key | str) -> None:
        """Each key, or each character of a text, one after the other."""
        for key in keys:
            for one in key if isinstance(key, str) else (key,):
                widget = self._page.focusWidget() or self._page
                QTest.keyClick(widget, one)
                self.count += 1
                settle(self._background)
