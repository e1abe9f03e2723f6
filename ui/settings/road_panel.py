"""Maps and roads: base maps and road packs, speeds, what was learned, a routing server."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.travel_settings import TravelSettings, load_travel_settings
from planner.store.store import Store
from ui.page import Translated
from ui.session import Session
from ui.settings.geocoder import GeocoderCard
from ui.settings.map_packs import MapPacksCard
from ui.settings.road_learned import RoadLearnedCard
from ui.settings.road_packs import RoadPacksCard
from ui.settings.road_server import RoadServerCard
from ui.settings.road_speeds import RoadSpeedsCard
from ui.widgets.scroll import scrolled


class RoadPanel(Translated):
    """Packs on the left, figures on the right."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.packs = RoadPacksCard(session)
        self.maps = MapPacksCard(session)
        self.speeds = RoadSpeedsCard(session)
        self.learned = RoadLearnedCard(session)
        self.server = RoadServerCard(session)
        self.geocoder = GeocoderCard(session)
        inside = QWidget()
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 6, 0)
        row.setSpacing(16)
        left, right = QVBoxLayout(), QVBoxLayout()
        for column, cards, share in (
            (left, (self.packs, self.maps, self.learned), 11),
            (right, (self.speeds, self.server, self.geocoder), 9),
        ):
            column.setSpacing(14)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
            row.addLayout(column, share)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolled(inside))
        self.lead_to(self.packs.table)
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the cards."""
        for card in (self.packs, self.maps, self.speeds, self.learned, self.server,
                     self.geocoder):  # fmt: skip
            card.retranslate()

    def refresh(self) -> None:
        """Read everything anew."""
        self.packs.refresh()
        self.maps.refresh()
        self.learned.refresh()
        self.geocoder.refresh()
        self._session.ask(partial(_load, self._session.store), self._loaded)

    @Slot(object)
    def _loaded(self, found: TravelSettings) -> None:
        self.speeds.show_settings(found)
        self.server.show_chosen(found)


def _load(store: Store) -> TravelSettings:
    with store.read() as conn:
        return load_travel_settings(conn)
