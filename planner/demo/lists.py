"""The case list as a lender would send it: people's loans as rows, not all of them well kept."""

import random
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from planner.demo.damage import DAMAGES, DUPLICATES
from planner.demo.names import MARK
from planner.demo.people import Home, Loan, Person, Register

AMOUNT = "逾期总金额（元）"
HEADERS = (
    "序号", "委案方", "合同号", "姓名", "身份证号", "手机号", "备用电话", "产品名称", AMOUNT,
    "逾期天数", "数据日期", "状态", "家庭住址", "家庭地址经度", "家庭地址纬度", "坐标精度",
    "城乡类型",
    "乡镇", "单位地址", "单位地址经度", "单位地址纬度", "户籍地址", "户籍地址经度", "户籍地址纬度",
    "户籍坐标精度", "困难", "异议", "已故", "勿访", "标签", "备注",
)  # fmt: skip
NUMBERS = frozenset({AMOUNT, "逾期天数", "序号", *(h for h in HEADERS if h.endswith("度"))})
NUMBERS -= {"坐标精度", "户籍坐标精度"}
_WIDTHS = {"姓名": 9, "身份证号": 21, "合同号": 17, "家庭住址": 44, "单位地址": 30, "户籍地址": 36}
_OWN = ("困难", "异议", "已故", "勿访")
_SLOTS = {"home": "家庭", "work": "单位", "registered": "户籍"}


def case_rows(
    rng: random.Random, people: list[Person], register: Register, today: date
) -> list[dict[str, str]]:
    """All rows in random order, the wrong ones among them."""
    rows = [_row(rng, person, loan, today) for person in people for loan in person.loans]
    for damage in DAMAGES:
        stranger = register.person("talked")
        wrong = _row(rng, stranger, stranger.loans[0], today)
        damage(wrong)
        rows.append(wrong)
    repeated = [{key: row[key] for key in ("委案方", "合同号")} for row in rows[:DUPLICATES]]
    rng.shuffle(rows)
    for original in repeated:
        stranger = register.person("talked")
        rows.append(_row(rng, stranger, stranger.loans[0], today) | original)
    for number, row in enumerate(rows, 1):
        row["序号"] = str(number)
    return rows


def _row(rng: random.Random, person: Person, loan: Loan, today: date) -> dict[str, str]:
    row = dict.fromkeys(HEADERS, "")
    phones = [*person.phones, ""]
    row |= {
        "委案方": loan.lender, "合同号": loan.contract, "姓名": person.name,
        "身份证号": person.id_number, "手机号": phones[0], "备用电话": phones[1],
        "产品名称": loan.product, AMOUNT: f"{loan.amount / 100:.2f}", "逾期天数": str(loan.days),
        "数据日期": today.isoformat(), "状态": loan.status, "备注": MARK,
    }  # fmt: skip
    for home in person.homes:
        row |= _cells(home)
    row |= {mark: "是" for mark in person.marks if mark in _OWN}
    row["标签"] = "；".join(mark for mark in person.marks if mark not in _OWN)
    if loan.status == "已结清":
        row[AMOUNT] = "0.00"
    _untidy(rng, row)
    return row


def _cells(home: Home) -> dict[str, str]:
    name = _SLOTS[home.slot]
    cells = {"家庭住址" if name == "家庭" else f"{name}地址": home.text}
    if home.spot is not None:
        cells[f"{name}地址纬度"] = f"{home.spot[0]:.5f}"
        cells[f"{name}地址经度"] = f"{home.spot[1]:.5f}"
    if home.slot == "home":
        cells |= {"坐标精度": home.grade, "城乡类型": home.region, "乡镇": home.township}
    elif home.slot == "registered":
        cells["户籍坐标精度"] = home.grade
    return cells


def _untidy(rng: random.Random, row: dict[str, str]) -> None:
    """Ways of writing that differ but are right."""
    if rng.random() < 0.04:
        row["手机号"] = f"{row['手机号'][:3]} {row['手机号'][3:7]} {row['手机号'][7:]}"
    if rng.random() < 0.03:
        row[AMOUNT] = f"{float(row[AMOUNT]):,.2f}"
    if rng.random() < 0.03:
        row["数据日期"] = row["数据日期"].replace("-", "/")
    if rng.random() < 0.02:
        row["逾期天数"] = row["逾期天数"].translate(
            str.maketrans("0123456789", "０１２３４５６７８９")
        )


def write_cases(path: Path, rows: list[dict[str, str]], today: date) -> None:
    """Write the rows as a workbook with a title row; equal rows give equal bytes."""
    workbook = xlsxwriter.Workbook(
        path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    )
    created = datetime(today.year, today.month, today.day)  # noqa: DTZ001 -- local, no zone in XLSX
    workbook.set_properties({"title": f"委外案件清单 {MARK}", "created": created})
    sheet = workbook.add_worksheet(MARK)
    title = workbook.add_format({"bold": True, "font_size": 14})
    head = workbook.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1})
    day = workbook.add_format({"num_format": "yyyy-mm-dd"})
    note = f"委外案件清单（{MARK}：姓名、证件号、电话、地址均随机生成）"
    sheet.write_string(0, 0, note, title)
    for column, header in enumerate(HEADERS):
        sheet.write_string(1, column, header, head)
        sheet.set_column(column, column, _WIDTHS.get(header, 12))
    for at, row in enumerate(rows, 2):
        for column, header in enumerate(HEADERS):
            _write(sheet, at, column, header, row[header], day)
    sheet.freeze_panes(2, 4)
    workbook.close()


def _write(sheet: Any, at: int, column: int, header: str, text: str, day: Any) -> None:
    """One cell: numbers and tidy dates as such, everything else as text."""
    if not text:
        return
    if header in NUMBERS and text.isascii() and text.replace(".", "", 1).isdigit():
        sheet.write_number(at, column, float(text))
    elif header == "数据日期" and text[4:5] == "-":
        stamp = datetime.fromisoformat(text)
        sheet.write_datetime(at, column, stamp, day)
    else:
        sheet.write_string(at, column, text)
