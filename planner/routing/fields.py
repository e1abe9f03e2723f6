"""Reading single fields of a problem file; each refusal names the field."""

from typing import Any

import numpy as np
import numpy.typing as npt

from planner.errors import PlannerError

MOST_PLACES = 20_000


def known_fields(value: object, label: str, fields: tuple[str, ...]) -> dict[str, Any]:
    """`value` as an object that has no other fields than `fields`."""
    if not isinstance(value, dict):
        raise PlannerError("problem.not_object", field=label or "problem")
    for key in value:
        if key not in fields:
            raise PlannerError("problem.unknown_field", field=f"{label}.{key}" if label else key)
    return value


def required(row: dict[str, Any], key: str, label: str) -> Any:
    """The value of a field that must be there."""
    if key not in row:
        raise PlannerError("problem.missing", field=f"{label}.{key}" if label else key)
    return row[key]


def optional(row: dict[str, Any], key: str, default: Any) -> Any:
    """The value of a field that may be left out or null."""
    value = row.get(key)
    return default if value is None else value


def whole(value: object, field: str, least: int, most: int) -> int:
    """A whole number in [least, most]; true, 1.0 and "1" are not whole numbers."""
    if isinstance(value, (bool, np.bool_)) or not isinstance(value, (int, np.integer)):
        raise PlannerError("problem.not_whole", field=field)
    if value < least:
        code = "problem.negative" if least == 0 else "problem.too_small"
        raise PlannerError(code, field=field, value=int(value), least=least)
    if value > most:
        raise PlannerError("problem.too_large", field=field, value=str(value)[:30], most=most)
    return int(value)


def name(value: object, field: str, *, empty: bool = False) -> str:
    """A text, not empty unless `empty`, that can be written as UTF-8."""
    if not isinstance(value, str) or not (value or empty):
        raise PlannerError("problem.not_text", field=field)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise PlannerError("problem.not_text", field=field) from error
    return value


def flag(row: dict[str, Any], key: str, field: str) -> bool:
    """True or false; left out or null is false."""
    value = optional(row, key, False)
    if not isinstance(value, (bool, np.bool_)):
        raise PlannerError("problem.not_flag", field=field)
    return bool(value)


def listing(value: object, field: str, most: int) -> list[Any]:
    """A list of at most `most` entries."""
    if not isinstance(value, (list, tuple)):
        raise PlannerError("problem.not_list", field=field)
    if len(value) > most:
        raise PlannerError("problem.too_many", field=field, most=most)
    return list(value)


def unique(rows: list[dict[str, Any]], label: str) -> list[str]:
    """The ids of `rows`, each once."""
    seen: dict[str, None] = {}
    for i, row in enumerate(rows):
        field = f"{label}[{i}].id"
        key = name(required(row, "id", f"{label}[{i}]"), field)
        if key in seen:
            raise PlannerError("problem.twice", field=field, value=key)
        seen[key] = None
    return list(seen)


def matrix(value: object, field: str, most: int) -> npt.NDArray[np.int32]:
    """A square table of whole numbers in [0, most] as i32[places, places]."""
    if not isinstance(value, (list, tuple, np.ndarray)):
        raise PlannerError("problem.not_list", field=field)
    places = len(value)
    if places > MOST_PLACES:
        raise PlannerError("problem.too_many", field=field, most=MOST_PLACES)
    if places == 0:
        return np.zeros((0, 0), np.int32)
    for i, row in enumerate(value):
        if not isinstance(row, (list, tuple, np.ndarray)) or len(row) != places:
            raise PlannerError("problem.not_square", field=f"{field}[{i}]", places=places)
    table = value if isinstance(value, np.ndarray) else _table(value)
    if table.dtype == np.bool_ or not np.issubdtype(table.dtype, np.integer) or table.ndim != 2:
        raise PlannerError("problem.not_whole", field=_first_odd(value, field))
    for bad, code in ((table < 0, "problem.negative"), (table > most, "problem.too_large")):
        if bad.any():
            i, k = (int(x) for x in np.argwhere(bad)[0])
            here = f"{field}[{i}][{k}]"
            raise PlannerError(code, field=here, value=int(table[i, k]), least=0, most=most)
    return np.ascontiguousarray(table, np.int32)


def _table(rows: list[Any] | tuple[Any, ...]) -> npt.NDArray[Any]:
    """Rows as an array; an array of objects where numpy would turn true into 1."""
    try:
        table = np.array(rows)
    except (ValueError, OverflowError):
        return np.array([], object)
    if any(isinstance(entry, bool) for row in rows for entry in row):
        return np.array([], object)
    return table


def _first_odd(rows: Any, field: str) -> str:
    """The name of the first entry that is not a whole number."""
    for i, row in enumerate(rows):
        for k, entry in enumerate(row):
            odd = isinstance(entry, (bool, np.bool_)) or not isinstance(entry, (int, np.integer))
            if odd or abs(int(entry)) > 2**62:
                return f"{field}[{i}][{k}]"
    return field
