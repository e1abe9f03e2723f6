"""Verbs of a team's exchange: found a team, let a laptop in, send, receive, see what collides."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from planner.actions import exchange as deeds
from planner.actions.hub import exchange_hub
from planner.cli_json import table
from planner.cli_tools import open_workspace, refusing, say, words_option, workspace_option
from planner.clock import system_clock
from planner.errors import PlannerError
from planner.sync.exchange import Told
from planner.sync.peers import ACTIVE, ENDED
from planner.words import explain, sentence

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command("team-new")
@words_option("--name", required=True, help="The lead's name, as laptops will show it.")
@workspace_option
@refusing
def new_command(name: str, workspace: Path, as_json: bool) -> None:
    """Make this workspace the lead's of a new team."""
    with open_workspace(workspace) as store:
        deeds.found_team(store, name)
    say({"name": name}, as_json, lambda told: sentence("cli.exchange.founded", **told))


@click.command("team-card")
@words_option("--name", required=True, help="Whose laptop this is.")
@click.option("--staff-id", required=True, help="The collector's staff id, as in the crews.")
@click.option("--out", type=FILE, required=True, help="Write the card to this file.")
@workspace_option
@refusing
def card_command(name: str, staff_id: str, out: Path, workspace: Path, as_json: bool) -> None:
    """Make the card of a collector's new laptop, and the code to tell the lead by voice.

    The workspace is made where there is none; one with entries does not join a team.
    """
    with open_workspace(workspace, create=True) as store:
        card, code = deeds.make_card(store, name, staff_id)
        deeds.write_text(out, card)
    told = {"card": str(out), "code": code}
    say(told, as_json, lambda d: sentence("cli.exchange.card", **d))


@click.command("team-admit")
@click.argument("card", type=FILE)
@words_option("--code", required=True, help="The code that the collector told by voice.")
@click.option("--staff-id", default="", help="Where it is another than the card's.")
@click.option("--out", type=FILE, required=True, help="Write the invitation to this file.")
@workspace_option
@refusing
def admit_command(
    card: Path, code: str, staff_id: str, out: Path, workspace: Path, as_json: bool
) -> None:
    """Let the laptop of CARD into the team; its invitation goes back to it."""
    with open_workspace(workspace) as store:
        text = deeds.let_in(
            store, deeds.read_text(card), code, clock=system_clock, collector_id=staff_id
        )
        deeds.write_text(out, text)
    say({"invitation": str(out)}, as_json, lambda d: sentence("cli.exchange.admitted", **d))


@click.command("team-join")
@click.argument("invitation", type=FILE)
@workspace_option
@refusing
def join_command(invitation: Path, workspace: Path, as_json: bool) -> None:
    """Join the team by the lead's INVITATION."""
    with open_workspace(workspace) as store:
        lead = deeds.join_team(store, deeds.read_text(invitation), clock=system_clock)
    say({"lead": lead}, as_json, lambda d: sentence("cli.exchange.joined", **d))


@click.command("team-leave-out")
@click.argument("peer")
@click.option("--back", is_flag=True, help="Give it its place back.")
@workspace_option
@refusing
def leave_command(peer: str, back: bool, workspace: Path, as_json: bool) -> None:
    """End the place of a laptop in the team: PEER is a staff id or the laptop's number."""
    with open_workspace(workspace) as store:
        found = deeds.find_receiver(store, peer, ENDED if back else ACTIVE)
        (deeds.let_back_in if back else deeds.leave_out)(store, found.peer_id)
        remains = not back and deeds.hub_lets_in(store)
    words = "cli.exchange.back_in" if back else "cli.exchange.left_out"
    lines = [words, "cli.exchange.hub_remains"] if remains else [words]
    data = {"peer": found.peer_id, "hub_remains": remains}
    say(data, as_json, lambda d: "\n".join(sentence(one, peer=d["peer"]) for one in lines))


@click.command("send")
@click.option("--to", "whom", default="", help="A staff id; not needed where there is one peer.")
@click.option("--out", type=click.Path(path_type=Path), required=True,
              help="A file, or a folder for a file with a name of its own.")  # fmt: skip
@workspace_option
@refusing
def send_command(whom: str, out: Path, workspace: Path, as_json: bool) -> None:
    """Write the bundle for a peer, to be carried there."""
    with open_workspace(workspace) as store:
        peer = deeds.find_receiver(store, whom)
        told = deeds.send_file(store, peer.peer_id, out, clock=system_clock)
    say(told_json(told), as_json, _told_text)


@click.command("receive")
@click.argument("files", nargs=-1, required=True, type=FILE)
@workspace_option
@refusing
def receive_command(files: tuple[Path, ...], workspace: Path, as_json: bool) -> None:
    """Merge bundles that were carried here; a refused one changes nothing."""
    with open_workspace(workspace) as store:
        for path in files:
            told = deeds.receive_file(store, path, clock=system_clock)
            say(told_json(told), as_json, _told_text)


@click.command("exchange")
@click.option("--folder", type=click.Path(path_type=Path, file_okay=False),
              help="A folder that the others see; default: that of the last time.")  # fmt: skip
@click.option("--hub", is_flag=True, help="By the hub that was named to the workspace.")
@workspace_option
@refusing
def exchange_command(folder: Path | None, hub: bool, workspace: Path, as_json: bool) -> None:
    """Receive what waits, then send what the others lack: by a shared folder or by a hub."""
    if hub and folder:
        raise click.UsageError(sentence("cli.exchange.one_way"))
    with open_workspace(workspace) as store:
        told = (
            exchange_hub(store, clock=system_clock)
            if hub
            else deeds.exchange_folder(store, folder, clock=system_clock)
        )
    say(told_json(told), as_json, _told_text)


@click.command("exchange-status")
@workspace_option
@refusing
def status_command(workspace: Path, as_json: bool) -> None:
    """How things stand with the others: unsent entries, last exchange, conflicts."""
    with open_workspace(workspace) as store:
        found = deeds.exchange_status(store)
    peers = [
        asdict(one) | {
            "sent_at": one.sent_at.isoformat() if one.sent_at else None,
            "received_at": one.received_at.isoformat() if one.received_at else None,
        }
        for one in found.peers
    ]  # fmt: skip
    data = {
        "role": found.role, "unsent": found.unsent, "conflicts": found.conflicts,
        "flagged": found.flagged, "forks": list(found.forks), "peers": peers,
    }  # fmt: skip
    say(data, as_json, _status_text)


def _status_text(data: dict[str, Any]) -> str:
    lines = [sentence("cli.exchange.status", **data)]
    heads = [sentence(f"cli.exchange.{name}") for name in ("peer", "state", "sent", "received")]
    rows = [
        [one["collector_id"] or one["name"], sentence(f"cli.exchange.is_{one['state']}"),
         one["sent_at"] or "–", one["received_at"] or "–"]
        for one in data["peers"]
    ]  # fmt: skip
    return "\n".join([*lines, table(heads, rows)] if rows else lines)


@click.command("conflicts")
@workspace_option
@refusing
def conflicts_command(workspace: Path, as_json: bool) -> None:
    """Fields that two laptops changed without knowing of each other; the later entry counts."""
    with open_workspace(workspace) as store:
        found = deeds.load_conflicts(store)
    rows = [
        {
            "id": one.conflict_id, "debtor": one.debtor_id, "field": one.field,
            "about": one.about, "other": one.first, "counts": one.second,
            "other_at": one.first_at.isoformat(), "counts_at": one.second_at.isoformat(),
        }
        for one in found
    ]  # fmt: skip
    say({"conflicts": rows}, as_json, _conflicts_text)


def _conflicts_text(data: dict[str, Any]) -> str:
    rows = data["conflicts"]
    if not rows:
        return sentence("cli.exchange.no_conflicts")
    return "\n".join(sentence("cli.exchange.conflict", **row) for row in rows)


@click.command("settle")
@click.argument("conflict")
@click.option("--take-other", is_flag=True, help="Record the value again that does not count.")
@workspace_option
@refusing
def settle_command(conflict: str, take_other: bool, workspace: Path, as_json: bool) -> None:
    """Take a conflict off the list: what counts stays, or the other value is taken."""
    with open_workspace(workspace) as store:
        batch = deeds.settle(store, conflict, take_other=take_other, clock=system_clock)
    data = {"batch": batch.hex() if batch else None}
    say(data, as_json, lambda _: sentence("cli.exchange.settled"))


def told_json(told: Told) -> dict[str, Any]:
    """What an exchange did, as JSON."""
    refused = [
        {"code": code, "message": explain(PlannerError(code, **params))}
        for code, params in told.refused
    ]
    return asdict(told) | {"refused": refused}


def _told_text(data: dict[str, Any]) -> str:
    lines = [sentence("cli.exchange.told", **data)]
    for name in ("persons_in", "persons_out", "flagged", "conflicts", "waiting", "known", "forked"):
        if data[name]:
            lines.append(sentence(f"cli.exchange.{name}", count=data[name]))
    if data["skew"]:
        lines.append(sentence("cli.exchange.skew", minutes=round(abs(data["skew"]) / 60)))
    return "\n".join([*lines, *(one["message"] for one in data["refused"])])


VERBS = (
    new_command, card_command, admit_command, join_command, leave_command, send_command,
    receive_command, exchange_command, status_command, conflicts_command, settle_command,
)  # fmt: skip
