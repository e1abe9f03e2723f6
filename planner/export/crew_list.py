"""The list of crews as a spreadsheet that can be changed and imported again: also the template."""

import re
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from planner.domain.people import Crew
from planner.domain.work import HOUR, Break, Mode
from planner.errors import PlannerError

# Field of the import (intake/synonyms.py) -> header; the reader knows both languages.
HEADERS = {
    "zh_CN": (
        "小组编号", "小组", "工号", "姓名", "出发地经度", "出发地纬度", "上班时间", "下班时间",
        "工作日", "交通方式", "每公里费用", "每小时工资", "技能", "休息", "最长班次", "最长驾驶",
        "每小时加班费", "出车费",
    ),
    "en": (
        "Crew ID", "Crew", "Staff ID", "Name", "Longitude", "Latitude", "Start", "End", "Weekdays",
        "Transport", "Cost per km", "Wage per hour", "Skills", "Breaks", "Max shift",
        "Max driving", "Overtime per hour", "Cost per day",
    ),
}  # fmt: skip
_MODES = {
    "zh_CN": {Mode.CAR: "汽车", Mode.MOTORCYCLE: "摩托车", Mode.FOOT: "步行/公交"},
    "en": {Mode.CAR: "car", Mode.MOTORCYCLE: "motorcycle", Mode.FOOT: "foot/bus"},
}
_WIDTHS = {3: 12, 8: 12, 9: 11, 12: 24, 13: 26}


def crew_rows(crews: Sequence[Crew], language: str) -> list[list[str]]:
    """One row for each member, all with the terms of their crew; what is usual stays empty."""
    rows = []
    for crew in crews:
        work = crew.work
        terms = [
            _MODES[language][work.mode], _money(work.km_price), _money(work.wage),
            "; ".join(work.skills), "; ".join(map(break_text, work.breaks)),
            _hours(work.max_duration), _hours(work.max_driving), _money(work.overtime),
            _money(work.fixed_cost or None),
        ]  # fmt: skip
        for member in crew.members:
            rows.append([
                crew.crew_id, crew.name, member.collector_id, member.name, f"{crew.lon:.6f}",
                f"{crew.lat:.6f}", clock_text(crew.start), clock_text(crew.end),
                ",".join(map(str, crew.weekdays)), *terms,
            ])  # fmt: skip
    return rows


def write_crew_list(path: Path, crews: Sequence[Crew], language: str) -> Path:
    """Write the list; without crews only its headers. PlannerError("file.unwritable")."""
    try:
        book = xlsxwriter.Workbook(
            path, {"strings_to_formulas": False, "strings_to_urls": False,
                   "strings_to_numbers": False},
        )  # fmt: skip
        sheet = book.add_worksheet("crews")
        head = book.add_format({"bold": True, "bg_color": "#D9E2F3", "border": 1})
        for column, header in enumerate(HEADERS[language]):
            sheet.write_string(0, column, header, head)
            sheet.set_column(column, column, _WIDTHS.get(column, 13))
        for at, row in enumerate(crew_rows(crews, language), 1):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text)
        sheet.freeze_panes(1, 4)
        book.close()
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        why = re.sub(r"[\[\]]", "", str(getattr(error, "strerror", "") or ""))
        raise PlannerError("file.unwritable", file=path.name, why=why) from error
    return path


def _money(minor: int | None) -> str:
    return "" if minor is None else f"{minor / 100:.2f}"


def _hours(seconds: int | None) -> str:
    return "" if seconds is None else f"{seconds / HOUR:.2f}".rstrip("0").rstrip(".")


def clock_text(seconds: int) -> str:
    """09:30 of seconds after midnight."""
    return f"{seconds // HOUR:02d}:{seconds % HOUR // 60:02d}"


def break_text(one: Break) -> str:
    """A break as a staff list says it: 11:30-13:30 60."""
    return f"{clock_text(one[0])}-{clock_text(one[1])} {one[2] // 60}"
