"""Before a plan is written to a file: for which crew, with names or without, for which map app."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QWidget

from planner.domain.plan import Plan
from ui.dialogs.asking import Asking
from ui.i18n import _
from ui.plan.export_options import ExportOptions


class ExportDialog(Asking):
    """`wanted(Wish)` when it is confirmed."""

    wanted = Signal(object)

    def __init__(
        self, form: str, name: str, plan: Plan, app: str, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Save …"), "file", title=_("Export"), parent=parent)
        self.options = ExportOptions(form, plan, app)
        self.go.clicked.connect(self._decide)
        self.lay_out(name, self.options)
        self.options.crew.setFocus()

    @Slot()
    def _decide(self) -> None:
        self.accept()
        self.wanted.emit(self.options.wish())
