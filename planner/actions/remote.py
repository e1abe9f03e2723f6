"""Remote areas of the book: which far persons to pool, whether a trip pays, who has waited long.

Figures come from `planner.routing.remote`; here persons, places, days, the crews' money and the
lead's decisions are put in. Money in minor units.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from planner.actions.candidates import working_crews
from planner.actions.heed import Wishes, wishes_from
from planner.actions.plan_week import DAYS
from planner.actions.pooling import remote_bundles
from planner.actions.rank import Ranking
from planner.actions.remote_decisions import MEANS, Decided, decision_of, decisions, leave_of
from planner.actions.remote_rules import load_rules
from planner.actions.travel import travel_of
from planner.actions.waiting import capacity, standing, work_short
from planner.domain.people import Crew
from planner.geo.travel import TravelTimes
from planner.routing.remote import Bundle, Shortfall
from planner.routing.remote_trip import RemoteRules
from planner.store.store import Store


@dataclass(frozen=True, slots=True)
class Areas:
    """Remote areas on a day: `bundles` have rows of `people` and hubs of `crews`.

    `people` are all who may be visited. `decided` is the lead's decision about each bundle, None
    where the figures decide. `exempt` are people for whom the lead has decided on other means, with
    the last day of that. `shortfall` names work that is due before the crews can do it, of all
    people, None when all is well. `wishes` are those for a week that begins on `day`.
    """

    day: date
    rules: RemoteRules
    people: tuple[str, ...]  # debtor ids, row by row
    addresses: tuple[str, ...]
    lat: tuple[float, ...]
    lon: tuple[float, ...]
    waited: tuple[int, ...]
    service: tuple[int, ...]  # expected length of a visit, seconds
    crews: tuple[Crew, ...]
    bundles: tuple[Bundle, ...]
    decided: tuple[Decided | None, ...]
    exempt: Mapping[str, date]
    shortfall: Shortfall | None
    wishes: Wishes


def remote_areas(
    store: Store,
    ranking: Ranking,
    *,
    travel: TravelTimes | None = None,
    rules: RemoteRules | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Areas:
    """The remote areas of everybody who may be visited on the day of `ranking`.

    `on_progress` is told the share of the bundles that is priced; when `cancelled` says so, the
    answer holds only those. Raises PlannerError("plan.no_crew") when nobody may go.
    """
    rules, travel = rules or load_rules(store), travel or travel_of(store)
    crews = working_crews(ranking)
    decided = decisions(store, ranking.day)
    exempt = {
        who: one.decision.last
        for one in decided
        if one.decision.kind == MEANS
        for who in one.people
    }
    one = standing(
        store, ranking, crews, travel=travel, rules=rules, leave=leave_of(decided), without=exempt
    )
    room = capacity(ranking.policy, ranking.crews, ranking.day, rules.most_wait + 1)
    found = remote_bundles(
        ranking, crews, one, travel, rules, on_progress=on_progress, cancelled=cancelled
    )
    table = ranking.table
    return Areas(
        day=ranking.day,
        rules=rules,
        people=one.people,
        addresses=tuple(table.address_ids[k] for k in one.places.tolist()),
        lat=tuple(table.address_lat[one.places].tolist()),
        lon=tuple(table.address_lon[one.places].tolist()),
        waited=tuple(one.waited.tolist()),
        service=tuple(one.service.tolist()),
        crews=crews,
        bundles=found,
        decided=tuple(
            decision_of([one.people[row] for row in bundle.rows], decided) for bundle in found
        ),
        exempt=exempt,
        shortfall=work_short(one, room, rules),
        wishes=wishes_from(one, decided, room, DAYS, rules),
    )
