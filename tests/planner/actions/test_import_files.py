"""The import as a deed: whole or not at all, one step to undo, harmless when repeated."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from planner.actions.import_files import Choice, import_files
from planner.actions.import_preview import preview_import
from planner.actions.undo import undo_batch
from planner.errors import PlannerError
from planner.store.crews import load_crews
from planner.store.facts import load_contacts
from planner.store.people import find_persons, load_debtor
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HEAD = (
    "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,"
    "家庭地址,家庭地址经度,家庭地址纬度\n"
)


def clock() -> datetime:
    return NOW


def row(contract: str, name: str, phone: str, amount: str, place: str = "104.1,30.5") -> str:
    return f"甲机构,{contract},{name},,{phone},{amount},60,2026-11-20,某街1号,{place}\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "w.fairvisit", clock=clock)


def written(folder: Path, name: str, *rows: str) -> Path:
    path = folder / name
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def digest(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def test_several_loans_of_one_person_are_one_debtor(store: Store, tmp_path: Path) -> None:
    """Two loans with the same name and phone, in two files, give one person with two cases."""
    one = written(tmp_path, "a.csv", row("C1", "张三", "19900000001", "12000"))
    two = written(tmp_path, "b.csv", row("C2", "张三", "19900000001", "8000"))
    import_files(store, [one], clock=clock)
    report = import_files(store, [two], clock=clock)
    assert (report.files[0].added, report.files[0].changed) == (0, 1)
    with store.read() as conn:
        (who,) = find_persons(conn)
        debtor = load_debtor(conn, who)
    assert sorted(case.amount_overdue for case in debtor.cases) == [800000, 1200000]


def test_a_changed_amount_is_a_change_and_the_same_file_is_none(
    store: Store, tmp_path: Path
) -> None:
    """The second import counts one changed and one unchanged person; the third changes nothing."""
    rows = [row("C1", "张三", "19900000001", "12000"), row("C2", "李四", "19900000002", "9000")]
    import_files(store, [written(tmp_path, "a.csv", *rows)], clock=clock)
    rows[0] = row("C1", "张三", "19900000001", "11000")
    path = written(tmp_path, "a.csv", *rows)
    report = import_files(store, [path], clock=clock)
    counts = report.files[0]
    assert (counts.added, counts.changed, counts.unchanged) == (0, 1, 1)
    assert import_files(store, [path], clock=clock).batch is None


def test_undo_gives_back_the_start(store: Store, tmp_path: Path) -> None:
    """After undo the derived state has the hash it had before the import, and verify is clean."""
    first = written(tmp_path, "a.csv", row("C1", "张三", "19900000001", "12000"))
    import_files(store, [first], clock=clock)
    before = digest(store)
    more = written(
        tmp_path, "b.csv", row("C1", "张三", "19900000001", "500"),
        row("C9", "王五", "19900000009", "700"),
    )  # fmt: skip
    report = import_files(store, [more], clock=clock)
    assert report.batch is not None
    assert digest(store) != before
    undo_batch(store, report.batch)
    assert digest(store) == before
    assert verify(store).ok


def test_one_refused_file_keeps_all_others_out(store: Store, tmp_path: Path) -> None:
    """A good file beside an empty one: nothing is written."""
    good = written(tmp_path, "a.csv", row("C1", "张三", "19900000001", "12000"))
    (tmp_path / "empty.csv").touch()
    before = digest(store)
    with pytest.raises(PlannerError) as refused:
        import_files(store, [good, tmp_path / "empty.csv"], clock=clock)
    assert refused.value.code == "intake.empty_file"
    assert digest(store) == before


def test_a_cancelled_import_writes_nothing(store: Store, tmp_path: Path) -> None:
    """Cancel before the writing leaves the workspace as it was."""
    good = written(tmp_path, "a.csv", row("C1", "张三", "19900000001", "12000"))
    before = digest(store)
    with pytest.raises(PlannerError, match=r"import\.cancelled"):
        import_files(store, [good], clock=clock, cancelled=lambda: True)
    assert digest(store) == before


def test_history_of_unknown_people_is_listed_not_lost(store: Store, tmp_path: Path) -> None:
    """A call of somebody who is in no case file becomes a fault that names file and row."""
    path = tmp_path / "h.csv"
    path.write_text(
        "贷款机构,合同号,时间,类型,结果,电话\n"
        "甲机构,C404,2026-11-20 10:00,电话,无人接听,19900000004\n",
        encoding="utf-8",
    )
    report = import_files(store, [path], clock=clock)
    (fault,) = [f for f in report.faults if f.code == "unknown_person"]
    assert (fault.file, fault.row) == ("h.csv", 2)
    assert report.batch is None


def test_an_import_never_worsens_a_known_position(store: Store, tmp_path: Path) -> None:
    """A file without coordinates does not take the position away that an earlier one gave."""
    import_files(
        store, [written(tmp_path, "a.csv", row("C1", "张三", "19900000001", "12000"))], clock=clock
    )
    blank = written(tmp_path, "b.csv", row("C1", "张三", "19900000001", "12000", ","))
    import_files(store, [blank], clock=lambda: NOW + timedelta(days=1))
    with store.read() as conn:
        (who,) = find_persons(conn)
        (address,) = load_debtor(conn, who).addresses
    assert (address.lat, address.lon) == (30.5, 104.1)


@pytest.mark.parametrize(
    ("later", "datum", "known"),
    [
        ("104.1,30.6", "", (30.6, 104.1)),  # the lender corrects it
        ("104.100004,30.500004", "", (30.5, 104.1)),  # another rounding
        ("104.1,30.5", "gcj02", (30.502416, 104.097504)),  # the datum was forgotten the first time
    ],
)
def test_a_later_list_corrects_an_equally_exact_position(
    store: Store, tmp_path: Path, later: str, datum: str, known: tuple[float, float]
) -> None:
    """What another list told is replaced by the newest one, unless it is the same spot."""
    first, second = (
        written(tmp_path, name, row("C1", "张三", "19900000001", "12000", place))
        for name, place in (("a.csv", "104.1,30.5"), ("b.csv", later))
    )
    import_files(store, [first], clock=clock)
    choices = {"b.csv": Choice(datum=datum)}
    import_files(store, [second], clock=lambda: NOW + timedelta(days=1), choices=choices)
    with store.read() as conn:
        (who,) = find_persons(conn)
        (address,) = load_debtor(conn, who).addresses
    assert (address.lat, address.lon) == pytest.approx(known, abs=1e-4)
    assert ((address.lat, address.lon) == (30.5, 104.1)) == (known == (30.5, 104.1))


def test_a_moved_position_is_shown_before_it_counts(store: Store, tmp_path: Path) -> None:
    """The preview says from where to where, not the same address twice."""
    import_files(
        store, [written(tmp_path, "a.csv", row("C1", "张三", "19900000001", "12000"))], clock=clock
    )
    later = written(tmp_path, "b.csv", row("C1", "张三", "19900000001", "12000", "104.1,30.6"))
    (file,) = preview_import(store, [later]).files
    (one,) = file.differences
    assert one.fields == (("position", "30.50000, 104.10000", "30.60000, 104.10000"),)


VISIT_HEAD = "贷款机构,合同号,时间,类型,结果,外访地址\n"


@pytest.mark.parametrize(
    ("said", "found"),
    [("某街1号", True), ("某 街１号 ", True), ("某省某县城关镇某街1号", False), ("别处9号", False)],
)
def test_a_visit_in_the_history_counts_for_the_address_it_names(
    store: Store, tmp_path: Path, said: str, found: bool
) -> None:
    """The text is matched with the person's addresses; another place is kept as a note."""
    cases = written(tmp_path, "a.csv", row("C1", "张三", "19900000001", "12000"))
    path = tmp_path / "h.csv"
    path.write_text(
        f"{VISIT_HEAD}甲机构,C1,2026-11-20 10:00,外访,已搬离,{said}\n", encoding="utf-8"
    )
    report = import_files(store, [cases, path], clock=clock)
    noted = [(f.row, f.note) for f in report.faults if f.code == "address_unknown"]
    assert noted == ([] if found else [(2, True)])
    with store.read() as conn:
        (who,) = find_persons(conn)
        (address,) = load_debtor(conn, who).addresses
        (contact,) = load_contacts(conn, who)
    assert contact.address_id == (address.address_id if found else "")


def test_a_file_without_a_data_date_can_be_told_its_day(store: Store, tmp_path: Path) -> None:
    """Days overdue are counted back from `as_of`; without it the file is refused."""
    path = tmp_path / "a.csv"
    path.write_text(
        "贷款机构,合同号,姓名,手机号,逾期总金额,逾期天数\n甲机构,C1,张三,19900000001,100,60\n",
        encoding="utf-8",
    )
    with pytest.raises(PlannerError) as refused:
        import_files(store, [path], clock=clock)
    assert refused.value.code == "intake.no_data_date"
    import_files(store, [path], clock=clock, as_of=date(2026, 11, 20))
    with store.read() as conn:
        (who,) = find_persons(conn)
        (case,) = load_debtor(conn, who).cases
    assert case.overdue_since == date(2026, 9, 21)


def test_whoever_joins_another_crew_leaves_the_one_before(store: Store, tmp_path: Path) -> None:
    """A later list wins: nobody is a member of two crews, and one undo restores both."""
    head = "小组,姓名,工号,出发地经度,出发地纬度\n"
    old, new = tmp_path / "a.csv", tmp_path / "b.csv"
    old.write_text(
        f"{head}一组,张三,G1,104.1234,30.1234\n一组,李四,G2,104.1234,30.1234\n", encoding="utf-8"
    )
    new.write_text(
        f"{head}二组,李四,G2,104.1234,30.1234\n二组,王五,G3,104.1234,30.1234\n", encoding="utf-8"
    )

    def members() -> list[list[str]]:
        with store.read() as conn:
            return [[m.collector_id for m in crew.members] for crew in load_crews(conn)]

    import_files(store, [old], clock=clock)
    report = import_files(store, [new], clock=clock)
    assert sorted(members()) == [["G1"], ["G2", "G3"]]
    assert report.batch is not None
    undo_batch(store, report.batch)
    assert members() == [["G1", "G2"]]
