"""Where the panes of the plan screen stand: cards in splitters that remember their places.

Two places hold one of several things: the timetable gives way to a search while it runs, the
reasons give way to what is being decided.
"""

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QFrame, QScrollArea, QSplitter, QStackedWidget, QWidget

from ui import machine
from ui.widgets.card import Card


def _card(where: QSplitter, margins: tuple[int, int, int, int]) -> Card:
    card = Card(heading=False, parent=where)
    layout = card.layout()
    if layout is not None:
        layout.setContentsMargins(*margins)
    return card


class Panes(QObject):
    """List and map above the timetable, reasons beside them; `widget` is the whole."""

    def __init__(
        self,
        cases: QWidget,
        board: QWidget,
        bar: QWidget,
        search: QWidget,
        side: tuple[QWidget, ...],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        # From the outside in: a widget that is moved with its content is styled anew each time.
        self.widget = QSplitter(Qt.Orientation.Horizontal, parent)
        left = QSplitter(Qt.Orientation.Vertical, self.widget)
        upper = QSplitter(Qt.Orientation.Horizontal, left)
        usual = (10, 8, 8, 8)
        list_card, map_card = _card(upper, usual), _card(upper, (2, 2, 2, 2))
        self.bar_card, why_card = _card(left, usual), _card(self.widget, usual)
        self._below, self._side = QStackedWidget(self.bar_card), QStackedWidget(why_card)
        self._splitters = {"plan-upper": upper, "plan-left": left, "plan-across": self.widget}
        for splitter, parts, stretches in (
            (upper, (list_card, map_card), (1, 2)),
            (left, (upper, self.bar_card), (1, 0)),
            (self.widget, (left, why_card), (1, 0)),
        ):
            for place, part in enumerate(parts):
                splitter.addWidget(part)
                splitter.setStretchFactor(place, stretches[place])
            splitter.setHandleWidth(8)
            splitter.splitterMoved.connect(self._keep)
        list_card.body.addWidget(cases)
        map_card.body.addWidget(board)
        self.bar_card.body.addWidget(self._below)
        why_card.body.addWidget(self._side)
        scroll = QScrollArea(self._below)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the bar itself takes the keys
        scroll.setWidget(bar)
        self._scroll, self._search, self._planned = scroll, search, False
        self._below.addWidget(scroll)
        self._below.addWidget(search)
        for pane in side:
            self._side.addWidget(pane)
        self.bar_card.setMinimumHeight(204)  # four crews
        list_card.setMinimumWidth(300)
        why_card.setMinimumWidth(270)
        self.widget.setSizes([920, 310])
        left.setSizes([392, 204])
        upper.setSizes([500, 414])
        for name, splitter in self._splitters.items():
            state = machine.load_layout(name)
            if state is not None:
                splitter.restoreState(state)

    def show_bar(self, planned: bool) -> None:
        """The timetable is there once there is a plan."""
        self._planned = planned
        self.bar_card.setVisible(planned or self._below.currentWidget() is self._search)

    def show_search(self, searching: bool) -> None:
        """A search in the timetable's place, or the timetable again."""
        self._below.setCurrentWidget(self._search if searching else self._scroll)
        self.show_bar(self._planned)

    @property
    def side(self) -> QWidget:
        """What stands beside the map."""
        part = self._side.currentWidget()
        assert part is not None
        return part

    def show_side(self, part: QWidget) -> None:
        """One of the parts that stand beside the map."""
        self._side.setCurrentWidget(part)

    @Slot()
    def _keep(self) -> None:
        for name, splitter in self._splitters.items():
            machine.save_layout(name, splitter.saveState())
