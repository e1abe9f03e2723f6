"""Tests of the import: the makers of nasty files lie beside the data."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "data"))
