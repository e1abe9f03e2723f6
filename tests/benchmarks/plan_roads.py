"""What roads cost a plan of the demo: the tables of ways, the whole of `make_plan`, an edit.

Run: python tests/benchmarks/plan_roads.py
"""

import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demo_time import DEMO_DAY, demo_clock

from planner.actions.compare_travel import compare_travel
from planner.actions.edit_plan import bench_of, move
from planner.actions.make_demo import bring_demo_roads, make_demo
from planner.actions.make_plan import make_plan
from planner.actions.rank import rank
from planner.actions.route_shapes import route_lines
from planner.actions.travel import estimates_of
from planner.geo import kept_travel
from planner.store.store import Store

ITERATIONS = 500


def timed(what: str, job: Callable[[], object]) -> object:
    """Run it and print the seconds."""
    begin = time.perf_counter()
    answer = job()
    print(f"{what:58} {time.perf_counter() - begin:8.3f} s")
    return answer


def main() -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        path, _ = make_demo(Path(folder), DEMO_DAY, clock=demo_clock, roads=False)
        timed("road pack of the demo, extract and build", partial(bring_demo_roads, path, 20260))
        with Store.open(path, clock=demo_clock) as store:
            ranking = rank(store, DEMO_DAY)
            plan = partial(
                make_plan, store, DEMO_DAY, clock=demo_clock, iterations=ITERATIONS,
                ranking=ranking,
            )  # fmt: skip
            plan(travel=estimates_of(store))
            timed("make_plan, estimated", lambda: plan(travel=estimates_of(store)))
            timed("make_plan by road, packs opened and tables made", plan)
            made = plan()
            timed("make_plan by road again", plan)
            bench = bench_of(store, ranking)
            stop = made.routes[0].stops[0].debtor_id
            timed("a stop moved", lambda: move(bench, made, stop, made.routes[0].crew_id, 2))
            kept_travel.forget()
            timed("lines of all rounds", lambda: route_lines(store, made))
            timed("the same rounds by road and by estimate", lambda: compare_travel(store, made))
            minutes = sorted(abs(one.minutes) for one in compare_travel(store, made).arrivals)
            half, most = minutes[len(minutes) // 2], minutes[-1]
            print(f"{made.stops} visits: estimates {half:.0f} min off, {most:.0f} at most")


if __name__ == "__main__":
    main()
