"""Rule packs: what the shipped one says, and how mistakes in a pack are named."""

import re
from datetime import date
from pathlib import Path

import pytest
from policy_people import somebody
from policy_tools import CHINA, added, changed

from planner.domain.codes import Channel
from planner.errors import PlannerError
from planner.policy.days import DayClass
from planner.policy.limits import Counter, Duty, Hours, Pause
from planner.policy.pack import (
    Policy,
    crew_rule,
    default_policies,
    default_policy,
    load_pack,
    parse_pack,
)
from planner.words import sentence


def limit(policy: Policy, rule_id: str) -> object:
    """The typed limit of a rule."""
    return policy.rules[rule_id].limit


def test_house_policy_is_the_decided_one() -> None:
    """Hours, days, visits, pauses and calls are exactly those of the house."""
    policy = default_policy()
    hours = limit(policy, "cn.house.hours")
    assert isinstance(hours, Hours)
    assert hours.windows == {
        DayClass.WORKDAY: ((540, 1200),),
        DayClass.SATURDAY: ((540, 1080),),
        DayClass.MAKEUP_SATURDAY: ((540, 1080),),
    }
    found = {
        key: (rule.limit.limit, rule.limit.unit, rule.limit.per, rule.limit.period)
        for key, rule in policy.rules.items()
        if isinstance(rule.limit, Counter)
    }
    assert found == {
        "cn.law.calls.conversations": (3, "conversation", "debtor", "day"),
        "cn.law.calls.attempts": (6, "attempt", "phone_number", "day"),
        "cn.house.visits.day": (1, "visit", "debtor", "day"),
        "cn.house.visits.period": (3, "visit", "debtor", "rolling"),
        "cn.house.calls.conversations": (3, "conversation", "debtor", "day"),
        "cn.house.calls.attempts": (6, "attempt", "phone_number", "day"),
    }
    period = limit(policy, "cn.house.visits.period")
    assert isinstance(period, Counter)
    assert (period.days, [n for _, n in period.stages]) == (30, [2, 3, 3])
    pauses = [r.limit.days for r in policy.rules.values() if isinstance(r.limit, Pause)]
    assert pauses == [10, 4]
    assert policy.visit_seconds == 34 * 60


def test_law_hours_are_eight_to_ten() -> None:
    """The law beside the house stays 08:00 to 22:00 on every kind of day and channel."""
    policy = default_policy()
    for rule_id in ("cn.law.hours", "cn.law.hours.association"):
        rule = policy.rules[rule_id]
        assert isinstance(rule.limit, Hours)
        assert set(rule.limit.windows) == set(DayClass)
        assert set(rule.limit.windows.values()) == {((480, 1320),)}
        assert rule.channels == frozenset(Channel)


def test_every_rule_says_where_it_comes_from() -> None:
    """Law and house are apart; each rule has source, clause, address and confidence."""
    policy = default_policy()
    for key, rule in policy.rules.items():
        assert rule.source
        assert rule.source_url
        assert rule.clause
        assert key == rule.id
        assert rule.house == (".house." in key)
        assert (rule.binding == "house") == (".law." not in key)
    assert policy.rules["cn.law.hours"].effective_from == date(2025, 2, 28)
    assert policy.rules["cn.law.calls.attempts"].contested


def test_what_was_not_found_has_no_number() -> None:
    """No law on the number of visits was found for China, so there is no such rule."""
    assert not [key for key in default_policy().rules if key.startswith("cn.law.visits")]
    retention = limit(default_policy(), "cn.law.retention.card")
    assert retention == Duty({"years": 2})


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_rule_has_words(language: str) -> None:
    """Each rule id has a sentence in both languages, of its own."""
    said = [sentence(f"rule.{key}", language) for key in default_policy().rules]
    assert not [text for text in said if text.startswith("rule.")]
    assert len(set(said)) == len(said)


def test_crews_of_at_least_two() -> None:
    """One visitor breaks the association's Art. 22, two do not."""
    policy = default_policy()
    assert crew_rule(policy, 1) == "cn.law.visitors"
    assert crew_rule(policy, 2) is None
    assert policy.visitors() == (2, None)


def test_a_greatest_number_of_visitors() -> None:
    """Where a pack knows a maximum, it holds too; of several the strictest."""
    text = added("house.visitors", "max = 3")
    policy = parse_pack(text, "x.toml")
    assert policy.visitors() == (2, 3)
    assert crew_rule(policy, 4) == "cn.house.visitors"
    policy = parse_pack(added("law.visitors", "max = 2", text.replace("max = 3", "max = 2")), "x")
    assert policy.visitors() == (2, 2)
    assert crew_rule(policy, 3) == "cn.law.visitors"


def test_the_version_names_the_content() -> None:
    """Any change of the file changes the version, so a plan names the rules it was made with."""
    one = parse_pack(CHINA, "x.toml").version
    two = parse_pack(CHINA + "\n# note\n", "x.toml").version
    assert one.startswith("2026.11+")
    assert one != two
    assert default_policy().version.startswith("2026.11+")
    names = [policy.version for policy in default_policies().places.values()]
    assert len(set(names)) == len(names)


def test_house_may_be_stricter() -> None:
    """The house may close earlier, pause longer and count less."""
    text = changed("house.hours", "09:00-20:00", '10:00-12:00", "14:00-19:00')
    text = changed('house."cooldown.met"', "days = 10", "days = 20", text)
    text = changed('house."calls.conversations"', "limit = 3", "limit = 1", text)
    policy = parse_pack(text, "x.toml")
    hours = limit(policy, "cn.house.hours")
    assert isinstance(hours, Hours)
    assert hours.windows[DayClass.WORKDAY] == ((600, 720), (840, 1140))


def test_a_superseded_rule_no_longer_acts() -> None:
    """A superseded rule is kept for the record and bars nothing; a draft one does bar."""
    text = changed("house.closed_days", '"in_force"', '"superseded"')
    policy = parse_pack(text, "x.toml")
    assert "cn.house.closed_days" in policy.rules
    assert "cn.house.closed_days" not in policy.order
    alone = changed("law.visitors", '"in_force"', '"superseded"')
    alone = changed("house.visitors", '"in_force"', '"superseded"', alone)
    assert crew_rule(parse_pack(alone, "x.toml"), 1) is None
    draft = parse_pack(changed('house."visits.day"', '"in_force"', '"draft"'), "x.toml")
    assert "cn.house.visits.day" in draft.order


def test_a_tab_can_be_chosen() -> None:
    """A rule leads to the list of its kind unless the pack names another."""
    policy = default_policy()
    assert policy.rules["gate.call_first"].tab == "call_first"
    assert policy.rules["gate.deceased"].tab == "never"
    assert policy.rules["calendar.unknown"].tab == "waiting"
    moved = parse_pack(added("gate.vulnerable", 'tab = "paused"'), "x.toml")
    assert moved.rules["gate.vulnerable"].tab == "paused"


def without(table: str) -> str:
    """The pack without one table."""
    return re.sub(rf"\n\[{re.escape(table)}\]\n(?:(?!\n\[|\n# ---).|\n(?!\[|# ---))*", "\n", CHINA)


@pytest.mark.parametrize(
    ("table", "what"),
    [
        ("calendar.unknown", "calendar"),
        ('data."zone.missing"', "zone"),
        ("gate.deceased", "flag DECEASED"),
        ("gate.represented", "flag REPRESENTED"),
        ("gate.lead", "hold LEAD"),
        ("data.freshness", "freshness"),
        ('law."place.third_party"', "address RELATIVE"),
    ],
)
def test_protection_cannot_be_left_out(table: str, what: str) -> None:
    """A pack in which a stop is missing is refused: a missing rule never means freedom."""
    text = without(table)
    if table == "calendar.unknown":
        text += "\n[calendar]\n"
    with pytest.raises(PlannerError) as caught:
        parse_pack(text, "x.toml")
    assert (caught.value.code, caught.value.params["what"]) == ("policy.missing_rule", what)


@pytest.mark.parametrize(
    "change",
    [
        ('confidence = "S"', 'confidence = "M"'),
        ('confidence = "S"', 'confidence = "?"'),
        ("contested = false", "contested = true"),
        ('status = "in_force"', 'status = "draft"'),
    ],
)
def test_memory_permits_nothing(change: tuple[str, str]) -> None:
    """Hours that are only remembered, contested or drafted are no ground to contact anybody."""
    plain = CHINA.replace('unless = "agreement"', "").replace('unless = "consent"', "")
    text = changed("law.hours", *change, plain)
    text = changed('law."hours.association"', *change, text)
    with pytest.raises(PlannerError) as caught:
        parse_pack(text, "x.toml")
    assert caught.value.params["what"] == "hours call workday"


def test_contested_rule_still_tightens() -> None:
    """A contested law bounds the house as any other does."""
    text = changed('law."calls.conversations"', "contested = false", "contested = true")
    text = changed('house."calls.conversations"', "limit = 3", "limit = 4", text)
    with pytest.raises(PlannerError, match="looser_than_law"):
        parse_pack(text, "x.toml")


def test_a_pause_of_the_law_bounds_the_house() -> None:
    """Where a law demands a pause after the same contacts, the house may not be shorter."""
    start = CHINA.index('[house."cooldown.met"]')
    law = CHINA[start : CHINA.index("[house", start + 1)]
    law = law.replace('overridable_by = "lead"\n', "")
    law = law.replace("house", "law", 2).replace('binding = "house"', 'binding = "law"')
    assert "cn.law.cooldown.met" in law
    parse_pack(CHINA + law, "x.toml")
    for days, fine in (("12", False), ("9", True)):
        text = CHINA + law.replace("days = 10", f"days = {days}")
        if fine:
            parse_pack(text, "x.toml")
            continue
        with pytest.raises(PlannerError) as caught:
            parse_pack(text, "x.toml")
        assert caught.value.params["law"] == "cn.law.cooldown.met"
        assert caught.value.params["value"] == "10"


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """A missing file, one that is not text and one that is not TOML are named."""
    with pytest.raises(PlannerError, match=r"policy\.unreadable"):
        load_pack(tmp_path / "none.toml")
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PlannerError, match=r"policy\.unreadable"):
        load_pack(tmp_path / "bytes.toml")
    (tmp_path / "half.toml").write_text("schema = 1\nname = China\n", "utf-8")
    with pytest.raises(PlannerError, match=r"policy\.syntax") as caught:
        load_pack(tmp_path / "half.toml")
    assert "line 2" in caught.value.params["reason"]
    (tmp_path / "cn.toml").write_text(re.sub("parts = .*", "", CHINA), "utf-8")
    assert load_pack(tmp_path / "cn.toml").order == parse_pack(CHINA, "x.toml").order


def test_a_person_elsewhere_needs_another_pack() -> None:
    """The pack speaks for its own country only."""
    policy = default_policy()
    assert policy.jurisdiction == somebody().jurisdiction == "CN"
    assert policy.rules["data.jurisdiction.other"].tab == "address"
