"""Planning on from now: what came up, where each crew is, how late it is, who is not there."""

from collections.abc import Callable
from functools import partial
from itertools import chain

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.noon import AS_USUAL
from planner.domain.people import Collector
from planner.domain.plan import Route
from ui.i18n import _
from ui.page import Translated
from ui.plan.book import Book
from ui.plan.crew_block import CrewBlock, Spot
from ui.plan.offers import Situation
from ui.widgets.buttons import Button
from ui.widgets.card import line
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_AT_ONCE = 3  # crews built in one turn of the event loop
_BEFORE = 2  # parts above the first crew
_RAIN = (AS_USUAL, 120, 140, 170, 200)  # percent of the usual time on the road
_LATE, _CAR = 30, 60  # minutes with which a quick reason begins
_Waiting = tuple[Route, int, str, tuple[Collector, ...]]


class PlanOnPane(Translated):
    """`wanted` carries a Situation; `left` closes it. Alt+1 to Alt+6 are the quick reasons; those
    about a crew are about that of the chosen stop, else the first."""

    wanted = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.blocks: list[CrewBlock] = []
        self._waiting: list[_Waiting] = []
        self._book: Book | None = None
        self.urgent: dict[str, str] = {}  # debtor id -> shown name
        self.settled: dict[str, str] = {}
        self._spot: Spot | None = None
        self._heading = Text("heading")
        self._note = Text("muted", wrap=True)
        self.made = QCheckBox()
        self._quick = QWidget()
        flow = FlowLayout(self._quick)
        deeds = (self._running_late, self._car, self._rain, self._ill, self._urgent, self._settled)
        self.quick = [Button("secondary") for _deed in deeds]
        for number, (button, deed) in enumerate(zip(self.quick, deeds, strict=True), 1):
            button.clicked.connect(deed)
            flow.addWidget(button)
            action = QAction(self)
            action.setShortcuts([QKeySequence(f"Alt+{number}")])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(button.click)
            self.addAction(action)
        self._people = QWidget()
        self._flow = FlowLayout(self._people)
        self._people.hide()
        self._roads_word, self.roads = Text("body"), QComboBox()
        self.roads.addItems(["" for _percent in _RAIN])
        roads = QHBoxLayout()
        roads.addWidget(self._roads_word)
        roads.addWidget(self.roads, 1)
        self._inside = QWidget()
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(0, 0, 10, 0)
        self._list.setSpacing(10)
        scroll = scrolled(self._inside)
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
        for part in (self._heading, self._note, self._quick, self._people):
            box.addWidget(part)
        box.addWidget(line())
        self._list.addWidget(self.made)
        self._list.addLayout(roads)
        self._list.addStretch(1)
        box.addWidget(scroll, 1)
        box.addLayout(foot)
        self.retranslate()

    def open(self, book: Book, name: Callable[[str], str]) -> None:
        """Ask about the crews of this day's plan; `name` answers the shown name of a person."""
        for block in self.blocks:
            block.hide()
            block.deleteLater()
        self.blocks, self._book = [], book
        self.urgent, self.settled = {}, {}
        self.roads.setCurrentIndex(0)
        self._show_people()
        routes = book.plan.routes if book.plan is not None else ()
        self._waiting = []
        for route in routes:
            done = [stop.debtor_id for stop in route.stops if stop.debtor_id in book.done]
            crew = book.crew(route)
            last = name(done[-1]) if done else ""
            self._waiting.append((route, len(done), last, crew.members if crew else ()))
        # Where visits are written down as they are made, a missing record means a missing visit.
        self.made.setChecked(not book.done)
        self._build_some()
        self._builder.start()
        if self.blocks:
            self.lead_to(self.blocks[0].where)

    def _build_some(self) -> None:
        for route, done, last, members in self._waiting[:_AT_ONCE]:
            block = CrewBlock(route, done, last, members)
            block.offer_spot(self._spot)
            self.blocks.append(block)
            self._list.insertWidget(_BEFORE + len(self.blocks) - 1, block)
        del self._waiting[:_AT_ONCE]
        if not self._waiting:
            self._builder.stop()
        self.start.setEnabled(not self._waiting)

    def offer_spot(self, spot: Spot | None) -> None:
        """Somebody was chosen on the map or in the list: crews may be said to be there."""
        self._spot = spot
        for block in self.blocks:
            block.offer_spot(spot)

    def _crew_meant(self) -> CrewBlock | None:
        """The crew of the chosen stop, else the first."""
        book, spot = self._book, self._spot
        seat = book.seats.get(spot.debtor_id) if book is not None and spot is not None else None
        crew = seat.crew if seat is not None else 0
        return self.blocks[crew] if crew < len(self.blocks) else None

    def _running_late(self) -> None:
        if (block := self._crew_meant()) is not None:
            block.late.setValue(block.late.value() or _LATE)
            block.late.setFocus()
            block.late.selectAll()

    def _car(self) -> None:
        if (block := self._crew_meant()) is not None:
            block.stands.setValue(block.stands.value() or _CAR)
            block.stands.setFocus()
            block.stands.selectAll()

    def _rain(self) -> None:
        if not self.roads.currentIndex():
            self.roads.setCurrentIndex(1)
        self.roads.setFocus()

    def _ill(self) -> None:
        if (block := self._crew_meant()) is not None and block.ill:
            block.ill[0].setFocus()

    def _urgent(self) -> None:
        """The chosen person, if not in the plan, has to be visited today."""
        book, spot = self._book, self._spot
        if book is not None and spot is not None and spot.debtor_id not in book.seats:
            self.urgent[spot.debtor_id] = spot.name
            self._show_people()
        else:
            self._note.setText(_("Choose somebody who is not in the plan, then press this again."))

    def _settled(self) -> None:
        """The chosen stop is not needed any more."""
        book, spot = self._book, self._spot
        known = spot is not None and book is not None and spot.debtor_id in book.seats
        if spot is not None and known and book is not None and spot.debtor_id not in book.done:
            self.settled[spot.debtor_id] = spot.name
            self._show_people()
        else:
            self._note.setText(_("Choose an open stop of the plan, then press this again."))

    def _show_people(self) -> None:
        """Who is urgent and who has paid; a press takes it back."""
        self._flow.clear()
        rows = chain(
            ((self.urgent, who, _("{name}: urgent")) for who in self.urgent),
            ((self.settled, who, _("{name}: paid")) for who in self.settled),
        )
        for told, who, words in rows:
            chip = Chip(words.format(name=told[who]), "accent", "close")
            chip.setToolTip(_("Press to take it back"))
            chip.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            chip.clicked.connect(partial(self._forget, told, who))
            self._flow.addWidget(chip)
        self._people.setVisible(bool(self.urgent or self.settled))
        self._say_note()

    def _forget(self, told: dict[str, str], who: str) -> None:
        told.pop(who, None)
        self._show_people()

    def _say_note(self) -> None:
        self._note.setText(
            _("Visits made and locked stops stay; the rest is planned from where each crew is.")
        )

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
            stands={b.route.crew_id: b.stands.value() for b in there if b.stands.value()},
            slower=_RAIN[max(0, self.roads.currentIndex())],
            ill={b.route.crew_id: b.ill_ids() for b in there if b.ill_ids()},
            urgent=frozenset(self.urgent),
            settled=frozenset(self.settled),
        )

    def retranslate(self) -> None:
        """Everything in the language in use."""
        self.setAccessibleName(_("Plan on from now"))
        self._heading.setText(_("Plan on from now"))
        self._say_note()
        names = (
            _("Running late"), _("Car trouble"), _("Rain"), _("Somebody ill"), _("New urgent case"),
            _("Case paid"),
        )  # fmt: skip
        for number, (button, name) in enumerate(zip(self.quick, names, strict=True), 1):
            button.setText(f"{number}  {name}")
            button.setToolTip(f"{name}  (Alt+{number})")
        self._roads_word.setText(_("On the road"))
        self.roads.setAccessibleName(_("Time on the road"))
        for place, percent in enumerate(_RAIN):
            slow = _("{n} % longer").format(n=percent - AS_USUAL)
            self.roads.setItemText(place, slow if place else _("as usual"))
        self._show_people()
        self.made.setText(_("Past visits count as made"))
        self.made.setToolTip(
            _("Also those without a record: for crews that write down in the evening.")
        )
        self.start.setText(_("Work it out"))
        self.start.setToolTip(
            _("Shows what would change before anything is saved.  ({key})").format(key="Ctrl+Enter")
        )
        self.leave.setText(_("Cancel"))
