"""After an outcome is saved: what next with this person, and one key that accepts it."""

from datetime import date, datetime
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget

from planner.actions.next_step import Proposal
from planner.actions.plans_agreed import AgreedPlan
from planner.store.store import Store
from ui.case.steps import (
    NextStep,
    kept_words,
    next_of,
    step_words,
    waits_words,
    why_words,
    write_step,
)
from ui.i18n import _
from ui.session import Session
from ui.widgets.message_bar import MessageBar


class NextBar(MessageBar):
    """Shown for the outcome saved last; Alt+N accepts, the cross lets it be."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._proposal: Proposal | None = None
        self._plan: AgreedPlan | None = None
        self._who = self._name = ""
        self.pressed.connect(self._accept)
        self.closed.connect(self.clear)
        QShortcut(QKeySequence("Alt+N"), self).activated.connect(self._accept)
        self.retranslate()

    def ask(self, debtor_id: str, name: str) -> None:
        """What next with this person, whose outcome was just recorded?"""
        self.clear()
        self._who, self._name = debtor_id, name
        session = self._session
        job = partial(_found, session.store, debtor_id, session.day, session.clock())
        session.ask(job, self._arrived)

    def retranslate(self) -> None:
        """All words of the bar."""
        self.name_cross(_("Leave it"))
        self._say()

    @Slot(object)
    def _arrived(self, answer: tuple[str, NextStep]) -> None:
        who, found = answer
        if who == self._who:
            self._proposal, self._plan = found.proposal, found.plan
            self._say()

    def _say(self) -> None:
        one = self._proposal
        if one is None:
            self.hide()
            return
        step = step_words(one)
        if self._plan is not None:
            step = _("{head}. {figures}").format(
                head=kept_words(self._plan)[0], figures=waits_words(one)
            )
        text = _("Next for {who}: {step}").format(who=self._name, step=step)
        self.say(text, "accent", _("Accept (Alt+N)"))
        self.setToolTip(why_words(one))

    @Slot()
    def _accept(self) -> None:
        one = self._proposal
        if one is None or not self.isVisible():
            return
        session = self._session
        job = partial(write_step, session.store, one, session.clock)
        session.deed(_("Next step: {step}").format(step=step_words(one)), job)
        self.clear()

    @Slot()
    def clear(self) -> None:
        """Nothing is proposed any more."""
        self._who, self._proposal, self._plan = "", None, None
        super().clear()


def _found(store: Store, who: str, day: date, now: datetime) -> tuple[str, NextStep]:
    return who, next_of(store, who, day, now)
