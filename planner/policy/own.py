"""The rules of a workspace: the shipped packs with what its settings say the house decided."""

import functools
import json
from collections.abc import Mapping
from typing import Any

from planner.domain.localtime import country_of
from planner.paths import resources
from planner.policy.pack import HOME, House, Policies, default_policies, load_policies

# Settings: changed house values by rule id, parts switched on, confirmed years and single days of
# calendars by country ({"CN": [2027]}, {"CN": {"2027-02-15": "holiday"}}).
OVERRIDES, OPTIONS = "house_overrides", "house_options"
YEARS, DAYS = "calendar_years", "calendar_days"


def home_country(zone: str) -> str:
    """The own country of a workspace in `zone`: where there are rules for it, else China."""
    country = country_of(zone)
    return country if country in default_policies().places else HOME


def policies_of(zone: str, own: Mapping[str, Any]) -> Policies:
    """The rules of a workspace in `zone` whose settings are `own`; of these the four above count.

    Raises PlannerError("policy.…") where they do not fit the packs, or are looser than the law.
    """
    told = {
        "edits": own.get(OVERRIDES, {}), "options": own.get(OPTIONS, []),
        "years": own.get(YEARS, {}), "days": own.get(DAYS, {}),
    }  # fmt: skip
    return _policies(home_country(zone), json.dumps(told, sort_keys=True))


@functools.lru_cache(maxsize=8)
def _policies(home: str, own: str) -> Policies:
    told = json.loads(own)
    house = House(
        told["edits"],
        tuple(told["options"]),
        {country: tuple(years) for country, years in told["years"].items()},
        told["days"],
    )
    if house == House():
        return default_policies(home)
    return load_policies(resources() / "policies", home, house)
