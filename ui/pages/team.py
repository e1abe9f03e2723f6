"""The team: who has what, the week, the split, plans before the lead, the day, reports.

In a collector's workspace the page shows what concerns that collector alone.
"""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from planner.actions.change import Change
from ui.i18n import N_, _
from ui.page import Page
from ui.session import Session
from ui.team.day import DayPanel
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

Panel = PeoplePanel | WeekPanel | SplitPanel | PlansPanel | DayPanel | ReportsPanel


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
        return self.panels[self.tabs.currentIndex()]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the panel in view."""
        return self.panel.keys()

    def show_item(self, what: object) -> None:
        """The key of a tab."""
        if what in TABS:
            self.tabs.setCurrentIndex(TABS.index(str(what)))

    def refresh(self) -> None:
        """Read the panel in view anew."""
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
