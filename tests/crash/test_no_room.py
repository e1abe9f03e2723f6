"""A disk that is full and a folder that may not be written, for real: words, and nothing lost."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from deeds import DEEDS, NAME

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
AS_NOBODY = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]


def _allowed(*command: str) -> bool:
    """Whether this machine lets us do that: as root, on Linux, with its tools."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which(command[0]):
        return False
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _fill(deed: str, times: int, seed: int, folder: Path) -> dict[str, int]:
    tool = [sys.executable, str(HERE / "full.py"), deed, str(times), str(seed), str(folder)]
    done = subprocess.run(
        ["unshare", "--mount", *tool], env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


small_disk = pytest.mark.skipif(
    not _allowed("unshare", "--mount", "mount", "-t", "tmpfs", "none", tempfile.gettempdir()),
    reason="a small disk can be mounted by root on Linux alone",
)
nobody = pytest.mark.skipif(
    not _allowed(*AS_NOBODY, sys.executable, "-c", "import sqlcipher3"),
    reason="only root can become another user, who must be able to start Python",
)


@small_disk
@pytest.mark.parametrize("deed", DEEDS)
def test_a_full_disk(deed: str, tmp_path: Path) -> None:
    """A deed that finds no room is refused in words, or done; what was acknowledged is there once
    there is room again, nothing is half done, and workspace and backups open and verify."""
    assert _fill(deed, 3, 4, tmp_path)["refused"]


@small_disk
@pytest.mark.full
@pytest.mark.parametrize("deed", DEEDS)
def test_a_full_disk_at_length(deed: str, tmp_path: Path) -> None:
    """Fifty times each."""
    assert _fill(deed, 50, 5, tmp_path)["refused"] > 10


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A workspace that others may read, in a folder that they may not write."""
    folder = Path(tempfile.mkdtemp(prefix="fairvisit-ro-"))
    DEEDS["record"].prepare(folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    folder.chmod(0o755)
    yield folder / NAME
    shutil.rmtree(folder)


@pytest.fixture
def old_read_only() -> Iterator[Path]:
    """The same as the first version wrote it."""
    folder = Path(tempfile.mkdtemp(prefix="fairvisit-ro-"))
    DEEDS["migrate"].prepare(folder)
    for path in folder.iterdir():
        path.chmod(0o644)
    folder.chmod(0o755)
    yield folder / NAME
    shutil.rmtree(folder)


LOOK = """
import sys
from pathlib import Path
from planner.clock import system_clock
from planner.errors import PlannerError
from planner.store.people import find_persons
from planner.store.verify import verify
from ui.safe.jobs import open_store

path = Path(sys.argv[1])
try:
    open_store(path, system_clock, None)
except PlannerError as error:
    print(error.code)
with open_store(path, system_clock, None, read_only=True).store as store:
    with store.read() as conn:
        print(len(find_persons(conn)))
    print(verify(store).ok)
"""


def _as_nobody(*arguments: str, **more: str) -> "subprocess.CompletedProcess[str]":
    env = {"PYTHONPATH": str(ROOT), "PATH": os.environ["PATH"], "FAIRVISIT_LANG": "en",
           "PYTHONDONTWRITEBYTECODE": "1", "PYTHONIOENCODING": "utf-8", **more}  # fmt: skip
    command = [*AS_NOBODY, sys.executable, *arguments]
    return subprocess.run(command, env=env, cwd="/", capture_output=True, encoding="utf-8",
                          check=False)  # fmt: skip


@nobody
def test_a_folder_that_may_not_be_written(read_only: Path) -> None:
    """Opening it to work says so in words; opening it to look shows everything and leaves no file;
    each writing verb is refused in words."""
    before = {path.name: path.read_bytes() for path in read_only.parent.iterdir()}
    seen = _as_nobody("-c", LOOK, str(read_only))
    assert seen.stdout.split() == ["store.read_only", "12", "True"], seen.stderr
    for verb in ("backup", f"import {read_only.parent / 'new.csv'}"):
        told = (str(ROOT / "main.py"), *verb.split(), "--workspace", str(read_only))
        refused = _as_nobody(*told)
        assert refused.returncode == 1, refused.stdout
        assert "cannot be written" in refused.stderr
        assert "Traceback" not in refused.stderr
    there = {path.name: path.read_bytes() for path in read_only.parent.iterdir()}
    assert there == before


@nobody
@pytest.mark.parametrize("only_the_file", [False, True])
def test_an_old_file_that_may_not_be_written(old_read_only: Path, only_the_file: bool) -> None:
    """An older workspace that nobody may write here says what to do, in the window's words and on
    the command line, and not a byte is laid beside it, also when only the file is read-only."""
    if only_the_file:
        old_read_only.parent.chmod(0o777)
    before = {path.name: path.read_bytes() for path in old_read_only.parent.iterdir()}
    for language, words in (("en", "earlier version"), ("zh_CN", "较早版本")):
        env = {"FAIRVISIT_LANG": language}
        told = _as_nobody(str(ROOT / "main.py"), "verify", "--workspace", str(old_read_only), **env)
        assert told.returncode == 1, told.stdout
        assert words in told.stderr
        assert "Traceback" not in told.stderr
    there = {path.name: path.read_bytes() for path in old_read_only.parent.iterdir()}
    assert there == before
