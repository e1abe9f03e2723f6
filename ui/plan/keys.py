"""The keys of the plan screen, in words."""

from ui.i18n import _


def key_list() -> list[tuple[str, str]]:
    """Keys and what they do, for the list of keys."""
    return [
        ("Ctrl+Enter, R", _("Create the plan; locked stops stay")),
        ("G, Ctrl+G", _("Fill the gaps only")),
        ("O, Ctrl+Shift+O", _("Plan on from now")),
        ("Ctrl+Enter", _("During a search: good enough; an offer: take it")),
        ("Esc", _("End the search or discard the offer; the plan stays")),
        ("Ctrl+P", _("Print day sheets")),
        ("S, Ctrl+Shift+S", _("Not today: show the smallest change")),
        ("A, Ctrl+Shift+A", _("Add to plan")),
        ("L, Ctrl+Shift+L", _("Lock or unlock the stop")),
        ("Del, Ctrl+Backspace", _("Remove the stop")),
        ("H, Ctrl+H", _("Pause contact")),
        ("V, Ctrl+Shift+V", _("Has to be visited, or no more")),
        ("Ctrl+←/→", _("Timetable: earlier, later")),
        ("Ctrl+↑/↓", _("Timetable: to the crew above, below")),
        ("T, 1 … 9", _("Give the stop to a crew")),
        ("W, Ctrl+Shift+W", _("Day or week")),
        ("M", _("Week: give the stop to a day and crew")),
        ("Ctrl+←/→/↑/↓", _("Week: to the day before, after; to the crew above, below")),
        ("D", _("Week: open the day")),
        ("F, Ctrl+0", _("Map: show the whole plan")),
        ("N / P", _("Map: next, previous stop")),
        ("+ / −", _("Map: zoom")),
        ("B", _("Map: layers")),
        ("C / E", _("Map: draw a line around cases; choose all in view")),
    ]
