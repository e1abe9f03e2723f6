"""One read-only model for all lists: columns over a list of dataclasses.

`SORT` gives native values for sorting, `ROW` the dataclass itself, `CELL` what the delegate of
ui/widgets/table.py paints besides text (a chip, a bar).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

SORT = int(Qt.ItemDataRole.UserRole)
ROW = SORT + 1
CELL = SORT + 2

Index = QModelIndex | QPersistentModelIndex
LEFT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight


class Kind(Enum):
    """How a cell is painted."""

    TEXT = "text"
    NUMBER = "number"  # right-aligned
    STRONG = "strong"  # the column that names the row
    MUTED = "muted"
    CHIP = "chip"
    WRAP = "wrap"  # a sentence in up to two lines; makes all rows of the table taller
    BAR = "bar"  # a small bar (`share` 0-1) behind a number


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `title` is a function, so that it follows the language.

    `text`, `sort`, `tip`, `tone`, `icon`, `share` take the row. `width` is the least width in
    logical pixels, `most` the widest for its text; columns with `stretch` share what is left.
    """

    key: str
    title: Callable[[], str]
    text: Callable[[Any], str]
    kind: Kind = Kind.TEXT
    sort: Callable[[Any], Any] | None = None
    tip: Callable[[Any], str] | None = None
    tone: Callable[[Any], str] | None = None
    icon: Callable[[Any], str] | None = None
    share: Callable[[Any], float] | None = None
    title_tip: Callable[[], str] | None = None
    width: int = 80
    stretch: int = 0
    most: int = 360


@dataclass(frozen=True, slots=True)
class Cell:
    """What the delegate paints besides text."""

    kind: Kind
    tone: str = "neutral"
    icon: str = ""
    share: float = 0.0


class DataTable(QAbstractTableModel):
    """Rows are replaced as a whole; sorting happens here, by native values, stably."""

    def __init__(self, columns: Sequence[Column], parent: Any = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._rows: list[Any] = []
        self._order: tuple[int, Qt.SortOrder] | None = None

    def set_rows(self, rows: Sequence[Any]) -> None:
        """Show these rows, in the sort order the user last chose."""
        self.beginResetModel()
        self._rows = list(rows)
        self._arrange()
        self.endResetModel()

    @property
    def rows(self) -> list[Any]:
        """The rows as they are shown."""
        return self._rows

    def row(self, index: Index) -> Any:
        """The dataclass behind an index, None for an invalid one."""
        return self._rows[index.row()] if index.isValid() else None

    def place(self, wanted: Callable[[Any], bool]) -> int:
        """The first row for which `wanted` holds, -1 for none."""
        return next((i for i, row in enumerate(self._rows) if wanted(row)), -1)

    def renew(self) -> None:
        """The words changed (language): show every cell and header anew."""
        if self._rows:
            self.dataChanged.emit(
                self.index(0, 0), self.index(len(self._rows) - 1, len(self.columns) - 1)
            )
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self.columns) - 1)

    def rowCount(self, parent: Index | None = None) -> int:
        """Number of rows."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index | None = None) -> int:
        """Number of columns."""
        return 0 if parent is not None and parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = int(Qt.ItemDataRole.DisplayRole)) -> Any:
        """Text, tooltip, alignment, and our own roles."""
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self.columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return column.text(row)
            case Qt.ItemDataRole.ToolTipRole:
                return column.tip(row) if column.tip else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.kind in (Kind.NUMBER, Kind.BAR) else LEFT
            case _ if role == SORT:
                return column.sort(row) if column.sort else column.text(row)
            case _ if role == ROW:
                return row
            case _ if role == CELL:
                return Cell(
                    column.kind,
                    column.tone(row) if column.tone else "neutral",
                    column.icon(row) if column.icon else "",
                    column.share(row) if column.share else 0.0,
                )
        return None

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = int(Qt.ItemDataRole.DisplayRole),
    ) -> Any:
        """Column titles, aligned like their cells."""
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self.columns):
            return None
        column = self.columns[section]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.title()
            case Qt.ItemDataRole.ToolTipRole:
                return column.title_tip() if column.title_tip else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return RIGHT if column.kind in (Kind.NUMBER, Kind.BAR) else LEFT
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column's native values; rows without a value come last either way."""
        self._order = (column, order) if column >= 0 else None
        self.layoutAboutToBeChanged.emit()
        old = self._rows
        kept = {index: old[index.row()] for index in self.persistentIndexList()}
        self._rows = list(old)
        self._arrange()
        places = {id(row): i for i, row in enumerate(self._rows)}
        for index, row in kept.items():
            self.changePersistentIndex(index, self.index(places[id(row)], index.column()))
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        if self._order is None:
            return
        number, order = self._order
        column = self.columns[number]
        value = column.sort or column.text
        some = [row for row in self._rows if value(row) is not None]
        none = [row for row in self._rows if value(row) is None]
        some.sort(key=value, reverse=order is Qt.SortOrder.DescendingOrder)
        self._rows = some + none
