"""Taking everything along: what leaves the program, where it goes, and what left before."""

from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from planner.actions.export_all import Exported, export_all
from planner.actions.exports import Noted, exports
from planner.clock import Clock
from planner.errors import PlannerError
from planner.export.told import EXPORTS
from planner.store.backup import Cancelled, Progress
from planner.store.store import Store
from ui import formats
from ui.background import Task
from ui.errors import words
from ui.i18n import _, language, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.safe.looked import system_user
from ui.safe.places import synced_by
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress as ProgressBar
from ui.widgets.scroll import scrolled
from ui.widgets.table import Table
from ui.widgets.text import Text

_LONGEST_NAME = 80


def what_words(what: str) -> str:
    """What left the program: everything, or a plan in a form, with names or amounts."""
    if not what.startswith("plan."):
        named = what.partition("+")[0]
        return _("Everything") if named == "everything" else _(EXPORTS.get(named, named))
    form, *parts = what.removeprefix("plan.").split("+")
    extras = {"names": _("names"), "amounts": _("amounts")}
    plan = _("Plan ({form})").format(form=form.upper())
    return ", ".join([plan, *(extras[part] for part in parts if part in extras)])


def free_name(folder: Path, now: datetime, end: str) -> Path:
    """A name for an export in `folder` that nothing has yet; `now` in the workspace's zone."""
    stem = f"fairvisit-{now:%Y%m%d-%H%M}"
    names = (stem if k == 1 else f"{stem}-{k}" for k in range(1, 1000))
    return next(folder / (name + end) for name in names if not (folder / (name + end)).exists())


def write_all(
    store: Store, clock: Clock, folder: Path, end: str, by: str, spoken: str,
    *, on_progress: Progress, cancelled: Cancelled,
) -> Exported:  # fmt: skip
    """Write it under a name of its own. PlannerError as `export_all`."""
    target = free_name(folder, clock().astimezone(ZoneInfo(store.zone)), end)
    return export_all(
        store, target, clock=clock, by=by, language=spoken, on_progress=on_progress,
        cancelled=cancelled,
    )  # fmt: skip


class TakeOutPanel(Translated):
    """A warning, a folder, a name, one press; beside it the exports there were."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._folder: Path | None = None
        self._task: Task | None = None
        self._card, self._list_card = Card(), Card()
        self._what, self._holds = Text("body", wrap=True), Text("muted", wrap=True)
        self._warning, self.message = MessageBar(closable=False), MessageBar()
        self._labels = [Text("muted") for _field in range(3)]
        self.place, self.pick = Text("body", wrap=True), Button("secondary", "folder")
        self.pick.clicked.connect(self._pick)
        self.form, self.by = QComboBox(), QLineEdit()
        self.by.setMaxLength(_LONGEST_NAME)
        self.by.setText(system_user())
        self.sure = QCheckBox()
        self.go = Button("primary", "export")
        self.go.clicked.connect(self._go)
        self.sure.toggled.connect(self._check)
        self.by.textChanged.connect(self._check)
        self.progress = ProgressBar()
        self.progress.cancelled.connect(self._stop)
        zone = session.store.zone
        self._model = DataTable(
            (
                Column("at", lambda: _("When"), lambda r: formats.moment(r.at, zone),
                       Kind.STRONG, sort=lambda r: r.at, width=140),
                Column("what", lambda: _("What"), lambda r: what_words(r.what), width=110,
                       stretch=1),
                Column("by", lambda: _("Who ordered it"), lambda r: r.by or formats.NONE,
                       width=110, stretch=1),
                Column("persons", lambda: _("Persons"), lambda r: formats.number(r.persons),
                       Kind.NUMBER, sort=lambda r: r.persons, width=80),
                Column("cases", lambda: _("Cases"), lambda r: formats.number(r.cases),
                       Kind.NUMBER, sort=lambda r: r.cases, width=80),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self._model)
        self._none = Text("muted", wrap=True)
        self._lay_out()
        self.lead_to(self.pick)
        self.retranslate()

    def _lay_out(self) -> None:
        inside = QWidget()
        form = QVBoxLayout(inside)
        form.setContentsMargins(0, 0, 6, 0)
        form.setSpacing(8)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(10)
        for row, label in enumerate(self._labels):
            grid.addWidget(label, row, 0)
        grid.addWidget(self.place, 0, 1)
        grid.addWidget(self.pick, 0, 2)
        grid.addWidget(self.form, 1, 1, 1, 2)
        grid.addWidget(self.by, 2, 1, 1, 2)
        grid.setColumnStretch(1, 1)
        form.addWidget(self._what)
        form.addWidget(self._warning)
        form.addWidget(self._holds)
        form.addSpacing(4)
        form.addLayout(grid)
        form.addStretch(1)
        foot = QHBoxLayout()
        foot.addWidget(self.sure)
        foot.addStretch(1)
        foot.addWidget(self.go)
        self._card.body.addWidget(scrolled(inside), 1)
        self._card.body.addWidget(self.progress)
        self._card.body.addWidget(self.message)
        self._card.body.addLayout(foot)
        self._list_card.body.addWidget(self._none)
        self._list_card.body.addWidget(self.table, 1)
        self._list_card.body.addStretch(0)
        box = QHBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        box.addWidget(self._card, 11)
        box.addWidget(self._list_card, 9)

    def retranslate(self) -> None:
        """All words of the panel."""
        self._card.set_title(_("Take everything along"))
        self._what.setText(
            _(
                "Writes all of this workspace as tables that other programs read. The cases can be"
                " imported here again."
            )
        )
        self._warning.say(
            _(
                "What leaves the program is not protected: names, ID numbers, phones, addresses,"
                " notes and the whole history, readable by anybody who gets hold of the files."
            ),
            "warn",
        )
        self._holds.setText(
            _(
                "Persons, addresses, cases, contacts, promises, payments, pauses, appointments,"
                " plans, crews, settings and map layers, with a list of all files. Delete them"
                " once they are no longer needed."
            )
        )
        texts = (_("Folder"), _("Written as"), _("Who orders it"))
        for label, text in zip(self._labels, texts, strict=True):
            label.setText(text)
        self.pick.setText(_("Choose a folder …"))
        chosen = self.form.currentData()
        self.form.clear()
        self.form.addItem(_("One ZIP archive"), ".zip")
        self.form.addItem(_("A folder of files"), "")
        self.form.setCurrentIndex(max(0, self.form.findData(chosen)))
        self.form.setAccessibleName(_("Written as"))
        self.by.setAccessibleName(_("Who orders it"))
        self.sure.setText(_("I know that the files are not protected"))
        self.go.setText(_("Write everything"))
        self.message.name_cross(_("Close the message"))
        self._list_card.set_title(_("What left before"))
        self.table.setAccessibleName(_("What left before"))
        self._none.setText(_("Nothing has left this workspace so far."))
        self._say_place()

    def refresh(self) -> None:
        """Read the list of exports anew."""
        self._session.ask(partial(exports, self._session.store), self._arrived)

    @Slot(object)
    def _arrived(self, found: list[Noted]) -> None:
        self._model.set_rows(found)
        self._none.setVisible(not found)
        self.table.setVisible(bool(found))

    def _say_place(self) -> None:
        folder = self._folder
        self.place.setText(_("No folder chosen yet.") if folder is None else str(folder))
        self._check()

    @Slot()
    def _check(self) -> None:
        ready = self._folder is not None and self.sure.isChecked() and bool(self.by.text().strip())
        self.go.setEnabled(ready and self._task is None)

    @Slot()
    def _pick(self) -> None:
        start = str(self._folder or Path.home())
        chosen = QFileDialog.getExistingDirectory(self, _("Folder for the files"), start)
        if chosen:
            self._folder = Path(chosen)
            self._say_place()
            service = synced_by(self._folder / "any")
            self.message.clear()
            if service:
                text = _("{service} copies this folder to other computers. Choose another one.")
                self.message.say(text.format(service=service), "warn")

    @Slot()
    def _go(self) -> None:
        if self._folder is None or self._task is not None:
            return
        self.message.clear()
        self.progress.start(_("Writing tables and entries …"))
        session = self._session
        job = partial(
            write_all, session.store, session.clock, self._folder, self.form.currentData(),
            self.by.text().strip(), language(),
        )  # fmt: skip
        # A question, not a deed: what is recorded meanwhile must not wait for it.
        self._task = session.ask(job, self._done, self._failed, progress=self.progress.advance)
        self._check()

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _done(self, done: Exported) -> None:
        self._end()
        text = ngettext(
            "{n} person with {cases} cases written to {file}. It is recorded.",
            "{n} persons with {cases} cases written to {file}. It is recorded.",
            done.persons,
        )
        told = text.format(
            n=formats.number(done.persons), cases=formats.number(done.cases), file=done.path.name
        )
        self.message.say(told, "accent")
        self.refresh()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._end()
        if not isinstance(error, PlannerError | OSError):
            self._session.troubled.emit(error)
        elif isinstance(error, PlannerError) and error.code == "store.cancelled":
            self.message.say(_("Stopped: nothing was written."), "neutral")
        else:
            self.message.say(words(error), "warn")

    def _end(self) -> None:
        self._task = None
        self.progress.stop()
        self.sure.setChecked(False)  # the next one is a decision of its own
        self._check()
