"""What a map says in the language in use."""

from dataclasses import dataclass

from ui.i18n import N_, _


@dataclass(frozen=True, slots=True)
class MapWords:
    """English sentences that a map says in the language in use: its name, what shows everything,
    and what its keys do."""

    name: str = N_("Map of the day's plan")
    whole: str = N_("Show the whole plan")
    hint: str = N_(
        "Arrows move, + and - zoom, F shows the whole plan, N and P go from stop to stop, "
        "B opens the layers, C draws a line around cases, E takes all cases in view."
    )


def page_words(words: MapWords) -> dict[str, str]:
    """The words of the web page's buttons and lines."""
    return {
        "map": _(words.name),
        "zoom_in": _("Zoom in"),
        "zoom_out": _("Zoom out"),
        "fit": _(words.whole),
        "fictional": fictional(),
        "bare": bare(),
        "weak": weak(),
        "layers": _("Layers"),
        "layer_base": _("Base map"),
        "layer_ground": _("Imported roads and places"),
        "layer_names": _("Names of places"),
        "layer_loose": _("Cases not in the plan"),
        "layer_heat": _("Waiting value by township"),
        "heat": _("Area of a circle: value that waits. Largest: "),
        "lasso_button": _("Draw a line around cases"),
        "lasso": _("Draw a line around the cases. Esc ends."),
        "placing": placing(),
        "myriad": _("×10k"),
    }


def fictional() -> str:
    """Said in the corner of a map of invented places."""
    return _("Fictional demonstration data")


def bare() -> str:
    """Said in the corner of a map without anything to show."""
    return _("No map layer yet: add a base map in the settings.")


def simple() -> str:
    """Said where base maps are there but cannot be drawn."""
    return _("Simple map: the engine for base maps does not run here.")


def weak() -> str:
    """Of a mark whose place is known to the township or county only."""
    return _("Position not exact")


def placing() -> str:
    """What the mode waits for in which a press on the map places an address."""
    return _("Press on the map where the address is, or move the cross there and press Enter.")
