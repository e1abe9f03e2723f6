"""Words for what came from a door: kinds of evidence, what was found, sizes of files."""

from collections.abc import Mapping

from ui.i18n import N_, _

_KINDS = {"photo": N_("Photo"), "sound": N_("Sound"), "paper": N_("Scanned paper")}
_FIELDS = {"phone": N_("Phone found at the door"), "address": N_("Address found at the door")}


def word(table: Mapping[str, str], key: str) -> str:
    """The words of a key, "" for none."""
    return _(table[key]) if key in table else key


def kind_word(what: str) -> str:
    """What a piece of evidence is."""
    return _(_KINDS[what]) if what in _KINDS else what


def field_word(field: str) -> str:
    """What was found."""
    return _(_FIELDS[field]) if field in _FIELDS else field


def size_words(size: int) -> str:
    """Bytes as people say them."""
    if size < 1024**2:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024**2:.1f} MB"
