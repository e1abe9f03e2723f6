"""Remote areas of the book: which far persons to pool, whether a trip pays, who has waited long.

Figures come from `planner.routing.remote`; here persons, places, days and the crews' money are put
in, and what the lead decided is kept. Money in minor units.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.day_problem import day_choice
from planner.actions.make_plan import PLAIN_TRAVEL
from planner.actions.plan_week import Wishes
from planner.actions.rank import Ranking
from planner.actions.ways import far_tables, ways_between
from planner.domain.codes import CHANNELS, Channel
from planner.domain.facts import I64, moment
from planner.domain.people import Crew
from planner.errors import PlannerError
from planner.geo.travel import TravelTimes
from planner.ranking.value import expected_service
from planner.routing.remote import (
    Bundle,
    Shortfall,
    bundles,
    must_go,
    remote,
    shortfall,
    solo,
    waiting_value,
)
from planner.routing.remote_trip import Far, RemoteRules
from planner.store import settings
from planner.store.store import Store

RULES_KEY = "remote"
DECISIONS_KEY = "remote.decisions"
MEANS = ("call", "letter", "partner")  # what the lead may use instead of a visit


@dataclass(frozen=True, slots=True)
class Areas:
    """Remote areas on a day: `bundles` have rows of `people` and hubs of `crews`.

    `exempt` are people for whom the lead has decided on other means, with the last day of that.
    `shortfall` names work that is due before the crews can do it, None when all is well.
    """

    day: date
    rules: RemoteRules
    people: tuple[str, ...]  # debtor ids, row by row
    addresses: tuple[str, ...]
    lat: tuple[float, ...]
    lon: tuple[float, ...]
    waited: tuple[int, ...]
    crews: tuple[Crew, ...]
    bundles: tuple[Bundle, ...]
    exempt: Mapping[str, date]
    shortfall: Shortfall | None
    wishes: Wishes


def load_rules(store: Store) -> RemoteRules:
    """The settings of remote areas in this workspace."""
    with store.read() as conn:
        changed = settings.get(conn, RULES_KEY, {})
    known = {one.name for one in fields(RemoteRules)}
    return RemoteRules(**{key: value for key, value in changed.items() if key in known})


def save_rules(store: Store, **changes: Any) -> RemoteRules:
    """Change settings of remote areas, such as most_wait=60 or lodging=25000."""
    rules = replace(load_rules(store), **changes)
    usual = RemoteRules()
    own = {f.name: getattr(rules, f.name) for f in fields(RemoteRules)
           if getattr(rules, f.name) != getattr(usual, f.name)}  # fmt: skip
    with store.write() as tx:
        settings.put(tx, RULES_KEY, own)
    return rules


def use_other_means(store: Store, people: Iterable[str], means: str, until: date) -> None:
    """Keep the lead's decision: these persons need no visit up to `until`, `means` serves instead.

    Raises PlannerError("remote.means") for means that are none of MEANS.
    """
    if means not in MEANS:
        raise PlannerError("remote.means", means=means)
    with store.write() as tx:
        kept = settings.get(tx.conn, DECISIONS_KEY, {})
        kept |= {who: [means, until.isoformat()] for who in people}
        settings.put(tx, DECISIONS_KEY, kept)


def exempt_people(store: Store, day: date) -> dict[str, date]:
    """Who needs no visit on `day` by the lead's decision, and up to when."""
    with store.read() as conn:
        kept = settings.get(conn, DECISIONS_KEY, {})
    found = {who: date.fromisoformat(until) for who, (_, until) in kept.items()}
    return {who: until for who, until in found.items() if until >= day}


def remote_areas(
    store: Store,
    ranking: Ranking,
    *,
    travel: TravelTimes = PLAIN_TRAVEL,
    rules: RemoteRules | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Areas:
    """The remote areas of everybody who may be visited on the day of `ranking`.

    `on_progress` is told the share of the bundles that is priced; when `cancelled` says so, the
    answer holds only those.

    `wishes` are for `plan_week`: what waiting adds to each remote person's value, and who has to be
    visited now. Raises PlannerError("plan.no_crew") when nobody may go.
    """
    rules = rules or load_rules(store)
    choice = day_choice(ranking, store.zone)
    exempt = exempt_people(store, ranking.day)
    table, scores = ranking.table, ranking.scores
    best = {one.row: one for one in sorted(choice.candidates, key=lambda c: (c.row, c.value))}
    mine = [one for one in best.values() if table.debtor_ids[one.row] not in exempt]
    rows = np.array([one.row for one in mine], np.int64)
    places = np.array([one.address for one in mine], np.int64)
    waited = days_waited(store, ranking)[rows] if mine else rows
    lat = np.array([*(c.lat for c in choice.crews), *table.address_lat[places]], np.float64)
    lon = np.array([*(c.lon for c in choice.crews), *table.address_lon[places]], np.float64)
    ways = ways_between(travel, lat, lon, choice.crews)
    seconds, cost = far_tables(ways, choice.crews, ranking.params)
    far = Far(
        np.array([one.value for one in mine], np.int64),
        expected_service(scores.pm_mean[rows]),
        waited,
        seconds,
        cost,
        len(choice.crews),
    )
    people = tuple(table.debtor_ids[row] for row in rows.tolist())
    return Areas(
        day=ranking.day,
        rules=rules,
        people=people,
        addresses=tuple(table.address_ids[k] for k in places.tolist()),
        lat=tuple(table.address_lat[places].tolist()),
        lon=tuple(table.address_lon[places].tolist()),
        waited=tuple(waited.tolist()),
        crews=choice.crews,
        bundles=tuple(bundles(far, rules, on_progress=on_progress, cancelled=cancelled)),
        exempt=exempt,
        shortfall=_shortfall(ranking, choice.crews, far, rules),
        wishes=_wishes(people, far, rules),
    )


def days_waited(store: Store, ranking: Ranking) -> I64:
    """Days since the last visit to each person, or since the person was first listed here, [n]."""
    table = ranking.table
    with store.read() as conn:
        listed = dict(
            conn.execute(
                "SELECT debtor_id, MIN(recorded_at) FROM event WHERE kind = 'person.listed'"
                " GROUP BY debtor_id"
            ).fetchall()
        )
    since = np.array([listed.get(who, 0) for who in table.debtor_ids], np.int64)
    visits = np.flatnonzero(table.contact_channel == CHANNELS.index(Channel.VISIT))
    owner = np.searchsorted(table.contact_off, visits, side="right") - 1
    np.maximum.at(since, owner, table.contact_at[visits])
    zone = ZoneInfo(store.zone)
    days = [
        (ranking.day - moment(at).astimezone(zone).date()).days if at else 0
        for at in since.tolist()
    ]
    return np.maximum(0, np.array(days, np.int64))


def _wishes(people: tuple[str, ...], far: Far, rules: RemoteRules) -> Wishes:
    """Money for waiting, and who must go: remote people only, the others are near enough."""
    away = remote(far, rules)
    bonus = waiting_value(far, rules)
    must = must_go(far.waited, rules) & away
    return Wishes(
        {people[k]: int(bonus[k]) for k in np.flatnonzero(away & (bonus > 0)).tolist()},
        frozenset(people[k] for k in np.flatnonzero(must).tolist()),
    )


def _shortfall(
    ranking: Ranking, crews: tuple[Crew, ...], far: Far, rules: RemoteRules
) -> Shortfall | None:
    """Whether all remote people can be seen before they have waited too long.

    Each takes the stay and an even share of the way of a full car: a way is shared by as many as
    fit a working day.
    """
    away = remote(far, rules)
    _, drive, _ = solo(far, rules)
    day = rules.end - rules.begin
    fitting = np.maximum(1, (day - 2 * drive) // np.maximum(1, far.service))
    need = np.where(away, far.service + 2 * drive // fitting, 0)
    ahead = [ranking.day + timedelta(days=k) for k in range(rules.most_wait + 1)]
    hours = [
        sum(crew.end - crew.start for crew in crews if one.isoweekday() in crew.weekdays)
        for one in ahead
    ]
    deadline = np.maximum(0, rules.most_wait - far.waited)
    return shortfall(deadline, need, np.array(hours, np.int64))
