"""The next stop, large: who (masked until pressed), where, what for, what to heed, which hours."""

from zoneinfo import ZoneInfo

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui import formats
from ui.i18n import _, code, ngettext
from ui.plan.why_paint import HourStrip
from ui.today import next_stop
from ui.today.next_stop import NextStop
from ui.today.plate import NumberPlate
from ui.today.qr_dialog import QrDialog
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text

SECONDS = 60  # after which a person is masked again


def note_words(note: str, needs: tuple[str, ...]) -> str:
    """What a code says, for who may see it."""
    words = {
        next_stop.BROKEN_OFF: _("An earlier visit was broken off: keep your distance, go in pairs"),
        next_stop.CARE: _("Needs care: offer help, no pressure"),
        next_stop.WATCH: _("On watch: the lead follows this case"),
        next_stop.NEEDS: _("Needs: {tags}").format(tags=", ".join(needs)),
    }
    return words[note]


class NextCard(Card):
    """`record_wanted` and `person_wanted` carry a debtor id; `revealed` says whom somebody looked
    at."""

    record_wanted = Signal(str)
    person_wanted = Signal(str)
    revealed = Signal(str)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._stop: NextStop | None = None
        self._crew = 0
        self._members: tuple[str, ...] = ()
        self.open = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(SECONDS * 1000)
        self._clock.timeout.connect(self.hide_again)
        self._plate = NumberPlate()
        self._label, self._who, self._where = Text("small"), Text("title"), Text("body", wrap=True)
        self._goal, self._tries = Text("muted", wrap=True), Text("small", wrap=True)
        self._notes = QWidget()
        self._flow = FlowLayout(self._notes)
        self.strip = HourStrip()
        self.eye, self.qr = Button("secondary", "eye"), Button("secondary", "phone")
        self.record = Button("secondary", "results")
        self.eye.setCheckable(True)
        self.eye.clicked.connect(self._toggle)
        self.qr.clicked.connect(self.show_code)
        self.record.clicked.connect(self._record)
        self._arrange()

    def _arrange(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(0)
        for text in (self._label, self._who):
            words.addWidget(text)
        self._head = QWidget()
        top = QHBoxLayout(self._head)
        top.setContentsMargins(0, 0, 0, 0)
        top.setSpacing(12)
        top.addWidget(self._plate)
        top.addLayout(words, 1)
        self._foot = QWidget()
        row = QHBoxLayout(self._foot)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in (self.record, self.eye, self.qr):
            row.addWidget(button)
        row.addStretch(1)
        for widget in (self._head, self._where, self._goal, self._notes, self.strip, self._tries,
                       self._foot):  # fmt: skip
            self.body.addWidget(widget)

    def show_stop(self, stop: NextStop | None, crew: int, members: tuple[str, ...]) -> None:
        """Another stop, or the same anew; somebody else comes masked."""
        old = self._stop
        self._stop, self._crew, self._members = stop, crew, members
        if old is None or stop is None or old.debtor_id != stop.debtor_id:
            self.hide_again()
        self.retranslate()

    def hide_again(self) -> None:
        """Mask who was shown."""
        self._clock.stop()
        self.eye.setChecked(False)
        if self.open:
            self.open = False
            self.retranslate()

    def _toggle(self, shown: bool) -> None:
        if self._stop is None or not shown:
            self.hide_again()
            return
        self.open = True
        self._clock.start()
        self.revealed.emit(self._stop.debtor_id)
        self.retranslate()

    def show_code(self) -> None:
        """The way to this stop as a code for a phone."""
        if self._stop is not None:
            dialog = QrDialog(self._stop.code, self._stop.number, self)
            dialog.finished.connect(dialog.deleteLater)
            dialog.open()

    def _record(self) -> None:
        if self._stop is not None:
            self.record_wanted.emit(self._stop.debtor_id)

    def retranslate(self) -> None:
        """All words, from the stop at hand."""
        self.set_title(_("Next stop"))
        self.record.setText(_("Record"))
        self.record.setToolTip(_("Record the outcome of this visit"))
        self.eye.setText(_("Hide") if self.open else _("Reveal"))
        self.eye.setToolTip(
            _("Shows name, number and address for one minute; each time is recorded.")
        )
        self.qr.setText(_("Way (Q)"))
        self.qr.setToolTip(_("A code that opens the way to this stop on a phone"))
        stop = self._stop
        for widget in (self._plate, self._notes, self._goal, self.strip, self._tries, self._foot):
            widget.setVisible(stop is not None)
        self._label.setText(" · ".join(self._members))
        if stop is None:
            self._who.setText(_("Every stop has its outcome"))
            self._where.setText("")
            return
        self._say(stop)

    def _say(self, stop: NextStop) -> None:
        self._plate.say(stop.number, self._crew)
        planned = stop.stop
        span = _("{from_} to {to}").format(
            from_=formats.clock_time(planned.start, self._zone),
            to=formats.clock_time(planned.leave, self._zone),
        )
        self._label.setText(" · ".join((span, *self._members)))
        place = formats.place(stop.township, stop.address)
        names = (stop.name, *stop.others)
        masked = " · ".join((*map(formats.mask_name, names), place))
        self._who.setText(" · ".join(names) if self.open else masked)
        shown = " · ".join(filter(None, (stop.address, stop.phone)))
        self._where.setText(shown if self.open else "")
        self._where.setVisible(self.open)
        goal = code(f"ranking.objective.{stop.why.objective}") if stop.why else ""
        self._goal.setText(goal)
        self._goal.setVisible(bool(goal))
        self._show_notes(stop)
        self.strip.setVisible(stop.why is not None)
        self._tries.setVisible(stop.why is not None)
        if stop.why is not None:
            at = planned.start.astimezone(ZoneInfo(self._zone))
            self.strip.show_hours(stop.why, (at.isoweekday() >= 6, at.hour))
            tries = sum(hour.tries for hour in stop.why.strip)
            said = ngettext(
                "Rests on {n} visit here and on similar places.",
                "Rests on {n} visits here and on similar places.",
                tries,
            )
            self._tries.setText(said.format(n=tries))

    def _show_notes(self, stop: NextStop) -> None:
        self._flow.clear()
        for note in stop.notes:
            told = note_words(note, stop.needs)
            text = told if self.open else _("Code {letter}").format(letter=note)
            chip = Chip(text, "warn" if note == next_stop.BROKEN_OFF else "neutral", "flag")
            chip.setToolTip(told if self.open else _("Reveal says what the code means."))
            self._flow.addWidget(chip)
        self._notes.setVisible(bool(stop.notes))
