"""How a crew goes out and at what price: mode, money, skills, breaks, limits of a shift."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any, Final

HOUR: Final = 3600
MOST_BREAKS: Final = 2
MOST_SKILLS: Final = 20
LONGEST_SKILL: Final = 30  # characters
DEAREST: Final = 100_000_00  # minor units per km, hour or day: above it is a slip of the pen
# Shortest and longest shift and driving time, and longest break, in seconds.
SHIFT_BOUNDS: Final = (HOUR, 16 * HOUR)
DRIVING_BOUNDS: Final = (HOUR // 2, 14 * HOUR)
BREAK_BOUNDS: Final = (5 * 60, 4 * HOUR)
# A crew of two or more can do this without saying so.
TWO: Final = frozenset(
    {"双人", "两人", "二人", "双人同行", "两人同行", "twopersons", "twopeople", "twoperson"}
)


class Mode(StrEnum):
    """How a crew travels."""

    CAR = "car"
    MOTORCYCLE = "motorcycle"
    FOOT = "foot"  # on foot, by bus where it is far


Break = tuple[int, int, int]  # earliest begin, latest begin (seconds after midnight), length


@dataclass(frozen=True, slots=True)
class Work:
    """A crew's own terms. None = as for everybody: the money of the ranking, no limit of its own.

    Money in minor units: `km_price` a kilometre, `wage` an hour at the wheel, `overtime` an hour
    after the end of the shift (None = never later), `fixed_cost` a day out. Seconds: the longest
    shift from leaving to return, the longest driving time of a day.
    """

    mode: Mode = Mode.CAR
    km_price: int | None = None
    wage: int | None = None
    skills: tuple[str, ...] = ()
    breaks: tuple[Break, ...] = ()
    max_duration: int | None = None
    max_driving: int | None = None
    overtime: int | None = None
    fixed_cost: int = 0


USUAL: Final = Work()


def wrong_field(work: Work) -> str:
    """The name of the first field whose value no crew can have, "" when all are possible."""
    for name in ("km_price", "wage", "overtime", "fixed_cost"):
        if not 0 <= (getattr(work, name) or 0) <= DEAREST:
            return name
    for name, (least, most) in (("max_duration", SHIFT_BOUNDS), ("max_driving", DRIVING_BOUNDS)):
        value = getattr(work, name)
        if value is not None and not least <= value <= most:
            return name
    if len(work.skills) > MOST_SKILLS or any(
        not 0 < len(one) <= LONGEST_SKILL for one in work.skills
    ):
        return "skills"
    return "" if breaks_possible(work.breaks) else "breaks"


def breaks_possible(breaks: Iterable[Break]) -> bool:
    """Few enough, one after the other, each of a length that is a break."""
    end, count = 0, 0
    for begin, latest, length in breaks:
        count += 1
        if begin < end or latest < begin or latest + length > 24 * HOUR:
            return False
        if not BREAK_BOUNDS[0] <= length <= BREAK_BOUNDS[1]:
            return False
        end = latest + length
    return count <= MOST_BREAKS


def same_skill(tag: str) -> str:
    """A tag as it is compared: half-width, lower case, without blanks and hyphens.

    >>> same_skill("Two-Person ")
    'twoperson'
    """
    plain = unicodedata.normalize("NFKC", tag).casefold()
    return "".join(sign for sign in plain if not sign.isspace() and sign not in "-_‐–—·")


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Tags without surrounding blanks, each only once by how it is compared, in their order."""
    found: dict[str, str] = {}
    for tag in tags:
        name = " ".join(tag.split())
        if same_skill(name):
            found.setdefault(same_skill(name), name)
    return tuple(found.values())


def missing_skills(needs: Iterable[str], skills: Iterable[str], members: int) -> tuple[str, ...]:
    """Which of `needs` a crew with these `skills` and so many members does not meet."""
    known = {same_skill(skill) for skill in skills}
    if members >= 2:
        known |= TWO
    return tuple(need for need in needs if same_skill(need) not in known)


def work_payload(work: Work) -> dict[str, Any]:
    """What differs from the usual, as plain JSON values: an event's field."""
    told: dict[str, Any] = {}
    for one in fields(Work):
        value = getattr(work, one.name)
        if value != getattr(USUAL, one.name):
            told[one.name] = _plain(value)
    return told


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(part) for part in value]
    return str(value) if isinstance(value, Mode) else value


def work_of(told: Mapping[str, Any]) -> Work:
    """The terms that `work_payload` wrote; KeyError, TypeError or ValueError when it is none."""
    known = {one.name for one in fields(Work)}
    if unknown := set(told) - known:
        raise KeyError(unknown.pop())
    values = dict(told)
    if "mode" in values:
        values["mode"] = Mode(values["mode"])
    if "skills" in values:
        values["skills"] = tuple(str(skill) for skill in values["skills"])
    if "breaks" in values:
        values["breaks"] = tuple((int(a), int(b), int(c)) for a, b, c in values["breaks"])
    return Work(**values)
