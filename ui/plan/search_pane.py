"""What stands in the place of the timetable during a search: how far, how good, two ways out."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.routing.solve import Progress
from ui import formats
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.plan.curve import FLAT, Curve
from ui.plan.words import money, sentences
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_END = 0.2  # seconds before its limit at which the search counts as over


class SearchPane(Translated):
    """`enough`: take the best plan so far. `given_up`: keep the old plan, at once."""

    enough = Signal()
    given_up = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limit = 1.0
        self._there, self._anew = False, True
        self._old: int | None = None
        self._last: Progress | None = None
        self._ending = False
        self._text = Text("strong", wrap=True)
        self._more = Text("muted", wrap=True)
        self.curve = Curve()
        self.take = Button("secondary", "check")
        self.take.clicked.connect(self.press_enough)
        self.keep = Button("secondary", "stop")
        self.keep.clicked.connect(self.given_up)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._text)
        words.addWidget(self._more)
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addLayout(words, 1)
        for button in (self.keep, self.take):
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        box.addLayout(head)
        box.addWidget(self.curve, 1)
        self.retranslate()

    def start(self, limit: float, there: bool, anew: bool, old: int | None = None) -> None:
        """A search of at most `limit` seconds begins. `there`: it may replace a plan, with money of
        `old` (minor units). `anew`: the whole day, not on from the plan that is there."""
        self._limit, self._there, self._anew, self._old = limit, there, anew, old
        self._last, self._ending = None, False
        self.curve.start(limit, old, anew=anew)
        self.take.setEnabled(False)
        self.keep.setEnabled(True)
        self.retranslate()

    def advance(self, progress: Progress) -> None:
        """The search goes on."""
        self._last = progress
        self.curve.add(progress)
        ending = self._ending or progress.seconds >= self._limit - _END
        self.take.setEnabled(not ending and progress.visits > 0)
        self._say()

    @property
    def seconds(self) -> float:
        """How long the search has been searching."""
        return self._last.seconds if self._last is not None else 0.0

    def press_enough(self) -> None:
        """Good enough: the search ends, its best plan is checked and taken."""
        if self.take.isEnabled():
            self._ending = True
            self.take.setEnabled(False)
            self._say()
            self.enough.emit()

    def retranslate(self) -> None:
        """Sentences and buttons."""
        self.setAccessibleName(_("Search for the best plan"))
        self.take.setText(_("Good enough: take this plan"))
        self.take.setToolTip(
            _("Ends the search; the best plan so far is checked.  ({key})").format(key="Ctrl+Enter")
        )
        self.keep.setText(_("Stop, keep the old plan") if self._there else _("Stop, make no plan"))
        self.keep.setToolTip(_("Nothing is changed.  ({key})").format(key="Esc"))
        self._say()

    def _say(self) -> None:
        now = self._last
        if now is None:
            self._text.setText(_("Working out the ways between the addresses"))
            self._more.setText(_("The search for the best plan begins in a moment."))
            return
        visits = ngettext("{n} visit", "{n} visits", now.visits).format(
            n=formats.number(now.visits)
        )
        if not now.visits:
            self._text.setText(_("Looking for a first plan"))
            self._more.setText("")
            return
        text = _("Best plan so far: {visits}").format(visits=visits)
        if self._anew:
            text = _("Best plan so far: {visits}, money gained {money}").format(
                visits=visits, money=money(now.objective)
            )
        self._text.setText(text)
        self._more.setText(self._state(now))
        self.curve.setAccessibleDescription(f"{text}. {self._more.text()}")

    def _state(self, now: Progress) -> str:
        """Whether it still pays to wait."""
        if self._ending or now.seconds >= self._limit - _END:
            return _("Every visit is now checked against the rules.")
        left = _("{n} s left").format(n=max(0, round(self._limit - now.seconds)))
        if self.curve.flat >= FLAT:
            flat = _("No better plan for {n} s: more time will hardly help.")
            return sentences(flat.format(n=int(self.curve.flat)), left)
        if self._old is not None:
            more = now.objective - self._old
            against = (
                _("{money} more than the plan now")
                if more >= 0
                else _("{money} less than the plan now")
            )
            return _(", ").join([against.format(money=money(abs(more))), left])
        first = self.curve.first
        better = formats.percent(now.objective / first - 1, 1) if first > 0 else formats.NONE
        return _("{better} better than the first plan, {left}").format(better=better, left=left)
