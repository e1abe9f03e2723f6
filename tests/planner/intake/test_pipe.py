"""The parent believes nothing the confined process says and outlives whatever happens to it."""

import gc
import sys
import threading
from pathlib import Path

import pytest
from made_files import read_cases
from nasty_files import GOOD, csv_text

from planner.errors import PlannerError
from planner.intake import child, pipe
from planner.intake.read import read_file

START = "import sys; sys.stdin.read(); w = sys.stdout.buffer.write;"


def frame(tag: str, body: str) -> str:
    """Python code that writes one frame."""
    return f"w(b'{tag}' + len({body!r}.encode()).to_bytes(4, 'big') + {body!r}.encode());"


@pytest.fixture
def good_file(tmp_path: Path) -> Path:
    """A file that any healthy child can read."""
    path = tmp_path / "a.csv"
    path.write_text(csv_text([GOOD]), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("name", "code", "refusal"),
    [
        ("dies_silently", "sys.exit(3)", "refused"),
        ("is_killed", "import os; os.abort()", "refused"),
        ("stops_without_end", frame("S", "") + frame("R", "1\x1e姓名"), "refused"),
        ("cut_frame", "w(b'R' + (99).to_bytes(4, 'big') + b'x')", "refused"),
        ("endless_frame", "w(b'R' + (2**31).to_bytes(4, 'big'))", "refused"),
        ("no_text", "w(b'R' + (2).to_bytes(4, 'big') + bytes([255, 254]))", "refused"),
        ("no_tag", "w(bytes([200]) + (0).to_bytes(4, 'big'))", "refused"),
        ("unknown_reason", frame("X", '["format_the_disk", {}]'), "refused"),
        ("no_json", frame("X", "rm"), "refused"),
        ("deep_json", "d = b'[' * 100000; w(b'X' + len(d).to_bytes(4, 'big') + d)", "refused"),
        ("own_reason", frame("X", '["too_large", {"file": "other"}]'), "too_large"),
        ("rows_without_number", frame("S", "") + frame("R", "x\x1ea") + frame("E", ""), "refused"),
    ],
)
def test_what_a_bad_child_says(
    name: str, code: str, refusal: str, good_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Silence, death, cut or false frames and false reasons all refuse the file by its own name."""
    monkeypatch.setattr(pipe, "command", lambda: [sys.executable, "-c", START + code])
    with pytest.raises(PlannerError) as caught:
        read_file(good_file)
    assert caught.value.code == f"intake.{refusal}"
    assert caught.value.params["file"] == "a.csv"


def test_time_limit(good_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that goes on for ever is ended at the limit."""
    forever = "import threading; threading.Event().wait()"
    monkeypatch.setattr(pipe, "command", lambda: [sys.executable, "-c", forever])
    with pytest.raises(PlannerError, match=r"intake\.timeout"):
        read_file(good_file, seconds=0.3)


def test_cancelled(good_file: Path) -> None:
    """A reader that is cancelled stops with its own code."""
    with pytest.raises(PlannerError, match=r"intake\.cancelled"):
        read_file(good_file, cancelled=lambda: True)


def test_from_another_thread(good_file: Path) -> None:
    """A worker thread may read files; the garbage collector is on again afterwards."""
    found: list[int] = []
    worker = threading.Thread(target=lambda: found.append(len(read_file(good_file).records)))
    worker.start()
    worker.join()
    assert found == [1]
    assert gc.isenabled()


def test_progress(tmp_path: Path) -> None:
    """Progress counts rows and never runs backwards or beyond the total."""
    rows = [GOOD | {"合同号": f"H{n}"} for n in range(2500)]
    (tmp_path / "a.csv").write_text(csv_text(rows), encoding="utf-8")
    told: list[tuple[int, int]] = []
    read_file(tmp_path / "a.csv", on_progress=lambda done, total: told.append((done, total)))
    assert [done for done, _ in told] == [1000, 2000]
    assert all(done <= total for done, total in told)


def test_start_in_a_frozen_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """A frozen program starts itself with a word of its own as first argument."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert pipe.command() == [sys.executable, pipe.CHILD_WORD]


def test_child_imports_little() -> None:
    """The confined process starts with nothing of the program but its own modules."""
    source = Path(child.__file__).read_text(encoding="utf-8")
    assert "from planner.intake.refused import Refused" in source
    assert source.count("from planner") == 2
    assert "numpy" not in source


@pytest.mark.skipif(sys.platform == "win32", reason="limits of this kind exist on Unix only")
def test_memory_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A child that asks for more memory than it may have refuses the file."""
    code = (
        "import planner.intake.child as c, planner.intake.sheets as s;"
        "c.MEMORY = 400 << 20; s.read = lambda *a: bytearray(1 << 30); c.run()"
    )
    own = pipe.command()
    monkeypatch.setattr(pipe, "command", lambda: [*own[: own.index("-m")], "-c", code])
    with pytest.raises(PlannerError, match=r"intake\.too_large"):
        read_cases(tmp_path, {})
