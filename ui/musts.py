"""Whom a lead wants visited on a day, from any page: ask, write, take back, undo."""

from datetime import date
from functools import partial

from PySide6.QtWidgets import QWidget

from planner.actions.change import Change
from planner.actions.wanted import must_visit
from planner.clock import Clock
from planner.domain.people import Must
from planner.store.store import Store
from ui import formats
from ui.dialogs.must import MustDialog, Wish
from ui.i18n import _
from ui.session import Session


def ask_must(
    session: Session, debtor_id: str, name: str, day: date, parent: QWidget
) -> MustDialog | None:
    """Open the dialog over `parent`; what is confirmed is written as a deed. `name` is masked.

    None on a collector's laptop: who has to be visited is the lead's decision.
    """
    if not session.may_lead():
        return None
    dialog = MustDialog(name, day, session.today(), parent)
    dialog.wanted.connect(partial(_write, session, debtor_id, name))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def end_must(session: Session, must: Must, name: str) -> None:
    """Take a decision back, as a deed; the lead's as well."""
    if not session.may_lead():
        return
    text = _("{name} does not have to be visited").format(name=name)
    session.deed(text, partial(_put, session.store, session.clock, must, on=False))


def must_button(must: Must | None) -> tuple[str, str]:
    """What the button that asks or takes back says, and its tip."""
    if must is not None:
        return _("No must"), _("Take back that this person has to be visited  (V, Ctrl+Shift+V)")
    return _("Must visit"), _(
        "The lead decides that this person has to be visited on a day  (V, Ctrl+Shift+V)"
    )


def must_sentence(must: Must) -> str:
    """Who decided so and why."""
    return _("Has to be visited on {day}, decided by {lead}: {reason}").format(
        day=formats.day(must.day), lead=must.by, reason=must.reason
    )


def _write(session: Session, debtor_id: str, name: str, wish: Wish) -> None:
    must = Must(debtor_id, wish.day, wish.reason, wish.by)
    text = _("{name} has to be visited").format(name=name)
    session.deed(text, partial(_put, session.store, session.clock, must, on=True))


def _put(store: Store, clock: Clock, must: Must, *, on: bool) -> tuple[None, Change, bytes]:
    batch = must_visit(
        store, must.debtor_id, must.day, on, reason=must.reason, by=must.by, clock=clock
    )
    return None, Change.CASES | Change.CONTACTS, batch
