"""Simulated laptops and a lead at a hub, each a file of SQLite that outlives its process.

Run as a program, which may be killed at any moment and started again:
    python hub_field.py collectors|lead FOLDER PORT FIRST COUNT ENTRIES PATIENCE [last]
What is committed is told to a truth log outside the database, in one write after the commit.
"""

import contextlib
import hashlib
import os
import random
import sqlite3
import sys
import threading
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[3]), str(Path(__file__).resolve().parent)]

from hub_rows import next_row  # noqa: E402
from hub_server import DATABASE, PASSWORD  # noqa: E402

from planner.errors import PlannerError  # noqa: E402
from planner.store.events import Row  # noqa: E402
from planner.sync import hub_transport  # noqa: E402
from planner.sync.hub import Account, Line  # noqa: E402
from planner.sync.peers import Peer  # noqa: E402

LEAD = "lead1"
THREADS = 4  # laptops of one process that are at it at once
ROUND = 25  # entries between two exchanges
_PASSING = ("hub.unreachable", "hub.slow", "hub.login", "hub.refused")
_ROW = "(device TEXT, seq INTEGER, kind TEXT, who TEXT, batch BLOB, occurred INTEGER," \
    " recorded INTEGER, schema INTEGER, key BLOB, payload BLOB, prev BLOB, hash BLOB," \
    " event_id BLOB, PRIMARY KEY (device, seq))"  # fmt: skip


class Way(hub_transport.HubTransport):
    """Each letter says something of its own here: every single one has to arrive."""

    cumulative = False


def name_of(number: int) -> tuple[str, str]:
    """Login and device (also the box) of a laptop."""
    return f"c{number:03d}", f"{number + 1:016x}"


def opened(path: Path) -> sqlite3.Connection:
    """The file of a laptop or of the lead."""
    conn = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
    conn.execute("PRAGMA synchronous = OFF")  # processes are killed here, machines are not
    conn.execute(f"CREATE TABLE IF NOT EXISTS entry {_ROW}")
    conn.execute(
        "CREATE TABLE IF NOT EXISTS letter_in (sum BLOB, box TEXT, PRIMARY KEY (sum, box))"
    )
    conn.execute("CREATE TABLE IF NOT EXISTS number_in (box TEXT, n INTEGER, UNIQUE (box, n))")
    conn.execute(
        "CREATE TABLE IF NOT EXISTS letter_out (box TEXT, body BLOB, put INTEGER DEFAULT 0)"
    )
    return conn


def rows_after(conn: sqlite3.Connection, device: str, after: int) -> list[Row]:
    """Entries of a device behind `after`."""
    return [
        Row(event_id, device_id, seq, *rest)
        for device_id, seq, *rest, event_id in conn.execute(
            "SELECT * FROM entry WHERE device = ? AND seq > ? ORDER BY seq", (device, after)
        )
    ]


def keep(conn: sqlite3.Connection, rows: list[Row]) -> None:
    """Keep entries; one that is there already is an error."""
    conn.execute("BEGIN")
    conn.executemany(
        f"INSERT INTO entry VALUES ({', '.join('?' * 13)})",
        [(row.device_id, row.device_seq, row.kind, row.debtor_id, row.batch, row.occurred_at,
          row.recorded_at, row.schema_v, row.key, row.payload, row.prev_hash, row.hash,
          row.event_id) for row in rows],
    )  # fmt: skip
    conn.execute("COMMIT")


class Truth:
    """A log that is right whatever happens to the process: whole lines, written after a commit."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def tell(self, lines: list[str]) -> None:
        """Add lines by one write."""
        os.write(self._file, "".join(f"{line}\n" for line in lines).encode())


def letters_in(conn: sqlite3.Connection, way: hub_transport.HubTransport) -> None:
    """Take what waits: kept first, then confirmed."""
    for parcel in way.waiting():
        box, _, number = parcel.name.partition("/")
        conn.execute("BEGIN")
        conn.execute(
            "INSERT OR IGNORE INTO letter_in VALUES (?, ?)",
            (hashlib.sha256(parcel.body).digest(), box),
        )
        conn.execute("INSERT OR IGNORE INTO number_in VALUES (?, ?)", (box, int(number)))
        conn.execute("COMMIT")
        way.done(parcel)


def letters_out(conn: sqlite3.Connection, way: hub_transport.HubTransport) -> None:
    """Hand over what was written, the oldest first."""
    for row, box, body in conn.execute(
        "SELECT rowid, box, body FROM letter_out WHERE put = 0 ORDER BY rowid"
    ).fetchall():
        way.put(Peer(box, "collector", "", "", b"", b""), row, body)
        conn.execute("UPDATE letter_out SET put = 1 WHERE rowid = ?", (row,))


def write_letter(
    conn: sqlite3.Connection, truth: Truth, box: str, direction: str, chance: random.Random
) -> None:
    """A new letter: committed, then told."""
    size = chance.choice((300, 20_000, 60_000, 60_000, 1_500_000 if chance.random() < 0.1 else 900))
    body = os.urandom(size)
    conn.execute("INSERT INTO letter_out (box, body) VALUES (?, ?)", (box, body))
    truth.tell([f"letter {direction} {box} {hashlib.sha256(body).hexdigest()}"])


class Field:
    """What every simulated machine of a process shares."""

    def __init__(self, folder: Path, port: int, entries: int, patience: float, last: bool) -> None:
        self.folder, self.port, self.entries = folder, port, entries
        self.patience, self.last = patience, last
        self.truth = Truth(folder / "truth")

    def line(self, login: str) -> Line:
        """A line that is short of patience."""
        account = Account("127.0.0.1", self.port, DATABASE, login, password=PASSWORD)
        return Line(
            account, patience=self.patience, tries=3, sleep=lambda pause: time.sleep(pause / 4)
        )

    def laptop(self, number: int) -> None:
        """Work and exchange until all entries are at the hub; `last`: once more, without work."""
        login, device = name_of(number)
        chance = random.Random(os.urandom(8))
        with contextlib.closing(opened(self.folder / f"{login}.db")) as conn:
            while True:
                there = conn.execute("SELECT coalesce(max(seq), 0) FROM entry").fetchone()[0]
                if there < self.entries and not self.last:
                    self._work(conn, device, min(ROUND, self.entries - there), chance)
                try:
                    with Way(self.line(login), device, {}) as way:
                        held, _ = way.chains.held(device)
                        rows = rows_after(conn, device, held)
                        at_hub = way.chains.push(device, rows) if rows else held
                        letters_out(conn, way)
                        letters_in(conn, way)
                except PlannerError as error:
                    if error.code not in _PASSING:
                        raise
                    continue
                if at_hub == self.entries or self.last:
                    return

    def _work(
        self, conn: sqlite3.Connection, device: str, count: int, chance: random.Random
    ) -> None:
        known = rows_after(conn, device, -1)[-1:]
        made: list[Row] = []
        for _ in range(count):
            made.append(next_row(device, (known + made or [None])[-1], chance))
        keep(conn, made)
        self.truth.tell([f"entry {row.device_id} {row.device_seq} {row.hash.hex()}"
                         for row in made])  # fmt: skip
        if chance.random() < 0.2:
            write_letter(conn, self.truth, device, "up", chance)

    def lead(self, count: int) -> None:
        """Write to laptops and fetch from them until there is a file `stop`; `last`: once."""
        boxes = [name_of(number)[1] for number in range(count)]
        chance = random.Random(os.urandom(8))
        collectors = {box: f"K{number}" for number, box in enumerate(boxes)}
        with contextlib.closing(opened(self.folder / "lead.db")) as conn:
            while True:
                stop = (self.folder / "stop").exists() or self.last
                for box in chance.sample(boxes, min(len(boxes), 10)) if not stop else ():
                    write_letter(conn, self.truth, box, "down", chance)
                try:
                    with Way(self.line(LEAD), "", collectors) as way:
                        letters_out(conn, way)
                        held = dict(
                            conn.execute("SELECT device, max(seq) FROM entry GROUP BY device")
                        )
                        for pulled in way.chains.pull(held):
                            keep(conn, list(pulled.rows))
                        letters_in(conn, way)
                except PlannerError as error:
                    if error.code not in _PASSING:
                        raise
                    continue
                if stop:
                    return
                time.sleep(0.1)


def main(arguments: list[str]) -> None:
    """The program; see above."""
    what, folder, *figures = arguments
    port, first, count, entries = (int(one) for one in figures[:4])
    field = Field(Path(folder), port, entries, float(figures[4]), "last" in figures)
    if what == "lead":
        field.lead(count)
        return
    todo = list(range(first, first + count))
    failed: list[BaseException] = []

    def work() -> None:
        while todo and not failed:
            try:
                field.laptop(todo.pop(0))
            except BaseException as error:
                failed.append(error)
                raise

    threads = [threading.Thread(target=work) for _ in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main(sys.argv[1:])
