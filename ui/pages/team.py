"""The team: who has what, the week, the split, plans before the lead, the day, reports.

In a collector's workspace the page shows what concerns that collector alone.
"""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from planner.actions.change import Change
from ui.i18n import N_, _
from ui.page import Page
from ui.session import Session
from ui.team.book import is_collector
from ui.team.day import DayPanel
from ui.team.mine import MinePanel
from ui.team.people import PeoplePanel
from ui.team.plans import PlansPanel
from ui.team.reports import ReportsPanel
from ui.team.split import SplitPanel
from ui.team.week import WeekPanel

TABS = ("people", "week", "split", "plans", "day", "reports")
NAMES = (
    N_("Collectors"),
    N_("Week"),
    N_("Split the book"),
    N_("Plans"),
    N_("The day"),
    N_("Reports"),
)

Panel = PeoplePanel | WeekPanel | SplitPanel | PlansPanel | DayPanel | ReportsPanel | MinePanel


class TeamPage(Page):
    """Panels behind tabs; each is read when it is looked at."""

    key = "team"
    interests = Change.CASES | Change.CONTACTS | Change.CREWS | Change.PLAN | Change.SETTINGS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.people, self.week = PeoplePanel(session), WeekPanel(session)
        self.split = SplitPanel(session)
        self.plans = PlansPanel(session)
        self.day, self.reports = DayPanel(session), ReportsPanel(session)
        self.mine = MinePanel(session)
        self.panels: tuple[Panel, ...] = (
            self.people, self.week, self.split, self.plans, self.day, self.reports,
        )  # fmt: skip
        self.people.split_wanted.connect(self._to_split)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = QStackedWidget()
        for panel in self.panels:
            self.tabs.addTab("")
            self._stack.addWidget(panel)
        self._stack.addWidget(self.mine)
        self._collector = False  # whether this workspace is a collector's
        self.tabs.currentChanged.connect(self._turn)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 14, 24, 16)
        box.setSpacing(10)
        box.addWidget(self.tabs)
        box.addWidget(self._stack, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Names of the tabs."""
        self.tabs.setAccessibleName(_("Team"))
        for number, name in enumerate(NAMES):
            self.tabs.setTabText(number, _(name))

    def panes(self) -> list[QWidget]:
        """What is in view, then the tabs."""
        return [*self.panel.panes(), self.tabs]

    @property
    def panel(self) -> Panel:
        """The panel in view."""
        return self.mine if self._collector else self.panels[self.tabs.currentIndex()]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the panel in view."""
        return self.panel.keys()

    def show_item(self, what: object) -> None:
        """The key of a tab; or ("assign", ids) and ("split", ids) for persons chosen elsewhere."""
        if what in TABS:
            self.tabs.setCurrentIndex(TABS.index(str(what)))
        elif isinstance(what, tuple) and what[:1] == ("split",):
            self.tabs.setCurrentIndex(TABS.index("split"))
            self.split.split_chosen(what[1])
        elif isinstance(what, tuple) and what[:1] == ("assign",):
            self.tabs.setCurrentIndex(0)
            self.people.assign_chosen(what[1])

    def refresh(self) -> None:
        """Whose workspace it is, then the panel in view."""
        self.session.ask(partial(is_collector, self.session.store), self._show_role)

    @Slot(object)
    def _show_role(self, collector: bool) -> None:
        self._collector = collector
        self.tabs.setVisible(not collector)
        self._stack.setCurrentWidget(self.panel)
        self.panel.refresh()

    @Slot()
    def _to_split(self) -> None:
        self.tabs.setCurrentIndex(TABS.index("split"))
        self.split.what.setFocus()

    @Slot(int)
    def _turn(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        if self.isVisible():
            self.refresh()
