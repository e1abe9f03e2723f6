"""Variants of the shipped pack, and what it means that two judges agree."""

import re
from datetime import date

from planner.domain.facts import NEVER, PersonFacts, instant
from planner.paths import resources
from planner.policy.judge import judge
from planner.policy.judge_many import Verdicts
from planner.policy.pack import Policy

PACKS = resources() / "policies"


def whole(country: str = "cn") -> str:
    """A country's file and the parts it names as one text."""
    main = (PACKS / f"{country}.toml").read_text("utf-8")
    names = re.findall(r'"([a-z-]+)"', re.findall(r"^parts = (.*)$", main, re.M)[0])
    parts = [(PACKS / f"{name}.toml").read_text("utf-8") for name in names]
    return "\n".join([main, *(part[part.index("\n[") :] for part in parts)])


CHINA = whole()


def changed(table: str, old: str, new: str, text: str = CHINA) -> str:
    """`text` with `old` replaced once inside the table headed `[table]`."""
    start = text.index(f"[{table}]\n")
    place = text.index(old, start)
    assert "\n[" not in text[start + 1 : place].replace(f"\n[{table}.windows]", ""), old
    return text[:place] + new + text[place + len(old) :]


def added(table: str, lines: str, text: str = CHINA) -> str:
    """`text` with further lines at the top of a table."""
    return text.replace(f"[{table}]\n", f"[{table}]\n{lines}\n", 1)


def same(verdicts: Verdicts, i: int, facts: PersonFacts, policy: Policy, day: date) -> None:
    """Row `i` of `verdicts` says what `judge` says of `facts`."""
    one = judge(facts, policy, day)
    index = int(verdicts.rule[i])
    assert (verdicts.rules[index] if index >= 0 else None) == one.rule
    assert bool(verdicts.eligible[i]) == one.eligible
    until = int(verdicts.until[i])
    # As instants: Python never calls local times of a repeated hour equal to another zone's.
    assert (None if until in (0, NEVER) else until) == (one.until and instant(one.until))
    assert (until == 0) == one.eligible
    spans = [(a, b) for a, b in verdicts.windows[i].tolist() if b]
    assert spans == [(instant(a), instant(b)) for a, b in one.windows]
