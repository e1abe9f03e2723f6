"""Road packs of a workspace: added, listed, removed; damage leaves the others alone."""

import shutil
from pathlib import Path

import pytest
from road_sketch import river_county

from planner.actions.road_packs import (
    import_road_pack,
    list_road_packs,
    pack_name,
    remove_road_pack,
    roads_folder,
)
from planner.errors import PlannerError


@pytest.fixture
def extract(tmp_path: Path) -> Path:
    """The county with a river."""
    return river_county(tmp_path / "river-latest.osm.pbf")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """Where a workspace would lie: packs need no more of it."""
    return tmp_path / "work" / "book.fairvisit"


def contents(workspace: Path) -> dict[str, bytes]:
    """Every file beside the workspace."""
    return {p.name: p.read_bytes() for p in roads_folder(workspace).rglob("*") if p.is_file()}


def test_an_extract_becomes_a_pack_and_goes_again(workspace: Path, extract: Path) -> None:
    """Built with rising progress, listed with area and size, copied to another place, removed."""
    shares: list[float] = []
    made = import_road_pack(workspace, extract, on_progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    (listed,) = list_road_packs(workspace)
    assert listed == made
    assert (listed.name, listed.size) == ("river", listed.path.stat().st_size)
    assert listed.info is not None
    assert listed.info.metres > 400_000
    other = workspace.parent.parent / "other" / "book.fairvisit"
    again = import_road_pack(other, listed.path)
    assert again.path.read_bytes() == made.path.read_bytes()
    remove_road_pack(workspace, "river")
    assert list_road_packs(workspace) == ()
    with pytest.raises(PlannerError) as caught:
        remove_road_pack(workspace, "river")
    assert caught.value.code == "roads.no_pack"


def test_a_stopped_build_leaves_nothing(workspace: Path, extract: Path) -> None:
    """Cancelled at once: no pack, no half file; a pack that is there stays as it was."""
    for before in (False, True):
        if before:
            import_road_pack(workspace, extract)
        old = contents(workspace) if before else {}
        with pytest.raises(PlannerError) as caught:
            import_road_pack(workspace, extract, cancelled=lambda: True)
        assert caught.value.code == "roads.cancelled"
        assert contents(workspace) == old


@pytest.mark.parametrize("damage", ["cut", "bit", "zeros", "other", "text"])
def test_damaged_files_are_refused_and_old_packs_unharmed(
    workspace: Path, extract: Path, tmp_path: Path, damage: str
) -> None:
    """Whatever is wrong with a pack or an extract, it is refused in words, and what is there stays
    byte for byte."""
    good = import_road_pack(workspace, extract).path
    old = contents(workspace)
    for source in (good, extract):
        raw = bytearray(source.read_bytes())
        if damage == "cut":
            raw = raw[: len(raw) // 2]
        elif damage == "bit":
            raw[len(raw) * 2 // 3] ^= 0x10
        elif damage == "zeros":
            raw = bytearray(2_000_000)
        elif damage == "other":
            raw = bytearray(b"%PDF-1.7\n" + bytes(raw[9:]))
        else:
            raw = bytearray("不是道路".encode() * 9)
        name = "river.fvroads" if source == good else "river.osm.pbf"
        bad = tmp_path / name
        bad.write_bytes(raw)
        with pytest.raises(PlannerError) as caught:
            import_road_pack(workspace, bad)
        assert caught.value.code.startswith("roads.")
        assert contents(workspace) == old


def test_other_files_are_no_roads(workspace: Path, tmp_path: Path) -> None:
    """A file of another kind is refused before anything is made."""
    (tmp_path / "list.xlsx").write_bytes(b"PK")
    for name in ("list.xlsx", "roads.fvroads.txt", "osm"):
        with pytest.raises(PlannerError) as caught:
            import_road_pack(workspace, tmp_path / name)
        assert caught.value.code == "roads.not_roads"
    assert not roads_folder(workspace).exists()


def test_a_damaged_pack_is_listed_with_its_trouble(workspace: Path, extract: Path) -> None:
    """What lies there and cannot be used is named, with the reason; the rest is listed as ever."""
    good = import_road_pack(workspace, extract).path
    good.with_name("zero.fvroads").write_bytes(bytes(1000))
    (good.parent / "empty.fvroads").mkdir()
    packs = {one.name: one for one in list_road_packs(workspace)}
    assert packs["river"].trouble is None
    assert packs["zero"].trouble is not None
    assert packs["empty"].trouble is not None
    shutil.rmtree(good.parent / "empty.fvroads")


def test_names_suit_every_disk() -> None:
    """Endings go, signs that a disk may refuse too; nothing is left of a path."""
    for given, name in (
        ("sichuan-latest.osm.pbf", "sichuan"), ("四川 省.OSM.PBF", "四川-省"),
        ("a:b*c?.fvroads", "a-b-c"), ("....osm", "roads"), ("x" * 99 + ".osm.gz", "x" * 60),
    ):  # fmt: skip
        assert pack_name(Path(given)) == name
