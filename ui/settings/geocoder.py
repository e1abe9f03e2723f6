"""An online service that is asked where an address is: off unless it is switched on."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QWidget

from planner.actions.change import Change
from planner.actions.places_online import load_service, save_service
from planner.errors import PlannerError
from planner.geo.geocode import NEEDS_KEY, SERVICES, USUAL, Service
from planner.store.store import Store
from ui.errors import words
from ui.i18n import _
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

# Names of programs and companies.
NAMES = {"nominatim": "Nominatim", "photon": "Photon", "pelias": "Pelias", "baidu": "Baidu 百度"}
_LONGEST = 300


class GeocoderCard(Card):
    """Service, address, key, and what is sent."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._saved = Service()
        self._note = Text("muted", wrap=True)
        self.on, self.kind = QCheckBox(), QComboBox()
        self.url, self.key = QLineEdit(), QLineEdit()
        for field in (self.url, self.key):
            field.setMaxLength(_LONGEST)
            field.textChanged.connect(self._look)
        self.key.setEchoMode(QLineEdit.EchoMode.PasswordEchoOnEdit)
        for kind in SERVICES:
            self.kind.addItem(NAMES[kind], kind)
        self.apply = Button("primary", "check")
        self.apply.clicked.connect(self.save)
        self.on.toggled.connect(self._look)
        self.kind.activated.connect(self._other_kind)
        self.message = MessageBar()
        row, foot = QHBoxLayout(), QHBoxLayout()
        row.addWidget(self.url, 1)
        row.addWidget(self.kind)
        foot.addWidget(self.key, 1)
        foot.addWidget(self.apply)
        self.body.addWidget(self._note)
        self.body.addWidget(self.on)
        self.body.addLayout(row)
        self.body.addWidget(self.message)
        self.body.addLayout(foot)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Online search of addresses"))
        self._note.setText(
            _(
                "Off by default. When it is on, “Ask online” under “Places to check” sends the text"
                " of one address to this service, without the name and without long numbers. The"
                " answer is an offer; nothing is kept until somebody accepts it."
            )
        )
        self.on.setText(_("Allow asking an online service"))
        self.url.setAccessibleName(_("Address of the service"))
        self.kind.setAccessibleName(_("Kind of service"))
        self.key.setAccessibleName(_("Key of the service"))
        self.key.setPlaceholderText(_("Key, where the service needs one"))
        self.apply.setText(_("Apply"))
        self.message.name_cross(_("Close the message"))
        self._look()

    def refresh(self) -> None:
        """Read what is in force."""
        self._session.ask(partial(_load, self._session.store), self.show_service)

    @Slot(object)
    def show_service(self, found: Service) -> None:
        """What is in force."""
        self._saved = found
        self.on.setChecked(found.on)
        self.url.setText(found.url)
        self.key.setText(found.key)
        self.kind.setCurrentIndex(max(0, self.kind.findData(found.kind)))
        self._look()

    def _chosen(self) -> Service:
        kind = str(self.kind.currentData())
        return Service(kind, self.url.text().strip(), self.key.text().strip(), self.on.isChecked())

    @Slot()
    def _other_kind(self) -> None:
        """The usual address of another kind, unless somebody has entered an own one."""
        if self.url.text().strip() in ("", *USUAL.values()):
            self.url.setText(USUAL[str(self.kind.currentData())])
        self._look()

    @Slot()
    def _look(self) -> None:
        chosen = self._chosen()
        complete = bool(chosen.url) and (chosen.kind not in NEEDS_KEY or bool(chosen.key))
        self.apply.setEnabled(chosen != self._saved and (complete or not chosen.on))

    @Slot()
    def save(self) -> None:
        """Put it in force."""
        job = partial(_save, self._session.store, self._chosen())
        self._session.do(job, self._applied, self._refused)

    @Slot(object)
    def _applied(self, found: Service) -> None:
        self.show_service(found)
        self.message.say(
            _("“Ask online” is offered under “Places to check”.") if found.on else
            _("No service is asked."), "accent",
        )  # fmt: skip

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        self._look()
        if isinstance(error, PlannerError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)


def _load(store: Store) -> Service:
    with store.read() as conn:
        return load_service(conn)


def _save(store: Store, service: Service) -> tuple[Service, Change]:
    return save_service(store, service), Change.SETTINGS
