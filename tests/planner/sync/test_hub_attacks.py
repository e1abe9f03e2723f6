"""What somebody with a collector's login can do at the hub beside his own work: nothing."""

import hashlib
from dataclasses import replace
from typing import Any

import psycopg
import pytest
from hub_rows import made_rows
from hub_server import Server
from hub_server import hub_server as hub_server

from planner.errors import PlannerError
from planner.sync.hub import Line
from planner.sync.hub_admin import Admin
from planner.sync.hub_transport import _PUSH, HubTransport, _columns
from planner.sync.peers import Peer

ANN, BOB, FAR = "a" * 16, "b" * 16, "f" * 16  # devices and boxes
REFUSED = ("42501", "VH001", "VH002", "VH008", "42P01", "55000")
MEMBERS: dict[str, Any] = {
    "north1": ("lead", "north"), "ann": ("collector", "north"), "bob": ("collector", "north"),
    "south1": ("lead", "south"), "far": ("collector", "south"),
}  # fmt: skip


def transport(server: Server, login: str, box: str = "", **peers: str) -> HubTransport:
    return HubTransport(Line(server.account(login), tries=1), box, peers)


def peer(box: str) -> Peer:
    return Peer(box, "collector", "K1", "", b"", b"")


@pytest.fixture(scope="module")
def hub(hub_server: Server) -> Server:
    """Two teams; Ann's and Far's laptops have sent 20 entries and a letter, both got one."""
    hub_server.fresh()
    hub_server.enrol(MEMBERS)
    for login, device, lead in (("ann", ANN, "north1"), ("far", FAR, "south1")):
        with transport(hub_server, login, device) as way:
            way.chains.push(device, made_rows(device, 20))
            way.put(peer(""), 1, b"up " + login.encode())
        with transport(hub_server, lead) as way:
            way.put(peer(device), 1, b"down " + login.encode())
    with transport(hub_server, "bob", BOB) as way:
        way.chains.push(BOB, made_rows(BOB, 3))
        assert list(way.waiting()) == []
    return hub_server


def state(server: Server) -> list[Any]:
    """Everything the hub holds, as the superuser sees it."""
    with server.connect() as conn:
        names = [
            row[0]
            for row in conn.execute(
                "SELECT relname FROM pg_class WHERE relnamespace = 'app'::regnamespace"
                " AND relkind IN ('r', 'p') ORDER BY 1"
            )
        ]
        return [
            (name, conn.execute(f"SELECT * FROM app.{name} t ORDER BY t::text").fetchall())
            for name in names
        ]


TABLES = ("team", "member", "device", "event", "event_3", "box", "delivery", "delivery_part")
STATEMENTS = [
    *(f"SELECT * FROM app.{name}" for name in TABLES),
    *(f"DELETE FROM app.{name}" for name in TABLES),
    *(f"TRUNCATE app.{name} CASCADE" for name in TABLES),
    *(f"DROP TABLE app.{name} CASCADE" for name in TABLES),
    *(f"ALTER TABLE app.{name} DISABLE ROW LEVEL SECURITY" for name in TABLES),
    *(f"COPY app.{name} TO STDOUT" for name in TABLES),
    *(f"BEGIN; LOCK TABLE app.{name}" for name in TABLES),
    "UPDATE app.event SET payload = 'x'", "UPDATE app.device SET collector = 'bob'",
    "UPDATE app.member SET team = 'south' WHERE login = 'bob'", "UPDATE app.box SET up_last = 99",
    "UPDATE app.member SET role = 'lead' WHERE login = 'bob'",
    "UPDATE app.delivery SET cseq = 7",
    f"INSERT INTO app.device (device_id, collector, team) VALUES ('{'9' * 16}', 'ann', 'north')",
    f"INSERT INTO app.box (box, team, collector) VALUES ('{'9' * 16}', 'north', 'bob')",
    f"INSERT INTO app.event SELECT '{ANN}', 21, '{'x' * 16}', 'a', '', 'b', 0, 0, 1, NULL, 'p', ''",
    f"INSERT INTO app.delivery VALUES ('{BOB}', false, '{'x' * 32}', 1, 1, 1)",
    "INSERT INTO app.member VALUES ('bob2', 'lead', 'north')",
    "INSERT INTO app.team VALUES ('mine')",
    "SET ROLE ann", "SET ROLE north1", "SET ROLE postgres", "SET ROLE fairvisit_owner",
    "SET ROLE fairvisit_admin", "SET ROLE fairvisit_lead", "SET SESSION AUTHORIZATION ann",
    "SET SESSION AUTHORIZATION postgres", "ALTER ROLE bob SUPERUSER", "ALTER ROLE bob BYPASSRLS",
    "ALTER ROLE bob CREATEROLE", "ALTER ROLE ann PASSWORD 'known to bob now'",
    "GRANT fairvisit_lead TO bob", "GRANT ann TO bob", "CREATE ROLE eve LOGIN", "DROP ROLE ann",
    "GRANT SELECT ON app.event TO bob", "ALTER FUNCTION app.me() SET search_path = public",
    "CREATE OR REPLACE FUNCTION app.me() RETURNS text LANGUAGE sql AS $$ SELECT 'ann' $$",
    "CREATE POLICY mine ON app.event FOR SELECT USING (true)", "CREATE TABLE public.x (y text)",
    "CREATE FUNCTION app.mine2() RETURNS text LANGUAGE sql AS $$ SELECT '' $$",
    "CREATE SCHEMA mine", "CREATE TEMP TABLE member (login text)",
    "SELECT lo_create(0)", "SELECT lo_from_bytea(0, 'x')", "SELECT pg_read_file('PG_VERSION')",
    "COPY (SELECT 1) TO PROGRAM 'true'", "ALTER SYSTEM SET fsync = off",
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'postgres'",
    "SELECT * FROM pg_authid", "SELECT set_config('session_authorization', 'ann', false)",
    "SELECT set_config('role', 'north1', false)", "SET row_security = off; SELECT * FROM app.event",
]  # fmt: skip


@pytest.mark.parametrize("login", ["bob", "far", "north1"])
def test_no_statement_gets_around_the_functions(hub: Server, login: str) -> None:
    """Reading, writing, emptying, locking and changing tables, roles and functions: all refused,
    and everything stays as it was."""
    before = state(hub)
    done = []
    for statement in STATEMENTS:
        with hub.connect(login) as conn:
            try:
                conn.execute(statement)
            except psycopg.Error as error:
                if error.sqlstate in REFUSED:
                    continue
            done.append(statement)
    assert [one for one in done if not same_role(login, one)] == []
    assert state(hub) == before


def same_role(login: str, statement: str) -> bool:
    """What somebody may do to himself: take the name he has, or that of his own kind."""
    kind = "fairvisit_lead" if login == "north1" else ""
    return statement in (
        f"SET ROLE {login}", f"SET ROLE {kind}", f"SET SESSION AUTHORIZATION {login}",
        f"SELECT set_config('role', '{login}', false)",
    )  # fmt: skip


CALLS: list[tuple[str, tuple[Any, ...]]] = [
    ("SELECT app.register(%s)", (ANN,)),
    ("SELECT * FROM app.head(%s)", (ANN,)),
    (_PUSH, tuple(_columns(ANN, made_rows(ANN, 22)))),
    (_PUSH, tuple(_columns(ANN, made_rows(ANN, 2, after=made_rows(ANN, 20))))),
    ("SELECT * FROM app.heads()", ()),
    ("SELECT * FROM app.pull(%s, 0::bigint, 10)", (ANN,)),
    ("SELECT * FROM app.pull(%s, 0::bigint, 10)", (BOB,)),
    ("SELECT * FROM app.boxes()", ()),
    ("SELECT app.open_box(%s)", (ANN,)),
    ("SELECT * FROM app.waiting(%s)", (ANN,)),
    ("SELECT * FROM app.waiting(NULL)", ()),
    ("SELECT app.read_part(%s, 1::bigint, 0)", (ANN,)),
    ("SELECT app.taken(%s, 1::bigint)", (ANN,)),
    ("SELECT app.withdraw(%s, NULL)", (ANN,)),
    ("SELECT * FROM app.begin_delivery(%s, %s::bytea, 4::bigint, 1)", (ANN, bytes(32))),
    ("SELECT app.send_part(%s, %s::bytea, 0, %s::bytea)", (ANN, bytes(32), b"mine")),
    ("SELECT app.enrol('bob', 'lead', 'north')", ()),
    ("SELECT app.expel('ann')", ()),
    ("SELECT * FROM app.members()", ()),
    ("SELECT * FROM app.roster()", ()),
    ("SELECT app.header(%s, 1::bigint, '', '', '', '', 0::bigint, 0::bigint, 1, '')", (ANN,)),
    ("SELECT app.sender(%s)", (ANN,)),
]


@pytest.mark.parametrize("login", ["bob", "far"])
def test_functions_serve_their_owner_only(hub: Server, login: str) -> None:
    """Every function, called by another collector on Ann's laptop and box, refuses."""
    before = state(hub)
    for query, values in CALLS:
        with hub.connect(login) as conn, pytest.raises(psycopg.Error) as caught:
            conn.execute(query, values).fetchall()
        assert caught.value.sqlstate in REFUSED, query
    assert state(hub) == before


def test_a_lead_keeps_to_the_own_team(hub: Server) -> None:
    """A lead reads nothing of another team, writes to none of its boxes and sends no entries."""
    before = state(hub)
    with transport(hub, "north1", **{FAR: "K9", ANN: "K1", BOB: "K2"}) as way:
        assert {one.device_id for one in way.chains.pull({})} == {ANN, BOB}
        assert [one.body for one in way.waiting()] == [b"up ann"]
    for query, values in [
        ("SELECT app.open_box(%s)", (FAR,)),
        ("SELECT * FROM app.begin_delivery(%s, %s::bytea, 4::bigint, 1)", (FAR, bytes(32))),
        ("SELECT app.read_part(%s, 1::bigint, 0)", (FAR,)),
        ("SELECT app.taken(%s, 1::bigint)", (FAR,)),
        ("SELECT * FROM app.head(%s)", (FAR,)),
        ("SELECT app.register(%s)", ("9" * 16,)),
        (_PUSH, tuple(_columns(ANN, made_rows(ANN, 22)))),
        ("SELECT app.enrol('far', 'collector', 'north')", ()),
    ]:
        with hub.connect("north1") as conn, pytest.raises(psycopg.Error) as caught:
            conn.execute(query, values).fetchall()
        assert caught.value.sqlstate in REFUSED, query
    with hub.connect("north1") as conn:
        assert conn.execute("SELECT * FROM app.pull(%s, 0::bigint, 10)", (FAR,)).fetchall() == []
    assert state(hub) == before


def test_policies_hold_without_the_first_fence(hub: Server) -> None:
    """Were every right on every table given away, each login would still see and touch only its
    own rows, and no entry could be changed."""
    with hub.connect() as conn:
        conn.execute("GRANT ALL ON ALL TABLES IN SCHEMA app TO fairvisit_collector")
    try:
        with hub.connect("bob") as conn:
            assert conn.execute("SELECT DISTINCT device_id FROM app.event").fetchall() == [(BOB,)]
            assert conn.execute("SELECT device_id FROM app.device").fetchall() == [(BOB,)]
            assert conn.execute("SELECT login FROM app.member").fetchall() == [("bob",)]
            for name in ("team", "delivery", "delivery_part", "event_0", "event_7", "event_15"):
                assert conn.execute(f"SELECT * FROM app.{name}").fetchall() == []
            for statement in (
                "UPDATE app.event SET payload = 'x'", "DELETE FROM app.event",
                f"UPDATE app.device SET last_seq = 0 WHERE device_id = '{ANN}'",
                f"DELETE FROM app.delivery WHERE box = '{ANN}'",
                f"UPDATE app.box SET up_last = 9 WHERE box = '{ANN}'",
                "DELETE FROM app.member", "UPDATE app.member SET role = 'lead'",
            ):  # fmt: skip
                assert conn.execute(statement).rowcount == 0, statement
            for statement in (
                "INSERT INTO app.device (device_id, collector, team)"
                f" VALUES ('{'9' * 16}', 'ann', 'north')",
                f"INSERT INTO app.device (device_id, collector, team)"
                f" VALUES ('{'9' * 16}', 'bob', 'south')",
                f"INSERT INTO app.event SELECT '{ANN}', 21, '{'x' * 16}', 'a', '', 'b', 0, 0, 1,"
                f" NULL, 'p', '{'y' * 32}'",
                f"INSERT INTO app.delivery VALUES ('{BOB}', false, '{'x' * 32}', 1, 1, 1)",
                f"INSERT INTO app.delivery VALUES ('{ANN}', true, '{'x' * 32}', 1, 1, 1)",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    conn.execute(statement)
        with Admin(hub.admin()) as admin:
            assert "open_tables" in admin.check().faults
    finally:
        with hub.connect() as conn:
            conn.execute("REVOKE ALL ON ALL TABLES IN SCHEMA app FROM fairvisit_collector")


def code_of(deed: Any) -> tuple[str, Any]:
    with pytest.raises(PlannerError) as caught:
        deed()
    return caught.value.code, caught.value.params.get("number")


def test_a_chain_cannot_be_forged(hub: Server) -> None:
    """A fork, a gap, a wrong hash, a changed column or payload and a false start are each named,
    and none of them leaves a trace; the same entries again are welcome."""
    mine = made_rows(BOB, 3)
    more = made_rows(BOB, 4, after=mine)
    other = made_rows(BOB, 4, after=mine[:2], seed=1)
    with transport(hub, "bob", BOB) as way:
        before = state(hub)
        push = way.chains.push
        assert push(BOB, mine) == 3
        assert code_of(lambda: push(BOB, other)) == ("exchange.forked", 3)
        assert code_of(lambda: push(BOB, made_rows(BOB, 5, seed=1))) == ("exchange.forked", 1)
        assert code_of(lambda: push(BOB, other[1:])) == ("exchange.forked", 3)
        assert code_of(lambda: push(BOB, more[1:])) == ("hub.gap", 3)
        for change in (
            {"payload": b"x" * 30}, {"kind": "payment"}, {"debtor_id": "PZZZZZZZZZZZZ"},
            {"occurred_at": 5}, {"recorded_at": 5}, {"batch": bytes(16)}, {"schema_v": 2},
            {"key": b"k" * 16}, {"event_id": bytes(16)}, {"hash": bytes(32)},
        ):  # fmt: skip
            forged = [*more[:2], replace(more[2], **change), more[3]]
            assert code_of(lambda rows=forged: push(BOB, rows)) == ("hub.chain", 6), change
        assert code_of(lambda: push(BOB, [more[0], more[2]])) == ("hub.chain", 5)
        assert state(hub) == before


def test_what_is_not_of_the_right_form_is_refused(hub: Server) -> None:
    """Rows with columns of unequal length, missing values, strange texts, too many or too large
    ones, letters that are not what was announced: refused, nothing kept."""
    good = _columns(BOB, made_rows(BOB, 2, after=made_rows(BOB, 3)))
    before = state(hub)

    def refused(query: str, values: Any, *states: str) -> None:
        with hub.connect("bob") as conn, pytest.raises(psycopg.Error) as caught:
            conn.execute(query, values).fetchall()
        assert caught.value.sqlstate in states, (caught.value.sqlstate, values)

    for place in range(3, 13):
        refused(_PUSH, [*good[:place], good[place][:1], *good[place + 1 :]], "VH006")
        refused(_PUSH, [*good[:place], [], *good[place + 1 :]], "VH006")
        if place != 10:
            hole = [good[place][0], None]
            refused(_PUSH, [*good[:place], hole, *good[place + 1 :]], "VH005", "VH006")
    refused(_PUSH, [BOB, 0, *good[2:]], "VH006")
    refused(_PUSH, [BOB, 4, b"short", *good[3:]], "VH006")
    for kind in ("", 'a"b', "x" * 65, "接触"):
        rows = made_rows(BOB, 1, after=made_rows(BOB, 3))
        odd = replace(rows[0], kind=kind)
        refused(_PUSH, _columns(BOB, [odd]), "VH005", "VH006")
    many = made_rows(BOB, 5001, after=made_rows(BOB, 3))
    refused(_PUSH, _columns(BOB, many), "VH007")
    huge = made_rows(BOB, 1, after=made_rows(BOB, 3))[0]
    refused(_PUSH, _columns(BOB, [replace(huge, payload=bytes(34_000_000))]), "VH007")
    begin = "SELECT * FROM app.begin_delivery(%s, %s::bytea, %s::bigint, %s::integer)"
    refused(begin, (BOB, b"short", 4, 1), "VH006")
    refused(begin, (BOB, bytes(32), 0, 1), "VH006")
    refused(begin, (BOB, bytes(32), 2**40, 1), "VH007")
    refused(begin, (BOB, bytes(32), 10_000, 5000), "VH007")
    part = "SELECT app.send_part(%s, %s::bytea, %s::integer, %b::bytea)"
    refused(part, (BOB, bytes(32), 0, b"never begun"), "VH006")
    refused(part, (BOB, bytes(32), 0, bytes(4_194_305)), "VH007")
    for device in ("", "x", "../../etc", "A" * 65, "a b c d e f g h"):
        refused("SELECT app.register(%s)", (device,), "VH006")
    refused("SELECT app.open_box(%s)", ("X" * 16,), "VH006")
    assert state(hub) == before


def test_a_letter_that_is_not_what_was_announced_is_thrown_away(hub: Server) -> None:
    """Parts that do not make up the announced sum get no number and leave nothing."""
    begin = "SELECT * FROM app.begin_delivery(%s, %s::bytea, %s::bigint, %s::integer)"
    part = "SELECT app.send_part(%s, %s::bytea, %s::integer, %b::bytea)"
    before = state(hub)
    with hub.connect("bob") as conn:
        total = hashlib.sha256(b"good").digest()
        assert conn.execute(begin, (BOB, total, 4, 1)).fetchall() == [(None, [])]
        assert conn.execute(part, (BOB, total, 0, b"evil")).fetchone() == (0,)
    assert state(hub) == before


def test_quotas_hold(hub: Server) -> None:
    """A login opens no endless number of laptops, boxes or letters."""
    begin = "SELECT * FROM app.begin_delivery(%s, %s::bytea, 400000000::bigint, 1024)"
    for query, each in (
        ("SELECT app.register(%s)", [(f"{n:016x}",) for n in range(100)]),
        (begin, [(FAR, bytes([n]) * 32) for n in range(3)]),
        ("SELECT app.open_box(%s)", [(f"{n:016x}",) for n in range(1001)]),
    ):
        with hub.connect("far") as conn, pytest.raises(psycopg.Error) as caught:
            refused_at_last(conn, query, each)
        assert caught.value.sqlstate == "VH009"


def refused_at_last(conn: psycopg.Connection, query: str, each: list[tuple[Any, ...]]) -> None:
    """Calls, one of which fails; nothing of them stays."""
    with conn.transaction():
        for values in each:
            conn.execute(query, values)


def test_who_is_removed_is_out_at_once(hub: Server) -> None:
    """After hub-remove an open connection is refused, a new one too, what was sent stays, and what
    waited is gone; the login can come back to its team, not to another."""
    hub.enrol({"gone": ("collector", "north")})
    with transport(hub, "gone", "c" * 16) as way:
        way.chains.push("c" * 16, made_rows("c" * 16, 5))
        list(way.waiting())
        with transport(hub, "north1") as lead:
            lead.put(peer("c" * 16), 1, b"secret")
        with Admin(hub.admin()) as admin:
            admin.remove("gone")
            assert code_of(lambda: admin.remove("gone"))[0] == "hub.unknown_login"
        assert code_of(lambda: way.chains.held("c" * 16))[0] in ("hub.login", "hub.unreachable")
    with transport(hub, "gone", "c" * 16) as way:
        assert code_of(lambda: way.chains.held("c" * 16))[0] == "hub.login"
    with transport(hub, "north1", **{"c" * 16: "K7"}) as lead:
        assert sum(len(one.rows) for one in lead.chains.pull({})) == 5
        assert code_of(lambda: lead.put(peer("c" * 16), 2, b"again"))[0] == "hub.not_yours"
    with Admin(hub.admin()) as admin:
        with pytest.raises(PlannerError) as caught:
            admin.add("gone", "collector", "south", "a long password")
        assert caught.value.code == "hub.known_otherwise"
        admin.add("gone", "collector", "north", "long enough for tests")
    with transport(hub, "gone", "c" * 16) as way:
        assert way.chains.held("c" * 16)[0] == 5
        assert list(way.waiting()) == []
