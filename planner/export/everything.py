"""The tables of the full export: what each column holds, safe lines, manifest, both READMEs.

Nothing here knows the workspace; rows come as plain values. CSV files are UTF-8 with a byte-order
mark, so that Excel reads Chinese, and no cell of a text is ever computed by a spreadsheet.
"""

import csv
import hashlib
import json
import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from planner.errors import PlannerError
from planner.export.fault_table import safe_cell

FORMAT, VERSION = "fairvisit-export", 1
MANIFEST = "manifest.json"
# table -> its columns: (name in files, English, Chinese)
TABLES: Final[dict[str, tuple[tuple[str, str, str], ...]]] = {
    "persons": (
        ("person_id", "id of the person in this export", "人员编号（本次导出内通用）"),
        ("name", "name", "姓名"), ("id_number", "identity number", "证件号码"),
        ("phones", "own phone numbers, parted by ;", "本人电话，以 ; 分隔"),
        ("flags", "standing marks, parted by ;", "标记，以 ; 分隔"),
        ("needs", "what a crew must be able to do, parted by ;", "到访要求，以 ; 分隔"),
        ("zone", "time zone (IANA)", "时区（IANA）"),
        ("jurisdiction", "country whose rules hold", "适用规则的国家或地区"),
        ("open_cases", "number of open cases", "未结案件数"),
        ("overdue", "overdue over all open cases", "未结案件逾期总额"),
    ),
    "addresses": (
        ("person_id", "person", "人员编号"), ("address_id", "id of the address", "地址编号"),
        ("kind", "HOME, WORK, REGISTERED, RELATIVE, UNKNOWN", "地址类型代码"),
        ("text", "address", "地址"), ("township", "township", "乡镇街道"),
        ("county", "county, district or city", "区县市"),
        ("region", "URBAN, TOWN, VILLAGE", "城乡类型代码"),
        ("grade", "how sure the position is: DOOR to NONE", "坐标精度代码"),
        ("lat", "latitude, WGS-84", "纬度（WGS-84）"),
        ("lon", "longitude, WGS-84", "经度（WGS-84）"),
        ("valid", "1 = in use, 0 = known to be wrong", "1=有效 0=已知错误"),
        ("source", "where it came from", "来源"),
    ),
    "contacts": (
        ("event_id", "entry", "记录编号"), ("person_id", "person", "人员编号"),
        ("at", "when", "时间"), ("channel", "call, message, visit", "方式"),
        ("code", "outcome of the attempt", "联系结果代码"),
        ("result", "what was said", "沟通结果代码"), ("phone", "number dialled", "拨打号码"),
        ("address_id", "place visited", "到访地址编号"), ("case_id", "case", "案件编号"),
        ("by", "who was there, parted by ;", "经办人，以 ; 分隔"),
        ("leave", "end of a visit", "离开时间"), ("note", "note", "备注"),
    ),
    "promises": (
        ("promise_id", "id", "约定编号"), ("person_id", "person", "人员编号"),
        ("made_at", "made", "约定时间"), ("due", "last day", "约定日期"),
        ("amount", "amount", "约定金额"), ("case_id", "case", "案件编号"),
        ("plan_id", "instalment plan", "分期方案编号"),
    ),
    "instalment_plans": (
        ("plan_id", "id", "分期方案编号"), ("person_id", "person", "人员编号"),
        ("at", "agreed or proposed", "商定时间"),
        ("case_ids", "cases, parted by ;", "案件编号，以 ; 分隔"),
        ("instalments", "day=amount, parted by ;", "日期=金额，以 ; 分隔"),
        ("down", "paid at once", "首付"), ("waived", "waived", "减免"),
        ("told", "what the household said of its month, with consent", "经同意记录的每月收支"),
        ("approval", "why the lead had to agree", "需要审批的原因"), ("by", "agreed by", "经办人"),
        ("approved", "lead agreed", "审批时间"), ("approved_by", "lead", "审批人"),
        ("ended", "ended", "终止时间"), ("why_ended", "why", "终止原因"),
    ),
    "payments": (
        ("event_id", "entry", "记录编号"), ("person_id", "person", "人员编号"),
        ("at", "when", "时间"), ("amount", "amount", "金额"), ("case_id", "case", "案件编号"),
    ),
    "holds": (
        ("hold_id", "id", "暂停编号"), ("person_id", "person", "人员编号"),
        ("kind", "why contact pauses", "暂停原因代码"), ("start", "from", "开始"),
        ("until", "until, empty = without end", "截止，空=未定"), ("reason", "reason", "说明"),
    ),
    "agreements": (
        ("agreement_id", "id", "预约编号"), ("person_id", "person", "人员编号"),
        ("at", "made", "约定时间"), ("channel", "call, message, visit", "方式"),
        ("from", "minutes after midnight", "起（零点后分钟）"),
        ("until", "minutes after midnight", "止（零点后分钟）"),
        ("weekday", "1 Monday to 7, 0 = any", "星期，0=不限"),
        ("day", "date, empty = any", "日期，空=不限"),
        ("address_id", "place", "地址编号"), ("ended", "when it ended", "终止时间"),
        ("evidence", "evidence", "依据"),
    ),
    "notices": (
        ("event_id", "entry", "记录编号"), ("person_id", "person", "人员编号"),
        ("at", "given", "告知时间"), ("from", "visit from", "拟到访起"),
        ("until", "visit until", "拟到访止"), ("evidence", "evidence", "依据"),
    ),
    "overrides": (
        ("event_id", "entry", "记录编号"), ("person_id", "person", "人员编号"),
        ("at", "given", "时间"), ("rule", "rule set aside", "放宽的规则"),
        ("channel", "call, message, visit", "方式"), ("from", "from", "起"),
        ("until", "until", "止"), ("reason", "reason", "理由"), ("by", "by", "批准人"),
    ),
    "steps": (
        ("step_id", "id", "步骤编号"), ("person_id", "person", "人员编号"),
        ("at", "accepted", "采纳时间"), ("day", "day", "日期"),
        ("means", "call, message, visit, lead", "方式"),
        ("part", "part of the day: 0 before 12, 1 to 17, 2 to 19, 3 later, -1 = any",
         "时段：0=12点前 1=12至17点 2=17至19点 3=19点后 -1=不限"),
        ("objective", "what for", "目标代码"), ("by", "accepted by", "采纳人"),
        ("ended", "ended without a contact", "未联系即结束的时间"),
        ("how", "done, dropped", "结束方式"),
    ),
    "proposed_changes": (
        ("change_id", "id", "变更编号"), ("person_id", "person", "人员编号"),
        ("at", "proposed", "提出时间"), ("field", "phone, address", "项目代码"),
        ("value", "what was found", "新内容"), ("source", "where", "来源"),
        ("decided", "decided, empty = waiting", "决定时间，空=待定"),
        ("decision", "accepted, refused", "决定代码"),
    ),
    "evidence": (
        ("evidence_id", "id", "凭据编号"), ("person_id", "person", "人员编号"),
        ("at", "when", "时间"), ("media", "media type", "媒体类型"), ("size", "bytes", "字节数"),
        ("sha256", "SHA-256 of the file", "文件的 SHA-256"),
        ("name", "what the file was called", "原文件名"), ("case_id", "case", "案件编号"),
        ("by", "who was there, parted by ;", "经办人，以 ; 分隔"), ("note", "note", "备注"),
        ("file", "the file in this export", "本次导出中的文件"),
    ),
    "musts": (
        ("person_id", "person", "人员编号"), ("day", "day of the visit", "到访日期"),
        ("at", "decided", "决定时间"),
        ("wanted", "1 = has to be visited, 0 = taken back", "1=必须到访 0=已取消"),
        ("reason", "reason", "理由"), ("by", "decided by", "决定人"),
    ),
    "exceptions": (
        ("event_id", "entry that was outside a rule", "违反规则的记录编号"),
        ("person_id", "person", "人员编号"), ("at", "when", "时间"), ("rule", "rule", "规则"),
        ("channel", "call, message, visit", "方式"),
        ("about", "the contact it was about (JSON)", "所涉联系（JSON）"),
    ),
    "plans": (
        ("plan_id", "plan", "计划编号"), ("day", "day", "日期"), ("crew_id", "crew", "小组编号"),
        ("order", "place in the route", "顺序"), ("person_id", "person", "人员编号"),
        ("address_id", "place", "地址编号"), ("case_ids", "cases, parted by ;", "案件，以 ; 分隔"),
        ("arrive", "arrives", "到达"), ("start", "begins", "开始"), ("leave", "leaves", "离开"),
        ("locked", "1 = fixed by hand", "1=人工锁定"),
    ),
    "crews": (
        ("crew_id", "crew", "小组编号"), ("crew", "name", "小组"),
        ("member_id", "staff id", "工号"), ("member", "name", "姓名"),
        ("lat", "start, latitude", "出发地纬度"), ("lon", "start, longitude", "出发地经度"),
        ("start", "start of work, seconds after midnight", "上班（零点后秒）"),
        ("end", "end of work, seconds after midnight", "下班（零点后秒）"),
        ("weekdays", "1 Monday to 7, parted by ;", "工作日，以 ; 分隔"),
        ("work", "further terms (JSON)", "其他条件（JSON）"),
    ),
    "trips": (
        ("day", "day", "日期"), ("crew_id", "crew", "小组编号"), ("left", "left", "出发时间"),
        ("back", "back", "返回时间"),
        ("odometer_start", "reading at the start, metres", "出发里程表（米）"),
        ("odometer_end", "reading at the end, metres", "返回里程表（米）"),
        ("metres", "distance, metres", "行驶距离（米）"), ("note", "note", "备注"),
    ),
    "expenses": (
        ("expense_id", "id", "费用编号"), ("day", "day", "日期"), ("crew_id", "crew", "小组编号"),
        ("kind", "fuel, toll, parking, lodging, meals, repair, other", "费用类别代码"),
        ("amount", "amount", "金额"), ("receipt", "number of the receipt", "票据号"),
        ("note", "note", "备注"),
    ),
    "assignments": (
        ("person_id", "person", "人员编号"),
        ("collector_id", "staff id, empty = nobody", "工号，空=未分配"),
        ("at", "since", "自"), ("reason", "reason", "理由"), ("by", "decided by", "决定人"),
    ),
    "returned_records": (
        ("event_id", "entry that was returned", "被退回的记录编号"),
        ("person_id", "person", "人员编号"), ("at", "returned", "退回时间"),
        ("comment", "comment", "退回意见"), ("by", "returned by", "退回人"),
        ("answered", "answered", "答复时间"), ("answer", "answer", "答复"),
        ("answered_by", "answered by", "答复人"),
    ),
    "plan_reviews": (
        ("plan_id", "plan", "计划编号"), ("day", "day", "日期"), ("crew_id", "crew", "小组编号"),
        ("at", "when", "时间"), ("decision", "submitted, approved, returned", "决定代码"),
        ("comment", "comment", "意见"), ("by", "by", "经办人"),
    ),
    "absences": (
        ("absence_id", "id", "缺勤编号"), ("collector_id", "staff id", "工号"),
        ("from", "first day", "首日"), ("to", "last day", "末日"), ("reason", "reason", "原因"),
    ),
}  # fmt: skip


class CsvTable:
    """A CSV file written line by line; `rows` counts them."""

    def __init__(self, path: Path, heads: Sequence[str]) -> None:
        """Raises OSError."""
        self.rows = 0
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._out = csv.writer(self._file)
        self._out.writerow(heads)

    def add(self, cells: Sequence[Any]) -> None:
        """One line. Texts are made safe; numbers of ours stay numbers; None is empty."""
        self._out.writerow([safe_cell(c) if isinstance(c, str) else c for c in cells])
        self.rows += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _k: type[BaseException] | None, _e: BaseException | None, _t: TracebackType | None
    ) -> None:
        self._file.close()


def money(minor: int) -> float:
    """Minor units as the currency's main unit; hundredths survive up to ten million million."""
    return minor / 100


def digest(path: Path) -> str:
    """SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_manifest(folder: Path, told: Mapping[str, Any], rows: Mapping[str, int]) -> Path:
    """manifest.json: what this is, and every other file with its size, lines and SHA-256."""
    files = [
        {
            "name": path.relative_to(folder).as_posix(), "bytes": path.stat().st_size,
            "rows": rows.get(path.relative_to(folder).as_posix()), "sha256": digest(path),
        }
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    ]  # fmt: skip
    out = folder / MANIFEST
    body = {"format": FORMAT, "version": VERSION, **told, "files": files}
    out.write_text(json.dumps(body, ensure_ascii=False, indent=2), encoding="utf-8")
    return out


def pack(folder: Path, out: Path, cancelled: Callable[[], bool] | None = None) -> None:
    """The files of `folder` as a new ZIP archive at `out`, readable by its owner alone.

    PlannerError("store.cancelled"), OSError (also when `out` is there, be it a link).
    """
    way = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with (
        os.fdopen(os.open(out, way, 0o600), "r+b") as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive,
    ):
        for path in sorted(folder.rglob("*")):
            if cancelled and cancelled():
                raise PlannerError("store.cancelled")
            if path.is_file():
                archive.write(path, path.relative_to(folder).as_posix())


_HEAD = {
    "en": """# Everything of one Fairvisit workspace

This folder holds personal data in clear. Keep it as safely as the workspace, and delete it when it
is no longer needed.

- `cases.csv`: one line for each case with the person and the places. Fairvisit reads it as it is,
  and so do other programs.
- The other CSV files hold one table each (below). Amounts are in {currency}, times carry their
  offset, days are year-month-day. A text that a spreadsheet would compute begins with a quote (').
- `events.json`: every entry ever recorded, in clear, oldest first; the tables follow from it.
  `undone` marks what was taken back.
- `plans.json`, `settings.json`, `layers/`: plans with all details, settings, map layers.
- `evidence/`: photos, sounds and scans, each called after its `evidence_id` in `events.json`, which
  has its SHA-256. They come from outside: open them with care. Those that could not be read are
  listed in `evidence/missing.json`.
- `manifest.json`: every file with its size and SHA-256.
""",
    "zh_CN": """# 一个 Fairvisit 工作区的全部内容

本文件夹内为未加密的个人信息。请像保管工作区一样妥善保管，不再需要时请删除。

- `cases.csv`：每行一笔案件，含人员和地址。Fairvisit 可直接重新导入，其他软件也可读取。
- 其他 CSV 文件各为一张表（见下）。金额单位为 {currency}，时间带时区偏移，日期为 年-月-日。
  以单引号（'）开头的文本，是为防止电子表格将其当作公式计算。
- `events.json`：全部记录的明文，按时间先后排列，各表均由此得出；`undone` 表示已撤销。
- `evidence/`：照片、录音和扫描件，文件名为 `events.json` 中的 `evidence_id`，
  其 SHA-256 也在该文件中。这些文件来自外部，请谨慎打开。无法读取的列在 `evidence/missing.json`。
- `plans.json`、`settings.json`、`layers/`：完整计划、设置、地图图层。
- `manifest.json`：每个文件的大小和 SHA-256。
""",
}


def readme(language: str, currency: str) -> str:
    """README in `language` ("en" or "zh_CN"): what the folder holds, table by table."""
    place = {"en": 1, "zh_CN": 2}[language]
    lines = [_HEAD[language].format(currency=currency)]
    for name, columns in TABLES.items():
        lines.append(f"## {name}.csv\n")
        lines += [f"- `{column[0]}`: {column[place]}" for column in columns]
        lines.append("")
    return "\n".join(lines)
