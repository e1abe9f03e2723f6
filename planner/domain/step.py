"""The next step with one person: a day, a way, a part of the day, and what it is for.

A step is a wish of whoever works the case. No rule follows from it, and none is set aside by it.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from planner.domain.belief import BAND_STARTS
from planner.domain.codes import Channel


class Means(StrEnum):
    """How the next step is made. LEAD: no contact; the lead looks at it, writes if it is due."""

    CALL = "call"
    MESSAGE = "message"
    VISIT = "visit"
    LEAD = "lead"


# Parts of the day are the bands of the hour strip: before 12, 12 to 17, 17 to 19, from 19 o'clock.
PARTS: Final = range(len(BAND_STARTS) - 1)
ANY_PART: Final = -1
# What a step is for. The first four are those of a visit's stage; the others come from what
# happened: check where the person lives, remind of a promise, ask after a broken one, settle what
# only the lead can settle.
OBJECTIVES: Final = (
    "early", "middle", "late", "assist", "verify", "remind", "broken", "clarify",
)  # fmt: skip
# How a step ended that was not followed by a contact.
ENDS: Final = ("done", "dropped")


@dataclass(frozen=True, slots=True)
class Step:
    """A step that somebody accepted at `at` (aware); `part` is one of PARTS or ANY_PART."""

    step_id: str
    debtor_id: str
    at: datetime
    day: date
    means: Means
    part: int
    objective: str
    by: str = ""


def channel_of_means(means: Means) -> Channel | None:
    """The channel of a step; None for one that is no contact."""
    return None if means is Means.LEAD else Channel(means.value)


def part_of(hour: int) -> int:
    """The part of the day of an hour, 0 to 23."""
    return sum(hour >= start for start in BAND_STARTS[1:-1])
