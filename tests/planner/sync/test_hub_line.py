"""The line to a hub: where it may go, how it is protected, what is said when it breaks; and the
verbs of an administrator."""

import contextlib
import json
import re
import shutil
import socket
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hub_server import PASSWORD, Server, free_port
from hub_server import hub_server as hub_server

from planner.cli import cli
from planner.errors import PlannerError
from planner.sync import hub as line
from planner.sync.hub import Account, Line, check_account, connect, is_local, parameters
from planner.sync.hub_admin import Admin
from planner.sync.hub_transport import HubTransport

BOX = "c" * 16


def code_of(deed: Any) -> str:
    with pytest.raises(PlannerError) as caught:
        deed()
    assert PASSWORD not in str(caught.value)
    assert caught.value.__cause__ is None or PASSWORD not in str(caught.value.__cause__)
    return caught.value.code


def test_who_may_open_a_connection() -> None:
    """Only the routing server's client and the hub's know sockets, HTTP, TLS or psycopg."""
    root = Path(line.__file__).parents[2]
    wire = re.compile(
        r"^\s*(import|from) (socket|ssl|http|urllib\.request|psycopg|asyncio|smtplib|ftplib)\b",
        re.M,
    )
    found = {
        str(path.relative_to(root))
        for folder in ("planner", "ui")
        for path in (root / folder).rglob("*.py")
        if wire.search(path.read_text("utf-8"))
    }
    assert found == {
        "planner/geo/http_engine.py", "planner/sync/hub.py", "planner/sync/hub_admin.py",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("/var/run/postgresql", True), ("localhost", True), ("127.0.0.1", True), ("::1", True),
        ("127.8.8.8", True), ("192.168.1.4", False), ("hub.example", False), ("10.0.0.1", False),
        ("localhost.example", False), ("0.0.0.0", False), ("", False),
    ],
)  # fmt: skip
def test_what_stays_on_this_machine(host: str, local: bool) -> None:
    """Sockets and loopback addresses need no encryption, everything else does."""
    assert is_local(host) is local


def test_off_the_machine_only_protected(tmp_path: Path) -> None:
    """Without a certificate file, or with one that is not there, no connection is tried; with one
    the server's certificate and name are checked and the password itself is never handed over."""
    away = Account("hub.example", login="ann", password=PASSWORD)
    assert code_of(lambda: connect(away)) == "hub.certificate_needed"
    gone = replace(away, root_cert=str(tmp_path / "gone.crt"))
    assert code_of(lambda: connect(gone)) == "hub.certificate_file"
    (tmp_path / "ca.crt").write_text("x")
    told = parameters(replace(away, root_cert=str(tmp_path / "ca.crt")))
    assert told["sslmode"] == "verify-full"
    assert told["require_auth"] == "scram-sha-256"
    for odd in ("a,b", "a b", "a\n", ""):
        assert code_of(lambda odd=odd: check_account(replace(away, host=odd))) == "hub.address"


@pytest.fixture(scope="module")
def hub(hub_server: Server) -> Server:
    """An empty hub with one lead and one collector."""
    hub_server.fresh()
    hub_server.enrol({"ann": ("collector", "north"), "north1": ("lead", "north")})
    return hub_server


def ask(account: Account, **more: Any) -> Any:
    with Line(account, tries=1, **more) as way:
        return way.ask("SELECT role FROM app.hello()")


@pytest.fixture
def certificates(hub: Server, tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """The server speaks TLS as "localhost"; the right certificate file and a wrong one."""
    if not shutil.which("openssl"):
        pytest.skip("no openssl to make a certificate with")
    for name in ("right", "wrong"):
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
             "ec_paramgen_curve:prime256v1", "-nodes", "-days", "3650", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost", "-keyout", f"{name}.key", "-out",
             f"{name}.crt"],
            cwd=tmp_path, check=True, capture_output=True,
        )  # fmt: skip
    data = hub.folder / "data"
    owner = data.stat()
    for end in ("crt", "key"):
        target = data / f"server.{end}"
        shutil.copy(tmp_path / f"right.{end}", target)
        target.chmod(0o600)
        shutil.chown(target, owner.st_uid, owner.st_gid)
    with hub.connect() as conn:
        conn.execute("ALTER SYSTEM SET ssl = on")
        conn.execute("SELECT pg_reload_conf()")
    try:
        yield tmp_path / "right.crt", tmp_path / "wrong.crt"
    finally:
        with hub.connect() as conn:
            conn.execute("ALTER SYSTEM RESET ssl")
            conn.execute("SELECT pg_reload_conf()")


def test_the_certificate_decides(
    hub: Server, certificates: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The right certificate and name: an encrypted line; another certificate or another name:
    refused before anything is said; what the environment says changes nothing."""
    right, wrong = certificates
    monkeypatch.setattr(line, "is_local", lambda _: False)
    for name, value in (("PGSSLMODE", "disable"), ("PGHOSTADDR", "192.0.2.1"), ("PGUSER", "eve")):
        monkeypatch.setenv(name, value)
    account = replace(hub.account("ann"), host="localhost", root_cert=str(right))
    with contextlib.closing(connect(account)) as link:
        assert link.pgconn.ssl_in_use
        assert link.info.user == "ann"
    refused = [replace(account, root_cert=str(wrong)), replace(account, host="127.0.0.1")]
    assert [code_of(lambda a=a: ask(a)) for a in refused] == ["hub.certificate"] * 2


def test_a_server_without_tls_is_refused_off_the_machine(
    hub: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that speaks in clear is not spoken to."""
    monkeypatch.setattr(line, "is_local", lambda _: False)
    (tmp_path / "ca.crt").write_bytes(b"")
    account = replace(hub.account("ann"), host="localhost", root_cert=str(tmp_path / "ca.crt"))
    assert code_of(lambda: ask(account)) == "hub.certificate"


def test_what_is_wrong_is_said(hub: Server) -> None:
    """A wrong password, an unknown login, a database without a hub or none at all, nobody there, a
    login in no team: each has its code, none of them a password."""
    good = hub.account("ann")
    with hub.connect(database="postgres") as conn:
        conn.execute("DROP ROLE IF EXISTS stranger")
        conn.execute(f"CREATE ROLE stranger LOGIN PASSWORD '{PASSWORD}'")
    assert ask(good) == [("collector",)]
    assert code_of(lambda: ask(replace(good, password="something else"))) == "hub.login"
    assert code_of(lambda: ask(replace(good, login="nobody"))) == "hub.login"
    assert code_of(lambda: ask(replace(good, database="template1"))) == "hub.none"
    assert code_of(lambda: ask(replace(good, database="missing"))) in ("hub.refused", "hub.login")
    assert code_of(lambda: ask(replace(good, port=free_port()))) == "hub.unreachable"
    assert code_of(lambda: ask(replace(good, login="stranger"))) in (
        "hub.login", "hub.refused", "hub.not_enrolled",
    )  # fmt: skip
    with hub.connect(database="postgres") as conn:
        conn.execute("DROP ROLE stranger")


def test_a_line_that_falls_silent_is_given_up_and_tried_again() -> None:
    """Who takes the call and never answers is left after some seconds, a number of times with
    growing pauses, and called slow or out of reach."""
    pauses: list[float] = []
    with socket.create_server(("127.0.0.1", 0)) as door:
        account = Account("127.0.0.1", door.getsockname()[1], login="ann", password="x" * 12)
        way = Line(account, patience=0.1, tries=2, sleep=pauses.append)
        assert code_of(lambda: way.ask("SELECT 1")) in ("hub.slow", "hub.unreachable")
    assert len(pauses) == 1


def test_an_exchange_can_be_stopped(hub: Server) -> None:
    """While the hub works on a call, or between two attempts, stopping takes effect."""
    stop = threading.Event()
    way = Line(hub.account("ann"), cancelled=stop.is_set)
    assert way.ask("SELECT 1") == [(1,)]
    stop.set()
    assert code_of(lambda: way.ask("SELECT pg_sleep(30)")) == "store.cancelled"
    nobody = replace(hub.account("ann"), port=free_port())
    late = Line(nobody, cancelled=stop.is_set, sleep=lambda _: None)
    assert code_of(lambda: late.ask("SELECT 1")) == "store.cancelled"


def test_a_long_letter_goes_on_where_it_was_cut(hub: Server) -> None:
    """Of a bundle in parts only those are sent again that the hub lacks, and twice the same bundle
    is one."""
    with HubTransport(Line(hub.account("ann"), tries=1), BOX, {}) as way:
        from planner.sync.peers import Peer

        lead = Peer("x" * 16, "lead", "", "", b"", b"")
        body = bytes(range(256)) * 16_384  # 4 MB
        sent: list[int] = []
        whole = way.line._once

        def once(query: str, values: tuple[Any, ...]) -> Any:
            if "send_part" in query:
                sent.append(values[2])
                if len(sent) == 3:
                    raise PlannerError("hub.unreachable", host="x")
            return whole(query, values)

        way.line._once = once  # type: ignore[method-assign]
        assert code_of(lambda: way.put(lead, 1, body)) == "hub.unreachable"
        way.put(lead, 1, body)
        way.put(lead, 1, body)
        assert sent == [0, 1, 2, 2, 3]
        with HubTransport(Line(hub.account("north1")), "", {}) as there:
            (parcel,) = there.waiting()
            assert parcel.body == body
            there.done(parcel)
            assert list(there.waiting()) == []


def test_what_a_lead_takes_back_is_gone(hub: Server) -> None:
    """A bundle that nobody has fetched can be withdrawn, and a later one takes its place: its bytes
    leave the hub."""
    from planner.sync.peers import Peer

    laptop = Peer("e" * 16, "collector", "K1", "", b"", b"")
    with HubTransport(Line(hub.account("north1")), "", {}) as there:
        there.put(laptop, 1, b"for a laptop that has not come yet")
        assert there.withdraw(laptop) == 1
        there.put(laptop, 2, b"with a person who is erased before it is fetched")
        there.put(laptop, 3, b"another")
    with HubTransport(Line(hub.account("ann")), "e" * 16, {}) as way:
        assert [(one.name, one.body) for one in way.waiting()] == [("e" * 16 + "/3", b"another")]


def verb(hub: Server, *words: str, **kwargs: Any) -> Result:
    connection = ["--host", str(hub.folder), "--port", str(hub.port), "--login", "postgres"]
    return CliRunner().invoke(cli, [*words, *connection], **kwargs)


def test_the_verbs_of_an_administrator(hub: Server, tmp_path: Path) -> None:
    """Setting up twice, letting in with a file, a made or no password, looking, letting out, each
    in JSON and in words; no password is ever an argument or in a log of the server."""
    for _ in range(2):
        assert verb(hub, "hub-init").exit_code == 0
    (tmp_path / "words").write_text("a password in a file\n")
    words = str(tmp_path / "words")
    done = verb(hub, "hub-add", "kim", "--role", "collector", "--team", "north",
                "--new-password-file", words)  # fmt: skip
    assert done.exit_code == 0, done.output
    assert ask(hub.account("kim", "a password in a file")) == [("collector",)]
    made = verb(hub, "hub-add", "lee", "--role", "collector", "--team", "north",
                "--make-password", "--json")  # fmt: skip
    assert ask(hub.account("lee", json.loads(made.stdout)["password"])) == [("collector",)]
    for arguments in (
        ["kim", "--role", "collector", "--team", "north"],  # no password
        ["kim2", "--role", "lead", "--team", "north", "--new-password-file", words],  # a second one
        ["Kim", "--role", "collector", "--team", "north", "--new-password-file", words],
        ["postgres", "--role", "collector", "--team", "north", "--new-password-file", words],
        ["kim", "--role", "collector", "--team", "south", "--new-password-file", words],
    ):
        refused = verb(hub, "hub-add", *arguments)
        assert refused.exit_code == 1, arguments
        assert refused.stderr.strip()
    (tmp_path / "short").write_text("short")
    assert verb(hub, "hub-add", "kim3", "--role", "collector", "--team", "north",
                "--new-password-file", str(tmp_path / "short")).exit_code == 1  # fmt: skip
    health = verb(hub, "hub-check", "--json")
    assert health.exit_code == 0, health.output
    told = json.loads(health.stdout)
    assert told["faults"] == []
    assert {one["login"] for one in told["members"]} >= {"ann", "kim", "lee", "north1"}
    assert "kim" in verb(hub, "hub-check").stdout
    for login in ("kim", "lee"):
        assert verb(hub, "hub-remove", login).exit_code == 0
        assert verb(hub, "hub-remove", login).exit_code == 1
    assert code_of(lambda: ask(hub.account("kim", "a password in a file"))) == "hub.login"


def test_a_bad_setting_is_found(hub: Server) -> None:
    """A server that may lose what it confirmed, or a login with too much power, fails the check."""
    with hub.connect() as conn:
        conn.execute("ALTER DATABASE fairvisit SET synchronous_commit = off")
        conn.execute("ALTER ROLE ann CREATEROLE")
    found = verb(hub, "hub-check")
    assert found.exit_code == 1
    with Admin(hub.admin()) as admin:
        assert admin.check().faults == ("durable", "strong_login")
    with hub.connect() as conn:
        conn.execute("ALTER DATABASE fairvisit RESET synchronous_commit")
        conn.execute("ALTER ROLE ann NOCREATEROLE")
