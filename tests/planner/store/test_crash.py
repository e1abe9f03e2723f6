"""A program that is killed at any moment loses nothing that it said was saved."""

import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from store_factory import TestClock, append, listed, make_store

from planner.store.people import timeline
from planner.store.store import Store
from planner.store.verify import verify

WRITER = Path(__file__).with_name("writer_process.py")
ROOT = Path(__file__).resolve().parents[3]


def kill_writers(folder: Path, kills: int, seed: int) -> tuple[int, int]:
    """Start and kill `kills` writers; how many visits were acknowledged and how many are there."""
    rnd = random.Random(seed)
    with make_store(folder) as store:
        append(store, *(listed(f"P{k}") for k in range(7)))
    said: set[str] = set()
    for turn in range(kills):
        process = subprocess.Popen(
            [sys.executable, str(WRITER), str(store.path), str(turn * 1_000_000)],
            stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)},
        )  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        # The moment is chosen by counting answers, and lies somewhere after the last one counted.
        for _ in range(rnd.randrange(1, 60)):
            said.add(process.stdout.readline().strip())
        os.kill(process.pid, signal.SIGKILL)
        said |= {line.strip() for line in process.stdout if line.endswith("\n")}
        process.stdout.close()
        process.wait()
        with Store.open(store.path, clock=TestClock()) as again:
            report = verify(again)
            assert report.ok, report.problems
            with again.read() as conn:
                there = {
                    entry.fields["note"]
                    for k in range(7)
                    for entry in timeline(conn, f"P{k}")
                    if entry.kind == "contact"
                }
        assert said <= there
        assert len(there) <= len(said) + turn + 1  # at most one unacknowledged visit per kill
    return len(said), len(there)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """Ten writers are killed at random points: every visit they acknowledged is there, the
    workspace opens and verifies each time."""
    said, _ = kill_writers(tmp_path, kills=10, seed=1)
    assert said >= 10


@pytest.mark.full
@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="no SIGKILL on this system")
def test_nothing_acknowledged_is_lost_in_many_kills(tmp_path: Path) -> None:
    """The same with FAIRVISIT_KILLS kills (300 unless told)."""
    kills = int(os.environ.get("FAIRVISIT_KILLS", "300"))
    said, there = kill_writers(tmp_path, kills=kills, seed=2)
    assert kills <= said <= there
