"""Whether a person in a file is one the workspace knows: by ID number, else by name and phone.

What cannot be told is asked: nobody is split into two persons, whose limits would count twice, nor
merged with somebody else, without a reason.
"""

import json
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Literal

from planner.intake.records import PersonRecord
from planner.store.driver import Connection
from planner.store.identity import find_debtors

Doubt = Literal["other_id", "other_name", "several", "same_address"]


@dataclass(frozen=True, slots=True)
class Question:
    """Whether the person of row `row` (identity `identity`) is one of `known` (debtor id, name).

    `doubt` says why it is not clear: the same name and phone under another ID number, the same ID
    number under another name, several who could be meant, or only name and address alike.
    """

    file: str
    row: int
    identity: str
    name: str
    doubt: Doubt
    known: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Persons:
    """Who the persons of a file are: `ids` of those who are known, `questions` about others."""

    ids: Mapping[str, str]  # identity -> debtor id
    questions: tuple[Question, ...]
    known: Mapping[str, str]  # identity -> debtor id, of everybody a file was once about
    settled: Set[str]  # identities of listed persons: nothing is to be said about whose they are


@dataclass(frozen=True, slots=True)
class _Known:
    who: str
    name: str
    id_number: str
    phones: frozenset[str]
    places: frozenset[str]


def whom(conn: Connection, file: str, records: Sequence[PersonRecord]) -> Persons:
    """Look for every person of a file among those known here."""
    ids: dict[str, str] = {}
    strangers, questions = [], []
    found = find_debtors(conn, [one.identity for one in records])
    names = _names(conn, list(found.values()))
    for one in records:
        who = found.get(one.identity)
        if who is None or who not in names:  # or known by an import that was taken back
            strangers.append(one)
        elif one.id_number and names[who] != one.name:
            known = ((who, names[who]),)
            questions.append(Question(file, _row(one), one.identity, one.name, "other_name", known))
        else:
            ids[one.identity] = who
    alike = _alike(conn, {one.name for one in strangers})
    taken = set(ids.values())
    for one in strangers:
        same, question = _judge(file, one, alike.get(one.name, []))
        if same and same in taken:  # two rows of a file: nobody is split without being asked
            known = ((same, one.name),)
            question = Question(file, _row(one), one.identity, one.name, "several", known)
        if same and not question:
            ids[one.identity] = same
            taken.add(same)
        elif question:
            questions.append(question)
    settled = {identity for identity, who in found.items() if who in names}
    return Persons(ids, tuple(questions), found, settled)


def _row(one: PersonRecord) -> int:
    return one.rows[0] if one.rows else 0


def _names(conn: Connection, ids: Sequence[str]) -> dict[str, str]:
    return dict(
        conn.execute(
            "SELECT debtor_id, name FROM person JOIN who USING (pid)"
            " WHERE debtor_id IN (SELECT value FROM json_each(?))",
            (json.dumps(ids),),
        ).fetchall()
    )


def _alike(conn: Connection, names: set[str]) -> dict[str, list[_Known]]:
    """Known persons by name, of those names."""
    found: dict[str, list[_Known]] = {}
    rows = conn.execute(
        "SELECT debtor_id, name, id_number, phones,"
        " (SELECT json_group_array(text) FROM address a WHERE a.pid = person.pid)"
        " FROM person JOIN who USING (pid) WHERE name IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(names)),),
    )
    for who, name, id_number, phones, places in rows:
        known = _Known(
            who, name, id_number, frozenset(json.loads(phones)), frozenset(json.loads(places))
        )
        found.setdefault(name, []).append(known)
    return found


def _judge(
    file: str, one: PersonRecord, alike: Sequence[_Known]
) -> tuple[str | None, Question | None]:
    """The known person that a stranger surely is, or a question, or neither."""

    def ask(doubt: Doubt, those: Sequence[_Known]) -> Question:
        known = tuple((other.who, other.name) for other in those)
        return Question(file, _row(one), one.identity, one.name, doubt, known)

    phoned = [other for other in alike if other.phones & set(one.phones)]
    fitting = [o for o in phoned if not (o.id_number and one.id_number)]
    if len(fitting) == 1 and len(phoned) == 1:
        return fitting[0].who, None
    if fitting:
        return None, ask("several", phoned)
    if phoned:
        return None, ask("other_id", phoned)
    texts = {place.text for place in one.addresses if place.text}
    near = [o for o in alike if o.places & texts and not (o.id_number and one.id_number)]
    return None, ask("same_address", near) if near else None
