"""What may be chosen when a plan leaves the program, and the warning when names go with it."""

from dataclasses import replace

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from planner.actions.export_plan import PAPER, Wish
from planner.domain.plan import Plan
from planner.export.phone_links import APPS
from ui.dialogs.asking import field
from ui.i18n import N_, _
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

_APP_NAMES = {
    "geo": N_("Any map app (geo link)"),
    "amap": N_("AMap"),
    "baidu": N_("Baidu Maps"),
    "google": N_("Google Maps"),
    "google_cn": N_("Google Maps in mainland China"),
    "apple": N_("Apple Maps"),
    "apple_cn": N_("Apple Maps in mainland China"),
}
_DATUMS = {"wgs84": "WGS-84", "gcj02": "GCJ-02", "bd09": "BD-09"}
_WITH_LINKS = ("pdf", "xlsx", "html", "ics")


class ExportOptions(QWidget):
    """`changed` after every choice; `app_chosen(key)` when another map app is wanted for good."""

    changed = Signal()
    app_chosen = Signal(str)

    def __init__(self, form: str, plan: Plan, app: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = form
        self.crew, self.app = QComboBox(), QComboBox()
        self.names, self.amounts, self.maps = QCheckBox(), QCheckBox(), QCheckBox()
        self._datum = Text("muted", wrap=True)
        self._second = Text("muted", wrap=True)
        self._warning = MessageBar(closable=False)
        self.crew.addItem(_("All crews"), "")
        for route in plan.routes:
            if route.stops:
                self.crew.addItem(route.crew, route.crew_id)
        for key in APPS:
            self.app.addItem(_(_APP_NAMES[key]), key)
        self.app.setCurrentIndex(self.app.findData(app))
        self._lay_out()
        self.crew.currentIndexChanged.connect(self._told)
        self.app.activated.connect(self._app_picked)
        for box in (self.names, self.amounts, self.maps):
            box.toggled.connect(self._told)
        self._told()

    def _lay_out(self) -> None:
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(field(_("Crew"), self.crew))
        self.maps.setText(_("Overview maps"))
        self.maps.setChecked(True)
        self.names.setText(_("With names and addresses"))
        self.amounts.setText(_("Second sheet with amounts"))
        self._second.setText(_("Amounts stand on the second sheet only; it stays in the car."))
        shown = {
            self.maps: self._form == "pdf",
            self.names: self._form not in PAPER,
            self.amounts: self._form in PAPER,
            self._second: self._form in PAPER,
        }
        for widget, wanted in shown.items():
            if wanted:
                box.addWidget(widget)
        if self._form in _WITH_LINKS:
            box.addLayout(field(_("Map app of the phone"), self.app))
            box.addWidget(self._datum)
        box.addWidget(self._warning)
        box.addStretch(1)

    def wish(self) -> Wish:
        """What is chosen."""
        wish = Wish(self._form, crew_id=self.crew.currentData(), app=self.app.currentData())
        if self._form in PAPER:
            return replace(wish, amounts=self.amounts.isChecked(), maps=self.maps.isChecked())
        return replace(wish, names=self.names.isChecked())

    @Slot()
    def _told(self) -> None:
        datum = _DATUMS[APPS[self.app.currentData()].datum]
        self._datum.setText(_("Positions are written as {datum}.").format(datum=datum))
        if self.wish().named:
            self._warning.say(
                _("Names and addresses, not encrypted: for the crew only. This is recorded."),
                "warn",
            )
        else:
            self._warning.say(
                _("No names: number, times, place and the reference of the person."), "neutral"
            )
        self.changed.emit()

    @Slot()
    def _app_picked(self) -> None:
        self.app_chosen.emit(self.app.currentData())
        self._told()
