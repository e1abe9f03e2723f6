"""The exported map: one file, nothing asked from anywhere, hostile text stays text."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from planner.errors import PlannerError
from planner.export.map_ground import ground_json, read_ground
from planner.export.map_html import map_html, plan_marks
from planner.export.map_layers import marks_json, mask
from planner.export.map_shell import shell

HOSTILE = "<img src=x onerror=alert(1)>${1+1}`</script><script>alert(2)</script>"


def make_plan(crew: str = "一组", stops: int = 3) -> dict[str, Any]:
    """A plan of one crew in its JSON form."""
    return {
        "plan_id": "p1",
        "date": "2026-11-24",
        "routes": [
            {
                "crew_id": "C1", "crew": crew, "members": ["a", "b"], "lat": 30.0, "lon": 102.6,
                "depart": "2026-11-24T09:00:00+08:00", "back": "2026-11-24T17:00:00+08:00",
                "metres": 41_200, "driving": 5000, "cost": 9000,
                "stops": [
                    {
                        "debtor": f"P{n}", "cases": [f"A/{n}"], "address": f"A{n}",
                        "lat": 30.0 + n / 50, "lon": 102.6, "value": 100,
                        "arrive": f"2026-11-24T{9 + n:02d}:05:00+08:00",
                        "start": f"2026-11-24T{9 + n:02d}:05:00+08:00",
                        "leave": f"2026-11-24T{9 + n:02d}:31:00+08:00",
                    }
                    for n in range(1, stops + 1)
                ],
            }
        ],
        "not_planned": [],
    }  # fmt: skip


def make_layer(name: str = "青溪镇", secret: str = "门牌 12") -> bytes:
    """A layer with a road and a place, each with an attribute that must not go out."""
    road = {"type": "LineString", "coordinates": [[102.5, 30.0], [102.7, 30.1]]}
    spot = {"type": "Point", "coordinates": [102.6, 30.05]}
    features = [
        {"type": "Feature", "properties": {"highway": "primary", "note": secret}, "geometry": road},
        {
            "type": "Feature",
            "properties": {"place": "town", "name": name, "note": secret},
            "geometry": spot,
        },
    ]
    document = {"type": "FeatureCollection", "features": features}
    return json.dumps(document, ensure_ascii=False).encode()


class Reader(HTMLParser):
    """Collects what a browser would load or run."""

    def __init__(self) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.handlers: list[str] = []
        self.scripts: list[str] = []
        self.tags: list[str] = []
        self.policy = ""
        self._script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        facts = dict(attrs)
        self.tags.append(tag)
        self.handlers += [name for name in facts if name.startswith("on")]
        self.loads += [str(facts[name]) for name in ("src", "href", "data") if name in facts]
        if facts.get("http-equiv") == "Content-Security-Policy":
            self.policy = str(facts["content"])
        self._script = tag == "script" and facts.get("type") != "application/json"

    def handle_endtag(self, tag: str) -> None:
        self._script = False

    def handle_data(self, data: str) -> None:
        if self._script:
            self.scripts.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    return reader


@pytest.fixture(scope="module")
def hostile() -> str:
    """An export in which every text that users can set is an attack."""
    names = {f"P{n}": HOSTILE for n in range(1, 4)}
    return map_html(make_plan(HOSTILE), [(HOSTILE, make_layer(HOSTILE))], names, "zh_CN")


def test_nothing_is_loaded(hostile: str) -> None:
    """No tag, style or folium default names a file outside the document."""
    reader = read(hostile)
    assert reader.loads == []
    assert re.findall(r"url\((?!#default)", hostile) == []
    assert re.findall(r"@import", hostile) == []
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", hostile))
    assert addresses <= {"http://www.w3.org/2000/svg", "https://leafletjs.com"}
    assert "cdn" not in hostile.lower()


def test_only_our_scripts_may_run(hostile: str) -> None:
    """Every script in the file has its hash in the policy, and the policy has nothing else."""
    reader = read(hostile)
    hashes = {
        "'sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() + "'"
        for text in reader.scripts
    }
    allowed = re.search(r"script-src ([^;]*);", reader.policy)
    assert allowed is not None
    assert set(allowed[1].split()) == hashes
    assert len(hashes) == 4
    assert reader.policy.startswith("default-src 'none';")
    assert "connect-src 'none'" in reader.policy


def test_hostile_text_makes_no_markup(hostile: str) -> None:
    """Names that look like markup or templates add no tag, no handler and no script."""
    tame = map_html(make_plan(), [("g", make_layer())], {"P1": "张三"}, "zh_CN")
    assert read(hostile).tags == read(tame).tags
    assert read(hostile).handlers == []
    assert HOSTILE not in hostile
    assert "<img" not in hostile


def test_content_is_complete_and_sparing() -> None:
    """Crew, numbers, times and masked names go out; full names, attributes, money do not."""
    text = map_html(make_plan(), [("g", make_layer())], {"P1": "张三丰"}, "zh_CN")
    block = re.search(r'id="content">(.*?)</script>', text, re.DOTALL)
    assert block is not None
    content = json.loads(block[1])
    first = content["stops"]["features"][0]["properties"]
    assert first["title"] == "张**"
    assert first["detail"] == "10:05 到，10:31 离开"
    assert [f["properties"]["n"] for f in content["stops"]["features"]] == [1, 2, 3]
    assert content["crews"] == [{"name": "一组", "summary": "3 站，41 公里"}]
    assert "张三丰" not in text
    assert "门牌" not in text
    assert '"value"' not in block[1]


@pytest.mark.parametrize(("language", "title"), [("en", "Visit plan"), ("zh_CN", "到访计划")])
def test_both_languages(language: str, title: str) -> None:
    """The title is in the language asked for, and the document says which it is."""
    text = map_html(make_plan(), [], {}, language)
    assert f"<title>{title} 2026-11-24</title>" in text
    assert f'<html lang="{language.replace("_", "-")}">' in text


def test_same_plan_same_file() -> None:
    """folium's random ids do not reach the file: an export can be compared."""
    shell.cache_clear()
    one = map_html(make_plan(), [], {}, "en")
    shell.cache_clear()
    assert map_html(make_plan(), [], {}, "en") == one


def test_folium_writes_the_shell() -> None:
    """The map is folium's: its container and its call of Leaflet stand in the document."""
    assert 'class="folium-map"' in shell().body
    assert "L.map(" in shell().script
    assert '"maxZoom": 18' in shell().script
    assert "tileLayer" not in shell().script


def test_ground_keeps_classes() -> None:
    """Roads go to their class, places to their rank, what has neither to the least."""
    ground = read_ground([("g", make_layer())])
    assert [len(lines) for lines in ground.roads] == [1, 0, 0, 0]
    assert [(place.name, place.rank) for place in ground.places] == [("青溪镇", 3)]
    assert ground.roads[0][0] == ((30.0, 102.5), (30.1, 102.7))


def test_invented_places_are_said_once() -> None:
    """A layer of invented places is marked as a whole, and its names do not repeat the mark."""
    ground = read_ground([("g", make_layer("青溪镇（虚构）"))])
    assert [place.name for place in ground.places] == ["青溪镇"]
    assert ground.fictional
    assert ground_json(ground)["fictional"] is True
    assert not read_ground([("g", make_layer())]).fictional
    assert read_ground([("g", make_layer("（虚构）"))]).places[0].name == "（虚构）"
    page = map_html(make_plan(), [("g", make_layer("青溪镇（虚构）"))], {}, "zh_CN")
    assert "虚构演示数据" in page
    assert "（虚构）" not in page


@pytest.mark.parametrize("data", [b"", b"[]", b'{"features": [1]}', b'{"features": 3}'])
def test_bad_layer_is_named(data: bytes) -> None:
    """A layer that is no GeoJSON is an expected error with its name."""
    with pytest.raises(PlannerError) as caught:
        read_ground([("roads", data)])
    assert caught.value.code == "map.bad_layer"
    assert caught.value.params == {"name": "roads"}


@pytest.mark.parametrize(
    ("name", "masked"), [("张三", "张*"), ("欧阳小明", "欧**"), ("Maria Lopez", "M. L."), ("", "")]
)
def test_mask(name: str, masked: str) -> None:
    """Outsiders see the family name at most."""
    assert mask(name) == masked


def test_marks_number_each_route_from_one() -> None:
    """Two crews both start at number 1; indexes go on."""
    plan = make_plan()
    plan["routes"] = plan["routes"] * 2
    marks = plan_marks(plan, {}, "en")
    assert [(s.crew, s.number) for s in marks.stops] == [
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 1),
        (1, 2),
        (1, 3),
    ]
    assert len(marks.keys()) == 6
    assert len(marks.lines()[1]) == 5


def test_a_night_out_is_drawn_to_the_lodging() -> None:
    """The way of a day that ends at a lodging ends there, with a house, the next begins there;
    a day without stops is drawn from bed to bed."""
    plan = make_plan()
    bed = {"name": "远山乡", "lat": 30.5, "lon": 102.9, "price": 30_000}
    out = plan["routes"][0] | {"sleeps": bed}
    back = plan["routes"][0] | {"slept": bed, "stops": []}
    marks = plan_marks(plan | {"routes": [out, back]}, {}, "en")
    first, second = marks.lines()
    assert (first[0], first[-1], len(first)) == ((30.0, 102.6), (30.5, 102.9), 5)
    assert second == ((30.5, 102.9), (30.0, 102.6))
    homes = marks_json(marks)["homes"]["features"]
    assert len(homes) == 4
