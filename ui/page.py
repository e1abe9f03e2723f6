"""What all pages have in common: words, colours and data renew themselves when they should.

A page sets every visible text in `retranslate()`, every icon and painted colour in `restyle()`,
loads its data in `refresh()` through `session.ask`, and names in `interests` the changes that
make its data old. A hidden page only marks itself stale and refreshes when it is shown.
"""

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QAction, QFocusEvent, QShowEvent
from PySide6.QtWidgets import QApplication, QWidget

from planner.actions.change import Change
from ui.session import Session


class Translated(QWidget):
    """A widget whose words and colours follow the language and the theme.

    Call `retranslate()` and `restyle()` once at the end of the constructor.
    """

    _leads_to: QWidget | None = None

    def lead_to(self, widget: QWidget) -> None:
        """Where the keyboard goes when this widget is asked to take it.

        Not a focus proxy: with one, Tab would enter at that widget and never reach those before it.
        """
        self._leads_to = widget

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keyboard on."""
        super().focusInEvent(event)
        if self._leads_to is not None:
            self._leads_to.setFocus(event.reason())

    def retranslate(self) -> None:
        """Set every visible text anew."""

    def restyle(self) -> None:
        """Set every icon and derived colour anew."""

    def changeEvent(self, event: QEvent) -> None:
        """Language or palette changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()
        elif event.type() == QEvent.Type.PaletteChange:
            self.restyle()


class Page(Translated):
    """One screen of the window. `key` and `interests` are set by the class."""

    key = ""
    interests = Change.NOTHING
    follows_day = False

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._stale = True
        session.changed.connect(self._on_changed)
        if self.follows_day:
            session.day_changed.connect(self._on_day)

    def refresh(self) -> None:
        """Ask for the data anew and show it when it comes."""

    def show_item(self, what: object) -> None:
        """Show one thing: what another page gave to `session.go(key, what)`."""

    def panes(self) -> list[QWidget]:
        """The widgets among which F6 moves the focus, in order."""
        return []

    def commands(self) -> list[QAction]:
        """Actions of this page that Ctrl+K offers."""
        return []

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page and what they do, for the list of keys."""
        return []

    def shut(self) -> None:
        """The window closes: let go of what must not outlive it."""

    def take_keyboard(self) -> None:
        """The first data has come: the pane that was not there yet takes the keyboard, unless the
        user is somewhere on the page or types elsewhere."""
        focus = QApplication.focusWidget()
        idle = focus is None or focus is self.window() or bool(focus.property("place"))
        panes = [pane for pane in self.panes() if pane.isVisibleTo(self)]
        if idle and self.isVisible() and panes:
            panes[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def renew(self) -> None:
        """Refresh now if visible, else when shown next."""
        self._stale = not self.isVisible()
        if not self._stale:
            self.refresh()

    def showEvent(self, event: QShowEvent) -> None:
        """A stale page refreshes when it comes into view."""
        super().showEvent(event)
        if self._stale:
            self._stale = False
            self.refresh()

    @Slot(object)
    def _on_changed(self, change: Change) -> None:
        if change & self.interests:
            self.renew()

    @Slot(object)
    def _on_day(self, _day: object) -> None:
        self.renew()
