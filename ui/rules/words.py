"""Rules in words: what they limit, how binding and how sure they are, and what decides."""

from collections.abc import Iterable, Mapping
from typing import Any

from planner.domain.codes import CHANNELS, Channel, Flag
from planner.errors import PlannerError
from planner.export.told import FLAGS, HOLDS
from planner.policy.days import DayClass, Span
from planner.policy.limits import (
    Belief,
    ClosedDays,
    Counter,
    Duty,
    Escalation,
    FlagStop,
    Freshness,
    Hardship,
    HoldStop,
    Hours,
    Missing,
    NoShow,
    Notice,
    Pacing,
    Pause,
    Place,
    PromiseWait,
    Rule,
    ThirdParty,
    Visitors,
)
from planner.words import country_name
from ui import errors, formats
from ui.case import words as case_words
from ui.i18n import N_, _, code, language, ngettext
from ui.rules.load import RulesView, RuleView
from ui.rules.matters import Field, Path, span_text, unsure

SUBJECTS = {
    "hours": N_("Hours and days"), "limits": N_("How often"), "pauses": N_("Pauses"),
    "visitors": N_("Visitors"), "places": N_("Places"), "before": N_("What must come first"),
    "notice": N_("Announcement"), "third": N_("Third parties"), "stops": N_("When contact rests"),
    "data": N_("Missing or old data"), "duties": N_("Duties and prompts"),
}  # fmt: skip
BINDINGS = {
    "law": N_("law"), "regulation": N_("regulation"), "standard": N_("standard"),
    "self_regulation": N_("self-regulation"), "guidance": N_("guidance"), "house": N_("house"),
}  # fmt: skip
STATUSES = {
    "in_force": N_("in force"), "draft": N_("draft: tightens only"),
    "superseded": N_("superseded: bars nothing"),
}  # fmt: skip
CONFIDENCES = {
    "V": N_("seen: the clause itself was read"),
    "S": N_("secondary source: read about, clause not seen"),
    "M": N_("from memory: tightens only"),
    "H": N_("decided by the house"),
    "?": N_("nothing found: tightens only"),
}
DAYS = {
    DayClass.WORKDAY: N_("working days"), DayClass.SATURDAY: N_("Saturdays"),
    DayClass.SUNDAY: N_("Sundays"), DayClass.HOLIDAY: N_("public holidays"),
    DayClass.MAKEUP_SATURDAY: N_("worked Saturdays"),
    DayClass.MAKEUP_SUNDAY: N_("worked Sundays"),
}  # fmt: skip
_STAGES = {"early": N_("early"), "middle": N_("middle"), "late": N_("late")}
_UNITS = {
    "visit": (N_("visit"), N_("visits")), "attempt": (N_("call attempt"), N_("call attempts")),
    "conversation": (N_("conversation"), N_("conversations")),
    "message": (N_("message"), N_("messages")), "contact": (N_("contact"), N_("contacts")),
}  # fmt: skip
_PERIODS = {
    "day": N_("at most {n} {unit} a day"), "week": N_("at most {n} {unit} a week"),
    "month": N_("at most {n} {unit} a month"), "rolling": N_("at most {n} {unit} in {days} days"),
}  # fmt: skip
_THIRD = {
    "never": N_("nobody else is contacted"),
    "lost": N_("only after {n} unanswered calls or a dead number"),
    "consent": N_("only with the person's consent, after {n} unanswered calls or a dead number"),
}
_FIELDS = {
    "limit": N_("Most"), "days": N_("Days of pause"), "min": N_("At least"),
    "max": N_("At most"), "hours": N_("Hours beforehand"), "grace_days": N_("Days of grace"),
    "look_back": N_("Days looked back"), "longer": N_("Longer after cooperation, times"),
    "shorter": N_("Shorter after evasion, times"), "mark_hours": N_("Marked as old after, hours"),
    "reason_hours": N_("A plan needs a reason after, hours"), "classes": N_("Closed on"),
    "no_answer": N_("Unanswered calls"), "no_answer_days": N_("within days"),
    "event_days": N_("Dead number, refusal or broken promise: within days"),
    "quiet_no_answer": N_("Unanswered calls without a talk"),
    "no_talk_days": N_("no talk for days"),
}  # fmt: skip
_GROUPS = {
    "paid": N_("Pause after a payment, days"), "promised": N_("Pause after a promise, days"),
    "talked": N_("Pause after a talk, days"), "others": N_("Pause after others were met, days"),
    "nobody": N_("Pause after nobody was met, days"),
    "wrong": N_("Pause after a wrong address, days"),
}  # fmt: skip


def sentence(rule_id: str) -> str:
    """The rule in plain words."""
    return code(f"rule.{rule_id}")


def own(text: str) -> str:
    """A text of a pack in the language in use, where a translation is at hand."""
    return _(text) if text else ""


def comma(parts: Iterable[str]) -> str:
    """A list within a sentence."""
    return ("、" if language() == "zh_CN" else ", ").join(parts)


def semicolon(parts: Iterable[str]) -> str:
    """A list of longer parts."""
    return ("；" if language() == "zh_CN" else "; ").join(part for part in parts if part)


def country(code_: str) -> str:
    """The name of a country."""
    return country_name(code_, language())


def source(rule: Rule) -> str:
    """Where a rule stands: "GB/T 45251-2025, 5.3"."""
    return source_words(rule.source, rule.clause)


def source_words(name: str, clause: str) -> str:
    """Name and clause of a source as one phrase."""
    return f"{own(name)}, {own(clause)}" if language() == "en" else f"{own(name)}，{own(clause)}"


def binding_tone(rule: Rule) -> str:
    """The tone of the chip that says how binding a rule is."""
    return "neutral" if rule.binding == "house" else "accent"


def channels(found: Iterable[Channel]) -> str:
    """ "calls, visits"."""
    names = {Channel.CALL: _("calls"), Channel.MESSAGE: _("messages"), Channel.VISIT: _("visits")}
    have = set(found)
    return comma(names[one] for one in CHANNELS if one in have)


def spans(found: Iterable[Span]) -> str:
    """ "09:00–12:00, 14:00–18:00"."""
    return comma(span_text(span).replace("-", "–") for span in found)


def value(rule: Rule) -> str:
    """What a rule limits, as a phrase of figures; "" when the sentence says it all."""
    match rule.limit:
        case Hours() as hours:
            return _hours(hours)
        case ClosedDays(classes=classes):
            return _("closed on {days}").format(days=days(classes))
        case Counter() as counter:
            return _counter(counter)
        case Pause(days=n):
            return ngettext("{n} day of pause", "{n} days of pause", n).format(n=n)
        case PromiseWait(grace_days=n):
            return ngettext("{n} day of grace", "{n} days of grace", n).format(n=n)
        case Pacing() as pacing:
            stages = [f"{stage(one.name)} {one.in_all}" for one in pacing.stages]
            return _("visits in all: {stages}").format(stages=comma(stages))
        case Visitors(least=least, most=most):
            return _people(least, most)
        case Notice(hours=n):
            return _("{n} h beforehand").format(n=n) if n else _("no announcement demanded")
        case Freshness(mark_hours=mark, reason_hours=reason):
            return _("old after {mark} h, reason after {reason} h").format(mark=mark, reason=reason)
    return _fact(rule)


def _fact(rule: Rule) -> str:
    match rule.limit:
        case Place(kinds=kinds):
            return comma(_(case_words.KINDS[kind]) for kind in sorted(kinds))
        case Belief(least=least):
            return _("an address is used from {share} on").format(share=formats.percent(least))
        case FlagStop(flags=flags):
            return comma(_(FLAGS[one]) for one in Flag if one in flags)
        case HoldStop(holds=holds):
            return comma(_(HOLDS[one]) for one in sorted(holds))
        case Hardship(met=n):
            return ngettext("after {n} meeting", "after {n} meetings", n).format(n=n)
        case Escalation(no_answer=n, no_answer_days=within):
            text = _("{n} unanswered calls in {days} days, or a like reason")
            return text.format(n=n, days=within)
        case NoShow(count=n):
            return _("{n} agreed meetings missed").format(n=n)
        case ThirdParty(mode=mode, failures=n):
            return _(_THIRD[mode]).format(n=n)
        case Duty():
            return _("shown and printed")
        case Missing():
            return _("nothing is proposed without it")
    return ""


def _hours(hours: Hours) -> str:
    groups: dict[tuple[Span, ...], list[DayClass]] = {}
    for day in DayClass:
        if day in hours.windows:
            groups.setdefault(hours.windows[day], []).append(day)
    if len(groups) == 1 and len(hours.windows) == len(DayClass):
        return _("every day {hours}").format(hours=spans(next(iter(groups))))
    return semicolon(f"{days(which)} {spans(found)}" for found, which in groups.items())


def days(classes: Iterable[DayClass]) -> str:
    """Day classes in the order of the week."""
    have = set(classes)
    return comma(_(DAYS[day]) for day in DayClass if day in have)


def _counter(counter: Counter) -> str:
    text = _(_PERIODS[counter.period]).format(
        n=counter.limit, unit=ngettext(*_UNITS[counter.unit], counter.limit), days=counter.days
    )
    if counter.per == "phone_number":
        text = _("{limit} per number").format(limit=text)
    return text


def _people(least: int, most: int | None) -> str:
    if most is None:
        return ngettext("at least {n} person", "at least {n} people", least).format(n=least)
    if least == most:
        return ngettext("exactly {n} person", "exactly {n} people", least).format(n=least)
    return _("{least} to {most} people").format(least=least, most=most)


def stage(name: str) -> str:
    """The name of a stage of a loan."""
    return _(_STAGES[name]) if name in _STAGES else name


def decision(view: RuleView) -> str:
    """Which rule decides the matter, for which channels."""
    if not view.deciders:
        return _("No other rule speaks of this; it decides alone.")
    parts = []
    for rule_id, found in view.deciders.items():
        where = channels(found)
        if rule_id == view.rule.id:
            text = _("This rule is the strictest and decides for {where}.")
        elif rule_id in view.stricter:
            text = _("A stricter rule decides for {where}: {rule}")
        else:
            text = _("Another rule is as strict and is named for {where}: {rule}")
        parts.append(text.format(where=where, rule=sentence(rule_id)))
    return " ".join(parts) if language() == "en" else "".join(parts)


def effect(rule: Rule) -> str:
    """In force or not, since when, until when."""
    parts = [_(STATUSES[rule.status])]
    if rule.effective_from:
        parts.append(_("from {day}").format(day=formats.day(rule.effective_from)))
    if rule.effective_to:
        parts.append(_("until {day}").format(day=formats.day(rule.effective_to)))
    return " ".join(parts)


def chips(view: RuleView) -> list[tuple[str, str, str]]:
    """(word, tone, icon) of what is special about a rule."""
    rule = view.rule
    found = [(_(BINDINGS[rule.binding]), binding_tone(rule), "")]
    if rule.status != "in_force":
        found.append((_(STATUSES[rule.status]), "warn", "clock"))
    if rule.contested:
        found.append((_("contested: sources disagree"), "warn", "warn"))
    elif unsure(rule):
        found.append((_("tightens only"), "warn", "warn"))
    if view.changed:
        found.append((_("changed here"), "accent", "edit"))
    if rule.overridable_by:
        found.append((_("a lead may set it aside"), "neutral", "unlock"))
    return found


def field(path: Path) -> str:
    """The name of a value that may be changed."""
    head, last = str(path[0]), str(path[-1])
    if head == "windows":
        return _(DAYS[DayClass(str(path[1]))])
    if head == "pause":
        return _(_GROUPS[last])
    if head == "by_stage":
        return _("Most, {stage}").format(stage=stage(last))
    if head == "stages":
        return _("Visits in all, {stage}").format(stage=stage(str(path[1])))
    return _(_FIELDS[head]) if head in _FIELDS else head


def bound(one: Field, view: RulesView) -> str:
    """How far a value may go, and by which rule."""
    found = view.find(one.law) if one.law else None
    if found is None:
        if one.kind == "whole" and one.path[0] == "pause":
            return _("at least {n} by the rule itself").format(n=round(one.least))
        return ""
    said = {"law": source(found.rule)}
    if one.kind == "span":
        return _("within {hours} by {law}").format(hours=spans(one.bound), **said)
    if one.path[0] in ("days", "min"):
        return _("at least {n} by {law}").format(n=one.bound, **said)
    return _("at most {n} by {law}").format(n=one.bound, **said)


def refusal(error: PlannerError, view: RulesView) -> str:
    """Why values are refused."""
    told: Mapping[str, Any] = error.params
    if error.code == "policy.looser_than_law":
        law = view.find(str(told["law"]))
        where = source(law.rule) if law else str(told["law"])
        text = _("Refused: {value} is looser than the law. {rule} ({source})")
        kind, space, rest = str(told["value"]).partition(" ")
        given = f"{_(DAYS[DayClass(kind)])} {rest}" if space and kind in DAYS else told["value"]
        return text.format(value=given, rule=sentence(str(told["law"])), source=where)
    if error.code == "policy.out_of_range":
        text = _("Refused: {value} must lie between {least} and {most}.")
        return text.format(value=told["value"], least=told["least"], most=told["most"])
    if error.code == "policy.hours_reversed":
        return _("Refused: the hours end before they begin.")
    return errors.words(error)
