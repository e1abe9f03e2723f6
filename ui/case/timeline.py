"""The timeline of a person: newest first, filtered, what was undone is struck through."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import QAbstractListModel, QEvent, QModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetricsF, QKeyEvent, QPainter, QPalette
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from planner.actions.history import Line
from ui import formats
from ui.case import words
from ui.i18n import N_, _
from ui.icons import draw
from ui.models.table import ROW, Index
from ui.models.tips import plain_tip
from ui.theme import scaled, tone
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text

FILTERS = {
    "all": N_("All"),
    "contacts": N_("Contacts"),
    "money": N_("Promises and payments"),
    "plans": N_("Plans and steps"),
    "record": N_("Marks and data"),
    "looks": N_("Looks and exports"),
}
_TALL, _LOW = 52, 34
# What is recorded on the way: it can be given back for an answer.
_FIELD = ("contact", "promise", "plan.agreed", "evidence", "address.judged", "change.proposed",
          "step.set", "step.done")  # fmt: skip


def _when(at: datetime, zone: str) -> tuple[str, str]:
    local = at.astimezone(ZoneInfo(zone))
    return formats.day(local.date()), f"{local:%H:%M}"


class _Lines(QAbstractListModel):
    """Lines as they are shown."""

    def __init__(self, zone: str, parent: Any = None) -> None:
        super().__init__(parent)
        self.zone = zone
        self.lines: list[Line] = []

    def show(self, lines: Sequence[Line]) -> None:
        self.beginResetModel()
        self.lines = list(lines)
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        if not index.isValid():
            return None
        line = self.lines[index.row()]
        if role == ROW:
            return line
        title, details = words.line_title(line, self.zone), words.line_details(line, self.zone)
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{' '.join(_when(line.entry.at, self.zone))} {title} {details}"
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tip(details) or None
        return None


class _Painter(QStyledItemDelegate):
    """Day and time, icon, phrase, and below it what else is known."""

    def __init__(self, view: QListView, zone: str) -> None:
        super().__init__(view)
        self._view = view
        self._zone = zone

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Any) -> None:
        """One line."""
        line: Line = index.data(ROW)
        palette, rect = self._view.palette(), QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, palette.color(QPalette.ColorRole.Light))
            if self._view.hasFocus():
                mark = QRectF(rect.left(), rect.top(), 3, rect.height())
                painter.fillRect(mark, palette.color(QPalette.ColorRole.Accent))
        painter.setPen(palette.color(QPalette.ColorRole.Midlight))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        quiet = palette.color(QPalette.ColorRole.PlaceholderText)
        base, small = QFont(self._view.font()), scaled(self._view.font(), 0.92)
        metrics = QFontMetricsF(base)
        first = rect.top() + 6
        day, clock = _when(line.entry.at, self._zone)
        left = rect.left() + 10
        dates = metrics.horizontalAdvance("0000-00-00 00:00") + 8
        painter.setFont(base)
        painter.setPen(quiet)
        text = f"{day} {clock}"
        painter.drawText(QRectF(left, first, dates, 22), Qt.AlignmentFlag.AlignVCenter, text)
        x = left + dates + 6
        ink = tone(palette, "warn" if line.entry.kind == "exception" else "neutral").ink
        draw(painter, words.line_icon(line), QRectF(x, first + 3, 16, 16), ink)
        room = QRectF(x + 26, first, rect.right() - x - 36, 22)
        self._phrase(painter, room, line, base, quiet)
        painter.setFont(small)
        painter.setPen(quiet)
        details = words.line_details(line, self._zone)
        shown = QFontMetricsF(small).elidedText(details, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room.translated(0, 20), Qt.AlignmentFlag.AlignVCenter, shown)
        painter.restore()

    def _phrase(self, painter: QPainter, room: QRectF, line: Line, base: QFont, quiet: Any) -> None:
        font = QFont(base)
        if line.entry.undone:
            font.setStrikeOut(True)
            painter.setPen(quiet)
        else:
            painter.setPen(self._view.palette().color(QPalette.ColorRole.Text))
        painter.setFont(font)
        title = words.line_title(line, self._zone)
        shown = QFontMetricsF(font).elidedText(title, Qt.TextElideMode.ElideRight, room.width())
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)

    def sizeHint(self, _option: QStyleOptionViewItem, index: Any) -> QSize:
        """One line of text or two."""
        return QSize(300, _TALL if words.line_details(index.data(ROW), self._zone) else _LOW)


class _View(QListView):
    """Delete asks for undo of the current line; letters are commands of the page."""

    undo_wanted = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.undo_wanted.emit()
        elif event.text().isalpha():
            event.ignore()  # a list would search for lines that begin with it
        else:
            super().keyPressEvent(event)


class TimelineCard(Card):
    """`paper_wanted` for the printed page; `undo_wanted(line)` when a line is to be taken back."""

    paper_wanted = Signal()
    undo_wanted = Signal(object)
    back_wanted = Signal(object)  # an entry that is to be given back with a comment
    correct_wanted = Signal(object)  # a line with an outcome that is to be filled in anew

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._lines: tuple[Line, ...] = ()
        self._filter = "all"
        self._model = _Lines(zone, self)
        self.view = _View()
        self.view.setModel(self._model)
        self.view.setItemDelegate(_Painter(self.view, zone))
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.view.setMinimumHeight(220)
        self._correct = Button("secondary", "edit")
        self._correct.clicked.connect(self.correct)
        self._back = Button("secondary", "chevron-left")
        self._back.clicked.connect(self.give_back)
        self._undo = Button("secondary", "undo")
        self._undo.clicked.connect(self._want_undo)
        self.view.undo_wanted.connect(self._want_undo)
        self.view.selectionModel().currentChanged.connect(self._moved)
        self.paper = Button("secondary", "print")
        self.paper.clicked.connect(self.paper_wanted)
        self.head.addWidget(self.paper)
        self.head.addWidget(self._correct)
        self.head.addWidget(self._back)
        self.head.addWidget(self._undo)
        self._group = QButtonGroup(self)
        holder = QWidget()
        flow = FlowLayout(holder)
        self._chips = {key: Chip("", "accent", checkable=True) for key in FILTERS}
        for chip in self._chips.values():
            self._group.addButton(chip)
            flow.addWidget(chip)
        self._chips["all"].setChecked(True)
        self._group.buttonClicked.connect(self._pick)
        self._none = Text("muted")
        box = QVBoxLayout()
        box.setSpacing(6)
        box.addWidget(holder)
        box.addWidget(self._none)
        box.addWidget(self.view, 1)
        self.body.addLayout(box, 1)

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups of lines in view; none = all."""
        return () if self._filter == "all" else (self._filter,)

    def show_lines(self, lines: tuple[Line, ...]) -> None:
        """Other lines; the chosen one stays chosen."""
        kept = self._current()
        self._lines = lines
        self._fill()
        if kept is not None:
            for row, line in enumerate(self._model.lines):
                if line.entry.event_id == kept.entry.event_id:
                    self.view.setCurrentIndex(self._model.index(row))
        self._moved()

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Timeline"))
        self.view.setAccessibleName(_("Timeline, newest first"))
        self.paper.setText(_("Dossier …"))
        self.paper.setToolTip(_("Dossier, history or explanation: look, print, save (Ctrl+P)"))
        self._correct.setText(_("Correct …"))
        self._correct.setToolTip(_("Opens the form as it was filled; both entries stay here (C)"))
        self._back.setText(_("Give back …"))
        self._back.setToolTip(_("Gives the chosen entry back with a comment, to be answered (B)"))
        self._undo.setText(_("Undo"))
        self._undo.setToolTip(_("Takes back the chosen entry and what followed from it (Delete)"))
        self._fill()
        self._moved()

    def changeEvent(self, event: QEvent) -> None:
        """The painted colours follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.view.viewport().update()

    def _fill(self) -> None:
        counts = {key: 0 for key in FILTERS}
        for line in self._lines:
            counts["all"] += 1
            counts[line.group] += 1
        for key, chip in self._chips.items():
            chip.set_text(f"{_(FILTERS[key])} {counts[key]}")
        self._model.show([one for one in self._lines if self._filter in ("all", one.group)])
        self._none.setText(_("Nothing recorded yet."))
        self._none.setVisible(not self._model.lines)

    def _current(self) -> Line | None:
        index = self.view.currentIndex()
        return self._model.lines[index.row()] if index.isValid() else None

    def _moved(self, _now: QModelIndex | None = None, _old: QModelIndex | None = None) -> None:
        line = self._current()
        self._undo.setEnabled(line is not None and line.can_undo)
        self._correct.setEnabled(_correctable(line))
        self._back.setEnabled(_returnable(line))

    def _pick(self, pressed: object) -> None:
        self._filter = next(key for key, chip in self._chips.items() if chip is pressed)
        self._fill()
        self._moved()

    def correct(self) -> None:
        """Ask for the chosen outcome to be filled in anew, if it is one."""
        line = self._current()
        if line is not None and _correctable(line):
            self.correct_wanted.emit(line)

    def offer_back(self, may: bool) -> None:
        """Whether entries may be given back in this workspace: a collector's own gives none."""
        self._back.setVisible(may)

    def give_back(self) -> None:
        """Ask for the chosen entry to be given back, if it is one that somebody made."""
        line = self._current()
        if line is not None and _returnable(line) and self._back.isVisibleTo(self):
            self.back_wanted.emit(line)

    def _want_undo(self) -> None:
        line = self._current()
        if line is not None and line.can_undo:
            self.undo_wanted.emit(line)


def _correctable(line: Line | None) -> bool:
    """Whether it is an outcome that was recorded here and counts."""
    return line is not None and line.can_undo and line.entry.kind == "contact"


def _returnable(line: Line | None) -> bool:
    """Whether it is an entry of the field's work that counts."""
    return line is not None and line.can_undo and line.entry.kind in _FIELD
