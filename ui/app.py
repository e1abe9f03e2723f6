"""The composition of the window: application, look, language, workspace, session, event loop."""

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QIcon
from PySide6.QtWidgets import QApplication

from planner.clock import Clock, system_clock
from planner.paths import resources
from planner.store.plans import latest_plan
from ui import errors, i18n, machine, theme
from ui.imports.paste import sweep
from ui.main_window import MainWindow
from ui.pages.registry import specs
from ui.safe.desk import Desk
from ui.safe.jobs import make_store
from ui.screenshot import Photographer

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


def read_options(arguments: Sequence[str]) -> argparse.Namespace:
    """What was asked on the command line; wrong usage ends the program with exit code 2."""
    parser = argparse.ArgumentParser("fairvisit", description="Plan field visits in a window.")
    parser.add_argument("--workspace", type=Path, help="the workspace file")
    parser.add_argument("--screenshot", type=Path, metavar="PNG", help="save a picture and end")
    parser.add_argument("--page", default="plan", choices=[spec.key for spec in specs()])
    parser.add_argument("--size", default="1366x768", type=_size, help="of the picture")
    parser.add_argument("--theme", choices=theme.THEMES)
    parser.add_argument("--language", choices=i18n.LANGUAGES)
    return parser.parse_args(arguments)


def _size(text: str) -> tuple[int, int]:
    wide, _, high = text.partition("x")
    return int(wide), int(high)


def workspace_path(named: Path | None) -> Path:
    """The file that was named, that of FAIRVISIT_WORKSPACE, or the user's own."""
    if named or os.environ.get("FAIRVISIT_WORKSPACE"):
        return named or Path(os.environ["FAIRVISIT_WORKSPACE"])
    folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppDataLocation)
    return Path(folder) / WORKSPACE


def run(arguments: Sequence[str], clock: Clock = system_clock) -> int:
    """Open the window; returns the exit code when it is closed."""
    options = read_options(arguments)
    sweep()
    app = make_application(sys.argv[:1])
    if options.language:
        i18n.use(options.language)
    if options.theme:
        theme.apply(app, options.theme)
    catcher = errors.Catcher()
    catcher.install()
    path = workspace_path(options.workspace)
    desk = Desk(path, clock, lambda session, page: MainWindow(session, machine.load_theme(), page))
    catcher.caught.connect(desk.show_error)
    desk.entered.connect(settle)
    if options.screenshot:
        return _photograph(app, desk, options)
    layout = machine.load_layout("window")
    if layout is None or not desk.frame.restoreGeometry(layout):
        desk.frame.resize(1440, 900)
    desk.frame.show()
    desk.start()
    code = app.exec()
    desk.close()
    return code


def settle() -> None:
    """Spare the garbage collector what stays to the end, once the window is built.

    It walks over everything with all threads at a halt: the window would stand still for a tenth
    of a second now and then, mostly while a plan is computed.
    """
    gc.freeze()


def _photograph(app: QApplication, desk: Desk, options: argparse.Namespace) -> int:
    """Show the page that was asked for on the day of the newest plan, and keep a picture of it.

    A workspace that is not there is made; one with a passphrase is shown locked.
    """
    if not desk.path.exists():
        make_store(desk.path, system_clock, None).store.close()

    def entered(window: MainWindow) -> None:
        session = window.session
        with session.store.read() as conn:
            plan = latest_plan(conn)
        if plan is not None:
            session.set_day(plan.day)
        window.go(options.page)
        Photographer(desk.frame, session.background, options.screenshot)

    def asked() -> None:
        Photographer(desk.frame, None, options.screenshot)

    desk.entered.connect(entered)
    desk.asked.connect(asked)
    desk.frame.resize(*options.size)
    desk.frame.show()
    desk.start()
    code = app.exec()
    desk.close()
    return code
