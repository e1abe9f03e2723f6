"""The largest book: `python tests/benchmarks/scale_store.py make FILE [persons]`, then `… measure`.

`make` writes an encrypted workspace of 1,000,000 persons with 5,000,000 events (four contacts each,
every other person a promise and a payment) straight into its tables, past the deeds of the program:
minutes instead of hours. The derived tables and the search words are what the program would have
made; the sealed payloads of the events are noise of the usual length, so that no timeline can be
opened. `measure` prints CPU seconds and the peak of memory: facts, rules and points in a process of
its own, then searches and pages. Goals for a million: 3 s, 600 MB, 50 ms, 100 ms.
"""

import argparse
import itertools
import json
import os
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
from report import machine, table

from planner.actions.rank import rank
from planner.domain.codes import CODE_INDEX
from planner.store import keys, search
from planner.store.driver import Connection, connect
from planner.store.envelope import envelope_paths
from planner.store.facts import keep_blocks
from planner.store.finding import find_pids
from planner.store.migrations import migrate
from planner.store.people import load_rows
from planner.store.state import mark
from planner.store.store import Store

NOW = datetime(2026, 11, 20, 0, 30, tzinfo=UTC)  # a Friday, 08:30 in Shanghai
DAY = date(2026, 11, 20)
PERSONS = 1_000_000
CONTACTS = 4  # each; every other person has a promise and a payment too
_CHUNK = 50_000
_FAMILY = "张王李赵刘陈杨黄周吴徐孙马朱胡郭何林罗高"
_GIVEN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华建国"
_TOWNS = [f"{a}{b}镇" for a in "河山云石金白青龙" for b in "东西南北中口桥湾"]
_LENDERS = [f"虚构{name}消费金融" for name in "甲乙丙丁戊己庚辛"]
_CODES = ("CALL-NA", "CALL-NA", "CALL-BUSY", "CALL-RPC", "VIS-NC")
_SEARCHES = ("张伟", "张", "zwm", "zw", "4321", "1391", "河东", "99000019", "伟 河东", "HT00012345",
             "青石路77号", "z", "1", "13", "139", "990000")  # fmt: skip


def clock() -> datetime:
    """The moment of the benchmark."""
    return NOW


def make(path: Path, persons: int) -> None:
    """A new workspace of `persons` at `path`; an old one there is replaced."""
    for old in (path, *envelope_paths(path), Path(f"{path}-wal"), Path(f"{path}-shm")):
        old.unlink(missing_ok=True)
    with Store.create(path, clock=clock) as store:
        key, device = store.key_for_copies(), store.device_id
    conn = connect(path, key)
    conn.execute("PRAGMA journal_mode = MEMORY").fetchone()
    for pragma in ("synchronous = OFF", "secure_delete = OFF", "cache_size = -400000"):
        conn.execute(f"PRAGMA {pragma}").fetchone()
    later = list(
        conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
            " AND tbl_name IN ('event', 'loan', 'person', 'address', 'contact')"
        )
    )
    for name, _ in later:
        conn.execute(f"DROP INDEX {name}")
    for start in range(0, persons, _CHUNK):
        conn.execute("BEGIN")
        _write(conn, device, start, min(persons, start + _CHUNK))
        conn.execute("COMMIT")
        print(f"\r{min(persons, start + _CHUNK)} persons", end="", flush=True)
    print("\nindexes")
    for _, statement in later:
        conn.execute(statement)
    conn.execute("INSERT INTO search(search) VALUES ('optimize')")
    conn.execute("ANALYZE")
    conn.execute("PRAGMA journal_mode = WAL").fetchone()
    conn.close()
    print(f"{path.stat().st_size / 1e6:.0f} MB")


def _write(conn: Connection, device: str, start: int, end: int) -> None:
    """Persons `start` to `end` with all that belongs to them."""
    rnd, rng = random.Random(start), np.random.default_rng(start)
    pids = range(start + 1, end + 1)
    who = [f"P{pid * 2654435761 % 32**12:012x}".upper() for pid in pids]
    conn.executemany(
        "INSERT INTO who (pid, debtor_id, key) VALUES (?, ?, ?)",
        zip(pids, who, (os.urandom(32) for _ in pids), strict=True),
    )
    people = [_person(rnd, pid, one) for pid, one in zip(pids, who, strict=True)]
    for name, rows in (
        ("person (pid, name, id_number, phones, flags)", [one[0] for one in people]),
        ("address (pid, address_id, text, kind, region, grade, lat, lon, source, township, mark)",
         [one[1] for one in people]),
        ("loan (pid, case_id, lender, contract_no, product, amount, overdue_since)",
         [one[2] for one in people]),
        ("search (rowid, words)", [(one[0][0], one[3]) for one in people]),
    ):  # fmt: skip
        holes = ", ".join("?" * len(rows[0]))
        conn.executemany(f"INSERT INTO {name} VALUES ({holes})", rows)
    events = _histories(conn, rng, pids, [one[1][-1] for one in people])
    _events(conn, device, start, who, events)


def _person(rnd: random.Random, pid: int, who: str) -> tuple[Any, ...]:
    """Rows of person, address and loan, and the search words."""
    name = rnd.choice(_FAMILY) + "".join(rnd.choices(_GIVEN, k=rnd.choice((1, 2, 2))))
    born = f"{rnd.randrange(1955, 2004)}{rnd.randrange(1, 13):02}{rnd.randrange(1, 29):02}"
    number, phone = f"990000{born}{rnd.randrange(10**4):04}", f"139{rnd.randrange(10**8):08}"
    town, lender = rnd.choice(_TOWNS), rnd.choice(_LENDERS)
    text = f"虚构市虚构县{town}青石路{rnd.randrange(1, 900)}号"
    region = rnd.choice((0, 0, 0, 1, 2))
    lat, lon = 30 + rnd.gauss(0, 0.2), 110 + rnd.gauss(0, 0.2)
    case = f"{lender}/HT{pid:08}"
    flags = 1 << rnd.randrange(4) if rnd.random() < 0.04 else 0
    words = [*search.name_words(name), *search.number_words(number), *search.number_words(phone)]
    words += [*search.place_words(town), *search.street_words(text), *search.case_words(case)]
    since = DAY.toordinal() - rnd.randrange(5, 500)
    return (
        (pid, name, number, json.dumps([phone]), flags),
        (pid, f"{who}-1", text, 0, region, rnd.randrange(3), lat, lon, "", town, mark(f"{who}-1")),
        (pid, case, lender, f"HT{pid:08}", "消费贷", rnd.randrange(10**5, 10**7), since),
        " ".join(dict.fromkeys(words)),
    )


def _histories(
    conn: Connection, rng: np.random.Generator, pids: range, marks: list[int]
) -> Iterator[tuple[str, int, int, bytes]]:
    """Write contacts, promises and payments; (kind, pid, at, event id) of all of them."""
    now, many = int(NOW.timestamp()), len(pids) * CONTACTS
    of = np.repeat(np.arange(pids.start, pids.stop), CONTACTS)
    at = now - rng.integers(3600, 90 * 86_400, many)
    order = np.lexsort((at, of))
    at, code = at[order], rng.integers(0, len(_CODES), many)
    numbers = np.array([CODE_INDEX[one] for one in _CODES])[code]
    visit = code == _CODES.index("VIS-NC")
    phone = np.where(visit, 0, rng.integers(1, 2**40, many))
    places = np.where(visit, np.repeat(np.array(marks), CONTACTS), 0)
    ids = [os.urandom(16) for _ in range(many + len(pids))]
    conn.executemany(
        "INSERT INTO contact VALUES (?, ?, ?, ?, -1, ?, ?)",
        zip(of.tolist(), at.tolist(), ids[:many], numbers.tolist(), phone.tolist(),
            places.tolist(), strict=True),
    )  # fmt: skip
    told = [("contact", *row) for row in zip(of.tolist(), at.tolist(), ids, strict=False)]
    half = [pid for pid in pids if pid % 2]
    made = (now - rng.integers(20 * 86_400, 90 * 86_400, len(half))).tolist()
    paid = (now - rng.integers(3600, 60 * 86_400, len(half))).tolist()
    conn.executemany(
        "INSERT INTO promise VALUES (?, ?, 90000, ?, ?, '', '', 0)",
        ((pid, f"V{pid}", DAY.toordinal() - 10 - pid % 9, when)
         for pid, when in zip(half, made, strict=True)),
    )  # fmt: skip
    others = iter(ids[many:])
    told += [("promise", pid, when, next(others))
             for pid, when in zip(half, made, strict=True)]  # fmt: skip
    rows = [(pid, when, next(others)) for pid, when in zip(half, paid, strict=True)]
    conn.executemany("INSERT INTO payment VALUES (?, ?, ?, 30000, '')", rows)
    return itertools.chain(told, (("payment", *row) for row in rows))


def _events(
    conn: Connection, device: str, start: int, who: list[str], told: Iterator[tuple[Any, ...]]
) -> None:
    """The rows of the events themselves, with noise where the payloads would be sealed."""
    first = start + 1
    listed = (("person.listed", first + k, int(NOW.timestamp()) - 100 * 86_400, os.urandom(16))
              for k in range(len(who)))  # fmt: skip
    begin = conn.execute("SELECT ifnull(max(seq), 0) FROM event").fetchone()[0]
    batch, link = os.urandom(16), bytes(32)
    conn.executemany(
        "INSERT INTO event (event_id, device_id, device_seq, kind, debtor_id, batch, occurred_at,"
        " recorded_at, schema_v, key, payload, prev_hash, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, 1, NULL, ?, ?, ?)",
        ((event_id, device, begin + 1 + k, kind, who[pid - first], batch, at, at,
          os.urandom(140), link, os.urandom(32))
         for k, (kind, pid, at, event_id) in enumerate(itertools.chain(listed, told))),
    )  # fmt: skip


def main() -> None:
    """Make the workspace or measure on it."""
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    told.add_argument("what", choices=("make", "measure", "rank"))
    told.add_argument("file", type=Path)
    told.add_argument("persons", nargs="?", type=int, default=PERSONS)
    given = told.parse_args()
    if given.what != "make":
        bring_up(given.file)
    if given.what == "make":
        make(given.file, given.persons)
    elif given.what == "rank":
        print(json.dumps(_ranked(given.file)))
    else:
        measure(given.file)


def bring_up(path: Path) -> None:
    """Newer steps of the schema without the checked copy that opening would make: minutes, and the
    check would find that the events are noise."""
    conn = connect(path, keys.open_envelope(path, None).keys[0])
    migrate(conn)
    conn.close()


def _kept(path: Path) -> float:
    """CPU seconds in which all blocks of facts are made anew, as after an import."""
    with Store.open(path, clock=clock) as store:
        with store.write() as tx:
            tx.conn.execute("DELETE FROM pack")
        begun = time.process_time()
        keep_blocks(store)
        return time.process_time() - begun


def _ranked(path: Path) -> dict[str, float]:
    """Rank twice in this process: CPU seconds, and the peak of memory in MB."""
    with Store.open(path, clock=clock) as store:
        begun = time.process_time()
        ranking = rank(store, DAY)
        took = time.process_time() - begun
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        begun = time.process_time()
        rank(store, DAY)
        again = time.process_time() - begun
        return {"persons": ranking.table.n, "first": took, "again": again, "peak": peak}


def measure(path: Path) -> None:
    """Print the table of figures."""
    print(machine(), end="\n\n")
    made = _kept(path)
    told = subprocess.run(
        [sys.executable, __file__, "rank", str(path)], check=True, capture_output=True, text=True
    )
    found = json.loads(told.stdout.splitlines()[-1])
    rows = [
        ["blocks of facts made, once after an import", f"{made:.2f} s CPU"],
        [
            f"rank {found['persons']} persons, first time after opening",
            f"{found['first']:.2f} s CPU",
        ],
        ["the same once more", f"{found['again']:.2f} s CPU"],
        ["peak of memory", f"{found['peak']:.0f} MB"],
    ]
    with Store.open(path, clock=clock) as store, store.read() as conn:
        for text in _SEARCHES:
            ids, took = _best(lambda text=text: find_pids(conn, text))
            _, few = _best(lambda text=text: find_pids(conn, text, 200))
            rows.append(
                [f"search {text}: {len(ids)} found",
                 f"{took * 1000:.0f} ms CPU, the first 200 of them {few * 1000:.0f} ms"]
            )  # fmt: skip
        page = [who for (who,) in conn.execute("SELECT debtor_id FROM who ORDER BY debtor_id")]
        page = page[len(page) // 2 :][:200]
        _, took = _best(lambda: load_rows(conn, page))
        rows.append(["a page of 200 persons", f"{took * 1000:.0f} ms CPU"])
    table(("", ""), rows)


def _best(job: Callable[[], Any], runs: int = 3) -> tuple[Any, float]:
    took = []
    for _ in range(runs):
        begun = time.process_time()
        answer = job()
        took.append(time.process_time() - begun)
    return answer, min(took)


if __name__ == "__main__":
    main()
