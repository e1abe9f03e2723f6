"""Who has waited for a visit how long, by when each has to be seen, and whether that can be done.

A wait counts from the last visit, the first listing or the end of the last pause or promise,
whichever came last: before it nobody could or should have gone. All arrays are [n], one row per
person who may be visited; money in minor units, times in seconds, waits and deadlines in days.
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from planner.actions.candidates import value_at, working_crews
from planner.actions.rank import Ranking
from planner.actions.remote_decisions import decisions, leave_of
from planner.actions.remote_rules import load_rules
from planner.actions.ways import price_of, travel_cost, ways_between
from planner.domain.codes import CHANNELS, Channel
from planner.domain.facts import F64, I32, I64, NEVER, FactTable, instant, moment
from planner.domain.people import Crew
from planner.domain.promise import TOLERANCE, first_unkept_rows
from planner.geo.travel import TravelTimes
from planner.policy.pack import Rulebook, crew_rule
from planner.policy.workdays import class_of, closing_rule
from planner.ranking.value import expected_service
from planner.routing.remote import Bools, Shortfall, shortfall
from planner.routing.remote_trip import RemoteRules
from planner.store.store import Store

_CHUNK = 400  # places whose ways to the homes are asked at a time: bounds the memory


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Everybody who may be visited on `day`.

    `rows` are rows of the ranking, `places` of its address columns: the address of most value.
    `cost` and `drive` (one way) are those of the cheapest trip there alone, from `crews[hub]`.
    `away`: the way costs too much of the value, so that trips are pooled. `need`: working time of
    a crew that a visit takes with a fair share of its way. `deadline`: the last day, from `day` on,
    on which the wait is not too long.
    """

    day: date
    people: tuple[str, ...]
    rows: I64
    places: I64
    value: I64
    service: I64
    waited: I64
    cost: I64
    drive: I64
    hub: I64
    away: Bools
    need: I64
    deadline: I64


def days_waited(store: Store, ranking: Ranking) -> I64:
    """Days that each person of the ranking has waited, see above, [n] of its table."""
    table, zone = ranking.table, ZoneInfo(store.zone)
    with store.read() as conn:
        listed = dict(
            conn.execute(
                "SELECT debtor_id, MIN(recorded_at) FROM event WHERE kind = 'person.listed'"
                " GROUP BY debtor_id"
            ).fetchall()
        )
    since = np.array([listed.get(who, 0) for who in table.debtor_ids], np.int64)
    visits = np.flatnonzero(table.contact_channel == CHANNELS.index(Channel.VISIT))
    _latest(since, table.contact_off, visits, table.contact_at[visits])
    today = instant(datetime.combine(ranking.day, time(), zone))
    over = np.flatnonzero((table.hold_until < NEVER) & (table.hold_until <= today))
    _latest(since, table.hold_off, over, table.hold_until[over])
    past = np.flatnonzero((table.promise_due < ranking.day.toordinal()) & _acted(table))
    ends = (table.promise_due[past].astype(np.int64) - ranking.day.toordinal()) * 86_400 + today
    _latest(since, table.promise_off, past, ends)
    days = [
        (ranking.day - moment(at).astimezone(zone).date()).days if at else 0
        for at in since.tolist()
    ]
    return np.maximum(0, np.array(days, np.int64))


def _acted(table: FactTable) -> Bools:
    """Promises that protected up to their day: not those after the instalment that broke a plan."""
    owner = np.repeat(np.arange(table.n), np.diff(table.promise_off))
    kept = table.promise_paid >= table.promise_amount * TOLERANCE
    acted: Bools = kept | first_unkept_rows(owner, table.promise_plan, table.promise_due, kept)
    return acted


def _latest(since: I64, offsets: I32, items: I64, at: I64) -> None:
    """Moves `since` of the owner of each item up to the item's instant."""
    np.maximum.at(since, np.searchsorted(offsets, items, side="right") - 1, at)


def standing(
    store: Store,
    ranking: Ranking,
    crews: tuple[Crew, ...],
    *,
    travel: TravelTimes,
    rules: RemoteRules,
    leave: Mapping[str, date],
    without: Container[str] = (),
    least_drive: int | None = None,
) -> Standing:
    """Everybody eligible on the ranking's day, seen from the homes of `crews`.

    `leave`: who by the lead's decision needs no visit, up to which day; their deadline comes
    `rules.notice` days after it at the earliest. `without`: people who are not asked for.
    `least_drive`: from which drive on somebody is away, that of the rules where it is None.
    """
    table, scores = ranking.table, ranking.scores
    places = best_places(ranking)
    wanted = np.array([who not in without for who in table.debtor_ids], np.bool_)
    rows = np.flatnonzero((places >= 0) & wanted)
    places = places[rows]
    people = tuple(table.debtor_ids[row] for row in rows.tolist())
    waited = days_waited(store, ranking)[rows]
    value = np.array(
        [value_at(scores, ranking.params, row, place)
         for row, place in zip(rows.tolist(), places.tolist(), strict=True)], np.int64)  # fmt: skip
    service = expected_service(scores.pm_mean[rows])
    lat, lon = table.address_lat[places], table.address_lon[places]
    out, back, money = home_ways(ranking, travel, crews, lat, lon)
    tight = out + back + service > rules.end - rules.begin
    money = np.where(tight, money + rules.lodging + rules.day_cost, money) + rules.day_cost
    hub = money.argmin(axis=0) if len(crews) else np.zeros(len(rows), np.int64)
    columns = np.arange(len(rows))
    cost, drive = money[hub, columns], out[hub, columns]
    away = (cost > rules.share * value) & (
        drive >= (rules.least_drive if least_drive is None else least_drive)
    )
    deadline = rules.most_wait - waited
    for k, who in enumerate(people):
        if who in leave:
            deadline[k] = max(deadline[k], (leave[who] - ranking.day).days + rules.notice)
    hours = np.rint(scores.hours[rows] * 3600).astype(np.int64)
    found = Standing(
        ranking.day, people, rows, places, value, service, waited, cost, drive, hub, away, hours,
        deadline,
    )  # fmt: skip
    return replace(found, need=_need(found, travel, lat, lon, rules))


def best_places(ranking: Ranking) -> I64:
    """The usable address of most value of each eligible person, -1 = none, [n] of the table."""
    table, scores = ranking.table, ranking.scores
    place = np.full(table.n, -1, np.int64)
    for row in np.flatnonzero(ranking.verdicts.eligible).tolist():
        usable = [
            k
            for k in range(int(table.address_off[row]), int(table.address_off[row + 1]))
            if ranking.verdicts.addresses[k]
        ]
        if usable:
            place[row] = max(usable, key=lambda k: float(scores.belief[k]))
    return place


def home_ways(
    ranking: Ranking, travel: TravelTimes, crews: tuple[Crew, ...], lat: F64, lon: F64
) -> tuple[I64, I64, I64]:
    """(seconds out, seconds back, money there and back), [crews, n] each."""
    homes, count = len(crews), len(lat)
    out, back, money = (np.zeros((homes, count), np.int64) for _ in range(3))
    if not homes:
        return out, back, money
    at = np.array([(crew.lat, crew.lon) for crew in crews], np.float64)
    for first in range(0, count, _CHUNK):
        part = slice(first, first + _CHUNK)
        ways = ways_between(
            travel, np.append(at[:, 0], lat[part]), np.append(at[:, 1], lon[part]), crews
        )
        for k, crew in enumerate(crews):
            metres, seconds = ways.by_mode[crew.work.mode]
            out[k, part], back[k, part] = seconds[k, homes:], seconds[homes:, k]
            price = price_of(crew.work, ranking.params)
            for legs in ((metres[k, homes:], seconds[k, homes:]),
                         (metres[homes:, k], seconds[homes:, k])):  # fmt: skip
                money[k, part] += travel_cost(legs[0][None], legs[1][None], price)[0]
    return out, back, money


def _need(found: Standing, travel: TravelTimes, lat: F64, lon: F64, rules: RemoteRules) -> I64:
    """Working time per visit. Whoever is far shares the way with those near by who are due about
    as soon, as many as fit a day; the others take what the ranking reckons with."""
    need = found.need.copy()
    far = np.flatnonzero(found.away)
    if not len(far):
        return need
    _, seconds = travel.matrix(lat[far], lon[far])
    soon = found.deadline[far][None, :] <= found.deadline[far][:, None] + rules.notice
    company = ((seconds <= rules.reach) & soon).sum(axis=1)
    drive, service = found.drive[far], found.service[far]
    fitting = np.maximum(1, (rules.end - rules.begin - 2 * drive) // np.maximum(1, service))
    need[far] = service + 2 * drive // np.minimum(fitting, np.maximum(1, company))
    return need


def together(days: Sequence[Standing], first: date) -> Standing:
    """Those of several days, each person on one of them, as one: waits and deadlines are counted
    from `first` on. `rows`, `places` and `hub` are those of each person's own day."""
    later = [(one.day - first).days for one in days]

    def column(name: str, sign: int = 0) -> I64:
        parts = [getattr(one, name) + sign * k for one, k in zip(days, later, strict=True)]
        return np.concatenate(parts)

    return Standing(
        first,
        tuple(who for one in days for who in one.people),
        column("rows"), column("places"), column("value"), column("service"),
        column("waited", -1), column("cost"), column("drive"), column("hub"),
        np.concatenate([one.away for one in days]), column("need"), column("deadline", 1),
    )  # fmt: skip


def capacity(policy: Rulebook, crews: Iterable[Crew], first: date, days: int) -> I64:
    """Seconds that crews with enough members work on each day from `first` on, [days].

    Days on which the rules permit no visit at all have none; where no calendar tells, the crews'
    weekdays do.
    """
    found = np.zeros(days, np.int64)
    able = [crew for crew in crews if crew_rule(_own(policy), len(crew.members), first) is None]
    for k in range(days):
        day = first + timedelta(days=k)
        if class_of(policy, day) is not None and closing_rule(policy, day):
            continue
        found[k] = sum(c.end - c.start for c in able if day.isoweekday() in c.weekdays)
    return found


def _own(policy: Rulebook) -> Rulebook:
    return getattr(policy, "home", policy)


def work_short(found: Standing, room: I64, rules: RemoteRules) -> Shortfall | None:
    """Whether everybody can be seen in time with `room` seconds of all crews a day (`capacity`);
    rows of the answer are those of `found`."""
    usable = (room * rules.usable).astype(np.int64)
    return shortfall(np.maximum(0, found.deadline), found.need, usable)


@dataclass(frozen=True, slots=True)
class Short:
    """Work that is due by `day` and cannot be done: `seconds` of crews are lacking for `people`."""

    day: date
    seconds: int
    people: tuple[str, ...]


def named_shortfall(store: Store, ranking: Ranking, *, travel: TravelTimes) -> Short | None:
    """The shortfall seen from the ranking's day, None when everybody can be seen in time.

    Raises PlannerError("plan.no_crew") when nobody may go on that day.
    """
    rules, crews = load_rules(store), working_crews(ranking)
    leave = leave_of(decisions(store, ranking.day))
    found = standing(store, ranking, crews, travel=travel, rules=rules, leave=leave)
    room = capacity(ranking.policy, ranking.crews, ranking.day, rules.most_wait + 1)
    short = work_short(found, room, rules)
    if short is None:
        return None
    people = tuple(found.people[row] for row in short.visits)
    return Short(ranking.day + timedelta(days=short.day), short.seconds, people)


def needed_now(found: Standing, room: I64, days: int, rules: RemoteRules) -> Bools:
    """Who has to be in a plan of the first `days` days of `room`, [n].

    The most urgent first, as many as the crews can do in these days: whoever is due before the
    next plans could be sure to reach them, and whoever is needed to keep the later ones possible.
    """
    usable = (room * rules.usable).astype(np.int64)
    order = np.lexsort((-found.waited, found.deadline))
    due, work = found.deadline[order], np.cumsum(found.need[order])
    open_days = np.cumsum(room > 0)
    last = np.clip(due, days - 1, len(room) - 1)
    left = open_days[last] - open_days[days - 1]
    near = (due < rules.notice - 7 + days) | ((left <= rules.notice - 8) & (due < len(room)))
    after = np.cumsum(usable)[last] - np.cumsum(usable)[days - 1]
    # Work up to a deadline that the days after this plan cannot take has to be done in it.
    lacking = np.where(due < len(room), work - after, 0)
    level = int(np.max(lacking, initial=0))
    begun = work - found.need[order]
    wanted = near | (begun < level)
    room_now = int(usable[:days].sum())
    chosen = np.zeros(len(order), np.bool_)
    done = 0
    for k in np.flatnonzero(wanted).tolist():
        own = int(found.need[order[k]])
        if done and done + own > room_now:
            break
        chosen[order[k]] = True
        done += own
    return chosen
