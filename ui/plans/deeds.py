"""Yes, no, another plan, an end: the lead's deeds about instalment plans, each with a reason."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.change import Change
from planner.actions.outcomes import PlanTerms
from planner.actions.plans_agreed import approve_plan, end_plan
from planner.actions.plans_waiting import Waiting, change_plan, decline_plan
from planner.clock import Clock
from planner.store.store import Store
from ui import formats
from ui.dialogs.plan_change import ChangePlanDialog
from ui.dialogs.reason import ReasonDialog
from ui.i18n import N_, _
from ui.safe.looked import system_user
from ui.session import Session

_CHANGED = Change.CASES | Change.CONTACTS
_SAID = {
    "approve": (N_("Approve the plan of {name}"), N_("Approve"), N_("Plan approved: {name}"),
                N_("Its instalments count from now on; contact rests while it is kept.")),
    "decline": (N_("Decline the plan of {name}"), N_("Decline"), N_("Plan declined: {name}"),
                N_("The collector reads this reason beside the plan.")),
    "end": (N_("End the plan of {name}"), N_("End the plan"), N_("Plan ended: {name}"),
            N_("What has not fallen due yet is not owed by it any more.")),
}  # fmt: skip
_DEEDS: dict[str, Callable[..., bytes]] = {
    "approve": approve_plan,
    "decline": decline_plan,
    "end": end_plan,
}


class PlanDeeds(QObject):
    """Asks over `page` and writes; one deed each, undone by Ctrl+Z."""

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self.dialog: ReasonDialog | ChangePlanDialog | None = None

    def decide(self, how: str, debtor_id: str, name: str, plan_id: str) -> None:
        """`how`: "approve", "decline" or "end"; asks for the reason first."""
        title, act, said, why = (_(text) for text in _SAID[how])
        shown = formats.mask_name(name)
        dialog = ReasonDialog(title.format(name=shown), why, act, self._page)
        dialog.told.connect(partial(self._write, how, debtor_id, plan_id, said.format(name=shown)))
        self._open(dialog)

    def change(self, one: Waiting) -> None:
        """Another plan in place of the proposed one, to which the person agreed."""
        dialog = ChangePlanDialog(self._session, one, self._page)
        dialog.changed.connect(partial(self._change, one))
        self._open(dialog)

    def _open(self, dialog: ReasonDialog | ChangePlanDialog) -> None:
        self.dialog = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(self._closed)
        dialog.open()

    @Slot()
    def _closed(self) -> None:
        self.dialog = None

    def _write(self, how: str, debtor_id: str, plan_id: str, text: str, reason: str) -> None:
        session = self._session
        job = partial(write_decision, session.store, how, debtor_id, plan_id, reason, session.clock)
        session.deed(text, job)

    def _change(self, one: Waiting, terms: PlanTerms, reason: str) -> None:
        session = self._session
        job = partial(write_change, session.store, one, terms, reason, session.clock)
        text = _("Plan approved as changed: {name}").format(name=formats.mask_name(one.name))
        session.deed(text, job)


def write_decision(
    store: Store, how: str, debtor_id: str, plan_id: str, reason: str, clock: Clock
) -> tuple[None, Change, bytes]:
    """Decide; answers as a deed does. PlannerError("instalments.…"), ("team.lead_only")."""
    by = system_user()
    batch = _DEEDS[how](store, debtor_id, plan_id, reason=reason, by=by, clock=clock)
    return None, _CHANGED, batch


def write_change(
    store: Store, one: Waiting, terms: PlanTerms, reason: str, clock: Clock
) -> tuple[None, Change, bytes]:
    """Agree to another plan; answers as a deed does. Raises as `write_decision`."""
    _plan_id, batch = change_plan(
        store, one.debtor_id, one.plan.plan_id, terms, reason=reason, by=system_user(), clock=clock
    )
    return None, _CHANGED, batch
