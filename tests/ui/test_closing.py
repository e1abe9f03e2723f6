"""The end of the program: the real window, closed while the web map is in view."""

import ui.map.scheme as scheme  # isort: skip

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# The window as `main.py` opens it; closed as soon as the map has come, or at once.
SCRIPT = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
from planner.store.store import Store
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[2])
from ui import app

class Window(app.MainWindow):
    def showEvent(self, event):
        super().showEvent(event)
        self.go("plan")
        if sys.argv[3] == "ready":
            self.page.map.ready.connect(lambda: QTimer.singleShot(0, self.close))
        else:
            QTimer.singleShot(0, self.close)

app.MainWindow = Window
Store.create(Path(sys.argv[1]), clock=app.system_clock).close()
sys.exit(app.run(["--workspace", sys.argv[1]]))
"""


@pytest.mark.webengine
@pytest.mark.skipif(not scheme.registered(), reason="QtWebEngine cannot start here")
@pytest.mark.parametrize("when", ["ready", "at once"])
def test_window_closes_cleanly(tmp_path: Path, when: str) -> None:
    """The program ends with 0 and without a word about pages, profiles or crashes, whether the
    map has come or is still on its way."""
    env = {**os.environ, "FAIRVISIT_NO_WEBENGINE": "0", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", SCRIPT, str(tmp_path / "w.fairvisit"), str(tmp_path), when]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=100, check=False
    )
    assert done.returncode == 0, done.stderr
    for sign in ("Release of profile", "Traceback", "Fatal", "QThread", "deleted", "timers cannot"):
        assert sign not in done.stderr


# Protected, with the web map in view: locked as soon as the map has come, twice, then closed.
LOCKING = """
import sys
from pathlib import Path
from PySide6.QtCore import QSettings, QTimer
QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, sys.argv[2])
from planner.clock import system_clock
from planner.store import protect
from planner.store.store import Store
from ui.app import make_application
from ui.main_window import MainWindow
from ui.safe.desk import Desk
WORDS = "three lamps on the ferry"
app = make_application(["fairvisit"])
path = Path(sys.argv[1])
with Store.create(path, clock=system_clock) as store:
    protect.set_passphrase(store, WORDS)
desk = Desk(path, system_clock, lambda session, page: MainWindow(session, "light", page))
times = []

def asked():
    times.append(1)
    unlock = lambda: desk.frame.unlock.unlock_wanted.emit(WORDS)
    QTimer.singleShot(0, desk.frame.close if len(times) == 3 else unlock)

def entered(window):
    window.go("plan")
    window.page.map.ready.connect(lambda: QTimer.singleShot(0, desk.lock))

desk.asked.connect(asked)
desk.entered.connect(entered)
desk.frame.show()
desk.start()
app.exec()
desk.close()
print("locked", len(times) - 1)
"""


@pytest.mark.webengine
@pytest.mark.skipif(not scheme.registered(), reason="QtWebEngine cannot start here")
def test_locks_with_the_web_map_in_view(tmp_path: Path) -> None:
    """A lock takes the web map down and unlocking brings it back, twice, without a crash."""
    env = {**os.environ, "FAIRVISIT_NO_WEBENGINE": "0", "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", LOCKING, str(tmp_path / "w.fairvisit"), str(tmp_path)]
    done = subprocess.run(
        command, cwd=ROOT, env=env, capture_output=True, text=True, timeout=100, check=False
    )
    assert (done.returncode, done.stdout) == (0, "locked 2\n"), done.stderr
    for sign in ("Release of profile", "Traceback", "Fatal", "QThread", "deleted", "timers cannot"):
        assert sign not in done.stderr
