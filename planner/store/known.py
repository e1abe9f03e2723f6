"""What the workspace knows already, for many persons at once: the other half of an import."""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from planner.domain.codes import AddressKind, Flag, Grade, HoldKind, Region
from planner.domain.facts import moment
from planner.domain.people import Address, Case, Debtor
from planner.store.driver import Connection

PLACED = "datum, placed_at, placed_by, confirmed, county"  # columns that `placing` reads
_CHOSEN = "debtor_id IN (SELECT value FROM json_each(?))"


def placing(
    datum: str, at: int | None, by: str, confirmed: int, county: str
) -> tuple[str, datetime | None, str, bool, str]:
    """The last fields of an Address from the columns PLACED."""
    return datum, None if at is None else moment(at), by, bool(confirmed), county


def load_debtors(conn: Connection, ids: Sequence[str]) -> dict[str, Debtor]:
    """Those of `ids` that are known, with all cases and addresses."""
    asked = (json.dumps(list(ids)),)
    addresses: dict[str, list[Address]] = {}
    for (
        who,
        address_id,
        text,
        kind,
        region,
        grade,
        lat,
        lon,
        source,
        township,
        valid,
        *placed,
    ) in conn.execute(
        "SELECT debtor_id, address_id, text, kind, region, grade, lat, lon, source, township, valid"
        f", {PLACED} FROM address JOIN who USING (pid) WHERE {_CHOSEN} ORDER BY pid, address_id",
        asked,
    ):
        addresses.setdefault(who, []).append(
            Address(address_id, who, text, AddressKind(kind), Region(region), Grade(grade), lat,
                    lon, source, bool(valid), township, *placing(*placed))
        )  # fmt: skip
    cases: dict[str, list[Case]] = {}
    for (
        who,
        case_id,
        lender,
        contract_no,
        product,
        amount,
        since,
        status,
        limitation,
    ) in conn.execute(
        "SELECT debtor_id, case_id, lender, contract_no, product, amount, overdue_since, status,"
        f" limitation FROM loan JOIN who USING (pid) WHERE {_CHOSEN} ORDER BY pid, case_id",
        asked,
    ):
        ends = date.fromordinal(limitation) if limitation else None
        cases.setdefault(who, []).append(
            Case(case_id, who, lender, contract_no, product, amount, date.fromordinal(since),
                 status, ends)
        )  # fmt: skip
    return {
        who: Debtor(
            who, name, id_number, tuple(json.loads(phones)), Flag(flags),
            tuple(addresses.get(who, ())), tuple(cases.get(who, ())), zone, jurisdiction,
            tuple(json.loads(needs)),
        )
        for who, name, id_number, phones, flags, zone, jurisdiction, needs in conn.execute(
            "SELECT debtor_id, name, id_number, phones, flags, zone, jurisdiction, needs"
            f" FROM person JOIN who USING (pid) WHERE {_CHOSEN}",
            asked,
        )
    }  # fmt: skip


def debtors_of_cases(conn: Connection, case_ids: Iterable[str]) -> dict[str, str]:
    """Case id -> debtor id, for those that are known."""
    return dict(
        conn.execute(
            "SELECT case_id, debtor_id FROM loan JOIN who USING (pid)"
            " WHERE case_id IN (SELECT value FROM json_each(?))",
            (json.dumps(sorted(case_ids)),),
        ).fetchall()
    )


def absent_cases(
    conn: Connection, lenders: Iterable[str], named: Iterable[str]
) -> list[tuple[str, str]]:
    """(debtor id, case id) of the open cases of `lenders` that are not among the cases `named`."""
    return list(
        conn.execute(
            "SELECT debtor_id, case_id FROM loan JOIN who USING (pid) WHERE status = 'open'"
            " AND lender IN (SELECT value FROM json_each(?))"
            " AND case_id NOT IN (SELECT value FROM json_each(?)) ORDER BY pid, case_id",
            (json.dumps(sorted(set(lenders))), json.dumps(sorted(set(named)))),
        )
    )


def listed(conn: Connection, ids: Iterable[str]) -> set[str]:
    """Those of `ids` that a list tells of, not taken back since."""
    return {
        who
        for (who,) in conn.execute(
            f"SELECT debtor_id FROM person JOIN who USING (pid) WHERE {_CHOSEN}",
            (json.dumps(list(ids)),),
        )
    }


def open_holds(conn: Connection, ids: Sequence[str]) -> set[tuple[str, HoldKind]]:
    """(debtor id, kind) of every hold without an end."""
    return {
        (who, HoldKind(kind))
        for who, kind in conn.execute(
            "SELECT debtor_id, kind FROM hold JOIN who USING (pid)"
            f" WHERE until IS NULL AND {_CHOSEN}",
            (json.dumps(list(ids)),),
        )
    }


def event_count(conn: Connection) -> int:
    """Number of the last event written, 0 before the first."""
    return int(conn.execute("SELECT ifnull(max(seq), 0) FROM event").fetchone()[0])
