"""The step before a preview: what is unclear about a file is asked once per form."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from PySide6.QtCore import QDate, Qt, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QDateEdit, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from planner.actions.import_files import Choice
from planner.domain.datum import DATUMS
from planner.intake.field_words import field_words
from planner.intake.look import Look
from planner.intake.synonyms import ADVICE, MANY, REQUIRED
from ui.i18n import N_, _, language
from ui.imports.column_list import Choose, ColumnList
from ui.imports.jobs import FirstLook, Looked
from ui.imports.words import Mask, sentences, suggested_day
from ui.page import Translated
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

KINDS = {
    "cases": N_("Overdue list"),
    "history": N_("Contact history"),
    "crews": N_("Crews"),
    "layer": N_("Map layer"),
}

_DATUMS = (
    N_("what the file says, else WGS-84 (GPS)"), "WGS-84 (GPS)",
    N_("GCJ-02 (AMap, Tencent)"), N_("BD-09 (Baidu)"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decided:
    """What is decided about a file so far."""

    looked: Looked
    choice: Choice
    asks_day: bool


class ColumnStep(Translated):
    """`ready` when everything is clear and the user wants the preview, `cancelled` otherwise."""

    ready = Signal()
    cancelled = Signal()

    def __init__(self, mask: Mask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._mask = mask
        self._files: list[Decided] = []
        self._lenders: tuple[str, ...] = ()
        self._at = 0
        self._filling = False
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._which = Choose()
        self._about = Text("muted", wrap=True)
        self._missing = MessageBar(closable=False)
        self.list = ColumnList()
        self._card = Card()
        self.eye = Button("quiet", "eye")
        self._card.head.addWidget(self._which)
        self._card.head.addWidget(self.eye)
        self._card.body.addWidget(self._about)
        self._card.body.addWidget(self.list, 1)
        self._lender_name, self._day_name = Text("body"), Text("body")
        self.lender = Choose()
        self.lender.setEditable(True)
        self.lender.setMinimumWidth(240)
        self.day = QDateEdit(calendarPopup=True, displayFormat="yyyy-MM-dd")
        self.day.setMinimumHeight(30)
        self.complete = QCheckBox()
        self._complete_more = Text("small", wrap=True)
        asked = QGridLayout()
        asked.setHorizontalSpacing(12)
        asked.setVerticalSpacing(6)
        asked.addWidget(self._lender_name, 0, 0)
        asked.addWidget(self.lender, 0, 1)
        asked.addWidget(self._day_name, 0, 2)
        asked.addWidget(self.day, 0, 3)
        asked.addWidget(self.complete, 0, 4)
        asked.setColumnStretch(5, 1)
        self._datum_name, self.datum = Text("body"), Choose()
        for name in ("", *DATUMS):
            self.datum.addItem("", name)
        asked.addWidget(self._datum_name, 1, 0)
        asked.addWidget(self.datum, 1, 1, 1, 3)
        self._more_card = Card(heading=False)
        self._more_card.body.addLayout(asked)
        self._more_card.body.addWidget(self._complete_more)
        self._cancel = Button("secondary")
        self.go = Button("primary")
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._cancel)
        foot.addWidget(self.go)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._missing)
        box.addWidget(self._card, 1)
        box.addWidget(self._more_card)
        box.addLayout(foot)

    def _connect(self) -> None:
        self._which.activated.connect(self._other_file)
        self.eye.clicked.connect(self._mask.toggle)
        self._mask.changed.connect(self._veiled)
        self.list.changed.connect(self._take)
        self.lender.editTextChanged.connect(self._take)
        self.day.dateChanged.connect(self._take)
        self.complete.toggled.connect(self._take)
        self.datum.activated.connect(self._take)
        self._cancel.clicked.connect(self.cancelled)
        self.go.clicked.connect(self.ready)

    def show_files(self, first: FirstLook, choices: dict[str, Choice], today: date) -> None:
        """Begin with the first file that has an open point."""
        self._lenders = first.lenders
        self._files = [
            self._start(one, choices.get(one.path.name, one.choice), today)
            for one in first.files
            if one.look is not None
        ]
        unclear = [k for k, one in enumerate(self._files) if one.looked.points]
        self._at = unclear[0] if unclear else 0
        self._fill()

    @staticmethod
    def _start(one: Looked, choice: Choice, today: date) -> Decided:
        """What the form begins with: what is recognised, and guesses, which are marked."""
        look = one.look
        assert look is not None
        asks = "as_of" in one.points or choice.as_of is not None
        day = choice.as_of or (suggested_day(look.file, today) if asks else None)
        columns = {c.key: c.field or c.guess for c in look.columns if c.field != ADVICE}
        return Decided(one, replace(choice, chosen=columns | dict(choice.chosen), as_of=day), asks)

    @property
    def look(self) -> Look:
        """The file in view."""
        found = self._files[self._at].looked.look
        assert found is not None
        return found

    @property
    def choices(self) -> dict[str, Choice]:
        """What was decided, by file name."""
        return {one.looked.path.name: one.choice for one in self._files}

    @property
    def decided(self) -> list[tuple[Look, Choice]]:
        """The same with the looks, for those whose form is to be remembered."""
        return [(one.looked.look, one.choice) for one in self._files if one.looked.look is not None]

    def _fill(self) -> None:
        """Show the file at hand."""
        if not self._files:
            return
        self._filling = True
        one, look = self._files[self._at], self.look
        self._which.clear()
        self._which.addItems([file.looked.path.name for file in self._files])
        self._which.setCurrentIndex(self._at)
        self._which.setVisible(len(self._files) > 1)
        self._card.set_title(look.file if len(self._files) == 1 else _("Columns"))
        self._about.setText(self._about_words(look))
        self.list.show_columns(look.kind, look.columns, one.choice.chosen, self._mask)
        self.lender.clear()
        self.lender.addItems(self._lenders)
        self.lender.setCurrentText(one.choice.lender)
        if one.choice.as_of is not None:
            day = one.choice.as_of
            self.day.setDate(QDate(day.year, day.month, day.day))
        self.complete.setChecked(one.choice.complete)
        self.datum.setCurrentIndex(max(0, self.datum.findData(one.choice.datum)))
        self._filling = False
        self._judge()

    def _about_words(self, look: Look) -> str:
        text = _("{kind}, headers in row {row}.").format(kind=_(KINDS[look.kind]),
                                                         row=look.header_row)  # fmt: skip
        more = _("Say what each column means; it is remembered for the next file of this form.")
        return sentences(text, more)

    @Slot()
    def _veiled(self) -> None:
        """Cells are shown or masked."""
        self._mask.name_eye(self.eye)
        if self.isVisible():
            self._fill()

    @Slot()
    def _other_file(self) -> None:
        self._at = self._which.currentIndex()
        self._fill()

    @Slot()
    def _take(self) -> None:
        """Keep what the controls say."""
        if self._filling or not self._files:
            return
        one = self._files[self._at]
        day = self.day.date()
        as_of = date(day.year(), day.month(), day.day()) if one.asks_day else None
        choice = Choice(self.list.chosen, self.lender.currentText().strip(),
                        self.complete.isChecked(), as_of,
                        str(self.datum.currentData() or ""))  # fmt: skip
        self._files[self._at] = replace(one, choice=choice)
        self._judge()

    def _judge(self) -> None:
        """What is still needed, and what is asked about this file at all."""
        look, choice = self.look, self._files[self._at].choice
        cases = look.kind == "cases"
        partial = any(column.field == ADVICE for column in look.columns)
        read = set(choice.chosen.values())
        asks_lender, asks_day = cases and "lender" not in read, self._files[self._at].asks_day
        placed = any(name.rpartition(".")[2] in ("lat", "lon") for name in read)
        shown: dict[QWidget, bool] = {
            self._lender_name: asks_lender, self.lender: asks_lender, self._day_name: asks_day,
            self.day: asks_day, self._datum_name: placed, self.datum: placed,
            self.complete: cases, self._complete_more: cases,
        }  # fmt: skip
        for widget, there in shown.items():
            widget.setVisible(there)
        self._more_card.setVisible(cases or placed)
        self.complete.setEnabled(not partial)
        self._complete_words(partial)
        lacks = [lack for file in self._files for lack in self._lacks(file)]
        self.go.setEnabled(not lacks)
        here = self._lacks(self._files[self._at])
        self._missing.say(sentences(*(here or lacks[:1])), "warn")

    @staticmethod
    def _lacks(one: Decided) -> list[str]:
        """Sentences about what is still needed of a file."""
        look, choice = one.looked.look, one.choice
        assert look is not None
        read = [name for name in choice.chosen.values() if name]

        def words(name: str) -> str:
            return field_words(look.kind, name, language())

        found = [
            _("No column is read as: {fields}.").format(fields=_(" or ").join(map(words, group)))
            for group in REQUIRED[look.kind]
            if not set(group) & set(read)
        ]
        if look.kind == "cases" and not set(read) & {"id_number", "phones"}:
            found.append(
                _("No column is read as: {fields}.").format(
                    fields=_(" or ").join(map(words, ("id_number", "phones")))
                )
            )
        twice = sorted({name for name in read if read.count(name) > 1 and name not in MANY})
        found += [_("Two columns are read as {field}; choose one.").format(field=words(name))
                  for name in twice]  # fmt: skip
        if look.kind == "cases" and "lender" not in read and not choice.lender:
            found.append(_("Say who sent the list: no column names the lender."))
        return found

    def _complete_words(self, partial: bool) -> None:
        if partial:
            text = _("These are mended rows of another file: nobody counts as absent from them.")
        else:
            text = _("Then open cases of this lender that the list does not name are withdrawn, and"
                     " leave the plan. Without it they stay open.")  # fmt: skip
        self._complete_more.setText(text)

    def retranslate(self) -> None:
        """All words."""
        self._lender_name.setText(_("Lender"))
        self._day_name.setText(_("The figures are as of"))
        self.lender.setAccessibleName(_("Lender"))
        self.day.setAccessibleName(_("The figures are as of"))
        self._which.setAccessibleName(_("File"))
        self._datum_name.setText(_("Positions are in"))
        self.datum.setAccessibleName(_("Positions are in"))
        for number, text in enumerate(_DATUMS):
            self.datum.setItemText(number, _(text))
        self.complete.setText(_("The list is complete"))
        self._cancel.setText(_("Cancel"))
        self._mask.name_eye(self.eye)
        self.go.setText(_("Look at the differences"))
        self._fill()

    def unclear(self) -> Sequence[str]:
        """What keeps the button from being pressed; for the reader of the screen and tests."""
        return [lack for file in self._files for lack in self._lacks(file)]

    def take_keyboard(self) -> None:
        """The first doubtful choice, else the lender, else the button."""
        box = self.list.first_box()
        lacks = len(self.unclear())
        nobody = self.lender.isVisibleTo(self) and not self.lender.currentText().strip()
        target: QWidget = self.go
        if nobody and lacks == 1:
            target = self.lender
        elif lacks and box is not None:
            target = box
        target.setFocus(Qt.FocusReason.OtherFocusReason)
