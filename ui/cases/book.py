"""The book of a day as columns, for a table of 100,000 persons: names are read page by page."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import numpy as np
import numpy.typing as npt

from planner.actions.filters import Filter, fitting
from planner.actions.rank import TABS, Ranking
from planner.domain.codes import CODES, Channel
from planner.domain.facts import I64, NEVER, instant, moment
from planner.domain.localtime import midnight
from planner.domain.ordering import stable_order
from planner.policy.check import check_contact
from planner.store.facts import load_person_facts
from planner.store.finding import find_pids
from planner.store.people import PersonRow, load_rows
from planner.store.store import Store
from ui.cases.ranked import ranking_of

ALL = "all"
_INSTANT_BITS = 38  # of an instant
_LATEST = (1 << _INSTANT_BITS) - 1
_LOOKED_AT = 300  # persons, at about two milliseconds each
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CaseRow:
    """One person as a line of the table. `rank` is 0 when no visit may be planned; `person` is
    None until its page was read; `until` None = not barred, or without an end."""

    index: int
    debtor_id: str
    rank: int
    points: float
    amount: int
    days: int
    loans: int
    tab: str
    rule: str | None
    until: datetime | None
    worth: bool
    last_at: datetime | None
    last_code: str
    person: PersonRow | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CaseBook:
    """n persons with open cases, rows as in the ranking's table."""

    day: date
    ranking: Ranking
    tab: I64  # index into TABS
    rank: I64
    days: I64
    last_at: I64  # instant, 0 = none
    last_code: I64  # index into CODES, -1 = none
    until: I64  # instant from which a visit may be permitted again; 0 or NEVER as in verdicts
    row_of_pid: I64  # row by a person's number in the file, -1 = none
    orders: dict[tuple[str, bool], I64] = field(default_factory=dict)  # of columns once sorted by

    @property
    def n(self) -> int:
        """Number of persons."""
        return len(self.tab)

    def row_of(self, debtor_id: str) -> int:
        """The row of a person, -1 = without an open case; a search, not for many at once."""
        try:
            return self.ranking.table.debtor_ids.index(debtor_id)
        except ValueError:
            return -1

    def rows_of_pids(self, pids: I64) -> I64:
        """The rows of those numbers of persons who have an open case, in the order given."""
        rows = self.row_of_pid[pids[pids < len(self.row_of_pid)]]
        return rows[rows >= 0]

    def rows_of(self, tab: str, hits: Bools | None = None) -> I64:
        """Rows of one tab (or ALL) in the order of the ranking; `hits` leaves the others out."""
        order = self.ranking.order
        keep = np.ones(self.n, np.bool_) if hits is None else hits
        if tab != ALL:
            keep = keep & (self.tab == TABS.index(tab))
        return order[keep[order]]

    def counts(self, hits: Bools | None = None) -> dict[str, int]:
        """How many persons stand in each tab."""
        found = np.bincount(self.tab if hits is None else self.tab[hits], minlength=len(TABS))
        return {ALL: int(found.sum())} | dict(zip(TABS, found.tolist(), strict=True))

    def row(self, index: int, person: PersonRow | None = None) -> CaseRow:
        """The line of one person."""
        ranking, table = self.ranking, self.ranking.table
        until = int(self.until[index])
        at, code = int(self.last_at[index]), int(self.last_code[index])
        return CaseRow(
            index=index,
            debtor_id=table.debtor_ids[index],
            rank=int(self.rank[index]),
            points=float(ranking.scores.points[index]),
            amount=int(table.amount[index]),
            days=int(self.days[index]),
            loans=int(table.open_cases[index]),
            tab=TABS[self.tab[index]],
            rule=ranking.rule(index),
            until=moment(until) if 0 < until < NEVER else None,
            worth=bool(ranking.scores.worth[index]),
            last_at=moment(at) if code >= 0 else None,
            last_code=CODES[code] if code >= 0 else "",
            person=person,
        )

    def sorted_rows(self, rows: I64, column: str, descending: bool) -> I64:
        """`rows` (each once, in the order of the ranking) by a column; equals stay as they are.

        The order of the whole book is kept, so that another tab is a choice out of it.
        """
        if (column, descending) not in self.orders:
            order = self.ranking.order
            key = self.sort_key(column)[order]
            self.orders[column, descending] = order[stable_order(-key if descending else key)]
        every = self.orders[column, descending]
        chosen = np.zeros(self.n, np.bool_)
        chosen[rows] = True
        return every[chosen[every]]

    def sort_key(self, column: str) -> npt.NDArray[np.float64] | I64:
        """Values by which a column sorts, in memory already.

        KeyError for a column that does not sort.
        """
        scores, table = self.ranking.scores, self.ranking.table
        match column:
            case "rank":
                place = np.empty(self.n)  # one run, as the points are two
                place[self.ranking.order] = np.arange(self.n)
                return place
            case "points":
                return scores.points
            case "amount":
                return table.amount
            case "days":
                return self.days
            case "loans":
                return table.open_cases.astype(np.int64)
            case "state":
                return self.tab << _INSTANT_BITS | np.minimum(self.until, _LATEST)
            case "last":
                return self.last_at
        raise KeyError(column)


def book_of(ranking: Ranking, until: I64) -> CaseBook:
    """The columns of a ranking; `until` [n] as in CaseBook."""
    table, verdicts, n = ranking.table, ranking.verdicts, ranking.table.n
    tabs = [TABS.index(ranking.policy.rules[rule].tab) for rule in verdicts.rules]
    # The last entry stands for "no rule", which is index -1.
    tab = np.array([*tabs, TABS.index("ready")], np.int64)[verdicts.rule]
    ready = ranking.order[tab[ranking.order] == TABS.index("ready")]
    rank = np.zeros(n, np.int64)
    rank[ready] = np.arange(1, len(ready) + 1)
    some = np.diff(table.contact_off) > 0
    last = table.contact_off[1:][some] - 1
    last_at, last_code = np.zeros(n, np.int64), np.full(n, -1, np.int64)
    last_at[some], last_code[some] = table.contact_at[last], table.contact_code[last]
    return CaseBook(
        day=ranking.day,
        ranking=ranking,
        tab=tab,
        rank=rank,
        days=np.maximum(0, ranking.day.toordinal() - table.overdue_since.astype(np.int64)),
        last_at=last_at,
        last_code=last_code,
        until=until,
        row_of_pid=_row_of_pid(table.pids),
    )


def _row_of_pid(pids: I64) -> I64:
    row_of = np.full(int(pids.max()) + 1 if len(pids) else 0, -1, np.int64)
    row_of[pids] = np.arange(len(pids))
    return row_of


def load_case_book(store: Store, day: date) -> CaseBook:
    """Rank the book for `day`; runs off the GUI thread."""
    ranking = ranking_of(store, day)
    return book_of(ranking, _next_permitted(store, ranking))


def _next_permitted(store: Store, ranking: Ranking) -> I64:
    """The verdicts' `until`, looked at again where it is only the end of this day.

    The verdict names the first rule, and "once a day" stands before the pause after a visit. Those
    are the few who were visited today; when the whole book is barred the day's end is the answer.
    """
    verdicts, policy = ranking.verdicts, ranking.policy
    until = verdicts.until.copy()
    over = midnight(ranking.day + timedelta(days=1), policy.zone_default)
    barred = (verdicts.rule >= 0) & (until > 0) & (until <= over)
    rows = np.flatnonzero(barred)
    if len(rows) > _LOOKED_AT:
        return until
    with store.read() as conn:
        for i in rows.tolist():
            facts = load_person_facts(conn, ranking.table.debtor_ids[i], ranking.day)
            at = check_contact(facts, policy, Channel.VISIT, moment(int(until[i]))).next_allowed
            until[i] = NEVER if at is None else instant(at)
    return until


def load_people(store: Store, ids: Sequence[str]) -> list[PersonRow]:
    """One page of names; runs off the GUI thread."""
    with store.read() as conn:
        return load_rows(conn, ids)


def load_lines(store: Store, book: CaseBook, rows: I64) -> tuple[list[CaseRow], list[PersonRow]]:
    """Lines of `rows` and the persons in them; runs off the GUI thread."""
    lines = [book.row(i) for i in rows.tolist()]
    return lines, load_people(store, [line.debtor_id for line in lines])


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """What a search and a filter leave: `mask` over the rows of `book`; `others` were found by the
    search and have no open case."""

    text: str
    chosen: Filter
    book: CaseBook
    mask: Bools
    others: int


def narrow_book(store: Store, book: CaseBook, text: str, chosen: Filter) -> Hits:
    """Persons that fit `text` ("" = all) and the filter; runs off the GUI thread."""
    mask, others = np.ones(book.n, np.bool_), 0
    if text:
        with store.read() as conn:
            pids = find_pids(conn, text)
        rows = book.rows_of_pids(pids)
        mask[:] = False
        mask[rows] = True
        others = len(pids) - len(rows)
    if chosen.asks:
        mask &= fitting(store, book.ranking, chosen)
    return Hits(text, chosen, book, mask, others)
