"""The split of a book: balanced in four measures within a tolerance, or the reason named."""

import re
from collections import Counter
from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from team_book import DAY, NOW, clock, make_team_book

from planner.actions.absences import save_absence
from planner.actions.crews import crew_payload
from planner.actions.split_book import MEASURES, SplitBook, split_book
from planner.actions.team import assign
from planner.actions.wanted import set_needs
from planner.errors import PlannerError
from planner.store.crews import load_crews
from planner.store.events import NewEvent
from planner.store.store import Store
from planner.store.team import collectors_of


def neighbours_apart(found: SplitBook) -> float:
    """Which part of the persons has somebody else's person as the nearest."""
    ids = list(found.places)
    spots = np.array([found.places[who] for who in ids])
    gaps = np.hypot(*(spots[:, None] - spots[None, :]).T)
    np.fill_diagonal(gaps, np.inf)
    near = gaps.argmin(axis=1).tolist()
    return float(np.mean([found.owner[a] != found.owner[ids[b]]
                          for a, b in zip(ids, near, strict=True)]))  # fmt: skip


def append(store: Store, *events: NewEvent) -> None:
    with store.write() as tx:
        tx.append(list(events))


def give(store: Store, found: SplitBook) -> None:
    assign(store, found.changes, reason="新的分片", by="组长", clock=clock)


def test_two_thousand_persons_over_twelve_collectors(
    tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    """Cases, amount, every stage and kilometres are within ten percent of everybody's part, each
    person has one collector, neighbours mostly have the same one, and far less way is driven than
    by lot. 600 persons in the suite with half as much again, 2,000 with --full."""
    full = pytestconfig.getoption("--full")
    count, tolerance = (2000, 0.10) if full else (600, 0.15)
    few = set() if full else {("stage", "whole")}  # about five persons of a stage for each
    with make_team_book(tmp_path / "w.fairvisit", count) as store:
        found = split_book(store, DAY, tolerance=tolerance)
        assert [one.measure for one in found.worst] == list(MEASURES)
        beyond = {one.measure for one in found.worst if one.after > tolerance}
        assert beyond == {one.measure for one in found.uneven}
        assert {(one.measure, one.why) for one in found.uneven} <= few
        assert len(found.owner) == count
        assert len(set(found.owner.values())) == len(found.parts) == 12
        assert sum(one.after.persons for one in found.parts) == count
        assert neighbours_apart(found) < 0.2
        lots = {who: f"S{k % 12 + 1:02d}" for k, who in enumerate(found.owner)}
        assign(store, lots, reason="x", by="", clock=clock)
        again = split_book(store, DAY, tolerance=tolerance)
        assert again.owner == found.owner  # who has them now plays no part
        way = [
            sum(getattr(one, name).metres for one in again.parts) for name in ("before", "after")
        ]
        assert way[1] < 0.8 * way[0]


def test_what_is_kept_moves_few(tmp_path: Path) -> None:
    """When somebody leaves for long, only that book and a few more change hands; without an
    absence nothing moves that is within the tolerance; one batch does and undoes it."""
    with make_team_book(tmp_path / "w.fairvisit", 400) as store:
        give(store, split_book(store, DAY, tolerance=0.15))
        assert split_book(store, DAY, tolerance=0.20, keep=True).changes == {}
        save_absence(store, "S05", DAY, DAY + timedelta(days=60), clock=clock)
        with store.read() as conn:
            book = Counter(collectors_of(conn).values())
        found = split_book(store, DAY, tolerance=0.20, keep=True)
        assert "S05" not in found.owner.values()
        assert book["S05"] <= found.moved < 2 * book["S05"]
        assert {one.collector_id for one in found.parts if one.before.persons} == set(book)


def test_a_household_and_a_skill_are_heeded(tmp_path: Path) -> None:
    """Persons at one address go together; who needs a dialect goes to one who speaks it; nobody
    who needs what none can do is given to anybody, and is named."""
    with make_team_book(tmp_path / "w.fairvisit", 120) as store:
        home = ("P00001", "P00050", "P00099")
        place = {"text": "河西镇一号楼12号", "kind": 0, "region": 1, "grade": 0, "lat": 30.01,
                 "lon": 110.02}  # fmt: skip
        append(store, *(
            NewEvent("person.listed", who, clock(), {"addresses": [
                {"address_id": f"a{who[1:]}", "valid": False},
                place | {"address_id": f"x-{who}"},
            ]})
            for who in home
        ))  # fmt: skip
        append(store, NewEvent("crew.listed", "", clock(), {
            "crew_id": "K6", "name": "6组", "lat": 29.85, "lon": 110.3, "start": 32400,
            "members": [{"collector_id": "S12", "name": "员工12"}], "end": 64800,
            "weekdays": [1, 2, 3, 4, 5], "work": {"skills": ["潮汕话"]},
        }))  # fmt: skip
        for who in ("P00010", "P00020"):
            set_needs(store, who, ["潮汕话"], clock=clock)
        set_needs(store, "P00030", ["Kazakh"], clock=clock)
        found = split_book(store, DAY, tolerance=0.3)
        assert len({found.owner[who] for who in home}) == 1
        assert {found.owner[who] for who in ("P00010", "P00020")} == {"S12"}
        assert found.nobody == {"P00030": ("Kazakh",)}
        assert "P00030" not in found.owner


def test_what_cannot_be_even_has_its_reason(tmp_path: Path) -> None:
    """One person who owes more than everybody else's part is named with the percent; a stage with
    three persons for twelve collectors is too few to be divided."""
    case = {"case_id": "银行/big", "lender": "银行", "contract_no": "big",
            "amount_overdue": 10**10, "overdue_since": "2026-08-01"}  # fmt: skip
    with make_team_book(tmp_path / "w.fairvisit", 150, cases=[case]) as store:
        found = split_book(store, DAY)
        reasons = {one.measure: one for one in found.uneven}
        assert reasons["amount"].why == "door"
        assert reasons["amount"].figures["percent"] > 100
        assert reasons["stage"].why == "whole"
        assert {one.measure for one in found.worst if one.after > 0.1} == set(reasons)


def test_who_lives_far_from_everybody_is_told_where_the_nearest_are(tmp_path: Path) -> None:
    """Collectors whose home is 300 km away cannot have the same way as others; the reason names the
    county of the nearest persons, or their position where no county is known."""
    with make_team_book(tmp_path / "w.fairvisit", 150) as store:
        with store.read() as conn:
            crew = next(one for one in load_crews(conn) if one.crew_id == "K6")
        append(store, NewEvent("crew.listed", "", NOW, crew_payload(crew) | {"lat": 33.0}))
        (one,) = [one for one in split_book(store, DAY).uneven if one.measure == "metres"]
        assert (one.why, one.collector_id in ("S11", "S12")) == ("far", True)
        assert one.figures["county"] == "青石县"
        with store.write() as tx:
            tx.conn.execute("UPDATE address SET county = '', township = ''")
        (one,) = [one for one in split_book(store, DAY).uneven if one.measure == "metres"]
        assert re.fullmatch(r"\d\d\.\d\d, \d{3}\.\d\d", one.figures["county"])


def test_only_the_chosen_are_moved(tmp_path: Path) -> None:
    """A selection is divided over those who take part; the others stay where they are."""
    with make_team_book(tmp_path / "w.fairvisit", 150) as store:
        give(store, split_book(store, DAY, tolerance=0.3))
        chosen = [f"P{k:05d}" for k in range(30)]
        found = split_book(store, DAY, tolerance=0.3, debtor_ids=chosen, staff=["S01", "S02"])
        assert set(found.changes) <= set(chosen)
        assert {found.owner[who] for who in chosen} <= {"S01", "S02"}


def test_what_cannot_be_meant_is_refused(tmp_path: Path) -> None:
    """No collectors, a tolerance of nothing, a collector nobody knows."""
    with (
        Store.create(tmp_path / "e.fairvisit", clock=clock) as store,
        pytest.raises(PlannerError) as caught,
    ):
        split_book(store, DAY)
    assert caught.value.code == "team.no_collectors"
    with make_team_book(tmp_path / "w.fairvisit", 5) as store:
        for code, given in (("team.tolerance", {"tolerance": 0.0}),
                            ("team.collector", {"staff": ["nobody"]})):  # fmt: skip
            with pytest.raises(PlannerError) as caught:
                split_book(store, DAY, **given)
            assert caught.value.code == code
        assert len(split_book(store, DAY, tolerance=0.5).owner) == 5
