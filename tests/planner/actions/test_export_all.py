"""The full export: everything is in it, it is whole or not there, and it can be read in again."""

import csv
import hashlib
import json
import os
import stat
import subprocess
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from planner.actions import export_all as deed
from planner.actions import exports as parts
from planner.actions.changes import proposal
from planner.actions.evidence import Piece, keep
from planner.actions.export_all import export_all
from planner.actions.exports import Noted, exports
from planner.actions.import_files import import_files
from planner.actions.upkeep import upkeep
from planner.cli import cli
from planner.domain.people import Debtor
from planner.errors import PlannerError
from planner.export.everything import TABLES
from planner.store import settings
from planner.store.events import NewEvent
from planner.store.known import load_debtors
from planner.store.people import find_persons, timeline
from planner.store.store import Store, undo

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
LOANS = """贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期开始日,案件状态,产品,标签,\
到访要求,家庭地址,家庭地址经度,家庭地址纬度,单位地址
甲机构,C1,张三,,19900000001;02887654321,12000.50,2026-01-05,逾期,现金贷,困难,方言,某市某县河东镇\
某街1号,104.1,30.5,某厂
甲机构,C2,张三,,19900000001,8000,2026-02-05,已结清,,,,某市某县河东镇某街1号,104.1,30.5,
乙机构,0012,李四,990000199001011234,,5,2025-12-31,逾期,,,,某村2号,,,
乙机构,0013,"Maria, G.",,+5491100000000,99999.99,2025-12-31,逾期,贷-1+2,,,某街道3号,105.25,31.125,
"""


PHOTO = b"\xff\xd8\xff photo"


def clock() -> datetime:
    return NOW


def _number(head: str) -> str:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(w * int(d) for w, d in zip(weights, head, strict=True))
    return head + "10X98765432"[total % 11]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Three persons with four loans, a contact that was undone, one that was not, a promise."""
    made = Store.create(tmp_path / "w.fairvisit", clock=clock)
    path = tmp_path / "loans.csv"
    path.write_text(LOANS.replace("990000199001011234", _number("99000019900101123")), "utf-8")
    report = import_files(made, [path], clock=clock)
    assert not [fault for fault in report.faults if not fault.note]
    with made.read() as conn:
        (who,) = find_persons(conn, text="张三")
    call = {"channel": "call", "code": "CALL-NA", "phone": "19900000001", "note": "=1+1"}
    with made.write() as tx:
        batch = tx.append([NewEvent("contact", who, NOW - timedelta(days=2), call)])
        tx.append([
            NewEvent("contact", who, NOW - timedelta(days=1), call),
            NewEvent("promise", who, NOW, {"promise_id": "V1", "amount": 5000,
                                           "due": "2026-12-01"}),
            NewEvent("payment", who, NOW, {"amount": 2500}),
            NewEvent("hold", who, NOW, {"hold_id": "H1", "kind": 7, "until": None}),
            proposal(who, "address", "=某镇新村 3 号", at=NOW),
            NewEvent("must", who, NOW, {"date": "2026-12-02", "on": True, "reason": "@组长"}),
            NewEvent("exception", who, NOW, {"rule": "cn.law.hours", "channel": "visit",
                                             "at": NOW.isoformat()}),
        ])  # fmt: skip
        piece = Piece("=door.jpg", "image/jpeg", hashlib.sha256(PHOTO).hexdigest(), PHOTO)
        keep(tx, who, [piece], at=NOW, batch=None, note="+1")
        undo(tx, batch)
    return made


def _table(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def _known(store: Store) -> list[tuple[Any, ...]]:
    """Persons and cases without the ids of this workspace."""
    with store.read() as conn:
        people = load_debtors(conn, find_persons(conn))
    return sorted(map(_plain, people.values()))


def _plain(one: Debtor) -> tuple[Any, ...]:
    cases = sorted((c.case_id, c.product, c.amount_overdue, c.overdue_since, c.status)
                   for c in one.cases)  # fmt: skip
    places = sorted((a.text, a.kind, a.grade, str(a.lat), str(a.lon), a.region, a.township)
                    for a in one.addresses)  # fmt: skip
    return one.name, one.id_number, one.phones, int(one.flags), one.needs, cases, places


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_cases_can_be_read_in_again(store: Store, tmp_path: Path, language: str) -> None:
    """The table of cases, imported into an empty workspace, gives the same persons and cases."""
    export_all(store, tmp_path / "out", clock=clock, language=language)
    with Store.create(tmp_path / "again.fairvisit", clock=clock) as again:
        report = import_files(again, [tmp_path / "out" / "cases.csv"], clock=clock)
        assert not [fault for fault in report.faults if not fault.note]
        assert _known(again) == _known(store)


def test_everything_is_in_it(store: Store, tmp_path: Path) -> None:
    """Each table has its lines, what was undone is in the events only, and every file has the
    size and the sum that the manifest says; the export itself is recorded."""
    done = export_all(store, tmp_path / "out", clock=clock, by="组长", language="en")
    out = tmp_path / "out"
    counts = {name: len(_table(out, name)) for name in (*TABLES, "cases")}
    assert counts == {
        "persons": 3, "cases": 4, "addresses": 4, "contacts": 1, "promises": 1, "payments": 1,
        "holds": 1, "instalment_plans": 0, "agreements": 0, "notices": 0, "overrides": 0,
        "plans": 0, "crews": 0, "trips": 0, "expenses": 0, "steps": 0, "assignments": 0,
        "returned_records": 0, "plan_reviews": 0, "absences": 0, "proposed_changes": 1,
        "evidence": 1, "musts": 1, "exceptions": 1,
    }  # fmt: skip
    events = json.loads((out / "events.json").read_text("utf-8"))
    assert [one["undone"] for one in events if one["kind"] == "contact"] == [True, False]
    assert (done.persons, done.cases, done.events) == (3, 4, len(events))
    manifest = json.loads((out / "manifest.json").read_text("utf-8"))
    names = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    assert {one["name"] for one in manifest["files"]} == names - {"manifest.json"}
    for one in manifest["files"]:
        assert hashlib.sha256((out / one["name"]).read_bytes()).hexdigest() == one["sha256"]
    with store.read() as conn:
        (entry,) = [one for one in timeline(conn, "") if one.kind == "export"]
    assert entry.fields["by"] == "组长"
    assert entry.fields["digest"] == done.digest
    assert "events.json" in (out / "README.zh.md").read_text("utf-8")


def test_what_came_from_a_door_has_its_tables(store: Store, tmp_path: Path) -> None:
    """A proposed change says that it waits, a piece of evidence names its file with its sum, what
    the lead demanded and what was outside a rule are lines; texts are safe in each."""
    out = tmp_path / "out"
    export_all(store, out, clock=clock)
    (change,) = _table(out, "proposed_changes")
    assert (change["value"], change["decided"], change["decision"]) == ("'=某镇新村 3 号", "", "")
    (piece,) = _table(out, "evidence")
    assert (piece["name"], piece["note"]) == ("'=door.jpg", "'+1")
    assert hashlib.sha256((out / piece["file"]).read_bytes()).hexdigest() == piece["sha256"]
    (must,) = _table(out, "musts")
    assert (must["day"], must["wanted"], must["reason"]) == ("2026-12-02", "1", "'@组长")
    (outside,) = _table(out, "exceptions")
    assert (outside["rule"], outside["channel"]) == ("cn.law.hours", "visit")


def test_readme_tells_of_every_column(store: Store, tmp_path: Path) -> None:
    """Both READMEs say of each table what its columns hold."""
    export_all(store, tmp_path / "out", clock=clock)
    for name in ("README.md", "README.zh.md"):
        text = (tmp_path / "out" / name).read_text("utf-8")
        for table, columns in TABLES.items():
            assert f"## {table}.csv" in text
            assert [c[0] for c in columns if f"- `{c[0]}`: " not in text] == []


def test_no_cell_is_a_formula(store: Store, tmp_path: Path) -> None:
    """No text in any table begins as a formula would; a note that does is quoted."""
    export_all(store, tmp_path / "out", clock=clock)
    assert _table(tmp_path / "out", "contacts")[0]["note"] == "'=1+1"
    for path in (tmp_path / "out").glob("*.csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for cell in (cell for row in csv.reader(file) for cell in row):
                assert not cell.startswith(("=", "@", "+", "\t")), (path.name, cell)


def test_an_archive_holds_the_same(store: Store, tmp_path: Path) -> None:
    """A name that ends in .zip gives one file with everything in it, and nothing else is left."""
    export_all(store, tmp_path / "out.zip", clock=clock)
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert {"manifest.json", "cases.csv", "events.json"} <= set(archive.namelist())
        assert archive.testzip() is None
    assert not list(tmp_path.glob("*.part*"))


def test_nothing_is_left_when_it_is_cut_short(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cancelled or failing at the end, an export leaves no file and no entry; what an earlier cut
    left is cleared away."""
    (tmp_path / "out.part").mkdir()
    (tmp_path / "out.part" / "old.csv").write_text("x")
    with pytest.raises(PlannerError, match=r"store\.cancelled"):
        export_all(store, tmp_path / "out", clock=clock, cancelled=lambda: True)

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(deed, "write_manifest", full)
    with pytest.raises(PlannerError, match=r"store\.disk_full"):
        export_all(store, tmp_path / "out", clock=clock)
    assert not list(tmp_path.glob("out*"))
    with store.read() as conn:
        assert not [one for one in timeline(conn, "") if one.kind == "export"]


CUT = """
import os, sys
from pathlib import Path
from planner.actions import export_all as deed
from planner.clock import system_clock
from planner.store.store import Store

deed._record = lambda *_: os._exit(9)
with Store.open(Path(sys.argv[1]), clock=system_clock) as store:
    deed.export_all(store, Path(sys.argv[2]), clock=system_clock)
"""


@pytest.mark.parametrize("name", ["out", "out.zip"])
def test_what_a_killed_export_left_is_cleared(store: Store, tmp_path: Path, name: str) -> None:
    """A program that dies when all is written leaves clear text; the next upkeep finds it by itself
    and removes it, leaves an export under way alone, and touches nothing else."""
    store.close()
    done = subprocess.run(
        [sys.executable, "-c", CUT, str(store.path), str(tmp_path / name)], check=False
    )
    left = sorted(path.name for path in tmp_path.glob("out*"))
    assert done.returncode == 9
    assert left == [f"{name}.part"] + [f"{name}.part.zip"] * (name == "out.zip")
    (tmp_path / "out.part.txt").write_text("somebody's")
    with Store.open(store.path, clock=clock) as again:
        parts._mine.add(str(tmp_path / f"{name}.part"))
        upkeep(again, clock=clock)
        assert (tmp_path / f"{name}.part").exists()
        parts._mine.clear()
        upkeep(again, clock=clock)
        assert [path.name for path in tmp_path.glob("out*")] == ["out.part.txt"]
        with again.read() as conn:
            assert settings.get(conn, parts.UNDER_WAY) == []
        assert exports(again) == []


@pytest.mark.skipif(os.name != "posix", reason="modes of files are those of POSIX")
def test_only_the_owner_can_read_it_and_links_lead_nowhere(store: Store, tmp_path: Path) -> None:
    """While it is written and afterwards nobody else may read it; a link laid where it will be
    written, or under its name, is not followed."""
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / "out.part").symlink_to(other)
    (tmp_path / "out.zip.part.zip").symlink_to(other / "taken.zip")
    (tmp_path / "there").symlink_to(other / "nothing")
    with pytest.raises(PlannerError, match=r"file\.unwritable"):
        export_all(store, tmp_path / "out", clock=clock)
    with pytest.raises(PlannerError, match=r"export\.exists"):
        export_all(store, tmp_path / "there", clock=clock)
    modes = []

    def look(_share: float) -> None:
        modes.append(stat.S_IMODE((tmp_path / "out.zip.part").stat().st_mode))

    export_all(store, tmp_path / "out.zip", clock=clock, on_progress=lambda s: s < 1 and look(s))
    assert set(modes) == {0o700}
    assert stat.S_IMODE((tmp_path / "out.zip").stat().st_mode) == 0o600
    assert list(other.iterdir()) == []


def test_exports_are_listed(store: Store, tmp_path: Path) -> None:
    """Each export is recorded with who ordered it and how much left, the newest first."""
    for name in ("one", "two"):
        export_all(store, tmp_path / name, clock=clock, by=name)
    assert exports(store) == [
        Noted(NOW, "everything", "two", 3, 4),
        Noted(NOW, "everything", "one", 3, 4),
    ]


def test_nothing_is_written_over(store: Store, tmp_path: Path) -> None:
    """A folder that is there already is left alone."""
    (tmp_path / "out").mkdir()
    with pytest.raises(PlannerError, match=r"export\.exists"):
        export_all(store, tmp_path / "out", clock=clock)


def test_the_command_wants_to_be_sure(store: Store, tmp_path: Path) -> None:
    """Without --confirm nothing is written; with it the answer names the folder and the counts."""
    store.close()
    told = ["export-all", str(tmp_path / "out"), "--workspace", str(store.path), "--json"]
    refused = CliRunner().invoke(cli, told)
    assert refused.exit_code == 2
    assert not (tmp_path / "out").exists()
    answer = json.loads(CliRunner().invoke(cli, [*told, "--confirm"]).stdout)
    assert (answer["persons"], answer["cases"]) == (3, 4)
    assert (tmp_path / "out" / "manifest.json").exists()
