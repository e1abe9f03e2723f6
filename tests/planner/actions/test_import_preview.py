"""What an import shows before it is done, who is asked about, and what is remembered."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from planner.actions.import_files import Choice, ImportReport, import_files, take_in
from planner.actions.import_preview import keep_choice, look_with_choices, preview_import
from planner.actions.undo import undo_batch
from planner.store.people import find_persons, load_debtor
from planner.store.state import derived_hash
from planner.store.store import Store

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HEAD = "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,家庭地址,案件状态\n"
ID_ONE, ID_TWO = "11010519491231002X", "110105198001010032"
PHONE = "19900000001"


def clock() -> datetime:
    return NOW


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "w.fairvisit", clock=clock)


def row(
    contract: str, name: str = "张三", number: str = "", phone: str = PHONE,
    amount: str = "12000", street: str = "某街1号", status: str = "在催", lender: str = "甲机构",
) -> str:  # fmt: skip
    return f"{lender},{contract},{name},{number},{phone},{amount},60,2026-11-20,{street},{status}\n"


def written(folder: Path, *rows: str, name: str = "a.csv") -> Path:
    path = folder / name
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def digest(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def take(store: Store, *paths: Path, **same: str) -> ImportReport:
    preview = preview_import(store, paths)
    answers = {q.identity: same[q.doubt] for f in preview.files for q in f.questions
               if q.doubt in same}  # fmt: skip
    return take_in(store, preview.parsed, clock=clock, same=answers)


def people(store: Store) -> list[tuple[str, int]]:
    with store.read() as conn:
        found = [load_debtor(conn, who) for who in find_persons(conn)]
    return sorted((one.name, len(one.cases)) for one in found)


def test_differences_come_first(store: Store, tmp_path: Path) -> None:
    """New, changed field by field, paid, withdrawn, absent and unchanged cases are told apart;
    nothing is written by looking."""
    known = [row(f"C{k}", f"人{k}", phone=f"1990000000{k}") for k in range(6)]
    import_files(store, [written(tmp_path, *known)], clock=clock)
    before = digest(store)
    path = written(
        tmp_path, known[0],
        row("C1", "人1", phone="19900000001", amount="13000.5"),
        row("C2", "人2", phone="19900000002", status="已结清"),
        row("C3", "人3", phone="19900000003", status="已撤案"),
        row("C4", "人4", phone="19900000004", street="另街2号"),
        row("C9", "人9", phone="19900000009"),
    )  # fmt: skip
    (file,) = preview_import(store, [path]).files
    assert digest(store) == before
    told = {(one.what, one.name): one for one in file.differences}
    assert set(told) == {
        ("changed", "人1"), ("paid", "人2"), ("withdrawn", "人3"), ("changed", "人4"),
        ("new", "人9"), ("absent", "人5"),
    }  # fmt: skip
    assert told["changed", "人1"].fields == (("amount_overdue", 1_200_000, 1_300_050),)
    assert told["changed", "人4"].fields == (("address", "", "另街2号"),)
    assert ("status", "open", "paid") in told["paid", "人2"].fields
    assert file.unchanged == 2  # of the first and of the one with another address
    assert file.count("absent") == 1


def test_a_complete_list_withdraws_what_it_does_not_name(store: Store, tmp_path: Path) -> None:
    """Only where somebody said that the list is complete are its lender's other cases withdrawn,
    other lenders' never; one undo brings them back."""
    first = written(tmp_path, row("C1", "人1"), row("C2", "人2", phone="19900000002"),
                    row("D1", "人3", phone="19900000003", lender="乙机构"))  # fmt: skip
    import_files(store, [first], clock=clock)
    before = digest(store)
    path = written(tmp_path, row("C1", "人1"))
    assert import_files(store, [path], clock=clock).batch is None
    report = import_files(store, [path], clock=clock, choices={"a.csv": Choice(complete=True)})
    assert report.files[0].withdrawn == 1
    with store.read() as conn:
        (who,) = find_persons(conn, text="人2")
        assert [case.status for case in load_debtor(conn, who).cases] == ["withdrawn"]
    assert report.batch is not None
    undo_batch(store, report.batch)
    assert digest(store) == before


def test_faulty_rows_withdraw_nobody(store: Store, tmp_path: Path) -> None:
    """While a row cannot be read, it may be the one that names a case: nothing counts as absent."""
    import_files(store, [written(tmp_path, row("C1"), row("C2"))], clock=clock)
    path = written(tmp_path, row("C1"), row("C2", amount="待核"))
    (file,) = preview_import(store, [path]).files
    assert (file.faulty, file.count("absent")) == (1, 0)
    report = import_files(store, [path], clock=clock, choices={"a.csv": Choice(complete=True)})
    assert report.files[0].withdrawn == 0


def test_a_number_learned_later_is_the_same_person(store: Store, tmp_path: Path) -> None:
    """Known by name and phone, then listed with an ID number: one person, from either side, who is
    found by the number alone the next time."""
    import_files(store, [written(tmp_path, row("C1"))], clock=clock)
    assert not take(store, written(tmp_path, row("C2", number=ID_ONE))).faults[1:]
    assert people(store) == [("张三", 2)]
    take(store, written(tmp_path, row("C3", number=ID_ONE, phone="19900000007")))
    take(store, written(tmp_path, row("C4", phone="19900000007")))
    assert people(store) == [("张三", 4)]


@pytest.mark.parametrize(("same", "expected"), [
    (True, [("张三", 2)]), (False, [("张三", 1), ("张三", 1)]), (None, [("张三", 1), ("张三", 1)]),
])  # fmt: skip
def test_another_number_is_asked(
    store: Store, tmp_path: Path, same: bool | None, expected: list[tuple[str, int]]
) -> None:
    """The same name and phone under another ID number: the answer decides; without one they are
    two."""
    import_files(store, [written(tmp_path, row("C1", number=ID_ONE))], clock=clock)
    with store.read() as conn:
        (who,) = find_persons(conn)
    path = written(tmp_path, row("C2", number=ID_TWO))
    (question,) = preview_import(store, [path]).files[0].questions
    assert (question.doubt, question.known) == ("other_id", ((who, "张三"),))
    answer = {} if same is None else {"other_id": who if same else ""}
    take(store, path, **answer)
    assert people(store) == expected


def test_another_name_is_asked_and_else_left_out(store: Store, tmp_path: Path) -> None:
    """A known ID number under another name is left out as a fault until somebody says it is the
    same person."""
    import_files(store, [written(tmp_path, row("C1", number=ID_ONE))], clock=clock)
    with store.read() as conn:
        (who,) = find_persons(conn)
    path = written(tmp_path, row("C2", "李四", number=ID_ONE))
    report = take(store, path)
    assert [fault.code for fault in report.faults if not fault.note] == ["other_name"]
    assert people(store) == [("张三", 1)]
    take(store, path, other_name=who)
    assert people(store) == [("李四", 2)]


def test_the_same_name_and_street_are_asked(store: Store, tmp_path: Path) -> None:
    """Name and address alike with another phone: asked, and two persons unless somebody says no."""
    import_files(store, [written(tmp_path, row("C1"))], clock=clock)
    path = written(tmp_path, row("C2", phone="19900000005"))
    (question,) = preview_import(store, [path]).files[0].questions
    assert question.doubt == "same_address"
    take(store, path, same_address=question.known[0][0])
    assert people(store) == [("张三", 2)]


def test_a_form_is_remembered(store: Store, tmp_path: Path) -> None:
    """What somebody said about unknown headers holds for the next file with the same ones; another
    form is not touched by it."""
    path = tmp_path / "form.csv"
    path.write_text("债务者,联络,欠,开始,合同号\n王一,19900000001,100,2026-01-01,C1\n"
                    "王二,19900000002,200,2026-01-02,C2\n", encoding="utf-8")  # fmt: skip
    look, choice = look_with_choices(store, path)
    assert look is not None
    assert look.missing
    assert {c.header: c.guess for c in look.columns if c.guess} == {
        "债务者": "name", "联络": "phones", "欠": "amount", "开始": "since",
    }  # fmt: skip
    chosen = {column.key: column.guess for column in look.columns if column.guess}
    keep_choice(store, look, Choice(chosen, lender="丙机构"))
    again, choice = look_with_choices(store, path)
    assert again is not None
    assert not again.missing
    assert choice.lender == "丙机构"
    report = import_files(store, [path], clock=clock, choices={"form.csv": choice})
    assert (report.files[0].added, report.files[0].faulty) == (2, 0)
    with store.read() as conn:
        (who,) = find_persons(conn, text="王一")
        assert load_debtor(conn, who).cases[0].lender == "丙机构"
    other, none = look_with_choices(store, written(tmp_path, row("C1")))
    assert other is not None
    assert none == Choice()
