"""Who has an open case and no address whose position can be trusted, and how sure stops are."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from planner.domain.codes import AddressKind, Grade
from planner.store.driver import Connection

# Better than these is trusted: a visit finds the place. So is any that somebody confirmed.
WEAK = (Grade.TOWNSHIP, Grade.COUNTY)
_TRUSTED = "(lat IS NOT NULL AND (confirmed OR grade < ?))"


@dataclass(frozen=True, slots=True)
class Unplaced:
    """The address of a person that is to be placed; `address_id` "" = the person has none.

    `amount` is the sum of the open cases in minor units; the position, where there is a weak one,
    in WGS-84 degrees.
    """

    debtor_id: str
    address_id: str
    text: str
    county: str
    township: str
    grade: Grade
    lat: float | None
    lon: float | None
    source: str
    amount: int


def unplaced(
    conn: Connection, barred: Collection[AddressKind] = (), ids: Collection[str] | None = None
) -> list[Unplaced]:
    """Everybody with an open case and no valid, trusted position at an address of a kind that is
    not `barred`: those without any position first, then by county, township and amount.

    Of several addresses the one to place is the valid one of the best kind with a text.
    """
    kinds = [int(kind) for kind in AddressKind if kind not in barred]
    among = "AND pid IN (SELECT pid FROM who WHERE debtor_id IN (SELECT value FROM json_each(?)))"
    people = conn.execute(
        "SELECT pid, sum(amount) FROM loan WHERE status = 'open'"
        f" {among if ids is not None else ''} GROUP BY pid"
        " HAVING NOT EXISTS (SELECT 1 FROM address a WHERE a.pid = loan.pid AND valid"
        f" AND kind IN (SELECT value FROM json_each(?)) AND {_TRUSTED})",
        (*((json.dumps(list(ids)),) if ids is not None else ()), json.dumps(kinds), int(WEAK[0])),
    ).fetchall()
    return sorted(_best(conn, dict(people), kinds), key=_order)


def address_to_place(conn: Connection, debtor_id: str) -> Unplaced | None:
    """The same for one person, however sure the position is; None for an unknown person."""
    found = conn.execute(
        "SELECT pid, (SELECT ifnull(sum(amount), 0) FROM loan WHERE loan.pid = who.pid"
        " AND status = 'open') FROM who WHERE debtor_id = ?",
        (debtor_id,),
    ).fetchall()
    return next(iter(_best(conn, dict(found), [int(kind) for kind in AddressKind])), None)


def _best(conn: Connection, amounts: dict[int, int], kinds: list[int]) -> list[Unplaced]:
    """The address to place of each of the persons (pid -> amount)."""
    best: dict[int, Unplaced] = {}
    for pid, who, *told in conn.execute(
        "SELECT w.pid, debtor_id, address_id, text, county, township, grade, lat, lon, source"
        " FROM who w LEFT JOIN address a ON a.pid = w.pid AND a.valid"
        " AND a.kind IN (SELECT value FROM json_each(?))"
        " WHERE w.pid IN (SELECT value FROM json_each(?))"
        " ORDER BY w.pid, a.kind, a.text = '', a.grade, a.address_id",
        (json.dumps(kinds), json.dumps(list(amounts))),
    ):
        if pid not in best:
            best[pid] = _row(who, told, amounts[pid])
    return list(best.values())


def _row(who: str, told: list[object], amount: int) -> Unplaced:
    if told[0] is None:
        return Unplaced(who, "", "", "", "", Grade.NONE, None, None, "", amount)
    address_id, text, county, township, grade, lat, lon, source = told
    located = isinstance(lat, float) and isinstance(lon, float)
    return Unplaced(
        who, str(address_id), str(text), str(county), str(township),
        Grade(int(str(grade))) if located else Grade.NONE,
        lat if isinstance(lat, float) and located else None,
        lon if isinstance(lon, float) and located else None, str(source), amount,
    )  # fmt: skip


def _order(one: Unplaced) -> tuple[bool, bool, str, str, int, str]:
    placed = one.lat is not None
    return not one.address_id, placed, one.county, one.township, -one.amount, one.debtor_id


def weak_addresses(conn: Connection, debtor_ids: Iterable[str]) -> dict[str, Grade]:
    """Address ids of these persons whose position is weak and not confirmed, with its grade."""
    rows = conn.execute(
        "SELECT address_id, grade FROM address WHERE NOT confirmed AND grade >= ?"
        " AND pid IN (SELECT pid FROM who WHERE debtor_id IN (SELECT value FROM json_each(?)))",
        (int(WEAK[0]), json.dumps(list(debtor_ids))),
    )
    return {address_id: Grade(grade) for address_id, grade in rows}
