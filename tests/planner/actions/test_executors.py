"""Where plans are worked out: names of places, pools of processes, what leaves the machine."""

import json
import re
import subprocess
import sys
import time
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from demo_time import DEMO_DAY, demo_clock

from planner.actions.day_problem import day_problem
from planner.actions.executors import HERE, Place, executor_of, processes_for, solve_at
from planner.actions.make_plan import make_plan
from planner.actions.plan_week import plan_week
from planner.actions.rank import rank
from planner.cli import cli
from planner.errors import PlannerError
from planner.geo.travel import StraightLine
from planner.routing.check import faults
from planner.routing.problem import Problem, from_json, to_json
from planner.routing.solve import Solution, solution_json, solve
from planner.routing.split import Workers, solve_split
from planner.store.store import Store
from planner.words import explain


@pytest.fixture
def day(demo_store: Store) -> Problem:
    """The engine's problem of the demo's day."""
    return day_problem(rank(demo_store, DEMO_DAY), StraightLine(), demo_store.zone).problem


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Three files that stand for certificates."""
    found = [tmp_path / name for name in ("ca.pem", "own.pem", "own.key")]
    for file in found:
        file.write_text("x")
    return found


def same(problem: Problem, *found: Solution) -> bool:
    """Whether all solutions are alike but for the time they took."""
    first, *rest = (solution_json(problem, one) | {"seconds": 0} for one in found)
    return all(one == first for one in rest)


def test_places_have_names(files: list[Path]) -> None:
    """Each form names its place; certificates make the way to a cluster an encrypted one."""
    assert executor_of("process") == Place()
    assert executor_of("none") == HERE
    assert executor_of("process:4") == Place(4)
    assert executor_of("dask://127.0.0.1:8786").cluster == "tcp://127.0.0.1:8786"
    assert executor_of("dask://localhost:1").cluster == "tcp://localhost:1"
    assert executor_of("dask://[::1]:8786").cluster == "tcp://[::1]:8786"
    far = executor_of("dask://cluster.example:8786", *files)
    assert (far.cluster, far.ca, far.cert, far.key) == ("tls://cluster.example:8786", *files)


@pytest.mark.parametrize(
    "text",
    ["", "dask", "process:0", "process:-1", "process:1000", "Process", "dask://", "dask://host",
     "dask://host:0", "dask://host:99999", "dask://a b:1", "tcp://127.0.0.1:1", "dask://h:1/x",
     "dask://user@host:1", "none\n"],
)  # fmt: skip
def test_other_names_are_refused(text: str) -> None:
    """What names no place is refused with the names that do, in both languages."""
    with pytest.raises(PlannerError) as refused:
        executor_of(text)
    assert refused.value.code == "executor.unknown"
    assert all("dask://host:port" in explain(refused.value, name) for name in ("en", "zh_CN"))


@pytest.mark.parametrize("host", ["cluster.example", "10.0.0.7", "127.0.0.1.example", "0.0.0.0"])
def test_no_open_way_off_this_machine(host: str, files: list[Path]) -> None:
    """Off the loopback all three files are demanded: neither open nor one-sided will do."""
    for given in ([], files[:1], [None, *files[1:]], files[:2]):
        with pytest.raises(PlannerError) as refused:
            executor_of(f"dask://{host}:8786", *given)
        assert refused.value.code == "executor.needs_tls"
        assert host in explain(refused.value, "en")
    with pytest.raises(PlannerError, match=r"executor\.needs_tls"):
        executor_of("dask://127.0.0.1:8786", files[0])
    with pytest.raises(PlannerError, match=r"executor\.no_file"):
        executor_of(f"dask://{host}:8786", *files[:2], Path("nowhere.key"))


def test_processes_are_made_where_named(day: Problem) -> None:
    """By itself nothing makes a pool; a number of processes does, unless the problem is tiny."""
    tiny = from_json({"duration": [[0]], "cost": [[0]], "visits": [], "shifts": []})
    assert [processes_for(place, day) for place in (Place(), HERE, Place(3))] == [0, 0, 3]
    assert processes_for(Place(3), tiny) == 0


def test_processes_give_the_plan_of_one(day: Problem) -> None:
    """Two other processes give the plan that the same territories give here, and none is told."""
    told: list[PlannerError] = []
    apart = solve_at(Place(2), day, iterations=600, seed=4, on_trouble=told.append)
    here = solve_split(day, Workers(_Here(), 2), 2, iterations=600, seed=4)
    assert faults(day, apart) == []
    assert same(day, apart, here)
    assert told == []


class _Here(Executor):
    """Works at once, in this thread."""

    def __init__(self) -> None:
        self.tasks: list[bytes] = []

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        """The result as a future that is done."""
        self.tasks += args
        future: Future[Any] = Future()
        future.set_result(fn(*args))
        return future


def test_processes_stop_when_cancelled(day: Problem) -> None:
    """Cancelled in the middle, processes hand in what they have: an hour's search ends with it."""
    told: list[Any] = []
    began = time.monotonic()

    def enough() -> bool:
        return time.monotonic() - began > 1.0

    found = solve_at(Place(2), day, seconds=3600, cancelled=enough, on_progress=told.append)
    assert faults(day, found) == []
    assert found.routes


def test_a_process_that_dies_is_made_up_for(day: Problem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that end without a word leave a plan that is whole, and are told."""
    monkeypatch.setattr("planner.routing.split.work_file", sys.exit)
    told: list[PlannerError] = []
    found = solve_at(Place(2), day, iterations=300, on_trouble=told.append)
    assert faults(day, found) == []
    assert {error.code for error in told} <= {"executor.lost", "executor.failed"}
    assert told


def test_nothing_of_anybody_leaves(demo_store: Store, day: Problem) -> None:
    """The tasks of the demo's day hold no name, number, address or id of anybody: every text in
    them is a number."""
    there = _Here()
    solve_split(day, Workers(there, 2), 2, iterations=100)
    assert len(there.tasks) == 2
    ranking = rank(demo_store, DEMO_DAY)
    known = {*ranking.table.debtor_ids, *ranking.table.address_ids}
    known |= {text for crew in ranking.crews for text in (crew.crew_id, crew.name)}
    known |= {member.name for crew in ranking.crews for member in crew.members}
    fields: set[str] = set()

    def texts(value: Any) -> list[str]:
        if isinstance(value, dict):
            fields.update(value)
            return [text for one in value.values() for text in texts(one)]
        if isinstance(value, list):
            return [text for one in value for text in texts(one)]
        return [value] if isinstance(value, str) else []

    for task in there.tasks:
        end = 8 + int.from_bytes(task[:8], "little")
        assert [text for text in texts(json.loads(task[8:end])) if not text.isdigit()] in ([], [""])
        assert [one for one in known if len(one) > 3 and one.encode() in task] == []
    allowed = {*to_json(day), *to_json(day)["visits"][0], *to_json(day)["shifts"][0]}
    assert fields - allowed == {*("sizes", "problem", "seconds", "iterations", "seed", "cpu_time")}


def test_deeds_take_a_place(demo_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A day and a week are planned at the place that is named."""
    seen: list[Place | None] = []

    def spy(place: Place | None, problem: Problem, **budget: Any) -> Solution:
        seen.append(place)
        budget.pop("on_trouble")
        return solve(problem, **budget)

    for deed in ("make_plan", "tours"):
        monkeypatch.setattr(f"planner.actions.{deed}.solve_at", spy)
    make_plan(demo_store, DEMO_DAY, clock=demo_clock, iterations=50, executor=Place(2))
    assert seen == [Place(2)]
    plan_week(demo_store, DEMO_DAY, days=2, clock=demo_clock, iterations=50, executor=Place(3))
    assert seen[1] == Place(3)
    assert set(seen[2:]) <= {HERE}


def test_command_line_takes_a_place(tmp_path: Path) -> None:
    """`solve --executor` works with processes; a wrong place is refused in words."""
    problem = tmp_path / "p.json"
    visits = [{"id": f"v{k}", "location": 0, "prize": 9, "windows": [[0, 0, 9000]], "service": 60}
              for k in range(9)]  # fmt: skip
    shifts = [{"id": f"s{k}", "day": 0, "start_location": 0, "end_location": 0, "earliest": 0,
               "latest": 9000} for k in range(2)]  # fmt: skip
    problem.write_text(
        json.dumps({"duration": [[0]], "cost": [[0]], "visits": visits, "shifts": shifts})
    )
    run = CliRunner().invoke
    told = run(cli, ["solve", str(problem), "--iterations", "50", "--json",
                     "--executor", "process:2"])  # fmt: skip
    assert told.exit_code == 0
    assert json.loads(told.stdout)["prize"] == 81
    environ = {"FAIRVISIT_LANG": "en", "FAIRVISIT_EXECUTOR": "dask://far.example:1"}
    told = run(cli, ["solve", str(problem), "--iterations", "50"], env=environ)
    assert told.exit_code == 1
    assert "--executor-ca" in told.stderr


def test_without_the_library_a_cluster_is_refused(
    day: Problem, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where `distributed` is not installed the refusal says how to install it."""
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(PlannerError) as refused:
        solve_at(executor_of("dask://127.0.0.1:1"), day, iterations=10)
    assert refused.value.code == "executor.missing"
    assert "pip install" in explain(refused.value, "en")


ORPHANS = """
import os
from planner.actions.executors import Place, _pool
from planner.routing.parcel import work

if __name__ == "__main__":
    with _pool(1) as workers:
        print(workers.executor.submit(os.getpid).result(), flush=True)
        os._exit(1)  # as if killed: nothing is cleaned up
"""


@pytest.mark.skipif(sys.platform == "win32", reason="asks the system for a process by its number")
def test_processes_end_with_their_parent(tmp_path: Path) -> None:
    """A program that is killed leaves no process behind."""
    script = tmp_path / "killed.py"
    script.write_text(ORPHANS)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False
    )
    child = Path("/proc") / re.sub(r"\D", "", done.stdout) / "stat"
    for _ in range(500):
        if not child.exists() or child.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            return
        time.sleep(0.02)
    pytest.fail("the process is still there")
