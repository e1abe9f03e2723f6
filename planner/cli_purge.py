"""The verb that ends a mandate: what a lender told is deleted, with a certificate."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from planner.actions.purge import Certificate, certificate_lines, lenders, purge, purge_scope
from planner.cli_tools import open_workspace, refusing, say, workspace_option
from planner.clock import system_clock
from planner.words import sentence, system_language


@click.command("purge")
@click.option("--lender", default="", help="Whose book; without it the lenders are listed.")
@click.option("--reason", default="")
@click.option("--by", default="", help="Who orders it.")
@click.option("--confirm", default="", help="The lender once more: it cannot be undone.")
@click.option("--certificate", "out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write the certificate to this PDF.")  # fmt: skip
@workspace_option
@refusing
def purge_command(
    lender: str, reason: str, by: str, confirm: str, out: Path | None, workspace: Path,
    as_json: bool,
) -> None:  # fmt: skip
    """Delete all that a lender told, in the workspace, its free space and its backups."""
    with open_workspace(workspace) as store:
        if not lender:
            rows = [{"lender": n, "persons": p, "cases": c} for n, p, c in lenders(store)]
            say({"lenders": rows}, as_json, _listed)
            return
        if confirm != lender:
            scope = purge_scope(store, lender)
            data = {
                "lender": lender, "erased": len(scope.erased), "kept": len(scope.kept),
                "cases": scope.cases, "entries": scope.entries, "done": False,
            }  # fmt: skip
            say(data, as_json, lambda d: sentence("cli.purge.scope", **d))
            return
        done = purge(store, lender, reason=reason, by=by, clock=system_clock)
    if out:
        _write_certificate(done, out)
    told = asdict(done) | {"at": done.at.isoformat(), "done": True}
    say(told, as_json, lambda d: sentence("cli.purge.done", **d))


def _listed(data: dict[str, Any]) -> str:
    return "\n".join(sentence("cli.purge.lender", **row) for row in data["lenders"])


def _write_certificate(done: Certificate, out: Path) -> None:
    from planner.export.certificate import certificate  # loads the PDF library

    certificate(certificate_lines(done), done.at, out, system_language())


VERBS = (purge_command,)
