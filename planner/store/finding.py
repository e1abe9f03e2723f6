"""Who fits what a user typed: numbers of persons out of the search words."""

import json
import re

import numpy as np

from planner.domain.facts import I64
from planner.store import search
from planner.store.driver import Connection

_CHOSEN = "pid IN (SELECT value FROM json_each(?))"
_REFERENCE = re.compile(r"P[A-Z2-7]{12}")  # what `store.make_debtor` gives
_TAILS = 5_000  # persons that share four digits: more than that are not compared in full


def find_pids(conn: Connection, text: str, limit: int | None = None) -> I64:
    """Ascending numbers of the persons that match `text`, of many the first `limit`.

    They come as text, for there may be a million of them. A whole reference, as exported plans
    have it, finds its person alone.
    """
    reference = text.strip().upper()
    if _REFERENCE.fullmatch(reference):
        known = "SELECT pid FROM who JOIN person USING (pid) WHERE debtor_id = ?"
        row = conn.execute(known, (reference,)).fetchone()
        if row is not None:
            return np.array(row, np.int64)
    query = search.match(text)
    if not query:
        return np.zeros(0, np.int64)
    found = _hits(conn, query, limit)
    numbers = search.long_numbers(text)
    if numbers and len(found) < min(_TAILS, limit or _TAILS):  # a broad beginning is enough
        wider = _hits(conn, search.match(text, tails=True), None if limit is None else _TAILS)
        more = _with_numbers(conn, np.setdiff1d(wider, found)[:_TAILS], numbers)
        found = np.union1d(found, more)
    return found if limit is None else found[:limit]


def _hits(conn: Connection, query: str, limit: int | None) -> I64:
    hits = "SELECT rowid FROM search WHERE search MATCH ?"  # ascending, as the index has them
    if limit is None:
        (text,) = conn.execute(hits.replace("rowid", "group_concat(rowid)"), (query,)).fetchone()
    else:
        (text,) = conn.execute(
            f"SELECT group_concat(rowid) FROM ({hits} ORDER BY rowid LIMIT ?)", (query, limit)
        ).fetchone()
    return np.fromstring(text, dtype=np.int64, sep=",") if text else np.zeros(0, np.int64)


def _with_numbers(conn: Connection, pids: I64, numbers: list[str]) -> I64:
    """Those persons in whose phones, ID number or case numbers every typed number occurs."""
    asked = (json.dumps(pids.tolist()),)
    texts: dict[int, str] = {}
    for pid, id_number, phones in conn.execute(
        f"SELECT pid, id_number, phones FROM person WHERE {_CHOSEN}", asked
    ):
        digits = re.sub(r"[^0-9a-z,]", "", phones.lower())
        texts[pid] = f"{id_number.lower()} {digits}"
    for pid, case_id in conn.execute(f"SELECT pid, case_id FROM loan WHERE {_CHOSEN}", asked):
        words = " ".join(search.case_words(case_id))
        texts[pid] = f"{texts.get(pid, '')} {words}"
    fit = [pid for pid, text in texts.items() if all(number in text for number in numbers)]
    return np.array(sorted(fit), np.int64)
