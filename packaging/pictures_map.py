"""Pictures of the plan's map alone: city, county and village at their zoom, and its layers."""

from collections.abc import Callable, Iterator

from PySide6.QtGui import QPixmap

from ui.pages.plan import PlanPage

# Where the demonstration's city and its mountain county lie (latitude, longitude), and their zoom.
CITY, COUNTY, VILLAGE = (32.55, 107.58, 12.5), (32.5, 107.1, 10.75), 15.0
LAYERS = "fairvisit.board.show('heat', true); fairvisit.keys.b(fairvisit.board); 0"


def map_pictures(page: PlanPage, settle: Callable[..., None]) -> Iterator[tuple[str, QPixmap]]:
    """(name, picture) of each view; `settle(widget)` waits until nothing happens and it is drawn.

    The map is taken out of its pane for more room; the page is of no use afterwards.
    """
    shown, marks = page.map, page.map._marks
    far = max(marks.stops, key=lambda stop: abs(stop.lon - CITY[1]))
    shown.setParent(None)
    shown.resize(1000, 640)
    shown.show()
    settle(shown)
    for name, place in (
        ("city", CITY), ("county", COUNTY), ("village", (far.lat, far.lon, VILLAGE)),
    ):  # fmt: skip
        shown.aim(*place)
        settle(shown)
        yield name, shown.grab()
    shown.fit()
    if shown.web is not None:
        shown.web.page.runJavaScript(LAYERS)
    settle(shown)
    yield "layers", shown.grab()
    shown.shut()
    shown.deleteLater()
