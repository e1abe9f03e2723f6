"""Notices that nobody has used the window for a while."""

import time
from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

LOOK_EVERY = 5_000  # milliseconds between two looks at the time
_USED = frozenset(
    (
        QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove,
        QEvent.Type.Wheel, QEvent.Type.TouchBegin, QEvent.Type.InputMethod,
    )
)  # fmt: skip


class IdleWatch(QObject):
    """`idle` once after `minutes` without a key, a click or a movement; 0 minutes = never.

    The clock is monotonic; where it stands still while the computer sleeps, the system's own
    signals (ui/safe/system_lock.py) lock the window.
    """

    idle = Signal()

    def __init__(
        self, parent: QObject | None = None, now: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(parent)
        self._now = now
        self._seconds = 0.0
        self._last = now()
        self._timer = QTimer(self, interval=LOOK_EVERY)
        self._timer.timeout.connect(self.look)

    def start(self, minutes: int) -> None:
        """Begin to watch, from now."""
        self.stop()
        self._seconds = minutes * 60.0
        self._last = self._now()
        if minutes > 0:
            self._follow()
            self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._seconds = 0.0
        self._timer.stop()
        for window in QGuiApplication.topLevelWindows():
            window.removeEventFilter(self)

    def _follow(self) -> None:
        """Hear what the windows hear: every key and movement comes by them first.

        Not a filter on the application: that sees objects of the web engine that are only half
        made, and Python cannot touch those.
        """
        for window in QGuiApplication.topLevelWindows():
            window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note the time of what somebody does; nothing is held back."""
        if event.type() in _USED:
            self._last = self._now()
        return super().eventFilter(watched, event)

    @Slot()
    def look(self) -> None:
        """Say so when it is time; windows that have come meanwhile are heard from now on."""
        if self._seconds:
            self._follow()
        if self._seconds and self._now() - self._last >= self._seconds:
            self.stop()
            self.idle.emit()
