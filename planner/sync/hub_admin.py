"""What an administrator does at a hub: set it up, let logins in and out, see that all is well.

A password is turned into its SCRAM verifier here: the words themselves are in no statement, so
in no log of the server. Who sets up needs a login of PostgreSQL that may create roles.
"""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import psycopg
from psycopg import sql

from planner.errors import PlannerError
from planner.sync.hub import VERSION, Account, Link, connect, failure

OLDEST: Final = 150000  # PostgreSQL 15
SHORTEST: Final = 12  # characters of a password
Role = Literal["lead", "collector"]
_NAME = re.compile(r"[a-z][a-z0-9_]{0,47}")
_LINKS: Final = 6  # at once by one login


@dataclass(frozen=True, slots=True)
class Member:
    """One login of the hub. `entries` and the letters that wait are 0 for leads."""

    login: str
    role: str
    team: str
    live: bool
    devices: int = 0
    entries: int = 0
    up_waiting: int = 0
    down_waiting: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """What `check` found: `faults` are codes with words ("hub.fault.…")."""

    server: str
    encrypted: bool
    members: tuple[Member, ...]
    faults: tuple[str, ...]


class Admin:
    """A connection of an administrator. Every trouble is a PlannerError("hub.…")."""

    def __init__(self, account: Account) -> None:
        self._host = account.host
        self._link: Link = connect(account)

    def __enter__(self) -> "Admin":
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def init(self) -> None:
        """Set the hub up in this database, or bring it up to date; what is there stays.

        PlannerError: "hub.too_old" (found), "hub.no_admin", ….
        """
        if self._link.info.server_version < OLDEST:
            raise PlannerError("hub.too_old", found=self._link.info.server_version // 10000)
        text = Path(__file__).with_name("hub.sql").read_text("utf-8")
        try:
            with self._link.transaction():
                self._link.execute(text.encode())
        except psycopg.errors.InsufficientPrivilege:
            raise PlannerError("hub.no_admin") from None
        except psycopg.Error as error:
            raise failure(error, self._host) from None

    def add(self, login: str, role: Role, team: str, password: str) -> None:
        """Let `login` in as the lead or a collector of `team`; a known one gets a new password.

        PlannerError: "hub.name" (name), "hub.short_password", "hub.known_otherwise" (login),
        "hub.one_lead" (team), "hub.no_admin", ….
        """
        for name in (login, team):
            if not _NAME.fullmatch(name) or name.startswith("pg_"):
                raise PlannerError("hub.name", name=name)
        if len(password) < SHORTEST or not password.isprintable():
            raise PlannerError("hub.short_password", least=SHORTEST)
        verifier = self._link.pgconn.encrypt_password(
            password.encode(), login.encode(), b"scram-sha-256"
        ).decode()
        try:
            with self._link.transaction():
                self._role(login, role, verifier)
                self._link.execute("SELECT app.enrol(%s, %s, %s)", (login, role, team))
        except psycopg.errors.UniqueViolation:
            raise PlannerError("hub.one_lead", team=team) from None
        except psycopg.errors.InsufficientPrivilege:
            raise PlannerError("hub.no_admin") from None
        except psycopg.Error as error:
            if error.sqlstate == "VH002":
                raise PlannerError("hub.known_otherwise", login=login) from None
            raise failure(error, self._host) from None

    def _role(self, login: str, role: Role, verifier: str) -> None:
        """The login itself; one that PostgreSQL knows for other purposes is left alone."""
        known = self._link.execute(
            "SELECT (SELECT count(*) FROM pg_roles WHERE rolname = %(login)s),"
            " (SELECT count(*) FROM app.members() WHERE login = %(login)s)",
            {"login": login},
        ).fetchone()
        assert known is not None
        if known[0] and not known[1]:
            raise PlannerError("hub.known_otherwise", login=login)
        name = sql.Identifier(login)
        verb = sql.SQL("ALTER ROLE {} " if known[0] else "CREATE ROLE {} ").format(name)
        rights = sql.SQL(
            "LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE CONNECTION LIMIT {} PASSWORD {}"
        ).format(sql.Literal(_LINKS), sql.Literal(verifier))
        self._link.execute(verb + rights)
        group = sql.Identifier(f"fairvisit_{role}")
        self._link.execute(sql.SQL("GRANT {} TO {}").format(group, name))

    def remove(self, login: str) -> None:
        """Lock `login` out, at once and for good; what it has sent stays for the lead.

        PlannerError: "hub.unknown_login" (login), "hub.no_admin", ….
        """
        try:
            with self._link.transaction():
                if not self._link.execute("SELECT app.expel(%s)", (login,)).fetchall()[0][0]:
                    raise PlannerError("hub.unknown_login", login=login)
                self._link.execute(
                    sql.SQL("ALTER ROLE {} NOLOGIN PASSWORD NULL").format(sql.Identifier(login))
                )
            self._link.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = %s",
                (login,),
            )
        except psycopg.errors.InsufficientPrivilege:
            raise PlannerError("hub.no_admin") from None
        except psycopg.Error as error:
            raise failure(error, self._host) from None

    def check(self) -> Health:
        """Whether the hub is set up, by this version of the program, and safe; who is in it."""
        try:
            version = self._link.execute("SELECT version FROM app.hello()").fetchall()[0][0]
            counts = {row[0]: row for row in self._link.execute("SELECT * FROM app.roster()")}
            rows = self._link.execute("SELECT * FROM app.members()").fetchall()
            found = [code for code, query in _FAULTS if self._link.execute(query).fetchall()[0][0]]
        except psycopg.errors.InsufficientPrivilege:
            raise PlannerError("hub.no_admin") from None
        except psycopg.Error as error:
            raise failure(error, self._host) from None
        members = []
        for login, role, team, live in rows:
            known = counts.get(login, (login, live, 0, 0, 0, 0, 0))
            members.append(Member(login, role, team, live, known[2], known[3], *known[5:7]))
        if version != VERSION:
            found.append("version")
        server = str(self._link.info.parameter_status("server_version") or "").split(" ")[0]
        encrypted = bool(self._link.pgconn.ssl_in_use)
        return Health(server, encrypted, tuple(members), tuple(found))


# What an administrator may have set up otherwise than docs/exchange.md says; true is a fault.
_FAULTS: Final = (
    ("durable", "SELECT current_setting('fsync') = 'off'"
     " OR current_setting('synchronous_commit') = 'off'"
     " OR current_setting('full_page_writes') = 'off'"),
    ("no_tls", "SELECT current_setting('ssl') = 'off' AND current_setting('listen_addresses')"
     " NOT IN ('', 'localhost', '127.0.0.1', '::1')"),
    ("passwords", "SELECT current_setting('password_encryption') <> 'scram-sha-256'"),
    ("open_tables", "SELECT EXISTS (SELECT 1 FROM pg_class c JOIN pg_namespace n"
     " ON n.oid = c.relnamespace WHERE n.nspname = 'app' AND c.relkind IN ('r', 'p')"
     " AND (NOT c.relrowsecurity OR c.relacl IS NOT NULL AND EXISTS (SELECT 1 FROM"
     " aclexplode(c.relacl) a WHERE a.grantee <> c.relowner)))"),
    ("large_objects", "SELECT has_function_privilege('fairvisit_collector',"
     " 'pg_catalog.lo_create(oid)', 'EXECUTE')"),
    ("strong_login", "SELECT EXISTS (SELECT 1 FROM app.members() m JOIN pg_roles r"
     " ON r.rolname = m.login WHERE r.rolsuper OR r.rolbypassrls OR r.rolcreaterole"
     " OR pg_has_role(r.oid, 'fairvisit_owner', 'MEMBER'))"),
)  # fmt: skip
