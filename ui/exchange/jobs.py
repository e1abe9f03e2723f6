"""What the page of the exchange does off the GUI thread."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.actions import exchange as deeds
from planner.actions.change import Change
from planner.actions.exchange_view import Board, load_board
from planner.actions.hub import exchange_hub, hub_of, name_hub
from planner.actions.laptops import back_laptop, end_laptop
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.store import Store
from planner.sync.exchange import Told

if TYPE_CHECKING:
    from planner.sync.hub import Account

Report = Callable[[object], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the page shows; `hub` None = none named, `no_driver`: none can be reached from here."""

    board: Board
    hub: "Account | None"
    no_driver: bool


@dataclass(frozen=True, slots=True)
class Done:
    """What was told by an exchange, and the files that were refused with why."""

    told: Told
    refused: tuple[tuple[str, PlannerError], ...] = ()
    files: tuple[Path, ...] = ()


def load(store: Store) -> Shown:
    """Everything the page shows."""
    try:
        hub, missing = hub_of(store), False
    except PlannerError:
        hub, missing = None, True
    return Shown(load_board(store), hub, missing)


def lead(store: Store, name: str) -> tuple[None, Change]:
    """Make the workspace the lead's."""
    deeds.found_team(store, name)
    return None, Change.ALL


def card(store: Store, name: str, staff_id: str) -> tuple[tuple[str, str], Change]:
    """The card and the code of a laptop that wants to join."""
    return deeds.make_card(store, name, staff_id), Change.SETTINGS


def join(store: Store, text: str, clock: Clock) -> tuple[str, Change]:
    """Join; the name of the lead."""
    return deeds.join_team(store, text, clock=clock), Change.ALL


def admit(
    store: Store, text: str, code: str, collector_id: str, clock: Clock
) -> tuple[str, Change]:
    """Let a laptop in; its invitation."""
    told = deeds.let_in(store, text, code, clock=clock, collector_id=collector_id)
    return told, Change.SETTINGS


def end(store: Store, peer_id: str, reason: str, clock: Clock) -> tuple[bool, Change]:
    """End a laptop's part; whether its login is still let in at a hub."""
    end_laptop(store, peer_id, reason, clock=clock)
    return deeds.hub_lets_in(store), Change.SETTINGS


def back(store: Store, peer_id: str) -> tuple[None, Change]:
    """Give a laptop its place back."""
    back_laptop(store, peer_id)
    return None, Change.SETTINGS


def by_folder(
    store: Store, folder: Path | None, clock: Clock, *, on_progress: Report, cancelled: Cancelled
) -> tuple[Done, Change]:
    """Exchange by a shared folder (None: that of the last time)."""
    told = deeds.exchange_folder(
        store, folder, clock=clock, on_progress=_pairs(on_progress), cancelled=cancelled
    )
    return Done(told), Change.ALL


def by_hub(
    store: Store, clock: Clock, password: str, *, on_progress: Report, cancelled: Cancelled
) -> tuple[Done, Change]:
    """Exchange through the hub."""
    told = exchange_hub(
        store, clock=clock, on_progress=_pairs(on_progress), cancelled=cancelled, password=password
    )
    return Done(told), Change.ALL


def keep_hub(store: Store, account: "Account | None") -> tuple[None, Change]:
    """Name the workspace its hub, or none."""
    name_hub(store, account)
    return None, Change.SETTINGS


def write(
    store: Store, peers: Sequence[str], folder: Path, clock: Clock,
    *, on_progress: Report, cancelled: Cancelled,
) -> tuple[Done, Change]:  # fmt: skip
    """Write a bundle for each of `peers` into a folder."""
    before = set(folder.iterdir()) if folder.is_dir() else set()
    told = Told()
    for number, peer in enumerate(peers):
        _go_on(cancelled)
        on_progress((number, len(peers)))
        told = added(told, deeds.send_file(store, peer, folder, clock=clock))
    files = tuple(sorted(set(folder.iterdir()) - before)) if folder.is_dir() else (folder,)
    return Done(told, files=files), Change.SETTINGS


def read(
    store: Store, files: Sequence[Path], clock: Clock, *, on_progress: Report, cancelled: Cancelled
) -> tuple[Done, Change]:
    """Merge bundles out of files, in the order of their names; a refused one is told."""
    told, refused = Told(), []
    for number, path in enumerate(sorted(files, key=lambda one: one.name)):
        if cancelled():
            break  # what was read is told
        on_progress((number, len(files)))
        try:
            told = added(told, deeds.receive_file(store, path, clock=clock))
        except PlannerError as error:
            if error.code == "exchange.replayed":
                told = replace(told, known=told.known + 1)
            else:
                refused.append((path.name, error))
    return Done(told, tuple(refused)), Change.ALL


def settle(
    store: Store, conflict_id: str, take_other: bool, clock: Clock
) -> tuple[None, Change, bytes | None]:
    """Settle a conflict."""
    batch = deeds.settle(store, conflict_id, take_other=take_other, clock=clock)
    return None, Change.ALL, batch


def added(one: Told, other: Told) -> Told:
    """Two exchanges as one."""
    values: dict[str, Any] = {
        field.name: getattr(one, field.name) + getattr(other, field.name) for field in fields(Told)
    }
    return Told(**values | {"skew": max(one.skew, other.skew, key=abs)})


def _go_on(cancelled: Cancelled) -> None:
    if cancelled():
        raise PlannerError("store.cancelled")


def _pairs(report: Report) -> Callable[[int, int], None]:
    return lambda done, total: report((done, total))
