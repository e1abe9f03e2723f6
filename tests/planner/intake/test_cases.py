"""Case files: what is read from good rows, and how rows become persons."""

import io
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter
from made_files import codes, people, read_cases, read_text
from nasty_files import GOOD, HEADERS, csv_text, xlsx_bytes

from planner.domain.codes import AddressKind, Flag, Grade, HoldKind, Region
from planner.intake.read import read_file

OTHER_ID = "99000019900101123"


def with_check(head: str) -> str:
    """`head` with its check character, computed the slow way of the standard."""
    total = sum(int(digit) * pow(2, 17 - at, 11) for at, digit in enumerate(head))
    return head + "10X98765432"[total % 11]


def test_a_good_row(tmp_path: Path) -> None:
    """Every field of a good row arrives: fen, dates, place, grade, region, township."""
    person = people(read_cases(tmp_path, {}))[0]
    assert person.identity == "id:990000198805170011"
    assert (person.name, person.phones, person.flags) == ("测试澄砚", ("19900001234",), Flag(0))
    case = person.cases[0]
    assert case.case_id == "虚构银行/HT0000"
    assert (case.amount_overdue, case.overdue_since) == (1234567, date(2026, 5, 1))
    place = person.addresses[0]
    assert (place.kind, place.grade, place.region) == (
        AddressKind.HOME, Grade.VILLAGE, Region.VILLAGE,
    )  # fmt: skip
    assert (place.lat, place.lon, place.township) == (32.54321, 107.12345, "虚构镇")


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le"]
)
@pytest.mark.parametrize("sign", [",", "\t", ";"])
def test_encodings_and_signs(encoding: str, sign: str, tmp_path: Path) -> None:
    """The same table in any usual encoding and with any usual delimiter reads the same."""
    text = csv_text([GOOD]).replace(",", sign)
    assert (
        read_text(tmp_path, text, encoding=encoding).records
        == read_cases(tmp_path, {"合同号": "HT0001"}).records
    )


def test_workbook_and_text_read_the_same(tmp_path: Path) -> None:
    """Numbers and dates of a workbook mean what the text of a CSV file means."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for column, header in enumerate(HEADERS):
        page.write(0, column, header)
        text = GOOD[header]
        if header in ("逾期金额(元)", "经度", "纬度"):
            page.write_number(1, column, float(text))
        elif header in ("逾期开始日", "数据日期"):
            page.write_datetime(1, column, datetime.fromisoformat(text), day)
        else:
            page.write_string(1, column, text)
    book.close()
    (tmp_path / "a.xlsx").write_bytes(out.getvalue())
    parsed = read_file(tmp_path / "a.xlsx")
    assert parsed.faults == []
    assert parsed.records == read_cases(tmp_path, {"合同号": "HT0001"}).records


def test_id_typed_as_a_number_is_damage(tmp_path: Path) -> None:
    """An 18-digit number cell has lost its last digits, whatever its check character says."""
    row: list[object] = [GOOD[header] for header in HEADERS]
    row[1] = 990000198805170011
    (tmp_path / "a.xlsx").write_bytes(xlsx_bytes([list(HEADERS), row]))
    parsed = read_file(tmp_path / "a.xlsx")
    assert codes(parsed) == ["id_scientific"]
    assert parsed.faults[0].value == "9.90000198805170E+17"


@pytest.mark.parametrize(
    ("text", "fen"),
    [("1234.5", 123450), ("1,234.50", 123450), ("￥1,234.50元", 123450), ("１２３４.５", 123450),
     ("1234.567", 123457), ("0.01", 1), (" 88 ", 8800), ("8123.3333333", 812333)],
)  # fmt: skip
def test_amounts(text: str, fen: int, tmp_path: Path) -> None:
    """Amounts in all usual ways of writing, exact to the fen, without a fault."""
    parsed = read_cases(tmp_path, {"逾期金额(元)": text})
    assert codes(parsed) == []
    assert people(parsed)[0].cases[0].amount_overdue == fen


def test_unit_in_the_header(tmp_path: Path) -> None:
    """A column in 万元 is multiplied, and the file's notes say so."""
    text = csv_text([GOOD | {"逾期金额(元)": "1.23456"}]).replace(
        "逾期金额(元)", "逾期金额（万元）"
    )
    parsed = read_text(tmp_path, text)
    assert people(parsed)[0].cases[0].amount_overdue == 1234560
    assert [note.code for note in parsed.notes] == ["amount_unit"]


@pytest.mark.parametrize(
    "text", ["2026-05-01", "2026/5/1", "2026.05.01", "2026年5月1日", "20260501",
             "2026-05-01 00:00:00", "２０２６-０５-０１"],
)  # fmt: skip
def test_dates(text: str, tmp_path: Path) -> None:
    """Dates in all usual ways of writing mean the same day."""
    parsed = read_cases(tmp_path, {"逾期开始日": text})
    assert people(parsed)[0].cases[0].overdue_since == date(2026, 5, 1)


@pytest.mark.parametrize(
    ("text", "phones"),
    [("199 0000 1234", ("19900001234",)), ("+86-19900001234", ("19900001234",)),
     ("\t19900001234", ("19900001234",)), ('="19900001234"', ("19900001234",)),
     ("１９９００００１２３４", ("19900001234",)), ("028-85551234", ("02885551234",)),
     ("19900001234/19900001235", ("19900001234", "19900001235")),
     ("19900001234、028-85551234", ("19900001234", "02885551234"))],
)  # fmt: skip
def test_phones(text: str, phones: tuple[str, ...], tmp_path: Path) -> None:
    """Phones in all usual ways of writing become plain digits, several in a cell are parted."""
    assert people(read_cases(tmp_path, {"手机号": text}))[0].phones == phones


def test_days_overdue_need_a_day(tmp_path: Path) -> None:
    """Days overdue count back from the row's data date, the title's, or the caller's."""
    days = {"逾期开始日": "", "逾期天数": "30"}
    parsed = read_cases(tmp_path, days)
    assert people(parsed)[0].cases[0].overdue_since == date(2026, 10, 21)
    headers = ["姓名", "身份证号", "合同号", "逾期金额", "逾期天数"]
    body = csv_text([GOOD | {"逾期金额": "5", "逾期天数": "30"}], headers)
    titled = read_text(tmp_path, "委外清单 数据日期：2026年11月10日,,,,\r\n" + body)
    assert people(titled)[0].cases[0].overdue_since == date(2026, 10, 11)
    assert titled.records[0].rows == (3,)
    (tmp_path / "b.csv").write_text(body, encoding="utf-8")
    told = read_file(tmp_path / "b.csv", as_of=date(2026, 11, 1), lender="虚构银行")
    assert people(told)[0].cases[0].overdue_since == date(2026, 10, 2)
    assert people(told)[0].cases[0].case_id == "虚构银行/HT0001"


def test_loans_of_one_person_are_merged(tmp_path: Path) -> None:
    """Rows with one ID number become one person with all loans, phones and addresses."""
    parsed = read_cases(
        tmp_path,
        {},
        {"手机号": "19900009999", "家庭住址": "虚构市中心区槿花路1号", "困难": "是"},
        {"身份证号": with_check(OTHER_ID), "姓名": "测试别人"},
    )
    first, second = people(parsed)
    assert [case.contract_no for case in first.cases] == ["HT0000", "HT0001"]
    assert first.phones == ("19900001234", "19900009999")
    assert len(first.addresses) == 2
    assert first.flags == Flag.HARDSHIP
    assert (first.rows, second.rows) == ((2, 3), (4,))


def test_row_without_id_joins_by_name_and_phone(tmp_path: Path) -> None:
    """Without an ID number name and phone decide, also for a person known by ID elsewhere."""
    parsed = read_cases(tmp_path, {"身份证号": ""}, {}, {"身份证号": "", "手机号": "19900007777"})
    joined, apart = people(parsed)
    assert joined.identity == "id:990000198805170011"
    assert joined.rows == (2, 3)
    assert apart.identity == "np:测试澄砚|19900007777"
    assert codes(parsed) == ["id_missing", "id_missing"]


def test_two_names_for_one_id(tmp_path: Path) -> None:
    """A second name for an ID number is listed, not merged."""
    parsed = read_cases(tmp_path, {}, {"姓名": "测试别人"})
    assert codes(parsed) == ["id_two_names"]
    assert parsed.faults[0].params == {"first": 2}
    assert len(people(parsed)[0].cases) == 1


def test_contract_twice(tmp_path: Path) -> None:
    """The second row with a contract number is listed with the number of the first."""
    parsed = read_cases(tmp_path, {"合同号": "H1"}, {"合同号": "H1", "逾期金额(元)": "9"})
    assert codes(parsed) == ["contract_twice"]
    assert people(parsed)[0].cases[0].amount_overdue == 1234567
    other = read_cases(tmp_path, {"合同号": "H1"}, {"合同号": "H1", "委案方": "另一虚构银行"})
    assert codes(other) == []


def test_minor_by_id_number(tmp_path: Path) -> None:
    """A birthday less than 18 years before the data date sets the flag, one day earlier not."""
    young = with_check("99000020081121123")
    grown = with_check("99000020081120123")
    parsed = read_cases(
        tmp_path, {"身份证号": young, "姓名": "测试甲"}, {"身份证号": grown, "姓名": "测试乙"}
    )
    assert [person.flags for person in people(parsed)] == [Flag.MINOR, Flag(0)]


def test_a_passport_says_no_birthday(tmp_path: Path) -> None:
    """Another document's number of eighteen digits, whose date would be none, is a good row."""
    row = GOOD | {"证件类型": "护照", "身份证号": "990000202613450011"}
    parsed = read_text(tmp_path, csv_text([row], [*HEADERS, "证件类型"]))
    (person,) = people(parsed)
    assert (person.id_number, person.flags, parsed.faults) == (row["身份证号"], Flag(0), [])


def test_tags_marks_and_status(tmp_path: Path) -> None:
    """Tags become flags or pauses; paid and withdrawn loans say so, with amount 0 if paid."""
    parsed = read_cases(
        tmp_path,
        {"标签": "勿访；异议,已故"},
        {"状态": "已结清", "逾期金额(元)": "0"},
        {"状态": "撤案"},
    )
    person = people(parsed)[0]
    assert person.flags == Flag.DO_NOT_VISIT | Flag.DECEASED
    assert person.holds == (HoldKind.DISPUTE,)
    assert [case.status for case in person.cases] == ["open", "paid", "withdrawn"]


def test_several_addresses(tmp_path: Path) -> None:
    """Each kind of address has its own position; a bare 经度 belongs to the home address."""
    headers = ["姓名", "身份证号", "合同号", "逾期金额", "应还款日", "户籍地址", "家庭住址",
               "单位地址", "单位地址经度", "单位地址纬度", "经度", "纬度", "现居地址"]  # fmt: skip
    row = GOOD | {
        "逾期金额": "1", "应还款日": "2026-05-01", "户籍地址": "虚构镇甲村",
        "单位地址": "虚构市乙路", "单位地址经度": "107.5", "单位地址纬度": "32.25",
        "现居地址": "虚构市丙街",
    }  # fmt: skip
    places = people(read_text(tmp_path, csv_text([row], headers)))[0].addresses
    assert [(p.kind, p.grade, p.lat) for p in places] == [
        (AddressKind.HOME, Grade.STREET, 32.54321), (AddressKind.HOME, Grade.NONE, None),
        (AddressKind.WORK, Grade.STREET, 32.25), (AddressKind.REGISTERED, Grade.NONE, None),
    ]  # fmt: skip


def test_no_position_is_kept_and_listed(tmp_path: Path) -> None:
    """A person without a position stays in the book and is listed once."""
    parsed = read_cases(tmp_path, {"经度": "", "纬度": ""})
    assert codes(parsed) == ["position_missing"]
    place = people(parsed)[0].addresses[0]
    assert (place.grade, place.lat) == (Grade.NONE, None)


def test_swapped_position(tmp_path: Path) -> None:
    """Latitude and longitude exchanged are recognised and not exchanged back."""
    parsed = read_cases(tmp_path, {"经度": "32.54321", "纬度": "107.12345"})
    assert codes(parsed) == ["position_swapped"]
    assert people(parsed)[0].addresses[0].lat is None


@pytest.mark.parametrize(
    ("datum", "lat", "lon"),
    # Differences of some hundred metres, as these datums have in the middle of the country.
    [("WGS84", 32.54321, 107.12345), ("GCJ02", 32.5445, 107.1212), ("BD09", 32.5387, 107.1147)],
)
def test_datum(datum: str, lat: float, lon: float, tmp_path: Path) -> None:
    """Positions of a Chinese datum are brought back to WGS-84, and the notes say so."""
    text = csv_text([GOOD]).replace("经度", f"经度({datum})").replace("纬度", f"纬度({datum})")
    parsed = read_text(tmp_path, text)
    place = people(parsed)[0].addresses[0]
    assert place.lat == pytest.approx(lat, abs=0.004)
    assert place.lon == pytest.approx(lon, abs=0.008)
    assert [note.code for note in parsed.notes] == ([] if datum == "WGS84" else ["datum_converted"])


def test_hostile_text_stays_text(tmp_path: Path) -> None:
    """Markup, templates and formulas in names and addresses are data, kept letter by letter."""
    name, place = "<img src=x onerror=alert(1)>${1+1}", '=HYPERLINK("http://x","y")'
    parsed = read_cases(tmp_path, {"姓名": name, "家庭住址": place})
    assert codes(parsed) == []
    assert people(parsed)[0].name == name
    assert people(parsed)[0].addresses[0].text == place


def test_ragged_rows(tmp_path: Path) -> None:
    """Rows with more or fewer cells than headers are listed, not shifted into place."""
    lines = csv_text([GOOD]).splitlines()
    short = ",".join(lines[1].split(",")[:6]).replace("HT0001", "HT0002")
    parsed = read_text(tmp_path, "\r\n".join([*lines, lines[1] + ",x", short, ",,,,"]))
    assert codes(parsed) == ["row_too_long", "row_too_short"]
    assert [fault.row for fault in parsed.faults] == [3, 4]
    assert parsed.rows == 3


def test_totals_and_remarks(tmp_path: Path) -> None:
    """A line of totals is skipped with a note, a lone remark is listed."""
    text = csv_text([GOOD]) + "合计,,,,,12345.67" + "," * 11 + "\r\n注：数据仅供核对" + "," * 16
    parsed = read_text(tmp_path, text)
    assert codes(parsed) == ["lone_cell"]
    assert [note.code for note in parsed.notes] == ["totals_skipped"]
    assert len(parsed.records) == 1


def test_unknown_columns_are_named(tmp_path: Path) -> None:
    """Columns that mean nothing to us, a contact's phone among them, are named, not read."""
    text = csv_text([GOOD | {"联系人电话": "19900008888"}], [*HEADERS, "联系人电话", "手别"])
    parsed = read_text(tmp_path, text)
    assert parsed.notes[0].params == {"columns": "联系人电话、手别", "count": 2}
    assert people(parsed)[0].phones == ("19900001234",)
    assert parsed.columns["逾期金额(元)"] == "amount"


def test_english_headers(tmp_path: Path) -> None:
    """A list with English column names is read as well."""
    text = (
        "Customer Name,ID Number,Mobile No.,Contract No,Lender,Overdue Amount (CNY),Overdue Since,"
        "Home Address,Longitude,Latitude\r\n"
        f"Test Person,{GOOD['身份证号']},19900001234,K1,Fictional Bank,99.5,2026-05-01,"
        "Road 1,107.1,32.2\r\n"
    )
    parsed = read_text(tmp_path, text)
    assert (parsed.kind, codes(parsed)) == ("cases", [])
    assert people(parsed)[0].cases[0].amount_overdue == 9950


def test_other_sheets_and_titles(tmp_path: Path) -> None:
    """The first sheet with a table is read wherever its header stands; rows keep their numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    book.add_worksheet("说明").write(0, 0, "仅供参考")
    page = book.add_worksheet("清单")
    for column, header in enumerate(HEADERS):
        page.write(6, column + 2, header)
        page.write_string(9, column + 2, GOOD[header])
    book.add_worksheet("其他").write(0, 0, "x")
    book.close()
    (tmp_path / "a.xlsx").write_bytes(out.getvalue())
    parsed = read_file(tmp_path / "a.xlsx")
    assert people(parsed)[0].rows == (10,)
    assert [note.params for note in parsed.notes] == [{"sheet": "其他"}]
