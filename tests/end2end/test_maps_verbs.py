"""The verbs of base maps: they come, are told and go."""

import json
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result
from demo_time import demo_clock
from made_maps import make_mbtiles, make_pmtiles, spread, vector_tile

from planner.cli import cli
from planner.store.store import Store


def run(workspace: Path, *words: str) -> Result:
    """Run a verb on the workspace."""
    return CliRunner().invoke(cli, ["maps", *words, "--workspace", str(workspace)])


def told(workspace: Path, *words: str) -> Any:
    """The JSON a verb prints."""
    result = run(workspace, *words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_maps_come_and_go(tmp_path: Path) -> None:
    """Both kinds of file are taken in, listed with their area, and removed by name; what is not
    there, known already or damaged is refused in one sentence, and nothing changes."""
    workspace = tmp_path / "w.fairvisit"
    Store.create(workspace, clock=demo_clock).close()
    assert told(workspace, "list") == {"maps": []}
    assert run(workspace, "list").exit_code == 0
    tiles = spread(vector_tile())
    files = [tmp_path / "a.pmtiles", tmp_path / "b.mbtiles"]
    make_pmtiles(files[0], tiles)
    make_mbtiles(files[1], tiles)
    came = told(workspace, "import", *map(str, files))["maps"]
    assert [one["file"] for one in came] == ["a.pmtiles", "b.mbtiles"]
    assert told(workspace, "list")["maps"] == came
    assert "a.pmtiles" in run(workspace, "list").output
    assert [len(one["bounds"]) for one in came] == [4, 4]
    assert told(workspace, "remove", "a") == {"removed": "a.pmtiles"}
    bad = tmp_path / "bad.pmtiles"
    bad.write_bytes(b"PMTiles" + bytes(200))
    for words in (("remove", "a"), ("import", str(files[1])), ("import", str(bad))):
        result = run(workspace, *words)
        assert result.exit_code == 1
        assert "Traceback" not in result.output
        assert len(result.stderr.strip().splitlines()[-1]) > 10
    assert [one["name"] for one in told(workspace, "list")["maps"]] == ["b"]
