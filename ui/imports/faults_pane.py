"""Rows to mend: the table, and their export in the file's own columns."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFileDialog, QVBoxLayout, QWidget

from ui import formats
from ui.i18n import _, language, ngettext
from ui.imports.columns import fault_columns
from ui.imports.jobs import SUFFIXES, FaultLine, Faulty, save_faulty
from ui.imports.words import Mask
from ui.models.table import DataTable
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.widgets.text import Text


class FaultsPane(Translated):
    """A card; its export is one file for each file with rows to mend."""

    def __init__(self, session: Session, mask: Mask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._mask = session, mask
        self._files: tuple[Faulty, ...] = ()
        self.model = DataTable(fault_columns(mask, several=True), self)
        self.table = Table(self.model)
        self.card = Card()
        self.excel, self.csv = Button("secondary", "export"), Button("secondary", "export")
        self.card.head.addWidget(self.excel)
        self.card.head.addWidget(self.csv)
        self._advice = Text("muted", wrap=True)
        self.card.body.addWidget(self._advice)
        self.card.body.addWidget(self.table, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.card)
        self.excel.clicked.connect(partial(self.export, "xlsx"))
        self.csv.clicked.connect(partial(self.export, "csv"))
        mask.changed.connect(self.model.renew)
        self.retranslate()

    def show_files(self, files: Sequence[Faulty]) -> None:
        """Other files."""
        self._files = tuple(files)
        lines: list[FaultLine] = []
        for one in files:
            lines += one.lines
        lines.sort(key=lambda line: line.fault.note)
        self.model.set_rows(lines)
        self.table.setColumnHidden(0, len(files) < 2)
        self.table.fit()
        self.retranslate()

    def retranslate(self) -> None:
        """Title, buttons and what to do with the exported file."""
        n = len(self.model.rows)
        left = sum(one.left_out for one in self._files)
        title = ngettext("{n} cell to look at", "{n} cells to look at", n)
        cells = title.format(n=formats.number(n)) if n else _("No mistakes in these files")
        rows = ngettext("{n} row left out", "{n} rows left out", left)
        rows = rows.format(n=formats.number(left))
        self.card.set_title(f"{rows}{_(', ')}{cells}" if left else cells)
        self.excel.setText(_("Rows to mend as Excel"))
        self.csv.setText(_("As CSV"))
        self.excel.setToolTip("Ctrl+E")
        for widget in (self.excel, self.csv, self._advice):
            widget.setVisible(left > 0)
        self._advice.setText(
            _(
                "The export holds only the rows that are left out, in the file's own columns, with"
                " what to do in front. Mend them there and drop that file here."
            )
        )
        self.table.setVisible(n > 0)
        self.table.setAccessibleName(_("Rows to mend"))

    @Slot()
    def export(self, form: str) -> None:
        """Ask where to, then write off the GUI thread."""
        some = [one for one in self._files if one.left_out]
        if not some:
            return
        suffix = SUFFIXES[form]
        ending = _("-to-mend")
        if len(some) == 1:
            proposed = f"{Path(some[0].parsed.name).stem}{ending}{suffix}"
            name, _chosen = QFileDialog.getSaveFileName(
                self, _("Export the rows to mend"), proposed, f"{form.upper()} (*{suffix})"
            )
            if name and not name.lower().endswith(suffix):
                name += suffix
        else:
            name = QFileDialog.getExistingDirectory(self, _("A folder for the rows to mend"))
        if name:
            job = partial(save_faulty, Path(name), some, language(), suffix, ending)
            self._session.ask(job, self._saved)

    @Slot(object)
    def _saved(self, paths: list[Path]) -> None:
        names = ", ".join(path.name for path in paths)
        self._session.toast(_("Saved: {name}").format(name=names))
