"""What an import brought, and which rows wait to be mended."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import formats
from ui.i18n import _, ngettext
from ui.imports.columns import FILES
from ui.imports.faults_pane import FaultsPane
from ui.imports.jobs import Done
from ui.imports.words import Mask, sentences
from ui.models.table import DataTable
from ui.page import Translated
from ui.session import Session
from ui.theme import ROW_HEIGHT
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.table import Table


class ResultStep(Translated):
    """`more_wanted` for other files, `plan_wanted` to go on."""

    more_wanted = Signal()
    plan_wanted = Signal()

    def __init__(self, session: Session, mask: Mask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.done: Done | None = None
        self.files = DataTable(FILES, self)
        self._card, self.table = Card(), Table(self.files)
        self._card.body.addWidget(self.table)
        self.faults = FaultsPane(session, mask)
        self.more, self.next = Button("secondary", "folder"), Button("primary", "plan")
        self.eye = Button("quiet", "eye")
        self.eye.clicked.connect(mask.toggle)
        self._mask = mask
        mask.changed.connect(self._name_eye)
        self.faults.card.head.addWidget(self.eye)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.more)
        foot.addWidget(self.next)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._card)
        box.addWidget(self.faults, 1)
        box.addLayout(foot)
        self.more.clicked.connect(self.more_wanted)
        self.next.clicked.connect(self.plan_wanted)
        self.retranslate()

    def show_done(self, done: Done) -> None:
        """The report of an import."""
        self.done = done
        report = done.report
        self.files.set_rows(report.files)
        rows = min(len(report.files), 5)
        self.table.setFixedHeight(42 + rows * ROW_HEIGHT)
        self._card.setMaximumHeight(42 + rows * ROW_HEIGHT + 72)
        self.faults.show_files(done.faulty)

    def retranslate(self) -> None:
        """All words."""
        self._card.set_title(_("What came in (lists are counted by person)"))
        self.table.setAccessibleName(_("Imported files"))
        self.more.setText(_("Import more files"))
        self.next.setText(_("Go on to the plan"))
        self._name_eye()

    @Slot()
    def _name_eye(self) -> None:
        self._mask.name_eye(self.eye)

    def summary(self) -> tuple[str, str]:
        """One sentence for the whole import, and its tone."""
        if self.done is None:
            return "", "neutral"
        files = self.done.report.files
        rows, left = sum(file.rows for file in files), sum(file.faulty for file in files)
        gone = sum(file.withdrawn for file in files)
        if self.done.report.batch is None:
            text = _("These files bring nothing new.")
        elif left:
            text = _("{left} of {rows} rows were left out. Export them, mend them there and import"
                     " that file: only what is new will be added.")  # fmt: skip
        else:
            text = _("All {rows} rows were taken in.")
        said = text.format(left=formats.number(left), rows=formats.number(rows))
        if gone:
            text = ngettext(
                "{n} case that the list does not name was withdrawn.",
                "{n} cases that the list does not name were withdrawn.",
                gone,
            )
            said = sentences(said, text.format(n=formats.number(gone)))
        return said, "warn" if left else "accent"
