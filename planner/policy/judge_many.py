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
from planner.domain.take import part, take
from planner.policy.book import Book, Mask, book
from planner.policy.columns import bars_until as person_bars_until
from planner.policy.columns import usable_addresses
from planner.policy.days import ONE_DAY, midnight
from planner.policy.judge import hours_rules
from planner.policy.limits import Belief, Rule
from planner.policy.pack import Policy, Rulebook
from planner.policy.workdays import about_hours, next_open, visit_windows

PART = 65_536  # persons judged at a time: what they need fits into the caches of a processor


@dataclass(frozen=True, slots=True)
class Verdicts:
    """The rules' answers for n persons on `day`.

    `rule[i]` indexes `rules` (gate order), -1 = nothing bars. `until[i]` is the instant at which
    that rule ends: NEVER = no end is known, 0 = nothing bars. `windows[i, k]` are half-open spans
    [from, to) of instants in which the whole visit must lie, first ones first, (0, 0) = none.
    `addresses[a]` is True for rows of the address columns a visit may go to, `permitted[a]` for
    those no rule about places bars, believed in or not.
    """

    day: date
    eligible: npt.NDArray[np.bool_]
    rule: I16
    rules: tuple[str, ...]
    until: I64
    windows: I64
    addresses: npt.NDArray[np.bool_]
    permitted: npt.NDArray[np.bool_]


def _spans(b: Book) -> I64:
    """The day's open spans per setting as an array (settings, K, 2), padded with (0, 0); K >= 1."""
    spans = [visit_windows(b.policy, b.day, one.zone.key, one.terms) for one in b.settings]
    most = max(1, *map(len, spans)) if spans else 1
    rows = [[*each, *[(0, 0)] * (most - len(each))] for each in spans]
    return np.array(rows, np.int64).reshape(len(spans), most, 2)


def _reference(b: Book, spans: I64) -> I64:
    """`spans`, with the whole day in settings where nothing is open: see `judge`."""
    reference = spans.copy()
    for index, one in enumerate(b.settings):
        if not spans[index].any():
            whole = midnight(b.day, one.zone), midnight(b.day + ONE_DAY, one.zone)
            reference[index, 0] = whole
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
    if not (gone[:, :-1] & ~gone[:, 1:]).any():  # none to be moved
        return result
    order = np.argsort(gone, axis=1, kind="stable")
    return np.take_along_axis(result, order[:, :, None], axis=1)


def _hours_bar(b: Book, rules: tuple[Rule, ...], spans: I64) -> tuple[Mask, I64]:
    """Which hours rule shuts which setting (rules, settings), and when that opens (settings)."""
    shut = np.zeros((len(rules), len(b.settings)), np.bool_)
    opens = np.zeros(len(b.settings), np.int64)
    need = b.policy.visit_seconds
    for index, one in enumerate(b.settings):
        if not spans[index].any():
            key, terms = one.zone.key, one.terms
            names = hours_rules(b.policy, Channel.VISIT, b.day, key, need, terms)
            shut[:, index] = [rule in names for rule in rules]
            end = midnight(b.day + ONE_DAY, one.zone)
            opens[index] = next_open(b.policy, Channel.VISIT, end, need, key, terms)
    return shut, opens


def judge_many(table: FactTable, policy: Rulebook, day: date) -> Verdicts:
    """Judge all persons of `table` for a visit on their local calendar day `day`.

    Each is judged by the policy of the own jurisdiction. Facts up to the end of that day count,
    later ones do not. Pure; contacts must be ordered by time within a person, as a FactTable's are.
    """
    ours = [policy.for_jurisdiction(name) for name in table.jurisdictions]
    places = list(dict.fromkeys(ours[k] for k in np.unique(table.jurisdiction).tolist()))
    if len(places) <= 1:
        return _in_parts(table, places[0] if places else policy.for_jurisdiction(""), day)
    place_of = np.array([places.index(one) if one in places else 0 for one in ours])
    group = place_of[table.jurisdiction]
    rows = [np.flatnonzero(group == k) for k in range(len(places))]
    found = [_in_parts(take(table, mine), one, day) for mine, one in zip(rows, places, strict=True)]
    return _united(table, rows, found, day)


def _united(table: FactTable, rows: list[I64], found: list[Verdicts], day: date) -> Verdicts:
    """The verdicts of groups of persons as those of the whole table."""
    names = tuple(dict.fromkeys(name for one in found for name in one.rules))
    most = max(one.windows.shape[1] for one in found)
    owner = np.repeat(np.arange(table.n), np.diff(table.address_off))
    result = Verdicts(
        day=day,
        eligible=np.zeros(table.n, np.bool_),
        rule=np.full(table.n, -1, np.int16),
        rules=names,
        until=np.zeros(table.n, np.int64),
        windows=np.zeros((table.n, most, 2), np.int64),
        addresses=np.zeros(len(owner), np.bool_),
        permitted=np.zeros(len(owner), np.bool_),
    )
    for mine, one in zip(rows, found, strict=True):
        place = np.array([*(names.index(name) for name in one.rules), -1], np.int16)
        result.eligible[mine] = one.eligible
        result.rule[mine] = place[one.rule]
        result.until[mine] = one.until
        result.windows[mine, : one.windows.shape[1]] = one.windows
        chosen = np.zeros(table.n, np.bool_)
        chosen[mine] = True
        result.addresses[chosen[owner]] = one.addresses
        result.permitted[chosen[owner]] = one.permitted
    return result


def _in_parts(table: FactTable, policy: Policy, day: date) -> Verdicts:
    """`_judged`, so many persons at a time that a million need little memory."""
    if table.n <= PART:
        return _judged(table, policy, day)
    spans = [(start, min(table.n, start + PART)) for start in range(0, table.n, PART)]
    found = [_judged(part(table, *span), policy, day) for span in spans]
    most = max(one.windows.shape[1] for one in found)
    windows = np.zeros((table.n, most, 2), np.int64)
    for span, one in zip(spans, found, strict=True):
        windows[slice(*span), : one.windows.shape[1]] = one.windows
    return Verdicts(
        day=day,
        eligible=np.concatenate([one.eligible for one in found]),
        rule=np.concatenate([one.rule for one in found]),
        rules=found[0].rules,
        until=np.concatenate([one.until for one in found]),
        windows=windows,
        addresses=np.concatenate([one.addresses for one in found]),
        permitted=np.concatenate([one.permitted for one in found]),
    )


def _judged(table: FactTable, policy: Policy, day: date) -> Verdicts:
    """`judge_many` under one policy."""
    b = book(table, policy, day)
    rules = policy.acting(Channel.VISIT, day)
    spans = _spans(b)
    of_person, need = spans[b.setting], policy.visit_seconds
    reference = _reference(b, spans)[b.setting]
    shut, opens = _hours_bar(b, rules, spans)
    rule = np.full(table.n, -1, np.int16)
    until = np.zeros(table.n, np.int64)
    floor = np.zeros(table.n, np.int64)
    least = 0.0
    for index, this in enumerate(rules):
        if about_hours(this):
            ends: I64 = opens[b.setting]
            barred: Mask = shut[index][b.setting]
        else:
            ends = person_bars_until(this.limit, b)
            floor = np.maximum(floor, ends)
            barred = ends > 0
            some = np.flatnonzero(barred)
            barred[some] = ~_fits(reference[some], ends[some], need)
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
        permitted=b.permitted,
    )
