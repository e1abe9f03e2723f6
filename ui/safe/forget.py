"""Let nothing of the workspace stay in memory when it is closed while the program goes on."""

import functools
import gc

from PySide6.QtGui import QClipboard, QGuiApplication

from planner.geo.kept_travel import forget as forget_ways

# Modules whose caches may hold words of names, addresses or cells of files.
_HOLDERS = (
    "planner.store.", "planner.intake.", "planner.actions.", "planner.geo.gazetteer", "ui.",
)  # fmt: skip


def forget() -> None:
    """Clear what we put on the clipboard and what caches hold, and collect what is no longer used.

    What Python has given back to itself is not overwritten: against a look into the memory of the
    machine only its own disk encryption and switching it off help.
    """
    clipboard = QGuiApplication.clipboard()
    # What was only marked with the mouse lies there too, for the middle button or the next search.
    for mode, ours in (
        (QClipboard.Mode.Clipboard, clipboard.ownsClipboard()),
        (QClipboard.Mode.Selection, clipboard.ownsSelection()),
        (QClipboard.Mode.FindBuffer, clipboard.ownsFindBuffer()),
    ):
        if ours:
            clipboard.clear(mode)
    forget_ways()
    gc.unfreeze()
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper):
            module = str(getattr(one, "__module__", ""))
            if module.startswith(_HOLDERS):
                one.cache_clear()
    gc.collect()
