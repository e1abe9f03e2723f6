"""Places by name and by address, without a network."""

from pathlib import Path

import pytest

from planner.domain.codes import Grade
from planner.geo.gazetteer import Gazetteer, Place, kind_of, read_list, shipped, stem, write_list
from planner.geo.gazetteer_find import find_places, of_address
from planner.geo.gazetteer_parse import Parts, named_parts, parse_address


def place(name: str, kind: str, lat: float, lon: float, **belongs: str) -> Place:
    return Place(name, "", "", kind, lat, lon, source="mine", **belongs)


MINE = Gazetteer([
    place("白坡市", "city", 30.0, 102.6),
    place("高岭县", "county", 29.8, 102.7, city="白坡市"),
    place("青洞县", "county", 30.2, 102.8, city="白坡市"),
    place("安平镇", "township", 29.82, 102.71, county="高岭县"),
    place("安平镇", "township", 30.21, 102.82, county="青洞县"),
    place("古城村", "village", 29.83, 102.72, county="高岭县", township="安平镇"),
    place("古城村", "village", 30.25, 102.83, county="青洞县", township="河口乡"),
])  # fmt: skip


@pytest.fixture(scope="module")
def china() -> Gazetteer:
    """What ships with the program."""
    return Gazetteer(shipped())


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("浙江省湖州市安吉县递铺镇古城村3组12号",
         Parts("浙江省", "湖州市", "安吉县", "递铺镇", "古城村", "", "3组12号")),
        ("北京市海淀区中关村街道科学院南路2号",
         Parts("北京市", "", "海淀区", "中关村街道", "", "科学院南路", "2号")),
        ("镇海区招宝山街道车站路1号", Parts("", "", "镇海区", "招宝山街道", "", "车站路", "1号")),
        ("白坡市（虚构）高岭县（虚构）安平镇古城村12号",
         Parts("", "白坡市", "高岭县", "安平镇", "古城村", "", "12号")),
        ("内蒙古自治区锡林郭勒盟阿巴嘎旗别力古台镇",
         Parts("内蒙古自治区", "锡林郭勒盟", "阿巴嘎旗", "别力古台镇")),
        ("贵州毕节市七星关区", Parts("贵州", "毕节市", "七星关区")),
        ("道县梅花镇修宜村", Parts("", "", "道县", "梅花镇", "修宜村")),
        ("No. 12, Jiefang Road, Anping Town, Xinhe County, Baipo City",
         Parts("", "Baipo City", "Xinhe County", "Anping Town", "", "Jiefang Road", "12")),
        ("村东头", Parts()),
        ("", Parts()),
    ],
)  # fmt: skip
def test_parts_of_an_address(text: str, parts: Parts) -> None:
    """Chinese and English addresses fall into province, city, county, township, village, door."""
    assert parse_address(text) == parts


def test_grade_of_parts() -> None:
    """The smallest part that is named says how exact a position could be."""
    texts = [
        "高岭县安平镇古城村12号",
        "高岭县人民路",
        "高岭县安平镇古城村",
        "高岭县安平镇",
        "高岭县",
        "村口",
    ]
    assert [parse_address(text).grade for text in texts] == list(Grade)
    assert named_parts(parse_address("高岭县安平镇")) == ("高岭县", "安平镇")


def test_the_same_name_in_two_counties() -> None:
    """The county an address names decides between two townships, and its list's words do so."""
    (first, *_) = of_address(MINE, "高岭县安平镇三组")
    assert (first.place.lat, first.grade, first.sure) == (29.82, Grade.TOWNSHIP, True)
    (other, *_) = of_address(MINE, "青洞县安平镇三组")
    assert other.place.lat == 30.21


def test_the_county_may_stand_beside_the_address() -> None:
    """What a list says in other columns counts where the text leaves it out."""
    found = of_address(MINE, "三组老槐树旁", township="安平镇", county="青洞县")
    assert (found[0].place.lat, found[0].sure) == (30.21, True)


def test_without_a_county_nothing_is_sure() -> None:
    """A name that is there twice is offered twice, and taken by nobody."""
    found = of_address(MINE, "安平镇三组")
    assert [one.sure for one in found] == [False, False]


def test_a_village_comes_before_its_township() -> None:
    """The smallest known place is offered first, the wider ones after it, each with its grade."""
    found = of_address(MINE, "白坡市高岭县安平镇古城村12号")
    assert [(one.place.name, one.grade) for one in found] == [
        ("古城村", Grade.VILLAGE), ("安平镇", Grade.TOWNSHIP), ("高岭县", Grade.COUNTY),
    ]  # fmt: skip
    assert found[0].place.county == "高岭县"


def test_another_ending_is_another_place() -> None:
    """安平乡 is not 安平镇; a name without its ending may be either."""
    assert of_address(MINE, "高岭县安平乡")[0].place.name == "高岭县"
    assert MINE.named("安平")[0].name == "安平镇"


def test_what_nobody_knows_is_not_guessed() -> None:
    """An address without a known name finds nothing."""
    assert of_address(MINE, "不知道县没有镇") == []
    assert find_places(MINE, "") == []


def test_names_in_letters(china: Gazetteer) -> None:
    """Chinese, English and pinyin find one place; a further word says where."""
    for text in ("小榄镇", "小榄", "Xiaolan Town", "xiaolanzhen", "xiaolan zhongshan"):
        assert find_places(china, text)[0].place.name == "小榄镇", text
    assert find_places(china, "广东省中山市小榄镇")[0].sure


def test_the_list_that_ships(china: Gazetteer) -> None:
    """Sixteen thousand places, all inside the country, none of them without a name."""
    assert len(china.places) == 16_048
    assert all(3 < one.lat < 54 and 73 < one.lon < 136 for one in china.places)
    assert all(one.title for one in china.places)


def test_province_keeps_namesakes_apart(china: Gazetteer) -> None:
    """A township of that name in another province is never offered for an address."""
    found = of_address(china, "湖北省武汉市蔡甸区新河镇")
    assert {one.place.province for one in found} == {"湖北省"}


def test_kinds_and_stems() -> None:
    """Endings say what a place is; one character is no name."""
    names = ["安平镇", "安吉县", "索县", "市桥街道", "古城村", "上海", "阿巴嘎旗", "湖州市"]
    assert [kind_of(name) for name in names] == [
        "township", "county", "county", "township", "village", "place", "county", "city",
    ]  # fmt: skip
    assert [stem(name) for name in names[:3]] == ["安平", "安吉", "索县"]


def test_a_list_is_written_and_read(tmp_path: Path) -> None:
    """What is written comes back the same; another file is refused."""
    write_list(tmp_path / "a.csv", MINE.places)
    assert read_list(tmp_path / "a.csv", "mine") == list(MINE.places)
    (tmp_path / "b.csv").write_text("name,lat\n")
    with pytest.raises(ValueError, match=r"b\.csv"):
        read_list(tmp_path / "b.csv", "mine")
