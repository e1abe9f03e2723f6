"""Base maps beside a workspace: brought in whole or not at all, listed, removed; online ones."""

import shutil
from pathlib import Path

import pytest
from demo_time import demo_clock
from made_maps import make_mbtiles, make_pmtiles, spread, vector_tile

from planner.actions.make_demo import DEMO_NAME
from planner.actions.map_packs import (
    Online,
    bring_demo_map,
    check_address,
    choose_online,
    import_map,
    list_maps,
    maps_folder,
    online_map,
    remove_map,
)
from planner.errors import PlannerError
from planner.geo.basemap import check_map, open_map
from planner.paths import packs_folder, resources
from planner.store.store import Store

HOSTILE = (
    "../../escape", "..\\..\\escape", "/etc/passwd", "con", "nul.tar", "a:b*c?d", "<script>",
    "name\u202egpj", "a\u0000b", ".hidden", " ", "x" * 300, "%2e%2e%2f", "名字", "#frag",
)  # fmt: skip


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """A workspace that need not exist: packs only lie beside it."""
    (tmp_path / "w").mkdir()
    return tmp_path / "w" / "book.fairvisit"


def content(workspace: Path) -> dict[str, bytes]:
    """Everything in the folder of maps."""
    folder = maps_folder(workspace)
    return {p.name: p.read_bytes() for p in folder.iterdir()} if folder.is_dir() else {}


def test_brought_listed_removed(workspace: Path, tmp_path: Path) -> None:
    """A pack comes in as it is, is listed with size and area, and goes again."""
    source = make_pmtiles(tmp_path / "青溪.pmtiles", spread(vector_tile()))
    shares: list[float] = []
    pack = import_map(workspace, source, on_progress=shares.append)
    assert pack.path == packs_folder(workspace) / "maps" / "青溪.pmtiles"
    assert content(workspace) == {"青溪.pmtiles": source.read_bytes()}
    assert shares == sorted(shares)
    assert 0 < shares[-1] <= 1
    second = import_map(workspace, make_mbtiles(tmp_path / "b.mbtiles", spread(vector_tile())))
    assert [one.pack for one in list_maps(workspace)] == [second, pack]
    remove_map(workspace, "青溪.pmtiles")
    remove_map(workspace, "青溪.pmtiles")
    assert [one.pack for one in list_maps(workspace)] == [second]
    assert source.is_file()


def test_same_and_other_of_one_name(workspace: Path, tmp_path: Path) -> None:
    """The same map is not taken twice, another of its name gets a number."""
    source = make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile()))
    import_map(workspace, source)
    renamed = Path(shutil.copyfile(source, tmp_path / "c.pmtiles"))
    with pytest.raises(PlannerError, match="known"):
        import_map(workspace, renamed)
    make_pmtiles(source, spread(vector_tile("白河镇")))
    assert import_map(workspace, source).path.name == "a (2).pmtiles"


def test_damaged_leaves_the_old_whole(workspace: Path, tmp_path: Path) -> None:
    """A damaged, a stopped, a foreign file: refused in words that name it, nothing else changed."""
    import_map(workspace, make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile())))
    before = content(workspace)
    broken = tmp_path / "broken.pmtiles"
    whole = bytearray((tmp_path / "a.pmtiles").read_bytes())
    whole[-9] ^= 255
    broken.write_bytes(whole)
    (tmp_path / "zeros.mbtiles").write_bytes(bytes(100_000))
    for name in ("broken.pmtiles", "zeros.mbtiles"):
        with pytest.raises(PlannerError) as caught:
            import_map(workspace, tmp_path / name)
        assert caught.value.params["file"] == name
    other = make_pmtiles(tmp_path / "o.pmtiles", spread(vector_tile("白河镇")))
    with pytest.raises(PlannerError, match="stopped"):
        import_map(workspace, other, cancelled=lambda: True)
    assert content(workspace) == before


def test_full_disk(workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without room nothing is copied."""
    usage = shutil.disk_usage(tmp_path)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: usage._replace(free=1_000))
    with pytest.raises(PlannerError, match="no_room"):
        import_map(workspace, make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile())))
    assert content(workspace) == {}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str, workspace: Path, tmp_path: Path) -> None:
    """Whatever a file is called, it lands in the folder of maps under a harmless name."""
    sound = make_pmtiles(tmp_path / "sound.pmtiles", spread(vector_tile()))

    class Named(type(sound)):  # type: ignore[misc]
        """The same file under a name that no system would take."""

        stem = name

    pack = import_map(workspace, Named(sound))
    assert pack.path.parent == maps_folder(workspace)
    assert len(pack.path.name) < 80
    assert not set(pack.path.name) & set('<>:"/\\|?*%#\u0000\u202e')
    assert not pack.path.name.startswith((".", " "))


@pytest.mark.parametrize("name", ["../book.fairvisit", "/etc/passwd", "..", "a.txt", "x/../a"])
def test_nothing_else_is_removed(name: str, workspace: Path) -> None:
    """Only packs in the folder of maps can be removed."""
    workspace.write_bytes(b"book")
    with pytest.raises(PlannerError, match="not_a_map"):
        remove_map(workspace, name)
    assert workspace.read_bytes() == b"book"


def test_harmed_since_import_is_told(workspace: Path, tmp_path: Path) -> None:
    """A pack that came to harm on the disk is listed with what is wrong; the others go on."""
    import_map(workspace, make_pmtiles(tmp_path / "a.pmtiles", spread(vector_tile())))
    import_map(workspace, make_mbtiles(tmp_path / "b.mbtiles", spread(vector_tile())))
    path = maps_folder(workspace) / "a.pmtiles"
    path.write_bytes(path.read_bytes()[:200])
    first, second = list_maps(workspace)
    assert (first.pack, second.trouble) == (None, None)
    assert first.trouble is not None
    assert first.trouble.code == "map_pack.damaged"


def test_demo_has_its_map(demo_folder: Path) -> None:
    """The demo workspace comes with a sound vector map of its prefecture, small and fictional."""
    (one,) = list_maps(demo_folder / DEMO_NAME)
    assert one.pack is not None
    assert (one.pack.schema, one.pack.fictional, one.pack.zooms) == ("own", True, (6, 14))
    assert one.pack.size < 1_500_000
    check_map(one.path)
    with open_map(one.path) as opened:
        assert opened.tile(6, 51, 25) is not None
    bring_demo_map(demo_folder / DEMO_NAME)
    assert one.path.read_bytes() == (resources() / "demo" / "prefecture.pmtiles").read_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "https://tiles.example.org/{z}/{x}/{y}.png", "http://127.0.0.1:8080/t/{z}/{x}/{y}",
        "https://example.org/wmts?tk=abc&x={x}&y={y}&z={z}",
    ],
)  # fmt: skip
def test_usable_addresses(address: str) -> None:
    """Addresses of tiles of a server of one's own are taken."""
    check_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "", "tiles", "file:///etc/{z}/{x}/{y}", "app://map/{z}/{x}/{y}", "https://a.org/",
        "https://u:p@a.org/{z}/{x}/{y}", "https://{z}.{x}.{y}/", "javascript:{z}{x}{y}",
        "https://a.org;script-src */{z}/{x}/{y}", "https://a.org/{z}/{x}/{y}'; img-src *",
        "https://a.org:99999/{z}/{x}/{y}", "https://[::1/{z}/{x}/{y}", "data:,{z}{x}{y}",
    ],
)  # fmt: skip
def test_addresses_that_are_none(address: str) -> None:
    """No other scheme, no password, nothing that could add to a page's policy."""
    with pytest.raises(PlannerError, match="address"):
        check_address(address)


def test_online_is_off_until_chosen(tmp_path: Path) -> None:
    """No server is in use before somebody chose one; a wrong address changes nothing."""
    with Store.create(tmp_path / "b.fairvisit", clock=demo_clock) as store:
        with store.read() as conn:
            assert online_map(conn) == Online()
        chosen = Online(" https://a.example.org/{z}/{x}/{y}.png ", "<b>© us</b>", True)
        kept = choose_online(store, chosen)
        assert kept == Online("https://a.example.org/{z}/{x}/{y}.png", "© us", True)
        assert kept.origin == "https://a.example.org"
        with pytest.raises(PlannerError):
            choose_online(store, Online("nonsense", "", True))
        with store.read() as conn:
            assert online_map(conn) == kept
