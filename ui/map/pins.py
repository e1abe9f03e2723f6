"""Pins: positions that a person may move on a map."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PinMark:
    """The position of an address (WGS-84 degrees). `weak`: known to the township or county only,
    drawn hollow with a broken rim. `chosen`: filled, above the others."""

    address_id: str
    lat: float
    lon: float
    title: str = ""
    weak: bool = False
    chosen: bool = False


def pins_json(pins: Sequence[PinMark]) -> dict[str, Any]:
    """The layer "pins" as the page reads it: by index, no id leaves."""
    return {
        "pins": [
            {
                "i": index, "lat": pin.lat, "lon": pin.lon, "title": pin.title,
                "weak": pin.weak, "chosen": pin.chosen,
            }
            for index, pin in enumerate(pins)
        ]
    }  # fmt: skip
