"""Evidence looked at and listened to inside the program: from memory, on demand, then gone."""

import io
import math
import struct
import wave
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import fill
from PySide6.QtCore import QBuffer, QObject, QSize, Signal
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot
from rounds import late_clock, settle

from planner.actions.evidence import attach, evidence_of, read_piece
from planner.store.store import Store
from ui import i18n
from ui.dialogs import sound
from ui.dialogs.evidence import EvidenceDialog
from ui.dialogs.photo import PhotoDialog
from ui.session import Session


def tone() -> bytes:
    """A tenth of a second of sound."""
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        told = (struct.pack("<h", round(8000 * math.sin(k / 5))) for k in range(800))
        file.writeframes(b"".join(told))
    return out.getvalue()


class FakePlayer(QObject):
    """Remembers what it was given; plays until it is stopped."""

    playingChanged, positionChanged = Signal(bool), Signal(int)
    errorOccurred = Signal(int, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.data, self.on = b"", False

    def setSourceDevice(self, device: QBuffer | None, _hint: object = None) -> None:
        """Take the bytes."""
        self.data = bytes(device.data().data()) if device is not None else b""

    def isPlaying(self) -> bool:
        """Whether it sounds."""
        return self.on

    def play(self) -> None:
        """Begin."""
        self.on = True
        self.playingChanged.emit(True)

    def stop(self) -> None:
        """End."""
        self.on = False
        self.playingChanged.emit(False)

    def position(self) -> int:
        """Milliseconds."""
        return 3_000

    def duration(self) -> int:
        """Milliseconds."""
        return 67_200


@pytest.fixture
def who(empty_store: Store) -> str:
    """Somebody of whom evidence is kept."""
    return fill(empty_store, 1)[0]


@pytest.fixture
def session(empty_store: Store, background: InlineBackground) -> Session:
    """A session in the afternoon."""
    return Session(empty_store, late_clock, background)  # type: ignore[arg-type]


def opened(
    qtbot: QtBot, session: Session, who: str, path: Path, background: InlineBackground
) -> EvidenceDialog:
    """The dialog of the piece in this file, once it is kept."""
    attach(session.store, who, [read_piece(path)], clock=late_clock)
    with session.store.read() as conn:
        (kept,) = evidence_of(conn, who)
    dialog = EvidenceDialog(session, who, kept)
    qtbot.addWidget(dialog)
    dialog.show()
    settle(background)
    return dialog


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_a_sound_is_played_from_memory(
    qtbot: QtBot, session: Session, who: str, tmp_path: Path, background: InlineBackground,
    monkeypatch: pytest.MonkeyPatch, language: str,
) -> None:  # fmt: skip
    """Nothing is decrypted before Play; then the very bytes are played, Stop ends it, closing
    forgets them; no copy was written anywhere."""
    i18n.use(language)
    monkeypatch.setattr(sound, "make_player", FakePlayer)
    path = tmp_path / "door.wav"
    path.write_bytes(tone())
    dialog = opened(qtbot, session, who, path, background)
    path.unlink()
    files = sorted(tmp_path.rglob("*"))
    assert dialog.sound._player is None
    assert clipped(dialog) == []
    dialog.sound.button.click()
    settle(background)
    player = dialog.sound._player
    assert isinstance(player, FakePlayer)
    assert player.data == tone()
    assert dialog.sound.playing
    assert "0:03 / 1:07" in texts(dialog)
    assert clipped(dialog) == []
    dialog.sound.button.click()
    assert not dialog.sound.playing
    dialog.sound.button.click()
    assert dialog.sound.playing
    dialog.reject()
    assert not player.on
    assert player.data == b""
    assert dialog.sound._buffer.data().size() == 0
    assert sorted(tmp_path.rglob("*")) == files


def test_no_loudspeaker_is_said(
    qtbot: QtBot, session: Session, who: str, tmp_path: Path, background: InlineBackground,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Where nothing can play, words say so, and the copy can still be saved."""
    monkeypatch.setattr(sound, "make_player", lambda parent: None)
    path = tmp_path / "door.wav"
    path.write_bytes(tone())
    dialog = opened(qtbot, session, who, path, background)
    dialog.sound.button.click()
    settle(background)
    assert any("cannot be played here" in text for text in texts(dialog))


def test_a_photo_is_viewed_large(
    qtbot: QtBot, session: Session, who: str, tmp_path: Path, background: InlineBackground
) -> None:
    """Large means as large as the window, never larger than it is; one press shows every dot."""
    image = QImage(1600, 1200, QImage.Format.Format_RGB32)
    image.fill(QColor("#446688"))
    assert image.save(str(tmp_path / "door.jpg"))
    dialog = opened(qtbot, session, who, tmp_path / "door.jpg", background)
    dialog.large.click()
    settle(background)
    (view,) = dialog.findChildren(PhotoDialog)
    view.resize(900, 640)
    view.show()
    settle(background)
    fitted = view.picture.pixmap().deviceIndependentSize()
    room = view.scroll.viewport().size()
    assert fitted.width() <= room.width()
    assert fitted.height() <= room.height()
    assert max(fitted.width() / room.width(), fitted.height() / room.height()) > 0.99
    view.every.click()
    assert view.picture.pixmap().size() == QSize(1600, 1200)
