"""Options of the verbs that plan: where the work is done."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from planner.actions.executors import executor_of
from planner.errors import PlannerError
from planner.words import explain

Command = TypeVar("Command", bound=Callable[..., Any])
_FILES = {
    "ca": "Certificate of the authority that the cluster's certificates are from.",
    "cert": "This program's certificate for the cluster.",
    "key": "The key of that certificate.",
}


def executor_options(command: Command) -> Command:
    """The options `--executor`, `--executor-ca`, `--executor-cert` and `--executor-key`.

    The command gets `executor`, a Place. Stands below `refusing`, which says what is wrong with it.
    """

    @functools.wraps(command)
    def run(*args: Any, executor: str, **given: Any) -> Any:
        files = [given.pop(f"executor_{name}") for name in _FILES]
        return command(*args, executor=executor_of(executor, *files), **given)

    for name, what in reversed(_FILES.items()):
        run = click.option(
            f"--executor-{name}",
            type=click.Path(path_type=Path, dir_okay=False),
            envvar=f"FAIRVISIT_EXECUTOR_{name.upper()}",
            help=what,
        )(run)
    return click.option(
        "--executor",
        default="process",
        show_default=True,
        envvar="FAIRVISIT_EXECUTOR",
        help="process (here), process:N, none, or dask://host:port.",
    )(run)  # type: ignore[return-value]


def say_trouble(error: PlannerError) -> None:
    """What went wrong elsewhere, on standard error; the plan is made all the same."""
    click.echo(explain(error), err=True)
