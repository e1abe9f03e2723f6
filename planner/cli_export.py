"""Verbs that write out, in clear: everything, or one day's plan in the form that is wanted."""

from datetime import datetime
from pathlib import Path

import click

from planner.actions.export_all import export_all
from planner.actions.export_plan import FORMS, PAPER, Wish, export_plan, phone_app, set_phone_app
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
from planner.errors import PlannerError
from planner.export.phone_links import APPS
from planner.store.plans import load_plan
from planner.words import LANGUAGES, sentence


@click.command("export-all")
@click.argument("target", type=click.Path(path_type=Path))
@words_option("--by", default="", help="Who orders it; it is recorded.")
@click.option(
    "--confirm", is_flag=True, help="The files are not encrypted: say that this is known."
)
@workspace_option
@refusing
def export_all_command(
    target: Path, by: str, confirm: bool, workspace: Path, as_json: bool
) -> None:
    """Write all of the workspace, in clear, into the new folder TARGET (or TARGET.zip)."""
    if not confirm:
        raise click.UsageError(sentence("cli.export_all.confirm"))
    with open_workspace(workspace) as store:
        done = export_all(store, target, clock=system_clock, by=by)
    told = {
        "path": str(done.path), "persons": done.persons, "cases": done.cases,
        "events": done.events, "manifest_sha256": done.digest,
    }  # fmt: skip
    say(told, as_json, lambda d: sentence("cli.export_all.done", **d))


@click.command("export")
@click.option("--format", "form", type=click.Choice(FORMS), required=True)
@click.option("--date", "day", type=DAY, help="Default: today.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True)
@click.option("--crew", "crew_id", default="", help="Only this crew, by its id.")
@click.option("--names", is_flag=True, help="With names and addresses; pdf and xlsx always.")
@click.option("--amounts", is_flag=True, help="With the second sheet (pdf, xlsx).")
@click.option("--no-maps", is_flag=True, help="Without overview maps (pdf).")
@click.option("--app", type=click.Choice(tuple(APPS)), help="The map app of links and codes.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Default: the system's.")
@words_option("--by", default="", help="Who takes it; it is recorded.")
@workspace_option
@refusing
def export_command(
    form: str,
    day: datetime | None,
    out: Path,
    crew_id: str,
    names: bool,
    amounts: bool,
    no_maps: bool,
    app: str | None,
    language: str | None,
    by: str,
    workspace: Path,
    as_json: bool,
) -> None:
    """Write a day's plan as day sheets, map, calendar, list or tracks; it is recorded."""
    if amounts and form not in PAPER:
        raise click.UsageError(sentence("cli.export.no_amounts", form=form))
    wish = Wish(form, names, amounts, not no_maps, crew_id, app or "")
    with open_workspace(workspace) as store:
        chosen = day_or_today(day, store)
        with store.read() as conn:
            plan = load_plan(conn, chosen)
        if plan is None:
            raise PlannerError("plan.none", day=chosen.isoformat())
        export_plan(store, plan, out, wish, clock=system_clock, by=by, language=language)
    if wish.named:
        click.echo(sentence("cli.export.named"), err=True)
    told = {"path": str(out), "format": form, "names": wish.named, "amounts": amounts}
    say(told, as_json, lambda said: sentence("cli.export.done", file=Path(said["path"]).name))


@click.command("phone-app")
@click.argument("app", type=click.Choice(tuple(APPS)), required=False)
@workspace_option
@refusing
def phone_app_command(app: str | None, workspace: Path, as_json: bool) -> None:
    """Print the map app for which links and codes are made, or choose another one."""
    with open_workspace(workspace) as store:
        if app:
            set_phone_app(store, app)
        told = {"app": phone_app(store)}
    told["datum"] = APPS[told["app"]].datum
    say(told, as_json, lambda said: f"{said['app']} ({said['datum']})")


VERBS = (export_all_command, export_command, phone_app_command)
