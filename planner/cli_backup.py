"""Verbs about copies of the workspace: make a backup, look into one, put one back."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from planner.actions.backups import find_backup, look, put_back
from planner.cli_tools import (
    open_workspace,
    refusing,
    say,
    with_passphrase,
    workspace_option,
)
from planner.clock import system_clock
from planner.errors import PlannerError
from planner.store.backup import Backup, backups
from planner.words import sentence


def _row(one: Backup) -> dict[str, Any]:
    return {
        "name": one.path.name, "made_at": one.made_at.isoformat(), "why": one.why,
        "bytes": one.size,
    }  # fmt: skip


def _line(row: dict[str, Any]) -> str:
    return sentence(
        "cli.backup", name=row["name"], why=sentence(f"cli.backup.{row['why']}"),
        size=f"{row['bytes'] / 1e6:,.1f}",
    )  # fmt: skip


@click.command("backup")
@click.option("--list", "only_list", is_flag=True, help="Show the backups there are; make none.")
@workspace_option
@refusing
def backup_command(only_list: bool, workspace: Path, as_json: bool) -> None:
    """Copy the workspace, check the copy, and keep it; outdated copies go."""
    if not only_list:
        with open_workspace(workspace) as store:
            store.backup("hand")
    elif not workspace.parent.is_dir():
        raise PlannerError("store.not_found", file=workspace.name)
    data = {"backups": [_row(one) for one in backups(workspace.absolute())]}
    say(data, as_json, lambda d: "\n".join(map(_line, d["backups"])) or sentence("cli.no_backup"))


@click.command("restore")
@click.argument("name")
@click.option("--look", "only_look", is_flag=True, help="Say what is in it and leave all as it is.")
@workspace_option
@refusing
def restore_command(name: str, only_look: bool, workspace: Path, as_json: bool) -> None:
    """Put the backup NAME in the place of the workspace, which is backed up itself before."""
    workspace = workspace.absolute()
    one = find_backup(workspace, name)
    inside = with_passphrase(lambda passphrase: look(one, passphrase))
    newest = datetime.fromtimestamp(inside.newest, UTC).isoformat() if inside.newest else None
    data: dict[str, Any] = {
        **_row(one), "cases": inside.cases, "persons": inside.persons, "entries": inside.entries,
        "plans": inside.plans, "newest": newest, "restored": not only_look, "damaged": None,
    }  # fmt: skip
    if not only_look:
        store, kept = with_passphrase(
            lambda passphrase: put_back(workspace, one, clock=system_clock, passphrase=passphrase)
        )
        store.close()
        data["damaged"] = kept.name if kept else None
    say(data, as_json, _told)


def _told(data: dict[str, Any]) -> str:
    lines = [
        sentence(
            "cli.inside", name=data["name"], cases=data["cases"], persons=data["persons"],
            entries=data["entries"], plans=data["plans"], newest=data["newest"] or "–",
        )
    ]  # fmt: skip
    if data["restored"]:
        lines.append(sentence("cli.restored"))
    if data["damaged"]:
        lines.append(sentence("cli.damaged_kept", name=data["damaged"]))
    return "\n".join(lines)


VERBS = (backup_command, restore_command)
