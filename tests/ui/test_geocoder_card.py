"""The card of the online service in the settings."""

from inline import InlineBackground
from looks import clipped
from pytestqt.qtbot import QtBot

from planner.actions.places_online import load_service
from ui.session import Session
from ui.settings.geocoder import GeocoderCard


def test_off_until_switched_on(
    session: Session, background: InlineBackground, qtbot: QtBot
) -> None:
    """Off at first; a service with its address is switched on, a key where needed."""
    card = GeocoderCard(session)
    qtbot.addWidget(card)
    card.retranslate()
    card.resize(560, 460)
    card.show()
    card.refresh()
    background.settle()
    assert not card.on.isChecked()
    assert not card.apply.isEnabled()
    card.on.setChecked(True)
    assert card.apply.isEnabled()
    card.kind.setCurrentIndex(card.kind.findData("baidu"))
    card.kind.activated.emit(card.kind.currentIndex())
    assert card.url.text() == "https://api.map.baidu.com"
    assert not card.apply.isEnabled()
    card.key.setText("k")
    card.apply.click()
    background.settle()
    with session.store.read() as conn:
        found = load_service(conn)
    assert (found.kind, found.key, found.on) == ("baidu", "k", True)
    assert clipped(card) == []
    card.url.setText("ftp://x")
    card.apply.click()
    background.settle()
    assert card.message.isVisible()
