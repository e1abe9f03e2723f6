"""Keys and commands of the page of remote areas: every letter has a twin with Ctrl."""

from PySide6.QtCore import Qt

from planner.actions.remote_decisions import GO, MEANS, OPEN, OVERNIGHT, WAIT
from ui.i18n import N_, _

LETTERS = {
    Qt.Key.Key_G: GO,
    Qt.Key.Key_O: OVERNIGHT,
    Qt.Key.Key_W: WAIT,
    Qt.Key.Key_M: MEANS,
    Qt.Key.Key_Backspace: OPEN,
    Qt.Key.Key_Delete: OPEN,
}
NAMES = {GO: "G", OVERNIGHT: "O", WAIT: "W", MEANS: "M", OPEN: "Backspace"}
TWINS = {
    GO: "Ctrl+Shift+G",
    OVERNIGHT: "Ctrl+Shift+O",
    WAIT: "Ctrl+Shift+W",
    MEANS: "Ctrl+Shift+M",
    OPEN: "Ctrl+Backspace",
}
COMMANDS = {
    GO: N_("Go to the area"),
    OVERNIGHT: N_("Stay overnight in the area"),
    WAIT: N_("Wait with the area"),
    MEANS: N_("Other means for the area"),
    OPEN: N_("Leave the area to the advice"),
}


def key_list() -> list[tuple[str, str]]:
    """The keys of the page and what they do."""
    found = [(f"{name}, {TWINS[kind]}", _(COMMANDS[kind])) for kind, name in NAMES.items()]
    found += [
        ("Enter", _("To the persons of the area")),
        ("Ctrl+Enter", _("Plan the week with these decisions")),
        ("Ctrl+E", _("Export the list of remote areas")),
        ("Ctrl+,", _("Settings of remote areas")),
        ("F, Ctrl+0", _("Show all areas")),
    ]
    return found
