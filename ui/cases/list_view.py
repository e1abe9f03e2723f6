"""The table of cases: keeps what is chosen through sorting and new data, and sums it."""

import numpy as np
from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QWidget

from planner.domain.facts import I64
from ui.cases.paint import CaseCells
from ui.models.book import BookModel
from ui.widgets.card import Card
from ui.widgets.table import Table

_LOOKS = (
    QEvent.Type.PaletteChange, QEvent.Type.FontChange, QEvent.Type.StyleChange,
    QEvent.Type.LanguageChange, QEvent.Type.DevicePixelRatioChange,
)  # fmt: skip
_KEPT = 2000  # chosen rows that are chosen again after sorting


def tight(card: Card) -> None:
    """A card that holds a table alone has hardly any margin."""
    layout = card.layout()
    assert layout is not None
    layout.setContentsMargins(1, 6, 1, 6)


class CaseTable(Table):
    """`summed(persons, cases, minor)` when other rows are chosen; `copy_wanted` on Ctrl+C."""

    summed = Signal(int, int, object)
    copy_wanted = Signal()

    def __init__(self, model: BookModel, parent: QWidget | None = None) -> None:
        self._book_model = model
        self._before: tuple[int, I64] | None = None  # the bar, persons: the current one first
        super().__init__(model, parent)
        self._cells = CaseCells(self, model)
        self.setItemDelegate(self._cells)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._sum)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(self._later)
        # Painting a header asks whether whole columns are chosen: 100,000 questions for each of
        # them. Its own model of the selection stays empty, and the answer is quick.
        self.horizontalHeader().setSelectionModel(QItemSelectionModel(model, self))
        self.horizontalHeader().sortIndicatorChanged.connect(self._sorted)
        self._section = (-1, self.horizontalHeader().sortIndicatorOrder())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The delegate asks nothing of the view for each cell."""
        self._cells.hovered = self.hovered
        self._cells.marked = self.currentIndex().row() if self.hasFocus() else -1
        super().paintEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """Other fonts, colours or words."""
        super().changeEvent(event)
        if event.type() in _LOOKS:
            self._cells.forget()

    def chosen_rows(self) -> I64:
        """Rows of the book that are chosen, from top to bottom."""
        chosen = np.zeros(self._book_model.rowCount(), np.bool_)
        for span in list(self.selectionModel().selection()):  # type: ignore[call-overload]
            chosen[span.top() : span.bottom() + 1] = True
        return self._book_model.shown[chosen]

    def go_to_person(self, debtor_id: str) -> None:
        """Choose a person's line if it is shown."""
        book = self._book_model.book
        if book is not None:
            self.go_to(self._book_model.place_of(book.row_of(debtor_id)))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+C copies."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _later(self, _new: object, _old: object) -> None:
        self._timer.start()

    def _sum(self) -> None:
        book = self._book_model.book
        rows = self.chosen_rows()
        table = book.ranking.table if book is not None else None
        total = int(table.amount[rows].sum()) if table is not None else 0
        cases = int(table.open_cases[rows].sum()) if table is not None else 0
        self.summed.emit(len(rows), cases, total)

    def _sorted(self, section: int, order: Qt.SortOrder) -> None:
        """A column that is not in memory cannot sort: the arrow goes back."""
        header = self.horizontalHeader()
        if section >= 0 and self._book_model.columns[section].sort is None:
            header.blockSignals(True)
            header.setSortIndicator(*self._section)
            header.blockSignals(False)
        else:
            self._section = (section, order)

    def _remember(self) -> None:
        """Persons, not lines: the lines are about to change."""
        book = self._book_model.book
        if book is None:
            return
        pids, rows = book.ranking.table.pids, self.chosen_rows()
        current = self.currentIndex().row()
        who = pids[self._book_model.shown[current]] if current >= 0 else np.int64(0)
        kept = pids[rows] if len(rows) <= _KEPT else pids[:0]
        self._before = (self.verticalScrollBar().value(), np.concatenate([[who], kept]))

    def _restore(self) -> None:
        book, before = self._book_model.book, self._before
        self._before = None
        if book is None or before is None:
            return
        scroll, persons = before
        chosen = QItemSelection()
        for place in self._places(persons[1:]):
            cell = self._book_model.index(place, 0)
            chosen.select(cell, cell)
        flags = QItemSelectionModel.SelectionFlag
        place = next(iter(self._places(persons[:1])), -1)
        if place >= 0:
            self.selectionModel().setCurrentIndex(self._book_model.index(place, 0), flags.NoUpdate)
        if not chosen.isEmpty():
            self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        if place >= 0:
            self.scrollTo(self._book_model.index(place, 0))
        else:
            self.verticalScrollBar().setValue(scroll)
        self._timer.start()

    def _places(self, pids: I64) -> list[int]:
        """The lines of those persons who are shown, from top to bottom."""
        book = self._book_model.book
        assert book is not None
        places = map(self._book_model.place_of, book.rows_of_pids(pids).tolist())
        return sorted(place for place in places if place >= 0)
