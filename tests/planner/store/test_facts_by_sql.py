"""A second reading in plain SQL: what windows and sums are made of equals the columns."""

import random
import tempfile
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from store_factory import ZONE, append, make_store, random_event

from planner.domain.codes import CODES
from planner.domain.facts import FactTable
from planner.domain.localtime import midnight
from planner.store.driver import Connection
from planner.store.facts import load_facts

DAY = date(2026, 3, 2)
_VISITS = [k for k, code in enumerate(CODES) if code.startswith("VIS")]
# Each column by a question of its own: a bare column beside max() would be arbitrary.
_SQL = """
SELECT debtor_id,
  (SELECT sum(amount) FROM loan l WHERE l.pid = w.pid AND status = 'open'),
  (SELECT min(overdue_since) FROM loan l WHERE l.pid = w.pid AND status = 'open'),
  (SELECT count(*) FROM contact c WHERE c.pid = w.pid AND at >= ?1 AND at < ?3),
  (SELECT count(*) FROM contact c WHERE c.pid = w.pid AND at >= ?2 AND at < ?3
    AND code IN (SELECT value FROM json_each(?4))),
  (SELECT ifnull(max(at), 0) FROM contact c WHERE c.pid = w.pid),
  (SELECT count(*) FROM promise p WHERE p.pid = w.pid),
  (SELECT ifnull(sum(amount), 0) FROM payment p WHERE p.pid = w.pid),
  (SELECT count(*) FROM address a WHERE a.pid = w.pid AND valid AND lat IS NOT NULL
    AND lon IS NOT NULL),
  (SELECT count(DISTINCT phone) FROM contact c WHERE c.pid = w.pid AND phone <> 0),
  (SELECT count(*) FROM contact c JOIN address a USING (pid) WHERE c.pid = w.pid
    AND c.address = a.mark)
FROM who w WHERE EXISTS (SELECT 1 FROM loan l WHERE l.pid = w.pid AND status = 'open')
"""


def _by_sql(conn: Connection, week: int, month: int, end: int) -> dict[str, tuple[int, ...]]:
    rows = conn.execute(_SQL, (week, month, end, str(_VISITS)))
    return {who: tuple(map(int, told)) for who, *told in rows}


def _by_columns(t: FactTable, week: int, month: int, end: int) -> dict[str, tuple[int, ...]]:
    found = {}
    for i, who in enumerate(t.debtor_ids):
        mine = slice(*t.contact_off[i : i + 2])
        at, code = t.contact_at[mine], t.contact_code[mine]
        phones = t.contact_phone[mine]
        places = slice(*t.address_off[i : i + 2])
        spots = t.address_valid[places] & ~np.isnan(t.address_lat[places] + t.address_lon[places])
        paid = t.payment_amount[slice(*t.payment_off[i : i + 2])]
        told = (
            t.amount[i], t.overdue_since[i], ((at >= week) & (at < end)).sum(),
            ((at >= month) & (at < end) & np.isin(code, _VISITS)).sum(), at.max(initial=0),
            t.promise_off[i + 1] - t.promise_off[i], paid.sum(), spots.sum(),
            len(np.unique(phones[phones != 0])), (t.contact_address[mine] >= 0).sum(),
        )  # fmt: skip
        found[who] = tuple(map(int, told))
    return found


def test_columns_say_what_sql_says(pytestconfig: pytest.Config) -> None:
    """On random books every sum and window that rules and ranking start from is the same in SQL
    as in the columns: 200 small ones, 2,000 with --full."""
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder)) as store:
        for seed in range(2000 if pytestconfig.getoption("--full") else 200):
            rnd = random.Random(seed)
            # A book of its own in the same file: other persons, and the former ones go on.
            people = [f"P{seed}-{k}" for k in range(4)] + [f"P{max(0, seed - 1)}-0"]
            append(store, *(random_event(rnd, rnd.choice(people)) for _ in range(25)))
            day = DAY + timedelta(rnd.randrange(-20, 20))
            end = midnight(day, ZONE, 24)
            week, month = end - 7 * 86_400, end - 30 * 86_400
            with store.read() as conn:
                table = load_facts(conn, day, zone=ZONE)
                assert _by_columns(table, week, month, end) == _by_sql(conn, week, month, end)
