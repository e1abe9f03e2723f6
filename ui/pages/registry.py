"""The screens of the window: key, name, icon and how the page is made. Pages are made late.

Each page is imported when it is first shown: the window is there sooner, and what one page needs
(the map's WebEngine) costs nothing before.
"""

from collections.abc import Callable
from dataclasses import dataclass

from ui.i18n import N_
from ui.page import Page
from ui.session import Session


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One screen. `digit` is its Ctrl key in the rail; 0 = opened from elsewhere."""

    key: str
    title: str
    icon: str
    make: Callable[[Session], Page]
    digit: int = 0
    under: str = ""  # the place of the rail that is marked while an unlisted page is shown

    @property
    def rail(self) -> bool:
        """Whether it has a place of its own."""
        return self.digit > 0


def _today(session: Session) -> Page:
    from ui.pages.today import TodayPage

    return TodayPage(session)


def _cases(session: Session) -> Page:
    from ui.pages.cases import CasesPage

    return CasesPage(session)


def _plan(session: Session) -> Page:
    from ui.pages.plan import PlanPage

    return PlanPage(session)


def _results(session: Session) -> Page:
    from ui.pages.results import ResultsPage

    return ResultsPage(session)


def _remote(session: Session) -> Page:
    from ui.pages.remote import RemotePage

    return RemotePage(session)


def _imports(session: Session) -> Page:
    from ui.pages.imports import ImportsPage

    return ImportsPage(session)


def _rules(session: Session) -> Page:
    from ui.pages.rules import RulesPage

    return RulesPage(session)


def _settings(session: Session) -> Page:
    from ui.pages.settings import SettingsPage

    return SettingsPage(session)


def _case(session: Session) -> Page:
    from ui.pages.case import CasePage

    return CasePage(session)


_ALL = (
    PageSpec("today", N_("Today"), "today", _today, 1),
    PageSpec("cases", N_("Cases"), "cases", _cases, 2),
    PageSpec("plan", N_("Plan"), "plan", _plan, 3),
    PageSpec("results", N_("Results"), "results", _results, 4),
    PageSpec("remote", N_("Remote areas"), "remote", _remote, 5),
    PageSpec("imports", N_("Imports"), "imports", _imports, 6),
    PageSpec("rules", N_("Rules"), "rules", _rules, 7),
    PageSpec("settings", N_("Settings"), "settings", _settings, 8),
    PageSpec("case", N_("Person"), "person", _case, under="cases"),
)


def specs() -> tuple[PageSpec, ...]:
    """All screens, those of the rail first and in its order."""
    return _ALL


def build(spec: PageSpec, session: Session) -> Page:
    """Make the page of `spec`."""
    return spec.make(session)
