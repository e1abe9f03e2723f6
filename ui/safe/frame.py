"""The window of the program: the workspace in it, or a screen that stands before it."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ui import i18n, machine
from ui.i18n import _
from ui.page import Translated
from ui.safe.cards import FirstCard, UnlockCard, WaitCard
from ui.safe.code_sheet import CodeSheet
from ui.safe.trouble import TroubleCard
from ui.shell.top_bar import LANGUAGE_NAMES
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar

_NARROW, _WIDE = 560, 960


class Frame(QWidget):
    """The top-level window. `closed` when the user closes it."""

    closed = Signal()

    def __init__(self, code: CodeSheet, minimum: tuple[int, int]) -> None:
        super().__init__()
        self.setMinimumSize(*minimum)
        self.wait, self.first, self.unlock = WaitCard(), FirstCard(), UnlockCard()
        self.trouble, self.code = TroubleCard(), code
        self._cards = (self.wait, self.first, self.unlock, self.trouble, self.code)
        self._fields: dict[QWidget, QWidget] = {
            self.first: self.first.fields.first,
            self.unlock: self.unlock.edit,
            self.trouble: self.trouble.again,
            self.code: self.code.tail,
        }
        self.note = MessageBar()
        self.other = Button("quiet", "globe")  # before the window there is no other place for it
        self.other.clicked.connect(self._use_other)
        self._shown: Translated = self.wait
        self._subtitle = ""
        self.window_inside: QMainWindow | None = None
        self._card = Card(heading=False)
        for card in self._cards:
            card.hide()
            self._card.body.addWidget(card)
        self._column = column = QVBoxLayout()
        column.addStretch(2)
        column.addWidget(self.note)
        column.addWidget(self._card)
        column.addWidget(self.other, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(3)
        entry = QWidget()
        row = QHBoxLayout(entry)
        row.setContentsMargins(24, 24, 24, 24)
        row.addStretch(1)
        row.addLayout(column)
        row.addStretch(1)
        self._entry = entry
        self._stack = QStackedLayout(self)
        self._stack.addWidget(entry)
        self.retranslate()

    def retranslate(self) -> None:
        """Title and the names of what the frame itself has."""
        self.note.name_cross(_("Close the message"))
        self.other.setText(dict(LANGUAGE_NAMES)[_other()])
        if self.window_inside is None:
            parts = (_("Fairvisit"), self._subtitle)
            self.setWindowTitle(" – ".join(part for part in parts if part))

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    def _use_other(self) -> None:
        """The other language, now and for the next start."""
        name = _other()
        machine.save_language(name)
        i18n.use(name)

    def show_card(self, card: Translated, subtitle: str = "") -> None:
        """Show one of the cards; the window inside must be gone."""
        self._shown = card
        self._subtitle = subtitle
        wide = card is self.trouble and self.trouble.wide
        self._card.setFixedWidth(_WIDE if wide else _NARROW)
        self.note.setFixedWidth(_WIDE if wide else _NARROW)
        self._column.setStretchFactor(self._card, 20 if wide else 0)
        for one in self._cards:
            one.setVisible(one is card)
        self._stack.setCurrentWidget(self._entry)
        self.retranslate()
        # What was hidden in a card while it was out of view still counts in the layouts above it.
        parts: tuple[QWidget, QWidget] = (card, self._card)
        for part in parts:
            layout = part.layout()
            if layout is not None:
                layout.invalidate()
            part.updateGeometry()
        # Named, not handed on: a window that is not active passes no focus on to a part.
        field = self._fields.get(card)
        (field or card).setFocus(Qt.FocusReason.OtherFocusReason)

    @property
    def card(self) -> Translated:
        """The card in view while there is no window inside."""
        return self._shown

    def take_in(self, window: QMainWindow) -> None:
        """Show the window of the workspace."""
        self.window_inside = window
        window.setWindowFlags(Qt.WindowType.Widget)
        window.windowTitleChanged.connect(self.setWindowTitle)
        window.installEventFilter(self)
        self._stack.addWidget(window)
        self._stack.setCurrentWidget(window)
        self.setWindowTitle(window.windowTitle())
        self.note.clear()

    def put_out(self) -> None:
        """Close and delete the window inside, with every page and model, before this returns."""
        window, self.window_inside = self.window_inside, None
        if window is None:
            return
        window.removeEventFilter(self)
        window.close()
        self._stack.removeWidget(window)
        window.setParent(None)
        window.deleteLater()
        # The map's page has to go before its profile, and no name may stay: not at a later time.
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Where the window inside is closed, the frame goes with it."""
        if event.type() == QEvent.Type.Close and watched is self.window_inside:
            QTimer.singleShot(0, self.close)
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the geometry; let the pages inside go."""
        if self.window_inside is not None:
            self.window_inside.removeEventFilter(self)
            self.window_inside.close()
        machine.save_layout("window", self.saveGeometry())
        self.closed.emit()
        super().closeEvent(event)


def _other() -> str:
    return next(name for name in i18n.LANGUAGES if name != i18n.language())


def dialogs(frame: QWidget) -> Sequence[QWidget]:
    """The other windows of the program that are open, the newest last."""
    return [
        one
        for one in QApplication.topLevelWidgets()
        if one.isVisible() and one is not frame and one.windowType() != Qt.WindowType.ToolTip
    ]
