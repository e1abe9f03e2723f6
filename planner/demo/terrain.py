"""Made-up hills: a grid of heights, mountainous in the west, gentle in the east.

Fractal noise: sums of smoothed white noise at doubling scales. Nothing here depicts a real place.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from planner.domain.facts import F64

CELL = 400.0  # metres
ROWS, COLUMNS = 290, 330
METRES_PER_DEGREE = 111_320.0
# A fictional overlay in the inland hills: where its middle lies means nothing.
MIDDLE = (32.55, 107.35)


@dataclass(frozen=True, slots=True)
class Terrain:
    """Heights in metres on a grid; x runs east, y north, both metres from the south-west corner."""

    heights: F64
    slope: F64

    def height(self, x: F64, y: F64) -> F64:
        """Heights at points."""
        return _sample(self.heights, x, y)

    def steepness(self, x: F64, y: F64) -> F64:
        """Slope (rise over run) at points."""
        return _sample(self.slope, x, y)


def _sample(grid: F64, x: F64, y: F64) -> F64:
    points = np.array([np.asarray(y) / CELL, np.asarray(x) / CELL])
    sampled: F64 = map_coordinates(grid, points, order=1, mode="nearest")
    return sampled


def make_terrain(rng: np.random.Generator) -> Terrain:
    """A new terrain of ROWS x COLUMNS cells."""
    noise = np.zeros((ROWS, COLUMNS))
    for scale, weight in ((60, 1.0), (30, 0.6), (15, 0.4), (7, 0.2), (3, 0.08)):
        layer = gaussian_filter(rng.standard_normal((ROWS, COLUMNS)), scale, mode="nearest")
        noise += weight * layer / layer.std()
    noise = (noise - noise.min()) / (noise.max() - noise.min())
    west = np.clip((0.72 - np.linspace(0, 1, COLUMNS)[None, :]) / 0.72, 0, 1) ** 1.2
    heights = 320 + west * 1500 + (120 + west * 1100) * noise
    north, east = np.gradient(heights, CELL)
    return Terrain(heights, np.hypot(north, east))


def to_degrees(x: float, y: float) -> tuple[float, float]:
    """(lat, lon) of a point in metres, five decimals."""
    lat = MIDDLE[0] + (y - ROWS * CELL / 2) / METRES_PER_DEGREE
    east = METRES_PER_DEGREE * math.cos(math.radians(MIDDLE[0]))
    return round(lat, 5), round(MIDDLE[1] + (x - COLUMNS * CELL / 2) / east, 5)
