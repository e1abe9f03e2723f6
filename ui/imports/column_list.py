"""What the columns of a file are read as: one line per header, with some of its cells."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QScrollArea, QSizePolicy, QWidget

from planner.intake.field_words import field_words, fields_of
from planner.intake.look import Column
from planner.intake.synonyms import ADVICE
from ui.i18n import _, language
from ui.imports.words import Mask
from ui.widgets.chip import Chip
from ui.widgets.text import Text

_CELLS = 46  # characters of sample cells
_MANY = 14  # lines of the list of fields that are seen at once


class Choose(QComboBox):
    """A combo box that the wheel scrolls past unless it has the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(_MANY)
        self.setMinimumHeight(30)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Only with the keyboard's attention."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class ColumnList(QScrollArea):
    """`changed` when a column is read as something else."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self._columns: tuple[Column, ...] = ()
        self._kind = "cases"
        self._boxes: dict[str, Choose] = {}
        self._chips: dict[str, Chip] = {}

    def show_columns(
        self, kind: str, columns: Sequence[Column], chosen: Mapping[str, str], mask: Mask
    ) -> None:
        """Other columns; `chosen` says what each is read as now (by key). `mask.value` hides."""
        self._kind, self._columns = kind, tuple(columns)
        self._boxes, self._chips = {}, {}
        inner = QWidget()
        inner.setProperty("part", "plain")
        grid = QGridLayout(inner)
        grid.setContentsMargins(0, 0, 8, 0)
        grid.setHorizontalSpacing(18)
        grid.setVerticalSpacing(4)
        for at, title in enumerate((_("Header in the file"), _("Cells below it"),
                                    _("Is read as"))):  # fmt: skip
            grid.addWidget(Text("small", title), 0, at)
        for row, column in enumerate(self._columns, 1):
            field = chosen.get(column.key, "")
            seen = [mask.value(field, c) if field else mask.cell(c) for c in column.cells]
            cells = "  ·  ".join(seen)
            shown = cells if len(cells) <= _CELLS else cells[: _CELLS - 1] + "…"
            header = Text("strong", column.header if len(column.header) < 30
                          else column.header[:29] + "…")  # fmt: skip
            sample = Text("muted", shown or _("(empty)"))
            sample.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            grid.addWidget(header, row, 0)
            grid.addWidget(sample, row, 1)
            grid.addWidget(self._box(column, field), row, 2)
            chip = Chip()
            self._chips[column.key] = chip
            grid.addWidget(chip, row, 3)
        grid.setColumnMinimumWidth(1, 300)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(4, 1)  # so that cells and choice stay close on a wide screen
        grid.setRowStretch(len(self._columns) + 1, 1)
        old = self.takeWidget()
        if old is not None:  # not at once: the event at hand may go on to its parts
            old.hide()
            old.deleteLater()
        self.setWidget(inner)
        self._mark()

    def _box(self, column: Column, field: str) -> QWidget:
        if column.field == ADVICE:
            return Text("muted", _("what to do (not read)"))
        box = Choose()
        box.setAccessibleName(_("{header} is read as").format(header=column.header))
        box.addItem(_("not used"), "")
        last = ""
        for name in fields_of(self._kind):
            group = name.partition(".")[0] if "." in name else ""
            if group != last and group in ("mark", "home"):
                box.insertSeparator(box.count())
            last = group
            box.addItem(field_words(self._kind, name, language()), name)
        box.setCurrentIndex(max(0, box.findData(field)))
        box.currentIndexChanged.connect(self._moved)
        self._boxes[column.key] = box
        return box

    @property
    def chosen(self) -> dict[str, str]:
        """What each column is read as, by its key; "" = not used."""
        return {key: str(box.currentData() or "") for key, box in self._boxes.items()}

    def first_box(self) -> QWidget | None:
        """The choice that most wants a look: of the first guess, else the first one."""
        for column in self._columns:
            if column.guess and column.key in self._boxes:
                return self._boxes[column.key]
        return next(iter(self._boxes.values()), None)

    @Slot()
    def _moved(self) -> None:
        self._mark()
        self.changed.emit()

    def _mark(self) -> None:
        """Guesses are marked as such; what somebody chose is not."""
        for column in self._columns:
            chip, box = self._chips[column.key], self._boxes.get(column.key)
            now = "" if box is None else box.currentData()
            if column.guess and now == column.guess:
                chip.set_text(_("guessed from the cells"))
                chip.set_tone("warn", "help")
            elif now and now != column.field:
                chip.set_text(_("chosen by you"))
                chip.set_tone("accent", "edit")
            elif now:
                chip.set_text(_("recognised"))
                chip.set_tone("neutral", "check")
            else:
                chip.set_text("")
            chip.setVisible(bool(chip.text()))
