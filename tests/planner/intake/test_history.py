"""History files: what happened, in our codes."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from made_files import codes, events, read_history, read_text
from nasty_files import CALL, HISTORY_HEADERS, csv_text

from planner.domain.codes import CODES, RESULTS, HoldKind
from planner.intake.read import read_file


def test_a_call(tmp_path: Path) -> None:
    """A call keeps its moment in the file's zone, its code, phone, agent and serial number."""
    entry = events(read_history(tmp_path, {}))[0]
    assert entry.at == datetime(2026, 11, 2, 2, 15, tzinfo=UTC)
    assert (entry.kind, entry.contract_no, entry.source_id) == ("contact", "HT0001", "L0")
    assert entry.fields == {
        "channel": "call", "code": "CALL-RPC", "phone": "19900001234", "by": ["坐席01"],
    }  # fmt: skip


def test_zone_of_the_file(tmp_path: Path) -> None:
    """Times are read in the zone the caller names."""
    (tmp_path / "a.csv").write_text(csv_text([CALL], HISTORY_HEADERS), encoding="gbk")
    entry = events(read_file(tmp_path / "a.csv", zone="Asia/Almaty"))[0]
    assert entry.at == datetime(2026, 11, 2, 10, 15, tzinfo=ZoneInfo("Asia/Almaty"))


@pytest.mark.parametrize(
    ("text", "at"),
    [("46328.5", "12:00"), ("46328 10:15", "10:15"), ("46328T9:05", "09:05"),
     ("46328.9999999", "23:59")],
)  # fmt: skip
def test_a_day_number_with_a_time(text: str, at: str, tmp_path: Path) -> None:
    """A moment as a spreadsheet's day number, its time as a fraction or written behind it, is read
    on its own day, and said to be a number."""
    parsed = read_history(tmp_path, {"时间": text})
    (event,) = events(parsed)
    assert f"{event.at:%Y-%m-%d %H:%M}" == f"2026-11-02 {at}"
    assert codes(parsed) == ["date_serial"]


@pytest.mark.parametrize(
    ("kind", "text", "code", "result"),
    [
        ("电话", "本人接通", "CALL-RPC", ""), ("电话", "第三方接通", "CALL-TPC", ""),
        ("电联系", "无人接听", "", ""), ("拨打", "无人接听", "CALL-NA", ""),
        ("电话", "忙线", "CALL-BUSY", ""), ("电话", "关机", "CALL-OFF", ""),
        ("电话", "拒接", "CALL-REJ", ""), ("电话", "空号", "CALL-INV", ""),
        ("电话", "承诺还款", "CALL-RPC", "OUT-PTP"),
        ("电话", "本人接通-拒绝还款", "CALL-RPC", "OUT-RTP"),
        ("电话", "本人接通（异议）", "CALL-RPC", "OUT-DISP"), ("CALL", "call-na", "CALL-NA", ""),
        ("短信", "", "MSG-SENT", ""), ("短信", "发送失败", "MSG-FAILED", ""),
        ("短信", "已回复", "MSG-REPLY", ""), ("外访", "见到本人", "VIS-RPC", ""),
        ("上门", "无人在家", "VIS-NC", ""), ("外访", "见到家人", "VIS-TPC", ""),
        ("外访", "已搬离", "VIS-MOVED", ""), ("外访", "地址无效", "VIS-ADR-BAD", ""),
        ("外访", "拒绝交谈", "VIS-REFUSE", ""), ("外访", "安全终止", "VIS-ABORT-SAFE", ""),
        ("外访", "见到本人/困难", "VIS-RPC", "OUT-HARD"), ("外访", "无人接听", "", ""),
        ("电话", "见到本人", "", ""), ("电话", "聊了聊", "", ""),
    ],
)  # fmt: skip
def test_words_of_lenders(kind: str, text: str, code: str, result: str, tmp_path: Path) -> None:
    """Lenders' words for outcomes become our codes; words of another channel are not accepted."""
    parsed = read_history(tmp_path, {"类型": kind, "结果": text})
    if not code:
        assert codes(parsed) in (["result_unknown"], ["kind_unknown"])
        assert parsed.records == []
        return
    fields = events(parsed)[0].fields
    assert (fields["code"], fields.get("result", "")) == (code, result)


@pytest.mark.parametrize("code", CODES)
def test_our_codes_are_taken_as_they_are(code: str, tmp_path: Path) -> None:
    """A file may use the disposition codes themselves, even without a kind."""
    parsed = read_history(tmp_path, {"类型": "", "结果": code})
    assert events(parsed)[0].fields["code"] == code


def test_every_result_has_a_word(tmp_path: Path) -> None:
    """Each result code can be written as such beside the outcome."""
    rows = [{"沟通结果": code} for code in RESULTS]
    found = [entry.fields["result"] for entry in events(read_history(tmp_path, *rows))]
    assert found == list(RESULTS)


def test_promise_beside_a_call(tmp_path: Path) -> None:
    """A call with promised amount and day yields the contact and the promise."""
    row = {"沟通结果": "承诺还款", "金额(元)": "3,000", "承诺日期": "2026-11-09"}
    call, promise = events(read_history(tmp_path, row))
    assert (call.fields["result"], promise.kind) == ("OUT-PTP", "promise")
    assert promise.fields == {"amount": 300000, "due": "2026-11-09"}
    assert (call.source_id, promise.source_id) == ("L0", "L0/promise")


def test_promise_payment_and_hold(tmp_path: Path) -> None:
    """Rows of their own for promises, payments (a day suffices) and pauses."""
    parsed = read_history(
        tmp_path,
        {"类型": "承诺", "结果": "", "金额(元)": "500", "承诺日期": "2026-11-12"},
        {"类型": "还款", "结果": "", "金额(元)": "0.05", "时间": "2026-11-03"},
        {"类型": "暂停", "结果": "异议", "承诺日期": "2026-12-01", "备注": "核实中"},
    )
    promise, payment, hold = events(parsed)
    assert promise.fields == {"amount": 50000, "due": "2026-11-12"}
    assert payment.fields == {"amount": 5, "receipt": "L1"}
    assert payment.at.hour == 0
    assert hold.fields == {
        "kind": int(HoldKind.DISPUTE), "until": "2026-12-01", "reason": "核实中",
    }  # fmt: skip


def test_visit_with_crew_and_end(tmp_path: Path) -> None:
    """A visit keeps both visitors and when they left."""
    row = {
        "类型": "外访",
        "结果": "见到本人",
        "经办人": "甲某、乙某",
        "离开时间": "2026-11-02 10:40",
    }
    fields = events(read_history(tmp_path, row))[0].fields
    assert fields["by"] == ["甲某", "乙某"]
    assert fields["leave"] == "2026-11-02T10:40:00+08:00"
    assert "phone" not in fields


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"时间": ""}, "time_missing"), ({"时间": "2026-11-02"}, "time_of_day_missing"),
        ({"时间": "2026-11-31 10:00"}, "date_impossible"), ({"类型": "聚餐"}, "kind_unknown"),
        ({"类型": ""}, "kind_missing"), ({"结果": ""}, "result_missing"),
        ({"合同号": ""}, "nobody_named"), ({"联系号码": "1.99E+10"}, "phone_scientific"),
        ({"沟通结果": "再说"}, "outcome_unknown"),
        ({"结果": "拒绝还款", "沟通结果": "承诺还款"}, "outcome_disagrees"),
        ({"类型": "还款", "结果": ""}, "amount_missing"),
        ({"类型": "还款", "结果": "", "金额(元)": "-5"}, "amount_negative"),
        ({"类型": "承诺", "结果": "", "金额(元)": "5"}, "due_missing"),
        ({"类型": "暂停", "结果": "开会"}, "hold_unknown"),
    ],
)  # fmt: skip
def test_wrong_rows(row: dict[str, str], code: str, tmp_path: Path) -> None:
    """A wrong row is listed with its number and left out."""
    parsed = read_history(tmp_path, {}, row)
    assert codes(parsed) == [code]
    assert parsed.faults[0].row == 3
    assert [entry.row for entry in events(parsed)] == [2]


def test_repeated_rows(tmp_path: Path) -> None:
    """A serial number or a whole row that comes twice counts once."""
    parsed = read_history(
        tmp_path, {"流水号": "A"}, {"流水号": "A", "结果": "忙线"}, {"流水号": ""}, {"流水号": ""}
    )
    assert codes(parsed) == ["source_twice", "row_twice"]
    assert [fault.params["first"] for fault in parsed.faults] == [2, 4]


def test_person_by_id_or_name(tmp_path: Path) -> None:
    """Without a contract number the ID number, or name and phone, say whom a row concerns."""
    text = (
        "时间,类型,结果,证件号,姓名,电话\r\n"
        "2026-11-02 09:30,电话,本人接通,990000198805170011,测试澄砚,19900001234\r\n"
        "2026-11-02 09:40,电话,本人接通,,测试槿岚,19900001299\r\n"
    )
    parsed = read_text(tmp_path, text)
    found = [entry.identity for entry in events(parsed)]
    assert found == ["id:990000198805170011", "np:测试槿岚|19900001299"]
