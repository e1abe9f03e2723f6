"""The judges against a second reading of the rules (policy_oracle.py) on random histories."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random

import pytest
from policy_oracle import CHINA, bars
from policy_people import random_person

from planner.domain.codes import Channel
from planner.policy.check import check_contact
from planner.policy.judge import judge
from planner.policy.pack import default_policy

GATE = {10: "G1", 15: "data", 20: "G2", 30: "G3", 40: "G4", 50: "G5", 60: "G6", 61: "G6"}
GATE |= {70: "G7"}
GATE |= {80: "G8", 81: "G8", 82: "G8", 90: "G9", 100: "G10", 101: "G10", 102: "G10"}
STAY = timedelta(minutes=34)


def gate(rule: str | None) -> str | None:
    """The gate a rule id belongs to."""
    return None if rule is None else GATE[default_policy().rules[rule].rank]


def people(seed: int, count: int) -> tuple[date, list]:  # type: ignore[type-arg]
    """Random people of China around a random day of 2026, most with a zone."""
    rnd = Random(seed)
    day = date(2026, 3, 1) + timedelta(days=rnd.randrange(300))
    made = [random_person(rnd, day, k) for k in range(count)]
    zone = lambda p: p.zone if p.zone == "" else "Asia/Shanghai"  # noqa: E731
    return day, [replace(p, zone=zone(p)) for p in made]


def agree_on_moments(seeds: range) -> None:
    """Compare the first gate at random and at round moments."""
    for seed in seeds:
        day, made = people(seed, 25)
        rnd = Random(-seed)
        for facts in made:
            seconds = rnd.choice((rnd.randrange(86_400), 3600 * rnd.randrange(24)))
            begin = datetime.combine(day, time(), CHINA) + timedelta(seconds=seconds)
            leave = begin + rnd.choice((STAY, timedelta(0), timedelta(hours=3)))
            answer = check_contact(facts, default_policy(), Channel.VISIT, begin, leave=leave)
            assert gate(answer.rule) == bars(facts, begin, leave, begin), (seed, facts, begin)


def agree_on_days(seeds: range) -> None:
    """Compare the windows of a day with what the oracle says at many of its moments."""
    for seed in seeds:
        day, made = people(seed, 25)
        start = datetime.combine(day, time(), CHINA)
        end = start + timedelta(days=1) - timedelta(seconds=1)
        for facts in made:
            verdict = judge(facts, default_policy(), day)
            moments = {start + timedelta(minutes=30 * k) for k in range(48)}
            for a, b in verdict.windows:
                edges = (a, b, b - STAY)
                moments |= {edge + timedelta(seconds=s) for edge in edges for s in (-1, 0, 1)}
            for begin in sorted(moments, key=lambda m: m.astimezone(UTC)):
                inside = any(a <= begin and begin + STAY <= b for a, b in verdict.windows)
                free = bars(facts, begin, begin + STAY, end) is None
                assert inside == free, (seed, facts, begin)
            assert verdict.eligible == bool(verdict.windows)


def test_moments_agree_with_the_second_reading() -> None:
    """At 2,000 moments the first barring gate is the one the text gives."""
    agree_on_moments(range(80))


def test_days_agree_with_the_second_reading() -> None:
    """On 1,000 person-days the permitted windows are exactly those of the text."""
    agree_on_days(range(40))


@pytest.mark.full
def test_moments_and_days_agree_at_length() -> None:
    """The same for 50,000 moments and 12,500 person-days."""
    agree_on_moments(range(1000, 3000))
    agree_on_days(range(1000, 1500))
