"""One rule in full: sentence, how binding and how sure, source, what decides, its house values."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ui.i18n import _
from ui.rules import words
from ui.rules.editor import HouseEditor
from ui.rules.load import RulesView, RuleView
from ui.session import Session
from ui.widgets.card import Card, line
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_FACTS = 8


class RuleCard(Card):
    """Shows the rule it is given; long ones scroll inside."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(heading=False, parent=parent)
        self._view: RulesView | None = None
        self._one: RuleView | None = None
        inside = QWidget()
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 10, 0)
        box.setSpacing(10)
        self._sentence = Text("heading", wrap=True)
        self._value = Text("body", wrap=True)
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips)
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        self.facts = [(Text("muted"), Text("body", wrap=True)) for _n in range(_FACTS)]
        for number, (name, value) in enumerate(self.facts):
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            grid.addWidget(name, number, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, number, 1)
        self._decides_head, self.decides = Text("strong"), Text("body", wrap=True)
        self.editor = HouseEditor(session)
        self._line = line()
        for widget in (self._sentence, self._value, self._chips, self.editor, self._line):
            box.addWidget(widget)
        box.addLayout(grid)
        box.addWidget(self._decides_head)
        box.addWidget(self.decides)
        box.addStretch(1)
        self._scroll = scrolled(inside)
        self.body.addWidget(self._scroll, 1)
        self.body.addWidget(self.editor.foot)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def show_rule(self, view: RulesView, one: RuleView | None) -> None:
        """Another rule, or none."""
        other = one is None or self._one is None or one.rule.id != self._one.rule.id
        self._view, self._one = view, one
        self._scroll.setVisible(one is not None)
        self.editor.foot.setVisible(one is not None and bool(one.fields))
        if one is not None:
            self.editor.show_rule(view, one)
            self.retranslate()
            if other:
                self._scroll.verticalScrollBar().setValue(0)

    def retranslate(self) -> None:
        """All words, from the rule at hand."""
        one = self._one
        if one is None:
            return
        rule = one.rule
        self._sentence.setText(words.sentence(rule.id))
        self._value.setText(words.value(rule))
        self._value.setVisible(bool(self._value.text()))
        self._flow.clear()
        for text, tone, icon in words.chips(one):
            chip = Chip(text, tone, icon, parent=self._chips)
            self._flow.addWidget(chip)
            chip.show()
        told = [
            (_("Source"), words.own(rule.source)),
            (_("Clause"), words.own(rule.clause)),
            (_("Address"), rule.source_url if "://" in rule.source_url else ""),
            (_("How sure"), _(words.CONFIDENCES[rule.confidence])),
            (_("In effect"), words.effect(rule)),
            (_("Applies to"), words.own(rule.applies_to)),
            (_("Note"), words.own(rule.note)),
            (_("Rule file"), f"{rule.pack}  {rule.id}"),
        ]
        for (name, value), (title, text) in zip(self.facts, told, strict=True):
            name.setText(title)
            # An address has no spaces: let it break anywhere.
            value.setText(text.replace("/", "/\u200b") if "://" in text else text)
            name.setVisible(bool(text))
            value.setVisible(bool(text))
        self._decides_head.setText(_("What decides"))
        self.decides.setText(words.decision(one))
        self._line.setVisible(bool(one.fields))
        self.editor.setVisible(bool(one.fields))
        self.setAccessibleName(self._sentence.text())
