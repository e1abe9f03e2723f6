"""Pause contact with a person and end pauses, from any page: ask, write, undo."""

from functools import partial

from PySide6.QtWidgets import QWidget

from planner.actions import holds
from planner.actions.change import Change
from planner.clock import Clock
from planner.domain.codes import HoldKind
from planner.store.store import Store
from ui.dialogs.hold import HoldDialog, Wish
from ui.i18n import _
from ui.session import Session

_CHANGE = Change.CASES | Change.CONTACTS


def ask_hold(session: Session, debtor_id: str, name: str, parent: QWidget) -> HoldDialog:
    """Open the dialog over `parent`; what is confirmed is written as a deed. `name` is masked."""
    dialog = HoldDialog(name, session.today(), session.store.zone, parent)
    dialog.wanted.connect(partial(_write, session, debtor_id, name))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _write(session: Session, debtor_id: str, name: str, wish: Wish) -> None:
    job = partial(_hold, session.store, session.clock, debtor_id, wish)
    session.deed(_("Pause contact with {name}").format(name=name), job)


def end_hold(session: Session, debtor_id: str, kind: HoldKind, name: str) -> None:
    """End the running pauses of one kind, as a deed."""
    job = partial(_release, session.store, session.clock, debtor_id, kind)
    session.deed(_("End the pause of {name}").format(name=name), job)


def _hold(store: Store, clock: Clock, debtor_id: str, wish: Wish) -> tuple[None, Change, bytes]:
    batch = holds.hold(
        store, debtor_id, wish.kind, reason=wish.reason, clock=clock, until=wish.until
    )
    return None, _CHANGE, batch


def _release(
    store: Store, clock: Clock, debtor_id: str, kind: HoldKind
) -> tuple[None, Change, bytes]:
    return None, _CHANGE, holds.release(store, debtor_id, kind, clock=clock)
