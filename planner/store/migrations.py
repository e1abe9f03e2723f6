"""Numbered steps of the schema, each one function in SQL; a newer file is refused.

A step never uses today's classes or constants: it must do the same in ten years. Step and record
commit together (sqlite-utils); `user_version` counts the steps.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from planner.domain.areas import county_of
from planner.errors import PlannerError
from planner.store import search
from planner.store.driver import Connection, Database, Migrations, immediate

steps = Migrations("fairvisit")

# Truth: workspace, persons and their keys, devices, events. `who.pid` is this file's own short
# number of a person; 0 is the workspace itself.
_TRUTH = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE device (device_id TEXT PRIMARY KEY, last_seq INTEGER NOT NULL,"
    " last_hash BLOB NOT NULL, last_id BLOB NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE who (pid INTEGER PRIMARY KEY, debtor_id TEXT NOT NULL UNIQUE, key BLOB,"
    " erased_at INTEGER) STRICT",
    "CREATE TABLE identity (hash BLOB PRIMARY KEY, pid INTEGER NOT NULL REFERENCES who(pid))"
    " STRICT, WITHOUT ROWID",
    "CREATE INDEX identity_pid ON identity(pid)",
    "CREATE TABLE event (seq INTEGER PRIMARY KEY AUTOINCREMENT, event_id BLOB NOT NULL UNIQUE,"
    " device_id TEXT NOT NULL, device_seq INTEGER NOT NULL, kind TEXT NOT NULL,"
    " debtor_id TEXT NOT NULL, batch BLOB NOT NULL, occurred_at INTEGER NOT NULL,"
    " recorded_at INTEGER NOT NULL, schema_v INTEGER NOT NULL, key BLOB UNIQUE,"
    " payload BLOB NOT NULL, prev_hash BLOB NOT NULL, hash BLOB NOT NULL,"
    " UNIQUE (device_id, device_seq)) STRICT",
    "CREATE INDEX event_person ON event(debtor_id, occurred_at, event_id)",
    "CREATE INDEX event_batch ON event(batch, debtor_id)",
    "CREATE TRIGGER event_no_update BEFORE UPDATE ON event"
    " BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
    "CREATE TRIGGER event_no_delete BEFORE DELETE ON event"
    " BEGIN SELECT RAISE(ABORT, 'events are append-only'); END",
)
# Derived: may be thrown away and folded again. Days are ordinals, instants epoch seconds (UTC).
_DERIVED = (
    "CREATE TABLE person (pid INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT '',"
    " id_number TEXT NOT NULL DEFAULT '', phones TEXT NOT NULL DEFAULT '[]',"
    " flags INTEGER NOT NULL DEFAULT 0, zone TEXT NOT NULL DEFAULT '',"
    " jurisdiction TEXT NOT NULL DEFAULT 'CN') STRICT",
    "CREATE INDEX person_kind ON person(zone, jurisdiction, flags)",
    "CREATE TABLE address (pid INTEGER NOT NULL, address_id TEXT NOT NULL,"
    " text TEXT NOT NULL DEFAULT '', kind INTEGER NOT NULL DEFAULT 4,"
    " region INTEGER NOT NULL DEFAULT 0, grade INTEGER NOT NULL DEFAULT 5, lat REAL, lon REAL,"
    " source TEXT NOT NULL DEFAULT '', township TEXT NOT NULL DEFAULT '',"
    " valid INTEGER NOT NULL DEFAULT 1, mark INTEGER NOT NULL,"
    " PRIMARY KEY (pid, address_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE loan (pid INTEGER NOT NULL, case_id TEXT NOT NULL,"
    " lender TEXT NOT NULL DEFAULT '', contract_no TEXT NOT NULL DEFAULT '',"
    " product TEXT NOT NULL DEFAULT '', amount INTEGER NOT NULL DEFAULT 0,"
    " overdue_since INTEGER NOT NULL DEFAULT 1, status TEXT NOT NULL DEFAULT 'open',"
    " limitation INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (pid, case_id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX loan_case ON loan(case_id, pid, status, amount, overdue_since, limitation)",
    "CREATE TABLE contact (pid INTEGER NOT NULL, at INTEGER NOT NULL, event_id BLOB NOT NULL,"
    " code INTEGER NOT NULL, result INTEGER NOT NULL, phone INTEGER NOT NULL,"
    " address INTEGER NOT NULL, PRIMARY KEY (pid, at, event_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE promise (pid INTEGER NOT NULL, promise_id TEXT NOT NULL,"
    " amount INTEGER NOT NULL, due INTEGER NOT NULL, made_at INTEGER NOT NULL,"
    " case_id TEXT NOT NULL, PRIMARY KEY (pid, promise_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE payment (pid INTEGER NOT NULL, at INTEGER NOT NULL, event_id BLOB NOT NULL,"
    " amount INTEGER NOT NULL, case_id TEXT NOT NULL,"
    " PRIMARY KEY (pid, at, event_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE hold (pid INTEGER NOT NULL, hold_id TEXT NOT NULL, kind INTEGER NOT NULL,"
    " start INTEGER NOT NULL, until INTEGER, reason TEXT NOT NULL,"
    " PRIMARY KEY (pid, hold_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE exception_ (pid INTEGER NOT NULL, at INTEGER NOT NULL, event_id BLOB NOT NULL,"
    " rule TEXT NOT NULL, channel TEXT NOT NULL, about TEXT NOT NULL,"
    " PRIMARY KEY (pid, at, event_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE crew (pid INTEGER NOT NULL, crew_id TEXT NOT NULL, name TEXT NOT NULL,"
    " members TEXT NOT NULL, lat REAL NOT NULL, lon REAL NOT NULL, start INTEGER NOT NULL,"
    " end INTEGER NOT NULL, weekdays TEXT NOT NULL, PRIMARY KEY (pid, crew_id))"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE undone (pid INTEGER NOT NULL, batch BLOB NOT NULL, PRIMARY KEY (pid, batch))"
    " STRICT, WITHOUT ROWID",
    "CREATE VIRTUAL TABLE search USING fts5(words, content='', contentless_delete=1,"
    " detail=none, tokenize='ascii')",
    "INSERT INTO search(search, rank) VALUES ('secure-delete', 1)",
)
# Neither truth of the field nor derived: made here, kept here.
_OWN = (
    "CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    "CREATE TABLE layer (name TEXT PRIMARY KEY, body BLOB NOT NULL) STRICT",
    "CREATE TABLE plan (version INTEGER PRIMARY KEY AUTOINCREMENT, plan_id TEXT NOT NULL,"
    " day INTEGER NOT NULL, made_at INTEGER NOT NULL, batch BLOB NOT NULL, body TEXT NOT NULL,"
    " snapshot BLOB NOT NULL) STRICT",
    "CREATE INDEX plan_day ON plan(day, version)",
    "CREATE INDEX plan_id ON plan(plan_id, version)",
    "CREATE INDEX plan_batch ON plan(batch)",
)


@steps()
def m0001_first(db: Database) -> None:
    """The first schema: events, what is derived from them, plans, settings, layers."""
    for statement in (*_TRUTH, *_DERIVED, *_OWN):
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 1")


# What was agreed with a person, announced to them, and set aside by a lead: derived too.
_TERMS = (
    "CREATE TABLE agreement (pid INTEGER NOT NULL, agreement_id TEXT NOT NULL,"
    " at INTEGER NOT NULL, channel INTEGER NOT NULL, start INTEGER NOT NULL,"
    " until INTEGER NOT NULL, weekday INTEGER NOT NULL, day INTEGER NOT NULL,"
    " address_id TEXT NOT NULL, mark INTEGER NOT NULL, evidence TEXT NOT NULL, ended INTEGER,"
    " PRIMARY KEY (pid, agreement_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE notice (pid INTEGER NOT NULL, at INTEGER NOT NULL, event_id BLOB NOT NULL,"
    " start INTEGER NOT NULL, until INTEGER NOT NULL, evidence TEXT NOT NULL,"
    " PRIMARY KEY (pid, at, event_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE override_ (pid INTEGER NOT NULL, at INTEGER NOT NULL, event_id BLOB NOT NULL,"
    " rule TEXT NOT NULL, channel INTEGER NOT NULL, start INTEGER NOT NULL,"
    " until INTEGER NOT NULL, reason TEXT NOT NULL, lead TEXT NOT NULL,"
    " PRIMARY KEY (pid, at, event_id)) STRICT, WITHOUT ROWID",
)


@steps()
def m0002_terms(db: Database) -> None:
    """Agreements, notices and overrides of persons."""
    for statement in _TERMS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 2")


# How crews work, what persons need of a crew, and whom a lead wants visited on a day: derived too.
_CREWS = (
    "ALTER TABLE crew ADD COLUMN work TEXT NOT NULL DEFAULT '{}'",
    "ALTER TABLE person ADD COLUMN needs TEXT NOT NULL DEFAULT '[]'",
    "CREATE TABLE must (pid INTEGER NOT NULL, day INTEGER NOT NULL, at INTEGER NOT NULL,"
    " set_ INTEGER NOT NULL, reason TEXT NOT NULL, lead TEXT NOT NULL,"
    " PRIMARY KEY (pid, day)) STRICT, WITHOUT ROWID",
)


@steps()
def m0003_crews(db: Database) -> None:
    """Terms of crews, needs of persons, visits that a lead wants."""
    for statement in _CREWS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 3")


@steps()
def m0004_search(db: Database) -> None:
    """Search words of persons are to be made anew: `migrate` does so after the last step."""
    db.conn.execute("INSERT OR REPLACE INTO setting VALUES ('search.words', '\"old\"')")
    db.conn.execute("PRAGMA user_version = 4")


@steps()
def m0005_adopted(db: Database) -> None:
    """The import by which a file's words for a person were taken on: undone with it."""
    db.conn.execute("ALTER TABLE identity ADD COLUMN batch BLOB")
    db.conn.execute("PRAGMA user_version = 5")


# Where a position comes from, since when, by whom, and whether somebody confirmed it: derived.
_POSITIONS = (
    "ALTER TABLE address ADD COLUMN datum TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE address ADD COLUMN placed_at INTEGER",
    "ALTER TABLE address ADD COLUMN placed_by TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE address ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0",
)


@steps()
def m0006_positions(db: Database) -> None:
    """Datum, date, hand and confirmation of positions; those told before have none."""
    for statement in _POSITIONS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 6")


# Blocks of columns that `packs` makes of the derived tables, and who needs something of a crew.
_PACKS = (
    "CREATE TABLE pack (block INTEGER PRIMARY KEY, head TEXT NOT NULL, body BLOB NOT NULL) STRICT",
    "CREATE INDEX person_needs ON person(pid) WHERE needs <> '[]'",
)


@steps()
def m0007_packs(db: Database) -> None:
    """The facts of the whole book as blocks; they are made when they are first asked for."""
    for statement in _PACKS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 7")


@steps()
def m0008_county(db: Database) -> None:
    """The county of an address, to be read from its text: `migrate` does so after the last step."""
    db.conn.execute("ALTER TABLE address ADD COLUMN county TEXT NOT NULL DEFAULT ''")
    db.conn.execute("INSERT OR REPLACE INTO setting VALUES ('address.county', '\"old\"')")
    db.conn.execute("PRAGMA user_version = 8")


# Beginnings of one and of three characters have lists of their own, so that a single letter or the
# first digits of all phones need not be put together from every word that begins so.
_BEGINNINGS = (
    "DROP TABLE search",
    "CREATE VIRTUAL TABLE search USING fts5(words, content='', contentless_delete=1,"
    " detail=none, tokenize='ascii', prefix='1 3')",
    "INSERT INTO search(search, rank) VALUES ('secure-delete', 1)",
    "INSERT OR REPLACE INTO setting VALUES ('search.words', '\"old\"')",
)


@steps()
def m0009_beginnings(db: Database) -> None:
    """Search words with lists of short beginnings; they are made anew after the last step."""
    for statement in _BEGINNINGS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 9")


# Instalment plans: each instalment is a promise that knows its plan; `plan` is the mark of its id.
_PLANS = (
    "ALTER TABLE promise ADD COLUMN plan_id TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE promise ADD COLUMN plan INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE instalment_plan (pid INTEGER NOT NULL, plan_id TEXT NOT NULL,"
    " at INTEGER NOT NULL, case_ids TEXT NOT NULL, instalments TEXT NOT NULL,"
    " down INTEGER NOT NULL, waived INTEGER NOT NULL, told TEXT NOT NULL, approval TEXT NOT NULL,"
    " taken_by TEXT NOT NULL, approved INTEGER, approved_by TEXT NOT NULL DEFAULT '',"
    " ended INTEGER, why_ended TEXT NOT NULL DEFAULT '',"
    " PRIMARY KEY (pid, plan_id)) STRICT, WITHOUT ROWID",
)


@steps()
def m0010_plans(db: Database) -> None:
    """Instalment plans, and of promises the plan they belong to."""
    for statement in _PLANS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 10")


# What crews told of their days out, and what they paid on the way: derived.
_TRIPS = (
    "CREATE TABLE trip (pid INTEGER NOT NULL, crew_id TEXT NOT NULL, day INTEGER NOT NULL,"
    " left_at INTEGER, back_at INTEGER, odometer_start INTEGER, odometer_end INTEGER,"
    " metres INTEGER, note TEXT NOT NULL DEFAULT '', PRIMARY KEY (pid, crew_id, day))"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE expense (pid INTEGER NOT NULL, expense_id TEXT NOT NULL, crew_id TEXT NOT NULL,"
    " day INTEGER NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL, receipt TEXT NOT NULL,"
    " note TEXT NOT NULL, PRIMARY KEY (pid, expense_id)) STRICT, WITHOUT ROWID",
)


@steps()
def m0011_trips(db: Database) -> None:
    """Trips of crews, and their expenses."""
    for statement in _TRIPS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 11")


# Files of evidence, sealed like events; and, derived, what was found at a door and waits for a
# decision.
_DOOR = (
    "CREATE TABLE blob (evidence_id TEXT PRIMARY KEY, pid INTEGER NOT NULL, digest TEXT NOT NULL,"
    " body BLOB NOT NULL) STRICT",
    "CREATE INDEX blob_pid ON blob(pid)",
    "CREATE TABLE change_ (pid INTEGER NOT NULL, change_id TEXT NOT NULL, at INTEGER NOT NULL,"
    " field TEXT NOT NULL, value TEXT NOT NULL, source TEXT NOT NULL, decided INTEGER,"
    " accepted INTEGER, PRIMARY KEY (pid, change_id)) STRICT, WITHOUT ROWID",
)


@steps()
def m0012_door(db: Database) -> None:
    """Evidence, and changes that were proposed at a door."""
    for statement in _DOOR:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 12")


# Next steps that somebody accepted: derived.
_STEPS = (
    "CREATE TABLE step (pid INTEGER NOT NULL, step_id TEXT NOT NULL, at INTEGER NOT NULL,"
    " day INTEGER NOT NULL, means TEXT NOT NULL, part INTEGER NOT NULL, objective TEXT NOT NULL,"
    " taken_by TEXT NOT NULL, ended INTEGER, how TEXT NOT NULL DEFAULT '',"
    " PRIMARY KEY (pid, step_id)) STRICT, WITHOUT ROWID",
    "CREATE INDEX step_day ON step(day)",
)


@steps()
def m0013_steps(db: Database) -> None:
    """Next steps of persons."""
    for statement in _STEPS:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 13")


# Who has whom, records that were given back, reviews of plans, absences: derived.
_TEAM = (
    "CREATE TABLE assignment (pid INTEGER PRIMARY KEY, collector_id TEXT NOT NULL,"
    " at INTEGER NOT NULL, reason TEXT NOT NULL, lead TEXT NOT NULL) STRICT",
    "CREATE INDEX assignment_collector ON assignment(collector_id, pid)",
    "CREATE TABLE returned (pid INTEGER NOT NULL, event_id BLOB NOT NULL, at INTEGER,"
    " comment TEXT NOT NULL DEFAULT '', lead TEXT NOT NULL DEFAULT '', answered INTEGER,"
    " answer TEXT NOT NULL DEFAULT '', answered_by TEXT NOT NULL DEFAULT '',"
    " PRIMARY KEY (pid, event_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE plan_review (pid INTEGER NOT NULL, at INTEGER NOT NULL, event_id BLOB NOT NULL,"
    " plan_id TEXT NOT NULL, day INTEGER NOT NULL, crew_id TEXT NOT NULL, decision TEXT NOT NULL,"
    " comment TEXT NOT NULL, lead TEXT NOT NULL, route TEXT NOT NULL,"
    " PRIMARY KEY (pid, at, event_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE absence (pid INTEGER NOT NULL, absence_id TEXT NOT NULL,"
    " collector_id TEXT NOT NULL, start INTEGER NOT NULL, until INTEGER NOT NULL,"
    " reason TEXT NOT NULL, at INTEGER NOT NULL,"
    " PRIMARY KEY (pid, absence_id)) STRICT, WITHOUT ROWID",
)


@steps()
def m0014_team(db: Database) -> None:
    """Assignments, returned records, reviews of plans, absences."""
    for statement in _TEAM:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 14")


# Other workspaces of the team, what they have been sent, and what an exchange has to show: our own,
# not derived, for no entry says which laptop had seen it. `device.owner` is the peer whose device
# it is, "" = this laptop; `part`: only some of its entries are here; `acked`: how far the lead is.
_EXCHANGE = (
    "ALTER TABLE device ADD COLUMN part INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE device ADD COLUMN owner TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE device ADD COLUMN acked INTEGER NOT NULL DEFAULT 0",
    "CREATE TABLE peer (peer_id TEXT PRIMARY KEY, role TEXT NOT NULL, collector_id TEXT NOT NULL,"
    " name TEXT NOT NULL, verify BLOB NOT NULL, box BLOB NOT NULL, state TEXT NOT NULL,"
    " since INTEGER NOT NULL, device_id TEXT NOT NULL DEFAULT '',"
    " out_number INTEGER NOT NULL DEFAULT 0, out_at INTEGER, in_number INTEGER NOT NULL DEFAULT 0,"
    " in_at INTEGER, skew INTEGER NOT NULL DEFAULT 0, held INTEGER NOT NULL DEFAULT 0,"
    " acked INTEGER NOT NULL DEFAULT 0, owes INTEGER NOT NULL DEFAULT 1,"
    " invitation TEXT NOT NULL DEFAULT '', settings TEXT NOT NULL DEFAULT '',"
    " out_digest TEXT NOT NULL DEFAULT '', merged_at INTEGER) STRICT",
    "CREATE TABLE seen (peer_id TEXT NOT NULL, device_id TEXT NOT NULL, number INTEGER NOT NULL,"
    " PRIMARY KEY (peer_id, device_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE sent (peer_id TEXT NOT NULL, number INTEGER NOT NULL, at INTEGER NOT NULL,"
    " upto INTEGER NOT NULL, PRIMARY KEY (peer_id, number)) STRICT, WITHOUT ROWID",
    "CREATE TABLE given (peer_id TEXT NOT NULL, topic TEXT NOT NULL, number INTEGER NOT NULL,"
    " gone INTEGER NOT NULL DEFAULT 0, PRIMARY KEY (peer_id, topic)) STRICT, WITHOUT ROWID",
    "CREATE TABLE wish (debtor_id TEXT PRIMARY KEY, surplus INTEGER NOT NULL)"
    " STRICT, WITHOUT ROWID",
    "CREATE TABLE unsent_file (evidence_id TEXT PRIMARY KEY, device_id TEXT NOT NULL,"
    " device_seq INTEGER NOT NULL) STRICT, WITHOUT ROWID",
    "CREATE TABLE conflict (pid INTEGER NOT NULL, field TEXT NOT NULL, first BLOB NOT NULL,"
    " second BLOB NOT NULL, noticed INTEGER NOT NULL, settled INTEGER,"
    " PRIMARY KEY (pid, field, first, second)) STRICT, WITHOUT ROWID",
    "CREATE TABLE flagged (pid INTEGER NOT NULL, event_id BLOB NOT NULL, noticed INTEGER NOT NULL,"
    " PRIMARY KEY (pid, event_id)) STRICT, WITHOUT ROWID",
    "CREATE TABLE fork (device_id TEXT NOT NULL, number INTEGER NOT NULL, noticed INTEGER NOT NULL,"
    " PRIMARY KEY (device_id, number)) STRICT, WITHOUT ROWID",
    "CREATE TABLE submitted (plan_id TEXT NOT NULL, crew_id TEXT NOT NULL, collector_id TEXT"
    " NOT NULL, day INTEGER NOT NULL, made_at INTEGER NOT NULL, batch BLOB NOT NULL,"
    " body TEXT NOT NULL, PRIMARY KEY (plan_id, crew_id)) STRICT, WITHOUT ROWID",
)


@steps()
def m0015_exchange(db: Database) -> None:
    """The other workspaces of a team and how far each of them is."""
    for statement in _EXCHANGE:
        db.conn.execute(statement)
    db.conn.execute("PRAGMA user_version = 15")


def known_version() -> int:
    """The newest schema this program knows."""
    return len(steps._migrations)


def version(conn: Connection) -> int:
    """The schema version of the open file, 0 = empty."""
    return int(conn.execute("PRAGMA user_version").fetchone()[0])


def check_version(conn: Connection, path: Path) -> bool:
    """Whether the file needs steps; PlannerError("store.newer") when it knows more than we do."""
    found = version(conn)
    names = {step.name for step in steps._migrations}
    foreign = [step for step in steps.applied(Database(conn)) if step.name not in names]
    if found > known_version() or foreign:
        raise PlannerError("store.newer", file=path.name, found=found, known=known_version())
    return found < known_version() or bool(_old(conn))


def _old(conn: Connection) -> list[str]:
    """What today's code has to make anew, of `_RENEWALS`."""
    if not version(conn):
        return []
    marked = {key for (key,) in conn.execute("SELECT key FROM setting")}
    return [key for key in _RENEWALS if key in marked]


def migrate(conn: Connection) -> None:
    """Bring the open file up to date; the caller has made a copy of it.

    What is no part of the schema (search words, counties) is made by today's code, once all steps
    are done. Cut short there, the mark stays and the next opening makes it.
    """
    steps.apply(Database(conn))
    for key in _old(conn):
        with immediate(conn):
            _RENEWALS[key](conn)
            conn.execute("DELETE FROM setting WHERE key = ?", (key,))


def _name_counties(conn: Connection) -> None:
    """What the folding does with every address that is told from now on."""
    conn.create_function("county_of", 1, county_of, deterministic=True)
    conn.execute("UPDATE address SET county = county_of(text) WHERE county = ''")


_RENEWALS: Final[dict[str, Callable[[Connection], None]]] = {
    "search.words": search.renew, "address.county": _name_counties,
}  # fmt: skip
