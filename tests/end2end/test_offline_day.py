"""A whole day without a network: nothing is lost, and nothing tries to reach one."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from demo_time import demo_clock

from planner.store.driver import Connection
from planner.store.plans import find_plan
from planner.store.store import Store
from planner.store.verify import verify

SCRIPT = Path(__file__).with_name("offline_day.py")
_OUTSIDE = re.compile(r"connect\(.*AF_INET")
_OURSELVES = re.compile(r'"(127\.0\.0\.1|::1)"')


def without_network() -> list[str]:
    """The command under which a program has no network; skips where that is not permitted."""
    if shutil.which("unshare") is None:
        pytest.skip("no unshare here")
    for command in (["unshare", "-n"], ["unshare", "-rn"]):
        if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
            return command
    pytest.skip("taking the network away is not permitted here")


def watched(log: Path) -> list[str]:
    """The command that writes down every connection tried, where it can be run."""
    command = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", "trace=connect", "-o", str(log)]
    if shutil.which("strace") is None:
        return []
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    return command if tried.returncode == 0 else []


def visits(conn: Connection) -> int:
    """Contacts recorded on the day or later."""
    seconds = demo_clock().timestamp()
    found = conn.execute("SELECT count(*) FROM contact WHERE at >= ?", (int(seconds),)).fetchone()
    return int(found[0])


def lived(workspace: Path, folder: Path, *what: str, full: bool) -> dict[str, Any]:
    """What a half of the day told; no connection to another machine was tried in it."""
    log = folder / "connections"
    environment = os.environ | {
        "FAIRVISIT_LANG": "en",
        "FAIRVISIT_NO_WEBENGINE": "" if full else "1",
    }
    half, *more = what
    program = [sys.executable, str(SCRIPT), half, str(workspace), str(folder), *more]
    done = subprocess.run(
        [*without_network(), *(watched(log) if full else []), *program],
        capture_output=True, text=True, env=environment, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    lines = log.read_text().splitlines() if log.exists() else []
    assert [line for line in lines if _OUTSIDE.search(line) and not _OURSELVES.search(line)] == []
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert told.pop("refused") == 0
    return told


def whole_day(demo_folder: Path, tmp_path: Path, *, full: bool) -> None:
    """Live the day, open the workspace again in another process, and find everything."""
    workspace = demo_folder / "demo.fairvisit"
    with Store.open(workspace, clock=demo_clock) as store, store.read() as conn:
        before = visits(conn)
    told = lived(workspace, tmp_path, "day", *(["print"] if full else []), full=full)
    assert told["because"] == ["rain"]
    assert told["outcomes"] == [
        "VIS-NC", "VIS-RPC", "VIS-TPC", "VIS-RPC", "VIS-ABORT-SAFE", "VIS-NC",
    ]  # fmt: skip
    for name in ["sheets.pdf", *(["printed.pdf"] if full else [])]:
        assert (tmp_path / name).read_bytes().startswith(b"%PDF")
    assert lived(workspace, tmp_path, "again", full=full) == told
    with Store.open(workspace, clock=demo_clock) as store:
        with store.read() as conn:
            plan = find_plan(conn, told["plan"])
            assert visits(conn) - before == len(told["outcomes"]) == 6
        assert verify(store).ok
    assert plan is not None
    assert plan.stops == told["stops"]


def test_a_try_would_be_seen() -> None:
    """Without a network, one connection tried to another machine is counted as one."""
    code = (
        f"import sys, socket; sys.path.insert(0, {str(SCRIPT.parent)!r}); import offline_day\n"
        "socket.socket().connect_ex(('192.0.2.1', 80)); print(offline_day.refused())"
    )
    done = subprocess.run(
        [*without_network(), sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert int(done.stdout) == 1


def test_a_day_without_a_network(demo_folder: Path, tmp_path: Path) -> None:
    """By keys in the window: open, plan, six outcomes at the tiles, plan on in the rain, save the
    day sheets, close, open again: all is there, and no connection to another machine was tried."""
    whole_day(demo_folder, tmp_path, full=False)


@pytest.mark.full
def test_a_day_without_a_network_on_the_web_map(demo_folder: Path, tmp_path: Path) -> None:
    """The same with the web engine, whose map comes from this machine too, and with the print
    dialog, printing into a file; every connection that is tried is written down."""
    whole_day(demo_folder, tmp_path, full=True)
