"""What the protection panel has done off the GUI thread: each takes the words it needs."""

import base64
import binascii
from dataclasses import dataclass
from pathlib import Path

from planner.errors import PlannerError
from planner.store import keys, os_keyring, protect
from planner.store.backup import Progress
from planner.store.envelope import newest
from planner.store.store import Store
from ui.safe.jobs import lock_minutes


@dataclass(frozen=True, slots=True)
class Ways:
    """Who may open the workspace, and after how many idle minutes it locks (0 = never)."""

    protected: bool
    code: bool
    keyring: bool
    can_remember: bool
    organisations: tuple[str, ...]
    minutes: int


def load_ways(store: Store) -> Ways:
    """Read it from the envelope and the settings."""
    ways = keys.known_ways(store.path)
    body = newest(store.path)
    entrusted = body["ways"].get("organisation", []) if body else []
    return Ways(
        "open" not in ways, "recovery" in ways, "keyring" in ways, os_keyring.available(),
        tuple(str(one["name"]) for one in entrusted), lock_minutes(store),
    )  # fmt: skip


def set_passphrase(store: Store, present: str, new: str, on_progress: Progress) -> None:
    """Set the first passphrase or change it. PlannerError as `protect.set_passphrase`."""
    protect.set_passphrase(store, new, present or None, on_progress=on_progress)


def new_code(store: Store, present: str, _new: str, _on_progress: Progress) -> str:
    """A fresh recovery code. PlannerError as `protect.new_recovery_code`."""
    return protect.new_recovery_code(store, present)


def remember(store: Store, on: bool, present: str, _new: str, _on_progress: Progress) -> None:
    """Let the system's keyring open it, or end that. PlannerError as `protect.remember`."""
    protect.remember(store, present, on)


def rotate(store: Store, present: str, _new: str, on_progress: Progress) -> str | None:
    """Another key; the new recovery code, if there was one. PlannerError as `rotate_key`.

    Only the passphrase itself goes on: the recovery code would take its place.
    """
    if keys.as_code(present) is not None:
        raise PlannerError("store.passphrase_wrong", file=store.path.name)
    return protect.rotate_key(store, present, on_progress=on_progress)


def trust(store: Store, file: Path, present: str, _new: str, _on_progress: Progress) -> None:
    """Entrust it to the organisation whose public key is in `file`, named like the file.

    PlannerError: "store.organisation_key", as `protect.trust_organisation`; OSError.
    """
    try:
        public = base64.b64decode(file.read_text("ascii").strip(), validate=True)
    except (ValueError, binascii.Error) as error:
        raise PlannerError("store.organisation_key") from error
    protect.trust_organisation(store, present, public, file.stem)
