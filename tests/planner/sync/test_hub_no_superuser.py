"""Setting up a hub as an administrator who is no superuser."""

import psycopg
import pytest
from hub_rows import made_rows
from hub_server import DATABASE, PASSWORD, Server
from hub_server import hub_server as hub_server

from planner.errors import PlannerError
from planner.sync.hub import Line
from planner.sync.hub_admin import Admin
from planner.sync.hub_transport import HubTransport

BOX = "c" * 16


def test_an_administrator_needs_no_superuser(hub_server: Server) -> None:
    """A login that owns the database and may create roles sets up and lets in; a mere member
    cannot, and an ordinary administrator's hub works."""
    with hub_server.connect(database="postgres") as conn:
        conn.execute(f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)")
        for login in ("hubadmin", "ann", "north1"):
            conn.execute(f"DROP ROLE IF EXISTS {login}")
        for role in ("owner", "admin", "lead", "collector"):
            conn.execute(f"DROP ROLE IF EXISTS fairvisit_{role}")
        conn.execute(f"CREATE ROLE hubadmin LOGIN CREATEROLE PASSWORD '{PASSWORD}'")
        conn.execute(f"CREATE DATABASE {DATABASE} OWNER hubadmin")
    with Admin(hub_server.account("hubadmin")) as admin:
        admin.init()
        admin.init()
        admin.add("ann", "collector", "north", PASSWORD)
        admin.add("north1", "lead", "north", PASSWORD)
        assert admin.check().faults == ("large_objects",)
    with Admin(hub_server.account("ann")) as admin:
        for deed in (
            admin.init, admin.check, lambda: admin.remove("north1"),
            lambda: admin.add("x", "lead", "north", PASSWORD),
        ):  # fmt: skip
            with pytest.raises(PlannerError) as caught:
                deed()
            assert caught.value.code == "hub.no_admin"
    with HubTransport(Line(hub_server.account("ann")), BOX, {}) as way:
        assert way.chains.push("a" * 16, made_rows("a" * 16, 3)) == 3
    with hub_server.connect() as conn:
        conn.execute("REVOKE EXECUTE ON FUNCTION lo_creat(integer), lo_create(oid),"
                     " lo_from_bytea(oid, bytea) FROM PUBLIC")  # fmt: skip
    with Admin(hub_server.account("hubadmin")) as admin:
        assert admin.check().faults == ()
        admin.remove("ann")
    with hub_server.connect() as conn, pytest.raises(psycopg.errors.DependentObjectsStillExist):
        conn.execute("DROP ROLE hubadmin")
    with hub_server.connect(database="postgres") as conn:
        conn.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")
        for login in ("ann", "north1", "fairvisit_owner", "fairvisit_admin", "fairvisit_lead",
                      "fairvisit_collector", "hubadmin"):  # fmt: skip
            conn.execute(f"DROP ROLE IF EXISTS {login}")
