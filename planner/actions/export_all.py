"""Everything out, without lock-in: tables, every entry in clear, a manifest; all or nothing."""

import contextlib
import errno
import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from planner.actions.evidence import suffix
from planner.actions.export_derived import derived_rows
from planner.actions.exports import UNDER_WAY, begin, end, parts, remove
from planner.clock import Clock
from planner.domain.codes import Flag
from planner.domain.facts import moment
from planner.domain.people import Debtor
from planner.errors import PlannerError
from planner.export.case_table import case_heads, case_rows
from planner.export.everything import (
    TABLES,
    CsvTable,
    digest,
    money,
    pack,
    readme,
    write_manifest,
)
from planner.store.blobs import evidence_events, get_blob
from planner.store.crews import load_crews
from planner.store.driver import Connection, coded_os_errors
from planner.store.events import Event, NewEvent, events_of
from planner.store.known import load_debtors
from planner.store.layers import load_layers
from planner.store.plans import all_plans, load_plan, plan_to_json, planned_days
from planner.store.state import undone_batches
from planner.store.store import Store
from planner.store.team import load_absences, reviews_between
from planner.store.trips import load_trips
from planner.words import LANGUAGES, system_language

_CHUNK = 1000  # persons at a time


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written; `digest` is the SHA-256 of the manifest."""

    path: Path
    persons: int
    cases: int
    events: int
    digest: str


def export_all(
    store: Store,
    target: Path,
    *,
    clock: Clock,
    by: str = "",
    language: str | None = None,
    on_progress: Callable[[float], None] | None = None,
    cancelled: Callable[[], bool] | None = None,
) -> Exported:
    """Write all of the workspace, in clear, as a folder, or as a ZIP when `target` ends in .zip.

    One moment of the file is written. It stands beside `target` under another name until it is
    whole; cancelled, nothing is left, and what a cut leaves is cleared by `clear_exports`. The
    export is recorded as an event.
    PlannerError: "export.exists", "store.cancelled", "file.unwritable", "export.read_only",
    "store.disk_full", "store.in_use".
    """
    target = target.absolute()
    if target.exists() or target.is_symlink():
        raise PlannerError("export.exists", file=target.name)
    part, packed = parts(target)
    begin(store, part)
    try:
        with coded_os_errors(target), _folder_of_theirs(target):
            remove(part, packed)  # of an export that was cut short
            part.mkdir(mode=0o700, parents=True)
            job = _Job(store, part, clock(), language or system_language(), on_progress, cancelled)
            done = job.run()
            if target.suffix.lower() == ".zip":
                pack(part, packed, cancelled)
            _record(store, clock(), by, done)
            (packed if packed.exists() else part).rename(target)
    except OSError as error:
        raise PlannerError("file.unwritable", file=target.name, why=error.strerror or "") from error
    finally:
        remove(part, packed)
        end(store, part)
    if on_progress:
        on_progress(1.0)
    return Exported(target, done.persons, done.cases, done.events, done.digest)


@contextlib.contextmanager
def _folder_of_theirs(target: Path) -> Iterator[None]:
    """A folder that may not be written is not the workspace's: other words for it."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.EACCES, errno.EPERM, errno.EROFS):
            raise
        raise PlannerError("export.read_only", folder=target.parent.name) from error


def _record(store: Store, now: datetime, by: str, done: Exported) -> None:
    """Recorded before the files get their name: an export nobody knows of must not be."""
    told = {
        "what": "everything", "by": by, "persons": done.persons, "cases": done.cases,
        "digest": done.digest,
    }  # fmt: skip
    with store.write() as tx:
        tx.append([NewEvent("export", "", now, told)])


class _Job:
    """One export under way: the folder, the open tables, the counts."""

    def __init__(
        self, store: Store, folder: Path, now: datetime, language: str,
        on_progress: Callable[[float], None] | None, cancelled: Callable[[], bool] | None,
    ) -> None:  # fmt: skip
        self._store, self._folder, self._now, self._language = store, folder, now, language
        self._on_progress, self._cancelled = on_progress, cancelled
        self._zone = ZoneInfo(store.zone)
        self._tables: dict[str, CsvTable] = {}
        self._events = 0

    def run(self) -> Exported:
        """Write every file; the manifest last."""
        with self._store.read() as conn, ExitStack() as open_files:
            for name, columns in TABLES.items():
                heads = [column[0] for column in columns]
                self._tables[name] = open_files.enter_context(
                    CsvTable(self._folder / f"{name}.csv", heads)
                )
            heads = case_heads(self._language)
            path = self._folder / "cases.csv"
            self._tables["cases"] = open_files.enter_context(CsvTable(path, heads))
            self._people(conn)
            self._crews(conn)
            self._trips(conn)
            self._team(conn)
            self._plans(conn)
            self._evidence(conn)
            self._rest(conn)
        rows = {f"{name}.csv": table.rows for name, table in self._tables.items()}
        rows["events.json"] = self._events
        for language in LANGUAGES:
            text = readme(language, self._store.currency)
            name = "README.zh.md" if language == "zh_CN" else "README.md"
            (self._folder / name).write_text(text, encoding="utf-8")
        persons, cases = rows["persons.csv"], rows["cases.csv"]
        told = {
            "made_at": self._now.isoformat(), "zone": self._store.zone,
            "currency": self._store.currency, "persons": persons, "cases": cases,
            "events": self._events,
        }  # fmt: skip
        manifest = write_manifest(self._folder, told, rows)
        return Exported(self._folder, persons, cases, self._events, digest(manifest))

    def _at(self, seconds: int | None) -> str:
        return "" if seconds is None else moment(seconds).astimezone(self._zone).isoformat()

    def _people(self, conn: Connection) -> None:
        """Persons part by part with all that is known of them, and every event."""
        ids = [who for (who,) in conn.execute("SELECT debtor_id FROM who ORDER BY pid")]
        with (self._folder / "events.json").open("w", encoding="utf-8") as out:
            out.write("[")
            for start in range(0, len(ids), _CHUNK):
                if self._cancelled and self._cancelled():
                    raise PlannerError("store.cancelled")
                some = ids[start : start + _CHUNK]
                found = load_debtors(conn, some)
                for who in some:
                    if who in found:
                        self._person(found[who])
                for who, events in events_of(conn, some):
                    undone = undone_batches(events)
                    for event in events:
                        self._event(out, event, event.batch in undone)
                        if event.batch in undone:
                            continue
                        if event.kind == "contact":
                            self._contact(who, event)
                        elif event.kind == "evidence":
                            self._piece(who, event)
                for table, row in derived_rows(conn, some, self._at):
                    self._tables[table].add(row)
                if self._on_progress:
                    self._on_progress(0.95 * min(1.0, (start + _CHUNK) / len(ids)))
            out.write("\n]\n")

    def _event(self, out: Any, event: Event, undone: bool) -> None:
        told = {
            "id": event.event_id.hex(), "kind": event.kind, "person_id": event.debtor_id,
            "batch": event.batch.hex(), "at": self._at(event.occurred_at), "undone": undone,
            "data": event.payload,
        }  # fmt: skip
        out.write(",\n" if self._events else "\n")
        out.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")))
        self._events += 1

    def _person(self, one: Debtor) -> None:
        opened = [case for case in one.cases if case.status == "open"]
        flags = [str(flag.name) for flag in Flag if flag in one.flags]
        self._tables["persons"].add([
            one.debtor_id, one.name, one.id_number, ";".join(one.phones), ";".join(flags),
            ";".join(one.needs), one.zone or self._store.zone, one.jurisdiction, len(opened),
            money(sum(case.amount_overdue for case in opened)),
        ])  # fmt: skip
        for place in one.addresses:
            self._tables["addresses"].add([
                one.debtor_id, place.address_id, place.kind.name, place.text, place.township,
                place.county, place.region.name, place.grade.name, place.lat, place.lon,
                int(place.valid), place.source,
            ])  # fmt: skip
        for row in case_rows(one, self._language):
            self._tables["cases"].add(row)

    def _contact(self, who: str, event: Event) -> None:
        told = event.payload
        texts = [told.get(name) or "" for name in ("channel", "code", "result", "phone",
                                                   "address_id", "case_id")]  # fmt: skip
        self._tables["contacts"].add([
            event.event_id.hex(), who, self._at(event.occurred_at), *texts,
            ";".join(told.get("by", ())), told.get("leave") or "", told.get("note", ""),
        ])  # fmt: skip

    def _piece(self, who: str, event: Event) -> None:
        told = event.payload
        name = told["evidence_id"]
        self._tables["evidence"].add([
            name, who, self._at(event.occurred_at), told["media"], told["size"], told["sha256"],
            told.get("name", ""), told.get("case_id", ""), ";".join(told.get("by", ())),
            told.get("note", ""), f"evidence/{name}{suffix(told['media'])}",
        ])  # fmt: skip

    def _crews(self, conn: Connection) -> None:
        for crew in load_crews(conn):
            work = json.dumps(asdict(crew.work), ensure_ascii=False, default=str)
            for member in crew.members:
                self._tables["crews"].add([
                    crew.crew_id, crew.name, member.collector_id, member.name, crew.lat, crew.lon,
                    crew.start, crew.end, ";".join(map(str, crew.weekdays)), work,
                ])  # fmt: skip

    def _trips(self, conn: Connection) -> None:
        """Days out of the crews, and what they paid."""
        for one in load_trips(conn, date.min, date.max):
            times = [at.astimezone(self._zone).isoformat() if at else ""
                     for at in (one.left, one.back)]  # fmt: skip
            self._tables["trips"].add([
                one.day.isoformat(), one.crew_id, *times, one.odometer_start, one.odometer_end,
                one.metres, one.note,
            ])  # fmt: skip
            for paid in one.expenses:
                self._tables["expenses"].add([
                    paid.expense_id, one.day.isoformat(), one.crew_id, paid.kind,
                    money(paid.amount), paid.receipt, paid.note,
                ])  # fmt: skip

    def _team(self, conn: Connection) -> None:
        """Reviews of plans, and who was away."""
        for one in reviews_between(conn, date.min, date.max):
            self._tables["plan_reviews"].add([
                one.plan_id, one.day.isoformat(), one.crew_id,
                one.at.astimezone(self._zone).isoformat(), one.decision, one.comment, one.by,
            ])  # fmt: skip
        for away in load_absences(conn):
            self._tables["absences"].add([
                away.absence_id, away.collector_id, away.first.isoformat(),
                away.last.isoformat(), away.reason,
            ])  # fmt: skip

    def _plans(self, conn: Connection) -> None:
        """The stops of the plans that count as a table, all versions as they are kept."""
        for day in planned_days(conn):
            plan = load_plan(conn, day)
            for route in plan.routes if plan else ():
                for order, stop in enumerate(route.stops, 1):
                    at = [one.isoformat() for one in (stop.arrive, stop.start, stop.leave)]
                    self._tables["plans"].add([
                        plan_to_json(plan)["plan_id"] if plan else "", day.isoformat(),
                        route.crew_id, order, stop.debtor_id, stop.address_id,
                        ";".join(stop.case_ids), *at, int(stop.locked),
                    ])  # fmt: skip
        plans = [
            {"version": version, "plan": json.loads(body)} for version, body in all_plans(conn)
        ]
        self._json("plans.json", plans)

    def _evidence(self, conn: Connection) -> None:
        """The files of evidence, called after their ids: what they were called may be anything.

        One that is damaged or gone keeps nobody from taking the rest: it is listed instead.
        """
        lost: list[str] = []
        for event in evidence_events(conn):
            if self._cancelled and self._cancelled():
                raise PlannerError("store.cancelled")
            name = event.payload["evidence_id"]
            path = self._folder / "evidence" / f"{name}{suffix(event.payload['media'])}"
            path.parent.mkdir(exist_ok=True)
            try:
                path.write_bytes(get_blob(conn, event.debtor_id, name))
            except PlannerError as error:
                if error.code not in ("evidence.missing", "evidence.damaged"):
                    raise
                lost.append(name)
        if lost:
            self._json("evidence/missing.json", sorted(set(lost)))

    def _rest(self, conn: Connection) -> None:
        found = conn.execute("SELECT key, value FROM setting ORDER BY key")
        told = {key: json.loads(value) for key, value in found if key != UNDER_WAY}
        self._json("settings.json", told)
        layers = load_layers(conn)
        for number, body in enumerate(layers.values(), 1):
            path = self._folder / "layers" / f"{number}.geojson"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(body)
        if layers:
            names = {f"{number}.geojson": name for number, name in enumerate(layers, 1)}
            self._json("layers/names.json", names)

    def _json(self, name: str, data: Any) -> None:
        body = json.dumps(data, ensure_ascii=False, indent=1)
        (self._folder / name).write_text(body, encoding="utf-8")
