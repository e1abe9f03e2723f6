"""What the places view is made of, and its words: the work itself is in `view`."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.domain.datum import BD09, GCJ02, WGS84
from ui import formats
from ui.cases.list_view import tight
from ui.i18n import N_, _
from ui.map.view import MapView
from ui.map.words import MapWords
from ui.models.table import Column, DataTable, Kind
from ui.page import Translated
from ui.places.desk import Desk
from ui.places.lists import ListsButton
from ui.places.words import area_words, grade_words
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.table import Table
from ui.widgets.text import Text

DATUMS = (WGS84, GCJ02, BD09)
_DATUM_WORDS = (
    N_("Figures in WGS-84 (GPS)"), N_("Figures in GCJ-02 (AMap, Tencent)"),
    N_("Figures in BD-09 (Baidu)"),
)  # fmt: skip


class PlacesFrame(Translated):
    """The list on the left; desk, search and map on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._names: dict[str, str] = {}
        self._build()

    def _build(self) -> None:
        self._message = MessageBar()
        self._count = Text("muted")
        self.sure = Button("secondary", "check")
        self.lists = ListsButton(self.session)
        self.back = Button("quiet", "cases")
        top = QHBoxLayout()
        top.setSpacing(12)
        self._title = Text("heading")
        top.addWidget(self._title)
        top.addWidget(self._count, 1)
        top.addWidget(self.sure)
        top.addWidget(self.lists)
        top.addWidget(self.back)
        self.model = DataTable(self._columns(), self)
        self.table = Table(self.model)
        self.table.setSortingEnabled(False)  # the order is the order of the work
        card = Card(heading=False)
        tight(card)
        card.body.addWidget(self.table)
        self.desk = Desk()
        self.search = QLineEdit()
        self.search.setMinimumHeight(30)
        self.datum = QComboBox()
        self.datum.setMinimumHeight(30)
        self.datum.addItems(["" for _datum in DATUMS])
        asked = QHBoxLayout()
        asked.addWidget(self.search, 1)
        asked.addWidget(self.datum)
        self.online = Button("secondary", "globe")
        self.online.hide()
        asked.addWidget(self.online)
        self.map = MapView(MapWords(
            N_("Map to place an address"), N_("Show everything"),
            N_("Press where the address is, or drag the pin."),
        ))  # fmt: skip
        self.map.setMinimumHeight(150)
        self._thanks = Text("small")
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.desk)
        column.addLayout(asked)
        column.addWidget(self.map, 1)
        column.addWidget(self._thanks)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(card)
        self.split.addWidget(right)
        self.split.setSizes([430, 790])
        self._empty = EmptyState("check")
        self._stack = QStackedWidget()
        self._stack.addWidget(self.split)
        self._stack.addWidget(self._empty)
        self._progress = Progress()
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(top)
        box.addWidget(self._message)
        box.addWidget(self._progress)
        box.addWidget(self._stack, 1)
        self.lead_to(self.desk)

    def _columns(self) -> tuple[Column, ...]:
        return (
            Column("name", lambda: _("Person"),
                   lambda one: formats.mask_name(self._names.get(one.debtor_id, "")),
                   Kind.STRONG, width=70),
            Column("area", lambda: _("Place"), area_words, tip=area_words, width=120, stretch=1),
            Column("grade", lambda: _("Position"), lambda one: grade_words(one.grade), Kind.CHIP,
                   tone=lambda one: "neutral" if one.lat is not None else "warn",
                   icon=lambda one: "pin" if one.lat is not None else "warn", width=130),
        )  # fmt: skip

    def retranslate(self) -> None:
        """All words."""
        self._title.setText(_("Places to check"))
        self.sure.setText(_("Place all sure ones"))
        self.sure.setToolTip(
            _("Everybody whose address names one known village or township only; one step to undo")
        )
        self.back.setText(_("Back to the cases"))
        self.search.setPlaceholderText(
            _("Search a place (/), or paste a position: 31.23, 121.47 or the link of a map app")
        )
        self.search.setAccessibleName(_("Search a place or paste a position"))
        self.online.setText(_("Ask online (O)"))
        self.online.setToolTip(
            _(
                "Sends this address, and nothing else, to the service chosen in the settings; the"
                " answer is an offer"
            )
        )
        self.datum.setAccessibleName(_("Datum of figures"))
        for number, text in enumerate(_DATUM_WORDS):
            self.datum.setItemText(number, _(text))
        self._thanks.setText(_("Places: GeoNames (geonames.org), CC BY 4.0, and your own lists"))
        self._empty.say(
            _("Every person with an open case has a position that a visit finds."),
            _("Back to the cases"),
        )

    def panes(self) -> list[QWidget]:
        """Desk, search, map, table."""
        return [self.desk, self.search, self.map, self.table]

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this view."""
        return [
            ("1 – 5", _("Put the pin on an offer")),
            ("Enter", _("Keep the position, go to the next person")),
            ("← ↑ → ↓", _("Move the pin by 100 m (Shift: 1 km, Alt: 10 m)")),
            ("G, F9", _("Pin exact to door, street or village")),
            ("Tab, PgDn", _("Skip this person")),
            ("Shift+Tab, PgUp", _("Go back one person")),
            ("O", _("Ask the online service, if one is in use")),
            ("/, Ctrl+F", _("Search a place or paste a position")),
            ("Ctrl+Z", _("Undo")),
            ("Esc", _("Back to the cases")),
        ]
