"""Rule packs: a TOML file becomes a checked `Policy`, or one exact complaint.

A pack keeps law and house apart. Every table below [law], [house], [gate], [data] and [calendar] is
a rule with its source; its id follows from its place ("cn.law.hours", "gate.live_promise"). All
rules that are not superseded hold together, the strictest wins: a draft, a remembered or a
contested rule can therefore only tighten. docs/policies.md tells how a pack is written.
"""

import functools
import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from planner.domain.codes import CHANNELS, AddressKind, Channel
from planner.errors import PlannerError
from planner.paths import resources
from planner.policy import bounds
from planner.policy.days import zone_info
from planner.policy.kinds import KINDS, MISSING_RANK, VISIT_ONLY, Kind
from planner.policy.limits import Limit, Missing, Place, Rule, Stage, Visitors
from planner.policy.schema import Section

TABS = ("never", "paused", "waiting", "address", "call_first")
BINDINGS = ("law", "regulation", "standard", "self_regulation", "guidance", "house")
STATUSES = ("in_force", "draft", "superseded")
CONFIDENCES = ("V", "S", "M", "H", "?")  # seen, secondary, memory, house, unknown
GROUPS = ("law", "house", "gate", "data", "calendar")
_COMMON = (
    "id", "kind", "tab", "channels", "clause", "source", "source_url", "binding", "status",
    "effective_from", "effective_to", "confidence", "contested", "note",
)  # fmt: skip
_TOP = (
    "schema", "name", "version", "jurisdiction", "country", "zone_default", "both_zones",
    "reviewed_by", "read_on", "applies_to", "visit_minutes", "stages", *GROUPS,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """The rules of one jurisdiction and house. `rules` keeps the file's order, `order` the gates'.

    `version` names the pack and its content. `visit_seconds` is the long stay at a door: a visit is
    only begun when that much of a window is left. `both_zones`: zones whose people are protected by
    their own hours and by those of `zone_default` together.
    """

    name: str
    version: str
    jurisdiction: str
    country: str
    zone_default: str
    both_zones: frozenset[str]
    reviewed_by: str
    visit_seconds: int
    stages: tuple[Stage, ...]
    rules: dict[str, Rule]
    order: tuple[str, ...]
    barred_kinds: frozenset[AddressKind]  # places no visit goes to

    def acting(self, channel: Channel) -> tuple[Rule, ...]:
        """The rules that can bar a contact by `channel`, in gate order."""
        rules = (self.rules[rule_id] for rule_id in self.order)
        return tuple(rule for rule in rules if channel in rule.channels)

    def visitors(self) -> tuple[int, int | None]:
        """The least and the greatest number of people at a door; None = no greatest number."""
        limits = (self.rules[rule_id].limit for rule_id in self.order)
        found = [limit for limit in limits if isinstance(limit, Visitors)]
        most = [v.most for v in found if v.most is not None]
        return max((v.least for v in found), default=1), min(most, default=None)


def crew_rule(policy: Policy, members: int) -> str | None:
    """The rule a crew of `members` people would break at a door, None when it may go."""
    for rule_id in policy.order:
        limit = policy.rules[rule_id].limit
        if isinstance(limit, Visitors) and (
            members < limit.least or (limit.most is not None and members > limit.most)
        ):
            return rule_id
    return None


def _channels(s: Section, kind: Kind, limit: Limit) -> frozenset[Channel]:
    if kind.channels is None:
        return frozenset(map(Channel, s.texts("channels", CHANNELS)))
    if "channels" in s.values:
        s.fail("unknown_key", "channels")
    if isinstance(limit, Missing) and limit.what in ("address", "position"):
        return VISIT_ONLY
    return kind.channels


def _rule(s: Section, rule_id: str, group: str, stages: tuple[Stage, ...]) -> Rule:
    name = s.choice("kind", KINDS)
    kind = KINDS[name]
    s.only((*_COMMON, *kind.keys))
    if s.text_of("id") != rule_id:
        s.fail("id_mismatch", "id", value=s.values["id"], expected=rule_id)
    limit = kind.read(s, stages)
    channels = _channels(s, kind, limit)
    rank, tab = kind.rank, kind.tab
    if isinstance(limit, Missing):
        rank = MISSING_RANK.get(limit.what, rank)
        tab = "waiting" if limit.what == "calendar" else tab
    start, end = s.day("effective_from"), s.day("effective_to")
    if start and end and end < start:
        s.fail("dates_reversed", "effective_to", value=str(end))
    binding = s.choice("binding", BINDINGS)
    if (group == "law") == (binding == "house"):
        s.fail("wrong_binding", "binding", value=binding)
    return Rule(
        id=rule_id,
        kind=name,
        tab=s.choice("tab", TABS, tab),
        rank=rank,
        channels=channels,
        limit=limit,
        source=s.text_of("source"),
        source_url=s.text_of("source_url"),
        clause=s.text_of("clause"),
        binding=binding,
        status=s.choice("status", STATUSES),
        confidence=s.choice("confidence", CONFIDENCES),
        contested=s.yes("contested"),
        house=group == "house",
        effective_from=start,
        effective_to=end,
        note=s.text_of("note", default="", empty=True),
    )


def _stages(top: Section) -> tuple[Stage, ...]:
    section = top.section("stages")
    stages = tuple(Stage(name, section.whole(name, 0, 3660)) for name in section.values)
    days = [stage.from_days for stage in stages]
    if not days or days[0] != 0 or days != sorted(set(days)):
        top.fail("stages_order", "stages")
    return stages


def _rules(top: Section, prefix: str, stages: tuple[Stage, ...]) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for group in GROUPS:
        section = top.section(group)
        head = f"{prefix}.{group}" if group in ("law", "house") else group
        for name in section.values:
            rule = _rule(section.section(name), f"{head}.{name}", group, stages)
            rules[rule.id] = rule
    return rules


def _zone(top: Section, key: str, name: str) -> str:
    if zone_info(name) is None:
        top.fail("bad_zone", key, value=name)
    return name


def parse_pack(text: str, file: str) -> Policy:
    """The policy written in `text`; `file` is named in complaints.

    Raises PlannerError("policy.…") with file, line, field and the reason's figures.
    """
    try:
        values: dict[str, Any] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlannerError("policy.syntax", file=file, reason=str(error)) from None
    top = Section(file, text, "", values)
    top.only(_TOP)
    top.whole("schema", 1, 1)
    top.day("read_on")
    top.text_of("applies_to")
    jurisdiction = top.text_of("jurisdiction")
    stages = _stages(top)
    rules = _rules(top, jurisdiction.lower(), stages)
    alive = {key: rule for key, rule in rules.items() if rule.status != "superseded"}
    both = top.values.get("both_zones", [])
    policy = Policy(
        name=top.text_of("name"),
        version=f"{top.text_of('version')}+{hashlib.sha256(text.encode()).hexdigest()[:12]}",
        jurisdiction=jurisdiction,
        country=top.text_of("country"),
        zone_default=_zone(top, "zone_default", top.text_of("zone_default")),
        both_zones=frozenset(_zone(top, "both_zones", name) for name in both),
        reviewed_by=top.text_of("reviewed_by", default="", empty=True),
        visit_seconds=60 * top.whole("visit_minutes", 1, 240),
        stages=stages,
        rules=rules,
        order=tuple(sorted(alive, key=lambda key: alive[key].rank)),
        barred_kinds=frozenset(
            kind for r in alive.values() if isinstance(r.limit, Place) for kind in r.limit.kinds
        ),
    )
    bounds.check(top, tuple(alive.values()))
    return policy


def load_pack(path: Path) -> Policy:
    """The policy of the pack file `path`; PlannerError("policy.…") on any mistake in it."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlannerError("policy.unreadable", file=path.name, reason=str(error)) from None
    return parse_pack(text, path.name)


@functools.cache
def default_policy() -> Policy:
    """The pack that ships with the program: China, with the house policy beside the law."""
    return load_pack(resources() / "policies" / "cn.toml")
