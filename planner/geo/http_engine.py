"""A routing server of the user's own choice: OSRM or Valhalla over HTTP.

This file (for `geocode` too) and `sync.hub` are the only ones that open a connection, and only to
the address the user has entered.
What is sent are positions (WGS-84, five decimals: a metre) and the kind of vehicle: no names, no
ids, no money. What comes back is somebody else's word: it is read within limits of time and size
and refused as a whole when anything in it is not what was asked for.

Shapes of the questions and answers: OSRM HTTP API v5.27 (`table`, `route`), Valhalla API
(`sources_to_targets`, `route`, lines as polyline6).
"""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any, Final, Literal, cast
from urllib.parse import SplitResult, urlsplit

import numpy as np

from planner.domain.facts import F64, I64
from planner.domain.ground import crow_metres, whole
from planner.domain.work import Mode
from planner.errors import PlannerError

Kind = Literal["osrm", "valhalla"]
KINDS: Final[tuple[Kind, ...]] = ("osrm", "valhalla")
TIMEOUT: Final = 10.0  # seconds for one question, from connecting to the last byte
BLOCK: Final = 50  # places each way in one question: both servers answer that as they come
MOST_BYTES: Final = 8_000_000  # of one answer; a table of 50 x 50 has some 100 kB
_MOST_METRES, _MOST_SECONDS = 5e6, 1e6
_FASTEST = 70.0  # metres a second
_SNAP = 20_000.0  # metres a server may move a place to a road, both ends together
_COSTING = {Mode.CAR: "auto", Mode.MOTORCYCLE: "motorcycle"}


@dataclass(frozen=True, slots=True)
class Server:
    """Where the routing server is and which language it speaks."""

    url: str
    kind: Kind
    timeout: float = TIMEOUT


def check_url(url: str) -> str:
    """`url` without a slash at its end.

    Raises PlannerError("server.url") when it is no http or https address of a host, or carries a
    name, a password, a question or a fragment.
    """
    try:
        parts = urlsplit(url.strip())
        named = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        raise PlannerError("server.url") from None
    extra = parts.username or parts.password or parts.query or parts.fragment
    plain = url.isascii() and url.isprintable() and " " not in url.strip()
    if parts.scheme not in ("http", "https") or not named or extra or not plain:
        raise PlannerError("server.url")
    return url.strip().rstrip("/")


@dataclass(frozen=True, slots=True)
class HttpEngine:
    """Distances, times and shapes from a `Server`; every trouble is a PlannerError("server.…"):
    unreachable, slow, refused (`status`), large, garbled.

    The server answers for cars and motorcycles; who goes on foot also takes buses, which neither
    server knows, and is never asked for (`knows`).
    """

    server: Server

    def knows(self, mode: Mode) -> bool:
        """Whether the server is asked for this mode."""
        return mode in _COSTING

    def matrix(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> tuple[F64, F64]:
        """(metres, seconds), float64 [k, k], NaN where the server knows no way; asked for in blocks
        of 50 x 50 places."""
        k = len(lat)
        metres, seconds = np.full((k, k), np.nan), np.full((k, k), np.nan)
        ask = self._osrm_table if self.server.kind == "osrm" else self._valhalla_table
        for rows in _blocks(k):
            for columns in _blocks(k):
                a, b = _spots(lat[rows], lon[rows]), _spots(lat[columns], lon[columns])
                metres[rows, columns], seconds[rows, columns] = ask(a, b, mode)
        crow = crow_metres(lat[:, None], lon[:, None], lat, lon)
        _refuse_nonsense(metres, seconds, crow)
        np.fill_diagonal(metres, 0.0)
        np.fill_diagonal(seconds, 0.0)
        return metres, seconds

    def shape(self, lat: F64, lon: F64, mode: Mode = Mode.CAR) -> list[F64]:
        """The line of each leg of a tour, float64 [n, 2] of (lat, lon)."""
        spots = _spots(lat, lon)
        lines: list[F64] = []
        for first in range(0, len(spots) - 1, BLOCK - 1):
            part = spots[first : first + BLOCK]
            found = self._osrm_route(part) if self.server.kind == "osrm" else (
                self._valhalla_route(part, mode))  # fmt: skip
            if len(found) != len(part) - 1:
                raise PlannerError("server.garbled")
            lines += found
        return lines

    def test(self, lat: float, lon: float) -> int:
        """Ask for one short way near (lat, lon); its metres. Raises as `matrix`, and
        PlannerError("server.no_way") when the server knows no way there."""
        metres, _ = self.matrix(np.array([lat, lat + 0.01]), np.array([lon, lon + 0.01]))
        if np.isnan(metres[0, 1]):
            raise PlannerError("server.no_way")
        return int(metres[0, 1])

    def _osrm_table(
        self, rows: list[tuple[float, float]], columns: list[tuple[float, float]], _mode: Mode
    ) -> tuple[F64, F64]:
        spots = [*rows, *columns]
        sources = ";".join(map(str, range(len(rows))))
        targets = ";".join(map(str, range(len(rows), len(spots))))
        told = self._ask(
            f"/table/v1/driving/{_osrm_path(spots)}?annotations=duration,distance"
            f"&sources={sources}&destinations={targets}"
        )
        _osrm_ok(told)
        size = len(rows), len(columns)
        return _table(told.get("distances"), size), _table(told.get("durations"), size)

    def _valhalla_table(
        self, rows: list[tuple[float, float]], columns: list[tuple[float, float]], mode: Mode
    ) -> tuple[F64, F64]:
        told = self._ask(
            "/sources_to_targets",
            {
                "sources": [{"lat": a, "lon": b} for a, b in rows],
                "targets": [{"lat": a, "lon": b} for a, b in columns],
                "costing": _COSTING[mode],
                "units": "kilometers",
            },
        )
        cells = told.get("sources_to_targets")
        size = len(rows), len(columns)
        if isinstance(cells, dict):  # the brief form of newer servers
            km, seconds = cells.get("distances"), cells.get("durations")
        else:
            km, seconds = _column(cells, "distance"), _column(cells, "time")
        return _table(km, size) * 1000, _table(seconds, size)

    def _osrm_route(self, spots: list[tuple[float, float]]) -> list[F64]:
        told = self._ask(
            f"/route/v1/driving/{_osrm_path(spots)}?overview=false&steps=true&geometries=geojson"
        )
        _osrm_ok(told)
        try:
            return [
                _line([(b, a) for step in leg["steps"] for a, b in step["geometry"]["coordinates"]])
                for leg in told["routes"][0]["legs"]
            ]
        except (KeyError, IndexError, TypeError, ValueError, OverflowError):
            raise PlannerError("server.garbled") from None

    def _valhalla_route(self, spots: list[tuple[float, float]], mode: Mode) -> list[F64]:
        told = self._ask(
            "/route",
            {
                "locations": [{"lat": a, "lon": b, "type": "break"} for a, b in spots],
                "costing": _COSTING[mode],
                "directions_type": "none",
            },
        )
        try:
            return [_line(polyline6(leg["shape"])) for leg in told["trip"]["legs"]]
        except (KeyError, TypeError, ValueError, OverflowError):
            raise PlannerError("server.garbled") from None

    def _ask(self, path: str, question: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON object the server answers with; nothing is followed anywhere else."""
        raw = _fetch(self.server, path, question)
        try:
            told = json.loads(raw, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            raise PlannerError("server.garbled") from None
        if not isinstance(told, dict):
            raise PlannerError("server.garbled")
        return told


def _fetch(server: Server, path: str, question: dict[str, Any] | None) -> bytes:
    parts = urlsplit(check_url(server.url))
    line = _line_to(parts)
    late = threading.Event()

    def stop() -> None:  # a server may also send a byte now and then for ever
        late.set()
        with contextlib.suppress(OSError):  # it is over already
            wire.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(server.timeout, stop)
    watch.daemon = True
    try:
        wire = _wire(parts, server.timeout)
        line.sock = wire  # closed with it
        watch.start()
        if isinstance(wire, ssl.SSLSocket):
            wire.do_handshake()  # under the watch too: it may be dripped as well
        headers = {"Accept": "application/json", "User-Agent": "Fairvisit"}
        if question is None:
            line.request("GET", parts.path + path, headers=headers)
        else:
            body = json.dumps(question, separators=(",", ":"))
            headers["Content-Type"] = "application/json"
            line.request("POST", parts.path + path, body, headers)
        with contextlib.closing(line.getresponse()) as answer:
            raw, status = answer.read(MOST_BYTES + 1), answer.status
            cut = bool(answer.length) and len(raw) <= MOST_BYTES
    except (OSError, HTTPException, ValueError) as error:
        slow = late.is_set() or isinstance(error, TimeoutError)
        raise PlannerError("server.slow" if slow else "server.unreachable") from None
    finally:
        watch.cancel()
        line.close()
    if late.is_set():
        raise PlannerError("server.slow")
    if cut:
        raise PlannerError("server.unreachable")
    if len(raw) > MOST_BYTES:
        raise PlannerError("server.large")
    if status != 200:
        raise PlannerError("server.refused", status=status)
    return raw


def _line_to(parts: SplitResult) -> HTTPConnection:
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    return kind(cast(str, parts.hostname), parts.port)


def _wire(parts: SplitResult, timeout: float) -> socket.socket:
    """A socket that is connected, of TLS before its handshake."""
    host, secret = cast(str, parts.hostname), parts.scheme == "https"
    plain = socket.create_connection((host, parts.port or (443 if secret else 80)), timeout)
    if not secret:
        return plain
    try:
        context = ssl.create_default_context()
        return context.wrap_socket(plain, server_hostname=host, do_handshake_on_connect=False)
    except BaseException:
        plain.close()
        raise


def _no_constant(name: str) -> float:
    raise ValueError(name)


def _blocks(k: int) -> Iterator[slice]:
    for first in range(0, k, BLOCK):
        yield slice(first, first + BLOCK)


def _spots(lat: F64, lon: F64) -> list[tuple[float, float]]:
    return list(zip(np.round(lat, 5).tolist(), np.round(lon, 5).tolist(), strict=True))


def _osrm_path(spots: list[tuple[float, float]]) -> str:
    return ";".join(f"{lon:.5f},{lat:.5f}" for lat, lon in spots)


def _osrm_ok(told: dict[str, Any]) -> None:
    if told.get("code") != "Ok":
        raise PlannerError("server.garbled")


def _column(cells: Any, name: str) -> list[list[Any]]:
    try:
        return [[cell[name] for cell in row] for row in cells]
    except (KeyError, TypeError):
        raise PlannerError("server.garbled") from None


def _table(cells: Any, size: tuple[int, int]) -> F64:
    """Numbers [rows, columns]; null is NaN. Raises PlannerError("server.garbled")."""
    if not isinstance(cells, list) or len(cells) != size[0]:
        raise PlannerError("server.garbled")
    found = np.empty(size)
    for k, row in enumerate(cells):
        if not isinstance(row, list) or len(row) != size[1]:
            raise PlannerError("server.garbled")
        for j, cell in enumerate(row):
            if cell is not None and (isinstance(cell, bool) or not isinstance(cell, int | float)):
                raise PlannerError("server.garbled")
            found[k, j] = np.nan if cell is None or abs(cell) > _MOST_METRES * 2 else cell
            if cell is not None and abs(cell) > _MOST_METRES * 2:
                raise PlannerError("server.garbled")
    return found


def _refuse_nonsense(metres: F64, seconds: F64, crow: F64) -> None:
    """A way that is negative, endless, faster than any car or far shorter than the straight line
    says that the whole answer is not to be trusted."""
    known = ~(np.isnan(metres) | np.isnan(seconds))
    metres[~known] = seconds[~known] = np.nan
    m, s, away = metres[known], seconds[known], crow[known]
    wrong = (m < 0) | (s < 0) | (m > _MOST_METRES) | (s > _MOST_SECONDS) | (m > s * _FASTEST + 500)
    if (wrong | (m + _SNAP < 0.9 * away)).any():
        raise PlannerError("server.garbled")


def _line(spots: list[tuple[float, float]]) -> F64:
    line = np.array(spots, np.float64).reshape(-1, 2)
    inside = (np.abs(line[:, 0]) <= 90) & (np.abs(line[:, 1]) <= 180)
    if not len(line) or not inside.all():
        raise PlannerError("server.garbled")
    return line


def polyline6(text: str) -> list[tuple[float, float]]:
    """The (lat, lon) of an encoded polyline with six decimals (Google's algorithm, factor 1e6).

    Raises ValueError when the text ends amid a number or holds another character.
    """
    values: list[int] = []
    value = shift = 0
    for char in text:
        bits = ord(char) - 63
        if not 0 <= bits < 64 or shift > 60:
            raise ValueError("not a polyline")
        value |= (bits & 31) << shift
        shift += 5
        if bits < 32:
            values.append(~(value >> 1) if value & 1 else value >> 1)
            value = shift = 0
    if shift or len(values) % 2:
        raise ValueError("not a polyline")
    steps = np.cumsum(np.array(values, np.int64).reshape(-1, 2), axis=0) / 1e6
    return [(a, b) for a, b in steps.tolist()]


def as_whole(values: F64, otherwise: I64) -> I64:
    """`values` rounded, `otherwise` where they are NaN."""
    return np.where(np.isnan(values), otherwise, whole(np.nan_to_num(values)))
