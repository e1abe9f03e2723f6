"""What a crew has to know of its next stop before it gets out of the car.

Pure reading, run off the GUI thread; no words here. Notes on safety and care are codes: what they
mean is said only when the person is shown.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from planner.actions.export_plan import phone_app
from planner.actions.rank import Ranking
from planner.domain.codes import Flag
from planner.domain.people import Debtor
from planner.domain.plan import Plan, Stop, numbered, together
from planner.domain.work import Mode
from planner.export.phone_links import link, qr_rows
from planner.ranking.explain import Explanation, explain
from planner.store.crews import load_crews
from planner.store.facts import load_contacts
from planner.store.known import load_debtors
from planner.store.store import Store

# Codes of what to heed at the door, in the order in which they are shown.
NOTES = BROKEN_OFF, CARE, WATCH, NEEDS = "S", "C", "W", "N"
_CARE = Flag.VULNERABLE | Flag.DISABILITY | Flag.HOSPITAL | Flag.HARDSHIP


@dataclass(frozen=True, slots=True)
class NextStop:
    """One stop: `notes` are codes, `needs` tags of what the crew must bring, both for everybody
    whom it visits there, `why` the strip and the objective (None when no case is open any more),
    `code` the rows of the QR code that opens the way there on a phone, `phone` the person's own
    number."""

    debtor_id: str
    number: int
    name: str
    phone: str
    address: str
    township: str
    stop: Stop
    notes: tuple[str, ...]
    needs: tuple[str, ...]
    why: Explanation | None
    code: tuple[str, ...]
    others: tuple[str, ...] = ()  # names of whom else the crew visits there


def _notes(person: Debtor, broken: Collection[str]) -> set[str]:
    """The codes of one person; `broken` are those at whose door a visit was broken off."""
    told = {
        BROKEN_OFF: person.debtor_id in broken,
        CARE: bool(person.flags & _CARE),
        WATCH: Flag.WATCH in person.flags,
        NEEDS: bool(person.needs),
    }
    return {note for note, on in told.items() if on}


def load_next(
    store: Store, ranking: Ranking, plan: Plan, following: Sequence[str]
) -> tuple[NextStop | None, ...]:
    """The next stop of each round of `plan`; `following` are debtor ids, "" = none is left."""
    with store.read() as conn:
        mates = {s.debtor_id for route, who in zip(plan.routes, following, strict=True)
                 for s in together(route.stops, who)}  # fmt: skip
        people = load_debtors(conn, sorted(mates | {who for who in following if who}))
        modes = {crew.crew_id: crew.work.mode for crew in load_crews(conn)}
        broken = {who for who in people
                  if any(c.code == "VIS-ABORT-SAFE" for c in load_contacts(conn, who))}  # fmt: skip
    app, rows = phone_app(store), {who: i for i, who in enumerate(ranking.table.debtor_ids)}
    found: list[NextStop | None] = []
    for route, who in zip(plan.routes, following, strict=True):
        person = people.get(who)
        if person is None:
            found.append(None)
            continue
        number, stop = next((n, s) for n, s in numbered(route.stops) if s.debtor_id == who)
        place = next((a for a in person.addresses if a.address_id == stop.address_id), None)
        there = [people[s.debtor_id] for s in together(route.stops, who) if s.debtor_id in people]
        way = link(app, stop.lat, stop.lon, number,
                   on_foot=modes.get(route.crew_id) is Mode.FOOT)  # fmt: skip
        found.append(
            NextStop(
                who, number, person.name, person.phones[0] if person.phones else "",
                place.text if place else "", place.township if place else "", stop,
                tuple(note for note in NOTES if any(note in _notes(one, broken) for one in there)),
                tuple(dict.fromkeys(need for one in there for need in one.needs)),
                explain(ranking.scores, ranking.table, rows[who]) if who in rows else None,
                qr_rows(way),
                tuple(one.name for one in there if one is not person),
            )
        )  # fmt: skip
    return tuple(found)
