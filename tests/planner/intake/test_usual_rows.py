"""Rows read whole by one pattern are read exactly as cell by cell."""

import random
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
from mutated_files import mutate, mutate_rows
from nasty_files import DAMAGED_CELLS, GOOD, HEADERS, csv_text, main

from planner.errors import PlannerError
from planner.intake import read, sheets
from planner.intake.read import read_file
from planner.intake.records import Parsed
from planner.intake.refused import Refused
from planner.intake.usual import Row, UsualRows

DAY = date(2026, 11, 20)
SEEDS = 150
# Columns that the usual ones lack, with cells between usual and unusual.
MORE = {
    "数据日期": ("2026-11-20", "2026-11-01", "", "20261120", "2026-02-30"),
    "逾期天数": ("90", "", "9", "9999", "0", "-3"),
    "状态": ("", "逾期", "在催", "已结清", "已撤案", "PAID", "怪"),
    "重大疾病": ("", "否", "0", "是", "无", "x", "?"),
    "标签": ("", "无", "投诉", "精神疾病", "怪"),
    "证件类型": ("", "身份证", "护照", " 身份证"),
    "诉讼时效截止日": ("", "2028-01-01", "2028/1/1", "2028-13-01"),
    "手机号2": ("", "19900001111", "19900001111 ", "0755"),
    "所需能力": ("", "女", "方言"),
}
CELLS = {
    "姓名": ("总经理", "合计", "张 三", "ABC", " 李四", "小计", "锟斤", "张" * 21, "张三?"),
    "身份证号": ("", "990000198805170000", "99000019880517001x", "990000201505170011"),
    "合同号": ("示例-EXAMPLE", "HT-1", "1E+5", "1E5", " A1", "", "9" * 65),
    "逾期金额(元)": ("0", "0.00", "12.345", "1,200", "1.2万", "¥5", "99999999.99", "12.", "007"),
    "家庭住址": ("", " 甲县乙镇 3 号", "甲#乙", "甲�", "甲?", "\u3000甲"),
}


@pytest.fixture
def here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process: they are ours, and there are many."""

    def frames(path: Path, form: str, **_: object) -> Iterator[tuple[str, str]]:
        sent: list[tuple[str, str]] = []
        try:
            sheets.read(str(path), form, lambda tag, text: sent.append((tag.decode(), text)))
        except Refused as refusal:
            raise PlannerError(f"intake.{refusal.code}", file=path.name) from refusal
        yield from sent

    monkeypatch.setattr(read, "frames", frames)


def both(path: Path, as_of: date | None = DAY) -> tuple[int, int]:
    """Read a file both ways: the same, faults and notes and all; rows, and how many were usual."""
    usual = 0
    quick = UsualRows.read

    def counted(self: UsualRows, line: str) -> Row | None:
        nonlocal usual
        row = quick(self, line)
        usual += row is not None
        return row

    found: list[Parsed | str] = []
    for way in (counted, lambda _self, _line: None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(UsualRows, "read", way)
            try:
                found.append(read_file(path, as_of=as_of))
            except PlannerError as error:
                found.append(error.code)
    assert found[0] == found[1], path.name
    one = found[0]
    if isinstance(one, Parsed) and isinstance(found[1], Parsed):
        assert list(map(repr, one.records)) == list(map(repr, found[1].records))
    return (one.rows, usual) if isinstance(one, Parsed) else (0, 0)


@pytest.mark.usefixtures("here")
def test_nasty_files_are_read_alike(tmp_path: Path) -> None:
    """Every text file of the nasty set gives the same records, faults, notes and refusals."""
    main(tmp_path)
    files = sorted(tmp_path.glob("*.csv"))
    assert len(files) > 10
    for path in files:
        both(path)
        both(path, None)


@pytest.mark.usefixtures("here")
def test_damaged_cells_are_read_alike(tmp_path: Path) -> None:
    """Each damaged cell beside good rows is read alike, and the good rows are the usual ones."""
    path = tmp_path / "a.csv"
    good = [GOOD | {"合同号": f"HT{n}"} for n in range(3)]
    path.write_text(csv_text(good), encoding="utf-8")
    assert both(path) == (3, 3)
    for column, text, _, _ in DAMAGED_CELLS.values():
        path.write_text(csv_text([*good, GOOD | {column: text}]), encoding="utf-8")
        both(path)


@pytest.mark.usefixtures("here")
def test_damaged_files_are_read_alike(tmp_path: Path) -> None:
    """Files damaged at random are read alike."""
    path = tmp_path / "a.csv"
    rows = [GOOD | {"合同号": f"HT{n:04d}"} for n in range(6)]
    text, usual = csv_text(rows), 0
    for seed in range(SEEDS):
        rng = random.Random(seed)
        if seed % 2:
            path.write_bytes(mutate(text.encode(rng.choice(("utf-8", "gbk", "utf-16"))), rng))
        else:
            path.write_text(csv_text(mutate_rows(rows, rng)), encoding="utf-8", newline="")
        usual += both(path)[1]
    assert usual > SEEDS


@pytest.mark.usefixtures("here")
def test_rows_between_usual_and_unusual_are_read_alike(tmp_path: Path) -> None:
    """With more columns, whose cells are usual or just not, in any order, all is read alike."""
    path = tmp_path / "a.csv"
    total = usual = 0
    for seed in range(SEEDS):
        rng = random.Random(seed)
        more = rng.sample(sorted(MORE), 3)
        headers = list(dict.fromkeys((*HEADERS, *more)))
        rng.shuffle(headers)
        rows = []
        for _ in range(12):
            row = GOOD | {"合同号": f"HT{rng.randrange(40)}"} | dict.fromkeys(more, "")
            for name in rng.sample(more, rng.randrange(4)):
                row[name] = rng.choice(MORE[name])
            if rng.random() < 0.3:
                name = rng.choice(sorted(CELLS))
                row[name] = rng.choice(CELLS[name])
            rows.append(row)
        path.write_text(csv_text(rows, headers), encoding="utf-8")
        counted = both(path, rng.choice((DAY, None)))
        total, usual = total + counted[0], usual + counted[1]
    assert total / 4 < usual < total * 0.9


def test_the_confined_reader_feeds_both_ways(tmp_path: Path) -> None:
    """Of two rows out of the confined process one is usual, the other is read with care."""
    path = tmp_path / "a.csv"
    path.write_text(csv_text([GOOD, GOOD | {"合同号": "H 2"}]), encoding="utf-8")
    assert both(path) == (2, 1)
