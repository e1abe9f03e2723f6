"""The operating system's keyring, where there is one: it opens a workspace without its passphrase.

It keeps a random key that unlocks the envelope, never the workspace's own key: without the envelope
it is worth nothing, and forgetting it ends this way in.
"""

import base64
import binascii

import keyring
import keyring.errors

from planner.errors import PlannerError

_SERVICE = "Fairvisit"


def available() -> bool:
    """Whether this machine has a keyring that keeps secrets."""
    try:
        return float(keyring.get_keyring().priority) >= 1
    except (RuntimeError, TypeError):  # a keyring that says it cannot work here
        return False


def get(name: str) -> bytes | None:
    """The secret kept under `name`, None when there is none or no keyring."""
    try:
        found = keyring.get_password(_SERVICE, name)
        return base64.b64decode(found, validate=True) if found else None
    except (keyring.errors.KeyringError, binascii.Error):
        return None


def put(name: str, secret: bytes) -> None:
    """Keep `secret` under `name`. PlannerError("store.no_keyring")."""
    try:
        if not available():
            raise PlannerError("store.no_keyring")
        keyring.set_password(_SERVICE, name, base64.b64encode(secret).decode())
    except keyring.errors.KeyringError as error:
        raise PlannerError("store.no_keyring") from error


def forget(name: str) -> None:
    """Drop what is kept under `name`, if anything is."""
    try:
        keyring.delete_password(_SERVICE, name)
    except keyring.errors.KeyringError:
        return
