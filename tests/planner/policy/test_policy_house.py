"""What a workspace changes in its house rules: within the law, seen before it counts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from policy_people import TUESDAY, contact, days_before, random_person, somebody
from policy_tools import CHINA, PACKS

from planner.domain.facts import table_of
from planner.errors import PlannerError
from planner.policy.house import bounding, editable, preview_house
from planner.policy.judge_many import judge_many
from planner.policy.kinds import EDITABLE
from planner.policy.pack import (
    House,
    Policies,
    default_policies,
    default_policy,
    load_policies,
    parse_pack,
)
from planner.policy.stale import stale
from planner.words import explain

Edits = dict[str, dict[str, Any]]
HOURS = {
    "workday": ["09:00-18:00"],
    "saturday": ["10:00-16:00"],
    "makeup_saturday": ["10:00-16:00"],
}


def edited(edits: Edits) -> Policies:
    """The shipped rules with changed house values."""
    return load_policies(PACKS, house=House(edits))


@pytest.mark.parametrize(
    "edits",
    [
        {"cn.house.hours": {"windows": HOURS}},
        {"cn.house.visits.period": {"limit": 2, "by_stage": {"early": 1, "middle": 2, "late": 2}}},
        {"cn.house.cooldown.met": {"days": 20}},
        {"cn.house.closed_days": {"classes": ["sunday", "saturday", "holiday"]}},
        {"cn.house.visitors": {"min": 3, "max": 4}},
        {"cn.house.notice": {"hours": 24}},
        {"gate.call_first": {"no_answer": 5}},
        {"gate.live_promise": {"grace_days": 3}},
        {"data.freshness": {"mark_hours": 12, "reason_hours": 36}},
        {"cn.house.pace": {"longer": 2.0, "look_back": 60}},
    ],
)  # fmt: skip
def test_house_values_can_be_changed(edits: Edits) -> None:
    """Every kind of house value can be changed within the law, and the version shows it."""
    policies = edited(edits)
    assert policies.version != default_policies().version
    (rule_id, values), *_ = edits.items()
    own = next(p for p in policies.places.values() if rule_id in p.rules)
    now = editable(own)[rule_id]
    assert {key: now[key] for key in values} == values


@pytest.mark.parametrize(
    ("edits", "code", "field"),
    [
        ({"cn.house.hours": {"windows": {"workday": ["07:00-20:00"]}}}, "looser_than_law",
         "house.hours"),
        ({"cn.house.calls.attempts": {"limit": 9}}, "looser_than_law", "house.calls.attempts"),
        ({"cn.house.visitors": {"min": 1}}, "looser_than_law", "house.visitors"),
        ({"house.hours": {"windows": HOURS | {"saturday": ["09:00-20:30"]}}},
         "looser_than_law", "house.hours"),
        ({"cn.house.cooldown.met": {"days": 0}}, "out_of_range", "house.cooldown.met.days"),
        ({"cn.house.hours": {"windows": {"workday": ["20:00-09:00"]}}}, "hours_reversed",
         "house.hours.windows.workday"),
        ({"cn.house.pace": {"pause": {"paid": 3}}}, "out_of_range", "house.pace.pause.paid"),
        ({"cn.house.hours": {"channels": ["visit"]}}, "not_editable", "channels"),
        ({"cn.law.calls.attempts": {"limit": 1}}, "not_editable", "limit"),
        ({"gate.deceased": {"flags": []}}, "not_editable", "flags"),
        ({"cn.house.nothing": {"limit": 1}}, "not_known", "cn.house.nothing"),
    ],
)  # fmt: skip
def test_what_is_looser_or_wrong_is_refused(edits: Edits, code: str, field: str) -> None:
    """A refusal names the settings, the field and the reason, in words of both languages."""
    with pytest.raises(PlannerError) as caught:
        edited(edits)
    error = caught.value
    assert (error.code, error.params["field"]) == (f"policy.{code}", field)
    if "file" in error.params:
        assert error.params["file"] == "house_overrides"
    for language in ("en", "zh_CN"):
        assert "{" not in explain(error, language)


def test_only_rules_of_the_house_are_offered() -> None:
    """What may be edited is the house's, with keys of its kind, and the law that bounds it."""
    policy = default_policy()
    offered = editable(policy)
    assert "cn.house.pace" in offered
    assert "gate.deceased" not in offered
    for rule_id, values in offered.items():
        assert policy.rules[rule_id].binding == "house"
        assert set(values) <= set(EDITABLE[policy.rules[rule_id].kind])

    def bounds(rule_id: str) -> set[str]:
        return {rule.id for rule in bounding(policy, policy.rules[rule_id])}

    assert bounds("cn.house.hours") == {"cn.law.hours", "cn.law.hours.association"}
    assert bounds("cn.house.calls.attempts") == {"cn.law.calls.attempts"}
    assert bounds("cn.house.visitors") == {"cn.law.visitors"}
    assert bounds("cn.house.visits.day") == set()
    start = CHINA.index('[house."cooldown.met"]')
    rest = CHINA[start : CHINA.index("[house", start + 1)].replace('overridable_by = "lead"', "")
    rest = rest.replace("house", "law", 2).replace('binding = "house"', 'binding = "law"')
    harder = parse_pack(CHINA + rest, "x.toml")
    found = bounding(harder, harder.rules["cn.house.cooldown.met"])
    assert [rule.id for rule in found] == ["cn.law.cooldown.met"]
    usa = default_policies().places["US"]
    assert bounding(usa, usa.rules["house.cooldown.met"]) == ()
    kept = default_policies().places["IN"].rules
    assert kept["house.place.work"].house


def test_a_change_is_seen_before_it_counts() -> None:
    """The preview names exactly the people a change bars or frees on the day, and by which rule."""
    rnd = Random(3)
    people = [replace(random_person(rnd, TUESDAY, k), zone="Asia/Shanghai") for k in range(300)]
    visited = contact("VIS-RPC", days_before(TUESDAY, 12), "OUT-RTP", address_id="A1")
    people.append(somebody(debtor_id="P12", contacts=(visited,)))
    people.append(
        somebody(debtor_id="P11", contacts=(replace(visited, at=days_before(TUESDAY, 11)),))
    )
    table, before = table_of(people), default_policies()
    after = edited({"cn.house.cooldown.met": {"days": 15}})
    seen = preview_house(table, before, after, TUESDAY)
    now, then = (judge_many(table, policy, TUESDAY) for policy in (before, after))
    assert set(seen.barred) == {
        table.debtor_ids[k] for k in range(table.n) if now.eligible[k] and not then.eligible[k]
    }
    assert {"P11", "P12"} <= set(seen.barred)
    assert seen.freed == ()
    assert seen.rules == {"cn.house.cooldown.met": len(seen.barred)}
    back = preview_house(table, after, before, TUESDAY, then)
    assert (back.barred, set(back.freed), back.rules) == ((), set(seen.barred), {})


@pytest.mark.parametrize(
    ("hours", "marked", "needs_reason"),
    [(0, False, False), (24, False, False), (25, True, False), (72, True, False), (73, True, True)],
)
def test_how_old_the_data_is(hours: int, marked: bool, needs_reason: bool) -> None:
    """Older than 24 hours it is marked, older than 72 a plan needs a reason."""
    now = datetime(2026, 11, 24, 12, tzinfo=UTC)
    age = stale(default_policies(), now - timedelta(hours=hours), now)
    assert (age.hours, age.marked, age.needs_reason) == (hours, marked, needs_reason)
    at_once = stale(default_policy(), now - timedelta(hours=72, seconds=1), now)
    assert (at_once.hours, at_once.needs_reason) == (72, True)


def test_without_an_import_nothing_is_old() -> None:
    """A workspace that was typed in by hand has no import that could be old."""
    age = stale(default_policies(), None, datetime(2026, 11, 24, tzinfo=UTC))
    assert (age.hours, age.marked, age.needs_reason) == (None, False, False)
