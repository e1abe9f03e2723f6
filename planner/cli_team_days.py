"""Verbs about the days of a team: reviews of plans, records that come back, progress, reports."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from planner.actions.progress import CrewDay, day_progress, money_of, outside_the_rules
from planner.actions.reports import KINDS, NUMBERS, day_span, save_report, team_report
from planner.actions.reviews import (
    answer_record,
    approve,
    return_plan,
    return_record,
    returned_records,
    review_states,
    submit,
)
from planner.cli_json import money, table
from planner.cli_submitted import review_submitted
from planner.cli_team import Command, by_option, day_option, say_batch
from planner.cli_tools import (
    day_or_today,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.words import LANGUAGES, sentence, system_language


@click.command("plan-review")
@day_option
@click.option("--crew", "crews", multiple=True, help="Crew ids; approving, default all.")
@click.option("--decision", type=click.Choice(["submit", "approve", "return"]),
              help="Without it the reviews are shown.")  # fmt: skip
@click.option("--submitted", is_flag=True, help="Routes that laptops submitted.")
@click.option("--collector", default="", help="With --submitted: of this collector's laptop.")
@click.option("--without", multiple=True, help="With --submitted: leave out this debtor id.")
@words_option("--comment", default="", help="Needed to return.")
@by_option
@workspace_option
@refusing
def review_command(
    day: datetime | None, crews: tuple[str, ...], decision: str | None, submitted: bool,
    collector: str, without: tuple[str, ...], comment: str, by: str, workspace: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Submit, approve or return the plan of a day, or show how it stands.

    With --submitted: what taking over a laptop's route would change; approving takes it over.
    """
    if submitted:
        with open_workspace(workspace) as store:
            review_submitted(store, day_or_today(day, store), crews, collector, without,
                             decision, comment, by, as_json)  # fmt: skip
        return
    if collector or without:
        raise click.UsageError("--submitted")
    if decision in ("submit", "return") and len(crews) != 1:
        raise click.UsageError("--crew")
    with open_workspace(workspace) as store:
        when = day_or_today(day, store)
        if decision == "approve":
            batch = approve(store, when, crews or None, by=by, comment=comment, clock=system_clock)
        elif decision is not None:
            deed: Command = submit if decision == "submit" else return_plan
            batch = deed(store, when, crews[0], by=by, comment=comment, clock=system_clock)
        if decision is not None:
            say_batch(batch, as_json)
            return
        found = review_states(store, when)
    routes = [
        {"crew_id": one.crew_id, "crew": one.crew, "state": one.state, "stops": one.stops,
         "comment": one.last.comment if one.last else "", "by": one.last.by if one.last else ""}
        for one in found
    ]  # fmt: skip
    told = {"date": when.isoformat(), "routes": routes}
    rows = [[one.crew, str(one.stops), sentence(f"team.state.{one.state or 'none'}"),
             one.last.comment if one.last else ""] for one in found]  # fmt: skip
    heads = [sentence(f"cli.team.{name}") for name in ("crew", "planned", "state", "comment")]
    say(told, as_json, lambda _: table(heads, rows) if rows else sentence("cli.team.no_plan"))


@click.command("return-record")
@click.option("--debtor", default="", help="Without it open returned records are listed.")
@click.option("--event", default="", help="The id of the entry.")
@words_option("--comment", default="", help="What is missing.")
@by_option
@workspace_option
@refusing
def return_command(
    debtor: str, event: str, comment: str, by: str, workspace: Path, as_json: bool
) -> None:
    """Give a record back with a comment, or list those that wait for an answer."""
    with open_workspace(workspace) as store:
        if debtor:
            say_batch(return_record(store, debtor, event, comment=comment, by=by,
                                    clock=system_clock), as_json)  # fmt: skip
            return
        found = returned_records(store)
    rows = [[one.debtor_id, one.event_id, one.comment] for one in found]
    names = ("debtor", "event", "comment")
    told = {"returned": [dict(zip(names, row, strict=True)) for row in rows]}
    heads = [sentence(f"cli.team.{name}") for name in names]
    say(told, as_json, lambda _: table(heads, rows) if rows else sentence("cli.team.no_returned"))


@click.command("answer-record")
@click.option("--debtor", required=True)
@click.option("--event", required=True, help="The id of the entry.")
@words_option("--comment", required=True, help="The answer.")
@by_option
@workspace_option
@refusing
def answer_command(
    debtor: str, event: str, comment: str, by: str, workspace: Path, as_json: bool
) -> None:
    """Answer a record that was returned."""
    with open_workspace(workspace) as store:
        batch = answer_record(store, debtor, event, comment=comment, by=by, clock=system_clock)
    say_batch(batch, as_json)


@click.command("progress")
@day_option
@workspace_option
@refusing
def progress_command(day: datetime | None, workspace: Path, as_json: bool) -> None:
    """How a day goes: planned, done, skipped, planned against actual, who is not back."""
    with open_workspace(workspace) as store:
        when, now = day_or_today(day, store), system_clock()
        found = day_progress(store, when, now)
        cost = {one.crew_id: one for one in money_of(store, when)}
        outside = outside_the_rules(store, when, when)
    told = {
        "date": when.isoformat(),
        "crews": [_progress_json(one) | {
            "planned_money": cost[one.crew_id].planned if one.crew_id in cost else None,
            "actual_money": cost[one.crew_id].actual if one.crew_id in cost else None,
        } for one in found],
        "outside": [{"debtor": one.debtor_id, "at": one.at.isoformat(), "rule": one.rule,
                     "reason": one.reason, "by": one.by, "collector": one.collector_id}
                    for one in outside],
    }  # fmt: skip
    names = ("crew", "planned", "done", "skipped", "waiting", "state")
    rows = [
        [one.crew, *(str(getattr(one, name)) for name in names[1:5]),
         sentence("cli.team.not_back") if one.not_back
         else sentence(f"team.state.{one.review.state or 'none'}")]
        for one in found
    ]  # fmt: skip
    heads = [sentence(f"cli.team.{name}") for name in names]
    say(told, as_json, lambda _: table(heads, rows) if rows else sentence("cli.team.no_plan"))


def _progress_json(one: CrewDay) -> dict[str, Any]:
    at = {name: getattr(one, name) for name in ("depart", "back", "left", "returned", "last_sign")}
    return {
        "crew_id": one.crew_id, "crew": one.crew, "collectors": list(one.members),
        "planned": one.planned, "done": one.done, "skipped": one.skipped, "waiting": one.waiting,
        **{name: None if when is None else when.isoformat() for name, when in at.items()},
        "not_back": one.not_back, "review": one.review.state,
        "planned_metres": one.planned_metres, "actual_metres": one.actual_metres,
        "planned_seconds": one.planned_seconds, "actual_seconds": one.actual_seconds,
    }  # fmt: skip


@click.command("team-report")
@day_option
@click.option("--week", is_flag=True, help="The week of that day, Monday to Sunday.")
@click.option("--kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help=".xlsx or .pdf")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the system's.")
@workspace_option
@refusing
def report_command(
    day: datetime | None, week: bool, kind: str, out: Path | None, language: str | None,
    workspace: Path, as_json: bool,
) -> None:  # fmt: skip
    """The report of a day or a week by collector or region, in the order of names."""
    with open_workspace(workspace) as store:
        first, last = day_span(day_or_today(day, store), week=week)
        if out is not None:
            save_report(store, out, first, last, clock=system_clock, kind=kind,
                        language=language or system_language())  # fmt: skip
        report = team_report(store, first, last, system_clock(), kind=kind)
    told = {"from": first.isoformat(), "to": last.isoformat(), "kind": kind,
            "rows": [asdict(one) for one in report.rows], "total": asdict(report.total),
            "trips": report.trips, "told": report.actual,
            "file": str(out) if out else None}  # fmt: skip
    some = [name for name in NUMBERS if name not in ("seconds", "metres", "cost")]
    heads = [sentence(f"team.report.{kind}")]
    heads += [sentence(f"team.report.head.{name}") for name in some]
    rows = [
        [one.name or sentence(f"team.report.nobody.{kind}"),
         *(money(getattr(one, name)) if name in ("promised", "paid") else str(getattr(one, name))
           for name in some)]
        for one in report.rows
    ]  # fmt: skip
    say(told, as_json, lambda _: table(heads, rows))


VERBS = (review_command, return_command, answer_command, progress_command, report_command)
