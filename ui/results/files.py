"""Files to keep with an outcome, read off the GUI thread; and one that was recorded, read back."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from planner.actions.correct import recorded_outcome
from planner.actions.evidence import read_piece
from planner.actions.outcomes import Outcome
from planner.errors import PlannerError
from planner.store.store import Store
from ui.results.more import THUMB, Shown
from ui.results.thumbs import picture


@dataclass(frozen=True, slots=True)
class Read:
    """Files that were read for a person, and why others were not."""

    debtor_id: str
    shown: tuple[Shown, ...]
    refused: tuple[PlannerError, ...]


@dataclass(frozen=True, slots=True)
class Correction:
    """What was recorded under `batch`, to be corrected."""

    outcome: Outcome
    batch: bytes


def read_files(debtor_id: str, paths: Sequence[Path]) -> Read:
    """Read each file with its small picture; one that cannot be kept does not stop the others."""
    shown: list[Shown] = []
    refused: list[PlannerError] = []
    for path in paths:
        try:
            piece = read_piece(path)
        except PlannerError as error:
            refused.append(error)
            continue
        shown.append((piece, picture(piece.data, piece.media, 2 * THUMB)))
    return Read(debtor_id, tuple(shown), tuple(refused))


def load_correction(store: Store, debtor_id: str, batch: bytes) -> Correction:
    """Raises what `recorded_outcome` raises."""
    with store.read() as conn:
        return Correction(recorded_outcome(conn, debtor_id, batch), batch)
