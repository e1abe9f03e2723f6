"""The screens of the window: key, name, icon and how the page is made. Pages are made late.

Pages are imported once the window is there (`preload`), or when one is shown before that: the
window does not wait for what it does not show yet.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from ui.i18n import N_
from ui.page import Page
from ui.session import Session


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One screen. `digit` is its Ctrl key in the rail (10: the nought); 0 = opened from
    elsewhere. `lead`: its work is the lead's, so a collector's workspace has no such place."""

    key: str
    title: str
    icon: str
    make: Callable[[Session, QWidget | None], Page]
    digit: int = 0
    lead: bool = False
    under: str = ""  # the place of the rail that is marked while an unlisted page is shown

    @property
    def shortcut(self) -> str:
        """Its key; the tenth place has the nought."""
        return f"Ctrl+{self.digit % 10}"

    @property
    def rail(self) -> bool:
        """Whether it has a place of its own."""
        return self.digit > 0


def _today(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.today import TodayPage

    return TodayPage(session, parent)


def _cases(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.cases import CasesPage

    return CasesPage(session, parent)


def _plan(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.plan import PlanPage

    return PlanPage(session, parent)


def _results(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.results import ResultsPage

    return ResultsPage(session, parent)


def _remote(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.remote import RemotePage

    return RemotePage(session, parent)


def _imports(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.imports import ImportsPage

    return ImportsPage(session, parent)


def _rules(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.rules import RulesPage

    return RulesPage(session, parent)


def _settings(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.settings import SettingsPage

    return SettingsPage(session, parent)


def _team(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.team import TeamPage

    return TeamPage(session, parent)


def _exchange(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.exchange import ExchangePage

    return ExchangePage(session, parent)


def _case(session: Session, parent: QWidget | None) -> Page:
    from ui.pages.case import CasePage

    return CasePage(session, parent)


_ALL = (
    PageSpec("today", N_("Today"), "today", _today, 1),
    PageSpec("cases", N_("Cases"), "cases", _cases, 2),
    PageSpec("plan", N_("Plan"), "plan", _plan, 3),
    PageSpec("results", N_("Results"), "results", _results, 4),
    PageSpec("remote", N_("Remote areas"), "remote", _remote, 5),
    PageSpec("imports", N_("Imports"), "imports", _imports, 6, lead=True),
    PageSpec("rules", N_("Rules"), "rules", _rules, 7),
    PageSpec("team", N_("Team"), "crew", _team, 9),
    PageSpec("exchange", N_("Exchange"), "exchange", _exchange, 10),
    PageSpec("settings", N_("Settings"), "settings", _settings, 8),
    PageSpec("case", N_("Person"), "person", _case, under="cases"),
)


def specs() -> tuple[PageSpec, ...]:
    """All screens, those of the rail first and in its order."""
    return _ALL


def build(spec: PageSpec, session: Session, parent: QWidget | None = None) -> Page:
    """Make the page of `spec`, best with its parent: moved there later it is styled twice."""
    return spec.make(session, parent)


def preload() -> None:
    """Import all pages, so that none has to be read when it is opened; from any thread."""
    for spec in _ALL:
        importlib.import_module(f"ui.pages.{spec.key}")
