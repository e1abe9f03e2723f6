"""An online service that is asked where an address is: off unless it is switched on."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit, QWidget

from planner.actions.places_online import load_service, save_service
from planner.geo.geocode import NEEDS_KEY, SERVICES, USUAL, Service
from planner.store.store import Store
from ui.i18n import _
from ui.session import Session
from ui.settings.service_card import ServiceCard

# Names of programs and companies.
NAMES = {"nominatim": "Nominatim", "photon": "Photon", "pelias": "Pelias", "baidu": "Baidu 百度"}


class GeocoderCard(ServiceCard[Service]):
    """Service, address, key, and what is sent."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, {kind: NAMES[kind] for kind in SERVICES}, Service(), parent)
        self.key = self.line()
        self.key.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        self.foot.insertWidget(0, self.key, 1)
        self.kind.activated.connect(self._other_kind)

    def retranslate(self) -> None:
        """All words of the card."""
        self.key.setAccessibleName(_("Key of the service"))
        self.key.setPlaceholderText(_("Key, where the service needs one"))
        self.name(
            _("Online search of addresses"),
            _(
                "Off by default. When it is on, “Ask online” under “Places to check” sends the text"
                " of one address to this service, without the name and without long numbers. The"
                " answer is an offer; nothing is kept until somebody accepts it."
            ),
            _("Allow asking an online service"),
            _("Address of the service"),
            _("Kind of service"),
        )

    def refresh(self) -> None:
        """Read what is in force."""
        self._session.ask(partial(_load, self._session.store), self.show_chosen)

    def chosen(self) -> Service:
        """What the fields say."""
        kind = str(self.kind.currentData())
        return Service(kind, self.url.text().strip(), self.key.text().strip(), self.on.isChecked())

    def fill(self, found: Service) -> None:
        """Set the fields to what is in force."""
        self.choose(found.on, found.url, found.kind)
        self.key.setText(found.key)

    def whole(self, chosen: Service) -> bool:
        """With an address, and a key where the service needs one; or switched off."""
        complete = bool(chosen.url) and (chosen.kind not in NEEDS_KEY or bool(chosen.key))
        return complete or not chosen.on

    def keep(self, store: Store, chosen: Service) -> Service:
        """Put it in force."""
        return save_service(store, chosen)

    def applied_words(self, found: Service) -> str:
        """Where it can be asked now."""
        if found.on:
            return _("“Ask online” is offered under “Places to check”.")
        return _("No service is asked.")

    @Slot()
    def _other_kind(self) -> None:
        """The usual address of another kind, unless somebody has entered an own one."""
        if self.url.text().strip() in ("", *USUAL.values()):
            self.url.setText(USUAL[str(self.kind.currentData())])


def _load(store: Store) -> Service:
    with store.read() as conn:
        return load_service(conn)
