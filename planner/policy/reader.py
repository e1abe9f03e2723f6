"""One pack file read into rules: every key checked, every mistake named by file, line and field.

A country's own file says which country it is; a part (an association's code, the house policy that
several countries share) has no country and is merged into one that names it (see pack.py).
"""

import functools
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from planner.domain.codes import CHANNELS, Channel
from planner.errors import PlannerError
from planner.policy.days import zone_info
from planner.policy.kinds import EDITABLE, KINDS, MISSING_RANK, VISIT_ONLY, Kind
from planner.policy.limits import Limit, Missing, Rule, Stage
from planner.policy.schema import Section

TABS = ("never", "paused", "waiting", "address", "call_first")
BINDINGS = ("law", "regulation", "standard", "self_regulation", "guidance", "house")
STATUSES = ("in_force", "draft", "superseded")
CONFIDENCES = ("V", "S", "M", "H", "?")  # seen, secondary, memory, house, unknown
GROUPS = ("law", "house", "gate", "data", "calendar")
EVERYWHERE = "*"  # the jurisdiction of parts that any country may name
EDITS = "house_overrides"  # what complaints call the workspace's own changes
_COMMON = (
    "id", "kind", "tab", "channels", "clause", "source", "source_url", "binding", "status",
    "effective_from", "effective_to", "confidence", "contested", "note", "applies_to",
    "overridable_by",
)  # fmt: skip
_HEAD = (
    "schema", "name", "version", "jurisdiction", "reviewed_by", "read_on", "applies_to", *GROUPS,
)  # fmt: skip
_COUNTRY = (
    "country", "regions", "calendar_until", "zone_default", "both_zones", "visit_minutes",
    "stages", "parts", "options", "without",
)  # fmt: skip

Edits = Mapping[str, Mapping[str, Any]]  # rule id -> changed keys


@dataclass(frozen=True, slots=True)
class Land:
    """What only a country's own file says; see docs/policies.md."""

    country: str
    regions: tuple[str, ...]
    calendar_until: int | None
    zone_default: str
    both_zones: frozenset[str]
    visit_seconds: int
    parts: tuple[str, ...]
    options: tuple[str, ...]
    without: frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """One file: its head, its rules in the order of the file, and where each was written."""

    file: str
    name: str
    version: str
    digest: str
    jurisdiction: str
    reviewed_by: str
    read_on: date | None
    applies_to: str
    land: Land | None
    stages: tuple[Stage, ...]
    rules: Mapping[str, Rule]
    sections: Mapping[str, Section]
    top: Section


def read_pack(
    text: str, file: str, stages: tuple[Stage, ...] = (), edits: Edits | None = None
) -> Pack:
    """The pack written in `text`; `file` is named in complaints, `stages` serve a part.

    `edits` are the workspace's changes of house values. Raises PlannerError("policy.…") with file,
    line, field and the reason's figures.
    """
    try:
        values = _parsed(text)
    except tomllib.TOMLDecodeError as error:
        raise PlannerError("policy.syntax", file=file, reason=str(error)) from None
    top = Section(file, text, "", values)
    top.only((*_HEAD, *_COUNTRY) if "country" in values else _HEAD)
    top.whole("schema", 1, 1)
    land = _land(top) if "country" in values else None
    known = _stages(top) if land else stages
    jurisdiction = top.text_of("jurisdiction")
    prefix = "" if jurisdiction == EVERYWHERE else f"{jurisdiction.lower()}."
    rules, sections = _rules(top, prefix, known, edits or {})
    return Pack(
        file=file,
        name=top.text_of("name"),
        version=top.text_of("version"),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        jurisdiction=jurisdiction,
        reviewed_by=top.text_of("reviewed_by", default="", empty=True),
        read_on=top.day("read_on"),
        applies_to=top.text_of("applies_to"),
        land=land,
        stages=known,
        rules=rules,
        sections=sections,
        top=top,
    )


@functools.lru_cache(maxsize=32)
def _parsed(text: str) -> dict[str, Any]:
    """The values of a file; parts are read once for all the countries that name them."""
    return tomllib.loads(text)


def _land(top: Section) -> Land:
    until = top.whole("calendar_until", 2000, 2200) if "calendar_until" in top.values else None
    both = top.words("both_zones")
    return Land(
        country=top.text_of("country"),
        regions=top.words("regions"),
        calendar_until=until,
        zone_default=_zone(top, "zone_default", top.text_of("zone_default")),
        both_zones=frozenset(_zone(top, "both_zones", name) for name in both),
        visit_seconds=60 * top.whole("visit_minutes", 1, 240),
        parts=top.words("parts"),
        options=top.words("options"),
        without=frozenset(top.words("without")),
    )


def _zone(top: Section, key: str, name: str) -> str:
    if zone_info(name) is None:
        top.fail("bad_zone", key, value=name)
    return name


def _stages(top: Section) -> tuple[Stage, ...]:
    section = top.section("stages")
    stages = tuple(Stage(name, section.whole(name, 0, 3660)) for name in section.values)
    days = [stage.from_days for stage in stages]
    if not days or days[0] != 0 or days != sorted(set(days)):
        top.fail("stages_order", "stages")
    return stages


def _rules(
    top: Section, prefix: str, stages: tuple[Stage, ...], edits: Edits
) -> tuple[dict[str, Rule], dict[str, Section]]:
    rules: dict[str, Rule] = {}
    sections: dict[str, Section] = {}
    for group in GROUPS:
        if group not in top.values:
            continue
        section = top.section(group)
        head = f"{prefix}{group}" if group in ("law", "house") else group
        for name in section.values:
            key = f"{head}.{name}"
            sections[key] = _edited(section.section(name), key, group, edits.get(key))
            rules[key] = _rule(sections[key], key, group, stages, top)
    return rules, sections


def _edited(s: Section, rule_id: str, group: str, edit: Mapping[str, Any] | None) -> Section:
    """`s` with the workspace's changes; complaints about it then name those, not the file."""
    if edit is None:
        return s
    known = EDITABLE.get(str(s.values.get("kind")), ()) if group != "law" else ()
    for key in edit:
        if key not in known:
            raise PlannerError("policy.not_editable", rule=rule_id, field=key)
    return Section(EDITS, "", s.name, {**s.values, **edit})


def _rule(s: Section, rule_id: str, group: str, stages: tuple[Stage, ...], top: Section) -> Rule:
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
        applies_to=s.text_of("applies_to", default=top.text_of("applies_to")),
        overridable_by=_overridable(s, group),
        pack=top.file,
    )


def _overridable(s: Section, group: str) -> str:
    """Who may set the rule aside: only rules of the house, and none that is unsure."""
    who = s.choice("overridable_by", ("", "lead"), "")
    if who:
        s.sure("overridable_by")
        if group == "law":
            s.fail("law_is_not_overridable", "overridable_by")
    return who


def _channels(s: Section, kind: Kind, limit: Limit) -> frozenset[Channel]:
    if kind.channels is None:
        return frozenset(map(Channel, s.texts("channels", CHANNELS)))
    if "channels" in s.values:
        s.fail("unknown_key", "channels")
    if isinstance(limit, Missing) and limit.what in ("address", "position"):
        return VISIT_ONLY
    return kind.channels
