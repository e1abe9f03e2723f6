"""What the ranking knows about each person on a day, from the columns of a `FactTable`.

Only events up to the end of the day, in the person's zone, are seen; later ones change nothing.
Never used, here or anywhere in this package: sex, age, origin, health, marital status, education,
notes, or the district as a sign of willingness to pay. Place enters as travel cost and as the
region type behind the chance to meet.
"""

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from planner.domain.belief import BARRED_KINDS, Visits, best_addresses, walk
from planner.domain.codes import CODES, RESULTS, AddressKind, Flag, HoldKind
from planner.domain.facts import F64, I8, I16, I32, I64, NO_DAY, FactTable
from planner.domain.localtime import local_seconds, midnight, ordinals
from planner.domain.promise import GRACE, TOLERANCE, first_unkept_rows
from planner.domain.take import part
from planner.ranking.late import PART, parts
from planner.ranking.params import Evasion, Params, Watch

FEN: Final = 100.0  # per yuan
_NO_ANSWER = np.isin(CODES, ["CALL-NA", "CALL-BUSY", "CALL-OFF", "CALL-REJ", "VIS-NC"])
_WRONG = np.isin(CODES, ["CALL-INV", "VIS-ADR-BAD", "VIS-MOVED"])
_TALK = np.isin(CODES, ["CALL-RPC"])
_REFUSE = np.isin(CODES, ["VIS-REFUSE"])
_VISIT = np.array([code.startswith("VIS") for code in CODES])
# Only "refuses to pay" is evasive. Disputing, complaining, asking for silence or naming a
# representative are rights, and telling of hardship is honesty: they never raise E.
_REFUSES = RESULTS.index("OUT-RTP")
_HARDSHIP = RESULTS.index("OUT-HARD")


@dataclass(frozen=True, slots=True)
class Features:
    """Columns of length n (persons), no wider than need be; `belief` and `trail` are longer."""

    amount: F64  # yuan, at least 1
    days: I32  # since the oldest unpaid due date
    evasion: F64  # E
    kept: I16  # promises kept, ever
    broken: I16
    hardship: I8  # 1 or 0
    visits: I16  # in the last `complaint.days` days
    watch: F64  # 0 to 1
    address: I32  # row of the address to visit, -1 = none
    belief: F64  # [address rows] that the address is right
    trail: Visits  # every visit known on the day


def features(
    table: FactTable,
    day: date,
    params: Params,
    barred: Collection[AddressKind] = BARRED_KINDS,
) -> Features:
    """The features of all persons of `table` on `day`; no address of a `barred` kind is chosen."""
    if table.n <= PART:
        return _features(table, day, params, barred)
    spans = parts(table.n)
    places = [int(table.address_off[start]) for start, _ in spans]
    columns: dict[str, Any] = {}
    trails: list[Visits] = []
    for (start, stop), place in zip(spans, places, strict=True):
        found = _features(part(table, start, stop), day, params, barred)
        trails.append(found.trail)
        for one in fields(Features):
            if one.name == "trail":
                continue
            values = getattr(found, one.name)
            first, n = (place, len(table.address_ids)) if one.name == "belief" else (start, table.n)
            if one.name not in columns:  # filled in place: pieces would stand in memory twice
                columns[one.name] = np.empty(n, values.dtype)
            if one.name == "address":
                values = _moved(values, place)
            columns[one.name][first : first + len(values)] = values
    return Features(trail=_joined(trails, [start for start, _ in spans], places), **columns)


def _joined(trails: list[Visits], persons: list[int], places: list[int]) -> Visits:
    """One trail of several whose persons and addresses are counted from these rows."""
    columns: dict[str, Any] = {
        one.name: np.concatenate([getattr(each, one.name) for each in trails])
        for one in fields(Visits)
        if one.name not in ("person", "address")
    }
    return Visits(
        person=np.concatenate(
            [t.person + np.int32(by) for t, by in zip(trails, persons, strict=True)]
        ),
        address=np.concatenate(
            [_moved(t.address, by) for t, by in zip(trails, places, strict=True)]
        ),
        **columns,
    )


def _moved(rows: I32, by: int) -> I32:
    """Rows counted from another place; -1 stays none."""
    return np.where(rows < 0, np.int32(-1), rows + np.int32(by))


def _features(
    table: FactTable, day: date, params: Params, barred: Collection[AddressKind]
) -> Features:
    zone = table.zone.astype(np.int64)
    start = np.array([midnight(day, z) for z in table.zones], np.int64)[zone]
    end = np.array([midnight(day, z, 24) for z in table.zones], np.int64)[zone]
    belief, trail = walk(table, end - 1)
    owner = _owner(table.contact_off)
    known = np.flatnonzero(table.contact_at < end[owner])
    owner = owner[known]
    local = local_seconds(table.contact_at[known], zone[owner], table.zones)
    age = np.maximum(day.toordinal() - ordinals(local), 0)
    kept, broken, promises = _promises(table, day, end, params.evasion)
    evasion = (
        _contacts(table, known, owner, age, params.evasion)
        + promises
        + _payments(table, day, end, params.evasion)
    )
    recent = _VISIT[table.contact_code[known]] & (age < params.complaint.days)
    told = (table.contact_result[known] == _HARDSHIP) & (age < params.stage.hardship_days)
    amount = np.maximum(table.amount / FEN, 1.0)
    return Features(
        amount=amount,
        days=np.maximum(day.toordinal() - table.overdue_since, 0).astype(np.int32),
        evasion=evasion,
        kept=kept.astype(np.int16),
        broken=broken.astype(np.int16),
        hardship=_hardship(table, np.bincount(owner[told], minlength=table.n) > 0, start, end),
        visits=np.bincount(owner[recent], minlength=table.n).astype(np.int16),
        watch=_watch(table, day, amount, params.watch),
        address=best_addresses(table, belief, barred).astype(np.int32),
        belief=belief,
        trail=trail,
    )


def decay(age: I64, half_life: float) -> F64:
    """0.5 ** (age / half_life) of whole days, by table: ages repeat, powers are slow."""
    days = np.arange(int(age.max()) + 1 if len(age) else 1, dtype=np.float64)
    powers: F64 = 0.5 ** (days / half_life)
    return powers[age]


def _owner(offsets: I32) -> I64:
    """Person of each row of a per-person list."""
    return np.repeat(np.arange(len(offsets) - 1), np.diff(offsets))


def _sum(owner: I64, values: npt.NDArray[np.floating[Any]], n: int) -> F64:
    return np.bincount(owner, values, minlength=n).astype(np.float64)


def _contacts(table: FactTable, known: I64, owner: I64, age: I64, rule: Evasion) -> F64:
    """Share of E that comes from contacts; unanswered ones are capped together."""
    worth: F64 = np.zeros((len(CODES), len(RESULTS) + 1))
    worth[_TALK] = rule.talk
    worth[_WRONG] = rule.wrong
    worth[:, _REFUSES] = rule.refuse  # replaces the talk in which it was said
    worth[_REFUSE] = rule.refuse
    code, result = table.contact_code[known], table.contact_result[known]
    fading = decay(age, rule.half_life)
    silent = _sum(owner, fading * _NO_ANSWER[code] * rule.no_answer, table.n)
    told = _sum(owner, fading * worth[code, result], table.n)  # result -1: the last column
    capped: F64 = np.minimum(silent, rule.no_answer_cap)
    return told + capped


def _promises(table: FactTable, day: date, end: I64, rule: Evasion) -> tuple[F64, F64, F64]:
    """(kept, broken, share of E): the states of `domain.promise`, dated at their due day.

    A promise kept before it was due is dated today; a partly kept one counts neither way. A plan of
    instalments breaks once: what was to come after that counts no more.
    """
    owner, today = _owner(table.promise_off), day.toordinal()
    made = table.promise_made < end[owner]
    kept = made & (table.promise_paid >= table.promise_amount * TOLERANCE)
    over = table.promise_due < today - GRACE.days
    leads = first_unkept_rows(owner, table.promise_plan, table.promise_due, kept)
    broken = made & leads & over & (table.promise_paid <= 0)
    fading = decay(np.maximum(today - table.promise_due.astype(np.int64), 0), rule.half_life)
    share = _sum(owner, fading * (kept * rule.kept + broken * rule.broken), table.n)
    return _sum(owner, kept * 1.0, table.n), _sum(owner, broken * 1.0, table.n), share


def _payments(table: FactTable, day: date, end: I64, rule: Evasion) -> F64:
    """Share of E that comes from money received."""
    owner = _owner(table.payment_off)
    known = np.flatnonzero((table.payment_at < end[owner]) & (table.payment_amount > 0))
    owner = owner[known]
    local = local_seconds(table.payment_at[known], table.zone[owner].astype(np.int64), table.zones)
    age = np.maximum(day.toordinal() - ordinals(local), 0)
    return _sum(owner, decay(age, rule.half_life) * rule.paid, table.n)


def _hardship(table: FactTable, told: npt.NDArray[np.bool_], start: I64, end: I64) -> I8:
    """1 for persons in hardship: by flag, by a hold in force on the day, or told of late."""
    owner = _owner(table.hold_off)
    live = (table.hold_kind == HoldKind.HARDSHIP) & (table.hold_start < end[owner])
    live &= table.hold_until > start[owner]
    held = np.bincount(owner[live], minlength=table.n) > 0
    flagged = table.flags & int(Flag.HARDSHIP) != 0
    hardship: I8 = (flagged | held | told).astype(np.int8)
    return hardship


def _watch(table: FactTable, day: date, amount: F64, rule: Watch) -> F64:
    """The highest of the reasons to watch; none for people the lead took off the watch.

    The table holds the sum of the open loans, not each: "several small loans" is taken as at
    least two loans that add up to `bundle_amount`, growing evenly from `bundle_from` on.
    """
    left = table.limitation.astype(np.int64) - day.toordinal()
    ending = (table.limitation != NO_DAY) & (left >= 0) & (left <= rule.limitation_days)
    bundle = np.clip(
        (amount - rule.bundle_from) / (rule.bundle_amount - rule.bundle_from), 0.0, 1.0
    )
    reasons = [
        ending * rule.limitation,
        (table.flags & int(Flag.MOVING_SOON) != 0) * rule.moving,
        (table.open_cases >= 2) * bundle * rule.bundle,
        (table.flags & int(Flag.WATCH) != 0) * rule.manual,
    ]
    watched = table.flags & int(Flag.OFF_WATCH) == 0
    highest: F64 = np.max(np.stack(reasons), axis=0) * watched
    return highest
