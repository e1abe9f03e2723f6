"""The verbs that end a mandate: what a lender told is deleted, with a certificate."""

from pathlib import Path
from typing import Any

import click

from planner.actions.certificates import certificate_json, write_certificate
from planner.actions.purge import certificate_lines, certificates, lenders, purge, purge_scope
from planner.cli_tools import (
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.errors import PlannerError
from planner.words import sentence, system_language


@click.command("purge")
@click.option("--lender", default="", help="Whose book; without it the lenders are listed.")
@words_option("--reason", default="")
@words_option("--by", default="", help="Who orders it.")
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
        write_certificate(done, out, system_language())
    told = certificate_json(done) | {"done": True}
    say(told, as_json, lambda d: sentence("cli.purge.done", **d))


def _listed(data: dict[str, Any]) -> str:
    return "\n".join(sentence("cli.purge.lender", **row) for row in data["lenders"])


@click.command("certificate")
@click.argument("number", type=click.IntRange(min=1), required=False)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False),
              help="Write it to this PDF, and as JSON beside it.")  # fmt: skip
@workspace_option
@refusing
def certificate_command(
    number: int | None, out: Path | None, workspace: Path, as_json: bool
) -> None:
    """Give the certificate of an earlier deletion again: 1 is the newest; without NUMBER a list."""
    if out and number is None:
        raise click.UsageError(sentence("cli.certificate.number"))
    with open_workspace(workspace) as store:
        found = certificates(store)
    if number is None:
        rows = [{"number": k, **certificate_json(one)} for k, one in enumerate(found, 1)]
        say({"certificates": rows}, as_json, _given)
        return
    if number > len(found):
        raise PlannerError("purge.no_certificate", number=number)
    one = found[number - 1]
    if out:
        write_certificate(one, out, system_language())
    lines = [f"{sentence(f'purge.{name}')}: {value}" for name, value in certificate_lines(one)]
    say(certificate_json(one), as_json, lambda _: "\n".join(lines))


def _given(data: dict[str, Any]) -> str:
    rows = [sentence("cli.certificate.line", **row) for row in data["certificates"]]
    return "\n".join(rows) or sentence("cli.certificate.none")


VERBS = (purge_command, certificate_command)
