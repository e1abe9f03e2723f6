"""The belief that an address is right, and the cells of the week it rests on."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.domain.belief import belief_of, beliefs, best_addresses, cell_at, cells, walk
from planner.domain.codes import CODES, AddressKind, Flag, Grade, Region, channel_of
from planner.domain.facts import PersonFacts, instant, table_of
from planner.domain.localtime import local_seconds, midnight, offsets
from planner.domain.people import Address, Contact

CHINA = ZoneInfo("Asia/Shanghai")
ZONES = ("Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata")
LATE = instant(datetime(2026, 12, 31, tzinfo=UTC))


def person(
    contacts: list[tuple[datetime, str, str]],
    grades: tuple[Grade, ...] = (Grade.VILLAGE,),
    zone: str = "Asia/Shanghai",
    name: str = "P1",
    kinds: tuple[AddressKind, ...] = (),
) -> PersonFacts:
    """A person with one address per grade and contacts (at, code, address id)."""
    kinds = kinds or (AddressKind.HOME,) * len(grades)
    addresses = tuple(
        Address(f"{name}-{k}", name, "", kinds[k], Region.URBAN, grade, 30.0, 110.0)
        for k, grade in enumerate(grades)
    )
    return PersonFacts(
        name, 2_000_000, date(2026, 8, 1), 1, Flag(0), None, zone, "CN", addresses,
        tuple(Contact("", name, channel_of(code), code, at, address_id=place)
              for at, code, place in contacts),
        (), (), (), (),
    )  # fmt: skip


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in China (2 November is a Monday)."""
    return datetime(2026, 11, day, hour, minute, tzinfo=CHINA)


@pytest.mark.parametrize(
    ("visits", "q"),
    [
        ([(at(3, 10), "VIS-NC")], 0.706),
        ([(at(3, 10), "VIS-NC"), (at(5, 14), "VIS-NC"), (at(9, 19, 30), "VIS-NC")], 0.354),
        ([(at(3, 20), "VIS-RPC")], 0.99),
        ([(at(3, 10), "VIS-MOVED")], 0.05),
        ([(at(3, 10), "VIS-TPC"), (at(4, 10), "VIS-REFUSE")], 0.80),
    ],
)
def test_belief_vectors(visits: list[tuple[datetime, str]], q: float) -> None:
    """An address starting at .80 moves to the documented beliefs after misses and a success."""
    facts = person([(when, code, "P1-0") for when, code in visits])
    assert beliefs(table_of([facts]), LATE)[0] == pytest.approx(q, abs=1e-3)


def test_visit_without_address_counts_for_the_best() -> None:
    """A miss without an address lowers the address believed most at that moment, not the others."""
    facts = person([(at(3, 10), "VIS-NC", "")], (Grade.TOWNSHIP, Grade.DOOR, Grade.DOOR))
    q = belief_of(facts, LATE)
    assert [q["P1-0"], q["P1-2"]] == [0.50, 0.95]
    assert q["P1-1"] == pytest.approx(0.95 * 0.6 / (1 - 0.95 * 0.4))
    assert walk(table_of([facts]), LATE)[1].address.tolist() == [1]


_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
_MOMENTS = st.integers(0, 363 * 86_400).map(lambda s: _YEAR + timedelta(seconds=s))


@st.composite
def _people(draw: st.DrawFn) -> list[PersonFacts]:
    people = []
    for index in range(draw(st.integers(1, 4))):
        grades = tuple(draw(st.lists(st.sampled_from(list(Grade)), max_size=3)))
        places = ["", *(f"P{index}-{k}" for k in range(len(grades)))]
        row = st.tuples(_MOMENTS, st.sampled_from(CODES), st.sampled_from(places))
        contacts = sorted(draw(st.lists(row, max_size=8)), key=lambda item: item[0])
        people.append(person(contacts, grades, draw(st.sampled_from(ZONES)), f"P{index}"))
    return people


@settings(max_examples=150, deadline=None)
@given(_people(), _MOMENTS)
def test_columns_and_single_person_agree(people: list[PersonFacts], moment: datetime) -> None:
    """The columnar belief equals the plain one for random histories, zones and moments."""
    cut = instant(moment)
    expected = [q for facts in people for q in belief_of(facts, cut).values()]
    assert beliefs(table_of(people), cut).tolist() == pytest.approx(expected, abs=1e-12)


@settings(max_examples=100, deadline=None)
@given(st.lists(_MOMENTS, min_size=1, max_size=20), st.sampled_from(ZONES))
def test_cells_and_offsets_agree_with_zoneinfo(moments: list[datetime], zone: str) -> None:
    """Vectorised local time and cells equal those of zoneinfo, on days of clock change too."""
    moments += [datetime(2026, 11, 1, 5, tzinfo=UTC) + timedelta(minutes=30 * k) for k in range(8)]
    instants = np.array([instant(moment) for moment in moments], np.int64)
    expected = [moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in moments]
    assert offsets(instants, zone).tolist() == [d.total_seconds() for d in expected if d]
    local = local_seconds(instants, np.zeros(len(instants), np.int64), (zone,))
    assert cells(local).tolist() == [cell_at(moment, zone) for moment in moments]


def test_midnight_follows_the_clock_change() -> None:
    """24:00 of a day is 0:00 of the next, and a day of clock change is not 24 hours long."""
    day = date(2026, 11, 1)
    length = midnight(day, "America/New_York", 24) - midnight(day, "America/New_York")
    assert length == 25 * 3600
    assert midnight(day, "Asia/Shanghai", 24) == midnight(date(2026, 11, 2), "Asia/Shanghai")


def test_best_address_is_permitted_and_located() -> None:
    """A barred or unlocated place is never chosen, however sure it is; a pack may bar others."""
    kinds = (AddressKind.RELATIVE, AddressKind.WORK, AddressKind.HOME, AddressKind.UNKNOWN)
    facts = person([], (Grade.DOOR, Grade.TOWNSHIP, Grade.STREET, Grade.DOOR), kinds=kinds)
    lonely = person([], (Grade.DOOR,), name="P2", kinds=(AddressKind.RELATIVE,))
    nowhere = person([(at(3, 10), "VIS-RPC", "P4-0")], (Grade.NONE,), name="P4")
    table = table_of([facts, lonely, person([], (), name="P3"), nowhere])
    q = beliefs(table, LATE)
    assert best_addresses(table, q).tolist() == [2, -1, -1, -1]
    assert best_addresses(table, q, {AddressKind.UNKNOWN}).tolist() == [0, 4, -1, -1]
