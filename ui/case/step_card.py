"""What next: the step that is proposed, one key accepts it; or the one that stands."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from planner.actions.next_step import Proposal
from planner.actions.plans_agreed import AgreedPlan
from planner.domain.step import Step
from ui import formats
from ui.case.steps import NextStep, goal_words, kept_words, step_words, waits_words, why_words
from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.text import Text

_NONE = NextStep(None, None)


class StepCard(Card):
    """`accepted` of the proposal, `other_wanted` in its place; `ended("done" or "dropped")` of the
    step that stands."""

    accepted = Signal()
    other_wanted = Signal()
    ended = Signal(str)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._next = _NONE
        self._state = Chip()
        self.head.addWidget(self._state)
        self._what, self._goal = Text("strong", wrap=True), Text("body", wrap=True)
        self._why, self._other = Text("small", wrap=True), Text("small", wrap=True)
        self.accept = Button("secondary", "check")
        self.other = Button("quiet", "edit")
        self.done, self.drop = Button("secondary", "check"), Button("quiet")
        self.other.clicked.connect(self.other_wanted)
        self.accept.clicked.connect(self.accepted)
        self.done.clicked.connect(lambda: self.ended.emit("done"))
        self.drop.clicked.connect(lambda: self.ended.emit("dropped"))
        for part in (self._what, self._goal, self._why, self._other):
            self.body.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(10)
        for button in (self.accept, self.other, self.done, self.drop):
            row.addWidget(button)
        row.addStretch(1)
        self.body.addLayout(row)
        self.retranslate()

    @property
    def shown(self) -> NextStep:
        """What is in view."""
        return self._next

    @property
    def may_accept(self) -> bool:
        """Whether there is something new to take on."""
        return not self.accept.isHidden()

    def show_next(self, found: NextStep) -> None:
        """Another person, or the same anew."""
        self._next = found
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("What next"))
        self.accept.setText(_("Accept"))
        self.accept.setToolTip(_("Take this step on; it is listed when it falls due  (A)"))
        self.other.setText(_("Another …"))
        self.other.setToolTip(_("Another day, part of the day or way, within the rules  (Shift+A)"))
        self.done.setText(_("Done"))
        self.drop.setText(_("Drop"))
        step, proposal = self._next.step, self._next.proposal
        one = step or proposal
        plan = self._next.plan
        self.setVisible(one is not None or plan is not None)
        self.other.setVisible(proposal is not None)
        if plan is not None and step is None:
            self._say_plan(plan, proposal)
        elif one is not None:
            self._say_step(one)

    def _say_plan(self, plan: AgreedPlan, proposal: Proposal | None) -> None:
        """A plan that is kept says what comes next: its next instalment, and no visit."""
        head, figures = kept_words(plan)
        self._state.set_text(_("plan runs"))
        self._state.set_tone("accent", "check")
        self._what.setText(head)
        self._goal.setText(figures)
        self._why.setText(waits_words(proposal) if proposal is not None else "")
        self._why.setVisible(proposal is not None)
        self._other.hide()
        self.accept.setVisible(proposal is not None)
        self.done.hide()
        self.drop.hide()

    def _say_step(self, one: Step | Proposal) -> None:
        """A step that was accepted, else the one that is proposed."""
        step, proposal = self._next.step, self._next.proposal
        self._why.show()
        self._state.set_text(_("accepted") if step is not None else _("proposed"))
        self._state.set_tone(*(("accent", "check") if step is not None else ("neutral", "clock")))
        self._what.setText(step_words(one))
        self._goal.setText(goal_words(one))
        if step is not None:
            since = formats.moment(step.at, self._zone)
            text = _("Accepted {when} by {who}") if step.by else _("Accepted {when}")
            self._why.setText(text.format(when=since, who=step.by))
        elif proposal is not None:
            self._why.setText(why_words(proposal))
        other = step is not None and proposal is not None and step_words(proposal)
        changed = bool(other) and other != self._what.text()
        self._other.setText(_("Proposed by now: {step}").format(step=other) if changed else "")
        self._other.setVisible(changed)
        self.accept.setVisible(proposal is not None and (step is None or changed))
        self.done.setVisible(step is not None)
        self.drop.setVisible(step is not None)
