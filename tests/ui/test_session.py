"""The session: questions, deeds, undo."""

from datetime import date

from inline import InlineBackground
from people import NOW, fill
from PySide6.QtCore import QObject

from planner.actions.change import Change
from planner.store.people import load_rows
from planner.store.store import NewEvent, Store
from ui.session import Session, Toast


class Views(QObject):
    """Keeps what the signals said."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.changes: list[Change] = []
        self.toasts: list[Toast] = []
        self.errors: list[BaseException] = []
        session.changed.connect(self.changes.append)
        session.toasted.connect(self.toasts.append)
        session.troubled.connect(self.errors.append)


def _flag(store: Store, who: str) -> tuple[None, Change, bytes]:
    with store.write() as tx:
        batch = tx.append([NewEvent("flag", who, NOW, {"flag": 256, "on": True})])
    return None, Change.CASES, batch


def _flags(store: Store, who: str) -> int:
    with store.read() as conn:
        return int(load_rows(conn, [who])[0].flags)


def test_deed_undo_redo(session: Session, background: InlineBackground) -> None:
    """A deed is written, told, offered for undo; Ctrl+Z, Ctrl+Y, Ctrl+Z do what they say."""
    who = fill(session.store, 1)[0]
    views = Views(session)
    session.deed("mark", lambda: _flag(session.store, who))
    background.settle()
    assert _flags(session.store, who) == 256
    assert views.changes == [Change.CASES]
    assert views.toasts == [Toast("mark", undo=True)]
    for action, flags in (("undo", 0), ("redo", 256), ("undo", 0), ("redo", 256)):
        getattr(session.undo_stack, action)()
        background.settle()
        assert _flags(session.store, who) == flags
    assert views.changes == [Change.CASES] * 5
    assert all(background.ran)


def test_undo_and_redo_in_one_breath(session: Session, background: InlineBackground) -> None:
    """Undo and redo pressed before any answer came keep their order."""
    who = fill(session.store, 1)[0]
    session.deed("mark", lambda: _flag(session.store, who))
    background.settle()
    for _n in range(3):
        session.undo_stack.undo()
        session.undo_stack.redo()
    background.settle()
    assert _flags(session.store, who) == 256


def test_failed_undo_clears_the_stack(session: Session, background: InlineBackground) -> None:
    """An undo that cannot be written leaves no stack that lies, and says why."""
    views = Views(session)
    session.pushed("nothing", b"0" * 16, Change.CASES)
    session.undo_stack.undo()
    background.settle()
    assert not session.undo_stack.canRedo()
    assert [error.code for error in views.errors] == ["store.unknown_batch"]  # type: ignore[attr-defined]


def test_error_without_a_taker_is_trouble(session: Session, background: InlineBackground) -> None:
    """A question that fails and names no taker reaches the window."""
    views = Views(session)
    session.ask(lambda: 1 // 0)
    background.settle()
    assert [type(error) for error in views.errors] == [ZeroDivisionError]


def test_day_is_told_once(session: Session) -> None:
    """Another day is told to the views, the same day is not."""
    days: list[date] = []
    session.day_changed.connect(days.append)
    session.set_day(session.today())
    session.set_day(date(2026, 11, 24))
    assert days == [date(2026, 11, 24)]
