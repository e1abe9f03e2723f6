"""Verbs about one person: the next step, and the documents that may leave the program."""

from pathlib import Path
from typing import Any

import click

from planner.actions.choose_step import chosen_step
from planner.actions.dossier import Wanted, export_dossier
from planner.actions.next_step import Proposal, accept, propose, steps_due
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
from planner.domain.step import ANY_PART, Means, Step
from planner.domain.step import PARTS as DAY_PARTS
from planner.errors import PlannerError
from planner.export.told import MEANS, PARTS
from planner.store.store import Store
from planner.words import LANGUAGES, sentence


@click.command("dossier")
@click.argument("debtor")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--masked", is_flag=True, help="Names, numbers and free words masked.")
@click.option("--explain", is_flag=True, help="What the person may ask for, in plain words.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the system's.")
@words_option("--by", default="", help="Who takes it; it is recorded.")
@workspace_option
@refusing
def dossier_command(debtor: str, out: Path, workspace: Path, as_json: bool, **given: Any) -> None:
    """Write all that is known of the person DEBTOR as a PDF; it is recorded."""
    if given["masked"] and given["explain"]:
        raise click.UsageError(sentence("cli.dossier.one"))
    wanted = Wanted("explanation" if given["explain"] else "dossier", given["masked"])
    with open_workspace(workspace) as store:
        export_dossier(
            store, debtor, out, wanted, clock=system_clock, by=given["by"],
            language=given["language"],
        )  # fmt: skip
    if wanted.named:
        click.echo(sentence("cli.export.named"), err=True)
    told = {"path": str(out), "what": wanted.told}
    say(told, as_json, lambda said: sentence("cli.export.done", file=Path(said["path"]).name))


@click.command("next-step")
@click.argument("debtor")
@click.option("--accept", "take", is_flag=True, help="Take the proposed step on.")
@click.option("--means", type=click.Choice([one.value for one in Means]), help="Another way.")
@click.option("--date", "day", type=DAY, help="Another day.")
@click.option("--part", type=click.IntRange(ANY_PART, len(DAY_PARTS) - 1),
              help="Part of the day, 0 to 3 as in the hour strip; -1 = any.")  # fmt: skip
@words_option("--by", default="", help="Who accepts it.")
@workspace_option
@refusing
def next_step_command(
    debtor: str, take: bool, by: str, workspace: Path, as_json: bool, **other: Any
) -> None:
    """Propose the next step with the person DEBTOR; with --accept it is taken on.

    Another way, day or part of the day is taken where the rules permit it.
    """
    with open_workspace(workspace) as store:
        proposal = propose(store, debtor, system_clock())
        if proposal is not None and any(value is not None for value in other.values()):
            proposal = _chosen(store, proposal, **other)
        if proposal is not None and take:
            accept(store, proposal, by=by, clock=system_clock)
    told = {"step": None} if proposal is None else {"step": _step_json(proposal), "accepted": take}
    say(told, as_json, lambda _said: _step_text(proposal) if proposal else sentence("cli.no_step"))


@click.command("steps")
@click.option("--date", "day", type=DAY, help="Due by this day; default today.")
@workspace_option
@refusing
def steps_command(day: Any, workspace: Path, as_json: bool) -> None:
    """List the accepted steps that fall due by a day."""
    with open_workspace(workspace) as store:
        found = steps_due(store, day_or_today(day, store))
    told = {"steps": [_step_json(one) for one in found]}
    text = "\n".join(f"{one.debtor_id}  {_step_text(one)}" for one in found)
    say(told, as_json, lambda _said: text or sentence("cli.no_steps"))


def _chosen(
    store: Store, proposal: Proposal, means: str | None, day: Any, part: int | None
) -> Proposal:
    """The proposal as it is wanted; the rule that bars it in words."""
    try:
        return chosen_step(
            store, proposal, Means(means) if means else proposal.means,
            day_or_today(day, store) if day else proposal.day,
            proposal.part if part is None else part, system_clock(),
        )  # fmt: skip
    except PlannerError as error:
        if error.code != "step.barred":
            raise
        raise PlannerError(error.code, rule=sentence(f"rule.{error.params['rule']}")) from error


def _step_json(one: Step | Proposal) -> dict[str, Any]:
    told: dict[str, Any] = {
        "debtor": one.debtor_id, "means": one.means.value, "date": one.day.isoformat(),
        "part": None if one.part == ANY_PART else one.part, "objective": one.objective,
    }  # fmt: skip
    if isinstance(one, Proposal):
        told |= {"at": one.at.isoformat() if one.at else None, "why": one.why,
                 "chance": None if one.chance is None else round(one.chance, 4)}  # fmt: skip
    return told


def _step_text(one: Step | Proposal) -> str:
    part = "" if one.part == ANY_PART else sentence(PARTS[one.part])
    goal = sentence(f"step.objective.{one.objective}")
    why = sentence(f"step.why.{one.why}") if isinstance(one, Proposal) else ""
    parts = (sentence(MEANS[one.means]), one.day.isoformat(), part, goal, why)
    return "  ".join(text for text in parts if text)


VERBS = (dossier_command, next_step_command, steps_command)
