"""All that is known of one person as a document: the dossier, the history alone.

The dossier is for a regulator or a complaint: head, loans, contacts, every line of the history,
the plans with the rules they were made by, deviations, evidence with its digests, and the check of
the chain that the entries hang on. Whatever is taken out is recorded.
"""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from planner.actions.explanation import explanation
from planner.actions.history import PLAN_DAY, History, Line, history
from planner.actions.policy import active_policy
from planner.actions.take_out import note_out, write_out
from planner.clock import Clock
from planner.domain.codes import CHANNELS, Channel, Flag, channel_of
from planner.domain.people import Debtor
from planner.export import told
from planner.export.dossier import Document, Row, Section, document
from planner.export.figures import (
    NONE,
    district,
    mask_id,
    mask_name,
    mask_phone,
    moment_text,
    money_exact,
)
from planner.store.people import load_debtor
from planner.store.store import Store
from planner.store.verify import verify
from planner.words import sentence, system_language

KINDS: Final = ("dossier", "history", "explanation")
# Free words may hold a name or a number: they are left out of a masked document.
_FREE: Final = ("note", "reason", "evidence", "name", "source", "value", "by", "receipt", "shown")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted: one of KINDS, masked or not (an explanation never is: it is for the person),
    and of a history the groups of lines (none: all)."""

    kind: str = "dossier"
    masked: bool = False
    groups: tuple[str, ...] = ()

    @property
    def named(self) -> bool:
        """Whether what comes out says who it is about."""
        return not self.masked or self.kind == "explanation"

    @property
    def told(self) -> str:
        """What the record says: dossier+names, dossier+masked, explanation+names."""
        return f"{self.kind}+{'names' if self.named else 'masked'}"


@dataclass(frozen=True, slots=True)
class _Reader:
    """What every part of a document needs."""

    debtor: Debtor
    past: History
    zone: str
    language: str
    masked: bool

    def say(self, code: str, **figures: object) -> str:
        """The words of `dossier.<code>`."""
        return sentence(f"dossier.{code}", self.language, **figures)

    def word(self, key: str) -> str:
        """A word that the window has too."""
        return sentence(key, self.language)


def export_dossier(
    store: Store, debtor_id: str, out: Path, wanted: Wanted, *, clock: Clock, by: str = "",
    language: str | None = None,
) -> Path:  # fmt: skip
    """Write the PDF and record it. PlannerError: "store.unknown_person", "file.unwritable"."""
    body = dossier_bytes(store, debtor_id, wanted, clock(), language)

    def note() -> None:
        note_dossier(store, debtor_id, wanted, body, clock=clock, by=by)

    return write_out(out, body, note, private=wanted.named)


def note_dossier(
    store: Store, debtor_id: str, wanted: Wanted, body: bytes, *, clock: Clock, by: str = ""
) -> None:
    """Record that somebody took this out of the program, as a file or on paper."""
    with store.read() as conn:
        cases = len(load_debtor(conn, debtor_id).cases)
    fields = {"what": wanted.told, "by": by, "persons": 1, "cases": cases, "who": debtor_id}
    note_out(store, fields, body, clock=clock)


def dossier_bytes(
    store: Store, debtor_id: str, wanted: Wanted, now: datetime, language: str | None = None
) -> bytes:
    """The PDF, not recorded: for a look at it before it is taken. `now` is aware.

    PlannerError("store.unknown_person").
    """
    language = language or system_language()
    past = history(store, debtor_id, now)
    with store.read() as conn:
        debtor = load_debtor(conn, debtor_id)
    if wanted.kind == "explanation":
        return document(explanation(store, debtor, past, now, language))
    read = _Reader(debtor, past, store.zone, language, wanted.masked)
    if wanted.kind == "history":
        sections = [_lines(read, wanted.groups)]
    else:
        sections = [
            _head(read), _loans(read, now), _contacts(read), _rules(read, store), _lines(read, ()),
            _plans(read), _deviations(read), _evidence(read), _chain(read, store),
        ]  # fmt: skip
    when = moment_text(now, store.zone)
    masked = f" · {read.say('masked')}" if wanted.masked else ""
    under = f"{read.say('reference', id=debtor_id)} · {read.say('as_of', when=when)}{masked}"
    name = mask_name(debtor.name) if wanted.masked else debtor.name
    title = read.say(f"title.{wanted.kind}", name=name)
    return document(Document(title, under, read.say("foot"), now, sections))


def _head(read: _Reader) -> Section:
    one, masked = read.debtor, read.masked
    phones = [mask_phone(phone) if masked else phone for phone in one.phones]
    flags = [read.word(told.FLAGS[flag]) for flag in Flag if flag in one.flags]
    pairs = [
        (read.say("name"), mask_name(one.name) if masked else one.name),
        (read.say("id_number"), (mask_id(one.id_number) if masked else one.id_number) or NONE),
        (read.say("phones"), ", ".join(phones) or NONE),
    ]
    for place in one.addresses:
        text = place.township or district(place.text) if masked else place.text
        grade = read.word(told.GRADES[place.grade])
        wrong = "" if place.valid else f" · {read.say('wrong')}"
        pairs.append((read.say("address"), f"{text} ({grade}){wrong}"))
    pairs.append((read.say("marks"), ", ".join(flags) or NONE))
    return Section(read.say("head"), pairs=pairs)


def _loans(read: _Reader, now: datetime) -> Section:
    today = now.astimezone(ZoneInfo(read.zone)).date()
    rows = [
        Row(
            case.overdue_since.isoformat(),
            f"{case.lender} · {mask_id(case.contract_no) if read.masked else case.contract_no}",
            " · ".join(
                part
                for part in (
                    case.product, money_exact(case.amount_overdue, read.language),
                    read.say("days", n=case.days_past_due(today)),
                    read.say(f"status.{case.status}"),
                )
                if part
            ),
        )
        for case in read.debtor.cases
    ]  # fmt: skip
    return Section(read.say("loans"), [] if rows else [read.say("none")], rows=rows)


def _contacts(read: _Reader) -> Section:
    """How often by which channel; what was undone does not count."""
    made = [line.entry for line in read.past.lines
            if line.entry.kind == "contact" and not line.entry.undone]  # fmt: skip
    counts: Counter[Channel] = Counter(channel_of(one.code) for one in made)
    pairs = []
    for channel in CHANNELS:
        last = next((one.at for one in made if channel_of(one.code) is channel), None)
        text = read.say("times", n=counts[channel], last=moment_text(last, read.zone))
        pairs.append((read.word(told.CHANNELS[channel]), text))
    return Section(read.say("contacts"), pairs=pairs)


def _rules(read: _Reader, store: Store) -> Section:
    policy = active_policy(store).for_jurisdiction(read.debtor.jurisdiction)
    pairs = [
        (read.word(pack.name), f"{pack.version} · SHA-256 {pack.digest}") for pack in policy.packs
    ]
    return Section(read.say("rules"), [read.say("rules_now", version=policy.version)], pairs)


def _lines(read: _Reader, groups: tuple[str, ...]) -> Section:
    lines = [line for line in read.past.lines if not groups or line.group in groups]
    title = read.say("history")
    if groups:
        title += " (" + ", ".join(read.say(f"group.{one}") for one in groups) + ")"
    return Section(
        title, [] if lines else [read.say("none")], rows=[_row(read, line) for line in lines]
    )


def _row(read: _Reader, line: Line) -> Row:
    entry = line.entry
    fields = _masked(entry.fields) if read.masked else entry.fields
    return Row(
        moment_text(entry.at, read.zone),
        told.title(entry.kind, fields, read.zone, read.language),
        told.details(
            entry.kind, entry.at, fields, read.zone, read.language, promise=line.promise,
            undone=entry.undone,
        ),
        entry.undone,
    )  # fmt: skip


def _masked(fields: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if name not in _FREE}


def _plans(read: _Reader) -> Section:
    rows = []
    for one in reversed(read.past.days):
        more = [read.say("plan_rules", policy=one.policy, ranking=one.ranking),
                read.say("plan_versions", n=one.versions)]  # fmt: skip
        if one.reason and not read.masked:
            more.append(read.say("plan_reason", why=one.reason))
        fields = {"date": one.day.isoformat(), "kept": one.kept}
        what = told.title(PLAN_DAY, fields, read.zone, read.language)
        place = read.say("plan_stop", crew=one.crew, n=one.number,
                         time=moment_text(one.start, read.zone)[-5:])  # fmt: skip
        rows.append(Row(moment_text(one.made_at, read.zone), f"{what} · {place}", " · ".join(more)))
    return Section(read.say("plans"), [] if rows else [read.say("none")], rows=rows)


def _deviations(read: _Reader) -> Section:
    found = [line for line in read.past.lines if line.entry.kind in ("exception", "override")]
    rows = [_row(read, line) for line in found]
    text = [read.say("deviations_text")] if rows else [read.say("none")]
    return Section(read.say("deviations"), text, rows=rows)


def _evidence(read: _Reader) -> Section:
    rows = []
    for line in read.past.lines:
        entry = line.entry
        if entry.kind == "evidence":
            name = "" if read.masked else str(entry.fields.get("name") or "")
            what = " · ".join(
                part for part in (entry.fields["media"], name, f"{entry.fields['size']:,} B")
                if part
            )  # fmt: skip
            digest = f"SHA-256 {entry.fields['sha256']}"
            rows.append(Row(moment_text(entry.at, read.zone), what, digest, entry.undone))
    text = [read.say("evidence_text")] if rows else [read.say("none")]
    return Section(read.say("evidence"), text, rows=rows)


def _chain(read: _Reader, store: Store) -> Section:
    report = verify(store)
    with store.read() as conn:
        heads = conn.execute(
            "SELECT device_id, last_seq, last_hash FROM device ORDER BY device_id"
        ).fetchall()
    text = [read.say("chain_ok" if report.ok else "chain_wrong", n=f"{report.events:,}")]
    text += [sentence(code, read.language, **params) for code, params in report.problems]
    pairs = [(read.say("head_of", device=device[:8]), f"{seq:,} · {digest.hex()}")
             for device, seq, digest in heads]  # fmt: skip
    return Section(read.say("chain"), text, pairs)
