"""How long an exchange by a folder takes: `python tests/benchmarks/exchange.py [--persons N]`.

A lead with N persons (five entries each), all of one collector: the first delivery made and merged,
then 200 visits back, then an exchange with nothing new; wall seconds, the backup before a merge
included. The last lines are the counts of unsent entries for the foot of the window, in
milliseconds. Goal: 0.1 ms for these.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from report import machine, table

from planner.store.events import NewEvent
from planner.store.identity import make_debtors
from planner.store.store import Store
from planner.sync import pairing
from planner.sync.exchange import exchange, unsent
from planner.sync.folder import Folder

NOW = datetime(2026, 3, 2, 1, 30, tzinfo=UTC)
LOOKS = 100


def clock() -> datetime:
    """A morning that does not pass."""
    return NOW


def visit(who: str, minutes: int) -> NewEvent:
    """Nobody was met."""
    told = {"channel": "visit", "code": "VIS-NC"}
    return NewEvent("contact", who, NOW - timedelta(minutes=minutes), told)


def team(folder: Path, count: int) -> tuple[Store, Store, list[str]]:
    """A lead with persons, and the laptop of the collector who has them all."""
    places = [folder / name for name in ("lead", "laptop", "share")]
    for place in places:
        place.mkdir()
    lead, laptop = (Store.create(place / "w.fairvisit", clock=clock) for place in places[:2])
    pairing.make_lead(lead, "L")
    card, code = pairing.begin_joining(laptop, "C", "C-1")
    pairing.join(laptop, pairing.admit(lead, card, code, NOW), NOW)
    with lead.write() as tx:
        ids = list(make_debtors(tx, [f"id:{k}" for k in range(count)]).values())
        tx.append([NewEvent("person.listed", who, NOW, {"name": f"N{k}"})
                   for k, who in enumerate(ids)])  # fmt: skip
        tx.append([visit(who, k) for who in ids for k in range(3)])
        tx.append([NewEvent("assigned", who, NOW, {"collector_id": "C-1"}) for who in ids])
    return lead, laptop, ids


def looked(store: Store) -> float:
    """Milliseconds of one look at the number of unsent entries."""
    with store.read() as conn:
        begin = time.perf_counter()
        for _ in range(LOOKS):
            unsent(conn)
        return (time.perf_counter() - begin) * 1000 / LOOKS


def main(count: int) -> None:
    """Print the table."""
    rows: list[list[str]] = []

    def timed(name: str, job: Callable[[], object]) -> None:
        begin = time.perf_counter()
        job()
        rows.append([name, f"{time.perf_counter() - begin:.2f} s"])

    with tempfile.TemporaryDirectory() as name:
        lead, laptop, ids = team(Path(name), count)

        def go(store: Store) -> Callable[[], object]:
            return lambda: exchange(store, Folder(store, Path(name) / "share"), clock=clock)

        timed("lead hands over everybody", go(lead))
        timed("laptop takes them in", go(laptop))
        timed("lead hears that", go(lead))
        with laptop.write() as tx:
            tx.append([visit(who, -1) for who in ids[:200]])
        rows.append(["unsent, laptop", f"{looked(laptop):.3f} ms"])
        timed("laptop hands over 200 visits", go(laptop))
        timed("lead takes them in", go(lead))
        timed("nothing new, laptop", go(laptop))
        timed("nothing new, lead", go(lead))
        rows.append(["unsent, lead", f"{looked(lead):.3f} ms"])
        lead.close()
        laptop.close()
    print(f"{count} persons, {5 * count} entries; {machine()}\n")
    table(["step", "takes"], rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=2000)
    main(parser.parse_args().persons)
