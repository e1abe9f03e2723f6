"""The one vocabulary of contacts and their outcomes (docs/glossary.md has both languages)."""

from enum import IntEnum, IntFlag, StrEnum
from typing import Final


class Channel(StrEnum):
    """How a person was, or is to be, contacted."""

    CALL = "call"
    MESSAGE = "message"
    VISIT = "visit"


CHANNELS: tuple[Channel, ...] = tuple(Channel)

# Disposition codes. The order is part of the columnar format (see facts.py): append only.
CODES: tuple[str, ...] = (
    "CALL-RPC", "CALL-TPC", "CALL-NA", "CALL-BUSY", "CALL-OFF", "CALL-REJ", "CALL-INV",
    "MSG-SENT", "MSG-REPLY", "MSG-FAILED",
    "VIS-RPC", "VIS-TPC", "VIS-NC", "VIS-ADR-BAD", "VIS-MOVED", "VIS-REFUSE",
    "VIS-ABORT-SAFE", "VIS-ABORT-VULN", "VIS-ABORT-MINOR",
)  # fmt: skip
RESULTS: tuple[str, ...] = (
    "OUT-PAID", "OUT-PTP", "OUT-PLAN", "OUT-RTP", "OUT-HARD", "OUT-DISP", "OUT-CTP",
    "OUT-CEASE", "OUT-CMPL", "OUT-REP",
)  # fmt: skip
CODE_INDEX = {code: index for index, code in enumerate(CODES)}
RESULT_INDEX = {code: index for index, code in enumerate(RESULTS)}

RIGHT_PARTY = frozenset({"CALL-RPC", "VIS-RPC"})
NO_ANSWER = frozenset({"CALL-NA", "CALL-BUSY", "CALL-OFF", "CALL-REJ", "MSG-FAILED"})

# Stands where an exception names its rule: no gate bars what was said to a third person, the lead
# is to look at it.
DISCLOSURE: Final = "disclosure"


def channel_of(code: str) -> Channel:
    """The channel a disposition code belongs to; KeyError for an unknown code."""
    return {"CALL": Channel.CALL, "MSG": Channel.MESSAGE, "VIS": Channel.VISIT}[code.split("-")[0]]


class Region(IntEnum):
    """Kind of settlement: enters through travel cost and the chance to meet, nothing else."""

    URBAN = 0
    TOWN = 1
    VILLAGE = 2


class Grade(IntEnum):
    """How sure a position is, best first; NONE = no position at all."""

    DOOR = 0
    STREET = 1
    VILLAGE = 2
    TOWNSHIP = 3
    COUNTY = 4
    NONE = 5


# Starting belief that an address of this grade is right (decisions: "address grade").
GRADE_BELIEF: tuple[float, ...] = (0.95, 0.90, 0.80, 0.50, 0.20, 0.0)


class AddressKind(IntEnum):
    """Whose place it is: a rule input. UNKNOWN is never visited."""

    HOME = 0
    WORK = 1
    REGISTERED = 2  # household registration (户籍)
    RELATIVE = 3
    UNKNOWN = 4


class Flag(IntFlag):
    """Standing facts about a person that bar or change contact."""

    DECEASED = 1
    MINOR = 2
    INSOLVENCY = 4  # court or insolvency stage
    DO_NOT_VISIT = 8
    HARDSHIP = 16
    REPRESENTED = 32
    CEASE = 64
    MOVING_SOON = 128
    WATCH = 256  # the lead's manual watch
    VULNERABLE = 512
    DISABILITY = 1024  # of the gravest group, where a law names it
    HOSPITAL = 2048  # an in-patient at present
    OTHERS_REFUSED = 4096  # third parties asked to be left alone
    OTHERS_AGREED = 8192  # the person agreed that third parties be asked
    WORK_FORBIDDEN = 16384  # the employer does not want contact at work
    OFF_WATCH = 32768  # the lead took the person off the watch by hand


class HoldKind(IntEnum):
    """Why contact pauses; a hold has a start and, mostly, an end."""

    DISPUTE = 0
    COMPLAINT = 1
    PLAN = 2  # repayment plan up to date
    HARDSHIP = 3
    LEGAL = 4
    ILLNESS = 5
    SENSITIVE = 6
    LEAD = 7  # by the team lead, with a reason
    UNSAFE = 8


class PromiseState(IntEnum):
    """Computed from payments, never stored (domain/promise.py)."""

    PENDING = 0
    KEPT = 1
    PARTLY = 2
    BROKEN = 3
    LAPSED = 4  # an instalment after the one that broke its plan
