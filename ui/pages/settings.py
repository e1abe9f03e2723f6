"""Settings: priority, crews, workspace and protection, language and look."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from planner.actions.change import Change
from ui.i18n import _
from ui.page import Page
from ui.session import Session
from ui.settings.crews import CrewsPanel
from ui.settings.look import LookPanel
from ui.settings.priority import PriorityPanel
from ui.settings.workspace import WorkspacePanel
from ui.widgets.text import Text

_WIDE = 760  # forms are not stretched over a whole screen


class SettingsPage(Page):
    """Four panels behind tabs; each is read when it is looked at."""

    key = "settings"
    interests = Change.SETTINGS | Change.CASES | Change.CONTACTS | Change.CREWS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.priority = PriorityPanel(session)
        self.crews = CrewsPanel(session)
        self.workspace = WorkspacePanel(session)
        self.look = LookPanel(session)
        self._panels = (self.priority, self.crews, self.workspace, self.look)
        self._title = Text("title")
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._stack = QStackedWidget()
        for panel in self._panels:
            self._tabs.addTab("")
            self._stack.addWidget(self._held(panel, wide=panel in self._panels[:2]))
        self._tabs.currentChanged.connect(self._turn)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 18, 24, 16)
        box.setSpacing(12)
        box.addWidget(self._title)
        box.addWidget(self._tabs)
        box.addWidget(self._stack, 1)
        self.retranslate()

    @staticmethod
    def _held(panel: QWidget, *, wide: bool) -> QWidget:
        if wide:
            return panel
        holder = QWidget()
        row = QHBoxLayout(holder)
        row.setContentsMargins(0, 0, 0, 0)
        panel.setMaximumWidth(_WIDE)
        row.addWidget(panel, 1)
        row.addStretch(0)
        return holder

    def retranslate(self) -> None:
        """Title and tabs."""
        self._title.setText(_("Settings"))
        self._tabs.setAccessibleName(_("Settings"))
        names = (_("Priority"), _("Crews"), _("Workspace and protection"), _("Language and look"))
        for number, name in enumerate(names):
            self._tabs.setTabText(number, name)

    def panes(self) -> list[QWidget]:
        """Tabs, then what they show."""
        return [self._tabs, self._stack]

    def show_item(self, what: object) -> None:
        """ "priority", "crews", "protection" or "look"."""
        places = {"priority": 0, "crews": 1, "protection": 2, "look": 3}
        if isinstance(what, str) and what in places:
            self._tabs.setCurrentIndex(places[what])
            if what == "protection":
                self.workspace.focus()

    def refresh(self) -> None:
        """Read the panel in view anew."""
        self._panels[self._tabs.currentIndex()].refresh()

    @Slot(int)
    def _turn(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        if self.isVisible():
            self.refresh()
