"""Laptops and a lead at a real hub while links are cut, programs killed and the server crashes:
nothing is lost, doubled or missed. Also run by hand, with figures:
    python -m pytest tests/planner/sync/test_hub_faults.py --full -s
"""

import contextlib
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from fault_proxy import FaultProxy
from hub_field import LEAD, name_of, opened, rows_after
from hub_server import Server
from hub_server import hub_server as hub_server

from planner.store.events import chain

PROGRAM = Path(__file__).with_name("hub_field.py")


class Herd:
    """The client processes of a run: started, killed and started again until they have done."""

    def __init__(self, folder: Path, port: int, laptops: int, entries: int, share: int) -> None:
        self.folder = folder
        common = [str(entries), "0.6"]
        self.commands = {
            f"from {first}": ["collectors", folder, port, first, min(share, laptops - first)]
            for first in range(0, laptops, share)
        } | {"lead": ["lead", folder, port, 0, laptops]}
        self.commands = {
            name: [str(one) for one in command] + common for name, command in self.commands.items()
        }
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.faults: Counter[str] = Counter()

    def start(self, name: str) -> None:
        """Start one of them."""
        with (self.folder / "trouble").open("ab") as trouble:
            self.running[name] = subprocess.Popen(
                [sys.executable, str(PROGRAM), *self.commands[name]], stderr=trouble
            )

    def kill(self, name: str) -> None:
        """Kill one without warning, if it still runs, and start it again."""
        if self.running[name].poll() is None:
            self.running[name].kill()
            if self.running[name].wait() == -signal.SIGKILL:
                self.faults["kill"] += 1
                self.start(name)

    def busy(self) -> list[str]:
        """Who still runs; one that has failed fails the test."""
        for name, one in self.running.items():
            trouble = (self.folder / "trouble").read_text(errors="replace")
            assert one.poll() in (None, 0), f"{name}: {trouble[-3000:]}"
        return [name for name, one in self.running.items() if one.poll() is None]

    def once(self, port: int, order: tuple[str, ...]) -> None:
        """A last round without faults."""
        for kind in order:
            for name, command in self.commands.items():
                if (name == "lead") == (kind == "lead"):
                    line = [*command[:2], str(port), *command[3:], "last"]
                    done = subprocess.run(
                        [sys.executable, str(PROGRAM), *line], capture_output=True, text=True
                    )
                    assert done.returncode == 0, done.stderr[-3000:]


@contextlib.contextmanager
def working_folder() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="fv-field-"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def run(
    server: Server, folder: Path, *, laptops: int, entries: int, share: int, kills: int,
    crashes: int, pause: float, resets: int, stalls: int, seed: int,
) -> tuple[Counter[str], float]:  # fmt: skip
    """One run with faults and a last round without; faults and seconds of the former."""
    chance = random.Random(seed)
    server.fresh()
    members = {name_of(number)[0]: ("collector", "north") for number in range(laptops)}
    server.enrol(members | {LEAD: ("lead", "north")})  # type: ignore[arg-type]
    with FaultProxy(server.port, resets=resets, stalls=stalls, seed=seed) as proxy:
        herd = Herd(folder, proxy.port, laptops, entries, share)
        begun = time.monotonic()
        for name in herd.commands:
            herd.start(name)
        deeds = ["kill"] * kills + ["crash"] * crashes
        chance.shuffle(deeds)
        try:
            while set(herd.busy()) - {"lead"}:
                time.sleep(pause)
                if not deeds:
                    continue
                if deeds.pop() == "kill":
                    herd.kill(chance.choice(herd.busy() or ["lead"]))
                else:
                    server.stop("immediate")
                    server.start()
                    herd.faults["crash"] += 1
            seconds = time.monotonic() - begun
            (folder / "stop").touch()
            herd.running["lead"].wait()
            herd.busy()
        finally:
            for one in herd.running.values():
                one.kill()
                one.wait()
    herd.once(server.port, ("lead", "collectors", "lead"))
    return herd.faults + proxy.faults, seconds


def check(server: Server, folder: Path, laptops: int, entries: int) -> dict[str, int]:
    """Compare the truth with the hub, the lead and the laptops; what is wrong, all 0."""
    told = [line.split() for line in (folder / "truth").read_text().splitlines()]
    truth = {(one[1], int(one[2]), one[3]) for one in told if one[0] == "entry"}
    assert len(truth) <= laptops * entries
    with server.connect() as conn:
        at_hub = [
            (device, seq, bytes(digest).hex())
            for device, seq, digest in conn.execute(
                "SELECT device_id, device_seq, hash FROM app.event"
            )
        ]
        last = dict(conn.execute("SELECT box, ARRAY[up_last, down_last] FROM app.box").fetchall())
        waiting = conn.execute("SELECT count(*) FROM app.delivery").fetchone()
    wrong = {"waiting": waiting[0] if waiting else -1, "content": 0}
    down: set[tuple[str, str]] = set()
    numbers: list[tuple[str, int, int]] = []
    with contextlib.closing(opened(folder / "lead.db")) as lead:
        pulled = [row for number in range(laptops)
                  for row in rows_after(lead, name_of(number)[1], 0)]  # fmt: skip
        wrong["content"] += sum(
            chain(row.prev_hash, row.header(), row.payload) != row.hash for row in pulled
        )
        up = letters(lead)
        numbers += [(box, 0, n) for box, n in lead.execute("SELECT box, n FROM number_in")]
    for number in range(laptops):
        login, device = name_of(number)
        with contextlib.closing(opened(folder / f"{login}.db")) as conn:
            down |= letters(conn)
            numbers += [(device, 1, n) for _, n in conn.execute("SELECT box, n FROM number_in")]
            own = rows_after(conn, device, 0)
            mine = {(row.device_seq, row.hash) for row in own}
            theirs = {(row.device_seq, row.hash) for row in pulled if row.device_id == device}
            wrong["content"] += len(mine ^ theirs)
    at_lead = [(row.device_id, row.device_seq, row.hash.hex()) for row in pulled]
    wrong["lost"] = len(truth - set(at_hub)) + len(truth - set(at_lead))
    # A program that was killed between its commit and its word to the log has told too little.
    wrong["doubled"] = len(at_hub) - len(set(at_hub)) + len(at_lead) - len(set(at_lead))
    wrong["count"] = abs(len(at_hub) - laptops * entries) + abs(len(at_lead) - laptops * entries)
    sent = {(one[1], one[2], one[3]) for one in told if one[0] == "letter"}
    wrong["missed"] = len({one[1:] for one in sent if one[0] == "down"} - down)
    wrong["missed up"] = len({one[1:] for one in sent if one[0] == "up"} - up)
    expected = {(box, way, n) for box, both in last.items() for way in (0, 1)
                for n in range(1, both[way] + 1)}  # fmt: skip
    wrong["numbers"] = len(expected ^ set(numbers))
    return wrong


def letters(conn: sqlite3.Connection) -> set[tuple[str, str]]:
    """(box, sum) of every letter that was taken."""
    return {
        (box, bytes(total).hex()) for total, box in conn.execute("SELECT sum, box FROM letter_in")
    }


def test_nothing_is_lost_doubled_or_missed(hub_server: Server) -> None:
    """Six laptops and a lead through cut and silent links, killed programs and a crash of the
    server: every entry is there once, every letter arrives, numbers have no gap."""
    with working_folder() as folder:
        faults, _ = run(
            hub_server, folder, laptops=6, entries=75, share=3, kills=2, crashes=1, pause=0.5,
            resets=40, stalls=5, seed=1,
        )  # fmt: skip
        wrong = check(hub_server, folder, 6, 75)
        assert not any(wrong.values()), wrong
        assert faults["reset"] >= 3
        assert faults["crash"] == 1
        with contextlib.closing(opened(folder / "lead.db")) as lead:  # would it be seen?
            lead.execute("DELETE FROM entry WHERE seq = 40 AND device = ?", (name_of(2)[1],))
            lead.execute("DELETE FROM number_in WHERE rowid = 1")
        wrong = check(hub_server, folder, 6, 75)
        assert (wrong["lost"], wrong["content"], wrong["numbers"]) == (1, 1, 1)


@pytest.mark.full
def test_two_hundred_laptops(hub_server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    """The same with 200 laptops of 500 entries each and at least 500 faults."""
    with working_folder() as folder:
        faults, seconds = run(
            hub_server, folder, laptops=200, entries=500, share=50, kills=40, crashes=4, pause=1.5,
            resets=30, stalls=4, seed=2,
        )  # fmt: skip
        wrong = check(hub_server, folder, 200, 500)
        told = Counter(line.split()[0] for line in (folder / "truth").read_text().splitlines())
    with capsys.disabled():
        sys.stdout.write(
            f"\n200 laptops x 500 entries, {told['letter']} letters: {seconds:.0f} s,"
            f" {100_000 / seconds:.0f} entries/s; faults {sum(faults.values())} {dict(faults)};"
            f" wrong {wrong}\n"
        )
    assert not any(wrong.values()), wrong
    assert sum(faults.values()) >= 500
