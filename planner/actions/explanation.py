"""What a person may ask for: own data alone, in plain words, without any figure of ours.

What is held, why there was contact, which rules protect, whom to turn to. No note of a collector,
no points, no name of anybody else, nothing that was taken back.
"""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from planner.actions.history import History, Line
from planner.actions.policy import active_policy
from planner.domain.codes import CHANNELS, Flag, channel_of
from planner.domain.people import Debtor
from planner.export import told
from planner.export.dossier import Document, Row, Section
from planner.export.figures import NONE, moment_text, money_exact
from planner.policy.limits import Rule
from planner.policy.pack import Policy
from planner.store.store import Store
from planner.words import sentence

# What is told line by line: what the person was part of.
_OURS: Final = Flag.WATCH | Flag.OFF_WATCH  # how we plan, not what is known
_TRADE: Final = re.compile("催|collect|debt|arrears", re.IGNORECASE)
_SHOWN: Final = frozenset({"contact", "promise", "payment", "agreement", "notice", "plan.agreed"})


def explanation(
    store: Store, debtor: Debtor, past: History, now: datetime, language: str
) -> Document:
    """The document for the person; `now` is aware."""

    def say(code: str, **figures: object) -> str:
        return sentence(f"explanation.{code}", language, **figures)

    policy = active_policy(store).for_jurisdiction(debtor.jurisdiction)
    lines = [one for one in past.lines if one.entry.kind in _SHOWN and not one.entry.undone]
    sections = [
        Section(say("held"), [say("held_text")], list(_held(debtor, past, language))),
        Section(say("why"), list(_why(debtor, language))),
        Section(
            say("done"), [say("done_text") if lines else say("done_none")],
            rows=[_row(one, store.zone, language) for one in lines],
        ),
        Section(
            say("rules"), [say("rules_text"), *(say(f"rules.{n}") for n in range(1, 5))],
            rows=list(_rules(policy, now, language)),
        ),
        Section(
            say("whom"), [say("whom_text"), say("rights")],
            [(say("office"), "_" * 40), (say("phone"), "_" * 40), (say("signed"), "_" * 40)],
        ),
    ]  # fmt: skip
    when = moment_text(now, store.zone)
    return Document(
        say("title"), say("under", name=debtor.name, when=when), say("foot"), now, sections
    )


def _held(debtor: Debtor, past: History, language: str) -> Iterator[tuple[str, str]]:
    """Name, numbers, addresses, marks about the person, figures told, files, as they are held."""

    def name(code: str) -> str:
        return sentence(f"dossier.{code}", language)

    yield name("name"), debtor.name
    yield name("id_number"), debtor.id_number or NONE
    yield name("phones"), ", ".join(debtor.phones) or NONE
    for place in debtor.addresses:
        wrong = "" if place.valid else f" · {name('wrong')}"
        yield name("address"), place.text + wrong
    marks = [sentence(told.FLAGS[one], language) for one in Flag
             if one in debtor.flags and one not in _OURS]  # fmt: skip
    if marks:
        yield name("marks"), ", ".join(marks)
    entries = [line.entry for line in past.lines if not line.entry.undone]
    for entry in entries:
        if entry.kind == "plan.agreed" and entry.fields.get("told"):
            day = entry.at.astimezone(ZoneInfo(debtor.zone)).date().isoformat()
            yield sentence("explanation.household", language), day
    files = Counter(entry.fields["media"] for entry in entries if entry.kind == "evidence")
    if files:
        shown = ", ".join(f"{media}: {n}" for media, n in sorted(files.items()))
        yield sentence("explanation.files", language), shown


def _why(debtor: Debtor, language: str) -> Iterator[str]:
    """One sentence for each loan."""
    opened = [case for case in debtor.cases if case.status == "open"]
    yield sentence("explanation.why_text" if opened else "explanation.why_none", language)
    for case in opened:
        amount = money_exact(case.amount_overdue, language)
        since = case.overdue_since.isoformat()
        yield sentence(
            "explanation.loan", language, lender=case.lender, contract=case.contract_no,
            amount=amount, since=since,
        )  # fmt: skip


def _row(line: Line, zone: str, language: str) -> Row:
    """What happened, without who was there and what was noted."""
    entry = line.entry
    fields = {k: v for k, v in entry.fields.items() if k not in ("by", "note", "reason")}
    what = told.title(entry.kind, fields, zone, language)
    if entry.kind == "contact":
        channel = sentence(told.CHANNELS[channel_of(entry.code)], language)
        what = f"{channel}: {what}"
    more = sentence(told.PROMISES[line.promise], language) if line.promise is not None else ""
    return Row(moment_text(entry.at, zone), what, more)


def _rules(policy: Policy, now: datetime, language: str) -> Iterator[Row]:
    """The rules of law and standards that bound contact, with where they stand."""
    today = now.astimezone(ZoneInfo(policy.zone_default)).date()
    found = {rule.id: rule for channel in CHANNELS for rule in policy.acting(channel, today)}
    known = [rule for rule in found.values() if rule.binding != "house"]
    for number, rule in enumerate(known, 1):
        yield Row(str(number), sentence(f"rule.{rule.id}", language), _where(rule, language))


def _where(rule: Rule, language: str) -> str:
    """Where a rule stands; of a source that is named by our trade only what kind it is."""
    source = sentence(rule.source, language)
    if _TRADE.search(source):
        return sentence(f"explanation.binding.{rule.binding}", language)
    clause = re.split(r" \(|（", sentence(rule.clause, language))[0]
    return sentence("explanation.source", language, source=source, clause=clause)
