"""The numbers of the ranking: `resources/ranking.toml`, checked field by field, and the weights."""

import hashlib
import math
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Final, get_args, get_origin, get_type_hints

from planner.domain.ground import TERRAINS
from planner.errors import PlannerError
from planner.paths import resources

STEPS: Final = (0.5, 0.75, 1.0, 1.25, 1.5)


@dataclass(frozen=True, slots=True)
class Money:
    """Wage, kilometres, and the payment model (yuan)."""

    wage_hour: float
    kilometre: float
    median_paid: float
    reference: float
    slope: float
    variance: float


@dataclass(frozen=True, slots=True)
class Complaint:
    """Expected cost of a complaint (yuan)."""

    cost: float
    chance: float
    growth: float
    hardship: float
    days: int


@dataclass(frozen=True, slots=True)
class Uplift:
    """Coefficients of the effect of a visit."""

    base: tuple[float, ...]
    effect: tuple[float, ...]
    floor: float


@dataclass(frozen=True, slots=True)
class Curves:
    """Shapes of the factor curves."""

    amount_full: float
    amount_power: float
    days_middle: float
    days_width: float
    days_plateau: float
    days_half: float
    days_floor: float
    evasion_middle: float
    evasion_slope: float
    stage_days: tuple[float, ...]
    stage_scores: tuple[float, ...]
    access_cost: float


@dataclass(frozen=True, slots=True)
class Evasion:
    """What a contact, a promise or a payment says about evasiveness."""

    broken: float
    wrong: float
    refuse: float
    no_answer: float
    no_answer_cap: float
    talk: float
    paid: float
    kept: float
    half_life: float


@dataclass(frozen=True, slots=True)
class Meet:
    """The chance-to-meet model."""

    segment_weight: float
    case_weight: float
    half_life: float
    near: float
    far: float
    floor: float
    default_hours: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Watch:
    """What deserves attention beside the expected money."""

    limitation_days: int
    limitation: float
    moving: float
    bundle: float
    bundle_amount: float
    bundle_from: float
    manual: float


@dataclass(frozen=True, slots=True)
class AccessRule:
    """How the way to a person is shared with neighbours."""

    terrain: str
    neighbours: int
    radius_km: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """Days overdue at which the objective of a visit changes; how long hardship counts."""

    middle_from: int
    late_from: int
    hardship_days: int


@dataclass(frozen=True, slots=True)
class Params:
    """All of it; `version` names the file's version and its content."""

    version: str
    money: Money
    complaint: Complaint
    uplift: Uplift
    curves: Curves
    evasion: Evasion
    meet: Meet
    watch: Watch
    access: AccessRule
    stage: Stage


@dataclass(frozen=True, slots=True)
class Weights:
    """The lead's emphasis: exponents of the factors, 1 = pure economics."""

    amount: float = 1.0
    change: float = 1.0
    meet: float = 1.0
    access: float = 1.0
    watch: float = 1.0

    def __post_init__(self) -> None:
        """Raise PlannerError("ranking.weight") for a value that is not one of `STEPS`."""
        for field in fields(self):
            value = getattr(self, field.name)
            if value not in STEPS:
                raise PlannerError("ranking.weight", name=field.name, value=value)

    def as_dict(self) -> dict[str, float]:
        """By name, for storage; `Weights(**d)` is the way back."""
        return asdict(self)


_LENGTHS: Final = {"base": 7, "effect": 4, "default_hours": 2, "radius_km": 3}
_SIGNED: Final = {"uplift.base", "uplift.effect", "evasion.talk", "evasion.paid", "evasion.kept"}
_DIVISORS: Final = {
    "money.reference", "money.median_paid", "curves.amount_full", "curves.days_width",
    "curves.days_half", "curves.access_cost", "evasion.half_life", "meet.half_life",
    "meet.segment_weight", "meet.case_weight", "meet.floor", "uplift.floor",
}  # fmt: skip


def load_params(path: Path | None = None) -> Params:
    """Read the numbers (default: `resources/ranking.toml`).

    Raises PlannerError: "ranking.unreadable" (file missing or not TOML), "ranking.field" (a field
    is missing, unknown, of the wrong type or outside what makes sense).
    """
    path = path or resources() / "ranking.toml"
    try:
        raw = path.read_bytes()
        data = tomllib.loads(raw.decode())
    except (OSError, ValueError) as error:
        raise PlannerError("ranking.unreadable", file=str(path), problem=str(error)) from error
    sections: dict[str, Any] = {}
    hints = get_type_hints(Params)
    for name in data.keys() - hints.keys():
        raise PlannerError("ranking.field", field=name)
    for name, kind in hints.items():
        if name != "version":
            sections[name] = _section(name, kind, data.get(name))
    version = f"{data.get('version', '0')}+{hashlib.sha256(raw).hexdigest()[:8]}"
    params = Params(version=version, **sections)
    _check(params)
    return params


def _section(name: str, kind: Any, data: Any) -> Any:
    """One table of the file as its dataclass."""
    if not isinstance(data, dict):
        raise PlannerError("ranking.field", field=name)
    hints = get_type_hints(kind)
    for extra in data.keys() - hints.keys():
        raise PlannerError("ranking.field", field=f"{name}.{extra}")
    values: dict[str, Any] = {}
    for key, hint in hints.items():
        field = f"{name}.{key}"
        value = data.get(key)
        if get_origin(hint) is tuple:
            whole = isinstance(value, list) and len(value) == _LENGTHS.get(key, len(value))
            items = value if whole and value else [None]
            values[key] = tuple(_number(field, item, get_args(hint)[0]) for item in items)
        elif hint is str:
            values[key] = value
        else:
            values[key] = _number(field, value, hint)
    return kind(**values)


def _number(field: str, value: Any, kind: type) -> Any:
    """A number of `kind`; negative only where the field may be."""
    fits = isinstance(value, (int, float) if kind is float else int) and value is not True
    if not fits or value is False or not math.isfinite(value):
        raise PlannerError("ranking.field", field=field)
    if value < 0 and field not in _SIGNED:
        raise PlannerError("ranking.field", field=field)
    if value == 0 and field in _DIVISORS:
        raise PlannerError("ranking.field", field=field)
    return kind(value)


def _check(params: Params) -> None:
    """What no single field can tell."""
    curves, hours = params.curves, params.meet.default_hours
    rising = all(a < b for a, b in zip(curves.stage_days, curves.stage_days[1:], strict=False))
    if not rising or len(curves.stage_days) != len(curves.stage_scores):
        raise PlannerError("ranking.field", field="curves.stage_days")
    if not 0 <= hours[0] < hours[1] <= 24:
        raise PlannerError("ranking.field", field="meet.default_hours")
    if params.access.terrain not in TERRAINS:
        raise PlannerError("ranking.field", field="access.terrain")
    if params.watch.bundle_from >= params.watch.bundle_amount:
        raise PlannerError("ranking.field", field="watch.bundle_from")
