"""The page of the exchange by clicks and drops: two cards, files, conflicts, roles."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from inline import InlineBackground
from looks import clipped, texts
from people import NOW, fill
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from planner.actions import exchange as deeds
from planner.actions.exchange_view import load_board
from planner.store.store import NewEvent, Store
from ui import i18n
from ui.exchange.hub_dialog import HubDialog
from ui.exchange.share import TextShare
from ui.exchange.words import account_lines
from ui.main_window import MainWindow
from ui.pages.exchange import TABS, ExchangePage
from ui.session import Session


def clock() -> object:
    """The moment of these tests."""
    return NOW


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    """A second, empty workspace."""
    (tmp_path / "far").mkdir()
    with Store.create(tmp_path / "far" / "laptop.fairvisit", clock=clock) as store:  # type: ignore[arg-type]
        yield store


@pytest.fixture
def open_page(
    qtbot: QtBot, background: InlineBackground, session_of: Callable[[Store], Session]
) -> Callable[[Store], ExchangePage]:
    """Show the page on a workspace."""

    def open_it(store: Store) -> ExchangePage:
        session = session_of(store)
        session.set_role(load_board(store).role)
        page = ExchangePage(session)
        qtbot.addWidget(page)
        page.resize(1240, 640)
        page.show()
        background.settle()
        return page

    return open_it


@pytest.fixture
def press(qtbot: QtBot, background: InlineBackground) -> Callable[[QWidget], None]:
    """Press a button and let the answers arrive."""

    def do(button: QWidget) -> None:
        assert button.isVisible()
        assert button.isEnabled()
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        background.settle()

    return do


def pair(lead: Store, laptop: Store, who: str = "K1") -> None:
    """Let a laptop into the team of a lead."""
    with lead.read() as conn:
        if conn.execute("SELECT 1 FROM meta WHERE name = 'role'").fetchone() is None:
            alone = True
        else:
            alone = False
    if alone:
        deeds.found_team(lead, "North")
    card, code = deeds.make_card(laptop, "Laptop 1", who)
    deeds.join_team(laptop, deeds.let_in(lead, card, code, clock=clock), clock=clock)  # type: ignore[arg-type]


def test_a_workspace_with_data_leads_and_does_not_join(
    empty_store: Store, open_page: Callable[[Store], ExchangePage], qtbot: QtBot,
    press: Callable[[QWidget], None],
) -> None:  # fmt: skip
    """With data there is no card to make, only the way to a new workspace; leading works, and the
    laptops come next."""
    fill(empty_store, 2)
    page = open_page(empty_store)
    assert not page.begin.join.go.isVisible()
    assert page.begin.join.other.isVisible()
    assert any("holds data already" in text for text in texts(page))
    qtbot.keyClicks(page.begin.lead.name, "North")
    press(page.begin.lead.go)
    assert page.board is not None
    assert page.board.role == "lead"
    assert page.tabs.currentIndex() == TABS.index("laptops")
    QApplication.processEvents()
    assert not clipped(page)


def test_card_code_and_invitation(
    empty_store: Store, other: Store, open_page: Callable[[Store], ExchangePage], qtbot: QtBot,
    press: Callable[[QWidget], None], tmp_path: Path,
) -> None:  # fmt: skip
    """An empty workspace makes a card as text and file, and joins by the file of the invitation; a
    foreign text is refused in words."""
    deeds.found_team(other, "North")
    page = open_page(empty_store)
    qtbot.keyClicks(page.begin.join.name, "Laptop 1")
    qtbot.keyClicks(page.begin.join.staff, "K1")
    press(page.begin.join.go)
    share = page.begin.card.share
    share.save_to(tmp_path / "card.txt")
    card = deeds.read_text(tmp_path / "card.txt")
    assert card.strip() == share.line.toPlainText()
    page.begin.invite.text.setPlainText(card)
    press(page.begin.invite.go)
    assert "no invitation" in page.begin.invite.message.accessibleName()
    code = page.begin.card.code.text()
    deeds.write_text(tmp_path / "in.txt", deeds.let_in(other, card, code, clock=clock))  # type: ignore[arg-type]
    page.take_files([tmp_path / "in.txt"])
    press(page.begin.invite.go)
    assert page.board is not None
    assert page.board.in_team
    assert any("in the team of North" in text for text in texts(page))


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_files_there_and_back(
    empty_store: Store, other: Store, open_page: Callable[[Store], ExchangePage],
    background: InlineBackground, tmp_path: Path, language: str,
) -> None:  # fmt: skip
    """A bundle is written for every laptop, read from the drop, known the second time; a foreign
    file is refused by name; every exchange is in the history, and nothing is cut off."""
    i18n.use(language)
    fill(empty_store, 3)
    pair(empty_store, other)
    lead, laptop = open_page(empty_store), open_page(other)
    stick = tmp_path / "stick"
    stick.mkdir()
    lead.write(lead.ways.file.receivers(), stick)
    background.settle()
    files = list(stick.iterdir())
    assert len(files) == 1
    foreign = tmp_path / "photo.fvx"
    foreign.write_bytes(b"nothing")
    laptop.take_files([*files, foreign])
    background.settle()
    assert "photo.fvx" in laptop.message.accessibleName()
    laptop.take_files(files)
    background.settle()
    history = load_board(other).history
    assert [one.way for one in history] == ["file_in"]
    for page in (lead, laptop):
        for tab in TABS:
            page.show_item(tab)
            QApplication.processEvents()
            assert not clipped(page), tab


def test_without_a_folder_it_says_what_to_do(
    empty_store: Store, other: Store, open_page: Callable[[Store], ExchangePage],
    background: InlineBackground, tmp_path: Path,
) -> None:  # fmt: skip
    """Ctrl+E without any way set up asks for one; a folder that is not there is said in words and
    nothing runs on."""
    pair(empty_store, other)
    page = open_page(other)
    page.exchange_now()
    assert "Choose a shared folder" in page.message.accessibleName()
    page.by_folder(tmp_path / "nowhere")
    background.settle()
    assert "is not there" in page.message.accessibleName()
    assert not page.progress.isVisible()
    assert page.ways.folder.isEnabled()


def test_a_conflict_is_shown_and_the_other_value_taken(
    empty_store: Store, other: Store, open_page: Callable[[Store], ExchangePage],
    background: InlineBackground, press: Callable[[QWidget], None], tmp_path: Path,
) -> None:  # fmt: skip
    """Both values stand side by side; the other one taken counts, and the list is empty."""
    (who,) = fill(empty_store, 1)
    pair(empty_store, other)
    with empty_store.write() as tx:
        tx.append([NewEvent("assigned", who, NOW, {"collector_id": "K1", "by": "", "reason": "x"})])
    folder = tmp_path / "shared"
    folder.mkdir()
    for store in (empty_store, other):
        deeds.exchange_folder(store, folder, clock=clock)  # type: ignore[arg-type]
    for store, tags in ((empty_store, ["woman"]), (other, ["dialect"])):
        with store.write() as tx:
            tx.append([NewEvent("needs", who, NOW, {"tags": tags})])
    for store in (other, empty_store):
        deeds.exchange_folder(store, folder, clock=clock)  # type: ignore[arg-type]
    page = open_page(empty_store)
    page.show_item("conflicts")
    (card,) = page.clashes.cards
    said = texts(card)
    assert {"woman", "dialect"} <= said
    assert any("on this laptop" in text for text in said)
    assert any("Laptop 1" in text for text in said)
    press(card.other)
    assert load_board(empty_store).collisions == ()


def test_the_hub_is_named_and_its_password_not_kept_unprotected(
    empty_store: Store, other: Store, open_page: Callable[[Store], ExchangePage], qtbot: QtBot,
    press: Callable[[QWidget], None],
) -> None:  # fmt: skip
    """Without a certificate a hub elsewhere is refused in words; without a passphrase the password
    is not kept; the hub can be forgotten."""
    pair(empty_store, other)
    page = open_page(other)
    press(page.ways.hub.setup)
    dialog = page.window().findChild(HubDialog)
    assert dialog is not None
    qtbot.keyClicks(dialog.host, "hub.example")
    qtbot.keyClicks(dialog.login, "n02")
    qtbot.keyClicks(dialog.password, "a long password")
    assert not dialog.keep.isEnabled()
    press(dialog.go)
    assert "protected link" in dialog.message.accessibleName()
    dialog.host.setText("127.0.0.1")
    press(dialog.go)
    from planner.actions.hub import hub_of

    account = hub_of(other)
    assert account is not None
    assert (account.login, account.password) == ("n02", "")
    assert page.ways.hub.go.isVisible()


def test_a_collectors_window_leaves_out_what_is_the_leads(
    empty_store: Store, other: Store, session_of: Callable[[Store], Session], qtbot: QtBot,
    background: InlineBackground,
) -> None:  # fmt: skip
    """No imports in the rail and no crews in the settings; the key says whose it is; the foot says
    what is not sent, and the title whose laptop it is."""
    pair(empty_store, other)
    window = MainWindow(session_of(other), "light", "settings")
    qtbot.addWidget(window)
    window.show()
    background.settle()
    assert not window._rail._buttons["imports"].isVisible()
    assert window._rail._buttons["exchange"].isVisible()
    window.go("imports")
    assert window.page.key == "settings"
    assert "lead's workspace" in window._message.accessibleName()
    assert not window.page._tabs.isTabVisible(1)  # type: ignore[attr-defined]
    assert "laptop of Laptop 1 K1" in window.windowTitle()
    assert any("Everything sent" in text for text in texts(window))


def test_every_field_and_button_has_a_name(
    empty_store: Store, other: Store, open_page: Callable[[Store], ExchangePage]
) -> None:
    """Whatever takes the keyboard says what it is."""
    pair(empty_store, other)
    for store in (empty_store, other):
        page = open_page(store)
        for widget in page.findChildren(QWidget):
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
                text = widget.text() if hasattr(widget, "text") else ""
                assert widget.accessibleName() or text, type(widget)


def test_accounts_in_words() -> None:
    """A file written, nothing new, persons that came and went, a clock that differs."""
    from planner.actions.exchange_log import Account
    from planner.sync.exchange import Told

    def said(way: str = "folder", lead: bool = False, **told: int) -> list[str]:
        one = Account(NOW, way, Told(**told), plans=1, returned=2, peer="Laptop 1")
        return [text for _tone, text in account_lines(one, lead=lead)]

    assert said()[0] == "Nothing new on either side"
    assert said("file_out", sent=1)[0] == "1 entry written for Laptop 1"
    told = said(received=3, sent=1, persons_in=2, persons_out=1, skew=-420, flagged=1)
    assert told[0] == "3 entries received, 1 sent"
    assert "2 records came back with a comment" in told
    assert any("7 minutes" in text for text in told)


def test_a_qr_code_of_the_longest_invitation(qtbot: QtBot) -> None:
    """The longest text that pairing makes is shown with whole pixels for each module."""
    share = TextShare()
    qtbot.addWidget(share)
    share.show_text("FVINVITE1." + "a" * 1200, "Invitation", "x.txt")
    assert len(share._code._rows) + 8 <= share._code.width()
