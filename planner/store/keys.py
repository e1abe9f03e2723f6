"""The keys of a workspace and the ways to them.

The file's key is 96 hex digits: 32 random bytes and the 16 bytes of SQLCipher's salt. The salt
stays outside the database, so that a torn first page does not make the file unreadable. The key
lies in a NaCl SecretBox under a random master key of 32 bytes; the master key lies in the envelope
once for each way that opens it:

    open          in clear, until a passphrase is set: the file is then scrambled, not protected
    passphrase    in a SecretBox whose key comes from Argon2id
    recovery      the same for the printed recovery code (160 random bits)
    keyring       in a SecretBox whose key lies in the keyring of the operating system
    organisation  sealed to the public key of the organisation (X25519)

While the file is given another key, both are in the envelope; see `planner.store.protect`.
"""

import base64
import json
import os
import re
import secrets
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.public
import nacl.pwhash.argon2id as argon2id
from nacl.secret import SecretBox

from planner.errors import PlannerError
from planner.store import os_keyring
from planner.store.driver import connect
from planner.store.envelope import newest, read_body, write_body

KEY_DIGITS = 96
# Work of Argon2id: passes over memory in bytes (about a third of a second on a laptop).
OPS = 3
MEMORY = 256 * 1024 * 1024
MOST_OPS, MOST_MEMORY = 100, 4 * 1024**3
MIN_PASSPHRASE = 8
CODE_BYTES = 20
_CODE = re.compile(r"(?:[A-Z2-7]{4}-){7}[A-Z2-7]{4}")


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened envelope: the master key, and the file's keys, the one that should open it first.

    Never to be shown or logged: `repr` says nothing.
    """

    master: bytes
    keys: tuple[str, ...]

    def __repr__(self) -> str:
        return "Opened(…)"


def new_key() -> str:
    """A fresh random key with its salt, 96 hex digits."""
    return secrets.token_hex(KEY_DIGITS // 2)


def create_envelope(database: Path) -> str:
    """A new open envelope for a new `database`; returns the key that is in it."""
    key, master = new_key(), secrets.token_bytes(SecretBox.KEY_SIZE)
    write_body(database, {"ways": {"open": master.hex()}, "keys": box_keys(master, (key,))})
    return key


def open_envelope(database: Path, words: str | None = None) -> Opened:
    """Open the envelope of `database` by `words`: the passphrase or the recovery code.

    Without words an open envelope opens, and one that the keyring of this user knows.
    PlannerError: "store.key_missing", "store.key_damaged", "store.passphrase_needed",
    "store.passphrase_wrong".
    """
    body = read_body(database)
    if body["format"] == 1:
        return _renewed(body, words, database)
    return unboxed(body, _master(body["ways"], words, database), database)


def open_by_organisation(database: Path, private_key: bytes) -> Opened:
    """Open the envelope of `database` by the private key (32 bytes) of the organisation.

    PlannerError("store.organisation_wrong").
    """
    body = read_body(database)
    for one in body["ways"].get("organisation", []):
        try:
            box = nacl.public.SealedBox(nacl.public.PrivateKey(private_key))
            return unboxed(body, box.decrypt(base64.b64decode(one["box"])), database)
        except (nacl.exceptions.CryptoError, ValueError, TypeError):
            continue
    raise PlannerError("store.organisation_wrong", file=database.name)


def read_key(database: Path, words: str | None = None) -> str:
    """The key that opens `database`; raises what `open_envelope` raises."""
    return fitting(database, open_envelope(database, words))


def fitting(database: Path, opened: Opened) -> str:
    """Which of the keys opens the file: there are two while it is given another one.

    PlannerError when none does, or when that cannot be told now ("store.busy", …).
    """
    for key in opened.keys[:-1]:
        try:
            connect(database, key, read_only=True).close()
            return key
        except PlannerError as error:
            if error.code != "store.damaged":
                raise
    if len(opened.keys) > 1:
        connect(database, opened.keys[-1], read_only=True).close()
    return opened.keys[-1]


def keep_key(database: Path, opened: Opened, key: str) -> None:
    """Leave only `key`, which opens the file, in the envelope; backups may still have the others.

    The caller has the lock. PlannerError("store.in_use") when another program has changed the
    envelope since it was opened.
    """
    body = read_body(database)
    try:
        same = unboxed(body, opened.master, database) == opened
    except PlannerError:
        same = False
    if not same:
        raise PlannerError("store.in_use", file=database.name)
    others = tuple(one for one in opened.keys if one != key)
    write_body(database, {
        "ways": body["ways"], "keys": box_keys(opened.master, (key,)),
        "former": box_former(key, (*others, *former_keys(body, key))),
    })  # fmt: skip


def box_former(key: str, former: tuple[str, ...]) -> str:
    """Keys that backups may still have, as they stand in the envelope: under the file's key."""
    return box_keys(bytes.fromhex(key[:64]), former)


def former_keys(body: Mapping[str, Any], key: str) -> tuple[str, ...]:
    """The keys that were boxed by `box_former`."""
    try:
        clear = SecretBox(bytes.fromhex(key[:64])).decrypt(base64.b64decode(body["former"]))
        return tuple(json.loads(clear))
    except (nacl.exceptions.CryptoError, KeyError, ValueError, TypeError):
        return ()


def is_protected(database: Path) -> bool:
    """Whether words are needed to open `database`."""
    body = newest(database)
    if body is not None and body["format"] == 1:
        return bool(body["wrap"] != "none")
    return body is not None and "open" not in body["ways"]


def known_ways(database: Path) -> frozenset[str]:
    """The ways by which the envelope of `database` opens."""
    body = newest(database)
    return frozenset(body.get("ways", ())) if body else frozenset()


def box_keys(master: bytes, keys: tuple[str, ...]) -> str:
    """The file's keys as they stand in the envelope."""
    return base64.b64encode(SecretBox(master).encrypt(json.dumps(keys).encode())).decode()


def stretched(master: bytes, words: str) -> dict[str, Any]:
    """The master key under `words`, as it stands in the envelope."""
    salt = os.urandom(argon2id.SALTBYTES)
    box = SecretBox(_stretch(_composed(words), salt, OPS, MEMORY)).encrypt(master)
    return {
        "salt": base64.b64encode(salt).decode(),
        "ops": OPS,
        "memory": MEMORY,
        "box": base64.b64encode(box).decode(),
    }


def check_passphrase(words: str) -> None:
    """PlannerError("store.passphrase_short") for one that is too easy to try out."""
    if len(_composed(words)) < MIN_PASSPHRASE:
        raise PlannerError("store.passphrase_short", least=MIN_PASSPHRASE)


def new_code() -> str:
    """A recovery code to print: 160 random bits in eight groups of four."""
    text = base64.b32encode(secrets.token_bytes(CODE_BYTES)).decode()
    return "-".join(text[k : k + 4] for k in range(0, len(text), 4))


def as_code(words: str) -> str | None:
    """`words` as a recovery code, however it was typed; None when it cannot be one."""
    letters = re.sub(r"[\s-]", "", _composed(words)).upper().replace("0", "O").replace("1", "I")
    code = "-".join(letters[k : k + 4] for k in range(0, len(letters), 4))
    return code if _CODE.fullmatch(code) else None


def _renewed(body: Mapping[str, Any], words: str | None, database: Path) -> Opened:
    """Open an envelope of the first format, which had no master key, and write it anew."""
    protected = body["wrap"] != "none"
    if protected and words is None:
        raise PlannerError("store.passphrase_needed", file=database.name)
    try:
        key = _unstretched(body, str(words)).hex() if protected else str(body["key"])
    except nacl.exceptions.CryptoError as error:
        raise PlannerError("store.passphrase_wrong", file=database.name) from error
    opened = Opened(secrets.token_bytes(SecretBox.KEY_SIZE), (key,))
    way = {"passphrase": stretched(opened.master, str(words))} if protected else {
        "open": opened.master.hex()
    }  # fmt: skip
    write_body(database, {"ways": way, "keys": box_keys(opened.master, opened.keys)})
    return opened


def unboxed(body: Mapping[str, Any], master: bytes, database: Path) -> Opened:
    """The file's keys from the envelope, by the master key. PlannerError("store.key_damaged")."""
    try:
        keys = json.loads(SecretBox(master).decrypt(base64.b64decode(body["keys"])))
        return Opened(master, tuple(keys))
    except (nacl.exceptions.CryptoError, KeyError, ValueError, TypeError) as error:
        raise PlannerError("store.key_damaged", file=database.name) from error


def _master(ways: Mapping[str, Any], words: str | None, database: Path) -> bytes:
    try:
        return _master_by(ways, words, database)
    except (KeyError, ValueError, TypeError, AttributeError, RuntimeError, MemoryError) as error:
        raise PlannerError("store.key_damaged", file=database.name) from error


def _master_by(ways: Mapping[str, Any], words: str | None, database: Path) -> bytes:
    if "open" in ways:
        return bytes.fromhex(ways["open"])
    if words is None:
        if "keyring" in ways:
            found = _from_keyring(ways["keyring"])
            if found is not None:
                return found
        raise PlannerError("store.passphrase_needed", file=database.name)
    tries = [("passphrase", words), ("recovery", as_code(words))]
    for way, text in tries:
        if way in ways and text is not None:
            try:
                return _unstretched(ways[way], text)
            except nacl.exceptions.CryptoError:
                continue
    raise PlannerError("store.passphrase_wrong", file=database.name)


def _unstretched(wrap: Mapping[str, Any], words: str) -> bytes:
    """The master key under `words`, composed or as they were typed: once they were kept so."""
    salt, box = base64.b64decode(wrap["salt"]), base64.b64decode(wrap["box"])
    *others, last = dict.fromkeys((_composed(words), unicodedata.normalize("NFC", words), words))
    for form in others:
        try:
            return SecretBox(_stretch(form, salt, wrap["ops"], wrap["memory"])).decrypt(box)
        except nacl.exceptions.CryptoError:
            continue
    return SecretBox(_stretch(last, salt, wrap["ops"], wrap["memory"])).decrypt(box)


def _composed(words: str) -> str:
    """`words` in the one form that all keyboards and systems agree on: letters composed, wide
    characters narrow (NFKC)."""
    return unicodedata.normalize("NFKC", words)


def _from_keyring(wrap: Mapping[str, Any]) -> bytes | None:
    secret = os_keyring.get(wrap["id"])
    try:
        return SecretBox(secret).decrypt(base64.b64decode(wrap["box"])) if secret else None
    except (nacl.exceptions.CryptoError, ValueError, TypeError):
        return None


def _stretch(words: str, salt: bytes, ops: int, memory: int) -> bytes:
    if ops > MOST_OPS or memory > MOST_MEMORY:
        raise ValueError("more work than any program asks for")
    text = words.encode("utf-8", "surrogatepass")
    return argon2id.kdf(SecretBox.KEY_SIZE, text, salt, opslimit=ops, memlimit=memory)
