"""Verbs of the hub: setting it up, letting logins in and out, looking at it, naming it to a
workspace. Passwords are asked for at the terminal or come from a file, never from an argument."""

import functools
import secrets
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from planner.actions.hub import driver, name_hub
from planner.cli_json import table
from planner.cli_tools import Command, open_workspace, refusing, say, workspace_option
from planner.errors import PlannerError
from planner.words import sentence

if TYPE_CHECKING:
    from planner.sync.hub import Account
    from planner.sync.hub_admin import Admin

Answer = TypeVar("Answer")
FILE = click.Path(path_type=Path, dir_okay=False)
_MADE = 18  # random bytes of a password that is made here


def account_options(command: Command) -> Command:
    """The options that say where a hub is and who is asking; `account` is what they make."""

    @functools.wraps(command)
    def run(
        *args: Any, host: str, port: int, database: str, login: str, root_cert: Path | None,
        password_file: Path | None, **kwargs: Any,
    ) -> Any:  # fmt: skip
        account = driver().Account(
            host, port, database, login, str(root_cert.absolute()) if root_cert else "",
            _secret(password_file) if password_file else "",
        )  # fmt: skip
        return command(*args, account=account, **kwargs)

    for option in (
        click.option("--password-file", type=FILE, help="Its first line is the login's password."),
        click.option("--root-cert", type=FILE, help="What vouches for the hub's certificate."),
        click.option("--login", required=True),
        click.option("--database", default="fairvisit", show_default=True),
        click.option("--port", type=click.IntRange(1, 65535), default=5432, show_default=True),
        click.option("--host", required=True, help="Its name, or the folder of its socket."),
    ):
        run = option(run)
    return run  # type: ignore[return-value]


def _secret(path: Path) -> str:
    try:
        lines = path.read_text("utf-8").splitlines()
    except FileNotFoundError as error:
        raise PlannerError("store.not_found", file=path.name) from error
    except UnicodeDecodeError as error:
        raise PlannerError("cli.not_text") from error
    return lines[0] if lines else ""


def _as_admin(account: "Account", deed: Callable[["Admin"], Answer]) -> Answer:
    """What `deed` answers; the password is asked for where one is needed and none was found."""
    driver()
    from planner.sync.hub_admin import Admin

    try:
        admin = Admin(account)
    except PlannerError as error:
        if error.code != "hub.login" or account.password or not sys.stdin.isatty():
            raise
        words = click.prompt(
            sentence("cli.hub.password", login=account.login), hide_input=True, err=True
        )
        admin = Admin(replace(account, password=words))
    with admin:
        return deed(admin)


@click.command("hub-init")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@account_options
@refusing
def init_command(account: "Account", as_json: bool) -> None:
    """Set a hub up in an empty database, or bring it up to date; what is there stays."""
    _as_admin(account, lambda admin: admin.init())
    data = {"host": account.host, "database": account.database}
    say(data, as_json, lambda told: sentence("cli.hub.ready", **told))


@click.command("hub-add")
@click.argument("member")
@click.option("--role", type=click.Choice(("lead", "collector")), required=True)
@click.option("--team", required=True, help="Small letters, digits and _.")
@click.option("--new-password-file", type=FILE, help="Its first line is MEMBER's password.")
@click.option("--make-password", is_flag=True, help="Make a password and print it once.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@account_options
@refusing
def add_command(
    member: str, role: Any, team: str, new_password_file: Path | None, make_password: bool,
    account: "Account", as_json: bool,
) -> None:  # fmt: skip
    """Let the login MEMBER in as the lead or a collector of a team, or give it a new password.

    Choose logins that name nobody: everybody at the hub can see them.
    """
    made = secrets.token_urlsafe(_MADE) if make_password else ""
    words = made or _new_password(member, new_password_file)
    _as_admin(account, lambda admin: admin.add(member, role, team, words))

    def told(data: dict[str, Any]) -> str:
        lines = [sentence("cli.hub.added", login=member, team=team)]
        return "\n".join([*lines, sentence("cli.hub.made", password=made)] if made else lines)

    say({"login": member, "role": role, "team": team, "password": made or None}, as_json, told)


def _new_password(login: str, path: Path | None) -> str:
    if path:
        return _secret(path)
    if not sys.stdin.isatty():
        raise PlannerError("hub.no_password")
    text = sentence("cli.hub.new_password", login=login)
    return str(click.prompt(text, hide_input=True, confirmation_prompt=True, err=True))


@click.command("hub-remove")
@click.argument("member")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@account_options
@refusing
def remove_command(member: str, account: "Account", as_json: bool) -> None:
    """Lock the login MEMBER out of the hub, at once."""
    _as_admin(account, lambda admin: admin.remove(member))
    say({"login": member}, as_json, lambda told: sentence("cli.hub.removed", **told))


@click.command("hub-check")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@account_options
@refusing
def check_command(account: "Account", as_json: bool) -> None:
    """Is the hub set up as it should be, who is let in, what waits? Exit code 1 when not."""
    health = _as_admin(account, lambda admin: admin.check())
    data = {
        "server": health.server, "encrypted": health.encrypted, "faults": list(health.faults),
        "members": [asdict(one) for one in health.members],
    }  # fmt: skip
    say(data, as_json, _health_text)
    if health.faults:
        sys.exit(1)


def _health_text(data: dict[str, Any]) -> str:
    link = sentence("cli.hub.encrypted" if data["encrypted"] else "cli.hub.plain")
    lines = [sentence("cli.hub.server", server=data["server"], link=link)]
    lines += [sentence(f"hub.fault.{code}") for code in data["faults"]] or [
        sentence("cli.hub.sound")
    ]
    if data["members"]:
        columns = ("team", "login", "role", "state", "devices", "entries", "up", "down")
        rows = [
            [
                one["team"], one["login"], sentence(f"cli.hub.{one['role']}"),
                sentence("cli.hub.live" if one["live"] else "cli.hub.gone"), str(one["devices"]),
                f"{one['entries']:,}", str(one["up_waiting"]), str(one["down_waiting"]),
            ]
            for one in data["members"]
        ]  # fmt: skip
        lines.append(table([sentence(f"cli.hub.{key}") for key in columns], rows))
    return "\n".join(lines)


@click.command("hub-set")
@workspace_option
@account_options
@refusing
def set_command(account: "Account", workspace: Path, as_json: bool) -> None:
    """Name this workspace its hub; address, login and password are kept in its encrypted file."""
    driver().check_account(account)
    if not account.password and sys.stdin.isatty():
        text = sentence("cli.hub.password", login=account.login)
        account = replace(account, password=click.prompt(text, hide_input=True, err=True))
    with open_workspace(workspace) as store:
        name_hub(store, account)
    data = {"host": account.host, "login": account.login}
    say(data, as_json, lambda told: sentence("cli.hub.set", **told))


@click.command("hub-forget")
@workspace_option
@refusing
def forget_command(workspace: Path, as_json: bool) -> None:
    """This workspace forgets its hub; nothing at the hub changes."""
    with open_workspace(workspace) as store:
        name_hub(store, None)
    say({"hub": None}, as_json, lambda _: sentence("cli.hub.forgotten"))


VERBS = (
    init_command, add_command, remove_command, check_command, set_command, forget_command,
)  # fmt: skip
