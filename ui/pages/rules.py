"""Rules: what is in force and why, the packs it comes from, what happened outside of it."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from planner.actions.change import Change
from ui.i18n import _
from ui.page import Page
from ui.rules.exceptions import ExceptionsPanel
from ui.rules.packs import PacksPanel
from ui.rules.panel import RulesPanel
from ui.session import Session

TABS = ("rules", "packs", "exceptions")


class RulesPage(Page):
    """Three panels behind tabs; each is read when it is looked at."""

    key = "rules"
    interests = Change.SETTINGS | Change.CASES | Change.CONTACTS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.rules = RulesPanel(session)
        self.packs = PacksPanel(session)
        self.exceptions = ExceptionsPanel(session)
        self._panels = (self.rules, self.packs, self.exceptions)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._stack = QStackedWidget()
        for panel in self._panels:
            self.tabs.addTab("")
            self._stack.addWidget(panel)
        self.tabs.currentChanged.connect(self._turn)
        self._find = QAction(self)
        self._find.triggered.connect(self._search)
        shortcut = QShortcut(QKeySequence("Ctrl+F"), self)
        shortcut.activated.connect(self._search)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 14, 24, 16)
        box.setSpacing(10)
        box.addWidget(self.tabs)
        box.addWidget(self._stack, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """Names of the tabs."""
        self.tabs.setAccessibleName(_("Rules"))
        names = (_("Rules"), _("Packs and calendars"), _("Exceptions"))
        for number, name in enumerate(names):
            self.tabs.setTabText(number, name)
        self._find.setText(_("Search in the rules"))

    def panes(self) -> list[QWidget]:
        """What is in view, then the tabs."""
        return [*self._panels[self.tabs.currentIndex()].panes(), self.tabs]

    def commands(self) -> list[QAction]:
        """Search."""
        return [self._find]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [("Ctrl+F", _("Search in the rules"))]

    def show_item(self, what: object) -> None:
        """ "rules", "packs", "exceptions", or the id of a rule."""
        if not isinstance(what, str):
            return
        if what in TABS:
            self.tabs.setCurrentIndex(TABS.index(what))
        else:
            self.tabs.setCurrentIndex(0)
            self.rules.show_rule(what)

    def refresh(self) -> None:
        """Read the panel in view anew."""
        self._panels[self.tabs.currentIndex()].refresh()

    @Slot(int)
    def _turn(self, number: int) -> None:
        self._stack.setCurrentIndex(number)
        if self.isVisible():
            self.refresh()

    @Slot()
    def _search(self) -> None:
        self.tabs.setCurrentIndex(0)
        self.rules.search.take_keyboard()
