"""Who may open a workspace: passphrase, recovery code, keyring, organisation; and another key.

Setting the first passphrase also gives the file another key: whoever copied the open envelope
before has the old one. Changing the passphrase wraps the same master key anew. Backups follow in
both cases, so that no copy beside the workspace opens more easily than it.
"""

import base64
import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import nacl.public
from nacl.secret import SecretBox

from planner.errors import PlannerError
from planner.store import backup, keys, os_keyring
from planner.store.envelope import copy_envelope, read_body, write_body
from planner.store.keys import Opened
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
    if not keys.is_protected(store.path):
        _change_key(store, keys.open_envelope(store.path), new, on_progress)
        return
    if old is None:  # even where the keyring would open it: who sits here must know the words
        raise PlannerError("store.passphrase_needed", file=store.path.name)
    opened = keys.open_envelope(store.path, old)
    ways = dict(read_body(store.path)["ways"])
    ways["passphrase"] = keys.stretched(opened.master, new)
    _write(store.path, ways, opened)
    _all_follow(store.path, opened, opened, on_progress)


def rotate_key(store: Store, passphrase: str, *, on_progress: Progress | None = None) -> str | None:
    """Give the file and its backups another key; only the passphrase goes on as it was.

    Answers the new recovery code, if there was one: the old one opens nothing any more.
    PlannerError as `set_passphrase`.
    """
    return _change_key(store, keys.open_envelope(store.path, passphrase), passphrase, on_progress)


def new_recovery_code(store: Store, words: str) -> str:
    """A recovery code to print, in the place of an earlier one; it is kept nowhere in clear.

    PlannerError: "store.not_protected", "store.passphrase_wrong".
    """
    opened = _protected(store, words)
    code = keys.new_code()
    ways = dict(read_body(store.path)["ways"])
    ways["recovery"] = keys.stretched(opened.master, code)
    _write(store.path, ways, opened)
    _all_follow(store.path, opened, opened)
    return code


def remember(store: Store, words: str, on: bool) -> None:
    """Let the keyring of the operating system open the workspace for this user, or end that.

    PlannerError: "store.no_keyring", "store.not_protected", "store.passphrase_wrong".
    """
    opened = _protected(store, words)
    ways = dict(read_body(store.path)["ways"])
    former = ways.pop("keyring", None)
    if on:
        ways["keyring"] = _keyring_way(opened.master)
    _write(store.path, ways, opened)
    if former:
        os_keyring.forget(former["id"])
    _all_follow(store.path, opened, opened)


def trust_organisation(store: Store, words: str, public_key: bytes, name: str) -> None:
    """Let the holder of the organisation's private key open the workspace.

    `public_key` is 32 bytes (X25519). PlannerError: "store.organisation_key", ….
    """
    opened = _protected(store, words)
    ways = dict(read_body(store.path)["ways"])
    others = [one for one in ways.get("organisation", []) if one["name"] != name]
    ways["organisation"] = [*others, _organisation_way(opened.master, public_key, name)]
    _write(store.path, ways, opened)
    _all_follow(store.path, opened, opened)


def reset_passphrase(workspace: Path, private_key: bytes, new: str) -> None:
    """A new passphrase for a workspace whose own is lost, by the organisation's private key.

    PlannerError: "store.organisation_wrong", "store.passphrase_short".
    """
    keys.check_passphrase(new)
    opened = keys.open_by_organisation(workspace, private_key)
    ways = dict(read_body(workspace)["ways"])
    ways["passphrase"] = keys.stretched(opened.master, new)
    _write(workspace, ways, opened)
    _all_follow(workspace, opened, opened)


def backups_follow(store: Store) -> None:
    """Bring backups along that were left behind when a change of keys was cut short."""
    ways = read_body(store.path)["ways"]
    for one in backup.backups(store.path):
        try:
            theirs = read_body(one.path)["ways"]
            former = keys.open_envelope(one.path).keys if "open" in theirs else ()
        except PlannerError:
            theirs, former = {}, ()  # its envelope is lost; the file may still be ours
        if theirs != ways:
            _follow(store.path, one, store.key_for_copies(), former)


def _protected(store: Store, words: str) -> Opened:
    if not keys.is_protected(store.path):
        raise PlannerError("store.not_protected", file=store.path.name)
    return keys.open_envelope(store.path, words)


def _write(database: Path, ways: dict[str, Any], opened: Opened) -> None:
    ways.pop("open", None)
    write_body(database, {"ways": ways, "keys": keys.box_keys(opened.master, opened.keys)})


def _change_key(
    store: Store, opened: Opened, passphrase: str, on_progress: Progress | None
) -> str | None:
    """Another master key and another key for the file, then for the backups.

    Both keys are in the envelope before the file is touched, the old one leaves it afterwards: a
    cut at any moment leaves a file that one of them opens (`Store.open` settles which).
    """
    old_ways = read_body(store.path)["ways"]
    fresh = Opened(
        secrets.token_bytes(SecretBox.KEY_SIZE), (keys.new_key(), store.key_for_copies())
    )
    ways: dict[str, Any] = {"passphrase": keys.stretched(fresh.master, passphrase)}
    code = keys.new_code() if "recovery" in old_ways else None
    if code:
        ways["recovery"] = keys.stretched(fresh.master, code)
    if "keyring" in old_ways:
        ways["keyring"] = _keyring_way(fresh.master)
    if "organisation" in old_ways:
        ways["organisation"] = [
            _organisation_way(fresh.master, base64.b64decode(one["public"]), one["name"])
            for one in old_ways["organisation"]
        ]
    with store.alone() as conn:
        _write(store.path, ways, fresh)
        conn.execute(f"PRAGMA rekey = \"x'{fresh.keys[0]}'\"").fetchall()
        conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        store.use_key(fresh.keys[0])
    fresh = replace(fresh, keys=fresh.keys[:1])
    _write(store.path, ways, fresh)
    if "keyring" in old_ways:
        os_keyring.forget(old_ways["keyring"]["id"])
    _all_follow(store.path, opened, fresh, on_progress)
    return code


def _all_follow(
    workspace: Path, before: Opened, now: Opened, on_progress: Progress | None = None
) -> None:
    """Give the backups that opened like the workspace did the workspace's envelope and key."""
    found = backup.backups(workspace)
    for number, one in enumerate(found):
        _follow(workspace, one, now.keys[0], before.keys)
        if on_progress:
            on_progress((number + 1) / len(found))


def _follow(workspace: Path, one: backup.Backup, key: str, former: tuple[str, ...]) -> None:
    """First the file, then the envelope: a cut between is healed by doing it again.

    A backup that none of the keys opens stays as it is: it was made under other words.
    """
    fits = next((k for k in (key, *former) if backup.opens(one.path, k)), None)
    if fits is None:
        return
    if fits != key:
        backup.encrypt_anew(one, fits, key)
    copy_envelope(workspace, one.path)


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
    }
