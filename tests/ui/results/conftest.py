"""The results page on a round that is over: one set of fixtures for all that is tried on it."""

import pytest
from inline import InlineBackground
from pytestqt.qtbot import QtBot
from rounds import Keys, late_clock, planned, show

from planner.store.store import Store
from ui.pages.results import ResultsPage
from ui.session import Session


@pytest.fixture
def stops() -> int:
    """How many stops the round has; a module may want another number."""
    return 4


@pytest.fixture
def ids(empty_store: Store, stops: int) -> list[str]:
    """Persons with a stop each, in the order of the round."""
    return planned(empty_store, stops)


@pytest.fixture
def session(empty_store: Store, background: InlineBackground) -> Session:
    """A session in the afternoon of the round."""
    return Session(empty_store, late_clock, background)  # type: ignore[arg-type]


@pytest.fixture
def page(
    qtbot: QtBot, session: Session, ids: list[str], background: InlineBackground
) -> ResultsPage:
    """The page on the first open stop."""
    page = ResultsPage(session)
    qtbot.addWidget(page)
    show(page, background)
    return page


@pytest.fixture
def keys(page: ResultsPage, background: InlineBackground) -> Keys:
    """A keyboard that counts."""
    return Keys(page, background)
