"""The window as a whole: pages, language, theme, keys, search, nothing cut off, nothing left."""

import gc
import os
import re
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from traceback import format_exception

import pytest
import shiboken6
from inline import InlineBackground
from looks import clipped, texts
from people import fill
from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QFontMetricsF
from PySide6.QtWidgets import QApplication, QMenu, QSplitterHandle, QWidget
from pytestqt.qtbot import QtBot

from planner.actions.change import Change
from planner.actions.make_plan import make_plan
from planner.errors import PlannerError
from ui import errors, i18n, theme
from ui.main_window import MainWindow
from ui.page import Page
from ui.pages import registry
from ui.session import Session
from ui.widgets.text import Text

SIZES = ((1180, 700), (1366, 768), (1920, 1080))
KEYS = [spec.key for spec in registry.specs() if spec.rail]


@pytest.fixture
def window_of(
    session: Session, background: InlineBackground, qtbot: QtBot
) -> Iterator[Callable[[], MainWindow]]:
    """Make a window on the small workspace with a plan; answers have arrived.

    At the end no page has met an error that it did not take care of.
    """
    troubles: list[str] = []
    session.troubled.connect(lambda error: troubles.append("".join(format_exception(error))))
    fill(session.store, 30)
    plan = make_plan(session.store, session.day, clock=session.clock, iterations=50)
    session.setProperty("planned", plan.routes[0].stops[0].debtor_id)

    def make() -> MainWindow:
        window = MainWindow(session, "light")
        qtbot.addWidget(window)
        window.resize(1366, 768)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        background.settle()
        return window

    yield make
    background.settle()
    assert troubles == []


def settled(window: MainWindow, background: InlineBackground) -> MainWindow:
    """All answers and all posted events have arrived."""
    background.settle()
    QApplication.processEvents()
    background.settle()
    return window


def visit_all(window: MainWindow, background: InlineBackground) -> dict[str, set[str]]:
    """Texts of the window on each page of the rail; the plan shows the first planned person."""
    said = {}
    for key in KEYS:
        window.go(key, window.session.property("planned") if key == "plan" else None)
        settled(window, background)
        said[key] = texts(window)
    return said


def test_every_page_opens(
    window_of: Callable[[], MainWindow], background: InlineBackground
) -> None:
    """Ctrl and a digit lead to every page of the rail; each is made once, when first shown."""
    window = window_of()
    assert list(window._pages) == ["today"]
    for action in window._commands:
        if action.data() in KEYS:
            action.trigger()
            settled(window, background)
            assert window.page.key == action.data()
    assert sorted(window._pages) == sorted(KEYS)


def test_language_switch_says_everything_anew(
    window_of: Callable[[], MainWindow], background: InlineBackground
) -> None:
    """A window switched to Chinese says exactly what a window built in Chinese says."""
    window = window_of()
    visit_all(window, background)
    window.use_language("zh_CN")
    switched = visit_all(window, background)
    window.close()
    fresh_window = window_of()
    visit_all(fresh_window, background)
    fresh = visit_all(fresh_window, background)
    for key in KEYS:
        assert switched[key] == fresh[key]


def test_chinese_is_complete(
    window_of: Callable[[], MainWindow], background: InlineBackground
) -> None:
    """In Chinese no visible text is an English phrase."""
    i18n.use("zh_CN")
    for said in visit_all(window_of(), background).values():
        english = {text for text in said if re.search(r"[A-Za-z]{3,} [A-Za-z]{2,}", text)}
        assert english == set()


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize("look", ["light", "dark"])
def test_nothing_is_clipped(
    window_of: Callable[[], MainWindow],
    background: InlineBackground,
    dressed: QApplication,
    language: str,
    look: str,
) -> None:
    """On every page, in both languages and looks and at three sizes, no text is cut off."""
    i18n.use(language)
    theme.apply(dressed, look)
    window = window_of()
    found = []
    for size in SIZES:
        window.resize(*size)
        for key in KEYS:
            window.go(key)
            settled(window, background)
            found += [f"{key} {size[0]}: {text}" for text in clipped(window)]
    assert found == []


def test_theme_switch(
    window_of: Callable[[], MainWindow], background: InlineBackground, dressed: QApplication
) -> None:
    """The theme menu turns the open window dark: its surfaces, not only its palette."""
    window = window_of()
    window.use_theme("dark")
    settled(window, background)
    image = window.grab().toImage()
    dark = sum(
        image.pixelColor(x, y).lightness() < 90
        for x in range(0, image.width(), 20)
        for y in range(0, image.height(), 20)
    )
    assert dark > 0.85 * (image.width() // 20) * (image.height() // 20)


def test_title_says_not_protected(window_of: Callable[[], MainWindow]) -> None:
    """Until a passphrase is set the title says so."""
    assert window_of().windowTitle().endswith("not protected")


def test_expected_error_is_a_message(window_of: Callable[[], MainWindow]) -> None:
    """A refusal is a sentence in the window, a bug a dialog without values."""
    window = window_of()
    window.show_error(PlannerError("store.passphrase_short", least=8))
    assert window._message.isVisible()
    assert "8" in window._message.accessibleName()


def test_error_details_hold_no_values() -> None:
    """Details of a bug name the place, never the data."""
    try:
        raise KeyError("张伟 13800001402")
    except KeyError as error:
        text = errors.details(error)
    assert "张伟" not in text
    assert "1402" not in text
    assert "test_error_details_hold_no_values" in text


def test_search_finds_people_and_commands(
    window_of: Callable[[], MainWindow], background: InlineBackground, qtbot: QtBot
) -> None:
    """Ctrl+K finds a person by the name (masked in the list) and a command by its words."""
    window = window_of()
    window._open_palette()
    palette = window._palette
    palette._edit.setText("欧阳")
    palette._timer.timeout.emit()
    background.settle()
    assert palette._list.item(0).text() == "欧**"
    wanted: list[object] = []
    window.session.wanted.connect(lambda key, what: wanted.append((key, what)))
    qtbot.keyClick(palette._edit, Qt.Key.Key_Return)
    assert wanted[0][0] == "case"  # type: ignore[index]
    window._open_palette()
    palette._edit.setText("settings")
    qtbot.keyClick(palette._edit, Qt.Key.Key_Return)
    assert window.page.key == "settings"
    assert not palette.isVisible()


def test_pages_go_when_they_are_deleted(
    session: Session, background: InlineBackground, dressed: QApplication
) -> None:
    """A deleted page is not kept by any signal of the session, and hears nothing more."""
    fill(session.store, 3)
    for spec in registry.specs():
        page = registry.build(spec, session)
        page.show()
        background.settle()
        gone: weakref.ref[Page] = weakref.ref(page)
        page.deleteLater()
        QCoreApplication.sendPostedEvents(page, QEvent.Type.DeferredDelete)
        assert not shiboken6.isValid(page)
        del page
        gc.collect()
        assert gone() is None, spec.key
    session.set_day(session.day.replace(day=24))
    i18n.use("zh_CN")
    background.settle()


def test_every_control_has_a_name(
    window_of: Callable[[], MainWindow], background: InlineBackground
) -> None:
    """Whatever takes the keyboard has words for a screen reader."""
    window = window_of()
    mute = []
    for key in KEYS:
        window.go(key)
        settled(window, background)
        for widget in window.findChildren(QWidget):
            takes = widget.focusPolicy() != Qt.FocusPolicy.NoFocus and widget.isVisible()
            said = widget.accessibleName() or getattr(widget, "text", str)()
            if takes and not said and not isinstance(widget, QMenu | QSplitterHandle):
                mute.append(f"{key}: {type(widget).__name__} {widget.objectName()}")
    assert mute == []


def test_nothing_flashes_up(
    window_of: Callable[[], MainWindow], background: InlineBackground
) -> None:
    """Building and visiting every page shows no window besides the one."""
    window = window_of()
    shown: set[str] = set()

    class Watcher(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            opens = event.type() == QEvent.Type.Show and isinstance(watched, QWidget)
            if opens and watched.isWindow() and watched is not window:
                shown.add(type(watched).__name__)
            return False

    watcher = Watcher()
    QApplication.instance().installEventFilter(watcher)
    visit_all(window, background)
    window.use_language("zh_CN")
    visit_all(window, background)
    QApplication.instance().removeEventFilter(watcher)
    assert shown == set()


def test_f6_goes_round(
    window_of: Callable[[], MainWindow], background: InlineBackground, qtbot: QtBot
) -> None:
    """F6 leads through the panes of the page, to the rail, and back to the first pane."""
    window = window_of()
    panes = [pane for pane in window.page.panes() if pane.isVisible()]
    panes[0].setFocus()
    for pane in panes[1:]:
        window._next_pane()
        assert pane.hasFocus()
    window._next_pane()
    assert window._rail.isAncestorOf(QApplication.focusWidget())
    window._next_pane()
    assert panes[0].hasFocus()


def test_toast_undoes(window_of: Callable[[], MainWindow], background: InlineBackground) -> None:
    """The toast of a deed offers Undo, and its button takes the deed back."""
    window = window_of()
    undone: list[str] = []
    window.session.flip("mark", lambda: _note(undone, "undo"), lambda: _note(undone, "redo"))
    window.session.toast("mark", undo=True)
    assert window._toast.isVisible()
    assert "Undo" in texts(window._toast)
    window._toast._button.click()
    settled(window, background)
    assert undone == ["undo"]
    assert not window._toast.isVisible()


def test_a_deed_undone_otherwise_takes_its_toast_along(
    window_of: Callable[[], MainWindow], background: InlineBackground
) -> None:
    """After Ctrl+Z the toast is gone: its Undo would take back an earlier deed."""
    window = window_of()
    undone: list[str] = []
    for text in ("first", "second"):
        window.session.flip(text, lambda: _note(undone, "undo"), lambda: _note(undone, "redo"))
        window.session.toast(text, undo=True)
    assert window._toast.isVisible()
    window.session.undo_stack.undo()
    settled(window, background)
    assert not window._toast.isVisible()
    assert window.session.undo_stack.index() == 1


def test_english_quotation_marks_are_narrow(window_of: Callable[[], MainWindow]) -> None:
    """In English they are as narrow as letters, in Chinese as wide as a character, and a switch of
    the language reaches texts that are there already."""
    window = window_of()
    text = Text("body", parent=window)
    text.show()
    widths = []
    for name in ("zh_CN", "en", "zh_CN"):
        i18n.use(name)
        QCoreApplication.processEvents()
        widths.append(QFontMetricsF(text.font()).horizontalAdvance("“a”"))
    assert widths[0] == widths[2] > widths[1]


def _note(where: list[str], what: str) -> Change:
    where.append(what)
    return Change.NOTHING


def test_another_day_fits(
    window_of: Callable[[], MainWindow], background: InlineBackground
) -> None:
    """On another day the bar offers the way back to today, and still nothing is cut off."""
    window = window_of()
    window.resize(1180, 700)
    window.session.set_day(date(2026, 11, 25))
    settled(window, background)
    assert "Back to today" in texts(window)
    assert clipped(window._top) == []


WITHOUT = """
import sys
for name in ("QtWebEngineCore", "QtWebEngineWidgets", "QtWebChannel"):
    sys.modules[f"PySide6.{name}"] = None
from datetime import UTC, datetime
from pathlib import Path
from traceback import format_exception
from planner.store.store import Store
from ui import app
from ui.background import Background
from ui.main_window import MainWindow
from ui.session import Session
program = app.make_application(["fairvisit"])
clock = lambda: datetime(2026, 11, 23, tzinfo=UTC)
session = Session(Store.create(Path(sys.argv[1]), clock=clock), clock, Background())
window = MainWindow(session)
window.show()
for key in window._specs:
    window.go(key)
    program.processEvents()
window.close()
session.close()
print("all pages")
"""


def test_window_needs_no_webengine(tmp_path: Path) -> None:
    """Where Qt has no WebEngine the window starts and every page opens."""
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT, str(tmp_path / "w.fairvisit")],
        cwd=Path(__file__).resolve().parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "FAIRVISIT_NO_WEBENGINE": "",
             "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )  # fmt: skip
    assert done.stdout == "all pages\n", done.stderr
    assert "Traceback" not in done.stderr
