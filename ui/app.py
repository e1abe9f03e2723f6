"""The composition of the window: application, look, language, workspace, session, event loop."""

import importlib
import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication, QDialog

from planner.clock import Clock, system_clock
from planner.errors import PlannerError
from planner.paths import resources
from planner.store.keys import is_protected
from planner.store.store import Store
from ui import errors, i18n, machine, theme
from ui.background import Background
from ui.dialogs.unlock import UnlockDialog
from ui.main_window import MainWindow
from ui.session import Session

WORKSPACE = "fairvisit.fairvisit"


def prepare() -> None:
    """What must happen before the application object exists: sandbox, URL scheme, scaling."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        # Chromium refuses to run as the super-user with its sandbox on.
        os.environ.setdefault("QTWEBENGINE_DISABLE_SANDBOX", "1")
    # Importing it registers the map's URL scheme, if there is a WebEngine on this machine.
    importlib.import_module("ui.map.scheme")
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(
        Qt.HighDpiScaleFactorRoundingPolicy.PassThrough
    )


def make_application(arguments: Sequence[str]) -> QApplication:
    """The QApplication with name, font, look and language of this machine."""
    prepare()
    app = QApplication(list(arguments))
    app.setApplicationName("Fairvisit")
    app.setDesktopFileName("fairvisit")
    app.setWindowIcon(QIcon(str(resources() / "icons" / "fairvisit.svg")))
    theme.install_font(app)
    theme.apply(app, machine.load_theme())
    i18n.use(machine.load_language())
    return app


def workspace_path(arguments: Sequence[str]) -> Path:
    """The file named on the command line, by FAIRVISIT_WORKSPACE, or the user's own."""
    named = next((text for text in arguments if not text.startswith("-")), "")
    named = named or os.environ.get("FAIRVISIT_WORKSPACE", "")
    if named:
        return Path(named)
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Path(folder) / WORKSPACE


def open_store(path: Path, clock: Clock) -> Store | None:
    """Open the workspace, or make it the first time; None when the user does not know the
    passphrase. PlannerError("store.…") when the file cannot be used."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        return Store.create(path, clock=clock)
    if not is_protected(path):
        return Store.open(path, clock=clock)
    dialog = UnlockDialog(path.name, partial(_open_with, path, clock))
    dialog.exec()
    return dialog.store


def _open_with(path: Path, clock: Clock, passphrase: str) -> Store:
    return Store.open(path, clock=clock, passphrase=passphrase)


def _sorry(error: BaseException) -> None:
    dialog: QDialog = errors.ErrorDialog(error)
    dialog.exec()


def run(arguments: Sequence[str], clock: Clock = system_clock) -> int:
    """Open the window; returns the exit code when it is closed."""
    app = make_application([sys.argv[0], *arguments])
    catcher = errors.Catcher()
    catcher.install()
    try:
        store = open_store(workspace_path(arguments), clock)
    except (PlannerError, OSError) as error:
        _sorry(error)
        return 1
    if store is None:
        return 0
    session = Session(store, clock, Background())
    window = MainWindow(session, machine.load_theme())
    catcher.caught.connect(window.show_error)
    layout = machine.load_layout("window")
    if layout is None or not window.restoreGeometry(layout):
        window.resize(1440, 900)
    window.show()
    code = app.exec()
    session.close()
    return code
