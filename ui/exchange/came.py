"""What came in: the account of the latest exchange, records that came back, late entries; and the
history of exchanges."""

from functools import partial

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.exchange_log import Account
from planner.actions.exchange_view import Board
from planner.store.team import LEAD
from ui import formats
from ui.exchange.words import account_lines, told_words, way_words
from ui.i18n import _
from ui.icons import draw
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.session import Session
from ui.theme import tone
from ui.widgets.buttons import Button
from ui.widgets.card import Card, line
from ui.widgets.scroll import scrolled
from ui.widgets.table import Table
from ui.widgets.text import Text

_ICONS = {"neutral": "check", "accent": "info", "warn": "warn", "stop": "stop"}
_SHOWN = 8  # records or entries that are listed


class _Sign(QWidget):
    """The icon of a line, in the colour of its tone."""

    def __init__(self, tone_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tone = tone_name
        self.setFixedSize(QSize(20, 20))

    def paintEvent(self, _event: QEvent) -> None:
        """Draw it."""
        ink = tone(self.palette(), self._tone).ink
        draw(QPainter(self), _ICONS[self._tone], QRectF(1, 1, 18, 18), ink)


class CameCard(Card):
    """`person_wanted(debtor id)` when a record or an entry is opened."""

    person_wanted = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._board: Board | None = None
        self._lines = QVBoxLayout()
        self._lines.setSpacing(8)
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 6, 0)
        box.addLayout(self._lines)
        box.addStretch(1)
        self.body.addWidget(scrolled(inside), 1)

    def retranslate(self) -> None:
        """All words anew."""
        self.set_title(_("What came in"))
        if self._board is not None:
            self.show_board(self._board)

    def show_board(self, board: Board) -> None:
        """The latest exchange, then what waits for somebody."""
        self._board = board
        emptied(self._lines)
        zone = self._session.store.zone
        if not board.history:
            none = _("Nothing has been exchanged yet. Choose one of the ways on the left.")
            self._lines.addWidget(Text("muted", none, wrap=True))
        else:
            last = board.history[0]
            head = _("{when}, {way}").format(
                when=formats.moment(last.at, zone), way=way_words(last.way)
            )
            self._lines.addWidget(Text("muted", head))
            for tone_name, text in account_lines(last, lead=board.role == LEAD):
                self._lines.addLayout(_told(tone_name, text))
        self._list_returned(board)
        self._list_late(board)

    def _list_returned(self, board: Board) -> None:
        if not board.returned:
            return
        self._head(
            _("Returned, not answered yet")
            if board.role == LEAD
            else _("Returned by the lead: please look at them again")
        )
        for record, name in board.returned[:_SHOWN]:
            text = f"{formats.mask_name(name)}: {record.comment}"
            self._entry(text, record.debtor_id)

    def _list_late(self, board: Board) -> None:
        if not board.late:
            return
        self._head(_("Recorded after the person had been handed over"))
        zone = self._session.store.zone
        for one in board.late[:_SHOWN]:
            text = f"{formats.mask_name(one.name)}, {formats.moment(one.entry.at, zone)}"
            self._entry(text, one.entry.debtor_id)

    def _head(self, text: str) -> None:
        self._lines.addWidget(line())
        self._lines.addWidget(Text("strong", text, wrap=True))

    def _entry(self, text: str, debtor_id: str) -> None:
        row = QHBoxLayout()
        row.addWidget(Text("body", text, wrap=True), 1)
        button = Button("secondary")
        button.setText(_("Open person"))
        button.setAccessibleName(f"{_('Open person')}: {text}")
        button.clicked.connect(partial(self.person_wanted.emit, debtor_id))
        row.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        self._lines.addLayout(row)


def _told(tone_name: str, text: str) -> QHBoxLayout:
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(_Sign(tone_name), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Text("body", text, wrap=True), 1)
    return row


def emptied(layout: QVBoxLayout | QHBoxLayout) -> None:
    """Remove and delete all that a layout holds."""
    while layout.count():
        item = layout.takeAt(0)
        if item is None:
            return
        widget, inner = item.widget(), item.layout()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
        elif isinstance(inner, QVBoxLayout | QHBoxLayout):
            emptied(inner)
            inner.deleteLater()


class HistoryView(Translated):
    """Every exchange of this workspace, the latest first."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lead = True
        zone = session.store.zone
        self.model = DataTable(
            (
                Column("at", lambda: _("When"), lambda a: formats.moment(a.at, zone),
                       sort=lambda a: a.at, width=150),
                Column("way", lambda: _("Way"), lambda a: way_words(a.way), width=130),
                Column("in", lambda: _("Received"), lambda a: formats.number(a.told.received),
                       Kind.NUMBER, width=96),
                Column("out", lambda: _("Sent"), lambda a: formats.number(a.told.sent),
                       Kind.NUMBER, width=96),
                Column("more", lambda: _("What it brought"), self._words,
                       tip=lambda a: plain_tip(self._words(a)), width=300, stretch=1),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self.model)
        card = Card(heading=False)
        card.body.addWidget(self.table)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(card)
        self.lead_to(self.table)
        self.retranslate()

    def retranslate(self) -> None:
        """Headers and cells."""
        self.table.setAccessibleName(_("History of exchanges"))
        self.model.renew()

    def show_board(self, board: Board) -> None:
        """The exchanges."""
        self._lead = board.role == LEAD
        self.model.set_rows(board.history)

    def _words(self, one: Account) -> str:
        lines = [text for _tone, text in account_lines(one, lead=self._lead)]
        told = one.told
        first = told_words(one)
        rest = lines[1:] if (told.received or told.sent) and lines[0] == first else lines
        return "; ".join(rest) or formats.NONE
