"""A person who is handed over leaves the laptop: no name, number, phone or street stays on it."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from purge_book import PAGE, clear_pages
from store_factory import NOW, PLAN_DAY, listed, make_plan, visit
from team_factory import ByFolder, Laptop, Team, make_team, readable, settle, weak_codes

from planner.actions.evidence import Piece, keep
from planner.actions.purge import purge
from planner.actions.upkeep import upkeep
from planner.errors import PlannerError
from planner.store import cleaning
from planner.store.backup import backups
from planner.store.events import NewEvent, next_id
from planner.store.plans import save_plan
from planner.store.verify import verify
from planner.sync import exchange as exchanging

NAME, PHONE, NUMBER, STREET = "欧阳清澜", "13912345678", "330102198501012345", "凤凰新村八弄"
CASE = "甲行/合同90817263"
PHOTO = b"\xff\xd8\xff" + f"{NAME} {NUMBER}".encode() * 40


@pytest.fixture
def team(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Team]:
    """A lead and two collectors; the first has had a person for a while, in every table."""
    weak_codes(monkeypatch)
    made = make_team(tmp_path, ("甲", "乙"), 3)
    who, way = made.persons[0], ByFolder(tmp_path / "share")
    address = {"address_id": "a-1", "text": STREET, "kind": 0, "region": 1, "grade": 0,
               "lat": 30.1234567, "lon": 120.7654321, "township": "凤凰镇"}  # fmt: skip
    case = {"case_id": CASE, "lender": "甲行", "contract_no": "合同90817263",
            "amount_overdue": 120_000, "overdue_since": "2025-11-05"}  # fmt: skip
    made.lead.append(listed(who, NOW, name=NAME, phones=[PHONE], id_number=NUMBER,
                            addresses=[address], cases=[case]))  # fmt: skip
    for one in made.persons:
        made.assign(one, made.collectors[0])
    settle(made, way, 2)
    work(made.collectors[0], who)
    settle(made, way, 2)
    yield made
    made.close()


def work(laptop: Laptop, who: str) -> None:
    """Visit, photo, proposed phone, a plan with the stop, and a backup of it all."""
    with laptop.store.write() as tx:
        tx.append([visit(who, laptop.clock(), phone=PHONE, address_id="a-1", note=f"{NAME}在家")])
        told = {"change_id": "c1", "field": "phone", "value": "13887654321", "source": "door"}
        tx.append([NewEvent("change.proposed", who, NOW, told)])
        keep(tx, who, [Piece("a.jpg", "image/jpeg", hashlib.sha256(PHOTO).hexdigest(), PHOTO)],
             at=NOW, batch=None)  # fmt: skip
        save_plan(tx, make_plan("p1", PLAN_DAY, who), b"", next_id(laptop.clock()))
    laptop.store.backup("hand")


def clear_log(path: Path, key: str) -> bytes:
    """The pages in the log of an encrypted file in clear."""
    log = path.with_name(f"{path.name}-wal")
    body = log.read_bytes() if log.exists() else b""
    frames = [body[at + 24 : at + 24 + PAGE] for at in range(32, len(body), 24 + PAGE)]
    pages = path.with_name("pages")
    pages.write_bytes(b"".join([bytes(PAGE), *frames]))
    try:
        return clear_pages(pages, key) if frames else b""
    finally:
        pages.unlink()


def traces(laptop: Laptop, words: tuple[str, ...]) -> list[tuple[str, str]]:
    """(file, word) for each word that stands in the pages of workspace or backups, decrypted, or in
    the bytes of any file beside them."""
    key, place = laptop.store.key_for_copies(), laptop.store.path
    forms = [(word, word.encode(code)) for word in words for code in ("utf-8", "utf-16-le")]
    found = []
    for path in (place, *(one.path for one in backups(place))):
        pages = clear_pages(path, key) + clear_log(path, key)
        found += [(path.name, word) for word, form in forms if form in pages]
    for path in place.parent.rglob("*"):
        if path.is_file():
            body = path.read_bytes()
            found += [(path.name, word) for word, form in forms if form in body]
    return found


WORDS = (NAME, PHONE, NUMBER, STREET, CASE, "合同90817263", "13887654321", "欧阳清", "345678",
         "30.1234567")  # fmt: skip


def test_a_person_who_is_handed_over_leaves_no_trace(team: Team, tmp_path: Path) -> None:
    """Raw pages of the laptop's workspace, its backups, log and temporary files hold nothing of
    the person any more, all of the others; the workspace verifies; the lead has everything."""
    (first, second), who = team.collectors, team.persons[0]
    assert {word for _, word in traces(first, WORDS)} >= {NAME, PHONE, NUMBER, CASE}
    team.assign(who, second)
    settle(team, ByFolder(tmp_path / "share"), 3)
    assert who not in first.ask(readable)
    assert traces(first, WORDS) == []
    assert traces(first, ("王小明",)) != []
    assert NAME in {word for _, word in traces(second, WORDS)}
    assert verify(first.store).ok
    team.assign(who, first)
    settle(team, ByFolder(tmp_path / "share"), 3)
    assert who in first.ask(readable)
    assert [verify(one.store).problems for one in team.all] == [()] * 3


def test_a_purge_at_the_lead_travels(team: Team, tmp_path: Path) -> None:
    """Whom the lead deletes leaves the laptops as well."""
    first = team.collectors[0]
    purge(team.lead.store, "甲行", reason="委托到期", by="组长", clock=team.lead.clock)
    settle(team, ByFolder(tmp_path / "share"), 3)
    assert traces(first, (CASE, "合同90817263")) == []
    assert team.persons[0] not in first.ask(readable)
    assert len(first.ask(readable)) == 3  # who owes another lender too goes on under another id
    assert NAME in {word for _, word in traces(first, WORDS)}
    assert verify(first.store).ok
    assert verify(team.lead.store).ok


def test_a_cut_before_the_cleaning_is_made_good(
    team: Team, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When the program ends between the merge and the cleaning, the next start cleans."""
    (first, second), who = team.collectors, team.persons[0]
    team.assign(who, second)

    def cut(*_: object, **__: object) -> int:
        raise PlannerError("store.in_use", file="w")

    with monkeypatch.context() as patch:
        patch.setattr(exchanging, "finish_purge", cut)
        ByFolder(tmp_path / "share").exchange(team.lead)
        with pytest.raises(PlannerError):
            ByFolder(tmp_path / "share").exchange(first)
    assert who not in first.ask(readable)
    upkeep(first.store, clock=first.clock)
    assert cleaning.finish_purge(first.store) == 0
    assert traces(first, WORDS) == []
