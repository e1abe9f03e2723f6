"""What the rule screens show, read and computed off the GUI thread; no words here.

All knowledge of how rules are kept, merged and changed is behind these functions.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from planner.actions.change import Change
from planner.actions.policy import (
    active_policy,
    confirm_calendar,
    forget_calendar,
    house_edits,
    preview_edits,
    save_house,
    with_edits,
)
from planner.domain.codes import Channel
from planner.errors import PlannerError
from planner.export.fault_table import safe_cell
from planner.policy.house import HousePreview, editable
from planner.policy.limits import Rule
from planner.policy.pack import Policy
from planner.policy.reader import Pack
from planner.store.people import Entry, PersonRow, load_rows, timeline
from planner.store.store import Store
from planner.store.terms import Exception_, load_exceptions
from ui.cases.ranked import ranking_of
from ui.rules import matters
from ui.rules.matters import Field

Edits = dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class RuleView:
    """One rule as it acts on the day: subject, deciders of its matter, fields that may change.

    `stricter`: those of the deciders that permit less than it does, rather than just as much.
    """

    rule: Rule
    subject: str
    acts: bool
    deciders: Mapping[str, tuple[Channel, ...]]
    stricter: frozenset[str]
    fields: tuple[Field, ...]
    raw: Mapping[str, Any]
    changed: bool

    @property
    def decides(self) -> bool:
        """Whether it is the strictest of several for some channel."""
        return self.rule.id in self.deciders


@dataclass(frozen=True, slots=True)
class CalendarView:
    """How far the holidays of a country are known: `until` is the last year, None = unlimited."""

    country: str
    until: int | None
    confirmed: tuple[int, ...]

    @property
    def last(self) -> int | None:
        """The last year whose days are known or confirmed without a gap."""
        year = self.until
        while year is not None and year + 1 in self.confirmed:
            year += 1
        return year


@dataclass(frozen=True, slots=True)
class PackView:
    """One file of rules in force; a country's own file has a calendar."""

    pack: Pack
    bindings: tuple[tuple[str, int], ...]
    calendar: CalendarView | None


@dataclass(frozen=True, slots=True)
class RulesView:
    """The rules of one country on a day, with the packs of all."""

    day: date
    home: str
    country: str
    countries: tuple[str, ...]
    rules: tuple[RuleView, ...]
    packs: tuple[PackView, ...]
    calendar: CalendarView
    edits: Edits

    def find(self, rule_id: str) -> RuleView | None:
        """The rule of that id."""
        return next((one for one in self.rules if one.rule.id == rule_id), None)


@dataclass(frozen=True, slots=True)
class Ahead:
    """What changed values would do, or why they are refused."""

    edits: Edits
    preview: HousePreview | None = None
    refused: PlannerError | None = None


def load_rules(store: Store, day: date, country: str = "") -> RulesView:
    """The rules that protect people of `country` ("" = the workspace's own)."""
    policies = active_policy(store)
    home = policies.home.jurisdiction
    policy = policies.for_jurisdiction(country or home)
    edits = house_edits(store)
    own = editable(policy)
    others = sorted(code for code in policies.places if code != home)
    return RulesView(
        day=day,
        home=home,
        country=policy.jurisdiction,
        countries=(home, *others),
        rules=tuple(_rule(policy, rule, day, own, edits) for rule in _ordered(policy)),
        packs=_packs([policies.places[code] for code in (home, *others)]),
        calendar=_calendar(policy),
        edits=edits,
    )


def _ordered(policy: Policy) -> list[Rule]:
    """By subject; within it law before house, as the files have them."""
    places = {subject: number for number, subject in enumerate(matters.SUBJECTS)}
    return sorted(
        policy.rules.values(),
        key=lambda rule: (places[matters.subject_of(rule)], rule.binding == "house"),
    )


def _rule(policy: Policy, rule: Rule, day: date, own: Edits, edits: Edits) -> RuleView:
    deciders = matters.deciders(policy, rule, day)
    return RuleView(
        rule=rule,
        subject=matters.subject_of(rule),
        acts=rule.acts_on(day),
        deciders=deciders,
        stricter=frozenset(
            one for one in deciders if matters.tighter(policy.rules[one].limit, rule.limit)
        ),
        fields=matters.fields_of(policy, rule),
        raw=own.get(rule.id, {}),
        changed=rule.id in edits,
    )


def _calendar(policy: Policy) -> CalendarView:
    confirmed = tuple(sorted(policy.confirmed))
    return CalendarView(policy.jurisdiction, policy.calendar_until, confirmed)


def _packs(policies: Sequence[Policy]) -> tuple[PackView, ...]:
    """Each file once, the workspace's own country first."""
    found: dict[str, PackView] = {}
    for policy in policies:
        for pack in policy.packs:
            if pack.file not in found:
                counts: dict[str, int] = {}
                for rule in pack.rules.values():
                    counts[rule.binding] = counts.get(rule.binding, 0) + 1
                calendar = _calendar(policy) if pack.land is not None else None
                found[pack.file] = PackView(pack, tuple(counts.items()), calendar)
    return tuple(found.values())


def edits_with(edits: Edits, one: RuleView, changes: Mapping[str, Any]) -> Edits:
    """All changes of the house with those of one rule added."""
    return {**edits, one.rule.id: {**edits.get(one.rule.id, {}), **changes}}


def edits_without(edits: Edits, rule_id: str) -> Edits:
    """All changes of the house but those of one rule: it is as it was shipped."""
    return {key: value for key, value in edits.items() if key != rule_id}


def look_ahead(store: Store, day: date, edits: Edits) -> Ahead:
    """Whom `edits` would bar and free on `day`; a refusal is an answer too."""
    try:
        with_edits(store, edits)
    except PlannerError as error:
        return Ahead(edits, refused=error)
    ranking = ranking_of(store, day)
    return Ahead(edits, preview_edits(store, edits, ranking.table, day, ranking.verdicts))


def put_house(store: Store, edits: Edits) -> Change:
    """Put `edits` in force. Raises PlannerError("policy.…"); then the old ones stay."""
    save_house(store, edits)
    return Change.SETTINGS


def confirm_year(store: Store, country: str, year: int, known: bool) -> Change:
    """Take a year no calendar covers as known by its statutory days, or take that back."""
    (confirm_calendar if known else forget_calendar)(store, country, year)
    return Change.SETTINGS


def confirmed(store: Store, country: str, year: int) -> tuple[None, Change]:
    """The same as a job of the ordered lane."""
    return None, confirm_year(store, country, year, True)


def told(store: Store, edits: Edits) -> tuple[None, Change]:
    """The same as a job of the ordered lane."""
    return None, put_house(store, edits)


# --- exceptions ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Deviation:
    """A contact outside the rules, or a rule set aside by a lead.

    `by` is who made the contact or decided, `reason` the note of the contact or the lead's reason.
    """

    entry: Exception_
    person: PersonRow | None
    rule: Rule | None
    by: str = ""
    reason: str = ""

    @property
    def aside(self) -> bool:
        """Whether it was permitted beforehand."""
        return bool(self.entry.reason)


def load_deviations(store: Store) -> list[Deviation]:
    """All of them, newest first, with the persons they are about."""
    rules = active_policy(store).rules
    with store.read() as conn:
        entries = load_exceptions(conn)
        ids = list(dict.fromkeys(entry.debtor_id for entry in entries))
        people = {row.debtor_id: row for row in load_rows(conn, ids)}
        lives = {who: timeline(conn, who) for who in ids}
    found = []
    for entry in entries:
        by, reason = entry.by, entry.reason
        if not reason:
            by, reason = _contact(lives[entry.debtor_id], entry)
        one = Deviation(entry, people.get(entry.debtor_id), rules.get(entry.rule), by, reason)
        found.append(one)
    return found


def _contact(life: Sequence[Entry], entry: Exception_) -> tuple[str, str]:
    """Who made the contact that broke the rule, and the note of it."""
    for one in life:
        same = one.kind == "contact" and one.at == entry.at and not one.undone
        if same and one.fields.get("channel") == entry.channel:
            return ", ".join(one.fields.get("by", ())), str(one.fields.get("note", ""))
    return "", ""


def write_table(path: Path, lines: Sequence[Sequence[str]]) -> Path:
    """Write lines of cells as CSV that a spreadsheet shows and never computes.

    UTF-8 with a byte-order mark, so that Excel reads Chinese. Raises PlannerError.
    """
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([safe_cell(cell) for cell in line] for line in lines)
    except OSError as error:
        raise PlannerError("file.unwritable", file=path.name, why=error.strerror) from error
    return path
