"""What belongs to this machine, not to the workspace: language, theme, window geometry."""

import hashlib

from PySide6.QtCore import QByteArray, QSettings

from planner.words import LANGUAGES, system_language
from ui.theme import THEMES


def _settings() -> QSettings:
    return QSettings(QSettings.Format.IniFormat, QSettings.Scope.UserScope, "Fairvisit", "window")


def load_language() -> str:
    """The language last chosen here, else the system's."""
    name = str(_settings().value("language", ""))
    return name if name in LANGUAGES else system_language()


def save_language(name: str) -> None:
    """Remember the language."""
    _settings().setValue("language", name)


def load_theme() -> str:
    """The theme last chosen here, else as the system."""
    name = str(_settings().value("theme", ""))
    return name if name in THEMES else "system"


def save_theme(name: str) -> None:
    """Remember the theme."""
    _settings().setValue("theme", name)


def load_layout(key: str) -> QByteArray | None:
    """A saved geometry or splitter state, None for the first time."""
    value = _settings().value(f"layout/{key}")
    return value if isinstance(value, QByteArray) else None


def save_layout(key: str, state: QByteArray) -> None:
    """Remember a geometry or splitter state."""
    _settings().setValue(f"layout/{key}", state)


def was_told(what: str) -> bool:
    """Whether somebody at this computer has been told this."""
    return _settings().value(f"told/{_key(what)}") is not None


def note_told(what: str) -> None:
    """Remember that it was told; only a digest is kept, so paths name nobody."""
    _settings().setValue(f"told/{_key(what)}", 1)


def _key(what: str) -> str:
    return hashlib.sha256(what.encode()).hexdigest()[:16]
