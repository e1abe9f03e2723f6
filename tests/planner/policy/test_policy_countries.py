"""Packs of all countries: what they say, how they are merged, when their rules act."""

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from policy_people import ABROAD, TUESDAY, contact, days_before, somebody
from policy_tools import CHINA, PACKS, added, changed

from planner.domain.codes import Channel
from planner.domain.facts import table_of
from planner.errors import PlannerError
from planner.policy.days import DayClass
from planner.policy.judge import judge
from planner.policy.judge_many import judge_many
from planner.policy.pack import (
    House,
    Policies,
    Policy,
    crew_rule,
    default_policies,
    default_policy,
    load_pack,
    load_policies,
    merge,
    parse_pack,
)
from planner.policy.reader import read_pack
from planner.policy.winners import winners
from planner.policy.workdays import calendar_reach, class_of, next_working_day
from planner.words import explain, sentence


def every_policy() -> list[Policy]:
    """All shipped policies, optional parts included."""
    found = load_policies(PACKS, house=House(options=("in-microfinance",)))
    return list(found.places.values())


def test_eleven_countries() -> None:
    """Each country of the collection has its rules; the European Union's directives have none."""
    assert set(default_policies().places) == set(ABROAD)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_every_rule_of_every_country_has_words(language: str) -> None:
    """No rule is shown as a code, no two rules of a country with one sentence."""
    for policy in every_policy():
        said = [sentence(f"rule.{key}", language) for key in policy.rules]
        assert not [text for text in said if text.startswith("rule.")]
        assert len(set(said)) == len(said), policy.jurisdiction


def test_every_rule_of_every_country_has_its_source() -> None:
    """Source, address, clause and scope are there; only the house's own rules name the house."""
    for policy in every_policy():
        for key, rule in policy.rules.items():
            assert key == rule.id
            assert rule.source
            assert rule.source_url
            assert rule.clause
            assert rule.applies_to
            assert rule.pack.endswith(".toml")
            assert (rule.binding == "house") == (".law." not in key), key
            lifted = getattr(rule.limit, "unless", "") or rule.overridable_by
            unsure = rule.confidence in ("M", "?") or rule.contested or rule.status == "draft"
            assert not (lifted and unsure), key


def test_nothing_found_is_no_rule() -> None:
    """Where no number of visits was found there is no such rule of law."""
    for country in ("US", "GB", "IN", "ID", "VN", "PH", "TH"):
        rules = default_policies().places[country].rules
        assert not [key for key in rules if ".law.visits" in key]


def test_a_jurisdiction_chooses_the_pack() -> None:
    """A workspace of Chinese and Russian people judges each by their own rules."""
    policies = default_policies()
    moscow = somebody(jurisdiction="RU", zone="Europe/Moscow")
    people = [somebody(), moscow, somebody(jurisdiction=""), somebody(jurisdiction="XX")]
    people = [replace(p, debtor_id=f"P{k}") for k, p in enumerate(people)]
    many = judge_many(table_of(people), policies, TUESDAY)
    rules = [many.rules[k] if k >= 0 else None for k in many.rule.tolist()]
    assert rules == [None, None, "data.jurisdiction.missing", "data.jurisdiction.other"]
    assert many.windows[0, 0, 1] - many.windows[0, 0, 0] == 11 * 3600
    assert many.windows[1, 0, 1] - many.windows[1, 0, 0] == 10 * 3600
    assert policies.for_jurisdiction("RU").jurisdiction == "RU"
    assert policies.for_jurisdiction("").jurisdiction == "CN"
    one = default_policy()
    assert one.for_jurisdiction("RU") is one
    assert judge(moscow, one, TUESDAY).rule == "data.jurisdiction.other"


@pytest.mark.parametrize("zone", ["", "Moon", "Asia/Shanghai", "Asia/Almaty"])
def test_abroad_a_zone_of_another_country_is_none(zone: str) -> None:
    """A stand-in zone of the workspace is no clock for somebody in Russia; at home any zone is."""
    moscow = somebody(jurisdiction="RU", zone=zone)
    assert judge(moscow, default_policies(), TUESDAY).rule == "data.zone.missing"
    away = judge(somebody(zone=zone), default_policies(), TUESDAY).rule
    assert (away == "data.zone.missing") == (zone in ("", "Moon"))


def test_other_names_of_a_zone_are_known() -> None:
    """Asia/Calcutta is Asia/Kolkata."""
    thursday = date(2026, 11, 26)
    facts = somebody(jurisdiction="IN", zone="Asia/Calcutta")
    assert judge(facts, default_policies(), thursday).eligible


def test_policies_speak_for_the_workspace() -> None:
    """What is asked of all together is answered by the workspace's own country."""
    policies = default_policies("RU")
    home = policies.home
    assert (policies.jurisdiction, policies.country) == ("RU", "RU")
    assert policies.zone_default == "Europe/Moscow"
    assert policies.stages == home.stages
    assert policies.visit_seconds == 34 * 60
    assert policies.barred_kinds == home.barred_kinds
    assert policies.visitors(TUESDAY) == (1, 1)
    assert policies.freshness(TUESDAY) == home.freshness(TUESDAY)
    assert crew_rule(policies, 2) == "ru.law.visitors"
    assert not home.abroad
    assert policies.places["CN"].abroad
    assert "cn.law.hours" in policies.rules
    assert policies.version != default_policies().version
    assert next_working_day(policies, date(2026, 11, 27)) == date(2026, 11, 28)
    with pytest.raises(PlannerError, match="no_such_country"):
        default_policies("XX")


def test_parts_are_merged_and_named() -> None:
    """China's rules come from five files; each rule knows its own."""
    policy = default_policy()
    assert [pack.file for pack in policy.packs] == [
        "cn.toml", "cn-association.toml", "cn-card.toml", "cn-consumer-finance.toml",
        "common.toml",
    ]  # fmt: skip
    packs = {rule.pack for rule in policy.rules.values()}
    assert packs == {pack.file for pack in policy.packs}
    assert policy.rules["cn.law.visitors"].applies_to.startswith("members of the association")


def test_the_strictest_wins_and_is_named() -> None:
    """Of house and law the later opening, the earlier closing, the lower count, the longer rest."""
    won = {one.matter: one for one in winners(default_policy(), TUESDAY)}
    opening = won["opens", "visit", "workday"]
    assert (opening.value, opening.rule.id) == (540, "cn.house.hours")
    assert {rule.id for rule in opening.others} == {"cn.law.hours", "cn.law.hours.association"}
    assert won["opens", "visit", "sunday"].rule.id == "cn.house.closed_days"
    assert won["closes", "call", "sunday"].rule.id == "cn.law.hours"
    talks = won["count", "conversation", "debtor", "day", "1"]
    assert (talks.value, talks.rule.id) == (3, "cn.law.calls.conversations")
    assert won["pause", "visit", "VIS-RPC"].value == 10
    assert won["visitors_least",].rule.id == "cn.law.visitors"
    assert won["notice",].value == 0
    india = winners(default_policies().places["IN"], date(2026, 9, 30))
    assert "in.law.hours.visits" not in {one.rule.id for one in india}
    russia = {one.matter: one.rule.id for one in winners(default_policies().places["RU"], TUESDAY)}
    assert russia["visitors_most",] == "ru.law.visitors"


# --- dates ---------------------------------------------------------------------------------------


def dated(table: str, dates: str) -> Policy:
    """China with effective dates on one rule."""
    return parse_pack(added(table, dates), "x.toml")


@pytest.mark.parametrize(
    ("dates", "acting"),
    [
        ("effective_from = 2026-11-24", True),
        ("effective_from = 2026-11-25", False),
        ("effective_to = 2026-11-24", True),
        ("effective_to = 2026-11-23", False),
        ("effective_from = 2026-11-24\neffective_to = 2026-11-24", True),
    ],
)
def test_a_rule_acts_between_its_dates(dates: str, acting: bool) -> None:
    """From the first day on, up to and including the last; both judges agree."""
    policy = dated('house."cooldown.met"', dates)
    facts = somebody(
        contacts=(*somebody().contacts, contact("VIS-RPC", days_before(TUESDAY, 8), "OUT-RTP"))
    )
    policy = parse_pack(
        added("house.pace", "effective_to = 2020-01-01", added('house."cooldown.met"', dates)),
        "x.toml",
    )
    verdict = judge(facts, policy, TUESDAY)
    assert verdict.rule == ("cn.house.cooldown.met" if acting else None)
    many = judge_many(table_of([facts]), policy, TUESDAY)
    assert bool(many.eligible[0]) is not acting
    ids = {rule.id for rule in policy.acting(Channel.VISIT, TUESDAY)}
    assert ("cn.house.cooldown.met" in ids) == acting
    assert "cn.house.cooldown.met" in {rule.id for rule in policy.acting(Channel.VISIT)}


def test_a_draft_tightens_from_its_day_on() -> None:
    """India's draft bars a visit after 19:00 from October 2026; before that only the house does."""
    acting = default_policies().places["IN"].acting
    assert "in.law.hours.visits" in {r.id for r in acting(Channel.VISIT, date(2026, 10, 1))}
    assert "in.law.hours.visits" not in {r.id for r in acting(Channel.VISIT, date(2026, 9, 30))}


def test_the_next_moment_may_lie_behind_the_end_of_a_rule() -> None:
    """A bar that ends with its rule's last day ends at that midnight."""
    text = added("gate.vulnerable", "effective_to = 2026-11-25")
    facts = somebody(flags=512)
    from planner.policy.check import check_contact

    answer = check_contact(
        facts, parse_pack(text, "x.toml"), Channel.VISIT, days_before(TUESDAY, 0)
    )
    assert answer.next_allowed is not None
    assert f"{answer.next_allowed:%Y-%m-%d %H:%M}" == "2026-11-26 09:00"


def test_a_protection_may_not_run_out() -> None:
    """A stop that ends one day without another in its place is refused today."""
    with pytest.raises(PlannerError) as caught:
        dated("gate.deceased", "effective_to = 2030-01-01")
    assert caught.value.code == "policy.missing_rule"
    assert caught.value.params["what"] == "flag DECEASED"
    dated("gate.vulnerable", "effective_to = 2030-01-01")


def test_law_that_has_ended_bounds_no_more() -> None:
    """The house may exceed a limit whose law ended before the pack was read."""
    text = changed('house."calls.attempts"', "limit = 6", "limit = 7")
    with pytest.raises(PlannerError, match="looser_than_law"):
        parse_pack(text, "x.toml")
    parse_pack(added('law."calls.attempts"', "effective_to = 2026-11-22", text), "x.toml")


# --- mistakes in merging -------------------------------------------------------------------------


def copy(folder: Path, name: str, change: Callable[[str], str]) -> Path:
    """A copy of all packs in which one file is changed."""
    target = folder / "policies"
    shutil.copytree(PACKS, target)
    path = target / f"{name}.toml"
    text = path.read_text("utf-8")
    new = change(text)
    assert new != text
    path.write_text(new, "utf-8")
    return target


def swap(old: str, new: str) -> Callable[[str], str]:
    """Replace the first `old`."""
    return lambda text: text.replace(old, new, 1)


MISTAKES: list[tuple[str, str, Callable[[str], str], str, str]] = [
    ("a rule twice", "cn-card", swap('law.recording]', 'law.hours]\nid = "cn.law.hours"\nx'),
     "syntax", "cn-card.toml"),
    ("a part of another country", "cn-card",
     lambda text: text.replace('"CN"', '"RU"').replace('"cn.', '"ru.'),
     "other_country", "cn-card.toml"),
    ("a part that is not there", "us", swap('"house"', '"hause"'), "unreadable", "hause.toml"),
    ("a rule left out that is none", "ru", swap("house.visitors", "house.visitor"), "not_known",
     "ru.toml"),
    ("a law left out", "ru", swap("house.visitors", "ru.law.hours"), "not_known", "ru.toml"),
    ("visitors that exclude each other", "ru", swap('without = ["house.visitors"]\n', ""),
     "nobody_may_visit", "ru.toml"),
    ("a house looser than one country", "house", swap("09:00-19:00", "09:00-20:30"),
     "looser_than_law", "house.toml"),
    ("an override of the law", "us", swap('confidence = "V"', 'overridable_by = "lead"\n'
     'confidence = "V"'), "law_is_not_overridable", "us.toml"),
    ("an exception to memory", "kz", swap('confidence = "M"', 'unless = "consent"\n'
     'confidence = "M"'), "may_only_tighten", "kz.toml"),
    ("a country without a day of reading", "us", swap("read_on = 2026-11-23\n", ""), "missing_key",
     "us.toml"),
    ("a list that is none", "us", swap('parts = ["house", "common"]', "parts = [1]"),
     "wrong_type", "us.toml"),
    ("stages in a part", "house", swap("schema = 1", "schema = 1\nvisit_minutes = 3"),
     "unknown_key", "house.toml"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("what", "name", "change", "code", "file"), MISTAKES, ids=[row[0] for row in MISTAKES]
)
def test_mistakes_in_merging(
    tmp_path: Path, what: str, name: str, change: Callable[[str], str], code: str, file: str
) -> None:
    """A mistake in any file of any country is named with that file, in both languages."""
    with pytest.raises(PlannerError) as caught:
        load_policies(copy(tmp_path, name, change))
    error = caught.value
    assert (error.code, error.params["file"]) == (f"policy.{code}", file), what
    for language in ("en", "zh_CN"):
        assert "{" not in explain(error, language)


def test_one_rule_stands_in_one_file() -> None:
    """The same id in two packs is refused."""
    main = read_pack(re.sub("parts = .*", "", (PACKS / "cn.toml").read_text("utf-8")), "cn.toml")
    part = read_pack((PACKS / "cn-card.toml").read_text("utf-8"), "card.toml", main.stages)
    with pytest.raises(PlannerError) as caught:
        merge(main, part, part)
    assert caught.value.code == "policy.twice"


def test_a_part_alone_is_no_policy() -> None:
    """Only a country's file can be loaded by itself."""
    with pytest.raises(PlannerError) as caught:
        load_pack(PACKS / "cn-card.toml")
    assert (caught.value.code, caught.value.params["field"]) == ("policy.missing_key", "country")


# --- calendars -----------------------------------------------------------------------------------


def with_house(**given: object) -> Policies:
    """The shipped packs with what a lead decided."""
    return load_policies(PACKS, house=House(**given))  # type: ignore[arg-type]


def test_how_far_calendars_reach() -> None:
    """China's ends with the published year, the others' with the year that was looked at."""
    reach = {code: calendar_reach(policy) for code, policy in default_policies().places.items()}
    assert reach["RU"] == date(2027, 12, 31)
    assert reach["US"] == date(2030, 12, 31)
    assert reach["CN"] is not None
    assert calendar_reach(default_policies()) == reach["CN"]
    alone = parse_pack(CHINA.replace('country = "CN"', 'country = "TH"'), "x.toml")
    assert calendar_reach(alone) is None
    assert class_of(alone, date(2150, 6, 1)) is None


def test_a_year_is_confirmed_by_the_lead() -> None:
    """Beyond the published year nothing is known until the lead confirms it; single days count
    even without that."""
    reach = calendar_reach(default_policies())
    assert reach is not None
    year = reach.year + 1
    monday = next(date(year, 3, k) for k in range(1, 8) if date(year, 3, k).weekday() == 0)
    assert class_of(default_policies(), monday) is None
    assert judge(somebody(), default_policies(), monday).reasons[-1] == "calendar.unknown"
    confirmed = with_house(years={"CN": (year,)})
    assert class_of(confirmed, monday) is DayClass.WORKDAY
    assert class_of(confirmed, date(year, 10, 1)) is DayClass.HOLIDAY
    assert calendar_reach(confirmed) == date(year, 12, 31)
    assert confirmed.home.version != default_policies().home.version
    single = with_house(days={"CN": {monday.isoformat(): "holiday"}})
    assert class_of(single, monday) is DayClass.HOLIDAY
    assert calendar_reach(single) == reach


def test_a_holiday_of_one_nation_is_one_everywhere() -> None:
    """St Andrew's Day is Scotland's, the Monday after Easter is not: both close the kingdom."""
    kingdom = default_policies().places["GB"]
    assert class_of(kingdom, date(2026, 11, 30)) is DayClass.HOLIDAY
    assert class_of(kingdom, date(2026, 4, 6)) is DayClass.HOLIDAY
    assert class_of(kingdom, date(2026, 4, 8)) is DayClass.WORKDAY
