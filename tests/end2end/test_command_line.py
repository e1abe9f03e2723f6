"""Every verb prints the JSON that docs/command-line.md promises, and refuses in words."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner
from demo_time import demo_clock

from planner.cli import cli

SCHEMAS = Path(__file__).resolve().parents[1] / "data" / "schemas"


def call(*arguments: str | Path, code: int = 0) -> str:
    """Run a verb in this process; returns standard output, or standard error when refused."""
    done = CliRunner().invoke(cli, [str(a) for a in arguments], env={"FAIRVISIT_LANG": "en"})
    assert done.exit_code == code, done.output
    return done.stderr if code else done.stdout


def answer(verb: str, *arguments: str | Path) -> Any:
    """The JSON of a verb, checked against its schema."""
    data = json.loads(call(verb, *arguments, "--json"))
    jsonschema.validate(data, json.loads((SCHEMAS / f"{verb}.json").read_text()))
    return data


@pytest.fixture(autouse=True)
def at_demo_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line runs at the moment for which the demo was made."""
    monkeypatch.setattr("planner.cli.system_clock", demo_clock)


@pytest.fixture
def workspace(demo_folder: Path) -> Path:
    return demo_folder / "demo.fairvisit"


def test_demo_prints_its_shape_and_is_not_overwritten(tmp_path: Path) -> None:
    """`demo` loads its own files through the import, and refuses to make them again over them."""
    made = answer("demo", tmp_path / "d", "--today", "2026-11-23")
    assert {f["kind"] for f in made["files"]} == {"cases", "history", "crews", "layer"}
    assert any(fault["message"] for fault in made["faults"])
    assert "--replace" in call("demo", tmp_path / "d", "--today", "2026-11-23", code=1)


def test_a_second_import_of_the_same_files_changes_nothing(workspace: Path) -> None:
    """Re-importing the demo's own files adds no entry and gives no batch to undo."""
    folder = workspace.parent
    before = answer("verify", "--workspace", workspace)["events"]
    files = [p for p in sorted(folder.iterdir()) if p.suffix in (".xlsx", ".csv", ".geojson")]
    again = answer("import", *files, "--workspace", workspace)
    assert again["batch"] is None
    assert all(f["added"] == f["changed"] == 0 for f in again["files"])
    assert answer("verify", "--workspace", workspace)["events"] == before


def test_rank_adds_up(workspace: Path) -> None:
    """Points are 50 plus the printed parts, and the tabs count everybody once."""
    ranked = answer("rank", "--workspace", workspace, "--date", "2026-11-24", "--limit", "2000")
    assert sum(ranked["counts"].values()) == len(ranked["persons"])
    for one in ranked["persons"]:
        assert one["points"] == pytest.approx(50 + sum(one["parts"].values()), abs=1e-4)
        assert (one["gate"] is None) == (one["tab"] == "ready")


def test_everybody_eligible_is_planned_or_has_one_reason(workspace: Path) -> None:
    """The stops and the left-out together are exactly the persons who may be visited."""
    where = ("--workspace", workspace, "--date", "2026-11-24")
    ranked = answer("rank", *where, "--limit", "5000")
    ready = {one["debtor"] for one in ranked["persons"] if one["tab"] == "ready"}
    plan = answer("plan", *where, "--iterations", "2000")
    planned = [stop["debtor"] for route in plan["routes"] for stop in route["stops"]]
    left = [one["debtor"] for one in plan["not_planned"]]
    assert len(set(planned)) == len(planned)
    assert len(set(left)) == len(left)
    assert set(planned).isdisjoint(left)
    assert set(planned) | set(left) == ready


def test_the_same_seed_gives_the_same_plan(workspace: Path) -> None:
    """Two runs with the same seed and iterations differ in nothing but id and time of making."""
    where = ("--workspace", workspace, "--date", "2026-11-24", "--iterations", "1500", "--seed", 3)
    first, second = (answer("plan", *map(str, where)) for _ in range(2))
    for name in ("plan_id", "made_at"):
        first.pop(name), second.pop(name)
    assert first == second


def test_undo_of_a_record_frees_the_person_again(workspace: Path) -> None:
    """A recorded visit bars the next; its undo lifts the bar; the undo of that sets it again."""
    plan = answer("plan", "--workspace", workspace, "--date", "2026-11-24", "--iterations", "500")
    stop = next(stop for route in plan["routes"] for stop in route["stops"])
    who, where = stop["debtor"], ("--workspace", workspace)
    done = answer("record", *where, "--debtor", who, "--visit", "VIS-NC", "--at", stop["start"])
    ask = ("check", *where, "--debtor", who, "--channel", "visit", "--at", "2026-11-25T10:00")
    assert not answer(*ask)["allowed"]
    back = json.loads(call("undo", done["batch"], *where, "--json"))
    assert answer(*ask)["allowed"]
    json.loads(call("undo", back["batch"], *where, "--json"))
    assert not answer(*ask)["allowed"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--visit", "VIS-NOPE"], "not a disposition code"),
        (["--visit", "VIS-NC", "--result", "OUT-PTP"], "only be recorded when the person was met"),
        (["--visit", "VIS-RPC", "--result", "OUT-PTP"], "amount and a date"),
    ],
)
def test_a_wrong_outcome_is_refused(workspace: Path, arguments: list[str], words: str) -> None:
    """What cannot be meant is refused in one sentence with exit code 1."""
    ranked = answer("rank", "--workspace", workspace, "--date", "2026-11-24", "--limit", "1")
    who = ranked["persons"][0]["debtor"]
    at = ["--at", "2026-11-24T10:00"]
    said = call("record", "--workspace", workspace, "--debtor", who, *arguments, *at, code=1)
    assert words in said


def test_an_unknown_person_and_a_missing_workspace_are_refused(
    workspace: Path, tmp_path: Path
) -> None:
    """Neither is a crash: both exit with 1 and a sentence."""
    ask = ("--debtor", "P0", "--channel", "visit", "--at", "2026-11-24T10:00")
    assert call("check", "--workspace", workspace, *ask, code=1).strip()
    assert call("rank", "--workspace", tmp_path / "none.fairvisit", code=1).strip()


def test_a_refused_import_leaves_nothing_behind(tmp_path: Path) -> None:
    """An empty file given to a workspace that is not there yet makes no workspace."""
    (tmp_path / "empty.csv").touch()
    call("import", tmp_path / "empty.csv", "--workspace", tmp_path / "new.fairvisit", code=1)
    assert [path.name for path in tmp_path.iterdir()] == ["empty.csv"]


def test_wrong_usage_exits_with_2(workspace: Path) -> None:
    """Contradicting options are wrong usage, not a refusal."""
    both = ("--seconds", "1", "--iterations", "5")
    assert "not both" in call("plan", "--workspace", workspace, *both, code=2)
    call_as_visit = ("--debtor", "P0", "--visit", "CALL-NA", "--at", "2026-11-24T10:00")
    assert "does not go" in call("record", "--workspace", workspace, *call_as_visit, code=2)


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01"])
def test_days_at_the_ends_of_the_calendar_are_wrong_usage(workspace: Path, day: str) -> None:
    """No arithmetic runs over the end of the calendar: such a day is refused in a sentence."""
    for verb in (["rank", "--date", day], ["plan", "--iterations", "1", "--date", day]):
        assert "too far away" in call(*verb, "--workspace", workspace, code=2)
    ask = ("check", "--debtor", "P0", "--channel", "visit", "--at", f"{day}T10:00")
    assert "too far away" in call(*ask, "--workspace", workspace, code=2)
    assert "too far away" in call("demo", workspace.parent / "new", "--today", day, code=2)


def test_what_is_no_text_and_where_nothing_can_be_written_are_refused(
    workspace: Path, tmp_path: Path
) -> None:
    """Stray bytes in an argument and a folder under a file give a sentence, not a crash."""
    ask = ("--debtor", "\udcff", "--channel", "visit", "--at", "2026-11-24T10:00")
    assert "no UTF-8 text" in call("check", "--workspace", workspace, *ask, code=1)
    (tmp_path / "file").write_text("")
    assert call("demo", tmp_path / "file" / "demo", code=1).strip()
    assert call("import", workspace, "--workspace", tmp_path / "no" / "w.fairvisit", code=1).strip()


def test_solve_writes_the_solution_it_prints(tmp_path: Path) -> None:
    """`solve` reads the neutral file and leaves the solution in --out."""
    problem = {
        "format": "fairvisit-problem/1",
        "duration": [[0, 600], [600, 0]],
        "cost": [[0, 250], [250, 0]],
        "visits": [{"id": "v1", "location": 1, "service": 900, "prize": 12000,
                    "windows": [[0, 32400, 64800]]}],
        "shifts": [{"id": "s1", "day": 0, "start_location": 0, "end_location": 0,
                    "earliest": 32400, "latest": 64800}],
    }  # fmt: skip
    (tmp_path / "p.json").write_text(json.dumps(problem))
    out = tmp_path / "s.json"
    solved = answer("solve", tmp_path / "p.json", "--iterations", "100", "--out", out)
    assert json.loads(out.read_text()) == solved
    assert solved["objective"] == 12000 - 500
    assert [stop["visit"] for stop in solved["routes"][0]["stops"]] == ["v1"]


def test_what_an_import_passed_over_is_said_without_json_too(tmp_path: Path) -> None:
    """A column that means nothing to the program is named in the text, not only in the JSON."""
    (tmp_path / "a.csv").write_text(
        "委案方,合同号,姓名,手机号,逾期总金额,逾期天数,幸运数字\nL,C1,张三,19900000001,100,60,7\n"
    )
    arguments = (tmp_path / "a.csv", "--as-of", "2026-11-20", "--workspace", tmp_path / "w.fv")
    assert "幸运数字" in call("import", *arguments)
