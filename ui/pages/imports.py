"""Imports: drop the lender's files, see what came in and which cells to mend."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeySequence
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.import_files import ImportReport
from planner.errors import PlannerError
from planner.intake.records import Fault
from ui import formats
from ui.background import Task
from ui.errors import words
from ui.i18n import _, language, ngettext
from ui.imports.columns import FAULTS, FILES, fault_header
from ui.imports.drop_zone import DropZone, dropped_paths
from ui.imports.earlier import EarlierCard
from ui.imports.jobs import run_import, run_sample, save_faults
from ui.models.table import DataTable
from ui.overview import Overview, load_overview
from ui.page import Page
from ui.session import Session
from ui.theme import ROW_HEIGHT
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.table import Table
from ui.widgets.text import Text


class ImportsPage(Page):
    """One import is one deed: counts per file, faults with row and column, Undo."""

    key = "imports"
    interests = Change.CASES

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._report: ImportReport | None = None
        self._task: Task | None = None
        self._files, self._faults = DataTable(FILES, self), DataTable(FAULTS, self)
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._title, self._subtitle = Text("title"), Text("muted")
        self._drop = DropZone()
        self._more = Button("secondary", "folder")
        self.setAcceptDrops(True)
        self._progress = Progress()
        self._message = MessageBar()
        self._file_card, self._fault_card = Card(), Card()
        self._file_table, self._fault_table = Table(self._files), Table(self._faults)
        self._file_card.body.addWidget(self._file_table)
        self._export = Button("secondary", "export")
        self._fault_card.head.addWidget(self._export)
        self._fault_card.body.addWidget(self._fault_table)
        self._split = QWidget()
        cards = QVBoxLayout(self._split)
        cards.setContentsMargins(0, 0, 0, 0)
        cards.setSpacing(14)
        cards.addWidget(self._file_card)
        cards.addWidget(self._fault_card, 1)
        self._empty = EmptyState("file")
        self._earlier = EarlierCard(self.session)
        self._earlier.told.connect(self._show_place)
        self._next = Button("primary", "plan")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._next)
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 18, 24, 16)
        box.setSpacing(12)
        said = QVBoxLayout()
        said.setSpacing(4)
        said.addWidget(self._title)
        said.addWidget(self._subtitle)
        top = QHBoxLayout()
        top.addLayout(said, 1)
        top.addWidget(self._more, 0, Qt.AlignmentFlag.AlignBottom)
        box.addLayout(top)
        box.addWidget(self._drop)
        box.addWidget(self._progress)
        box.addWidget(self._message)
        box.addWidget(self._split, 1)
        box.addWidget(self._earlier, 1)
        box.addWidget(self._empty, 1)
        box.addLayout(foot)

    def _connect(self) -> None:
        self._drop.dropped.connect(self.start)
        self._more.clicked.connect(self.choose)
        self._drop.choose_pressed.connect(self.choose)
        self._drop.sample_pressed.connect(self.start_sample)
        self._export.clicked.connect(self.export_faults)
        self._next.clicked.connect(self._go_on)
        self._progress.cancelled.connect(self._stop)
        self._again = QAction(self)
        self._again.triggered.connect(self.choose)
        self._open = QAction(self)
        self._open.setShortcut(QKeySequence("Ctrl+E"))
        self._open.triggered.connect(self.export_faults)
        self.addAction(self._open)

    def retranslate(self) -> None:
        """All words of the page."""
        self._title.setText(_("Imports"))
        self._subtitle.setText(
            _("The same file may come again: known rows are recognised, nothing is doubled.")
        )
        self._file_card.set_title(_("What came in"))
        self._file_table.setAccessibleName(_("Imported files"))
        self._fault_table.setAccessibleName(_("Rows to mend"))
        self._export.setText(_("Export as CSV"))
        self._export.setToolTip("Ctrl+E")
        self._open.setText(_("Export the rows to mend"))
        self._more.setText(_("Choose files"))
        self._earlier.retranslate()
        self._next.setText(_("Go on to the plan"))
        self._message.name_cross(_("Close the message"))
        self._show()
        if self._report is not None and not self._message.isHidden():
            self._message.say(*self._summary(self._report))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped anywhere on the page."""
        if self._task is None and dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        event.acceptProposedAction()
        self.start(dropped_paths(event))

    def panes(self) -> list[QWidget]:
        """Drop zone button, files, faults."""
        return [self._drop, self._earlier.table, self._file_table, self._fault_table]

    def commands(self) -> list[QAction]:
        """Export of the faults, when there are any."""
        return [self._open]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [("Ctrl+O", _("Choose files")), ("Ctrl+E", _("Export the rows to mend"))]

    def show_item(self, what: object) -> None:
        """ "choose" opens the file dialog, "sample" imports the sample, a list of paths imports."""
        if what == "choose":
            self.choose()
        elif what == "sample":
            self.start_sample()
        elif isinstance(what, list):
            self.start(what)

    def refresh(self) -> None:
        """What was imported so far, and whether the workspace is still empty."""
        self._earlier.refresh()
        self.session.ask(partial(load_overview, self.session.store), self._show_overview)

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        self._drop.offer_sample(overview.counts.persons == 0)
        self._next.setVisible(overview.counts.persons > 0 and self._report is not None)

    def choose(self) -> None:
        """Ask for files and import them."""
        pattern = _("Lists and map layers") + " (*.xlsx *.xls *.csv *.txt *.geojson *.json)"
        names, _chosen = QFileDialog.getOpenFileNames(self, _("Choose files"), "", pattern)
        if names:
            self.start([Path(name) for name in names])

    def start(self, paths: Sequence[Path]) -> None:
        """Import `paths` as one step that can be undone."""
        if self._task is None:
            n = len(paths)
            text = ngettext("Import of {n} file", "Import of {n} files", n).format(n=n)
            self._run(text, partial(run_import, self.session.store, paths, self.session.clock))

    def start_sample(self) -> None:
        """Import the fictional sample data."""
        if self._task is None:
            job = partial(run_sample, self.session.store, self.session.clock)
            self._run(_("Import of the sample data"), job)

    def _run(self, text: str, job: Callable[..., Any]) -> None:
        self._message.clear()
        self._busy(True)
        self._progress.start(_("Reading the files …"))
        self._task = self.session.deed(
            text,
            job,
            self._arrived,
            self._failed,
            progress=self._moved,
        )
        self._task.finished.connect(self._finished)

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _moved(self, share: float) -> None:
        self._progress.advance(share, _("Writing …") if share >= 0.7 else "")

    @Slot(object)
    def _arrived(self, report: ImportReport) -> None:
        self._report = report
        self._show()
        self._message.say(*self._summary(report))

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and error.code == "import.cancelled":
            self._message.say(_("Stopped. Nothing was imported."), "neutral")
        elif isinstance(error, PlannerError | OSError):
            self._message.say(words(error), "warn")
        else:
            self.session.troubled.emit(error)

    @Slot()
    def _finished(self) -> None:
        self._task = None
        self._progress.stop()
        self._busy(False)

    def _busy(self, busy: bool) -> None:
        self._drop.setEnabled(not busy)
        self._more.setEnabled(not busy)

    def _show(self) -> None:
        """The report, or what to do while there is none."""
        report = self._report
        self._show_place()
        self._empty.say(
            _("Nothing was imported yet."),
            more=_("After an import you see here what is new and which cells to mend."),
        )
        self._next.setVisible(report is not None)
        if report is None:
            self._open.setEnabled(False)
            return
        self._files.set_rows(report.files)
        rows = min(len(report.files), 5)
        self._file_table.setFixedHeight(42 + rows * ROW_HEIGHT)
        self._file_card.setMaximumHeight(42 + rows * ROW_HEIGHT + 72)
        self._faults.set_rows(sorted(report.faults, key=_urgency))
        n = len(report.faults)
        self._open.setEnabled(n > 0)
        self._export.setVisible(n > 0)
        self._fault_table.setVisible(n > 0)
        title = ngettext("{n} cell to look at", "{n} cells to look at", n)
        self._fault_card.set_title(
            title.format(n=formats.number(n)) if n else _("No mistakes in these files")
        )

    @Slot()
    def _show_place(self) -> None:
        """The report of this import; before one, the imports so far; before any, a sentence."""
        fresh = self._report is not None
        self._split.setVisible(fresh)
        self._drop.setVisible(not fresh)
        self._subtitle.setVisible(not fresh)
        self._more.setVisible(fresh)
        self._earlier.setVisible(not fresh and not self._earlier.empty)
        self._empty.setVisible(not fresh and self._earlier.empty)

    def _summary(self, report: ImportReport) -> tuple[str, str]:
        """One sentence for the whole import, and its tone."""
        rows = sum(file.rows for file in report.files)
        left = sum(file.faulty for file in report.files)
        if left:
            text = _("{left} of {rows} rows were left out. Mend the cells below and import the file"
                     " again: only what is new will be added.")  # fmt: skip
        elif report.batch is None:
            text = _("These files bring nothing new.")
        else:
            text = _("All {rows} rows were taken in.")
        said = text.format(left=formats.number(left), rows=formats.number(rows))
        return said, "warn" if left else "accent"

    def export_faults(self) -> None:
        """Save the list of faults as CSV where the user says."""
        if self._report is None or not self._report.faults:
            return
        name, _chosen = QFileDialog.getSaveFileName(
            self, _("Export as CSV"), _("rows-to-mend") + ".csv", "CSV (*.csv)"
        )
        if name:
            job = partial(save_faults, Path(name), self._report.faults, fault_header(), language())
            self.session.ask(job, self._saved)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self.session.toast(_("Saved: {name}").format(name=path.name))

    def _go_on(self) -> None:
        self.session.go("plan")


def _urgency(fault: Fault) -> tuple[bool, str, int]:
    """Rows that were left out come before those that were kept."""
    return fault.note, fault.file, fault.row
