"""Every country's rules as plain tables, taken from the collected sources; no code of the program.

Hours are written as clock hours (7.5 = 07:30) for the kinds of day work, sat, sun and holiday; a
kind that is missing is a day without contact.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from planner.domain.codes import Flag
from planner.domain.people import NO_FLAGS

Hours = dict[str, tuple[float, float]]


def all_days(a: float, b: float) -> Hours:
    """The same hours on every day."""
    return dict.fromkeys(("work", "sat", "sun", "holiday"), (a, b))


def by_day(work: tuple[float, float], off: tuple[float, float]) -> Hours:
    """Hours of working days and of all others."""
    return all_days(*off) | {"work": work}


@dataclass(frozen=True)
class Limit:
    """At most `most` contacts counted by `counts` in a day, week, month or number of days."""

    channels: tuple[str, ...]
    counts: Callable[[str], bool]
    period: str | int
    most: int
    by_number: bool = False


def visit(code: str) -> bool:
    """Any visit."""
    return code.startswith("VIS")


def attempt(code: str) -> bool:
    """Any call, answered or not."""
    return code.startswith("CALL")


def message(code: str) -> bool:
    """Any message."""
    return code.startswith("MSG")


def talk(code: str) -> bool:
    """A conversation with the person, at the door or on the phone."""
    return code in ("CALL-RPC", "VIS-RPC")


def anything(code: str) -> bool:
    """Any contact."""
    return bool(code)


CALL, VISIT, REMOTE, ALL = ("call",), ("visit",), ("call", "message"), ("call", "message", "visit")


def house(talks: int, calls: int, weekly: bool = True) -> tuple[Limit, ...]:
    """The house's counts: a visit a day (and a week), conversations a day, calls to a number."""
    once = (Limit(VISIT, visit, 7, 1),) if weekly else ()
    return (
        Limit(VISIT, visit, "day", 1), *once, Limit(CALL, talk, "day", talks),
        Limit(CALL, attempt, "day", calls, by_number=True),
    )  # fmt: skip


@dataclass(frozen=True)
class Land:
    """One country. `law` are hours by channel, each with whether an agreement lifts them."""

    code: str
    zones: tuple[str, ...]
    law: dict[str, tuple[Hours, bool]]
    evening: float = 19
    saturday: float = 18
    limits: tuple[Limit, ...] = ()
    house_limits: tuple[Limit, ...] = house(1, 3)
    stops: Flag = NO_FLAGS
    no_visit: Flag = NO_FLAGS
    refusal_lasts: bool = False
    long_grievance: date | None = None
    rest_after_call: int = 0
    work: str = "consent"  # consent, or last: only without a home
    work_forbidden: bool = False  # an employer's ban counts
    notice: int = 0
    regions: tuple[str, ...] = ("",)
    draft: tuple[date, Hours] | None = None
    at_work: Hours | None = None
    missed: int = 0  # agreed days that must have been missed before a visit

    def hours(self, channel: str, day: date, only_work: bool) -> list[tuple[Hours, bool]]:
        """All hours that hold for a channel on a day."""
        found = [self.law[channel]] if channel in self.law else []
        if self.draft and day >= self.draft[0]:
            found.append((self.draft[1], False))
        if channel == "visit":
            found.append(({"work": (9, self.evening), "sat": (9, self.saturday)}, True))
            if only_work and self.at_work:
                found.append((self.at_work, False))
        return found


def same(hours: Hours, lifted: bool = False) -> dict[str, tuple[Hours, bool]]:
    """The same hours for every channel."""
    return dict.fromkeys(ALL, (hours, lifted))


_RU_OFF = Flag.INSOLVENCY | Flag.MINOR | Flag.DISABILITY | Flag.HOSPITAL
_LANDS = (
    Land("CN", ("Asia/Shanghai",), same(all_days(8, 22), True), evening=20,
         limits=(Limit(CALL, talk, "day", 3), Limit(CALL, attempt, "day", 6, by_number=True)),
         house_limits=house(3, 6, weekly=False)),
    Land("US", ("America/New_York", "America/Los_Angeles", "Pacific/Honolulu"),
         same(all_days(8, 21)), limits=(Limit(CALL, attempt, 7, 7),), rest_after_call=7,
         work_forbidden=True),
    Land("GB", ("Europe/London",),
         dict.fromkeys(REMOTE, (by_day((9, 20), (10, 18)), True)),
         no_visit=Flag.DISABILITY, notice=48, regions=("ENG", "WLS", "SCT", "NIR")),
    Land("IN", ("Asia/Kolkata",), dict.fromkeys(REMOTE, (all_days(8, 19), False)), evening=18,
         draft=(date(2026, 10, 1), all_days(8, 19)), long_grievance=date(2026, 10, 1)),
    Land("ID", ("Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"),
         same({"work": (8, 20), "sat": (8, 20)}, True)),
    Land("RU", ("Europe/Moscow", "Asia/Vladivostok", "Europe/Kaliningrad"),
         same(by_day((8, 22), (9, 20))), stops=_RU_OFF,
         limits=(Limit(VISIT, visit, "week", 1), Limit(CALL, attempt, "day", 1),
                 Limit(CALL, attempt, "week", 2), Limit(CALL, attempt, "month", 8),
                 Limit(("message",), message, "day", 2), Limit(("message",), message, "week", 4),
                 Limit(("message",), message, "month", 16))),
    Land("KZ", ("Asia/Almaty",), same({"work": (8, 21)}),
         limits=(Limit(VISIT, visit, "day", 1), Limit(VISIT, visit, "week", 3),
                 Limit(CALL, attempt, "day", 3))),
    Land("VN", ("Asia/Ho_Chi_Minh",), same(all_days(7, 21)),
         limits=(Limit(ALL, anything, "day", 5),)),
    Land("PH", ("Asia/Manila",), same(all_days(6, 22))),
    Land("TH", ("Asia/Bangkok",), same(by_day((9, 20), (9, 18))),
         limits=(Limit(ALL, anything, "day", 1),)),
    Land("AU", ("Australia/Sydney", "Australia/Adelaide", "Australia/Perth"),
         {"call": ({"work": (7.5, 21), "sat": (9, 21), "sun": (9, 21)}, False),
          "message": ({"work": (7.5, 21), "sat": (9, 21), "sun": (9, 21)}, False),
          "visit": ({"work": (9, 21), "sat": (9, 21), "sun": (9, 21)}, False)},
         limits=(Limit(REMOTE, talk, "week", 3), Limit(REMOTE, talk, "month", 10),
                 Limit(VISIT, visit, "month", 1)),
         refusal_lasts=True, work="last", at_work={"work": (9, 17)}),
)  # fmt: skip
WORLD = {land.code: land for land in _LANDS}
# India with the optional part on microfinance loans switched on.
MICRO = replace(WORLD["IN"], draft=(date(2026, 1, 1), all_days(9, 18)), missed=2)
PACKS = {**WORLD, "IN+": MICRO}
