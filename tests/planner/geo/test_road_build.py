"""Making a pack in a process of its own: whole or not at all, watched, stoppable."""

import gzip
import os
from pathlib import Path

import pytest
from road_sketch import graph_of, river_county, write_sketch

from planner.errors import PlannerError
from planner.geo import road_build
from planner.geo.road_build import build_pack
from planner.geo.road_graph import ATTRIBUTION
from planner.geo.road_pack import open_pack, pack_info, save_pack

DATA = Path(__file__).resolve().parents[2] / "data" / "osm"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """The extract of the county with a river."""
    (tmp_path / "in").mkdir()
    return river_county(tmp_path / "in" / "river.osm.pbf")


@pytest.fixture
def target(tmp_path: Path) -> Path:
    """Where the pack goes: a folder with an older pack of that name in it."""
    (tmp_path / "out").mkdir()
    path = tmp_path / "out" / "river.fvroads"
    path.write_bytes(b"old")
    return path


def refused(code: str, source: Path, target: Path, **more: object) -> None:
    """Building is refused with `code`; the old pack stays and nothing else is left."""
    with pytest.raises(PlannerError) as caught:
        build_pack(source, target, **more)  # type: ignore[arg-type]
    assert caught.value.code == code
    assert target.read_bytes() == b"old"
    assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_pack_is_built(source: Path, target: Path, tmp_path: Path) -> None:
    """The child writes what reading in this process gives; the shares rise to 1."""
    shares: list[float] = []
    info = build_pack(source, target, on_progress=shares.append, attribution="made up")
    assert info.attribution == "made up"
    assert info.source == "river.osm.pbf"
    assert pack_info(target) == info
    assert len(open_pack(target).ends) == len(graph_of(source).ends)
    assert shares == sorted(set(shares))
    assert shares[-1] == 1.0
    assert [path.name for path in target.parent.iterdir()] == ["river.fvroads"]


def test_a_real_extract_gives_the_same_pack_each_time(tmp_path: Path) -> None:
    """Packed text of XML is read from the pipe too; child and parent write equal bytes."""
    source = DATA / "north-bayreuth.osm.gz"
    info = build_pack(source, tmp_path / "a.fvroads")
    assert info.attribution == ATTRIBUTION
    save_pack(tmp_path / "b.fvroads", graph_of(source))
    assert (tmp_path / "a.fvroads").read_bytes() == (tmp_path / "b.fvroads").read_bytes()


def test_other_files_are_refused(target: Path, tmp_path: Path) -> None:
    """By ending, by content, cut, empty, missing: each in words, the old pack unharmed."""
    whole = (DATA / "andorra.osm.pbf").read_bytes()
    cases = {
        "a.zip": (b"PK", "roads.not_osm"),
        "a.osm.pbf": (b"PK\x03\x04" + bytes(4000), "roads.source_damaged"),
        "cut.osm.pbf": (whole[:300_000], "roads.source_damaged"),
        "bits.osm.pbf": (whole[:9000] + bytes(500) + whole[9500:], "roads.source_damaged"),
        "cut.osm.gz": (gzip.compress(b"<osm version='0.6'>" * 9)[:30], "roads.source_damaged"),
        "text.osm": (b"<osm version='0.6'><node id='1'", "roads.source_damaged"),
        "empty.osm.pbf": (b"", "roads.source_damaged"),
        "zeros.osm.pbf": (bytes(1 << 20), "roads.source_damaged"),
    }
    for name, (content, code) in cases.items():
        path = tmp_path / name
        path.write_bytes(content)
        refused(code, path, target)
    refused("roads.unreadable", tmp_path / "none.osm.pbf", target)


def test_an_extract_without_roads(target: Path, tmp_path: Path) -> None:
    """Rivers are no roads."""
    spots = {1: (0.0, 0.0), 2: (9.0, 0.0)}
    source = write_sketch(tmp_path / "a.osm.pbf", spots, [([1, 2], {"waterway": "river"})])
    refused("roads.no_roads", source, target)


def test_it_can_be_stopped(source: Path, target: Path) -> None:
    """Stopping at the first question leaves the old pack and no other file."""
    refused("roads.cancelled", source, target, cancelled=lambda: True)


def test_it_ends_in_time(source: Path, target: Path) -> None:
    """A build that takes longer than it may is stopped."""
    refused("roads.timeout", source, target, seconds=0.0)


def test_it_keeps_to_its_memory(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With too little memory for the libraries the child gives up and nothing is harmed."""
    with pytest.raises(PlannerError) as caught:
        build_pack(source, target, memory=60 << 20)
    assert caught.value.code in ("roads.too_large", "roads.refused", "roads.source_damaged")
    assert target.read_bytes() == b"old"


def test_a_child_that_dies_or_lies_is_refused(
    source: Path, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No answer, a wrong word, or "done" without a pack: refused, the old pack stays."""
    for script in (
        "import sys; sys.exit(3)",
        "print('X roads.whatever; rm')",
        "print('E')",
        "import os; os.write(1, b'\\xff' * 5000)",
    ):
        command = ["python3", "-c", script]
        monkeypatch.setattr(road_build, "command", lambda command=command: command)
        refused("roads.refused", source, target)


def test_leftovers_of_a_killed_program_go(source: Path, target: Path) -> None:
    """A folder aside from long ago is removed, one that may be at work stays."""
    old, new = target.parent / ".roads-old", target.parent / ".roads-new"
    for folder in (old, new):
        folder.mkdir()
        (folder / "pack.part").write_bytes(b"half")
    os.utime(old, (1.0e9, 1.0e9))
    build_pack(source, target)
    assert sorted(p.name for p in target.parent.iterdir()) == [".roads-new", "river.fvroads"]


def test_a_folder_that_is_not_there(source: Path, tmp_path: Path) -> None:
    """Where nothing can be written it is said so."""
    with pytest.raises(PlannerError) as caught:
        build_pack(source, tmp_path / "nowhere" / "a.fvroads")
    assert caught.value.code == "roads.not_written"
