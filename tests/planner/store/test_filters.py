"""Filters of the cases: each part says what a plain reading of the persons says."""

import random
from datetime import date, timedelta
from pathlib import Path

import pytest
from store_factory import append, listed, make_store, random_event

from planner.actions.filters import (
    DUE_SOON,
    NOWHERE,
    PROMISES,
    QUALITY,
    SAVED_KEY,
    Filter,
    choices,
    delete_filter,
    fitting,
    save_filter,
    saved_filters,
    stage_days,
)
from planner.actions.rank import Ranking, rank
from planner.domain.codes import CODES, Grade, PromiseState
from planner.domain.people import Debtor
from planner.domain.promise import TOLERANCE, promise_state, promise_states
from planner.store import settings
from planner.store.facts import load_person_facts
from planner.store.people import load_debtor
from planner.store.store import Store

DAY = date(2026, 3, 2)


@pytest.fixture
def book(tmp_path: Path) -> tuple[Store, Ranking]:
    """Twelve persons with random histories."""
    rnd = random.Random(5)
    store = make_store(tmp_path)
    append(store, *(random_event(rnd, f"P{rnd.randrange(12)}") for _ in range(300)))
    append(store, listed("Q", phones=[], id_number="", addresses=[]))
    home = {"address_id": "R1", "text": "云岭市青石县桥头镇5号", "township": "桥头镇"}
    work = {"address_id": "R2", "text": "云岭市中心区枫桥大道283号"}
    append(store, listed("R", addresses=[home, work]), listed("S", addresses=[work]))
    return store, rank(store, DAY)


def _fit(store: Store, ranking: Ranking, chosen: Filter) -> set[str]:
    mask = fitting(store, ranking, chosen)
    return {who for who, fits in zip(ranking.table.debtor_ids, mask.tolist(), strict=True) if fits}


def _quality(one: Debtor) -> set[str]:
    spots = [a for a in one.addresses if a.valid and a.lat is not None]
    near = [a for a in spots if a.grade < Grade.TOWNSHIP]
    found = {
        "no_phone": not one.phones, "no_id": not one.id_number, "no_address": not one.addresses,
        "no_position": not spots, "coarse_position": bool(spots) and not near,
        "good": bool(near and one.phones and one.id_number),
    }  # fmt: skip
    return {name for name, holds in found.items() if holds}


def _named(asked: str, name: str) -> bool:
    return not asked or name == ("" if asked == NOWHERE else asked)


def _expected(store: Store, ranking: Ranking, chosen: Filter) -> set[str]:
    fits = set()
    for who in ranking.table.debtor_ids:
        with store.read() as conn:
            one, facts = load_debtor(conn, who), load_person_facts(conn, who, DAY)
        late = max(0, (DAY - facts.overdue_since).days)
        last = facts.contacts[-1].code if facts.contacts else "none"
        promise = "none"
        if facts.promises:
            plan = facts.promises[-1].plan_id
            words = [
                (word, paid)
                for word, paid in zip(facts.promises, facts.promises_paid, strict=True)
                if plan and word.plan_id == plan
            ] or [(facts.promises[-1], facts.promises_paid[-1])]
            open_ = [(word, paid) for word, paid in words if paid < word.amount * TOLERANCE]
            word, paid = min(open_, key=lambda one: one[0].due, default=words[-1])
            promise = promise_state(word.amount, word.due, paid, DAY).name.lower()
        states = promise_states(facts.promises, facts.promises_paid, DAY)
        soon = any(
            state is PromiseState.PENDING and word.due < DAY + timedelta(days=7)
            for word, state in zip(facts.promises, states, strict=True)
        )
        low, high = stage_days(ranking.policy, chosen.stage)
        lenders = {case.lender for case in one.cases if case.status == "open"}
        shown = min(one.addresses, key=lambda a: (not a.valid, a.grade, a.address_id), default=None)
        holds = (
            not chosen.lender or chosen.lender in lenders,
            low is None or low <= late <= (high if high is not None else late),
            chosen.amount_from is None or facts.amount >= chosen.amount_from,
            chosen.amount_to is None or facts.amount <= chosen.amount_to,
            chosen.days_from is None or late >= chosen.days_from,
            chosen.days_to is None or late <= chosen.days_to,
            not (chosen.county or chosen.township)
            or (
                shown is not None
                and _named(chosen.county, shown.county)
                and _named(chosen.township, shown.township)
            ),
            not chosen.promise
            or (soon if chosen.promise == DUE_SOON else promise == chosen.promise),
            not chosen.last or last == chosen.last,
            not chosen.quality or chosen.quality in _quality(one),
        )
        if all(holds):
            fits.add(who)
    return fits


def test_every_part_says_what_a_plain_reading_says(book: tuple[Store, Ranking]) -> None:
    """Each value of each part, alone, leaves the persons whom plain Python finds; together the
    parts leave those who fit all of them."""
    store, ranking = book
    offered = choices(store, ranking)
    amounts = sorted(ranking.table.amount.tolist())
    middle = amounts[len(amounts) // 2]
    asked = [
        *(Filter(lender=one) for one in offered.lenders),
        *(Filter(stage=one) for one in offered.stages),
        *(Filter(county=one or NOWHERE) for one, _ in offered.places),
        *(Filter(county=one or NOWHERE, township=town or NOWHERE)
          for one, towns in offered.places for town in towns),
        Filter(township="nowhere"), Filter(county="%"), Filter(township="河西镇"),
        *(Filter(promise=one) for one in PROMISES), *(Filter(quality=one) for one in QUALITY),
        *(Filter(last=one) for one in (*offered.last, "none", CODES[-1])),
        Filter(amount_from=middle), Filter(amount_to=middle), Filter(days_from=31, days_to=400),
        Filter(amount_from=middle, promise="none"), Filter(last="none", quality="no_phone"),
    ]  # fmt: skip
    for chosen in asked:
        assert _fit(store, ranking, chosen) == _expected(store, ranking, chosen), chosen
    assert _fit(store, ranking, Filter()) == set(ranking.table.debtor_ids)
    store.close()


def test_a_saved_filter_comes_back_as_it_was(book: tuple[Store, Ranking]) -> None:
    """Named filters live in the workspace, sorted by name; the same name replaces, deleting one
    that is not there does nothing, a part that nobody knows is left out; what once asked for a
    part of an address asks for the township."""
    store, _ = book
    mine = Filter(lender="甲银行", days_from=31, tab="ready")
    save_filter(store, " 大额  晚期 ", mine)
    save_filter(store, "乙", Filter(quality="no_phone"))
    assert saved_filters(store) == {"乙": Filter(quality="no_phone"), "大额 晚期": mine}
    save_filter(store, "乙", Filter(township="河东"))
    delete_filter(store, "大额 晚期")
    delete_filter(store, "nobody")
    assert saved_filters(store) == {"乙": Filter(township="河东")}
    with store.write() as tx:
        settings.put(tx, SAVED_KEY, {"old": {"place": "河东镇", "colour": "red"}})
    assert saved_filters(store) == {"old": Filter(township="河东镇")}
    with pytest.raises(ValueError, match="name"):
        save_filter(store, "  ", mine)
    store.close()


def test_the_list_alone_narrows_nothing() -> None:
    """A filter that only remembers its list asks for nothing."""
    assert not Filter(tab="ready").asks
    assert Filter(amount_from=0).asks
