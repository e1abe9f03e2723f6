"""Errors that are expected: they carry a code and figures; words are made elsewhere."""

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
