"""Online services: asked on request only, the address alone, and nothing is taken silently."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from demo_time import demo_clock

from planner.actions.places_desk import place, spot_of
from planner.actions.places_online import ask_online, load_service, save_service
from planner.domain.codes import Grade
from planner.domain.datum import BD09, from_wgs84
from planner.errors import PlannerError
from planner.geo.geocode import Service, plain_question
from planner.store.events import NewEvent
from planner.store.people import load_debtor
from planner.store.state import derived_hash
from planner.store.store import Store

NAME, PHONE, ID = "王小明", "13800001234", "110101199001011237"
ADDRESS = f"高岭县安平镇古城村3组12号 {NAME}家 电话{PHONE} {ID}"
NOMINATIM = [
    {"lat": "29.83", "lon": "102.72", "display_name": "古城村, 安平镇", "addresstype": "village"},
    {"lat": "29.82", "lon": "102.71", "display_name": "安平镇", "addresstype": "town"},
]
B_LAT, B_LON = from_wgs84(BD09, 29.83, 102.72)
ANSWERS: dict[str, Any] = {
    "/search": NOMINATIM,
    "/api": {"features": [{
        "geometry": {"coordinates": [102.72, 29.83]},
        "properties": {"name": "古城村", "osm_value": "village"},
    }]},
    "/v1/search": {"features": [{
        "geometry": {"coordinates": [102.72, 29.83]},
        "properties": {"name": "古城村", "label": "古城村", "layer": "locality"},
    }]},
    "/geocoding/v3/": {"status": 0, "result": {
        "location": {"lat": B_LAT, "lng": B_LON}, "level": "村庄",
    }},
}  # fmt: skip


class _Desk(BaseHTTPRequestHandler):
    """Answers as four services do and writes down every question."""

    asked: list[str]
    status = 200

    def do_GET(self) -> None:
        self.asked.append(self.path + " " + str(self.headers))
        body = json.dumps(ANSWERS.get(urlsplit(self.path).path, [])).encode()
        self.send_response(self.status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def desk() -> Iterator[tuple[str, type[_Desk]]]:
    """The address of a server on this machine, and what it was asked."""
    kind = type("Desk", (_Desk,), {"asked": []})
    server = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", kind
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """One person whose address holds a name, a phone and an ID number."""
    with Store.create(tmp_path / "w.fairvisit", clock=demo_clock) as made:
        told = {
            "name": NAME, "phones": [PHONE], "id_number": ID,
            "addresses": [{"address_id": "A", "text": ADDRESS, "kind": 0, "grade": 5}],
        }  # fmt: skip
        with made.write() as tx:
            tx.append([NewEvent("person.listed", "P", demo_clock(), told)])
        yield made


@pytest.mark.parametrize("kind", ["nominatim", "photon", "pelias", "baidu"])
def test_only_the_address_leaves(store: Store, desk: tuple[str, type[_Desk]], kind: str) -> None:
    """Each service is asked once, for the address alone; no name, phone or number is in the
    request, neither in its path nor in its headers; nothing of the answer is kept."""
    url, server = desk
    save_service(store, Service(kind, url, "key", on=True))
    with store.read() as conn:
        before = derived_hash(conn)
    first = ask_online(store, "P", "A", pause=0)[0]
    assert (first.grade, first.place.source) == (Grade.VILLAGE, f"online:{kind}")
    assert (first.place.lat, first.place.lon) == pytest.approx((29.83, 102.72), abs=3e-6)
    (asked,) = server.asked
    said = " ".join(one for values in parse_qs(urlsplit(asked.split()[0]).query).values()
                    for one in values)  # fmt: skip
    assert "安平镇古城村3组12号" in said
    for secret in (NAME, PHONE, ID, ID[:8], "P "):
        assert secret not in said
        assert secret not in asked
    with store.read() as conn:
        assert derived_hash(conn) == before


def test_a_proposal_is_kept_only_when_accepted(store: Store, desk: tuple[str, type[_Desk]]) -> None:
    """Accepted, the position says which service it comes from and how exact it is; it is not
    confirmed, so that a better one replaces it."""
    save_service(store, Service("baidu", desk[0], "key", on=True))
    offer = ask_online(store, "P", "A", pause=0)[0]
    place(store, "P", "A", spot_of(offer), by="组长", clock=demo_clock)
    with store.read() as conn:
        (kept,) = load_debtor(conn, "P").addresses
    assert (kept.source, kept.datum, kept.grade) == ("online:baidu", BD09, Grade.VILLAGE)
    assert not kept.confirmed


def test_off_means_not_one_connection(store: Store, desk: tuple[str, type[_Desk]]) -> None:
    """Nothing is asked until somebody has switched a service on."""
    save_service(store, Service("nominatim", desk[0]))
    with pytest.raises(PlannerError) as caught:
        ask_online(store, "P", "A", pause=0)
    assert caught.value.code == "geocode.off"
    assert desk[1].asked == []


@pytest.mark.parametrize(
    ("status", "code"), [(401, "geocode.refused"), (429, "geocode.refused"),
                         (503, "geocode.unreachable")],
)  # fmt: skip
def test_a_service_that_refuses(
    store: Store, desk: tuple[str, type[_Desk]], status: int, code: str
) -> None:
    """A wrong key, too many questions, a server out of order: said without the address."""
    save_service(store, Service("nominatim", desk[0], on=True))
    desk[1].status = status
    with pytest.raises(PlannerError) as caught:
        ask_online(store, "P", "A", pause=0)
    assert caught.value.code == code
    assert "安平" not in str(caught.value.params)


def test_cancelled_before_anything_is_sent(store: Store, desk: tuple[str, type[_Desk]]) -> None:
    """Who stops in time has sent nothing."""
    save_service(store, Service("nominatim", desk[0], on=True))
    with pytest.raises(PlannerError) as caught:
        ask_online(store, "P", "A", pause=0, cancelled=lambda: True)
    assert caught.value.code == "places.cancelled"
    assert desk[1].asked == []


def test_settings_are_checked(store: Store) -> None:
    """Off at first; an address that is none, an unknown service, a missing key are refused."""
    with store.read() as conn:
        assert not load_service(conn).on
    for wrong in (
        Service("nominatim", "ftp://x", on=True), Service("google", "https://x", on=True),
        Service("baidu", "https://api.map.baidu.com", on=True),
    ):  # fmt: skip
        with pytest.raises(PlannerError):
            save_service(store, wrong)


def test_plain_question() -> None:
    """Doors stay, long numbers and names go."""
    assert plain_question("安平镇12号 138 0000 1234 张三家", ("张三",)) == "安平镇12号 家"
    assert plain_question("No. 12, Jiefang Road 5-301") == "No. 12, Jiefang Road 5-301"
