"""What every verb of the command line needs: options, moments, answers, refusals."""

import functools
import json
import os
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import click

from planner.clock import system_clock, today
from planner.errors import PlannerError, details
from planner.store.store import Store
from planner.words import explain, sentence

Command = TypeVar("Command", bound=Callable[..., Any])
Answer = TypeVar("Answer")
YEARS = range(2000, 2101)  # days beyond are slips of the pen, and no calendar covers them


class Day(click.DateTime):
    """A calendar day within YEARS."""

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The day as a datetime; wrong usage when it is none."""
        day = super().convert(value, param, ctx)
        if day is not None and day.year not in YEARS:
            self.fail(sentence("cli.day_far", given=value), param, ctx)
        return day


class Words(click.types.StringParamType):
    """Words about somebody: as they are given, or "-" for all that stands on standard input, so
    that other users of the machine do not see them in the list of processes."""

    name = "text or -"

    def convert(self, value: Any, param: Any, ctx: Any) -> Any:
        """The words without the last line end; wrong usage when standard input is asked twice."""
        if value != "-":
            return super().convert(value, param, ctx)
        if ctx is not None and ctx.meta.setdefault("fairvisit.stdin", param.name) != param.name:
            self.fail(sentence("cli.stdin_once"), param, ctx)
        if sys.stdin.isatty():
            click.echo(sentence("cli.stdin_waits"), err=True)
        try:
            text = sys.stdin.buffer.read(_MOST_WORDS + 1).decode("utf-8-sig")
        except UnicodeDecodeError:
            self.fail(sentence("cli.stdin_utf8"), param, ctx)
        if len(text) > _MOST_WORDS:
            self.fail(sentence("cli.stdin_long", most=_MOST_WORDS), param, ctx)
        return text.removesuffix("\n").removesuffix("\r")


DAY = Day(["%Y-%m-%d"])
WORDS = Words()
_MOST_WORDS = 100_000  # bytes
SEEN = "Others on this machine can see it in the list of processes; - is standard input."
WORKSPACE = Path("fairvisit.fairvisit")


def say(data: dict[str, Any], as_json: bool, text: Callable[[dict[str, Any]], str]) -> None:
    """Print `data` as JSON, or what `text` makes of it."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2) if as_json else text(data))


def refusing(command: Command) -> Command:
    """Expected errors leave as one sentence on standard error and exit code 1, bugs with the places
    they passed and no values, exit code 3."""

    @functools.wraps(command)
    def run(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except PlannerError as error:
            refused = error
        except UnicodeEncodeError:  # bytes on the command line that are no text
            refused = PlannerError("cli.not_text")
        except BrokenPipeError:  # who reads our answer has seen enough: click knows what to do
            raise
        except OSError as error:
            name = Path(str(error.filename or "")).name
            refused = PlannerError("file.unwritable", file=name, why=error.strerror or "")
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:  # a bug: its message may hold what a file says of somebody
            click.echo(sentence("cli.bug", details=details(error)), err=True)
            sys.exit(3)
        click.echo(explain(refused), err=True)
        sys.exit(1)

    return run  # type: ignore[return-value]


def words_option(*names: str, help: str = "", **how: Any) -> Callable[[Command], Command]:
    """An option for words about somebody, which can come from standard input (`Words`)."""
    return click.option(*names, type=WORDS, help=f"{help} {SEEN}".strip(), **how)


def workspace_option(command: Command) -> Command:
    """The options `--workspace` and `--json`."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)
    return click.option(
        "--workspace",
        type=click.Path(path_type=Path, dir_okay=False),
        default=WORKSPACE,
        envvar="FAIRVISIT_WORKSPACE",
        show_default=True,
        help="The workspace file.",
    )(command)


def moment(text: str, zone: str) -> datetime:
    """An ISO 8601 moment; without an offset it is meant in the workspace's zone."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(sentence("cli.no_moment", given=text)) from None
    if at.year not in YEARS:
        raise click.BadParameter(sentence("cli.day_far", given=text))
    return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(zone))


def day_or_today(value: datetime | None, store: Store) -> date:
    """The given day, else today in the workspace's zone."""
    return value.date() if value else today(system_clock, store.zone)


def open_workspace(workspace: Path, *, create: bool = False) -> Store:
    """The workspace file, open; with `create` a new one where there is none.

    The passphrase of a protected one comes from the environment (FAIRVISIT_PASSPHRASE) or is asked
    for at the terminal; never from an argument, which other users of the machine could read.
    """
    if create and not workspace.exists():
        return Store.create(workspace, clock=system_clock)
    return with_passphrase(
        lambda passphrase: Store.open(workspace, clock=system_clock, passphrase=passphrase)
    )


def with_passphrase(deed: Callable[[str | None], Answer]) -> Answer:
    """What `deed` answers, given the passphrase where it needs one."""
    try:
        return deed(None)
    except PlannerError as error:
        if error.code != "store.passphrase_needed":
            raise
        known = os.environ.get("FAIRVISIT_PASSPHRASE")
        if known is None and sys.stdin.isatty():
            known = click.prompt(sentence("cli.passphrase"), hide_input=True, err=True)
        if known is None:
            raise
    return deed(known)
