"""The end of a mandate: a lender's book is deleted for good, with a certificate."""

from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.certificates import write_certificate
from planner.actions.change import Change
from planner.actions.purge import (
    Certificate,
    Scope,
    certificates,
    lenders,
    purge,
    purge_scope,
)
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.backup import Cancelled, Progress
from planner.store.store import Store
from ui import formats
from ui.background import Task
from ui.errors import words
from ui.i18n import _, language, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.session import Session
from ui.settings.end_card import EndCard
from ui.settings.ended import EndedCard
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress as ProgressBar
from ui.widgets.table import Table
from ui.widgets.text import Text

Lender = tuple[str, int, int]  # name, persons, cases


def run_purge(
    store: Store, clock: Clock, lender: str, reason: str, by: str,
    *, on_progress: Progress, cancelled: Cancelled,
) -> tuple[Certificate, Change]:  # fmt: skip
    """Delete it. `on_progress` is not called: nobody knows beforehand how long each step takes."""
    done = purge(store, lender, reason=reason, by=by, clock=clock, cancelled=cancelled)
    return done, Change.ALL


class RetentionPanel(Translated):
    """Lenders, what ending one deletes, and the certificates of those ended before."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._done: Certificate | None = None
        self._task: Task | None = None
        self._note = Text("muted", wrap=True)
        self._message = MessageBar()
        self._message.pressed.connect(self._save)
        self._progress = ProgressBar()
        self._progress.cancelled.connect(self._stop)
        self._model = DataTable(
            (
                Column("lender", lambda: _("Lender"), lambda r: r[0], Kind.STRONG,
                       width=160, stretch=1),
                Column("persons", lambda: _("Persons"), lambda r: formats.number(r[1]),
                       Kind.NUMBER, sort=lambda r: r[1]),
                Column("cases", lambda: _("Cases"), lambda r: formats.number(r[2]),
                       Kind.NUMBER, sort=lambda r: r[2]),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self.table.chosen.connect(self._choose)
        self.card = EndCard()
        self.card.wanted.connect(self._purge)
        row = QHBoxLayout()
        row.setSpacing(16)
        listed = Card(heading=False)
        listed.body.addWidget(self.table, 1)
        self.ended = EndedCard(session.store.zone)
        self.ended.wanted.connect(self._save_again)
        self.ended.hide()
        left = QVBoxLayout()
        left.setSpacing(16)
        left.addWidget(listed, 3)
        left.addWidget(self.ended, 2)
        row.addLayout(left, 9)
        row.addWidget(self.card, 11)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        for widget in (self._note, self._message, self._progress):
            box.addWidget(widget)
        box.addLayout(row, 1)
        self.lead_to(self.table)
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the panel."""
        self._note.setText(
            _("When a lender's mandate ends, its data is deleted here, and a certificate says so.")
        )
        self._message.name_cross(_("Close the message"))
        self.table.setAccessibleName(_("Lenders"))
        self.card.retranslate()
        self.ended.retranslate()
        self._say_done()

    def refresh(self) -> None:
        """Read the lenders anew."""
        self._session.ask(partial(lenders, self._session.store), self._arrived)
        self._session.ask(partial(certificates, self._session.store), self.ended.show_given,
                          self._failed)  # fmt: skip

    @Slot(object)
    def _arrived(self, found: list[Lender]) -> None:
        kept = self.table.current()
        self._model.set_rows(found)
        names = [row[0] for row in found]
        if kept is not None and kept[0] in names:
            self.table.go_to(names.index(kept[0]))
        else:
            self.card.clear()

    @Slot(object)
    def _choose(self, row: Lender | None) -> None:
        if row is not None:
            job = partial(purge_scope, self._session.store, row[0])
            self._session.ask(job, self._scoped, self._failed)

    @Slot(object)
    def _scoped(self, scope: Scope) -> None:
        row = self.table.current()
        if row is not None and row[0] == scope.lender:
            self.card.show_scope(scope)

    @Slot(str, str, str)
    def _purge(self, lender: str, reason: str, by: str) -> None:
        self.card.setEnabled(False)
        self.table.setEnabled(False)
        self._message.clear()
        self._progress.start(_("Deleting, cleaning and making a fresh backup …"))
        session = self._session
        job = partial(run_purge, session.store, session.clock, lender, reason, by)
        self._task = session.do(job, self._purged, self._failed, progress=self._progress.advance)

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _purged(self, done: Certificate) -> None:
        self._end()
        self._done = done
        self.card.clear()
        # What was done before cannot be taken back any more: its persons may be gone.
        self._session.undo_stack.clear()
        self._say_done()

    def _say_done(self) -> None:
        if self._done is not None:
            n = self._done.erased
            text = ngettext(
                "The mandate of {lender} has ended: {n} person deleted. Save the certificate.",
                "The mandate of {lender} has ended: {n} persons deleted. Save the certificate.",
                n,
            ).format(lender=self._done.lender, n=formats.number(n))
            self._message.say(text, "accent", _("Save the certificate"))

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._end()
        if isinstance(error, PlannerError | OSError):
            self._message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)

    def _end(self) -> None:
        self._task = None
        self._progress.stop()
        self.card.setEnabled(True)
        self.table.setEnabled(True)

    @Slot()
    def _save(self) -> None:
        if self._done is not None:
            self._save_again(self._done)

    @Slot(object)
    def _save_again(self, one: Certificate) -> None:
        day = one.at.astimezone(ZoneInfo(self._session.store.zone)).strftime("%Y%m%d")
        name = _("Certificate of deletion") + f"-{day}.pdf"
        title = _("Save the certificate")
        chosen, _kind = QFileDialog.getSaveFileName(self, title, str(Path.home() / name), "*.pdf")
        if chosen:
            job = partial(write_certificate, one, Path(chosen), language())
            self._session.ask(job, self._saved, self._failed)

    @Slot(object)
    def _saved(self, out: Path) -> None:
        self._done = None
        text = _("Saved as {pdf} and {json}.")
        beside = out.with_suffix(".json").name
        self._message.say(text.format(pdf=out.name, json=beside), "accent")
