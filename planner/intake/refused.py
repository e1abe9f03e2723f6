"""The one way in which the confined process says no."""

from typing import Any


class Refused(Exception):
    """The file cannot be read, for the reason `code` (an error code without its area)."""

    def __init__(self, code: str, **params: Any) -> None:
        super().__init__(code)
        self.code = code
        self.params = params
