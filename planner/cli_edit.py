"""Verbs that change a day's plan after it was made: fill its gaps, plan it on, bring somebody in.

Each prints what it would change; with `--take` the offered plan is saved.
"""

from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from planner.actions import edit_plan
from planner.actions.bring_in import bring_in, smallest_changes
from planner.actions.difference import Difference, Totals
from planner.actions.edit_plan import Bench, bench_of
from planner.actions.fill_gaps import fill_gaps
from planner.actions.noon import AS_USUAL, Noon
from planner.actions.proposal import Proposal
from planner.actions.rank import rank
from planner.actions.replan_day import replan_day
from planner.actions.smallest import Smallest
from planner.cli_tools import DAY, day_or_today, open_workspace, refusing, say, workspace_option
from planner.clock import system_clock
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.plans import load_plan, plan_to_json
from planner.store.store import Store
from planner.words import sentence

Command = Callable[..., Any]
_FEN = 100
_MOST_MINUTES = 10_000  # a week; more is a slip of the pen


def _plan_options(command: Command) -> Command:
    """The day, the search and `--take`."""
    for option in (
        click.option("--take", is_flag=True, help="Save the offered plan."),
        click.option("--seed", default=0, show_default=True),
        click.option("--iterations", type=click.IntRange(min=1)),
        click.option("--seconds", type=click.FloatRange(min=0.05, max=3600)),
        click.option("--date", "day", type=DAY, help="Default: today."),
    ):
        command = option(command)
    return command


@click.command("fill")
@_plan_options
@workspace_option
@refusing
def fill_command(
    day: datetime | None, take: bool, workspace: Path, as_json: bool, **search: Any
) -> None:
    """Add to a day's plan what pays and has room; nothing else of it changes."""
    with open_workspace(workspace) as store:
        plan, bench = _bench(store, day)
        offer = fill_gaps(store, bench, plan, clock=system_clock, **search)
        _say(store, offer, take, as_json)


def _crew_value(text: str, of: Callable[[str], Any]) -> tuple[str, Any]:
    crew, equals, value = text.partition("=")
    try:
        if not equals:
            raise ValueError(text)
        return crew, of(value)
    except ValueError as error:
        raise click.BadParameter(text) from error


def _minutes(text: str) -> int:
    if not 0 <= int(text) <= _MOST_MINUTES:
        raise ValueError(text)
    return int(text)


def _position(text: str) -> tuple[float, float]:
    lat, lon = map(float, text.split(","))
    if not (-90 <= lat <= 90 and -180 <= lon <= 180):
        raise ValueError(text)
    return lat, lon


@click.command("replan")
@click.option("--at", "positions", multiple=True, help="CREW=LAT,LON: where a crew is.")
@click.option("--late", multiple=True, help="CREW=MINUTES: how far a crew is behind.")
@click.option("--absent", multiple=True, help="Id of a crew that makes no further stop.")
@click.option("--car", multiple=True, help="CREW=MINUTES: for how long its car stands.")
@click.option("--rain", type=click.IntRange(0, 200), default=0, help="Percent more on the road.")
@click.option("--ill", multiple=True, help="CREW=COLLECTOR: who does not go on.")
@click.option("--urgent", multiple=True, help="Id of a person to visit whatever it is worth.")
@click.option("--settled", multiple=True, help="Id of a person nobody has to visit any more.")
@click.option("--assume-made", is_flag=True, help="Stops whose end is past count as made.")
@_plan_options
@workspace_option
@refusing
def replan_command(
    positions: tuple[str, ...], late: tuple[str, ...], absent: tuple[str, ...],
    car: tuple[str, ...], rain: int, ill: tuple[str, ...], urgent: tuple[str, ...],
    settled: tuple[str, ...], assume_made: bool, day: datetime | None, take: bool,
    workspace: Path, as_json: bool, **search: Any,
) -> None:  # fmt: skip
    """Plan a day on from now; what is done and locked stays."""
    where = dict(_crew_value(text, _position) for text in positions)
    behind = {crew: minutes * 60 for crew, minutes in (_crew_value(t, _minutes) for t in late)}
    with open_workspace(workspace) as store:
        plan, bench = _bench(store, day)
        noon = _noon(car, rain, ill, urgent, settled)
        offer = replan_day(
            store, bench, plan, clock=system_clock, positions=where, late=behind,
            absent=frozenset(absent), assume_made=assume_made, noon=noon, **search,
        )  # fmt: skip
        _say(store, offer, take, as_json)


def _noon(
    car: tuple[str, ...], rain: int, ill: tuple[str, ...], urgent: tuple[str, ...],
    settled: tuple[str, ...],
) -> Noon:  # fmt: skip
    """What came up, as it was told on the command line."""
    now, away = system_clock(), defaultdict(set)
    for crew, member in (_crew_value(text, str) for text in ill):
        away[crew].add(member)
    stands = (_crew_value(text, _minutes) for text in car)
    return Noon(
        {crew: now + timedelta(minutes=minutes) for crew, minutes in stands},
        AS_USUAL + rain,
        {crew: frozenset(who) for crew, who in away.items()},
        frozenset(urgent),
        frozenset(settled),
    )


@click.command("bring-in")
@click.option("--debtor", default="", help="Whom; without it everybody left out is listed.")
@_plan_options
@workspace_option
@refusing
def bring_in_command(
    debtor: str, day: datetime | None, take: bool, workspace: Path, as_json: bool, **search: Any
) -> None:
    """The smallest change that brings somebody into a day's plan, and what it would do."""
    with open_workspace(workspace) as store:
        plan, bench = _bench(store, day)
        found = smallest_changes(store, bench, plan, clock=system_clock)
        if not debtor:
            rows = [{"debtor": who, **_change(one)} for who, one in found.items()]
            say({"changes": rows}, as_json, _listed)
            return
        if debtor not in found:
            raise PlannerError("plan.not_left_out", debtor=debtor)
        one = found[debtor]
        offer = bring_in(store, bench, plan, debtor, one, clock=system_clock, **search)
        _say(store, offer, take, as_json, change=_change(one))


def _bench(store: Store, day: datetime | None) -> tuple[Plan, Bench]:
    chosen = day_or_today(day, store)
    with store.read() as conn:
        plan = load_plan(conn, chosen)
    if plan is None:
        raise PlannerError("plan.none", day=str(chosen))
    return plan, bench_of(store, rank(store, chosen))


def _say(store: Store, offer: Proposal, take: bool, as_json: bool, **more: Any) -> None:
    """Print the difference; save the plan when it is to be taken and changes anything."""
    batch = None
    if take and not offer.difference.nothing:
        batch = edit_plan.save_edit(store, offer.plan, clock=system_clock).hex()
    data = {
        **changes(offer.difference),
        "batch": batch, "plan": plan_to_json(offer.plan), **more,
    }  # fmt: skip
    zone = ZoneInfo(store.zone)
    say(data, as_json, lambda d: _told(d, zone))


def changes(changed: Difference) -> dict[str, Any]:
    """A difference as JSON: sums before and after, persons by debtor id."""
    return {
        "before": _sums(changed.before), "after": _sums(changed.after),
        "added": list(changed.added), "removed": list(changed.removed),
        "moved": [{"debtor": who, "from": a, "to": b} for who, a, b in changed.moved],
        "retimed": [
            {"debtor": who, "before": a.isoformat(), "after": b.isoformat()}
            for who, a, b in changed.retimed
        ],
    }  # fmt: skip


def _sums(totals: Totals) -> dict[str, int]:
    sums = {name: getattr(totals, name) for name in Totals.__dataclass_fields__}
    return sums | {"expected": totals.net}


def _told(data: dict[str, Any], zone: ZoneInfo) -> str:
    lines = [_change_line(data["change"])] if "change" in data else []
    lines += change_lines(data, zone)
    if data["batch"]:
        lines.append(sentence("cli.recorded", batch=data["batch"]))
    elif len(lines) == 1:
        lines.append(sentence("cli.offer.nothing"))
    else:
        lines.append(sentence("cli.offer.take"))
    return "\n".join(lines)


def change_lines(data: dict[str, Any], zone: ZoneInfo) -> list[str]:
    """What `changes` tells, in words: the sums, then a line per person."""
    before, after = data["before"], data["after"]
    lines = [
        sentence(
            "cli.offer", visits=after["visits"], was=before["visits"],
            km=f"{after['metres'] / 1000:,.0f}", was_km=f"{before['metres'] / 1000:,.0f}",
            cost=_money(after["cost"]), was_cost=_money(before["cost"]),
            expected=_money(after["expected"]), was_expected=_money(before["expected"]),
        )
    ]  # fmt: skip
    lines += [sentence("cli.offer.added", debtor=who) for who in data["added"]]
    lines += [sentence("cli.offer.removed", debtor=who) for who in data["removed"]]
    lines += [sentence("cli.offer.moved", **row) for row in _plain(data["moved"])]
    lines += [
        sentence(
            "cli.offer.retimed", debtor=row["debtor"],
            before=f"{datetime.fromisoformat(row['before']).astimezone(zone):%H:%M}",
            after=f"{datetime.fromisoformat(row['after']).astimezone(zone):%H:%M}",
        )
        for row in data["retimed"]
    ]  # fmt: skip
    return lines


def _plain(rows: list[dict[str, str]]) -> list[dict[str, str]]:
    """With `old` and `new` for the crews, as the sentences name them."""
    return [{"debtor": row["debtor"], "old": row["from"], "new": row["to"]} for row in rows]


def _change(one: Smallest) -> dict[str, Any]:
    return {"kind": one.kind, **one.figures}


def _change_line(change: dict[str, Any]) -> str:
    figures = dict(change)
    for name in ("more_value", "value", "cost", "loss"):
        if name in figures:
            figures[name] = _money(int(figures[name]))
    figures["people"] = ", ".join(figures.get("people", ()))
    figures["stops"] = ", ".join(figures.get("stops", ()))
    if "why" in figures:
        figures["why"] = sentence(f"reason.{figures['why']}.short")
    return sentence(f"cli.change.{change['kind']}", **figures)


def _listed(data: dict[str, Any]) -> str:
    rows = data["changes"]
    return "\n".join(f"{row['debtor']}  {_change_line(row)}" for row in rows) or sentence(
        "cli.change.nobody"
    )


def _money(amount: int) -> str:
    return f"{amount / _FEN:,.2f}"


VERBS = (fill_command, replan_command, bring_in_command)
