"""Remote areas on the map: homes of crews, a number and an outline for each, persons as dots."""

import numpy as np
from scipy.spatial import ConvexHull

from planner.export.map_layers import AreaMark, CrewMark, LooseMark, Marks, StopMark
from ui import formats
from ui.i18n import _
from ui.remote.area import GO, OVERNIGHT, Area, RemoteBook
from ui.remote.words import name_word, state_word

MARGIN = 3500.0  # metres around each person that still belong to the area
_CORNERS = 16
_DEGREE = 111_320.0  # metres of a degree of latitude


def outline(spots: list[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The hull (lat, lon) of discs around these places: one place gives a circle."""
    turn = np.linspace(0, 2 * np.pi, _CORNERS, endpoint=False)
    north = MARGIN / _DEGREE * np.sin(turn)
    lat = np.array([spot[0] for spot in spots])
    lon = np.array([spot[1] for spot in spots])
    east = MARGIN / (_DEGREE * np.cos(np.radians(lat[:, None]))) * np.cos(turn)
    points = np.column_stack([(lat[:, None] + north).ravel(), (lon[:, None] + east).ravel()])
    return tuple((float(a), float(b)) for a, b in points[ConvexHull(points).vertices])


def remote_marks(book: RemoteBook) -> Marks:
    """Crews, numbered areas and their persons. A click on a person names that person."""
    stops, loose, areas = [], [], []
    for row in book.rows:
        lat = sum(person.lat for person in row.people) / len(row.people)
        lon = sum(person.lon for person in row.people) / len(row.people)
        stops.append(
            StopMark(row.key, row.crew, row.number, lat, lon, name_word(row), _detail(row))
        )
        ids = tuple(person.debtor_id for person in row.people)
        ring = outline([(person.lat, person.lon) for person in row.people])
        areas.append(AreaMark((row.key, *ids), row.crew, ring, solid=row.state in (GO, OVERNIGHT)))
        loose += [
            LooseMark(p.debtor_id, p.lat, p.lon, p.name, f"{row.number}  {name_word(row)}")
            for p in row.people
        ]
    crews = tuple(CrewMark(crew.name, crew.lat, crew.lon) for crew in book.crews)
    return Marks(crews, tuple(stops), tuple(loose), tuple(areas), rounds=False)


def _detail(row: Area) -> str:
    money = formats.money_whole(row.value)
    return _("{n} persons · {money} · {state}").format(
        n=len(row.people), money=money, state=state_word(row)
    )
