"""The system says that it goes to sleep or locks the screen.

On Linux logind says so over D-Bus: PrepareForSleep of the manager, Lock of any session (the
program's own session is not asked for: a second seat of the same user is to lock too). Windows and
macOS have no such signal in Qt; there an application that Qt calls suspended counts, and the idle
time does the rest.
"""

from typing import Any

from PySide6.QtCore import SLOT, QObject, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication

try:
    from PySide6.QtDBus import QDBusConnection
except ImportError:  # a Qt without D-Bus
    QDBusConnection = None  # type: ignore[assignment,misc]

SERVICE = "org.freedesktop.login1"
_PATH = "/org/freedesktop/login1"


class SystemLock(QObject):
    """`sleeping` when the computer goes to sleep or its screen is locked."""

    sleeping = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.listening = False
        app = QGuiApplication.instance()
        if isinstance(app, QGuiApplication):
            app.applicationStateChanged.connect(self._state)
        if QDBusConnection is not None and QDBusConnection.systemBus().isConnected():
            self.listen(QDBusConnection.systemBus())

    def listen(self, bus: "QDBusConnection", service: str = SERVICE) -> None:
        """Hear the signals of `service` on `bus`."""
        connect: Any = bus.connect  # PySide's stubs name another type for a slot than SLOT gives
        sleep = connect(
            service, _PATH, f"{SERVICE}.Manager", "PrepareForSleep", self, SLOT("_sleep(bool)")
        )
        # An empty path: sessions have numbers for names.
        lock = connect(service, "", f"{SERVICE}.Session", "Lock", self, SLOT("_lock()"))
        self.listening = bool(sleep and lock)

    @Slot(bool)
    def _sleep(self, going: bool) -> None:
        if going:  # False: it woke up
            self.sleeping.emit()

    @Slot()
    def _lock(self) -> None:
        self.sleeping.emit()

    @Slot(Qt.ApplicationState)
    def _state(self, state: Qt.ApplicationState) -> None:
        if state == Qt.ApplicationState.ApplicationSuspended:
            self.sleeping.emit()
