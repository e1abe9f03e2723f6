"""Where the program's own files lie. Works from a checkout, a wheel and a frozen bundle."""

import sys
from pathlib import Path


def resources() -> Path:
    """The folder `resources/` that ships with the program."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parent.parent
    return root / "resources"
