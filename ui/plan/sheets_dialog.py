"""The day sheets as they will be on paper: look, then print or save."""

from PySide6.QtWidgets import QWidget

from planner.domain.plan import Plan
from ui.i18n import _
from ui.plan.export_options import ExportOptions
from ui.widgets.paper import PaperDialog


class SheetsDialog(PaperDialog):
    """Of all crews of a plan, or of one."""

    def __init__(self, plan: Plan, app: str, parent: QWidget | None = None) -> None:
        self.options = ExportOptions("pdf", plan, app)
        note = _("Print on one side only: a second sheet must not be on the back of a door sheet.")
        super().__init__(_("Day sheets"), self.options, note, parent)
