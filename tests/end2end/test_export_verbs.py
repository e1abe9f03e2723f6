"""`export` and `phone-app` on the demo, as another program would call them."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from planner.actions.exports import exports
from planner.cli import cli
from planner.clock import system_clock
from planner.store.events import events_of
from planner.store.store import Store

DAY = "2026-11-24"
STARTS = {
    "pdf": b"%PDF", "html": b"<!DOCTYPE html>", "xlsx": b"PK", "ics": b"BEGIN:VCALENDAR",
    "gpx": b"<?xml", "kml": b"<?xml", "geojson": b"{",
}  # fmt: skip


def call(*arguments: object, code: int = 0) -> Result:
    """Run a verb."""
    done = CliRunner(env={"FAIRVISIT_LANG": "en"}).invoke(cli, [str(one) for one in arguments])
    assert done.exit_code == code, done.output
    return done


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory, demo_template: Path) -> Path:
    """The demo with a plan of a day."""
    path = tmp_path_factory.mktemp("out") / "demo.fairvisit"
    for part in demo_template.glob("demo.fairvisit*"):
        if not part.name.endswith("-lock"):
            path.with_name(part.name).write_bytes(part.read_bytes())
    told = ("--iterations", 300, "--date", DAY, "--reason", "test", "--workspace", path)
    call("plan", *told)
    return path


def events(workspace: Path) -> list[dict[str, object]]:
    """What is recorded of exports, oldest first."""
    with Store.open(workspace, clock=system_clock) as store, store.read() as conn:
        ((_, found),) = events_of(conn, [""])
    return [event.payload for event in found if event.kind == "export"]


@pytest.mark.parametrize("form", STARTS)
def test_each_form_is_written_and_recorded(workspace: Path, tmp_path: Path, form: str) -> None:
    """Each form begins as its kind does, and who wrote what with how many persons is recorded;
    where names are in it, a warning is said."""
    out = tmp_path / f"plan.{form}"
    where = ("--date", DAY, "--workspace", workspace, "--by", "Lead")
    done = call("export", "--format", form, "--out", out, *where, "--json")
    assert out.read_bytes().startswith(STARTS[form])
    named = form in ("pdf", "xlsx")
    assert json.loads(done.stdout) == {
        "path": str(out), "format": form, "names": named, "amounts": False,
    }  # fmt: skip
    assert ("names and addresses" in done.stderr) is named
    last = events(workspace)[-1]
    assert (last["what"], last["by"]) == (f"plan.{form}" + "+names" * named, "Lead")
    assert int(str(last["persons"])) > 5
    assert list(tmp_path.iterdir()) == [out]


def test_names_only_when_asked_for(workspace: Path, tmp_path: Path) -> None:
    """No name of the plan's persons is in a neutral file; with --names they are, said and
    recorded."""
    where = ("--date", DAY, "--workspace", workspace)
    files = [tmp_path / "a.geojson", tmp_path / "b.geojson"]
    call("export", "--format", "geojson", "--out", files[0], *where)
    done = call("export", "--format", "geojson", "--out", files[1], "--names", *where)
    assert "names and addresses" in done.stderr
    plain, named = (json.loads(file.read_text("utf-8"))["features"] for file in files)
    names = [one["properties"]["name"] for one in named if "name" in one["properties"]]
    assert len(names) == sum(one["properties"]["kind"] == "stop" for one in plain)
    assert not any(name in files[0].read_text("utf-8") for name in names)
    assert events(workspace)[-1]["what"] == "plan.geojson+names"
    with Store.open(workspace, clock=system_clock) as store:
        assert len(exports(store)) >= 2


def test_one_crew_and_what_is_not_there(workspace: Path, tmp_path: Path) -> None:
    """One crew's file holds its stops alone; an unknown crew, a day without plan, amounts in a
    form that never has them are refused and leave no file."""
    where = ("--workspace", workspace, "--out", tmp_path / "a.geojson", "--format", "geojson")
    call("export", *where, "--date", DAY, "--crew", "C1")
    told = json.loads((tmp_path / "a.geojson").read_text("utf-8"))["features"]
    assert {one["properties"]["crew_id"] for one in told} == {"C1"}
    (tmp_path / "a.geojson").unlink()
    assert call("export", *where, "--date", DAY, "--crew", "C99", code=1).stderr
    assert call("export", *where, "--date", "2026-12-24", code=1).stderr
    assert call("export", *where, "--date", DAY, "--amounts", code=2).stderr
    assert list(tmp_path.iterdir()) == []


def test_the_app_of_choice(workspace: Path, tmp_path: Path) -> None:
    """The chosen app is kept in the workspace and used from then on, unless another is named."""
    place = ("--workspace", workspace)
    assert call("phone-app", *place).stdout.strip() == "amap (gcj02)"
    call("phone-app", "baidu", *place)
    assert json.loads(call("phone-app", *place, "--json").stdout)["datum"] == "bd09"
    where = (*place, "--date", DAY, "--format", "ics", "--out", tmp_path / "a.ics")
    call("export", *where)
    assert b"api.map.baidu.com" in (tmp_path / "a.ics").read_bytes().replace(b"\r\n ", b"")
    call("export", *where, "--app", "geo")
    assert b"geo:" in (tmp_path / "a.ics").read_bytes().replace(b"\r\n ", b"")
    call("phone-app", "amap", *place)
