"""How long reading takes: `python tests/benchmarks/intake.py [rows]` (default 100,000).

Prints processor seconds of this process and of the confined child for a CSV and an XLSX file of
loans; the limits are 3 s for CSV and 5 s for XLSX at 100,000 rows.
"""

import csv
import random
import resource
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path

import xlsxwriter

from planner.intake.read import read_file

HEADERS = (
    "姓名", "身份证号", "手机号", "合同号", "委案方", "产品", "逾期金额(元)", "逾期开始日",
    "家庭住址", "经度", "纬度", "坐标精度",
)  # fmt: skip
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def make_rows(count: int) -> list[list[str]]:
    """Rows of made-up loans, every fourth person with two."""
    rng = random.Random(7)
    rows: list[list[str]] = []
    person: list[str] = []
    for number in range(count):
        if not person or rng.random() < 0.8:
            day = date(1960, 1, 1) + timedelta(days=rng.randrange(16000))
            head = f"990000{day:%Y%m%d}{rng.randrange(1000):03d}"
            total = sum(w * int(d) for w, d in zip(WEIGHTS, head, strict=True))
            person = ["测试" + chr(0x4E00 + rng.randrange(2000)), head + "10X98765432"[total % 11],
                      f"199{rng.randrange(10**8):08d}"]  # fmt: skip
        since = date(2026, 11, 1) - timedelta(days=rng.randrange(1, 700))
        rows.append([
            *person, f"HT{number:08d}", "虚构消费金融", "现金贷",
            f"{rng.randrange(50000, 9000000) / 100:.2f}",
            since.isoformat(), f"虚构市虚构县虚构镇第{rng.randrange(900)}村{rng.randrange(99)}号",
            f"{rng.uniform(105, 107):.5f}", f"{rng.uniform(31, 33):.5f}", "村级",
        ])  # fmt: skip
    return rows


def measure(path: Path) -> None:
    """Read `path` once and print what it took."""
    own, wall = time.process_time(), time.perf_counter()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    parsed = read_file(path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    child = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    own = time.process_time() - own
    print(
        f"{path.suffix}: {path.stat().st_size / 1e6:.1f} MB, {parsed.rows} rows, "
        f"{len(parsed.records)} persons, {parsed.faulty} faulty; CPU {own + child:.2f} s "
        f"(here {own:.2f}, child {child:.2f}), wall {time.perf_counter() - wall:.2f} s"
    )


def main() -> None:
    """Make both files and read them."""
    rows = make_rows(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
    with tempfile.TemporaryDirectory() as folder:
        plain = Path(folder) / "cases.csv"
        with plain.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([HEADERS, *rows])
        measure(plain)
        book = Path(folder) / "cases.xlsx"
        workbook = xlsxwriter.Workbook(book, {"constant_memory": True})
        sheet = workbook.add_worksheet()
        for at, row in enumerate([list(HEADERS), *rows]):
            for column, text in enumerate(row):
                sheet.write_string(at, column, text)
        workbook.close()
        measure(book)


if __name__ == "__main__":
    main()
