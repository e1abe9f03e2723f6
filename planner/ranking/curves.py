"""Factor scores between 0 and 1: the bars beside a rank. They explain; the value is computed
from money and chances (value.py). Every curve is continuous: no step at an amount or a day.
"""

import numpy as np

from planner.domain.facts import F64
from planner.ranking.params import Curves


def sigmoid(z: F64) -> F64:
    """1 / (1 + exp(-z)), without overflow."""
    result: F64 = 1.0 / (1.0 + np.exp(np.clip(-z, -500.0, 500.0)))
    return result


def amount_score(yuan: F64, curves: Curves) -> F64:
    """Soft and concave in the overdue amount, full at `amount_full`."""
    score: F64 = np.minimum(1.0, yuan / curves.amount_full) ** curves.amount_power
    return score


def days_score(days: F64, curves: Curves) -> F64:
    """Urgency: rises around `days_middle`; falls again after half a year, down to a floor."""
    old = np.maximum(days - curves.days_plateau, 0.0)
    kept = np.maximum(curves.days_floor, 0.5 ** (old / curves.days_half))
    return sigmoid((days - curves.days_middle) / curves.days_width) * kept


def evasion_score(evasion: F64, curves: Curves) -> F64:
    """Evasiveness of the decayed sum E (features.py)."""
    return sigmoid(curves.evasion_slope * (evasion - curves.evasion_middle))


def stage_score(days: F64, curves: Curves) -> F64:
    """Piecewise linear over days overdue."""
    score: F64 = np.interp(days, curves.stage_days, curves.stage_scores)
    return score


def access_score(cost: F64, curves: Curves) -> F64:
    """One half where the shared way costs `access_cost` yuan."""
    return 1.0 / (1.0 + cost / curves.access_cost)
