"""Split the book: choose what, see before and after on the map and in figures, take it or not."""

from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QSpinBox,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.actions.split_book import TOLERANCE, Part, SplitBook, split_book
from planner.actions.team import Collector, collectors
from planner.errors import PlannerError
from planner.export.map_ground import Ground, read_ground
from planner.store.store import Store
from ui import formats
from ui.background import Task
from ui.cases.list_view import tight
from ui.i18n import _, error_text, ngettext
from ui.models.table import DataTable
from ui.page import Translated
from ui.plan.book import load_ground
from ui.session import Session
from ui.team import deeds, words
from ui.team.book import TeamBook, load_team
from ui.team.split_columns import split_columns
from ui.team.territory import TerritoryMap, territories
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.progress import Progress
from ui.widgets.table import Table
from ui.widgets.text import Text

ALL, NOBODY, CHOSEN = "all", "nobody", "chosen"


@dataclass(frozen=True, slots=True)
class Found:
    """A split and who takes part, for the map."""

    split: SplitBook
    staff: tuple[Collector, ...]


def _ground(store: Store) -> Ground:
    return read_ground(load_ground(store))


def _reckon(store: Store, day: object, **how: object) -> Found:
    return Found(split_book(store, day, **how), collectors(store))  # type: ignore[arg-type]


class SplitPanel(Translated):
    """A form on top, before and after below, the territories beside it."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self._stopped = False
        self._book: TeamBook | None = None
        self._chosen: tuple[str, ...] = ()
        self._grounded = False
        self.found: Found | None = None
        self.what, self.tolerance, self.keep = QComboBox(), QSpinBox(), QCheckBox()
        self.tolerance.setRange(1, 50)
        self.tolerance.setValue(round(TOLERANCE * 100))
        self.tolerance.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.tolerance.setSuffix(" %")
        self.go = Button("secondary", "play")
        self.go.clicked.connect(self.reckon)
        self.progress, self.message = Progress(), MessageBar()
        self.progress.cancelled.connect(self._stop)
        self.model = DataTable(split_columns(), self)
        self.table = Table(self.model)
        self.table.chosen.connect(self._lit)
        self.map = TerritoryMap()
        self.before, self.after = (Chip("", "accent", checkable=True) for _n in range(2))
        self.take, self.leave = Button("primary", "check"), Button("secondary")
        self.take.clicked.connect(self.take_it)
        self.leave.clicked.connect(self.leave_it)
        self._empty = EmptyState("crew", primary=True)
        self._empty.pressed.connect(self.reckon)
        self._build()
        self.lead_to(self.what)
        self.retranslate()
        self._say()

    def _build(self) -> None:
        self._hint = Text("small", wrap=True)
        self._of, self._within = Text("body"), Text("body")
        self._worst, self._why = Text("body", wrap=True), Text("small", wrap=True)
        form = QHBoxLayout()
        form.setSpacing(10)
        for part in (self._of, self.what, self._within, self.tolerance, self.keep):
            form.addWidget(part)
        form.addStretch(1)
        form.addWidget(self.go)
        self.after.setChecked(True)
        self.before.clicked.connect(self._turn)
        self.after.clicked.connect(self._turn)
        left, right = Card(heading=False), Card(heading=False)
        tight(left)
        left.body.addWidget(self.table)
        self._hint.setContentsMargins(10, 0, 10, 4)
        left.body.addWidget(self._hint)
        tight(right)
        turn = QHBoxLayout()
        turn.setContentsMargins(8, 0, 8, 0)
        turn.addWidget(self.before)
        turn.addWidget(self.after)
        turn.addStretch(1)
        right.body.addLayout(turn)
        right.body.addWidget(self.map, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(12)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 7)
        split.setStretchFactor(1, 4)
        split.setSizes([790, 420])
        self._foot = QWidget()
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self._worst)
        said.addWidget(self._why)
        foot.addLayout(said, 1)
        foot.addWidget(self.leave)
        foot.addWidget(self.take)
        self._stack = QStackedWidget()
        self._stack.addWidget(split)
        self._stack.addWidget(self._empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addLayout(form)
        for widget in (self.message, self.progress):
            box.addWidget(widget)
        box.addWidget(self._stack, 1)
        box.addWidget(self._foot)

    def panes(self) -> list[QWidget]:
        """The form, before and after, the map."""
        return [self.what, self.table, self.map, self.go]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the panel."""
        return [("Ctrl+Enter", _("Reckon the split"))]

    def retranslate(self) -> None:
        """All words of the panel."""
        self._of.setText(_("Split"))
        self._hint.setText(
            _("Now → as proposed; below, how far that is from the own part by working hours.")
        )
        self._within.setText(_("within"))
        self._name_choices()
        self.what.setAccessibleName(_("What is split"))
        self.tolerance.setAccessibleName(_("Permitted deviation, percent"))
        self.tolerance.setToolTip(
            _("How far each collector may be from the own part of cases, amount, stages and way.")
        )
        self.keep.setText(_("keep present assignments"))
        self.keep.setToolTip(_("As far as the permitted deviation allows."))
        self.go.setText(_("Reckon the split"))
        self.go.setToolTip(_("Nothing is assigned before you take it.  (Ctrl+Enter)"))
        self.go.setShortcut("Ctrl+Return")
        self.before.set_text(_("As it is now"))
        self.after.set_text(_("As proposed"))
        self.leave.setText(_("Leave it"))
        self.table.setAccessibleName(_("Before and after, by collector"))
        self.message.name_cross(_("Close the message"))
        self._say()

    def _name_choices(self) -> None:
        kept = self.what.currentData()
        nobody = len(self._book.holdings.nobody) if self._book is not None else 0
        self.what.blockSignals(True)
        self.what.clear()
        self.what.addItem(_("everybody with open cases"), ALL)
        if nobody:
            self.what.addItem(_("the {n} whom nobody has").format(n=formats.number(nobody)), NOBODY)
        if self._chosen:
            self.what.addItem(
                _("the {n} chosen in Cases").format(n=formats.number(len(self._chosen))), CHOSEN
            )
        self.what.setCurrentIndex(max(0, self.what.findData(kept)))
        self.what.blockSignals(False)

    def split_chosen(self, debtor_ids: tuple[str, ...]) -> None:
        """Offer persons that were chosen elsewhere, and choose them."""
        self._chosen = debtor_ids
        self._name_choices()
        self.what.setCurrentIndex(self.what.findData(CHOSEN))

    def refresh(self) -> None:
        """Read who has nobody, and the ground of the map once."""
        session = self._session
        session.ask(partial(load_team, session.store, session.day), self._arrived)
        if not self._grounded:
            self._grounded = True
            session.ask(partial(_ground, session.store), self.map.set_ground)

    @Slot(object)
    def _arrived(self, book: TeamBook) -> None:
        self._book = book
        self._name_choices()
        self._say()

    @Slot()
    def reckon(self) -> None:
        """Search for a split; off-thread, with progress and a stop that keeps the best."""
        if self._task is not None or self._book is None or not self._book.members:
            return
        session, chosen = self._session, self.what.currentData()
        ids = {NOBODY: self._book.holdings.nobody, CHOSEN: self._chosen}.get(chosen)
        job = partial(
            _reckon, session.store, session.day, tolerance=self.tolerance.value() / 100,
            keep=self.keep.isChecked(), debtor_ids=ids,
        )  # fmt: skip
        self.message.clear()
        self.go.setEnabled(False)
        self.progress.start(_("Searching for an even split"), _("Stop, keep the best so far"))
        self._task = session.ask(job, self._show, self._failed, progress=self._advanced)
        self._task.finished.connect(self._over)

    @Slot(object)
    def _advanced(self, share: float) -> None:
        self.progress.advance(share)

    @Slot()
    def _stop(self) -> None:
        if self._task is not None:
            self._task.cancel()

    @Slot()
    def _over(self) -> None:
        self._task = None
        self.progress.stop()
        self.go.setEnabled(True)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self.message.say(error_text(error), "warn")
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _show(self, found: Found) -> None:
        self.found = found
        self.model.set_rows(found.split.parts)
        self.after.setChecked(True)
        self.before.setChecked(False)
        self._draw()
        self._say()
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _turn(self) -> None:
        after = self.sender() is self.after
        self.after.setChecked(after)
        self.before.setChecked(not after)
        self._draw()

    def _draw(self) -> None:
        if self.found is None:
            return
        split = self.found.split
        staff = [(c.collector_id, c.name, (c.lat, c.lon)) for c in self.found.staff]
        owner = split.owner if self.after.isChecked() else split.present
        self.map.show_territories(territories(owner, split.places, staff))

    @Slot(object)
    def _lit(self, part: Part | None) -> None:
        self.map.light(part.collector_id if part is not None else "")

    def _say(self) -> None:
        """The outcome in sentences, or what to do."""
        book, found = self._book, self.found
        self._stack.setCurrentIndex(0 if found is not None else 1)
        self._foot.setVisible(found is not None)
        there = book is not None and bool(book.members)
        self.go.setEnabled(there and self._task is None)
        if found is None:
            more = _(
                "Persons behind one door stay together, and nobody is divided. Balanced are cases,"
                " amount, stage of arrears and way, by the hours each collector works."
            )
            self._empty.say(
                _("Reckon a split to see it here; nothing is assigned before you take it.")
                if there else _("There are no collectors to split the book over."),
                _("Reckon the split") if there else "", more=more if there else "",
            )  # fmt: skip
            return
        split = found.split
        n = len(split.changes)
        self.take.setText(
            ngettext("Assign {n} person", "Assign {n} persons", n).format(n=formats.number(n))
            if n else _("Nothing would change")
        )  # fmt: skip
        self.take.setEnabled(n > 0)
        self.take.setToolTip(_("One deed; Ctrl+Z takes all of it back."))
        self._worst.setText(self._balance(split))
        lines = [words.uneven_word(one) for one in split.uneven]
        if split.nobody:
            count = len(split.nobody)
            lines.append(ngettext(
                "{n} person needs what no collector can do, and stays with nobody.",
                "{n} persons need what no collector can do, and stay with nobody.", count,
            ).format(n=formats.number(count)))  # fmt: skip
        self._why.setText("\n".join(lines))
        self._why.setVisible(bool(lines))

    def _balance(self, split: SplitBook) -> str:
        told = _(", ").join(words.worst_word(one, split.tolerance) for one in split.worst)
        text = _("Farthest from the own part: {told}.").format(told=told)
        if split.moved:
            text += " " + ngettext(
                "{n} person changes hands.", "{n} persons change hands.", split.moved
            ).format(n=formats.number(split.moved))
        return text

    @Slot()
    def take_it(self) -> None:
        """Assign everybody as proposed."""
        if self.found is None:
            return
        session, changes = self._session, self.found.split.changes
        text = ngettext(
            "{n} person assigned by the split", "{n} persons assigned by the split", len(changes)
        ).format(n=formats.number(len(changes)))
        job = partial(deeds.assign, session.store, session.clock, changes, _("Split of the book"))
        session.deed(text, job, self._taken)

    @Slot(object)
    def _taken(self, _nothing: object) -> None:
        self.leave_it()

    @Slot()
    def leave_it(self) -> None:
        """Forget the proposal; nothing was assigned by it."""
        self.found = None
        self._say()
        self.what.setFocus(Qt.FocusReason.OtherFocusReason)
