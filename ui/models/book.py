"""The model of the cases table: dense columns in memory, names read in pages of 200 rows.

It reports the real number of rows. A cell whose name is not there yet shows a placeholder and asks
for its page through `wanted`; what was read is kept for the last 10,000 persons.
"""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from planner.domain.facts import I64
from planner.store.people import PersonRow
from ui.cases.book import CaseBook, CaseRow
from ui.models.table import Column, DataTable, Index, Kind

PAGE = 200
KEPT = 10_000
_WAITING = 3  # pages that may wait; older ones were scrolled past
_REST = 15  # milliseconds at rest before a page is asked for
_LINES = 4096  # lines kept as objects

Painted = tuple[Kind, str, str, str]  # kind, text, tone, icon


class _Lines(Sequence[CaseRow]):
    """The lines as a sequence that makes each one when it is asked for."""

    def __init__(self, model: "BookModel") -> None:
        self._model = model

    def __len__(self) -> int:
        return self._model.rowCount()

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return [self._model.line(i) for i in range(*place.indices(len(self)))]
        return self._model.line(place)

    def __iter__(self) -> Iterator[CaseRow]:
        return (self._model.line(i) for i in range(len(self)))


class BookModel(DataTable):
    """`wanted(ids)` asks for a page of persons; hand them in with `arrived`."""

    wanted = Signal(object)
    paged = ("name", "township")

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(columns, parent)
        self._book: CaseBook | None = None
        self._shown = np.zeros(0, np.int64)
        self._place = np.zeros(0, np.int64)
        self._people: OrderedDict[str, tuple[int, PersonRow]] = OrderedDict()
        self._age = 0  # goes up with every book: older names are shown and read again
        self._made: dict[int, CaseRow] = {}
        self._cells: dict[int, tuple[Painted, ...]] = {}
        self._stale: set[int] = set()  # lines in `_cells` whose names are missing or old
        self._queue: list[int] = []
        self._busy: set[str] = set()
        self._asked: dict[str, int] = {}  # rows of the book of those who were asked for
        self._absent: set[str] = set()  # asked for in vain: not asked for again
        self._rows = _Lines(self)  # type: ignore[assignment]
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_REST)
        self._timer.timeout.connect(self._ask)

    @property
    def book(self) -> CaseBook | None:
        """The book in view."""
        return self._book

    @property
    def shown(self) -> I64:
        """Rows of the book in the order of the lines."""
        return self._shown

    def show(self, book: CaseBook, rows: I64) -> None:
        """Show these rows of `book` in the sort order the user last chose."""
        self.beginResetModel()
        self._age += self._book is not book
        self._absent.clear()
        self._book = book
        self._base = rows
        self._arrange()
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of lines, all of them."""
        return 0 if parent is not None and parent.isValid() else len(self._shown)

    def place_of(self, index: int) -> int:
        """The line of a row of the book, -1 when it is not shown."""
        return int(self._place[index]) if 0 <= index < len(self._place) else -1

    def line(self, place: int) -> CaseRow:
        """The line at `place`."""
        made = self._made.get(place)
        if made is None:
            assert self._book is not None
            index = int(self._shown[place])
            person = self._people.get(self._book.ranking.table.debtor_ids[index])
            made = self._book.row(index, person[1] if person else None)
            if len(self._made) >= _LINES:
                self._made.clear()
            self._made[place] = made
        return made

    def cell(self, place: int, column: int) -> Painted:
        """Kind, text, tone and icon of a cell, made once per line; asks for its page if needed."""
        cells = self._cells.get(place)
        if cells is None:
            line = self.line(place)
            cells = tuple(
                (
                    one.kind, one.text(line),
                    one.tone(line) if one.tone else "neutral",
                    one.icon(line) if one.icon else "",
                )
                for one in self.columns
            )  # fmt: skip
            if len(self._cells) >= _LINES:
                self._cells.clear()
            self._cells[place] = cells
            if not self._is_fresh(place):
                self._stale.add(place)
        if place in self._stale:
            self._want(place // PAGE)
        return cells[column]

    def renew(self) -> None:
        """Other words: make every cell anew."""
        self._cells.clear()
        super().renew()

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """As every table; a name that is not there, or old, is asked for."""
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            column = self.columns[index.column()]
            if column.key in self.paged and not self._is_fresh(index.row()):
                self._want(index.row() // PAGE)
        return super().data(index, role)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column that is in memory; others leave the order as it is."""
        if column >= 0 and self.columns[column].sort is None:
            return
        self.beginResetModel()
        self._order = (column, order) if column >= 0 else None
        self._arrange()
        self.endResetModel()

    def _arrange(self) -> None:
        book = self._book
        self._made.clear()
        self._cells.clear()
        self._stale.clear()
        self._queue.clear()
        if book is None:
            return
        rows = self._base
        if self._order is not None:
            number, order = self._order
            descending = order is Qt.SortOrder.DescendingOrder
            rows = book.sorted_rows(rows, self.columns[number].key, descending)
        self._shown = rows
        self._place = np.full(book.n, -1, np.int64)
        self._place[rows] = np.arange(len(rows))

    def _is_fresh(self, place: int) -> bool:
        who = self.line(place).debtor_id
        return who in self._absent or self._people.get(who, (-1,))[0] == self._age

    def _want(self, page: int) -> None:
        if page in self._queue[-1:]:
            return
        if page in self._queue:
            self._queue.remove(page)
        self._queue = [*self._queue[1 - _WAITING :], page]
        if not self._busy:
            # Anew with each page: while the bar is dragged past pages, nothing is read.
            self._timer.start()

    def _ask(self) -> None:
        """One page at a time, the one looked at last comes first."""
        book = self._book
        while book is not None and self._queue and not self._busy:
            page = self._queue.pop()
            rows = self._shown[page * PAGE : (page + 1) * PAGE]
            ids = [book.ranking.table.debtor_ids[i] for i in rows.tolist()]
            self._busy = {
                who for who in ids
                if who not in self._absent and self._people.get(who, (-1,))[0] != self._age
            }  # fmt: skip
            if self._busy:
                self._asked = dict(zip(ids, rows.tolist(), strict=True))
                self.wanted.emit([who for who in ids if who in self._busy])

    def arrived(self, people: Sequence[PersonRow]) -> None:
        """A page of persons that was wanted."""
        book = self._book
        self._absent |= self._busy - {person.debtor_id for person in people}
        self._busy = set()
        if book is None:
            return
        places = []
        for person in people:
            self._people[person.debtor_id] = (self._age, person)
            self._people.move_to_end(person.debtor_id)
            index = self._asked.get(person.debtor_id, -1)
            if 0 <= index < book.n and self._place[index] >= 0:
                places.append(int(self._place[index]))
                self._made.pop(places[-1], None)
                self._cells.pop(places[-1], None)
                self._stale.discard(places[-1])
        while len(self._people) > KEPT:
            self._people.popitem(last=False)
        if places:
            last = len(self.columns) - 1
            self.dataChanged.emit(self.index(min(places), 0), self.index(max(places), last))
        self._timer.start()

    def failed(self) -> None:
        """The page could not be read; the next book asks again."""
        self._absent |= self._busy
        self._busy = set()
