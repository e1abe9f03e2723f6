"""A whole paper sheet, in the order of the stops: typed line by line, saved in one step."""

from datetime import date, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.find_visit import Meaning, Meant
from planner.actions.outcomes import Outcome
from planner.actions.policy import active_policy
from planner.actions.sheet import Sheet, record_sheet
from planner.actions.undo import undo_batch, undo_together
from planner.clock import Clock
from planner.store.store import Store
from ui import formats
from ui.errors import words as error_words
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.results.preview import PROMISE_DAYS, due_day
from ui.results.round import DayRound, default_time
from ui.results.scan import CodeDesk, CodeField, meant_words
from ui.results.sheet_row import SheetRow
from ui.results.words import state_words
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

_CHANGE = Change.CASES | Change.CONTACTS


class SheetStep:
    """All lines of a sheet as one step of undo; runs in the ordered lane of the session."""

    def __init__(self, store: Store, batches: tuple[bytes, ...]) -> None:
        self._store = store
        self._batches = batches
        self._last: bytes | None = None

    def undo(self) -> Change:
        """Take all lines back."""
        if self._last is None:
            self._last = undo_together(self._store, self._batches)
        else:
            self._last = undo_batch(self._store, self._last)
        return _CHANGE

    def redo(self) -> Change:
        """Bring all lines back."""
        if self._last is not None:
            self._last = undo_batch(self._store, self._last)
        return _CHANGE


def offered(store: Store, day: date) -> date:
    """The day that is offered for promises made on `day`."""
    return due_day(active_policy(store), day)


def write_sheet(store: Store, outcomes: list[Outcome], clock: Clock) -> tuple[Sheet, Change]:
    """Record all lines or none; answers as a write of the session."""
    told = record_sheet(store, outcomes, clock=clock)
    return told, Change.NOTHING if told.refused else _CHANGE


class SheetView(Translated):
    """`left` when it is closed; what was typed is kept until it is saved or thrown away."""

    left = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.rows: list[SheetRow] = []
        self._told: DayRound | None = None
        self._crew = 0
        self._sent: list[SheetRow] = []
        self._title, self._how = Text("heading"), Text("muted", wrap=True)
        self.message = MessageBar()
        self.code, self._desk = CodeField(), CodeDesk(session, self)
        self._inside = QWidget()
        self._inside.setProperty("page", True)
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(2)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(self._inside)
        self.back, self.save_button = Button("secondary"), Button("primary", "check")
        self.back.clicked.connect(self.left)
        self.save_button.clicked.connect(self.save)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.back)
        foot.addWidget(self.save_button)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        top.addWidget(self.code)
        box.addLayout(top)
        for widget in (self._how, self.message):
            box.addWidget(widget)
        box.addWidget(self._scroll, 1)
        box.addLayout(foot)
        self.code.scanned.connect(self._desk.look)
        self._desk.here.connect(self.go_to)
        self._desk.told.connect(self._no_stop)
        for keys, then in (("Ctrl+Return", self.save), ("Escape", self._leave)):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(then)
        self.retranslate()

    def show_round(self, told: DayRound, crew: int) -> None:
        """The open stops of a crew; what was typed for the same ones stays."""
        same = self._told is not None and (self._told.day, self._crew) == (told.day, crew)
        self._told, self._crew = told, crew
        lines = [line for line in told.routes[crew] if line.visited is None] if told.routes else []
        if same and [row.line.debtor_id for row in self.rows] == [one.debtor_id for one in lines]:
            self.take_keyboard()
            return
        now = self._session.clock().astimezone(ZoneInfo(self._session.store.zone))
        week = told.day + timedelta(days=PROMISE_DAYS)
        for row in self.rows:
            self._list.removeWidget(row)
            row.deleteLater()
        while self._list.count():
            self._list.takeAt(0)
        self.rows = []
        by = told.parties[crew].members if told.parties else ()
        for line in lines:
            at = default_time(line, told.day, now)
            row = SheetRow(line, at, week, by, self._session.store.zone)
            row.next_wanted.connect(partial(self._go, row))
            row.entered.connect(partial(self._scroll.ensureWidgetVisible, row))
            row.changed.connect(self._say)
            row.number_begun.connect(self.code.begin)
            self._list.addWidget(row)
            self.rows.append(row)
        self._list.addStretch(1)
        self._session.ask(partial(offered, self._session.store, told.day), self._offer)
        self.message.clear()
        self.retranslate()
        self.take_keyboard()

    @Slot(object)
    def _offer(self, due: date) -> None:
        for row in self.rows:
            row.offer(due)

    def take_keyboard(self) -> None:
        """To the first line that is not filled."""
        row = next((one for one in self.rows if not one.filled), None) or next(
            iter(self.rows), None
        )
        (row.cell if row is not None else self.back).setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(str)
    def go_to(self, debtor_id: str) -> None:
        """To the line of a person; words where this sheet has none."""
        self.message.clear()
        line = self._told.find(debtor_id) if self._told is not None else None
        row = next((one for one in self.rows if one.line.debtor_id == debtor_id), None)
        if row is not None:
            row.cell.setFocus(Qt.FocusReason.OtherFocusReason)
        elif line is None or self._told is None:
            self._no_stop(Meant(Meaning.UNKNOWN))
        elif line.visited is not None:
            text = _("Stop {n} has its outcome already: {what}.")
            self.message.say(text.format(n=line.number, what=state_words(line, {})), "neutral")
        elif self.filled:
            crew = self._told.parties[line.crew].name
            text = _("Stop {n} is on the sheet of {crew}. Save this sheet first.")
            self.message.say(text.format(n=line.number, crew=crew), "neutral")
        else:
            self.show_round(self._told, line.crew)
            self.go_to(debtor_id)

    @Slot(object)
    def _no_stop(self, told: Meant) -> None:
        self.message.say(meant_words(told)[0], "warn")

    @property
    def filled(self) -> list[SheetRow]:
        """The lines in which something was typed."""
        return [row for row in self.rows if row.filled]

    def retranslate(self) -> None:
        """All words of the sheet; its lines do so themselves."""
        told = self._told
        crew = told.parties[self._crew].name if told is not None and told.parties else ""
        day = formats.day(told.day) if told is not None else ""
        self._title.setText(_("Sheet of {crew}, {day}").format(crew=crew, day=day))
        self._how.setText(
            _("1–7 or S at each stop, then the sum where one is asked; Enter goes on, arrows move,"
              " Delete clears. Nothing is saved before the last step.")
        )  # fmt: skip
        self.code.retranslate()
        self.back.setText(_("Back without saving"))
        self.back.setToolTip("Esc")
        self.save_button.setToolTip("Ctrl+Enter")
        self.message.name_cross(_("Close the message"))
        self._say()

    def _say(self) -> None:
        count = len(self.filled)
        text = ngettext("Check and save {n} outcome", "Check and save {n} outcomes", count)
        self.save_button.setText(text.format(n=count))
        self.save_button.setEnabled(bool(count))

    def _go(self, row: SheetRow, step: int) -> None:
        place = self.rows.index(row) + step
        if place >= len(self.rows):
            self.save_button.setFocus(Qt.FocusReason.OtherFocusReason)
        elif place >= 0:
            self.rows[place].cell.setFocus(Qt.FocusReason.OtherFocusReason)

    def _leave(self) -> None:
        self.left.emit()

    @Slot()
    def save(self) -> None:
        """Check every line; with all of them right, write all of them."""
        rows = self.filled
        if not rows or self._sent:
            return
        wrong = {row: text for row in rows if (text := row.mistake())}
        now = self._session.clock()
        for row in rows:
            outcome = row.outcome()
            if row not in wrong and outcome is not None and outcome.at > now:
                wrong[row] = _("This time is still to come. Set when the visit took place.")
        if wrong:
            self._refuse(wrong)
            return
        self._sent = rows
        outcomes = [outcome for row in rows if (outcome := row.outcome()) is not None]
        job = partial(write_sheet, self._session.store, outcomes, self._session.clock)
        self._session.do(job, self._answered, self._failed)

    @Slot(object)
    def _answered(self, told: Sheet) -> None:
        rows, self._sent = self._sent, []
        if told.refused:
            self._refuse({rows[place]: error_words(one) for place, one in told.refused.items()})
            return
        step = SheetStep(self._session.store, told.batches)
        text = ngettext(
            "Recorded: a sheet with {n} outcome", "Recorded: a sheet with {n} outcomes", len(rows)
        ).format(n=len(rows))
        self._session.flip(text, step.undo, step.redo)
        self._session.toast(text, undo=True)
        self._told = None
        self.left.emit()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._sent = []
        self._session.troubled.emit(error)

    def _refuse(self, wrong: dict[SheetRow, str]) -> None:
        """Words at each line that cannot be saved; the others stay as they are."""
        for row in self.rows:
            row.complain(wrong.get(row, ""))
        text = ngettext(
            "{n} line cannot be saved yet; nothing was written.",
            "{n} lines cannot be saved yet; nothing was written.",
            len(wrong),
        )
        self.message.say(text.format(n=len(wrong)), "warn")
        first = min(wrong, key=self.rows.index)
        first.cell.setFocus(Qt.FocusReason.OtherFocusReason)
