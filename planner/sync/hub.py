"""The line to a hub: one PostgreSQL that a team runs itself (hub.sql, docs/exchange.md).

Nothing is opened but to the address the user has entered, and only when the user exchanges. Off
this machine the link is encrypted and the server's certificate and name are checked, else nothing
is said. A call that is cut short is made again over a new connection, with growing pauses: every
function of the hub does the same when it is called twice.
"""

import contextlib
import ipaddress
import json
import random
import time
from collections.abc import Callable, Generator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final, TypeVar

import psycopg
from psycopg import errors as pg

from planner.errors import PlannerError
from planner.store.driver import Connection as Workspace

VERSION: Final = 1  # of hub.sql
CONNECTING: Final = 10  # seconds for one attempt
ANSWER: Final = 60.0  # seconds in which nothing at all comes or goes
TRIES: Final = 6
_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 8.0  # seconds between attempts, doubled each time
_SERVER: Final = (  # milliseconds; a call that hangs at the hub ends there too
    "-c statement_timeout=120000 -c lock_timeout=30000"
    " -c idle_in_transaction_session_timeout=120000 -c client_min_messages=error"
)
_CODES: Final = {
    "VH001": "hub.not_enrolled", "VH002": "hub.not_yours", "VH003": "exchange.forked",
    "VH004": "hub.gap", "VH005": "hub.chain", "VH006": "hub.garbled", "VH007": "hub.large",
    "VH008": "hub.other_role", "VH009": "hub.full", "42501": "hub.not_enrolled",
    "3F000": "hub.none", "42883": "hub.none", "42P01": "hub.none", "53100": "hub.disk",
}  # fmt: skip
# Worth another attempt: the server was stopped, is starting, is full of connections, or two calls
# were in each other's way.
_PASSING: Final = ("57P01", "57P02", "57P03", "53300", "40P01", "40001", "57014", "55P03")
_UNREACHED: Final = (
    "refused", "timeout", "timed out", "translate host", "resolve", "unreachable", "no route",
    "reset", "closed", "no such file", "starting up", "shutting down", "recovery mode", "eof",
    "broken pipe", "aborted",
)  # fmt: skip
Answer = TypeVar("Answer")
Cancelled = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Account:
    """Where the hub is and as whom one logs in.

    `host` is a name, an address, or the folder of a unix socket ("/…"). `root_cert` is the file of
    the certificate that vouches for the server's. An empty password: libpq looks in its passfile.
    """

    host: str
    port: int = 5432
    database: str = "fairvisit"
    login: str = ""
    root_cert: str = ""
    password: str = field(default="", repr=False)


def is_local(host: str) -> bool:
    """Whether what is said to `host` stays on this machine."""
    if host.startswith("/") or host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def check_account(account: Account) -> None:
    """PlannerError: "hub.address", "hub.certificate_needed", "hub.certificate_file"."""
    words = (account.host, account.database, account.login)
    sound = all(one and one.isprintable() and "," not in one and " " not in one for one in words)
    if not sound or not 0 < account.port < 65536:
        raise PlannerError("hub.address")
    if is_local(account.host):
        return
    if not account.root_cert:
        raise PlannerError("hub.certificate_needed", host=account.host)
    if not Path(account.root_cert).is_file():
        raise PlannerError("hub.certificate_file", file=Path(account.root_cert).name)


def load_account(conn: Workspace) -> Account | None:
    """The hub of this workspace, None when it has none."""
    found = conn.execute("SELECT value FROM meta WHERE name = 'hub'").fetchone()
    return Account(**json.loads(found[0])) if found else None


def save_account(conn: Workspace, account: Account | None) -> None:
    """Keep the hub of this workspace (None: forget it) in its encrypted file, inside the caller's
    transaction. Raises what `check_account` raises."""
    conn.execute("DELETE FROM meta WHERE name = 'hub'")
    if account:
        check_account(account)
        conn.execute("INSERT INTO meta VALUES ('hub', ?)", (json.dumps(asdict(account)),))


def never() -> bool:
    """Nobody has cancelled."""
    return False


class Link(psycopg.Connection[tuple[Any, ...]]):
    """A connection that gives up when nothing moves for `patience` seconds, or on `cancelled`."""

    patience: float = ANSWER
    cancelled: Cancelled = staticmethod(never)

    def wait(
        self, gen: Generator[Any, Any, Answer], interval: float = 0.1, timeout: float | None = None
    ) -> Answer:
        """As psycopg does it, with an eye on the clock."""
        return super().wait(self._watched(gen), interval, timeout)

    def _watched(self, gen: Generator[Any, Any, Answer]) -> Generator[Any, Any, Answer]:
        moved = time.monotonic()
        try:
            asked = next(gen)
            while True:
                ready = yield asked
                if ready:
                    moved = time.monotonic()
                elif time.monotonic() - moved > self.patience:
                    raise pg.ConnectionTimeout("no answer")
                if self.cancelled():
                    raise PlannerError("store.cancelled")
                asked = gen.send(ready)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def parameters(account: Account) -> dict[str, str | int]:
    """What libpq is told: everything that decides where the words go, so that no variable of the
    environment can change it. Raises what `check_account` raises."""
    check_account(account)
    told: dict[str, str | int] = {
        "host": account.host, "hostaddr": "", "port": account.port, "dbname": account.database,
        "user": account.login, "options": _SERVER, "application_name": "fairvisit",
        "gssencmode": "disable", "keepalives_idle": 20,
        "tcp_user_timeout": 60000, "target_session_attrs": "read-write", "sslmode": "prefer",
    }  # fmt: skip
    if not is_local(account.host):
        told |= {"sslmode": "verify-full", "sslrootcert": account.root_cert}
        if psycopg.pq.version() >= 160000:  # never hand the words themselves to a server
            told["require_auth"] = "scram-sha-256"
    if account.password:
        told["password"] = account.password
    return told


def connect(account: Account, *, patience: float = ANSWER, cancelled: Cancelled = never) -> Link:
    """A connection, each statement a transaction of its own. PlannerError("hub.…")."""
    try:
        told = parameters(account) | {"connect_timeout": min(CONNECTING, max(2, int(patience)))}
        link = Link.connect(**told, autocommit=True, prepare_threshold=None)  # type: ignore[arg-type]
    except psycopg.Error as error:
        raise failure(error, account.host) from None  # its text names logins and addresses
    link.patience, link.cancelled = patience, cancelled
    if is_local(account.host) and not account.host.startswith("/"):
        reached = link.info.hostaddr
        if reached and not ipaddress.ip_address(reached).is_loopback:  # a "localhost" of its own
            link.close()
            raise PlannerError("hub.address")
    return link


def failure(error: psycopg.Error, host: str) -> PlannerError:
    """The coded error of what psycopg says, without its words."""
    state = error.sqlstate or ""
    if state in _CODES:
        detail = (error.diag.message_detail or "") if state.startswith("VH") else ""
        return PlannerError(_CODES[state], **({"number": int(detail)} if detail.isdigit() else {}))
    if isinstance(error, pg.ConnectionTimeout) or state in ("57014", "55P03"):
        return PlannerError("hub.slow", host=host)
    if state in _PASSING or state.startswith("08"):
        return PlannerError("hub.unreachable", host=host)
    if state:
        return PlannerError("hub.trouble", state=state)
    return _no_connection(error, host)


def _no_connection(error: psycopg.Error, host: str) -> PlannerError:
    """libpq has no codes for a connection that fails: what it says in English decides."""
    words = str(error).lower()
    if any(one in words for one in _UNREACHED) and "certificate" not in words:
        return PlannerError("hub.unreachable", host=host)
    if "certificate" in words or "ssl" in words:
        return PlannerError("hub.certificate", host=host)
    asked = error.pgconn
    if asked is not None and (asked.used_password or asked.needs_password):
        return PlannerError("hub.login")
    return PlannerError("hub.refused", host=host)


class Line:
    """The line of one account: opened when it is needed, opened anew when it was cut."""

    def __init__(
        self, account: Account, *, patience: float = ANSWER, cancelled: Cancelled = never,
        tries: int = TRIES, sleep: Callable[[float], None] = time.sleep,
    ) -> None:  # fmt: skip
        self.account = account
        self.cancelled = cancelled
        self._patience, self._tries, self._sleep = patience, tries, sleep
        self._link: Link | None = None

    def __enter__(self) -> "Line":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Hang up."""
        if self._link is not None:
            with contextlib.suppress(psycopg.Error):
                self._link.close()
            self._link = None

    def ask(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of one call, tried again where that may help. PlannerError("hub.…"),
        "exchange.forked", "store.cancelled"."""
        for attempt in range(1, self._tries + 1):
            try:
                return self._once(query, values)
            except PlannerError as error:
                passing = error.code in ("hub.unreachable", "hub.slow")
                if not passing or attempt == self._tries:
                    raise
            pause = min(_LONGEST_PAUSE, _FIRST_PAUSE * 2 ** (attempt - 1))
            self._sleep(pause * random.uniform(0.5, 1.0))  # not all laptops at the same moment
            if self.cancelled():
                raise PlannerError("store.cancelled")
        raise AssertionError("unreachable")

    def _once(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        sound = False
        try:
            if self._link is None:
                self._link = self._greet()
            found = self._link.execute(query, values, binary=True).fetchall()
            sound = True
            return found
        except psycopg.Error as error:
            raise failure(error, self.account.host) from None
        finally:
            if not sound:
                self.close()

    def _greet(self) -> Link:
        link = connect(self.account, patience=self._patience, cancelled=self.cancelled)
        try:
            version, role = link.execute("SELECT version, role FROM app.hello()").fetchall()[0]
        except BaseException:
            link.close()
            raise
        if role is None or version != VERSION:
            link.close()
            raise PlannerError("hub.not_enrolled" if role is None else "hub.version")
        return link
