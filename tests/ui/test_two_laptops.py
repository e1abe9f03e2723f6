"""A lead's workspace and a collector's, one shared folder, all of it through the windows."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from looks import clipped, texts
from PySide6.QtWidgets import QApplication
from team_story import DAY, Clock, Collector, Lead, dialog, small_book, until

from planner.actions.progress import day_progress
from planner.actions.team import hand_over
from planner.store.verify import verify
from ui.exchange.admit import InvitationDialog

COMMENT = "Who opened the door?"


@pytest.fixture
def clock() -> Clock:
    """One clock for both."""
    return Clock()


@pytest.fixture
def lead(qapp: QApplication, tmp_path: Path, clock: Clock) -> Iterator[Lead]:
    """The lead at a new workspace."""
    one = Lead(tmp_path / "lead.fairvisit", clock)
    yield one
    one.close()


@pytest.fixture
def collector(qapp: QApplication, tmp_path: Path, clock: Clock) -> Iterator[Collector]:
    """The collector at another."""
    one = Collector(tmp_path / "laptop.fairvisit", clock)
    yield one
    one.close()


def test_a_day_of_two_laptops(
    lead: Lead, collector: Collector, clock: Clock, demo_template: Path, tmp_path: Path
) -> None:
    """Imported, split, planned, approved, joined by card and code, received, worked offline, twelve
    outcomes sent; the lead sees them and returns one with a comment, which the collector reads."""
    folder = tmp_path / "shared"
    folder.mkdir()
    lead.take_in(small_book(demo_template, tmp_path / "lists", 480))
    lead.found("North")
    lead.split()
    hand_over(lead.store, "YS102", "YS101", reason="leave", by="lead", clock=clock)
    lead.plan()
    card, code = collector.card("Laptop 7", "YS101")
    assert code not in card
    invitation = lead.admit(card, code)
    dialog(InvitationDialog).accept()
    lead.exchange(folder)
    collector.join(invitation)
    assert "YS101" in collector.window.windowTitle() or collector.board.owner == "YS101"
    collector.exchange(folder)
    mine = collector.board
    assert mine.history[0].told.persons_in > 12
    assert mine.history[0].plans == 1
    assert not clipped(collector.exchange_page())

    clock.now += timedelta(hours=9)  # the round is over, no network all day
    done = collector.record(12)
    assert len(set(done)) == 12
    unsent = collector.board.status.unsent
    assert unsent >= 12
    until(lambda: any(f"{unsent} not sent" in text for text in texts(collector.window)))
    collector.exchange()
    lead.exchange()
    assert lead.board.history[0].told.received >= 12
    progress = day_progress(lead.store, DAY, clock())
    assert sum(one.done for one in progress if one.crew_id == "C1") == 12
    who = lead.give_back(COMMENT)
    assert who in done
    lead.exchange()
    collector.exchange()
    page = collector.exchange_page()
    assert collector.board.history[0].returned == 1
    until(lambda: any(COMMENT in text for text in texts(page)))
    assert collector.board.status.unsent == 0 or collector.board.status.unsent < unsent
    for seat in (lead, collector):
        assert verify(seat.store).ok
