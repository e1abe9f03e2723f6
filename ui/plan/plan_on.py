"""Planning on from now: where each crew is, how late it is, and who is not there."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.domain.plan import Route
from ui.i18n import _
from ui.page import Translated
from ui.plan.book import Book
from ui.plan.offers import Situation
from ui.widgets.buttons import Button
from ui.widgets.card import line
from ui.widgets.text import Text

_AT_ONCE = 3  # crews built in one turn of the event loop
_LATEST = 480  # minutes
_PLANNED, _HOME, _CHOSEN = range(3)


@dataclass(frozen=True, slots=True)
class Spot:
    """A person's place that may be said to be a crew's: masked name, latitude, longitude."""

    name: str
    lat: float
    lon: float


class CrewBlock(Translated):
    """One crew: where it is, late by, absent."""

    def __init__(self, route: Route, done: int, last: str) -> None:
        super().__init__()
        self.route = route
        self._done, self._last = done, last
        self._spot: Spot | None = None
        self._name = Text("strong", route.crew)
        self._state = Text("small")
        self.where = QComboBox()
        self.where.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.where.setMinimumContentsLength(14)
        self.where.addItems(["", "", ""])
        self.late = QSpinBox()
        self.late.setRange(0, _LATEST)
        self.late.setSingleStep(5)
        self.late.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.absent = QCheckBox()
        self.absent.toggled.connect(self._available)
        self._late_word = Text("body")
        head, foot = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._state)
        foot.addWidget(self._late_word)
        foot.addWidget(self.late)
        foot.addStretch(1)
        foot.addWidget(self.absent)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self.where)
        box.addLayout(foot)
        box.addWidget(line())
        self.retranslate()

    def retranslate(self) -> None:
        """Words, with the places as they are."""
        crew, count = self.route.crew, len(self.route.stops)
        self._state.setText(_("{n} of {all} done").format(n=self._done, all=count))
        last = _("At the last visit: {name}").format(name=self._last)
        self.where.setItemText(_PLANNED, last if self._last else _("Where the plan says"))
        self.where.setItemText(_HOME, _("At home"))
        spot = _("At the chosen person")
        if self._spot is not None:
            spot = _("At: {name}").format(name=self._spot.name)
        self.where.setItemText(_CHOSEN, spot)
        self.where.setToolTip(
            _("For another place, choose a person on the map or in the list, then the last line.")
        )
        self.where.setAccessibleName(_("Where is {crew}?").format(crew=crew))
        self._late_word.setText(_("Late by"))
        self.late.setSuffix(" " + _("min"))
        self.late.setAccessibleName(_("{crew}: late by").format(crew=crew))
        self.absent.setText(_("Absent"))
        self.absent.setAccessibleName(_("{crew}: absent").format(crew=crew))

    def offer_spot(self, spot: Spot | None) -> None:
        """The person chosen on the map or in the list; a crew that is said to be there stays."""
        if self.where.currentIndex() != _CHOSEN:
            self._spot = spot
            self.retranslate()

    def position(self) -> tuple[float, float] | None:
        """Where the crew is said to be; None = as the plan and the records say."""
        if self.where.currentIndex() == _HOME:
            return self.route.lat, self.route.lon
        if self.where.currentIndex() == _CHOSEN and self._spot is not None:
            return self._spot.lat, self._spot.lon
        return None

    def _available(self, absent: bool) -> None:
        self.where.setEnabled(not absent)
        self.late.setEnabled(not absent)


class PlanOnPane(Translated):
    """`wanted` carries a Situation; `left` closes the pane."""

    wanted = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.blocks: list[CrewBlock] = []
        self._waiting: list[tuple[Route, int, str]] = []
        self._spot: Spot | None = None
        self._heading = Text("heading")
        self._note = Text("muted", wrap=True)
        self.made = QCheckBox()
        self._inside = QWidget()
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(0, 0, 10, 0)
        self._list.setSpacing(10)
        self._list.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self._inside)
        # Twenty crews at once would hold up the window.
        self._builder = QTimer(self, interval=0)
        self._builder.timeout.connect(self._build_some)
        self.start = Button("primary", "plan")
        self.start.clicked.connect(self.press_start)
        self.leave = Button("secondary")
        self.leave.clicked.connect(self.left)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.leave)
        foot.addStretch(1)
        foot.addWidget(self.start)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        for part in (self._heading, self._note, self.made):
            box.addWidget(part)
        box.addWidget(line())
        box.addWidget(scroll, 1)
        box.addLayout(foot)
        self.retranslate()

    def open(self, book: Book, name: Callable[[str], str]) -> None:
        """Ask about the crews of this day's plan; `name` answers the shown name of a person."""
        for block in self.blocks:
            block.hide()
            block.deleteLater()
        self.blocks = []
        routes = book.plan.routes if book.plan is not None else ()
        self._waiting = []
        for route in routes:
            done = [stop.debtor_id for stop in route.stops if stop.debtor_id in book.done]
            self._waiting.append((route, len(done), name(done[-1]) if done else ""))
        # Where visits are written down as they are made, a missing record means a missing visit.
        self.made.setChecked(not book.done)
        self._build_some()
        self._builder.start()
        if self.blocks:
            self.lead_to(self.blocks[0].where)

    def _build_some(self) -> None:
        for route, done, last in self._waiting[:_AT_ONCE]:
            block = CrewBlock(route, done, last)
            block.offer_spot(self._spot)
            self.blocks.append(block)
            self._list.insertWidget(len(self.blocks) - 1, block)
        del self._waiting[:_AT_ONCE]
        if not self._waiting:
            self._builder.stop()
        self.start.setEnabled(not self._waiting)

    def offer_spot(self, spot: Spot | None) -> None:
        """Somebody was chosen on the map or in the list: crews may be said to be there."""
        self._spot = spot
        for block in self.blocks:
            block.offer_spot(spot)

    def press_start(self) -> None:
        """All is said: plan."""
        if self.start.isEnabled():
            self.wanted.emit(self.situation())

    def situation(self) -> Situation:
        """What was said of the crews."""
        there = [block for block in self.blocks if not block.absent.isChecked()]
        positions = {block.route.crew_id: block.position() for block in there}
        return Situation(
            positions={crew: spot for crew, spot in positions.items() if spot is not None},
            late={b.route.crew_id: b.late.value() * 60 for b in there if b.late.value()},
            absent=frozenset(b.route.crew_id for b in self.blocks if b.absent.isChecked()),
            assume_made=self.made.isChecked(),
        )

    def retranslate(self) -> None:
        """Everything in the language in use."""
        self.setAccessibleName(_("Plan on from now"))
        self._heading.setText(_("Plan on from now"))
        self._note.setText(
            _("Visits made and locked stops stay; the rest is planned from where each crew is.")
        )
        self.made.setText(_("Past visits count as made"))
        self.made.setToolTip(
            _("Also those without a record: for crews that write down in the evening.")
        )
        self.start.setText(_("Work it out"))
        self.start.setToolTip(
            _("Shows what would change before anything is saved.  ({key})").format(key="Ctrl+Enter")
        )
        self.leave.setText(_("Cancel"))
