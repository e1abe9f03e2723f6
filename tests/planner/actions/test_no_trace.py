"""The whole life of a protected workspace leaves no readable word of a debtor anywhere."""

import re
import sqlite3
import tempfile
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest
from demo_time import DEMO_DAY, demo_clock
from purge_book import clear_pages

from planner.actions.at_door import AtDoor
from planner.actions.changes import decide
from planner.actions.dossier import Wanted, export_dossier
from planner.actions.evidence import attach, read_piece
from planner.actions.export_all import export_all
from planner.actions.export_plan import Wish, export_plan
from planner.actions.import_files import import_files
from planner.actions.make_demo import make_demo
from planner.actions.make_plan import make_plan
from planner.actions.next_step import Proposal, accept
from planner.actions.outcomes import PlanTerms
from planner.actions.plans_agreed import agree_plan, approve_plan, end_plan
from planner.actions.purge import certificates, lenders, purge
from planner.actions.record import Outcome, record
from planner.actions.trips import add_expense, end_trip, start_trip
from planner.actions.upkeep import upkeep
from planner.domain.instalments import Household, Instalment
from planner.domain.step import Means
from planner.domain.trip import Expense
from planner.errors import PlannerError
from planner.store import keys
from planner.store.backup import backups, folder_of
from planner.store.changes import load_changes
from planner.store.crews import load_crews
from planner.store.finding import find_pids
from planner.store.layers import load_layers
from planner.store.people import find_persons, load_debtor
from planner.store.plans import all_plans, load_snapshot
from planner.store.protect import rotate_key, set_passphrase
from planner.store.search import name_words, number_words
from planner.store.store import Store
from planner.store.verify import verify

WORDS = "seven small dwarfs"


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder for temporary files of this process, of SQLite and of its children."""
    folder = tmp_path / "temp"
    folder.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(folder))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(keys, "OPS", 1)
    monkeypatch.setattr(keys, "MEMORY", 8192)
    return folder


def words_of(store: Store) -> dict[str, set[str]]:
    """Debtor id -> all that names the person: name, numbers, streets, loans."""
    found = {}
    with store.read() as conn:
        for who in find_persons(conn):
            one = load_debtor(conn, who)
            found[who] = {
                one.name, one.id_number, *one.phones, *(place.text for place in one.addresses),
                *(case.case_id for case in one.cases), *(case.contract_no for case in one.cases),
            }  # fmt: skip
            found[who] = {word for word in found[who] if len(word) > 1}
    return found


class Pattern:
    """Any of many words as UTF-8 or UTF-16; forms below six bytes would be met by chance."""

    def __init__(self, words: Iterable[str]) -> None:
        forms = {word.encode(code) for word in words for code in ("utf-8", "utf-16-le")}
        self.forms = [form for form in forms if len(form) >= 6]
        self.starts = np.array([int.from_bytes(one[:6], "big") for one in self.forms], np.uint64)

    def search(self, data: bytes) -> bytes | None:
        """The first form that is in `data`."""
        marks = np.frombuffer(data, np.uint8).astype(np.uint64)
        if len(marks) < 6:
            return None
        found = np.zeros(len(marks) - 5, np.uint64)
        for k in range(6):
            found = found << np.uint64(8) | marks[k : len(marks) - 5 + k]
        if not np.isin(found, self.starts).any():
            return None
        return next((form for form in self.forms if form in data), None)


def any_of(words: Iterable[str]) -> Pattern:
    """A pattern for any of the words."""
    return Pattern(words)


def files_with(pattern: Pattern, *folders: Path) -> list[str]:
    """Files under the folders whose bytes or whose name hold one of the words."""
    return [
        path.name
        for folder in folders
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and (pattern.search(path.read_bytes()) or pattern.search(path.name.encode()))
    ]


def secret(who: str, of: str) -> str:
    """Words about a person that stand nowhere else: eight characters and what they are of."""
    return f"{who[-8:]}口述{of}"


def at_the_door(store: Store, who: str, lists: Path, number: int) -> set[str]:
    """All that a visit can bring besides its outcome: a photo named after the person, another phone
    and address, a plan with the household's figures, the next step; the words that were told."""
    said = {secret(who, of) for of in ("照片", "地址", "理由", "附注", "结束", "意见")}
    photo = lists / f"{secret(who, '照片')}.jpg"
    photo.write_bytes(b"\xff\xd8\xff" + secret(who, "照片").encode() * 200)
    attach(store, who, [read_piece(photo)], clock=demo_clock, note=secret(who, "附注"))
    photo.unlink()
    door = AtDoor(phone=f"1990099{number:04d}", address=secret(who, "地址"))
    outcome = Outcome(who, "VIS-NC", demo_clock(), note=secret(who, "附注"), door=door)
    record(store, outcome, clock=demo_clock, allow_future=True)
    with store.read() as conn:
        waiting = load_changes(conn, [who])
    for one in waiting:
        decide(store, who, one.change_id, accepted=number % 2 == 0, clock=demo_clock,
               reason=secret(who, "理由"))  # fmt: skip
    parts = tuple(Instalment(DEMO_DAY + timedelta(days=30 * k), 12_300) for k in (1, 2))
    terms = PlanTerms(parts, approval=("months",), told=Household(987_600, 123_400))
    plan_id, _ = agree_plan(store, who, terms, clock=demo_clock)
    approve_plan(store, who, plan_id, reason=secret(who, "意见"), by="组长", clock=demo_clock)
    end_plan(store, who, plan_id, reason=secret(who, "结束"), clock=demo_clock)
    accept(store, Proposal(who, Means.VISIT, DEMO_DAY + timedelta(days=3), 0, None, "verify", ""),
           by="", clock=demo_clock)  # fmt: skip
    return said | {f"1990099{number:04d}"}


def take_out(store: Store, who: str, out: Path, day: date) -> None:
    """Make every kind of paper and file with names on it; the day of the crew is kept besides."""
    with store.read() as conn:
        crew = load_crews(conn)[0].crew_id
        name = load_debtor(conn, who).name
        assert len(find_pids(conn, name))
    start_trip(store, crew, day, clock=demo_clock, odometer=1_000_000)
    add_expense(store, crew, day, Expense("", "parking", 500), clock=demo_clock)
    end_trip(store, crew, day, clock=demo_clock, odometer=1_100_000)
    plan = make_plan(store, day, clock=demo_clock, seconds=None, iterations=2)
    for form in ("xlsx", "pdf", "html"):
        export_plan(store, plan, out / f"p.{form}", Wish(form, names=True), clock=demo_clock)
    export_dossier(store, who, out / "d.pdf", Wanted(), clock=demo_clock)
    export_all(store, out / "all.zip", clock=demo_clock)


def live(store: Store, lists: Path, day: date) -> dict[str, set[str]]:
    """Record, plan, take out, back up, import again, change the key: what a year does to a file.
    What was told of whom besides."""
    with store.read() as conn:
        ids = find_persons(conn)
    told = {who: at_the_door(store, who, lists, k) for k, who in enumerate(ids[30:60])}
    take_out(store, ids[30], lists.parent / "out", day)
    for who in ids[:30]:
        with store.read() as conn:
            one = load_debtor(conn, who)
        path = lists / "evidence.jpg"
        path.write_bytes(b"\xff\xd8\xff" + f"{one.name} {one.id_number} ".encode() * 200)
        door = AtDoor(phone=one.phones[0] if one.phones else "", address=one.addresses[0].text,
                      evidence=(read_piece(path),))  # fmt: skip
        path.unlink()
        outcome = Outcome(who, "VIS-NC", demo_clock(), note="看到本人", door=door)
        record(store, outcome, clock=demo_clock, allow_future=True)
    make_plan(store, day, clock=demo_clock, seconds=None, iterations=2)
    store.backup("hand")
    import_files(store, sorted(lists.glob("*.csv")), clock=demo_clock)
    rotate_key(store, WORDS)
    upkeep(store, clock=demo_clock)
    return told


def test_no_word_of_a_debtor_is_readable_anywhere(tmp_path: Path, temp: Path) -> None:
    """Raw bytes of workspace, log, backups, envelopes and temporary files hold no name, number,
    street or loan while it is open, when it is closed and after a purge; a wrong passphrase and
    plain SQLite open nothing; after the purge decrypted pages, used and free, old plans, snapshots,
    layers and every backup hold nothing of the purged book, and all of the others."""
    made, _ = make_demo(tmp_path / "demo", DEMO_DAY, clock=demo_clock)
    home = tmp_path / "home"
    home.mkdir()
    for path in made.parent.glob(f"{made.name}*"):
        path.rename(home / path.name)
    place = home / made.name
    with Store.open(place, clock=demo_clock) as store:
        known = words_of(store)
        set_passphrase(store, WORDS)
        for who, words in live(store, made.parent, DEMO_DAY).items():
            known[who] |= words
        everything = any_of(set().union(*known.values()))
        assert len(known) > 100
        assert files_with(everything, home, temp) == []
        ended = max(lenders(store), key=lambda one: one[1])[0]
        theirs, gone, kept = split(store, ended, known)
        purge(store, ended, reason="委托到期", by="组长", clock=demo_clock)
        assert files_with(everything, home, temp) == []
        assert verify(store).ok
        with store.read() as conn:
            plans = [body for _, body in all_plans(conn)]
            snapshots = [load_snapshot(conn, re.search(r'"plan_id":"([^"]+)', one)[1])  # type: ignore[index]
                         for one in plans]  # fmt: skip
            layers = load_layers(conn)
            owners = {who for (who,) in conn.execute("SELECT debtor_id FROM blob JOIN who"
                                                     " USING (pid)")}  # fmt: skip
            assert owners
            assert not owners & gone
            # A name of two characters may also be that of a village, of a crew, part of a street.
            rest = "\n".join(set().union(*kept.values()))
            rest += "".join(body.decode() for body in layers.values())
            rest += repr(load_crews(conn))
            terms = {word for who in gone for word in known[who] if word not in rest}
            terms = {word for word in terms if len(word) > 2}
            assert any("口述" in word for word in terms)
            forgotten = any_of(terms)
            assert [found for one in plans if (found := forgotten.search(one.encode()))] == []
            assert all(snapshots)
        key = store.key_for_copies()
        assert certificates(store)[0].lender == ended
    shut_out(place)
    purged = any_of(terms | theirs)
    for path in (place, *(one.path for one in backups(place))):
        pages = clear_pages(path, key)
        assert purged.search(pages) is None, path.name
        assert any_of(set().union(*kept.values())).search(pages)
    spelt = {word for who in gone for word in index_words(known[who])}
    spelt -= {word for words in kept.values() for word in index_words(words)}
    with Store.open(place, clock=demo_clock, passphrase=WORDS) as store, store.alone() as conn:
        conn.execute("CREATE VIRTUAL TABLE temp.terms USING fts5vocab(main, search, row)")
        indexed = {term for (term,) in conn.execute("SELECT term FROM terms")}
    assert indexed
    assert not spelt & indexed
    assert not any(who[-8:] in term for term in indexed for who in gone)
    assert files_with(everything, home, temp) == []


def split(
    store: Store, lender: str, known: dict[str, set[str]]
) -> tuple[set[str], set[str], dict[str, set[str]]]:
    """(the lender's loans, ids of persons who owe it alone, words of the others)."""
    gone, theirs, kept = set(), set(), {}
    with store.read() as conn:
        for who, words in known.items():
            own = {c.case_id for c in load_debtor(conn, who).cases if c.lender == lender}
            others = {c.case_id for c in load_debtor(conn, who).cases} - own
            theirs |= own
            if own and not others:
                gone.add(who)
            else:
                kept[who] = {word for word in words if word not in own}
    assert gone
    return theirs, gone, kept


def index_words(words: Iterable[str]) -> set[str]:
    """What the search index keeps of names and numbers."""
    found: set[str] = set()
    for word in words:
        if word.isascii() and any(mark.isdigit() for mark in word):
            found.update(part for part in number_words(word) if len(part) > 4)
        elif len(word) <= 4:
            found.update(part for part in name_words(word) if len(part) > 3)
    return found


def shut_out(place: Path) -> None:
    """A wrong passphrase and SQLite without a key get nothing, from the file or from a backup."""
    for path in (place, *(one.path for one in backups(place))):
        with pytest.raises(PlannerError, match=r"passphrase_wrong"):
            keys.read_key(path, "seven small giants")
        with pytest.raises(PlannerError, match=r"passphrase_needed"):
            keys.read_key(path)
        plain = sqlite3.connect(path)
        with pytest.raises(sqlite3.DatabaseError):
            plain.execute("SELECT * FROM sqlite_master").fetchall()
        plain.close()
    assert folder_of(place).is_dir()
