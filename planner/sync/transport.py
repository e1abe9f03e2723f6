"""What a way between two workspaces has to offer: `exchange` does the rest for each of them.

Every way carries sealed bundles. A way that keeps chains of entries itself (a hub) says so by
`chains`; entries of laptops then travel there, and bundles hold what is left.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from planner.store.events import Row
from planner.sync.peers import Peer


@dataclass(frozen=True, slots=True)
class Parcel:
    """A sealed bundle as it came; `name` is by what the transport knows it."""

    name: str
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Pulled:
    """Entries of one device of a collector, in order and without a gap.

    `doubtful`: an ended laptop of the collector may have sent them too. Then they are taken only
    of a device that the present laptop is known by, or names in a bundle it signed.
    """

    collector_id: str
    device_id: str
    rows: tuple[Row, ...]
    doubtful: bool = False


class Chains(Protocol):
    """Chains of entries that are kept between the workspaces.

    All raise PlannerError("exchange.…") in words of their own; what was done before stays done.
    """

    def held(self, device_id: str) -> tuple[int, bytes]:
        """Number and hash of the last entry of this device that is kept there; (0, 32 zeros)."""
        ...

    def push(self, device_id: str, rows: Sequence[Row]) -> int:
        """Hand over entries that follow what is held; the number up to which all are held now.

        Known ones must be identical: PlannerError("exchange.forked") when they are not.
        """
        ...

    def pull(self, held: Mapping[str, int]) -> Iterable[Pulled]:
        """For the lead: entries of every device after the number that is held here."""
        ...


class Transport(Protocol):
    """A way for bundles: a file, a folder, a hub.

    `keeps`: a bundle stays there until it is taken, so it need not be handed over again soon.
    """

    name: str
    keeps: bool

    @property
    def chains(self) -> Chains | None:
        """The chains it keeps, None where everything travels in bundles."""
        ...

    def put(self, peer: Peer, number: int, body: bytes) -> None:
        """Hand over a bundle for `peer`; returns once it is safe there."""
        ...

    def waiting(self) -> Iterable[Parcel]:
        """Bundles that are there for this workspace, the oldest first."""
        ...

    def done(self, parcel: Parcel) -> None:
        """The bundle was merged, or is known: it may go."""
        ...
