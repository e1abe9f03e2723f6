"""An import of an earlier day is taken back, unless something was built on it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from planner.actions.import_files import ImportReport, import_files, take_in
from planner.actions.import_preview import preview_import
from planner.actions.undo import undo_batch
from planner.actions.undo_import import undo_import
from planner.domain.plan import Plan, Route, Stop
from planner.errors import PlannerError
from planner.store.events import next_id
from planner.store.identity import find_debtors
from planner.store.people import find_persons
from planner.store.plans import save_plan
from planner.store.state import derived_hash
from planner.store.store import NewEvent, Store, find_debtor

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HEAD = "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,家庭地址,案件状态\n"
ID_ONE, ID_TWO = "11010519491231002X", "110105198001010032"
CALL = {"channel": "call", "code": "CALL-NA"}


def clock() -> datetime:
    return NOW


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.create(tmp_path / "w.fairvisit", clock=clock) as made:
        yield made


def written(folder: Path, *rows: tuple[str, str, str, str], name: str = "a.csv") -> Path:
    """A list of (contract, name, ID number, amount)."""
    path = folder / name
    lines = [
        f"甲机构,{contract},{who},{number},19900000001,{amount},60,2026-11-20,某街1号,在催\n"
        for contract, who, number, amount in rows
    ]
    path.write_text(HEAD + "".join(lines), encoding="utf-8")
    return path


def digest(store: Store) -> str:
    with store.read() as conn:
        return derived_hash(conn)


def batch_of(report: ImportReport) -> bytes:
    assert report.batch is not None
    return report.batch


def note(store: Store, kind: str, fields: dict[str, object]) -> bytes:
    """Record something about the only person."""
    with store.read() as conn:
        (who,) = find_persons(conn)
    with store.write() as tx:
        return tx.append([NewEvent(kind, who, NOW + timedelta(hours=1), dict(fields))])


def refusal(store: Store, batch: bytes) -> str:
    """The code with which taking back is refused; nothing is changed by it."""
    before = digest(store)
    with pytest.raises(PlannerError) as caught:
        undo_import(store, batch)
    assert digest(store) == before
    assert caught.value.params.get("persons") == 1
    return caught.value.code


def test_an_earlier_import_and_its_answers_are_taken_back(store: Store, tmp_path: Path) -> None:
    """After the workspace was closed and opened again an import is taken back whole: the state is
    the former one, and whether a person is the same is asked again; redo brings all of it back."""
    import_files(store, [written(tmp_path, ("C1", "张三", ID_ONE, "9000"))], clock=clock)
    before = digest(store)
    other = written(tmp_path, ("C2", "张三", ID_TWO, "700"), name="b.csv")
    preview = preview_import(store, [other])
    (question,) = preview.files[0].questions
    same = {question.identity: question.known[0][0]}
    batch = batch_of(take_in(store, preview.parsed, clock=clock, same=same))
    assert preview_import(store, [other]).files[0].questions == ()
    after = digest(store)
    store.close()
    with Store.open(tmp_path / "w.fairvisit", clock=clock) as again:
        redo = undo_import(again, batch)
        assert digest(again) == before
        assert len(preview_import(again, [other]).files[0].questions) == 1
        undo_batch(again, redo)
        assert digest(again) == after
        assert preview_import(again, [other]).files[0].questions == ()


def test_a_later_list_forbids_it(store: Store, tmp_path: Path) -> None:
    """What a later list changed rests on the earlier one; without the later one it may go."""
    first = import_files(store, [written(tmp_path, ("C1", "张三", ID_ONE, "9000"))], clock=clock)
    later = import_files(store, [written(tmp_path, ("C1", "张三", ID_ONE, "8000"))], clock=clock)
    assert refusal(store, batch_of(first)) == "import.later_list"
    undo_import(store, batch_of(later))
    undo_import(store, batch_of(first))
    with store.read() as conn:
        assert find_persons(conn) == []


def test_later_entries_forbid_it_where_they_need_it(store: Store, tmp_path: Path) -> None:
    """A call to a person known by the import alone forbids it, until it is undone; of a person
    known before only what is about a loan of this import does."""
    first = import_files(store, [written(tmp_path, ("C1", "张三", ID_ONE, "9000"))], clock=clock)
    call = note(store, "contact", CALL)
    assert refusal(store, batch_of(first)) == "import.later_entries"
    undo_batch(store, call)
    redo = undo_import(store, batch_of(first))
    undo_batch(store, redo)
    second = import_files(store, [written(tmp_path, ("C2", "张三", ID_ONE, "500"))], clock=clock)
    note(store, "contact", CALL)
    redo = undo_import(store, batch_of(second))
    undo_batch(store, redo)
    due = [{"due": "2026-12-01", "amount": 100}]
    plan = {"plan_id": "p", "case_ids": ["甲机构/C1", "甲机构/C2"], "instalments": due}
    agreed = note(store, "plan.agreed", plan)
    assert refusal(store, batch_of(second)) == "import.later_entries"
    undo_batch(store, agreed)
    note(store, "payment", {"amount": 100, "case_id": "甲机构/C2"})
    assert refusal(store, batch_of(second)) == "import.later_entries"


def test_a_plan_forbids_it(store: Store, tmp_path: Path) -> None:
    """Whom the import alone made known, and who is in a day's plan, keeps it from being taken back;
    a plan that was undone does not."""
    report = import_files(store, [written(tmp_path, ("C1", "张三", ID_ONE, "9000"))], clock=clock)
    with store.read() as conn:
        (who,) = find_persons(conn)
    stop = Stop(who, ("甲机构/C1",), "A", 30.0, 110.0, NOW, NOW, NOW, 1)
    route = Route("k", "一组", ("甲",), 30.0, 110.0, NOW, NOW, (stop,))
    plan = Plan("p1", date(2026, 11, 24), NOW, (route,), (), 0, 1, "v", "v")
    batch = next_id(NOW)
    with store.write() as tx:
        save_plan(tx, plan, b"", batch)
    assert refusal(store, batch_of(report)) == "import.planned"
    undo_batch(store, batch)
    undo_import(store, batch_of(report))


def test_a_former_answer_counts_again(store: Store, tmp_path: Path) -> None:
    """One import said that a number is one person's, a second, after the first was taken back, that
    it is another's: with the second taken back and the first redone it is the first one's again."""
    people = [("C1", "张三", ID_ONE, "9000"), ("C2", "张三", ID_TWO, "700")]
    third = "110105198002020013"
    for k, row in enumerate(people):
        parsed = preview_import(store, [written(tmp_path, row, name=f"{k}.csv")]).parsed
        take_in(store, parsed, clock=clock, same={f"id:{row[2]}": ""})
    other = written(tmp_path, ("C3", "张三", third, "100"), name="other.csv")
    preview = preview_import(store, [other])
    (question,) = preview.files[0].questions
    (first, _), (second, _) = question.known

    def say(who: str) -> bytes:
        same = {question.identity: who}
        return batch_of(take_in(store, preview.parsed, clock=clock, same=same))

    def whose() -> str | None:
        with store.read() as conn:
            found = find_debtor(conn, question.identity)
            assert find_debtors(conn, [question.identity]).get(question.identity) == found
        return found

    redo = undo_import(store, say(first))
    assert whose() is None
    later = say(second)
    assert whose() == second
    undo_import(store, later)
    assert whose() is None
    undo_batch(store, redo)
    assert whose() == first


def test_a_person_taken_back_and_listed_again_is_the_same(store: Store, tmp_path: Path) -> None:
    """A list made a person known and was taken back; a later one said that the number is somebody
    else's and was taken back too: with the first one redone the number is that person's own."""
    path = tmp_path / "plain.csv"
    path.write_text(HEAD + "甲机构,C1,张三,,19900000001,9000,60,2026-11-20,某街1号,在催\n")
    both = written(tmp_path, ("C2", "张三", ID_TWO, "700"), name="both.csv")
    made = batch_of(import_files(store, [both], clock=clock))
    with store.read() as conn:
        (who,) = find_persons(conn)
    redo = undo_import(store, made)
    import_files(store, [path], clock=clock)
    linked = batch_of(import_files(store, [both], clock=clock))
    with store.read() as conn:
        assert find_debtor(conn, f"id:{ID_TWO}") != who
    undo_import(store, linked)
    undo_batch(store, redo)
    with store.read() as conn:
        assert find_debtor(conn, f"id:{ID_TWO}") == who
        assert find_debtors(conn, [f"id:{ID_TWO}"]) == {f"id:{ID_TWO}": who}
