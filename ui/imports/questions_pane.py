"""Whether somebody in a file is a person known here: three clear answers to each question."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.import_files import LEFT_OUT
from planner.actions.same_person import Question
from planner.domain.people import Address, Debtor
from planner.intake.records import PersonRecord
from ui.i18n import _, ngettext
from ui.imports.column_list import Choose
from ui.imports.columns import question_columns
from ui.imports.words import Mask
from ui.models.table import DataTable
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.table import Table
from ui.widgets.text import Text


class QuestionsPane(Translated):
    """`answered` when an answer changes; `answers` is what `take_in` takes as `same`."""

    answered = Signal()

    def __init__(self, mask: Mask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = mask
        self.answers: dict[str, str] = {}
        self._people: Mapping[str, PersonRecord] = {}
        self._known: Mapping[str, Debtor] = {}
        self.model = DataTable(question_columns(mask, self._answer), self)
        self.table = Table(self.model)
        self.card = Card()
        self.card.body.addWidget(self.table, 1)
        self._about = Text("body", wrap=True)
        self._about_known = Text("body", wrap=True)
        self.card.body.addWidget(self._about)
        self.card.body.addWidget(self._about_known)
        self._who = Choose()
        self._choices: list[tuple[Button, Text]] = []
        row = QHBoxLayout()
        row.setSpacing(14)
        for slot in (self._same, self._other, self._leave):
            button, told = Button("secondary"), Text("small", wrap=True)
            button.clicked.connect(slot)
            column = QVBoxLayout()
            column.setSpacing(4)
            column.addWidget(told)
            column.addStretch(1)
            if slot == self._same:
                column.addWidget(self._who)
            column.addWidget(button)
            row.addLayout(column, 1)
            self._choices.append((button, told))
        self.same, self.other, self.leave = (button for button, _told in self._choices)
        self.card.body.addLayout(row)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self.card)
        self.table.chosen.connect(self._show)
        self.table.key_pressed.connect(self._key)
        mask.changed.connect(self._renew)
        self.retranslate()

    def show_questions(
        self,
        questions: Sequence[Question],
        people: Mapping[str, PersonRecord],
        known: Mapping[str, Debtor],
    ) -> None:
        """Other questions, none answered."""
        self.answers = {}
        self._people, self._known = people, known
        self.model.set_rows(questions)
        self.table.go_to(0)
        self._show()

    @property
    def open_count(self) -> int:
        """How many have no answer yet."""
        return sum(question.identity not in self.answers for question in self.model.rows)

    def stands(self, question: Question) -> str:
        """The answer that counts now: a debtor id, "" for another person, LEFT_OUT."""
        given = self.answers.get(question.identity)
        if given is not None:
            return given
        return "" if question.doubt in ("other_id", "same_address") else LEFT_OUT

    def _answer(self, question: Question) -> tuple[str, str]:
        said = self.stands(question)
        if said == LEFT_OUT:
            text = _("leave out")
        else:
            text = _("same person") if said else _("another person")
        if question.identity in self.answers:
            return text, "accent"
        return _("open; unless told: {answer}").format(answer=text), "neutral"

    def retranslate(self) -> None:
        """All words, those of the question at hand included."""
        self.card.set_title(_("Is it the same person?"))
        self.table.setAccessibleName(_("Questions about persons"))
        for button, text in zip((self.same, self.other, self.leave),
                                (_("Same person"), _("Another person"), _("Leave out")),
                                strict=True):  # fmt: skip
            button.setText(f"{text}  ({self._choices.index(self._pair(button)) + 1})")
        self._who.setAccessibleName(_("Known person"))
        self._show()

    def _pair(self, button: Button) -> tuple[Button, Text]:
        return next(pair for pair in self._choices if pair[0] is button)

    @Slot()
    def _renew(self) -> None:
        self.model.renew()
        self._show()

    @Slot()
    def _show(self) -> None:
        """The question at hand, and what each answer leads to."""
        question: Question | None = self.table.current()
        for widget in (self.same, self.other, self.leave):
            widget.setEnabled(question is not None)
        self._who.setVisible(question is not None and len(question.known) > 1)
        if question is None:
            return
        person = self._people.get(question.identity)
        if person is not None:
            told = self._person_words(person.name, person.id_number, person.phones,
                                      person.addresses, len(person.cases))  # fmt: skip
            self._about.setText(
                _("Row {row} of the file: {person}").format(row=question.row, person=told)
            )
        self._about_known.setText("\n".join(
            _("Known here: {person}").format(
                person=self._person_words(one.name, one.id_number, one.phones, one.addresses,
                                          len(one.cases))
            )
            for who, _name in question.known
            if (one := self._known.get(who)) is not None
        ))  # fmt: skip
        self._who.clear()
        for who, known in question.known:
            self._who.addItem(f"{self._mask.name(known)}  {who[:8]}", who)
        impossible = question.doubt == "other_name"
        self.other.setEnabled(not impossible)
        told = (
            _("The case goes to the person known here; limits and pauses count once."),
            _("An ID number belongs to one person: have it corrected, then import the row again.")
            if impossible
            else _("A new person is made; limits and pauses count apart."),
            _("Nothing of the row is taken in; it stands among the rows to mend."),
        )
        for (_button, text), sentence in zip(self._choices, told, strict=True):
            text.setText(sentence)

    def _person_words(
        self, name: str, number: str, phones: Sequence[str], places: Sequence[Address], loans: int
    ) -> str:
        """What tells a person from another, masked like everything else."""
        mask = self._mask
        parts = [mask.name(name)]
        if number:
            parts.append(_("ID {number}").format(number=mask.value("id_number", number)))
        if phones:
            parts.append(mask.value("phones", "、".join(phones)))
        if places:
            parts.append(mask.value("address", places[0].text))
        parts.append(ngettext("{n} loan", "{n} loans", loans).format(n=loans))
        return "  ·  ".join(parts)

    @Slot(QKeyEvent)
    def _key(self, event: QKeyEvent) -> None:
        buttons = {Qt.Key.Key_1: self.same, Qt.Key.Key_2: self.other, Qt.Key.Key_3: self.leave}
        button = buttons.get(Qt.Key(event.key()))
        if button is not None and not event.modifiers():
            event.accept()
            button.click()

    @Slot()
    def _same(self) -> None:
        chosen = self.table.selected()
        if len(chosen) == 1 and len(chosen[0].known) > 1:
            self._give({chosen[0].identity: str(self._who.currentData())})
        else:
            self._give({q.identity: q.known[0][0] for q in chosen if len(q.known) == 1})

    @Slot()
    def _other(self) -> None:
        self._give({q.identity: "" for q in self.table.selected() if q.doubt != "other_name"})

    @Slot()
    def _leave(self) -> None:
        self._give({q.identity: LEFT_OUT for q in self.table.selected()})

    def _give(self, answers: dict[str, str]) -> None:
        """Keep the answers and go on to the next open question."""
        self.answers |= answers
        self.model.renew()
        rows, at = self.model.rows, self.table.currentIndex().row()
        order = [*range(at + 1, len(rows)), *range(at)]
        following = next((k for k in order if rows[k].identity not in self.answers), -1)
        if following >= 0:
            self.table.go_to(following)
        self.answered.emit()
