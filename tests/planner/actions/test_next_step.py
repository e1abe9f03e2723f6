"""The next step: never barred, never at the hour that failed, kept as an event, a wish of plans."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest
from demo_time import DEMO_DAY, DEMO_NOW

from planner.actions.day_task import day_task
from planner.actions.filters import Filter, fitting
from planner.actions.next_step import (
    Hours,
    Proposal,
    accept,
    end_step,
    next_step,
    propose,
    steps_due,
)
from planner.actions.outcomes import Outcome, applied
from planner.actions.rank import Ranking, rank
from planner.actions.record import record
from planner.actions.travel import travel_of
from planner.actions.undo import undo_batch
from planner.domain.belief import MEET_PRIOR
from planner.domain.codes import CODES, RESULTS, Channel
from planner.domain.facts import PersonFacts
from planner.domain.people import Address, Contact
from planner.domain.step import Means, channel_of_means, part_of
from planner.errors import PlannerError
from planner.policy.check import check_contact
from planner.policy.pack import default_policies
from planner.store.facts import load_person_facts
from planner.store.people import timeline
from planner.store.state import derived_hash, rebuild
from planner.store.steps import load_step
from planner.store.store import Store
from planner.store.verify import verify

CHINA = ZoneInfo("Asia/Shanghai")
OUTCOMES = [
    *((code, "") for code in CODES),
    *(("VIS-RPC", result) for result in RESULTS),
    *(("CALL-RPC", result) for result in RESULTS),
]
PLACES = ("CN", "US", "GB", "IN", "RU", "TH", "AU", "VN")
HOURS = Hours(MEET_PRIOR, [0] * 8)


def now() -> datetime:
    return DEMO_NOW + timedelta(hours=4)


@pytest.fixture
def ranking(demo_store: Store) -> Ranking:
    """The demo's book on its day."""
    return rank(demo_store, DEMO_DAY)


def somebody(ranking: Ranking, k: int = 0) -> str:
    return ranking.table.debtor_ids[int(ranking.order[k])]


def facts_of(store: Store, who: str) -> PersonFacts:
    with store.read() as conn:
        return load_person_facts(conn, who, DEMO_DAY)


def varied(rnd: Random, facts: PersonFacts) -> PersonFacts:
    """The person with a random past of two months, under the rules of some country."""
    at = [DEMO_NOW - timedelta(hours=rnd.randrange(1, 1400)) for _ in range(rnd.randrange(6))]
    contacts = []
    for one in sorted(at):
        code = rnd.choice((*CODES, "CALL-NA", "CALL-NA", "VIS-NC"))
        channel = Channel({"CALL": "call", "MSG": "message", "VIS": "visit"}[code.split("-")[0]])
        contacts.append(Contact("", facts.debtor_id, channel, code, one))
    places: tuple[Address, ...] = facts.addresses if rnd.random() < 0.9 else ()
    return replace(
        facts, contacts=tuple(contacts), addresses=places, jurisdiction=rnd.choice(PLACES),
        overdue_since=DEMO_DAY - timedelta(days=rnd.randrange(5, 400)),
    )  # fmt: skip


@pytest.mark.parametrize(("code", "result"), OUTCOMES)
def test_no_proposal_is_barred(demo_store: Store, ranking: Ranking, code: str, result: str) -> None:
    """After every outcome of random histories under many packs the proposed moment is permitted."""
    rnd, policy = Random(f"{code}{result}"), default_policies()
    known = [facts_of(demo_store, somebody(ranking, k)) for k in (0, 40, 300)]
    for round_ in range(20):
        facts = varied(rnd, known[round_ % 3])
        at = DEMO_NOW + timedelta(minutes=rnd.randrange(0, 1200))
        due = DEMO_DAY + timedelta(days=rnd.randrange(1, 20))
        outcome = Outcome(facts.debtor_id, code, at, result=result)
        if result in ("OUT-PTP", "OUT-PLAN"):
            outcome = replace(outcome, amount=5000, due=due)
        after = applied(facts, outcome)
        moment = at + timedelta(minutes=rnd.randrange(1, 300))
        found = next_step(after, policy, moment, rnd.choice(("early", "middle", "late")), HOURS)
        channel = channel_of_means(found.means)
        assert (channel is None) == (found.at is None)
        if channel is not None and found.at is not None:
            assert found.at > moment
            assert check_contact(after, policy, channel, found.at).allowed
            assert found.part == part_of(found.at.hour)


@pytest.mark.parametrize("hour", [9, 13, 17, 19])
def test_never_the_same_part_after_nobody_home(
    demo_store: Store, ranking: Ranking, hour: int
) -> None:
    """Where nobody was there, the next visit or call is in another part of the day."""
    facts = replace(facts_of(demo_store, somebody(ranking)), contacts=())
    at = datetime.combine(DEMO_DAY, datetime.min.time(), CHINA) + timedelta(hours=hour)
    for code in ("VIS-NC", "CALL-NA"):
        after = applied(facts, Outcome(facts.debtor_id, code, at))
        found = next_step(after, default_policies(), at, "middle", HOURS)
        assert found.means in (Means.VISIT, Means.CALL)
        assert found.part != part_of(hour)


def test_the_learned_hour_decides(demo_store: Store, ranking: Ranking) -> None:
    """Of the permitted parts the one with the best chance is proposed."""
    facts = replace(facts_of(demo_store, somebody(ranking)), contacts=())
    for part in range(3):
        chance = [0.1] * 8
        chance[part] = chance[part + 4] = 0.9
        after = applied(facts, Outcome(facts.debtor_id, "MSG-SENT", DEMO_NOW - timedelta(days=2)))
        found = next_step(after, default_policies(), DEMO_NOW, "early", Hours(chance, [0] * 8))
        assert (found.means, found.part, found.chance) == (Means.CALL, part, 0.9)


def test_a_visit_only_when_a_crew_works(demo_store: Store, ranking: Ranking) -> None:
    """A visit is proposed within the hours and weekdays of the crews."""
    who = somebody(ranking)
    record(demo_store, Outcome(who, "VIS-NC", DEMO_NOW + timedelta(hours=2)), clock=now)
    found = propose(demo_store, who, now())
    assert found is not None
    assert found.at is not None
    assert found.means is Means.VISIT
    crews = [crew for crew in ranking.crews if found.day.isoweekday() in crew.weekdays]
    seconds = found.at.hour * 3600 + found.at.minute * 60
    assert any(crew.start <= seconds < crew.end for crew in crews)


def accepted(store: Store, who: str) -> tuple[Proposal, bytes]:
    found = propose(store, who, now())
    assert found is not None
    return found, accept(store, found, by="lead", clock=now)


def test_accepted_kept_listed_undone(demo_store: Store, ranking: Ranking) -> None:
    """A step is an event: listed when due, verified, rebuilt alike, and gone when undone."""
    who = somebody(ranking)
    with demo_store.read() as conn:
        before = derived_hash(conn)
    found, batch = accepted(demo_store, who)
    assert [one.debtor_id for one in steps_due(demo_store, found.day)] == [who]
    assert steps_due(demo_store, found.day - timedelta(days=1)) == ()
    assert verify(demo_store).ok
    with demo_store.write() as tx:
        kept = derived_hash(tx.conn)
        rebuild(tx.conn)
        assert derived_hash(tx.conn) == kept
    undo_batch(demo_store, batch)
    with demo_store.read() as conn:
        assert load_step(conn, who) is None
        assert derived_hash(conn) == before


def test_a_contact_ends_a_step_and_a_later_step_replaces_it(
    demo_store: Store, ranking: Ranking
) -> None:
    """The latest step counts, and none after the person was contacted."""
    who = somebody(ranking)
    accepted(demo_store, who)
    accepted(demo_store, who)
    assert len(steps_due(demo_store, date.max)) == 1
    later = now() + timedelta(hours=5)
    record(demo_store, Outcome(who, "CALL-NA", later), clock=lambda: later)
    assert steps_due(demo_store, date.max) == ()


def test_dropped_is_dropped(demo_store: Store, ranking: Ranking) -> None:
    """A step that is dropped leaves the list, stays in the history, and cannot be dropped twice."""
    who = somebody(ranking)
    accepted(demo_store, who)
    end_step(demo_store, who, "dropped", by="lead", clock=now)
    assert steps_due(demo_store, date.max) == ()
    with demo_store.read() as conn:
        kinds = [entry.kind for entry in timeline(conn, who)]
    assert kinds[-2:] == ["step.set", "step.done"]
    with pytest.raises(PlannerError, match="step"):
        end_step(demo_store, who, "dropped", by="lead", clock=now)


def test_the_cases_filter_knows_steps(demo_store: Store, ranking: Ranking) -> None:
    """Due, set and none part the book."""
    who = somebody(ranking)
    found, _ = accepted(demo_store, who)
    on_day = replace(ranking, day=found.day)
    rows = {name: fitting(demo_store, on_day, Filter(step=name)) for name in ("due", "set", "none")}
    mine = ranking.row(who)
    assert rows["due"][mine]
    assert rows["set"][mine]
    assert not rows["none"][mine]
    assert int(rows["due"].sum()) == 1
    assert bool((rows["set"] ^ rows["none"]).all())


def test_a_visit_step_is_a_wish_of_its_day(demo_store: Store, ranking: Ranking) -> None:
    """The search gets a prize in the wished part alone; windows together and true prices stay."""
    day = DEMO_DAY + timedelta(days=1)
    ahead = rank(demo_store, day)
    who = somebody(ahead)
    wish = Proposal(who, Means.VISIT, day, 1, None, "early", "VIS-NC")
    accept(demo_store, wish, by="", clock=now)
    work = day_task(demo_store, ahead, None, travel=travel_of(demo_store), stands={}, now=now())
    ids = [ahead.table.debtor_ids[one.row] for one in work.task.candidates]
    plain, search = work.task.problem.windows, work.search.windows
    mine = ids.index(who)
    more = search.prize[search.visit == mine] - plain.prize[plain.visit == mine].max()
    wished = [(a, b) for a, b, extra in zip(search.open[search.visit == mine].tolist(),
              search.close[search.visit == mine].tolist(), more.tolist(), strict=True)
              if extra >= 500]  # fmt: skip
    assert wished == [(12 * 3600, 17 * 3600 - 1)]
    assert search.open[search.visit == mine].min() == plain.open[plain.visit == mine].min()
    assert search.close[search.visit == mine].max() == plain.close[plain.visit == mine].max()
