"""The import page by real drops, clicks and keys: columns, differences, faults, questions, undo."""

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped, texts
from openpyxl import load_workbook
from people import NOW, fill
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from planner.actions.import_files import import_files
from planner.actions.reveals import reveals
from planner.errors import PlannerError
from planner.store.overview import load_counts
from planner.store.people import find_persons, load_debtor
from planner.store.state import derived_hash
from planner.store.store import NewEvent, undo
from ui import i18n
from ui.imports import jobs
from ui.imports.paste import sweep
from ui.pages.imports import ImportsPage
from ui.session import Session

HEAD = "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,家庭地址,案件状态\n"
ID_ONE, ID_TWO = "11010519491231002X", "110105198001010032"


def row(
    contract: str, name: str = "张三", number: str = "", phone: str = "19900000001",
    amount: str = "12000", status: str = "在催",
) -> str:  # fmt: skip
    return f"甲机构,{contract},{name},{number},{phone},{amount},60,2026-11-20,某街1号,{status}\n"


def written(folder: Path, *rows: str, name: str = "list.csv", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


def digest(session: Session) -> str:
    with session.store.read() as conn:
        return derived_hash(conn)


@pytest.fixture
def page(qtbot: QtBot, session: Session, background: InlineBackground) -> ImportsPage:
    """The page as the window would show it."""
    made = ImportsPage(session)
    qtbot.addWidget(made)
    made.resize(1270, 660)
    made.show()
    background.settle()
    return made


@pytest.fixture
def drop(page: ImportsPage, background: InlineBackground) -> Callable[..., None]:
    """Drop files on the page and let the answers arrive."""

    def do(*paths: Path) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        event = QDropEvent(
            QPointF(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        page.dropEvent(event)
        background.settle()

    return do


def press(qtbot: QtBot, button: object, background: InlineBackground) -> None:
    assert button.isVisible()  # type: ignore[attr-defined]
    assert button.isEnabled()  # type: ignore[attr-defined]
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)  # type: ignore[call-overload]
    background.settle()


def cut(page: ImportsPage) -> list[str]:
    """Texts that do not fit, once everything has its place."""
    QApplication.processEvents()
    return clipped(page)


def save_as(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))


def test_a_file_with_faults(
    page: ImportsPage, session: Session, drop: Callable[..., None], qtbot: QtBot, tmp_path: Path,
    background: InlineBackground, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """Drop, preview, import the good rows, mend the exported ones, drop them, undo both."""
    start = digest(session)
    drop(written(tmp_path, row("C1"), row("C2", "李四", phone="19900000002", amount="待核"),
                 row("C3", "王五", phone="1.99E+10"),
                 row("C4", "赵六", phone="19900000004")))  # fmt: skip
    assert page._steps.currentWidget() is page.preview
    assert digest(session) == start
    assert page.preview.chips["faulty"].text() == "Rows with mistakes 2"
    assert page.preview.go.text() == "Import 2 cases"
    press(qtbot, page.preview.chips["faulty"], background)
    table = page.preview.faults.model
    cells = [[column.text(line) for column in table.columns[1:4]] for line in table.rows[:2]]
    assert cells == [["3", "逾期总金额（元）", "待核"], ["4", "手机号", "1.9****E+10"]]
    press(qtbot, page.preview.go, background)
    assert page._steps.currentWidget() is page.result
    assert "2 of 4 rows were left out" in page.message.accessibleName()
    after = digest(session)
    save_as(monkeypatch, tmp_path / "mend.xlsx")
    qtbot.keyClick(page, Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    background.settle()
    book = load_workbook(tmp_path / "mend.xlsx")
    sheet = book.active
    assert sheet is not None
    values = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert values[0][:3] == ["What to do", "贷款机构", "合同号"]
    assert [line[2] for line in values[1:]] == ["C2", "C3"]
    assert "待核" in str(values[1][0])
    sheet["G2"], sheet["F3"] = "8000", "19900000003"
    book.save(tmp_path / "mend.xlsx")
    drop(tmp_path / "mend.xlsx")
    assert page.preview.go.text() == "Import 2 cases"
    assert page.preview.count("absent") == page.preview.count("faulty") == 0
    press(qtbot, page.preview.go, background)
    with session.store.read() as conn:
        assert load_counts(conn).persons == 4
    session.undo_stack.undo()
    background.settle()
    assert digest(session) == after
    session.undo_stack.undo()
    background.settle()
    assert digest(session) == start


def test_a_second_file_needs_one_confirmation(
    page: ImportsPage, session: Session, drop: Callable[..., None], qtbot: QtBot, tmp_path: Path,
    background: InlineBackground,
) -> None:  # fmt: skip
    """A strange form is asked about once: guesses are marked, the lender is needed; the next file
    of the form goes straight to its preview, and an identical one changes nothing."""
    head = "债务者,联络,欠,开始,合同号\n"
    rows = ("王一,19900000001,100,2026-01-01,C1\n", "王二,19900000002,200,2026-01-02,C2\n")
    drop(written(tmp_path, *rows, head=head))
    step = page.columns
    assert page._steps.currentWidget() is step
    assert "guessed from the cells" in texts(step)
    assert not step.go.isEnabled()
    assert "Say who sent the list" in step._missing.accessibleName()
    qtbot.keyClicks(step.lender.lineEdit(), "Lender C")
    assert step.list.chosen["债务者"] == "name"
    assert step.unclear() == []
    press(qtbot, step.go, background)
    assert page.preview.go.text() == "Import 2 cases"
    press(qtbot, page.preview.go, background)
    with session.store.read() as conn:
        (who,) = find_persons(conn, text="王一")
        assert load_debtor(conn, who).cases[0].lender == "Lender C"
    drop(written(tmp_path, *rows, "王三,19900000003,300,2026-01-03,C3\n", head=head, name="b.csv"))
    assert page._steps.currentWidget() is page.preview
    assert page.preview.go.text() == "Import 1 case"
    assert page.preview.chips["unchanged"].text() == "Unchanged 2"
    qtbot.keyClick(page.preview.go, Qt.Key.Key_Space)
    background.settle()
    drop(tmp_path / "b.csv")
    assert not page.preview.go.isEnabled()
    assert "importing them again changes nothing" in page.preview._told.text()


def test_fields_are_compared_in_words(
    page: ImportsPage, session: Session, drop: Callable[..., None], qtbot: QtBot, tmp_path: Path,
    background: InlineBackground,
) -> None:  # fmt: skip
    """Changed cells stand old beside new with units; names are masked until the eye is pressed;
    a filter shows its own rows; a complete list withdraws what it does not name."""
    import_files(
        session.store, [written(tmp_path, row("C1"), row("C2", "李四", phone="19900000002"),
                                row("C3", "王五", phone="19900000003"))],
        clock=session.clock,
    )  # fmt: skip
    drop(written(tmp_path, row("C1", amount="13000.5"),
                 row("C2", "李四", phone="19900000002", status="已结清")))  # fmt: skip
    preview = page.preview
    told = [[column.text(line) for column in preview.model.columns[:6]] for line in
            preview.model.rows]  # fmt: skip
    assert ["changed", "张*", "C1", "Amount overdue", "CNY 12,000.00", "CNY 13,000.50"] in told
    assert ["paid off", "李*", "C2", "Status", "not settled", "paid off"] in told
    assert ["not listed", "王*", "C3", "Status", "not settled", "not listed; stays open"] in told
    press(qtbot, preview.eye, background)
    assert preview.model.columns[1].text(preview.model.rows[0]) == "张三"
    assert [(one.debtor_id, one.where) for one in reveals(session.store)] == [("files", "imports")]
    assert preview.go.text() == "Take over 2 changes"
    press(qtbot, preview.chips["absent"], background)
    assert [line.what for line in preview.model.rows] == ["absent"]
    preview.complete.click()
    assert preview.model.columns[5].text(preview.model.rows[0]) == "withdrawn"
    press(qtbot, preview.go, background)
    assert "1 case that the list does not name" in page.message.accessibleName()
    with session.store.read() as conn:
        (who,) = find_persons(conn, text="王五")
        assert load_debtor(conn, who).cases[0].status == "withdrawn"


@pytest.mark.parametrize(("key", "persons", "button"), [
    ("1", 1, "Import 1 case"), ("2", 2, "Import 1 case"), ("3", 1, "Nothing to import"),
])  # fmt: skip
def test_a_question_is_answered(
    page: ImportsPage, session: Session, drop: Callable[..., None], qtbot: QtBot, tmp_path: Path,
    background: InlineBackground, key: str, persons: int, button: str,
) -> None:  # fmt: skip
    """Another ID number under the same name and phone: 1 same, 2 another, 3 left out as a row to
    mend; the button says what comes of it."""
    import_files(session.store, [written(tmp_path, row("C1", number=ID_ONE))], clock=session.clock)
    drop(written(tmp_path, row("C2", number=ID_TWO), name="b.csv"))
    preview = page.preview
    preview.show_filter("questions")
    assert "1 question is open." in preview._told.text()
    qtbot.keyClicks(preview.questions.table, key)
    assert preview.questions.open_count == 0
    assert preview.go.text() == button
    if preview.go.isEnabled():
        press(qtbot, preview.go, background)
    with session.store.read() as conn:
        assert load_counts(conn).persons == persons


def test_a_pasted_table(
    page: ImportsPage, session: Session, qtbot: QtBot, background: InlineBackground
) -> None:
    """Cells copied in a spreadsheet come in as a file with a clear name, of which nothing stays on
    the disk; a clipboard without a table is refused in words."""
    QGuiApplication.clipboard().setText("just words")
    qtbot.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    assert "holds no table" in page.message.accessibleName()
    QGuiApplication.clipboard().setText((HEAD + row("C1")).replace(",", "\t"))
    qtbot.keyClick(page, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    background.settle()
    (path,) = page._paths
    assert path.name == "Pasted table 2026-11-23 08.30.tsv"
    press(qtbot, page.preview.go, background)
    assert not path.parent.exists()
    with session.store.read() as conn:
        assert load_counts(conn).persons == 1


def test_cancel_leaves_nothing(
    page: ImportsPage, session: Session, drop: Callable[..., None], qtbot: QtBot, tmp_path: Path
) -> None:
    """Esc leaves a preview: nothing is written, nothing can be undone, the page begins anew."""
    start = digest(session)
    drop(written(tmp_path, row("C1")))
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert page._steps.currentWidget() is page.begin
    assert digest(session) == start
    assert not session.undo_stack.canUndo()


def test_a_reader_that_is_stopped(
    page: ImportsPage, drop: Callable[..., None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading that is stopped is said in words; the page can begin again."""

    def stopped(*_: object, **__: object) -> None:
        raise PlannerError("intake.cancelled", file="list.csv")

    monkeypatch.setattr(jobs, "look_with_choices", stopped)
    drop(written(tmp_path, row("C1")))
    assert page.message.accessibleName() == "Stopped. Nothing was imported."
    assert page.begin.isEnabled()


def test_import_refused(
    page: ImportsPage, session: Session, drop: Callable[..., None], tmp_path: Path
) -> None:
    """A file that cannot be read leaves a sentence in the page and nothing to undo."""
    (tmp_path / "empty.csv").write_text("")
    drop(tmp_path / "empty.csv")
    assert page.message.isVisible()
    assert "import." not in page.message.accessibleName()
    assert not session.undo_stack.canUndo()
    assert page.begin.zone.isEnabled()


def test_faulty_rows_as_csv(
    page: ImportsPage, drop: Callable[..., None], tmp_path: Path, qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch, background: InlineBackground,
) -> None:  # fmt: skip
    """The exported CSV runs no formula, keeps long numbers, and is read again as it is."""
    drop(written(tmp_path, row("C1", "=cmd()", number=ID_TWO, amount="待核")))
    save_as(monkeypatch, tmp_path / "mend.csv")
    press(qtbot, page.preview.faults.csv, background)
    text = (tmp_path / "mend.csv").read_text(encoding="utf-8-sig")
    (head, cells) = csv.reader(text.splitlines())
    assert head[:2] == ["What to do", "贷款机构"]
    assert cells[3] == "'=cmd()"
    assert cells[4] == f"'{ID_TWO}"
    (tmp_path / "mend.csv").write_text(text.replace("待核", "500", 2), encoding="utf-8")
    drop(tmp_path / "mend.csv")
    assert page.preview.count("faulty") == 0
    assert page.preview.go.text() == "Import 1 case"


def test_sample_import_and_back(
    page: ImportsPage, session: Session, background: InlineBackground
) -> None:
    """The sample fills an empty workspace in one step; undo empties it, redo fills it again."""
    page.start_sample()
    background.settle()
    kinds = {one.kind: one.added for one in page.result.files.rows}
    assert set(kinds) == {"cases", "history", "crews", "layer"}
    assert kinds["cases"] > 500
    left_out = [line.fault.note for line in page.result.faults.model.rows]
    assert left_out == sorted(left_out)
    for action, there in (("undo", False), ("redo", True)):
        getattr(session.undo_stack, action)()
        background.settle()
        with session.store.read() as conn:
            assert (load_counts(conn).persons > 0) is there


def test_earlier_imports_are_listed(
    page: ImportsPage, session: Session, background: InlineBackground
) -> None:
    """Before an import the page lists those of earlier days, and says which were taken back."""
    assert page.begin.empty.isVisible()
    fill(session.store)
    with session.store.write() as tx:
        batch = tx.append([NewEvent("import", "", NOW, {"files": [{"name": "b.csv", "rows": 7}]})])
    with session.store.write() as tx:
        undo(tx, batch)
    page.refresh()
    background.settle()
    assert not page.begin.empty.isVisible()
    rows = page.begin.earlier._model.rows
    assert [(one.names, one.undone) for one in rows] == [("b.csv", True), ("a.csv", False)]


@pytest.mark.parametrize("name", ["en", "zh_CN"])
def test_every_step_fits_and_speaks(
    page: ImportsPage, session: Session, drop: Callable[..., None], qtbot: QtBot, tmp_path: Path,
    background: InlineBackground, name: str,
) -> None:  # fmt: skip
    """At the smallest window no text is cut in any step, in either language, also when the
    language changes while a step is in view; what was chosen stays chosen."""
    page.resize(1240, 660)
    import_files(session.store, [written(tmp_path, row("C1", number=ID_ONE))], clock=session.clock)
    strange = HEAD.replace("贷款机构,", "甲乙丙,").replace("姓名", "某人")
    drop(written(tmp_path, row("C2", "李四"), row("C3", "王五"), name="b.csv", head=strange))
    assert page._steps.currentWidget() is page.columns
    page.columns.lender.setEditText("Lender")
    i18n.use(name)
    assert page.columns.choices["b.csv"].lender == "Lender"
    assert cut(page) == []
    page.leave()
    drop(
        written(tmp_path, row("C2", number=ID_TWO), row("C4", "李四", amount="待核"), name="c.csv")
    )
    for key in ("all", "new", "unchanged", "faulty", "questions"):
        page.preview.show_filter(key)
        assert cut(page) == []
    i18n.use("zh_CN" if name == "en" else "en")
    assert cut(page) == []
    i18n.use(name)
    press(qtbot, page.preview.go, background)
    assert cut(page) == []
    assert ("What came in" in " ".join(texts(page))) is (name == "en")


@pytest.mark.skipif(os.name != "posix", reason="elsewhere nobody can ask for a process")
def test_a_pasted_table_of_a_program_that_died_is_removed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start the folder of a process that is gone goes with what was pasted; that of one that
    runs, a link and a folder of another name stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"],
                           capture_output=True, check=True)  # fmt: skip
    gone = tmp_path / f"fairvisit-paste-{int(ended.stdout)}-ab12"
    kept = [tmp_path / f"fairvisit-paste-{os.getpid()}-ab12", tmp_path / "fairvisit-paste-mine"]
    link = tmp_path / f"fairvisit-paste-{int(ended.stdout)}-link"
    for folder in (gone, *kept):
        folder.mkdir()
        (folder / "table.tsv").write_text("x")
    link.symlink_to(kept[1])
    sweep()
    assert sorted(tmp_path.iterdir()) == sorted([*kept, link])
    assert (kept[1] / "table.tsv").exists()


def test_an_earlier_import_is_taken_back_from_the_list(
    page: ImportsPage, session: Session, background: InlineBackground, tmp_path: Path
) -> None:
    """An import that is not in this session's undo list goes by its button and comes back by undo;
    once a call rests on it the page says in words why it stays."""
    start = digest(session)
    import_files(session.store, [written(tmp_path, row("C1"))], clock=session.clock)
    after = digest(session)
    page.refresh()
    background.settle()
    earlier = page.begin.earlier
    assert not earlier.back.isEnabled()
    earlier.table.selectRow(0)
    earlier.back.click()
    background.settle()
    assert digest(session) == start
    assert [one.undone for one in earlier._model.rows] == [True]
    earlier.table.selectRow(0)
    assert not earlier.back.isEnabled()
    session.undo_stack.undo()
    background.settle()
    assert digest(session) == after
    with session.store.write() as tx:
        (who,) = find_persons(tx.conn)
        tx.append([NewEvent("contact", who, NOW, {"channel": "call", "code": "CALL-NA"})])
    page.refresh()
    background.settle()
    earlier.table.selectRow(0)
    earlier.back.click()
    background.settle()
    assert any("can no longer be taken back" in text for text in texts(page.message))
    assert [one.undone for one in earlier._model.rows] == [False]
