"""The whole loop by command line, in a process of its own as a user would run it."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from demo_time import DEMO_NOW

ROOT = Path(__file__).resolve().parents[2]
# The program as it is, at the moment for which the demo was made.
START = f"""
import sys
from datetime import datetime
from planner import clock
clock.system_clock = lambda: datetime.fromisoformat("{DEMO_NOW.isoformat()}")
import planner.cli as line
line.cli(sys.argv[1:], prog_name="fairvisit")
"""


def run(*arguments: str, code: int = 0) -> Any:
    """Run a verb with --json; returns what it printed, parsed."""
    environment = os.environ | {"FAIRVISIT_LANG": "en", "PYTHONWARNINGS": "error"}
    done = subprocess.run(
        [sys.executable, "-c", START, *arguments, "--json"], cwd=ROOT,
        capture_output=True, text=True, env=environment, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == code, done.stderr
    return json.loads(done.stdout) if done.stdout.strip() else done.stderr


@pytest.fixture
def workspace(demo_folder: Path) -> str:
    return str(demo_folder / "demo.fairvisit")


def stops(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [stop for route in plan["routes"] for stop in route["stops"]]


def test_the_loop_closes(workspace: str) -> None:
    """Import, rank, plan, record "nobody" and a promise: the next plan has neither of the two."""
    ranked = run("rank", "--workspace", workspace, "--date", "2026-11-24", "--limit", "5")
    assert ranked["persons"][0]["tab"] == "ready"
    plan = run("plan", "--workspace", workspace, "--date", "2026-11-24", "--iterations", "3000")
    first, second = stops(plan)[:2]
    nobody = run(
        "record", "--workspace", workspace, "--debtor", first["debtor"],
        "--visit", "VIS-NC", "--at", first["start"],
    )  # fmt: skip
    assert nobody["rule"] == "cn.house.cooldown.nobody"
    promised = run(
        "record", "--workspace", workspace, "--debtor", second["debtor"], "--visit", "VIS-RPC",
        "--result", "OUT-PTP", "--promise-amount", "50000", "--promise-date", "2026-12-01",
        "--at", second["start"],
    )  # fmt: skip
    assert promised["next_allowed"] > "2026-12-02"
    later = run("plan", "--workspace", workspace, "--date", "2026-11-25", "--iterations", "3000")
    planned = {stop["debtor"] for stop in stops(later)}
    left_out = {left["debtor"] for left in later["not_planned"]}
    for who in (first["debtor"], second["debtor"]):
        assert who not in planned | left_out
        answer = run(
            "check", "--workspace", workspace, "--debtor", who,
            "--channel", "visit", "--at", "2026-11-25T10:00",
        )  # fmt: skip
        assert not answer["allowed"]
        assert answer["rule"]
        assert answer["source"]
        assert answer["next_allowed"]
    assert run("verify", "--workspace", workspace)["ok"]


def test_a_bad_recording_is_refused_in_words(workspace: str) -> None:
    """A promise without an amount exits with 1 and one sentence, and writes nothing."""
    plan = run("plan", "--workspace", workspace, "--date", "2026-11-24", "--iterations", "200")
    who = stops(plan)[0]["debtor"]
    before = run("verify", "--workspace", workspace)["events"]
    said = run(
        "record", "--workspace", workspace, "--debtor", who, "--visit", "VIS-RPC",
        "--result", "OUT-PTP", "--at", "2026-11-24T10:00", code=1,
    )  # fmt: skip
    assert "amount and a date" in said
    assert run("verify", "--workspace", workspace)["events"] == before
