"""Records visits one by one and says each id after it was saved, until it is killed."""

import sys
from datetime import UTC, datetime
from pathlib import Path

from planner.store.events import NewEvent
from planner.store.store import Store


def main(path: Path, start: int) -> None:
    """Visits and promises alternate with a larger batch now and then."""
    with Store.open(path, clock=lambda: datetime.now(UTC)) as store:
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        for number in range(start, start + 100_000):
            who, at = f"P{number % 7}", datetime.now(UTC)
            payload = {"channel": "visit", "code": "VIS-NC", "note": str(number)}
            events = [NewEvent("contact", who, at, payload)]
            if number % 10 == 0:
                told = {"promise_id": str(number), "amount": 1, "due": "2026-03-05"}
                events += [NewEvent("promise", f"P{k}", at, told) for k in range(7)]
            with store.write() as tx:
                tx.append(events)
                if number % 25 == 0:
                    tx.conn.execute("PRAGMA wal_autocheckpoint = 20")
            sys.stdout.write(f"{number}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
