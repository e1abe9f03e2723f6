"""The foot of the plan screen: the plan in figures, exports, and the one primary button."""

from collections.abc import Callable
from datetime import date

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from planner.domain.plan import Plan
from ui import formats
from ui.i18n import _
from ui.page import Translated
from ui.plan.blocked import Blocked
from ui.plan.files import EXPORTS
from ui.plan.totals import TotalsStrip
from ui.widgets.buttons import Button

_OF_STOPS = tuple(kind for kind in EXPORTS if kind != "json")  # nothing to show without a visit
PLANS = {"rest": "R", "gaps": "G", "on": "O"}


class Foot(Translated):
    """`create_wanted`, `import_wanted`, `export_wanted` (one of EXPORTS) and `plan_wanted` (one of
    PLANS: the rest anew, the gaps only, on from now) say what is wanted."""

    create_wanted = Signal()
    plan_wanted = Signal(str)
    export_wanted = Signal(str)
    import_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._plan: Plan | None = None
        self._day: date | None = None
        self._today: date | None = None
        self._blocked: Blocked | None = None
        self._busy = False
        self.totals = TotalsStrip()
        self._actions: dict[str, QAction] = {}
        self.export = Button("secondary", "export")
        self.export.setMenu(self._menu(tuple(EXPORTS), self._export))
        self.again = Button("secondary", "refresh")
        self.again.setMenu(self._menu(tuple(PLANS), self._plan_again))
        self.primary = Button("primary")
        self.primary.clicked.connect(self._primary)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self.totals, 1)
        for button in (self.export, self.again, self.primary):
            row.addWidget(button)
        self.retranslate()

    def _menu(self, kinds: tuple[str, ...], slot: Callable[[], None]) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for kind in kinds:
            action = menu.addAction("")
            action.setData(kind)
            action.triggered.connect(slot)
            self._actions[kind] = action
        return menu

    def show_plan(
        self, plan: Plan | None, day: date, today: date, blocked: Blocked | None = None
    ) -> None:
        """The figures of this plan, and the button that fits; `blocked` says why there is none."""
        self._plan, self._day, self._today, self._blocked = plan, day, today, blocked
        self.retranslate()

    def set_busy(self, busy: bool) -> None:
        """While a plan is searched, or one is offered, nothing else is begun here."""
        self._busy = busy
        self._enable()

    def _enable(self) -> None:
        free, blocked = not self._busy, self._blocked
        plan = self._plan
        self.export.setEnabled(free)
        for kind in _OF_STOPS:
            self._actions[kind].setEnabled(plan is not None and plan.stops > 0)
        self.again.setEnabled(free and blocked is None)
        self.primary.setEnabled(
            free and (plan.stops > 0 if plan else not blocked or bool(blocked.act))
        )
        empty = plan is not None and not plan.stops
        self.primary.setToolTip(_("No visit is planned: there is no sheet.") if empty else "")

    def retranslate(self) -> None:
        """Figures and buttons in the language in use."""
        plan, day = self._plan, self._day
        self.export.setText(_("Export"))
        for kind, words in EXPORTS.items():
            self._actions[kind].setText(_(words))
        self.again.setText(_("Plan again"))
        for kind, name, tip in (
            ("rest", _("Plan the rest anew"), _("Locked stops stay where they are.")),
            ("gaps", _("Fill the gaps only"), _("All stops stay; visits that pay are added.")),
            ("on", _("Plan on from now …"), _("From where the crews are; what is done stays.")),
        ):
            self._actions[kind].setText(f"{name}\t{PLANS[kind]}")
            self._actions[kind].setToolTip(tip)
        there = plan is not None
        self.export.setVisible(there)
        self.again.setVisible(there)
        if there:
            self.primary.setText(_("Print day sheets"))
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
        why = self._blocked.why if self._blocked else _("There is no plan for this day yet.")
        self.totals.show_plan(plan, why)
        self._enable()

    def _primary(self) -> None:
        if self._plan is None and self._blocked is not None:
            self.import_wanted.emit()
        elif self._plan is None:
            self.create_wanted.emit()
        else:
            self.export_wanted.emit("sheets")

    def _plan_again(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.plan_wanted.emit(str(action.data()))

    def _export(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.export_wanted.emit(str(action.data()))
