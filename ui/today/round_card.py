"""Today's round: pick the crew, see the next stop large, then the whole order."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPalette
from PySide6.QtWidgets import QApplication, QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui import formats
from ui.i18n import _, code
from ui.models.table import Column, DataTable, Kind
from ui.outcomes import outcome_tone, outcome_words
from ui.theme import contrast, crew_colour, scaled
from ui.today.crew_tabs import CrewTabs
from ui.today.digest import RoundView, StopView
from ui.widgets.buttons import Button
from ui.widgets.card import Card, line
from ui.widgets.table import Table
from ui.widgets.text import Text


def state_words(stop: StopView) -> str:
    """Where the stop stands: its outcome, "next", "not any more", or nothing yet."""
    if stop.visited:
        return outcome_words(stop.visited.code, stop.visited.result)
    if stop.barred:
        return _("not any more")
    return _("next") if stop.next else _("open")


def barred_words(stop: StopView) -> str:
    """Why the stop should not be visited any more."""
    if stop.barred == "closed":
        return _("No case is open any more.")
    return code(f"rule.{stop.barred}") if stop.barred else ""


def _place(stop: StopView) -> str:
    return formats.place(stop.place, stop.address)


def _tone(stop: StopView) -> str:
    if stop.visited:
        return outcome_tone(stop.visited.code)
    return "warn" if stop.barred else "accent" if stop.next else "neutral"


def _icon(stop: StopView) -> str:
    if stop.visited:
        return "check"
    return "warn" if stop.barred else "chevron-right" if stop.next else "clock"


class NumberPlate(QWidget):
    """The number of the stop in the crew's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._crew = "", 0
        self.setFixedSize(QSize(56, 56))

    def say(self, number: int, crew: int) -> None:
        """Another stop."""
        self._number, self._crew = str(number), crew
        self.setAccessibleName(self._number)
        self.update()

    def paintEvent(self, _event: QEvent) -> None:
        """A filled disc with the number in it."""
        colour = crew_colour(self.palette(), self._crew)
        ink = max(
            (self.palette().color(role) for role in
             (QPalette.ColorRole.Base, QPalette.ColorRole.Text)),
            key=lambda one: contrast(one, colour),
        )  # fmt: skip
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(QRectF(self.rect()).adjusted(2, 2, -2, -2))
        painter.setFont(scaled(QApplication.font(), 1.7, bold=True))
        painter.setPen(ink)
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._number)


class RoundCard(Card):
    """`record_wanted(debtor_id)` and `person_wanted(debtor_id)`."""

    record_wanted = Signal(str)
    person_wanted = Signal(str)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._rounds: tuple[RoundView, ...] = ()
        self._crew = 0
        self._tabs = CrewTabs()
        self._tabs.picked.connect(self._pick)
        self._done = Text("muted")
        self.head.addWidget(self._done)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._model = DataTable(self._columns(), self)
        self.table = Table(self._model)
        self.table.setSortingEnabled(False)
        self.table.opened.connect(self._open)
        self.body.addWidget(self._tabs.in_strip())
        self.body.addWidget(self._bar)
        self.body.addWidget(self._next_block())
        self.body.addWidget(line())
        self.body.addWidget(self.table, 1)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("number", lambda: _("No."), lambda s: str(s.number), Kind.NUMBER, width=52),
            Column("time", lambda: _("Arrive"), self._arrive, width=70),
            Column("name", lambda: _("Person"), lambda s: formats.mask_name(s.name), Kind.STRONG),
            Column(
                "place", lambda: _("Place"), _place, Kind.MUTED,
                tip=lambda s: s.address, width=120, stretch=1,
            ),
            Column(
                "state", lambda: _("State"), state_words, Kind.CHIP, tip=barred_words,
                tone=_tone, icon=_icon, width=150,
            ),
        )  # fmt: skip

    def _next_block(self) -> QWidget:
        self._block = QWidget()
        self._plate = NumberPlate()
        self._label, self._who, self._where = Text("small"), Text("title"), Text("muted")
        self._record = Button("secondary", "results")
        self._record.clicked.connect(self._record_next)
        words = QVBoxLayout()
        words.setSpacing(2)
        for text in (self._label, self._who, self._where):
            words.addWidget(text)
        row = QHBoxLayout(self._block)
        row.setContentsMargins(0, 8, 0, 8)
        row.setSpacing(16)
        row.addWidget(self._plate)
        row.addLayout(words, 1)
        row.addWidget(self._record)
        return self._block

    def _arrive(self, stop: StopView) -> str:
        return formats.clock_time(stop.arrive, self._zone)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Today's round"))
        self._record.setText(_("Record the outcome"))
        self.table.setAccessibleName(_("Stops of the round, in order"))
        self._bar.setAccessibleName(_("Progress"))
        self._show()

    def show_rounds(self, rounds: tuple[RoundView, ...]) -> None:
        """Other data; the crew in view stays if it is still there."""
        self._rounds = rounds
        self._crew = min(self._crew, max(0, len(rounds) - 1))
        self._show()

    def _pick(self, index: int) -> None:
        self._crew = index
        self._show()

    def _show(self) -> None:
        crews = [(one.crew, f"{one.done} / {len(one.stops)}") for one in self._rounds]
        self._tabs.show_crews(crews, self._crew)
        if not self._rounds:
            self._model.set_rows([])
            return
        current = self._rounds[self._crew]
        self._model.set_rows(current.stops)
        self._bar.setRange(0, max(1, len(current.stops)))
        self._bar.setValue(current.done)
        self._done.setText(
            _("{done} of {all} visited, {km}, back at {time}").format(
                done=current.done,
                all=len(current.stops),
                km=formats.distance(current.metres),
                time=formats.clock_time(current.back, self._zone),
            )
        )
        self._show_next(current)
        if current.next is not None:
            self.table.go_to(current.next.number - 1, centre=True)

    def _show_next(self, current: RoundView) -> None:
        stop = current.next
        self._plate.setVisible(stop is not None)
        self._record.setVisible(stop is not None)
        if stop is None:
            self._label.setText(_("Next stop"))
            self._who.setText(_("Every stop has its outcome"))
            self._where.setText(" · ".join(current.members))
            return
        self._plate.say(stop.number, self._crew)
        self._label.setText(
            _("Next stop, {from_} to {to}").format(
                from_=formats.clock_time(stop.arrive, self._zone),
                to=formats.clock_time(stop.leave, self._zone),
            )
        )
        self._who.setText(" · ".join((formats.mask_name(stop.name), _place(stop))))
        self._where.setText(" · ".join(current.members))

    def _record_next(self) -> None:
        stop = self._rounds[self._crew].next if self._rounds else None
        if stop is not None:
            self.record_wanted.emit(stop.debtor_id)

    def _open(self, stop: StopView) -> None:
        self.person_wanted.emit(stop.debtor_id)
