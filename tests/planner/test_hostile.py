"""What somebody hostile would look for on the machine: words, names and keys where none may be."""

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from planner.actions import import_files as deed
from planner.actions.take_out import write_out
from planner.cli import cli
from planner.cli_tools import refusing
from planner.intake import pipe
from planner.store import keys
from planner.store.backup import backups, folder_of
from planner.store.protect import set_passphrase
from planner.store.store import Store

ROOT = Path(__file__).resolve().parents[2]
SECRET = "张三丰19900000001"
HEAD = "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,家庭地址\n"
posix = pytest.mark.skipif(os.name != "posix", reason="modes, signals and links are those of POSIX")


def test_a_bug_says_nothing_of_people(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error that nobody expected leaves the command line with its kind and place; its message,
    which may hold a cell of a file, is left out."""

    def bug(*_: object, **__: object) -> None:
        raise ValueError(SECRET)

    monkeypatch.setattr("planner.cli.import_files", bug)
    (tmp_path / "a.csv").write_text(HEAD, "utf-8")
    told = ["import", str(tmp_path / "a.csv"), "--workspace", str(tmp_path / "w.fairvisit")]
    done = CliRunner().invoke(cli, told, env={"FAIRVISIT_LANG": "en"})
    assert done.exit_code == 3
    assert "ValueError" in done.stderr
    assert "test_hostile.py" in done.stderr
    assert SECRET not in done.output


def test_wrong_usage_stays_what_it_is() -> None:
    """Click's own endings are not taken for bugs."""

    @click.command()
    @refusing
    def verb() -> None:
        raise click.UsageError("so")

    assert CliRunner().invoke(verb).exit_code == 2


def test_the_reader_of_files_does_not_know_the_passphrase(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process that reads files from outside is started without the words of the environment."""
    given: dict[str, str] = {}

    def start(*_: object, env: dict[str, str], **__: object) -> None:
        given.update(env)
        raise FileNotFoundError

    for name in ("FAIRVISIT_PASSPHRASE", "FAIRVISIT_NEW_PASSPHRASE"):
        monkeypatch.setenv(name, SECRET)
    monkeypatch.setattr(pipe.subprocess, "Popen", start)
    with pytest.raises(FileNotFoundError):
        list(pipe.frames(tmp_path / "a.csv", "csv"))
    assert given
    assert SECRET not in given.values()


@posix
def test_others_can_read_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Workspace, log, both envelopes and every backup are readable by their owner alone, whatever
    the usual mode of files is; a backup folder that was there before changes nothing of that."""
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)
    before = os.umask(0)
    try:
        place = tmp_path / "w.fairvisit"
        folder_of(place).mkdir()
        with Store.create(place, clock=_now) as store:
            (tmp_path / "a.csv").write_text(HEAD + _row(1), "utf-8")
            deed.import_files(store, [tmp_path / "a.csv"], clock=_now)
            set_passphrase(store, "seven small dwarfs")
            store.backup("hand")
            found = [*tmp_path.glob("w.fairvisit*"), *folder_of(place).iterdir()]
            open_to_others = {
                path.name
                for path in found
                if path.is_file() and path.stat().st_size and path.stat().st_mode & 0o077
            }
    finally:
        os.umask(before)
    assert len(found) > 6
    assert open_to_others == set()
    assert backups(place)


@posix
def test_a_link_in_the_place_of_a_copy_is_not_followed(tmp_path: Path) -> None:
    """Links laid where an envelope or its second copy stand are replaced, not written through."""
    target = tmp_path / "theirs"
    target.write_text("theirs")
    place = tmp_path / "w.fairvisit"
    Store.create(place, clock=_now).close()
    for end in ("-keys", "-keys2"):
        path = place.with_name(place.name + end)
        path.unlink()
        path.symlink_to(target)
        Store.open(place, clock=_now).close()
        assert not path.is_symlink()
    assert target.read_text() == "theirs"


KILLED = """
import os, signal, sys
from pathlib import Path
from planner.actions.import_files import import_files
from planner.clock import system_clock
from planner.store import append
from planner.store.store import Store

append._fold = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
with Store.open(Path(sys.argv[1]), clock=system_clock) as store:
    import_files(store, [Path(sys.argv[2])], clock=system_clock)
"""


@posix
def test_a_paper_with_names_is_never_readable_by_others(tmp_path: Path) -> None:
    """What is taken out with names is its owner's alone from its first byte on, and a link laid in
    its way is replaced, not followed."""
    out, elsewhere = tmp_path / "dossier.pdf", tmp_path / "elsewhere"
    elsewhere.write_text("x")
    part = out.with_name("dossier.pdf.part")
    part.symlink_to(elsewhere)
    seen: list[int] = []
    write_out(out, b"names", lambda: seen.append(part.stat().st_mode & 0o777), private=True)
    assert (seen, out.stat().st_mode & 0o777, out.read_bytes()) == ([0o600], 0o600, b"names")
    assert (out.is_symlink(), elsewhere.read_text()) == (False, "x")


@posix
def test_a_killed_import_leaves_nothing_in_the_temporary_folder(tmp_path: Path) -> None:
    """Killed while the rows are being written, an import leaves no file in the temporary folder, no
    core, and no readable name beside the workspace."""
    temp, home = tmp_path / "temp", tmp_path / "home"
    temp.mkdir()
    home.mkdir()
    place, file = home / "w.fairvisit", tmp_path / "a.csv"
    file.write_text(HEAD + "".join(map(_row, range(2000))), "utf-8")
    Store.create(place, clock=_now).close()
    env = os.environ | {"TMPDIR": str(temp), "SQLITE_TMPDIR": str(temp), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", KILLED, str(place), str(file)]
    done = subprocess.run(command, env=env, cwd=home, check=False, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert list(temp.iterdir()) == []
    for path in home.rglob("*"):
        assert not path.is_file() or "张三丰".encode() not in path.read_bytes(), path.name


@posix
def test_a_crash_writes_no_dump() -> None:
    """The program forbids itself to leave its memory on the disk, in both ways in."""
    code = "import main, resource as r; main.leave_no_dump(); print(r.getrlimit(r.RLIMIT_CORE)[0])"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "0"


def _row(k: int) -> str:
    return f"甲,甲{k},张三丰,,199{k:08},{1000 + k},60,2026-11-20,某街{k}号\n"


def _now() -> datetime:
    return datetime(2026, 11, 23, 1, tzinfo=UTC)
