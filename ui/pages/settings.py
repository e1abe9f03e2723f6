"""Settings: priority, crews, maps and roads, protection, backups, export, mandates, look."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from planner.actions.change import Change
from ui.i18n import _
from ui.page import Page
from ui.session import Session
from ui.settings.backups import BackupsPanel
from ui.settings.crews import CrewsPanel
from ui.settings.look import LookPanel
from ui.settings.plan_terms import PlanTermsPanel
from ui.settings.priority import PriorityPanel
from ui.settings.protection import ProtectionPanel
from ui.settings.retention import RetentionPanel
from ui.settings.road_panel import RoadPanel
from ui.settings.take_out import TakeOutPanel
from ui.widgets.text import Text

_PLACES = ("priority", "crews", "roads", "protection", "backups", "export", "instalments",
           "mandate", "look")  # fmt: skip
_LEAD = ("priority", "crews", "instalments", "mandate")  # decided for all, in the lead's workspace
_WIDE = 760  # forms are not stretched over a whole screen


class SettingsPage(Page):
    """Panels behind tabs; each is read when it is looked at."""

    key = "settings"
    interests = Change.SETTINGS | Change.CASES | Change.CONTACTS | Change.CREWS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.priority = PriorityPanel(session)
        self.crews = CrewsPanel(session)
        self.roads = RoadPanel(session)
        self.protection = ProtectionPanel(session)
        self.backups = BackupsPanel(session)
        self.take_out = TakeOutPanel(session)
        self.instalments = PlanTermsPanel(session)
        self.retention = RetentionPanel(session)
        self.look = LookPanel(session)
        self._panels = (
            self.priority, self.crews, self.roads, self.protection, self.backups, self.take_out,
            self.instalments, self.retention, self.look,
        )  # fmt: skip
        self._title = Text("title")
        self._whose = Text("muted", wrap=True)
        session.role_changed.connect(self._role)
        self._tabs = QTabBar()
        self._tabs.setDrawBase(False)
        self._tabs.setExpanding(False)
        self._stack = QStackedWidget()
        for panel in self._panels:
            self._tabs.addTab("")
            self._stack.addWidget(
                self._held(panel, wide=panel not in (self.look, self.instalments))
            )
        self._tabs.currentChanged.connect(self._turn)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 18, 24, 16)
        box.setSpacing(12)
        box.addWidget(self._title)
        box.addWidget(self._tabs)
        box.addWidget(self._whose)
        box.addWidget(self._stack, 1)
        self.retranslate()
        self._role(session.role)

    @Slot(str)
    def _role(self, _role: str) -> None:
        """On a collector's laptop what is decided for all is absent, and it is said whose it is."""
        leads = self.session.leads
        for key in _LEAD:
            self._tabs.setTabVisible(_PLACES.index(key), leads)
        self._whose.setVisible(not leads)

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
        names = (
            _("Priority"), _("Crews"), _("Maps and roads"), _("Protection"), _("Backups"),
            _("Full export"), _("Instalments"), _("End of a mandate"), _("Language and look"),
        )  # fmt: skip
        self._whose.setText(
            _(
                "Priority, crews, instalments and the end of a mandate are the lead's and come by"
                " the exchange."
            )
        )
        for number, name in enumerate(names):
            self._tabs.setTabText(number, name)

    def panes(self) -> list[QWidget]:
        """Tabs, then what they show."""
        return [self._tabs, self._stack]

    def show_item(self, what: object) -> None:
        """One of `_PLACES`."""
        if what in _LEAD and not self.session.may_lead():
            return
        if isinstance(what, str) and what in _PLACES:
            self._tabs.setCurrentIndex(_PLACES.index(what))
            if what == "protection":
                self.protection.focus()

    def refresh(self) -> None:
        """Read the panel in view anew."""
        self._panels[self._tabs.currentIndex()].refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Looks, backups and exports are told to nobody: they are read anew at the next visit."""
        super().hideEvent(event)
        self._stale = True

    @Slot(int)
    def _turn(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        if self.isVisible():
            self.refresh()
