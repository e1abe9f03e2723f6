"""Text of others made fit for any file: one line of what XML, calendars and paper can bear."""

import unicodedata

_GAPS = ("Cc", "Zl", "Zp")
_DROPPED = ("Cf", "Cs")


def one_line(text: str) -> str:
    """`text` without line breaks, control and direction marks, single surrogates, no-characters."""
    kept = []
    for character in unicodedata.normalize("NFC", text):
        kind = unicodedata.category(character)
        if kind in _GAPS:
            kept.append(" ")
        elif kind not in _DROPPED and ord(character) & 0xFFFE != 0xFFFE:
            kept.append(character)
    return " ".join("".join(kept).split())


def no_markup(text: str) -> str:
    """One line in which angle brackets are only signs that look like them.

    For formats whose readers show text as HTML (a placemark's balloon), where no escaping is sure
    to be undone just once.
    """
    return one_line(text).replace("<", "‹").replace(">", "›")
