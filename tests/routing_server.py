"""A routing server on this machine for tests: speaks OSRM and Valhalla, or misbehaves as told.

Its roads: one and a half times the straight line at 10 m/s, one second more eastwards.
"""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

from planner.domain.ground import crow_metres

Spot = tuple[float, float]


def leg(a: Spot, b: Spot) -> tuple[float, float]:
    """(metres, seconds) from `a` to `b`."""
    metres = 1.5 * float(crow_metres(*(np.array(x) for x in (*a, *b))))
    return metres, metres / 10 + (b[1] > a[1])


def encoded(spots: list[Spot]) -> str:
    """A polyline with six decimals."""
    text, before = "", (0, 0)
    for spot in spots:
        now = (round(spot[0] * 1e6), round(spot[1] * 1e6))
        for new, old in zip(now, before, strict=True):
            bits = (new - old) << 1
            bits = ~bits if bits < 0 else bits
            while bits >= 32:
                text += chr((32 | (bits & 31)) + 63)
                bits >>= 5
            text += chr(bits + 63)
        before = now
    return text


class Told:
    """What the server is asked and how it behaves: "" properly, "stall", "drip", "half",
    "garbage", "huge", "error", "redirect", or a dict that is the answer."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.behave: Any = ""
        self.gone = threading.Event()


class _Answers(BaseHTTPRequestHandler):
    told: Told

    def log_message(self, *_: Any) -> None:
        """Nothing is printed."""

    def do_GET(self) -> None:
        """OSRM."""
        self.told.asked.append(self.path)
        parts = urlsplit(self.path)
        if parts.path.endswith("/moved"):
            self.told.asked.append("followed")
        service, spots = parts.path.split("/")[1], parts.path.rpartition("/")[2]
        places = [(float(b), float(a)) for a, b in (one.split(",") for one in spots.split(";"))]
        if service == "table":
            options = parse_qs(parts.query)
            rows, columns = (
                [places[int(k)] for k in options[name][0].split(";")]
                for name in ("sources", "destinations")
            )
            legs = [[leg(a, b) for b in columns] for a in rows]
            self._answer({
                "code": "Ok",
                "distances": [[one[0] for one in row] for row in legs],
                "durations": [[one[1] for one in row] for row in legs],
            })  # fmt: skip
            return
        found = [
            {"steps": [{"geometry": {"coordinates": [[a[1], a[0]], [b[1], b[0]]]}}]}
            for a, b in pairwise(places)
        ]
        self._answer({"code": "Ok", "routes": [{"legs": found}]})

    def do_POST(self) -> None:
        """Valhalla."""
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.told.asked.append(f"{self.path} {body}")
        question = json.loads(body)
        if self.path == "/sources_to_targets":
            rows, columns = (
                [(one["lat"], one["lon"]) for one in question[name]]
                for name in ("sources", "targets")
            )
            cells = [
                [{"distance": m / 1000, "time": s} for m, s in (leg(a, b) for b in columns)]
                for a in rows
            ]
            self._answer({"sources_to_targets": cells})
            return
        places = [(one["lat"], one["lon"]) for one in question["locations"]]
        legs = [{"shape": encoded([a, b])} for a, b in pairwise(places)]
        self._answer({"trip": {"legs": legs}})

    def _answer(self, data: dict[str, Any]) -> None:
        behave = self.told.behave
        if isinstance(behave, dict):
            data = behave
        raw = json.dumps(data).encode()
        if behave == "garbage":
            raw = b"\x00\xff<html>" + raw[:40]
        elif behave == "huge":
            raw = b" " * 9_000_000 + raw
        if behave == "stall":
            self.told.gone.wait(30)
            return
        self.send_response({"error": 500, "redirect": 302}.get(str(behave), 200))
        if behave == "redirect":
            self.send_header("Location", "/moved")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        try:
            if behave == "half":
                self.wfile.write(raw[: len(raw) // 2])
            elif behave == "drip":
                for k in range(len(raw)):
                    self.wfile.write(raw[k : k + 1])
                    if self.told.gone.wait(0.05):
                        return
            else:
                self.wfile.write(raw)
        except OSError:  # whoever asked has gone
            pass


@contextmanager
def routing_server() -> Iterator[tuple[str, Told]]:
    """The address of a server that runs, and what it is told."""
    told = Told()
    handler = type("Answers", (_Answers,), {"told": told})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", told
    finally:
        told.gone.set()
        server.shutdown()
        server.server_close()
        thread.join()
