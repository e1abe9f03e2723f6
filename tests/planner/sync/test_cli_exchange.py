"""The exchange on the command line, from two empty folders to a visit that the lead sees."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from store_factory import NOW, TestClock, listed, visit
from team_factory import weak_codes

from planner.cli import cli
from planner.store.events import NewEvent
from planner.store.store import Store


class Desk:
    """One laptop's command line."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder, self.place = folder, folder / "w.fairvisit"

    def run(self, *verb: str, code: int = 0) -> str:
        done = CliRunner().invoke(cli, [*verb, "--workspace", str(self.place)])
        assert done.exit_code == code, done.output
        return done.output

    def ask(self, *verb: str) -> dict[str, Any]:
        return dict(json.loads(self.run(*verb, "--json")))

    def append(self, *events: NewEvent) -> None:
        with Store.open(self.place, clock=TestClock()) as store, store.write() as tx:
            tx.append(events)


@pytest.fixture
def desks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Desk, Desk]:
    """A lead's and a collector's, paired."""
    weak_codes(monkeypatch)
    monkeypatch.setenv("FAIRVISIT_LANG", "en")
    lead, laptop = Desk(tmp_path / "lead"), Desk(tmp_path / "laptop")
    Store.create(lead.place, clock=TestClock()).close()
    lead.run("team-new", "--name", "L")
    card, invitation = tmp_path / "card.txt", tmp_path / "invitation.txt"
    told = laptop.ask("team-card", "--name", "C", "--staff-id", "C-1", "--out", str(card))
    refused = lead.run("team-admit", str(card), "--code", "AAAA-AAAA-AAAA", "--out",
                       str(invitation), code=1)  # fmt: skip
    assert "The code does not fit" in refused
    lead.run("team-admit", str(card), "--code", told["code"], "--out", str(invitation))
    assert "team of L" in laptop.run("team-join", str(invitation))
    lead.append(listed("A"), NewEvent("assigned", "A", NOW, {"collector_id": "C-1"}))
    return lead, laptop


def test_by_file(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    """A bundle as a file there and back; the same file twice is told as known."""
    lead, laptop = desks
    down, up = tmp_path / "down.fvx", tmp_path / "up.fvx"
    lead.run("send", "--to", "C-1", "--out", str(down))
    assert laptop.ask("receive", str(down))["persons_in"] == 1
    laptop.append(visit("A"))
    assert laptop.ask("exchange-status")["unsent"] == 1
    laptop.run("send", "--out", str(up))
    assert lead.ask("receive", str(up))["received"] == 1
    assert "taken over before" in lead.run("receive", str(up), code=1)
    assert "no bundle" in lead.run("receive", str(tmp_path / "card.txt"), code=1)
    assert "left out" not in lead.run("exchange-status")
    assert "No conflicts" in lead.run("conflicts")
    lead.run("settle", "x-y-z", code=1)
    lead.run("team-leave-out", "C-1")
    assert "in the team again" in lead.run("team-leave-out", "C-1", "--back")
    lead.run("team-leave-out", "C-1")
    assert "Say for whom" in lead.run("send", "--to", "C-1", "--out", str(down), code=1)


def test_by_folder(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    """A shared folder is named once; one that is not there or holds the workspace is refused."""
    lead, laptop = desks
    share = tmp_path / "share"
    assert "is not there" in lead.run("exchange", "--folder", str(share), code=1)
    assert "lies in or under" in lead.run("exchange", "--folder", str(lead.folder), code=1)
    share.mkdir()
    for desk in (lead, laptop, lead, laptop):
        desk.run("exchange", "--folder", str(share))
    laptop.append(visit("A"))
    assert laptop.ask("exchange")["sent"] == 1
    assert lead.ask("exchange")["received"] == 1
