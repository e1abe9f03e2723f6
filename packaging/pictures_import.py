"""Pictures of an import: the columns of a strange form, the differences, faults, questions, result.

The files are made from the demonstration's own list, so everybody in them is fictional.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

from openpyxl import Workbook, load_workbook

from ui.main_window import MainWindow
from ui.pages.imports import ImportsPage

LIST = "虚构演示-2-案件清单.xlsx"
STRANGE = (
    ("欠款人", "联络方式", "证件", "未还金额", "开始拖欠", "案件编号", "住哪里", "内部备注"),
    ("余一帆", "19900000101", "", "12800.5", "2026-07-02", "X-1001", "虚构市青石镇和平路1号", "A"),
    ("程晓月", "19900000102", "", "5600", "2026-08-15", "X-1002", "虚构市青石镇和平路2号", "B"),
    ("韦大海", "19900000103", "", "33020", "2026-05-20", "X-1003", "虚构市青石镇和平路3号", "B"),
)


def make_files(folder: Path) -> tuple[Path, Path]:
    """(a form nobody has seen, the list of a week later with changes) beside the demo's files."""
    strange, later = folder / "远方虚构机构-20261120.xlsx", folder / "虚构演示-下一期清单.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in STRANGE:
        sheet.append(row)
    book.save(strange)
    book = load_workbook(folder / LIST)
    sheet = book.active
    assert sheet is not None
    head = next(k for k in range(1, 31) if sum(c.value is not None for c in sheet[k]) > 6)
    at = {str(cell.value): cell.column for cell in sheet[head]}
    name, contract = _column(at, "姓名"), _column(at, "合同")
    amount, phone = _column(at, "金额"), _column(at, "手机", "电话")
    number = _column(at, "证件号", "身份证号")
    for row in range(head + 1, head + 400):
        cell = sheet.cell(row, amount)
        if row % 9 == 0 and isinstance(cell.value, int | float):
            cell.value = round(cell.value * 1.04, 2)
        if row % 31 == 0:
            sheet.cell(row, contract).value = f"NEW{row}"
        if row % 67 == 0:
            sheet.cell(row, amount).value = "待核"
        if row % 97 == 0:
            sheet.cell(row, phone).value = "1.99E+10"
        if row % 130 == 0:  # the same name and phone under another ID number
            sheet.cell(row, contract).value = f"Q{row}"
            sheet.cell(row, number).value = "11010519491231002X"
    assert name
    book.save(later)
    return strange, later


def _column(at: dict[str, int], *words: str) -> int:
    """The first column whose header contains one of `words`."""
    return next(place for word in words for text, place in at.items() if word in text)


def steps(
    window: MainWindow, files: tuple[Path, Path], settle: Callable[[], None]
) -> Iterator[str]:
    """Go through an import; yields the name of each picture to take. Ends with one undo."""
    page = window.page
    assert isinstance(page, ImportsPage)
    page.leave()
    settle()
    page.start([files[0]])
    while page.busy:
        settle()
    yield "columns"
    page.leave()
    page.start([files[1]])
    while page.busy:
        settle()
    yield "preview"
    page.preview.show_filter("faulty")
    settle()
    yield "faults"
    if page.preview.count("questions"):
        page.preview.show_filter("questions")
        settle()
        yield "questions"
    page.take_in()
    while page.busy:
        settle()
    yield "result"
    window.session.undo_stack.undo()
    settle()
    page.leave()
