"""Imports: drop the lender's files, see what would change, take it over as one step."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.import_files import Choice
from planner.actions.reveals import FILES
from planner.errors import PlannerError
from ui.background import Task
from ui.errors import words
from ui.i18n import _, language, ngettext
from ui.imports import jobs
from ui.imports.column_step import ColumnStep
from ui.imports.drop_zone import dropped_paths
from ui.imports.earlier import Earlier, take_back
from ui.imports.paste import Pasted
from ui.imports.preview_step import PreviewStep
from ui.imports.result_step import ResultStep
from ui.imports.start_step import StartStep
from ui.imports.words import Mask
from ui.overview import Overview, load_overview
from ui.page import Page
from ui.safe.looked import write_reveal
from ui.session import Session
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.text import Text

_STOPPED = ("import.cancelled", "intake.cancelled")


class ImportsPage(Page):
    """One import is one deed: looked at, previewed, confirmed, undone as a whole."""

    key = "imports"
    interests = Change.CASES

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._task: Task | None = None
        self._paths: list[Path] = []
        self._first: jobs.FirstLook | None = None
        self._seen: jobs.Seen | None = None
        self._choices: dict[str, Choice] = {}
        self._pasted = Pasted()
        self.veil = Mask(self)
        self._build()
        self._connect()
        self._show_step(self.begin)

    def _build(self) -> None:
        self._title, self._subtitle = Text("title"), Text("muted")
        self.progress = Progress()
        self.message = MessageBar()
        self.setAcceptDrops(True)
        self.begin = StartStep(self.session)
        self.columns = ColumnStep(self.veil)
        self.preview = PreviewStep(self.session, self.veil)
        self.result = ResultStep(self.session, self.veil)
        self._steps = QStackedWidget()
        for step in (self.begin, self.columns, self.preview, self.result):
            self._steps.addWidget(step)
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(self._title)
        said.addWidget(self._subtitle)
        top = QHBoxLayout()
        top.addLayout(said, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 18, 24, 16)
        box.setSpacing(12)
        box.addLayout(top)
        box.addWidget(self.progress)
        box.addWidget(self.message)
        box.addWidget(self._steps, 1)

    def _connect(self) -> None:
        self.begin.dropped.connect(self.start)
        self.begin.choose_pressed.connect(self.choose)
        self.begin.sample_pressed.connect(self.start_sample)
        self.begin.paste_pressed.connect(self.paste)
        self.begin.template_pressed.connect(self.save_template)
        self.begin.earlier.take_back_wanted.connect(self._take_back)
        self.columns.ready.connect(self._columns_ready)
        self.columns.cancelled.connect(self.leave)
        self.preview.cancelled.connect(self.leave)
        self.preview.columns_wanted.connect(self._columns_wanted)
        self.preview.confirmed.connect(self.take_in)
        self.result.more_wanted.connect(self.leave)
        self.result.plan_wanted.connect(self._go_on)
        self.progress.cancelled.connect(self._stop)
        self.veil.opened.connect(self._note_reveal)
        self._paste = QAction(self)
        self._paste.setShortcut(QKeySequence(QKeySequence.StandardKey.Paste))
        self._paste.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._paste.triggered.connect(self.paste)
        self._form = QAction(self)
        self._form.triggered.connect(self.save_template)
        self._leave = QAction(self)
        self._leave.setShortcut(QKeySequence("Esc"))
        self._leave.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._leave.triggered.connect(self._escape)
        self._export = QAction(self)
        self._export.setShortcut(QKeySequence("Ctrl+E"))
        self._export.triggered.connect(self._export_faults)
        self.addActions([self._paste, self._leave, self._export])

    def retranslate(self) -> None:
        """All words of the page itself; the steps have their own."""
        step = self._steps.currentWidget()
        titles: dict[QWidget | None, tuple[str, str]] = {
            self.columns: (_("What the columns mean"),
                           _("Asked once; the next file of this form goes straight on.")),
            self.preview: (_("Check before importing"),
                           _("Nothing is written until you say so; one undo takes it back.")),
            self.result: (_("Imported"), _("One undo takes all of it back.")),
        }  # fmt: skip
        title, more = titles.get(step, (
            _("Imports"),
            _("The same file may come again: known rows are recognised, nothing is doubled."),
        ))  # fmt: skip
        self._title.setText(title)
        self._subtitle.setText(more)
        self._paste.setText(_("Paste a table"))
        self._export.setText(_("Export the rows to mend"))
        self._form.setText(_("Save an empty list to fill in"))
        self._leave.setText(_("Leave without importing"))
        self.message.name_cross(_("Close the message"))
        if step is self.result and not self.message.isHidden():
            self.message.say(*self.result.summary())

    def _show_step(self, step: QWidget) -> None:
        self._steps.setEnabled(True)
        self._steps.setCurrentWidget(step)
        self.veil.close()
        self._form.setEnabled(step is self.begin)
        self._export.setEnabled(step in (self.preview, self.result))
        self.retranslate()

    @Slot()
    def _export_faults(self) -> None:
        step = self._steps.currentWidget()
        if isinstance(step, PreviewStep | ResultStep):
            step.faults.export("xlsx")

    @property
    def busy(self) -> bool:
        """Whether files are being read or written."""
        return self._task is not None

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on the page."""
        if self._task is None and dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Look at what was dropped."""
        event.acceptProposedAction()
        self.start(dropped_paths(event))

    def panes(self) -> list[QWidget]:
        """The parts of every step; F6 goes to those in view."""
        return [
            self.begin.zone, self.begin.earlier.table, self.columns.list, self.columns.go,
            self.preview.chips["all"], self.preview.table, self.preview.faults.table,
            self.preview.questions.table, self.preview.go, self.result.table,
            self.result.faults.table, self.result.next,
        ]  # fmt: skip

    def commands(self) -> list[QAction]:
        """Paste, template, and the export of what is to be mended."""
        return [self._paste, self._form, self._export]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [
            ("Ctrl+O", _("Choose files")),
            ("Ctrl+V", _("Paste a table")),
            ("Ctrl+E", _("Export the rows to mend")),
            ("1, 2, 3", _("Answer a question: same, another, leave out")),
            ("Esc", _("Leave without importing")),
        ]

    def show_item(self, what: object) -> None:
        """ "choose" opens the file dialog, "sample" imports the sample, a list of paths begins."""
        if what == "choose":
            self.choose()
        elif what == "sample":
            self.start_sample()
        elif isinstance(what, list):
            self.start(what)

    def refresh(self) -> None:
        """What was imported so far, and whether the workspace is still empty."""
        self.begin.earlier.refresh()
        self.session.ask(partial(load_overview, self.session.store), self._show_overview)

    def shut(self) -> None:
        """A pasted table does not stay on the disk."""
        self._pasted.clear()

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        self.begin.offer_sample(overview.counts.persons == 0)
        self.result.next.setVisible(overview.counts.persons > 0)

    @Slot()
    def choose(self) -> None:
        """Ask for files and look at them."""
        pattern = _("Lists and map layers") + " (*.xlsx *.xls *.csv *.tsv *.txt *.geojson *.json)"
        names, _chosen = QFileDialog.getOpenFileNames(self, _("Choose files"), "", pattern)
        if names:
            self.start([Path(name) for name in names])

    @Slot()
    def paste(self) -> None:
        """A table from the clipboard, or files copied there."""
        if self._task is not None:
            return
        now = self.session.clock().astimezone(ZoneInfo(self.session.store.zone))
        paths = self._pasted.paths(QGuiApplication.clipboard().mimeData(), now)
        if paths:
            self.start(paths)
        else:
            self.message.say(
                _("The clipboard holds no table. Mark the rows with their headers, copy them, and"
                  " paste here."), "neutral",
            )  # fmt: skip

    @Slot()
    def save_template(self) -> None:
        """An empty list with every column explained."""
        name, _chosen = QFileDialog.getSaveFileName(
            self, _("Save an empty list to fill in"), _("overdue-list") + ".xlsx", "XLSX (*.xlsx)"
        )
        if name:
            path = Path(name) if name.lower().endswith(".xlsx") else Path(name + ".xlsx")
            self.session.ask(partial(jobs.save_template, path, language()), self._saved)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.session.toast(_("Saved: {name}").format(name=path.name))

    @Slot(list)
    def start(self, paths: Sequence[Path]) -> None:
        """Look at `paths`; what is unclear is asked, else the preview follows at once."""
        if self._task is not None or not paths:
            return
        self._paths = list(dict.fromkeys(paths))
        names = [path.name for path in self._paths]
        if len(set(names)) < len(names):
            self.message.say(_("Two of the files have the same name. Rename one of them."), "warn")
            return
        self._choices = {}
        self._ask(jobs.first_look, (self._paths,), self._looked, _("Looking at the files …"))

    def _ask(
        self, job: Callable[..., Any], given: tuple[Any, ...], then: Callable[[Any], Any], text: str
    ) -> None:
        """Read off the GUI thread, with progress and a way to stop."""
        self._begin(text)
        self._task = self.session.ask(
            partial(job, self.session.store, *given), then, self._failed, progress=self._moved
        )
        self._task.finished.connect(self._finished)

    @Slot(object)
    def _looked(self, first: jobs.FirstLook) -> None:
        self._first = first
        self._choices = {one.path.name: one.choice for one in first.files}
        if any(one.points for one in first.files):
            self._columns_wanted()
        else:
            self._read()

    def _read(self) -> None:
        given = (self._paths, dict(self._choices))
        self._ask(jobs.run_preview, given, self._previewed, _("Reading the files …"))

    @Slot()
    def _columns_wanted(self) -> None:
        if self._first is not None:
            self.columns.show_files(self._first, self._choices, self.session.today())
            self._show_step(self.columns)
            self.columns.take_keyboard()

    @Slot()
    def _columns_ready(self) -> None:
        self._choices |= self.columns.choices
        self.session.do(partial(jobs.keep_forms, self.session.store, self.columns.decided))
        self._read()

    @Slot(object)
    def _previewed(self, seen: jobs.Seen) -> None:
        former: list[jobs.Seen | jobs.Done | None] = [self._seen]
        self._seen = seen
        self.preview.show_seen(seen, self._choices)
        self.session.ask(partial(jobs.let_go, former))
        self._show_step(self.preview)
        self.preview.take_keyboard()

    @Slot()
    def take_in(self) -> None:
        """Write what was previewed, as one step that can be undone."""
        if self._task is not None or self._seen is None:
            return
        self._choices = self.preview.choices
        n = len(self._paths)
        text = ngettext("Import of {n} file", "Import of {n} files", n).format(n=n)
        job = partial(
            jobs.run_take_in, self.session.store, self._seen.preview.parsed, dict(self._choices),
            dict(self.preview.questions.answers), self.session.clock,
        )  # fmt: skip
        self._write(text, job)

    @Slot()
    def _note_reveal(self) -> None:
        """Record who looked; the persons of a file may not be known yet, so it names none."""
        job = partial(write_reveal, self.session.store, FILES, self.key, self.session.clock)
        self.session.do(job)

    def start_sample(self) -> None:
        """Import the fictional sample data."""
        if self._task is None:
            job = partial(jobs.run_sample, self.session.store, self.session.clock)
            self._write(_("Import of the sample data"), job)

    @Slot(object)
    def _take_back(self, one: Earlier) -> None:
        """Take an import of the list back, or say why it cannot be."""
        if self._task is not None:
            return
        self._begin(_("Writing …"))
        text = _("The import of {names} was taken back").format(names=one.names)
        job = partial(take_back, self.session.store, one.batch)
        self._task = self.session.deed(text, job, None, self._failed)
        self._task.finished.connect(self._finished)

    def _write(self, text: str, job: Callable[..., Any]) -> None:
        self._begin(_("Writing …"))
        self._task = self.session.deed(
            text, job, self._arrived, self._failed, progress=self._moved
        )  # fmt: skip
        self._task.finished.connect(self._finished)

    def _begin(self, text: str) -> None:
        self.message.clear()
        self._steps.setEnabled(False)
        self.progress.start(text)

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _moved(self, share: float) -> None:
        self.progress.advance(share)

    @Slot(object)
    def _arrived(self, done: jobs.Done) -> None:
        former: list[jobs.Seen | jobs.Done | None] = [self.result.done]
        self.result.show_done(done)
        self.session.ask(partial(jobs.let_go, former))
        self._forget()
        self._show_step(self.result)
        self.message.say(*self.result.summary())

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if self._steps.currentWidget() is self.begin:
            self._forget()
        if isinstance(error, PlannerError) and error.code in _STOPPED:
            self.message.say(_("Stopped. Nothing was imported."), "neutral")
        elif isinstance(error, PlannerError | OSError):
            self.message.say(words(error), "warn")
        else:
            self.session.troubled.emit(error)

    @Slot()
    def _finished(self) -> None:
        if self.sender() not in (None, self._task):
            return
        self._task = None
        self.progress.stop()
        self._steps.setEnabled(True)

    @Slot()
    def _escape(self) -> None:
        if self._task is not None:
            self._stop()
        elif self._steps.currentWidget() is not self.begin:
            self.leave()

    @Slot()
    def leave(self) -> None:
        """Back to the beginning; what was not confirmed is forgotten."""
        self.message.clear()
        self._forget()
        self._show_step(self.begin)

    def _forget(self) -> None:
        former: list[jobs.Seen | jobs.Done | None] = [self._seen]
        self._paths, self._first, self._seen = [], None, None
        if former[0] is not None:
            self.preview.clear()
            self.session.ask(partial(jobs.let_go, former))
        self._pasted.clear()

    def _go_on(self) -> None:
        self.session.go("plan")
