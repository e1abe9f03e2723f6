"""Not in a team yet: lead one, or join one; and the two steps of joining."""

import sys
from functools import partial
from pathlib import Path

from PySide6.QtCore import QProcess, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.actions.exchange import read_text
from planner.actions.exchange_view import Board
from planner.errors import PlannerError
from planner.sync.pairing import JOINING
from ui.errors import words
from ui.exchange import jobs
from ui.exchange.share import TextShare
from ui.i18n import _
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_LONGEST = 60  # characters of a name


class LeadCard(Card):
    """`wanted(name)`: make this workspace the lead's."""

    wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._what = Text("body", wrap=True)
        self._more = Text("muted", wrap=True)
        self.name, self._label = QLineEdit(), Text("strong")
        self.name.setMaxLength(_LONGEST)
        self.go = Button("primary", "crew")
        self.name.textChanged.connect(self._check)
        self.name.returnPressed.connect(self._go)
        self.go.clicked.connect(self._go)
        for part in (self._what, self._more, self._label, self.name):
            self.body.addWidget(part)
        self.body.addStretch(1)
        self.body.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        self._check()

    def retranslate(self) -> None:
        """All words."""
        self.set_title(_("I lead a team"))
        self._what.setText(
            _(
                "This workspace becomes the lead's. It keeps the whole book: here lists are"
                " imported, persons are given to collectors, and routes are approved."
            )
        )
        self._more.setText(
            _(
                "Nothing is sent by this. Afterwards you admit the collectors' laptops one by one;"
                " each gets only the persons you give to its collector."
            )
        )
        self._label.setText(_("Your name or the team's, as the laptops will show it"))
        self.name.setAccessibleName(self._label.text())
        self.go.setText(_("Make this the lead's workspace"))

    @Slot()
    def _check(self) -> None:
        self.go.setEnabled(bool(self.name.text().strip()))

    @Slot()
    def _go(self) -> None:
        if self.go.isEnabled():
            self.wanted.emit(self.name.text().strip())


class JoinCard(Card):
    """`wanted(name, staff_id)`: make a card of this empty workspace; `other_wanted`: make a new
    workspace, because this one holds data."""

    wanted = Signal(str, str)
    other_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._empty = True
        self._what, self._more = Text("body", wrap=True), Text("muted", wrap=True)
        self.name, self.staff = QLineEdit(), QLineEdit()
        self._labels = (Text("strong"), Text("strong"))
        self.go, self.other = Button("primary", "person"), Button("secondary", "plus")
        for edit in (self.name, self.staff):
            edit.setMaxLength(_LONGEST)
            edit.textChanged.connect(self._check)
            edit.returnPressed.connect(self._go)
        self.go.clicked.connect(self._go)
        self.other.clicked.connect(self.other_wanted)
        self.body.addWidget(self._what)
        self.body.addWidget(self._more)
        for label, edit in zip(self._labels, (self.name, self.staff), strict=True):
            self.body.addWidget(label)
            self.body.addWidget(edit)
        self.body.addStretch(1)
        self.body.addWidget(self.go, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.other, 0, Qt.AlignmentFlag.AlignLeft)
        self._check()

    def retranslate(self) -> None:
        """All words."""
        self.set_title(_("I join a team"))
        if self._empty:
            what = _(
                "This laptop becomes a collector's. It receives the persons whom the lead gives to"
                " that collector, for as long as they are, and their routes."
            )
            more = _(
                "Next you get a card for the lead and a code to tell by voice; the lead answers"
                " with an invitation."
            )
        else:
            what = _("A laptop joins with a new, empty workspace. This one holds data already.")
            more = _(
                "What was recorded here stays here. Make a new workspace for the team: the program"
                " opens it beside this one, and there you choose “I join a team”."
            )
        self._what.setText(what)
        self._more.setText(more)
        names = (_("Your name, as the lead will see it"), _("Your staff id, as the crews have it"))
        for label, edit, name in zip(self._labels, (self.name, self.staff), names, strict=True):
            label.setText(name)
            edit.setAccessibleName(name)
        self.go.setText(_("Make a card for the lead"))
        self.other.setText(_("Make a new workspace …"))

    def show_empty(self, empty: bool) -> None:
        """Whether nothing is recorded here yet."""
        self._empty = empty
        for part in (*self._labels, self.name, self.staff, self.go):
            part.setVisible(empty)
        self.other.setVisible(not empty)
        self.retranslate()

    @Slot()
    def _check(self) -> None:
        self.go.setEnabled(bool(self.name.text().strip() and self.staff.text().strip()))

    @Slot()
    def _go(self) -> None:
        if self.go.isEnabled():
            self.wanted.emit(self.name.text().strip(), self.staff.text().strip())


class CardStep(Card):
    """Step one of joining: the card for the lead and the code to tell. `again_wanted`: a new card,
    because this one's code is not known any more."""

    again_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._what, self._voice = Text("body", wrap=True), Text("body", wrap=True)
        self.code = Text("figure")
        self.code.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.share = TextShare()
        self._gone = Text("body", wrap=True)
        self.again = Button("secondary", "refresh")
        self.again.clicked.connect(self.again_wanted)
        for part in (self._what, self.share, self._voice, self.code, self._gone):
            self.body.addWidget(part)
        self.body.addWidget(self.again, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addStretch(1)

    def retranslate(self) -> None:
        """All words."""
        self.set_title(_("1. Give the lead this card"))
        self._what.setText(_("Send it by any way: scanned, as a message, as a file on a stick."))
        self._voice.setText(
            _("Then call the lead and tell this code. Do not write it beside the card.")
        )
        self._gone.setText(
            _(
                "A card was made here before. Its code is shown only once: if the lead does not"
                " have both, make a new card; the former is worth nothing then."
            )
        )
        self.again.setText(_("Make a new card"))

    def show_card(self, card: str, code: str) -> None:
        """The card and its code; empty where they were shown before this start."""
        for part in (self._what, self.share, self._voice, self.code):
            part.setVisible(bool(card))
        self._gone.setVisible(not card)
        if card:
            self.share.show_text(card, _("Card of this laptop"), "fairvisit-card.txt")
            self.code.setText(code)
            self.code.setAccessibleName(_("Code to tell by voice: {code}").format(code=code))


class InviteStep(Card):
    """Step two of joining: take the invitation. `taken(text)`."""

    taken = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._what = Text("body", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setTabChangesFocus(True)
        self.text.setMaximumHeight(150)
        self.text.setWordWrapMode(self.text.wordWrapMode().WrapAnywhere)
        self.text.textChanged.connect(self._check)
        self.file, self.go = Button("secondary", "folder"), Button("primary", "check")
        self.file.clicked.connect(self._choose)
        self.go.clicked.connect(self._go)
        self.message = MessageBar()
        foot = QHBoxLayout()
        foot.addWidget(self.file)
        foot.addStretch(1)
        foot.addWidget(self.go)
        for part in (self._what, self.text, self.message):
            self.body.addWidget(part)
        self.body.addLayout(foot)
        self.body.addStretch(1)
        self._check()

    def retranslate(self) -> None:
        """All words."""
        self.set_title(_("2. Take the lead's invitation"))
        self._what.setText(
            _(
                "Paste its text here, open its file, or drop the file on this page. It opens on"
                " this laptop only."
            )
        )
        self.text.setAccessibleName(_("Invitation"))
        self.text.setPlaceholderText("FVINVITE1.…")
        self.file.setText(_("Open its file …"))
        self.go.setText(_("Join the team"))
        self.message.name_cross(_("Close the message"))

    @Slot()
    def _check(self) -> None:
        self.go.setEnabled(bool(self.text.toPlainText().strip()))

    @Slot()
    def _go(self) -> None:
        self.taken.emit(self.text.toPlainText())

    @Slot()
    def _choose(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Open its file …"))
        if chosen:
            self.read(Path(chosen))

    def read(self, path: Path) -> None:
        """Take the text out of a file."""
        try:
            self.text.setPlainText(read_text(path).strip())
        except PlannerError as error:
            self.message.say(words(error), "warn")


class BeginView(Translated):
    """The two cards, then the two steps. `begun` once this workspace is in a team."""

    begun = Signal(str)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._told: tuple[str, str] = ("", "")  # name and staff id of the card
        self.lead, self.join = LeadCard(), JoinCard()
        self.card, self.invite = CardStep(), InviteStep()
        self.message = MessageBar()
        self.lead.wanted.connect(self._lead)
        self.join.wanted.connect(self.make_card)
        self.join.other_wanted.connect(self._choose_other)
        self.card.again_wanted.connect(self._again)
        self.invite.taken.connect(self._join)
        self._stack = QStackedWidget()
        self._stack.addWidget(scrolled(_both(self.lead, self.join)))
        self._stack.addWidget(scrolled(_both(self.card, self.invite)))
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self.message)
        box.addWidget(self._stack, 1)
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        self.message.name_cross(_("Close the message"))
        for part in (self.lead, self.join, self.card, self.invite):
            part.retranslate()

    def panes(self) -> list[QWidget]:
        """The two cards in view."""
        if self._stack.currentIndex() == 0:
            joins = self.join.name if self.join.name.isVisibleTo(self) else self.join.other
            return [self.lead.name, joins]
        return [self.card.again, self.invite.text]

    def show_board(self, board: Board) -> None:
        """Show the cards, or the steps of a laptop that waits for its invitation."""
        joining = board.role == JOINING
        if joining and not self.card.share.line.toPlainText():
            self.card.show_card("", "")
        self._stack.setCurrentIndex(1 if joining else 0)
        self.join.show_empty(board.empty)
        if joining and not self._told[0]:
            self._told = (board.name, "")

    @Slot(str)
    def _lead(self, name: str) -> None:
        job = partial(jobs.lead, self._session.store, name)
        self._session.do(job, self._leads, self._failed)

    @Slot(object)
    def _leads(self, _none: object) -> None:
        self.message.clear()
        self.begun.emit(_("This is the lead's workspace now. Admit the collectors' laptops next."))

    @Slot(str, str)
    def make_card(self, name: str, staff_id: str) -> None:
        """Make the card of this laptop."""
        self._told = (name, staff_id)
        job = partial(jobs.card, self._session.store, name, staff_id)
        self._session.do(job, self._made, self._failed)

    @Slot(object)
    def _made(self, made: tuple[str, str]) -> None:
        self.message.clear()
        self.card.show_card(*made)
        self._stack.setCurrentIndex(1)
        self.card.share.save.setFocus()

    @Slot()
    def _again(self) -> None:
        if all(self._told):
            self.make_card(*self._told)
            return
        self.join.show_empty(True)
        self.join.name.setText(self._told[0])
        self._stack.setCurrentIndex(0)
        self.join.staff.setFocus()

    @Slot(str)
    def _join(self, text: str) -> None:
        job = partial(jobs.join, self._session.store, text, self._session.clock)
        self._session.do(job, self._joined, self._not_joined)

    @Slot(object)
    def _joined(self, lead: str) -> None:
        self.invite.text.clear()
        self.card.share.line.clear()
        self.begun.emit(
            _("This laptop is in the team of {lead}. Exchange to receive your persons.").format(
                lead=lead
            )
        )

    @Slot(object)
    def _not_joined(self, error: Exception) -> None:
        self.invite.message.say(words(error), "warn")

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.message.say(words(error), "warn")

    @Slot()
    def _choose_other(self) -> None:
        title = _("A new workspace for the team")
        chosen, _kind = QFileDialog.getSaveFileName(self, title, "team.fairvisit")
        if chosen:
            self.open_other(Path(chosen))

    def open_other(self, path: Path) -> None:
        """Open a new workspace in a window of its own."""
        program = [sys.executable]
        if not getattr(sys, "frozen", False):
            program.append(str(Path(sys.argv[0]).absolute()))
        started = QProcess.startDetached(program[0], [*program[1:], "--workspace", str(path)])
        if not started:
            self.message.say(_("The program could not be started a second time."), "warn")


def _both(left: QWidget, right: QWidget) -> QWidget:
    """Two cards of one width, side by side."""
    inside = QWidget()
    row = QHBoxLayout(inside)
    row.setContentsMargins(0, 0, 6, 0)
    row.setSpacing(16)
    for card in (left, right):
        card.setMaximumWidth(640)
        row.addWidget(card, 10, Qt.AlignmentFlag.AlignTop)
    row.addStretch(1)
    return inside
