"""Eight fictional collectors in four crews, with a place to start from and hours."""

import random
from dataclasses import dataclass

from planner.demo.names import Names
from planner.demo.prefecture import Prefecture
from planner.demo.terrain import to_degrees


@dataclass(frozen=True, slots=True)
class DemoCrew:
    """One crew; `start`/`end` in minutes after midnight."""

    crew_id: str
    name: str
    members: tuple[str, str]
    staff: tuple[str, str]
    lat: float
    lon: float
    start: int
    end: int
    weekdays: tuple[int, ...]
    days: str
    skills: str = ""


_SHIFTS = (
    ("外访一组", 9 * 60, 18 * 60, (1, 2, 3, 4, 5, 6), "周一至周六", "女性成员"),
    ("外访二组", 9 * 60, 18 * 60, (1, 2, 3, 4, 5, 6), "周一至周六", ""),
    ("外访三组", 8 * 60 + 30, 17 * 60 + 30, (1, 2, 3, 4, 5, 6), "周一至周六", "山区方言"),
    ("外访四组", 11 * 60, 20 * 60, (1, 2, 3, 4, 5), "周一至周五", "女性成员、手语"),
)


def make_crews(rng: random.Random, land: Prefecture) -> list[DemoCrew]:
    """Three crews that live in the city and one in the county seat farthest from it."""
    names = Names(rng)
    city = land.of_kind("city")[0]
    seats = land.of_kind("county")
    far = max(seats, key=lambda seat: (seat.x - city.x) ** 2 + (seat.y - city.y) ** 2)
    crews = []
    for number, (title, start, end, weekdays, days, skills) in enumerate(_SHIFTS, 1):
        home = far if number == 3 else city
        lat, lon = to_degrees(*rng.choice(home.corners))
        members = (names.person(), names.person())
        staff = (f"YS{number}01", f"YS{number}02")
        crews.append(
            DemoCrew(
                f"C{number}", title, members, staff, lat, lon, start, end, weekdays, days, skills
            )
        )
    return crews
