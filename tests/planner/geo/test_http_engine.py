"""The routing server of the user's choice: two languages, limits, and answers not to be trusted."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from routing_server import Told, encoded, leg, routing_server

from planner.domain.work import Mode
from planner.errors import PlannerError
from planner.geo.http_engine import HttpEngine, Kind, Server, check_url, polyline6

LAT = np.array([47.1, 47.15, 47.2])
LON = np.array([9.5, 9.52, 9.45])


@pytest.fixture
def server() -> Iterator[tuple[str, Told]]:
    """A server that runs on this machine."""
    with routing_server() as found:
        yield found


def engine(url: str, kind: Kind = "osrm", timeout: float = 5.0) -> HttpEngine:
    """An engine that asks there."""
    return HttpEngine(Server(url, kind, timeout))


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_tables_are_what_the_server_says(server: tuple[str, Told], kind: Kind) -> None:
    """Both languages give the server's own metres and seconds, one way and the other."""
    metres, seconds = engine(server[0], kind).matrix(LAT, LON)
    for i in range(3):
        for j in range(3):
            told = leg((LAT[i], LON[i]), (LAT[j], LON[j])) if i != j else (0.0, 0.0)
            assert metres[i, j] == pytest.approx(told[0], abs=0.01)
            assert seconds[i, j] == pytest.approx(told[1], abs=0.01)


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_many_places_are_asked_for_in_blocks(server: tuple[str, Told], kind: Kind) -> None:
    """120 places are nine questions, put together in their order."""
    lat, lon = np.linspace(47.0, 47.3, 120), np.linspace(9.3, 9.6, 120)
    metres, _ = engine(server[0], kind).matrix(lat, lon)
    assert len(server[1].asked) == 9
    assert metres[3, 117] == pytest.approx(leg((lat[3], lon[3]), (lat[117], lon[117]))[0], rel=1e-3)
    assert metres[117, 60] == pytest.approx(
        leg((lat[117], lon[117]), (lat[60], lon[60]))[0], rel=1e-3
    )


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_shapes_come_leg_by_leg(server: tuple[str, Told], kind: Kind) -> None:
    """A tour of three places has two lines from place to place."""
    first, second = engine(server[0], kind).shape(LAT, LON)
    assert np.allclose(first, [[47.1, 9.5], [47.15, 9.52]])
    assert np.allclose(second, [[47.15, 9.52], [47.2, 9.45]])


@pytest.mark.parametrize("kind", ["osrm", "valhalla"])
def test_only_positions_and_the_vehicle_are_sent(server: tuple[str, Told], kind: Kind) -> None:
    """What leaves the machine are rounded positions and words of the server's own language."""
    engine(server[0], kind).matrix(LAT + 1e-9, LON)
    (asked,) = server[1].asked
    for word in ("/table/v1/driving/", "?annotations=duration,distance", "&sources=", "auto",
                 "&destinations=", "/sources_to_targets", "sources", "targets", "lat", "lon",
                 "costing", "units", "kilometers"):  # fmt: skip
        asked = asked.replace(word, "")
    assert not set(asked) - set('0123456789.,;:"{}[] '), asked
    assert "47.100000" not in asked


@pytest.mark.parametrize(
    ("behave", "code"),
    [("stall", "server.slow"), ("drip", "server.slow"), ("half", "server.unreachable"),
     ("garbage", "server.garbled"), ("huge", "server.large"), ("error", "server.refused"),
     ("redirect", "server.refused")],
)  # fmt: skip
def test_a_server_that_misbehaves_is_refused_in_words(
    server: tuple[str, Told], behave: str, code: str
) -> None:
    """Stalls, drips, half answers, garbage, floods and errors end soon, each under its name."""
    server[1].behave = behave
    with pytest.raises(PlannerError) as caught:
        engine(server[0], timeout=0.4).matrix(LAT, LON)
    assert caught.value.code == code
    assert "followed" not in server[1].asked


def test_a_handshake_that_drips_ends_too() -> None:
    """A server that lets its TLS handshake fall byte by byte does not hold a plan up."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        gone = threading.Event()

        def drip() -> None:
            line, _ = door.accept()
            with line, contextlib.suppress(OSError):
                line.sendall(b"\x16\x03\x03\x40\x00")  # a record of 16 KB is announced
                while not gone.wait(0.05):
                    line.sendall(b"\x00")

        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(PlannerError) as caught:
            engine(f"https://127.0.0.1:{door.getsockname()[1]}", timeout=0.4).matrix(LAT, LON)
        gone.set()
        thread.join()
    assert caught.value.code == "server.slow"


def table(value: Any) -> dict[str, Any]:
    """An OSRM answer that has `value` as one of its distances."""
    ways = [[0, 9000, 20000], [9000, 0, 9000], [20000, 9000, 0]]
    times = [[0, 900, 1800], [900, 0, 900], [1800, 900, 0]]
    return {"code": "Ok", "durations": times, "distances": [[0, value, 20000], *ways[1:]]}


@pytest.mark.parametrize(
    "answer",
    [{}, {"code": "NoTable"}, {"code": "Ok"}, {"code": "Ok", "distances": 3, "durations": []},
     table(-5), table(1e300), table(10**400), table("9000"), table(True), table([1]),
     table(900_000), {**table(9000), "durations": [[0]]},
     {**table(9000), "durations": [[0, 1, 1800], [900, 0, 900], [1800, 900, 0]]}],
)  # fmt: skip
def test_figures_that_cannot_be_are_refused_as_a_whole(
    server: tuple[str, Told], answer: dict[str, Any]
) -> None:
    """Negative, endless, too fast, of the wrong kind or the wrong shape: nothing of it is used."""
    server[1].behave = answer
    with pytest.raises(PlannerError) as caught:
        engine(server[0]).matrix(LAT, LON)
    assert caught.value.code == "server.garbled"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [("osrm", {"code": "Ok", "routes": [{"legs": [
        {"steps": [{"geometry": {"coordinates": [[10**400, 1]]}}]}] * 2}]}),
     ("valhalla", {"trip": {"legs": [{"shape": "~~~~~~~~~~~~^" * 2}] * 2}})],
)  # fmt: skip
def test_lines_that_no_number_holds_are_refused(
    server: tuple[str, Told], kind: Kind, answer: dict[str, Any]
) -> None:
    """Positions too large for any number are garbled like all others, no fault of the program."""
    server[1].behave = answer
    with pytest.raises(PlannerError) as caught:
        engine(server[0], kind).shape(LAT, LON)
    assert caught.value.code == "server.garbled"


def test_ways_far_shorter_than_the_straight_line_are_refused(server: tuple[str, Told]) -> None:
    """A server that does not know the country and answers from elsewhere is found out."""
    server[1].behave = table(9000)
    with pytest.raises(PlannerError) as caught:
        engine(server[0]).matrix(LAT + np.array([0, 3, 6]), LON)
    assert caught.value.code == "server.garbled"


def test_a_way_the_server_does_not_know_stays_open(server: tuple[str, Told]) -> None:
    """A null is no way: NaN, for whoever asked to fill."""
    server[1].behave = table(None)
    metres, seconds = engine(server[0]).matrix(LAT, LON)
    assert np.isnan(metres[0, 1])
    assert np.isnan(seconds[0, 1])
    assert metres[1, 0] == 9000


def test_nobody_there_is_said(server: tuple[str, Told]) -> None:
    """A port on which nobody listens is unreachable."""
    with routing_server() as (url, _):
        pass
    with pytest.raises(PlannerError) as caught:
        engine(url).test(47.0, 9.0)
    assert caught.value.code == "server.unreachable"


@pytest.mark.parametrize(
    "url",
    ["", "localhost:5000", "file:///etc/passwd", "ftp://x/", "http://", "http://u:p@x/",
     "http://x/?a=1", "http://x/#a", "http://x y/", "http://x:99999/", "http://x\n/", "//x"],
)  # fmt: skip
def test_what_is_no_address_of_a_server_is_refused(url: str) -> None:
    """Only http and https, no passwords, nothing but host, port and path."""
    with pytest.raises(PlannerError) as caught:
        check_url(url)
    assert caught.value.code == "server.url"


def test_who_goes_on_foot_is_not_asked_for() -> None:
    """The figures on foot have buses in them, of which servers know nothing."""
    assert not engine("http://localhost").knows(Mode.FOOT)
    assert engine("http://localhost").knows(Mode.MOTORCYCLE)


def test_polylines_are_read_back() -> None:
    """What is encoded comes back within the last decimal; broken text is refused."""
    spots = [(47.123456, -9.5), (47.2, 9.654321), (-33.0, 151.0)]
    assert np.allclose(polyline6(encoded(spots)), spots, atol=1e-6)
    for broken in ("_", "~~~~~~~~~~~~~~~~~~~~~~", "é", "?"):
        with pytest.raises(ValueError, match="polyline"):
            polyline6(broken)
