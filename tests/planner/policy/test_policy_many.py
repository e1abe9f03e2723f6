"""The columnar judge says what the scalar one says."""

import functools
from dataclasses import replace
from datetime import date, timedelta
from random import Random

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from policy_people import TUESDAY, home, random_person, somebody, somewhere, with_terms
from policy_tools import PACKS, same

from planner.domain.codes import AddressKind
from planner.domain.facts import FactTable, PersonFacts, person, table_of
from planner.policy.judge_many import judge_many
from planner.policy.pack import (
    House,
    Policies,
    Rulebook,
    default_policies,
    default_policy,
    load_policies,
)


def agree(seed: int, policy: Rulebook, count: int = 20) -> None:
    """Judge `count` random people both ways on a random day."""
    rnd = Random(seed)
    day = date(2026, 1, 1) + timedelta(days=rnd.randrange(500))
    people = [with_terms(rnd, random_person(rnd, day, k), day) for k in range(count)]
    if isinstance(policy, Policies):
        people = [somewhere(rnd, p) if rnd.random() < 0.95 else p for p in people]
    verdicts = judge_many(table_of(people), policy, day)
    for i, facts in enumerate(people):
        same(verdicts, i, facts, policy, day)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_both_judges_agree(seed: int) -> None:
    """1,200 random people: same rule, same end, same windows."""
    agree(seed, default_policy())


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_both_judges_agree_on_mixed_books(seed: int) -> None:
    """1,200 random people of all countries in books of twenty: each by the own country's rules."""
    agree(seed, default_policies())


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.integers(0, 2**32))
def test_both_judges_agree_with_options(seed: int) -> None:
    """The same with optional parts switched on."""
    agree(seed, with_options())


@functools.cache
def with_options() -> Policies:
    """The shipped packs with every option."""
    return load_policies(PACKS, house=House(options=("in-microfinance",)))


@pytest.mark.full
def test_both_judges_agree_at_length() -> None:
    """The same for 100,000 random people at home and 100,000 anywhere."""
    for seed in range(5000):
        agree(seed, default_policy())
        agree(seed, with_options())


def test_nobody() -> None:
    """An empty book has empty answers."""
    verdicts = judge_many(table_of([]), default_policy(), TUESDAY)
    assert verdicts.eligible.shape == (0,)
    assert verdicts.windows.shape[0] == 0


def test_addresses_a_visit_may_go_to() -> None:
    """Only permitted, valid, located and believed addresses are offered."""
    places = (
        home(),
        home(address_id="A2", kind=AddressKind.RELATIVE),
        home(address_id="A3", kind=AddressKind.WORK),
        home(address_id="A4", valid=False),
        home(address_id="A5", lat=None, lon=None),
    )
    verdicts = judge_many(table_of([somebody(addresses=places)]), default_policy(), TUESDAY)
    assert verdicts.addresses.tolist() == [True, False, False, False, False]


def test_a_person_taken_from_the_table_is_judged_alike() -> None:
    """`person(table, i)` and the row itself get one answer."""
    rnd = Random(7)
    table = table_of([random_person(rnd, TUESDAY, k) for k in range(50)])
    verdicts = judge_many(table, default_policy(), TUESDAY)
    for i in range(table.n):
        same(verdicts, i, person(table, i), default_policy(), TUESDAY)


def hundred_thousand(few: list[PersonFacts]) -> tuple[FactTable, FactTable]:
    """500 people with five contacts each, and the same 200 times over."""
    few = [replace(p, contacts=(p.contacts * 5)[:5] or somebody().contacts) for p in few]
    few = [replace(p, contacts=tuple(sorted(p.contacts, key=lambda c: c.at))) for p in few]
    small, times = table_of(few), 200
    n = small.n * times
    columns: dict[str, object] = {}
    for name in small.__dataclass_fields__:
        value = getattr(small, name)
        if name.endswith("_off"):
            steps = np.tile(np.diff(value), times)
            columns[name] = np.concatenate([[0], np.cumsum(steps)]).astype(np.int64)
        elif isinstance(value, np.ndarray):
            columns[name] = np.tile(value, times)
        elif name in ("debtor_ids", "address_ids"):
            columns[name] = value * times
    for items, name in ((small.contact_at, "contact"), (small.agreement_at, "agreement")):
        rows = np.repeat(np.arange(times) * len(small.address_ids), len(items))
        old = np.tile(getattr(small, f"{name}_address"), times)
        columns[f"{name}_address"] = np.where(old < 0, -1, old + rows).astype(np.int32)
    table = replace(small, **columns)  # type: ignore[arg-type]
    assert table.n == n == 100_000
    return small, table


def repeats(small: FactTable, table: FactTable, policy: Rulebook) -> None:
    """The judgement of `table` repeats that of `small`."""
    again, verdicts = (judge_many(one, policy, TUESDAY) for one in (small, table))
    assert np.array_equal(verdicts.rule, np.tile(again.rule, table.n // small.n))


def test_a_hundred_thousand_people_are_judged_as_a_few() -> None:
    """100,000 persons with five contacts each get what 500 of them get, also when eleven
    countries' people stand in one book and a few have agreed hours."""
    rnd = Random(1)
    home = [replace(random_person(rnd, TUESDAY, k), zone="Asia/Shanghai") for k in range(500)]
    repeats(*hundred_thousand(home), default_policy())
    mixed = [replace(somewhere(rnd, p), debtor_id=p.debtor_id) for p in home]
    mixed[:5] = [with_terms(rnd, p, TUESDAY) for p in mixed[:5]]
    repeats(*hundred_thousand(mixed), default_policies())
