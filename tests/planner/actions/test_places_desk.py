"""Placing people: who waits, what is offered, what is kept, undone and outlasts an import."""

import json
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner
from demo_time import DEMO_NOW, demo_clock

from planner.actions.import_files import Choice, import_files
from planner.actions.places_desk import (
    HERE,
    PIN,
    Spot,
    offers,
    place,
    place_sure,
    spot_of,
    to_check,
    weak_stops,
)
from planner.actions.places_lists import bring_list, drop_list, gazetteer_of, place_lists
from planner.actions.undo import undo_batch
from planner.cli import cli
from planner.domain.codes import Grade
from planner.domain.datum import DATUMS, GCJ02, from_wgs84
from planner.domain.people import Address
from planner.domain.plan import Plan, Route, Stop
from planner.errors import PlannerError
from planner.geo.gazetteer import COLUMNS
from planner.store.known import load_debtors
from planner.store.state import derived_hash
from planner.store.store import Store
from planner.store.verify import verify

HEAD = "姓名,证件号码,手机号,合同号,逾期金额,逾期日期,委案方,地址,经度,纬度,精度,坐标系\n"
VILLAGES = (
    "名称,级别,纬度,经度,县,乡镇\n高岭县,县,29.8,102.7,,\n安平镇,乡镇,29.82,102.71,高岭县,\n"
    "古城村,村,29.83,102.72,高岭县,安平镇\n"
)


HEADER = ",".join(COLUMNS).encode() + b"\n"


def row(number: int, address: str, lon: str = "", lat: str = "", rest: str = ",") -> str:
    """One line of a list; `rest` are grade and datum."""
    name = f"张{'甲乙丙丁'[number]}"
    return (
        f"{name},{_identity(number)},1380000000{number},HT{number},9000,2026-05-01,银行,"
        f"{address},{lon},{lat},{rest}\n"
    )


def _identity(number: int) -> str:
    """A number with a right check digit for a person who does not exist."""
    digits = f"11010119900101{number:03d}"
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    rest = sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11
    return digits + "10X98765432"[rest]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Four persons: a door, a township, a known village without a position, an unknown place."""
    made = Store.create(tmp_path / "w.fairvisit", clock=demo_clock)
    list_ = tmp_path / "名单.csv"
    list_.write_text(HEAD + "".join([
        row(0, "高岭县安平镇和平路1号", "102.7105", "29.8211", "门牌,"),
        row(1, "高岭县安平镇二组", "102.7111", "29.8222", "乡镇,"),
        row(2, "高岭县安平镇古城村3号"),
        row(3, "老槐树旁边第三家"),
    ]), encoding="utf-8")  # fmt: skip
    report = import_files(made, [list_], clock=demo_clock)
    assert [f.code for f in report.faults if not f.note] == []
    villages = tmp_path / "高岭.csv"
    villages.write_text(VILLAGES, encoding="utf-8")
    assert bring_list(made, villages).places == 3
    yield made
    made.close()


def addresses(store: Store) -> dict[str, Address]:
    """Each person's only address, by name."""
    with store.read() as conn:
        ids = [who for (who,) in conn.execute("SELECT debtor_id FROM who WHERE pid > 0")]
        people = load_debtors(conn, ids)
    return {one.name: one.addresses[0] for one in people.values()}


def test_who_waits(store: Store) -> None:
    """Without a position first, then weak ones; a door is trusted and does not wait."""
    found = to_check(store)
    assert [(one.text, one.grade) for one in found] == [
        ("老槐树旁边第三家", Grade.NONE), ("高岭县安平镇古城村3号", Grade.NONE),
        ("高岭县安平镇二组", Grade.TOWNSHIP),
    ]  # fmt: skip


def test_every_position_says_where_it_comes_from(store: Store) -> None:
    """An imported position has source, datum, grade and date; none has none of them."""
    known = addresses(store)
    door, none = known["张甲"], known["张丁"]
    assert (door.source, door.datum, door.grade) == ("import", "wgs84", Grade.DOOR)
    assert door.placed == DEMO_NOW.replace(microsecond=0)
    assert (none.lat, none.datum, none.placed) == (None, "", None)


def test_an_offer_is_accepted_and_undone(store: Store) -> None:
    """An accepted village has the list as source and its grade; undo takes it back."""
    with store.read() as conn:
        before = derived_hash(conn)
    waiting = next(one for one in to_check(store) if "古城村" in one.text)
    first = offers(store, waiting)[0]
    assert (first.place.name, first.grade, first.sure) == ("古城村", Grade.VILLAGE, True)
    batch = place(store, waiting.debtor_id, waiting.address_id, spot_of(first), by="组长",
                  clock=demo_clock)  # fmt: skip
    kept = addresses(store)["张丙"]
    assert (kept.lat, kept.grade, kept.source) == (29.83, Grade.VILLAGE, "gazetteer:高岭")
    assert (kept.placed_by, kept.confirmed, kept.township) == ("组长", False, "安平镇")
    assert len(to_check(store)) == 2
    undo_batch(store, batch)
    with store.read() as conn:
        assert derived_hash(conn) == before
    assert verify(store).ok


def test_all_sure_ones_at_once(store: Store) -> None:
    """Who has one place only is placed in one step; who has none, or a weak one, is left alone."""
    count, batch = place_sure(store, by="组长", clock=demo_clock)
    assert count == 1
    assert addresses(store)["张丙"].grade is Grade.VILLAGE
    assert place_sure(store, by="组长", clock=demo_clock) == (0, None)
    assert batch is not None
    undo_batch(store, batch)
    assert addresses(store)["张丙"].lat is None


def test_a_confirmed_pin_outlasts_every_import(store: Store, tmp_path: Path) -> None:
    """A list that puts a confirmed person elsewhere changes nothing and says so; what it says comes
    into force when the pin is undone and the list comes again."""
    one = to_check(store)[-1]
    pin = Spot(29.9, 102.9, Grade.DOOR, PIN, True)
    batch = place(store, one.debtor_id, one.address_id, pin, by="组长", clock=demo_clock)
    list_ = tmp_path / "再来.csv"
    list_.write_text(HEAD + row(1, "高岭县安平镇二组", "102.5000", "29.5000", "门牌,"),
                     encoding="utf-8")  # fmt: skip
    report = import_files(store, [list_], clock=demo_clock)
    told = [n.params for n in report.files[0].notes if n.code == "position_confirmed"]
    assert told == [{"count": 1}]
    kept = addresses(store)["张乙"]
    assert (kept.lat, kept.lon, kept.source, kept.confirmed) == (29.9, 102.9, PIN, True)
    undo_batch(store, batch)
    import_files(store, [list_], clock=demo_clock)
    assert addresses(store)["张乙"].lat == 29.5
    assert verify(store).ok


def test_only_a_pin_moves_a_confirmed_pin(store: Store) -> None:
    """An offer is refused where somebody confirmed; another pin, or standing there, is not."""
    one = to_check(store)[-1]
    for lat, source in ((29.9, PIN), (29.91, HERE)):
        spot = Spot(lat, 102.9, Grade.DOOR, source, True)
        place(store, one.debtor_id, one.address_id, spot, by="组长", clock=demo_clock)
    assert addresses(store)["张乙"].source == HERE
    offer = Spot(29.82, 102.71, Grade.TOWNSHIP, "gazetteer:高岭")
    with pytest.raises(PlannerError) as caught:
        place(store, one.debtor_id, one.address_id, offer, by="组长", clock=demo_clock)
    assert caught.value.code == "places.confirmed"


@pytest.mark.parametrize(("lat", "lon"), [(0.0, 0.0), (91.0, 100.0), (float("nan"), 1.0)])
def test_no_position_on_earth(store: Store, lat: float, lon: float) -> None:
    """A position that cannot be is refused."""
    one = to_check(store)[-1]
    with pytest.raises(PlannerError) as caught:
        place(store, one.debtor_id, one.address_id, Spot(lat, lon, Grade.DOOR, PIN, True), by="甲",
              clock=demo_clock)  # fmt: skip
    assert caught.value.code == "places.no_position"


def test_three_datums_by_choice_land_on_one_spot(tmp_path: Path) -> None:
    """The same door told in WGS-84, GCJ-02 and BD-09, chosen at import, is one spot within a
    metre, whatever the file's own column says; each position keeps the datum it was told in."""
    with Store.create(tmp_path / "d.fairvisit", clock=demo_clock) as store:
        for number, datum in enumerate(DATUMS):
            lat, lon = from_wgs84(datum, 30.2741, 120.1551)
            path = tmp_path / f"{datum}.csv"
            text = HEAD + row(number, f"西湖路{number}号", f"{lon:.7f}", f"{lat:.7f}", "门牌,百度")
            path.write_text(text, encoding="utf-8")
            choice = {path.name: Choice(datum=datum)}
            report = import_files(store, [path], clock=demo_clock, choices=choice)
            told = [n.params["datum"] for n in report.files[0].notes if n.code == "datum_converted"]
            assert told == ([] if datum == "wgs84" else [datum.upper()])
        found = list(addresses(store).values())
    assert [one.datum for one in sorted(found, key=lambda a: a.text)] == list(DATUMS)
    for one in found:
        assert abs(one.lat - 30.2741) * 111_000 < 0.5
        assert abs(one.lon - 120.1551) * 96_000 < 0.5


def test_lists_come_and_go(store: Store, tmp_path: Path) -> None:
    """Several lists are in use at once; one that is removed finds nothing any more, a damaged one
    neither, and what ships stays."""
    other = tmp_path / "青洞.csv"
    other.write_text("name,lat,lon\n河口村,30.1,102.8\n", encoding="utf-8")
    bring_list(store, other)
    assert [(one.name, one.places) for one in place_lists(store)] == [("青洞", 1), ("高岭", 3)]
    assert gazetteer_of(store).named("河口村")
    (tmp_path / "packs" / "places" / "青洞.csv").write_text("nonsense")
    assert [one.places for one in place_lists(store)] == [0, 3]
    drop_list(store, "青洞")
    assert not [one for one in gazetteer_of(store).named("河口村") if one.source == "青洞"]
    assert gazetteer_of(store).named("海口市")
    with pytest.raises(PlannerError):
        drop_list(store, "../w")


@pytest.mark.parametrize("content", [
    b"\x00" * 200_000, b"name,english\n", b"\xff\xfe", HEADER + b"a,,a,place,nan,1,,,,\n",
    HEADER + b"a,,a,place,95,1,,,,\n", HEADER + b"a,b\n", HEADER + b"x" * 200_000,
])  # fmt: skip
def test_a_damaged_list_finds_nothing_and_harms_nothing(store: Store, content: bytes) -> None:
    """A file that came to harm is listed as empty; all other places are still found."""
    (store.path.parent / "packs" / "places" / "bad.csv").write_bytes(content)
    assert {one.name: one.places for one in place_lists(store)}["bad"] == 0
    assert gazetteer_of(store).places


def test_a_list_that_cannot_be_written_leaves_the_old_one(store: Store, tmp_path: Path) -> None:
    """Where the disk refuses, words say so, the old list stays whole, nothing half is left."""
    folder = store.path.parent / "packs" / "places"
    (name,) = (one.name for one in place_lists(store))
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    (folder / "other.csv").mkdir()  # stands where the file wants to be
    other = tmp_path / "other.csv"
    other.write_text("name,lat,lon\n某村,30.51234,104.12345\n", "utf-8")
    with pytest.raises(PlannerError, match=r"places\.not_kept"):
        bring_list(store, other)
    (folder / "other.csv").rmdir()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert name in {one.name for one in place_lists(store)}


def test_weak_stops_of_a_plan(store: Store) -> None:
    """A plan counts its stops that have only a township's position; a confirmed one is none."""
    one = to_check(store)[-1]
    stop = Stop(one.debtor_id, ("c",), one.address_id, 29.8, 102.7, *[DEMO_NOW] * 3, 0)
    route = Route("K", "一组", (), 29.8, 102.7, DEMO_NOW, DEMO_NOW, (stop,))
    plan = Plan("p", date(2026, 11, 24), DEMO_NOW, (route,), (), 0, 0, "", "")
    weak = weak_stops(store, plan)
    assert (weak.stops, weak.townships, weak.counties) == (1, 1, 0)
    assert weak.debtor_ids == (one.debtor_id,)
    pin = Spot(29.9, 102.9, Grade.TOWNSHIP, PIN, True)
    place(store, one.debtor_id, one.address_id, pin, by="组长", clock=demo_clock)
    assert weak_stops(store, plan).townships == 0


def run(store: Store, *args: str) -> dict[str, object]:
    result = CliRunner().invoke(
        cli, ["places", *args, "--workspace", str(store.path), "--json"], catch_exceptions=False
    )
    assert result.exit_code == 0, result.output
    return dict(json.loads(result.stdout))


def test_verbs(store: Store, tmp_path: Path) -> None:
    """The command line lists who waits with offers, finds names, takes an offer and a link."""
    path = store.path
    store.close()
    store = Store.open(path, clock=demo_clock)
    waiting = run(store, "list")["waiting"]
    assert isinstance(waiting, list)
    village = next(one for one in waiting if "古城村" in one["text"])
    assert village["offers"][0]["name"] == "古城村"
    assert run(store, "find", "安平镇")["places"][0]["near"] == "高岭县"
    store.close()
    taken = run(store, "set", village["debtor"], "--offer", "1", "--by", "组长")
    assert (taken["grade"], taken["confirmed"]) == ("VILLAGE", False)
    lat, lon = from_wgs84(GCJ02, 29.84, 102.73)
    link = f"https://uri.amap.com/marker?position={lon:.6f},{lat:.6f}"
    fixed = run(store, "set", village["debtor"], link, "--by", "组长", "--here")
    assert (round(fixed["lat"], 5), fixed["confirmed"], fixed["source"]) == (29.84, True, HERE)
