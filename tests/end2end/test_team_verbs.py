"""The command line of a lead: split, assign, absences, reviews, progress, reports."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from demo_time import DEMO_DAY, demo_clock

from planner import cli_submitted, cli_team, cli_team_days, cli_tools
from planner.actions.make_plan import make_plan
from planner.actions.team import assign
from planner.cli import cli
from planner.domain.plan import Unserved
from planner.store.people import timeline
from planner.store.plans import plan_to_json
from planner.store.store import Store


@pytest.fixture(autouse=True)
def demo_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The verbs run at the demo's moment."""
    for module in (cli_submitted, cli_team, cli_team_days, cli_tools):
        monkeypatch.setattr(module, "system_clock", demo_clock)


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and standard output of a verb on the demo workspace."""
    done = CliRunner().invoke(cli, [*words, "--workspace", str(folder / "demo.fairvisit")])
    return done.exit_code, done.stdout


def told(folder: Path, *words: str) -> dict[str, Any]:
    """What a verb says as JSON."""
    code, said = run(folder, *words, "--json")
    assert code == 0, said
    return dict(json.loads(said))


def test_a_book_is_split_and_handed_over(demo_folder: Path) -> None:
    """A dry run assigns nothing; then the book is split, one is moved, one book handed over, one
    person taken back; without a reason nothing is assigned."""
    date = ("--date", str(DEMO_DAY), "--tolerance", "30")
    dry = told(demo_folder, "team-split", *date, "--dry-run")
    assert dry["batch"] is None
    assert dry["changes"] == len(dry["owner"]) > 100
    assert run(demo_folder, "team-split", *date)[0] == 1
    done = told(demo_folder, "team-split", *date, "--reason", "new areas")
    assert done["batch"]
    assert done["owner"] == dry["owner"]
    assert [one["measure"] for one in done["worst"]] == ["cases", "amount", "stage", "metres"]
    who, whose = next(iter(done["owner"].items()))
    other = next(one for one in set(done["owner"].values()) if one != whose)
    moved = told(demo_folder, "assign", "--debtor", who, "--to", other, "--reason", "near")
    assert moved["persons"] == 1
    book = told(demo_folder, "hand-over", "--from", other, "--to", whose, "--reason", "leave")
    assert book["persons"] > 1
    back = told(demo_folder, "take-back", "--debtor", who, "--reason", "wait")
    assert back["persons"] == 1
    assert run(demo_folder, "assign", "--debtor", who, "--to", "?", "--reason", "x")[0] == 1


def test_absences_are_told_listed_and_ended(demo_folder: Path) -> None:
    """An absence is in the list of its days until it is ended."""
    days = ("--from", "2026-11-24", "--to", "2026-11-25")
    told(demo_folder, "absence", "--collector", "YS101", *days, "--reason", "ill")
    (one,) = told(demo_folder, "absence", *days)["absences"]
    assert (one["collector"], one["from"], one["to"]) == ("YS101", "2026-11-24", "2026-11-25")
    assert run(demo_folder, "absence", *days)[0] == 0
    told(demo_folder, "absence", "--end", one["id"])
    assert told(demo_folder, "absence", *days)["absences"] == []


def test_a_plan_is_reviewed_and_its_day_reported(demo_folder: Path, tmp_path: Path) -> None:
    """Submitted, returned with a comment, approved; the progress says so; day and week reports are
    written; a record is returned and answered."""
    with Store.open(demo_folder / "demo.fairvisit", clock=demo_clock) as store:
        plan = make_plan(store, DEMO_DAY, clock=demo_clock, iterations=200)
        route = max(plan.routes, key=lambda one: len(one.stops))
        who = route.stops[0].debtor_id
        with store.read() as conn:
            entry = next(one for one in timeline(conn, who) if one.kind == "contact")
    day = ("--date", str(DEMO_DAY))
    crew = ("--crew", route.crew_id)
    assert run(demo_folder, "plan-review", *day, "--decision", "submit")[0] == 2
    told(demo_folder, "plan-review", *day, *crew, "--decision", "submit")
    told(demo_folder, "plan-review", *day, *crew, "--decision", "return", "--comment", "later")
    states = {one["crew_id"]: one for one in told(demo_folder, "plan-review", *day)["routes"]}
    assert (states[route.crew_id]["state"], states[route.crew_id]["comment"]) == (
        "returned", "later",
    )  # fmt: skip
    told(demo_folder, "plan-review", *day, "--decision", "approve", "--by", "lead")
    crews = {one["crew_id"]: one for one in told(demo_folder, "progress", *day)["crews"]}
    assert crews[route.crew_id]["review"] == "approved"
    assert crews[route.crew_id]["planned"] == len(route.stops)
    for verb in ("progress", "plan-review"):
        assert route.crew in run(demo_folder, verb, *day)[1]
    report = told(demo_folder, "team-report", *day, "--week", "--out", str(tmp_path / "r.xlsx"))
    assert (report["from"], report["to"]) == ("2026-11-23", "2026-11-29")
    assert (tmp_path / "r.xlsx").exists()
    code, _ = run(demo_folder, "team-report", *day, "--kind", "county", "--out",
                  str(tmp_path / "r.pdf"))  # fmt: skip
    assert code == 0
    both = ("--debtor", who, "--event", entry.event_id)
    told(demo_folder, "return-record", *both, "--comment", "photo?")
    (one,) = told(demo_folder, "return-record")["returned"]
    assert (one["debtor"], one["comment"]) == (who, "photo?")
    told(demo_folder, "answer-record", *both, "--comment", "added")
    assert told(demo_folder, "return-record")["returned"] == []
    assert run(demo_folder, "answer-record", *both, "--comment", "added")[0] == 1


def test_a_submitted_route_is_taken_over(demo_folder: Path) -> None:
    """What taking a laptop's route over changes is shown, also without somebody; returned it tells
    the comment alone, approved the round is the laptop's; what speaks against it is said."""
    with Store.open(demo_folder / "demo.fairvisit", clock=demo_clock) as store:
        plan = make_plan(store, DEMO_DAY, clock=demo_clock, iterations=200)
        route = max(plan.routes, key=lambda one: len(one.stops))
        whose = f"YS{route.crew_id[1:]}01"
        ids = [stop.debtor_id for stop in route.stops]
        assign(store, dict.fromkeys(ids, whose), reason="areas", by="", clock=demo_clock)
        part = replace(plan, plan_id="laptop", routes=(replace(route, stops=route.stops[:-1]),),
                       not_planned=(Unserved(ids[-1], "LOCKED"),))  # fmt: skip
        row = ("laptop", route.crew_id, whose, DEMO_DAY.toordinal(), 0, b"b" * 16,
               json.dumps(plan_to_json(part)))  # fmt: skip
        with store.write() as tx:
            tx.conn.execute("INSERT INTO submitted VALUES (?, ?, ?, ?, ?, ?, ?)", row)
    verb = ("plan-review", "--submitted", "--date", str(DEMO_DAY))
    (one,) = told(demo_folder, *verb)["submitted"]
    assert (one["removed"], one["faults"], one["state"]) == ([ids[-1]], [], "")
    assert one["out"] == [{"debtor": ids[-1], "reason": "LOCKED"}]
    assert ids[-1] in run(demo_folder, *verb)[1]
    (less,) = told(demo_folder, *verb, "--without", ids[0])["submitted"]
    assert set(less["removed"]) == {ids[0], ids[-1]}
    assert told(demo_folder, *verb, "--collector", "YS999")["submitted"] == []
    assert run(demo_folder, *verb, "--decision", "return")[0] == 1
    told(demo_folder, *verb, "--decision", "return", "--comment", "first the far one")
    assert told(demo_folder, *verb)["submitted"][0]["comment"] == "first the far one"
    back = told(demo_folder, "take-back", "--debtor", ids[0], "--reason", "wait")
    (one,) = told(demo_folder, *verb)["submitted"]
    assert len(one["faults"]) == 1
    assert one["faults"][0].startswith(ids[0])
    assert run(demo_folder, *verb, "--decision", "approve")[0] == 1
    told(demo_folder, "undo", back["batch"])
    told(demo_folder, *verb, "--crew", route.crew_id, "--decision", "approve")
    (one,) = told(demo_folder, *verb)["submitted"]
    assert (one["state"], one["removed"]) == ("approved", [])
    states = told(demo_folder, "plan-review", "--date", str(DEMO_DAY))["routes"]
    (mine,) = [each for each in states if each["crew_id"] == route.crew_id]
    assert (mine["state"], mine["stops"]) == ("approved", len(ids) - 1)
    assert run(demo_folder, "plan-review", "--collector", whose)[0] == 2
    assert run(demo_folder, *verb, "--decision", "submit")[0] == 2
