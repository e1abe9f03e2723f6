"""Filters of the cases: which persons, by what is known of them; named ones are kept.

A filter narrows the ranked book of a day; its parts must all hold. What the columns of the book do
not have (lender, places, phones) is asked of the workspace.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from planner.actions.due import due_within
from planner.actions.rank import Ranking
from planner.domain.codes import CODES, Grade, PromiseState
from planner.domain.facts import I64, FactTable
from planner.domain.promise import GRACE, TOLERANCE, first_unkept_rows
from planner.policy.pack import Policies
from planner.store import settings
from planner.store.driver import Connection
from planner.store.steps import OPEN
from planner.store.store import Store

Bools = npt.NDArray[np.bool_]
SAVED_KEY: Final = "filters"
LONGEST_NAME: Final = 40
QUALITY: Final = ("no_phone", "no_id", "no_address", "no_position", "coarse_position", "good")
STEPS: Final = ("due", "set", "none")
DUE_SOON: Final = "week"
DUE_DAYS: Final = 7
PROMISES: Final = ("none", "pending", DUE_SOON, "kept", "partly", "broken")
NEVER_CONTACTED: Final = "none"
NOWHERE: Final = "-"
# The address that stands for a person in lists: valid before others, then the surest position.
# Beside min(), SQLite takes the other columns from the row that has it.
_SHOWN: Final = (
    "(SELECT pid, county, township, min((1 - valid) || grade || address_id)"
    " FROM address GROUP BY pid)"
)


@dataclass(frozen=True, slots=True)
class Filter:
    """What a person must fulfil; "" and None ask for nothing.

    Amounts are minor units over all open cases, both ends belong to the band; days likewise.
    `stage` is the name of a stage of the rules, `county` and `township` those of the address
    that lists show (NOWHERE: it names none), `promise` what became of the promise made last
    (PROMISES), `step` whether a next step is due by the day, set or not (STEPS), `last` the code
    of the last contact or NEVER_CONTACTED, `quality` one of QUALITY, `tab` the list in which the
    filter was made.
    """

    lender: str = ""
    stage: str = ""
    amount_from: int | None = None
    amount_to: int | None = None
    days_from: int | None = None
    days_to: int | None = None
    county: str = ""
    township: str = ""
    promise: str = ""
    last: str = ""
    quality: str = ""
    step: str = ""
    tab: str = ""

    @property
    def asks(self) -> bool:
        """Whether it narrows anything; the list alone does not."""
        return any(getattr(self, one.name) not in ("", None) for one in fields(self)
                   if one.name != "tab")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Choices:
    """What there is to choose from in this workspace."""

    lenders: tuple[str, ...]
    places: tuple[tuple[str, tuple[str, ...]], ...]  # counties, each with its townships; "" = none
    stages: tuple[str, ...]
    last: tuple[str, ...]


def choices(store: Store, ranking: Ranking) -> Choices:
    """Lenders with open cases, counties and townships by their sound, stages, last contacts."""
    with store.read() as conn:
        lenders = conn.execute(
            "SELECT DISTINCT lender FROM loan WHERE status = 'open' AND lender <> '' ORDER BY 1"
        ).fetchall()
        places = conn.execute(f"SELECT DISTINCT county, township FROM {_SHOWN}").fetchall()
    code, some = _last_codes(ranking)
    last = [CODES[k] for k in np.unique(code[some]).tolist()]
    return Choices(
        tuple(one for (one,) in lenders), _by_county(places),
        tuple(stage.name for stage in ranking.policy.stages), tuple(last),
    )  # fmt: skip


def _by_county(pairs: Iterable[tuple[str, str]]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    from pypinyin import lazy_pinyin  # its dictionaries take a quarter of a second

    found: dict[str, set[str]] = {}
    for county, township in pairs:
        found.setdefault(county, set()).add(township)

    def sound(name: str) -> tuple[list[str], str]:
        return lazy_pinyin(name), name

    return tuple((one, tuple(sorted(found[one], key=sound))) for one in sorted(found, key=sound))


def fitting(store: Store, ranking: Ranking, chosen: Filter) -> Bools:
    """Which of the n persons of `ranking` fit `chosen`; its list (`tab`) is not looked at."""
    table = ranking.table
    keep = _within(table.amount, chosen.amount_from, chosen.amount_to)
    days = np.maximum(0, ranking.day.toordinal() - table.overdue_since.astype(np.int64))
    keep &= _within(days, chosen.days_from, chosen.days_to)
    if chosen.stage:
        keep &= _within(days, *stage_days(ranking.policy, chosen.stage))
    if chosen.last:
        code, some = _last_codes(ranking)
        known = chosen.last in CODES
        keep &= (some & (code == CODES.index(chosen.last))) if known else ~some
    if chosen.promise:
        keep &= _promised(ranking, chosen.promise)
    if chosen.quality:
        keep &= _quality(store, ranking, chosen.quality)
    with store.read() as conn:
        if chosen.lender:
            where = "loan WHERE status = 'open' AND lender = ?"
            keep &= _rows(conn, ranking, where, chosen.lender)
        if chosen.step:
            by = f" AND s.day <= {ranking.day.toordinal()}" if chosen.step == "due" else ""
            open_ones = _rows(conn, ranking, f"({OPEN}{by})")
            keep &= ~open_ones if chosen.step == "none" else open_ones
        if chosen.county or chosen.township:
            asked = {"county": chosen.county, "township": chosen.township}
            named = {column: name for column, name in asked.items() if name}
            where = " AND ".join(f"{column} = ?" for column in named)
            names = ("" if name == NOWHERE else name for name in named.values())
            keep &= _rows(conn, ranking, f"{_SHOWN} WHERE {where}", *names)
    return keep


def stage_days(policy: Policies, name: str) -> tuple[int | None, int | None]:
    """First and last day of a stage of the rules; nothing of an unknown one, which bars nobody."""
    stages = policy.stages
    for place, stage in enumerate(stages):
        if stage.name == name:
            after = stages[place + 1].from_days - 1 if place + 1 < len(stages) else None
            return stage.from_days, after
    return None, None


def _within(values: npt.NDArray[np.integer[Any]], low: int | None, high: int | None) -> Bools:
    keep = np.ones(len(values), np.bool_)
    if low is not None:
        keep &= values >= low
    if high is not None:
        keep &= values <= high
    return keep


def _last_codes(ranking: Ranking) -> tuple[I64, Bools]:
    """Code of the last contact of each person, and who has one at all."""
    table = ranking.table
    some = np.diff(table.contact_off) > 0
    code = np.zeros(table.n, np.int64)
    code[some] = table.contact_code[table.contact_off[1:][some] - 1]
    return code, some


def _promised(ranking: Ranking, state: str) -> Bools:
    """Persons whose promise made last is in that state; see `domain.promise.promise_state`. Of an
    instalment plan the first that is not kept speaks. DUE_SOON: one, not kept yet, is due within
    DUE_DAYS days, or its grace still runs."""
    table, today = ranking.table, ranking.day.toordinal()
    some = np.diff(table.promise_off) > 0
    if state == "none":
        return ~some
    if state == DUE_SOON:
        return due_within(table, ranking.day, ranking.day + timedelta(days=DUE_DAYS - 1))
    last = _speaking(table)
    paid, amount = table.promise_paid[last], table.promise_amount[last]
    kept = paid >= amount * TOLERANCE
    pending = ~kept & (table.promise_due[last] >= today - GRACE.days)
    states = np.select(
        [kept, pending, paid > 0],
        [PromiseState.KEPT, PromiseState.PENDING, PromiseState.PARTLY],
        PromiseState.BROKEN,
    )
    fit = np.zeros(table.n, np.bool_)
    fit[some] = states == PromiseState[state.upper()]
    return fit


def _speaking(table: FactTable) -> I64:
    """The row of the promise made last of each person who made one; of a plan the first instalment
    that is not kept, or its last one."""
    owner = np.repeat(np.arange(table.n), np.diff(table.promise_off))
    kept = table.promise_paid >= table.promise_amount * TOLERANCE
    last = np.unique(table.promise_off[1:] - 1)
    last = last[last >= 0].astype(np.int64)
    leads = first_unkept_rows(owner, table.promise_plan, table.promise_due, kept)
    newest = np.zeros(table.n, np.int64)
    newest[owner[last]] = table.promise_plan[last]
    rows = np.flatnonzero(leads & (table.promise_plan != 0) & (table.promise_plan == newest[owner]))
    found = np.full(table.n, -1, np.int64)
    found[owner[last]] = last
    found[owner[rows]] = rows
    speaking: I64 = found[found >= 0]
    return speaking


def _quality(store: Store, ranking: Ranking, what: str) -> Bools:
    table = ranking.table
    owner = np.repeat(np.arange(table.n), np.diff(table.address_off))
    found = table.address_valid & ~np.isnan(table.address_lat)
    placed = np.bincount(owner[found], minlength=table.n) > 0
    sharp = found & (table.address_grade < Grade.TOWNSHIP)
    near = np.bincount(owner[sharp], minlength=table.n) > 0
    with store.read() as conn:
        match what:
            case "no_phone":
                return _rows(conn, ranking, "person WHERE phones = '[]'")
            case "no_id":
                return _rows(conn, ranking, "person WHERE id_number = ''")
            case "no_address":
                none: Bools = np.diff(table.address_off) == 0
                return none
            case "no_position":
                return ~placed
            case "coarse_position":
                return placed & ~near
            case _:  # all that a visit needs
                lacking = "person WHERE phones = '[]' OR id_number = ''"
                return near & ~_rows(conn, ranking, lacking)


def _rows(conn: Connection, ranking: Ranking, where: str, *params: str) -> Bools:
    """The persons of the book for whom a table has a row under `where`."""
    (text,) = conn.execute(f"SELECT group_concat(pid) FROM {where}", params).fetchone()
    pids = np.fromstring(text, dtype=np.int64, sep=",") if text else np.zeros(0, np.int64)
    found: Bools = np.isin(ranking.table.pids, pids)
    return found


def saved_filters(store: Store) -> dict[str, Filter]:
    """The named filters of this workspace, by name. What a newer program added is left out.

    A part of an address, which filters asked for once, is taken for the township.
    """
    with store.read() as conn:
        kept: Mapping[str, Any] = settings.get(conn, SAVED_KEY, {})
    known = {one.name for one in fields(Filter)}
    told = {
        name: {"township" if key == "place" else key: value for key, value in one.items()}
        for name, one in kept.items()
    }
    return {
        name: Filter(**{key: value for key, value in told[name].items() if key in known})
        for name in sorted(told)
    }


def save_filter(store: Store, name: str, chosen: Filter) -> None:
    """Keep `chosen` under `name`; an older one of that name is replaced."""
    plain = " ".join(name.split())[:LONGEST_NAME]
    if not plain:
        raise ValueError("a filter needs a name")
    told = {key: value for key, value in asdict(chosen).items() if value not in ("", None)}
    with store.write() as tx:
        kept = settings.get(tx.conn, SAVED_KEY, {})
        settings.put(tx, SAVED_KEY, {**kept, plain: told})


def delete_filter(store: Store, name: str) -> None:
    """Forget a named filter; nothing happens when there is none."""
    with store.write() as tx:
        kept = settings.get(tx.conn, SAVED_KEY, {})
        settings.put(tx, SAVED_KEY, {key: one for key, one in kept.items() if key != name})
