"""Where the hub is and as whom this laptop logs in; and the password where none is kept."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.actions.hub import driver
from ui.dialogs.asking import Asking, field
from ui.errors import words
from ui.exchange import jobs
from ui.i18n import _
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

if TYPE_CHECKING:
    from planner.sync.hub import Account


class HubDialog(Asking):
    """`kept` when the hub was named or forgotten; nothing is connected here."""

    kept = Signal()

    def __init__(
        self, session: Session, account: "Account | None", parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Save"), "check", parent=parent)
        self._session = session
        self.host, self.port = QLineEdit(), QSpinBox()
        self.port.setRange(1, 65535)
        self.port.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.database, self.login = QLineEdit(), QLineEdit()
        self.certificate, self.password = QLineEdit(), QLineEdit()
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.keep = QCheckBox(_("Keep the password in this workspace"))
        self.forget = Button("quiet", "trash")
        self.forget.setText(_("Forget this hub"))
        self.forget.setAutoDefault(False)
        self.forget.clicked.connect(self._forget)
        self.message = MessageBar()
        self.message.name_cross(_("Close the message"))
        self._fill(account)
        protected = session.store.protected
        self.keep.setEnabled(protected)
        why = (
            _("It is encrypted with the workspace. Without it you are asked at every exchange.")
            if protected
            else _("This workspace has no passphrase, so the password is asked at every exchange.")
        )
        self._lay(why)
        for edit in (self.host, self.database, self.login):
            edit.textChanged.connect(self._check)
        self.go.clicked.connect(self._save)
        self._check()

    def _fill(self, account: "Account | None") -> None:
        self.host.setText(account.host if account else "")
        self.port.setValue(account.port if account else 5432)
        self.database.setText(account.database if account else "fairvisit")
        self.login.setText(account.login if account else "")
        self.certificate.setText(account.root_cert if account else "")
        self.password.setText(account.password if account else "")
        self.keep.setChecked(bool(account and account.password))
        self.forget.setVisible(account is not None)

    def _lay(self, why: str) -> None:
        choose = Button("secondary", "folder")
        choose.setText(_("Choose …"))
        choose.setAccessibleName(_("Certificate of the hub"))
        choose.setAutoDefault(False)
        choose.clicked.connect(self._choose)
        places = QGridLayout()
        places.setHorizontalSpacing(12)
        places.setVerticalSpacing(10)
        places.setColumnStretch(0, 3)
        places.setColumnStretch(1, 1)
        places.addLayout(field(_("Address"), self.host), 0, 0)
        places.addLayout(field(_("Port"), self.port), 0, 1)
        places.addLayout(field(_("Login"), self.login), 1, 0)
        places.addLayout(field(_("Database"), self.database), 1, 1)
        row = QHBoxLayout()
        row.addWidget(self.certificate, 1)
        row.addWidget(choose)
        name = _("Certificate of the hub")
        self.certificate.setAccessibleName(name)
        certificate = QVBoxLayout()
        certificate.setSpacing(8)
        certificate.addWidget(Text("strong", name))
        certificate.addLayout(row)
        self.lay_out(
            _("The hub of the team"),
            Text("muted", _("Whoever keeps the hub tells you these."), wrap=True),
            places, certificate, field(_("Password"), self.password), self.keep,
            Text("muted", why, wrap=True), self.message, self.forget,
        )  # fmt: skip

    @Slot()
    def _check(self) -> None:
        self.go.setEnabled(all(e.text().strip() for e in (self.host, self.database, self.login)))

    @Slot()
    def _choose(self) -> None:
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Certificate of the hub"))
        if chosen:
            self.certificate.setText(chosen)

    @Slot()
    def _save(self) -> None:
        keep = self.keep.isChecked() and self.keep.isEnabled()
        account = driver().Account(
            self.host.text().strip(), self.port.value(), self.database.text().strip(),
            self.login.text().strip(), self.certificate.text().strip(),
            self.password.text() if keep else "",
        )  # fmt: skip
        self._session.do(partial(jobs.keep_hub, self._session.store, account), self._done,
                         self._failed)  # fmt: skip

    @Slot()
    def _forget(self) -> None:
        self._session.do(partial(jobs.keep_hub, self._session.store, None), self._done,
                         self._failed)  # fmt: skip

    @Slot(object)
    def _done(self, _none: object) -> None:
        self.kept.emit()
        self.accept()

    @Slot(object)
    def _failed(self, error: Exception) -> None:
        self.message.say(words(error), "warn")


class PasswordDialog(Asking):
    """`told(password)`: for one exchange; it is not kept."""

    told = Signal(str)

    def __init__(self, login: str, host: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Exchange now"), "refresh", parent=parent)
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        name = _("Password of {login} at {host}").format(login=login, host=host)
        note = Text("muted", _("For this exchange only; it is not kept."), wrap=True)
        self.lay_out(_("The hub asks for a password"), field(name, self.edit), note)
        self.go.clicked.connect(self._told)

    @Slot()
    def _told(self) -> None:
        self.told.emit(self.edit.text())
        self.accept()
