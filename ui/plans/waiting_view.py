"""Instalment plans that wait for the lead: the list on the left, the chosen one on the right."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.actions.plans_waiting import Waiting, waiting_plans
from planner.store.store import Store
from planner.store.team import COLLECTOR, role
from ui import formats
from ui.cases.list_view import tight
from ui.i18n import _
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.plans.deeds import PlanDeeds
from ui.plans.sheet import PlanSheet
from ui.plans.words import why_words
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table
from ui.widgets.text import Text

ANSWERS = {Qt.Key.Key_A: "approve", Qt.Key.Key_C: "change", Qt.Key.Key_D: "decline"}


@dataclass(frozen=True, slots=True)
class Found:
    """The waiting plans, and whether they may be decided in this workspace."""

    plans: tuple[Waiting, ...]
    lead: bool


def load_waiting(store: Store, today: date) -> Found:
    """Read them off the GUI thread."""
    with store.read() as conn:
        lead = role(conn) != COLLECTOR
    return Found(waiting_plans(store, today), lead)


class WaitingView(Translated):
    """`left` goes back to the cases, `counted` says how many wait."""

    left = Signal()
    counted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._lead = True
        self.deeds = PlanDeeds(session, self)
        self.model = DataTable(
            (
                Column("who", lambda: _("Person"), lambda w: formats.mask_name(w.name),
                       Kind.STRONG, width=90),
                Column("total", lambda: _("In all ({unit})").format(unit=formats.money_unit()),
                       lambda w: formats.money(w.total), Kind.NUMBER,
                       tip=lambda w: formats.money_exact(w.total), width=110),
                Column("months", lambda: _("Months"),
                       lambda w: str(len(w.plan.terms.instalments)), Kind.NUMBER, width=76),
                Column("why", lambda: _("Why approval"), lambda w: why_words(w.plan), Kind.WRAP,
                       tip=lambda w: plain_tip(why_words(w.plan)), width=150, stretch=1),
            ),
            self,
        )  # fmt: skip
        self.table = Table(self.model)
        self.table.setSortingEnabled(False)  # the oldest stands first
        self.table.opened.connect(self._open)
        self.table.key_pressed.connect(self._key)
        self.table.selectionModel().currentRowChanged.connect(self._show_chosen)
        self.sheet = PlanSheet(session.store.zone)
        self.sheet.answered.connect(self.answer)
        self._title, self._hint = Text("heading"), Text("muted", wrap=True)
        self.back = Button("quiet", "cases")
        self.back.clicked.connect(self.left)
        self._empty = EmptyState("check")
        self._empty.pressed.connect(self.left)
        self._build()
        self.lead_to(self.table)
        self.retranslate()

    def _build(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(12)
        top.addWidget(self._title)
        top.addWidget(self._hint, 1)
        top.addWidget(self.back)
        listed = Card(heading=False)
        tight(listed)
        listed.body.addWidget(self.table)
        self._card = Card()
        self._card.body.addWidget(self.sheet)
        self._card.body.addStretch(1)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(listed, 9)
        row.addWidget(self._card, 10)
        self._stack = QStackedWidget()
        self._stack.addWidget(both)
        self._stack.addWidget(self._empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(top)
        box.addWidget(self._stack, 1)

    def panes(self) -> list[QWidget]:
        """The list, the answers, the way back."""
        return [self.table, self.sheet.approve, self.back]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the list."""
        return [
            ("A", _("Approve the chosen plan")),
            ("C", _("Agree to another plan instead")),
            ("D", _("Decline the chosen plan")),
            ("Enter", _("Open the chosen person")),
            ("Esc", _("Back to the cases")),
        ]

    def refresh(self) -> None:
        """Read them anew."""
        session = self._session
        session.ask(partial(load_waiting, session.store, session.today()), self._arrived)

    @Slot(object)
    def _arrived(self, found: Found) -> None:
        place = max(0, self.table.currentIndex().row())
        self._lead = found.lead
        self.model.set_rows(found.plans)
        self._stack.setCurrentIndex(0 if found.plans else 1)
        if found.plans:
            self.table.setCurrentIndex(self.model.index(min(place, len(found.plans) - 1), 0))
        self._show_chosen()
        self.counted.emit(len(found.plans))

    def chosen(self) -> Waiting | None:
        """The plan in view."""
        place = self.table.currentIndex().row()
        rows = self.model.rows
        return rows[place] if 0 <= place < len(rows) else None

    @Slot()
    def _show_chosen(self, *_rows: object) -> None:
        one = self.chosen()
        self._card.set_title(formats.mask_name(one.name) if one is not None else "")
        self.sheet.show_plan(one, self._session.today(), lead=self._lead)

    @Slot(str)
    def answer(self, how: str) -> None:
        """Yes, another plan, or no; asks first."""
        one = self.chosen()
        if one is None or not self._lead:
            return
        if how == "change":
            self.deeds.change(one)
        else:
            self.deeds.decide(how, one.debtor_id, one.name, one.plan.plan_id)

    @Slot(object)
    def _key(self, event: QKeyEvent) -> None:
        if event.modifiers():
            return
        if event.key() in ANSWERS:
            self.answer(ANSWERS[Qt.Key(event.key())])
            event.accept()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
            event.accept()

    @Slot(object)
    def _open(self, one: Waiting) -> None:
        self._session.go("case", one.debtor_id)

    def retranslate(self) -> None:
        """All words of the list."""
        self._title.setText(_("Plans waiting for approval"))
        self._hint.setText(_("They promise nothing before you agree; the oldest stands first."))
        self.back.setText(_("Back to the cases"))
        self.table.setAccessibleName(_("Plans waiting for approval"))
        self._empty.say(_("No instalment plan waits for approval."), _("Back to the cases"))
        self._show_chosen()
