"""A day on the plan screen for tests: two crews, a few people, and a hand with a real pointer."""

from datetime import timedelta

from people import NOW, crew
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from planner.store.store import NewEvent, Store
from ui.pages.plan import PlanPage


def other_crew(store: Store, begin: float, end: float, name: str = "二组") -> None:
    """A second crew that works between these hours."""
    payload = dict(crew().payload) | {
        "crew_id": "k2",
        "name": name,
        "members": [{"collector_id": "c3", "name": "郑浩"}, {"collector_id": "c4", "name": "何敏"}],
        "start": int(begin * 3600),
        "end": int(end * 3600),
    }
    with store.write() as tx:
        tx.append([NewEvent("crew.listed", "", NOW - timedelta(days=60), payload)])


def planned(page: PlanPage) -> dict[str, list[str]]:
    """Debtors by crew id, in the order of the timetable."""
    return {lane.crew_id: [block.debtor_id for block in lane.blocks] for lane in page.bar.lanes}


def message(page: PlanPage) -> str:
    """What the message bar says, "" when it is hidden."""
    return str(page.message.accessibleName()) if page.message.isVisible() else ""


def carry(widget: QWidget, start: QPoint, end: QPoint) -> None:
    """Press, move and let go in the window itself, which finds the widget under the pointer."""
    window = widget.window()
    handle = window.windowHandle()
    assert handle is not None

    def at(spot: QPoint) -> QPoint:
        return widget.mapTo(window, spot)

    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(handle, left, none, at(start))
    for part in range(1, 6):
        QTest.mouseMove(handle, at(start + (end - start) * part / 5))
    QTest.mouseRelease(handle, left, none, at(end))
