"""Deeds that are killed or cut off from power anywhere leave the old state or the new one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
OTHERS = (
    "import", "migrate", "protect", "rotate", "backup", "purge", "restore", "merge", "handover",
)  # fmt: skip

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("gcc") is None,
    reason="the watcher of files is built for Linux",
)


@pytest.fixture(scope="module")
def watcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The library that logs changes of files and kills at one of them."""
    out = tmp_path_factory.mktemp("iolog") / "iolog.so"
    command = ["gcc", "-shared", "-fPIC", "-O1", "-o", str(out), str(HERE / "iolog.c"), "-ldl"]
    subprocess.run([*command, "-lpthread"], check=True, capture_output=True)
    return out


def cut_short(watcher: Path, tool: str, deed: str, times: int, seed: int, folder: Path) -> int:
    """How many kills or images were survived; fails with what the tool says."""
    done = subprocess.run(
        [sys.executable, str(HERE / tool), deed, str(times), str(seed), str(folder)],
        env={**os.environ, "LD_PRELOAD": str(watcher), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    return int(told.get("kills", told.get("images")))


@pytest.mark.parametrize(("deed", "times"), [("record", 8), *((deed, 2) for deed in OTHERS)])
def test_killed_anywhere(watcher: Path, tmp_path: Path, deed: str, times: int) -> None:
    """Killed at random changes of a file, nothing acknowledged is lost, nothing is half done, and
    workspace and backups open and verify."""
    assert cut_short(watcher, "kill.py", deed, times, 1, tmp_path) == times


@pytest.mark.parametrize(("deed", "times"), [("record", 15), *((deed, 3) for deed in OTHERS)])
def test_power_cut_anywhere(watcher: Path, tmp_path: Path, deed: str, times: int) -> None:
    """Whatever part of the unsynced writes reached the disk, the same holds."""
    assert cut_short(watcher, "power.py", deed, times, 1, tmp_path) == times


@pytest.mark.full
@pytest.mark.parametrize(("deed", "times"), [("record", 500), *((deed, 50) for deed in OTHERS)])
def test_killed_anywhere_at_length(watcher: Path, tmp_path: Path, deed: str, times: int) -> None:
    """500 kills while recording, 50 during each other deed."""
    assert cut_short(watcher, "kill.py", deed, times, 2, tmp_path) == times


@pytest.mark.full
@pytest.mark.parametrize(("deed", "times"), [("record", 1000), *((deed, 100) for deed in OTHERS)])
def test_power_cut_anywhere_at_length(watcher: Path, tmp_path: Path, deed: str, times: int) -> None:
    """1,000 images while recording, 100 of each other deed."""
    assert cut_short(watcher, "power.py", deed, times, 2, tmp_path) == times
