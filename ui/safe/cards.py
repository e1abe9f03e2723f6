"""What stands in the window while no workspace is open: wait, first passphrase, unlock."""

from PySide6.QtCore import QTimer, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QProgressBar, QWidget

from ui.i18n import _, ngettext
from ui.page import Translated
from ui.safe.lay import column, foot
from ui.safe.new_words import NewWords, secret_field
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

# Seconds to wait after the n-th wrong passphrase. Whoever has the file can try without this
# program; the pause is for whoever sits at this one.
PAUSES = (0, 0, 2, 4, 8, 16, 30)


class WaitCard(Translated):
    """A sentence and a bar without end."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = Text("heading", wrap=True)
        bar = QProgressBar()
        bar.setRange(0, 0)
        bar.setTextVisible(False)
        self._bar = bar
        column(self, self._text, bar)

    def say(self, text: str) -> None:
        """What is waited for."""
        self._text.setText(text)
        self._bar.setAccessibleName(text)


class FirstCard(Translated):
    """`protect_wanted(words, code, remember)` or `later_wanted` for a workspace that is made."""

    protect_wanted = Signal(str, bool, bool)
    later_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title, self._why = Text("title", wrap=True), Text("muted", wrap=True)
        self.fields = NewWords()
        self.code, self.remember = QCheckBox(), QCheckBox()
        self.code.setChecked(True)
        self.message = MessageBar(closable=False)
        self._risk = Text("small", wrap=True)
        self.later, self.protect = Button("secondary", "unlock"), Button("primary", "lock")
        self.later.clicked.connect(self.later_wanted)
        self.protect.clicked.connect(self._go)
        self.fields.changed.connect(self._check)
        self.fields.entered.connect(self._go)
        column(
            self, self._title, self._why, self.fields, self.code, self.remember, self.message,
            foot(self.later, self.protect), self._risk,
        )  # fmt: skip
        self.lead_to(self.fields.first)
        self.retranslate()
        self._check()

    def retranslate(self) -> None:
        """All words."""
        self._title.setText(_("Choose a passphrase for your workspace"))
        self._why.setText(
            _(
                "The workspace will hold names, numbers and addresses. The passphrase encrypts it:"
                " without it nobody can read the file, nor its backups."
            )
        )
        self.code.setText(_("Make a recovery code to keep on paper (recommended)"))
        self.remember.setText(_("Open without the passphrase when I am logged in here"))
        self.later.setText(_("Later: leave it unprotected"))
        self._risk.setText(
            _("“Later” means: whoever gets hold of the file can read everything in it.")
        )
        self.protect.setText(_("Protect and begin"))

    def begin(self, can_remember: bool) -> None:
        """Empty fields; `can_remember`: the system keeps secrets for programs."""
        self.fields.clear()
        self.remember.setVisible(can_remember)
        self.remember.setChecked(False)
        self.message.clear()

    @Slot()
    def _check(self) -> None:
        self.protect.setEnabled(self.fields.ready)

    @Slot()
    def _go(self) -> None:
        if not self.protect.isEnabled():
            return
        wrong = self.fields.complaint()
        if wrong:
            self.message.say(wrong, "warn")
            return
        words = self.fields.words()
        self.fields.clear()
        remember = self.remember.isChecked() and not self.remember.isHidden()
        self.protect_wanted.emit(words, self.code.isChecked(), remember)


class UnlockCard(Translated):
    """`unlock_wanted(words)`: a passphrase or a recovery code; `leave_wanted` to quit."""

    unlock_wanted = Signal(str)
    leave_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name, self._locked, self._wrong, self._left = "", False, 0, 0
        self._title, self._hint = Text("title", wrap=True), Text("muted", wrap=True)
        self.edit = secret_field()
        self._show = QCheckBox()
        self._show.toggled.connect(self._open_eye)
        self.message = MessageBar(closable=False)
        self.open, self.leave = Button("primary", "unlock"), Button("secondary")
        self.open.clicked.connect(self._go)
        self.leave.clicked.connect(self.leave_wanted)
        self.edit.returnPressed.connect(self._go)
        self.edit.textChanged.connect(self._check)
        self.pause = QTimer(self, interval=1000)
        self.pause.timeout.connect(self._tick)
        column(
            self, self._title, self._hint, self.edit, self._show, self.message,
            foot(self.leave, self.open),
        )  # fmt: skip
        self.lead_to(self.edit)
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        title = _("{name} is locked") if self._locked else _("{name} is protected")
        self._title.setText(title.format(name=self._name))
        self._hint.setText(_("Type the passphrase, or the recovery code."))
        self.edit.setAccessibleName(_("Passphrase or recovery code"))
        self._show.setText(_("Show what I type"))
        self.leave.setText(_("Quit"))
        self._check()

    def begin(self, name: str, *, locked: bool) -> None:
        """Ask for the words of the file `name`."""
        self._name, self._locked = name, locked
        self.edit.clear()
        self._show.setChecked(False)
        self.message.clear()
        self.retranslate()

    def refuse(self, why: str, *, wrong: bool) -> None:
        """Say why it did not open; after wrong words the next try waits, longer each time."""
        self.message.say(why, "warn")
        self.edit.selectAll()
        if wrong:
            self._wrong += 1
            self._left = PAUSES[min(self._wrong, len(PAUSES) - 1)]
            if self._left:
                self.pause.start()
        self._check()
        self.edit.setFocus()

    def opened(self) -> None:
        """The words were right: forget them and the wrong ones before."""
        self._wrong = self._left = 0
        self.pause.stop()
        self.edit.clear()

    @Slot()
    def _tick(self) -> None:
        self._left = max(0, self._left - 1)
        if not self._left:
            self.pause.stop()
        self._check()

    @Slot()
    def _check(self) -> None:
        self.open.setEnabled(bool(self.edit.text()) and not self._left)
        self.open.setText(
            ngettext("Try again in {n} second", "Try again in {n} seconds", self._left).format(
                n=self._left
            )
            if self._left
            else _("Open the workspace")
        )

    @Slot()
    def _go(self) -> None:
        if self.open.isEnabled():
            self.unlock_wanted.emit(self.edit.text())

    @Slot(bool)
    def _open_eye(self, shown: bool) -> None:
        mode = self.edit.EchoMode.Normal if shown else self.edit.EchoMode.Password
        self.edit.setEchoMode(mode)
