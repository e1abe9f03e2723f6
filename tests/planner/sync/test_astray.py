"""A collector who changes the program: what comes with valid keys and is not a laptop's to say."""

import os
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from store_factory import NOW, PLAN_DAY, listed, visit
from team_factory import (
    ByFolder,
    Laptop,
    Pouch,
    Team,
    admitted,
    event_ids,
    make_team,
    refusal,
    settle,
    sound,
    to_laptop,
    to_lead,
    weak_codes,
)

from planner.actions import exchange as deeds
from planner.actions.hub import name_hub
from planner.actions.policy import active_policy
from planner.actions.rank import load_weights, save_weights
from planner.actions.remote_rules import save_rules
from planner.ranking.params import Weights
from planner.store import settings
from planner.store.append import meta
from planner.store.driver import Connection
from planner.store.events import INSERT, SCHEMA_V, NewEvent, Row, chain, header, next_id, seal
from planner.sync.bundle import seal_bundle
from planner.sync.delivery import Delivery
from planner.sync.entries import rows_after
from planner.sync.exchange import exchange, merge_bundle
from planner.sync.folder import read_bundle
from planner.sync.hub import Account
from planner.sync.merging import new_device
from planner.sync.outgoing import TEAM_SETTINGS, team_settings
from planner.sync.peers import load_peers, own_keys
from planner.sync.team_rules import check_team_rules
from planner.sync.transport import Parcel, Pulled


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A lead and two collectors with a crew and a person each, who have exchanged."""
    weak_codes(monkeypatch)
    made = make_team(tmp_path, ("甲", "乙"), 2)
    for who, one in zip(made.persons, made.collectors, strict=True):
        made.assign(who, one)
        member = {"collector_id": one.who, "name": one.who}
        made.lead.append(NewEvent("crew.listed", "", NOW, {
            "crew_id": f"C{one.who}", "name": one.who, "members": [member], "lat": 30.0,
            "lon": 110.0, "start": 32400, "end": 64800, "weekdays": [1, 2, 3, 4, 5],
        }))  # fmt: skip
    settle(made, ByFolder(tmp_path / "share"), 2)
    yield made
    made.close()


def craft(
    laptop: Laptop, kind: str, who: str, at: datetime, payload: dict[str, Any],
    key: bytes | None = None,
) -> None:  # fmt: skip
    """Put an entry into the laptop's own chain as no deed of the program would."""

    def add(conn: Connection) -> None:
        device, seq, last, newest = conn.execute(
            "SELECT device_id, last_seq, last_hash, last_id FROM device WHERE device_id = ?",
            (meta(conn, "device"),),
        ).fetchone()
        (secret,) = conn.execute("SELECT key FROM who WHERE debtor_id = ?", (who,)).fetchone()
        one, now, seq = next_id(laptop.clock(), newest), int(laptop.clock().timestamp()), seq + 1
        batch, then = os.urandom(16), int(at.timestamp())
        head = header(one, device, seq, kind, who, batch, then, now, SCHEMA_V, key)
        body = seal(payload, head, bytes(secret))
        digest, stored = chain(last, head, body), key and key + one
        conn.execute(INSERT, (one, device, seq, kind, who, batch, then, now, SCHEMA_V, stored,
                              body, last, digest))  # fmt: skip
        conn.execute(
            "UPDATE device SET last_seq = ?, last_hash = ?, last_id = ? WHERE device_id = ?",
            (seq, digest, one, device),
        )

    with laptop.store.write() as tx:
        add(tx.conn)


def told(team: Team, laptop: Laptop) -> str:
    """The code with which the lead refuses the laptop's bundle; nothing of it is kept."""
    before = team.lead.ask(event_ids)
    code = refusal(merge_bundle, team.lead.store, to_lead(laptop), clock=team.lead.clock)
    assert team.lead.ask(event_ids) == before
    return code


def get(team: Team, laptop: Laptop) -> None:
    """The laptop takes what the lead has for it."""
    merge_bundle(laptop.store, to_laptop(team, laptop), clock=laptop.clock)


@pytest.mark.parametrize("what", ["hold", "undo", "visit", "own"])
def test_nobody_takes_back_what_another_recorded(team: Team, what: str) -> None:
    """A laptop that undoes an entry of the lead, the lead's undo, or a visit of the colleague who
    had the person before is refused; the undo of its own passes."""
    (first, second), who, lead = team.collectors, team.persons[0], team.lead
    span = {"from": NOW, "until": NOW + timedelta(days=30), "rule": "x", "channel": "visit"}
    done = {"visit": first.append(visit(who, first.clock()))}
    merge_bundle(lead.store, to_lead(first), clock=lead.clock)
    done["hold"] = lead.append(NewEvent("hold", who, NOW, {"hold_id": "h", "kind": 1}))
    allowed = lead.append(NewEvent("override", who, NOW, {**span, "reason": "x"}))
    done["undo"] = lead.append(NewEvent("reversal", who, NOW, {"batch": allowed}))
    team.assign(who, second)
    get(team, second)
    done["own"] = second.append(visit(who, second.clock()))
    second.append(NewEvent("reversal", who, second.clock(), {"batch": done[what]}))
    if what == "own":
        merge_bundle(lead.store, to_lead(second), clock=lead.clock)
        sound(team)
    else:
        assert told(team, second) == "exchange.lead_only"


@pytest.mark.parametrize("kind", ["payment", "contact"])
def test_no_entry_stands_in_for_a_fact_of_a_file(team: Team, kind: str) -> None:
    """An earlier entry under the key of a payment that a file brought, and one under a key that no
    file has brought yet, are refused: the first of a key counts alone."""
    first, who = team.collectors[0], team.persons[0]
    team.lead.append(NewEvent("payment", who, NOW, {"amount": 500_000}, "lender:17"))
    get(team, first)
    (key,) = first.ask(
        lambda conn: conn.execute("SELECT key FROM event WHERE kind = 'payment'").fetchone()
    )
    call = {"channel": "call", "code": "CALL-NA"}
    for one in (bytes(key), os.urandom(16)):
        said = {"amount": 1} if kind == "payment" else call
        craft(first, kind, who, NOW - timedelta(days=900), said, one)
        assert told(team, first) == "exchange.lead_only"


@pytest.mark.parametrize(("kind", "said"), [
    ("absence", {"absence_id": "a", "collector_id": "乙", "from": "2026-01-01",
                 "to": "2026-12-31"}),
    ("trip", {"crew_id": "C乙", "day": "2026-03-02", "metres": 2**40}),
    ("plan.reviewed", {"plan_id": "p1", "day": str(PLAN_DAY), "crew_id": "C乙",
                       "decision": "submitted"}),
])  # fmt: skip
def test_no_laptop_speaks_for_another_crew(team: Team, kind: str, said: dict[str, Any]) -> None:
    """That a colleague is away, how their day was and that their route is submitted: refused; of
    the own crew the last two pass."""
    first, second = team.collectors
    craft(first, kind, "", first.clock(), said)
    assert told(team, first) == "exchange.lead_only"
    if kind != "absence":
        craft(second, kind, "", second.clock(), said)
        merge_bundle(team.lead.store, to_lead(second), clock=team.lead.clock)


def test_no_laptop_makes_the_lead_ask_for_its_own_entries(team: Team) -> None:
    """A laptop that says it has a later bundle of the lead than the lead made is not believed
    without the lead's signature: a workspace that was put back takes its own entries from others.
    """
    first, who = team.collectors[0], team.persons[0]
    device = team.lead.store.device_id
    with first.store.read() as conn:
        (peer,), own = load_peers(conn), own_keys(conn)
    assert own
    for proof in (b"", os.urandom(96)):
        lie = Delivery(
            first.store.device_id, peer.out_number + 1, int(first.clock().timestamp()),
            seen=(device, 10**6, 0), wanted=(who,), proof=proof,
        )  # fmt: skip
        body = seal_bundle(own, peer, lie)
        assert refusal(merge_bundle, team.lead.store, body, clock=team.lead.clock) == (
            "exchange.forged"
        )
    assert team.lead.ask(meta, "device") == device
    assert not team.lead.ask(lambda conn: conn.execute("SELECT 1 FROM wish").fetchone())


def test_a_place_of_a_list_is_taken_back_on_a_laptop(team: Team, tmp_path: Path) -> None:
    """Settling for what a list said records a judgement, which the lead takes; a list would be
    refused, and everything recorded afterwards with it."""
    first, who = team.collectors[0], team.persons[0]
    place = {"address_id": "p", "text": "x", "grade": 1, "lat": 30.0, "lon": 110.0}
    team.lead.append(NewEvent("person.listed", who, team.lead.clock(), {
        **listed(who, NOW).payload, "addresses": [place],
    }))  # fmt: skip
    first.clock.forward(minutes=2)
    first.append(NewEvent("address.judged", who, first.clock(), {
        "address_id": "p", "lat": 31.0, "lon": 111.0,
    }))  # fmt: skip
    get(team, first)
    (one,) = deeds.load_conflicts(first.store)
    first.clock.forward(minutes=1)
    deeds.settle(first.store, one.conflict_id, take_other=True, clock=first.clock)
    settle(team, ByFolder(tmp_path / "share"), 2)
    found = "SELECT lat, lon, text FROM address WHERE address_id = 'p'"
    for laptop in (team.lead, first):
        assert laptop.ask(lambda conn: conn.execute(found).fetchone()) == (30.0, 110.0, "x")
    sound(team)


def test_what_is_no_file_any_more_is_not_read(tmp_path: Path) -> None:
    """A pipe or a link in the place of a bundle is left alone, without waiting for it."""
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    os.mkfifo(tmp_path / "pipe")
    found = [read_bundle(tmp_path / name) for name in ("file", "link", "pipe", "none")]
    assert found == [b"x", None, None, None]


@pytest.mark.parametrize("told", [
    {"weights": {"amount": "1"}}, {"weights": {"love": 1.0}}, {"weights": [1]},
    {"weights": {"amount": 7.0}}, {"house_overrides": {"house.hours": 9}},
    {"house_overrides": {"house.hours": {"windows": {"workday": ["06:00-23:30"]}}}},
    {"house_overrides": [1]},
    {"house_options": {"x": 1}}, {"house_options": [3]}, {"calendar_years": {"CN": 2027}},
    {"calendar_years": {"CN": ["2027"]}}, {"calendar_days": {"CN": {"yesterday": "holiday"}}},
    {"calendar_days": {"CN": {"2027-02-15": "x"}}}, {"remote": {"most_trips": "3"}},
    {"remote": {"share": float("nan")}}, {"remote": 1}, {"instalments": {"": {"free_months": {}}}},
    {"instalments": {"": 3}}, {"exchange.folder": "/x"},
], ids=str)  # fmt: skip
def test_rules_that_cannot_be_read_are_not_taken(team: Team, told: dict[str, Any]) -> None:
    """Settings of the lead's that no reader of the program can read, or that are looser than the
    law, refuse the bundle; what held before holds on."""
    first = team.collectors[0]
    before = first.ask(team_settings)
    with team.lead.store.write() as tx:
        for key, value in told.items():
            settings.put(tx, key, value)
    if not told.keys() <= set(TEAM_SETTINGS):
        assert refusal(check_team_rules, told, first.store.zone) == "exchange.malformed"
        return
    body = to_laptop(team, first)
    assert refusal(merge_bundle, first.store, body, clock=first.clock) == "exchange.malformed"
    assert first.ask(team_settings) == before
    active_policy(first.store)
    load_weights(first.store)


def test_rules_that_can_be_read_are_taken(team: Team) -> None:
    """What the lead may decide by the program reaches the laptop, and every reader reads it."""
    first, lead = team.collectors[0], team.lead.store
    save_weights(lead, Weights(amount=1.5))
    save_rules(lead, share=1, most_trips=2)
    with lead.write() as tx:
        settings.put(tx, "calendar_years", {"CN": [2027]})
        settings.put(tx, "calendar_days", {"CN": {"2027-02-15": "holiday"}})
        settings.put(tx, "instalments", {"": {"free_months": 6, "newer": "x"}})
    get(team, first)
    assert first.ask(team_settings) == team.lead.ask(team_settings)
    assert load_weights(first.store) == Weights(amount=1.5)
    assert 2027 in active_policy(first.store).home.confirmed


class Kept(Pouch):
    """A way that keeps chains, of which one is there."""

    def __init__(self, own: str, device: str, rows: tuple[Row, ...], who: str) -> None:
        super().__init__(own)
        self.chains = self  # type: ignore[assignment]
        self._there = Pulled(who, device, rows, doubtful=True)

    def pull(self, held: Mapping[str, int]) -> list[Pulled]:
        return [self._there] if held.get(self._there.device_id, 0) < len(self._there.rows) else []


def test_an_ended_laptop_does_not_go_on_as_the_present_one(team: Team, tmp_path: Path) -> None:
    """Under a login that two laptops of a collector know, a new device that the ended one pushed is
    not taken; that of the present one is, as its signed bundle names it."""
    old, lead, who = team.collectors[0], team.lead, team.persons[0]
    with old.store.write() as tx:
        new_device(tx.conn, "aa" * 8)
    old.store.device_id = "aa" * 8
    fresh = admitted(tmp_path / "fresh", lead, old.who)
    get(team, fresh)
    known = "SELECT owner FROM device WHERE device_id = ?"
    for one, taken in ((old, False), (fresh, True)):
        one.append(visit(who, one.clock()))
        device = one.store.device_id
        way = Kept("", device, tuple(one.ask(lambda conn, d: list(rows_after(conn, d, 0)), device)),
                   old.who)  # fmt: skip
        way.mine.append(Parcel("1", to_lead(one)))
        exchange(lead.store, way, clock=lead.clock)
        found = lead.ask(lambda conn, d: conn.execute(known, (d,)).fetchone(), device)
        assert found == ((one.peer_id(),) if taken else None)
    fresh.store.close()


def test_a_login_that_is_still_let_in_is_told(team: Team) -> None:
    """Ending a laptop's part says where a hub still lets its login in: only where one is named."""
    lead = team.lead.store
    assert not deeds.hub_lets_in(lead)
    name_hub(lead, Account("localhost", 5432, "fairvisit", "lead"))
    assert deeds.hub_lets_in(lead)
