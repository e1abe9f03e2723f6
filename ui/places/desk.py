"""The pane in which one address is placed: what it says, what is offered, where the pin stands.

All keys of the work arrive here, so that nobody has to leave it: 1-5, Enter, arrows, Tab, G.
"""

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import _
from ui.page import Translated
from ui.places.bench import STEPS, Bench
from ui.places.words import area_words, grade_words, offer_words, source_words
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.text import Text

OFFERS = 5
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}  # fmt: skip


class Desk(Translated):
    """Signals say what the user wants; the view does it and calls `show_bench`."""

    offer_chosen = Signal(int)
    accepted = Signal()
    moved = Signal(float, float)  # metres east, north
    exactness_wanted = Signal()
    skipped = Signal(int)  # 1 = next, -1 = the one before
    left = Signal()
    search_wanted = Signal()
    online_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        # With a Chinese input method on, single letters would never arrive.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self._bench = Bench()
        self._name = ""
        self._card = Card()
        self._address = Text("strong", wrap=True)
        self._now = Text("muted", wrap=True)
        self._pin = Text("body", wrap=True)
        self._keys = Text("small", wrap=True)
        self.exact = Button("quiet")
        self.accept_button = Button("primary")
        self.offers = [Button("secondary") for _number in range(OFFERS)]
        self._card.head.addWidget(self.exact)
        self._card.head.addWidget(self.accept_button)
        self._card.body.addWidget(self._address)
        self._card.body.addWidget(self._now)
        self._card.body.setSpacing(5)
        self._offers = QVBoxLayout()
        self._offers.setSpacing(4)
        self._card.body.addLayout(self._offers)
        for number, button in enumerate(self.offers):
            button.setCheckable(True)
            button.setProperty("part", "offer")
            button.clicked.connect(lambda _on=False, at=number: self.offer_chosen.emit(at))
            self._offers.addWidget(button)
        self._card.body.addWidget(self._pin)
        self._card.body.addWidget(self._keys)
        for button in (*self.offers, self.exact, self.accept_button):
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys do the same
        self.exact.clicked.connect(self.exactness_wanted)
        self.accept_button.clicked.connect(self.accepted)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._card)
        self.retranslate()

    def show_bench(self, bench: Bench, name: str) -> None:
        """Show who is in hand (`name` masked), the offers and the pin."""
        self._bench, self._name = bench, name
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        bench, one = self._bench, self._bench.current
        self.setAccessibleName(_("Where is this address?"))
        self._card.set_title(self._name or _("Where is this address?"))
        self.exact.setVisible(bench.moved)
        self._keys.setText(
            _("1–5 choose · arrows move the pin · Enter keeps · Tab skips · / searches")
        )
        self.exact.setText(_("Pin: {grade} (G)").format(grade=grade_words(bench.exact)))
        self.accept_button.setText(_("Keep (Enter)"))
        self.accept_button.setEnabled(bench.spot is not None and bool(one and one.address_id))
        address = (one.text or _("The list gives no address.")) if one else ""
        self._address.setText(address)
        self.setAccessibleDescription(address)
        self._now.setText(self._now_words())
        for number, button in enumerate(self.offers):
            there = number < len(bench.offers)
            button.setVisible(there)
            if there:
                text = f"{number + 1}   {offer_words(bench.offers[number])}"
                room = max(200, self.width() - 90)
                elide = Qt.TextElideMode.ElideRight
                button.setText(button.fontMetrics().elidedText(text, elide, room))
                button.setToolTip(text)
                button.setChecked(bench.chosen == number)
        self._pin.setText(self._pin_words())

    def _now_words(self) -> str:
        one = self._bench.current
        if one is None:
            return ""
        grade = grade_words(one.grade)
        if one.lat is None:
            return f"{area_words(one)} · {grade}"
        return f"{area_words(one)} · {grade}, {source_words(one.source)}"

    def _pin_words(self) -> str:
        bench, spot = self._bench, self._bench.spot
        one = bench.current
        if one is None:
            return ""
        if not one.address_id:
            return _("Without an address there is nothing to place: ask the lender for one.")
        if spot is None:
            return _("Nothing is known of this place. Press on the map where it is, or search by"
                     " another name.")  # fmt: skip
        figures = f"{spot.lat:.5f}, {spot.lon:.5f}"
        if not bench.moved:
            return _("Offer {n}: {figures}, {grade}").format(
                n=bench.chosen + 1, figures=figures, grade=grade_words(spot.grade)
            )
        return _("Confirmed by you: {figures}, {grade}. No list will move it.").format(
            figures=figures, grade=grade_words(spot.grade)
        )

    def event(self, event: QEvent) -> bool:
        """Tab goes to the next person, not to the next widget; F6 leaves the pane."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Tab and not event.modifiers():
                self.skipped.emit(1)
                return True
            if event.key() == Qt.Key.Key_Backtab:
                self.skipped.emit(-1)
                return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """The keys of the work."""
        key, mods = Qt.Key(event.key()), event.modifiers()
        digit = event.key() - int(Qt.Key.Key_1)
        if key in _ARROWS:
            hard = "far" if mods & Qt.KeyboardModifier.ShiftModifier else "usual"
            hard = "near" if mods & Qt.KeyboardModifier.AltModifier else hard
            east, north = _ARROWS[key]
            self.moved.emit(east * STEPS[hard], north * STEPS[hard])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accepted.emit()
        elif 0 <= digit < OFFERS and not mods & Qt.KeyboardModifier.ControlModifier:
            self.offer_chosen.emit(digit)
        elif key in (Qt.Key.Key_G, Qt.Key.Key_F9):
            self.exactness_wanted.emit()
        elif key in (Qt.Key.Key_O, Qt.Key.Key_F8):
            self.online_wanted.emit()
        elif key == Qt.Key.Key_PageDown:
            self.skipped.emit(1)
        elif key == Qt.Key.Key_PageUp:
            self.skipped.emit(-1)
        elif key == Qt.Key.Key_Slash:
            self.search_wanted.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: object) -> None:
        """The pane shows that it has the keyboard."""
        super().focusInEvent(event)  # type: ignore[arg-type]
        self._mark(on=True)

    def focusOutEvent(self, event: object) -> None:
        """The mark goes."""
        super().focusOutEvent(event)  # type: ignore[arg-type]
        self._mark(on=False)

    def _mark(self, *, on: bool) -> None:
        self._card.setProperty("focused", on)
        self._card.style().unpolish(self._card)
        self._card.style().polish(self._card)

    def resizeEvent(self, event: object) -> None:
        """Offers are cut to the new width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.retranslate()
