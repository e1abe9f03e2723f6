"""Asking an online service where an address is: its settings, and one question on request."""

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any, Final

from planner.errors import PlannerError
from planner.geo.gazetteer_find import Candidate
from planner.geo.geocode import PAUSE, Service, ask, check_service, plain_question
from planner.store import settings
from planner.store.driver import Connection
from planner.store.people import load_debtor
from planner.store.store import Store

KEY: Final = "geocoder"


def load_service(conn: Connection) -> Service:
    """The service of this workspace, off until somebody switches one on."""
    told: dict[str, Any] = settings.get(conn, KEY, {})
    known = {name: value for name, value in told.items() if name in Service.__dataclass_fields__}
    try:
        return check_service(replace(Service(), **known))
    except (PlannerError, TypeError, AttributeError):
        return Service()


def save_service(store: Store, service: Service) -> Service:
    """Put a service in force. Raises what `check_service` raises."""
    checked = check_service(service)
    with store.write() as tx:
        settings.put(tx, KEY, asdict(checked))
    return checked


def ask_online(
    store: Store,
    debtor_id: str,
    address_id: str,
    *,
    pause: float = PAUSE,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Candidate, ...]:
    """What the service proposes for an address; nothing is kept.

    Only the text of the address leaves the machine, without the person's name and without numbers
    that could be a phone or an identity. Raises what `ask` raises, "places.unknown_address",
    "places.cancelled".
    """
    with store.read() as conn:
        service = load_service(conn)
        person = load_debtor(conn, debtor_id)
    texts = [one.text for one in person.addresses if one.address_id == address_id]
    if not texts:
        raise PlannerError("places.unknown_address", given=address_id)
    if cancelled and cancelled():
        raise PlannerError("places.cancelled")
    hits = ask(service, plain_question(texts[0], (person.name,)), pause=pause)
    if cancelled and cancelled():
        raise PlannerError("places.cancelled")
    return tuple(hit.offer(service.kind) for hit in hits)
