"""Whose visit a number on paper means: of the day in view, of another day, of an older plan."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from typing import Final

from planner.domain.visit_code import looks_like_code, read_code, visit_code
from planner.store.driver import Connection
from planner.store.plans import load_plan, visited_in
from planner.store.store import Store

_NEAR: Final = timedelta(days=120)  # how far a sheet that turns up late is looked for


class Meaning(Enum):
    """What a number on paper turned out to be."""

    HERE = "here"  # a stop of the plan of the day in view
    GONE = "gone"  # a stop of an older version of that day's plan
    OTHER_DAY = "other_day"
    SEVERAL = "several"  # two stops of the day share it
    MISTYPED = "mistyped"  # the check digit says so
    NO_NUMBER = "no_number"  # not ten digits with a nought before them
    UNKNOWN = "unknown"  # right in itself, but of no plan near that day


@dataclass(frozen=True, slots=True)
class Meant:
    """`debtor_id` and `day` where they are known."""

    meaning: Meaning
    debtor_id: str = ""
    day: date | None = None


def find_visit(store: Store, text: str, day: date) -> Meant:
    """What the number in `text` means while the plan of `day` is in view."""
    if not looks_like_code(text):
        return Meant(Meaning.NO_NUMBER)
    code = read_code(text)
    if not code:
        return Meant(Meaning.MISTYPED)
    with store.read() as conn:
        plan = load_plan(conn, day)
        routes = plan.routes if plan is not None else ()
        here = {
            stop.debtor_id
            for route in routes
            for stop in route.stops
            if visit_code(day, stop.debtor_id) == code
        }
        if len(here) == 1:
            return Meant(Meaning.HERE, here.pop(), day)
        return Meant(Meaning.SEVERAL) if here else _elsewhere(conn, code, day)


def _elsewhere(conn: Connection, code: str, day: date) -> Meant:
    """In the kept versions of that day first, then in those of the days around it."""
    for first, last in ((day, day), (day - _NEAR, day + _NEAR)):
        for when, ids in visited_in(conn, first, last):
            for who in ids:
                if visit_code(when, who) == code:
                    return Meant(Meaning.GONE if when == day else Meaning.OTHER_DAY, who, when)
    return Meant(Meaning.UNKNOWN)
