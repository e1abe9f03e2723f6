"""What an import would change, before anything is written: counts as filters, then the rows."""

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.actions.import_files import LEFT_OUT, Choice
from planner.actions.import_preview import FilePreview
from planner.intake.records import note_words
from ui import formats
from ui.i18n import N_, _, language, ngettext
from ui.imports.column_step import KINDS
from ui.imports.columns import difference_columns
from ui.imports.faults_pane import FaultsPane
from ui.imports.jobs import Line, Seen
from ui.imports.questions_pane import QuestionsPane
from ui.imports.words import Mask, sentences
from ui.models.table import DataTable
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.flow import FlowLayout
from ui.widgets.table import Table
from ui.widgets.text import Text

FILTERS = {
    "all": (N_("All differences {n}"), "accent"),
    "new": (N_("New {n}"), "accent"),
    "changed": (N_("Changed {n}"), "accent"),
    "paid": (N_("Paid {n}"), "accent"),
    "withdrawn": (N_("Withdrawn {n}"), "accent"),
    "absent": (N_("Not listed {n}"), "warn"),
    "unchanged": (N_("Unchanged {n}"), "neutral"),
    "faulty": (N_("Rows with mistakes {n}"), "warn"),
    "questions": (N_("Questions {n}"), "warn"),
}


class PreviewStep(Translated):
    """`confirmed` to import, `cancelled` to leave, `columns_wanted` to look at the columns."""

    confirmed = Signal()
    cancelled = Signal()
    columns_wanted = Signal()

    def __init__(self, session: Session, mask: Mask, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session, self._mask = session, mask
        self._seen: Seen | None = None
        self._choices: dict[str, Choice] = {}
        self._filter = "all"
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._about = Text("muted", wrap=True)
        self._filters = QWidget()
        flow = FlowLayout(self._filters)
        self._group = QButtonGroup(self)
        self.chips: dict[str, Chip] = {}
        for key, (_text, tone) in FILTERS.items():
            chip = Chip(tone_name=tone, checkable=True)
            chip.setProperty("key", key)
            self._group.addButton(chip)
            flow.addWidget(chip)
            self.chips[key] = chip
        self.model = DataTable(difference_columns(self._mask, several=True), self)
        self.table = Table(self.model)
        self.eye = Button("quiet", "eye")
        self._card = Card()
        self.complete = QCheckBox()
        self._card.body.addWidget(self.complete)
        self._card.body.addWidget(self.table, 1)
        self._none = EmptyState("check")
        self.faults = FaultsPane(self._session, self._mask)
        self.questions = QuestionsPane(self._mask)
        self._stack = QStackedWidget()
        for pane in (self._card, self._none, self.faults, self.questions):
            self._stack.addWidget(pane)
        self._told = Text("body", wrap=True)
        self._columns, self._cancel = Button("quiet", "edit"), Button("secondary")
        self.go = Button("primary", "check")
        foot = QHBoxLayout()
        foot.addWidget(self._told, 1)
        foot.addWidget(self._columns)
        foot.addWidget(self._cancel)
        foot.addWidget(self.go)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self._about)
        row = QHBoxLayout()
        row.addWidget(self._filters, 1)
        row.addWidget(self.eye, 0, Qt.AlignmentFlag.AlignTop)
        box.addLayout(row)
        box.addWidget(self._stack, 1)
        box.addLayout(foot)

    def _connect(self) -> None:
        self._group.buttonClicked.connect(self._choose)
        self.eye.clicked.connect(self._mask.toggle)
        self._mask.changed.connect(self._renew)
        self.complete.toggled.connect(self._complete_set)
        self.questions.answered.connect(self._judge)
        self._columns.clicked.connect(self.columns_wanted)
        self._cancel.clicked.connect(self.cancelled)
        self.go.clicked.connect(self.confirmed)

    def show_seen(self, seen: Seen, choices: Mapping[str, Choice]) -> None:
        """Another preview; the differences first."""
        self._seen, self._choices = seen, dict(choices)
        lists = [one.name for one in seen.files if one.kind == "cases"]
        self.complete.blockSignals(True)  # no answer of the user
        self.complete.setChecked(any(self._choice(name).complete for name in lists))
        self.complete.blockSignals(False)
        self.table.setColumnHidden(len(self.model.columns) - 1, len(seen.files) < 2)
        self.faults.show_files(seen.faulty)
        asked = [question for one in seen.files for question in one.questions]
        self.questions.show_questions(asked, seen.people, seen.known)
        some = [key for key in ("questions", "faulty") if self.count(key)]
        self._filter = "all" if seen.lines or not some else some[-1]
        self.retranslate()

    def clear(self) -> None:
        """Hold nothing of a preview any more."""
        self._seen = None
        self.model.set_rows([])
        self.faults.show_files(())
        self.questions.show_questions([], {}, {})

    @property
    def choices(self) -> dict[str, Choice]:
        """What was decided about the files, "complete" as it stands here."""
        return self._choices

    def _choice(self, name: str) -> Choice:
        return self._choices.get(name, Choice())

    def count(self, key: str) -> int:
        """The figure of a filter."""
        return 0 if self._seen is None else self._seen.counts[key]

    @property
    def writes(self) -> int:
        """How many cases, entries and persons the import would write."""
        if self._seen is None:
            return 0
        told = sum(self.count(key) for key in ("new", "changed", "paid", "withdrawn"))
        if self.complete.isChecked():
            told += self.count("absent")
        return told + sum(
            len(self._seen.people[question.identity].cases)
            for question in self.questions.model.rows
            if self.questions.stands(question) != LEFT_OUT
        )

    def retranslate(self) -> None:
        """All words."""
        self.table.setAccessibleName(_("Differences"))
        self._columns.setText(_("Columns"))
        self._columns.setToolTip(_("See and change what each column is read as"))
        self._cancel.setText(_("Cancel"))
        self._card.set_title(_("Known here and in the file"))
        self._name_eye()
        for key, (text, _tone) in FILTERS.items():
            n = self.count(key)
            self.chips[key].set_text(_(text).format(n=formats.number(n)))
            self.chips[key].setVisible(n > 0 or key in ("all", "new", "unchanged"))
        self._about.setText(self._about_words())
        self._show()
        self._judge()

    @Slot()
    def _name_eye(self) -> None:
        self._mask.name_eye(self.eye)

    def _about_words(self) -> str:
        """One sentence per file: what it is, rows, remarks."""
        if self._seen is None:
            return ""
        return "\n".join(self._file_words(one) for one in self._seen.files[:4])

    def _file_words(self, one: FilePreview) -> str:
        n = one.rows
        rows = ngettext("{n} row", "{n} rows", n).format(n=formats.number(n))
        told = _("{file}: {kind}, {rows}.").format(
            file=one.name, kind=_(KINDS[one.kind]), rows=rows
        )
        return sentences(told, *(note_words(note, language()) for note in one.notes))

    @Slot()
    def _choose(self) -> None:
        self._filter = str(self._group.checkedButton().property("key"))
        self._show()
        if self._filter == "questions":  # 1, 2, 3 answer at once
            self.questions.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_filter(self, key: str) -> None:
        """Show one part of the preview."""
        self._filter = key
        self._show()

    def _show(self) -> None:
        """The pane of the chosen filter."""
        key = self._filter
        self.chips[key].setChecked(True)
        if key == "faulty":
            self._stack.setCurrentWidget(self.faults)
            return
        if key == "questions":
            self._stack.setCurrentWidget(self.questions)
            return
        lines = [] if self._seen is None else self._seen.lines
        shown = [line for line in lines if key in ("all", line.what)]
        self.complete.setVisible(key in ("all", "absent") and self.count("absent") > 0)
        if shown:
            self.model.set_rows(self._as_decided(shown))
            self._stack.setCurrentWidget(self._card)
            return
        self._none.say(*self._none_words(key))
        self._stack.setCurrentWidget(self._none)

    def _as_decided(self, lines: list[Line]) -> list[Line]:
        """Absent cases are withdrawn where the list is said to be complete."""
        if not self.complete.isChecked():
            return lines
        return [replace(line, new="withdrawn") if line.what == "absent" else line for line in lines]

    def _none_words(self, key: str) -> tuple[str]:
        n = formats.number(self.count(key))
        if key == "unchanged":
            return (_("{n} are as they are known here. Nothing is written for them.").format(n=n),)
        if self.count(key):
            return (_("{n} entries; they are counted, not listed.").format(n=n),)
        return (_("Nothing here differs from what is known."),)

    @Slot(bool)
    def _complete_set(self, complete: bool) -> None:
        if self._seen is None:
            return
        for one in self._seen.files:
            if one.kind == "cases" and not one.partial:
                self._choices[one.name] = replace(self._choice(one.name), complete=complete)
        self._show()
        self._judge()

    @Slot()
    def _renew(self) -> None:
        self.model.renew()
        self._name_eye()

    @Slot()
    def _judge(self) -> None:
        """The button names its result; beside it, what else is to be known."""
        n, faulty, doubts = self.writes, self.count("faulty"), self.questions.open_count
        self.go.setText(self._result_words(n))
        self.go.setEnabled(n > 0)
        if n:
            said = [_("Nothing is written yet.")]
        elif faulty or self.count("questions"):
            said = [_("Nothing can be taken in as it stands.")]
        else:
            said = [_("These files bring nothing new: importing them again changes nothing.")]
        if faulty:
            text = ngettext("{n} row is left out.", "{n} rows are left out.", faulty)
            said.append(text.format(n=formats.number(faulty)))
        if doubts:
            text = ngettext("{n} question is open.", "{n} questions are open.", doubts)
            said.append(text.format(n=formats.number(doubts)))
        absent = self.count("absent")
        self.complete.setText(
            ngettext(
                "The list is complete: withdraw the {n} case that it does not name",
                "The list is complete: withdraw the {n} cases that it does not name",
                absent,
            ).format(n=formats.number(absent))
        )
        if faulty and self.complete.isChecked():
            said.append(_("While rows are faulty, nobody is withdrawn."))
        self._told.setText(sentences(*said))

    def _result_words(self, n: int) -> str:
        """Import 1,184 cases; or changes, where known ones differ; or entries of other files."""
        kinds = {one.kind for one in self._seen.files} if self._seen else set()
        if kinds != {"cases"} and kinds:
            text = ngettext("Import {n} entry", "Import {n} entries", n)
        elif any(self.count(key) for key in ("changed", "paid", "withdrawn")):
            text = ngettext("Take over {n} change", "Take over {n} changes", n)
        else:
            text = ngettext("Import {n} case", "Import {n} cases", n)
        return text.format(n=formats.number(n)) if n else _("Nothing to import")

    def take_keyboard(self) -> None:
        """Enter imports, when there is something to import."""
        target = self.go if self.go.isEnabled() else self._cancel
        target.setFocus(Qt.FocusReason.OtherFocusReason)
