"""A real PostgreSQL in a folder of its own, for tests of the hub; skipped where there is none.

PostgreSQL does not run as root: started by root it is handed to another user of the machine.
"""

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from planner.sync.hub import Account
from planner.sync.hub_admin import Admin, Role

PASSWORD = "long enough for tests"
DATABASE = "fairvisit"
_HBA = """local all postgres trust
local all all scram-sha-256
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
"""
_SETTINGS = {
    "shared_buffers": "32MB", "max_connections": "120", "log_min_messages": "fatal",
    "logging_collector": "off", "autovacuum_naptime": "60s", "max_wal_size": "512MB",
}  # fmt: skip


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl of a PostgreSQL from 15 on."""
    found = [Path(one) for one in Path("/usr/lib/postgresql").glob("*/bin")]
    known = shutil.which("pg_ctl")
    if known:
        found.append(Path(known).resolve().parent)
    for folder in sorted(found, key=lambda one: one.parent.name, reverse=True):
        if (folder / "initdb").exists() and _version(folder) >= 15:
            return folder
    return None


def _version(folder: Path) -> int:
    told = subprocess.run([folder / "pg_ctl", "--version"], capture_output=True, text=True)
    digits = told.stdout.split()[-1].partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def free_port() -> int:
    """A port of this machine that nobody listens at just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A cluster of its own on 127.0.0.1 and a unix socket."""

    def __init__(self, folder: Path, commands: Path) -> None:
        self.folder, self.commands = folder, commands
        self.port = free_port()
        self._as: dict[str, int | list[int]] = {}
        if os.getuid() == 0:
            other = next(
                (one for one in pwd.getpwall() if one.pw_name == "postgres"), pwd.getpwnam("nobody")
            )
            self._as = {"user": other.pw_uid, "group": other.pw_gid, "extra_groups": []}
            os.chown(folder, other.pw_uid, other.pw_gid)

    def _run(self, command: str, *arguments: str) -> None:
        with (self.folder / "trouble").open("ab") as trouble:
            done = subprocess.run(
                [self.commands / command, "-D", self.folder / "data", *arguments],
                cwd=self.folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                stderr=trouble, **self._as,
            )  # type: ignore[call-overload]  # fmt: skip
        assert done.returncode == 0, (self.folder / "trouble").read_text(errors="replace")

    def make(self) -> None:
        """Make the cluster and start it."""
        self._run("initdb", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        (self.folder / "data" / "pg_hba.conf").write_text(_HBA)
        with (self.folder / "data" / "postgresql.conf").open("a") as file:
            file.writelines(f"{key} = '{value}'\n" for key, value in _SETTINGS.items())
            file.write(f"port = {self.port}\nlisten_addresses = '127.0.0.1'\n")
            file.write(f"unix_socket_directories = '{self.folder}'\n")
        self.start()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._run("pg_ctl", "start", "-w", "-s", "-l", str(self.folder / "log"))

    def stop(self, how: str = "immediate") -> None:
        """Stop it; "immediate" is a crash."""
        self._run("pg_ctl", "stop", "-w", "-s", "-m", how)

    def admin(self, database: str = DATABASE) -> Account:
        """The account of the superuser, by the unix socket."""
        return Account(str(self.folder), self.port, database, "postgres")

    def account(self, login: str, password: str = PASSWORD, port: int = 0) -> Account:
        """An account by TCP, as laptops have it."""
        return Account("127.0.0.1", port or self.port, DATABASE, login, password=password)

    def connect(self, login: str = "postgres", database: str = DATABASE) -> psycopg.Connection:
        """A plain connection, as an attacker with a login has it."""
        return psycopg.connect(
            host="127.0.0.1", port=self.port, dbname=database, user=login,
            password=PASSWORD, autocommit=True,
        )  # fmt: skip

    def fresh(self) -> None:
        """An empty hub: the database is made anew and set up."""
        with self.connect(database="postgres") as conn:
            conn.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
            conn.execute(f"CREATE DATABASE {DATABASE}")
        with Admin(self.admin()) as admin:
            admin.init()

    def enrol(self, members: dict[str, tuple[Role, str]]) -> None:
        """Let in logins: name -> (role, team). A login of an earlier test is dropped before."""
        with self.connect() as conn:
            for login in members:
                conn.execute(f"DROP ROLE IF EXISTS {login}")
        with Admin(self.admin()) as admin:
            for login, (role, team) in members.items():
                admin.add(login, role, team, PASSWORD)


@pytest.fixture(scope="session")
def hub_server() -> Iterator[Server]:
    """A running PostgreSQL without a hub."""
    commands = binaries()
    if commands is None:
        pytest.skip("no PostgreSQL from 15 on is installed")
    with tempfile.TemporaryDirectory(prefix="fv-hub-", dir="/tmp") as folder:
        server = Server(Path(folder), commands)
        try:
            server.make()
            yield server
        finally:
            if (Path(folder) / "data" / "postmaster.pid").exists():
                server.stop()
