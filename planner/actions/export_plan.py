"""What leaves the program with a plan: day sheets for print and one self-contained map file."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from planner.actions.policy import active_policy
from planner.domain.people import Debtor
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.policy.pack import Rulebook
from planner.policy.workdays import visit_windows
from planner.store.known import load_debtors
from planner.store.layers import load_layers
from planner.store.plans import plan_to_json
from planner.store.store import Store
from planner.words import system_language

MAP_NAME = "map.html"
SHEETS_NAME = "day-sheets.pdf"


def export_map(store: Store, plan: Plan, out: Path, language: str | None = None) -> Path:
    """Write the plan's map as one HTML file that loads nothing from anywhere."""
    from planner.export.map_html import map_html  # folium takes half a second to load

    with store.read() as conn:
        layers = load_layers(conn)
    names = {who: debtor.name for who, debtor in _people(store, plan).items()}
    text = map_html(plan_to_json(plan), list(layers.items()), names, language or system_language())
    return _write(out, text.encode())


def export_sheets(store: Store, plan: Plan, out: Path, language: str | None = None) -> Path:
    """Write the day sheets of every crew as a PDF; PlannerError("export.empty_plan")."""
    from planner.export.day_sheet import SheetPerson, day_sheets  # loads the PDF library

    policy = active_policy(store)
    zone = ZoneInfo(store.zone)
    hours = [
        (datetime.fromtimestamp(a, zone).time(), datetime.fromtimestamp(b, zone).time())
        for a, b in visit_windows(policy, plan.day, store.zone)
    ]
    people = {
        who: SheetPerson(debtor.name, *_whereabouts(debtor, plan, policy))
        for who, debtor in _people(store, plan).items()
    }
    chosen = language or system_language()
    return day_sheets(plan, people, chosen, out=out, zone=store.zone, hours=hours)


def export_plan(store: Store, plan: Plan, folder: Path, language: str | None = None) -> list[Path]:
    """Map and day sheets of `plan` in `folder`."""
    written = [export_map(store, plan, folder / MAP_NAME, language)]
    if plan.stops:
        written.append(export_sheets(store, plan, folder / SHEETS_NAME, language))
    return written


def _people(store: Store, plan: Plan) -> dict[str, Debtor]:
    ids = [stop.debtor_id for route in plan.routes for stop in route.stops]
    with store.read() as conn:
        return load_debtors(conn, ids)


def _whereabouts(debtor: Debtor, plan: Plan, policy: Rulebook) -> tuple[str, str, str]:
    """Address text, last four digits of the phone, and stage, as the sheet prints them."""
    stop = next(s for r in plan.routes for s in r.stops if s.debtor_id == debtor.debtor_id)
    place = next((a.text for a in debtor.addresses if a.address_id == stop.address_id), "")
    days = max((c.days_past_due(plan.day) for c in debtor.cases if c.status == "open"), default=0)
    tail = debtor.phones[0][-4:] if debtor.phones else ""
    return place, tail, [s.name for s in policy.stages if s.from_days <= days][-1]


def _write(out: Path, body: bytes) -> Path:
    """Write a file whole or not at all."""
    partial = out.with_name(out.name + ".part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        partial.write_bytes(body)
        partial.replace(out)
    except OSError as error:
        raise PlannerError("file.unwritable", file=out.name, why=error.strerror) from error
    return out
