"""The table of cases: keeps what is chosen through sorting and new data, and sums it."""

import numpy as np
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from planner.domain.facts import I64
from ui.models.book import BookModel
from ui.widgets.table import Table

_KEPT = 2000  # chosen rows that are chosen again after sorting


class CaseTable(Table):
    """`summed(count, minor)` when other rows are chosen; `copy_wanted` on Ctrl+C."""

    summed = Signal(int, object)
    copy_wanted = Signal()

    def __init__(self, model: BookModel, parent: QWidget | None = None) -> None:
        self._book_model = model
        self._before: tuple[int, list[str]] | None = None
        super().__init__(model, parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._sum)
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        self.selectionModel().selectionChanged.connect(self._later)
        self.horizontalHeader().sortIndicatorChanged.connect(self._sorted)
        self._section = (-1, self.horizontalHeader().sortIndicatorOrder())

    def chosen_rows(self) -> I64:
        """Rows of the book that are chosen, from top to bottom."""
        spans = {(one.top(), one.bottom()) for one in self.selectionModel().selection()}
        places = [np.arange(top, bottom + 1) for top, bottom in sorted(spans)]
        if not places:
            return np.zeros(0, np.int64)
        return self._book_model.shown[np.unique(np.concatenate(places))]

    def go_to_person(self, debtor_id: str) -> None:
        """Choose a person's line if it is shown."""
        book = self._book_model.book
        if book is not None:
            self.go_to(self._book_model.place_of(book.places.get(debtor_id, -1)))

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
        total = int(book.ranking.table.amount[rows].sum()) if book is not None else 0
        self.summed.emit(len(rows), total)

    def _sorted(self, section: int, order: object) -> None:
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
        ids, rows = book.ranking.table.debtor_ids, self.chosen_rows()
        current = self.currentIndex().row()
        who = int(self._book_model.shown[current]) if current >= 0 else -1
        kept = [ids[i] for i in rows[:_KEPT].tolist()] if len(rows) <= _KEPT else []
        self._before = (self.verticalScrollBar().value(), [ids[who] if who >= 0 else "", *kept])

    def _restore(self) -> None:
        book, before = self._book_model.book, self._before
        self._before = None
        if book is None or before is None:
            return
        scroll, (current, *kept) = before
        chosen = QItemSelection()
        for place in self._places(kept):
            cell = self._book_model.index(place, 0)
            chosen.select(cell, cell)
        flags = QItemSelectionModel.SelectionFlag
        place = self._book_model.place_of(book.places.get(current, -1))
        if place >= 0:
            self.selectionModel().setCurrentIndex(
                self._book_model.index(place, 0), flags.NoUpdate
            )
        if not chosen.isEmpty():
            self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        if place >= 0:
            self.scrollTo(self._book_model.index(place, 0))
        else:
            self.verticalScrollBar().setValue(scroll)
        self._timer.start()

    def _places(self, ids: list[str]) -> list[int]:
        book = self._book_model.book
        assert book is not None
        places = (self._book_model.place_of(book.places.get(who, -1)) for who in ids)
        return sorted(place for place in places if place >= 0)
