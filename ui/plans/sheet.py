"""All that the lead looks at of one waiting plan, and the three answers."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.plans_waiting import Waiting
from ui.i18n import _
from ui.page import Translated
from ui.plans.words import facts
from ui.widgets.buttons import Button
from ui.widgets.text import Text


class PlanSheet(Translated):
    """`answered("approve", "change" or "decline")`. Where only another workspace may decide, it
    says so in place of the answers."""

    answered = Signal(str)

    def __init__(self, zone: str, parent: QWidget | None = None, *, primary: bool = True) -> None:
        super().__init__(parent)
        self._zone = zone
        self._one: Waiting | None = None
        self._today = date.min
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(18)
        self._grid.setVerticalSpacing(7)
        self._grid.setColumnStretch(1, 1)
        self.approve = Button("primary" if primary else "secondary", "check")
        self.change = Button("secondary", "edit")
        self.decline = Button("secondary", "close")
        self._lead = Text("muted", wrap=True)
        foot = QHBoxLayout()
        foot.setSpacing(10)
        answers = (("approve", self.approve), ("change", self.change), ("decline", self.decline))
        for how, button in answers:
            button.clicked.connect(lambda _on=False, how=how: self.answered.emit(how))
            foot.addWidget(button)
        foot.addWidget(self._lead, 1)
        foot.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(14)
        box.addWidget(self._holder)
        box.addLayout(foot)
        self.retranslate()

    def show_plan(self, one: Waiting | None, today: date, *, lead: bool) -> None:
        """Another plan; `lead`: it may be decided here."""
        self._one, self._today = one, today
        for button in (self.approve, self.change, self.decline):
            button.setVisible(lead and one is not None)
        self._lead.setVisible(not lead)
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        self.approve.setText(_("Approve"))
        self.approve.setToolTip(_("Asks for the reason first  (A)"))
        self.change.setText(_("Another plan …"))
        self.change.setToolTip(_("Agree to another plan, to which the person agreed  (C)"))
        self.decline.setText(_("Decline"))
        self.decline.setToolTip(_("Asks for the reason, which the collector reads  (D)"))
        self._lead.setText(_("The lead decides about it."))
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        rows = facts(self._one, self._today, self._zone) if self._one is not None else []
        for k, (name, words) in enumerate(rows):
            top = Qt.AlignmentFlag.AlignTop
            for column, text in enumerate((Text("muted", name), Text("body", words, wrap=True))):
                self._grid.addWidget(text, k, column, top)
                text.show()  # added to a window that is seen already
