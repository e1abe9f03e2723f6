"""Errors that are expected: they carry a code and figures; words are made elsewhere."""

import traceback
from pathlib import Path
from typing import Any


class PlannerError(Exception):
    """A refusal with a reason: `code` is dotted ("import.empty_file"), `params` fill its sentence.

    `planner.words.sentence(code, **params)` gives the words in the user's language.
    Anything that is not a PlannerError is a bug.
    """

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code, params)
        self.code = code
        self.params: dict[str, Any] = params

    def __str__(self) -> str:
        figures = ", ".join(f"{key}={value!r}" for key, value in sorted(self.params.items()))
        return f"{self.code}({figures})"


def details(error: BaseException) -> str:
    """Kind of an error and the places it passed; messages and values may name people: left out."""
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
    return "\n".join([type(error).__name__, *lines])
