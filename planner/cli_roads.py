"""Verbs of roads: list, add and remove road packs, learn from trips, and what roads change."""

import sys
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import numpy as np

from planner.actions.compare_travel import Compared, compare_travel
from planner.actions.learned import reset_learned
from planner.actions.road_packs import (
    RoadPack,
    import_road_pack,
    list_road_packs,
    remove_road_pack,
)
from planner.actions.travel import learn_from_trips
from planner.cli_json import table
from planner.cli_tools import DAY, day_or_today, open_workspace, refusing, say, workspace_option
from planner.clock import system_clock
from planner.errors import PlannerError
from planner.geo.learned_speeds import PACE_NAMES, Learned
from planner.store.plans import load_plan
from planner.words import explain, sentence


@click.group("roads")
def roads_command() -> None:
    """The road packs beside a workspace: plans go by their roads."""


@roads_command.command("list")
@workspace_option
@refusing
def list_command(workspace: Path, as_json: bool) -> None:
    """The packs with their area, roads, date and size."""
    packs = list_road_packs(beside(workspace))
    say({"packs": [_pack_json(one) for one in packs]}, as_json, _packs_text)


@roads_command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@refusing
def import_command(files: tuple[Path, ...], workspace: Path, as_json: bool) -> None:
    """Add the roads of FILES: OpenStreetMap extracts (.osm.pbf) or ready packs (.fvroads)."""
    workspace = beside(workspace)
    packs = []
    for file in files:
        with click.progressbar(length=100, label=file.name, file=sys.stderr) as bar:
            packs.append(import_road_pack(workspace, file, on_progress=partial(forward, bar)))
    say({"packs": [_pack_json(one) for one in packs]}, as_json, _packs_text)


@roads_command.command("remove")
@click.argument("name")
@workspace_option
@refusing
def remove_command(name: str, workspace: Path, as_json: bool) -> None:
    """Delete the pack NAME; plans that are saved stay as they are."""
    remove_road_pack(beside(workspace), name)
    say({"removed": name}, as_json, lambda d: sentence("cli.roads.removed", name=d["removed"]))


@roads_command.command("learned")
@click.option("--reset", is_flag=True, help="Forget it; earlier trips do not count any more.")
@workspace_option
@refusing
def learned_command(reset: bool, workspace: Path, as_json: bool) -> None:
    """What recorded trips have taught about driving times, after learning from the latest."""
    with open_workspace(workspace) as store:
        if reset:
            reset_learned(store, clock=system_clock)
        known = learn_from_trips(store, clock=system_clock)
    say({"learned": learned_json(known)}, as_json, _learned_text)


@click.command("compare-travel")
@click.option("--date", "day", type=DAY, help="Default: today.")
@workspace_option
@refusing
def compare_command(day: datetime | None, workspace: Path, as_json: bool) -> None:
    """How a day's plan would look by estimates instead of roads: arrivals, ways, rounds in time."""
    with open_workspace(workspace) as store:
        chosen = day_or_today(day, store)
        with store.read() as conn:
            plan = load_plan(conn, chosen)
        if plan is None:
            raise PlannerError("plan.none", day=str(chosen))
        data = compared_json(compare_travel(store, plan), ZoneInfo(store.zone))
    say(data, as_json, _compared_text)


def forward(bar: Any, share: float) -> None:
    """Move a bar of 100 parts to a share of 1."""
    bar.update(round(share * 100) - bar.pos)


def beside(workspace: Path) -> Path:
    """The workspace, which need not be opened: packs hold nothing of it."""
    if not workspace.exists():
        raise PlannerError("store.not_found", file=workspace.name)
    return workspace.absolute()


def _pack_json(one: RoadPack) -> dict[str, Any]:
    info = one.info
    return {
        "name": one.name, "file": one.path.name, "bytes": one.size,
        "date": info.date if info else "", "roads_km": round(info.metres / 1000) if info else 0,
        "bounds": list(info.bounds) if info else None,
        "attribution": info.attribution if info else "",
        "trouble": explain(one.trouble) if one.trouble else None,
    }  # fmt: skip


def _packs_text(data: dict[str, Any]) -> str:
    if not data["packs"]:
        return sentence("cli.roads.none")
    head = [sentence(f"cli.roads.{key}") for key in ("name", "area", "km", "date", "size")]
    rows = [
        [
            one["name"], area(one["bounds"]) if one["bounds"] else one["trouble"],
            f"{one['roads_km']:,}", one["date"][:10], f"{one['bytes'] / 1e6:,.1f}",
        ]
        for one in data["packs"]
    ]  # fmt: skip
    return table(head, rows)


def area(bounds: list[float]) -> str:
    """Bounds (south, west, north, east; degrees) in words."""
    south, west, north, east = bounds
    return f"{south:.2f}..{north:.2f} N, {west:.2f}..{east:.2f} E"


def learned_json(known: Learned) -> list[dict[str, Any]]:
    """A row per region and pace that has trips: factor on the driving time, and trips."""
    return [
        {
            "region": region, "pace": name, "trips": known.trips(region, pace),
            "factor": round(known.factor(region, pace), 4),
        }
        for region in known.regions
        for pace, name in enumerate(PACE_NAMES)
        if known.trips(region, pace)
    ]  # fmt: skip


def _learned_text(data: dict[str, Any]) -> str:
    if not data["learned"]:
        return sentence("cli.learned.none")
    head = [sentence(f"cli.learned.{key}") for key in ("region", "pace", "trips", "factor")]
    rows = [
        [
            one["region"] or sentence("cli.learned.estimated"),
            sentence(f"cli.learned.{one['pace']}"), str(one["trips"]), f"{one['factor']:.2f}",
        ]
        for one in data["learned"]
    ]  # fmt: skip
    return table(head, rows)


def compared_json(found: Compared, zone: ZoneInfo) -> dict[str, Any]:
    """Sums of both reckonings, the arrivals with their differences in minutes, and their spread."""
    late = np.array([one.minutes for one in found.arrivals]) if found.arrivals else np.zeros(1)
    return {
        "stops": len(found.arrivals), "legs": found.legs, "estimated_legs": found.still_estimated,
        "roads": _sums(found.by_road), "estimated": _sums(found.estimated),
        "minutes": {
            "median": round(float(np.median(np.abs(late))), 1),
            "p90": round(float(np.quantile(np.abs(late), 0.9)), 1),
            "latest": round(float(late.max()), 1), "soonest": round(float(late.min()), 1),
        },
        "broken_rounds": found.broken,
        "arrivals": [
            {
                "crew": one.crew_id, "debtor": one.debtor_id,
                "roads": one.by_road.astimezone(zone).isoformat(),
                "estimated": one.estimated.astimezone(zone).isoformat(),
                "minutes": round(one.minutes, 1),
            }
            for one in found.arrivals
        ],
    }  # fmt: skip


def _sums(routes: Any) -> dict[str, int]:
    return {
        "metres": sum(route.metres for route in routes),
        "driving": sum(route.driving for route in routes),
    }


def _compared_text(data: dict[str, Any]) -> str:
    roads, guessed, minutes = data["roads"], data["estimated"], data["minutes"]
    rows = [
        [
            one["crew"], one["debtor"], one["roads"][11:16], one["estimated"][11:16],
            f"{one['minutes']:+.0f}",
        ]
        for one in data["arrivals"]
    ]  # fmt: skip
    head = [sentence(f"cli.compare.{k}") for k in ("crew", "debtor", "roads", "estimated", "more")]
    told = sentence(
        "cli.compare", stops=data["stops"], median=minutes["median"], p90=minutes["p90"],
        latest=f"{minutes['latest']:+.0f}", soonest=f"{minutes['soonest']:+.0f}",
        km=f"{roads['metres'] / 1000:,.0f}", guessed_km=f"{guessed['metres'] / 1000:,.0f}",
        hours=f"{roads['driving'] / 3600:.1f}", guessed_hours=f"{guessed['driving'] / 3600:.1f}",
        legs=data["legs"], estimated=data["estimated_legs"],
    )  # fmt: skip
    return f"{table(head, rows)}\n\n{told}" if rows else sentence("cli.compare.nothing")


VERBS = (roads_command, compare_command)
