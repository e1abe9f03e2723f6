"""Another next step than the proposed one: way, day and part of the day, within the rules."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDateEdit, QHBoxLayout, QWidget

from planner.actions.choose_step import chosen_step
from planner.actions.next_step import Proposal
from planner.domain.step import ANY_PART, Means
from planner.errors import PlannerError
from planner.export import told
from planner.store.store import Store
from ui import formats
from ui.case.steps import step_words, why_words
from ui.cases.ranked import ranking_of
from ui.dialogs.asking import Asking, field
from ui.i18n import _, code, error_text
from ui.session import Session
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of the choice with this number: the step, or why it cannot be."""

    number: int
    step: Proposal | None
    error: PlannerError | None = None


class StepDialog(Asking):
    """`decided(Proposal)` when a permitted choice is accepted; each choice is judged at once."""

    decided = Signal(object)

    def __init__(
        self, session: Session, name: str, proposal: Proposal, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Accept this step"), "check", title=_("What next"), parent=parent)
        self._session, self._proposal = session, proposal
        self._asked = 0
        self._found: Proposal | None = proposal
        self.means, self.part, self.day = QComboBox(), QComboBox(), QDateEdit()
        for means, word in told.MEANS.items():
            self.means.addItem(_(word), means)
        self.part.addItem(_("at any time"), ANY_PART)
        for number, word in enumerate(told.PARTS):
            self.part.addItem(_(word), number)
        self.day.setCalendarPopup(True)
        self.day.setDisplayFormat("yyyy-MM-dd")
        self.day.setMinimumDate(_qdate(session.today()))
        self.verdict = Text("body", wrap=True)
        self.verdict.setMinimumHeight(66)  # three lines: nothing jumps when the words change
        self._show(proposal)
        row = QHBoxLayout()
        row.setSpacing(16)
        for word, edit in (
            (_("How"), self.means), (_("Day"), self.day), (_("Time of day"), self.part),
        ):  # fmt: skip
            row.addLayout(field(word, edit), 1)
        note = _("Only what the rules permit can be accepted; it is a wish, and binds nobody.")
        self.lay_out(
            _("Another next step with {name}").format(name=name), Text("muted", note, wrap=True),
            row, self.verdict,
        )  # fmt: skip
        self.means.currentIndexChanged.connect(self._judge)
        self.part.currentIndexChanged.connect(self._judge)
        self.day.dateChanged.connect(self._judge)
        self.go.clicked.connect(self._decide)
        self.day.setFocus()
        self._say(proposal, None)

    def _show(self, one: Proposal) -> None:
        self.means.setCurrentIndex(self.means.findData(one.means))
        self.part.setCurrentIndex(self.part.findData(one.part))
        self.day.setDate(_qdate(one.day))
        self.part.setEnabled(one.means is not Means.LEAD)

    @Slot()
    def _judge(self) -> None:
        """Ask whether the choice is permitted."""
        self._asked += 1
        self._found = None
        self.go.setEnabled(False)
        means, chosen = Means(self.means.currentData()), self.day.date()
        self.part.setEnabled(means is not Means.LEAD)
        day = date(chosen.year(), chosen.month(), chosen.day())
        session = self._session
        choice = partial(
            chosen_step, session.store, self._proposal, means, day, int(self.part.currentData()),
            session.clock(),
        )  # fmt: skip
        session.ask(partial(_judged, session.store, session.today(), self._asked, choice),
                    self._judged)  # fmt: skip

    @Slot(object)
    def _judged(self, answer: Answer) -> None:
        if answer.number == self._asked:
            self._found = answer.step
            self._say(answer.step, answer.error)

    def _say(self, step: Proposal | None, error: PlannerError | None) -> None:
        self.go.setEnabled(step is not None)
        if step is not None:
            self.verdict.setText(f"{_('Permitted')}: {step_words(step)}\n{why_words(step)}")
        elif error is not None and error.code == "step.barred":
            rule = code(f"rule.{error.params['rule']}")
            self.verdict.setText(code(f"error.{error.code}", rule=rule))
        elif error is not None:
            self.verdict.setText(error_text(error))

    @Slot()
    def _decide(self) -> None:
        if self._found is not None:
            self.decided.emit(self._found)
            self.accept()


def _judged(store: Store, today: date, number: int, choice: Callable[..., Proposal]) -> Answer:
    try:
        return Answer(number, choice(ranking=ranking_of(store, today)))
    except PlannerError as error:
        return Answer(number, None, error)


def open_step_dialog(
    session: Session,
    name: str,
    proposal: Proposal,
    parent: QWidget,
    take: Callable[[Proposal], object],
) -> StepDialog:
    """Open the dialog over `parent`; what is accepted goes to `take`."""
    dialog = StepDialog(session, formats.mask_name(name), proposal, parent)
    dialog.decided.connect(take)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.open()
    return dialog


def _qdate(day: date) -> QDate:
    return QDate(day.year, day.month, day.day)
