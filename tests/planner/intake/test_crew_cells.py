"""How a crew works, read from a staff list; what a person needs, read from a case list."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_files import crews, people, read_text

from planner.domain.work import (
    Mode,
    Work,
    breaks_possible,
    clean_tags,
    missing_skills,
    work_payload,
    wrong_field,
)
from planner.domain.work import work_of as read_work
from planner.intake import crew_terms
from planner.intake.values import Bad

PLACE = "小组,姓名,经度,纬度"
CHINESE = "交通方式,每公里费用,每小时工资,技能,午休,最长班次,最长驾驶,加班费,出车费"
ENGLISH = (
    "Transport mode,Cost per km,Wage per hour,Skills,Break,Max shift,Max driving,Overtime,Day cost"
)
WORK = Work(
    Mode.MOTORCYCLE, 35, 90_00, ("方言", "女性成员"), ((41400, 48600, 2700),), 8 * 3600, 12600,
    150_00, 20_00,
)  # fmt: skip


@pytest.mark.parametrize("headers", [CHINESE, ENGLISH])
def test_all_terms_in_both_languages(headers: str, tmp_path: Path) -> None:
    """The columns are known by Chinese and English headers; skills of members add up; one row of a
    crew is enough for the rest."""
    text = (
        f"{PLACE},{headers}\n"
        "一组,赵一,107.5,32.5,摩托车,0.35,90,方言,11:30-13:30 45分钟,8小时,3.5,150,20\n"
        "一组,钱二,107.5,32.5,,,,女性成员；方言,,,,,\n"
    )
    parsed = read_text(tmp_path, text, "crews.csv")
    assert parsed.faults == []
    (record,) = crews(parsed)
    assert record.crew.work == WORK
    assert len(record.told) == 9


def test_a_list_without_terms_tells_none(tmp_path: Path) -> None:
    """Without such columns, and with empty cells, a crew works as usual and nothing is told; "none"
    tells that it is as usual."""
    (plain,) = crews(read_text(tmp_path, f"{PLACE}\n一组,赵一,107.5,32.5\n", "a.csv"))
    assert (plain.crew.work, plain.told) == (Work(), frozenset())
    (empty,) = crews(read_text(tmp_path, f"{PLACE},技能,加班费\n一组,赵,107.5,32.5,,无\n", "b.csv"))
    assert (empty.crew.work, empty.told) == (Work(), {"overtime"})


@pytest.mark.parametrize(
    ("header", "cell", "code"),
    [
        ("交通方式", "飞机", "mode_unknown"),
        ("每公里费用", "200000", "price_absurd"),
        ("时薪", "-5", "amount_negative"),
        ("午休", "noon", "break_unreadable"),
        ("午休", "13:30-11:30 60", "break_impossible"),
        ("午休", "11:30-13:30 600", "break_impossible"),
        ("最长班次", "eight", "hours_unreadable"),
        ("最长班次", "40", "hours_absurd"),
        ("技能", "x" * 40, "skills_too_long"),
    ],
)
def test_faults_are_named(header: str, cell: str, code: str, tmp_path: Path) -> None:
    """A cell that cannot be is listed with its column and code; the row is left out."""
    parsed = read_text(tmp_path, f"{PLACE},{header}\n一组,赵一,107.5,32.5,{cell}\n", "c.csv")
    assert [(f.row, f.column, f.code) for f in parsed.faults] == [(2, header, code)]
    assert crews(parsed) == []


def test_rows_of_a_crew_must_agree_on_its_terms(tmp_path: Path) -> None:
    """A second price for the same crew is a fault of the later row, which names the first one."""
    text = f"{PLACE},时薪\n一组,赵一,107.5,32.5,90\n一组,钱二,107.5,32.5,95\n"
    parsed = read_text(tmp_path, text, "d.csv")
    (fault,) = parsed.faults
    assert (fault.row, fault.code, fault.params) == (3, "crew_terms_disagree", {"first": 2})


def test_needs_of_a_person(tmp_path: Path) -> None:
    """Needs of several rows of a person add up; an empty column says nothing, "none" says none."""
    head = "姓名,合同号,手机号,逾期金额,逾期开始日,到访要求"
    rows = [
        "王五,H1,13812345678,1000,2026-08-01,方言、双人",
        "王五,H2,13812345678,500,2026-08-01,方言；女性成员",
        "赵六,H3,13912345678,1000,2026-08-01,",
        "孙七,H4,13712345678,1000,2026-08-01,无",
    ]
    parsed = read_text(tmp_path, "\n".join([head, *rows, ""]), "e.csv")
    assert [p.needs for p in people(parsed)] == [("方言", "双人", "女性成员"), None, ()]


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader(text: str) -> None:
    """Any text is either read to something a crew can have, or refused as Bad."""
    for name in crew_terms.FIELDS:
        try:
            value = crew_terms.reader(name)(text)
        except Bad:
            continue
        field = crew_terms.FIELDS[name][0]
        assert wrong_field(read_work({field: value} if value is not None else {})) == ""


def test_tags_are_compared_plainly() -> None:
    """Case, blanks, hyphens and width do not matter; two members are two persons."""
    assert clean_tags(["  Two-Person", "two person", "方 言", "方言"]) == ("Two-Person", "方 言")
    assert missing_skills(("双人", "ＦＥＭＡＬＥ"), ("female",), 2) == ()
    assert missing_skills(("双人", "female"), (), 1) == ("双人", "female")


def test_terms_come_back_from_their_event() -> None:
    """What an event keeps of a crew's terms is only what is not usual, and gives the same terms."""
    assert work_payload(Work()) == {}
    assert read_work(work_payload(WORK)) == WORK
    assert breaks_possible(WORK.breaks)
    with pytest.raises(KeyError):
        read_work({"colour": 1})
