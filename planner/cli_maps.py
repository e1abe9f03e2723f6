"""Verbs of base maps: list, add and remove the map files beside a workspace."""

import sys
from functools import partial
from pathlib import Path
from typing import Any

import click

from planner.actions.map_packs import Listed, import_map, list_maps, remove_map
from planner.cli_json import table
from planner.cli_roads import area, beside, forward
from planner.cli_tools import refusing, say, workspace_option
from planner.errors import PlannerError
from planner.words import explain, sentence


@click.group("maps")
def maps_command() -> None:
    """The base maps beside a workspace: what is drawn below plans and places."""


@maps_command.command("list")
@workspace_option
@refusing
def list_command(workspace: Path, as_json: bool) -> None:
    """The maps with their area, zooms and size."""
    _tell(list_maps(beside(workspace)), as_json)


@maps_command.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@refusing
def import_command(files: tuple[Path, ...], workspace: Path, as_json: bool) -> None:
    """Add the maps in FILES (.pmtiles, .mbtiles); every tile is read before one counts."""
    workspace = beside(workspace)
    packs = []
    for file in files:
        with click.progressbar(length=100, label=file.name, file=sys.stderr) as bar:
            pack = import_map(workspace, file, on_progress=partial(forward, bar))
            packs.append(Listed(pack.path, pack))
    _tell(packs, as_json)


@maps_command.command("remove")
@click.argument("name")
@workspace_option
@refusing
def remove_command(name: str, workspace: Path, as_json: bool) -> None:
    """Delete the map with this name, with or without the ending of its file."""
    workspace = beside(workspace)
    found = [one.path for one in list_maps(workspace) if name in (one.path.name, one.path.stem)]
    if len(found) != 1:
        raise PlannerError("map_pack.no_such", name=name)
    remove_map(workspace, found[0].name)
    told = {"removed": found[0].name}
    say(told, as_json, lambda d: sentence("cli.maps.removed", name=d["removed"]))


def _tell(found: list[Listed], as_json: bool) -> None:
    say({"maps": [_map_json(one) for one in found]}, as_json, _maps_text)


def _map_json(one: Listed) -> dict[str, Any]:
    pack = one.pack
    return {
        "name": one.path.stem, "file": one.path.name, "title": pack.title if pack else "",
        "bytes": one.path.stat().st_size, "bounds": list(pack.bounds) if pack else None,
        "zooms": list(pack.zooms) if pack else None, "drawn": pack.vector if pack else None,
        "attribution": pack.attribution if pack else "",
        "trouble": explain(one.trouble) if one.trouble else None,
    }  # fmt: skip


def _maps_text(data: dict[str, Any]) -> str:
    if not data["maps"]:
        return sentence("cli.maps.none")
    head = [sentence(f"cli.maps.{key}") for key in ("name", "area", "zooms", "size")]
    rows = [
        [
            one["file"], area(one["bounds"]) if one["bounds"] else one["trouble"],
            "–".join(map(str, one["zooms"])) if one["zooms"] else "",
            f"{one['bytes'] / 1e6:,.1f}",
        ]
        for one in data["maps"]
    ]  # fmt: skip
    return table(head, rows)


VERBS = (maps_command,)
