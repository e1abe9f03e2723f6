"""Settings of remote areas: what counts as remote, longest wait, price and number of nights."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.routing.remote_trip import RemoteRules
from ui import formats
from ui.i18n import N_, _
from ui.widgets.buttons import Button
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Field:
    """One setting: its bounds in the unit the user sees, and how it is kept.

    `shown` makes the figure of the field from the rule's value, `kept` the other way.
    """

    name: str
    title: str
    hint: str
    least: int
    most: int
    step: int
    suffix: Callable[[], str]
    shown: Callable[[Any], float]
    kept: Callable[[float], Any]


def _money() -> str:
    return f" {formats.money_unit()}"


FIELDS = (
    Field("share", N_("Remote from this share of the value"),
          N_("A visit is remote when the way there and back, for it alone, costs more than this"
             " share of what it brings."),
          10, 200, 5, lambda: " %", lambda v: v * 100, lambda v: v / 100),
    Field("least_drive", N_("and at least this far, one way"),
          N_("Nearer visits are never remote."),
          10, 180, 5, lambda: _(" min"), lambda v: v / 60, lambda v: int(v) * 60),
    Field("most_wait", N_("Longest wait"),
          N_("Nobody waits longer for a visit, unless you decide otherwise or the crews lack the"
             " hours; that is said beforehand."),
          20, 180, 1, lambda: _(" days"), float, int),
    Field("lodging", N_("Lodging, a night of a crew"),
          N_("What a night out costs for all members of the crew together."),
          0, 5000, 10, _money, lambda v: v / formats.FEN, lambda v: int(v) * formats.FEN),
    Field("day_cost", N_("Allowance, a day of a crew"),
          N_("What a day out costs besides wage and way; 0 where nothing is paid."),
          0, 5000, 10, _money, lambda v: v / formats.FEN, lambda v: int(v) * formats.FEN),
    Field("most_nights", N_("Most nights out in one trip"),
          N_("0: nobody stays overnight."),
          0, 4, 1, lambda: "", float, int),
)  # fmt: skip


class SettingsDialog(QDialog):
    """`wanted(changes)` with the settings that differ from the present ones."""

    wanted = Signal(object)

    def __init__(self, rules: RemoteRules, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rules = rules
        self.setWindowTitle(_("Remote areas"))
        self.setMinimumWidth(620)
        self.fields: dict[str, QSpinBox] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(20)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(0, 1)
        for number, one in enumerate(FIELDS):
            box = QSpinBox()
            box.setRange(one.least, one.most)
            box.setSingleStep(one.step)
            box.setSuffix(one.suffix())
            box.setValue(round(one.shown(getattr(rules, one.name))))
            box.setMinimumWidth(130)
            box.setAlignment(Qt.AlignmentFlag.AlignRight)
            box.setCorrectionMode(QAbstractSpinBox.CorrectionMode.CorrectToNearestValue)
            box.setAccessibleName(_(one.title))
            box.setAccessibleDescription(_(one.hint))
            most = f"{one.most}{one.suffix()}"
            bounds = _("{least} to {most}").format(least=one.least, most=most)
            box.setToolTip(bounds)
            box.valueChanged.connect(self._check)
            self.fields[one.name] = box
            grid.addWidget(Text("strong", _(one.title), wrap=True), 2 * number, 0)
            hint = f"{_(one.hint)} ({bounds})"
            grid.addWidget(box, 2 * number, 1, 2, 1, Qt.AlignmentFlag.AlignVCenter)
            said = Text("small", hint, wrap=True)
            said.setContentsMargins(0, 0, 0, 10)
            grid.addWidget(said, 2 * number + 1, 0)
        self._lay_out(grid)
        self._check()

    def _lay_out(self, grid: QGridLayout) -> None:
        self.usual = Button("quiet", "undo")
        self.usual.setText(_("Usual values"))
        self.usual.setAutoDefault(False)
        self.usual.clicked.connect(self._usual)
        leave = Button("secondary")
        leave.setText(_("Cancel"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        self.save = Button("primary", "check")
        self.save.setText(_("Use these settings"))
        self.save.setDefault(True)
        self.save.clicked.connect(self._save)
        foot = QHBoxLayout()
        foot.addWidget(self.usual)
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.save)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(12)
        box.addWidget(Text("heading", _("Settings of remote areas"), wrap=True))
        box.addLayout(grid)
        box.addLayout(foot)

    @Slot()
    def _usual(self) -> None:
        usual = RemoteRules()
        for one in FIELDS:
            self.fields[one.name].setValue(round(one.shown(getattr(usual, one.name))))

    def changes(self) -> dict[str, Any]:
        """The settings that differ from the present ones, as they are kept."""
        told = {}
        for one in FIELDS:
            present = getattr(self._rules, one.name)
            figure = self.fields[one.name].value()
            if figure != round(one.shown(present)):
                told[one.name] = one.kept(figure)
        return told

    @Slot()
    def _check(self) -> None:
        if hasattr(self, "save"):
            self.save.setEnabled(bool(self.changes()))

    @Slot()
    def _save(self) -> None:
        self.wanted.emit(self.changes())
        self.accept()
