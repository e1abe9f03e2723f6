"""Changing who may open the workspace: words are asked for, the work runs off the GUI thread."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from planner.actions.change import Change
from planner.errors import PlannerError
from planner.store.backup import Cancelled, Progress
from ui.errors import words
from ui.i18n import _
from ui.safe.code_sheet import CodeSheet
from ui.safe.new_words import NewWords, secret_field
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

# (present words, new passphrase, progress) -> a fresh recovery code to show, or None.
Job = Callable[[str, str, Progress], str | None]


def run_job(
    job: Job, present: str, new: str, *, on_progress: Progress, cancelled: Cancelled
) -> tuple[str | None, Change]:
    """Do it; it cannot be stopped half-way, so `cancelled` is not asked. PlannerError("store.…")"""
    return job(present, new, on_progress), Change.SETTINGS


class KeysDialog(QDialog):
    """`settled` when it is changed. `asks` for the present words, `sets` a new passphrase."""

    settled = Signal()

    def __init__(
        self,
        session: Session,
        title: str,
        why: str,
        act: str,
        job: Job,
        *,
        asks: bool,
        sets: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._job, self._asks, self._sets = session, job, asks, sets
        self._busy = False
        self.setWindowTitle(_("Fairvisit"))
        self.setMinimumWidth(540)
        self.present: QLineEdit = secret_field()
        self._label = Text("muted", _("Present passphrase, or the recovery code"))
        self.present.setAccessibleName(self._label.text())
        self.fresh = NewWords()
        self.message = MessageBar(closable=False)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(_("Progress"))
        self._bar.hide()
        self.act, self._leave = Button("primary", "lock"), Button("secondary")
        self.act.setText(act)
        self.act.setDefault(True)
        self._leave.setText(_("Cancel"))
        self._leave.setAutoDefault(False)
        self.code = CodeSheet(session.store.path, session.today())
        self.code.hide()
        self.code.confirmed.connect(self._finish)
        for signal in (self.present.textChanged, self.fresh.changed):
            signal.connect(self._check)
        self.fresh.entered.connect(self._go)
        self.act.clicked.connect(self._go)
        self._leave.clicked.connect(self.reject)
        self._lay_out(title, why)
        self._check()
        (self.present if asks else self.fresh.first).setFocus()

    def _lay_out(self, title: str, why: str) -> None:
        self._form = QWidget()
        form = QVBoxLayout(self._form)
        form.setContentsMargins(0, 0, 0, 0)
        form.setSpacing(10)
        form.addWidget(Text("heading", title, wrap=True))
        form.addWidget(Text("muted", why, wrap=True))
        for widget in (self._label, self.present):
            form.addWidget(widget)
            widget.setVisible(self._asks)
        form.addWidget(self.fresh)
        self.fresh.setVisible(self._sets)
        form.addWidget(self.message)
        form.addWidget(self._bar)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._leave)
        foot.addWidget(self.act)
        form.addLayout(foot)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.addWidget(self._form)
        box.addWidget(self.code)

    def reject(self) -> None:
        """Not while the keys are being changed, and not before a fresh code was kept."""
        if not self._busy and self.code.isHidden():
            super().reject()

    @Slot()
    def _check(self) -> None:
        typed = not self._asks or bool(self.present.text())
        new = not self._sets or self.fresh.ready
        self.act.setEnabled(typed and new and not self._busy)

    @Slot()
    def _go(self) -> None:
        if not self.act.isEnabled():
            return
        wrong = self.fresh.complaint() if self._sets else ""
        if wrong:
            self.message.say(wrong, "warn")
            return
        self._busy = True
        self.message.clear()
        self._bar.setRange(0, 0)
        self._bar.show()
        self._leave.setEnabled(False)
        self._check()
        job = partial(run_job, self._job, self.present.text(), self.fresh.words())
        self._session.do(job, self._changed, self._failed, progress=self._advance)

    @Slot(object)
    def _advance(self, share: float) -> None:
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * share))

    @Slot(object)
    def _changed(self, code: str | None) -> None:
        self._end()
        self.present.clear()
        self.fresh.clear()
        if code is None:
            self._finish()
            return
        self._form.hide()
        self.code.show_code(code)
        self.code.show()
        self.code.tail.setFocus()
        self.adjustSize()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._end()
        if isinstance(error, PlannerError | OSError):
            self.message.say(words(error), "warn")
            self.present.selectAll()
            self.present.setFocus()
        else:
            self._session.troubled.emit(error)

    def _end(self) -> None:
        self._busy = False
        self._bar.hide()
        self._leave.setEnabled(True)
        self._check()

    @Slot()
    def _finish(self) -> None:
        self.code.hide()
        self.accept()
        self.settled.emit()
