"""Places to check: everybody whom no visit would find, and a map to place them, by keyboard."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.domain.datum import BD09, GCJ02, WGS84
from planner.errors import PlannerError
from planner.export.map_ground import read_ground
from planner.store.unplaced import Unplaced
from ui import formats
from ui.background import Task
from ui.cases.list_view import tight
from ui.errors import words
from ui.i18n import N_, _, ngettext
from ui.map.base import load_base
from ui.map.pins import PinMark
from ui.map.view import MapView, prepare_ground
from ui.map.words import MapWords
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.places.bench import Bench
from ui.places.desk import Desk
from ui.places.jobs import Found, Queue, keep, keep_sure, load_offers, load_queue
from ui.places.lists import ListsButton
from ui.places.words import area_words, grade_words
from ui.plan.book import load_ground
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.table import Table
from ui.widgets.text import Text

DATUMS = (WGS84, GCJ02, BD09)
_DATUM_WORDS = (
    N_("Figures in WGS-84 (GPS)"), N_("Figures in GCJ-02 (AMap, Tencent)"),
    N_("Figures in BD-09 (Baidu)"),
)  # fmt: skip
_ZOOMS = {0: 16.0, 1: 15.0, 2: 14.0, 3: 12.5, 4: 10.0, 5: 10.0}  # by grade


class PlacesView(Translated):
    """`counted` says how many wait, `left` that the user wants the list of cases again."""

    counted = Signal(int)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self.bench = Bench()
        self._names: dict[str, str] = {}
        self._wanted = ""
        self._task: Task | None = None
        self._kept: dict[str, Unplaced] = {}  # how those stood who were placed here
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._message = MessageBar()
        self._count = Text("muted")
        self.sure = Button("secondary", "check")
        self.lists = ListsButton(self.session)
        self.back = Button("quiet", "cases")
        top = QHBoxLayout()
        top.setSpacing(12)
        self._title = Text("heading")
        top.addWidget(self._title)
        top.addWidget(self._count, 1)
        top.addWidget(self.sure)
        top.addWidget(self.lists)
        top.addWidget(self.back)
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.setSortingEnabled(False)  # the order is the order of the work
        card = Card(heading=False)
        tight(card)
        card.body.addWidget(self.table)
        self.desk = Desk()
        self.search = QLineEdit()
        self.search.setMinimumHeight(30)
        self.datum = QComboBox()
        self.datum.setMinimumHeight(30)
        self.datum.addItems(["" for _datum in DATUMS])
        asked = QHBoxLayout()
        asked.addWidget(self.search, 1)
        asked.addWidget(self.datum)
        self.map = MapView(MapWords(
            N_("Map to place an address"), N_("Show everything"),
            N_("Press where the address is, or drag the pin."),
        ))  # fmt: skip
        self.map.setMinimumHeight(150)
        self._thanks = Text("small")
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.desk)
        column.addLayout(asked)
        column.addWidget(self.map, 1)
        column.addWidget(self._thanks)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(card)
        self.split.addWidget(right)
        self.split.setSizes([430, 790])
        self._empty = EmptyState("check")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.split)
        self._stack.addWidget(self._empty)
        self._progress = Progress()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(self._message)
        box.addWidget(self._progress)
        box.addWidget(self._stack, 1)
        self.lead_to(self.desk)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("name", lambda: _("Person"),
                   lambda one: formats.mask_name(self._names.get(one.debtor_id, "")),
                   Kind.STRONG, width=70),
            Column("area", lambda: _("Place"), area_words, tip=area_words, width=120, stretch=1),
            Column("grade", lambda: _("Position"), lambda one: grade_words(one.grade), Kind.CHIP,
                   tone=lambda one: "neutral" if one.lat is not None else "warn",
                   icon=lambda one: "pin" if one.lat is not None else "warn", width=130),
        )  # fmt: skip

    def _connect(self) -> None:
        desk = self.desk
        desk.offer_chosen.connect(self._choose)
        desk.accepted.connect(self.accept)
        desk.moved.connect(self._move)
        desk.exactness_wanted.connect(self._other_exactness)
        desk.skipped.connect(self._skip)
        desk.left.connect(self.left)
        desk.search_wanted.connect(self._to_search)
        self.back.clicked.connect(self.left)
        self._empty.pressed.connect(self.left)
        self.sure.clicked.connect(self._place_sure)
        self._progress.cancelled.connect(self._stop)
        self.table.chosen.connect(self._row_chosen)
        self.table.opened.connect(self._to_desk)
        self.search.returnPressed.connect(self._search)
        self.map.pin_moved.connect(self._pinned)
        self.map.ready.connect(self._aim)
        self.lists.changed.connect(self._lists_changed)
        self.lists.said.connect(self._message.say)
        leave = QShortcut(QKeySequence("Esc"), self.search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._to_desk)

    # What is read.

    def refresh(self) -> None:
        """Read anew who waits."""
        self.session.ask(partial(load_queue, self.session.store), self._arrived, self._failed)

    def open(self, debtor_id: str = "") -> None:
        """The view comes into sight, perhaps for one person."""
        self._wanted = debtor_id
        store = self.session.store
        self.session.ask(partial(_ground, store), self.map.set_ground)
        self.session.ask(partial(load_base, store), self.map.set_base)
        self.lists.refresh()
        self.refresh()

    @Slot(object)
    def _arrived(self, queue: Queue) -> None:
        back = self._come_back(queue)
        self._names = queue.names
        self.bench.show(queue.waiting, self._wanted or back)
        self._wanted = ""
        self.model.set_rows(self.bench.waiting)
        self._say_count()
        self._take_up()

    def _come_back(self, queue: Queue) -> str:
        """Who waits again as before, after an undo: the work goes on there."""
        again = [one for one in queue.waiting if self._kept.get(one.debtor_id) == one]
        for one in again:
            del self._kept[one.debtor_id]
        return again[-1].debtor_id if again else ""

    def _say_count(self) -> None:
        n = len(self.bench.waiting)
        none = sum(one.lat is None for one in self.bench.waiting)
        self._count.setText(
            _("{n} to check, {none} of them without any position").format(
                n=formats.number(n), none=formats.number(none)
            )
            if n
            else ""
        )
        self._stack.setCurrentIndex(0 if n else 1)
        self.sure.setEnabled(none > 0)
        self.counted.emit(n)

    def _take_up(self) -> None:
        """Show who is in hand and ask what is offered."""
        one = self.bench.current
        self._show()
        if one is None:
            self.map.stop_placing()
            return
        if self.table.currentIndex().row() != self.bench.at:
            self.table.blockSignals(True)
            self.table.go_to(self.bench.at)
            self.table.blockSignals(False)
        if one.address_id:
            self.map.start_placing(one.address_id)
        if not self.bench.offers and self.bench.spot is None:
            self._ask(one, "")

    def _ask(self, one: Unplaced, text: str) -> None:
        datum = DATUMS[max(0, self.datum.currentIndex())]
        job = partial(load_offers, self.session.store, one, text, datum)
        self.session.ask(job, self._offered, self._failed)

    @Slot(object)
    def _offered(self, found: Found) -> None:
        one = self.bench.current
        if one is None or one.debtor_id != found.debtor_id:
            return
        if found.pasted is not None:
            self.bench.here(found.pasted)
        else:
            if found.text and not found.offers:
                text = _("Nothing is known under “{text}”.").format(text=found.text)
                self._message.say(text, "warn")
                return
            self.bench.offer(found.offers)
            if found.text:
                self.bench.choose(0)
        self._message.clear()
        self._show()
        self._aim()

    # What is done.

    @Slot()
    def accept(self) -> None:
        """Keep the position of the one in hand; the next one comes."""
        one, spot = self.bench.current, self.bench.spot
        if one is None or spot is None or not one.address_id:
            return
        job = partial(keep, self.session.store, self.session.clock, one, spot)
        self.session.deed(_("Position kept"), job, failed=self._failed)
        self._kept[one.debtor_id] = one
        self.bench.done()
        self.model.set_rows(self.bench.waiting)
        self._say_count()
        self._take_up()

    @Slot()
    def _place_sure(self) -> None:
        job = partial(keep_sure, self.session.store, self.session.clock)
        self.sure.setEnabled(False)
        self._progress.start(_("Looking for villages and townships"))
        self._task = self.session.deed(
            _("Placed at village or township"), job, self._placed_sure, self._failed,
            progress=self._progress.advance,
        )  # fmt: skip

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot(object)
    def _placed_sure(self, count: int) -> None:
        self._progress.stop()
        text = ngettext("{n} person placed at village or township",
                        "{n} persons placed at village or township", count)  # fmt: skip
        self._message.say(text.format(n=formats.number(count)) if count else
                          _("No address names one known village or township only."))  # fmt: skip
        self.refresh()

    @Slot(int)
    def _choose(self, number: int) -> None:
        self.bench.choose(number)
        self._show()
        self._aim()

    @Slot(float, float)
    def _move(self, east: float, north: float) -> None:
        self.bench.move(east, north)
        self._show()

    @Slot(str, float, float)
    def _pinned(self, address_id: str, lat: float, lon: float) -> None:
        one = self.bench.current
        if one is not None and one.address_id == address_id:
            self.bench.set_pin(lat, lon)
            self._show()
            self._to_desk()

    @Slot()
    def _other_exactness(self) -> None:
        self.bench.other_exactness()
        self._show()

    @Slot(int)
    def _skip(self, step: int) -> None:
        self.bench.skip(step)
        self._take_up()

    @Slot(object)
    def _row_chosen(self, one: Unplaced | None) -> None:
        if one is not None and self.bench.current is not one:
            self.bench.go(next(k for k, row in enumerate(self.bench.waiting) if row is one))
            self._take_up()

    @Slot()
    def _search(self) -> None:
        one = self.bench.current
        if one is not None and self.search.text().strip():
            self._ask(one, self.search.text().strip())
            self.search.clear()
            self._to_desk()

    @Slot()
    def _lists_changed(self) -> None:
        self.bench.forget()
        self._take_up()

    # What is shown.

    def _show(self) -> None:
        bench, one = self.bench, self.bench.current
        name = formats.mask_name(self._names.get(one.debtor_id, "")) if one else ""
        self.desk.show_bench(bench, name)
        pins = []
        if one is not None and bench.spot is not None:
            weak = not bench.moved and bench.spot.grade > 2
            pins.append(PinMark(one.address_id, bench.spot.lat, bench.spot.lon, name, weak, True))
        elif one is not None and one.lat is not None and one.lon is not None:
            pins.append(PinMark(one.address_id, one.lat, one.lon, name, weak=True))
        self.map.set_pins(pins)

    @Slot()
    @Slot()
    def _aim(self) -> None:
        spot = self.bench.spot
        if spot is not None:
            self.map.aim(spot.lat, spot.lon, _ZOOMS[int(spot.grade)])

    def _to_search(self) -> None:
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)

    def _to_desk(self, *_row: object) -> None:
        self.desk.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._progress.stop()
        if not isinstance(error, PlannerError):
            self.session.troubled.emit(error)
            return
        self._message.say(words(error), "warn")
        self.refresh()

    def retranslate(self) -> None:
        """All words."""
        self._title.setText(_("Places to check"))
        self.sure.setText(_("Place all sure ones"))
        self.sure.setToolTip(
            _("Everybody whose address names one known village or township only; one step to undo")
        )
        self.back.setText(_("Back to the cases"))
        self.search.setPlaceholderText(
            _("Search a place (/), or paste a position: 31.23, 121.47 or the link of a map app")
        )
        self.search.setAccessibleName(_("Search a place or paste a position"))
        self.datum.setAccessibleName(_("Datum of figures"))
        for number, text in enumerate(_DATUM_WORDS):
            self.datum.setItemText(number, _(text))
        self._thanks.setText(_("Places: GeoNames (geonames.org), CC BY 4.0, and your own lists"))
        self._empty.say(
            _("Every person with an open case has a position that a visit finds."),
            _("Back to the cases"),
        )
        self._say_count()
        self._show()

    def panes(self) -> list[QWidget]:
        """Desk, search, map, table."""
        return [self.desk, self.search, self.map, self.table]

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this view."""
        return [
            ("1 – 5", _("Put the pin on an offer")),
            ("Enter", _("Keep the position, go to the next person")),
            ("← ↑ → ↓", _("Move the pin by 100 m (Shift: 1 km, Alt: 10 m)")),
            ("G, F9", _("Pin exact to door, street or village")),
            ("Tab, PgDn", _("Skip this person")),
            ("Shift+Tab, PgUp", _("Go back one person")),
            ("/", _("Search a place or paste a position")),
            ("Ctrl+Z", _("Undo")),
            ("Esc", _("Back to the cases")),
        ]

    def shut(self) -> None:
        """The window closes."""
        self.map.shut()


def _ground(store: object) -> object:
    return prepare_ground(read_ground(load_ground(store)))  # type: ignore[arg-type]
