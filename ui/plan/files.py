"""Giving a plan away: where to, in which form, and the writing of it."""

import json
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from planner.actions.export_plan import Wish, export_plan
from planner.clock import system_clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.plans import plan_to_json
from planner.store.store import Store
from ui.i18n import _

_FILES = {"sheets": ("pdf", "PDF"), "map": ("html", "HTML"), "json": ("json", "JSON")}


def ask_where(parent: QWidget, plan: Plan, kind: str) -> Path | None:
    """Where the user wants the file of this kind ("sheets", "map", "json")."""
    suffix, word = _FILES[kind]
    name = f"{_('visit-plan')}-{plan.day}.{suffix}"
    out, _chosen = QFileDialog.getSaveFileName(
        parent, _("Where to save"), str(Path.home() / name), f"{word} (*.{suffix})"
    )
    return Path(out) if out else None


def export(store: Store, plan: Plan, kind: str, out: Path, language: str) -> Path:
    """Write the file; runs off the GUI thread. Raises PlannerError("file.unwritable")."""
    if kind in ("sheets", "map"):
        form = {"sheets": "pdf", "map": "html"}[kind]
        return export_plan(store, plan, out, Wish(form), clock=system_clock, language=language)
    text = json.dumps(plan_to_json(plan), ensure_ascii=False, indent=1)
    try:
        out.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PlannerError("file.unwritable", file=out.name, why=error.strerror) from error
    return out


def show_file(path: Path) -> None:
    """Open what can be looked at in its own program."""
    if path.suffix in (".pdf", ".html"):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
