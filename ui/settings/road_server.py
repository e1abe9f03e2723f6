"""A routing server of the user's own: off unless it is switched on."""

from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QWidget

from planner.actions.travel_settings import TravelSettings, save_travel_settings
from planner.geo.http_engine import HttpEngine, Server, check_url
from planner.geo.server_travel import try_again
from planner.store.crews import load_crews
from planner.store.store import Store
from ui import formats
from ui.i18n import _
from ui.session import Session
from ui.settings.service_card import ServiceCard
from ui.widgets.buttons import Button

KIND_NAMES = {"osrm": "OSRM", "valhalla": "Valhalla"}  # names of programs: the same everywhere


class RoadServerCard(ServiceCard[TravelSettings]):
    """Address, kind, a test, and what is sent."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, KIND_NAMES, TravelSettings(), parent)
        self.url.setPlaceholderText("http://192.168.1.10:5000")
        self.url.textChanged.connect(self._testable)
        self.test = Button("secondary")
        self.test.clicked.connect(self.try_it)
        self.foot.insertStretch(0, 1)
        self.foot.insertWidget(1, self.test)

    def retranslate(self) -> None:
        """All words of the card."""
        self.test.setText(_("Test it"))
        self._testable()
        self.name(
            _("Routing server"),
            _(
                "Off by default. When it is on, the positions of homes, stops and persons in"
                " question are sent to this address, and the kind of vehicle: no names, no ids, no"
                " amounts. Where it does not answer, road packs and estimates step in, and the"
                " window says so."
            ),
            _("Ask a routing server"),
            _("Address of the routing server"),
            _("Kind of routing server"),
        )

    def chosen(self) -> TravelSettings:
        """What is in force, with the server that the fields name."""
        return replace(
            self._saved, server_on=self.on.isChecked(), server_url=self.url.text().strip(),
            server_kind=self.kind.currentData(),
        )  # fmt: skip

    def fill(self, found: TravelSettings) -> None:
        """Set the fields to what is in force."""
        self.choose(found.server_on, found.server_url, found.server_kind)

    def whole(self, chosen: TravelSettings) -> bool:
        """With an address, or switched off."""
        return bool(chosen.server_url) or not chosen.server_on

    def keep(self, store: Store, chosen: TravelSettings) -> TravelSettings:
        """Put the server in force; other settings of travel stay as they are now."""
        found = save_travel_settings(
            store, server_on=chosen.server_on, server_url=chosen.server_url,
            server_kind=chosen.server_kind,
        )  # fmt: skip
        try_again()
        return found

    def applied_words(self, found: TravelSettings) -> str:
        """Who is asked from now on."""
        return _("New plans ask this server.") if found.server_on else _("No server is asked.")

    @Slot()
    def _testable(self) -> None:
        self.test.setEnabled(bool(self.url.text().strip()))

    @Slot()
    def try_it(self) -> None:
        """Ask the server for one short way near the first crew's home."""
        chosen = self.chosen()
        self.test.setEnabled(False)
        self.message.clear()
        job = partial(_tested, self._session.store, chosen.server_url, chosen.server_kind)
        self._session.ask(job, self._answered, self._failed)

    @Slot(object)
    def _answered(self, metres: int) -> None:
        self._testable()
        text = _("The server answers: a short way near the first crew's home is {way} long.")
        self.message.say(text.format(way=formats.distance(metres)), "accent")

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._testable()
        self._refused(error)


def _tested(store: Store, url: str, kind: Any) -> int:
    with store.read() as conn:
        crews = load_crews(conn)
    lat, lon = (crews[0].lat, crews[0].lon) if crews else (0.0, 0.0)
    return HttpEngine(Server(check_url(url), kind)).test(lat, lon)
