"""Plays a piece of evidence from memory, on demand; nothing is decoded before it is pressed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QUrl, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.text import Text

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QMediaPlayer


def make_player(parent: QWidget) -> "QMediaPlayer | None":
    """A player with its output; None where the system lacks what the player stands on (on Linux
    libpulse), or a loudspeaker."""
    try:
        from PySide6.QtMultimedia import QAudioOutput, QMediaDevices, QMediaPlayer
    except ImportError:
        return None
    if not QMediaDevices.audioOutputs():
        return None
    player = QMediaPlayer(parent)
    player.setAudioOutput(QAudioOutput(parent))
    return player


def clock_words(milliseconds: int) -> str:
    """1:07 of 67,200 milliseconds."""
    minutes, seconds = divmod(milliseconds // 1000, 60)
    return f"{minutes}:{seconds:02d}"


class SoundBar(QWidget):
    """Play and stop, and how far it is. `wanted` when the bytes are needed; `failed(words)`."""

    wanted = Signal()
    failed = Signal(str)

    def __init__(self, ending: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ending = ending
        self._player: QMediaPlayer | None = None
        self._buffer = QBuffer(self)
        self.button = Button("secondary", "play")
        self.button.clicked.connect(self._pressed)
        self.place = Text("muted")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addStretch(1)
        row.addWidget(self.button)
        row.addWidget(self.place)
        row.addStretch(1)
        self._say()

    @property
    def playing(self) -> bool:
        """Whether it sounds now."""
        return self._player is not None and self._player.isPlaying()

    def play(self, data: bytes) -> None:
        """Play these bytes, which stay in memory."""
        self._player = self._player or make_player(self)
        player = self._player
        if player is None:
            self.failed.emit(_("Sounds cannot be played here: no loudspeaker or no sound system."))
            return
        self._buffer.setData(QByteArray(data))
        self._buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        player.playingChanged.connect(self._say)
        player.positionChanged.connect(self._say)
        player.errorOccurred.connect(self._wrong)
        # The ending tells the decoder what to expect; there is no such file.
        player.setSourceDevice(self._buffer, QUrl(f"evidence{self._ending}"))
        player.play()

    def forget(self) -> None:
        """Silence, and nothing of it is left in memory."""
        if self._player is not None:
            self._player.stop()
            self._player.setSourceDevice(None)
        self._buffer.close()
        self._buffer.setData(QByteArray())

    @Slot()
    def _pressed(self) -> None:
        if self.playing and self._player is not None:
            self._player.stop()
        elif self._player is not None and self._buffer.isOpen():
            self._player.play()
        else:
            self.wanted.emit()

    @Slot()
    def _say(self) -> None:
        self.button.setText(_("Stop") if self.playing else _("Play"))
        player = self._player
        told = "" if player is None else (
            f"{clock_words(player.position())} / {clock_words(player.duration())}"
        )  # fmt: skip
        self.place.setText(told)

    @Slot()
    def _wrong(self) -> None:
        self.forget()
        self.failed.emit(_("This sound cannot be played here."))
