"""The foot of the plan screen: totals or progress, exports, and the one primary button."""

from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QStackedLayout, QWidget

from planner.domain.plan import Plan
from planner.routing.solve import Progress as Search
from ui import formats
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.plan.blocked import Blocked
from ui.plan.deeds import SECONDS
from ui.plan.words import money
from ui.widgets.buttons import Button
from ui.widgets.progress import Progress
from ui.widgets.text import Text

EXPORTS = ("sheets", "map", "json")


class Foot(Translated):
    """`create_wanted`, `cancelled` and `export_wanted` (one of EXPORTS) say what is wanted."""

    create_wanted = Signal()
    cancelled = Signal()
    export_wanted = Signal(str)
    import_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._day: date | None = None
        self._today: date | None = None
        self._blocked: Blocked | None = None
        self._searching = False
        self._first = 0
        self._totals = Text("body", wrap=True)
        self._progress = Progress()
        self._progress.cancelled.connect(self.cancelled)
        holder = QWidget()
        self._left = QStackedLayout(holder)
        self._left.addWidget(self._totals)
        self._left.addWidget(self._progress)
        self._menu = QMenu(self)
        self._actions: dict[str, QAction] = {}
        for kind in EXPORTS:
            action = self._menu.addAction("")
            action.setData(kind)
            action.triggered.connect(self._export)
            self._actions[kind] = action
        self.export = Button("secondary", "export")
        self.export.setMenu(self._menu)
        self.again = Button("secondary", "refresh")
        self.again.clicked.connect(self.create_wanted)
        self.primary = Button("primary")
        self.primary.clicked.connect(self._primary)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(holder, 1)
        for button in (self.export, self.again, self.primary):
            row.addWidget(button)
        self.retranslate()

    def show_plan(
        self, plan: Plan | None, day: date, today: date, blocked: Blocked | None = None
    ) -> None:
        """The totals of this plan, and the button that fits; `blocked` says why there is none."""
        self._plan, self._day, self._today, self._blocked = plan, day, today, blocked
        self.retranslate()

    def start(self) -> None:
        """A search begins."""
        self._first = 0
        self._progress.start(_("Looking for the best plan"), _("Stop, keep the best"))
        self._left.setCurrentWidget(self._progress)
        self._searching = True
        self._enable()

    def advance(self, search: Search) -> None:
        """The search goes on: how far, how much better than its first plan."""
        if search.objective > 0 and self._first <= 0:
            self._first = search.objective
        left = max(0, round(SECONDS - search.seconds))
        visits = ngettext("{n} stop", "{n} stops", search.visits).format(n=search.visits)
        if self._first > 0:
            better = formats.percent(search.objective / self._first - 1, 1)
            text = _("{visits}, improved by {better}, {left} s left").format(
                visits=visits, better=better, left=left
            )
        else:
            text = _("{visits}, {left} s left").format(visits=visits, left=left)
        self._progress.advance(search.seconds / SECONDS, text)

    def stop(self) -> None:
        """The search is over."""
        self._progress.stop()
        self._left.setCurrentWidget(self._totals)
        self._searching = False
        self._enable()

    def _enable(self) -> None:
        free, blocked = not self._searching, self._blocked
        self.export.setEnabled(free)
        self.again.setEnabled(free and blocked is None)
        self.primary.setEnabled(
            free and (self._plan is not None or not blocked or bool(blocked.act))
        )

    def retranslate(self) -> None:
        """Totals and buttons in the language in use."""
        plan, day = self._plan, self._day
        self.export.setText(_("Export"))
        self._actions["sheets"].setText(_("Day sheets (PDF)"))
        self._actions["map"].setText(_("Map for the phone (HTML)"))
        self._actions["json"].setText(_("Plan as data (JSON)"))
        self.again.setText(_("Plan the rest anew"))
        self.again.setToolTip(_("Locked stops stay where they are.  (R, Ctrl+Enter)"))
        there = plan is not None
        self.export.setVisible(there)
        self.again.setVisible(there)
        if there:
            self.primary.setText(_("Save day sheets"))
            self.primary.set_icon("print")
        elif self._blocked is not None and self._blocked.act:
            self.primary.setText(self._blocked.act)
            self.primary.set_icon(self._blocked.icon)
        elif day is not None and day == self._today:
            self.primary.setText(_("Create today's plan"))
            self.primary.set_icon("plan")
        else:
            self.primary.setText(_("Create plan for {day}").format(day=formats.day(day)))
            self.primary.set_icon("plan")
        self._totals.setText(self._sentence())
        self._enable()

    def _sentence(self) -> str:
        plan = self._plan
        if plan is None:
            if self._blocked is not None:
                return self._blocked.why
            return _("There is no plan for this day yet.")
        metres = sum(route.metres for route in plan.routes)
        seconds = sum((route.back - route.depart).total_seconds() for route in plan.routes)
        value = sum(stop.value for route in plan.routes for stop in route.stops)
        cost = sum(route.cost for route in plan.routes)
        parts = [
            " + ".join(str(len(route.stops)) for route in plan.routes) if plan.routes else "",
            ngettext("{n} stop", "{n} stops", plan.stops).format(n=plan.stops),
            formats.distance(metres),
            _("{hours} h on the way and at doors").format(hours=f"{seconds / 3600:.1f}"),
            _("expected {money}").format(money=money(value - cost)),
            _("0 rule breaks"),
        ]
        return " · ".join(part for part in parts[1:])

    def _primary(self) -> None:
        if self._plan is None and self._blocked is not None:
            self.import_wanted.emit()
        elif self._plan is None:
            self.create_wanted.emit()
        else:
            self.export_wanted.emit("sheets")

    def _export(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.export_wanted.emit(str(action.data()))
