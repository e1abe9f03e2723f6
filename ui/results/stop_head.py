"""Who is recorded for: number in the crew's colour, masked name, place, time, sums."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.domain.areas import county_of
from ui import formats
from ui.cases.places import place_of
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.results.round import StopLine
from ui.today.plate import NumberPlate
from ui.widgets.buttons import Button
from ui.widgets.text import Text


class StopHead(Translated):
    """`opened(debtor_id)` when the person's page is wanted."""

    opened = Signal(str)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._line: StopLine | None = None
        self._day: date | None = None
        self._plate = NumberPlate()
        self._name, self._where = Text("title"), Text("muted", wrap=True)
        self._open = Button("quiet", "person")
        self._open.clicked.connect(self._want_open)
        said = QVBoxLayout()
        said.setSpacing(0)
        said.addWidget(self._name)
        said.addWidget(self._where)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self._plate)
        row.addLayout(said, 1)
        row.addWidget(self._open, 0, Qt.AlignmentFlag.AlignTop)
        self.retranslate()

    def show_line(self, line: StopLine, day: date) -> None:
        """Another stop."""
        self._line, self._day = line, day
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the head."""
        self._open.setText(_("Open person"))
        line = self._line
        if line is None:
            return
        self._plate.setVisible(line.number > 0)
        if line.number:
            self._plate.say(line.number, line.crew)
        person = line.person
        self._name.setText(formats.mask_name(person.name) if person else formats.NONE)
        facts = []
        if line.start is not None:
            facts.append(
                _("planned {start} to {end}").format(
                    start=formats.clock_time(line.start, self._zone),
                    end=formats.clock_time(line.leave, self._zone),
                )
            )
        else:
            facts.append(_("not in the plan of this day"))
        if line.others:
            names = " · ".join(map(formats.mask_name, line.others))
            facts.append(_("same stop as {names}: speak with each alone").format(names=names))
        if person is not None:
            facts += [
                county_of(line.address) or place_of(person),
                formats.money_exact(person.amount),
                ngettext("{n} loan", "{n} loans", person.cases).format(n=person.cases),
            ]
        self._where.setText(" · ".join(fact for fact in facts if fact))

    def _want_open(self) -> None:
        if self._line is not None:
            self.opened.emit(self._line.debtor_id)
