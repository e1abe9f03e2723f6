"""What the ranking knows about a person, and what it must not know."""

from dataclasses import fields, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_people import DAY, PARAMS, at, contact, payment, person, promise, random_people, scored

from planner.domain.codes import Flag, HoldKind, PromiseState
from planner.domain.facts import PersonFacts, table_of
from planner.domain.people import Hold
from planner.domain.promise import promise_state
from planner.ranking.features import Features, features


def known(*people: PersonFacts, day: date = DAY) -> Features:
    """Features of some people."""
    return features(table_of(list(people)), day, PARAMS)


@pytest.mark.parametrize(
    ("code", "result", "evasion"),
    [
        ("CALL-NA", "", 0.15), ("CALL-BUSY", "", 0.15), ("CALL-OFF", "", 0.15),
        ("CALL-REJ", "", 0.15), ("VIS-NC", "", 0.15),
        ("CALL-INV", "", 0.8), ("VIS-MOVED", "", 0.8), ("VIS-ADR-BAD", "", 0.8),
        ("VIS-REFUSE", "", 0.7), ("CALL-RPC", "OUT-RTP", 0.7), ("VIS-RPC", "OUT-RTP", 0.7),
        ("CALL-RPC", "", -0.2), ("CALL-RPC", "OUT-PTP", -0.2), ("VIS-RPC", "OUT-PTP", 0.0),
        ("CALL-RPC", "OUT-DISP", -0.2), ("VIS-RPC", "OUT-CEASE", 0.0), ("VIS-RPC", "OUT-CMPL", 0.0),
        ("CALL-TPC", "", 0.0), ("VIS-TPC", "", 0.0), ("MSG-SENT", "", 0.0),
        ("MSG-FAILED", "", 0.0), ("VIS-ABORT-SAFE", "", 0.0),
    ],
)  # fmt: skip
def test_evasion_of_a_contact(code: str, result: str, evasion: float) -> None:
    """Each disposition moves E by its documented weight; using a right never raises it."""
    facts = person(contacts=(contact(code, at(0, 10), result),))
    assert known(facts).evasion[0] == pytest.approx(evasion)


def test_evasion_fades_and_silence_is_capped() -> None:
    """A weight halves every 30 days; any number of unanswered calls counts at most .9."""
    refusal = person(contacts=(contact("VIS-REFUSE", at(60, 10)),))
    silence = person(contacts=tuple(contact("CALL-NA", at(1, 8 + k)) for k in range(12)))
    assert known(refusal, silence).evasion.tolist() == pytest.approx([0.7 / 4, 0.9])


def test_promises_and_payments() -> None:
    """Broken raises E from its due day on, kept and paid lower it, a live promise does nothing."""
    due = DAY - timedelta(days=30)
    made = at(40, 10)
    broken = person(promises=(promise(made, due),), promises_paid=(0,))
    partly = person(promises=(promise(made, due),), promises_paid=(40_000,))
    kept = person(promises=(promise(made, due),), promises_paid=(100_000,))
    live = person(promises=(promise(made, DAY - timedelta(days=1)),), promises_paid=(0,))
    paid = person(payments=(payment(at(30, 10)),))
    result = known(broken, partly, kept, live, paid)
    assert result.evasion.tolist() == pytest.approx([0.5, 0, -0.5, 0, -0.4])
    assert result.broken.tolist() == [1, 0, 0, 0, 0]
    assert result.kept.tolist() == [0, 0, 1, 0, 0]


@given(st.integers(0, 1000), st.integers(0, 1000), st.integers(-20, 20))
def test_promise_states_are_those_of_the_domain(amount: int, paid: int, late: int) -> None:
    """Kept and broken agree with the one definition of a promise's state."""
    due = DAY - timedelta(days=late)
    facts = person(promises=(promise(at(30, 9), due, amount),), promises_paid=(paid,))
    result, state = known(facts), promise_state(amount, due, paid, DAY)
    assert bool(result.kept[0]) == (state is PromiseState.KEPT)
    assert bool(result.broken[0]) == (state is PromiseState.BROKEN)


def test_hardship_by_flag_hold_or_word() -> None:
    """Hardship is known from the flag, a hold in force, or what was said within a year."""
    told = contact("VIS-RPC", at(40, 10), "OUT-HARD")
    ended = Hold("", "", HoldKind.HARDSHIP, at(60, 9), at(20, 9))
    result = known(
        person(flags=Flag.HARDSHIP),
        person(holds=(replace(ended, until=None),)),
        person(contacts=(told,)),
        person(holds=(ended,)),
        person(contacts=(replace(told, at=at(400, 10)),)),
        person(flags=Flag.VULNERABLE),
    )
    assert result.hardship.tolist() == [1, 1, 1, 0, 0, 0]


def test_watch_takes_the_strongest_reason() -> None:
    """Limitation, moving, several loans and the lead's mark: the highest one counts."""
    soon = DAY + timedelta(days=60)
    result = known(
        person(limitation=soon, flags=Flag.WATCH),
        person(limitation=soon + timedelta(days=1)),
        person(limitation=DAY - timedelta(days=1)),
        person(flags=Flag.MOVING_SOON | Flag.WATCH),
        person(yuan=25_000, open_cases=2),
        person(yuan=22_500, open_cases=3),
        person(yuan=25_000, open_cases=1),
        person(flags=Flag.WATCH),
    )
    assert result.watch.tolist() == pytest.approx([1, 0, 0, 0.9, 0.7, 0.35, 0, 0.5])


def test_recent_visits_are_counted_in_local_days() -> None:
    """Every visit of the last 30 days counts, whatever came of it; calls do not."""
    codes = ("VIS-NC", "VIS-TPC", "VIS-ABORT-SAFE", "CALL-NA")
    contacts = tuple(contact(code, at(29, 8 + k)) for k, code in enumerate(codes))
    older = contact("VIS-NC", at(30, 21))
    assert known(person(contacts=(older, *contacts))).visits.tolist() == [3]


def _equal(one: Any, other: Any) -> None:
    for field in fields(one):
        mine, yours = getattr(one, field.name), getattr(other, field.name)
        if isinstance(mine, np.ndarray):
            assert np.array_equal(mine, yours, equal_nan=True), field.name


def test_the_future_changes_nothing() -> None:
    """With events after the day added, every feature and every score stays as it was."""
    past, both = random_people(200), random_people(200, future=True)
    assert sum(len(b.contacts) - len(p.contacts) for p, b in zip(past, both, strict=True)) == 400
    one, other = known(*past), known(*both)
    _equal(one, other)
    _equal(one.trail, other.trail)
    _equal(scored(past), scored(both))


def test_today_ends_with_the_local_day() -> None:
    """A visit late in the evening of the day is known, one after midnight is not."""
    late = person(contacts=(contact("VIS-NC", at(0, 23, 59)),))
    next_day = person(contacts=(contact("VIS-NC", at(-1, 0, 0)),))
    result = known(late, next_day, replace(next_day, zone="America/New_York"))
    assert result.visits.tolist() == [1, 0, 1]


def test_no_forbidden_feature() -> None:
    """The columns used are the listed ones; nothing personal or of the district is among them."""
    allowed = {
        "amount", "days", "evasion", "kept", "broken", "hardship", "visits", "watch", "address",
        "belief", "trail",
    }  # fmt: skip
    assert {field.name for field in fields(Features)} == allowed
