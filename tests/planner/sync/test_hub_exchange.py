"""A whole team that exchanges through a real hub: the same verbs as by file or folder."""

import contextlib
import json
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hub_server import PASSWORD, Server
from hub_server import hub_server as hub_server
from team_factory import (
    Laptop,
    Team,
    admitted,
    event_ids,
    field_event,
    make_team,
    readable,
    settle,
    shared,
    weak_codes,
)
from test_any_order import _check as check_all
from test_any_order import _step as step

from planner.cli import cli
from planner.errors import PlannerError
from planner.store.store import Store
from planner.store.team import persons_of
from planner.store.verify import verify
from planner.sync.exchange import Told, exchange, unsent
from planner.sync.hub import Account, Line, load_account, save_account
from planner.sync.hub_admin import Admin
from planner.sync.hub_transport import open_hub
from planner.sync.peers import load_peers

NAMES = ("甲", "乙", "丙")
LOGINS = {"": "north_lead", "甲": "north_a", "乙": "north_b", "丙": "north_c"}


class ByHub:
    """Every laptop with the login of its collector."""

    def __init__(self, server: Server) -> None:
        self.server = server

    def exchange(self, laptop: Laptop) -> Told:
        account = self.server.account(LOGINS[laptop.who])
        with open_hub(laptop.store, account) as way:
            return exchange(laptop.store, way, clock=laptop.clock)


@pytest.fixture
def by_hub(hub_server: Server, monkeypatch: pytest.MonkeyPatch) -> ByHub:
    """An empty hub with the logins of one team."""
    weak_codes(monkeypatch)
    hub_server.fresh()
    hub_server.enrol({
        login: ("collector" if who else "lead", "north") for who, login in LOGINS.items()
    })  # fmt: skip
    return ByHub(hub_server)


@pytest.fixture
def team(by_hub: ByHub, tmp_path: Path) -> Iterator[Team]:
    """A lead, three laptops, six persons, two for each."""
    (tmp_path / "team").mkdir()
    made = make_team(tmp_path / "team", NAMES)
    for number, who in enumerate(made.persons):
        made.assign(who, made.collectors[number % 3])
    yield made
    made.close()


def check(team: Team) -> None:
    """Nothing unsent, everybody's persons where they belong, all entries with the lead, all the
    same, all sound."""
    for one in team.collectors:
        assert one.ask(unsent) == 0
        assert set(one.ask(readable)) == set(team.lead.ask(persons_of, one.who))
        assert one.ask(event_ids) - team.lead.ask(event_ids) == set()
    assert [(who, here) for who, here, there in shared(team) if here != there] == []
    for one in team.all:
        assert verify(one.store).problems == ()


def work(team: Team, rnd: random.Random, count: int = 5) -> None:
    """Somebody records something about each of the persons at hand."""
    for one in team.all:
        one.clock.forward(seconds=60)
        here = one.ask(readable)
        for _ in range(count if here else 0):
            one.append(field_event(rnd, rnd.choice(here), one.clock()))


def test_a_team_exchanges_through_the_hub(team: Team, by_hub: ByHub) -> None:
    """Persons come, entries go, persons are handed on: in the end everything is the same
    everywhere, entries travelled as chains, and no letter is left at the hub."""
    rnd = random.Random(1)
    settle(team, by_hub, 2)
    assert all(len(one.ask(readable)) == 2 for one in team.collectors)
    for turn in range(3):
        work(team, rnd)
        for one in rnd.sample(team.all, 4):
            by_hub.exchange(one)
        team.assign(team.persons[turn], team.collectors[turn - 1])
    settle(team, by_hub, 4)
    check(team)
    with by_hub.server.connect() as conn:
        kept = {bytes(one) for (one,) in conn.execute("SELECT event_id FROM app.event")}
        left = conn.execute("SELECT count(*) FROM app.delivery").fetchone()
    made = set().union(*(
        one.ask(lambda conn: {
            bytes(e) for (e,) in conn.execute(
                "SELECT e.event_id FROM event e JOIN device d USING (device_id)"
                " WHERE d.owner = ''")
        }) for one in team.collectors
    ))  # fmt: skip
    assert kept == made
    assert len(kept) > 30
    assert left == (0,)


def test_repeating_does_nothing(team: Team, by_hub: ByHub) -> None:
    """Once all is told, further exchanges move nothing."""
    settle(team, by_hub, 4)
    before = [one.ask(event_ids) for one in team.all]
    for one in team.all:
        told = by_hub.exchange(one)
        assert (told.sent, told.received, told.refused) == (0, 0, ())
    assert [one.ask(event_ids) for one in team.all] == before


def test_a_cut_exchange_goes_on(team: Team, by_hub: ByHub, monkeypatch: pytest.MonkeyPatch) -> None:
    """Wherever a line breaks for good, the next exchange brings the same as if it had not."""
    settle(team, by_hub, 2)
    rnd = random.Random(3)
    whole = Line._once
    for broken in (1, 2, 3, 4, 5, 6, 8, 11):
        work(team, rnd, 2)
        for one in team.all:
            calls = iter(range(1, 1000))

            def once(line, query, values, calls=calls, broken=broken):  # type: ignore[no-untyped-def]
                found = whole(line, query, values)
                if next(calls) >= broken:  # the answer is lost on its way, and all further ones
                    raise PlannerError("hub.unreachable", host="x")
                return found

            with monkeypatch.context() as patch:
                patch.setattr(Line, "_once", once)
                patch.setattr("time.sleep", lambda _: None)
                patch.setattr("planner.sync.hub._FIRST_PAUSE", 0.0)
                with contextlib.suppress(PlannerError):
                    by_hub.exchange(one)
    settle(team, by_hub, 4)
    check(team)


def test_a_restored_and_a_cloned_laptop_are_noticed(
    team: Team, by_hub: ByHub, tmp_path: Path
) -> None:
    """An older copy of a laptop that goes on beside it: the hub refuses its entries as forked, they
    reach the lead all the same, and afterwards everything agrees."""
    settle(team, by_hub, 3)
    first = team.collectors[0]
    shutil.copytree(first.store.path.parent, tmp_path / "clone")
    rnd = random.Random(5)
    who = first.ask(readable)[0]
    for _ in range(3):
        first.append(field_event(rnd, who, first.clock()))
    by_hub.exchange(first)
    with Store.open(tmp_path / "clone" / first.store.path.name, clock=first.clock) as store:
        clone = Laptop(store, first.clock, first.who)
        clone.append(field_event(rnd, who, first.clock.forward(seconds=90) or first.clock()))
        for _ in range(4):
            for one in (clone, team.lead, first):
                one.clock.forward(seconds=30)
                by_hub.exchange(one)
        assert clone.ask(event_ids) <= team.lead.ask(event_ids)
        assert first.ask(event_ids) <= team.lead.ask(event_ids)
        assert verify(store).problems == ()
    assert verify(team.lead.store).problems == ()


def test_another_laptop_of_the_same_collector(team: Team, by_hub: ByHub, tmp_path: Path) -> None:
    """A new laptop in the place of the old one, with the same login, gets letters of its own and
    sends entries of its own; what the old one had sent is there."""
    settle(team, by_hub, 2)
    work(team, random.Random(6), 2)
    settle(team, by_hub, 2)
    team.collectors[0].store.close()
    team.collectors[0] = admitted(tmp_path / "second", team.lead, "甲")
    settle(team, by_hub, 3)
    work(team, random.Random(7), 3)
    settle(team, by_hub, 3)
    check(team)


def test_letters_of_the_wrong_kind_are_named_not_taken(team: Team, by_hub: ByHub) -> None:
    """A bundle that a collector's login has made up is refused in words and harms nothing."""
    settle(team, by_hub, 2)
    forger = team.collectors[1]
    with team.lead.store.read() as conn:
        own = conn.execute("SELECT count(*) FROM event").fetchone()
    with open_hub(forger.store, by_hub.server.account(LOGINS["乙"])) as way:
        (lead,) = forger.ask(load_peers)
        way.put(lead, 9, random.Random(1).randbytes(4000))
    told = by_hub.exchange(team.lead)
    assert [code.split(".")[0] for code, _ in told.refused] == ["exchange"]
    with team.lead.store.read() as conn:
        assert conn.execute("SELECT count(*) FROM event").fetchone() == own


def test_a_login_that_is_locked_out_holds_up_nobody(team: Team, by_hub: ByHub) -> None:
    """The lead's exchange names the laptop that the hub serves no more and goes on with others."""
    settle(team, by_hub, 2)
    with Admin(by_hub.server.admin()) as admin:
        admin.remove(LOGINS["甲"])
    for number, who in enumerate(team.persons):  # everybody changes hands
        team.assign(who, team.collectors[(number + 1) % 3])
    told = by_hub.exchange(team.lead)
    assert [code for code, _ in told.refused] == ["hub.not_yours"]
    for one in team.collectors[1:]:
        assert by_hub.exchange(one).persons_in == 2


def test_any_order_by_hub(team: Team, by_hub: ByHub) -> None:
    """Entries, undo and hand-overs on four laptops in a random order through the hub: in the end
    the same everywhere, as by any other way."""
    rnd = random.Random(11)
    batches: list[tuple[Laptop, bytes]] = []
    for _ in range(30):
        step(team, by_hub, rnd, batches)
    settle(team, by_hub, 5)
    check_all(team, 11)


@pytest.mark.full
def test_any_order_by_hub_at_length(team: Team, by_hub: ByHub) -> None:
    """A thousand steps, all agreeing after each hundred."""
    rnd = random.Random(12)
    batches: list[tuple[Laptop, bytes]] = []
    for _ in range(10):
        for _ in range(100):
            step(team, by_hub, rnd, batches)
        settle(team, by_hub, 5)
        check_all(team, 12)


def test_the_hub_of_a_workspace_is_kept_inside_it(team: Team) -> None:
    """Address, login and password are in the encrypted file and nowhere in clear; `repr` hides the
    password."""
    account = Account("127.0.0.1", 5432, "fairvisit", "north_a", password=PASSWORD)
    store = team.collectors[0].store
    with store.write() as tx:
        save_account(tx.conn, account)
    with store.read() as conn:
        assert load_account(conn) == account
    assert PASSWORD not in repr(account)
    for file in store.path.parent.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()
    with store.write() as tx:
        save_account(tx.conn, None)
    with store.read() as conn:
        assert load_account(conn) is None


def test_the_verbs_of_a_workspace(team: Team, by_hub: ByHub, tmp_path: Path) -> None:
    """A hub is named, used and forgotten on the command line; without one that is said."""
    by_hub.exchange(team.lead)
    laptop = team.collectors[1]
    laptop.store.close()
    (tmp_path / "words").write_text(PASSWORD)

    def verb(*words: str) -> Result:
        return CliRunner().invoke(cli, [*words, "--workspace", str(laptop.store.path)])

    assert verb("exchange", "--hub").exit_code == 1
    named = verb("hub-set", "--host", "127.0.0.1", "--port", str(by_hub.server.port), "--login",
                 LOGINS["乙"], "--password-file", str(tmp_path / "words"))  # fmt: skip
    assert named.exit_code == 0, named.output
    done = verb("exchange", "--hub", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["persons_in"] == 2
    assert verb("hub-set", "--host", "hub.example", "--login", "x").exit_code == 1
    assert verb("hub-forget").exit_code == 0
    assert verb("exchange", "--hub").exit_code == 1
