"""A plan as calendar entries (iCalendar, RFC 5545), with the time zone in the file.

Calendars are synchronised with servers and seen on lock screens: a title is a crew and the number
of a stop. Importing a later plan of the same day moves the entries instead of doubling them.
"""

import hashlib
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import icalendar

from planner.export.handout import Handout, Round, Visit
from planner.export.one_line import one_line
from planner.words import sentence


def ics(handout: Handout) -> bytes:
    """One entry for each visit and one for the drive out and the way back of each round."""
    made = icalendar.Calendar()
    made.add("prodid", "-//Fairvisit//Visit plan//EN")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("name", sentence("map.title", handout.language, day=handout.day.isoformat()))
    for one in handout.rounds:
        for visit in one.visits:
            made.add_component(_visit(handout, one, visit))
        made.add_component(_end(handout, one, "out", one.route.depart, _first(one)))
        made.add_component(_end(handout, one, "back", _last(one), one.route.back))
    made.add_missing_timezones()
    return bytes(made.to_ical())


def _visit(handout: Handout, one: Round, visit: Visit) -> icalendar.Event:
    crew, who = one_line(one.route.crew), visit.who
    title = sentence("calendar.visit", handout.language, number=visit.number, crew=crew)
    entry = _entry(handout, f"visit/{visit.reference}", visit.start, visit.leave)
    entry.add("summary", f"{title} · {one_line(who.name)}" if who else title)
    entry.add("description", f"{visit.reference}\n{visit.link}")
    entry.add("geo", (round(visit.lat, 6), round(visit.lon, 6)))
    if who and who.address:
        entry.add("location", one_line(who.address))
    return entry


def _end(
    handout: Handout, one: Round, which: str, begin: datetime, end: datetime
) -> icalendar.Event:
    """The drive to the first stop ("out") or from the last one ("back")."""
    entry = _entry(handout, f"{one.route.crew_id}/{which}", begin, end)
    crew = one_line(one.route.crew)
    entry.add("summary", sentence(f"calendar.{which}", handout.language, crew=crew))
    return entry


def _entry(handout: Handout, what: str, begin: datetime, end: datetime) -> icalendar.Event:
    zone = ZoneInfo(handout.zone)
    entry = icalendar.Event()
    # Neither the reference nor the crew can be read from it, and it is the same each time.
    known = hashlib.sha256(f"{handout.day.isoformat()}/{what}".encode()).hexdigest()[:32]
    entry.add("uid", f"{known}@fairvisit")
    entry.add("dtstamp", handout.made_at.astimezone(UTC))
    entry.add("sequence", int(handout.made_at.timestamp()) % 2**31)
    entry.add("dtstart", begin.astimezone(zone))
    entry.add("dtend", max(begin, end).astimezone(zone))
    entry.add("class", "PRIVATE")
    entry.add("transp", "OPAQUE")
    return entry


def _first(one: Round) -> datetime:
    return one.visits[0].arrive if one.visits else one.route.back


def _last(one: Round) -> datetime:
    return one.visits[-1].leave if one.visits else one.route.back
