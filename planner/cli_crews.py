"""Verbs about crews and about who needs which crew: list, change, export; needs; visits to make."""

from dataclasses import fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from planner.actions.crews import export_crews, save_work
from planner.actions.wanted import must_visit, set_needs
from planner.cli_json import money, table
from planner.cli_tools import (
    DAY,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.domain.people import Crew
from planner.domain.work import Work
from planner.errors import PlannerError
from planner.export.crew_list import break_text, clock_text
from planner.intake import crew_terms
from planner.intake.values import Bad
from planner.store.crews import load_crews
from planner.words import sentence, system_language


def _term(name: str) -> Any:
    """A callback that reads the text of one option as a crew file's cell is read."""

    def read(_ctx: click.Context, _param: click.Parameter, text: str | None) -> Any:
        if text is None:
            return None
        try:
            return (crew_terms.reader(name)(text),)
        except Bad as bad:
            told = sentence(f"fault.{bad.code}", value=text, **bad.params)
            raise click.BadParameter(told) from None

    return read


def _with_terms(command: Any) -> Any:
    hints = {
        "mode": "car, motorcycle or foot; 'none' for the usual, here and below.",
        "km_price": "Yuan per kilometre.",
        "wage": "Yuan per hour on the road.",
        "skills": "Parted by commas.",
        "breaks": "Such as '11:30-13:30 60'.",
        "max_shift": "Hours from leaving to return.",
        "max_driving": "Hours on the road.",
        "overtime": "Yuan per hour after the end of the shift; 'none' forbids it.",
        "day_cost": "Yuan for each day out.",
    }
    for name, hint in reversed(hints.items()):
        option = "--" + name.replace("_", "-")
        command = click.option(option, name, callback=_term(name), help=hint)(command)
    return command


@click.command("crews")
@click.option("--crew", "crew_id", default="", help="The crew to change.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write them as .xlsx.")
@_with_terms
@workspace_option
@refusing
def crews_command(
    crew_id: str, out: Path | None, workspace: Path, as_json: bool, **terms: Any
) -> None:
    """List the crews and how they work; change one; write the list that `import` reads."""
    with open_workspace(workspace) as store:
        with store.read() as conn:
            crews = load_crews(conn)
        told = {name: value[0] for name, value in terms.items() if value is not None}
        if told and not crew_id:
            raise click.UsageError("--crew")
        if crew_id:
            crew = next((one for one in crews if one.crew_id == crew_id), None)
            if crew is None:
                raise PlannerError("crews.unknown", crew=crew_id)
            if not told:
                raise PlannerError("crews.no_change")
            changes = {crew_terms.FIELDS[name][0]: value for name, value in told.items()}
            batch = save_work(store, crew_id, replace(crew.work, **changes), clock=system_clock)
            say({"batch": batch.hex() if batch else None}, as_json, _done)
            return
        if out is not None:
            export_crews(store, out, system_language())
            say({"file": str(out)}, as_json, lambda d: sentence("cli.crews.saved", file=d["file"]))
            return
    say({"crews": [_crew_json(crew) for crew in crews]}, as_json, lambda _: _crews_text(crews))


def _done(data: dict[str, Any]) -> str:
    if data["batch"] is None:
        return sentence("cli.crews.unchanged")
    return sentence("cli.recorded", batch=data["batch"])


def _crew_json(crew: Crew) -> dict[str, Any]:
    work = {one.name: getattr(crew.work, one.name) for one in fields(Work)}
    return {
        "crew": crew.crew_id,
        "name": crew.name,
        "members": [member.name for member in crew.members],
        "start": crew.start,
        "end": crew.end,
        "weekdays": list(crew.weekdays),
        **work,
    }


def _crews_text(crews: list[Crew]) -> str:
    if not crews:
        return sentence("cli.crews.none")
    keys = ("crew", "name", "hours", "mode", "km_price", "wage", "overtime", "fixed_cost",
            "breaks", "skills")  # fmt: skip
    rows = []
    for crew in crews:
        work = crew.work
        own = (work.km_price, work.wage, work.overtime, work.fixed_cost or None)
        prices = ["" if price is None else money(price) for price in own]
        rows.append([
            crew.crew_id, crew.name, f"{clock_text(crew.start)}-{clock_text(crew.end)}",
            sentence(f"mode.{work.mode}"),
            *prices, "; ".join(map(break_text, work.breaks)), "; ".join(work.skills),
        ])  # fmt: skip
    return table([sentence(f"cli.head.{key}") for key in keys], rows)


@click.command("needs")
@click.option("--debtor", required=True)
@click.option("--tags", required=True, help="Parted by commas; 'none' takes them away.")
@workspace_option
@refusing
def needs_command(debtor: str, tags: str, workspace: Path, as_json: bool) -> None:
    """Say what a crew must be able to do that visits a person: a language, two persons, ..."""
    try:
        wanted = crew_terms.parse_needs(tags)
    except Bad as bad:
        raise click.BadParameter(sentence(f"fault.{bad.code}", **bad.params)) from None
    with open_workspace(workspace) as store:
        batch = set_needs(store, debtor, wanted, clock=system_clock)
    say({"batch": batch.hex()}, as_json, _done)


@click.command("must")
@click.option("--debtor", required=True)
@click.option("--on", "day", type=DAY, required=True, help="The day of the visit.")
@words_option("--reason", default="", help="Needed for a decision.")
@words_option("--by", default="", help="The lead who decides; needed.")
@click.option("--take-back", is_flag=True, help="The decision no longer holds.")
@workspace_option
@refusing
def must_command(
    debtor: str, day: datetime, reason: str, by: str, take_back: bool, workspace: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Decide that a person has to be visited on a day; the plan of that day keeps it or says why
    it cannot."""
    with open_workspace(workspace) as store:
        batch = must_visit(
            store, debtor, day.date(), not take_back, reason=reason, by=by, clock=system_clock
        )
    say({"batch": batch.hex()}, as_json, _done)


VERBS = (crews_command, needs_command, must_command)
