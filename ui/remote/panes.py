"""Where the panes of the page stand: list above the map, the chosen area beside them."""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QSplitter, QWidget

from ui import machine
from ui.widgets.card import Card


def _card(widget: QWidget, margins: tuple[int, int, int, int]) -> Card:
    card = Card(heading=False)
    card.body.addWidget(widget)
    layout = card.layout()
    if layout is not None:
        layout.setContentsMargins(*margins)
    return card


class Panes(QObject):
    """Cards in splitters that remember their places; `widget` is the whole."""

    def __init__(
        self, areas: QWidget, board: QWidget, note: QWidget, one: QWidget, parent: QObject
    ) -> None:
        super().__init__(parent)
        list_card, map_card = _card(areas, (8, 6, 6, 6)), _card(board, (2, 2, 2, 4))
        map_card.body.setSpacing(2)
        map_card.body.addWidget(note)
        map_card.body.setStretchFactor(board, 1)
        one_card = _card(one, (12, 12, 6, 12))
        left = QSplitter(Qt.Orientation.Vertical)
        self.widget = QSplitter(Qt.Orientation.Horizontal)
        self._splitters = {"remote-left": left, "remote-across": self.widget}
        for splitter, parts, sizes, stretches in (
            (left, (list_card, map_card), (280, 260), (1, 1)),
            (self.widget, (left, one_card), (918, 314), (4, 1)),
        ):
            for place, part in enumerate(parts):
                splitter.addWidget(part)
                splitter.setStretchFactor(place, stretches[place])
            splitter.setSizes(sizes)
            splitter.setHandleWidth(8)
            splitter.splitterMoved.connect(self._keep)
        list_card.setMinimumWidth(420)
        one_card.setMinimumWidth(290)
        for name, splitter in self._splitters.items():
            state = machine.load_layout(name)
            if state is not None:
                splitter.restoreState(state)

    @Slot()
    def _keep(self) -> None:
        for name, splitter in self._splitters.items():
            machine.save_layout(name, splitter.saveState())
