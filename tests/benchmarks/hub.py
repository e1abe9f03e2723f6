"""How fast a hub takes entries, by how many come in one call, and gives them to the lead.

    python tests/benchmarks/hub.py [--entries 4000] [--writers 4]

A PostgreSQL of its own on this machine, checks of every hash included; wall seconds. The server
and the writers share the processors.
"""

import argparse
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "planner" / "sync"))

from hub_rows import made_rows
from hub_server import Server, binaries
from report import machine, table

from planner.store.events import Row
from planner.sync.hub import Line
from planner.sync.hub_transport import HubTransport

SIZES = (1, 50, 200, 1000)
PAYLOAD = 350  # bytes of a sealed entry, about


def push(server: Server, login: str, device: str, rows: list[Row], size: int) -> None:
    """Hand over `rows` of a new device, `size` in one call."""
    with HubTransport(Line(server.account(login)), device, {}) as way:
        way.chains.held(device)
        for first in range(0, len(rows), size):
            way.chains.push(device, rows[first : first + size])


def measured(server: Server, entries: int, writers: int) -> list[list[str]]:
    """A line of the table for each size of a call, one for several writers, one for the lead."""
    lines = []
    for device, size in enumerate(SIZES, 1):
        name = f"{device:016x}"
        rows = made_rows(name, entries if size > 1 else max(50, entries // 10), size=PAYLOAD)
        begun = time.perf_counter()
        push(server, "c0", name, rows, size)
        seconds = time.perf_counter() - begun
        lines.append([f"{size} in a call", f"{len(rows):,}", f"{len(rows) / seconds:,.0f}"])
    work = [(f"c{number}", f"{100 + number:016x}") for number in range(writers)]
    rows_of = {name: made_rows(name, entries, size=PAYLOAD) for _, name in work}
    begun = time.perf_counter()
    with ThreadPoolExecutor(writers) as pool:
        list(pool.map(lambda one: push(server, one[0], one[1], rows_of[one[1]], 200), work))
    seconds = time.perf_counter() - begun
    many = entries * writers
    lines.append([f"200 in a call, {writers} writers", f"{many:,}", f"{many / seconds:,.0f}"])
    for login, box in work:  # the lead knows a login by its box
        with HubTransport(Line(server.account(login)), box, {}) as way:
            list(way.waiting())
    with HubTransport(
        Line(server.account("lead1")), "", {box: "K" + box for _, box in work}
    ) as way:
        begun = time.perf_counter()
        many = sum(len(one.rows) for one in way.chains.pull({}))
        seconds = time.perf_counter() - begun
    lines.append(["fetched by the lead", f"{many:,}", f"{many / seconds:,.0f}"])
    return lines


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=4000)
    parser.add_argument("--writers", type=int, default=4)
    given = parser.parse_args()
    commands = binaries()
    if commands is None:
        print("no PostgreSQL from 15 on is installed")
        return 1
    with tempfile.TemporaryDirectory(prefix="fv-hub-", dir="/tmp") as folder:
        server = Server(Path(folder), commands)
        server.make()
        try:
            server.fresh()
            logins = {f"c{number}": ("collector", "north") for number in range(given.writers)}
            server.enrol(logins | {"lead1": ("lead", "north")})  # type: ignore[arg-type]
            lines = measured(server, given.entries, given.writers)
        finally:
            server.stop()
    print(machine())
    table(["entries", "count", "a second"], lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
