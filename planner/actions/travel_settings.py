"""What a workspace says of its ways: terrain, speeds by road class, a routing server."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from planner.domain.ground import TERRAINS
from planner.errors import PlannerError
from planner.geo.http_engine import KINDS, Kind, check_url
from planner.geo.road_speeds import load_speeds
from planner.ranking.params import load_params
from planner.store import settings
from planner.store.driver import Connection
from planner.store.store import Store

KEY: Final = "travel"
Changes = Mapping[str, Mapping[str, float]]  # section of resources/roads.toml -> name -> figure


@dataclass(frozen=True, slots=True)
class TravelSettings:
    """`terrain` where no road is known; `speeds` that differ from the usual ones; the address and
    kind of a routing server, and whether it is asked (`server_on`)."""

    terrain: str = "plain"
    speeds: Changes = field(default_factory=dict)
    server_url: str = ""
    server_kind: Kind = "osrm"
    server_on: bool = False


def load_travel_settings(conn: Connection) -> TravelSettings:
    """The settings of this workspace; what makes no sense any more is as usual."""
    usual = TravelSettings(terrain=load_params().access.terrain)
    told = settings.get(conn, KEY, {})
    known = {k: v for k, v in told.items() if k in TravelSettings.__dataclass_fields__}
    try:
        found = replace(usual, **known)
        _check(found)
    except (PlannerError, TypeError):
        return usual
    return found


def save_travel_settings(store: Store, **changes: Any) -> TravelSettings:
    """Change some of them and return all.

    Raises PlannerError("roads.speed") for a speed that makes no sense, ("server.url") and
    ("roads.terrain").
    """
    with store.read() as conn:
        found = replace(load_travel_settings(conn), **changes)
    _check(found)
    found = replace(found, server_url=found.server_url and check_url(found.server_url))
    told = {
        name: getattr(found, name)
        for name in TravelSettings.__dataclass_fields__
        if name == "terrain" or getattr(found, name) != getattr(TravelSettings(), name)
    }
    with store.write() as tx:
        settings.put(tx, KEY, told)
    return found


def changed_speeds(chosen: Changes) -> dict[str, dict[str, float]]:
    """Those of `chosen` that differ from the usual ones."""
    usual = load_speeds()
    rows = {section: dict(figures) for section, figures in chosen.items()}
    found = {
        section: {
            name: figure
            for name, figure in figures.items()
            if load_speeds({section: {name: figure}}) != usual
        }
        for section, figures in rows.items()
    }
    return {section: figures for section, figures in found.items() if figures}


def _check(found: TravelSettings) -> None:
    if found.terrain not in TERRAINS:
        raise PlannerError("roads.terrain", terrain=str(found.terrain))
    load_speeds(found.speeds)
    if found.server_kind not in KINDS:
        raise PlannerError("server.url")
    if found.server_url or found.server_on:
        check_url(found.server_url)
