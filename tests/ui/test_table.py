"""The table model: native sorting, roles; the view: words and reactions."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from ui import i18n
from ui.i18n import _
from ui.models.table import ROW, SORT, Column, DataTable, Kind
from ui.widgets.table import Table


@dataclass(frozen=True, slots=True)
class Item:
    """A row."""

    name: str
    amount: int | None


COLUMNS = (
    Column("name", lambda: _("Person"), lambda i: i.name, Kind.STRONG, stretch=1),
    Column("amount", lambda: _("Amount"), lambda i: str(i.amount), Kind.NUMBER, lambda i: i.amount),
)
ITEMS = [Item("b", 9), Item("a", None), Item("c", 100), Item("d", 9)]


def test_model_is_sound(qtmodeltester: ModelTester) -> None:
    """Qt's own model test finds nothing."""
    model = DataTable(COLUMNS)
    model.set_rows(ITEMS)
    qtmodeltester.check(model)


def test_sorting_by_value() -> None:
    """Numbers sort as numbers, equals keep their order, rows without a value come last."""
    model = DataTable(COLUMNS)
    model.set_rows(ITEMS)
    model.sort(1, Qt.SortOrder.AscendingOrder)
    assert [row.name for row in model.rows] == ["b", "d", "c", "a"]
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert [row.name for row in model.rows] == ["c", "b", "d", "a"]
    assert model.index(0, 1).data(SORT) == 100
    assert model.index(0, 1).data(ROW) is ITEMS[2]


def test_current_row_survives_sorting(qtbot: QtBot) -> None:
    """Sorting moves the current row along with its person."""
    model = DataTable(COLUMNS)
    table = Table(model)
    qtbot.addWidget(table)
    model.set_rows(ITEMS)
    table.go_to(2)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    assert table.current() is ITEMS[2]
    assert table.currentIndex().row() == 0


def test_headers_follow_the_language(qtbot: QtBot) -> None:
    """Column titles change with the language while the table stands."""
    table = Table(DataTable(COLUMNS))
    qtbot.addWidget(table)
    table.show()
    assert table.model().headerData(0, Qt.Orientation.Horizontal) == "Person"
    i18n.use("zh_CN")
    assert table.model().headerData(0, Qt.Orientation.Horizontal) == "人员"


def test_enter_opens(qtbot: QtBot) -> None:
    """Enter opens the current row; other letters are offered to the page."""
    model = DataTable(COLUMNS)
    table = Table(model)
    qtbot.addWidget(table)
    model.set_rows(ITEMS)
    table.go_to(1)
    with qtbot.waitSignal(table.opened) as opened:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert opened.args == [ITEMS[1]]
    with qtbot.waitSignal(table.key_pressed):
        qtbot.keyClick(table, Qt.Key.Key_H)
    assert not table.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_many_rows_are_quick(qtbot: QtBot) -> None:
    """Twenty thousand rows: widths come from a sample of rows, not from all."""
    asked: list[int] = []

    def text(item: Item) -> str:
        asked.append(1)
        return item.name

    table = Table(DataTable((Column("name", lambda: "x", text),)))
    qtbot.addWidget(table)
    model = table.model()
    assert isinstance(model, DataTable)
    model.set_rows([Item(str(i), i) for i in range(20_000)])
    assert len(asked) < 500
