"""Ctrl+K: find a person (name, pinyin initials, end of the phone number, ID) or a command."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QFontMetricsF, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from planner.store.people import PersonRow, find_persons, load_rows
from planner.store.store import Store
from ui import formats
from ui.i18n import _
from ui.icons import draw
from ui.models.table import Index
from ui.session import Session
from ui.theme import scaled
from ui.widgets.text import Text

_MOST = 8
_WAIT = 120  # milliseconds after the last key


@dataclass(frozen=True, slots=True)
class Entry:
    """One line: a person (`debtor_id`) or a command (`action`)."""

    text: str
    hint: str
    icon: str
    debtor_id: str = ""
    action: QAction | None = None


def keys_of(action: QAction) -> str:
    """The shortcut as keyboards and the list of keys name it."""
    return action.shortcut().toString().replace("Return", "Enter")


def search_people(store: Store, text: str) -> tuple[str, list[PersonRow]]:
    """The first persons that fit `text`; runs off the GUI thread."""
    with store.read() as conn:
        ids = find_persons(conn, text=text, limit=_MOST)
        return text, load_rows(conn, ids)


class _Lines(QStyledItemDelegate):
    """Icon, text, and on the right the shortcut or what tells people apart."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw one line."""
        entry: Entry = index.data(Qt.ItemDataRole.UserRole)
        palette, rect = option.palette, QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(palette.color(QPalette.ColorRole.Light))
            painter.drawRoundedRect(rect.adjusted(2, 1, -2, -1), 7, 7)
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        draw(painter, entry.icon, QRectF(rect.left() + 12, rect.center().y() - 9, 18, 18), quiet)
        room = rect.adjusted(42, 0, -14, 0)
        centre = Qt.AlignmentFlag.AlignVCenter
        small = scaled(option.font, 0.92)
        hint = QFontMetricsF(small).horizontalAdvance(entry.hint)
        painter.setFont(option.font)
        painter.setPen(palette.color(QPalette.ColorRole.Text))
        shown = QFontMetricsF(option.font).elidedText(
            entry.text, Qt.TextElideMode.ElideRight, room.width() - hint - 12
        )
        painter.drawText(room, int(centre | Qt.AlignmentFlag.AlignLeft), shown)
        painter.setFont(small)
        painter.setPen(quiet)
        painter.drawText(room, int(centre | Qt.AlignmentFlag.AlignRight), entry.hint)
        painter.restore()

    def sizeHint(self, _option: QStyleOptionViewItem, _index: Index) -> QSize:
        """Fixed height."""
        return QSize(300, 38)


class CommandPalette(QFrame):
    """An overlay of the main window. `set_commands` before `open`."""

    closed = Signal()

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self._session = session
        self._commands: list[QAction] = []
        self._people: list[PersonRow] = []
        self.setProperty("part", "popup")
        self._edit = QLineEdit()
        self._list = QListWidget()
        self._list.setItemDelegate(_Lines(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._none = Text("muted")
        self._none.setContentsMargins(12, 6, 12, 6)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._search)
        self._edit.textChanged.connect(self._typed)
        self._edit.installEventFilter(self)
        self._list.itemClicked.connect(self._run_item)
        box = QVBoxLayout(self)
        box.setContentsMargins(12, 12, 12, 12)
        box.setSpacing(8)
        box.addWidget(self._edit)
        box.addWidget(self._list)
        box.addWidget(self._none)
        parent.installEventFilter(self)
        self.hide()

    def open(self, commands: Sequence[QAction]) -> None:
        """Show it, empty, above the window's middle."""
        self._commands = [action for action in commands if action.isEnabled() and action.text()]
        self._people = []
        self._edit.setPlaceholderText(_("Name, pinyin initials, end of a phone number, command"))
        self._edit.setAccessibleName(_("Search"))
        self._list.setAccessibleName(_("Results of the search"))
        self._edit.clear()
        self._fill()
        self.show()
        self.raise_()
        self._edit.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _typed(self) -> None:
        self._people = []
        self._fill()
        self._timer.start()

    def _search(self) -> None:
        text = self._edit.text().strip()
        if text:
            self._session.ask(partial(search_people, self._session.store, text), self._found)

    def _found(self, answer: tuple[str, list[PersonRow]]) -> None:
        text, people = answer
        if text == self._edit.text().strip():
            self._people = people
            self._fill()

    def _entries(self) -> list[Entry]:
        text = self._edit.text().strip().casefold()
        people = [
            Entry(
                formats.mask_name(row.name),
                "   ".join(
                    part
                    for part in (
                        row.township,
                        formats.mask_phone(row.phone),
                        formats.money(row.amount),
                    )
                    if part and part != formats.NONE
                ),
                "person",
                debtor_id=row.debtor_id,
            )
            for row in self._people
        ]
        commands = [
            Entry(action.text(), keys_of(action), "chevron-right", action=action)
            for action in self._commands
            if text in action.text().casefold()
        ]
        return people + commands

    def _fill(self) -> None:
        self._list.clear()
        for entry in self._entries():
            item = QListWidgetItem(entry.text, self._list)
            item.setData(Qt.ItemDataRole.UserRole, entry)
        count = self._list.count()
        self._list.setVisible(count > 0)
        self._none.setVisible(count == 0)
        self._none.setText(_("Nothing fits."))
        if count:
            self._list.setCurrentRow(0)
        self._list.setFixedHeight(min(max(count, 1), 10) * 38 + 4)
        self._place()

    def _place(self) -> None:
        window = self.parentWidget()
        if window is None:
            return
        width = min(620, window.width() - 80)
        self.setFixedWidth(width)
        self.adjustSize()
        self.setGeometry(QRect((window.width() - width) // 2, 70, width, self.sizeHint().height()))

    def _run_item(self, item: QListWidgetItem) -> None:
        entry: Entry = item.data(Qt.ItemDataRole.UserRole)
        self.close_palette()
        if entry.action is not None:
            entry.action.trigger()
        else:
            self._session.go("case", entry.debtor_id)

    def close_palette(self) -> None:
        """Go away and give the keyboard back."""
        self._timer.stop()
        self.hide()
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows, Enter and Esc in the edit; stay centred; close when the keyboard leaves."""
        kind = event.type()
        if watched is self._edit and kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            return self._key(event)
        if watched is self._edit and kind == QEvent.Type.FocusOut and self.isVisible():
            self.close_palette()
        if watched is self.parentWidget() and kind == QEvent.Type.Resize and self.isVisible():
            self._place()
        return super().eventFilter(watched, event)

    def _key(self, event: QKeyEvent) -> bool:
        row = self._list.currentRow()
        match event.key():
            case Qt.Key.Key_Escape:
                self.close_palette()
            case Qt.Key.Key_Down:
                self._list.setCurrentRow(min(row + 1, self._list.count() - 1))
            case Qt.Key.Key_Up:
                self._list.setCurrentRow(max(row - 1, 0))
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                item = self._list.currentItem()
                if item is not None:
                    self._run_item(item)
            case _:
                return False
        return True
