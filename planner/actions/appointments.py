"""Visits that have to be made on a day: hours agreed for it with the person, or a lead's word."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.rank import Ranking
from planner.domain.codes import CHANNELS, Channel
from planner.domain.facts import FactTable, instant

NOWHERE = -1
Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Appointment:
    """A person who has to be visited: within one of `spans` (instants; none = at any time of the
    day that the rules permit), at `address` (row of the address columns, NOWHERE = at any)."""

    spans: tuple[Span, ...] = ()
    address: int = NOWHERE

    def at(self, address: int) -> bool:
        """Whether a visit at this address keeps the appointment."""
        return self.address in (NOWHERE, address)

    def within(self, hours: Iterable[Span], address: int) -> list[Span]:
        """Those of `hours` in which a visit at this address keeps the appointment."""
        if not self.at(address):
            return []
        if not self.spans:
            return list(hours)
        return sorted(
            (max(a, begin), min(b, end))
            for a, b in hours
            for begin, end in self.spans
            if max(a, begin) < min(b, end)
        )


def appointments(ranking: Ranking) -> dict[int, Appointment]:
    """By row, everybody who has to be visited on the day of `ranking` and has not been yet.

    That is: hours were agreed for a visit on this very day (an agreement for every day or every
    week only says when somebody is there), or a lead decided so.
    """
    return appointed(ranking.table, ranking.day, ranking.musts)


def appointed(table: FactTable, day: date, musts: Container[str]) -> dict[int, Appointment]:
    """As `appointments`, of the persons of `table`; `musts` are those a lead wants on `day`."""
    found: dict[int, Appointment] = {}
    meant = (
        (table.agreement_channel == CHANNELS.index(Channel.VISIT))
        & (table.agreement_day == day.toordinal())
        & (table.agreement_from < table.agreement_until)
    )
    for k in np.flatnonzero(meant).tolist():
        row = int(np.searchsorted(table.agreement_off, k, side="right")) - 1
        zone = ZoneInfo(table.zones[table.zone[row]])
        begin, end = (_instant(day, int(minutes[k]), zone) for minutes in
                      (table.agreement_from, table.agreement_until))  # fmt: skip
        if int(table.agreement_end[k]) <= begin or int(table.agreement_at[k]) >= end:
            continue
        known = found.get(row, Appointment())
        place = int(table.agreement_address[k])
        found[row] = Appointment(
            (*known.spans, (begin, end)), place if place >= 0 else known.address
        )
    if musts:
        for row, who in enumerate(table.debtor_ids):
            if who in musts:
                found.setdefault(row, Appointment())
    return {row: one for row, one in found.items() if not _visited(table, day, row)}


def _instant(day: date, minutes: int, zone: ZoneInfo) -> int:
    """The instant at which the clock on the wall shows so many minutes after midnight."""
    day, minutes = day + timedelta(days=minutes // 1440), minutes % 1440
    return instant(datetime.combine(day, time(minutes // 60, minutes % 60), zone))


def _visited(table: FactTable, day: date, row: int) -> bool:
    """Whether a visit of this person is recorded on the day."""
    zone = ZoneInfo(table.zones[table.zone[row]])
    begin, end = _instant(day, 0, zone), _instant(day, 1440, zone)
    mine = slice(int(table.contact_off[row]), int(table.contact_off[row + 1]))
    at, channel = table.contact_at[mine], table.contact_channel[mine]
    made = (channel == CHANNELS.index(Channel.VISIT)) & (at >= begin) & (at < end)
    return bool(made.any())
