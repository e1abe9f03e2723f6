"""The fingerprint of a route: what a lead saw when the plan was reviewed."""

import hashlib
import json

from planner.domain.plan import Route


def route_mark(route: Route) -> str:
    """16 hexadecimal digits that stand for who is visited in which order and when.

    The same on every laptop; another order, time, place or person gives another one. What a visit
    is worth and whether it is locked are no part of it.
    """
    told = [
        route.crew_id, route.depart.timestamp(), route.back.timestamp(),
        [[one.debtor_id, one.address_id, one.start.timestamp(), one.leave.timestamp()]
         for one in route.stops],
    ]  # fmt: skip
    return hashlib.blake2b(json.dumps(told).encode(), digest_size=8).hexdigest()
