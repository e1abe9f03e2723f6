"""The county of an address, by addresses as lists write them."""

import pytest

from planner.domain.areas import county_of, divisions, down_to_township
from planner.export.figures import district
from planner.geo.gazetteer_parse import parse_address


@pytest.mark.parametrize(
    ("text", "county"),
    [
        ("云岭市中心区枫桥大道283号", "中心区"), ("云岭市青石县城关和平路1号", "青石县"),
        ("江西省上饶市万年县陈营镇", "万年县"), ("万年县", "万年县"),
        ("江西省德兴市泗洲镇东区3号", "德兴市"), ("上饶市阳光小区3栋", "上饶市"),
        ("上饶市和平路1号", "上饶市"), ("上饶市市区和平路", "上饶市"),
        ("北京市市辖区朝阳区望京街道", "朝阳区"), ("乐山市市中区", "市中区"),
        ("恩施土家族苗族自治州巴东县", "巴东县"), ("锡林郭勒盟苏尼特左旗", "苏尼特左旗"),
        ("内蒙古自治区呼和浩特市新城区", "新城区"), ("上海市浦东新区张江镇", "浦东新区"),
        ("新疆维吾尔自治区伊犁哈萨克自治州伊宁市", "伊宁市"), ("乌鲁木齐市新市区", "新市区"),
        ("重庆市酉阳土家族苗族自治县", "酉阳土家族苗族自治县"), ("宁波市镇海区", "镇海区"),
        ("哈尔滨市道外区", "道外区"), ("永州市道县", "道县"), ("景德镇市昌江区", "昌江区"),
        ("神农架林区松柏镇", "神农架林区"), ("苏州工业园区星湖街", "苏州工业园区"),
    ],
)  # fmt: skip
def test_the_county_is_found(text: str, county: str) -> None:
    """Province and prefecture are passed over; a city without a district stands for itself."""
    assert county_of(text) == county


@pytest.mark.parametrize(
    "text",
    [
        "",
        "和平路1号幸福小区",
        "泗洲镇东区3号",
        "青山村3组",
        "白云乡枫林村小学校区",
        "12号",
        "5 High St",
    ],
)
def test_none_is_made_up(text: str) -> None:
    """A village, a street, an estate or a foreign address names no county."""
    assert county_of(text) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("云岭市青石县桥头镇5号", "云岭市青石县桥头镇"), ("乐山市市中区", "乐山市市中区"),
        ("浙江省湖州市安吉县递铺镇古城村3组12号", "浙江省湖州市安吉县递铺镇"),
        ("西藏自治区孜托镇12号", "西藏自治区孜托镇"), ("古城村3组", ""), ("12号", ""),
        ("上海市浦东新区望京街道5弄", "上海市浦东新区望京街道"),
    ],
)  # fmt: skip
def test_one_reading_for_all(text: str, shown: str) -> None:
    """What a list shows of an address, and the parts by which a place is looked for, come from the
    same reading as the county that is kept."""
    assert down_to_township(text) == shown
    if shown:
        assert district(text) == shown
    area, parts = divisions(text), parse_address(text)
    assert parts.county in ("", area.county)
    if county_of(text) == area.county and area.city:
        assert parts.county == area.county
