"""May this person be contacted now? One line for each channel, with the rule when not."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from planner.domain.codes import Channel
from planner.export import told
from planner.policy.check import Answer
from ui import formats
from ui.case.view import CHECKED, PersonView
from ui.i18n import _, code, ngettext
from ui.rules.words import source
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.text import Text


def answer_words(answer: Answer, view: PersonView, zone: str) -> tuple[str, str]:
    """(sentence, second line) of an answer; both name what may be done next."""
    left = answer.left_today
    if answer.allowed:
        aside = "\n".join(
            _("A lead set this rule aside: {rule}").format(rule=code(f"rule.{rule}"))
            for rule in answer.override
        )
        if left is None:
            return _("Allowed now."), aside
        text = ngettext("Allowed now; {n} left today.", "Allowed now; {n} left today.", left)
        return text.format(n=left), aside
    when = (
        _("Permitted again from {moment} on.").format(
            moment=formats.moment(answer.next_allowed, zone)
        )
        if answer.next_allowed is not None
        else _("No permitted moment is known.")
    )
    rule = view.rules.get(answer.rule or "")
    lines = [when, _("Source: {source}").format(source=source(rule) if rule else answer.source)]
    if left:
        lines.append(ngettext("{n} left today.", "{n} left today.", left).format(n=left))
    return code(f"rule.{answer.rule}"), "\n".join(lines)


class CheckCard(Card):
    """Call, message, visit at this moment. `aside_wanted(channel)`: a lead wants to set the
    barring rule aside."""

    aside_wanted = Signal(object)

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._zone = zone
        self._view: PersonView | None = None
        self._at = Text("muted")
        self.head.addWidget(self._at)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(2, 1)
        self.rows: dict[Channel, tuple[Text, Chip, Text, Text]] = {}
        self.aside: dict[Channel, Button] = {}
        for row, channel in enumerate(CHECKED):
            parts = (Text("strong"), Chip(), Text("body", wrap=True), Text("small", wrap=True))
            parts[0].setContentsMargins(0, 2, 0, 0)
            parts[2].setContentsMargins(0, 2, 0, 0)
            top = Qt.AlignmentFlag.AlignTop
            grid.addWidget(parts[0], 3 * row, 0, top)
            grid.addWidget(parts[1], 3 * row, 1, top)
            grid.addWidget(parts[2], 3 * row, 2)
            grid.addWidget(parts[3], 3 * row + 1, 2)
            aside = Button("quiet", "unlock")
            aside.clicked.connect(partial(self.aside_wanted.emit, channel))
            grid.addWidget(aside, 3 * row + 2, 2, Qt.AlignmentFlag.AlignLeft)
            self.rows[channel] = parts
            self.aside[channel] = aside
        self.body.addLayout(grid)

    def show_person(self, view: PersonView) -> None:
        """The answers for this person."""
        self._view = view
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("May I contact now?"))
        view = self._view
        if view is None:
            return
        self._at.setText(_("as of {time}").format(time=formats.moment(view.now, self._zone)))
        for channel, answer in view.checks:
            name, chip, sentence, more = self.rows[channel]
            name.setText(_(told.CHANNELS[channel]))
            chip.set_text(_("Yes") if answer.allowed else _("Not now"))
            chip.set_tone(
                "accent" if answer.allowed else "warn", "check" if answer.allowed else "stop"
            )
            first, second = answer_words(answer, view, self._zone)
            sentence.setText(first)
            more.setText(second)
            more.setVisible(bool(second))
            rule = view.rules.get(answer.rule or "")
            self.aside[channel].setText(_("Set this rule aside …"))
            self.aside[channel].setVisible(rule is not None and bool(rule.overridable_by))
