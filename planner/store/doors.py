"""Behind which door an address lies, under a name that says nothing of the address."""

import hashlib
import math
from collections.abc import Iterable

from planner.domain.codes import AddressKind
from planner.domain.door import ROOM, STREET, door_of
from planner.store.driver import Connection

_AT_ONCE = 500
# Whoever works at one place is no household.
_LIVED_IN = (AddressKind.HOME, AddressKind.REGISTERED, AddressKind.RELATIVE)


def load_doors(conn: Connection, debtor_ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """(debtor id, address id) -> door, for the valid addresses of these people that name one.

    A street number without a room is a door only with its position, and only where somebody
    confirmed that.
    """
    found: dict[tuple[str, str], str] = {}
    kinds = ", ".join(str(int(kind)) for kind in _LIVED_IN)
    people = sorted(set(debtor_ids))
    for first in range(0, len(people), _AT_ONCE):
        some = people[first : first + _AT_ONCE]
        marks = ", ".join("?" * len(some))
        for who, address, text, confirmed, lat, lon in conn.execute(
            "SELECT debtor_id, address_id, text, confirmed, lat, lon FROM who JOIN address"
            f" USING (pid) WHERE debtor_id IN ({marks}) AND valid = 1 AND kind IN ({kinds})",
            some,
        ):
            door = door_of(text)
            if door.level == ROOM:
                found[who, address] = _name(door.key)
            elif door.level == STREET and confirmed and lat is not None and math.isfinite(lat):
                found[who, address] = _name(f"{door.key}@{lat:.5f},{lon:.5f}")
    return found


def _name(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
