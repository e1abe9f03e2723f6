"""Where things stand on the week's board: days across, crews down, stops in order in each cell.

Coordinates are pixels of the board's content; the head and the crews' names stay in view while the
rest is scrolled.
"""

from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF

from ui.plan.week_book import Cell, Chip, Column, Week

LABEL = 112  # width of the crews' names
HEAD = 73  # height of the days' heads
PAD = 4
LINE = 15
CHIPS = (28, 24, 20)  # sides of a stop: the largest that leaves all crews in view, else the last
GAP = 2
NARROWEST = 120  # a day in which the figures of a cell can still be read
CLOSED = 36  # a day without visits
BAR = 3


@dataclass(frozen=True, slots=True)
class Spot:
    """A place on the board: day, crew, and the stop there if any."""

    column: int
    row: int
    chip: Chip | None = None


@dataclass(frozen=True)
class Grid:
    """The board of `week` in a view `room` wide and `high` high.

    `left` are the columns' edges, `top` the rows', `side` the length of a stop's side.
    """

    week: Week
    room: float
    high: float
    side: int = field(init=False)
    left: tuple[float, ...] = field(init=False)
    top: tuple[float, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Work out the edges."""
        closed = [shut(column) for column in self.week.columns]
        many = max(1, closed.count(False))
        rest = self.room - LABEL - CLOSED * closed.count(True)
        wide = max(NARROWEST, rest / many)
        left = [float(LABEL)]
        for one in closed:
            left.append(left[-1] + (CLOSED if one else wide))
        object.__setattr__(self, "left", tuple(left))
        for side in CHIPS:
            object.__setattr__(self, "side", side)
            heights = (self._height(line.crew_id) for line in self.week.crews)
            object.__setattr__(self, "top", tuple(accumulate(heights, initial=float(HEAD))))
            if self.height <= self.high:
                break

    @property
    def width(self) -> float:
        """The right edge of the last day."""
        return self.left[-1]

    @property
    def height(self) -> float:
        """The lower edge of the last crew."""
        return self.top[-1]

    def _height(self, crew_id: str) -> float:
        """As high as the fullest day of the crew needs."""
        high = 1
        for k, column in enumerate(self.week.columns):
            cell = column.cells.get(crew_id)
            if cell is not None:
                across = self.across(k)
                high = max(high, -(-len(cell.chips) // across))
        return 2 * PAD + 2 * LINE + high * (self.side + GAP) + BAR + 4

    def across(self, column: int) -> int:
        """How many stops stand side by side in a day."""
        wide = self.left[column + 1] - self.left[column] - 2 * PAD
        return max(1, int((wide + GAP) // (self.side + GAP)))

    def cell(self, column: int, row: int) -> Cell | None:
        """What stands there."""
        return self.week.columns[column].cells.get(self.week.crews[row].crew_id)

    def head(self, column: int) -> QRectF:
        """The head of a day."""
        return QRectF(self.left[column], 0, self.left[column + 1] - self.left[column], HEAD)

    def box(self, column: int, row: int) -> QRectF:
        """The rectangle of a cell."""
        return QRectF(
            self.left[column], self.top[row],
            self.left[column + 1] - self.left[column], self.top[row + 1] - self.top[row],
        )  # fmt: skip

    def chip(self, column: int, row: int, place: int) -> QRectF:
        """The rectangle of the stop at `place` (0 = first) of a cell."""
        box, across = self.box(column, row), self.across(column)
        x = box.left() + PAD + (place % across) * (self.side + GAP)
        y = box.top() + PAD + LINE + 2 + (place // across) * (self.side + GAP)
        return QRectF(x, y, self.side, self.side)

    def column_at(self, x: float) -> int | None:
        """The day at a distance from the left."""
        found = (k for k in range(len(self.left) - 1) if self.left[k] <= x < self.left[k + 1])
        return next(found, None)

    def spot_at(self, point: QPointF) -> Spot | None:
        """What is at a point of the content below the head."""
        column = self.column_at(point.x())
        rows = range(len(self.top) - 1)
        row = next((k for k in rows if self.top[k] <= point.y() < self.top[k + 1]), None)
        if column is None or row is None:
            return None
        cell = self.cell(column, row)
        for place, chip in enumerate(cell.chips if cell else ()):
            rect = self.chip(column, row, place).adjusted(-1, -1, 1, 1)
            if rect.contains(point):
                return Spot(column, row, chip)
        return Spot(column, row)

    def where(self, debtor_id: str) -> Spot | None:
        """Where a person stands."""
        for column in range(len(self.week.columns)):
            for row in range(len(self.week.crews)):
                cell = self.cell(column, row)
                for chip in cell.chips if cell else ():
                    if chip.holds(debtor_id):
                        return Spot(column, row, chip)
        return None

    def rect_of(self, debtor_id: str) -> QRectF:
        """The rectangle of a person's stop, empty when there is none."""
        spot = self.where(debtor_id)
        if spot is None or spot.chip is None:
            return QRectF()
        return self.chip(spot.column, spot.row, spot.chip.number - 1)

    def day(self, column: int) -> date:
        """The day of a column."""
        return self.week.columns[column].day


def shut(column: Column) -> bool:
    """Whether a day needs little room: no visit is possible any more, and none was planned."""
    book = column.book
    return book is not None and (not column.cells or (column.over and book.plan is None))
