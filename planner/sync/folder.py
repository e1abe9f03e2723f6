"""Bundles in a folder that several laptops see: a network share, a synced folder, a stick.

A bundle is written under another name, synced and renamed, so nobody takes a half one; its name
says for whom it is and from whom by fingerprints, and its number. Who it was for removes it. Names
that are not ours, copies that a service made of a conflict, and what is still arriving stay alone.
"""

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Iterator
from pathlib import Path

from planner.errors import PlannerError
from planner.store.driver import coded_os_errors
from planner.store.envelope import sync_folder
from planner.store.lock import at_rest
from planner.store.store import Store
from planner.sync.bundle import MOST_BYTES
from planner.sync.peers import Peer, own_keys
from planner.sync.transport import Parcel

SUFFIX = ".fvx"
_NAME = re.compile(r"fv-([0-9a-f]{16})-([0-9a-f]{16})-([0-9a-f]{4})-(\d{10})\.fvx")


class Folder:
    """A shared folder as a way for bundles."""

    name = "folder"
    keeps = True
    chains = None

    def __init__(self, store: Store, folder: Path) -> None:
        """PlannerError: "exchange.no_folder", "exchange.folder_is_home", "exchange.no_team"."""
        check_folder(store, folder)
        with store.read() as conn:
            own = own_keys(conn)
            if own is None:
                raise PlannerError("exchange.no_team")
        self.folder = folder
        self.own = own.fingerprint
        self._turn = store.device_id[:4]

    def put(self, peer: Peer, number: int, body: bytes) -> None:
        """Write a bundle and give it its name. PlannerError("store.disk_full"), …."""
        name = f"fv-{peer.peer_id}-{self.own}-{self._turn}-{number:010}{SUFFIX}"
        write_whole(self.folder / name, body)

    def waiting(self) -> Iterator[Parcel]:
        """Bundles for this workspace, by sender and number."""
        for path in self._mine():
            body = read_bundle(path)
            if body is not None:
                yield Parcel(path.name, body)

    def _mine(self) -> list[Path]:
        found = []
        with coded_os_errors(self.folder):
            for path in self.folder.iterdir():
                named = _NAME.fullmatch(path.name)
                if named and named[1] == self.own and path.is_file() and not path.is_symlink():
                    found.append((named[2], named[3], named[4], path))
        return [path for *_, path in sorted(found)]

    def done(self, parcel: Parcel) -> None:
        """Remove a bundle that was for us."""
        with contextlib.suppress(OSError):  # gone already, or the share is: it is known next time
            (self.folder / parcel.name).unlink()


def check_folder(store: Store, folder: Path) -> None:
    """PlannerError: "exchange.no_folder", "exchange.folder_is_home" for one in which the workspace
    or its backups lie: a service would copy the database itself."""
    if not folder.is_dir():
        raise PlannerError("exchange.no_folder", folder=str(folder))
    home, place = at_rest(store.path).parent.resolve(), folder.resolve()
    if place == home or place in home.parents:
        raise PlannerError("exchange.folder_is_home", folder=str(folder))


def read_bundle(path: Path) -> bytes | None:
    """The bytes of a bundle; None for what cannot be read just now, or is too large to be one."""
    way = os.O_RDONLY | getattr(os, "O_BINARY", 0)
    # What was a file when the folder was listed may be a pipe or a link by now.
    way |= getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOFOLLOW", 0)
    try:
        with os.fdopen(os.open(path, way), "rb") as file:
            there = os.fstat(file.fileno())
            if not stat.S_ISREG(there.st_mode) or there.st_size > MOST_BYTES:
                return None
            body = file.read(MOST_BYTES + 1)
    except OSError:
        return None
    return body if len(body) <= MOST_BYTES else None


def write_whole(path: Path, body: bytes) -> None:
    """Write a file whole: nobody sees it under its name before all of it is on the disk.

    PlannerError: "store.disk_full", "store.read_only", "exchange.unwritable".
    """
    part = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with coded_os_errors(path):
            way = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
            # Sealed, and to be read by another user of the share: the mode is left to the system.
            with os.fdopen(os.open(part, way, 0o666), "wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            os.replace(part, path)
            sync_folder(path.parent)
    except OSError as error:
        raise PlannerError("exchange.unwritable", file=path.name) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
