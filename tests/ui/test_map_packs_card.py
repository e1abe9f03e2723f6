"""The card of base maps: several files at once, refusals in words, removal, a server by choice."""

from collections.abc import Callable
from pathlib import Path

import pytest
from made_maps import make_mbtiles, make_pmtiles, spread, vector_tile
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from planner.actions.change import Change
from planner.actions.map_packs import list_maps, online_map
from ui.session import Session
from ui.settings.map_packs import ConfirmRemoval, MapPacksCard


@pytest.fixture
def card(qtbot: QtBot, session: Session) -> MapPacksCard:
    """The card of a workspace without maps."""
    shown = MapPacksCard(session)
    qtbot.addWidget(shown)
    shown.resize(620, 420)
    shown.show()
    shown.refresh()
    settle(shown)
    return shown


def settle(card: MapPacksCard) -> None:
    """Deliver the answers of all jobs."""
    card._session.background.settle()  # type: ignore[attr-defined]


def drop(card: MapPacksCard, paths: list[Path]) -> None:
    """Drop files onto the card."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    card.dropEvent(
        QDropEvent(
            QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
    )  # fmt: skip
    settle(card)


def told(session: Session) -> list[Change]:
    """What views are told from now on."""
    changes: list[Change] = []
    session.changed.connect(changes.append)
    return changes


def test_several_dropped_at_once(card: MapPacksCard, session: Session, tmp_path: Path) -> None:
    """Sound files come in though one among them is damaged; that one is named; views are told."""
    changes = told(session)
    sound = [
        make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile())),
        make_mbtiles(tmp_path / "b.mbtiles", spread(vector_tile("白河镇"))),
    ]
    broken = tmp_path / "broken.pmtiles"
    broken.write_bytes(sound[0].read_bytes()[:400])
    drop(card, [sound[0], broken, tmp_path / "notes.txt", sound[1]])
    assert [row.name for row in card.rows] == ["a.pmtiles", "b.mbtiles"]
    assert "broken.pmtiles" in card.message.accessibleName()
    assert "2 maps added." in card.message.accessibleName()
    assert changes == [Change.LAYERS]
    words = " ".join(label.text() for label in card.rows[0].findChildren(type(card._note)))
    assert "km²" in words
    assert "MB" in words
    assert "© somebody" in words


def test_removed(card: MapPacksCard, session: Session, tmp_path: Path) -> None:
    """The button of a row asks, then removes its map and no other."""
    for name in "ab":
        card.bring([make_pmtiles(tmp_path / f"{name}.pmtiles", spread(vector_tile(name)))])
        settle(card)
    changes = told(session)
    card.rows[0].removed.emit(card.rows[0].name)
    asked = card.window().findChild(ConfirmRemoval)
    assert asked is not None
    assert len(list_maps(session.store.path)) == 2
    asked.go.click()
    settle(card)
    assert [one.path.name for one in list_maps(session.store.path)] == ["b.pmtiles"]
    assert [row.name for row in card.rows] == ["b.pmtiles"]
    assert changes == [Change.LAYERS]


def test_server_by_choice_only(card: MapPacksCard, session: Session) -> None:
    """A server is in use only after it was switched on with a usable address."""
    assert not card.online.isChecked()
    assert not card.address.isEnabled()
    card.online.setChecked(True)
    card.address.setText("ftp://nowhere")
    card.keep.click()
    settle(card)
    with session.store.read() as conn:
        assert not online_map(conn).on
    assert "https://" in card.message.accessibleName()
    card.address.setText("https://tiles.example.org/{z}/{x}/{y}.png")
    card.keep.click()
    settle(card)
    with session.store.read() as conn:
        assert online_map(conn).on
    card.online.setChecked(False)
    card.keep.click()
    settle(card)
    with session.store.read() as conn:
        assert not online_map(conn).on


def test_hostile_words_of_a_pack(
    card: MapPacksCard, tmp_path: Path, session_of: Callable[..., Session]
) -> None:
    """Name and source of a pack are shown as plain text, whatever they hold."""
    about = {"name": "<b>x</b><img src=file:///etc/hostname>", "attribution": "<a href='x'>y</a>"}
    card.bring([make_pmtiles(tmp_path / "h.pmtiles", spread(vector_tile()), about=about)])
    settle(card)
    labels = card.rows[0].findChildren(type(card._note))
    assert labels
    assert not [label for label in labels if "<" in label.text() or "hostname" in label.text()]
