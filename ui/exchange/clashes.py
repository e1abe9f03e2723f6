"""Fields that two laptops changed without knowing of each other: both values side by side."""

from datetime import datetime
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.exchange_view import Board, Collision
from ui import formats
from ui.exchange.came import emptied
from ui.exchange.words import by_words, field_words, value_words
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_SHOWN = 40


class ClashCard(Card):
    """One field. `settled(take other?)`, `opened` for the person."""

    settled = Signal(bool)
    opened = Signal()

    def __init__(self, one: Collision, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        who = formats.mask_name(one.name)
        self.set_title(f"{who} · {field_words(one)}")
        self.title.setWordWrap(True)
        person = Button("quiet", "person")
        person.setText(_("Open person"))
        person.setAccessibleName(f"{_('Open person')}: {who}")
        person.clicked.connect(self.opened)
        self.head.addWidget(person)
        conflict = one.conflict
        self.other, self.keep = Button("secondary"), Button("secondary", "check")
        self.other.setText(_("Take the other"))
        self.keep.setText(_("Leave it as it is"))
        self.other.setAccessibleName(f"{_('Take the other')}: {self.title.text()}")
        self.keep.setAccessibleName(f"{_('Leave it as it is')}: {self.title.text()}")
        self.other.clicked.connect(partial(self.settled.emit, True))
        self.keep.clicked.connect(partial(self.settled.emit, False))
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(_side(
            _("The other value"), "neutral", value_words(one, conflict.first),
            _when(conflict.first_at, zone, one.first_by), self.other,
        ), 1)  # fmt: skip
        row.addLayout(_side(
            _("Counts now"), "accent", value_words(one, conflict.second),
            _when(conflict.second_at, zone, one.second_by), self.keep,
        ), 1)  # fmt: skip
        self.body.addLayout(row)


def _when(at: datetime, zone: str, who: str) -> str:
    return _("{when}, {way}").format(when=formats.moment(at, zone), way=by_words(who))


def _side(head: str, tone: str, value: str, when: str, button: Button) -> QVBoxLayout:
    box = QVBoxLayout()
    box.setSpacing(6)
    box.addWidget(Chip(head, tone), 0, Qt.AlignmentFlag.AlignLeft)
    box.addWidget(Text("strong", value, wrap=True))
    box.addWidget(Text("muted", when, wrap=True))
    box.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
    return box


class ClashesView(Translated):
    """`settled(conflict id, take other?)`, `person_wanted(debtor id)`."""

    settled = Signal(str, bool)
    person_wanted = Signal(str)
    settled_all = Signal()  # the keyboard was here, and nothing is left to press

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = session.store.zone
        self._board: Board | None = None
        self.cards: list[ClashCard] = []
        self._note, self._more = Text("muted", wrap=True), Text("muted")
        self._empty = EmptyState("check")
        self._list = QVBoxLayout()
        self._list.setSpacing(12)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(12)
        column.addWidget(self._note)
        column.addLayout(self._list)
        column.addWidget(self._more)
        column.addStretch(1)
        self._area = scrolled(inside)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._area, 1)
        box.addWidget(self._empty, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        self._note.setText(
            _(
                "Two laptops changed the same field without knowing of each other. The later entry"
                " counts; nothing is lost. “Take the other” records the other value again, and"
                " Ctrl+Z takes that back."
            )
        )
        self._empty.say(_("Nothing collides"), more=_("Both sides' entries fit together."))
        if self._board is not None:
            self._rebuild(self._board)

    def show_board(self, board: Board) -> None:
        """A card for each conflict; what has not changed keeps the keyboard."""
        if self._board is None or board.collisions != self._board.collisions:
            self._rebuild(board)

    def _rebuild(self, board: Board) -> None:
        focus = QApplication.focusWidget()
        had = focus is not None and self.isAncestorOf(focus)
        self._board = board
        emptied(self._list)
        self.cards = []
        for one in board.collisions[:_SHOWN]:
            card = ClashCard(one, self._zone)
            card.settled.connect(partial(self.settled.emit, one.conflict.conflict_id))
            card.opened.connect(partial(self.person_wanted.emit, one.conflict.debtor_id))
            self._list.addWidget(card)
            self.cards.append(card)
        rest = len(board.collisions) - _SHOWN
        self._more.setText(
            ngettext("and {n} more", "and {n} more", rest).format(n=rest) if rest > 0 else ""
        )
        self._area.setVisible(bool(board.collisions))
        self._empty.setVisible(not board.collisions)
        if had and self.cards:
            self.cards[0].other.setFocus(Qt.FocusReason.OtherFocusReason)
        elif had:
            self.settled_all.emit()
