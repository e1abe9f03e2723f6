"""The exported map: one file, nothing asked from anywhere, hostile text stays text."""

import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from typing import Any

import pytest
from made_handout import (
    HOSTILE,
    MORNING,
    hostile_handout,
    made_handout,
    made_people,
    made_plan,
)

from planner.domain.plan import Lodging
from planner.errors import PlannerError
from planner.export.map_ground import ground_json, read_ground
from planner.export.map_html import handout_marks, map_html
from planner.export.map_layers import marks_json
from planner.export.map_shell import shell


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
    return map_html(hostile_handout(), [(HOSTILE[0], make_layer(HOSTILE[1]))])


def test_nothing_is_loaded(hostile: str) -> None:
    """No tag, style or folium default names a file outside the document."""
    reader = read(hostile)
    assert reader.loads == []
    bare = re.sub(r'<script type="application/json".*?</script>', "", hostile, flags=re.DOTALL)
    assert re.findall(r"url\((?!#default)|@import", bare) == []
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", hostile))
    texts = {"https://example.org"}  # in names of people, as text
    apps = {"https://uri.amap.com"}  # followed when somebody taps it
    ours = {"http://www.w3.org/2000/svg", "https://leafletjs.com"} | texts | apps
    assert {one for one in addresses if not one.startswith(tuple(ours))} == set()
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
    assert len(hashes) == 5
    assert reader.policy.startswith("default-src 'none';")
    assert "connect-src 'none'" in reader.policy


def test_hostile_text_makes_no_markup(hostile: str) -> None:
    """Names that look like markup or templates add no tag, no handler and no script."""
    plan = made_plan((len(HOSTILE),))
    tame = map_html(made_handout(plan, made_people(plan)), [("g", make_layer())])
    assert read(hostile).tags == read(tame).tags
    assert read(hostile).handlers == []
    assert [text for text in HOSTILE if "<" in text and text in hostile] == []
    assert "<img" not in hostile


def content_of(text: str) -> dict[str, Any]:
    """The data in an exported file."""
    block = re.search(r'id="content">(.*?)</script>', text, re.DOTALL)
    assert block is not None
    content: dict[str, Any] = json.loads(block[1])
    return content


def test_nobody_is_named_unless_asked_for() -> None:
    """Crew, numbers, times, references and codes go out; no name, address, attribute, money."""
    text = map_html(made_handout(), [("g", make_layer())])
    content = content_of(text)
    first = content["stops"]["features"][0]["properties"]
    assert first["title"] == "P1X1"
    assert first["detail"] == "09:40 到，10:06 离开"
    assert [f["properties"]["n"] for f in content["stops"]["features"]] == [1, 2, 3]
    crew = content["crews"][0]
    assert (crew["name"], crew["summary"]) == ("第1组", "3 站，41 公里")
    assert crew["stops"][0]["link"].startswith("https://uri.amap.com/navigation?to=102.")
    assert len(crew["stops"][0]["qr"]) == len(crew["stops"][0]["qr"][0]) == 41
    for secret in ("张三", "远山银行", "HT1", "门牌", "123456", '"value"'):
        assert secret not in text


def test_names_when_asked_for() -> None:
    """With names a stop says who, where and the end of the number, and the file warns of itself."""
    plan = made_plan()
    content = content_of(map_html(made_handout(plan, made_people(plan)), []))
    assert content["stops"]["features"][0]["properties"]["title"] == "张三丰"
    facts = content["crews"][0]["stops"][0]["facts"]
    assert facts[1:] == ["青溪镇白石村 12 号", "手机尾号 4821", "P1X1"]
    assert any("当日用后删除" in note for note in content["look"]["words"]["notes"])


def test_the_way_follows_roads_where_they_are_known() -> None:
    """The line of a crew has the road's shape; only then the file no longer says it is straight."""
    road = tuple((30.0 + n / 100, 102.6 + n * n / 900) for n in range(40))
    straight, along = (
        content_of(map_html(made_handout(ways=ways), [])) for ways in (None, {"C1": road})
    )
    assert len(straight["routes"]["features"][0]["geometry"]["coordinates"]) == 5
    assert len(along["routes"]["features"][0]["geometry"]["coordinates"]) == 40
    said = ["直线" in "".join(one["look"]["words"]["notes"]) for one in (straight, along)]
    assert said == [True, False]


@pytest.mark.parametrize(("language", "title"), [("en", "Visit plan"), ("zh_CN", "到访计划")])
def test_both_languages(language: str, title: str) -> None:
    """The title is in the language asked for, and the document says which it is."""
    text = map_html(made_handout(language=language), [])
    assert f"<title>{title} 2026-11-24</title>" in text
    assert f'<html lang="{language.replace("_", "-")}">' in text


def test_same_plan_same_file() -> None:
    """folium's random ids do not reach the file: an export can be compared."""
    shell.cache_clear()
    one = map_html(made_handout(), [])
    shell.cache_clear()
    assert map_html(made_handout(), []) == one


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
    page = map_html(made_handout(), [("g", make_layer("青溪镇（虚构）"))])
    assert "虚构演示数据" in page
    assert "（虚构）" not in page


@pytest.mark.parametrize("data", [b"", b"[]", b'{"features": [1]}', b'{"features": 3}'])
def test_bad_layer_is_named(data: bytes) -> None:
    """A layer that is no GeoJSON is an expected error with its name."""
    with pytest.raises(PlannerError) as caught:
        read_ground([("roads", data)])
    assert caught.value.code == "map.bad_layer"
    assert caught.value.params == {"name": "roads"}


def test_marks_number_each_route_from_one() -> None:
    """Two crews both start at number 1; indexes go on."""
    marks = handout_marks(made_handout(made_plan((3, 3))))
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
    plan, bed = made_plan(), Lodging("远山乡", 30.5, 102.9, 30_000)
    out = replace(plan.routes[0], sleeps=bed)
    back = replace(plan.routes[0], slept=bed, stops=(), crew_id="C2", depart=MORNING)
    told = made_handout(replace(plan, routes=(out, back)))
    first, second = (one.way for one in told.rounds)
    assert (first[0], first[-1], len(first)) == ((30.0, 102.6), (30.5, 102.9), 5)
    assert second == ((30.5, 102.9), (30.0, 102.6))
    homes = marks_json(handout_marks(told))["homes"]["features"]
    assert len(homes) == 4
