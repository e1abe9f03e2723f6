"""Make `resources/places/geonames_cn.csv` from a GeoNames extract of places in China.

Run: `python packaging/places.py EXTRACT.csv` with columns geonameid, name, name_zh, lat, lon,
admin1. The letters of Chinese names are spelt here once, so that the program need not do it.
"""

import csv
import sys
from pathlib import Path

from planner.geo.gazetteer import COLUMNS, kind_of, letters, spelt

ROOT = Path(__file__).resolve().parent.parent
# First-level codes of GeoNames (FIPS 10-4) -> the province as addresses write it.
PROVINCES = {
    "01": "安徽省", "02": "浙江省", "03": "江西省", "04": "江苏省", "05": "吉林省", "06": "青海省",
    "07": "福建省", "08": "黑龙江省", "09": "河南省", "10": "河北省", "11": "湖南省",
    "12": "湖北省", "13": "新疆维吾尔自治区", "14": "西藏自治区", "15": "甘肃省",
    "16": "广西壮族自治区", "18": "贵州省", "19": "辽宁省", "20": "内蒙古自治区",
    "21": "宁夏回族自治区", "22": "北京市", "23": "上海市", "24": "山西省", "25": "山东省",
    "26": "陕西省", "28": "天津市", "29": "云南省", "30": "广东省", "31": "海南省",
    "32": "四川省", "33": "重庆市",
}  # fmt: skip


def main(extract: Path) -> None:
    """Write the list, ordered by the number GeoNames gives each place."""
    with extract.open(encoding="utf-8", newline="") as file:
        rows = sorted(csv.DictReader(file), key=lambda row: int(row["geonameid"]))
    target = ROOT / "resources" / "places" / "geonames_cn.csv"
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        for row in rows:
            name = row["name_zh"]
            spelling = spelt(name)
            english = row["name"] if letters(row["name"]) != spelling else ""
            writer.writerow([
                name, english, spelling, kind_of(name), row["lat"], row["lon"],
                PROVINCES.get(row["admin1"], ""), "", "", "",
            ])  # fmt: skip


if __name__ == "__main__":
    main(Path(sys.argv[1]))
