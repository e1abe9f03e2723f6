"""Places to check: everybody whom no visit would find, and a map to place them, by keyboard."""

from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from planner.errors import PlannerError
from planner.export.map_ground import read_ground
from planner.geo.geocode import ONLINE
from planner.store.unplaced import Unplaced
from ui import formats
from ui.background import Task
from ui.errors import words
from ui.i18n import _, ngettext
from ui.map.base import load_base
from ui.map.pins import PinMark
from ui.map.view import prepare_ground
from ui.places.bench import Bench
from ui.places.frame import DATUMS, PlacesFrame
from ui.places.jobs import (
    Found,
    Queue,
    keep,
    keep_sure,
    load_offers,
    load_online,
    load_queue,
    online_in_use,
)
from ui.plan.book import load_ground
from ui.session import Session

_ZOOMS = {0: 16.0, 1: 15.0, 2: 14.0, 3: 12.5, 4: 10.0, 5: 10.0}  # by grade


class PlacesView(PlacesFrame):
    """`counted` says how many wait, `left` that the user wants the list of cases again."""

    counted = Signal(int)
    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self.bench = Bench()
        self._wanted = ""
        self._task: Task | None = None
        # Who reads while somebody types fast must not bring back who has just been placed.
        self._written, self._under_way = 0, set[str]()
        self._kept: dict[str, Unplaced] = {}  # how those stood who were placed here
        self._connect()
        self.retranslate()

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
        self.online.clicked.connect(self._ask_online)
        desk.online_wanted.connect(self._ask_online)
        self.lists.changed.connect(self._lists_changed)
        self.lists.said.connect(self._message.say)
        leave = QShortcut(QKeySequence("Esc"), self.search)
        leave.setContext(Qt.ShortcutContext.WidgetShortcut)
        leave.activated.connect(self._to_desk)

    # What is read.

    def refresh(self) -> None:
        """Read anew who waits."""
        job = partial(load_queue, self.session.store, self._wanted, self._written)
        self.session.ask(job, self._arrived, self._failed)

    def open(self, debtor_id: str = "") -> None:
        """The view comes into sight, perhaps for one person."""
        self._wanted = debtor_id
        store = self.session.store
        self.session.ask(partial(_ground, store), self.map.set_ground)
        self.session.ask(partial(load_base, store), self.map.set_base)
        self.session.ask(partial(online_in_use, store), self.online.setVisible)
        self.lists.refresh()
        self.refresh()

    @Slot(object)
    def _arrived(self, queue: Queue) -> None:
        if queue.asked < self._written:
            return  # read before the latest position was kept: a newer one follows
        waiting = [one for one in queue.waiting if one.debtor_id not in self._under_way]
        back = self._come_back(waiting)
        self._names = queue.names
        self.bench.show(waiting, self._wanted or back)
        self._wanted = ""
        self.model.set_rows(self.bench.waiting)
        self._say_count()
        self._take_up()

    def _come_back(self, waiting: list[Unplaced]) -> str:
        """Who waits again as before, after an undo: the work goes on there."""
        again = [one for one in waiting if self._kept.get(one.debtor_id) == one]
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

    @Slot()
    def _ask_online(self) -> None:
        """Ask the service the user has chosen; the answer is offered, nothing more."""
        one = self.bench.current
        if one is None or not one.address_id or not self.online.isVisibleTo(self):
            return
        self._progress.start(_("Asking the online service"))
        self._task = self.session.ask(
            partial(load_online, self.session.store, one), self._offered, self._failed,
            progress=self._progress.advance,
        )  # fmt: skip

    @Slot(object)
    def _offered(self, found: Found) -> None:
        if found.text == ONLINE:
            self._progress.stop()
        one = self.bench.current
        if one is None or one.debtor_id != found.debtor_id:
            return
        if found.pasted is not None:
            self.bench.here(found.pasted)
        else:
            if found.text == ONLINE and not found.offers:
                self._message.say(_("The online service knows nothing of this address."), "warn")
                return
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
        self._under_way.add(one.debtor_id)
        self.session.deed(_("Position kept"), job, self._is_kept, self._failed)
        self._kept[one.debtor_id] = one
        self.bench.done()
        self.model.set_rows(self.bench.waiting)
        self._say_count()
        self._take_up()

    @Slot(object)
    def _is_kept(self, debtor_id: str) -> None:
        self._written += 1
        self._under_way.discard(debtor_id)

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
        self._under_way.clear()
        if error.code != "places.cancelled":
            self._message.say(words(error), "warn")
        self.refresh()

    def retranslate(self) -> None:
        """All words, and who is in hand."""
        super().retranslate()
        self._say_count()
        self._show()

    def shut(self) -> None:
        """The window closes."""
        self.map.shut()


def _ground(store: object) -> object:
    return prepare_ground(read_ground(load_ground(store)))  # type: ignore[arg-type]
