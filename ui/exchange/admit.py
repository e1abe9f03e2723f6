"""The lead lets a laptop in: its card, the code told by voice, whose it is; then the invitation."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from planner.actions.exchange import read_text
from planner.errors import PlannerError
from planner.sync.pairing import read_card
from ui.dialogs.asking import Asking, field
from ui.errors import words
from ui.exchange import jobs
from ui.exchange.share import TextShare
from ui.i18n import _
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text


class AdmitDialog(Asking):
    """`admitted(invitation, name)` once the laptop is in; `staff` are (id, name) of the crews."""

    admitted = Signal(str, str)

    def __init__(
        self, session: Session, staff: tuple[tuple[str, str], ...], text: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(_("Admit"), "check", parent=parent)
        self._session = session
        self._name = ""
        self.setMinimumWidth(600)
        self.card = QPlainTextEdit()
        self.card.setTabChangesFocus(True)
        self.card.setPlaceholderText("FVCARD1.…")
        self.card.setFixedHeight(96)
        self.card.setWordWrapMode(self.card.wordWrapMode().WrapAnywhere)
        self.file = Button("secondary", "folder")
        self.file.setText(_("Open its file …"))
        self.file.setAutoDefault(False)
        self.file.clicked.connect(self._choose)
        self.says = Text("muted", wrap=True)
        self.code = QLineEdit()
        self.code.setPlaceholderText("ABCD-EF23-GH45")
        self.code.setMaxLength(20)
        self.whom = QComboBox()
        self.whom.addItem(_("as the card says"), "")
        for key, name in staff:
            self.whom.addItem(f"{name} ({key})", key)
        self.message = MessageBar()
        self.message.name_cross(_("Close the message"))
        row = QHBoxLayout()
        row.addWidget(self.file)
        row.addWidget(self.says, 1)
        why = Text(
            "muted",
            _("Another laptop of the same collector leaves the team by this."), wrap=True,
        )  # fmt: skip
        self.lay_out(
            _("Admit a laptop"), field(_("Card of the laptop: paste it"), self.card), row,
            field(_("The code that was told by voice"), self.code),
            field(_("For which collector"), self.whom), why, self.message,
        )  # fmt: skip
        self.card.textChanged.connect(self._look)
        self.code.textChanged.connect(self._look)
        self.go.clicked.connect(self._admit)
        self.card.setPlainText(text)
        (self.code if text else self.card).setFocus()
        self._look()

    @Slot()
    def _choose(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Open its file …"))
        if chosen:
            self.read(Path(chosen))

    def read(self, path: Path) -> None:
        """Take the card out of a file."""
        try:
            self.card.setPlainText(read_text(path).strip())
        except PlannerError as error:
            self.message.say(words(error), "warn")

    @Slot()
    def _look(self) -> None:
        text = self.card.toPlainText().strip()
        said, self._name = "", ""
        if text:
            try:
                card = read_card(text)
            except PlannerError as error:
                said = words(error)
            else:
                self._name = card.name
                said = _("It says: {name}, staff id {staff}").format(
                    name=card.name, staff=card.collector_id
                )
        self.says.setText(said)
        self.go.setEnabled(bool(self._name) and bool(self.code.text().strip()))

    @Slot()
    def _admit(self) -> None:
        self.go.setEnabled(False)
        job = partial(
            jobs.admit, self._session.store, self.card.toPlainText(), self.code.text(),
            str(self.whom.currentData()), self._session.clock,
        )  # fmt: skip
        self._session.do(job, self._done, self._failed)

    @Slot(object)
    def _done(self, invitation: str) -> None:
        self.admitted.emit(invitation, self._name)
        self.accept()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.message.say(words(error), "warn")
        self._look()


class InvitationDialog(QDialog):
    """The invitation of a laptop, to be given back to it."""

    def __init__(self, text: str, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        title = _("Invitation for {name}").format(name=name)
        self.setWindowTitle(title)
        self.setMinimumWidth(640)
        self.share = TextShare()
        self.share.show_text(text, title, "fairvisit-invitation.txt")
        self.close_ = Button("primary")
        self.close_.setText(_("Close"))
        self.close_.setDefault(True)
        self.close_.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.close_)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(12)
        box.addWidget(Text("heading", title, wrap=True))
        why = _(
            "Give it back to that laptop by any way. It opens there only, and can be given again"
            " until the first exchange."
        )
        box.addWidget(Text("muted", why, wrap=True))
        box.addWidget(self.share)
        box.addLayout(foot)
