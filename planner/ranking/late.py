"""Columns that are worked out when somebody asks for a row: a million rows of them are not kept."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.domain.facts import I64

PART = 65_536  # persons at a time: what they need fits into the caches of a processor
Array = npt.NDArray[Any]


def parts(n: int) -> list[tuple[int, int]]:
    """The spans [start, stop) of n rows, PART rows each."""
    return [(start, min(n, start + PART)) for start in range(0, n, PART)]


class Late:
    """An array whose rows `make` works out from their numbers; may be read like an array.

    `late[i]`, `late[i, k]` and `late[rows]` make the rows asked for, `np.asarray` all of them.
    """

    __slots__ = ("_make", "shape")

    def __init__(self, shape: tuple[int, ...], make: Callable[[I64], Array]) -> None:
        """`make(rows)` gives an array [len(rows), *shape[1:]]."""
        self.shape = shape
        self._make = make

    def __len__(self) -> int:
        return self.shape[0]

    def __getitem__(self, key: Any) -> Any:
        rows, *rest = key if isinstance(key, tuple) else (key,)
        if isinstance(rows, (int, np.integer)):
            place = int(rows) + (self.shape[0] if rows < 0 else 0)
            found = self._make(np.array([place]))[0]
            return found[tuple(rest)] if rest else found
        found = self._of(np.arange(self.shape[0])[rows])
        return found[(slice(None), *rest)] if rest else found

    def _of(self, rows: I64) -> Array:
        made = [self._make(rows[start:stop]) for start, stop in parts(len(rows))]
        return np.concatenate(made) if made else self._make(rows)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Array:
        return np.asarray(self._of(np.arange(self.shape[0])), dtype)

    def astype(self, kind: Any) -> Array:
        """All rows as `kind`."""
        return np.asarray(self, kind)
