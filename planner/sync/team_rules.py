"""Settings of the team as a lead sends them: a laptop takes only what its own readers can read."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from planner.domain.instalments import Terms, checked_terms
from planner.errors import PlannerError
from planner.policy.own import DAYS, OPTIONS, OVERRIDES, YEARS, policies_of
from planner.ranking.params import Weights
from planner.routing.remote_trip import BOUNDS, RemoteRules
from planner.sync.outgoing import TEAM_SETTINGS


def check_team_rules(told: Mapping[str, Any], zone: str) -> None:
    """Read all of `told` as the program will in a workspace in `zone`.

    PlannerError("exchange.malformed") for an unknown name, for what cannot be read, and for rules
    of the house that are looser than the law.
    """
    if not told.keys() <= set(TEAM_SETTINGS):
        raise PlannerError("exchange.malformed")
    try:
        _shapes(told)
        policies_of(zone, told)
        Weights(**{name: _number(value) for name, value in told.get("weights", {}).items()})
        _remote(told.get("remote", {}))
        for one in told.get("instalments", {}).values():
            checked_terms(replace(Terms(), **_known(Terms, one)))
    # PlannerErrors of the readers, and whatever a value of another kind makes them raise.
    except (PlannerError, TypeError, ValueError, AttributeError, LookupError, RecursionError,
            OverflowError) as error:  # fmt: skip
        raise PlannerError("exchange.malformed") from error


def _shapes(told: Mapping[str, Any]) -> None:
    """TypeError where something is no object, list, text or year of which the readers make one."""
    for name, value in told.items():
        if not isinstance(value, list if name == OPTIONS else dict):
            raise TypeError(name)
    inner = [told.get(name, {}).values() for name in (OVERRIDES, DAYS, "instalments")]
    if any(not isinstance(one, dict) for some in inner for one in some):
        raise TypeError("object")
    words = [*told.get(OPTIONS, []), *(day for one in told.get(DAYS, {}).values()
                                       for day in one.values())]  # fmt: skip
    if any(not isinstance(one, str) for one in words):
        raise TypeError("text")
    for years in told.get(YEARS, {}).values():
        if not isinstance(years, list) or any(type(year) is not int for year in years):
            raise TypeError("years")


def _remote(told: Mapping[str, Any]) -> None:
    """ValueError for a setting of remote areas that `save_rules` would refuse."""
    for name, value in _known(RemoteRules, told).items():
        low, high = BOUNDS[name]
        if not low <= value <= high:
            raise ValueError(name)


def _known(kind: type[Terms] | type[RemoteRules], told: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `kind` in `told`, each a number of its sort; others are passed over, as by the
    readers."""
    found = {}
    for one in fields(kind):
        if one.name in told:
            found[one.name] = _number(told[one.name])
            if isinstance(one.default, int) and found[one.name] != int(found[one.name]):
                raise ValueError(one.name)
    return found


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("number")
    return value
