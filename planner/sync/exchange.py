"""What an exchange tells, and how things stand with the other workspaces of the team."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """What one exchange did.

    `sent` and `received` count entries; `persons_in` and `persons_out` persons who came and who
    left this laptop; `flagged` entries on persons who were no longer assigned; `skew` seconds of
    the clock that differs most (0 = none by more than five minutes); `waiting` entries that did not
    fit and go next time; `known` bundles that had been merged before; `forked` laptops with two
    histories; `refused` are (code, params) of bundles that were not taken.
    """

    sent: int = 0
    received: int = 0
    persons_in: int = 0
    persons_out: int = 0
    flagged: int = 0
    conflicts: int = 0
    skew: int = 0
    waiting: int = 0
    known: int = 0
    forked: int = 0
    refused: tuple[tuple[str, dict[str, Any]], ...] = ()


@dataclass(frozen=True, slots=True)
class PeerStatus:
    """How things stand with one peer; `unconfirmed`: bundles it has not said it has."""

    peer_id: str
    role: str
    collector_id: str
    name: str
    state: str
    sent_at: datetime | None
    received_at: datetime | None
    unconfirmed: int
    skew: int


@dataclass(frozen=True, slots=True)
class Status:
    """How things stand: `unsent` entries, open `conflicts`, `flagged` entries, `forks`."""

    role: str
    unsent: int
    peers: tuple[PeerStatus, ...] = field(default=())
    conflicts: int = 0
    flagged: int = 0
    forks: tuple[str, ...] = ()
