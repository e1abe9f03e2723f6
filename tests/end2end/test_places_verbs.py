"""The verbs about places on the command line, on the demonstration."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from demo_time import DEMO_DAY, demo_clock

from planner.actions.make_demo import make_demo
from planner.cli import cli

LIST = """name,latitude,longitude,kind
石桥头村,32.51234,107.51234,village
swapped,107.51234,32.51234,village
=cmd|' /c calc'!A1,32.52345,107.52345,village
<img src=x onerror=alert(1)>,0,0,village
"""


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration."""
    path, _ = make_demo(tmp_path_factory.mktemp("places"), DEMO_DAY, clock=demo_clock)
    return path


def run(workspace: Path, *words: str) -> Result:
    """What `places WORDS` prints, in English."""
    told = ["places", *words, "--workspace", str(workspace)]
    return CliRunner().invoke(cli, told, env={"FAIRVISIT_LANG": "en"})


def told(workspace: Path, *words: str) -> Any:
    """The JSON of `places WORDS`."""
    done = run(workspace, *words, "--json")
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def test_a_list_comes_with_its_bad_rows_named_and_goes(workspace: Path, tmp_path: Path) -> None:
    """Rows that cannot be are left out and told by number and reason, the others are found."""
    file = tmp_path / "own.csv"
    file.write_text(LIST, "utf-8")
    done = run(workspace, "add", str(file))
    assert done.exit_code == 0, done.output
    assert "2 places in the list “own”, 2 rows left out." in done.stdout
    assert [line.split(" ")[0] for line in done.stdout.splitlines()[1:3]] == ["3", "5"]
    assert {"name": "own", "count": 2} in told(workspace, "lists")["lists"]
    assert "32.51234, 107.51234" in run(workspace, "find", "石桥头村").stdout
    assert run(workspace, "drop", "own").exit_code == 0
    assert run(workspace, "drop", "own").exit_code == 1
    assert "32.51234" not in run(workspace, "find", "石桥头村").stdout


@pytest.mark.parametrize("typed", ["0,0", "nan,1", "file:///etc/passwd", "200,300"])
def test_what_is_no_position_is_refused_in_words(workspace: Path, typed: str) -> None:
    """Neither zero, nor words, nor figures off the globe become a position."""
    whom = told(workspace, "list")["waiting"][0]["debtor"]
    done = run(workspace, "set", whom, typed, "--by", "test")
    assert done.exit_code == 1
    assert "holds no position" in done.stderr


def test_all_sure_ones_are_placed_once(workspace: Path) -> None:
    """The second time nobody is left; no batch is named that is none."""
    assert told(workspace, "sure", "--by", "test")["count"] > 0
    again = run(workspace, "sure", "--by", "test").stdout
    assert "nothing was changed" in again
    assert "None" not in again


def test_a_position_is_fixed_and_the_person_leaves_the_list(workspace: Path) -> None:
    """What is typed or pasted is kept; whoever has it need not be looked for any more."""
    whom = told(workspace, "list")["waiting"][0]["debtor"]
    link = "https://uri.amap.com/marker?position=107.51,32.51&name=x"
    kept = told(workspace, "set", whom, link, "--by", "test")
    assert (kept["lat"], kept["lon"]) == pytest.approx((32.512253, 107.505368), abs=1e-5)
    assert whom not in {one["debtor"] for one in told(workspace, "list")["waiting"]}
