"""Words about somebody reach the command line by standard input."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from demo_time import DEMO_DAY, demo_clock

from planner import cli as verbs
from planner import cli_tools
from planner.actions.history import history
from planner.actions.rank import rank
from planner.cli import cli
from planner.store.store import Store

FREE = {"note", "reason", "evidence", "by", "phone", "receipt"}


def every(command: click.Command) -> list[click.Command]:
    """A command and all below it."""
    below = command.commands.values() if isinstance(command, click.Group) else ()
    return [command, *(one for sub in below for one in every(sub))]


def test_every_free_word_can_come_from_input() -> None:
    """No verb takes a note, a reason, a name or a number only where others can see it."""
    found = [
        (verb.name, option)
        for verb in every(cli)
        for option in verb.params
        if option.name in FREE and not option.multiple
    ]
    assert len(found) > 15
    assert [verb for verb, option in found if not isinstance(option.type, cli_tools.Words)] == []
    for _, option in found:
        assert isinstance(option, click.Option)
        assert cli_tools.SEEN in (option.help or "")


def test_a_note_from_input_is_kept(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The note is what stood on standard input, without its last line end; two options cannot both
    have it, and bytes that are no text are refused."""
    for module in (verbs, cli_tools):
        monkeypatch.setattr(module, "system_clock", demo_clock)
    place = demo_folder / "demo.fairvisit"
    with Store.open(place, clock=demo_clock) as store:
        ranking = rank(store, DEMO_DAY)
        who = ranking.table.debtor_ids[int(ranking.order[0])]
    verb = ["record", "--debtor", who, "--visit", "VIS-NC", "--at", demo_clock().isoformat(),
            "--workspace", str(place), "--note", "-"]  # fmt: skip
    done = CliRunner().invoke(cli, verb, input="邻居说\n他在外地\n")
    assert done.exit_code == 0, done.stderr
    with Store.open(place, clock=demo_clock) as store:
        told = repr(history(store, who, demo_clock()))
    assert "邻居说\\n他在外地'" in told
    assert CliRunner().invoke(cli, [*verb, "--phone", "-"], input="x").exit_code == 2
    assert CliRunner().invoke(cli, verb, input=b"\xff\xfe\x00").exit_code == 2
