"""Random histories on four laptops, exchanged in random orders: the same for each shared person,
and every entry everywhere it belongs, exactly once."""

import random
import shutil
from pathlib import Path

import pytest
from store_factory import listed, random_event
from team_factory import (
    ByFile,
    ByFolder,
    Laptop,
    Team,
    Way,
    copy_of,
    event_ids,
    field_event,
    make_team,
    readable,
    settle,
    shared,
    weak_codes,
)

from planner.errors import PlannerError
from planner.store.store import undo
from planner.store.team import persons_of
from planner.store.verify import verify
from planner.sync.exchange import unsent


@pytest.fixture
def template(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Team:
    """A lead and three collectors, whose workspaces are closed, to be copied."""
    weak_codes(monkeypatch)
    (tmp_path / "template").mkdir()
    made = make_team(tmp_path / "template", persons=5)
    made.close()
    return made


def _step(team: Team, way: Way, rnd: random.Random, batches: list[tuple[Laptop, bytes]]) -> None:
    """One thing that somebody does."""
    laptop = rnd.choice(team.all)
    laptop.clock.forward(seconds=rnd.randrange(1, 4000))
    what = rnd.random()
    here = laptop.ask(readable)
    if what < 0.35:
        way.exchange(laptop)
    elif what < 0.5:
        team.assign(rnd.choice(team.persons), rnd.choice([*team.collectors, None]))
    elif what < 0.6 and batches:
        owner, batch = rnd.choice(batches)
        try:
            with owner.store.write() as tx:
                batches.append((owner, undo(tx, batch)))
        except PlannerError:
            batches.remove((owner, batch))
    elif here:
        who, at = rnd.choice(here), laptop.clock()
        make = field_event if laptop.who else _lead_event
        events = [make(rnd, who, at) for _ in range(rnd.randrange(1, 4))]
        batches.append((laptop, laptop.append(*events)))


def _lead_event(rnd: random.Random, who: str, at: object) -> object:
    return listed(who, at) if rnd.random() < 0.2 else random_event(rnd, who)  # type: ignore[arg-type]


def _run(template: Team, folder: Path, seed: int, way_name: str, steps: int = 45) -> None:
    rnd = random.Random(seed)
    team = copy_of(template, folder)
    way: Way = ByFile(team, rnd) if way_name == "file" else ByFolder(folder / "share")
    for who in team.persons:
        team.assign(who, rnd.choice(team.collectors))
    batches: list[tuple[Laptop, bytes]] = []
    for _ in range(steps):
        _step(team, way, rnd, batches)
    settle(team, way)
    _check(team, seed)
    team.close()
    shutil.rmtree(folder)


def _check(team: Team, seed: int) -> None:
    for one in team.collectors:
        assert one.ask(unsent) == 0, seed
        assert set(one.ask(readable)) == set(team.lead.ask(persons_of, one.who)), seed
    made = set().union(*(one.ask(event_ids) for one in team.collectors))
    assert made <= team.lead.ask(event_ids), seed
    for who, here, there in shared(team):
        assert here == there, (seed, who)
    for one in team.all:
        assert verify(one.store).problems == (), (seed, one.who)


@pytest.mark.parametrize("way", ["file", "folder"])
def test_any_order_gives_the_same(template: Team, tmp_path: Path, way: str) -> None:
    """Persons handed to and fro, entries, undo and redo on every laptop, bundles lost, late and
    twice: in the end each shared person is the same everywhere, each laptop has its persons and
    nobody else's, every entry is with the lead, and all of them verify."""
    for seed in range(25):
        _run(template, tmp_path / f"{way}{seed}", seed, way)


@pytest.mark.full
@pytest.mark.parametrize("way", ["file", "folder"])
def test_any_order_gives_the_same_at_length(template: Team, tmp_path: Path, way: str) -> None:
    """Two hundred and fifty of each."""
    for seed in range(1000, 1250):
        _run(template, tmp_path / f"{way}{seed}", seed, way)
