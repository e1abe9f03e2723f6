"""A map layer: features of known shape with plain properties, everything else listed."""

import json
import math
from typing import Any

from planner.intake.records import Fault, shorten

MOST_POINTS = 2_000_000
LONGEST_TEXT = 500  # characters of a property
_DEPTH = {
    "Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2,
    "MultiPolygon": 3,
}  # fmt: skip


class LayerReader:
    """Collects the good features of one layer."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.title = ""
        self.rows = 0
        self.points = 0
        self.faults: list[Fault] = []
        self._features: list[dict[str, Any]] = []

    def take(self, text: str) -> None:
        """Read one feature (JSON text); keep it or list what is wrong. Rows count from 1."""
        self.rows += 1
        try:
            feature = self._feature(json.loads(text))
        except (ValueError, TypeError, KeyError, RecursionError, OverflowError) as error:
            code = error.args[0] if isinstance(error, _Wrong) else "feature_broken"
            self.faults.append(Fault(self.file, self.rows, "geometry", code, shorten(text[:200])))
            return
        self._features.append(feature)

    def layer(self) -> bytes:
        """The good features as compact UTF-8 GeoJSON."""
        whole = {"type": "FeatureCollection", "name": self.title, "features": self._features}
        return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()

    def _feature(self, feature: Any) -> dict[str, Any]:
        if not isinstance(feature, dict) or not isinstance(feature.get("geometry"), dict):
            raise _Wrong("feature_broken")
        kind = feature["geometry"].get("type")
        if kind not in _DEPTH:
            raise _Wrong("feature_kind")
        coordinates = self._nested(feature["geometry"]["coordinates"], _DEPTH[kind])
        properties = feature.get("properties")
        plain = {
            str(key)[:80]: value[:LONGEST_TEXT] if isinstance(value, str) else value
            for key, value in (properties if isinstance(properties, dict) else {}).items()
            if isinstance(value, str | bool | int)
            or (isinstance(value, float) and math.isfinite(value))
        }
        geometry = {"type": kind, "coordinates": coordinates}
        return {"type": "Feature", "properties": plain, "geometry": geometry}

    def _nested(self, value: Any, depth: int) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise _Wrong("feature_broken")
        if depth:
            return [self._nested(item, depth - 1) for item in value]
        self.points += 1
        if self.points > MOST_POINTS:
            raise _Wrong("layer_too_large")
        lon, lat = float(value[0]), float(value[1])
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise _Wrong("feature_outside")
        return [lon, lat]


class _Wrong(ValueError):
    """A feature that cannot be used; its argument is the fault's code."""
