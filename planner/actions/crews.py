"""Crews as events: listed by a file or changed by hand, always as a whole."""

from dataclasses import replace
from pathlib import Path
from typing import Any

from planner.actions.roles import need_lead
from planner.clock import Clock
from planner.domain.people import Crew
from planner.domain.work import USUAL, Work, clean_tags, work_payload, wrong_field
from planner.errors import PlannerError
from planner.export.crew_list import write_crew_list
from planner.store.crews import load_crews
from planner.store.events import NewEvent
from planner.store.store import Store


def crew_payload(crew: Crew) -> dict[str, Any]:
    """The crew as the event crew.listed says it; usual terms are not written."""
    told: dict[str, Any] = {
        "crew_id": crew.crew_id,
        "name": crew.name,
        "members": [{"collector_id": m.collector_id, "name": m.name} for m in crew.members],
        "lat": crew.lat,
        "lon": crew.lon,
        "start": crew.start,
        "end": crew.end,
        "weekdays": list(crew.weekdays),
    }
    return told if crew.work == USUAL else {**told, "work": work_payload(crew.work)}


def save_work(store: Store, crew_id: str, work: Work, *, clock: Clock) -> bytes | None:
    """Change the terms of a crew; the batch that undoes it, None when nothing is new.

    Raises PlannerError("crews.unknown") and ("crews.bad_field") with the field that no crew can
    have.
    """
    need_lead(store)
    work = replace(work, skills=clean_tags(work.skills))
    if wrong := wrong_field(work):
        raise PlannerError("crews.bad_field", field=wrong)
    with store.read() as conn:
        crew = next((one for one in load_crews(conn) if one.crew_id == crew_id), None)
    if crew is None:
        raise PlannerError("crews.unknown", crew=crew_id)
    if crew.work == work:
        return None
    event = NewEvent("crew.listed", "", clock(), crew_payload(replace(crew, work=work)))
    with store.write() as tx:
        return tx.append([event])


def export_crews(store: Store, path: Path, language: str) -> Path:
    """Write all crews as a spreadsheet in `language` ("zh_CN", "en") that can be imported again;
    without crews it is the empty form. Raises PlannerError("file.unwritable")."""
    with store.read() as conn:
        crews = load_crews(conn)
    return write_crew_list(path, crews, language)
