"""Imports that could hurt: several files at once, persons known in two ways, steps taken back."""

from pathlib import Path

import pytest
from purge_book import Clock

from planner.actions.import_files import Choice, import_files, read_files, take_in
from planner.actions.import_preview import preview_import
from planner.actions.undo import undo_batch
from planner.store.people import find_persons, load_debtor
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify

HEAD = "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,家庭地址\n"
TOLD = "贷款机构,合同号,姓名,手机号,时间,类型,结果,金额（元）,承诺日期,流水号,备注\n"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident(serial: int) -> str:
    """A made-up ID number with the right check digit."""
    body = f"99010119900101{serial:03}"
    check = sum(int(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[check]


ID_A, ID_B = resident(1), resident(3)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "w.fairvisit", clock=Clock())


def book(folder: Path, name: str, *rows: str, head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def row(lender: str, contract: str, name: str, number: str = "", phone: str = "",
        amount: int = 1000) -> str:  # fmt: skip
    return f"{lender},{contract},{name},{number},{phone},{amount},60,2026-11-20,某街{contract}号"


def people(store: Store) -> dict[str, tuple[str, ...]]:
    """Case ids -> phones, person by person."""
    with store.read() as conn:
        found = [load_debtor(conn, who) for who in find_persons(conn)]
    return {
        "+".join(sorted(case.case_id for case in one.cases)): tuple(sorted(one.phones))
        for one in found
    }


def open_cases(store: Store) -> set[str]:
    with store.read() as conn:
        found = conn.execute("SELECT case_id FROM loan WHERE status = 'open'").fetchall()
    return {case for (case,) in found}


def digest(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def test_a_complete_list_in_two_files(store: Store, tmp_path: Path) -> None:
    """A lender's list cut into two files is complete only together: each names what the other does
    not, and only what neither names is withdrawn, before the eyes and in fact."""
    rows = [row("甲", f"A{k}", f"人名{k}", phone=f"1990000000{k}") for k in range(5)]
    import_files(store, [book(tmp_path, "all.csv", *rows)], clock=store.clock)
    halves = [book(tmp_path, "one.csv", *rows[:2]), book(tmp_path, "two.csv", *rows[2:4])]
    choices = {path.name: Choice(complete=True) for path in halves}
    seen = preview_import(store, halves, choices=choices)
    assert sum(one.count("absent") for one in seen.files) == 1
    report = import_files(store, halves, clock=store.clock, choices=choices)
    assert sum(one.withdrawn for one in report.files) == 1
    assert open_cases(store) == {f"甲/A{k}" for k in range(4)}
    assert import_files(store, halves, clock=store.clock, choices=choices).batch is None


def test_a_fault_in_one_half_withdraws_nothing(store: Store, tmp_path: Path) -> None:
    """A row that cannot be read in one of the files may be the one that names the case."""
    rows = [row("甲", f"A{k}", f"人名{k}", phone=f"1990000000{k}") for k in range(3)]
    import_files(store, [book(tmp_path, "all.csv", *rows)], clock=store.clock)
    bad = row("甲", "", "人名二", phone="19900000009")
    halves = [book(tmp_path, "one.csv", rows[0]), book(tmp_path, "two.csv", rows[1], bad)]
    choices = {path.name: Choice(complete=True) for path in halves}
    seen = preview_import(store, halves, choices=choices)
    assert sum(one.count("absent") for one in seen.files) == 0
    import_files(store, halves, clock=store.clock, choices=choices)
    assert len(open_cases(store)) == 3


def test_two_lenders_know_other_phones(store: Store, tmp_path: Path) -> None:
    """Each list adds the phones it knows and takes none away: the second time nothing changes."""
    files = [
        book(tmp_path, "a.csv", row("甲", "A1", "欧阳山雀", ID_A, "19900000001")),
        book(tmp_path, "b.csv", row("乙", "B1", "欧阳山雀", ID_A, "19900000002")),
    ]
    import_files(store, files, clock=store.clock)
    assert people(store) == {"乙/B1+甲/A1": ("19900000001", "19900000002")}
    assert import_files(store, files, clock=store.clock).batch is None


def test_one_person_by_any_shared_phone(store: Store, tmp_path: Path) -> None:
    """Rows without an ID number and with the same name are one person as soon as one phone is the
    same, in one file and in the next, whichever phone stands first."""
    file = book(
        tmp_path, "a.csv", row("甲", "A1", "欧阳山雀", phone="19900000001"),
        row("甲", "A2", "欧阳山雀", phone="19900000002/19900000001"),
        row("甲", "A3", "欧阳山雀", phone="19900000003"),
    )  # fmt: skip
    import_files(store, [file], clock=store.clock)
    assert people(store) == {
        "甲/A1+甲/A2": ("19900000001", "19900000002"), "甲/A3": ("19900000003",),
    }  # fmt: skip
    assert import_files(store, [file], clock=store.clock).batch is None
    # Known in two ways by now: two rows of a file that are both this person stay this person.
    later = book(tmp_path, "b.csv", row("乙", "B1", "欧阳山雀", phone="19900000001"),
                 row("乙", "B2", "欧阳山雀", phone="19900000002"))  # fmt: skip
    import_files(store, [later], clock=store.clock)
    assert len(people(store)) == 2 or len(open_cases(store)) == 4
    assert import_files(store, [later], clock=store.clock).batch is None


def test_a_wrong_answer_can_be_taken_back(store: Store, tmp_path: Path) -> None:
    """Somebody says that two are one, undoes the import, and is asked again: the other answer
    makes two of them, and what was said first has no effect any more."""
    first = book(tmp_path, "a.csv", row("甲", "A1", "欧阳山雀", ID_A, "19900000001"))
    import_files(store, [first], clock=store.clock)
    before = digest(store)
    second = book(tmp_path, "b.csv", row("乙", "B1", "欧阳山雀", ID_B, "19900000001"))
    (question,) = preview_import(store, [second]).files[0].questions
    parsed = read_files(store, [second])
    for answer, persons in ((question.known[0][0], 1), ("", 2), (question.known[0][0], 1)):
        (again,) = preview_import(store, [second]).files[0].questions
        assert again == question
        report = take_in(store, parsed, clock=store.clock, same={question.identity: answer})
        assert len(people(store)) == persons
        assert report.batch is not None
        same = take_in(store, parsed, clock=store.clock)
        assert same.batch is None
        undo_batch(store, report.batch)
        assert digest(store) == before
    assert verify(store).ok


def test_an_answer_without_news_is_a_step_too(store: Store, tmp_path: Path) -> None:
    """Where the only news is that two are one, that can be undone as well."""
    first = book(tmp_path, "a.csv", row("甲", "A1", "欧阳山雀", ID_A, "19900000001"))
    import_files(store, [first], clock=store.clock)
    second = book(tmp_path, "b.csv", row("甲", "A1", "欧阳山雀", "", "19900000001"))
    before = digest(store)
    report = import_files(store, [second], clock=store.clock)
    assert people(store) == {"甲/A1": ("19900000001",)}
    assert digest(store) == before
    if report.batch is not None:
        undo_batch(store, report.batch)
        assert digest(store) == before
    assert verify(store).ok


def test_no_history_for_persons_that_were_taken_back(store: Store, tmp_path: Path) -> None:
    """After the undo of a list its persons are unknown again; their calls are listed as faults and
    come in with the list later."""
    list_ = book(tmp_path, "a.csv", row("甲", "A1", "欧阳山雀", "", "19900000001"))
    batch = import_files(store, [list_], clock=store.clock).batch
    assert batch is not None
    undo_batch(store, batch)
    calls = book(tmp_path, "h.csv", "甲,,欧阳山雀,19900000001,2026-11-10 10:00,电话,无人接听,,,,",
                 head=TOLD)  # fmt: skip
    report = import_files(store, [calls], clock=store.clock)
    assert [fault.code for fault in report.faults] == ["unknown_person"]
    assert report.batch is None
    report = import_files(store, [list_, calls], clock=store.clock)
    assert [fault for fault in report.faults if not fault.note] == []
    assert import_files(store, [list_, calls], clock=store.clock).batch is None


def test_undo_and_redo_of_an_import_with_an_answer(store: Store, tmp_path: Path) -> None:
    """Redo gives back the answer as well: the next list is not asked about again."""
    first = book(tmp_path, "a.csv", row("甲", "A1", "欧阳山雀", ID_A, "19900000001"))
    import_files(store, [first], clock=store.clock)
    second = book(tmp_path, "b.csv", row("乙", "B1", "欧阳山雀", ID_B, "19900000001"))
    (question,) = preview_import(store, [second]).files[0].questions
    answers = {question.identity: question.known[0][0]}
    report = take_in(store, read_files(store, [second]), clock=store.clock, same=answers)
    after = digest(store)
    assert report.batch is not None
    undone = undo_batch(store, report.batch)
    undo_batch(store, undone)
    assert digest(store) == after
    assert preview_import(store, [second]).files[0].questions == ()
    assert import_files(store, [second], clock=store.clock).batch is None
