"""Deeds of a team that are cut short: a lead who takes in a laptop's bundle, a laptop that has to
let persons go and gets others. See `deeds`."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from planner.actions.upkeep import upkeep
from planner.errors import PlannerError
from planner.store.backup import backups, look_inside
from planner.store.events import NewEvent
from planner.store.store import Store, make_debtor
from planner.store.verify import verify
from planner.sync import pairing
from planner.sync.exchange import make_bundle, merge_bundle
from planner.sync.peers import load_peers

NOW = datetime(2026, 11, 23, 1, tzinfo=UTC)
NAME = "w.fairvisit"
PEOPLE, VISITS = 6, 40


class Clock:
    """Goes on by a second with every look."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


def _team(folder: Path) -> tuple[Store, Store, list[str]]:
    """A lead with persons, half of whom a laptop has, and that laptop; in folders of their own."""
    pairing.OPS, pairing.MEMORY = 1, 8192  # the strength of the code is not what is tested
    places = [folder / "lead", folder / "laptop"]
    for place in places:
        place.mkdir()
    lead, laptop = (Store.create(place / NAME, clock=Clock()) for place in places)
    pairing.make_lead(lead, "L")
    card, code = pairing.begin_joining(laptop, "C", "C-1")
    pairing.join(laptop, pairing.admit(lead, card, code, NOW), NOW)
    persons = []
    with lead.write() as tx:
        for k in range(PEOPLE):
            persons.append(make_debtor(tx, f"id:{k}"))
            told = {"name": f"人{k}", "phones": [f"1380000{k:04}"]}
            tx.append([NewEvent("person.listed", persons[-1], NOW, told)])
    _assign(lead, persons[: PEOPLE // 2], "C-1")
    _carry(lead, laptop)
    return lead, laptop, persons


def _assign(lead: Store, persons: list[str], collector: str) -> None:
    with lead.write() as tx:
        tx.append([NewEvent("assigned", who, tx.clock(), {"collector_id": collector})
                   for who in persons])  # fmt: skip


def _bundle(source: Store) -> bytes:
    with source.read() as conn:
        (peer,) = load_peers(conn)
    return make_bundle(source, peer.peer_id, clock=source.clock)[0]


def _carry(source: Store, target: Store) -> None:
    merge_bundle(target, _bundle(source), clock=target.clock)


def _keep(folder: Path, store: Store, body: bytes) -> None:
    """The workspace and the bundle that waits for it, in the folder of the deed."""
    (folder / "in.fvx").write_bytes(body)
    home = store.path.parent
    store.close()
    for path in home.iterdir():
        path.rename(folder / path.name)
    for place in (folder / "lead", folder / "laptop"):
        for path in sorted(place.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        place.rmdir()


def prepare_merge(folder: Path) -> None:
    """A lead's workspace, and a bundle with visits of a laptop."""
    lead, laptop, persons = _team(folder)
    with laptop.write() as tx:
        for k in range(VISITS):
            told = {"channel": "visit", "code": "VIS-NC", "note": f"n{k}"}
            tx.append([NewEvent("contact", persons[k % 3], tx.clock(), told)])
    body = _bundle(laptop)
    laptop.close()
    _keep(folder, lead, body)


def prepare_handover(folder: Path) -> None:
    """A laptop's workspace, and a bundle that takes its persons away and brings others."""
    lead, laptop, persons = _team(folder)
    _assign(lead, persons[: PEOPLE // 2], "C-2")
    _assign(lead, persons[PEOPLE // 2 :], "C-1")
    body = _bundle(lead)
    lead.close()
    _keep(folder, laptop, body)


def act(folder: Path, say: Callable[[str], None]) -> None:
    """Merge the bundle."""
    with Store.open(folder / NAME, clock=Clock()) as store:
        merge_bundle(store, (folder / "in.fvx").read_bytes(), clock=store.clock)
    say("done")


def _sound(folder: Path) -> Store:
    store = Store.open(folder / NAME, clock=Clock())
    report = verify(store)
    assert report.ok, report.problems
    for one in backups(store.path):
        look_inside(one, store.key_for_copies())
    return store


def _again(store: Store, folder: Path, merged: bool) -> None:
    """The bundle is known, or is taken now."""
    code = ""
    try:
        merge_bundle(store, (folder / "in.fvx").read_bytes(), clock=store.clock)
    except PlannerError as error:
        code = error.code
    assert code == ("exchange.replayed" if merged else ""), code


def check_merge(folder: Path, said: list[str]) -> None:
    """All visits are there or none, and all are once the bundle is merged again."""
    count = "SELECT count(*) FROM contact"
    with _sound(folder) as store:
        with store.read() as conn:
            (found,) = conn.execute(count).fetchone()
        assert found in ((VISITS,) if said else (0, VISITS)), found
        _again(store, folder, found > 0)
        with store.read() as conn:
            assert conn.execute(count).fetchone() == (VISITS,)
    _sound(folder).close()


def check_handover(folder: Path, said: list[str]) -> None:
    """The former persons are there or the others, and in the end the others alone, also in the
    backups."""
    new = {f"人{k}" for k in range(PEOPLE // 2, PEOPLE)}
    old = {f"人{k}" for k in range(PEOPLE // 2)}
    with _sound(folder) as store:
        found = _names(store)
        assert found in ([new] if said else [old, new]), found
        _again(store, folder, found == new)
        upkeep(store, clock=store.clock)
        assert _names(store) == new
        for one in backups(store.path):
            assert look_inside(one, store.key_for_copies()).entries >= PEOPLE
    _sound(folder).close()


def _names(store: Store) -> set[str]:
    with store.read() as conn:
        return {name for (name,) in conn.execute("SELECT name FROM person")}
