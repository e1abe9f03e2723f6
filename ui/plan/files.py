"""Files of a plan: which there are, where they go, and the writing of them off the GUI thread."""

import json
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from planner.actions.change import Change
from planner.actions.export_plan import Wish, export_plan, note_export, set_phone_app
from planner.actions.rank import Ranking
from planner.clock import Clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.plans import plan_to_json
from planner.store.store import Store
from ui.i18n import N_, _
from ui.safe.looked import system_user

EXPORTS = {
    "sheets": N_("Day sheets: look, print, save …"),
    "xlsx": N_("Day sheets as a workbook (XLSX) …"),
    "html": N_("Map and list for the phone (HTML) …"),
    "ics": N_("Calendar (ICS) …"),
    "gpx": N_("Navigation device (GPX) …"),
    "kml": N_("Globe (KML) …"),
    "geojson": N_("Map data (GeoJSON) …"),
    "json": N_("Plan as data (JSON) …"),
}


def ask_where(parent: QWidget, plan: Plan, form: str) -> Path | None:
    """Where the user wants the file, whose name ends in `form`."""
    name = f"{_('visit-plan')}-{plan.day}.{form}"
    out, _chosen = QFileDialog.getSaveFileName(
        parent, _("Where to save"), str(Path.home() / name), f"{form.upper()} (*.{form})"
    )
    return Path(out) if out else None


def write_plan(
    store: Store, clock: Clock, plan: Plan, ranking: Ranking, wish: Wish, out: Path, language: str
) -> tuple[Path, Change]:
    """Write and record. PlannerError as `export_plan`."""
    user = system_user()
    done = export_plan(
        store, plan, out, wish, clock=clock, by=user, language=language, ranking=ranking
    )
    return done, Change.NOTHING


def write_data(store: Store, clock: Clock, plan: Plan, out: Path) -> tuple[Path, Change]:
    """Write the plan as data and record it. PlannerError("file.unwritable")."""
    body = json.dumps(plan_to_json(plan), ensure_ascii=False, indent=1).encode()
    try:
        out.write_bytes(body)
    except OSError as error:
        raise PlannerError("file.unwritable", file=out.name, why=error.strerror) from error
    note_export(store, plan, Wish("json"), body, clock=clock, by=system_user())
    return out, Change.NOTHING


def note_print(
    store: Store, clock: Clock, plan: Plan, wish: Wish, body: bytes
) -> tuple[None, Change]:
    """Record that day sheets were printed."""
    note_export(store, plan, wish, body, clock=clock, by=system_user())
    return None, Change.NOTHING


def keep_app(store: Store, app: str) -> tuple[None, Change]:
    """Make links for this map app from now on."""
    set_phone_app(store, app)
    return None, Change.NOTHING


def show_file(path: Path) -> None:
    """Open what can be looked at in its own program."""
    if path.suffix in (".pdf", ".html"):
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
