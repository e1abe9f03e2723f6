"""The foot of the week view: the week's sums or the search, and the one primary button."""

from PySide6.QtCore import QElapsedTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QWidget

from planner.actions.difference import Totals
from planner.routing.solve import Progress as Search
from ui import formats
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.plan.totals import figures
from ui.plan.words import tip
from ui.widgets.buttons import Button
from ui.widgets.progress import Progress
from ui.widgets.text import Text


class WeekFoot(Translated):
    """`create_wanted` and `enough` say what is wanted."""

    create_wanted = Signal()
    enough = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._totals: Totals | None = None
        self._why = ""
        self._seconds = 1.0
        self._first = 0
        self._searching = False
        self._since = QElapsedTimer()  # the search has several parts, each counted from nought
        self.sums = Text("body", wrap=True)
        self.progress = Progress()
        self.progress.cancelled.connect(self.enough)
        holder = QWidget()
        self._left = QStackedLayout(holder)
        self._left.addWidget(self.sums)
        self._left.addWidget(self.progress)
        self.primary = Button("primary", "plan")
        self.primary.clicked.connect(self.create_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(holder, 1)
        row.addWidget(self.primary)
        self.retranslate()

    def show_totals(self, totals: Totals | None, why_not: str) -> None:
        """The sums of the week, None where nothing is planned; `why_not` bars planning."""
        self._totals, self._why = totals, why_not
        self.retranslate()

    def retranslate(self) -> None:
        """Everything in the language in use."""
        planned = self._totals is not None
        self.primary.setText(_("Plan the week anew") if planned else _("Plan the week"))
        self.primary.setToolTip(
            tip(_("From today on, all crews and days together; locked stops stay.  (Ctrl+Enter)"))
        )
        self.primary.setEnabled(not self._searching and not self._why)
        if self._totals is not None:
            parts = figures(self._totals)
            self.sums.setText(" · ".join(part.text for part in parts))
            self.sums.setToolTip(tip("\n".join(f"{part.text}: {part.tip}" for part in parts)))
        else:
            self.sums.setText(self._why or _("Nothing is planned in this week yet."))
            self.sums.setToolTip("")

    def start(self, seconds: float) -> None:
        """A search begins that ends by itself after so many seconds."""
        self._seconds, self._first, self._searching = seconds, 0, True
        self._since.start()
        self.progress.start(
            _("Working out the rules of each day and the ways"), _("Stop, keep the best")
        )
        self._left.setCurrentWidget(self.progress)
        self.retranslate()

    def advance(self, search: Search) -> None:
        """The search goes on."""
        if search.objective > 0 and self._first <= 0:
            self._first = search.objective
        spent = self._since.elapsed() / 1000
        left = max(0, round(self._seconds - spent))
        visits = ngettext("{n} visit", "{n} visits", search.visits).format(n=search.visits)
        if self._first > 0:
            better = formats.percent(search.objective / self._first - 1, 1)
            text = _("{visits}, improved by {better}, {left} s left").format(
                visits=visits, better=better, left=left
            )
        else:
            text = _("{visits}, {left} s left").format(visits=visits, left=left)
        self.progress.advance(spent / self._seconds, text)

    def stop(self) -> None:
        """The search is over."""
        self._searching = False
        self.progress.stop()
        self._left.setCurrentWidget(self.sums)
        self.retranslate()
