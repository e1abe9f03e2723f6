"""The workspaces of the tests of the store serve here as well, also when run alone."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parent.parent / "store"))
