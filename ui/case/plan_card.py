"""Instalment plans of a person: the one that waits for the lead, the one that runs, how others
ended."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.plans_agreed import AgreedPlan, plans_of
from planner.actions.plans_waiting import Waiting, waiting_plans
from planner.store.store import Store
from planner.store.team import COLLECTOR, role
from ui import formats
from ui.i18n import _
from ui.page import Translated
from ui.plans.deeds import PlanDeeds
from ui.plans.sheet import PlanSheet
from ui.plans.words import plan_words, status_words
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.text import Text

_MOST = 3  # plans told, the newest


@dataclass(frozen=True, slots=True)
class PlansView:
    """A person's plans, the newest first; `waiting` the one the lead has to decide about."""

    debtor_id: str
    plans: tuple[AgreedPlan, ...]
    waiting: Waiting | None
    lead: bool


def load_plans(store: Store, debtor_id: str, today: date) -> PlansView:
    """Read off the GUI thread. PlannerError("store.unknown_person")."""
    with store.read() as conn:
        plans = plans_of(conn, debtor_id, today)
        lead = role(conn) != COLLECTOR
    asked = any(one.status == "proposed" for one in plans)
    mine = (
        [one for one in waiting_plans(store, today) if one.debtor_id == debtor_id] if asked else []
    )
    return PlansView(debtor_id, plans, mine[-1] if mine else None, lead)


class PlanCard(Translated):
    """Hidden while there is no plan."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._who = self._name = ""
        self._view: PlansView | None = None
        self.deeds = PlanDeeds(session, self)
        self.sheet = PlanSheet(session.store.zone, primary=False)
        self.sheet.answered.connect(self._answer)
        self.end = Button("secondary", "minus")
        self.end.clicked.connect(self._end)
        self._card, self._state = Card(), Chip()
        self._card.head.addWidget(self._state)
        self._rows = QVBoxLayout()
        self._card.body.addLayout(self._rows)
        self._card.body.addWidget(self.sheet)
        foot = QHBoxLayout()
        foot.addWidget(self.end)
        foot.addStretch(1)
        self._card.body.addLayout(foot)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._card)
        self.hide()
        self.retranslate()

    def show_person(self, debtor_id: str, name: str) -> None:
        """Read the plans of this person."""
        if debtor_id != self._who:
            self._view = None
            self._fill()
        self._who, self._name = debtor_id, name
        session = self._session
        session.ask(partial(load_plans, session.store, debtor_id, session.today()), self._arrived)

    @Slot(object)
    def _arrived(self, view: PlansView) -> None:
        if view.debtor_id == self._who:
            self._view = view
            self._fill()

    def retranslate(self) -> None:
        """All words of the card."""
        self._card.set_title(_("Instalment plan"))
        self.end.setText(_("End the plan …"))
        self.end.setToolTip(_("Asks for the reason; what has fallen due stays as it is"))
        self._fill()

    def _fill(self) -> None:
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        view = self._view
        self.setVisible(view is not None and bool(view.plans))
        if view is None or not view.plans:
            return
        waiting = view.waiting
        self.sheet.setVisible(waiting is not None)
        self.sheet.show_plan(waiting, self._session.today(), lead=view.lead)
        self.end.setVisible(self._running is not None)
        word, tone, _sentence = status_words(view.plans[0])
        self._state.set_text(word)
        self._state.set_tone(tone, "clock" if view.plans[0].status == "proposed" else "info")
        for one in view.plans[:_MOST]:
            if waiting is not None and one.plan_id == waiting.plan.plan_id:
                continue
            head = f"{formats.day(one.at.date())} · {plan_words(one)}"
            for style, text in (("strong", head), ("body", status_words(one)[2])):
                line = Text(style, text, wrap=True)
                self._rows.addWidget(line)
                line.show()

    @property
    def _running(self) -> AgreedPlan | None:
        plans = self._view.plans if self._view is not None else ()
        return next((one for one in plans if one.status in ("running", "broken")), None)

    @Slot(str)
    def _answer(self, how: str) -> None:
        waiting = self._view.waiting if self._view is not None else None
        if waiting is None:
            return
        if how == "change":
            self.deeds.change(waiting)
        else:
            self.deeds.decide(how, self._who, self._name, waiting.plan.plan_id)

    @Slot()
    def _end(self) -> None:
        if self._running is not None:
            self.deeds.decide("end", self._who, self._name, self._running.plan_id)
