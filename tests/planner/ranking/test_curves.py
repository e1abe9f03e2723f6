"""The factor curves: documented values, and no steps."""

import numpy as np
import pytest
from made_people import PARAMS

from planner.domain.facts import F64
from planner.ranking.curves import (
    access_score,
    amount_score,
    days_score,
    evasion_score,
    stage_score,
)

VECTORS = [
    (amount_score, {1e3: 0.018, 5e3: 0.050, 1e4: 0.079, 2e4: 0.123, 5e4: 0.224, 1e5: 0.351,
                    2e5: 0.551, 9e5: 1.0}),
    (days_score, {30: 0.095, 60: 0.321, 75: 0.5, 90: 0.679, 120: 0.905, 180: 0.995, 365: 0.704,
                  730: 0.352, 2000: 0.35}),
    (evasion_score, {-1: 0.095, 0: 0.321, 0.5: 0.5, 1: 0.679, 2: 0.905}),
    (stage_score, {0: 0.2, 15: 0.275, 30: 0.35, 45: 0.55, 60: 0.6, 90: 0.7, 100: 0.75, 120: 0.85,
                   400: 0.85}),
    (access_score, {0: 1.0, 80: 0.5, 240: 0.25}),
]  # fmt: skip


@pytest.mark.parametrize(("curve", "vector"), VECTORS, ids=lambda v: getattr(v, "__name__", ""))
def test_curve_vectors(curve, vector: dict[float, float]) -> None:  # type: ignore[no-untyped-def]
    """Each curve passes through its documented points."""
    scores: F64 = curve(np.array(list(vector), np.float64), PARAMS.curves)
    assert scores.tolist() == pytest.approx(list(vector.values()), abs=1e-3)


@pytest.mark.parametrize(
    ("curve", "step", "top"),
    [(amount_score, 10.0, 600_000), (days_score, 0.01, 1500), (stage_score, 0.01, 300)],
)
def test_curves_have_no_step(curve, step: float, top: float) -> None:  # type: ignore[no-untyped-def]
    """Neighbouring amounts and days never differ by more than a hair."""
    scores = curve(np.arange(100.0 if top > 2000 else 0.0, top, step), PARAMS.curves)
    assert np.abs(np.diff(scores)).max() < 1e-3
    assert scores.min() >= 0
    assert scores.max() <= 1
