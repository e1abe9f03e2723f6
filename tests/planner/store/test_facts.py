"""Facts: the columns, the single person and a second opinion in plain Python agree."""

import random
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from store_factory import NOW, ZONE, append, expected, listed, make_store, random_event, visit

from planner.domain.facts import NEVER, FactTable, PersonFacts, person, table_of
from planner.domain.people import Address
from planner.errors import PlannerError
from planner.store.facts import load_facts, load_person_facts
from planner.store.promises import paid_towards, window_end
from planner.store.state import mark
from planner.store.store import Store, undo

DAY = date(2026, 3, 2)


def _plain_place(place: Address) -> Address:
    return replace(
        place, text="", source="", township="", datum="", placed=None, placed_by="", confirmed=False
    )


def plain(facts: PersonFacts) -> PersonFacts:
    """A person of `load_person_facts` reduced to what the columns hold."""
    places = {one.address_id for one in facts.addresses}
    return replace(
        facts,
        addresses=tuple(_plain_place(a) for a in facts.addresses),
        contacts=tuple(
            replace(
                c, event_id="", note="", phone=str(mark(c.phone)) if c.phone else "",
                address_id=c.address_id if c.address_id in places else "", at=c.at.astimezone(UTC),
            )
            for c in facts.contacts
        ),
        promises=tuple(
            replace(p, promise_id="", plan_id=str(mark(p.plan_id)) if p.plan_id else "")
            for p in facts.promises
        ),
        payments=tuple(replace(p, event_id="") for p in facts.payments),
        holds=tuple(replace(h, hold_id="", reason="") for h in facts.holds),
        agreements=tuple(
            replace(
                a, agreement_id="", evidence="",
                address_id=a.address_id if a.address_id in places else "",
            )
            for a in facts.agreements
        ),
        notices=tuple(replace(n, notice_id="", evidence="") for n in facts.notices),
        overrides=tuple(replace(o, override_id="", reason="", by="") for o in facts.overrides),
    )  # fmt: skip


def same_columns(left: FactTable, right: FactTable) -> None:
    for name in FactTable.__slots__:
        one, other = getattr(left, name), getattr(right, name)
        if name == "override_rule":
            names, others = left.override_rules, right.override_rules
            assert [names[k] for k in one] == [others[k] for k in other]
        elif name in ("zone", "jurisdiction"):
            names, others = getattr(left, f"{name}s"), getattr(right, f"{name}s")
            assert [names[k] for k in one] == [others[k] for k in other]
        elif name in ("zones", "jurisdictions", "override_rules", "pids"):
            continue
        elif isinstance(one, Sequence):
            assert one == other, name
        else:
            assert one.dtype == other.dtype, name
            np.testing.assert_array_equal(one, other, err_msg=name)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32))
def test_three_loaders_agree(seed: int) -> None:
    """On random histories the columns equal a plain-Python reading of the events themselves,
    and the one-person loader."""
    rnd = random.Random(seed)
    people = [f"P{k}" for k in range(12)]
    events = [random_event(rnd, rnd.choice(people)) for _ in range(150)]
    day = DAY + timedelta(rnd.randrange(-20, 3))
    with tempfile.TemporaryDirectory() as folder, make_store(Path(folder)) as store:
        for start in range(0, len(events), 25):
            append(store, *events[start : start + 25])
        with store.read() as conn:
            table = load_facts(conn, day, zone=ZONE)
            singles = [plain(load_person_facts(conn, who, day)) for who in table.debtor_ids]
            some = load_facts(conn, day, zone=ZONE, debtor_ids=people[:4])
    opinions = {who: expected(who, events, day) for who in people}
    assert set(table.debtor_ids) == {who for who, facts in opinions.items() if facts}
    right = [opinions[who] for who in table.debtor_ids]
    assert [person(table, k) for k in range(table.n)] == right == singles
    same_columns(table, table_of([one for one in right if one]))
    chosen = [one for one in right if one and one.debtor_id in people[:4]]
    assert [person(some, k) for k in range(some.n)] == chosen


def test_rows_are_ordered_by_first_case(tmp_path: Path) -> None:
    """Row order is that of the first open case id, whoever was listed first."""
    with make_store(tmp_path) as store:
        case = {"lender": "银行", "amount_overdue": 1, "overdue_since": "2026-01-01"}
        append(
            store,
            listed("A", cases=[{"case_id": "银行/9", **case}]),
            listed("B", cases=[{"case_id": "银行/5", **case}, {"case_id": "银行/99", **case}]),
            listed("C", cases=[{"case_id": "银行/1", "status": "paid", **case}]),
        )
        with store.read() as conn:
            assert load_facts(conn, DAY, zone=ZONE).debtor_ids == ("B", "A")


def test_an_empty_workspace_has_an_empty_table(tmp_path: Path) -> None:
    """Nothing recorded: a table of no rows with offsets of length one."""
    with make_store(tmp_path) as store, store.read() as conn:
        table = load_facts(conn, DAY, zone=ZONE)
    assert table.n == 0
    assert table.contact_off.tolist() == [0]


def test_later_contacts_are_there(tmp_path: Path) -> None:
    """The table holds everything recorded up to now, also what lies after the day."""
    with make_store(tmp_path) as store:
        append(store, listed("A"), visit("A", NOW + timedelta(days=3)))
        with store.read() as conn:
            assert len(load_facts(conn, DAY, zone=ZONE).contact_at) == 1


def test_open_hold_never_ends(tmp_path: Path) -> None:
    """A hold without an end is NEVER in the columns and None in the person."""
    with make_store(tmp_path) as store:
        hold = replace(visit("A"), kind="hold", payload={"hold_id": "h", "kind": 4})
        append(store, listed("A"), hold)
        with store.read() as conn:
            assert load_facts(conn, DAY, zone=ZONE).hold_until.tolist() == [NEVER]
            assert load_person_facts(conn, "A", DAY).holds[0].until is None


def test_phones_of_one_person_are_clear(tmp_path: Path) -> None:
    """The one-person loader gives the number that was dialled, not its mark."""
    with make_store(tmp_path) as store:
        call = {"channel": "call", "code": "CALL-NA", "phone": "13800001234"}
        append(store, listed("A"), replace(visit("A"), payload=call))
        with store.read() as conn:
            assert load_person_facts(conn, "A", DAY).contacts[0].phone == "13800001234"


def test_unknown_person_is_a_coded_error(tmp_path: Path) -> None:
    """Asking for nobody says so."""
    with (
        make_store(tmp_path) as store,
        store.read() as conn,
        pytest.raises(PlannerError) as caught,
    ):
        load_person_facts(conn, "nobody", DAY)
    assert caught.value.code == "store.unknown_person"


def test_money_is_never_counted_twice() -> None:
    """Two promises that are open at once share a payment: the earlier due is filled first."""
    first, second = (0, 100, 5, 1000), (10, 200, 9, 1000)
    assert paid_towards([first, second], [(50, 1500)], 999) == [1000, 500]
    assert paid_towards([second, first], [(50, 1500)], 999) == [500, 1000]
    assert paid_towards([first, second], [(5, 700), (150, 700)], 999) == [700, 700]


def test_money_outside_the_window_does_not_count() -> None:
    """A payment at the moment of the promise or before, or after the grace day, is not counted."""
    assert paid_towards([(10, 100, 5, 1000)], [(10, 400), (9, 400), (100, 400)], 999) == [0]
    assert paid_towards([(10, 100, 5, 1000)], [(11, 400), (99, 400)], 999) == [800]


def test_window_ends_with_the_grace_day_or_the_day_asked() -> None:
    """The window closes at local midnight after the day of grace, or after the day asked for."""
    zone = ZoneInfo(ZONE)
    midnight = int(datetime(2026, 3, 7, tzinfo=zone).timestamp())
    assert window_end(date(2026, 3, 5), date(2026, 4, 1), zone) == midnight
    assert window_end(date(2026, 3, 9), date(2026, 3, 6), zone) == midnight


def test_undone_contacts_leave_the_facts(tmp_path: Path) -> None:
    """After an undo neither loader sees the contact."""
    with make_store(tmp_path) as store:
        append(store, listed("A"))
        batch = append(store, visit("A"))
        with store.write() as tx:
            undo(tx, batch)
        assert _contacts(store) == (0, 0)


def _contacts(store: Store) -> tuple[int, int]:
    with store.read() as conn:
        return (
            len(load_facts(conn, DAY, zone=ZONE).contact_at),
            len(load_person_facts(conn, "A", DAY).contacts),
        )
