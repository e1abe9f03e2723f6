"""Random sequences of deeds, undone and redone in random order: everything has its way back."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from planner.actions.agreements import Agreed, agree
from planner.actions.at_door import PAPERS, PAY_BY, REASONS, AtDoor
from planner.actions.changes import decide
from planner.actions.correct import correct, recorded_outcome
from planner.actions.evidence import Piece, attach
from planner.actions.holds import hold, release, running
from planner.actions.next_step import Proposal, accept, end_step, steps_due
from planner.actions.outcomes import Outcome, PlanTerms
from planner.actions.plans_agreed import agree_plan, end_plan, plans_of
from planner.actions.record import record
from planner.actions.sheet import record_sheet
from planner.actions.trips import save_trip, trip_of
from planner.actions.undo import undo_batch, undo_together
from planner.actions.wanted import must_visit, set_needs
from planner.domain.codes import Channel, HoldKind
from planner.domain.instalments import Instalment
from planner.domain.plan import Plan
from planner.domain.step import Means
from planner.domain.trip import Expense
from planner.errors import PlannerError
from planner.store.changes import load_changes
from planner.store.events import NewEvent, next_id
from planner.store.people import timeline
from planner.store.plans import save_plan
from planner.store.state import derived_hash, rebuild
from planner.store.store import Store, new_debtor_id
from planner.store.verify import verify

START = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
PERSONS = 5
# What a deed may be refused with; a refused one must leave everything as it was.
FAIR = ("record.", "change.", "terms.", "plan.", "step.", "trip.", "store.already_undone",
        "instalments.", "agreed.")  # fmt: skip
CODES = (
    ("VIS-NC", ""), ("VIS-TPC", ""), ("VIS-MOVED", ""), ("VIS-ADR-BAD", ""), ("VIS-REFUSE", ""),
    ("VIS-ABORT-SAFE", ""), ("VIS-RPC", "OUT-PAID"), ("VIS-RPC", "OUT-PTP"),
    ("VIS-RPC", "OUT-PLAN"), ("VIS-RPC", "OUT-RTP"), ("VIS-RPC", "OUT-HARD"),
    ("VIS-RPC", "OUT-CMPL"), ("VIS-RPC", "OUT-CEASE"), ("CALL-NA", ""), ("CALL-RPC", "OUT-PTP"),
)  # fmt: skip


@dataclass
class Step:
    """A deed that was written: its batches, and the batch of the latest turn, if it was turned."""

    batches: tuple[bytes, ...]
    last: bytes | None = None


class Life:
    """Does, undoes and redoes; after each undo and redo the state is what it was."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.now = START
        self.store = Store.create(folder / f"{seed}.fairvisit", clock=self.clock)
        self.done: list[Step] = []
        self.undone: list[Step] = []
        self.states: list[str] = []  # before each step of `done`
        self.count: Counter[str] = Counter()
        self.ids = self._people()
        self.deeds: tuple[Callable[[], tuple[bytes, ...]], ...] = (
            self.happen, self.happen, self.happen, self.happen, self.sheet, self.correct,
            self.correct, self.decide, self.decide, self.file, self.pause, self.free, self.agreed,
            self.must, self.needs, self.instalments, self.broken_off, self.step, self.ended,
            self.trip, self.plan, self.back,
        )  # fmt: skip

    def clock(self) -> datetime:
        """The moment of this life."""
        return self.now

    def state(self) -> str:
        """The hash of all that is derived."""
        with self.store.read() as conn:
            return derived_hash(conn)

    def _people(self) -> list[str]:
        ids = []
        with self.store.write() as tx:
            for n in range(PERSONS):
                who = new_debtor_id(tx, f"id:{n}")
                ids.append(who)
                tx.append([NewEvent("person.listed", who, START - timedelta(days=60), {
                    "name": f"丁一{n}", "phones": [f"1990000000{n}"],
                    "addresses": [{"address_id": f"A{n}", "text": f"花桥街{n}号", "grade": 0,
                                   "kind": 0, "lat": 30.6, "lon": 114.3, "valid": True}],
                    "cases": [{"case_id": f"远山/{n}", "lender": "远山", "contract_no": str(n),
                               "amount_overdue": 900_000, "overdue_since": "2026-05-01",
                               "status": "open"}],
                })])  # fmt: skip
            tx.append([NewEvent("crew.listed", "", START - timedelta(days=60), {
                "crew_id": "K", "name": "一组", "members": [], "lat": 30.6, "lon": 114.3,
                "start": 28_800, "end": 64_800, "weekdays": [1, 2, 3, 4, 5]})])  # fmt: skip
        return ids

    def run(self, steps: int) -> None:
        """So many deeds, undos and redos."""
        for _ in range(steps):
            self.now += timedelta(minutes=self.rng.randrange(1, 90))
            turn = self.rng.random()
            if turn < 0.2 and self.done:
                self.undo()
            elif turn < 0.35 and self.undone:
                self.redo()
            else:
                self.do(self.rng.choice(self.deeds))

    def do(self, deed: Callable[[], tuple[bytes, ...]]) -> None:
        """A deed; a refused one changed nothing."""
        before = self.state()
        try:
            batches = deed()
        except PlannerError as error:
            if not error.code.startswith(FAIR):
                raise
            self.unchanged(before, deed.__name__)
            self.count[f"{deed.__name__} refused"] += 1
            return
        if batches:
            self.count[deed.__name__] += 1
            self.states.append(before)
            self.done.append(Step(batches))
            self.undone.clear()

    def unchanged(self, before: str, name: str) -> None:
        """What was refused wrote nothing."""
        assert self.state() == before, f"{name} was refused and wrote"

    def undo(self) -> None:
        """The latest deed that counts; the state is that before it."""
        step = self.done.pop()
        self._turn(step)
        self.undone.append(step)
        assert self.state() == self.states.pop()
        self.count["undo"] += 1

    def redo(self) -> None:
        """The latest that was undone."""
        self.states.append(self.state())
        step = self.undone.pop()
        self._turn(step)
        self.done.append(step)
        self.count["redo"] += 1

    def _turn(self, step: Step) -> None:
        if step.last is None:
            step.last = undo_together(self.store, step.batches)
        else:
            step.last = undo_batch(self.store, step.last)

    def who(self) -> str:
        """Somebody."""
        return self.rng.choice(self.ids)

    def outcome(self, who: str) -> Outcome:
        """Anything that may happen, sometimes half said."""
        rng = self.rng
        code, result = rng.choice(CODES)
        at = self.now - timedelta(minutes=rng.randrange(0, 300))
        told = Outcome(who, code, at, result, by=("周平",), note=rng.choice(("", "说明")))
        door = AtDoor(
            receipt="R1", pay_by=rng.choice(("", *PAY_BY)), reason=rng.choice(("", *REASONS)),
            shown=rng.choice(("", *PAPERS)), disclosed=rng.choice((None, False, True)),
            consent=rng.choice(("", "yes", "no")),
            phone=rng.choice(("", "", "13812345678", f"139{rng.randrange(10**8):08d}", "x")),
            address=rng.choice(("", "", "汉阳区琴台路9号", "江岸区花桥街77号")),
            evidence=(self.piece(),) if rng.random() < 0.3 else (),
        )  # fmt: skip
        told = replace(told, door=door)
        if rng.random() < 0.9:
            due = at.date() + timedelta(days=rng.randrange(-1, 30))
            told = replace(told, amount=rng.randrange(1, 900_000), due=due)
        if result == "OUT-PLAN" and rng.random() < 0.5:
            told = replace(told, plan=self.terms())
        return told

    def piece(self) -> Piece:
        """A photo or a sound."""
        media, head = self.rng.choice((("image/jpeg", b"\xff\xd8\xff"), ("audio/ogg", b"OggS")))
        data = head + self.rng.randbytes(200)
        return Piece("f", media, hashlib.sha256(data).hexdigest(), data)

    def terms(self) -> PlanTerms:
        """A plan of some months."""
        first = self.day(20)
        parts = range(self.rng.randrange(1, 5))
        return PlanTerms(tuple(Instalment(first + timedelta(days=30 * k), 50_000) for k in parts))

    def day(self, ahead: int) -> date:
        """A day soon."""
        return self.now.date() + timedelta(days=self.rng.randrange(1, ahead))

    def happen(self) -> tuple[bytes, ...]:
        return (record(self.store, self.outcome(self.who()), clock=self.clock).batch,)

    def sheet(self) -> tuple[bytes, ...]:
        rows = [self.outcome(who) for who in self.rng.sample(self.ids, 3)]
        before = self.state()
        told = record_sheet(self.store, rows, clock=self.clock)
        assert not told.refused or self.state() == before
        return told.batches

    def correct(self) -> tuple[bytes, ...]:
        who = self.who()
        with self.store.read() as conn:
            found = [e for e in timeline(conn, who) if e.kind == "contact" and not e.undone]
            if not found:
                return ()
            given = recorded_outcome(conn, who, self.rng.choice(found).batch)
            batch = next(e.batch for e in found if e.code == given.code and e.at == given.at)
        fresh = given if self.rng.random() < 0.3 else self.outcome(who)
        return (correct(self.store, batch, fresh, clock=self.clock).batch,)

    def decide(self) -> tuple[bytes, ...]:
        with self.store.read() as conn:
            waiting = load_changes(conn)
        if not waiting:
            return ()
        one = self.rng.choice(waiting)
        yes = self.rng.random() < 0.7
        return (decide(self.store, one.debtor_id, one.change_id, yes, clock=self.clock),)

    def file(self) -> tuple[bytes, ...]:
        return (attach(self.store, self.who(), [self.piece()], clock=self.clock),)

    def pause(self) -> tuple[bytes, ...]:
        until = self.now + timedelta(days=self.rng.randrange(1, 9))
        kind = self.rng.choice((HoldKind.LEAD, HoldKind.COMPLAINT))
        return (hold(self.store, self.who(), kind, reason="x", until=until, clock=self.clock),)

    def free(self) -> tuple[bytes, ...]:
        for who in self.rng.sample(self.ids, PERSONS):
            for one in running(self.store, who, self.now):
                return (release(self.store, who, one.kind, clock=self.clock),)
        return ()

    def agreed(self) -> tuple[bytes, ...]:
        told = Agreed(self.who(), Channel.VISIT, "letter", "18:00", "20:00", day=self.day(9))
        return (agree(self.store, told, clock=self.clock),)

    def must(self) -> tuple[bytes, ...]:
        return (must_visit(self.store, self.who(), self.day(5), self.rng.random() < 0.8,
                           reason="x", by="lead", clock=self.clock),)  # fmt: skip

    def needs(self) -> tuple[bytes, ...]:
        tags = self.rng.choice(((), ("dialect",), ("sign", "dialect")))
        return (set_needs(self.store, self.who(), tags, clock=self.clock),)

    def instalments(self) -> tuple[bytes, ...]:
        return (agree_plan(self.store, self.who(), self.terms(), clock=self.clock)[1],)

    def broken_off(self) -> tuple[bytes, ...]:
        who = self.who()
        with self.store.read() as conn:
            plans = plans_of(conn, who, self.now.date())
        if not plans:
            return ()
        plan = self.rng.choice(plans)
        return (end_plan(self.store, who, plan.plan_id, reason="x", clock=self.clock),)

    def step(self) -> tuple[bytes, ...]:
        told = Proposal(self.who(), self.rng.choice(list(Means)), self.day(9), 1, None, "verify",
                        "nothing_yet")  # fmt: skip
        return (accept(self.store, told, by="周平", clock=self.clock),)

    def ended(self) -> tuple[bytes, ...]:
        open_ones = steps_due(self.store, self.now.date() + timedelta(days=30))
        who = self.rng.choice(open_ones).debtor_id if open_ones else self.who()
        return (end_step(self.store, who, "dropped", by="周平", clock=self.clock),)

    def trip(self) -> tuple[bytes, ...]:
        trip = trip_of(self.store, "K", self.now.date())
        cost = Expense("", "fuel", self.rng.randrange(1, 9_999))
        trip = replace(trip, note=f"{self.now:%H%M}", expenses=(*trip.expenses, cost))
        batch = save_trip(self.store, trip, clock=self.clock)
        return (batch,) if batch else ()

    def plan(self) -> tuple[bytes, ...]:
        batch = next_id(self.now)
        with self.store.write() as tx:
            plan = Plan(f"p{len(self.done)}", self.day(4), self.now, (), (), 0, 1, "v", "v")
            save_plan(tx, plan, b"", batch)
        return (batch,)

    def back(self) -> tuple[bytes, ...]:
        """Any earlier deed is taken back out of its turn: that is a deed of its own."""
        steps = [one for one in self.done if one.last is None and len(one.batches) == 1]
        return (undo_batch(self.store, self.rng.choice(steps).batches[0]),) if steps else ()


def lived(folder: Path, seed: int, steps: int) -> Counter[str]:
    """One life: lived, undone to its start, redone to its end, rebuilt, verified."""
    life = Life(folder, seed)
    with life.store:
        start = life.state()
        life.run(steps)
        end, undone = life.state(), len(life.done)
        with life.store.write() as tx:
            rebuild(tx.conn)
        assert life.state() == end
        while life.done:
            life.undo()
        assert life.state() == start
        report = verify(life.store)
        assert report.ok, report.problems
        for _ in range(undone):
            life.redo()
        assert life.state() == end
        report = verify(life.store)
        assert report.ok, report.problems
    return life.count


@pytest.mark.parametrize("seed", range(20))
def test_undo_all_gives_the_start(seed: int, tmp_path: Path) -> None:
    """Whatever was done, undone and redone: all undone is the start, all redone the end, folded
    anew it is the same, and the workspace is whole."""
    lived(tmp_path, seed, 25)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(1000, 2000))
def test_undo_all_gives_the_start_often(seed: int, tmp_path: Path) -> None:
    """The same, a thousand times and longer."""
    lived(tmp_path, seed, 40)


def test_every_deed_is_among_them(tmp_path: Path) -> None:
    """A long life knows every deed, so that the short ones together do too."""
    count = lived(tmp_path, 4, 220)
    names = {name for name in count if not name.endswith("refused")}
    expected = {deed.__name__ for deed in Life(tmp_path, 5).deeds} | {"undo", "redo"}
    assert names == expected
