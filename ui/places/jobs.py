"""What the places view reads and writes; runs off the GUI thread."""

from collections.abc import Callable
from dataclasses import dataclass

from planner.actions.change import Change
from planner.actions.places_desk import Spot, offers, place, place_sure, to_check, to_place
from planner.actions.places_online import ask_online, load_service
from planner.clock import Clock
from planner.errors import PlannerError
from planner.geo.gazetteer_find import Candidate
from planner.geo.geocode import ONLINE
from planner.geo.pasted import Pasted, pasted_position
from planner.store.people import load_rows
from planner.store.store import Store
from planner.store.unplaced import Unplaced
from ui.safe.looked import system_user


@dataclass(frozen=True, slots=True)
class Found:
    """What is offered for an address (and for a `text`), or the position that the text holds."""

    debtor_id: str
    text: str
    offers: tuple[Candidate, ...]
    pasted: Pasted | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """Who waits, and the names by debtor id; `asked` when so many positions had been written."""

    waiting: tuple[Unplaced, ...]
    names: dict[str, str]
    asked: int = 0


def load_queue(store: Store, wanted: str = "", asked: int = 0) -> Queue:
    """Everybody to check; whoever is `wanted` is among them, first if their position is trusted."""
    waiting = to_check(store)
    if wanted and all(one.debtor_id != wanted for one in waiting):
        one = to_place(store, wanted)
        waiting = [one, *waiting] if one is not None else waiting
    with store.read() as conn:
        rows = load_rows(conn, [one.debtor_id for one in waiting])
    return Queue(tuple(waiting), {row.debtor_id: row.name for row in rows}, asked)


def load_offers(store: Store, one: Unplaced, text: str = "", datum: str = "wgs84") -> Found:
    """Offers for an address; for a `text` that holds a position, that position."""
    if text.strip():
        try:
            return Found(one.debtor_id, text, (), pasted_position(text, datum))
        except PlannerError:
            pass
    return Found(one.debtor_id, text, tuple(offers(store, one, text)))


def load_online(
    store: Store, one: Unplaced, *, on_progress: object, cancelled: Callable[[], bool]
) -> Found:
    """What the online service proposes for an address."""
    del on_progress  # one question has no share
    return Found(
        one.debtor_id, ONLINE, ask_online(store, one.debtor_id, one.address_id, cancelled=cancelled)
    )


def online_in_use(store: Store) -> bool:
    """Whether somebody has switched an online service on."""
    with store.read() as conn:
        return load_service(conn).on


def keep(store: Store, clock: Clock, one: Unplaced, spot: Spot) -> tuple[str, Change, bytes]:
    """Write one position."""
    batch = place(store, one.debtor_id, one.address_id, spot, by=system_user(), clock=clock)
    return one.debtor_id, Change.CASES, batch


def keep_sure(
    store: Store, clock: Clock, *, on_progress: object, cancelled: object
) -> tuple[int, Change, bytes | None]:
    """Write all sure offers."""
    count, batch = place_sure(
        store, by=system_user(), clock=clock,
        on_progress=on_progress, cancelled=cancelled,  # type: ignore[arg-type]
    )  # fmt: skip
    return count, Change.CASES if batch else Change.NOTHING, batch
