"""Verbs about one person's terms: agreements, notices, overrides, pauses and marks."""

from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from planner.actions.agreements import Agreed, agree, announce, end_agreement
from planner.actions.holds import hold, mark, release, watch
from planner.actions.overrides import override
from planner.cli_tools import (
    DAY,
    moment,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.domain.codes import Channel, Flag, HoldKind
from planner.store.terms import load_exceptions
from planner.words import sentence

_CHANNEL = click.Choice([c.value for c in Channel])
_HOLD = click.Choice([kind.name.lower() for kind in HoldKind])
_FLAG = click.Choice([flag.name.lower() for flag in Flag if flag.name])
_CLOCK = click.DateTime(["%H:%M"])


def _done(batch: bytes, as_json: bool) -> None:
    say({"batch": batch.hex()}, as_json, lambda d: sentence("cli.recorded", batch=d["batch"]))


def _clock(value: datetime | None) -> str:
    return f"{value:%H:%M}" if value else ""


@click.command("agree")
@click.option("--debtor", required=True)
@click.option("--channel", type=_CHANNEL, required=True)
@click.option("--from", "start", type=_CLOCK, help="HH:MM, the person's clock.")
@click.option("--until", "end", type=_CLOCK)
@click.option("--weekday", type=click.IntRange(1, 7), default=None, help="1 = Monday.")
@click.option("--on", "day", type=DAY, help="One day only.")
@click.option("--address", "address_id", default="", help="An address that was agreed to.")
@words_option("--evidence", default="", help="What proves it; needed.")
@click.option("--end-agreement", "ended", default="", help="The id of an agreement that ends now.")
@workspace_option
@refusing
def agree_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Record hours or an address that a person agreed to, or the end of an agreement."""
    with open_workspace(workspace) as store:
        if given["ended"]:
            batch = end_agreement(store, given["debtor"], given["ended"], clock=system_clock)
        else:
            agreed = Agreed(
                given["debtor"], Channel(given["channel"]), given["evidence"],
                _clock(given["start"]), _clock(given["end"]), given["weekday"] or 0,
                given["day"].date() if given["day"] else None, given["address_id"],
            )  # fmt: skip
            batch = agree(store, agreed, clock=system_clock)
    _done(batch, as_json)


@click.command("announce")
@click.option("--debtor", required=True)
@click.option("--from", "start", required=True, help="ISO 8601; the announced time of the visit.")
@click.option("--until", "end", required=True)
@words_option("--evidence", required=True, help="What proves that it was announced.")
@click.option("--at", "at_text", help="When it was announced; default now.")
@workspace_option
@refusing
def announce_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Record that a visit was announced to a person."""
    with open_workspace(workspace) as store:
        start, end = moment(given["start"], store.zone), moment(given["end"], store.zone)
        at = moment(given["at_text"], store.zone) if given["at_text"] else None
        batch = announce(
            store, given["debtor"], start, end, given["evidence"], clock=system_clock, at=at
        )
    _done(batch, as_json)


@click.command("override")
@click.option("--debtor", required=True)
@click.option("--rule", required=True, help="A rule id, such as cn.house.closed_days.")
@click.option("--channel", type=_CHANNEL, required=True)
@click.option("--from", "start", required=True, help="ISO 8601.")
@click.option("--until", "end", required=True)
@words_option("--reason", required=True)
@words_option("--by", required=True, help="The lead who decides.")
@workspace_option
@refusing
def override_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Set one rule aside for a person and a span of time, where its pack permits that."""
    with open_workspace(workspace) as store:
        batch = override(
            store, given["debtor"], given["rule"], Channel(given["channel"]),
            moment(given["start"], store.zone), moment(given["end"], store.zone),
            reason=given["reason"], by=given["by"], clock=system_clock,
        )  # fmt: skip
    _done(batch, as_json)


@click.command("hold")
@click.option("--debtor", required=True)
@click.option("--kind", type=_HOLD, help="Why contact pauses.")
@click.option("--flag", type=_FLAG, help="A mark that stays, instead of a pause.")
@click.option("--until", "until", help="ISO 8601; without it until released.")
@words_option("--reason", required=True)
@workspace_option
@refusing
def hold_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """Pause contact with a person, or mark them."""
    if bool(given["kind"]) == bool(given["flag"]):
        raise click.UsageError(sentence("cli.kind_or_flag"))
    with open_workspace(workspace) as store:
        who, reason = given["debtor"], given["reason"]
        if given["kind"]:
            until = moment(given["until"], store.zone) if given["until"] else None
            kind = HoldKind[given["kind"].upper()]
            batch = hold(store, who, kind, reason=reason, until=until, clock=system_clock)
        elif given["flag"] == "watch":
            batch = watch(store, who, True, reason=reason, clock=system_clock)
        else:
            flag = Flag[given["flag"].upper()]
            batch = mark(store, who, flag, True, reason=reason, clock=system_clock)
    _done(batch, as_json)


@click.command("release")
@click.option("--debtor", required=True)
@click.option("--kind", type=_HOLD)
@click.option("--flag", type=_FLAG)
@words_option("--reason", default="", help="Needed for a mark that is taken away.")
@workspace_option
@refusing
def release_command(workspace: Path, as_json: bool, **given: Any) -> None:
    """End a pause of a person, or take a mark away."""
    if bool(given["kind"]) == bool(given["flag"]):
        raise click.UsageError(sentence("cli.kind_or_flag"))
    with open_workspace(workspace) as store:
        who, reason = given["debtor"], given["reason"]
        if given["kind"]:
            batch = release(store, who, HoldKind[given["kind"].upper()], clock=system_clock)
        elif given["flag"] == "watch":
            batch = watch(store, who, False, reason=reason, clock=system_clock)
        else:
            flag = Flag[given["flag"].upper()]
            batch = mark(store, who, flag, False, reason=reason, clock=system_clock)
    _done(batch, as_json)


@click.command("exceptions")
@workspace_option
@refusing
def exceptions_command(workspace: Path, as_json: bool) -> None:
    """List what was outside the rules: facts that broke one, and rules a lead set aside."""
    with open_workspace(workspace) as store:
        with store.read() as conn:
            found = load_exceptions(conn)
        rows = [
            {
                "debtor": one.debtor_id,
                "at": one.at.astimezone(ZoneInfo(store.zone)).isoformat(),
                "rule": one.rule,
                "channel": one.channel.value,
                "reason": one.reason,
                "by": one.by,
            }
            for one in found
        ]
    say({"exceptions": rows}, as_json, _exceptions_text)


def _exceptions_text(data: dict[str, Any]) -> str:
    lines = [
        "  ".join((row["at"][:16], row["debtor"], sentence(f"rule.{row['rule']}"), row["reason"]))
        for row in data["exceptions"]
    ]
    return "\n".join(line.rstrip() for line in lines) or sentence("cli.no_exceptions")


VERBS = (
    agree_command, announce_command, override_command, hold_command, release_command,
    exceptions_command,
)  # fmt: skip
