"""Whatever stands in whichever cell: a row is a record or a list of faults, never an accident."""

import random
from datetime import date

import pytest
from nasty_files import CALL, GOOD, HEADERS, HISTORY_HEADERS

from planner.errors import PlannerError
from planner.intake.cases import CaseReader, Ground
from planner.intake.crews import CrewReader
from planner.intake.headers import recognise
from planner.intake.history import HistoryReader
from planner.intake.rows import RowReader

CREWS = ["小组", "姓名", "工号", "出发地纬度", "出发地经度", "上班时间", "下班时间", "工作日",
         "出行方式", "公里成本", "技能", "休息", "最长工时", "最长驾驶", "加班费",
         "坐标系"]  # fmt: skip
CREW = {"小组": "一组", "姓名": "甲", "出发地纬度": "30.5", "出发地经度": "104.1"}
MORE = ["姓名", "身份证号", "证件类型", "委案方", "地址"]
FORMS = {
    "cases": ([*HEADERS, "证件类型", "所需能力", "坐标系", "县"], GOOD),
    "history": ([*HISTORY_HEADERS, *MORE], CALL),
    "crews": (CREWS, CREW),
}
CELLS = (
    "", "46143 10:00", "46143T10", "46143.99999", "2026-11-02 10:15", "2026年11月2日10时", "25:61",
    "2026年13月", "护照", "990000202613450011", "99000020260230001X", "电话", "停催", "还款", "1e5",
    "99999999999999999999", "0", "-1", "周一至周五", "7-1", "11:30-13:30 999", "99:99-1:00", "无",
    "99小时", "200", "②", "¼", "٣", "１２", "1²", "4614³", "1³800000001", "Ⅳ", "٢٠٢٦-11-02",
    "24:00", "0.0000001亿", "千", "\ufeff1", "a\nb", "=1+1", "'0", '="0"', "\u202e", "x" * 3000,
    "总计",
)  # fmt: skip
SEEDS = 120


def reader(kind: str, headers: list[str], rows: list[list[str]]) -> RowReader | None:
    """The reader of a table; None where its contents make it another kind."""
    columns = recognise("f", [headers, *rows], {})
    if columns.kind != kind:
        return None
    if kind == "history":
        return HistoryReader("f", columns, "Asia/Shanghai", strict_width=True)
    if kind == "crews":
        return CrewReader("f", columns, strict_width=True)
    return CaseReader("f", columns, Ground(date(2026, 11, 20)), strict_width=True)


@pytest.mark.parametrize("kind", FORMS)
def test_no_cell_stops_the_reading(kind: str) -> None:
    """Cells of all sorts in all columns of lists of loans, histories and crews, in any order."""
    names, base = FORMS[kind]
    kept = faulty = 0
    for seed in range(SEEDS):
        rng = random.Random(f"{kind}{seed}")
        headers = rng.sample(names, len(names))
        rows = []
        for number in range(12):
            row = base | {"合同号": f"H{number}", "流水号": f"L{number}", "工号": f"W{number}"}
            if rng.random() < 0.2:
                row = row | {"证件类型": "护照"}
            for name in rng.sample(names, rng.randrange(4)):
                row = row | {name: rng.choice(CELLS)}
            rows.append([row.get(name, "") for name in headers])
        try:
            found = reader(kind, headers, rows)
        except PlannerError:
            continue
        if found is None:
            continue
        for number, cells in enumerate(rows, 2):
            found.take_line(number, "\x1f".join(cells))
        bad = {fault.row for fault in found.faults if not fault.note}
        faulty += len(bad)
        kept += found.rows - len(bad)
        if isinstance(found, CaseReader | CrewReader):
            found.finish()
    assert kept > 100
    assert faulty > 100
