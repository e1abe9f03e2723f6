"""Fixtures of the window: one look, one language per test, a session without threads."""

import gc
import os
import weakref
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import ui.map.scheme  # noqa: F401  (registers the map's scheme before there is an application)

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# The painted map is quicker; tests of the web map switch it on for themselves.
os.environ["FAIRVISIT_NO_WEBENGINE"] = "1"
os.environ["FAIRVISIT_LANG"] = "en"

import pytest
from inline import InlineBackground
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication
from shiboken6 import isValid

from planner.store.store import Store
from ui import i18n, theme
from ui.session import Session

NOW = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)  # a Monday, 08:30 in Shanghai


def clock() -> datetime:
    """The moment at which these tests happen."""
    return NOW


@pytest.fixture(scope="session")
def dressed(qapp: QApplication) -> QApplication:
    """The application with our font."""
    theme.install_font(qapp)
    return qapp


_COLLECTED_EVERY = 8  # tests
_tests = 0


@pytest.fixture(scope="module", autouse=True)
def collected_between_tests() -> Iterator[None]:
    """Widgets nobody holds are collected between tests only: in the midst of a constructor they
    would be sent events half taken apart, and what was being built would stay behind."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def collected(collected_between_tests: None) -> Iterator[None]:
    """After the widgets of a test are closed, now and then."""
    global _tests
    yield
    _tests += 1
    if _tests % _COLLECTED_EVERY == 0:
        gc.collect()


@pytest.fixture(autouse=True)
def plain_look(collected: None, dressed: QApplication, tmp_path: Path) -> None:
    """English and light before each test; this machine's own settings are not touched."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "ini"))
    if i18n.language() != "en":
        i18n.use("en")
    if not dressed.styleSheet() or theme.is_dark(dressed.palette()):
        theme.apply(dressed, "light")


@pytest.fixture
def background(dressed: QApplication) -> InlineBackground:
    """Jobs run at once."""
    return InlineBackground()


@pytest.fixture(autouse=True)
def forgotten_deeds(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Sessions that no test ends lose their deeds all the same: left to the collector together with
    their stack, Qt would fall over in some later test."""
    made: list[weakref.ref[Session]] = []
    born = Session.__init__

    def init(session: Session, *args: object) -> None:
        born(session, *args)  # type: ignore[arg-type]
        made.append(weakref.ref(session))

    monkeypatch.setattr(Session, "__init__", init)
    yield
    for one in made:
        session = one()
        if session is not None and isValid(session):
            session.undo_stack.blockSignals(True)
            session.undo_stack.clear()


@pytest.fixture
def session_of(background: InlineBackground) -> Callable[[Store], Session]:
    """Make a session on a store."""

    def make(store: Store) -> Session:
        return Session(store, clock, background)  # type: ignore[arg-type]

    return make


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    """A new workspace with nothing in it."""
    store = Store.create(tmp_path / "empty.fairvisit", clock=clock)
    yield store
    store.close()


@pytest.fixture
def session(empty_store: Store, session_of: Callable[[Store], Session]) -> Session:
    """A session on an empty workspace."""
    return session_of(empty_store)


@pytest.fixture
def demo_session(demo_store: Store, session_of: Callable[[Store], Session]) -> Session:
    """A session on the demo workspace."""
    return session_of(demo_store)
