"""How long offers on a plan take: smallest changes, one of them done, gaps filled, planned on.

    python tests/benchmarks/edits.py [--persons 2000] [--rounds 5]

A made-up book in an encrypted workspace, four crews; CPU seconds of the process, median of rounds.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "planner" / "actions"))

from plan_book import DAY, book_bench, clock, make_book
from report import machine, table

from planner.actions.bring_in import bring_in, smallest_changes
from planner.actions.fill_gaps import fill_gaps
from planner.actions.make_plan import make_plan
from planner.actions.noon import Noon
from planner.actions.replan_day import replan_day


def timed(deed: Callable[[], Any], rounds: int) -> tuple[float, float]:
    """(median, worst) CPU seconds."""
    found = []
    for _ in range(rounds):
        begun = time.process_time()
        deed()
        found.append(time.process_time() - begun)
    return statistics.median(found), max(found)


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--persons", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5)
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        make_book(Path(folder) / "b.fairvisit", given.persons) as store,
    ):
        bench = book_bench(store)
        plan = make_plan(store, DAY, clock=clock, seconds=5, ranking=bench.ranking)
        noon = clock() + timedelta(hours=4)
        changes = smallest_changes(store, bench, plan)
        crews = [crew.crew_id for crew in bench.ranking.crews]
        last = [route.stops[-1].debtor_id for route in plan.routes if route.stops]
        left = next(u.debtor_id for u in plan.not_planned if u.reason in ("LOW_VALUE", "DISPLACED"))
        came_up = Noon(
            until={crews[0]: noon + timedelta(hours=1)}, slower=120,
            ill={crews[1]: frozenset([f"{crews[1]}-0"])}, urgent=frozenset([left]),
            settled=frozenset(last[-1:]),
        )  # fmt: skip
        who = next(one for one, change in changes.items() if change.kind == "SWAP")
        deeds: dict[str, Callable[[], Any]] = {
            f"smallest changes of all {len(changes)} left out":
                lambda: smallest_changes(store, bench, plan),
            "one of them done (search 0.3 s)":
                lambda: bring_in(store, bench, plan, who, changes[who], clock=clock),
            "gaps filled (search 1 s)": lambda: fill_gaps(store, bench, plan, clock=clock),
            f"planned on from noon, {plan.stops} stops (search 0.3 s)":
                lambda: replan_day(store, bench, plan, clock=lambda: noon, assume_made=True),
            "the same in the rain, a car standing, one ill, one urgent, one settled":
                lambda: replan_day(
                    store, bench, plan, clock=lambda: noon, assume_made=True, noon=came_up
                ),
        }  # fmt: skip
        rows = []
        for name, deed in deeds.items():
            median, worst = timed(deed, given.rounds)
            rows.append((name, f"{median:.2f}", f"{worst:.2f}"))
    print(machine(), end="\n\n")
    table(("what", "CPU s, median", "worst"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
