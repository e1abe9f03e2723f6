"""A picture of one page, made without anybody looking: for the headless run and the docs."""

from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Slot
from PySide6.QtWidgets import QApplication, QWidget

from ui.background import Background

QUIET = 700  # ms without any work under way: data are shown, the map has painted
LONGEST = 45_000  # ms; then the picture is taken as it is


class Photographer(QObject):
    """Waits until nothing is under way, saves what the window shows, and ends the program.

    The exit code is 1 when the picture cannot be written.
    """

    def __init__(self, window: QWidget, background: Background | None, out: Path) -> None:
        super().__init__(window)
        self._window = window
        self._out = out
        self._quiet = QTimer(self, singleShot=True, interval=QUIET)
        self._quiet.timeout.connect(self._take)
        self._longest = QTimer(self, singleShot=True, interval=LONGEST)
        self._longest.timeout.connect(self._take)
        if background is not None:
            background.activity.connect(self._activity)
        self._quiet.start()
        self._longest.start()

    @Slot(int)
    def _activity(self, running: int) -> None:
        if running:
            self._quiet.stop()
        else:
            self._quiet.start()

    @Slot()
    def _take(self) -> None:
        self._quiet.stop()
        self._longest.stop()
        self._out.parent.mkdir(parents=True, exist_ok=True)
        written = self._window.grab().save(str(self._out))
        QApplication.exit(0 if written else 1)
