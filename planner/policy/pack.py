"""Rule packs merged into policies: one for each country, chosen by where a person legally lives.

A country's file names the parts it is merged with. Merging is a union: all rules that act on a day
hold together and the strictest wins, each with its own source, so that what wins can always be
named. A draft, a remembered or a contested rule can therefore only tighten. Rule ids follow from
the place in the file ("cn.law.hours", "house.hours", "gate.live_promise"). docs/policies.md tells
how a pack is written.
"""

import functools
import hashlib
import json
from bisect import bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from planner.domain.codes import AddressKind, Channel
from planner.errors import PlannerError
from planner.paths import resources
from planner.policy import bounds
from planner.policy.days import DayClass, published_until
from planner.policy.limits import Freshness, Place, Rule, Stage, ThirdParty, Visitors
from planner.policy.reader import EDITS, EVERYWHERE, Edits, Land, Pack, read_pack

HOME = "CN"  # the jurisdiction of a workspace that does not say otherwise


@dataclass(frozen=True, slots=True)
class House:
    """What a workspace decided for itself: plain values, as settings keep them.

    `edits`: changed house values by rule id. `options`: names of parts switched on. `years`: by
    country, years no calendar covers that the lead confirmed; `days`: by country, classes of single
    days ("2027-02-15": "holiday").
    """

    edits: Edits = field(default_factory=dict)
    options: tuple[str, ...] = ()
    years: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    days: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


AS_SHIPPED = House()


@dataclass(frozen=True, slots=True, eq=False)
class Policy:
    """The rules of one jurisdiction and house. `rules` keeps the files' order, `order` the gates'.

    `version` names the packs and their content. `visit_seconds` is the long stay at a door: a visit
    is only begun when that much of a window is left. `both_zones`: zones whose people are protected
    by their own hours and by those of `zone_default` together. `changes` are the days (ordinals) on
    which a rule begins or ceases to act. `abroad`: not the workspace's own country; then a zone of
    another country is no known zone.
    """

    name: str
    version: str
    jurisdiction: str
    country: str
    regions: tuple[str, ...]
    calendar_until: int | None
    confirmed: frozenset[int]
    days: Mapping[date, DayClass]
    zone_default: str
    both_zones: frozenset[str]
    reviewed_by: str
    visit_seconds: int
    stages: tuple[Stage, ...]
    rules: dict[str, Rule]
    order: tuple[str, ...]
    changes: tuple[int, ...]
    packs: tuple[Pack, ...]
    abroad: bool = False

    def for_jurisdiction(self, code: str) -> "Policy":
        """Itself: whoever lives under other rules is barred by `data.jurisdiction.other`."""
        return self

    def acting(self, channel: Channel, day: date | None = None) -> tuple[Rule, ...]:
        """The rules that can bar a contact by `channel` on `day` (None: ever), in gate order."""
        era = -1 if day is None else bisect_right(self.changes, day.toordinal())
        return _acting(self, channel, era)

    @property
    def barred_kinds(self) -> frozenset[AddressKind]:
        """Places no visit of anybody goes to, whatever was agreed."""
        limits = (self.rules[rule_id].limit for rule_id in self.order)
        return frozenset(
            kind
            for limit in limits
            if isinstance(limit, Place) and limit == Place(limit.kinds)
            for kind in limit.kinds
        )

    def visitors(self, day: date | None = None) -> tuple[int, int | None]:
        """The least and the greatest number of people at a door; None = no greatest number."""
        found = [v for _, v in _visitors(self, day)]
        most = [v.most for v in found if v.most is not None]
        return max((v.least for v in found), default=1), min(most, default=None)

    def freshness(self, day: date) -> Freshness:
        """From when on data is old, the strictest of the rules that act on `day`."""
        found = [r.limit for r in self.rules.values() if r.acts_on(day)]
        hours = [limit for limit in found if isinstance(limit, Freshness)]
        return Freshness(
            min(one.mark_hours for one in hours), min(one.reason_hours for one in hours)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Policies:
    """The policies of several jurisdictions; asked about none in particular, `home` answers.

    `rules` are those of all of them by id (parts they share are there once, as `home` reads them).
    """

    home: Policy
    places: Mapping[str, Policy]
    version: str
    rules: dict[str, Rule]

    def for_jurisdiction(self, code: str) -> Policy:
        """The policy that protects people of `code` ("RU"); `home` for "" and unknown ones, whose
        rules about missing facts then bar."""
        return self.places.get(code, self.home)

    @property
    def jurisdiction(self) -> str:
        """That of the workspace's own country."""
        return self.home.jurisdiction

    @property
    def country(self) -> str:
        """The workspace's own."""
        return self.home.country

    @property
    def zone_default(self) -> str:
        """The workspace's own."""
        return self.home.zone_default

    @property
    def stages(self) -> tuple[Stage, ...]:
        """The workspace's own."""
        return self.home.stages

    @property
    def visit_seconds(self) -> int:
        """The longest stay any of the policies reckons with."""
        return max(policy.visit_seconds for policy in self.places.values())

    @property
    def barred_kinds(self) -> frozenset[AddressKind]:
        """Places no visit goes to in the workspace's own country."""
        return self.home.barred_kinds

    def visitors(self, day: date | None = None) -> tuple[int, int | None]:
        """Of the workspace's own country; see `crew_rule` for others."""
        return self.home.visitors(day)

    def freshness(self, day: date) -> Freshness:
        """The workspace's own."""
        return self.home.freshness(day)


Rulebook = Policy | Policies


@functools.lru_cache(maxsize=1024)
def _acting(policy: Policy, channel: Channel, era: int) -> tuple[Rule, ...]:
    rules = [policy.rules[rule_id] for rule_id in policy.order]
    if era >= 0:
        first = policy.changes[era - 1] if era else 1
        rules = [rule for rule in rules if rule.acts_on(date.fromordinal(first))]
    return tuple(
        rule
        for rule in rules
        if channel in rule.channels and not isinstance(rule.limit, ThirdParty)
    )


def third_party_rules(policy: Policy, channel: Channel, day: date) -> tuple[Rule, ...]:
    """The rules on contacting somebody other than the person, in gate order."""
    rules = (policy.rules[rule_id] for rule_id in policy.order)
    return tuple(
        rule
        for rule in rules
        if isinstance(rule.limit, ThirdParty) and channel in rule.channels and rule.acts_on(day)
    )


def _visitors(policy: Policy, day: date | None) -> list[tuple[str, Visitors]]:
    rules = (policy.rules[rule_id] for rule_id in policy.order)
    return [
        (rule.id, rule.limit)
        for rule in rules
        if isinstance(rule.limit, Visitors) and (day is None or rule.acts_on(day))
    ]


def crew_rule(policy: Rulebook, members: int, day: date | None = None) -> str | None:
    """The rule a crew of `members` people would break at a door on `day` (None: ever), if any."""
    one = policy.home if isinstance(policy, Policies) else policy
    for rule_id, limit in _visitors(one, day):
        if members < limit.least or (limit.most is not None and members > limit.most):
            return rule_id
    return None


# --- merging -------------------------------------------------------------------------------------


def merge(main: Pack, *parts: Pack, house: House = AS_SHIPPED) -> Policy:
    """One policy out of a country's own pack and parts of it: all their rules together.

    Raises PlannerError("policy.…"): two rules of one id, a part of another country, a house rule
    left out that is none, and what `bounds.check` finds.
    """
    land = main.land
    if land is None:
        main.top.fail("missing_key", "country")
    if main.read_on is None:
        main.top.fail("missing_key", "read_on")
    for part in parts:
        if part.jurisdiction not in (EVERYWHERE, main.jurisdiction):
            part.top.fail("other_country", "jurisdiction", value=part.jurisdiction)
    packs = (main, *parts)
    rules = _united(packs, land)
    alive = [rule for rule in rules.values() if rule.status != "superseded"]
    policy = Policy(
        name=main.name,
        version=_version(packs, house, land.country),
        jurisdiction=main.jurisdiction,
        country=land.country,
        regions=land.regions,
        calendar_until=land.calendar_until or published_until(land.country),
        confirmed=frozenset(house.years.get(land.country, ())),
        days={
            date.fromisoformat(day): DayClass(kind)
            for day, kind in house.days.get(land.country, {}).items()
        },
        zone_default=land.zone_default,
        both_zones=land.both_zones,
        reviewed_by=main.reviewed_by,
        visit_seconds=land.visit_seconds,
        stages=main.stages,
        rules=rules,
        order=tuple(rule.id for rule in sorted(alive, key=_place_in_order)),
        changes=_changes(alive),
        packs=packs,
    )
    bounds.check(packs, rules, [date.fromordinal(day) for day in policy.changes], main.read_on)
    return policy


def _united(packs: tuple[Pack, ...], land: Land) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for pack in packs:
        for key, rule in pack.rules.items():
            if key in rules:
                pack.sections[key].fail("twice", "id", value=key)
            rules[key] = rule
    for key in land.without:
        left = rules.pop(key, None)
        if left is None or left.binding != "house":
            packs[0].top.fail("not_known", "without", value=key, known="house rules of the parts")
    return rules


def _place_in_order(rule: Rule) -> tuple[int, bool]:
    """Gate order; where law and house say the same, the law is named."""
    return rule.rank, rule.binding == "house"


def _changes(rules: list[Rule]) -> tuple[int, ...]:
    begins = {r.effective_from.toordinal() for r in rules if r.effective_from}
    ends = {r.effective_to.toordinal() + 1 for r in rules if r.effective_to}
    return tuple(sorted(begins | ends))


def _version(packs: tuple[Pack, ...], house: House, country: str) -> str:
    edits = {key: value for key, value in house.edits.items() if any(key in p.rules for p in packs)}
    own = [edits, house.years.get(country, ()), house.days.get(country, {})]
    content = [*(pack.digest for pack in packs), json.dumps(own, sort_keys=True)]
    return f"{packs[0].version}+{hashlib.sha256(''.join(content).encode()).hexdigest()[:12]}"


def parse_pack(text: str, file: str, house: House = AS_SHIPPED) -> Policy:
    """The policy of one complete pack written in `text`; `file` is named in complaints.

    Raises PlannerError("policy.…") with file, line, field and the reason's figures.
    """
    return merge(read_pack(text, file, edits=house.edits), house=house)


def load_pack(path: Path, house: House = AS_SHIPPED) -> Policy:
    """The policy of the country file `path` with the parts beside it that it names.

    Raises PlannerError("policy.…") on any mistake in one of them.
    """
    main = read_pack(_text(path), path.name, edits=house.edits)
    names: Iterable[str] = main.land.parts if main.land else ()
    if main.land:
        names = [*names, *(name for name in main.land.options if name in house.options)]
    files = [path.with_name(f"{name}.toml") for name in names]
    parts = [read_pack(_text(part), part.name, main.stages, house.edits) for part in files]
    return merge(main, *parts, house=house)


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise PlannerError("policy.unreadable", file=path.name, reason=str(error)) from None


def load_policies(folder: Path, home: str = HOME, house: House = AS_SHIPPED) -> Policies:
    """The policies of all countries in `folder`, of which `home` is the workspace's own.

    A file is a country's when its name has two letters. Raises PlannerError("policy.…") on any
    mistake, also when an edit names a rule that none of them has.
    """
    found = [load_pack(path, house) for path in sorted(folder.glob("??.toml"))]
    places = {policy.jurisdiction: policy for policy in found}
    if home not in places:
        raise PlannerError("policy.no_such_country", country=home)
    for key in house.edits:
        if not any(key in policy.rules for policy in found):
            raise PlannerError("policy.not_known", file=EDITS, line=1, field=key, value=key,
                               known="rules of the house")  # fmt: skip
    places = {
        code: policy if code == home else replace(policy, abroad=True)
        for code, policy in places.items()
    }
    own = places[home]
    rules = {key: rule for policy in found for key, rule in policy.rules.items()} | own.rules
    versions = "".join(policy.version for policy in found)
    digest = hashlib.sha256(versions.encode()).hexdigest()[:8]
    return Policies(own, places, f"{own.version}/{digest}", rules)


def default_policies(home: str = HOME) -> Policies:
    """The packs that ship with the program, as they are, seen from the country `home`."""
    return _shipped(home)


@functools.cache
def _shipped(home: str) -> Policies:
    return load_policies(resources() / "policies", home)


def default_policy() -> Policy:
    """The shipped rules of China, with the house policy beside the law."""
    return default_policies().home
