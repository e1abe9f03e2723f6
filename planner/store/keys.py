"""The envelope: a small JSON file beside the database that holds its key, open or wrapped.

The key is 96 hex digits: 32 random bytes and the 16 bytes of SQLCipher's salt. The salt stays
outside the database, so that a torn first page does not make the file unreadable. Until a
passphrase is set, the wrap is "none": the file is then scrambled, not protected. With a passphrase
the key lies in a NaCl SecretBox whose own key comes from Argon2id.

Two copies; the newest valid one counts, so a cut during a change leaves the old or the new one.
"""

import base64
import hashlib
import json
import os
import secrets
import tempfile
from pathlib import Path
from typing import Any

import nacl.exceptions
import nacl.pwhash.argon2id as argon2id
import nacl.secret

from planner.errors import PlannerError
from planner.store.driver import coded_os_errors

FORMAT = 1
KEY_DIGITS = 96
# Work of Argon2id: passes over memory in bytes (about a third of a second on a laptop).
OPS = 3
MEMORY = 256 * 1024 * 1024
MIN_PASSPHRASE = 8


def envelope_paths(database: Path) -> tuple[Path, Path]:
    """Where the two copies of the envelope of `database` lie."""
    return (
        database.with_name(database.name + "-keys"),
        database.with_name(database.name + "-keys2"),
    )


def new_key() -> str:
    """A fresh random key with its salt, 96 hex digits."""
    return secrets.token_hex(KEY_DIGITS // 2)


def write_key(database: Path, key: str, passphrase: str | None = None) -> None:
    """Write both copies of the envelope: wrapped when there is a passphrase, else open.

    PlannerError: "store.passphrase_short", "store.disk_full", "store.read_only".
    """
    newest = _newest(database)
    body: dict[str, Any] = {"format": FORMAT, "version": newest["version"] + 1 if newest else 1}
    if passphrase is None:
        body |= {"wrap": "none", "key": key}
    else:
        if len(passphrase) < MIN_PASSPHRASE:
            raise PlannerError("store.passphrase_short", least=MIN_PASSPHRASE)
        salt = os.urandom(argon2id.SALTBYTES)
        box = nacl.secret.SecretBox(_stretch(passphrase, salt, OPS, MEMORY))
        body |= {
            "wrap": "argon2id",
            "salt": base64.b64encode(salt).decode(),
            "ops": OPS,
            "memory": MEMORY,
            "box": base64.b64encode(box.encrypt(bytes.fromhex(key))).decode(),
        }
    body["sum"] = _sum(body)
    for path in envelope_paths(database):
        _write_whole(path, json.dumps(body, indent=1).encode())


def read_key(database: Path, passphrase: str | None = None) -> str:
    """The key of `database`; heals a copy that is missing, damaged or old.

    PlannerError: "store.key_missing", "store.key_damaged", "store.passphrase_needed",
    "store.passphrase_wrong".
    """
    body = _newest(database)
    if body is None:
        there = any(path.exists() for path in envelope_paths(database))
        raise PlannerError(
            "store.key_damaged" if there else "store.key_missing", file=database.name
        )
    key = _unwrap(body, database, passphrase)
    for path in envelope_paths(database):
        if _read(path) != body:
            try:
                _write_whole(path, json.dumps(body, indent=1).encode())
            except PlannerError:
                break  # one good copy is enough to open a folder that cannot be written
    return key


def copy_envelope(database: Path, copy: Path) -> None:
    """Give a copy of `database` an envelope of its own, opened by the same passphrase."""
    body = _newest(database)
    if body is None:
        raise PlannerError("store.key_missing", file=database.name)
    for path in envelope_paths(copy):
        _write_whole(path, json.dumps(body, indent=1).encode())


def is_protected(database: Path) -> bool:
    """Whether a passphrase is needed to open `database`."""
    body = _newest(database)
    return body is not None and body["wrap"] != "none"


def _unwrap(body: dict[str, Any], database: Path, passphrase: str | None) -> str:
    if body["wrap"] == "none":
        return str(body["key"])
    if passphrase is None:
        raise PlannerError("store.passphrase_needed", file=database.name)
    salt = base64.b64decode(body["salt"])
    try:
        box = nacl.secret.SecretBox(_stretch(passphrase, salt, body["ops"], body["memory"]))
        return box.decrypt(base64.b64decode(body["box"])).hex()
    except nacl.exceptions.CryptoError as error:
        raise PlannerError("store.passphrase_wrong", file=database.name) from error


def _stretch(passphrase: str, salt: bytes, ops: int, memory: int) -> bytes:
    return argon2id.kdf(
        nacl.secret.SecretBox.KEY_SIZE, passphrase.encode(), salt, opslimit=ops, memlimit=memory
    )


def _sum(body: dict[str, Any]) -> str:
    plain = {name: value for name, value in body.items() if name != "sum"}
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def _read(path: Path) -> dict[str, Any] | None:
    """The envelope in `path`, None when it is missing or not whole."""
    try:
        body = json.loads(path.read_bytes())
        if body["sum"] != _sum(body):
            return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if body["format"] > FORMAT:
        raise PlannerError("store.newer", file=path.name)
    return dict(body)


def _newest(database: Path) -> dict[str, Any] | None:
    found = [body for body in map(_read, envelope_paths(database)) if body]
    return max(found, key=lambda body: int(body["version"]), default=None)


def _write_whole(path: Path, content: bytes) -> None:
    """Replace `path` so that a cut leaves the old content or the new one, nothing between."""
    with coded_os_errors(path):
        number, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)  # mode 0600
        try:
            with os.fdopen(number, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make new names in `folder` survive a power cut."""
    if os.name == "posix":  # elsewhere a folder cannot be opened to be synced
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
