"""Locked stops that cannot be kept: the engine's refusal in the words of the trade."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from planner.errors import PlannerError


@contextmanager
def locked_in_words(crews: Mapping[str, str]) -> Iterator[None]:
    """Within it, locked stops of a shift (`crews` is its crew's name by shift id) that can no
    longer be reached in their order raise PlannerError("plan.locked_unreachable")."""
    try:
        yield
    except PlannerError as error:
        if error.code != "engine.pinned":
            raise
        crew = crews.get(str(error.params.get("shift")), "")
        raise PlannerError("plan.locked_unreachable", crew=crew) from error
