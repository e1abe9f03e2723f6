"""The judges against a second reading of all rules (policy_oracle.py) on random histories."""

import functools
import os
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from policy_oracle import bars
from policy_people import random_person, somewhere, with_terms
from policy_tools import PACKS as SHIPPED
from policy_world import PACKS, WORLD

from planner.domain.codes import Channel
from planner.domain.facts import PersonFacts
from planner.policy.check import check_contact
from planner.policy.judge import judge
from planner.policy.pack import House, Policies, default_policies, load_policies

GATE = {10: "G1", 15: "data", 20: "G2", 30: "G3", 40: "G4", 50: "G5", 60: "G6", 61: "G6", 70: "G7",
        80: "G8", 81: "G8", 82: "G8", 90: "G9", 91: "G9", 95: "notice", 100: "G10", 101: "G10",
        102: "G10"}  # fmt: skip
STAY = timedelta(minutes=34)


@functools.cache
def policies_of(pack: str) -> Policies:
    """The shipped policies; of the pack "IN+" with the option it stands for."""
    more = House(options=("in-microfinance",))
    return load_policies(SHIPPED, house=more) if pack == "IN+" else default_policies()


def gate(rule: str | None, pack: str, place: str) -> str | None:
    """The gate a rule id belongs to."""
    policy = policies_of(pack).for_jurisdiction(place)
    return None if rule is None else GATE[policy.rules[rule].rank]


def person_of(rnd: Random, country: str, day: date) -> PersonFacts:
    """A random person, mostly of `country` and living there."""
    facts = random_person(rnd, day)
    if facts.jurisdiction in ("CN", country):  # a few stay nowhere, or elsewhere
        facts = somewhere(rnd, facts, country)
    return with_terms(rnd, facts, day)


def day_of(rnd: Random) -> date:
    """A day of 2026 whose calendar is known everywhere."""
    return date(2026, 3, 1) + timedelta(days=rnd.randrange(290))


def zone_of(facts: PersonFacts) -> ZoneInfo:
    """A zone near the person's clock."""
    return ZoneInfo(WORLD.get(facts.jurisdiction, WORLD["CN"]).zones[0])


def agree_on_moments(seeds: range) -> int:
    """Compare the first gate at random and at round moments; how often one of them was None."""
    free = 0
    for seed in seeds:
        rnd = Random(seed)
        day = day_of(rnd)
        for pack in PACKS:
            facts = person_of(rnd, pack[:2], day)
            seconds = rnd.choice((rnd.randrange(86_400), 1800 * rnd.randrange(48)))
            begin = datetime.combine(day, time(), zone_of(facts)).astimezone(UTC)
            begin += timedelta(seconds=seconds)
            channel = rnd.choice((Channel.VISIT, Channel.VISIT, *Channel))
            leave = begin
            if channel is Channel.VISIT:
                leave += rnd.choice((STAY, STAY, timedelta(0), timedelta(hours=3)))
            phone = rnd.choice(("", "1", "2"))
            answer = check_contact(
                facts, policies_of(pack), channel, begin, leave=leave, phone=phone
            )
            found = gate(answer.rule, pack, facts.jurisdiction)
            wanted = bars(facts, begin, leave, begin, channel, phone, pack)
            assert found == wanted, (seed, pack, channel, begin, answer.rule, facts)
            free += wanted is None
    return free


def agree_on_days(seeds: range) -> None:
    """Compare the windows of a day with what the oracle says at many of its moments."""
    for seed in seeds:
        rnd = Random(seed)
        day = day_of(rnd)
        for pack in PACKS:
            facts = person_of(rnd, pack[:2], day)
            try:
                zone = ZoneInfo(facts.zone)
            except (ValueError, OSError, KeyError):
                zone = zone_of(facts)
            start, following = (
                datetime.combine(day + timedelta(days=k), time(), zone).astimezone(UTC)
                for k in (0, 1)
            )
            end = following - timedelta(seconds=1)
            verdict = judge(facts, policies_of(pack), day)
            moments = {start + timedelta(minutes=30 * k) for k in range(0, 46, 3)}
            windows = [(a.astimezone(UTC), b.astimezone(UTC)) for a, b in verdict.windows]
            for a, b in windows:
                edges = (a, b, b - STAY)
                moments |= {edge + timedelta(seconds=s) for edge in edges for s in (-1, 0, 1)}
            for begin in sorted(moments):
                inside = any(a <= begin and begin + STAY <= b for a, b in windows)
                free = bars(facts, begin, begin + STAY, end, pack=pack) is None
                assert inside == free, (seed, pack, begin, verdict, facts)
            assert verdict.eligible == bool(verdict.windows)


def test_moments_agree_with_the_second_reading() -> None:
    """20,000 random histories x packs x moments: the first barring gate is the one of the text."""
    free = agree_on_moments(range(20_000 // len(PACKS) + 1))
    assert free > 500  # contacts that are allowed are among them


def test_days_agree_with_the_second_reading() -> None:
    """On 600 person-days of all countries the permitted windows are exactly those of the text."""
    agree_on_days(range(50))


@pytest.mark.full
def test_moments_and_days_agree_at_length() -> None:
    """The same for 1,000,000 moments (or ORACLE_MOMENTS) and 12,000 person-days."""
    moments = int(os.environ.get("ORACLE_MOMENTS", "1000000"))
    agree_on_moments(range(100_000, 100_000 + moments // len(PACKS) + 1))
    agree_on_days(range(1000, 2000))
