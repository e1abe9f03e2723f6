"""Verbs of the lead of a team: split the book, assign, hand over, take back, absences."""

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from planner.actions import team
from planner.actions.absences import absences, end_absence, save_absence
from planner.actions.split_book import TOLERANCE, SplitBook, split_book
from planner.cli_json import money, table
from planner.cli_tools import (
    DAY,
    day_or_today,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.words import sentence

Command = Callable[..., Any]


def by_option(command: Command) -> Command:
    """Who decides."""
    return words_option("--by", default="", help="Who decides; it is recorded.")(command)


def _reason(command: Command) -> Command:
    return words_option("--reason", required=True, help="Why.")(command)


def day_option(command: Command) -> Command:
    """The day that is meant."""
    return click.option("--date", "day", type=DAY, help="Default: today.")(command)


@click.command("team-split")
@day_option
@click.option("--tolerance", type=click.FloatRange(1, 50), default=TOLERANCE * 100,
              show_default=True, help="Percent.")  # fmt: skip
@click.option("--keep", is_flag=True, help="Leave present assignments where that is possible.")
@click.option("--debtor", "debtors", multiple=True, help="Only these; default everybody.")
@click.option("--collector", "staff", multiple=True, help="Who takes part; default all.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--dry-run", is_flag=True, help="Show the split; assign nothing.")
@words_option("--reason", default="", help="Needed to assign.")
@by_option
@workspace_option
@refusing
def split_command(
    day: datetime | None, tolerance: float, workspace: Path, as_json: bool, **given: Any
) -> None:
    """Split the book over the collectors, even in cases, amount, stage and way; assign it."""
    with open_workspace(workspace) as store:
        found = split_book(
            store, day_or_today(day, store), tolerance=tolerance / 100, keep=given["keep"],
            debtor_ids=given["debtors"] or None, staff=given["staff"] or None, seed=given["seed"],
        )  # fmt: skip
        batch = None
        if not given["dry_run"] and found.changes:
            done = team.assign(
                store, found.changes, reason=given["reason"], by=given["by"], clock=system_clock
            )
            batch = done.batch
    say(_split_json(found, batch), as_json, lambda _: _split_text(found, batch))


def _split_json(found: SplitBook, batch: bytes | None) -> dict[str, Any]:
    return {
        "batch": batch.hex() if batch else None,
        "persons": len(found.owner), "changes": len(found.changes), "moved": found.moved,
        "collectors": [asdict(one) for one in found.parts],
        "worst": [asdict(one) for one in found.worst],
        "uneven": [
            {"measure": one.measure, "collector": one.collector_id, "why": one.why,
             "figures": dict(one.figures)}
            for one in found.uneven
        ],
        "nobody": {who: list(tags) for who, tags in found.nobody.items()},
        "owner": dict(found.owner),
    }  # fmt: skip


def _split_text(found: SplitBook, batch: bytes | None) -> str:
    heads = ("collector", "persons", "cases", "amount", "early", "middle", "late", "metres")
    rows = [
        [one.name, str(one.after.persons), str(one.after.cases), money(one.after.amount),
         *map(str, one.after.stages), f"{one.after.metres / 1000:.0f}"]
        for one in found.parts
    ]  # fmt: skip
    lines = [table([sentence(f"cli.team.{name}", None) for name in heads], rows)]
    for one in found.worst:
        told = {"measure": sentence(f"team.measure.{one.measure}"), "after": round(one.after * 100)}
        if one.before is None:
            lines.append(sentence("cli.team.worst_first", **told))
        else:
            lines.append(sentence("cli.team.worst", before=round(one.before * 100), **told))
    lines += [
        sentence(f"team.measure.{one.measure}") + ": "
        + sentence(f"team.why.{one.why}", **one.figures)
        for one in found.uneven
    ]  # fmt: skip
    if found.nobody:
        lines.append(sentence("cli.team.nobody", persons=len(found.nobody)))
    lines.append(sentence("cli.team.moved", changes=len(found.changes), moved=found.moved))
    lines.append(sentence("cli.recorded", batch=batch.hex()) if batch
                 else sentence("cli.team.nothing"))  # fmt: skip
    return "\n".join(lines)


def _moved(done: team.Moved, as_json: bool) -> None:
    told = {"batch": done.batch.hex() if done.batch else None, "persons": done.persons,
            "cases": done.cases}  # fmt: skip
    say(told, as_json, lambda d: sentence("cli.team.assigned", **d) if d["batch"]
        else sentence("cli.team.nothing"))  # fmt: skip


@click.command("assign")
@click.option("--debtor", "debtors", multiple=True, required=True)
@click.option("--to", "taker", required=True, help="The collector's staff id.")
@_reason
@by_option
@workspace_option
@refusing
def assign_command(
    debtors: tuple[str, ...], taker: str, reason: str, by: str, workspace: Path, as_json: bool
) -> None:
    """Give persons to a collector."""
    with open_workspace(workspace) as store:
        wanted = dict.fromkeys(debtors, taker)
        done = team.assign(store, wanted, reason=reason, by=by, clock=system_clock)
    _moved(done, as_json)


@click.command("hand-over")
@click.option("--from", "giver", required=True, help="The collector's staff id.")
@click.option("--to", "taker", required=True, help="The collector's staff id.")
@click.option("--debtor", "debtors", multiple=True, help="Only these; default the whole book.")
@_reason
@by_option
@workspace_option
@refusing
def hand_over_command(
    giver: str, taker: str, debtors: tuple[str, ...], reason: str, by: str, workspace: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Give the book of a collector to another one, with its history."""
    with open_workspace(workspace) as store:
        done = team.hand_over(
            store, giver, taker, reason=reason, by=by, clock=system_clock,
            debtor_ids=debtors or None,
        )  # fmt: skip
    _moved(done, as_json)


@click.command("take-back")
@click.option("--debtor", "debtors", multiple=True, required=True)
@_reason
@by_option
@workspace_option
@refusing
def take_back_command(
    debtors: tuple[str, ...], reason: str, by: str, workspace: Path, as_json: bool
) -> None:
    """Take persons from whoever has them; any crew may go there."""
    with open_workspace(workspace) as store:
        done = team.take_back(store, debtors, reason=reason, by=by, clock=system_clock)
    _moved(done, as_json)


@click.command("absence")
@click.option("--collector", default="", help="The staff id; without it absences are listed.")
@click.option("--from", "first", type=DAY, help="First day; default today.")
@click.option("--to", "last", type=DAY, help="Last day; default the first.")
@words_option("--reason", default="", help="Why.")
@click.option("--end", "ended", default="", help="The id of an absence that is not so after all.")
@workspace_option
@refusing
def absence_command(
    collector: str, first: datetime | None, last: datetime | None, reason: str, ended: str,
    workspace: Path, as_json: bool,
) -> None:  # fmt: skip
    """Say when a collector is away, or list who is away."""
    with open_workspace(workspace) as store:
        begin = day_or_today(first, store)
        end = last.date() if last else begin
        if ended or collector:
            batch = end_absence(store, ended, clock=system_clock) if ended else save_absence(
                store, collector, begin, end, reason=reason, clock=system_clock)  # fmt: skip
            say_batch(batch, as_json)
            return
        found = absences(store, begin, end)
    rows = [[one.collector_id, f"{one.first}", f"{one.last}", one.reason, one.absence_id]
            for one in found]  # fmt: skip
    names = ("collector", "from", "to", "reason", "id")
    told = {"absences": [dict(zip(names, row, strict=True)) for row in rows]}
    heads = [sentence(f"cli.team.{name}") for name in names]
    say(told, as_json, lambda _: table(heads, rows) if rows else sentence("cli.team.no_absence"))


def say_batch(batch: bytes | None, as_json: bool) -> None:
    """The batch that undoes what was done, or that nothing was."""
    told = {"batch": batch.hex() if batch else None}
    say(told, as_json, lambda d: sentence("cli.recorded", **d) if d["batch"]
        else sentence("cli.team.nothing"))  # fmt: skip


VERBS = (split_command, assign_command, hand_over_command, take_back_command, absence_command)
