"""Search, list rows, timeline, and the small tables: crews, settings, layers."""

from datetime import timedelta
from pathlib import Path

import pytest
from store_factory import NOW, TestClock, append, listed, make_store, visit

from planner.domain.codes import Flag
from planner.domain.people import Collector, Crew
from planner.errors import PlannerError
from planner.store import search
from planner.store import settings as kept
from planner.store.backup import backups
from planner.store.crews import load_crews
from planner.store.events import NewEvent
from planner.store.layers import load_layers, save_layer
from planner.store.people import find_case, find_persons, load_debtor, load_rows, timeline
from planner.store.store import Store, Writer, undo


@pytest.fixture
def people(tmp_path: Path) -> Store:
    """Five persons with different names, numbers and townships."""
    store = make_store(tmp_path)

    def place(who: str, township: str) -> list[dict[str, object]]:
        return [{"address_id": who, "text": "一号", "township": township}]

    def case(number: str) -> list[dict[str, object]]:
        return [{"case_id": f"甲银行/{number}", "lender": "甲银行", "contract_no": number}]

    append(
        store,
        listed("P1", name="王小明", phones=["13800001234"], id_number="33010219900101123X",
               addresses=place("P1", "河西镇"), cases=case("HT-2023-0917")),
        listed("P2", name="王晓敏", phones=["13900005678", "057188881234"],
               addresses=place("P2", "河东镇"), cases=case("HT-2023-0918")),
        listed("P3", name="单丽", phones=["13700001111"], addresses=place("P3", "西河街道"),
               cases=case("A1")),
        listed("P4", name="Maria Garcia", phones=["+86 136 0000 2222"], addresses=[],
               cases=case("A2")),
        listed("P5", name="欧阳建国", phones=[], addresses=[], cases=[]),
    )  # fmt: skip
    return store


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("王小明", ["P1"]), ("小明", ["P1"]), ("王", ["P1", "P2"]), ("明王", []),
        ("wxm", ["P1", "P2"]), ("wx", ["P1", "P2"]), ("WXM", ["P1", "P2"]),
        ("wangxiaoming", ["P1"]), ("shanli", ["P3"]), ("danli", ["P3"]), ("sl", ["P3"]),
        ("oyjg", ["P5"]), ("欧阳", ["P5"]), ("maria", ["P4"]), ("gar", ["P4"]),
        ("1234", ["P1", "P2"]), ("001234", ["P1"]), ("138", ["P1"]), ("13800001234", ["P1"]),
        ("13800001235", []), ("123X", ["P1"]), ("01123x", ["P1"]), ("2222", ["P4"]),
        ("8613600002222", ["P4"]), ("HT-2023-0917", ["P1"]), ("0918", ["P2"]), ("ht", ["P1", "P2"]),
        ("河西", ["P1"]), ("西河街道", ["P3"]), ("河东镇 王", ["P2"]),
        ("甲银行", ["P1", "P2", "P3", "P4"]),
        ("", ["P1", "P2", "P3", "P4", "P5"]), ("  ", ["P1", "P2", "P3", "P4", "P5"]),
        ("?!*", []), ('"', []), ("' OR 1=1 --", []), ("NEAR(", []), ("王*", ["P1", "P2"]),
    ],
)  # fmt: skip
def test_search(people: Store, text: str, ids: list[str]) -> None:
    """Names by character and bigram, pinyin and initials with both readings, phone and ID by
    beginning and last digits, case number, township; any other text is harmless."""
    with people, people.read() as conn:
        assert find_persons(conn, text=text) == ids


def test_search_keeps_the_order_of_the_tab(people: Store) -> None:
    """Within a tab the hits stand in the tab's order; no text gives the tab itself."""
    with people, people.read() as conn:
        assert find_persons(conn, text="王", tab_ids=["P3", "P2", "P1"]) == ["P2", "P1"]
        assert find_persons(conn, tab_ids=["P3", "P2"]) == ["P3", "P2"]


def test_search_follows_changes(people: Store) -> None:
    """A new phone number is found and the old one is not, also after the undo."""
    with people:
        batch = append(people, NewEvent("person.listed", "P1", NOW, {"phones": ["15512345678"]}))
        with people.read() as conn:
            assert find_persons(conn, text="5678") == ["P1", "P2"]
            assert find_persons(conn, text="13800001234") == []
        with people.write() as tx:
            undo(tx, batch)
        with people.read() as conn:
            assert find_persons(conn, text="13800001234") == ["P1"]


def test_a_township_chosen_with_a_position_is_found(people: Store) -> None:
    """Somebody whom a position put into another township is found there, and no more where the
    township was before."""
    told = {"address_id": "P1", "lat": 30.5, "lon": 104.5, "grade": 3, "source": "gazetteer",
            "datum": "wgs84", "township": "青山乡"}  # fmt: skip
    append(people, NewEvent("address.placed", "P1", NOW + timedelta(hours=1), told))
    with people.read() as conn:
        assert find_persons(conn, text="青山") == ["P1"]
        assert find_persons(conn, text="河西") == []


def test_streets_are_found_and_old_files_learn_them(tmp_path: Path) -> None:
    """The text of an address is searched, also in a file whose words were made before that; a file
    whose words are still to be made makes them when it is opened."""
    place = {"address_id": "a", "text": "虚构市虚构县河东镇青石路77号", "township": "河东镇"}
    with make_store(tmp_path) as store:
        append(store, listed("A", addresses=[place]), listed("B", addresses=[]))
        with store.write() as tx:
            tx.conn.execute("DELETE FROM search")
            tx.conn.execute("INSERT INTO setting VALUES ('search.words', '\"old\"')")
        assert _found(store, "青石路") == []
    for _ in range(2):
        with Store.open(store.path, clock=TestClock()) as again:
            for text in ("青石路", "青石路77号", "77号", "虚构县 青石", "河东"):
                assert _found(again, text) == ["A"], text
            assert _found(again, "白石路") == []
    assert len(backups(store.path)) == 1


def _found(store: Store, text: str) -> list[str]:
    with store.read() as conn:
        return find_persons(conn, text=text)


def test_words_of_long_names_stay_few() -> None:
    """A name of many characters with many readings does not flood the index."""
    assert len(list(search.name_words("重重重重重重重重重重"))) < 60


def test_rows(people: Store) -> None:
    """A row sums open cases, takes the best valid address, first phone and last contact."""
    with people:
        append(
            people,
            NewEvent("person.listed", "P1", NOW, {
                "flags": int(Flag.WATCH),
                "addresses": [
                    {"address_id": "x", "text": "二号", "township": "云镇", "grade": 0,
                     "valid": False},
                    {"address_id": "y", "text": "三号", "township": "金镇", "grade": 1},
                ],
                "cases": [
                    {"case_id": "乙/1", "amount_overdue": 300, "overdue_since": "2025-01-02"},
                    {"case_id": "乙/2", "amount_overdue": 500, "status": "paid"},
                    {"case_id": "甲银行/HT-2023-0917", "amount_overdue": 700,
                     "overdue_since": "2025-06-01"},
                ],
            }),
            visit("P1", NOW - timedelta(days=2)), visit("P1", NOW - timedelta(days=1), "VIS-RPC"),
        )  # fmt: skip
        with people.read() as conn:
            one, other = load_rows(conn, ["P5", "nobody", "P1"])[::-1]
    assert (one.debtor_id, one.name, one.phone) == ("P1", "王小明", "13800001234")
    assert (one.amount, one.cases, one.first_case) == (1000, 2, "乙/1")
    assert str(one.overdue_since) == "2025-01-02"
    assert (one.township, one.address, one.flags) == ("金镇", "三号", Flag.WATCH)
    assert (one.last_contact, one.last_code) == (NOW - timedelta(days=1), "VIS-RPC")
    assert (other.debtor_id, other.phone, other.amount, other.cases) == ("P5", "", 0, 0)
    assert (other.overdue_since, other.last_contact, other.last_code) == (None, None, "")


def test_debtor(people: Store) -> None:
    """A person comes with everything; without a zone the workspace's stands in."""
    with people, people.read() as conn:
        person = load_debtor(conn, "P2")
        assert person.phones == ("13900005678", "057188881234")
        assert (person.zone, person.jurisdiction) == ("Asia/Shanghai", "CN")
        assert person.cases[0].case_id == "甲银行/HT-2023-0918"
        assert find_case(conn, "甲银行/HT-2023-0918") == ["P2"]
        with pytest.raises(PlannerError) as caught:
            load_debtor(conn, "nobody")
    assert caught.value.code == "store.unknown_person"


def test_timeline_of_the_workspace(people: Store) -> None:
    """What was imported when is the timeline of nobody in particular."""
    files = [{"name": "cases.xlsx", "kind": "cases", "rows": 5, "faulty": 0}]
    with people:
        append(people, NewEvent("import", "", NOW, {"files": files}))
        with people.read() as conn:
            (entry,) = timeline(conn, "")
    assert (entry.kind, entry.fields["files"][0]["rows"]) == ("import", 5)


def test_crews(tmp_path: Path) -> None:
    """A crew comes back as it was listed; listing it again replaces it; undo restores it."""
    payload = {"crew_id": "K1", "name": "一组", "lat": 30.1, "lon": 120.2, "start": 32400,
               "members": [{"collector_id": "C1", "name": "赵一"},
                           {"collector_id": "C2", "name": "钱二"}],
               "end": 61200, "weekdays": [1, 2, 3]}  # fmt: skip
    crew = Crew("K1", "一组", (Collector("C1", "赵一"), Collector("C2", "钱二")), 30.1, 120.2,
                32400, 61200, (1, 2, 3))  # fmt: skip
    with make_store(tmp_path) as store:
        append(store, NewEvent("crew.listed", "", NOW, payload))
        batch = append(store, NewEvent("crew.listed", "", NOW, payload | {"name": "二组"}))
        with store.read() as conn:
            assert [one.name for one in load_crews(conn)] == ["二组"]
        with store.write() as tx:
            undo(tx, batch)
        with store.read() as conn:
            assert load_crews(conn) == [crew]


def test_settings(tmp_path: Path) -> None:
    """Any JSON value comes back; a second one replaces the first; nothing gives the default."""
    with make_store(tmp_path) as store:
        for value in ({"weights": [1, 1.25]}, "文本", None, 7):
            with store.write() as tx:
                kept.put(tx, "k", value)
            with store.read() as conn:
                assert kept.get(conn, "k", "default") == value
        with store.read() as conn:
            assert kept.get(conn, "other", "default") == "default"


def test_settings_roll_back_with_their_transaction(tmp_path: Path) -> None:
    """A setting is part of the transaction around it."""
    with make_store(tmp_path) as store:
        with pytest.raises(PlannerError), store.write() as tx:
            _setting_and_mistake(tx)
        with store.read() as conn:
            assert kept.get(conn, "k") is None


def test_layers(tmp_path: Path) -> None:
    """Layers come back byte for byte; a damaged one is named."""
    with make_store(tmp_path) as store:
        with store.write() as tx:
            save_layer(tx, "roads", b"{}" * 1000)
            save_layer(tx, "places", b"[]")
            save_layer(tx, "places", b"[1]")
        with store.read() as conn:
            assert load_layers(conn) == {"places": b"[1]", "roads": b"{}" * 1000}
        with store.write() as tx:
            tx.conn.execute("UPDATE layer SET body = x'00' WHERE name = 'roads'")
        with pytest.raises(PlannerError) as caught, store.read() as conn:
            load_layers(conn)
    assert caught.value.params == {"file": "roads"}


def _setting_and_mistake(tx: Writer) -> None:
    kept.put(tx, "k", 1)
    tx.append([visit("")])
