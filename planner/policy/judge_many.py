"""May these people be visited on this day, and within which hours? A whole book in numpy columns.

Says for every row what `judge` says for one person (a property test holds them together), without
the list of all reasons: the first barring rule in gate order, when it ends, and the windows.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from planner.domain.codes import Channel
from planner.domain.facts import I16, I64, NEVER, FactTable
from planner.policy.columns import Book, book, usable_addresses
from planner.policy.columns import bars_until as person_bars_until
from planner.policy.days import ONE_DAY, midnight
from planner.policy.judge import hours_rules
from planner.policy.limits import Belief, Rule
from planner.policy.pack import Policy
from planner.policy.workdays import about_hours, next_open, visit_windows


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The rules' answers for n persons on `day`.

    `rule[i]` indexes `rules` (gate order), -1 = nothing bars. `until[i]` is the instant at which
    that rule ends: NEVER = no end is known, 0 = nothing bars. `windows[i, k]` are half-open spans
    [from, to) of instants in which the whole visit must lie, first ones first, (0, 0) = none.
    `addresses[a]` is True for rows of the address columns a visit may go to.
    """

    day: date
    eligible: npt.NDArray[np.bool_]
    rule: I16
    rules: tuple[str, ...]
    until: I64
    windows: I64
    addresses: npt.NDArray[np.bool_]


def _spans(b: Book) -> I64:
    """The day's open spans per zone as an array (zones, K, 2), padded with (0, 0); K >= 1."""
    spans = [visit_windows(b.policy, b.day, zone.key) for zone in b.zones]
    most = max(1, *map(len, spans)) if spans else 1
    rows = [[*per_zone, *[(0, 0)] * (most - len(per_zone))] for per_zone in spans]
    return np.array(rows, np.int64).reshape(len(spans), most, 2)


def _reference(b: Book, spans: I64) -> I64:
    """`spans`, with the whole day in zones where nothing is open: see `judge`."""
    reference = spans.copy()
    for index, zone in enumerate(b.zones):
        if not spans[index].any():
            reference[index, 0] = midnight(b.day, zone), midnight(b.day + ONE_DAY, zone)
    return reference


def _fits(spans: I64, start: I64, need: int) -> npt.NDArray[np.bool_]:
    """True where a visit of `need` seconds fits a span of the person from `start` on."""
    room = spans[:, :, 1] - np.maximum(spans[:, :, 0], start[:, None]) >= need
    fits: npt.NDArray[np.bool_] = np.any(room, axis=1)
    return fits


def _clip(spans: I64, floor: I64, need: int) -> I64:
    """The spans from `floor` on, those too short dropped, the rest moved to the front."""
    result = spans.copy()
    result[:, :, 0] = np.maximum(result[:, :, 0], floor[:, None])
    gone = result[:, :, 1] - result[:, :, 0] < need
    result[gone] = 0
    order = np.argsort(gone, axis=1, kind="stable")
    return np.take_along_axis(result, order[:, :, None], axis=1)


def _hours_bar(b: Book, rules: tuple[Rule, ...], spans: I64) -> tuple[npt.NDArray[np.bool_], I64]:
    """Which hours rule shuts which zone (rules, zones), and when that zone opens again (zones)."""
    shut = np.zeros((len(rules), len(b.zones)), np.bool_)
    opens = np.zeros(len(b.zones), np.int64)
    need = b.policy.visit_seconds
    for index, zone in enumerate(b.zones):
        if not spans[index].any():
            names = hours_rules(b.policy, Channel.VISIT, b.day, zone.key, need)
            shut[:, index] = [rule in names for rule in rules]
            end = midnight(b.day + ONE_DAY, zone)
            opens[index] = next_open(b.policy, Channel.VISIT, end, need, zone.key)
    return shut, opens


def judge_many(table: FactTable, policy: Policy, day: date) -> Verdicts:
    """Judge all persons of `table` for a visit on their local calendar day `day`.

    Facts up to the end of that day count, later ones do not. Pure; contacts must be ordered by
    time within a person, as a FactTable's are.
    """
    b = book(table, policy, day)
    rules = policy.acting(Channel.VISIT)
    spans = _spans(b)
    of_person, need = spans[table.zone], policy.visit_seconds
    reference = _reference(b, spans)[table.zone]
    shut, opens = _hours_bar(b, rules, spans)
    rule = np.full(table.n, -1, np.int16)
    until = np.zeros(table.n, np.int64)
    floor = np.zeros(table.n, np.int64)
    least = 0.0
    for index, this in enumerate(rules):
        if about_hours(this):
            ends: I64 = opens[table.zone]
            barred: npt.NDArray[np.bool_] = shut[index][table.zone]
        else:
            ends = person_bars_until(this.limit, b)
            floor = np.maximum(floor, ends)
            barred = (ends > 0) & ~_fits(reference, ends, need)
        if isinstance(this.limit, Belief):
            least = max(least, this.limit.least)
        new = barred & (rule < 0)
        rule[new], until[new] = index, ends[new]
    eligible = rule < 0
    windows = np.where(eligible[:, None, None], _clip(of_person, floor, need), 0)
    return Verdicts(
        day=day,
        eligible=eligible,
        rule=rule,
        rules=tuple(r.id for r in rules),
        until=np.minimum(until, NEVER),
        windows=windows,
        addresses=usable_addresses(b, least),
    )
