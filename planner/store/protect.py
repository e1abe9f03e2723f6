"""Who may open a workspace: passphrase, recovery code, keyring, organisation; and another key.

Setting the first passphrase also gives the file another key: whoever copied the open envelope
before has the old one. Changing the passphrase wraps the same master key anew. Backups follow in
both cases, so that no copy beside the workspace opens more easily than it.
"""

import base64
import contextlib
import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nacl.public
import sqlcipher3.dbapi2 as sqlcipher
from nacl.secret import SecretBox

from planner.errors import PlannerError
from planner.store import backup, keys, os_keyring
from planner.store.driver import Connection
from planner.store.envelope import copy_envelope, read_body, write_body
from planner.store.keys import Opened
from planner.store.lock import take_lock
from planner.store.store import Store

Progress = Callable[[float], None]


def set_passphrase(
    store: Store, new: str, old: str | None = None, *, on_progress: Progress | None = None
) -> None:
    """Set the first passphrase, or change it (then `old`, or the recovery code, must be right).

    PlannerError: "store.passphrase_short", "store.passphrase_wrong", "store.passphrase_needed",
    "store.in_use" (the first one needs the file for itself).
    """
    keys.check_passphrase(new)
    with store.keys_kept():
        if not keys.is_protected(store.path):
            _change_key(store, keys.open_envelope(store.path), new, on_progress)
            return
        if old is None:  # even where the keyring would open it: who sits here must know the words
            raise PlannerError("store.passphrase_needed", file=store.path.name)
        opened = keys.open_envelope(store.path, old)
        _write_way(store.path, opened, "passphrase", keys.stretched(opened.master, new))
        _all_follow(store.path, opened, opened.keys[0], on_progress)


def rotate_key(store: Store, passphrase: str, *, on_progress: Progress | None = None) -> str | None:
    """Give the file and its backups another key; only the passphrase goes on as it was.

    Answers the new recovery code, if there was one: the old one opens nothing any more.
    PlannerError as `set_passphrase`; then nothing has changed.
    """
    with store.keys_kept():
        opened = keys.open_envelope(store.path, passphrase)
        return _change_key(store, opened, passphrase, on_progress)


def new_recovery_code(store: Store, words: str) -> str:
    """A recovery code to print, in the place of an earlier one; it is kept nowhere in clear.

    PlannerError: "store.not_protected", "store.passphrase_wrong".
    """
    with store.keys_kept():
        opened = _protected(store, words)
        code = keys.new_code()
        _write_way(store.path, opened, "recovery", keys.stretched(opened.master, code))
        _all_follow(store.path, opened, opened.keys[0])
        return code


def remember(store: Store, words: str, on: bool) -> None:
    """Let the keyring of the operating system open the workspace for this user, or end that.

    PlannerError: "store.no_keyring", "store.not_protected", "store.passphrase_wrong".
    """
    with store.keys_kept():
        opened = _protected(store, words)
        former = read_body(store.path)["ways"].get("keyring")
        _write_way(store.path, opened, "keyring", _keyring_way(opened.master) if on else None)
        if former:
            os_keyring.forget(former["id"])
        _all_follow(store.path, opened, opened.keys[0])


def trust_organisation(store: Store, words: str, public_key: bytes, name: str) -> None:
    """Let the holder of the organisation's private key open the workspace.

    `public_key` is 32 bytes (X25519). PlannerError: "store.organisation_key", ….
    """
    with store.keys_kept():
        opened = _protected(store, words)
        known = read_body(store.path)["ways"].get("organisation", [])
        others = [one for one in known if one["name"] != name]
        mine = _organisation_way(opened.master, public_key, name)
        _write_way(store.path, opened, "organisation", [*others, mine])
        _all_follow(store.path, opened, opened.keys[0])


def reset_passphrase(workspace: Path, private_key: bytes, new: str) -> None:
    """A new passphrase for a workspace whose own is lost, by the organisation's private key.

    PlannerError: "store.organisation_wrong", "store.passphrase_short", "store.in_use".
    """
    keys.check_passphrase(new)
    with contextlib.closing(take_lock(workspace)):
        opened = keys.open_by_organisation(workspace, private_key)
        _write_way(workspace, opened, "passphrase", keys.stretched(opened.master, new))
        _all_follow(workspace, opened, keys.fitting(workspace, opened))


def backups_follow(store: Store) -> None:
    """Bring backups along that were left behind when a change of keys was cut short.

    All are tried; then PlannerError with what stopped the first of those that stay behind.
    """
    with store.keys_kept():
        key = store.key_for_copies()
        troubles = _follow_all(store.path, key, keys.former_keys(read_body(store.path), key), None)
        if troubles:
            raise troubles[0]
        _forget_former(store.path)


def _protected(store: Store, words: str) -> Opened:
    if not keys.is_protected(store.path):
        raise PlannerError("store.not_protected", file=store.path.name)
    return keys.open_envelope(store.path, words)


def _write_way(database: Path, opened: Opened, name: str, way: Any) -> None:
    """Put one way into the envelope in the place of the former; None ends it."""
    body = read_body(database)
    ways = {key: value for key, value in body["ways"].items() if key != name}
    write_body(database, body | {"ways": ways if way is None else ways | {name: way}})


def _change_key(
    store: Store, opened: Opened, passphrase: str, on_progress: Progress | None
) -> str | None:
    """Another key for the file, then another master key with new ways to it, then the backups.

    Both keys are in the envelope, under the ways as they were, before the file is touched; a cut at
    any moment leaves a file that one of them opens (`Store.open` settles which), and a failure
    leaves ways and code as they were.
    """
    body = read_body(store.path)
    trusted = _trusted(body["ways"], opened, store.path)
    key = keys.new_key()
    former = _rekey(store, opened, key)
    master = secrets.token_bytes(SecretBox.KEY_SIZE)
    ways: dict[str, Any] = {"passphrase": keys.stretched(master, passphrase)}
    code = keys.new_code() if "recovery" in body["ways"] else None
    if code:
        ways["recovery"] = keys.stretched(master, code)
    if "keyring" in body["ways"]:
        ways["keyring"] = _keyring_way(master)
    if trusted:
        ways["organisation"] = [_organisation_way(master, *one) for one in trusted]
    write_body(store.path, {
        "ways": ways, "keys": keys.box_keys(master, (key,)), "former": keys.box_former(key, former),
    })  # fmt: skip
    if "keyring" in body["ways"]:
        os_keyring.forget(body["ways"]["keyring"]["id"])
    _all_follow(store.path, replace(opened, keys=former), key, on_progress)
    return code


def _rekey(store: Store, opened: Opened, key: str) -> tuple[str, ...]:
    """Encrypt the file with `key`; the keys that its backups may have."""
    present = store.key_for_copies()
    body = read_body(store.path)
    both = Opened(opened.master, (key, present))
    former = (present, *keys.former_keys(body, present))
    try:
        with store.alone() as conn:
            write_body(store.path, {
                "ways": body["ways"], "keys": keys.box_keys(both.master, both.keys),
                "former": keys.box_former(present, former),
            })  # fmt: skip
            conn.execute(f"PRAGMA rekey = \"x'{key}'\"").fetchall()
            store.use_key(key)
            _write_back(conn, store.path)
        if not backup.opens(store.path, key):
            raise PlannerError("store.disk_error", file=store.path.name)
    except BaseException:
        with contextlib.suppress(PlannerError):  # else the next opening finds out which key fits
            store.use_key(keys.fitting(store.path, both))
            keys.keep_key(store.path, both, store.key_for_copies())
        raise
    return former


def _write_back(conn: Connection, database: Path) -> None:
    """Write the log of a rekeyed file into it. A rekey that found no room on the disk says "ok" all
    the same; what it left unfinished is then in the way here."""
    try:
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    except sqlcipher.OperationalError as error:
        if "table is locked" in str(error):
            raise PlannerError("store.disk_full", file=database.name) from error
        raise


def _trusted(ways: dict[str, Any], opened: Opened, database: Path) -> list[tuple[bytes, str]]:
    """The public keys and names of organisations that somebody with the words let in.

    PlannerError("store.key_damaged") when one was slipped into the envelope by somebody else.
    """
    found = []
    for one in ways.get("organisation", []):
        try:
            public, name = base64.b64decode(one["public"]), str(one["name"])
            if not hmac.compare_digest(str(one["mark"]), _mark(opened.master, public, name)):
                raise ValueError(name)
        except (KeyError, ValueError, TypeError) as error:
            raise PlannerError("store.key_damaged", file=database.name) from error
        found.append((public, name))
    return found


def _mark(master: bytes, public_key: bytes, name: str) -> str:
    """By which an organisation in the envelope is known to have been let in by the words."""
    return hashlib.blake2b(public_key + name.encode(), key=master, digest_size=32).hexdigest()


def _all_follow(
    workspace: Path, before: Opened, key: str, on_progress: Progress | None = None
) -> None:
    """Give the backups that opened like the workspace did the workspace's envelope and key.

    What cannot follow now (a full disk) does so at the next upkeep: the change itself is done, and
    the new code must be told.
    """
    if not _follow_all(workspace, key, before.keys, before.master, on_progress):
        with contextlib.suppress(PlannerError):
            _forget_former(workspace)


def _follow_all(
    workspace: Path, key: str, former: tuple[str, ...], master: bytes | None,
    on_progress: Progress | None = None,
) -> list[PlannerError]:  # fmt: skip
    """Every backup that is not there yet; what went wrong with those that stay behind."""
    troubles = []
    body, found = read_body(workspace), backup.backups(workspace)
    for number, one in enumerate(found):
        try:
            _follow(workspace, body["ways"], one, key, (*former, *_own_keys(one, master)))
        except PlannerError as error:
            troubles.append(error)
        if on_progress:
            on_progress((number + 1) / len(found))
    return troubles


def _own_keys(one: backup.Backup, master: bytes | None) -> tuple[str, ...]:
    """The keys in a backup's own envelope, where it is open or has the former master key."""
    try:
        body = read_body(one.path)
        if master is None and "open" not in body["ways"]:
            return ()
        return keys.unboxed(body, master or bytes.fromhex(body["ways"]["open"]), one.path).keys
    except (PlannerError, KeyError, ValueError):
        return ()


def _follow(
    workspace: Path, ways: dict[str, Any], one: backup.Backup, key: str, former: tuple[str, ...]
) -> None:
    """First the file, then the envelope: a cut between is healed by doing it again.

    A backup that none of the keys opens stays as it is: it was made under other words. One that is
    not whole could never be restored; it goes rather than stay open by a former key.
    """
    try:
        theirs = read_body(one.path)["ways"]
    except PlannerError:
        theirs = None  # its envelope is lost; the file may still be ours
    if theirs == ways:
        return
    fits = next((k for k in (key, *former) if backup.opens(one.path, k)), None)
    if fits is None:
        return
    if fits != key:
        try:
            backup.encrypt_anew(one, fits, key)
        except PlannerError as error:
            if error.code not in ("backup.faulty", "store.damaged"):
                raise
            backup.delete_backup(one)
            return
    copy_envelope(workspace, one.path)


def _forget_former(workspace: Path) -> None:
    """Every backup has followed: nothing is left that a former key opens."""
    body = read_body(workspace)
    if "former" in body:
        write_body(workspace, {name: body[name] for name in ("ways", "keys")})


def _keyring_way(master: bytes) -> dict[str, str]:
    name, secret = secrets.token_hex(16), secrets.token_bytes(SecretBox.KEY_SIZE)
    os_keyring.put(name, secret)
    box = SecretBox(secret).encrypt(master)
    return {"id": name, "box": base64.b64encode(box).decode()}


def _organisation_way(master: bytes, public_key: bytes, name: str) -> dict[str, str]:
    try:
        box = nacl.public.SealedBox(nacl.public.PublicKey(public_key)).encrypt(master)
    except (ValueError, TypeError) as error:
        raise PlannerError("store.organisation_key") from error
    return {
        "name": name,
        "public": base64.b64encode(public_key).decode(),
        "box": base64.b64encode(box).decode(),
        "mark": _mark(master, public_key, name),
    }
