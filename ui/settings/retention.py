"""The end of a mandate: a lender's book is deleted for good, with a certificate."""

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.purge import (
    Certificate,
    Scope,
    certificate_lines,
    lenders,
    purge,
    purge_scope,
)
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.backup import Cancelled, Progress
from planner.store.envelope import write_whole
from planner.store.store import Store
from ui import formats
from ui.background import Task
from ui.errors import words
from ui.i18n import _, language, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress as ProgressBar
from ui.widgets.scroll import scrolled
from ui.widgets.table import Table
from ui.widgets.text import Text

_LABEL = 380  # pixels; a label that wraps earlier looks cut
Lender = tuple[str, int, int]  # name, persons, cases


def run_purge(
    store: Store, clock: Clock, lender: str, reason: str, by: str,
    *, on_progress: Progress, cancelled: Cancelled,
) -> tuple[Certificate, Change]:  # fmt: skip
    """Delete it. `on_progress` is not called: nobody knows beforehand how long each step takes."""
    done = purge(store, lender, reason=reason, by=by, clock=clock, cancelled=cancelled)
    return done, Change.ALL


def write_certificate(done: Certificate, out: Path, spoken: str) -> Path:
    """The certificate as PDF at `out` and as JSON beside it; the PDF's path. OSError."""
    from planner.export.certificate import certificate  # loads the PDF library

    certificate(certificate_lines(done), done.at, out, spoken)
    told = asdict(done) | {"at": done.at.isoformat(timespec="seconds")}
    beside = out.with_suffix(".json")
    write_whole(beside, json.dumps(told, ensure_ascii=False, indent=1).encode())
    return out


class EndCard(Card):
    """What would be deleted, why and by whose order; `wanted(lender, reason, by)`."""

    wanted = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._lender, self._scope = "", Scope("", (), (), 0, 0)
        self._what, self._stays = Text("body", wrap=True), Text("muted", wrap=True)
        self._final = MessageBar(closable=False)
        self.reason, self.by, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        self._labels = [Text("muted"), Text("muted"), Text("muted", wrap=True)]
        self.go = Button("primary", "trash")
        self.go.clicked.connect(self._go)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for label, edit in zip(self._labels, self._edits(), strict=True):
            label.setMinimumWidth(_LABEL)
            edit.setMaxLength(200)
            edit.textChanged.connect(self._check)
            form.addRow(label, edit)
        self._fields = QWidget()
        inside = QVBoxLayout(self._fields)
        inside.setContentsMargins(0, 0, 6, 0)
        for widget in (self._what, self._stays, self._final):
            inside.addWidget(widget)
        inside.addLayout(form)
        inside.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.go)
        self.body.addWidget(scrolled(self._fields), 1)
        self.body.addLayout(foot)

    def _edits(self) -> tuple[QLineEdit, QLineEdit, QLineEdit]:
        return self.reason, self.by, self.again

    def show_scope(self, scope: Scope) -> None:
        """Whom it concerns; what was typed for another lender is dropped."""
        if scope.lender != self._lender:
            for edit in self._edits():
                edit.clear()
        self._lender, self._scope = scope.lender, scope
        self.retranslate()

    def clear(self) -> None:
        """No lender is chosen."""
        self.show_scope(Scope("", (), (), 0, 0))

    def retranslate(self) -> None:
        """All words."""
        scope, there = self._scope, bool(self._lender)
        self.set_title(
            _("End the mandate of {lender}").format(lender=self._lender)
            if there
            else _("End of a mandate")
        )
        self._what.setText(_scope_words(scope) if there else _("Choose a lender in the list."))
        self._stays.setText(
            _(
                "Of persons who owe other lenders too, names, phones, places and contacts stay;"
                " the cases of this lender, with promises, payments and notes, go."
            )
        )
        self._stays.setVisible(there and bool(scope.kept))
        self._final.setVisible(there)
        if there:
            self._final.say(
                _("This cannot be undone. Earlier backups are deleted too; a new one is made."),
                "stop",
            )
        texts = (
            _("Reason"),
            _("Who orders it"),
            _("Type the lender's name to confirm: {lender}").format(lender=self._lender),
        )
        names = (*texts[:2], _("Lender's name"))
        for label, edit, text, name in zip(self._labels, self._edits(), texts, names, strict=True):
            label.setText(text)
            edit.setAccessibleName(name)
            label.setVisible(there)
            edit.setVisible(there)
        self.go.setText(_("Delete for good"))
        self._check()

    @Slot()
    def _check(self) -> None:
        told = bool(self.reason.text().strip()) and bool(self.by.text().strip())
        sure = bool(self._lender) and self.again.text().strip() == self._lender
        self.go.setEnabled(told and sure)

    @Slot()
    def _go(self) -> None:
        self.wanted.emit(self._lender, self.reason.text().strip(), self.by.text().strip())


def _scope_words(scope: Scope) -> str:
    n = len(scope.erased)
    persons = ngettext("{n} person is deleted", "{n} persons are deleted", n).format(
        n=formats.number(n)
    )
    if scope.kept:
        n = len(scope.kept)
        stay = ngettext("{n} stays for other lenders", "{n} stay for other lenders", n)
        persons = _("{deleted}, {kept}").format(
            deleted=persons, kept=stay.format(n=formats.number(n))
        )
    cases = ngettext("{n} case", "{n} cases", scope.cases).format(n=formats.number(scope.cases))
    entries = ngettext("{n} entry", "{n} entries", scope.entries).format(
        n=formats.number(scope.entries)
    )
    return _("{persons}; {cases} and {entries} go.").format(
        persons=persons, cases=cases, entries=entries
    )


class RetentionPanel(Translated):
    """Lenders, what ending one deletes, and the certificate of the last one ended."""

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
        row.addWidget(listed, 9)
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
        self._say_done()

    def refresh(self) -> None:
        """Read the lenders anew."""
        self._session.ask(partial(lenders, self._session.store), self._arrived)

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
        if self._done is None:
            return
        day = self._session.today().strftime("%Y%m%d")
        name = _("Certificate of deletion") + f"-{day}.pdf"
        title = _("Save the certificate")
        chosen, _kind = QFileDialog.getSaveFileName(self, title, str(Path.home() / name), "*.pdf")
        if chosen:
            job = partial(write_certificate, self._done, Path(chosen), language())
            self._session.ask(job, self._saved, self._failed)

    @Slot(object)
    def _saved(self, out: Path) -> None:
        self._done = None
        text = _("Saved as {pdf} and {json}.")
        beside = out.with_suffix(".json").name
        self._message.say(text.format(pdf=out.name, json=beside), "accent")
