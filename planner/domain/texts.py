"""Many short texts as one long one: the ids of a million persons in a tenth of the memory."""

from collections.abc import Iterator, Sequence
from typing import Any, Self, overload

import numpy as np
import numpy.typing as npt

SEPARATOR = "\x1f"
_I64 = npt.NDArray[np.int64]


class Texts(Sequence[str]):
    """A sequence of texts none of which holds SEPARATOR; equal to any sequence of the same."""

    __slots__ = ("_ends", "_starts", "_text")

    def __init__(self, text: str, starts: npt.NDArray[np.int32], ends: npt.NDArray[np.int32]):
        """Use `Texts.of`. `text` begins and ends with SEPARATOR."""
        self._text, self._starts, self._ends = text, starts, ends

    @classmethod
    def of(cls, joined: str | None) -> Self:
        """The parts of `joined`, which stand between separators; None = no part at all."""
        if joined is None:
            return cls("", np.zeros(0, np.int32), np.zeros(0, np.int32))
        text = f"{SEPARATOR}{joined}{SEPARATOR}"
        if text.isascii():
            marks = np.frombuffer(text.encode("ascii"), np.uint8)
        else:
            marks = np.frombuffer(text.encode("utf-32-le"), np.uint32)
        places = np.flatnonzero(marks == ord(SEPARATOR)).astype(np.int32)
        return cls(text, places[:-1] + np.int32(1), places[1:])

    def take(self, rows: _I64) -> "Texts":
        """Those at `rows`, in that order."""
        return Texts(self._text, self._starts[rows], self._ends[rows])

    def __len__(self) -> int:
        return len(self._starts)

    @overload
    def __getitem__(self, place: int) -> str: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[str]: ...
    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            return Texts(self._text, self._starts[place], self._ends[place])
        return self._text[self._starts[place] : self._ends[place]]

    def __iter__(self) -> Iterator[str]:
        text = self._text
        for start, end in zip(self._starts.tolist(), self._ends.tolist(), strict=True):
            yield text[start:end]

    def __contains__(self, value: object) -> bool:
        return isinstance(value, str) and self._find(value) >= 0

    def index(self, value: Any, start: int = 0, stop: int | None = None) -> int:
        """The first place of `value`; ValueError when it is not there."""
        place = self._find(value)
        if place < start or (stop is not None and place >= stop):
            raise ValueError(value)
        return place

    def _find(self, value: str) -> int:
        """The first place of `value`, -1 = none. One search through the text, no list is made."""
        wanted = f"{SEPARATOR}{value}{SEPARATOR}"
        best, at = -1, self._text.find(wanted)
        while at >= 0 and SEPARATOR not in value:
            places = np.flatnonzero(self._starts == at + 1)
            if len(places) and (best < 0 or places[0] < best):
                best = int(places[0])
            at = self._text.find(wanted, at + 1)
        return best

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or isinstance(other, str):
            return NotImplemented
        return len(self) == len(other) and all(map(str.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Texts({len(self)})"


def pick(texts: Sequence[str], rows: _I64) -> Sequence[str]:
    """Those of `texts` at `rows`, in that order."""
    if isinstance(texts, Texts):
        return texts.take(rows)
    return tuple(map(texts.__getitem__, rows.tolist()))
