"""The log of the workspace is cut after a large import."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from nasty_files import GOOD, csv_text

from planner.actions.import_files import import_files
from planner.store import log
from planner.store.log import log_size
from planner.store.store import Store


def clock() -> datetime:
    return datetime(2026, 11, 23, 1, tzinfo=UTC)


@pytest.fixture
def rows(tmp_path: Path) -> list[Path]:
    """Three lists of 200 persons each."""
    found = []
    for k in range(3):
        some = [GOOD | {"合同号": f"H{k}{n:03d}", "姓名": f"张三{n}", "身份证号": "",
                        "手机号": f"1990{k:03d}{n:04d}"} for n in range(200)]  # fmt: skip
        found.append(tmp_path / f"{k}.csv")
        found[-1].write_text(csv_text(some), encoding="utf-8", newline="")
    return found


def test_the_log_shrinks(tmp_path: Path, rows: list[Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """After an import the log is empty; while somebody reads an older moment the import is done all
    the same, and the next one cuts the log."""
    monkeypatch.setattr(log, "LARGE", 100_000)
    with Store.create(tmp_path / "w.fairvisit", clock=clock) as store:
        assert import_files(store, rows[:1], clock=store.clock).batch
        assert log_size(store.path) == 0
        with store.read() as conn:
            conn.execute("SELECT count(*) FROM person").fetchone()
            assert import_files(store, rows[1:2], clock=store.clock).batch
            assert log_size(store.path) > log.LARGE
        assert import_files(store, rows[2:], clock=store.clock).batch
        assert log_size(store.path) == 0
        with store.read() as conn:
            assert conn.execute("SELECT count(*) FROM person").fetchone() == (600,)
