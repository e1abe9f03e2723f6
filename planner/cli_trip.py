"""Verbs of a crew's day out: it leaves, it is back, what it paid, and the list of all that."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click

from planner.actions.expense_list import write_expenses
from planner.actions.trips import add_expense, end_trip, start_trip
from planner.cli_json import money, table
from planner.cli_tools import (
    DAY,
    day_or_today,
    moment,
    open_workspace,
    refusing,
    say,
    words_option,
    workspace_option,
)
from planner.clock import system_clock
from planner.domain.trip import EXPENSE_KINDS, Expense, Trip
from planner.store.crews import load_crews
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.trips import load_trips
from planner.words import sentence

Command = Callable[..., Any]
_KM = click.FloatRange(min=0)


@click.group("trip")
def trip() -> None:
    """Start and end of a crew's day, with odometer or distance, and expenses."""


def _of_crew(command: Command) -> Command:
    for option in (
        workspace_option,
        click.option("--date", "day", type=DAY, help="Default: today."),
        click.option("--crew", "crew_id", required=True, help="The crew's id."),
    ):
        command = option(command)
    return command


def _metres(km: float | None) -> int | None:
    return None if km is None else round(km * 1000)


def _done(batch: bytes | None, as_json: bool) -> None:
    told = {"batch": batch.hex() if batch else None}
    say(told, as_json, lambda d: sentence("cli.recorded" if d["batch"] else "cli.trip.same", **d))


@trip.command("start")
@click.option("--at", "at_text", help="ISO 8601; default now.")
@click.option("--odometer", type=_KM, help="Kilometres.")
@_of_crew
@refusing
def start_command(
    crew_id: str, day: datetime | None, at_text: str | None, odometer: float | None,
    workspace: Path, as_json: bool,
) -> None:  # fmt: skip
    """A crew leaves."""
    with open_workspace(workspace) as store:
        at = moment(at_text, store.zone) if at_text else None
        batch = start_trip(
            store, crew_id, day_or_today(day, store), clock=system_clock, at=at,
            odometer=_metres(odometer),
        )  # fmt: skip
    _done(batch, as_json)


@trip.command("end")
@click.option("--at", "at_text", help="ISO 8601; default now.")
@click.option("--odometer", type=_KM, help="Kilometres.")
@click.option("--km", type=_KM, help="The distance, where nobody read an odometer.")
@_of_crew
@refusing
def end_command(
    crew_id: str, day: datetime | None, at_text: str | None, odometer: float | None,
    km: float | None, workspace: Path, as_json: bool,
) -> None:  # fmt: skip
    """A crew is back."""
    if odometer is not None and km is not None:
        raise click.UsageError(sentence("cli.trip.distance"))
    with open_workspace(workspace) as store:
        at = moment(at_text, store.zone) if at_text else None
        batch = end_trip(
            store, crew_id, day_or_today(day, store), clock=system_clock, at=at,
            odometer=_metres(odometer), metres=_metres(km),
        )  # fmt: skip
    _done(batch, as_json)


@trip.command("expense")
@click.option("--kind", type=click.Choice(EXPENSE_KINDS), required=True)
@click.option("--amount", type=float, required=True, help="Yuan.")
@words_option("--receipt", default="", help="The receipt's number.")
@words_option("--note", default="")
@_of_crew
@refusing
def expense_command(
    crew_id: str, day: datetime | None, kind: str, amount: float, receipt: str, note: str,
    workspace: Path, as_json: bool,
) -> None:  # fmt: skip
    """Something was paid on the way."""
    with open_workspace(workspace) as store:
        paid = Expense("", kind, round(amount * 100), receipt, note)
        batch = add_expense(store, crew_id, day_or_today(day, store), paid, clock=system_clock)
    _done(batch, as_json)


@trip.command("list")
@click.option("--date", "day", type=DAY, help="First day; default: today.")
@click.option("--days", type=click.IntRange(1, 366), default=1, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Expenses as .xlsx.")
@workspace_option
@refusing
def list_command(
    day: datetime | None, days: int, out: Path | None, workspace: Path, as_json: bool
) -> None:
    """The trips of some days beside what was planned, with their expenses."""
    with open_workspace(workspace) as store:
        first = day_or_today(day, store)
        with store.read() as conn:
            trips = load_trips(conn, first, first + timedelta(days=days - 1))
            crews = {crew.crew_id: crew.name for crew in load_crews(conn)}
        rows = [_row(one, crews, _planned(store, one.day), store.zone) for one in trips]
    if out is not None:
        write_expenses(out, trips, crews)
    say({"from": first.isoformat(), "days": days, "trips": rows}, as_json, _listed)


def _planned(store: Store, day: date) -> dict[str, int]:
    """Planned metres by crew."""
    with store.read() as conn:
        plan = load_plan(conn, day)
    return {route.crew_id: route.metres for route in (plan.routes if plan else ())}


def _row(one: Trip, crews: dict[str, str], planned: dict[str, int], zone: str) -> dict[str, Any]:
    def local(at: datetime | None) -> str | None:
        return at.astimezone(ZoneInfo(zone)).isoformat() if at else None

    return {
        "date": one.day.isoformat(), "crew_id": one.crew_id,
        "crew": crews.get(one.crew_id, one.crew_id), "left": local(one.left),
        "back": local(one.back), "metres": one.metres,
        "planned_metres": planned.get(one.crew_id), "seconds": one.seconds, "note": one.note,
        "paid": sum(paid.amount for paid in one.expenses),
        "expenses": [
            {"id": paid.expense_id, "kind": paid.kind, "amount": paid.amount,
             "receipt": paid.receipt, "note": paid.note}
            for paid in one.expenses
        ],
    }  # fmt: skip


def _listed(data: dict[str, Any]) -> str:
    if not data["trips"]:
        return sentence("cli.trip.none")
    keys = ("day", "crew", "left", "back", "km", "planned_km", "paid")
    rows = [
        [one["date"], one["crew"], _time(one["left"]), _time(one["back"]), _km(one["metres"]),
         _km(one["planned_metres"]), money(one["paid"])]
        for one in data["trips"]
    ]  # fmt: skip
    return table([sentence(f"cli.trip.{key}") for key in keys], rows)


def _time(text: str | None) -> str:
    return text[11:16] if text else "--"


def _km(metres: int | None) -> str:
    return "--" if metres is None else f"{metres / 1000:.1f}"
