"""Makes files that an import must survive: damaged cells, wrong types, bombs.

`python tests/planner/intake/nasty_files.py FOLDER` writes all of them for a look by hand.
"""

import csv
import functools
import io
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import xlsxwriter

HEADERS = [
    "姓名", "身份证号", "手机号", "合同号", "委案方", "逾期金额(元)", "逾期开始日", "逾期天数",
    "数据日期", "状态", "家庭住址", "经度", "纬度", "坐标精度", "城乡类型", "困难", "标签",
]  # fmt: skip
GOOD = {
    "姓名": "测试澄砚", "身份证号": "990000198805170011", "手机号": "19900001234",
    "合同号": "HT0001", "委案方": "虚构银行", "逾期金额(元)": "12345.67",
    "逾期开始日": "2026-05-01", "逾期天数": "", "数据日期": "2026-11-20",
    "状态": "逾期", "家庭住址": "虚构市虚构县虚构镇槿溪村3组12号",
    "经度": "107.12345", "纬度": "32.54321", "坐标精度": "村级", "城乡类型": "农村",
    "困难": "", "标签": "",
}  # fmt: skip
HISTORY_HEADERS = [
    "流水号", "时间", "类型", "结果", "沟通结果", "合同号", "联系号码", "金额(元)", "承诺日期",
    "经办人", "离开时间", "备注",
]  # fmt: skip
CALL = {
    "流水号": "L1", "时间": "2026-11-02 10:15", "类型": "电话", "结果": "本人接通",
    "合同号": "HT0001", "联系号码": "19900001234", "经办人": "坐席01",
}  # fmt: skip

# name -> (column, text, code of the fault, whether the row is kept)
DAMAGED_CELLS: dict[str, tuple[str, str, str, bool]] = {
    "id_with_excel_zeros": ("身份证号", "990000198805171000", "id_excel_zeros", False),
    "id_in_scientific_form": ("身份证号", "9.90000198805E+17", "id_scientific", False),
    "id_with_wrong_check_character": ("身份证号", "990000198805170013", "id_checksum", False),
    "id_masked": ("身份证号", "9900**********0014", "id_masked", False),
    "id_cut_to_fifteen_digits": ("身份证号", "990000880517001", "id_fifteen", False),
    "id_too_short": ("身份证号", "99000019880517", "id_length", False),
    "id_with_impossible_birthday": ("身份证号", "99000019880230001X", "id_birth", False),
    "id_is_excel_error": ("身份证号", "#VALUE!", "excel_error", False),
    "id_missing": ("身份证号", "", "id_missing", True),
    "phone_in_scientific_form": ("手机号", "1.99E+10", "phone_scientific", False),
    "phone_without_leading_zero": ("手机号", "2885551234", "phone_lost_zero", False),
    "phone_of_ten_digits": ("手机号", "1990000123", "phone_length", False),
    "phone_of_twelve_digits": ("手机号", "199000012345", "phone_length", False),
    "phone_masked": ("手机号", "199****1234", "phone_masked", False),
    "phone_without_area_code": ("手机号", "85551234", "phone_no_area", False),
    "phone_is_a_word": ("手机号", "待补", "phone_not_number", False),
    "phone_missing": ("手机号", "", "phone_missing", True),
    "name_missing": ("姓名", "", "name_missing", False),
    "name_lost_characters": ("姓名", "???", "mojibake", False),
    "name_is_mojibake": ("姓名", "锟斤拷", "mojibake", False),
    "name_is_a_number": ("姓名", "12345.67", "name_is_number", False),
    "name_is_a_novel": ("姓名", "甲" * 300, "name_too_long", False),
    "contract_missing": ("合同号", "", "contract_missing", False),
    "contract_in_scientific_form": ("合同号", "2.02611E+15", "contract_scientific", False),
    "contract_too_long": ("合同号", "H" * 90, "contract_too_long", False),
    "amount_missing": ("逾期金额(元)", "", "amount_missing", False),
    "amount_negative": ("逾期金额(元)", "-3,520.00", "amount_negative", False),
    "amount_in_brackets": ("逾期金额(元)", "(3520.00)", "amount_negative", False),
    "amount_absurd": ("逾期金额(元)", "99999999999", "amount_absurd", False),
    "amount_zero": ("逾期金额(元)", "0", "amount_zero", False),
    "amount_is_a_word": ("逾期金额(元)", "待核", "amount_unreadable", False),
    "amount_with_two_points": ("逾期金额(元)", "1.234.56", "amount_unreadable", False),
    "amount_wrongly_grouped": ("逾期金额(元)", "12,34", "amount_unreadable", False),
    "amount_in_scientific_form": ("逾期金额(元)", "1.2E+04", "amount_scientific", False),
    "amount_in_wan": ("逾期金额(元)", "1.2万", "amount_rounded", True),
    "amount_in_yi": ("逾期金额(元)", "3亿", "amount_absurd", False),
    "amount_is_excel_error": ("逾期金额(元)", "#N/A", "excel_error", False),
    "date_impossible": ("逾期开始日", "2026-02-30", "date_impossible", False),
    "date_ambiguous": ("逾期开始日", "03/04/2026", "date_ambiguous", False),
    "date_is_a_word": ("逾期开始日", "上个月", "date_unreadable", False),
    "date_as_day_number": ("逾期开始日", "46143", "date_serial", True),
    "date_in_the_future": ("逾期开始日", "2027-05-01", "date_future", False),
    "date_from_long_ago": ("逾期开始日", "1026-05-01", "date_far", False),
    "date_missing": ("逾期开始日", "", "since_missing", False),
    "days_are_a_word": ("逾期天数", "约90", "number_unreadable", False),
    "days_negative": ("逾期天数", "-5", "number_negative", False),
    "days_absurd": ("逾期天数", "99999", "dpd_absurd", False),
    "days_disagree_with_date": ("逾期天数", "12", "dpd_disagrees", True),
    "status_unknown": ("状态", "观察", "status_unknown", False),
    "mark_neither_yes_nor_no": ("困难", "可能", "yes_no", False),
    "tag_unknown": ("标签", "爱钓鱼", "tag_unknown", True),
    "grade_unknown": ("坐标精度", "大概", "grade_unknown", True),
    "region_unknown": ("城乡类型", "海上", "region_unknown", True),
    "longitude_missing": ("经度", "", "position_half", True),
    "longitude_abroad": ("经度", "2.35", "position_abroad", True),
    "latitude_zero": ("纬度", "0", "position_zero", True),
    "latitude_is_a_word": ("纬度", "北边", "position_unreadable", True),
    "lender_left_out_by_merged_cells": ("委案方", "", "lender_missing", False),
    "address_of_fifty_thousand_characters": ("家庭住址", "虚" * 50_000, "text_too_long", False),
    "contract_of_fifty_thousand_characters": ("合同号", "H" * 50_000, "text_too_long", False),
    "lender_is_a_novel": ("委案方", "银" * 400, "text_too_long", False),
    "name_with_zero_width_space": ("姓名", "测试\u200b澄砚", "invisible_removed", True),
    "name_written_backwards": ("姓名", "\u202e测试澄砚", "invisible_removed", True),
    "amount_of_three_decimals": ("逾期金额(元)", "12.345", "amount_ambiguous", False),
    "amount_with_a_decimal_comma": ("逾期金额(元)", "12.345,67", "amount_unreadable", False),
    "amount_with_another_minus": ("逾期金额(元)", "\u22123520", "amount_unreadable", False),
    "amount_in_wide_brackets": ("逾期金额(元)", "（３５２０）", "amount_negative", False),
    "date_before_1950": ("逾期开始日", "1949-12-31", "date_far", False),
    "date_of_two_digit_year": ("逾期开始日", "26-05-01", "date_ambiguous", False),
    "date_of_two_digit_chinese_year": ("逾期开始日", "26年5月1日", "date_unreadable", False),
    "longitude_without_its_minus": ("经度", "-107.12345", "position_sign", True),
    "latitude_beyond_the_pole": ("纬度", "320.54321", "position_out_of_range", True),
}


def csv_text(rows: list[dict[str, str]], headers: list[str] = HEADERS) -> str:
    """Rows as CSV text with CRLF line ends."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows([row.get(header, "") for header in headers] for row in rows)
    return out.getvalue()


def xlsx_bytes(rows: list[list[object]], sheet: str = "Sheet1") -> bytes:
    """A workbook with one sheet; numbers stay numbers, texts texts."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False})
    page = book.add_worksheet(sheet)
    for at, row in enumerate(rows):
        for column, value in enumerate(row):
            page.write(at, column, value)
    book.close()
    return out.getvalue()


def good_xlsx(count: int = 3) -> bytes:
    """A small workbook without faults."""
    rows: list[list[object]] = [list(HEADERS)]
    for number in range(count):
        row = GOOD | {"合同号": f"HT{number:04d}"}
        rows.append([row[header] for header in HEADERS])
    return xlsx_bytes(rows)


def change_zip(data: bytes, changes: dict[str, bytes]) -> bytes:
    """The archive with some parts replaced or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 8) as new:
        for part in old.infolist():
            if part.filename not in changes:
                new.writestr(part.filename, old.read(part))
        for name, content in changes.items():
            new.writestr(name, content)
    return out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
_OPEN = (
    b'<?xml version="1.0" encoding="UTF-8"?><worksheet xmlns='
    b'"http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)
_CLOSE = b"</sheetData></worksheet>"


def far_cell(reference: bytes = b'r="XFD1048576"') -> bytes:
    """A workbook with two cells, as far apart as a sheet allows."""
    body = (
        _OPEN + b'<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c '
        + reference + b"><v>1</v></c></row>" + _CLOSE
    )  # fmt: skip
    return change_zip(good_xlsx(), {SHEET: body})


@functools.cache
def bomb(megabytes: int = 310) -> bytes:
    """A small archive that inflates to hundreds of megabytes."""
    return change_zip(good_xlsx(), {SHEET: _OPEN + b" " * (megabytes << 20) + _CLOSE})


def lying_bomb() -> bytes:
    """A bomb whose directory claims that the part is small."""
    data = bytearray(bomb())
    size = (310 << 20) + len(_OPEN) + len(_CLOSE)
    mark, small = size.to_bytes(4, "little"), (1000).to_bytes(4, "little")
    at = data.find(mark)
    while at >= 0:
        data[at : at + 4] = small
        at = data.find(mark, at + 1)
    return bytes(data)


def laughs(part: str = "xl/sharedStrings.xml") -> bytes:
    """Billion laughs in an XML part."""
    entities = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    text = (
        b'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY l0 "ha">' + entities + b"]><sst>&l9;</sst>"
    )
    return change_zip(good_xlsx(), {part: text})


def outside_entity() -> bytes:
    """An entity that names a local file."""
    text = (
        b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY x SYSTEM "file:///etc/hostname">]><s>&x;</s>'
    )
    return change_zip(good_xlsx(), {"xl/sharedStrings.xml": text})


def broken_part() -> bytes:
    """A workbook in whose sheet some compressed bytes are turned round."""
    data = bytearray(good_xlsx(40))
    with zipfile.ZipFile(io.BytesIO(bytes(data))) as archive:
        part = archive.getinfo(SHEET)
    start = part.header_offset + 30 + len(SHEET) + part.compress_size // 2
    for at in range(start, start + 12):
        data[at] ^= 0xFF
    return bytes(data)


def wrong_crc() -> bytes:
    """A stored sheet whose content does not match its checksum."""
    data = good_xlsx()
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", 0) as new:
        for part in old.infolist():
            new.writestr(part.filename, old.read(part))
    return out.getvalue().replace(b"<sheetData>", b"<sheetDada>", 1)


def many_parts() -> bytes:
    """A workbook of more parts than any real one has."""
    return change_zip(good_xlsx(), {f"xl/media/{n}.bin": b"" for n in range(2100)})


def png() -> bytes:
    """A tiny but real PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        check = zlib.crc32(kind + body).to_bytes(4, "big")
        return len(body).to_bytes(4, "big") + kind + body + check

    head = b"\0\0\0\x01\0\0\0\x01\x08\0\0\0\0"
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0\0"))


def plain_zip() -> bytes:
    """An archive that is no workbook."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    return out.getvalue()


def text_csv(encoding: str = "utf-8") -> bytes:
    """A good small CSV file."""
    return csv_text([GOOD]).encode(encoding)


def plain(text: str, encoding: str = "utf-8") -> Callable[[], bytes]:
    """A maker of a text file."""
    return lambda: text.encode(encoding)


_NO_DATE = "姓名,身份证号,合同号,逾期金额,逾期天数\r\n甲乙,990000198805170011,H1,5,9\r\n"
_WEB_PAGE = "<html><table><tr><td>1</td></tr></table>"
_FEW_COLUMNS = "姓名,手机号,备注\r\n甲乙,19900001234,x\r\n"
_FRENCH = "Prénom;Numéro;Façon\r\né;è;à\r\n"
_NO_FEATURES = '{"type": "FeatureCollection", "features": []}'

# name -> (file name, maker, code of the refusal)
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "empty_csv": ("a.csv", lambda: b"", "empty_file"),
    "empty_xlsx": ("a.xlsx", lambda: b"", "empty_file"),
    "blank_csv": ("a.csv", lambda: b" \r\n \r\n", "empty_file"),
    "far_cell": ("a.xlsx", far_cell, "too_many_cells"),
    "far_cell_with_odd_quotes": (
        "a.xlsx",
        lambda: far_cell(b"r = 'XFD1048576'"),
        "too_many_cells",
    ),
    "zip_bomb": ("a.xlsx", bomb, "zip_limits"),
    "zip_bomb_with_false_sizes": ("a.xlsx", lying_bomb, "damaged|zip_limits"),
    "billion_laughs": ("a.xlsx", laughs, "has_dtd"),
    "laughs_in_the_styles": ("a.xlsx", lambda: laughs("xl/styles.xml"), "has_dtd"),
    "laughs_in_the_relations": ("a.xlsx", lambda: laughs("_rels/.rels"), "has_dtd"),
    "entity_of_a_local_file": ("a.xlsx", outside_entity, "has_dtd"),
    "dtd_in_utf16": (
        "a.xlsx",
        lambda: change_zip(good_xlsx(), {"xl/styles.xml": "<!DOCTYPE s><s/>".encode("utf-16")}),
        "has_dtd",
    ),
    "too_many_parts": ("a.xlsx", many_parts, "zip_limits"),
    "broken_part": ("a.xlsx", broken_part, "damaged"),
    "wrong_checksum": ("a.xlsx", wrong_crc, "damaged"),
    "cut_off_workbook": ("a.xlsx", lambda: good_xlsx()[:3000], "damaged"),
    "no_workbook_inside": ("a.xlsx", plain_zip, "not_workbook"),
    "picture_as_xlsx": ("a.xlsx", png, "wrong_type"),
    "picture_as_csv": ("a.csv", png, "wrong_type"),
    "pdf_as_xlsx": ("a.xlsx", lambda: b"%PDF-1.7\n" + b"0" * 300, "wrong_type"),
    "text_as_xlsx": ("a.xlsx", text_csv, "wrong_type"),
    "xlsx_as_csv": ("a.csv", good_xlsx, "wrong_type"),
    "web_page_as_csv": ("a.csv", plain(_WEB_PAGE), "wrong_type"),
    "old_xls_as_xlsx": (
        "a.xlsx",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512,
        "old_or_locked",
    ),
    "binary_workbook_as_xlsx": ("a.xlsx", lambda: archive("xl/workbook.bin"), "wrong_type"),
    "ods_as_xlsx": ("a.xlsx", lambda: archive("mimetype", "content.xml"), "not_workbook"),
    "numbers_as_xlsx": ("a.xlsx", lambda: archive("Index/Document.iwa"), "not_workbook"),
    "table_on_a_hidden_sheet": ("a.xlsx", lambda: workbook(_hide_table), "only_hidden"),
    "two_lists_side_by_side": ("a.xlsx", lambda: _side_by_side(), "column_twice"),
    "utf8_then_gbk": ("a.csv", lambda: mixed("utf-8", "gbk"), "mixed_encoding"),
    "gbk_then_utf8": ("a.csv", lambda: mixed("gbk", "utf-8"), "mixed_encoding"),
    "unknown_ending": ("a.docx", good_xlsx, "not_supported"),
    "binary_with_nul": ("a.csv", lambda: text_csv() + b"\0\0\0", "nul_bytes"),
    "broken_utf8": ("a.csv", lambda: b"\xef\xbb\xbf" + text_csv()[:-9] + b"\xff\xff", "encoding"),
    "latin_text_for_chinese": ("a.csv", plain(_FRENCH, "latin-1"), "encoding|no_header"),
    "big5_text": ("a.csv", plain("客戶姓名,電話\r\n測試,1\r\n", "big5"), "no_header|encoding"),
    "open_quotation_mark": ("a.csv", lambda: text_csv() + b'"open,1,2\r\n', "csv_broken"),
    "no_header": ("a.csv", lambda: b"1,2,3\r\n4,5,6\r\n", "no_header"),
    "missing_columns": ("a.csv", plain(_FEW_COLUMNS), "missing_columns"),
    "header_twice": (
        "a.csv",
        lambda: text_csv().replace("数据日期".encode(), "逾期开始日".encode(), 1),
        "column_twice",
    ),
    "header_only": ("a.csv", lambda: csv_text([]).encode(), "no_rows"),
    "days_without_data_date": ("a.csv", plain(_NO_DATE), "no_data_date"),
    "too_many_columns": ("a.csv", lambda: b"a," * 900 + b"b\r\n", "too_many_columns|no_header"),
    "endless_cell": ("a.csv", lambda: text_csv() + b"x" * 200_000 + b",1\r\n", "csv_broken"),
    "json_no_map": ("a.geojson", plain('{"a": 1}'), "not_geojson"),
    "json_broken": ("a.geojson", plain(_NO_FEATURES[:-2]), "not_geojson"),
    "json_too_deep": ("a.geojson", lambda: b"[" * 100_000, "not_geojson"),
    "map_without_features": ("a.geojson", plain(_NO_FEATURES), "no_rows"),
}


def workbook(change: Callable[[openpyxl.Workbook], None], count: int = 3) -> bytes:
    """Good rows in a workbook that `change` then does something to."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(HEADERS)
    for number in range(count):
        row = GOOD | {"合同号": f"HT{number:04d}"}
        sheet.append([row[header] for header in HEADERS])
    change(book)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def archive(*names: str) -> bytes:
    """A ZIP with parts of these names."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        for name in names:
            packed.writestr(name, "<x/>")
    return out.getvalue()


def _hide_beside(book: openpyxl.Workbook) -> None:
    page = book.create_sheet("藏")
    page.append(HEADERS)
    page.append([GOOD[header] for header in HEADERS])
    page.sheet_state = "hidden"


def _hide_table(book: openpyxl.Workbook) -> None:
    book.create_sheet("封面").append(["说明"])
    book.active = 1
    book.worksheets[0].sheet_state = "hidden"


def _hide_row(book: openpyxl.Workbook) -> None:
    book.active.row_dimensions[3].hidden = True


def _formula(book: openpyxl.Workbook) -> None:
    book.active["F3"] = "=1000+234"


def _merged_lender(book: openpyxl.Workbook) -> None:
    book.active.merge_cells("E2:E4")


def _side_by_side() -> bytes:
    """Two lenders' lists beside each other, under merged cells with their names."""
    heads = ["姓名", "身份证号", "合同号", "逾期金额(元)", "逾期开始日"]
    row = [GOOD[head] for head in heads]
    return xlsx_bytes([["甲机构", *[""] * 4, "乙机构"], heads * 2, row * 2])


def _cached() -> bytes:
    """Formulas with their results, one of which is an error."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for at, row in enumerate([dict(zip(HEADERS, HEADERS, strict=True)), GOOD, GOOD]):
        for column, header in enumerate(HEADERS):
            page.write(at, column, row[header])
    page.write_formula(1, 5, "=1000+234", None, 1234)
    page.write_formula(2, 3, '="HT"&7', None, "HT7")
    page.write_formula(2, 5, "=1/0", None, "#DIV/0!")
    book.close()
    return out.getvalue()


def _rows(*changes: dict[str, str]) -> list[dict[str, str]]:
    return [GOOD | {"合同号": f"HT{n:04d}"} | change for n, change in enumerate(changes)]


def _swallowed() -> bytes:
    """A quotation mark opened in one row and closed two rows on."""
    lines = [line.split(",") for line in csv_text(_rows({}, {}, {}, {})).splitlines()]
    lines[2][10] = '"' + lines[2][10]
    lines[4][10] += '"'
    return "\r\n".join(map(",".join, lines)).encode()


def mixed(first: str, other: str) -> bytes:
    """Two rows in one encoding, the next two in another."""
    lines = csv_text(_rows({}, {}, {})).splitlines(keepends=True)
    return "".join(lines[:2]).encode(first) + "".join(lines[2:]).encode(other)


# name -> (file name, maker, (row, code) of all faults, codes of the notes, rows that are kept)
Odd = tuple[str, Callable[[], bytes], list[tuple[int, str]], list[str], int]
ODD: dict[str, Odd] = {
    "rows_in_a_cell": ("a.csv", _swallowed, [(3, "rows_in_cell")], [], 1),
    "two_names_in_a_cell": (
        "a.csv", plain(csv_text(_rows({}, {"姓名": "测试甲\n测试乙"}))), [(3, "name_lines")], [], 1,
    ),
    "contract_twice_but_for_what_nobody_sees": (
        "a.csv", plain(csv_text(_rows({}, {"合同号": "HT0000\u200b"}))),
        [(3, "invisible_removed"), (3, "contract_twice")], [], 1,
    ),
    "semicolons": ("a.csv", plain(csv_text(_rows({}, {})).replace(",", ";")), [], [], 2),
    "tabs": ("a.csv", plain(csv_text(_rows({}, {})).replace(",", "\t")), [], [], 2),
    "carriage_returns_alone": (
        "a.csv", plain(csv_text(_rows({}, {})).replace("\r\n", "\r")), [], [], 2,
    ),
    "wide_id_with_small_x": (
        "a.csv", plain(csv_text(_rows({"身份证号": "９９００００１９８８０５１７００２ｘ"}))),
        [], [], 1,
    ),
    "unknown_header_twice": (
        "a.csv", plain(csv_text(_rows({})).replace("困难,标签", "手别,手别")), [],
        ["unknown_columns"], 1,
    ),
    "merged_lender": (
        "a.xlsx", lambda: workbook(_merged_lender),
        [(3, "lender_missing"), (4, "lender_missing")], [], 1,
    ),
    "hidden_sheet": ("a.xlsx", lambda: workbook(_hide_beside), [], ["hidden_sheet"], 3),
    "hidden_row": ("a.xlsx", lambda: workbook(_hide_row), [], ["hidden_rows"], 3),
    "formula_without_result": (
        "a.xlsx", lambda: workbook(_formula), [(3, "amount_missing")], ["formulas_empty"], 2,
    ),
    "formulas_with_results": ("a.xlsx", _cached, [(3, "amount_missing")], ["error_cells"], 1),
}  # fmt: skip


def main(folder: Path) -> None:
    """Write every refused file and one CSV with all damaged cells."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, (file, make, _) in REFUSED.items():
        (folder / f"{name}{Path(file).suffix}").write_bytes(make())
    for name, (file, make, _, _, _) in ODD.items():
        (folder / f"{name}{Path(file).suffix}").write_bytes(make())
    rows = [
        GOOD | {"合同号": f"HT{n:04d}", column: text}
        for n, (column, text, _, _) in enumerate(DAMAGED_CELLS.values())
    ]
    (folder / "damaged_cells.csv").write_text(csv_text(rows), encoding="utf-8-sig")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
