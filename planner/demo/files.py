"""The demonstration: four files about a prefecture, people and loans that do not exist."""

import csv
import io
import random
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from planner.demo.crews import DemoCrew, make_crews
from planner.demo.layer import layer_json
from planner.demo.lists import case_rows, write_cases
from planner.demo.names import MARK
from planner.demo.people import Register
from planner.demo.plots import STORIES
from planner.demo.prefecture import make_prefecture
from planner.demo.stories import Row, Teller

SEED = 20260  # of every demonstration: files, places, roads and the base map belong together
CREWS, CASES, HISTORY, MAP = (
    "虚构演示-1-外访小组.csv",
    "虚构演示-2-案件清单.xlsx",
    "虚构演示-3-联系记录.csv",
    "虚构演示-4-地图.geojson",
)
CREW_HEADERS = (
    "小组编号", "小组", "工号", "姓名", "出发地经度", "出发地纬度", "上班时间", "下班时间",
    "工作日", "技能", "备注",
)  # fmt: skip
HISTORY_HEADERS = (
    "流水号", "时间", "类型", "结果", "沟通结果", "委案方", "合同号", "联系号码", "金额（元）",
    "承诺日期", "经办人", "离开时间", "来源",
)  # fmt: skip


def write_demo(folder: Path, today: date, seed: int = SEED) -> list[Path]:
    """Write the demonstration's files into `folder`, in the order in which they are imported.

    Everything is fictional and says so. The history ends on the last workday before `today`. The
    same day and seed give the same bytes. Raises OSError when the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    land = make_prefecture(seed)
    rng = random.Random(f"{seed} {today.isoformat()}")
    crews = make_crews(random.Random(f"crews {seed}"), land)
    register = Register(rng, land, today)
    people = register.everybody()
    teller = Teller(rng, crews, today)
    for person in people:
        STORIES[person.situation](teller.about(person))
    paths = [folder / name for name in (CREWS, CASES, HISTORY, MAP)]
    paths[0].write_bytes(_csv(CREW_HEADERS, _crew_rows(crews)).encode("utf-8-sig"))
    write_cases(paths[1], case_rows(rng, people, register, today), today)
    paths[2].write_bytes(_csv(HISTORY_HEADERS, _history_rows(teller.rows)).encode("gbk"))
    paths[3].write_text(layer_json(land), encoding="utf-8")
    return paths


def _csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue()


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _crew_rows(crews: list[DemoCrew]) -> Iterable[list[str]]:
    for crew in crews:
        for staff, name in zip(crew.staff, crew.members, strict=True):
            yield [
                crew.crew_id, crew.name, staff, name, f"{crew.lon:.5f}", f"{crew.lat:.5f}",
                _clock(crew.start), _clock(crew.end), crew.days, crew.skills,
                MARK,
            ]  # fmt: skip


def _history_rows(rows: list[Row]) -> Iterable[list[str]]:
    for number, row in enumerate(sorted(rows, key=lambda row: (row.at, row.contract, row.kind)), 1):
        yield [
            f"LS{number:06d}",
            row.at.strftime("%Y-%m-%d %H:%M"),
            row.kind,
            row.result,
            row.outcome,
            row.lender,
            row.contract,
            row.phone,
            f"{row.amount / 100:.2f}" if row.amount else "",
            row.due.isoformat() if row.due else "",
            row.by,
            row.leave.strftime("%Y-%m-%d %H:%M") if row.leave else "",
            MARK,
        ]
