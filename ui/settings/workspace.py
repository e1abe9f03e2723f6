"""The workspace file: where it lies, and its passphrase."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.errors import PlannerError
from planner.store import protect
from planner.store.store import Store
from ui.errors import words
from ui.i18n import _
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text


def set_passphrase(store: Store, new: str, old: str | None) -> tuple[None, Change]:
    """Set or change it. Raises PlannerError("store.passphrase_…")."""
    protect.set_passphrase(store, new, old)
    return None, Change.SETTINGS


def _secret() -> QLineEdit:
    edit = QLineEdit()
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    edit.setMaximumWidth(360)
    return edit


class WorkspacePanel(Translated):
    """Facts about the file, and three fields for its passphrase."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._file_card, self._lock_card = Card(), Card()
        self._names = [Text("muted") for _n in range(3)]
        store = session.store
        self._values = [
            Text("body", wrap=True),
            Text("body", store.zone),
            Text("body", store.currency),
        ]
        self._values[0].setText(str(store.path))
        self._values[0].setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        facts = self._form()
        for name, value in zip(self._names, self._values, strict=True):
            facts.addRow(name, value)
        self._file_card.body.addLayout(facts)
        self._state = Text("body", wrap=True)
        self._labels = [Text("muted") for _n in range(3)]
        self._old, self._new, self._again = _secret(), _secret(), _secret()
        self._message = MessageBar()
        self._save = Button("primary", "lock")
        self._save.clicked.connect(self.save)
        fields = self._form()
        for label, edit in zip(self._labels, self._edits(), strict=True):
            fields.addRow(label, edit)
            edit.textChanged.connect(self._typed)
            edit.returnPressed.connect(self.save)
        self._lock_card.body.addWidget(self._state)
        self._lock_card.body.addLayout(fields)
        self._lock_card.body.addWidget(self._message)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._save)
        self._lock_card.body.addLayout(foot)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        box.addWidget(self._file_card)
        box.addWidget(self._lock_card)
        box.addStretch(1)
        self.retranslate()

    @staticmethod
    def _form() -> QFormLayout:
        form = QFormLayout()
        form.setHorizontalSpacing(24)
        form.setVerticalSpacing(10)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        return form

    def _edits(self) -> tuple[QLineEdit, QLineEdit, QLineEdit]:
        return self._old, self._new, self._again

    def retranslate(self) -> None:
        """All words of the panel."""
        self._file_card.set_title(_("Workspace"))
        for label, text in zip(
            self._names, (_("File"), _("Time zone"), _("Currency")), strict=True
        ):
            label.setText(text)
        self._lock_card.set_title(_("Protection"))
        texts = (_("Present passphrase"), _("New passphrase"), _("New passphrase again"))
        for label, edit, text in zip(self._labels, self._edits(), texts, strict=True):
            label.setText(text)
            edit.setAccessibleName(text)
        self._message.name_cross(_("Close the message"))
        self._show_state()

    def refresh(self) -> None:
        """Protected or not."""
        self._show_state()

    def focus(self) -> None:
        """Put the keyboard where typing starts."""
        (self._old if self._session.store.protected else self._new).setFocus()

    def _show_state(self) -> None:
        protected = self._session.store.protected
        self._labels[0].setVisible(protected)
        self._old.setVisible(protected)
        self._state.setText(
            _("A passphrase protects this workspace. Without it nobody can read the data.")
            if protected
            else _(
                "Not protected: anybody who has this file can open it. A passphrase of at least"
                " 8 characters changes that. If it is lost, the data is lost too."
            )
        )
        self._save.setText(_("Change the passphrase") if protected else _("Set the passphrase"))
        self._typed()

    def _typed(self) -> None:
        ready = bool(self._new.text()) and bool(self._again.text())
        self._save.setEnabled(ready and (self._old.isHidden() or bool(self._old.text())))

    def save(self) -> None:
        """Set or change the passphrase, if both new ones are alike."""
        if not self._save.isEnabled():
            return
        if self._new.text() != self._again.text():
            self._message.say(_("The two new passphrases are not alike. Type them again."), "warn")
            return
        old = self._old.text() if self._session.store.protected else None
        job = partial(set_passphrase, self._session.store, self._new.text(), old)
        self._save.setEnabled(False)
        self._session.do(job, self._saved, self._failed)

    @Slot(object)
    def _saved(self, _nothing: object) -> None:
        for edit in self._edits():
            edit.clear()
        self._message.say(
            _("The passphrase is set. It is asked for when the program starts."), "accent"
        )
        self._show_state()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._typed()
        if isinstance(error, PlannerError | OSError):
            self._message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)
