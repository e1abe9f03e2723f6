"""What approving a submitted route changes of the plan here, and what speaks against it."""

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ui.i18n import _, error_text
from ui.plan.edits import fault_sentence
from ui.team.plan_book import PlanBook, PlanRow
from ui.team.plan_words import named, taken_lines
from ui.widgets.buttons import Button
from ui.widgets.text import Text

_Line = tuple[str, str, str]  # sentence, person to leave out ("": nobody), name of the person


class TakenView(QWidget):
    """`left_out` names a person (debtor id) whom the lead leaves out of the round; `put_back`: all
    of them come in again. `before` is the widget from which Tab leads here."""

    left_out = Signal(str)
    put_back = Signal()

    def __init__(self, before: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._before = before
        self._shown: tuple[_Line, ...] = ()
        self._holder: QWidget | None = None
        self.outs: list[Button] = []
        self._head, self._lines = Text("strong"), Text("body", wrap=True)
        self._fault_head = Text("strong", wrap=True)
        self._left, self.back = Text("muted", wrap=True), Button("quiet", "undo")
        self.back.clicked.connect(self.put_back)
        self._box = QVBoxLayout(self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(8)
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self._left, 1)
        foot.addWidget(self.back)
        for part in (self._head, self._lines, self._fault_head, self._foot):
            self._box.addWidget(part)

    def retranslate(self) -> None:
        """Words that do not hang on a route."""
        self._head.setText(_("What differs from the plan here"))
        self._fault_head.setText(_("Cannot be approved yet:"))
        self.back.setText(_("Put back"))
        self.back.setToolTip(_("Put back into the round whom you left out"))

    def say(self, row: PlanRow, book: PlanBook) -> None:
        """Speak of this route; hidden where there is nothing to decide."""
        self.setVisible(row.taken is not None or row.trouble is not None)
        lines = taken_lines(row.taken, book.names) if row.taken is not None else []
        self._lines.setText("\n".join(lines))
        for part in (self._head, self._lines):
            part.setVisible(bool(lines))
        self._show_faults(_fault_lines(row, book))
        self._fault_head.setVisible(bool(self._shown))
        names = named(sorted(row.without), book.names)
        self._left.setText(_("Left out by you: {names}").format(names=names))
        self._foot.setVisible(bool(row.without))

    def next_button(self) -> QWidget | None:
        """The first thing to press here, if there is any."""
        if self.outs:
            return self.outs[0]
        return None if self._foot.isHidden() else self.back

    def holds_focus(self) -> bool:
        """Whether the keyboard rests on something in here."""
        one = self.window().focusWidget()
        return one is not None and self.isAncestorOf(one)

    def _show_faults(self, lines: tuple[_Line, ...]) -> None:
        told = (*lines, (_("Leave out of the round"), "", ""))
        if told == self._shown or (not lines and not self._shown):
            return  # the keyboard may rest on one of them
        if self._holder is not None:
            self._box.removeWidget(self._holder)
            self._holder.hide()
            self._holder.deleteLater()
        self._holder, self.outs, self._shown = None, [], ()
        if not lines:
            return
        self._shown = told
        self._holder = QWidget()
        box = QVBoxLayout(self._holder)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(4)
        for line in lines:
            box.addWidget(self._fault(line))
        self._box.insertWidget(3, self._holder)
        self._holder.show()  # at once: the keyboard may have to go there
        last = self._before
        for button in (*self.outs, self.back):
            QWidget.setTabOrder(last, button)
            last = button

    def _fault(self, line: _Line) -> QWidget:
        sentence, who, name = line
        widget = QWidget()
        row = QHBoxLayout(widget)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Text("body", sentence, wrap=True), 1)
        if who:
            button = Button("quiet")
            button.setText(_("Leave out of the round"))
            words = _("Leave {name} out of the round").format(name=name)
            button.setToolTip(words)
            button.setAccessibleName(words)
            button.clicked.connect(partial(self.left_out.emit, who))
            row.addWidget(button)
            self.outs.append(button)
        return widget


def _fault_lines(row: PlanRow, book: PlanBook) -> tuple[_Line, ...]:
    """Each fault in words; the first of a person offers to leave that person out."""
    if row.trouble is not None:
        return ((error_text(row.trouble), "", ""),)
    lines: list[_Line] = []
    told: set[tuple[str, str]] = set()
    for fault in row.taken.faults if row.taken is not None else ():
        who, sentence = str(fault[1].get("debtor", "")), fault_sentence(fault, book.rules)
        if (who, sentence) in told:
            continue
        name = named([who], book.names) if who else ""
        first = all(one != who for one, _sentence in told)
        text = _("{name}: {sentence}").format(name=name, sentence=sentence) if who else sentence
        lines.append((text, who if first else "", name))
        told.add((who, sentence))
    return tuple(lines)
