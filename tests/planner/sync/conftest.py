"""Workspaces and books of the tests of store and actions serve here too, also when run alone."""

import sys
from pathlib import Path

for folder in ("store", "actions"):
    sys.path.append(str(Path(__file__).parent.parent / folder))
