"""History and documents of a person: complete, masked where asked, checked, recorded."""

import hashlib
import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from demo_time import DEMO_DAY, DEMO_NOW

from planner.actions.dossier import Wanted, dossier_bytes, export_dossier
from planner.actions.evidence import attach, read_piece
from planner.actions.export_plan import Wish, export_plan
from planner.actions.exports import exports
from planner.actions.history import GROUPS, PLAN_DAY, history
from planner.actions.make_plan import make_plan
from planner.actions.next_step import accept, propose
from planner.actions.outcomes import Outcome
from planner.actions.record import record
from planner.actions.reveals import note_reveal
from planner.actions.undo import undo_batch
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.export import told
from planner.store.people import load_debtor
from planner.store.stood import stood
from planner.store.store import Store
from planner.words import LANGUAGES, catalogue

NOTE = "门卫说晚上在家"
LATER = DEMO_NOW + timedelta(days=1, hours=9)
NEXT = DEMO_DAY + timedelta(days=1)


@pytest.fixture
def plan(demo_store: Store) -> Plan:
    """Tomorrow's plan, made twice."""
    make_plan(demo_store, NEXT, clock=lambda: DEMO_NOW, iterations=200)
    return make_plan(demo_store, NEXT, clock=lambda: DEMO_NOW, iterations=300)


@pytest.fixture
def who(demo_store: Store, plan: Plan) -> str:
    """The first stop, with a step, an outcome, one taken back, a look and an export."""
    one = plan.routes[0].stops[0].debtor_id
    step = propose(demo_store, one, DEMO_NOW)
    assert step is not None
    accept(demo_store, step, by="lead", clock=lambda: DEMO_NOW)
    at = DEMO_NOW + timedelta(days=1, hours=2)
    record(demo_store, Outcome(one, "VIS-NC", at, note=NOTE, by=("周平",)), clock=lambda: LATER)
    done = record(demo_store, Outcome(one, "CALL-NA", at), clock=lambda: LATER)
    undo_batch(demo_store, done.batch)
    note_reveal(demo_store, one, where="case", by="lead", clock=lambda: LATER)
    return one


def text_of(body: bytes, tmp_path: Path) -> str:
    """What a reader of the PDF can read, without line ends."""
    tool = shutil.which("pdftotext")
    if tool is None:
        pytest.skip("pdftotext is not installed")
    path = tmp_path / "read.pdf"
    path.write_bytes(body)
    done = subprocess.run([tool, str(path), "-"], capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def test_the_history_has_everything(
    demo_store: Store, who: str, plan: Plan, tmp_path: Path
) -> None:
    """Attempts, plan days, steps, looks, exports with this person, undone lines, newest first."""
    export_plan(demo_store, plan, tmp_path / "p.pdf", Wish("pdf"), clock=lambda: LATER)
    found = history(demo_store, who, LATER)
    kinds = {line.entry.kind for line in found.lines}
    assert {"contact", "person.listed", PLAN_DAY, "step.set", "reveal", "export"} <= kinds
    assert {line.group for line in found.lines} <= set(GROUPS)
    assert next(line.entry.undone for line in found.lines if line.entry.code == "CALL-NA")
    times = [line.entry.at for line in found.lines]
    assert times == sorted(times, reverse=True)
    other = next(s.debtor_id for r in plan.routes for s in r.stops if s.debtor_id != who)
    assert "reveal" not in {line.entry.kind for line in history(demo_store, other, LATER).lines}


def test_plan_days_are_those_of_the_plans(demo_store: Store, who: str, plan: Plan) -> None:
    """For every stop of the plan: the day once, with crew, number, versions; nobody else."""
    with demo_store.read() as conn:
        for route in plan.routes:
            for number, stop in enumerate(route.stops, 1):
                (one,) = stood(conn, stop.debtor_id)
                assert (one.day, one.crew, one.number, one.kept) == (NEXT, route.crew, number, True)
                assert one.policy == plan.policy_version
        assert stood(conn, plan.not_planned[0].debtor_id) == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dossier_says_it_all(
    demo_store: Store, who: str, tmp_path: Path, language: str
) -> None:
    """Name, number, loans, note, rule versions and the head of the chain stand in the PDF."""
    text = text_of(dossier_bytes(demo_store, who, Wanted(), LATER, language), tmp_path)
    with demo_store.read() as conn:
        debtor = load_debtor(conn, who)
        heads = conn.execute("SELECT last_hash FROM device").fetchall()
    wanted = [debtor.name, debtor.id_number, *debtor.phones, NOTE, "周平"]
    wanted += [case.contract_no for case in debtor.cases] + [head.hex() for (head,) in heads]
    assert [one for one in wanted if "".join(one.split()) not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_masked_holds_nothing_personal(
    demo_store: Store, who: str, tmp_path: Path, language: str
) -> None:
    """No name, number, address, contract or free word in a masked dossier or history."""
    with demo_store.read() as conn:
        debtor = load_debtor(conn, who)
    secret = [debtor.name, debtor.id_number, *debtor.phones, NOTE, "周平"]
    secret += [case.contract_no for case in debtor.cases] + [a.text for a in debtor.addresses]
    for kind in ("dossier", "history"):
        body = dossier_bytes(demo_store, who, Wanted(kind, masked=True), LATER, language)
        text = text_of(body, tmp_path)
        assert [one for one in secret if one and one in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_explanation_is_for_the_person(
    demo_store: Store, who: str, tmp_path: Path, language: str
) -> None:
    """Own data in clear; no note, no staff, no figure of ours, no word of pressure."""
    body = dossier_bytes(demo_store, who, Wanted("explanation"), LATER, language)
    text = text_of(body, tmp_path)
    with demo_store.read() as conn:
        debtor = load_debtor(conn, who)
    for own in (debtor.name, debtor.id_number, *debtor.phones):
        assert own in text
    for theirs in (NOTE, "周平", "lead", "SHA-256", "%", "催", "逾期", "overdue", "arrears"):
        assert theirs not in text


def test_taken_out_and_recorded(demo_store: Store, who: str, tmp_path: Path) -> None:
    """The file is whole, the entry names what, who and its digest; it joins the history."""
    out = export_dossier(
        demo_store, who, tmp_path / "d.pdf", Wanted(masked=True), clock=lambda: LATER, by="lead"
    )
    newest = exports(demo_store)[0]
    assert (newest.what, newest.by, newest.persons) == ("dossier+masked", "lead", 1)
    (line,) = [one for one in history(demo_store, who, LATER).lines if one.entry.kind == "export"]
    assert line.entry.fields["digest"] == hashlib.sha256(out.read_bytes()).hexdigest()
    assert not list(tmp_path.glob("*.part"))


def test_evidence_stands_with_its_digest(demo_store: Store, who: str, tmp_path: Path) -> None:
    """A file kept as evidence is listed with its whole SHA-256, masked without its name; the person
    is told that it is held."""
    path = tmp_path / "门口.png"
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(40))
    attach(demo_store, who, [read_piece(path)], clock=lambda: LATER)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    clear = text_of(dossier_bytes(demo_store, who, Wanted(), LATER, "en"), tmp_path)
    masked = text_of(dossier_bytes(demo_store, who, Wanted(masked=True), LATER, "en"), tmp_path)
    theirs = text_of(dossier_bytes(demo_store, who, Wanted("explanation"), LATER, "en"), tmp_path)
    assert digest in clear
    assert digest in masked
    assert "门口.png" in clear
    assert "门口.png" not in masked
    assert "image/png:1" in theirs


def test_nothing_of_an_unknown_person(demo_store: Store, tmp_path: Path) -> None:
    """No file and no entry for an id that is not in the workspace."""
    out = tmp_path / "d.pdf"
    with pytest.raises(PlannerError, match="unknown_person"):
        export_dossier(demo_store, "PNOBODY", out, Wanted(), clock=lambda: LATER)
    assert not out.exists()
    assert exports(demo_store) == []


def test_every_kind_of_entry_has_words() -> None:
    """Each kind of event has a phrase in both languages; none is shown by its code."""
    fields = {
        "code": "VIS-NC", "kind": 0, "flag": 16, "grade": 0, "what": "plan.pdf",
        "date": "2026-01-01", "means": "visit", "day": "2026-01-01", "amount": 1,
        "due": "2026-01-01",
    }  # fmt: skip
    kinds = (*told.PLAIN, "contact", "promise", "payment", "hold", "flag", "address.judged",
             "address.placed", "must", "change.proposed", "change.decided", PLAN_DAY, "step.set",
             "step.done", "export")  # fmt: skip
    for language in LANGUAGES:
        for kind in kinds:
            assert told.title(kind, fields, "Asia/Shanghai", language) != kind
    chinese = catalogue("zh_CN")
    phrases = [*told.PLAIN.values(), *told.EXPORTS.values(), *told.PARTS]
    assert [one for one in phrases if chinese.gettext(one) == one] == []
