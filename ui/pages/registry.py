"""The screens of the window: key, name, icon and where the page class is. Pages are made late."""

import importlib
import importlib.util
from dataclasses import dataclass

from ui.i18n import N_
from ui.page import Page
from ui.session import Session


@dataclass(frozen=True, slots=True)
class PageSpec:
    """One screen. `rail` = it has a place in the rail; `digit` is its Ctrl key there."""

    key: str
    title: str
    icon: str
    module: str
    name: str
    digit: int = 0

    @property
    def rail(self) -> bool:
        """Whether it has a place of its own; others are opened from elsewhere."""
        return self.digit > 0


_ALL = (
    PageSpec("today", N_("Today"), "today", "ui.pages.today", "TodayPage", 1),
    PageSpec("cases", N_("Cases"), "cases", "ui.pages.cases", "CasesPage", 2),
    PageSpec("plan", N_("Plan"), "plan", "ui.pages.plan", "PlanPage", 3),
    PageSpec("results", N_("Results"), "results", "ui.pages.results", "ResultsPage", 4),
    PageSpec("imports", N_("Imports"), "imports", "ui.pages.imports", "ImportsPage", 5),
    PageSpec("settings", N_("Settings"), "settings", "ui.pages.settings", "SettingsPage", 6),
    PageSpec("case", N_("Person"), "person", "ui.pages.case", "CasePage"),
)


def specs() -> tuple[PageSpec, ...]:
    """The screens that exist: one that has nothing real yet is not offered."""
    return tuple(spec for spec in _ALL if importlib.util.find_spec(spec.module) is not None)


def build(spec: PageSpec, session: Session) -> Page:
    """Make the page of `spec`."""
    page: Page = getattr(importlib.import_module(spec.module), spec.name)(session)
    return page
