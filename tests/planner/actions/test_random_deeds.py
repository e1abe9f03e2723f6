"""Random sequences of all deeds on random books of six countries; plans are judged from outside."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from deeds_judge import done, judge, saved, visit
from deeds_world import LANDS, World, make_world

from planner.actions import edit_plan
from planner.actions.agreements import Agreed, agree, announce
from planner.actions.bring_in import bring_in, smallest_changes
from planner.actions.edit_plan import Bench, bench_of
from planner.actions.fill_gaps import fill_gaps
from planner.actions.holds import hold, release
from planner.actions.make_plan import make_plan
from planner.actions.move_day import move_to_day
from planner.actions.outcomes import Outcome
from planner.actions.plan_week import plan_week
from planner.actions.rank import rank
from planner.actions.record import record
from planner.actions.remote_decisions import KINDS, OVERNIGHT, Decision, decide_for
from planner.actions.replan_day import replan_day
from planner.actions.smallest import NONE
from planner.actions.undo import undo_batch
from planner.actions.wanted import must_visit
from planner.domain.codes import Channel, HoldKind
from planner.domain.plan import Plan
from planner.errors import PlannerError

# What a deed may be refused with; everything else is a fault.
FAIR = {
    "plan.no_crew", "plan.outdated", "plan.locked", "plan.day_over", "plan.locked_unreachable",
    "plan.not_ready", "plan.no_such_crew", "plan.stale_data", "move_day.no_work", "plan.none",
    "move_day.recorded", "move_day.planned", "move_day.appointment", "move_day.past",
    "terms.no_such_hold", "record.due_in_past", "plan.in_plan", "plan.overtaken",
}  # fmt: skip
OUTCOMES = (("VIS-NC", ""), ("VIS-RPC", "OUT-RTP"), ("VIS-RPC", "OUT-PAID"), ("VIS-TPC", ""),
            ("VIS-RPC", "OUT-CMPL"), ("VIS-ADR-BAD", ""), ("VIS-ABORT-SAFE", ""))  # fmt: skip


class Day:
    """Does random deeds; `wrong` is what the judge said, `count` how often what was done."""

    def __init__(self, world: World) -> None:
        self.world, self.rng = world, world.rng
        self.wrong: list[str] = []
        self.count: Counter[str] = Counter()
        self.deeds: tuple[tuple[int, Callable[[], None]], ...] = (
            (6, self.make), (4, self.week), (8, self.edit), (5, self.fill), (7, self.on),
            (6, self.bring), (6, self.move), (7, self.happen), (4, self.fact), (3, self.lead),
            (5, self.time), (3, self.back),
        )  # fmt: skip

    def run(self, steps: int) -> None:
        """So many deeds, each judged."""
        for _ in range(steps):
            deed = self.rng.choices([d for _, d in self.deeds], [w for w, _ in self.deeds])[0]
            before = saved(self.world)
            name = deed.__name__
            try:
                deed()
            except PlannerError as error:
                name = f"{name}: {error.code}"
                if error.code not in FAIR:
                    self.wrong.append(f"{name} {dict(error.params)}")
            self.count[name] += 1
            self.wrong += judge(self.world, before, name)

    def day(self) -> date:
        """Today or soon."""
        return self.world.today + timedelta(days=self.rng.choice((0, 0, 1, 1, 2, 3)))

    def plan(self) -> Plan | None:
        """Some plan of today or later."""
        plans = list(saved(self.world).values())
        return self.rng.choice(plans) if plans else None

    def bench(self, plan: Plan) -> Bench:
        ranking = rank(self.world.store, plan.day)
        return bench_of(self.world.store, ranking, self.world.clock())

    def make(self) -> None:
        make_plan(self.world.store, self.day(), clock=self.world.clock, reason="test",
                  iterations=self.rng.choice((5, 120)), seed=self.rng.randrange(99))  # fmt: skip

    def week(self) -> None:
        first = self.world.today + timedelta(days=self.rng.choice((0, 1)))
        plan_week(self.world.store, first, days=self.rng.choice((2, 4, 7)), reason="test",
                  clock=self.world.clock, iterations=self.rng.choice((20, 200)))  # fmt: skip

    def edit(self) -> None:
        plan = self.plan()
        stops = [s for r in plan.routes for s in r.stops] if plan else []
        if plan is None:
            return
        bench, store = self.bench(plan), self.world.store
        what = self.rng.choice(("move", "drop", "add", "lock", "lock"))
        if what == "add" or not stops:
            rest = sorted(set(bench.ranking.table.debtor_ids) - {s.debtor_id for s in stops})
            if not rest or not plan.routes:
                return
            edited = edit_plan.add(bench, plan, self.rng.choice(rest), store)
        else:
            stop = self.rng.choice(stops)
            if stop.debtor_id in done(self.world, plan.day):
                return
            if what == "move":
                crew = self.rng.choice(plan.routes).crew_id
                place = self.rng.randrange(4)
                edited = edit_plan.move(bench, plan, stop.debtor_id, crew, place)
            elif what == "drop":
                edited = edit_plan.drop(bench, plan, stop.debtor_id)
            else:
                fresh = edit_plan.lock(plan, stop.debtor_id, not stop.locked)
                edited = edit_plan.Edited(fresh, ())
        if not edited.faults:
            edit_plan.save_edit(store, edited.plan, clock=self.world.clock)

    def fill(self) -> None:
        plan = self.plan()
        if plan is None:
            return
        offer = fill_gaps(self.world.store, self.bench(plan), plan, clock=self.world.clock,
                          iterations=100)  # fmt: skip
        now = {visit(s): r.crew_id for r in offer.plan.routes for s in r.stops}
        for route in plan.routes:
            for stop in route.stops:
                if now.get(visit(stop)) != route.crew_id:
                    self.wrong.append(f"fill: {stop.debtor_id} was moved")
        self.take(offer.plan)

    def on(self) -> None:
        plan = self.plan()
        if plan is None:
            return
        crews, rng = [r.crew_id for r in plan.routes], self.rng
        late = {c: rng.randrange(4000) for c in crews if rng.random() < 0.2}
        places = {c: (plan.routes[0].lat + rng.gauss(0, 0.1), plan.routes[0].lon)
                  for c in crews if rng.random() < 0.15}  # fmt: skip
        absent = frozenset(c for c in crews if rng.random() < 0.15)
        offer = replan_day(
            self.world.store, self.bench(plan), plan, clock=self.world.clock, late=late,
            positions=places, absent=absent, assume_made=rng.random() < 0.3, iterations=100,
        )  # fmt: skip
        self.kept(plan, offer.plan, absent)
        self.take(offer.plan)

    def kept(self, before: Plan, after: Plan, absent: frozenset[str]) -> None:
        """Locked stops ahead keep their crew, unless the rules bar them by now."""
        ranking = rank(self.world.store, before.day)
        crews = {s.debtor_id: r.crew_id for r in after.routes for s in r.stops}
        told = {one.debtor_id: one.reason for one in after.not_planned}
        for route in before.routes:
            for stop in route.stops:
                who = stop.debtor_id
                if not stop.locked or who not in ranking.table.debtor_ids:
                    continue
                free = ranking.verdicts.eligible[ranking.row(who)]
                if free and crews.get(who) != route.crew_id and route.crew_id not in absent:
                    self.count[f"locked {told.get(who, 'GONE')}"] += 1
                    if who not in told:
                        self.wrong.append(f"locked {who} went without a word")

    def take(self, plan: Plan) -> None:
        if self.rng.random() < 0.8:
            edit_plan.save_edit(self.world.store, plan, clock=self.world.clock)

    def bring(self) -> None:
        plan, store, clock = self.plan(), self.world.store, self.world.clock
        if plan is None:
            return
        bench = self.bench(plan)
        changes = smallest_changes(store, bench, plan, clock=clock)
        able = [(who, one) for who, one in sorted(changes.items()) if one.kind != NONE]
        self.rng.shuffle(able)
        for who, change in able[:3]:
            try:
                offer = bring_in(store, bench, plan, who, change, clock=clock, iterations=100)
            except PlannerError as error:
                if error.code not in FAIR or error.code == "plan.outdated":
                    told = f"{change.kind} {dict(change.figures)}"
                    self.wrong.append(f"bring {who} {told}: {error.code} {dict(error.params)}")
                continue
            self.count[f"bring {change.kind}"] += 1
            if who not in {s.debtor_id for r in offer.plan.routes for s in r.stops}:
                self.wrong.append(f"bring: {who} is not in")
            if self.rng.random() < 0.5:
                edit_plan.save_edit(store, offer.plan, clock=clock)
                break

    def move(self) -> None:
        plan, plans = self.plan(), saved(self.world)
        stops = [s for r in plan.routes for s in r.stops] if plan else []
        if plan is None or not stops:
            return
        to = self.rng.choice(list(plans))
        crew = self.rng.choice(["", *(r.crew_id for r in plans[to].routes)])
        stop = self.rng.choice(stops)
        if to == plan.day and not crew:
            return
        move_to_day(self.world.store, stop.debtor_id, plan.day, to, crew, clock=self.world.clock)

    def happen(self) -> None:
        """A visit of today is recorded, mostly of the next planned stop; or a call."""
        plans, clock = saved(self.world), self.world.clock
        plan = plans.get(self.world.today)
        stops = [s for r in plan.routes for s in r.stops if s.leave <= clock.now] if plan else []
        open_ = [s for s in stops if s.debtor_id not in done(self.world, self.world.today)]
        if open_ and self.rng.random() < 0.8:
            stop = self.rng.choice(open_)
            code, result = self.rng.choice(OUTCOMES)
            told = Outcome(stop.debtor_id, code, stop.start, result, leave=stop.leave,
                           address_id=stop.address_id)  # fmt: skip
        else:
            code, result = self.rng.choice((("CALL-NA", ""), ("CALL-RPC", "OUT-RTP"),
                                            ("CALL-RPC", "OUT-PTP"), ("CALL-INV", "")))  # fmt: skip
            who = self.rng.choice(self.world.people)
            told = Outcome(who, code, clock.now, result)
        if told.result in ("OUT-PAID", "OUT-PTP"):
            told = replace(told, amount=50_000)
        if told.result == "OUT-PTP":
            due = self.world.today + timedelta(days=self.rng.randrange(0, 6))
            told = replace(told, due=due)
        record(self.world.store, told, clock=clock)

    def fact(self) -> None:
        """Something becomes known of somebody."""
        world, who, rng = self.world, self.rng.choice(self.world.people), self.rng
        what = rng.choice(("hold", "release", "agree", "announce", "must"))
        kind = rng.choice((HoldKind.LEAD, HoldKind.COMPLAINT))
        day = world.today + timedelta(days=rng.randrange(0, 4))
        hour = rng.randrange(8, 18)
        if what == "hold":
            until = world.clock.now + timedelta(hours=rng.choice((5, 30, 200)))
            hold(world.store, who, kind, reason="test", clock=world.clock, until=until)
        elif what == "release":
            release(world.store, who, kind, clock=world.clock)
        elif what == "agree":
            told = Agreed(who, Channel.VISIT, "letter", f"{hour:02d}:00", f"{hour + 2}:30", day=day)
            agree(world.store, told, clock=world.clock)
        elif what == "announce":
            begin = world.at(day, hour)
            announce(world.store, who, begin, begin + timedelta(days=2), "letter",
                     clock=world.clock)  # fmt: skip
        else:
            must_visit(world.store, who, day, rng.random() < 0.8, reason="test", by="lead",
                       clock=world.clock)  # fmt: skip

    def lead(self) -> None:
        """The lead decides about some people."""
        world, rng = self.world, self.rng
        day = world.today + timedelta(days=rng.randrange(0, 4))
        kind = rng.choice(KINDS)
        crew = rng.choice(("", "K0", "K9"))
        decision = Decision(kind, reason="test")
        if kind in ("WAIT", "MEANS"):
            decision = replace(decision, until=day, means="letter" if kind == "MEANS" else "")
        elif kind in ("GO", OVERNIGHT):
            decision = replace(decision, day=day, crew_id=crew)
        decide_for(world.store, rng.sample(world.people, 3), decision, clock=world.clock)

    def time(self) -> None:
        """Hours go by; after ten in the evening it is the next morning."""
        world = self.world
        world.clock.now += timedelta(minutes=self.rng.randrange(5, 240))
        here = world.at(world.today, 22)
        if world.clock.now > here:
            world.clock.now = world.at(world.today + timedelta(days=1), 7.5)

    def back(self) -> None:
        """The last plan that was saved is undone, and what was before counts again."""
        before = saved(self.world)
        with self.world.store.read() as conn:
            found = conn.execute(
                "SELECT batch FROM plan WHERE batch NOT IN (SELECT batch FROM undone WHERE pid = 0)"
                " ORDER BY version DESC LIMIT 1"
            ).fetchone()
        if found is None:
            return
        again = undo_batch(self.world.store, bytes(found[0]))
        if self.rng.random() < 0.5:
            undo_batch(self.world.store, again)
            if saved(self.world) != before:
                self.wrong.append("undo: what was undone twice is not what it was")


def lived(folder: Path, seed: int, steps: int) -> Day:
    """One book lived through."""
    world = make_world(folder, seed)
    life = Day(world)
    with world.store:
        life.run(steps)
    return life


@pytest.mark.parametrize("seed", range(len(LANDS)))
def test_random_deeds(seed: int, tmp_path: Path) -> None:
    """Whatever is done in whatever order: no saved visit breaks a rule, and all sums are right."""
    life = lived(tmp_path, seed, 25)
    assert not life.wrong, "\n".join(life.wrong)


@pytest.mark.full
@pytest.mark.parametrize("seed", range(100, 700))
def test_many_random_deeds(seed: int, tmp_path: Path) -> None:
    """The same, long."""
    life = lived(tmp_path, seed, 60)
    assert not life.wrong, "\n".join(life.wrong)
