"""Backups: the list, one made now, a look inside, and putting one back."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.backups import lost_by
from planner.actions.change import Change
from planner.errors import PlannerError
from planner.store.backup import Backup, Cancelled, Inside, Progress, backups
from planner.store.store import Store
from ui.background import Task
from ui.dialogs.confirm_restore import ConfirmRestore
from ui.errors import words
from ui.i18n import _
from ui.page import Translated
from ui.safe.backup_view import BackupView
from ui.safe.jobs import look_open
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress as ProgressBar
from ui.widgets.text import Text


def make_backup(
    store: Store, *, on_progress: Progress, cancelled: Cancelled
) -> tuple[Backup, Change]:
    """One made by hand. PlannerError as `Store.backup`."""
    made = store.backup("hand", on_progress=on_progress, cancelled=cancelled)
    return made, Change.NOTHING


class BackupsPanel(Translated):
    """The session is asked to restore: the window is taken down for it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self._note = Text("muted", wrap=True)
        self.make = Button("primary", "plus")
        self.make.clicked.connect(self._make)
        self._message = MessageBar()
        self._progress = ProgressBar()
        self._progress.cancelled.connect(self._stop)
        self.view = BackupView(session.store.zone)
        self.view.look_wanted.connect(self._look)
        self.view.restore_wanted.connect(self._count)
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self._note, 1)
        head.addWidget(self.make, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(head)
        box.addWidget(self._message)
        box.addWidget(self._progress)
        box.addWidget(self.view, 1)
        self.lead_to(self.view.table)
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the panel."""
        self._note.setText(
            _(
                "Encrypted copies beside the workspace: one a day, and one before every import and"
                " anything large. Copy their folder to another disk now and then: this one may"
                " fail."
            )
        )
        self.make.setText(_("Make a backup now"))
        self._message.name_cross(_("Close the message"))

    def refresh(self) -> None:
        """Read the list anew."""
        self._session.ask(partial(backups, self._session.store.path), self.view.show_backups)

    @Slot()
    def _make(self) -> None:
        self.make.setEnabled(False)
        self._message.clear()
        self._progress.start(_("Copying and checking …"))
        job = partial(make_backup, self._session.store)
        self._task = self._session.do(
            job, self._made, self._not_made, progress=self._progress.advance
        )

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _made(self, _made: Backup) -> None:
        self._end()
        self._message.say(_("The backup is made, and it is whole."), "accent")
        self.refresh()

    @Slot(object)
    def _not_made(self, error: BaseException) -> None:
        self._end()
        self._say(error)

    def _end(self) -> None:
        self._task = None
        self._progress.stop()
        self.make.setEnabled(True)

    def _say(self, error: BaseException) -> None:
        if isinstance(error, PlannerError | OSError):
            self._message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)

    @Slot(object, object)
    def _look(self, one: Backup, typed: str | None) -> None:
        job = partial(look_open, self._session.store, one, typed)
        self._session.ask(job, self.view.show_inside, self._not_seen)

    @Slot(object)
    def _not_seen(self, error: BaseException) -> None:
        code = error.code if isinstance(error, PlannerError) else ""
        if isinstance(error, PlannerError | OSError):
            ask = code in ("store.passphrase_needed", "store.passphrase_wrong")
            self.view.complain(words(error), ask=ask)
        else:
            self._session.troubled.emit(error)

    @Slot(object, object)
    def _count(self, one: Backup, inside: Inside) -> None:
        job = partial(_with_loss, self._session.store, one, inside)
        self._session.ask(job, self._confirm, self._say_slot)

    @Slot(object)
    def _say_slot(self, error: BaseException) -> None:
        self._say(error)

    @Slot(object)
    def _confirm(self, told: tuple[Backup, Inside, int]) -> None:
        one, inside, lost = told
        store = self._session.store
        dialog = ConfirmRestore(
            one, inside, lost, store.zone, asks=store.protected, parent=self.window()
        )
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.agreed.connect(partial(self._session.restore_wanted.emit, one))
        dialog.open()


def _with_loss(store: Store, one: Backup, inside: Inside) -> tuple[Backup, Inside, int]:
    return one, inside, lost_by(store, inside)
