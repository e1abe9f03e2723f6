"""How often a person is visited: stages, pauses, and what lengthens or shortens them."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from policy_people import (
    TUESDAY,
    at,
    contact,
    days_before,
    paid,
    plus,
    promise,
    somebody,
)
from policy_tools import changed, same
from test_policy_boundaries import abroad

from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts, table_of
from planner.domain.people import Contact
from planner.policy.cadence import Cadence, cadence
from planner.policy.judge import judge
from planner.policy.judge_many import judge_many
from planner.policy.pack import default_policies, default_policy, parse_pack
from planner.policy.strip import strip
from planner.words import sentence


def visit(ago: int, code: str = "VIS-RPC", result: str = "OUT-RTP") -> Contact:
    """A visit so many days before TUESDAY at ten."""
    return contact(code, days_before(TUESDAY, ago), result, address_id="A1")


def rhythm(facts: PersonFacts, day: date = TUESDAY) -> Cadence:
    """The cadence, held against both judges."""
    found = cadence(facts, default_policies(), day)
    assert found is not None
    many = judge_many(table_of([facts]), default_policies(), day)
    same(many, 0, facts, default_policies(), day)
    return found


def test_the_first_visit_may_come_at_once() -> None:
    """Nobody was visited yet: visit 1 of at most 4, on the first open day, at once."""
    found = rhythm(somebody())
    assert (found.stage, found.objective) == ("middle", "agree")
    assert (found.visit_number, found.most_in_stage) == (1, 4)
    assert (found.next_from, found.reasons) == (TUESDAY, ())


@pytest.mark.parametrize(
    ("code", "result", "days", "reason"),
    [
        ("VIS-RPC", "OUT-PAID", 21, "after.paid"),
        ("VIS-RPC", "OUT-PTP", 14, "after.promised"),
        ("VIS-RPC", "OUT-PLAN", 14, "after.promised"),
        ("VIS-RPC", "", 10, "after.talked"),
        ("VIS-TPC", "", 10, "after.others"),
        ("VIS-NC", "", 4, "after.nobody"),
        ("VIS-MOVED", "", 4, "after.wrong"),
    ],
)
def test_the_pause_depends_on_the_outcome(code: str, result: str, days: int, reason: str) -> None:
    """Three weeks when paid, two when promised, ten days when met, four when nobody was."""
    facts = somebody(contacts=(visit(2, code, result),))
    found = rhythm(facts)
    begin = days_before(TUESDAY, 2) + timedelta(days=days)
    assert found.next_from is not None
    assert 0 <= (found.next_from - begin.date()).days <= 1  # a Sunday is passed over
    assert found.reasons[0].code == reason
    assert found.reasons[0].params == {"days": days}
    assert found.visit_number == 2


def reasons(facts: PersonFacts) -> list[str]:
    """The codes of the reasons."""
    return [one.code for one in rhythm(facts).reasons]


def test_cooperation_lengthens() -> None:
    """A payment within 90 days before the visit, or after it, makes ten days fifteen."""
    met = somebody(contacts=(visit(2, result=""),))
    assert reasons(met) == ["after.talked"]
    for ago, code in ((1, "longer"), (92, None), (91, "longer")):
        lately = replace(met, payments=(paid(days_before(TUESDAY, ago)),))
        assert ("longer" in reasons(lately)) == (code is not None), ago
    kept = replace(
        met,
        promises=(promise(TUESDAY - timedelta(days=20), days_before(TUESDAY, 30)),),
        promises_paid=(1000_00,),
    )
    assert rhythm(kept).reasons[0].params == {"days": 15}
    assert rhythm(kept).reasons[1].params == {"days": 5}


def test_evasion_shortens_down_to_the_least() -> None:
    """A promise broken before the visit makes fourteen days ten, and four stays four."""
    word = {
        "promises": (promise(TUESDAY - timedelta(days=20), days_before(TUESDAY, 30)),),
        "promises_paid": (0,),
    }
    promised = somebody(contacts=(visit(2, result="OUT-PTP"),), **word)
    assert reasons(promised) == ["after.promised", "shorter"]
    assert rhythm(promised).reasons[0].params == {"days": 10}
    nobody = somebody(contacts=(visit(2, "VIS-NC", ""),), **word)
    assert rhythm(nobody).reasons[0].params == {"days": 4}
    both = replace(promised, payments=(paid(days_before(TUESDAY, 40)),))
    assert rhythm(both).reasons[0].params == {"days": 21}


def test_a_stage_holds_no_more() -> None:
    """After four visits of the middle stage the next comes with the late one; after six, never."""
    since = TUESDAY - timedelta(days=80)
    made = tuple(visit(n, "VIS-NC", "") for n in (48, 40, 36, 31))
    facts = somebody(overdue_since=since, contacts=made)
    found = rhythm(facts)
    assert (found.visit_number, found.most_in_stage) == (5, 4)
    assert found.next_from == since + timedelta(days=91)
    assert [one.code for one in found.reasons] == ["stage_full"]
    late = replace(facts, overdue_since=TUESDAY - timedelta(days=300), contacts=(
        *(visit(n, "VIS-NC", "") for n in (120, 100)), *made))  # fmt: skip
    assert rhythm(late).next_from is None
    assert judge(late, default_policy(), TUESDAY).rule == "cn.house.pace"


def test_the_counts_of_the_law_are_reasons_too() -> None:
    """Where a counter or another pause bars longer than the rhythm, it is named."""
    facts = somebody(contacts=tuple(visit(n, "VIS-NC", "") for n in (28, 20, 12)))
    found = rhythm(facts)
    assert [one.params for one in found.reasons] == [{"rule": "cn.house.visits.period"}]
    russian = abroad("RU", contacts=(contact("VIS-NC", at("2026-11-23 16:00")),))
    ids = [one.params.get("rule") for one in rhythm(russian).reasons]
    assert "ru.law.visits.week" in ids
    assert "house.visits.week" in ids


def test_no_cliff() -> None:
    """Neither 50,000 yuan nor the day 90 changes the rhythm at a stroke."""
    met = somebody(contacts=(visit(2),))
    for amount in (49_999_00, 50_000_00, 50_001_00, 10_000_000_00):
        assert rhythm(replace(met, amount=amount)) == rhythm(met)
    counts = [
        rhythm(replace(met, overdue_since=TUESDAY - timedelta(days=n))).most_in_stage
        for n in (0, 30, 31, 60, 90, 91, 92, 400)
    ]
    assert counts == [2, 2, 4, 4, 4, 6, 6, 6]
    for n in (90, 91):
        same_wait = replace(met, overdue_since=TUESDAY - timedelta(days=n))
        assert rhythm(same_wait).next_from == rhythm(met).next_from


def test_no_rhythm_without_its_rule() -> None:
    """A pack may do without; then there is nothing to say."""
    policy = parse_pack(changed("house.pace", '"in_force"', '"superseded"').replace(
        'overridable_by = "lead"', ""), "x.toml")  # fmt: skip
    assert cadence(somebody(), policy, TUESDAY) is None


def test_without_open_hours_the_rhythm_alone_decides() -> None:
    """A person in Britain who was told nothing yet: the next visit is from today on."""
    british = abroad("GB", contacts=(contact("CALL-INV", at("2026-11-20 10:00")),))
    assert rhythm(british).next_from == TUESDAY


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_reason_has_words(language: str) -> None:
    """Objectives and reasons are sentences in both languages."""
    groups = ("paid", "promised", "talked", "others", "nobody", "wrong")
    codes = ["stage_full", "longer", "shorter", *(f"after.{group}" for group in groups)]
    codes += [f"objective.{name}" for name in ("remind", "agree", "settle")]
    for code in codes:
        words = sentence(f"cadence.{code}", language, days=3, most=4)
        assert not words.startswith("cadence.")
        assert "{" not in words


# --- the strip of days ---------------------------------------------------------------------------


def test_the_strip_says_when_and_why_not() -> None:
    """Each day has its windows, or the rule that bars it with its source and its end."""
    days = strip(somebody(), default_policies(), TUESDAY, 7)
    assert [one.day for one in days] == [TUESDAY + timedelta(days=k) for k in range(7)]
    assert [bool(one.windows) for one in days] == [True] * 5 + [False, True]
    sunday = days[5]
    assert (sunday.rule, sunday.source) == ("cn.house.closed_days", "House policy, visits")
    assert sunday.until == at("2026-11-30 09:00")
    assert (days[0].rule, days[0].source) == (None, "")


def test_the_strip_of_calls() -> None:
    """Calls have hours of their own, and a counter that is full closes the day."""
    facts = plus(somebody(contacts=()), *(
        contact("CALL-RPC", at(f"2026-11-24 0{hour}:30")) for hour in (8, 9)))  # fmt: skip
    facts = plus(facts, contact("CALL-RPC", at("2026-11-24 10:30")))
    days = strip(facts, default_policies(), TUESDAY, 2, Channel.CALL)
    assert days[0].rule == "cn.law.calls.conversations"
    assert [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in days[1].windows] == [("08:00", "22:00")]
