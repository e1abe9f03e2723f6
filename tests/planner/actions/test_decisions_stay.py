"""A lead's yes, no or end stays with what it was about, whatever is corrected or told late."""

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from test_undo_redo import Life

from planner.actions.at_door import AtDoor
from planner.actions.correct import correct, recorded_outcome
from planner.actions.evidence import Piece, evidence_of
from planner.actions.holds import release, running
from planner.actions.outcomes import Outcome, PlanTerms
from planner.actions.plans_agreed import agree_plan, approve_plan, end_plan, plans_of
from planner.actions.plans_waiting import decline_plan
from planner.actions.record import record
from planner.actions.undo import undo_batch
from planner.domain.instalments import Instalment
from planner.store.facts import load_person_facts
from planner.store.state import derived_hash, rebuild
from planner.store.verify import verify


class One(Life):
    """One person; every deed an hour after the one before."""

    @property
    def person(self) -> str:
        return self.ids[0]

    def later(self, **by: int) -> datetime:
        self.now += timedelta(**(by or {"hours": 1}))
        return self.now

    def plan_of(self, *approval: str, amount: int = 50_000) -> PlanTerms:
        first = self.now.date() + timedelta(days=20)
        parts = (Instalment(first + timedelta(days=30 * k), amount) for k in range(3))
        return PlanTerms(tuple(parts), approval=approval)

    def at_door(self, code: str, result: str = "", **more: object) -> bytes:
        told = Outcome(self.person, code, self.now, result, note="tpyo", **more)  # type: ignore[arg-type]
        return record(self.store, told, clock=self.clock).batch

    def corrected(self, batch: bytes, **changes: object) -> bytes:
        with self.store.read() as conn:
            given = recorded_outcome(conn, self.person, batch)
        fresh = replace(given, **({"note": "typo"} | changes))  # type: ignore[arg-type]
        return correct(self.store, batch, fresh, clock=self.clock).batch

    def status(self) -> list[str]:
        with self.store.read() as conn:
            return [one.status for one in plans_of(conn, self.person, self.now.date())]

    def newest(self) -> str:
        with self.store.read() as conn:
            return plans_of(conn, self.person, self.now.date())[0].plan_id

    def promised(self) -> int:
        with self.store.read() as conn:
            return len(load_person_facts(conn, self.person, self.now.date()).promises)

    def whole(self) -> None:
        before = self.state()
        with self.store.write() as tx:
            rebuild(tx.conn)
            assert derived_hash(tx.conn) == before
        assert verify(self.store).ok

    def yes(self) -> bytes:
        return approve_plan(self.store, self.person, self.newest(), reason="r", by="l",
                            clock=self.clock)  # fmt: skip


@pytest.fixture
def one(tmp_path: Path) -> Iterator[One]:
    life = One(tmp_path, 1)
    yield life
    life.store.close()


def test_a_yes_outlasts_a_corrected_note(one: One) -> None:
    """A slip of the pen mended in the entry of an approved plan leaves the plan running."""
    batch = one.at_door("VIS-RPC", "OUT-PLAN", plan=one.plan_of("months"))
    one.later()
    one.yes()
    one.later()
    one.corrected(batch)
    assert one.status() == ["running"]
    assert one.promised() == 3
    one.whole()


def test_other_terms_need_another_yes(one: One) -> None:
    """A correction to other instalments waits for the lead anew; nothing of the first is owed."""
    batch = one.at_door("VIS-RPC", "OUT-PLAN", plan=one.plan_of("months"))
    one.later()
    one.yes()
    one.later()
    one.corrected(batch, plan=one.plan_of("months", amount=60_000))
    assert one.status() == ["proposed"]
    assert one.promised() == 0
    one.whole()


def test_no_plan_no_instalments(one: One) -> None:
    """With the entry of an approved plan its instalments are undone; redone, both are back."""
    batch = one.at_door("VIS-RPC", "OUT-PLAN", plan=one.plan_of("months"))
    one.later()
    one.yes()
    again = undo_batch(one.store, batch)
    assert (one.status(), one.promised()) == ([], 0)
    one.whole()
    undo_batch(one.store, again)
    assert (one.status(), one.promised()) == (["running"], 3)


def test_a_no_that_counts_again_outweighs_the_later_yes(one: One) -> None:
    """Declined, taken back, approved, declined again by redo: nothing is owed by that plan."""
    plan_id, _ = agree_plan(one.store, one.person, one.plan_of("months"), clock=one.clock)
    one.later()
    no = decline_plan(one.store, one.person, plan_id, reason="r", by="l", clock=one.clock)
    back = undo_batch(one.store, no)
    one.later()
    one.yes()
    assert one.promised() == 3
    undo_batch(one.store, back)
    assert (one.status(), one.promised()) == (["declined"], 0)
    one.whole()


def test_an_earlier_plan_told_late_does_not_run_beside_the_later_one(one: One) -> None:
    """Yesterday's plan typed in today leaves the plan of this morning as the one that counts."""
    agree_plan(one.store, one.person, one.plan_of(), clock=one.clock)
    one.later()
    early = Outcome(one.person, "VIS-RPC", one.now - timedelta(days=1), "OUT-PLAN",
                    plan=one.plan_of(amount=70_000))  # fmt: skip
    record(one.store, early, clock=one.clock)
    assert one.status() == ["running", "ended"]
    assert one.promised() == 3
    one.whole()


def test_a_corrected_note_revives_no_plan_that_was_replaced(one: One) -> None:
    """The entry of a plan that another replaced, corrected: the other one still counts alone."""
    batch = one.at_door("VIS-RPC", "OUT-PLAN", plan=one.plan_of())
    one.later(days=1)
    agree_plan(one.store, one.person, one.plan_of(amount=70_000), clock=one.clock)
    one.later()
    one.corrected(batch)
    assert one.status() == ["running", "ended"]
    assert one.promised() == 3
    one.later()
    end_plan(one.store, one.person, one.newest(), reason="r", clock=one.clock)
    assert one.status() == ["ended", "ended"]
    one.whole()


def test_a_pause_that_was_ended_stays_ended(one: One) -> None:
    """What the lead released is not paused anew by a corrected note."""
    batch = one.at_door("VIS-REFUSE")
    one.later()
    (pause,) = running(one.store, one.person, one.now)
    release(one.store, one.person, pause.kind, clock=one.clock)
    one.later()
    one.corrected(batch)
    assert running(one.store, one.person, one.now) == ()
    one.whole()


def test_a_sound_goes_with_its_consent(one: One) -> None:
    """Corrected to "no consent" an entry keeps its photo, not its recording; undo brings both."""
    pieces = tuple(
        Piece("f", media, hashlib.sha256(data).hexdigest(), data)
        for media, data in (("image/jpeg", b"\xff\xd8\xff1"), ("audio/ogg", b"OggS1"))
    )
    batch = one.at_door("VIS-RPC", "OUT-RTP", door=AtDoor(consent="yes", evidence=pieces))
    one.later()
    fresh = one.corrected(batch, door=AtDoor(consent="no"))
    with one.store.read() as conn:
        assert [kept.what for kept in evidence_of(conn, one.person)] == ["photo"]
    one.whole()
    undo_batch(one.store, fresh)
    with one.store.read() as conn:
        assert [kept.what for kept in evidence_of(conn, one.person)] == ["photo", "sound"]
