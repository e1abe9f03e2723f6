"""The list of expenses as a spreadsheet: one row per receipt, with its sum."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from planner.domain.trip import Trip
from planner.export.sheet import Value, write_sheet
from planner.words import sentence

_HEADS = ("day", "crew", "kind", "amount", "receipt", "note")


def write_expenses(
    path: Path, trips: Sequence[Trip], crews: Mapping[str, str], language: str | None = None
) -> None:
    """Write the expenses of `trips` in `language`; `crews` are names by id, amounts in yuan.

    Raises PlannerError("file.unwritable").
    """
    rows: list[list[Value]] = [
        [
            trip.day, crews.get(trip.crew_id, trip.crew_id),
            sentence(f"trip.{paid.kind}", language), paid.amount / 100, paid.receipt, paid.note,
        ]
        for trip in trips
        for paid in trip.expenses
    ]  # fmt: skip
    total = sum(paid.amount for trip in trips for paid in trip.expenses)
    rows.append([None, sentence("cli.trip.sum", language), None, total / 100, None, None])
    heads = [sentence(f"cli.trip.{name}", language) for name in _HEADS]
    write_sheet(path, sentence("cli.trip.title", language), heads, rows)
