"""The whole way of data: `python tests/benchmarks/book.py [import] [rank] [plan] [--persons N]`.

import: 10,000 rows of loans (--rows for more), XLSX and CSV, from the file into the encrypted
workspace, and once more when nothing is new; goal a few seconds. rank: 100,000 persons with five
contacts each out of the workspace: facts, rules, points; goal < 1 s CPU. plan: a day of 2,000
candidates and twenty crews, until the first plan, the end of the search, the reasons, the saved
plan.
"""

import argparse
import csv
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

import xlsxwriter
from intake import HEADERS, make_rows
from made_book import DAY, clock, make_book
from report import Took, best, machine, table, timed

from planner.actions import make_plan as planning
from planner.actions.day_problem import day_problem
from planner.actions.import_files import import_files
from planner.actions.rank import hubs, rank
from planner.geo.travel import StraightLine
from planner.policy.judge_many import judge_many
from planner.policy.pack import default_policy
from planner.ranking.params import Weights, load_params
from planner.ranking.preview import order_of
from planner.ranking.score import score_many, weigh
from planner.routing.check import faults
from planner.routing.reasons import reasons
from planner.routing.solve import solve
from planner.store.facts import load_facts
from planner.store.store import Store

ROWS = 10_000
CANDIDATES = 2_000
HEADS = ("", "CPU s", "wall s")


def _row(name: str, took: Took) -> list[str]:
    return [name, f"{took.cpu:.2f}", f"{took.wall:.2f}"]


def write_files(folder: Path, count: int) -> list[Path]:
    """The same loans as XLSX and as CSV."""
    rows = [list(HEADERS), *make_rows(count)]
    plain, book = folder / "cases.csv", folder / "cases.xlsx"
    with plain.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    workbook = xlsxwriter.Workbook(book, {"constant_memory": True})
    sheet = workbook.add_worksheet()
    for at, row in enumerate(rows):
        for column, text in enumerate(row):
            sheet.write_string(at, column, text)
    workbook.close()
    return [book, plain]


def measure_import(folder: Path, count: int, runs: int) -> list[list[str]]:
    """Each file into a new workspace, then once more into the same."""
    rows = []
    for path in write_files(folder, count):
        first: list[Took] = []
        again: list[Took] = []
        for run in range(runs):
            with Store.create(folder / f"{path.suffix[1:]}-{run}.fairvisit", clock=clock) as store:
                bring = partial(import_files, store, [path], clock=clock)
                first.append(timed(bring)[1])
                again.append(timed(bring)[1])
        for name, took in (("", first), (", nothing new", again)):
            least = Took(min(t.cpu for t in took), min(t.wall for t in took))
            rows.append(_row(f"import {count} rows {path.suffix[1:]}{name}", least))
    return rows


def measure_rank(folder: Path, persons: int, runs: int) -> list[list[str]]:
    """The action as a whole, then its parts."""
    params, weights, policy = load_params(), Weights(), default_policy()
    with make_book(folder / "many.fairvisit", persons) as store:
        ranking, whole = best(partial(rank, store, DAY), runs)

        def facts() -> Any:
            with store.read() as conn:
                return load_facts(conn, DAY, zone=store.zone)

        found, loading = best(facts, runs)
    verdicts, judging = best(partial(judge_many, found, policy, DAY), runs)
    scores, scoring = best(
        lambda: score_many(
            found, DAY, params, weights, verdicts.eligible, verdicts.windows, hubs(ranking.crews),
            barred=policy.barred_kinds,
        ),
        runs,
    )  # fmt: skip
    _, ordering = best(partial(order_of, scores, verdicts.eligible), runs)
    _, weighing = best(partial(weigh, scores.basis, Weights(amount=1.5)), runs)
    return [
        _row(f"rank {persons} persons", whole),
        _row("– facts out of the workspace", loading),
        _row("– rules", judging),
        _row("– points", scoring),
        _row("– order", ordering),
        _row("other weights (a slider moves)", weighing),
    ]


def measure_plan(folder: Path, seconds: float) -> list[list[str]]:
    """A day's plan stage by stage, then the action as the window calls it."""
    with make_book(folder / "day.fairvisit", CANDIDATES, fresh=True) as store:
        ranking, ranked = timed(partial(rank, store, DAY))
        task, posed = timed(partial(day_problem, ranking, StraightLine(), store.zone))
        problem = task.problem
        began, cpu = time.perf_counter(), time.process_time()
        first: list[Took] = []

        def note(_progress: object) -> None:
            if not first:
                first.append(Took(time.process_time() - cpu, time.perf_counter() - began))

        solution, solved = timed(partial(solve, problem, seconds=seconds, on_progress=note))
        wrong, checked = timed(partial(faults, problem, solution))
        told, reasoned = timed(partial(reasons, problem, solution))
        make = partial(planning.make_plan, store, DAY, clock=clock, seconds=seconds)
        plan, whole = timed(partial(make, ranking=ranking))
    assert wrong == []
    stops = sum(len(route.stops) for route in plan.routes)
    print(f"{plan.candidates} candidates, {stops} stops, {len(told)} reasons\n")
    return [
        _row(f"rank {CANDIDATES} persons", ranked),
        _row("pose the problem (travel times, windows)", posed),
        _row("– until the first plan", first[0] if first else solved),
        _row(f"search of {seconds:g} s", solved),
        _row("independent check", checked),
        _row("reasons of all who stay out", reasoned),
        _row("make_plan as a whole (problem … saved)", whole),
        _row("– of it besides the search", Took(whole.cpu - solved.cpu, whole.wall - solved.wall)),
    ]


def main() -> None:
    """Run what was asked, by default all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", nargs="*", help="import, rank, plan; all without a word")
    parser.add_argument("--persons", type=int, default=100_000, help="of rank")
    parser.add_argument("--rows", type=int, default=ROWS, help="of import")
    parser.add_argument("--seconds", type=float, default=5.0, help="of the search")
    parser.add_argument("--runs", type=int, default=3, help="the best of so many")
    given = parser.parse_args()
    what = given.what or ["import", "rank", "plan"]
    if set(what) - {"import", "rank", "plan"}:
        parser.error("import, rank, plan")
    print(machine(), end="\n\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "import" in what:
            table(HEADS, measure_import(folder, given.rows, given.runs))
            print()
        if "rank" in what:
            table(HEADS, measure_rank(folder, given.persons, given.runs))
            print()
        if "plan" in what:
            table(HEADS, measure_plan(folder, given.seconds))


if __name__ == "__main__":
    main()
