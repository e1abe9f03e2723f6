"""Visits and shifts as the problem file says them: windows, who may go, terms of a shift, pins.

Times are seconds after midnight of the day in the workspace's zone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.appointments import Appointment, appointments
from planner.actions.candidates import Candidate
from planner.actions.households import ONCE
from planner.actions.rank import Ranking
from planner.actions.stays import AT_HOME, Stay, lodgings
from planner.domain.facts import I64, instant
from planner.domain.people import Crew
from planner.domain.plan import Plan, Route, Stop, at_doors
from planner.domain.work import HOUR, missing_skills
from planner.policy.pack import crew_rule
from planner.ranking.value import expected_service

DAY = 86_400


def last_facts(ranking: Ranking, zone: str) -> I64:
    """The last instant by the end of `ranking.day` at which something is recorded of each person;
    0 where that is days ago.

    A day is judged by all that is known at its end. Before such an instant less was known (a call
    at noon may be what permits a visit at all), so nobody is planned earlier than that.
    """
    table = ranking.table
    after = datetime.combine(ranking.day + timedelta(days=1), time())
    ends = [instant(after.replace(tzinfo=ZoneInfo(name or zone))) for name in table.zones]
    end = np.array(ends, np.int64)[table.zone]
    last = np.zeros(table.n, np.int64)
    for offsets, moments in (
        (table.contact_off, table.contact_at),
        (table.promise_off, table.promise_made),
        (table.payment_off, table.payment_at),
        (table.hold_off, table.hold_start),
        (table.agreement_off, table.agreement_at),
        (table.agreement_off, table.agreement_end),
        (table.notice_off, table.notice_at),
        (table.override_off, table.override_at),
    ):
        lately = np.flatnonzero(moments >= end.min(initial=0) - 2 * DAY)
        rows = np.searchsorted(offsets, lately, side="right") - 1
        known = moments[lately] < end[rows]
        np.maximum.at(last, rows[known], moments[lately][known])
    return last


def day_start(day: date, zone: str) -> int:
    """The instant from which seconds are counted so that they show the clock on the wall in `zone`.

    That is twelve hours before noon: on days on which clocks are set at night it is not midnight.
    """
    return instant(datetime.combine(day, time(12), ZoneInfo(zone))) - 12 * 3600


@dataclass(frozen=True, slots=True)
class VisitTerms:
    """Who may go to whom on the day of a ranking, and what was agreed with whom.

    `enough` are the crews that are as many as the rules demand at a door, by the index of the place
    (jurisdiction) in the table; `lacking` what each crew (id) cannot do that somebody (row) needs;
    `own` are the crews with the collector who has a person (row), none where the history of the
    person has not come whole; `appointments` are by row.
    """

    ranking: Ranking
    enough: Mapping[int, list[str]]
    lacking: Mapping[int, Mapping[str, tuple[str, ...]]]
    appointments: Mapping[int, Appointment]
    own: Mapping[int, frozenset[str]]

    def crews(self, row: int) -> list[str]:
        """Ids of the crews that may go to a person."""
        able = self._enough(row)
        lacking = self.lacking.get(row)
        return [crew for crew in able if not lacking[crew]] if lacking else able

    def missing(self, row: int) -> tuple[str, ...]:
        """What keeps every crew from going to a person: what the best of them cannot do."""
        able = self._enough(row)
        lacking = self.lacking.get(row)
        if not lacking or not able or any(not lacking[crew] for crew in able):
            return ()
        return min((lacking[crew] for crew in able), key=len)

    def partial(self, row: int) -> bool:
        """Whether a part of the person's history has not arrived here yet."""
        return self.ranking.table.debtor_ids[row] in self.ranking.partial

    def not_there(self, row: int) -> str:
        """The collector who has a person and goes out with no crew of the day that may stand at a
        door; "" where that keeps nobody from going."""
        collector = self.ranking.assigned.get(self.ranking.table.debtor_ids[row], "")
        return "" if row not in self.own or self._enough(row) else collector

    def _enough(self, row: int) -> list[str]:
        """Crews that are enough at a door, with the collector who has the person."""
        able = self.enough[int(self.ranking.table.jurisdiction[row])]
        own = self.own.get(row)
        return able if own is None else [crew for crew in able if crew in own]


def visit_terms(ranking: Ranking, crews: tuple[Crew, ...]) -> VisitTerms:
    """The terms of visits by these crews on the day of `ranking`."""
    table, enough, lacking = ranking.table, {}, {}
    for place in np.unique(table.jurisdiction).tolist():
        policy = ranking.policy.for_jurisdiction(table.jurisdictions[place])
        fits = {size: crew_rule(policy, size, ranking.day) is None
                for size in {len(crew.members) for crew in crews}}  # fmt: skip
        enough[place] = [crew.crew_id for crew in crews if fits[len(crew.members)]]
    for row, who in enumerate(table.debtor_ids if ranking.needs else ()):
        needs = ranking.needs.get(who)
        if needs:
            lacking[row] = {
                crew.crew_id: missing_skills(needs, crew.work.skills, len(crew.members))
                for crew in crews
            }
    return VisitTerms(ranking, enough, lacking, appointments(ranking), _own(ranking, crews))


def _own(ranking: Ranking, crews: tuple[Crew, ...]) -> dict[int, frozenset[str]]:
    """Of everybody who is assigned to a collector: the crews with that collector, by row; no crew
    for those whose history is not whole."""
    if not ranking.assigned and not ranking.partial:
        return {}
    ids: dict[str, frozenset[str]] = {}
    for crew in crews:
        for member in crew.members:
            ids[member.collector_id] = ids.get(member.collector_id, frozenset()) | {crew.crew_id}
    return {
        row: frozenset() if who in ranking.partial else ids.get(ranking.assigned[who], frozenset())
        for row, who in enumerate(ranking.table.debtor_ids)
        if who in ranking.assigned or who in ranking.partial
    }


def visit_row(
    ranking: Ranking, one: Candidate, place: int, start: int, earliest: int, terms: VisitTerms
) -> dict[str, Any]:
    """The visit as the problem file says it; windows bound the start of a stay that may be long.

    An appointment is mandatory, and its hours are the only ones.
    """
    longest = ranking.policy.visit_seconds
    # Elsewhere a day may begin before this one does: what lies before its midnight is lost.
    first = max(earliest, start)
    open_hours = ranking.verdicts.windows[one.row].tolist()
    agreed = terms.appointments.get(one.row)
    if agreed is not None:
        open_hours = agreed.within(open_hours, one.address)
    spans = [(max(a, first), b - longest) for a, b in open_hours]
    windows = [[0, a - start, b - start] for a, b in spans if a <= b]
    service = int(expected_service(ranking.scores.pm_mean[one.row : one.row + 1])[0])
    return {
        "id": f"{one.row}@{one.address}",
        "location": place,
        "service": service,
        "prize": one.value,
        "windows": windows,
        "mandatory": agreed is not None and agreed.at(one.address),
        "group": str(one.row),
        "shifts": terms.crews(one.row),
        "door": door_at(ranking, one) or None,
        "once": min(ONCE, service),
    }


def door_at(ranking: Ranking, one: Candidate) -> str:
    """The door of a candidate, "" when the address names none."""
    table = ranking.table
    return ranking.doors.of(table.debtor_ids[one.row], table.address_ids[one.address])


def read_doors(ranking: Ranking, candidates: Iterable[Candidate]) -> None:
    """Reads the doors of all candidates at once."""
    ranking.doors.among(ranking.table.debtor_ids[one.row] for one in candidates)


def at_one_place(rows: Sequence[dict[str, Any]]) -> None:
    """Visits of one door are where the first of them is: their positions may differ by a few
    metres."""
    place: dict[str, int] = {}
    for row in rows:
        if row["door"] is not None:
            row["location"] = place.setdefault(row["door"], row["location"])


def apart(rows: Sequence[dict[str, Any]], pinned: Mapping[str, str]) -> None:
    """People of one door who have to be visited at different times are no household on that day,
    but one crew goes to both if one may. `pinned`: the shift of what is locked, by visit."""
    firm: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["door"] is not None and (row["mandatory"] or row["id"] in pinned):
            firm.setdefault(row["door"], []).append(row)
    for some in firm.values():
        first, *others = sorted(some, key=lambda row: row["id"] not in pinned)
        for row in others:
            if row["group"] == first["group"] or not _day_in_common(first, row):
                continue
            if (row["id"] in pinned) == (first["id"] in pinned) and _hours_in_common(first, row):
                continue
            both = [s for s in first["shifts"] if s in row["shifts"]]
            crew = pinned.get(first["id"]) or next(iter(both), None)
            row["door"] = None
            if crew in row["shifts"] and row["id"] not in pinned:
                row["shifts"] = [crew]
            if crew in first["shifts"] and first["id"] not in pinned:
                first["shifts"] = [crew]


def _day_in_common(one: dict[str, Any], other: dict[str, Any]) -> bool:
    return bool({w[0] for w in one["windows"]} & {w[0] for w in other["windows"]})


def _hours_in_common(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether one can be visited right after the other, or the other way round."""
    return any(
        a[0] == b[0] and max(a[1], b[1]) <= min(a[2], b[2] - first["service"])
        for first, second in ((one, other), (other, one))
        for a in first["windows"]
        for b in second["windows"]
    )


def shift_row(crew: Crew, k: int, pinned: list[str], matrix: str = "") -> dict[str, Any]:
    """The shift of a crew whose home is place `k`, as the problem file says it; `matrix` names the
    ways of the crew. A break that should have begun before the crew sets out is over."""
    work = crew.work
    return {
        "id": crew.crew_id,
        "day": 0,
        "start_location": k,
        "end_location": k,
        "earliest": crew.start,
        "latest": crew.end,
        "max_duration": work.max_duration,
        "max_driving": work.max_driving,
        "breaks": [list(one) for one in work.breaks if one[1] >= crew.start],
        "fixed_cost": work.fixed_cost,
        "overtime_price": overtime_price(work.overtime),
        "matrix": matrix or None,
        "pinned": pinned,
    }


def overtime_price(hour: int | None) -> int | None:
    """Minor units a second of a price an hour, as the problem file has it: whole, at least 1."""
    return None if hour is None else max(1, round(hour / HOUR))


def stay_row(
    crews: tuple[Crew, ...], crew: Crew, first: int, stays: Mapping[str, Stay]
) -> dict[str, Any]:
    """What a stay away changes in the shift of `crew`: its ends; lodgings are places from `first`
    on. The price of the night is no part of it: the night is decided, whatever the day brings."""
    mine = stays.get(crew.crew_id, AT_HOME)
    number = lodgings(stays[c.crew_id] for c in crews if c.crew_id in stays)
    row: dict[str, Any] = {}
    if mine.slept:
        row["start_location"] = first + number[mine.slept]
    if mine.sleeps:
        row["end_location"] = first + number[mine.sleeps]
    return row


def _whole_stops(route: Route) -> list[Stop]:
    """The visits of a round; where one of a stop is locked all of them are."""
    return [
        replace(stop, locked=any(one.locked for one in some))
        for some in at_doors(route.stops)
        for stop in some
    ]


def pins_of(
    ranking: Ranking,
    zone: str,
    crews: tuple[Crew, ...],
    candidates: list[Candidate],
    plan: Plan | None,
) -> dict[str, list[str]]:
    """Locked stops of the present plan by crew, in their order, as far as still permitted."""
    known = {
        (ranking.table.debtor_ids[c.row], ranking.table.address_ids[c.address]): c
        for c in candidates
    }
    shifts = {crew.crew_id: (crew.start, crew.end) for crew in crews}
    start = day_start(ranking.day, zone)
    last = last_facts(ranking, zone)
    terms = visit_terms(ranking, crews)
    read_doors(ranking, known.values())
    pins: dict[str, list[str]] = {}
    for route in plan.routes if plan else ():
        for stop in _whole_stops(route):
            one = known.get((stop.debtor_id, stop.address_id))
            if not (stop.locked and one and route.crew_id in shifts):
                continue
            opens, closes = shifts[route.crew_id]
            visit = visit_row(ranking, one, 0, start, int(last[one.row]), terms)
            windows, shifts_able = visit["windows"], visit["shifts"]
            if route.crew_id in shifts_able and any(
                a <= closes and b >= opens for _, a, b in windows
            ):
                pins.setdefault(route.crew_id, []).append(f"{one.row}@{one.address}")
    return pins
