"""The verb of the travel ledger: what trips cost, and what of it falls on each case."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from planner.actions.actual import Actual
from planner.actions.ledger import (
    BOUNDS,
    PARTS,
    Parts,
    Share,
    TripLedger,
    ledger,
    save_prices,
    total,
)
from planner.cli_json import money, table
from planner.cli_tools import DAY, day_or_today, open_workspace, refusing, say, workspace_option
from planner.export.sheet import Value, write_sheet
from planner.words import sentence


def _prices(_ctx: click.Context, _param: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for one in given:
        name, _, value = one.partition("=")
        if name not in BOUNDS or not (value.isdecimal() or (name == "fuel_km" and value == "crew")):
            raise click.BadParameter(
                sentence("cli.ledger.price", given=one, names=", ".join(BOUNDS))
            )
        found[name] = None if value == "crew" else int(value)
    return found


@click.command("ledger")
@click.option("--date", "day", type=DAY, help="First day; default: today.")
@click.option("--days", type=click.IntRange(1, 366), default=1, show_default=True)
@click.option("--price", "prices", multiple=True, callback=_prices, help="Set a price: toll_km=50.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Also an .xlsx list.")
@workspace_option
@refusing
def ledger_command(
    day: datetime | None,
    days: int,
    prices: dict[str, Any],
    out: Path | None,
    workspace: Path,
    as_json: bool,
) -> None:
    """What the planned trips cost in way, time and money, per trip and per case."""
    with open_workspace(workspace) as store:
        if prices:
            save_prices(store, **prices)
        first = day_or_today(day, store)
        trips = ledger(store, first, days)
    if out is not None:
        write_ledger(out, trips)
    data = {
        "from": first.isoformat(),
        "days": days,
        "trips": [_trip_json(trip) for trip in trips],
        "totals": _parts_json(total(trip.parts for trip in trips)),
    }
    say(data, as_json, ledger_text)


def _parts_json(parts: Parts) -> dict[str, int]:
    return {name: getattr(parts, name) for name in PARTS} | {"money": parts.money}


def _trip_json(trip: TripLedger) -> dict[str, Any]:
    return {
        "crew": trip.crew,
        "crew_id": trip.crew_id,
        "dates": [day.isoformat() for day in trip.days],
        "lodgings": list(trip.lodgings),
        "totals": _parts_json(trip.parts),
        "actual": _actual_json(trip.actual),
        "cases": [
            {"debtor": one.debtor_id, "case": one.case_id} | _parts_json(one.parts)
            for one in trip.shares
        ],
    }


def _actual_json(one: Actual | None) -> dict[str, int | None] | None:
    return None if one is None else asdict(one) | {"money": one.money}


def ledger_text(data: dict[str, Any]) -> str:
    """A table of the trips with their sums, and the sum of all."""
    if not data["trips"]:
        return sentence("cli.ledger.none")
    keys = ("day", "crew", "stops", "km", "hours", "fuel", "toll", "allowance", "lodging", "wage",
            "fixed", "sum", "actual_km", "actual_hours", "actual_sum")  # fmt: skip
    rows = [
        [" ".join(day[5:] for day in trip["dates"]), trip["crew"],
         str(len({one["debtor"] for one in trip["cases"]})), *_figures(trip["totals"]),
         *_real(trip["actual"])]
        for trip in data["trips"]
    ]  # fmt: skip
    rows.append([sentence("cli.ledger.sum"), "", "", *_figures(data["totals"]), "", "", ""])
    return table([sentence(f"cli.ledger.{key}") for key in keys], rows)


def _figures(parts: dict[str, int]) -> list[str]:
    names = ("fuel", "toll", "allowance", "lodging", "wage", "fixed", "money")
    hours = f"{parts['working'] / 3600:.1f}"
    return [f"{parts['metres'] / 1000:.0f}", hours, *(money(parts[name]) for name in names)]


def _real(told: dict[str, int | None] | None) -> list[str]:
    """Kilometres, hours and money as told; "--" where it is not."""
    one = told or {}
    metres, working, paid = one.get("metres"), one.get("working"), one.get("money")
    return [
        "--" if metres is None else f"{metres / 1000:.0f}",
        "--" if working is None else f"{working / 3600:.1f}",
        "--" if paid is None else money(paid),
    ]


def write_ledger(path: Path, trips: tuple[TripLedger, ...]) -> None:
    """A spreadsheet with one row per case, its sums below; no names, only ids. A trip without any
    planned stop has one row of its own.

    Raises PlannerError("file.unwritable").
    """
    keys = ("day", "crew", "case", "debtor", "km", "hours", "fuel", "toll", "allowance", "lodging",
            "wage", "fixed", "sum")  # fmt: skip
    rows: list[list[Value]] = [
        [trip.days[0], trip.crew, one.case_id, one.debtor_id, *_cells(one.parts)]
        for trip in trips
        for one in trip.shares or (Share("", "", trip.parts),)
    ]
    rows.append([None, sentence("cli.ledger.sum"), None, None,
                 *_cells(total(trip.parts for trip in trips))])  # fmt: skip
    header = [sentence(f"cli.ledger.{key}") for key in keys]
    notes = [sentence("cli.ledger.rule")]
    write_sheet(path, sentence("cli.ledger.title"), header, rows, notes)


def _cells(parts: Parts) -> list[Value]:
    """Kilometres, hours and money in yuan: exact, as minor units are hundredths."""
    names = ("fuel", "toll", "allowance", "lodging", "wage", "fixed", "money")
    way = [parts.metres / 1000, round(parts.working / 3600, 4)]
    return [*way, *(getattr(parts, name) / 100 for name in names)]
