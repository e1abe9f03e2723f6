"""Road packs: build time, size, tables, memory and lines, each region in a process of its own.

    python tests/benchmarks/roads.py [--regions liechtenstein demo ...]
    python tests/benchmarks/roads.py --compare http://127.0.0.1:8002 --regions liechtenstein
    python tests/benchmarks/roads.py --osrm http://127.0.0.1:5000 --regions liechtenstein

The second form asks a running Valhalla service, the third an OSRM one, for a thousand legs of the
region and prints how its distances and times relate to ours. Building is timed on the clock;
everything else in CPU seconds of its one thread, so that other work on the machine counts little.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from planner.demo.files import SEED
from planner.demo.osm import write_osm
from planner.demo.prefecture import make_prefecture
from planner.domain.work import Mode
from planner.geo.road_build import build_pack
from planner.geo.road_graph import RoadGraph
from planner.geo.road_pack import open_pack
from planner.geo.road_travel import RoadTravel

DATA = Path(__file__).resolve().parents[1] / "data" / "osm"
REGIONS = {
    "liechtenstein": "liechtenstein.osm.pbf",
    "andorra": "andorra.osm.pbf",
    "north-bayreuth": "north-bayreuth.osm.gz",
    "demo": "",
}
Places = tuple[np.ndarray, np.ndarray]


def extract_of(region: str, folder: Path) -> Path:
    """The region's extract; that of the demo prefecture is made."""
    if REGIONS[region]:
        return DATA / REGIONS[region]
    path = folder / "demo.osm.pbf"
    write_osm(path, make_prefecture(SEED))
    return path


def places(graph: RoadGraph, count: int, spread: float) -> Places:
    """Random places, about `spread` degrees beside the roads that have doors."""
    net = RoadTravel([graph]).question(np.zeros(1), np.zeros(1)).net
    rng = np.random.default_rng(11)
    edges = rng.choice(net.doors, count)
    at = (graph.first[edges] + graph.first[edges + 1]) // 2
    lat, lon = graph.positions()[at].T
    return lat + rng.normal(0, spread, count), lon + rng.normal(0, spread, count)


def measure(region: str) -> dict[str, float]:
    """Seconds, kilobytes and megabytes of one region."""
    with tempfile.TemporaryDirectory() as name:
        source, target = extract_of(region, Path(name)), Path(name) / "x.fvroads"
        began = time.perf_counter()
        info = build_pack(source, target)
        built = time.perf_counter() - began
        began = time.process_time()
        graph = open_pack(target)
        opened = time.process_time() - began
        kilobytes = target.stat().st_size / 1024
    lat, lon = places(graph, 1000, 3e-4)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    travel = RoadTravel([graph])
    began = time.process_time()
    travel.snapped(lat[:1], lon[:1])
    figures = {
        "km": info.metres / 1000, "edges": len(graph.ends), "build": built, "KB": kilobytes,
        "open": opened, "prepare": time.process_time() - began,
    }  # fmt: skip
    for count in (500, 1000):
        began = time.process_time()
        travel.matrix(lat[:count], lon[:count])
        figures[str(count)] = time.process_time() - began
    figures["estimated"] = float(travel.legs_estimated(lat, lon).mean())
    rounds = []
    for first in range(0, 980, 14):  # twelve stops each, from the base and back
        began = time.process_time()
        travel.shape(lat[first : first + 14], lon[first : first + 14])
        rounds.append(time.process_time() - began)
    figures["shape"] = max(rounds)
    figures["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    figures["MB before"] = before
    children = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    return figures | {"MB child": children}


def ask(line: HTTPConnection, method: str, path: str, body: str | None = None) -> dict | None:
    """The answer as data; None when the service finds no way."""
    line.request(method, path, body)
    answer = line.getresponse()
    text = answer.read()
    return json.loads(text) if answer.status == 200 else None


def valhalla(line: HTTPConnection, a: tuple[float, float], b: tuple[float, float]) -> tuple | None:
    """(metres, seconds) of one leg by car."""
    spots = [{"lat": lat, "lon": lon, "radius": 0} for lat, lon in (a, b)]
    # Tracks count at their speed, as with us; otherwise it shuns them beyond the time they take.
    costs = {"auto": {"use_tracks": 1, "service_penalty": 0, "maneuver_penalty": 0}}
    order = {"locations": spots, "costing": "auto", "directions_type": "none"}
    order["costing_options"] = costs
    found = ask(line, "POST", "/route", json.dumps(order))
    if found is None:
        return None
    summary = found["trip"]["summary"]
    return summary["length"] * 1000, summary["time"]


def osrm(line: HTTPConnection, a: tuple[float, float], b: tuple[float, float]) -> tuple | None:
    """(metres, seconds) of one leg by car."""
    spots = ";".join(f"{lon:.6f},{lat:.6f}" for lat, lon in (a, b))
    found = ask(line, "GET", f"/route/v1/driving/{spots}?overview=false")
    if found is None or found["code"] != "Ok":
        return None
    return found["routes"][0]["distance"], found["routes"][0]["duration"]


def compare(region: str, address: str, leg_of: object, count: int = 1000) -> None:
    """Print the ratio of our figures to those of a service over `count` random legs."""
    with tempfile.TemporaryDirectory() as name:
        target = Path(name) / "x.fvroads"
        build_pack(extract_of(region, Path(name)), target)
        graph = open_pack(target)
    lat, lon = places(graph, 2 * count, 0.0)
    travel = RoadTravel([graph])
    line = HTTPConnection(urlsplit(address).netloc, timeout=30)
    metres, seconds, missing = [], [], 0
    for i in range(0, 2 * count, 2):
        two = slice(i, i + 2)
        ours = travel.legs(lat[two], lon[two], Mode.CAR)
        theirs = leg_of(line, (lat[i], lon[i]), (lat[i + 1], lon[i + 1]))  # type: ignore[operator]
        if theirs is None or ours.estimated[0, 1] or theirs[0] < 300:
            missing += 1
            continue
        metres.append(ours.metres[0, 1] / theirs[0])
        seconds.append(ours.seconds[0, 1] / max(1, theirs[1]))
    for what, ratios in (("distance", metres), ("time", seconds)):
        low, middle, high = np.percentile(ratios, (5, 50, 95))
        equal = np.mean(np.abs(np.array(ratios) - 1) < 0.02)
        print(
            f"{region:15} {what:9} legs {len(ratios):4} left out {missing:3} median {middle:.4f}"
            f"  5 % {low:.3f}  95 % {high:.3f}  within 2 %: {equal:.0%}"
        )


def main() -> None:
    """Print the table, or a comparison."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--regions", nargs="+", default=list(REGIONS), choices=REGIONS)
    parser.add_argument("--compare", metavar="URL")
    parser.add_argument("--osrm", metavar="URL")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        print(json.dumps(measure(given.one)))
        return
    if given.compare or given.osrm:
        for region in given.regions:
            compare(region, given.compare or given.osrm, valhalla if given.compare else osrm)
        return
    print(
        "region           road km   edges  build s  pack KB  open s  prepare s  500x500 s"
        "  1000x1000 s  peak MB (before)  child MB  12 stops ms, worst of 70  estimated"
    )
    for region in given.regions:
        command = [sys.executable, __file__, "--one", region]
        one = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
        print(
            f"{region:15} {one['km']:8.0f} {one['edges']:7.0f} {one['build']:8.2f} {one['KB']:8.0f}"
            f" {one['open']:7.3f} {one['prepare']:10.2f} {one['500']:10.2f} {one['1000']:12.2f}"
            f" {one['MB']:9.0f} ({one['MB before']:.0f}) {one['MB child']:13.0f}"
            f" {one['shape'] * 1000:25.0f} {one['estimated']:10.1%}",
            flush=True,
        )


if __name__ == "__main__":
    main()
