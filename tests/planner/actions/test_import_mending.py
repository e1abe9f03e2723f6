"""Rows to mend leave in the file's own columns and come back; the template; other files."""

import csv
import json
from datetime import UTC, date, datetime
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from planner.actions.import_files import LEFT_OUT, Choice, import_files, read_files, take_in
from planner.actions.import_preview import (
    keep_choice,
    look_with_choices,
    open_points,
    preview_import,
)
from planner.actions.undo import undo_batch
from planner.cli import cli
from planner.errors import PlannerError
from planner.export.fault_table import faulty_rows, write_faulty_rows
from planner.export.import_template import FIELDS, write_template
from planner.intake import read
from planner.intake.field_words import field_words, fields_of
from planner.intake.look import look_at
from planner.intake.read import read_file
from planner.store.state import derived_hash
from planner.store.store import Store

SCHEMA = Path(__file__).resolve().parents[2] / "data" / "schemas" / "import_preview.json"
NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
HEAD = "贷款机构,合同号,姓名,身份证号,手机号,逾期总金额（元）,逾期天数,数据日期,家庭地址,案件状态\n"
ID_ONE, ID_TWO = "11010519491231002X", "110105198001010032"


def clock() -> datetime:
    return NOW


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store.create(tmp_path / "w.fairvisit", clock=clock)


def row(contract: str, name: str = "张三", number: str = "", amount: str = "12000") -> str:
    return f"甲机构,{contract},{name},{number},19900000001,{amount},60,2026-11-20,某街1号,在催\n"


def written(folder: Path, *rows: str, name: str = "a.csv", head: str = HEAD) -> Path:
    path = folder / name
    path.write_text(head + "".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_mended_rows_withdraw_nobody(store: Store, tmp_path: Path, suffix: str) -> None:
    """The exported rows, mended, come in by themselves; though the form says that lists are
    complete, the cases that are not among them stay open."""
    complete = {"a.csv": Choice(complete=True), f"b{suffix}": Choice(complete=True)}
    path = written(tmp_path, row("C1"), row("C2", "李四", amount="待核"))
    parsed = read_files(store, [path], choices=complete)
    report = take_in(store, parsed, clock=clock, choices=complete)
    table = faulty_rows(parsed[0], report.faults, "zh_CN")
    assert table is not None
    assert [cells[2] for cells in table.rows] == ["C2"]
    out = write_faulty_rows(tmp_path / f"b{suffix}", table)
    again = preview_import(store, [out], choices=complete).files[0]
    assert (again.faulty, again.count("absent"), again.partial) == (1, 0, True)
    if suffix == ".csv":
        out.write_text(out.read_text(encoding="utf-8-sig").replace('"待核"', '"9000"'))
    else:
        book = load_workbook(out)
        book.active["G2"] = "9000"  # type: ignore[index]
        book.save(out)
    report = import_files(store, [out], clock=clock, choices=complete)
    assert (report.files[0].added, report.files[0].withdrawn, report.files[0].faulty) == (1, 0, 0)


def test_what_stood_above_comes_along(store: Store, tmp_path: Path) -> None:
    """Titles above the header, with the data date, stand in the export too; a date that was told
    beside the file is written there. A second export has one column of advice."""
    head = "数据日期：2026-11-20,,,,,\n贷款机构,合同号,姓名,手机号,逾期金额,逾期天数\n"
    path = written(tmp_path, "甲,C1,张三,19900000001,x,60\n", head=head)
    (parsed,) = read_files(store, [path])
    table = faulty_rows(parsed, parsed.faults, "en", date(2026, 11, 21))
    assert table is not None
    out = write_faulty_rows(tmp_path / "b.csv", table)
    rows = list(csv.reader(out.read_text(encoding="utf-8-sig").splitlines()))
    assert [line[:2] for line in rows[:3]] == [
        ["", "数据日期：2026-11-20"], ["", "Data date: 2026-11-21"], ["What to do", "贷款机构"],
    ]  # fmt: skip
    assert look_at(out).as_of == date(2026, 11, 20)  # type: ignore[union-attr]
    again = read_file(out)
    table = faulty_rows(again, again.faults, "zh_CN")
    assert table is not None
    assert table.header[:2] == ("处理说明", "贷款机构")
    assert len(table.rows[0]) == len(table.header)


def test_long_numbers_and_formulas_in_a_csv(store: Store, tmp_path: Path) -> None:
    """What a spreadsheet would compute or round is text in the export, itself when read again."""
    head = "贷款机构,合同号,姓名,身份证号,手机号,逾期金额,逾期天数,数据日期,经度,纬度\n"
    path = written(tmp_path, f"甲,007,=A1,{ID_TWO},+8619900000001,x,60,2026-11-20,-0.1278,51.5\n",
                   head=head)  # fmt: skip
    (parsed,) = read_files(store, [path])
    table = faulty_rows(parsed, parsed.faults, "en")
    assert table is not None
    out = write_faulty_rows(tmp_path / "b.csv", table)
    text = out.read_text(encoding="utf-8-sig")
    cells = list(csv.reader(text.splitlines()))[1][1:]
    assert cells == ["甲", "'007", "'=A1", f"'{ID_TWO}", "'+8619900000001", "x", "60",
                     "2026-11-20", "-0.1278", "51.5"]  # fmt: skip
    out.write_text(text.replace('"x"', '"5"'), encoding="utf-8")
    (person,) = read_file(out).records
    assert person.id_number == ID_TWO  # type: ignore[union-attr]
    assert person.phones == ("19900000001",)  # type: ignore[union-attr]
    assert person.cases[0].contract_no == "007"  # type: ignore[union-attr]


def test_faulty_rows_of_a_large_file_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Beyond the room for all rows the faulty ones are still kept."""
    monkeypatch.setattr(read, "KEPT", 100)
    good = [row(f"C{k}", f"人{k}").replace("19900000001", f"199000{k:05d}") for k in range(200)]
    parsed = read_file(written(tmp_path, *good, row("C999", "李四", amount="待核")))
    assert 202 in parsed.lines
    assert len(parsed.lines) < 50


def test_left_out_by_an_answer(store: Store, tmp_path: Path) -> None:
    """Who is left out by an answer is nowhere in the book and stands among the rows to mend."""
    import_files(store, [written(tmp_path, row("C1", number=ID_ONE))], clock=clock)
    preview = preview_import(store, [written(tmp_path, row("C2", number=ID_TWO))])
    (question,) = preview.files[0].questions
    with store.read() as conn:
        before = derived_hash(conn)
    report = take_in(store, preview.parsed, clock=clock, same={question.identity: LEFT_OUT})
    with store.read() as conn:
        assert derived_hash(conn) == before
    assert [fault.code for fault in report.faults if not fault.note] == ["set_aside"]
    table = faulty_rows(preview.parsed[0], report.faults, "en")
    assert table is not None
    assert table.rows[0][2] == "C2"


def test_an_undone_answer_is_asked_for_again(store: Store, tmp_path: Path) -> None:
    """Who was made another person, and taken back, is asked about when the file comes again."""
    import_files(store, [written(tmp_path, row("C1", number=ID_ONE))], clock=clock)
    path = written(tmp_path, row("C2", number=ID_TWO))
    preview = preview_import(store, [path])
    report = take_in(store, preview.parsed, clock=clock)
    assert report.batch is not None
    undo_batch(store, report.batch)
    again = preview_import(store, [path]).files[0]
    assert again.questions == preview.files[0].questions
    assert len(again.questions) == 1


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_template(tmp_path: Path, language: str) -> None:
    """Every column of the template is known, each is explained in both languages, and the example
    row makes nobody a case."""
    path = write_template(tmp_path / "t.xlsx", language)
    look = look_at(path)
    assert look is not None
    assert [column.field for column in look.columns] == [name for name, _, _ in FIELDS]
    with pytest.raises(PlannerError, match=r"intake\.no_rows"):
        read_file(path)
    book = load_workbook(path)
    explained = [[cell.value for cell in line] for line in book.worksheets[1].iter_rows(min_row=2)]
    assert len(explained) == len(FIELDS)
    assert all(len(set(line)) > 3 and None not in line for line in explained)
    sheet = book.worksheets[0]
    for at, value in enumerate(("甲", "C1", "张三", None, "19900000001", "100", "2026-09-01"), 1):
        sheet.cell(3, at).value = value
    book.save(path)
    parsed = read_file(path)
    assert (parsed.rows, len(parsed.records), parsed.faulty) == (1, 1, 0)
    assert "example_skipped" in {note.code for note in parsed.notes}


@pytest.mark.parametrize("kind", ["cases", "history", "crews"])
def test_every_field_has_words(kind: str) -> None:
    """Each field that a column can be read as has a name in both languages."""
    for language in ("en", "zh_CN"):
        names = [field_words(kind, name, language) for name in fields_of(kind)]
        assert [name for name in names if "field." in name] == []
        assert len(set(names)) == len(names)


def test_what_is_asked_about_a_form(store: Store, tmp_path: Path) -> None:
    """Asked are fields that are missing, guesses, the lender and the data date, each only where the
    file does not say it; a form that was decided is not asked about again, whatever its cells."""
    said, choice = look_with_choices(store, written(tmp_path, row("C1")))
    assert said is not None
    assert open_points(said, choice) == frozenset()
    head = "债务者,联络,欠,逾期天数,合同号\n"
    rows = ("王一,19900000001,100,30,C1\n", "王二,19900000002,200,40,C2\n")
    look, choice = look_with_choices(store, written(tmp_path, *rows, head=head))
    assert look is not None
    assert open_points(look, choice) == {"fields", "guesses", "lender", "as_of"}
    chosen = {column.key: column.field or column.guess for column in look.columns}
    keep_choice(store, look, Choice(chosen, "丙", as_of=date(2026, 11, 20)))
    again, kept = look_with_choices(store, tmp_path / "a.csv")
    assert again is not None
    assert open_points(again, kept) == {"as_of"}
    with_day = Choice(kept.chosen, kept.lender, as_of=date(2026, 11, 20))
    assert (
        not preview_import(store, [tmp_path / "a.csv"], choices={"a.csv": with_day}).files[0].faulty
    )


def test_a_history_is_counted(store: Store, tmp_path: Path) -> None:
    """A history beside its list counts as new; after the import both bring nothing new; who is in
    neither is a fault before anything is written."""
    cases = written(tmp_path, row("C1"))
    history = tmp_path / "h.csv"
    history.write_text("时间,类型,结果,委案方,合同号\n2026-11-19 10:00,电话,CALL-NA,甲机构,C1\n"
                       "2026-11-19 11:00,电话,CALL-NA,甲机构,C7\n", encoding="utf-8")  # fmt: skip
    files = preview_import(store, [cases, history]).files
    assert [(one.kind, one.added, one.faulty) for one in files] == [
        ("cases", 0, 0),
        ("history", 1, 1),
    ]
    import_files(store, [cases, history], clock=clock)
    files = preview_import(store, [cases, history]).files
    assert [(one.count("new"), one.added, one.unchanged) for one in files] == [(0, 0, 1), (0, 0, 1)]


def test_a_pause_is_a_difference(store: Store, tmp_path: Path) -> None:
    """A pause that only the new file states is shown as a change, as it will be written."""
    head = HEAD.strip() + ",标签\n"
    import_files(store, [written(tmp_path, row("C1"))], clock=clock)
    path = written(tmp_path, row("C1").strip() + ",异议\n", head=head)
    (change,) = preview_import(store, [path]).files[0].differences
    assert change.fields == (("hold", "", 0),)
    assert import_files(store, [path], clock=clock).files[0].changed == 1
    assert preview_import(store, [path]).files[0].differences == ()


def test_preview_on_the_command_line(tmp_path: Path) -> None:
    """`--preview` prints masked differences and writes nothing, not even a new workspace;
    `--lender` and `--complete` are heeded by the import."""
    workspace = tmp_path / "w.fairvisit"
    head = "合同号,姓名,手机号,逾期金额,逾期天数\n"
    path = written(tmp_path, "C1,张三丰,19900000001,100,30\n", head=head)

    def run(*options: str) -> str:
        done = CliRunner().invoke(
            cli, ["import", str(path), "--workspace", str(workspace), "--as-of", "2026-11-20",
                  "--lender", "乙机构", *options], env={"FAIRVISIT_LANG": "en"},
        )  # fmt: skip
        assert done.exit_code == 0, done.output
        return done.stdout

    shape = json.loads(run("--preview", "--json"))
    jsonschema.validate(shape, json.loads(SCHEMA.read_text(encoding="utf-8")))
    told = shape["files"][0]
    assert not workspace.exists()
    assert told["counts"]["new"] == 1
    assert told["differences"][0]["name"] == "张**"
    assert told["differences"][0]["case"] == "乙机构/C1"
    run()
    path.write_text(head + "C2,李四,19900000002,100,30\n", encoding="utf-8")
    assert "Nothing was written." in run("--preview")
    report = json.loads(run("--complete", "--json"))
    assert (report["files"][0]["added"], report["files"][0]["changed"]) == (1, 1)
