"""Rows of field staff to crews: one row per member, the crew's place and hours on each."""

import re
from dataclasses import dataclass, field
from typing import Any

from planner.domain.people import Collector, Crew
from planner.domain.work import Work, clean_tags
from planner.intake import crew_terms
from planner.intake.countries import WORLD
from planner.intake.datum import datum_of
from planner.intake.headers import Columns
from planner.intake.places import checked_position, file_datum
from planner.intake.records import CrewRecord
from planner.intake.rows import RowReader
from planner.intake.values import (
    Bad,
    narrow,
    parse_clock,
    parse_degrees,
    parse_name,
    short_text,
    unquote,
)

START, END = 9 * 3600, 18 * 3600  # a shift where the file says none
WEEKDAYS: tuple[int, ...] = (1, 2, 3, 4, 5, 6)
_DAYS = {sign: number for number, sign in enumerate("一二三四五六日", 1)} | {"天": 7}


@dataclass(slots=True)
class _Group:
    """A crew while its rows are read."""

    name: str
    place: tuple[float, float]
    hours: tuple[int, int]
    days: tuple[int, ...]
    members: dict[str, str] = field(default_factory=dict)
    rows: list[int] = field(default_factory=list)
    terms: dict[str, Any] = field(default_factory=dict)  # fields of Work


class CrewReader(RowReader):
    """Reads the rows of one staff list; rows of a crew must agree on place, hours, days and terms.
    What its members can do adds up."""

    def __init__(
        self, file: str, columns: Columns, *, strict_width: bool, datum: str = "",
        country: str = WORLD,
    ) -> None:  # fmt: skip
        super().__init__(file, columns, strict_width=strict_width)
        self._groups: dict[str, _Group] = {}
        self._members: dict[str, int] = {}
        self._chosen_datum = datum
        self._country = country
        self._datum = file_datum(self)

    def take(self, number: int, row: list[str]) -> None:
        """Read one row; keep it or list what is wrong with it."""
        if not self.begin(number, row):
            return
        name = self.read("crew", short_text, "")
        key = unquote(narrow(self.cell("crew_id"))) or name
        member = self.read("member", parse_name, "")
        staff = unquote(narrow(self.cell("member_id"))) or member
        if (not name or not member) and not self.spoiled:
            self.fault("member" if name else "crew", "member_missing", "")
        group = self._group(key, name)
        if self.spoiled or group is None or not self._terms(key, group):
            return
        if staff in self._members:
            self.fault("member_id", "member_twice", staff, first=self._members[staff])
            return
        self._members[staff] = number
        group.members[staff] = member
        group.rows.append(number)

    def finish(self) -> list[CrewRecord]:
        """The crews in the order of their first row."""
        return [
            CrewRecord(
                Crew(
                    key, group.name,
                    tuple(Collector(staff, name) for staff, name in group.members.items()),
                    *group.place, *group.hours, group.days, Work(**group.terms),
                ),
                tuple(group.rows), frozenset(group.terms),
            )
            for key, group in self._groups.items() if group.members
        ]  # fmt: skip

    def _group(self, key: str, name: str) -> _Group | None:
        known = self._groups.get(key)
        if known is not None and not any(
            self.cell(part) for part in ("lat", "lon", "start", "end", "weekdays")
        ):
            return known
        place, hours = self._place(), self._hours()
        days = self.read("weekdays", parse_weekdays, WEEKDAYS)
        if self.spoiled or place is None:
            return None
        if known is None:
            return self._groups.setdefault(key, _Group(name, place, hours, days))
        if (known.place, known.hours, known.days, known.name) != (place, hours, days, name):
            self.fault("crew", "crew_disagrees", key, first=known.rows[0] if known.rows else 0)
            return None
        return known

    def _terms(self, key: str, group: _Group) -> bool:
        """Add the row's terms to its crew's; False when they are bad or say something else."""
        told = {
            crew_terms.FIELDS[name][0]: self.read(name, crew_terms.reader(name), None)
            for name in crew_terms.FIELDS
            if self.cell(name)
        }
        if self.spoiled:
            return False
        told["skills"] = clean_tags((*group.terms.get("skills", ()), *told.get("skills", ())))
        if not told["skills"] and not self.cell("skills"):
            del told["skills"]
        for name, value in told.items():
            if name != "skills" and group.terms.get(name, value) != value:
                first = group.rows[0] if group.rows else 0
                self.fault("crew", "crew_terms_disagree", key, first=first)
                return False
        group.terms |= told
        return True

    def _place(self) -> tuple[float, float] | None:
        lat, lon = self.cell("lat"), self.cell("lon")
        datum = self._chosen_datum or self.read("datum", datum_of, self._datum)
        try:
            if not lat or not lon:
                raise Bad("crew_place_missing")
            at = parse_degrees(lat, 180), parse_degrees(lon, 180)
            return checked_position(*at, datum, self._country)
        except Bad as bad:
            self.fault("lat", bad.code, f"{lat}, {lon}".strip(", "), **bad.params)
            return None

    def _hours(self) -> tuple[int, int]:
        start = self.read("start", _seconds, START)
        end = self.read("end", _seconds, END)
        if end <= start and not self.spoiled:
            self.fault("end", "shift_backwards", self.cell("end"))
        return start, end


def _seconds(text: str) -> int:
    """Seconds after midnight of a time of day."""
    clock = parse_clock(text)
    if clock is None:
        raise Bad("time_unreadable")
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def parse_weekdays(text: str) -> tuple[int, ...]:
    """ISO weekday numbers of words such as 周一至周六, 1-5 or 一、三、五.

    >>> parse_weekdays("周一至周五")
    (1, 2, 3, 4, 5)
    """
    plain = re.sub(r"星期|礼拜|周", "", narrow(text)).replace(" ", "")
    plain = "".join(str(_DAYS.get(sign, sign)) for sign in plain)
    days: set[int] = set()
    for part in re.split(r"[,、，;/]", plain):
        found = re.fullmatch(r"([1-7])(?:[-~至到]([1-7]))?", part)
        if found is None:
            if not re.fullmatch(r"[1-7]{2,7}", part):
                raise Bad("weekdays_unreadable")
            days |= set(map(int, part))
            continue
        first, last = int(found[1]), int(found[2] or found[1])
        if last < first:
            raise Bad("weekdays_unreadable")
        days |= set(range(first, last + 1))
    return tuple(sorted(days))
