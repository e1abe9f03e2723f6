"""The command line: the same deeds as the window, headless, with JSON for other programs.

Exit codes: 0 done (faulty rows are listed, not fatal), 1 refused, 2 wrong usage, 3 a bug.
Errors go to standard error in the user's language. docs/command-line.md shows each answer.
"""

import functools
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from planner import cli_json as shapes
from planner.actions import check as checking
from planner.actions.executors import Place, solve_at
from planner.actions.export_plan import Wish, export_plan
from planner.actions.import_files import import_files
from planner.actions.import_preview import preview_import
from planner.actions.make_plan import make_plan
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import DAYS, plan_week
from planner.actions.policy import active_policy
from planner.actions.rank import rank
from planner.actions.record import record
from planner.actions.undo import undo_batch
from planner.cli_backup import VERBS as BACKUP_VERBS
from planner.cli_crews import VERBS as CREW_VERBS
from planner.cli_edit import VERBS as EDIT_VERBS
from planner.cli_exchange import VERBS as EXCHANGE_VERBS
from planner.cli_executor import executor_options, say_trouble
from planner.cli_export import VERBS as EXPORT_VERBS
from planner.cli_hub import VERBS as HUB_VERBS
from planner.cli_import import choices_for, preview_json, preview_text
from planner.cli_keys import VERBS as KEY_VERBS
from planner.cli_ledger import ledger_command
from planner.cli_maps import VERBS as MAP_VERBS
from planner.cli_person import VERBS as PERSON_VERBS
from planner.cli_places import places
from planner.cli_plans import VERBS as PLAN_VERBS
from planner.cli_purge import VERBS as PURGE_VERBS
from planner.cli_roads import VERBS as ROAD_VERBS
from planner.cli_team import VERBS as TEAM_VERBS
from planner.cli_team_days import VERBS as TEAM_DAY_VERBS
from planner.cli_terms import VERBS
from planner.cli_tools import (
    DAY,
    day_or_today,
    moment,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.cli_trip import trip
from planner.cli_week import move_command
from planner.clock import system_clock, today
from planner.demo.files import SEED
from planner.domain.codes import Channel
from planner.domain.datum import DATUMS
from planner.policy.workdays import next_working_day
from planner.routing.problem import from_json
from planner.routing.solve import solution_json
from planner.store.plans import plan_to_json
from planner.store.store import Store, remove_workspace
from planner.store.verify import verify
from planner.words import sentence


@click.group()
def cli() -> None:
    """Fairvisit plans field visits. Without a verb the window opens."""


for verb in (
    *VERBS, *CREW_VERBS, *BACKUP_VERBS, *EDIT_VERBS, *KEY_VERBS, *PURGE_VERBS, *EXPORT_VERBS,
    *PERSON_VERBS, *TEAM_VERBS, *TEAM_DAY_VERBS,
    *ROAD_VERBS, *MAP_VERBS, *PLAN_VERBS, *HUB_VERBS, *EXCHANGE_VERBS,
    move_command, ledger_command, places, trip,
):  # fmt: skip
    cli.add_command(verb)


@cli.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--today", "day", type=DAY, help="The day the demo is made for; default today.")
@click.option("--seed", type=click.IntRange(min=0), default=SEED, show_default=True)
@click.option("--replace", is_flag=True, help="Make an existing demo workspace anew.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@refusing
def demo(folder: Path, day: datetime | None, seed: int, replace: bool, as_json: bool) -> None:
    """Write the fictional demo files into FOLDER and load them into demo.fairvisit."""
    from planner.actions.make_demo import make_demo  # the generator is needed by nothing else

    chosen = day.date() if day else today(system_clock, "Asia/Shanghai")
    path, report = make_demo(folder, chosen, seed=seed, replace=replace, clock=system_clock)
    data = {"workspace": str(path)} | shapes.import_json(report)
    say(data, as_json, shapes.import_text)


@cli.command("import")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path, dir_okay=False))
@click.option("--as-of", type=DAY, help="The day the figures speak of, for files that do not say.")
@click.option("--lender", default="", help="Who sent the cases, for files that do not say.")
@click.option(
    "--datum", type=click.Choice(DATUMS), help="Of all positions, whatever the files say."
)
@click.option("--complete", is_flag=True, help="Withdraw the lender's cases that are not listed.")
@click.option("--preview", is_flag=True, help="Print the differences, write nothing.")
@workspace_option
@refusing
def import_command(
    files: tuple[Path, ...],
    as_of: datetime | None,
    lender: str,
    datum: str | None,
    complete: bool,
    preview: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """Import lender files (.xlsx, .csv), crews and map layers (.geojson)."""
    fresh = not workspace.exists()
    day = as_of.date() if as_of else None
    done = False
    try:
        with open_workspace(workspace, create=True) as store:
            choices = choices_for(
                store, files, lender=lender, complete=complete, as_of=day, datum=datum or ""
            )
            if preview:
                found = preview_import(store, files, choices=choices)
                say(preview_json(found), as_json, preview_text)
                return
            report = import_files(store, files, clock=system_clock, choices=choices)
            done = True
    finally:
        if fresh and not done:  # neither a look nor a refused import leaves anything behind
            remove_workspace(workspace)
    say(shapes.import_json(report), as_json, shapes.import_text)


@cli.command("rank")
@click.option("--date", "day", type=DAY)
@click.option("--limit", type=click.IntRange(min=1), default=20, show_default=True)
@workspace_option
@refusing
def rank_command(day: datetime | None, limit: int, workspace: Path, as_json: bool) -> None:
    """Rank the book for a day: points, their parts, value, and the gate that bars a visit."""
    with open_workspace(workspace) as store:
        ranking = rank(store, day_or_today(day, store))
        data = shapes.ranking_json(store, ranking, limit)
    say(data, as_json, shapes.ranking_text)


@cli.command("plan")
@click.option("--date", "day", type=DAY, help="Default: the next working day.")
@click.option("--seconds", type=click.FloatRange(min=0.05, max=3600))
@click.option("--iterations", type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True)
@words_option("--reason", default="", help="Why to plan on data that is days old.")
@workspace_option
@refusing
@executor_options
def plan_command(
    day: datetime | None,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    reason: str,
    workspace: Path,
    as_json: bool,
    executor: Place,
) -> None:
    """Plan a day: which visits, which crew, in what order; nothing that breaks a rule."""
    if seconds is not None and iterations is not None:
        raise click.UsageError(sentence("cli.seconds_or_iterations"))
    if seconds is None and iterations is None:
        seconds = 5.0
    with open_workspace(workspace) as store:
        today_here = day_or_today(None, store)
        chosen = day.date() if day else next_working_day(active_policy(store), today_here)
        plan = make_plan(
            store, chosen, clock=system_clock, seconds=seconds, iterations=iterations, seed=seed,
            reason=reason, executor=executor, on_trouble=say_trouble,
        )  # fmt: skip
        data = plan_to_json(plan)
        text = functools.partial(shapes.plan_text, store=store)
        say(data, as_json, text)


@cli.command("week")
@click.option("--date", "day", type=DAY, help="First day; default: the next working day.")
@click.option("--days", type=click.IntRange(1, 14), default=DAYS, show_default=True)
@click.option("--seconds", type=click.FloatRange(min=0.05, max=3600))
@click.option("--iterations", type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True)
@words_option("--reason", default="", help="Why to plan on data that is days old.")
@workspace_option
@refusing
@executor_options
def week_command(
    day: datetime | None,
    days: int,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    reason: str,
    workspace: Path,
    as_json: bool,
    executor: Place,
) -> None:
    """Plan a week in one go: nobody twice, each day by its own rules; saves a plan per day."""
    if seconds is not None and iterations is not None:
        raise click.UsageError("--seconds and --iterations exclude each other")
    if seconds is None and iterations is None:
        seconds = 10.0
    with open_workspace(workspace) as store:
        today_here = day_or_today(None, store)
        first = day.date() if day else next_working_day(active_policy(store), today_here)
        week = plan_week(
            store, first, clock=system_clock, days=days, seconds=seconds, iterations=iterations,
            seed=seed, reason=reason, executor=executor, on_trouble=say_trouble,
        )  # fmt: skip
        text = functools.partial(shapes.week_text, store=store)
        say({"days": [plan_to_json(plan) for plan in week.plans]}, as_json, text)


@cli.command("record")
@click.option("--debtor", required=True)
@click.option("--visit", help="A visit disposition, such as VIS-NC.")
@click.option("--call", help="A call disposition, such as CALL-NA.")
@click.option("--result", default="", help="What was said, such as OUT-PTP.")
@click.option("--amount", type=click.IntRange(min=1), help="Minor units, for OUT-PAID.")
@click.option("--promise-amount", type=click.IntRange(min=1), help="Minor units.")
@click.option("--promise-date", type=DAY)
@click.option("--address", "address_id", default="")
@words_option("--phone", default="")
@click.option("--leave", help="When the visit ended.")
@words_option("--note", default="")
@click.option("--at", "at_text", required=True, help="ISO 8601; local to the workspace's zone.")
@workspace_option
@refusing
def record_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Record the outcome of a call or a visit; says when the person may be visited again."""
    code = given["visit"] or given["call"]
    if bool(given["visit"]) == bool(given["call"]):
        raise click.UsageError(sentence("cli.visit_or_call"))
    if not code.startswith("VIS-" if given["visit"] else "CALL-"):
        raise click.UsageError(sentence("cli.other_kind", given=code))
    with open_workspace(workspace) as store:
        due = given["promise_date"]
        outcome = Outcome(
            given["debtor"],
            code,
            moment(given["at_text"], store.zone),
            result=given["result"],
            amount=given["promise_amount"] or given["amount"],
            due=due.date() if due else None,
            note=given["note"],
            address_id=given["address_id"],
            phone=given["phone"],
            leave=moment(given["leave"], store.zone) if given["leave"] else None,
        )
        done = record(store, outcome, clock=system_clock, allow_future=True)
        say(shapes.recorded_json(done, store.zone), as_json, shapes.recorded_text)


@cli.command("undo")
@click.argument("batch")
@workspace_option
@refusing
def undo_command(batch: str, workspace: Path, as_json: bool) -> None:
    """Undo a deed by the batch it printed; undoing that undo does it again."""
    try:
        raw = bytes.fromhex(batch)
    except ValueError:
        raise click.BadParameter(sentence("cli.no_batch")) from None
    with open_workspace(workspace) as store:
        data = {"batch": undo_batch(store, raw).hex()}
    say(data, as_json, lambda said: sentence("cli.undone", batch=said["batch"]))


@cli.command("check")
@click.option("--debtor", required=True)
@click.option("--channel", type=click.Choice([c.value for c in Channel]), required=True)
@click.option("--at", "at_text", required=True)
@words_option("--phone", default="")
@click.option("--third-party", is_flag=True, help="Somebody else is asked about the person.")
@workspace_option
@refusing
def check_command(
    debtor: str,
    channel: str,
    at_text: str,
    phone: str,
    third_party: bool,
    workspace: Path,
    as_json: bool,
) -> None:
    """May this person be contacted at that moment, and if not, by which rule and until when?"""
    with open_workspace(workspace) as store:
        at = moment(at_text, store.zone)
        answer = checking.check(
            store, debtor, Channel(channel), at, phone=phone, third_party=third_party
        )
        say(shapes.answer_json(answer, store.zone), as_json, shapes.answer_text)


@cli.command("solve")
@click.argument("problem", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--seconds", type=click.FloatRange(min=0.01, max=86400))
@click.option("--iterations", type=click.IntRange(min=1))
@click.option("--seed", default=0, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@refusing
@executor_options
def solve_command(
    problem: Path,
    seconds: float | None,
    iterations: int | None,
    seed: int,
    out: Path | None,
    as_json: bool,
    executor: Place,
) -> None:
    """Solve a neutral problem file (docs/problem-file.md)."""
    if (seconds is None) == (iterations is None):
        raise click.UsageError(sentence("cli.seconds_or_iterations"))
    parsed = from_json(shapes.read_json(problem))
    solution = solve_at(
        executor, parsed, seconds=seconds, iterations=iterations, seed=seed, on_trouble=say_trouble
    )
    data = solution_json(parsed, solution)
    if out:
        shapes.write_json(out, data)
    say(data, as_json, shapes.solution_text)


@cli.command("verify")
@workspace_option
@refusing
def verify_command(workspace: Path, as_json: bool) -> None:
    """Check the whole history: chain, decryption, and that the state follows from it."""
    with open_workspace(workspace) as store:
        report = verify(store)
    say(shapes.verify_json(report), as_json, shapes.verify_text)
    if not report.ok:
        sys.exit(1)


@cli.command("tour")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--seconds", type=click.FloatRange(min=0.05, max=3600), default=5.0)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@refusing
def tour(folder: Path, seconds: float, as_json: bool) -> None:
    """The main job on the demo: import, rank, plan; leaves plan, map and day sheets in FOLDER."""
    from planner.actions.make_demo import make_demo

    day = today(system_clock, "Asia/Shanghai")
    path, _ = make_demo(folder / "demo", day, clock=system_clock, replace=True)
    with Store.open(path, clock=system_clock) as store:
        chosen = next_working_day(active_policy(store), day)
        plan = make_plan(store, chosen, clock=system_clock, seconds=seconds)
        data = plan_to_json(plan)
        shapes.write_json(folder / "plan.json", data)
        if plan.stops:
            for name, form in (("map.html", "html"), ("day-sheets.pdf", "pdf")):
                export_plan(store, plan, folder / name, Wish(form), clock=system_clock)
        say(data, as_json, functools.partial(shapes.plan_text, store=store))
