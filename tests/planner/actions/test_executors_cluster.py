"""A real cluster on this machine, with certificates on both sides."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from demo_time import DEMO_DAY

from planner.actions.day_problem import day_problem
from planner.actions.executors import executor_of, solve_at
from planner.actions.rank import rank
from planner.errors import PlannerError
from planner.geo.travel import StraightLine
from planner.routing.check import faults
from planner.routing.problem import Problem
from planner.routing.solve import solution_json
from planner.store.store import Store
from planner.words import explain

distributed = pytest.importorskip(
    "distributed", reason="the extra `cluster` (pip install distributed) is not installed"
)
if shutil.which("openssl") is None:
    pytest.skip("openssl makes the certificates and is not installed", allow_module_level=True)

# The library's own warnings at its end are none of ours.
pytestmark = pytest.mark.filterwarnings("default")
CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2")


def authority(folder: Path, *names: str) -> Path:
    """A certificate authority in `folder`, and a key and certificate of it for each name."""
    folder.mkdir()

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], cwd=folder, check=True, capture_output=True)

    openssl("req", "-x509", *CURVE, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority")
    for name in names:
        openssl("req", *CURVE[:-2], "-keyout", f"{name}.key", "-out", f"{name}.csr",
                "-subj", f"/CN={name}")  # fmt: skip
        openssl("x509", "-req", "-in", f"{name}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-days", "2", "-out", f"{name}.pem")  # fmt: skip
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Certificates of the house: for the cluster, and for this program."""
    return authority(tmp_path_factory.mktemp("tls") / "house", "cluster", "planner")


@pytest.fixture(scope="module")
def cluster(house: Path) -> Iterator[Any]:
    """A scheduler and two workers that speak to nobody without a certificate of the house."""
    from distributed.security import Security

    ends = {
        f"tls_{role}_{kind}": str(house / f"cluster.{suffix}")
        for role in ("scheduler", "worker", "client")
        for kind, suffix in (("cert", "pem"), ("key", "key"))
    }
    security = Security(require_encryption=True, tls_ca_file=str(house / "ca.pem"), **ends)
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=False, protocol="tls", security=security,
        dashboard_address=None, host="127.0.0.1",
    ) as found:  # fmt: skip
        yield found


@pytest.fixture
def day(demo_store: Store) -> Problem:
    """The engine's problem of the demo's day."""
    return day_problem(rank(demo_store, DEMO_DAY), StraightLine(), demo_store.zone).problem


def address(cluster: Any) -> str:
    """The scheduler's address as the user would write it."""
    return str(cluster.scheduler_address).replace("tls://", "dask://")


def own_files(folder: Path, name: str = "planner") -> list[Path]:
    """The files the user names."""
    return [folder / "ca.pem", folder / f"{name}.pem", folder / f"{name}.key"]


def test_a_cluster_plans(cluster: Any, house: Path, day: Problem) -> None:
    """With certificates on both sides the cluster plans: no fault, no trouble, twice the same."""
    told: list[PlannerError] = []
    place = executor_of(address(cluster), *own_files(house))
    plans = []
    for _ in range(2):
        found = solve_at(place, day, iterations=600, seed=2, on_trouble=told.append)
        assert faults(day, found) == []
        plans.append(solution_json(day, found) | {"seconds": 0})
    assert plans[0] == plans[1]
    assert told == []


def test_a_stranger_is_turned_away(cluster: Any, house: Path, day: Problem, tmp_path: Path) -> None:
    """Neither a foreign certificate nor a foreign cluster is trusted: planned here, and told."""
    strange = authority(tmp_path / "strange", "planner")
    one_sided = [house / "ca.pem", strange / "planner.pem", strange / "planner.key"]
    for files in (one_sided, own_files(strange)):
        told: list[PlannerError] = []
        place = executor_of(address(cluster), *files)
        found = solve_at(place, day, iterations=300, on_trouble=told.append)
        assert faults(day, found) == []
        assert [error.code for error in told] == ["executor.unreachable"]
        assert "{" not in explain(told[0], "zh_CN")


def test_an_open_door_is_not_taken(cluster: Any, day: Problem) -> None:
    """Without certificates the encrypted cluster is not reached, even on this machine."""
    told: list[PlannerError] = []
    found = solve_at(executor_of(address(cluster)), day, iterations=300, on_trouble=told.append)
    assert faults(day, found) == []
    assert [error.code for error in told] == ["executor.unreachable"]


def test_nothing_is_unpickled_here(
    cluster: Any, house: Path, day: Problem, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A worker that answers with an object that runs on arrival does not get it to run."""
    trace = tmp_path / "trace"
    monkeypatch.setattr("planner.routing.split.work", Mine(str(trace)))
    told: list[PlannerError] = []
    place = executor_of(address(cluster), *own_files(house))
    found = solve_at(place, day, seconds=1.0, on_trouble=told.append)
    assert faults(day, found) == []
    assert [error.code for error in told] == ["executor.late"]
    assert not trace.exists()


class Mine:
    """Called on the worker; what it gives back would write a file where it is unpickled."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __call__(self, _: bytes) -> Any:
        """The object that runs on arrival."""
        return Trap(self.path)


class Trap:
    """Unpickled, it leaves a file behind."""

    def __init__(self, path: str) -> None:
        self.path = path

    def __reduce__(self) -> Any:
        return Path.touch, (Path(self.path),)
