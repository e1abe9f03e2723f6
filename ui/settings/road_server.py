"""A routing server of the user's own: off unless it is switched on."""

from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from planner.actions.change import Change
from planner.actions.travel_settings import TravelSettings, save_travel_settings
from planner.errors import PlannerError
from planner.geo.http_engine import HttpEngine, Server, check_url
from planner.geo.server_travel import try_again
from planner.store.crews import load_crews
from planner.store.store import Store
from ui import formats
from ui.errors import words
from ui.i18n import _
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

KIND_NAMES = {"osrm": "OSRM", "valhalla": "Valhalla"}  # names of programs: the same everywhere
_LONGEST = 300


class RoadServerCard(Card):
    """Address, kind, a test, and what is sent."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._saved = TravelSettings()
        self._note = Text("muted", wrap=True)
        self.on, self.url, self.kind = QCheckBox(), QLineEdit(), QComboBox()
        self.url.setMaxLength(_LONGEST)
        self.url.setPlaceholderText("http://192.168.1.10:5000")
        for key, name in KIND_NAMES.items():
            self.kind.addItem(name, key)
        self.test, self.apply = Button("secondary"), Button("primary", "check")
        self.test.clicked.connect(self.try_it)
        self.apply.clicked.connect(self.save)
        self.on.toggled.connect(self._look)
        self.url.textChanged.connect(self._look)
        self.kind.activated.connect(self._look)
        self.message = MessageBar()
        row, foot = QHBoxLayout(), QHBoxLayout()
        row.addWidget(self.url, 1)
        row.addWidget(self.kind)
        foot.addStretch(1)
        foot.addWidget(self.test)
        foot.addWidget(self.apply)
        self.body.addWidget(self._note)
        self.body.addWidget(self.on)
        self.body.addLayout(row)
        self.body.addWidget(self.message)
        self.body.addLayout(foot)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Routing server"))
        self._note.setText(
            _(
                "Off by default. When it is on, the positions of homes, stops and persons in"
                " question are sent to this address, and the kind of vehicle: no names, no ids, no"
                " amounts. Where it does not answer, road packs and estimates step in, and the"
                " window says so."
            )
        )
        self.on.setText(_("Ask a routing server"))
        self.url.setAccessibleName(_("Address of the routing server"))
        self.kind.setAccessibleName(_("Kind of routing server"))
        self.test.setText(_("Test it"))
        self.apply.setText(_("Apply"))
        self.message.name_cross(_("Close the message"))
        self._look()

    def show_settings(self, found: TravelSettings) -> None:
        """What is in force."""
        self._saved = found
        self.on.setChecked(found.server_on)
        self.url.setText(found.server_url)
        self.kind.setCurrentIndex(max(0, self.kind.findData(found.server_kind)))
        self._look()

    def _values(self) -> dict[str, Any]:
        return {
            "server_on": self.on.isChecked(),
            "server_url": self.url.text().strip(),
            "server_kind": self.kind.currentData(),
        }

    @Slot()
    def _look(self) -> None:
        values = self._values()
        changed = any(getattr(self._saved, name) != value for name, value in values.items())
        given = bool(values["server_url"])
        self.test.setEnabled(given)
        self.apply.setEnabled(changed and (given or not values["server_on"]))

    @Slot()
    def try_it(self) -> None:
        """Ask the server for one short way near the first crew's home."""
        values = self._values()
        self.test.setEnabled(False)
        self.message.clear()
        job = partial(_tested, self._session.store, values["server_url"], values["server_kind"])
        self._session.ask(job, self._answered, self._refused)

    @Slot(object)
    def _answered(self, metres: int) -> None:
        self.test.setEnabled(True)
        text = _("The server answers: a short way near the first crew's home is {way} long.")
        self.message.say(text.format(way=formats.distance(metres)), "accent")

    @Slot()
    def save(self) -> None:
        """Put it in force."""
        job = partial(_save, self._session.store, **self._values())
        self._session.do(job, self._applied, self._refused)

    @Slot(object)
    def _applied(self, found: TravelSettings) -> None:
        self.show_settings(found)
        self.message.say(
            _("New plans ask this server.") if found.server_on else _("No server is asked."),
            "accent",
        )

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self._look()
        if isinstance(error, PlannerError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)


def _tested(store: Store, url: str, kind: Any) -> int:
    with store.read() as conn:
        crews = load_crews(conn)
    lat, lon = (crews[0].lat, crews[0].lon) if crews else (0.0, 0.0)
    return HttpEngine(Server(check_url(url), kind)).test(lat, lon)


def _save(store: Store, **changes: Any) -> tuple[TravelSettings, Change]:
    found = save_travel_settings(store, **changes)
    try_again()
    return found, Change.SETTINGS
