"""Types of the search core (built from core/)."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

class Core:
    def __init__(self) -> None: ...
    def add_matrix(self, duration: npt.NDArray[np.int32], cost: npt.NDArray[np.int32]) -> None: ...
    def set_visits(
        self,
        location: npt.NDArray[np.int32],
        service: npt.NDArray[np.int32],
        group: npt.NDArray[np.int32],
        mandatory: npt.NDArray[np.uint8],
        groups: int,
        days: int,
        keep_reward: int,
    ) -> None: ...
    def set_windows(
        self,
        visit: npt.NDArray[np.int32],
        day: npt.NDArray[np.int32],
        open: npt.NDArray[np.int32],
        close: npt.NDArray[np.int32],
        prize: npt.NDArray[np.int64],
    ) -> None: ...
    def add_shift(
        self, numbers: list[int], breaks: list[list[int]], pinned: list[int], initial: list[int]
    ) -> None: ...
    def set_allowed(self, mask: npt.NDArray[np.uint8]) -> None: ...
    def solve(
        self,
        seconds: float,
        iterations: int,
        seed: int,
        cpu_time: bool,
        threads: int,
        poll: Callable[[float, int, int, int], bool],
    ) -> dict[str, Any]: ...
