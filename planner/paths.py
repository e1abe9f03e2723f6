"""Where the program's own files lie. Works from a checkout, a wheel and a frozen bundle."""

import sys
from pathlib import Path


def resources() -> Path:
    """The folder `resources/` that ships with the program."""
    frozen = getattr(sys, "_MEIPASS", None)
    root = Path(frozen) if frozen else Path(__file__).resolve().parent.parent
    return root / "resources"


def packs_folder(workspace: Path) -> Path:
    """The folder of map and road packs of a workspace: `packs/` beside it, not made here.

    Base maps lie in `maps/`, roads in `roads/`. They hold nothing about a person.
    """
    return workspace.parent / "packs"
