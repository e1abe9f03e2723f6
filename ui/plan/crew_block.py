"""One crew of those that are planned on: what is told of it."""

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from planner.domain.people import Collector
from planner.domain.plan import Route
from ui.i18n import _
from ui.page import Translated
from ui.widgets.card import line
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text

_LATEST = 480  # minutes
_PLANNED, _HOME, _CHOSEN = range(3)


@dataclass(frozen=True, slots=True)
class Spot:
    """A person's place that may be said to be a crew's: masked name, latitude, longitude."""

    name: str
    lat: float
    lon: float
    debtor_id: str = ""


class CrewBlock(Translated):
    """One crew: where it is, late by, for how long its car stands, absent, who of it is ill."""

    def __init__(
        self, route: Route, done: int, last: str, members: tuple[Collector, ...] = ()
    ) -> None:
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
        self.late, self.stands = QSpinBox(), QSpinBox()
        for spin, step in ((self.late, 5), (self.stands, 15)):
            spin.setRange(0, _LATEST)
            spin.setSingleStep(step)
            spin.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._members = members
        self.ill = [QCheckBox() for _member in members]
        self.absent = QCheckBox()
        self.absent.toggled.connect(self._available)
        self._late_word, self._stands_word = Text("body"), Text("body")
        head, foot, more = QHBoxLayout(), QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._state)
        foot.addWidget(self._late_word)
        foot.addWidget(self.late)
        foot.addStretch(1)
        foot.addWidget(self.absent)
        more.addWidget(self._stands_word)
        more.addWidget(self.stands)
        more.addStretch(1)
        sick = QWidget()
        flow = FlowLayout(sick, gap=12)
        for tick in self.ill:
            flow.addWidget(tick)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        box.addLayout(head)
        box.addWidget(self.where)
        box.addLayout(foot)
        box.addLayout(more)
        box.addWidget(sick)
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
        self._stands_word.setText(_("Car stands for"))
        self.stands.setSuffix(" " + _("min"))
        self.stands.setAccessibleName(_("{crew}: car stands for").format(crew=crew))
        for tick, member in zip(self.ill, self._members, strict=True):
            tick.setText(_("{name} ill").format(name=member.name))
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

    def ill_ids(self) -> frozenset[str]:
        """Ids of the collectors who do not go on."""
        told = zip(self.ill, self._members, strict=True)
        return frozenset(member.collector_id for tick, member in told if tick.isChecked())

    def _available(self, absent: bool) -> None:
        self.where.setEnabled(not absent)
        for widget in (self.late, self.stands, *self.ill):
            widget.setEnabled(not absent)
