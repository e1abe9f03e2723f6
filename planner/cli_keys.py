"""Verbs about who may open the workspace. Secrets are asked for or come from the environment."""

import base64
import binascii
import os
import sys
from pathlib import Path

import click

from planner.cli_tools import (
    open_workspace,
    refusing,
    say,
    with_passphrase,
    words_option,
    workspace_option,
)
from planner.errors import PlannerError
from planner.store import protect
from planner.words import sentence


def _new_words() -> str:
    """The new passphrase: from FAIRVISIT_NEW_PASSPHRASE, or asked for twice."""
    known = os.environ.get("FAIRVISIT_NEW_PASSPHRASE")
    if known is None and sys.stdin.isatty():
        known = click.prompt(
            sentence("cli.passphrase_new"), hide_input=True, confirmation_prompt=True, err=True
        )
    return known or ""


def _words(workspace: Path) -> str:
    """The present passphrase, even where the keyring would do."""

    def given(words: str | None) -> str:
        if words is None:
            raise PlannerError("store.passphrase_needed", file=workspace.name)
        return words

    return with_passphrase(given)


@click.command("passphrase")
@workspace_option
@refusing
def passphrase_command(workspace: Path, as_json: bool) -> None:
    """Set or change the passphrase; the recovery code serves as the old one."""
    with open_workspace(workspace) as store:
        old = _words(workspace) if store.protected else None
        protect.set_passphrase(store, _new_words(), old)
    say({"protected": True}, as_json, lambda _: sentence("cli.passphrase_set"))


@click.command("rotate-key")
@workspace_option
@refusing
def rotate_command(workspace: Path, as_json: bool) -> None:
    """Encrypt the workspace and its backups with another key."""
    with open_workspace(workspace) as store:
        if not store.protected:
            raise PlannerError("store.not_protected", file=workspace.name)
        code = protect.rotate_key(store, _words(workspace))

    def told(_: object) -> str:
        lines = [sentence("cli.key_rotated")]
        return "\n".join([*lines, sentence("cli.recovery_code", code=code)] if code else lines)

    say({"recovery_code": code}, as_json, told)


@click.command("recovery-code")
@workspace_option
@refusing
def recovery_command(workspace: Path, as_json: bool) -> None:
    """Make a recovery code to print; an earlier one opens nothing any more."""
    with open_workspace(workspace) as store:
        words = _words(workspace) if store.protected else ""
        code = protect.new_recovery_code(store, words)
    say({"recovery_code": code}, as_json, lambda d: sentence("cli.recovery_code", code=code))


@click.command("organisation-key")
@click.option("--trust", "public", type=click.Path(path_type=Path, dir_okay=False))
@words_option("--name", default="", help="Whose public key it is.")
@click.option("--open-with", "private", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
@refusing
def organisation_command(
    public: Path | None, name: str, private: Path | None, workspace: Path, as_json: bool
) -> None:
    """Entrust the workspace to an organisation's public key file, or set a new passphrase by its
    private key file (each 32 bytes as base64 in one line)."""
    if (public is None) == (private is None):
        raise click.UsageError("--trust / --open-with")
    if private is not None:
        protect.reset_passphrase(workspace, _key_file(private), _new_words())
        say({"protected": True}, as_json, lambda _: sentence("cli.passphrase_set"))
        return
    assert public is not None
    with open_workspace(workspace) as store:
        words = _words(workspace) if store.protected else ""
        protect.trust_organisation(store, words, _key_file(public), name or public.stem)
    told = {"trusted": name or public.stem}
    say(told, as_json, lambda d: sentence("cli.trusted", name=d["trusted"]))


def _key_file(path: Path) -> bytes:
    try:
        return base64.b64decode(path.read_text("ascii").strip(), validate=True)
    except FileNotFoundError as error:
        raise PlannerError("store.not_found", file=path.name) from error
    except (ValueError, binascii.Error) as error:
        raise PlannerError("store.organisation_key") from error


VERBS = (passphrase_command, rotate_command, recovery_command, organisation_command)
