"""Which addresses name one door, and which do not."""

import pytest

from planner.domain.door import PLACE, ROOM, STREET, door_of

ALIKE = [
    (
        "杭州市西湖区文三路12号锦绣苑3栋2单元501室",
        "杭州市西湖区文三路１２号锦绣苑３栋２单元５０１室",
        "浙江省杭州市西湖区文三路12号锦绣苑3幢2单元501",
        "杭州市西湖区 文三路12号 锦绣苑 3-2-501",
        "杭州市西湖区文三路12号锦绣苑三号楼二单元五〇一室",
        "杭州市西湖区文三路12号锦绣苑3号楼第二单元5楼501房",
        "杭州市西湖区文三路12号锦绣苑3栋2-501",
        "杭州市西湖区文三路12号锦绣苑3＃楼2单元0501室（近地铁）",
    ),
    (
        "青山县白水镇三合村5组12号",
        "青山县白水镇三合村五组十二号",
        "青山县白水镇三合村第5组12号（村口）",
    ),
    ("三里屯路5号A座1201", "三里屯路5号a座12层1201室"),
    ("人民路8号501", "人民路8号501室", "人民路８号 501 房"),
    ("广西壮族自治区南宁市民族大道1号801房", "南宁市民族大道1号801室"),
    ("吉林省吉林市昌邑区天津街5号2-301", "吉林市昌邑区天津街5号2栋301室"),
    ("12 High Street, Flat 3, Leeds", "12 HIGH STREET  Flat 3, Leeds"),
]
DIFFERENT = [
    ("人民路8号3栋2单元501室", "人民路8号3栋2单元502室"),
    ("人民路8号3栋2单元501室", "人民路8号3栋1单元501室"),
    ("人民路8号3栋2单元501室", "人民路8号2栋2单元501室"),
    ("人民路8号501室", "人民路18号501室"),
    ("三合村5组12号", "三合村5组12-1号"),
    ("三合村5组12号", "三合村15组2号"),
    ("东河村5组12号", "西河村5组12号"),
    ("12 High Street, Flat 3", "12 High Street, Flat 4"),
]
LEVELS = {
    "文三路12号": STREET, "文三路12-3号": STREET, "上海市长宁路100弄12号": STREET,
    "三里屯路5号": STREET, "中关村大街1号": STREET, "曙光新村12号": STREET,
    "12 High Street, Leeds": STREET, "青山县白水镇": PLACE, "人民路8号15楼": PLACE,
    "白水镇三合村": PLACE, "": PLACE, "王家村12号": ROOM, "上海市长宁路100弄12号302室": ROOM,
}  # fmt: skip


@pytest.mark.parametrize("texts", ALIKE)
def test_one_door_in_many_spellings(texts: tuple[str, ...]) -> None:
    """Widths, blanks, numbers in characters, 号楼/幢/栋, 房/室 and short forms are one door."""
    found = {door_of(text) for text in texts}
    assert len(found) == 1
    assert found.pop().level == ROOM


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_doors_that_are_not_the_same(one: str, other: str) -> None:
    """Another room, unit, building, number, group or village is another door."""
    assert door_of(one).key != door_of(other).key


@pytest.mark.parametrize("text", LEVELS)
def test_how_far_an_address_goes(text: str) -> None:
    """A street number is no room, a township no door, a number in a village a house."""
    assert door_of(text).level == LEVELS[text]
