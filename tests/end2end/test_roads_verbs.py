"""The verbs of roads: packs come and go, learned figures are printed, two reckonings compared."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from demo_time import DEMO_DAY, demo_clock
from road_sketch import river_county

from planner.actions.make_demo import make_demo
from planner.actions.make_plan import make_plan
from planner.cli import cli
from planner.store.store import Store


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo with its roads, and a plan of its day."""
    path, _ = make_demo(tmp_path_factory.mktemp("roads"), DEMO_DAY, clock=demo_clock)
    with Store.open(path, clock=demo_clock) as store:
        make_plan(store, DEMO_DAY, clock=demo_clock, iterations=200)
    return path


def run(workspace: Path, *words: str) -> Result:
    """Run a verb on the workspace."""
    return CliRunner().invoke(cli, [*words, "--workspace", str(workspace)])


def told(workspace: Path, *words: str) -> Any:
    """The JSON a verb prints."""
    result = run(workspace, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_the_demo_plans_on_its_own_roads(workspace: Path) -> None:
    """The demo is made with a pack that says that it is fictional; no leg of its plan is
    estimated, and an estimate would have been minutes off."""
    (pack,) = told(workspace, "roads", "list")["packs"]
    assert pack["roads_km"] > 1000
    assert "虚构" in pack["attribution"]
    data = told(workspace, "compare-travel", "--date", DEMO_DAY.isoformat())
    assert data["stops"] > 20
    assert data["estimated_legs"] == 0
    assert data["minutes"]["p90"] > 1
    assert len(data["arrivals"]) == data["stops"]
    text = run(workspace, "compare-travel", "--date", DEMO_DAY.isoformat()).output
    assert f"{data['roads']['metres'] / 1000:,.0f}" in text


def test_packs_come_and_go(workspace: Path, tmp_path: Path) -> None:
    """Import, list and remove; a second removal and a damaged file are refused in one sentence."""
    extract = river_county(tmp_path / "river.osm.pbf")
    (pack,) = told(workspace, "roads", "import", str(extract))["packs"]
    assert pack["name"] == "river"
    assert {one["name"] for one in told(workspace, "roads", "list")["packs"]} > {"river"}
    assert told(workspace, "roads", "remove", "river") == {"removed": "river"}
    bad = tmp_path / "bad.fvroads"
    bad.write_bytes(b"FVROADS\n" + bytes(100))
    for words in (("roads", "remove", "river"), ("roads", "import", str(bad))):
        result = run(workspace, *words)
        assert result.exit_code == 1
        assert "Traceback" not in result.output
        assert len(result.stderr.strip().splitlines()[-1]) > 10


def test_learned_figures_are_printed_and_reset(workspace: Path) -> None:
    """Without trips of which both ends were recorded nothing is learned, also after the reset."""
    assert told(workspace, "roads", "learned") == {"learned": []}
    assert told(workspace, "roads", "learned", "--reset") == {"learned": []}
    assert run(workspace, "roads", "learned").exit_code == 0
