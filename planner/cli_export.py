"""The verb that writes everything out, in clear."""

from pathlib import Path

import click

from planner.actions.export_all import export_all
from planner.cli_tools import open_workspace, refusing, say, workspace_option
from planner.clock import system_clock
from planner.words import sentence


@click.command("export-all")
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--by", default="", help="Who orders it; it is recorded.")
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


VERBS = (export_all_command,)
