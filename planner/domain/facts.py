"""All that rules and ranking may know about persons, as columns (numpy) and as one person.

A `FactTable` holds n persons; per-person lists (contacts, promises, ...) are CSR slices:
the items of person i are rows `x_off[i]:x_off[i + 1]`, ordered by time. Instants are int64
seconds since the epoch (UTC), days are proleptic ordinals (`date.toordinal`), money is int64
minor units, positions WGS-84 degrees (NaN = none). `NEVER` stands for "without end".
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from planner.domain.codes import (
    CHANNELS,
    CODES,
    RESULTS,
    AddressKind,
    Flag,
    Grade,
    HoldKind,
    Region,
)
from planner.domain.people import (
    Address,
    Agreement,
    Contact,
    Hold,
    Notice,
    Override,
    Payment,
    Promise,
)

I8 = npt.NDArray[np.int8]
I16 = npt.NDArray[np.int16]
I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
F64 = npt.NDArray[np.float64]

NEVER = 2**62  # an instant that does not come
NO_DAY = 0  # an ordinal that means "none"


@dataclass(frozen=True, slots=True)
class FactTable:
    """n persons with open cases, as columns. Rows are ordered by the first case id."""

    debtor_ids: Sequence[str]
    amount: I64  # sum of open cases, minor units
    overdue_since: I32  # ordinal of the oldest unpaid due date
    open_cases: I16
    flags: I32  # Flag bits
    limitation: I32  # ordinal of the nearest limitation date, NO_DAY = none
    zone: I16  # index into `zones`
    zones: tuple[str, ...]  # IANA names
    jurisdiction: I16  # index into `jurisdictions`
    jurisdictions: tuple[str, ...]  # "CN"; "" = unknown

    address_off: I32
    address_ids: Sequence[str]
    address_kind: I8  # AddressKind
    address_region: I8  # Region
    address_grade: I8  # Grade
    address_valid: npt.NDArray[np.bool_]
    address_lat: F64
    address_lon: F64

    contact_off: I32
    contact_at: I64
    contact_channel: I8  # index into codes.CHANNELS
    contact_code: I8  # index into codes.CODES
    contact_result: I8  # index into codes.RESULTS, -1 = none
    contact_phone: I64  # stable hash of the number, 0 = none
    contact_address: I32  # row in the address columns, -1 = none

    promise_off: I32
    promise_due: I32  # ordinal
    promise_made: I64  # instant
    promise_amount: I64
    promise_plan: I64  # stable hash of the instalment plan it belongs to, 0 = none
    promise_paid: I64  # paid towards it up to the table's `as_of`

    payment_off: I32
    payment_at: I64
    payment_amount: I64

    hold_off: I32
    hold_kind: I8  # HoldKind
    hold_start: I64
    hold_until: I64  # NEVER = open end

    agreement_off: I32
    agreement_at: I64
    agreement_channel: I8  # index into codes.CHANNELS
    agreement_from: I16  # minutes after local midnight; from = until = 0: a place only
    agreement_until: I16
    agreement_weekday: I8  # ISO number, 0 = any
    agreement_day: I32  # ordinal, NO_DAY = any
    agreement_end: I64  # NEVER = still holds
    agreement_address: I32  # row in the address columns, -1 = none

    notice_off: I32
    notice_at: I64
    notice_from: I64
    notice_until: I64

    override_off: I32
    override_at: I64
    override_rule: I16  # index into `override_rules`
    override_rules: tuple[str, ...]
    override_channel: I8  # index into codes.CHANNELS
    override_from: I64
    override_until: I64
    # The persons' numbers in the file they come from; empty where they come from no file.
    pids: I64 = field(default_factory=lambda: np.zeros(0, np.int64))

    @property
    def n(self) -> int:
        """Number of persons."""
        return len(self.debtor_ids)


@dataclass(frozen=True, slots=True)
class PersonFacts:
    """The same for one person, in plain objects: what the scalar judge reads."""

    debtor_id: str
    amount: int
    overdue_since: date
    open_cases: int
    flags: Flag
    limitation: date | None
    zone: str
    jurisdiction: str
    addresses: tuple[Address, ...]
    contacts: tuple[Contact, ...]
    promises: tuple[Promise, ...]
    promises_paid: tuple[int, ...]
    payments: tuple[Payment, ...]
    holds: tuple[Hold, ...]
    agreements: tuple[Agreement, ...] = ()
    notices: tuple[Notice, ...] = ()
    overrides: tuple[Override, ...] = ()


def instant(at: datetime) -> int:
    """Seconds since the epoch of an aware datetime (whole seconds)."""
    if at.tzinfo is None:
        raise ValueError("a naive datetime has no instant")
    return int(at.timestamp())


def moment(seconds: int) -> datetime:
    """The UTC datetime of an instant."""
    return datetime.fromtimestamp(seconds, UTC)


def person(table: FactTable, i: int) -> PersonFacts:
    """Row `i` of `table` as plain objects. Phone numbers appear as their hash in decimal."""
    who = table.debtor_ids[i]

    def rows(offsets: I32) -> range:
        return range(int(offsets[i]), int(offsets[i + 1]))

    def spot(value: float) -> float | None:
        return None if np.isnan(value) else float(value)

    addresses = tuple(
        Address(
            table.address_ids[k], who, "", AddressKind(int(table.address_kind[k])),
            Region(int(table.address_region[k])), Grade(int(table.address_grade[k])),
            spot(table.address_lat[k]), spot(table.address_lon[k]),
            valid=bool(table.address_valid[k]),
        )
        for k in rows(table.address_off)
    )  # fmt: skip
    contacts = tuple(
        Contact(
            "", who, CHANNELS[table.contact_channel[k]], CODES[table.contact_code[k]],
            moment(int(table.contact_at[k])),
            result=RESULTS[table.contact_result[k]] if table.contact_result[k] >= 0 else "",
            phone=str(table.contact_phone[k]) if table.contact_phone[k] else "",
            address_id=table.address_ids[table.contact_address[k]]
            if table.contact_address[k] >= 0 else "",
        )
        for k in rows(table.contact_off)
    )  # fmt: skip
    promised = rows(table.promise_off)
    return PersonFacts(
        debtor_id=who,
        amount=int(table.amount[i]),
        overdue_since=date.fromordinal(int(table.overdue_since[i])),
        open_cases=int(table.open_cases[i]),
        flags=Flag(int(table.flags[i])),
        limitation=date.fromordinal(int(table.limitation[i])) if table.limitation[i] else None,
        zone=table.zones[table.zone[i]],
        jurisdiction=table.jurisdictions[table.jurisdiction[i]],
        addresses=addresses,
        contacts=contacts,
        promises=tuple(
            Promise(
                "",
                who,
                int(table.promise_amount[k]),
                date.fromordinal(int(table.promise_due[k])),
                moment(int(table.promise_made[k])),
                plan_id=str(table.promise_plan[k]) if table.promise_plan[k] else "",
            )
            for k in promised
        ),
        promises_paid=tuple(int(table.promise_paid[k]) for k in promised),
        payments=tuple(
            Payment("", who, int(table.payment_amount[k]), moment(int(table.payment_at[k])))
            for k in rows(table.payment_off)
        ),
        holds=tuple(
            Hold(
                "",
                who,
                HoldKind(int(table.hold_kind[k])),
                moment(int(table.hold_start[k])),
                None if table.hold_until[k] >= NEVER else moment(int(table.hold_until[k])),
            )
            for k in rows(table.hold_off)
        ),
        agreements=tuple(_agreement(table, who, k) for k in rows(table.agreement_off)),
        notices=tuple(
            Notice(
                "", who, moment(int(table.notice_at[k])), moment(int(table.notice_from[k])),
                moment(int(table.notice_until[k])),
            )
            for k in rows(table.notice_off)
        ),
        overrides=tuple(_override(table, who, k) for k in rows(table.override_off)),
    )  # fmt: skip


def _agreement(table: FactTable, who: str, k: int) -> Agreement:
    day, place = int(table.agreement_day[k]), int(table.agreement_address[k])
    return Agreement(
        "", who, CHANNELS[table.agreement_channel[k]], moment(int(table.agreement_at[k])),
        int(table.agreement_from[k]), int(table.agreement_until[k]),
        int(table.agreement_weekday[k]), date.fromordinal(day) if day else None,
        table.address_ids[place] if place >= 0 else "",
        None if table.agreement_end[k] >= NEVER else moment(int(table.agreement_end[k])),
    )  # fmt: skip


def _override(table: FactTable, who: str, k: int) -> Override:
    return Override(
        "", who, table.override_rules[table.override_rule[k]],
        CHANNELS[table.override_channel[k]], moment(int(table.override_at[k])),
        moment(int(table.override_from[k])), moment(int(table.override_until[k])),
    )  # fmt: skip


# The list columns of each offset column with their types; `take` and `table_of` go by these.
LISTS: dict[str, dict[str, Any]] = {
    "address_off": {
        "address_kind": np.int8, "address_region": np.int8, "address_grade": np.int8,
        "address_valid": np.bool_, "address_lat": np.float64, "address_lon": np.float64,
    },
    "contact_off": {
        "contact_at": np.int64, "contact_channel": np.int8, "contact_code": np.int8,
        "contact_result": np.int8, "contact_phone": np.int64, "contact_address": np.int32,
    },
    "promise_off": {
        "promise_due": np.int32, "promise_made": np.int64, "promise_amount": np.int64,
        "promise_plan": np.int64, "promise_paid": np.int64,
    },
    "payment_off": {"payment_at": np.int64, "payment_amount": np.int64},
    "hold_off": {"hold_kind": np.int8, "hold_start": np.int64, "hold_until": np.int64},
    "agreement_off": {
        "agreement_at": np.int64, "agreement_channel": np.int8, "agreement_from": np.int16,
        "agreement_until": np.int16, "agreement_weekday": np.int8, "agreement_day": np.int32,
        "agreement_end": np.int64, "agreement_address": np.int32,
    },
    "notice_off": {"notice_at": np.int64, "notice_from": np.int64, "notice_until": np.int64},
    "override_off": {
        "override_at": np.int64, "override_rule": np.int16, "override_channel": np.int8,
        "override_from": np.int64, "override_until": np.int64,
    },
}  # fmt: skip


def table_of(people: list[PersonFacts]) -> FactTable:
    """The columns of `people`: the inverse of `person`, for tests and small sets.

    A phone and the id of an instalment plan are the decimal text of their hash, as `person` writes
    them.
    """
    zones = tuple(dict.fromkeys(p.zone for p in people)) or ("Asia/Shanghai",)
    places = tuple(dict.fromkeys(p.jurisdiction for p in people)) or ("CN",)
    rules = tuple(dict.fromkeys(one.rule for p in people for one in p.overrides))
    rows: dict[str, list[tuple[Any, ...]]] = {name: [] for name in LISTS}
    offsets: dict[str, list[int]] = {name: [0] for name in LISTS}
    address_ids: list[str] = []
    for p in people:
        row_of = {a.address_id: len(address_ids) + k for k, a in enumerate(p.addresses)}
        address_ids += [a.address_id for a in p.addresses]
        for offset, found in _rows(p, row_of, rules).items():
            rows[offset] += found
            offsets[offset].append(len(rows[offset]))
    columns: dict[str, Any] = {
        name: np.array([row[k] for row in rows[offset]], dtype)
        for offset, kinds in LISTS.items()
        for k, (name, dtype) in enumerate(kinds.items())
    }
    columns |= {name: np.array(values, np.int32) for name, values in offsets.items()}
    return FactTable(
        debtor_ids=tuple(p.debtor_id for p in people),
        amount=np.array([p.amount for p in people], np.int64),
        overdue_since=np.array([p.overdue_since.toordinal() for p in people], np.int32),
        open_cases=np.array([p.open_cases for p in people], np.int16),
        flags=np.array([int(p.flags) for p in people], np.int32),
        limitation=np.array([_ordinal(p.limitation) for p in people], np.int32),
        zone=np.array([zones.index(p.zone) for p in people], np.int16),
        zones=zones,
        jurisdiction=np.array([places.index(p.jurisdiction) for p in people], np.int16),
        jurisdictions=places,
        address_ids=tuple(address_ids),
        override_rules=rules,
        **columns,
    )


def _ordinal(day: date | None) -> int:
    return NO_DAY if day is None else day.toordinal()


def _ends(at: datetime | None) -> int:
    return NEVER if at is None else instant(at)


def _degrees(value: float | None) -> float:
    return float("nan") if value is None else value


def _rows(
    p: PersonFacts, row_of: dict[str, int], rules: tuple[str, ...]
) -> dict[str, list[tuple[Any, ...]]]:
    """One person's lists by their offset column; values in the order of `LISTS`."""
    return {
        "address_off": [
            (int(a.kind), int(a.region), int(a.grade), a.valid, _degrees(a.lat), _degrees(a.lon))
            for a in p.addresses
        ],
        "contact_off": [
            (instant(c.at), CHANNELS.index(c.channel), CODES.index(c.code),
             RESULTS.index(c.result) if c.result else -1, int(c.phone or 0),
             row_of.get(c.address_id, -1))
            for c in p.contacts
        ],
        "promise_off": [
            (one.due.toordinal(), instant(one.made_at), one.amount, int(one.plan_id or 0), paid)
            for one, paid in zip(p.promises, p.promises_paid, strict=True)
        ],
        "payment_off": [(instant(one.at), one.amount) for one in p.payments],
        "hold_off": [(int(h.kind), instant(h.start), _ends(h.until)) for h in p.holds],
        "agreement_off": [
            (instant(a.at), CHANNELS.index(a.channel), a.start, a.end, a.weekday,
             _ordinal(a.day), _ends(a.ended), row_of.get(a.address_id, -1))
            for a in p.agreements
        ],
        "notice_off": [(instant(n.at), instant(n.start), instant(n.end)) for n in p.notices],
        "override_off": [
            (instant(o.at), rules.index(o.rule), CHANNELS.index(o.channel), instant(o.start),
             instant(o.end))
            for o in p.overrides
        ],
    }  # fmt: skip
