"""A picture of one page, made without anybody looking: for the headless run and the docs."""

from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QApplication, QWidget

from ui.background import Background
from ui.map.view import MapView

QUIET = 700  # ms without any work under way: data are shown
LONGEST = 45_000  # ms; then the picture is taken as it is


class Stillness(QObject):
    """Says `come` once no work has been under way for `quiet` ms and each map in sight is drawn.

    A map draws in a process of its own, which no quiet time here can tell. After `longest` ms it
    says `come` whatever is under way. `come` is said once.
    """

    come = Signal()

    def __init__(
        self, window: QWidget, background: Background | None, quiet: int, longest: int = LONGEST
    ) -> None:
        super().__init__(window)
        self._window = window
        self._open = 0  # maps that have not yet said that they are drawn
        self._running = False
        self._changed = False  # work began or ended since the maps were asked
        self._over = False
        self._quiet = QTimer(self, singleShot=True, interval=quiet)
        self._quiet.timeout.connect(self._look)
        self._longest = QTimer(self, singleShot=True, interval=longest)
        self._longest.timeout.connect(self._say)
        if background is not None:
            background.activity.connect(self._activity)
        self._quiet.start()
        self._longest.start()

    @Slot(int)
    def _activity(self, running: int) -> None:
        self._running = running > 0
        self._changed = True
        if self._over:
            return
        if self._running:
            self._quiet.stop()
        else:
            self._quiet.start()

    @Slot()
    def _look(self) -> None:
        if self._open:  # asked already; what began since may change the map: once more after that
            return
        # The window itself may be a map.
        maps = [*self._window.findChildren(MapView)]
        if isinstance(self._window, MapView):
            maps.append(self._window)
        seen = [shown for shown in maps if shown.isVisible()]
        self._changed = False
        self._open = len(seen)
        for shown in seen:
            shown.still.connect(self._drawn, Qt.ConnectionType.SingleShotConnection)
            shown.watch()
        if not seen:
            self._say()

    @Slot()
    def _drawn(self) -> None:
        self._open -= 1
        if self._open == 0 and not self._changed:
            self._say()
        elif self._open == 0 and not self._running:
            self._quiet.start()

    @Slot()
    def _say(self) -> None:
        if not self._over:
            self._over = True
            self._quiet.stop()
            self._longest.stop()
            self.come.emit()


class Photographer(QObject):
    """Waits for stillness, saves what the window shows, and ends the program.

    The exit code is 1 when the picture cannot be written.
    """

    def __init__(self, window: QWidget, background: Background | None, out: Path) -> None:
        super().__init__(window)
        self._window = window
        self._out = out
        Stillness(window, background, QUIET).come.connect(self._take)

    @Slot()
    def _take(self) -> None:
        self._out.parent.mkdir(parents=True, exist_ok=True)
        written = self._window.grab().save(str(self._out))
        QApplication.exit(0 if written else 1)
