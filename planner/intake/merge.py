"""Rows of one person to one record: by ID number, else by name and phone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.domain.codes import Flag, Grade, HoldKind
from planner.domain.people import NO_FLAGS, Address, Case
from planner.domain.work import clean_tags
from planner.intake.records import PersonRecord


@dataclass(slots=True)
class Draft:
    """One good row."""

    row: int
    name: str
    id_number: str
    phones: tuple[str, ...]
    flags: Flag
    holds: tuple[HoldKind, ...]
    addresses: tuple[Address, ...]
    case: Case
    needs: tuple[str, ...] | None = None


def identity(name: str, id_number: str, phone: str) -> str:
    """The key by which a person is known again in later files."""
    return f"id:{id_number}" if id_number else f"np:{name}|{phone}"


def merge(drafts: list[Draft]) -> list[PersonRecord]:
    """Persons in the order of their first row.

    A row without an ID number joins the one person in the file with an ID number, the same name
    and the same phone; when two such persons exist it stays by itself. Rows without an ID number
    and with the same name are one person when they share a phone.
    """
    named: dict[tuple[str, str], set[str]] = {}
    if any(not draft.id_number for draft in drafts):
        for draft in drafts:
            if draft.id_number:
                for phone in draft.phones:
                    named.setdefault((draft.name, phone), set()).add(draft.id_number)
    numbers = [draft.id_number or _number_of(draft, named) for draft in drafts]
    first = _first_phones([d for d, number in zip(drafts, numbers, strict=True) if not number])
    groups: dict[str, list[Draft]] = {}
    for draft, number in zip(drafts, numbers, strict=True):
        phone = draft.phones[0] if draft.phones else ""
        key = identity(draft.name, number, first.get((draft.name, phone), phone))
        groups.setdefault(key, []).append(draft)
    return [_person(key, group) for key, group in groups.items()]


def _number_of(draft: Draft, named: Mapping[tuple[str, str], set[str]]) -> str:
    """The ID number of the one person with this name and one of these phones, else ""."""
    found: set[str] = set()
    for phone in draft.phones:
        found |= named.get((draft.name, phone), set())
    return found.pop() if len(found) == 1 else ""


def _first_phones(drafts: Sequence[Draft]) -> dict[tuple[str, str], str]:
    """(name, phone) -> the phone under which that person is known: the first of all that rows of
    the name connect."""
    leads: dict[tuple[str, str], str] = {}
    for draft in drafts:
        if len(draft.phones) < 2 and (draft.name, *draft.phones) in leads:
            continue
        met = [leads[key] for phone in draft.phones if (key := (draft.name, phone)) in leads]
        lead = met[0] if met else (draft.phones[0] if draft.phones else "")
        for phone in draft.phones:
            leads[draft.name, phone] = lead
        if len(set(met)) > 1:  # the row joins groups that were apart
            for key, other in leads.items():
                if key[0] == draft.name and other in met:
                    leads[key] = lead
    return leads


def joined(one: PersonRecord, other: PersonRecord) -> PersonRecord:
    """Two records of a file about one person, as one; the first one's name counts."""
    needs = [told for told in (one.needs, other.needs) if told is not None]
    return replace(
        one,
        id_number=one.id_number or other.id_number,
        phones=tuple(dict.fromkeys((*one.phones, *other.phones))),
        flags=one.flags | other.flags,
        addresses=_unique((*one.addresses, *other.addresses)),
        cases=(*one.cases, *other.cases),
        holds=tuple(dict.fromkeys((*one.holds, *other.holds))),
        rows=(*one.rows, *other.rows),
        needs=clean_tags(tag for told in needs for tag in told) if needs else None,
    )


def _person(key: str, group: list[Draft]) -> PersonRecord:
    first = group[0]
    number = key[3:] if key.startswith("id:") else ""
    if len(group) == 1:
        places = first.addresses if len(first.addresses) < 2 else _unique(first.addresses)
        return PersonRecord(
            key, first.name, number, first.phones, first.flags, places, (first.case,),
            first.holds, (first.row,), first.needs,
        )  # fmt: skip
    flags = NO_FLAGS
    for draft in group:
        if draft.flags is not NO_FLAGS:
            flags |= draft.flags
    return PersonRecord(
        key,
        first.name,
        number,
        tuple(dict.fromkeys(phone for draft in group for phone in draft.phones)),
        flags,
        _unique(tuple(place for draft in group for place in draft.addresses)),
        tuple(draft.case for draft in group),
        tuple(dict.fromkeys(hold for draft in group for hold in draft.holds)),
        tuple(draft.row for draft in group),
        _needs(group),
    )


def _needs(group: list[Draft]) -> tuple[str, ...] | None:
    """What the rows of a person need together; None when none of them says anything."""
    told = [draft.needs for draft in group if draft.needs is not None]
    return clean_tags(tag for needs in told for tag in needs) if told else None


def _unique(places: tuple[Address, ...]) -> tuple[Address, ...]:
    """One entry per address text; the first kind counts, the best position is kept."""
    kept: dict[object, Address] = {}
    for place in places:
        key: object = place.text or (place.kind, place.lat, place.lon)
        known = kept.get(key)
        if known is None:
            kept[key] = place
        elif known.grade is Grade.NONE and place.grade is not Grade.NONE:
            kept[key] = Address(
                "", "", known.text, known.kind, place.region, place.grade, place.lat, place.lon,
                place.source, True, place.township or known.township, datum=place.datum,
                county=place.county or known.county,
            )  # fmt: skip
    return tuple(kept.values())
