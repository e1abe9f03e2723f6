"""The lead agrees to another plan than the proposed one, with the person's word for it."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLayout, QLineEdit, QWidget

from planner.actions.plans_waiting import Waiting
from ui.dialogs.instalments import PlanDialog
from ui.i18n import _
from ui.session import Session

_LONGEST = 200


class ChangePlanDialog(PlanDialog):
    """`changed(PlanTerms, reason)`; demands a reason and that the person agreed to the change. It
    begins with the figures that were kept with consent."""

    changed = Signal(object, str)

    def __init__(self, session: Session, one: Waiting, parent: QWidget | None = None) -> None:
        self.reason, self.word = QLineEdit(), QCheckBox(_("The person agreed to this change"))
        self.reason.setMaxLength(_LONGEST)
        super().__init__(session, one.debtor_id, parent)
        told = one.plan.terms.told
        if told is not None:
            for name, edit in self.fields.items():
                edit.setText(f"{getattr(told, name) / 100:.2f}")
            self.consent.setChecked(True)
        self.reason.textChanged.connect(self._look)
        self.word.toggled.connect(self._look)
        self.agreed.connect(self._tell)
        self._look()

    def lay_out(self, heading: str, *parts: QWidget | QLayout) -> None:
        """The plan's parts, then the person's word and the reason."""
        self.reason.setAccessibleName(_("Reason"))
        self.reason.setPlaceholderText(_("Reason, kept with the plan"))
        row = QHBoxLayout()  # in one line: the dialog has to fit a small screen
        row.setSpacing(18)
        row.addWidget(self.word)
        row.addWidget(self.reason, 1)
        super().lay_out(_("Agree to another plan"), *parts, row)

    @Slot()
    def _look(self) -> None:
        super()._look()
        ready = self.word.isChecked() and bool(self.reason.text().strip())
        self.go.setEnabled(self.go.isEnabled() and ready)
        self.go.setText(_("Approve as changed"))
        if self.chosen() is not None:
            self._told.setText(_("It runs at once and takes the place of the proposed plan."))

    @Slot(object)
    def _tell(self, terms: object) -> None:
        self.changed.emit(terms, self.reason.text().strip())
