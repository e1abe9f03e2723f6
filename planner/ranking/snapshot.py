"""What the ranking saw and said on a planning day, for every person in scope, in one blob.

Without it neither the effect of visits nor fairness can be computed later. Format: numpy's .npz
(a zip of plain arrays, no pickle), columns by person, and `meta`, UTF-8 JSON. The same ranking
gives the same bytes. Chances and features are stored in single precision.
"""

import io
import json
import zipfile
import zlib
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt

from planner.domain.facts import F64, I16, FactTable
from planner.errors import PlannerError
from planner.ranking.score import PARTS, Bools, Scores

FORMAT: Final = 1


class Gates(Protocol):
    """The contact rules' verdicts, as far as a snapshot keeps them."""

    @property
    def day(self) -> date:
        """Day of the plan."""

    @property
    def eligible(self) -> Bools:
        """[n] a visit may be planned."""

    @property
    def rule(self) -> I16:
        """[n] index into `rules`, -1 = none."""

    @property
    def rules(self) -> tuple[str, ...]:
        """Rule ids."""


def snapshot_blob(
    table: FactTable,
    verdicts: Gates,
    scores: Scores,
    selected: Bools,
    versions: Mapping[str, str],
    propensity: F64 | None = None,
) -> bytes:
    """The blob of one plan.

    `selected` [n] are the persons in the plan; `propensity` [n] is the chance with which each was
    chosen, by default 1 and 0: the planner does not draw lots. `versions` names rules, numbers
    and program.
    """
    meta = {
        "format": FORMAT,
        "day": verdicts.day.isoformat(),
        "versions": dict(versions),
        "rules": list(verdicts.rules),
        "reference": scores.reference,
        "weights": scores.weights.as_dict(),
        "parts": list(PARTS),
    }
    columns: dict[str, npt.NDArray[Any]] = {
        "meta": np.frombuffer(json.dumps(meta, sort_keys=True).encode(), np.uint8),
        "debtor_id": np.array(table.debtor_ids, np.str_),
    }
    chance = selected if propensity is None else propensity
    columns |= _whole(table, verdicts, scores, selected) | _real(scores)
    columns["propensity"] = chance.astype(np.float32)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **columns)
    return buffer.getvalue()


def _whole(
    table: FactTable, verdicts: Gates, scores: Scores, selected: Bools
) -> dict[str, npt.NDArray[Any]]:
    """Columns of whole numbers and of yes or no."""
    known = scores.basis.features
    columns: dict[str, tuple[Any, Any]] = {
        "eligible": (verdicts.eligible, np.bool_),
        "rule": (verdicts.rule, np.int16),
        "selected": (selected, np.bool_),
        "amount": (table.amount, np.int64),
        "days": (known.days, np.int32),
        "kept": (known.kept, np.int16),
        "broken": (known.broken, np.int16),
        "hardship": (known.hardship, np.bool_),
        "visits": (known.visits, np.int16),
        "region": (_region(table, scores), np.int8),
        "value": (scores.value, np.int64),
        "travel_share": (scores.travel_share, np.int64),
    }
    return {name: np.asarray(values).astype(kind) for name, (values, kind) in columns.items()}


def _real(scores: Scores) -> dict[str, npt.NDArray[Any]]:
    """Columns of chances, scores and hours, in single precision."""
    known = scores.basis.features
    columns = {
        "evasion": known.evasion, "watch": known.watch, "belief": _belief(scores),
        "pm_best": scores.pm_best, "pm_mean": scores.pm_mean, "p0": scores.p0, "p1": scores.p1,
        "rec": scores.rec, "hours": scores.hours, "points": scores.points, "pm": scores.pm,
    }  # fmt: skip
    return {name: np.asarray(values).astype(np.float32) for name, values in columns.items()}


def read_snapshot(blob: bytes) -> dict[str, Any]:
    """The columns of a blob by name, and `meta` as a dict.

    Raises PlannerError("ranking.snapshot") when the blob is damaged or of a later format.
    """
    try:
        with np.load(io.BytesIO(blob), allow_pickle=False) as file:
            columns: dict[str, Any] = {name: file[name] for name in file.files}
        meta = json.loads(columns.pop("meta").tobytes())
        known = meta["format"] <= FORMAT
    except (OSError, ValueError, KeyError, TypeError, EOFError, AttributeError, RuntimeError,
            MemoryError, zipfile.BadZipFile, zlib.error) as error:  # fmt: skip
        raise PlannerError("ranking.snapshot") from error
    if not known:
        raise PlannerError("ranking.snapshot")
    return columns | {"meta": meta}


def without_persons(blob: bytes, debtor_ids: Collection[str]) -> bytes:
    """The blob without the rows of these persons, the same object when it has none of them.

    Raises what `read_snapshot` raises.
    """
    columns = read_snapshot(blob)
    stay = ~np.isin(columns["debtor_id"], np.array(sorted(debtor_ids), np.str_))
    if bool(stay.all()):
        return blob
    meta = json.dumps(columns.pop("meta"), sort_keys=True).encode()
    kept: dict[str, npt.NDArray[Any]] = {"meta": np.frombuffer(meta, np.uint8)}
    kept |= {name: values[stay] for name, values in columns.items()}
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **kept)
    return buffer.getvalue()


def _region(table: FactTable, scores: Scores) -> npt.NDArray[Any]:
    """Region type of the address to visit, -1 = no address."""
    place = scores.best_address
    if not len(table.address_region):
        return np.full(len(place), -1)
    return np.where(place >= 0, table.address_region[place], -1)


def _belief(scores: Scores) -> npt.NDArray[Any]:
    """Belief in the address to visit, 0 = no address."""
    place = scores.best_address
    if not len(scores.belief):
        return np.zeros(len(place))
    return np.where(place >= 0, scores.belief[place], 0.0)
