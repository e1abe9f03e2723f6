"""The pane that records: who, the tiles with their consequences, what is asked, save."""

from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from planner.actions.outcomes import Outcome
from planner.actions.record import Consequence
from planner.domain.visit_code import LENGTH
from ui.dialogs.instalments import open_plan_dialog
from ui.i18n import _, error_text
from ui.page import Translated
from ui.results import words
from ui.results.choices import BY_KEY, TILES, Choice, Tile
from ui.results.files import Read, read_files
from ui.results.finer import FinerChoice, needs_tap
from ui.results.form import Mistake, OutcomeForm
from ui.results.preview import PROMISE_DAYS, Preview, consequence_of, load_preview
from ui.results.round import Party, StopLine, default_time
from ui.results.stop_head import StopHead
from ui.results.tiles import TileBoard
from ui.session import Session
from ui.team.notes import RecordNote
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

_WAIT = 180  # milliseconds after the last key before a consequence is computed anew
_DIGITS = {Qt.Key.Key_0 + n: str(n) for n in range(10)} | {Qt.Key.Key_S: "S"}


class Recorder(Translated):
    """`save_wanted(outcome)` when all is filled in; `moved(step)` asks for another stop."""

    save_wanted = Signal(object)
    moved = Signal(int)
    person_wanted = Signal(str)
    undo_wanted = Signal(object)  # StopLine
    correct_wanted = Signal(object)  # StopLine
    number_begun = Signal()  # 0: a number from paper follows
    scanned = Signal(str)  # such a number was typed into a field

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._zone = session.store.zone
        self._line: StopLine | None = None
        self._day: date = session.day
        self._base: Outcome | None = None
        self._preview: Preview | None = None
        self._tile: Tile | None = None
        self._choice: Choice | None = None
        self._exact: Consequence | None = None
        self.correcting: bytes | None = None  # the batch that the next save corrects
        self.numbers: frozenset[str] = frozenset()  # those of the stops of the day
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self.head = StopHead(self._zone)
        self._notice = MessageBar(closable=False)
        self.given = RecordNote(self._session)
        self.board, self.finer = TileBoard(), FinerChoice()
        self.form = OutcomeForm(self._zone)
        self._ask = Text("strong")
        self._after = Text("body", wrap=True)
        self._hint = Text("small")
        self.save_button = Button("primary", "check")
        self.correct_button = Button("quiet", "edit")
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        inside = QWidget()
        inside.setProperty("page", True)
        box = QVBoxLayout(inside)
        box.setContentsMargins(0, 0, 4, 0)
        box.setSpacing(8)
        for widget in (
            self.head, self.given, self._notice, self.correct_button, self.board, self._ask,
            self.finer, self._after, self.form,
        ):  # fmt: skip
            box.addWidget(widget)
        box.setAlignment(self.correct_button, Qt.AlignmentFlag.AlignRight)
        box.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        self._scroll = scroll
        # The card's own surface shows through.
        scroll.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        foot = QHBoxLayout()
        foot.setSpacing(12)
        foot.addWidget(self._hint, 1)
        foot.addWidget(self.save_button, 0, Qt.AlignmentFlag.AlignBottom)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(scroll, 1)
        whole.addLayout(foot)
        self.lead_to(self.board)

    def _connect(self) -> None:
        self.board.picked.connect(self.pick)
        self.board.key_pressed.connect(self.handle_key)
        self.finer.picked.connect(self._pick_finer)
        self.form.changed.connect(self._timer.start)
        self.form.confirmed.connect(self.save)
        self.form.left.connect(self._to_board)
        # Once the fields that were just shown have their places.
        self._bring = QTimer(self)
        self._bring.setSingleShot(True)
        self._bring.setInterval(0)
        self._bring.timeout.connect(self._bring_field)
        self.form.entered.connect(self._entered)
        self._timer.timeout.connect(self._look_again)
        self.save_button.clicked.connect(self.save)
        self.head.opened.connect(self.person_wanted)
        self._notice.pressed.connect(self._want_undo)
        self.correct_button.clicked.connect(self._want_correct)
        self.form.plan_wanted.connect(self._work_out)
        self.form.more.files_wanted.connect(self.read_files)
        for keys, then in (("Alt+M", self._more), ("Alt+C", self._want_correct)):
            twin = QShortcut(QKeySequence(keys), self)
            twin.activated.connect(then)

    @property
    def line(self) -> StopLine | None:
        """The stop in view."""
        return self._line

    @property
    def ready(self) -> bool:
        """Whether a choice is made, so that Enter saves."""
        return self._choice is not None

    def show_line(self, line: StopLine, day: date, parties: tuple[Party, ...]) -> None:
        """Another stop: nothing is chosen yet."""
        self._line, self._day = line, day
        self.given.show_person(line.debtor_id)
        self._preview = self.correcting = None
        self._scroll.verticalScrollBar().setValue(0)
        self._unpick()
        self.form.clear()
        self.form.show_parties(parties, line.crew)
        at = default_time(line, day, self._session.clock().astimezone(ZoneInfo(self._zone)))
        self.form.show_time(at)
        # Seconds are not asked for: what is typed, previewed and recorded is the same minute.
        self._base = Outcome(line.debtor_id, "VIS-NC", self.form.moment(),
                             address_id=line.address_id)  # fmt: skip
        self.retranslate()
        self._ask_preview()

    def renew_line(self, line: StopLine) -> None:
        """The same stop after something changed: what is chosen and typed stays."""
        self._line = line
        self._fill_head()
        self._ask_preview()

    def restore(self, outcome: Outcome, mistake: Mistake) -> None:
        """Show an outcome that could not be saved, and why."""
        self._show_outcome(outcome)
        self.form.complain(mistake)

    def correct(self, outcome: Outcome, batch: bytes) -> None:
        """Show an outcome that was recorded under `batch`: saving writes another in its place."""
        self.correcting = batch
        if self._base is not None:
            self._base = replace(self._base, address_id=outcome.address_id,
                                 case_id=outcome.case_id)  # fmt: skip
        self._show_outcome(outcome)
        self.retranslate()

    def _show_outcome(self, outcome: Outcome) -> None:
        tile = next(
            (t for t in TILES for c in t.choices
             if (c.code, c.result) == (outcome.code, outcome.result)), None,
        )  # fmt: skip
        if tile is not None:
            self.pick(tile.key)
            if needs_tap(tile):
                codes = [(c.code, c.result) for c in tile.choices]
                self._pick_finer(codes.index((outcome.code, outcome.result)))
        self.form.restore(outcome)

    @Slot(object)
    def read_files(self, paths: list[Path]) -> None:
        """Read files to keep with the outcome in view, off the GUI thread."""
        who = self._line.debtor_id if self._line is not None else ""
        self._session.ask(partial(read_files, who, paths), self._files_read)

    @Slot(object)
    def _files_read(self, told: Read) -> None:
        if self._line is not None and told.debtor_id == self._line.debtor_id:
            self.form.more.take(told.shown)
            self.form.more.complain("\n".join(error_text(error) for error in told.refused))

    def _work_out(self) -> None:
        """Work out instalments; what is agreed is recorded with this visit."""
        if self._line is not None:
            open_plan_dialog(
                self._session, self._line.debtor_id, self, take=self.form.take_plan
            )  # fmt: skip

    @Slot(object)
    def _entered(self, _field: object) -> None:
        self._bring.start()

    def _bring_field(self) -> None:
        """The field with the keyboard comes into view."""
        field = self.focusWidget()
        if field is not None and self.form.isAncestorOf(field):
            self._scroll.ensureWidgetVisible(field, 0, 70)

    def _more(self) -> None:
        if self.isVisible():
            self.form.flip_more()

    def _want_correct(self) -> None:
        if self.isVisible() and self._line is not None and self._line.visited is not None:
            self.correct_wanted.emit(self._line)

    def _ask_preview(self) -> None:
        if self._base is not None:
            job = partial(load_preview, self._session.store, self._base)
            self._session.ask(job, self._previewed)

    @Slot(object)
    def _previewed(self, preview: Preview) -> None:
        if preview.base == self._base:
            self._preview = preview
            self._fill_tiles()
            self._fill_notice()
            self._fill_after()

    @Slot(str)
    def pick(self, key: str) -> None:
        """Press a tile."""
        if self._line is None:
            return
        tile = BY_KEY[key]
        self._tile = tile
        self._choice = tile.choices[tile.default] if tile.default >= 0 else None
        self._exact = None
        self.board.mark(key)
        self._fill_finer()
        self._take_choice()

    @Slot(int)
    def _pick_finer(self, number: int) -> None:
        if self._tile is not None and 0 <= number < len(self._tile.choices):
            self._choice = self._tile.choices[number]
            self._exact = None
            self._fill_finer()
            self._take_choice()

    def _take_choice(self) -> None:
        """Show what the choice asks for, and put the keyboard there."""
        line, choice = self._line, self._choice
        if line is None or choice is None:
            self.form.ask(())
        else:
            overdue = line.person.amount if line.person is not None else 0
            # A promise is mostly for the whole sum; what was paid, or a first part, is typed.
            amount = overdue if choice.result == "OUT-PTP" and overdue > 0 else None
            # The preview has looked up a working day; until it is there, the seventh day.
            week = self.form.moment().date() + timedelta(days=PROMISE_DAYS)
            due = self._preview.due if self._preview is not None else week
            self.form.ask(choice.asks, amount, due)
        field = self.form.first_field()
        (field or self.board).setFocus(Qt.FocusReason.OtherFocusReason)
        self._fill_after()
        if choice is not None and choice.figures:
            self._look_again()

    def _unpick(self) -> None:
        self._tile = self._choice = self._exact = None
        self.board.mark("")
        self._fill_finer()
        self.form.ask(())
        self._fill_after()

    def _to_board(self) -> None:
        """Esc: first out of the fields, then the choice goes."""
        if not self.board.hasFocus():
            self.board.setFocus(Qt.FocusReason.OtherFocusReason)
        self._unpick()

    @Slot(object)
    def handle_key(self, event: QKeyEvent) -> None:
        """Digits and S choose, Enter saves, Esc goes back, arrows move between stops."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return
        event.setAccepted(True)
        match event.key():
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.save()
            case Qt.Key.Key_Escape:
                self._to_board()
            case Qt.Key.Key_C:
                self._want_correct()
            case Qt.Key.Key_M:
                self.form.flip_more()
            case Qt.Key.Key_0:
                self.number_begun.emit()
            case Qt.Key.Key_Up | Qt.Key.Key_Down:
                self.moved.emit(1 if event.key() == Qt.Key.Key_Down else -1)
            case key if key in _DIGITS:
                event.setAccepted(self._digit(_DIGITS[key]))
            case _:
                event.setAccepted(False)

    def _digit(self, digit: str) -> bool:
        tile = self._tile
        if tile is not None and needs_tap(tile) and digit.isdigit():
            number = int(digit) - 1
            if 0 <= number < len(tile.choices):
                self._pick_finer(number)
                return True
        if digit in BY_KEY:
            self.pick(digit)
            return True
        return False

    @Slot()
    def save(self) -> None:
        """Save what is filled in, or say what is missing."""
        if self._base is None or self._was_scan():
            return
        if self._choice is None:
            self._after.setText(
                _("Choose what happened first: 1 to 7, or S.")
                if self._tile is None
                else _("Choose what was said or found first.")
            )
            self._after.show()
            return
        outcome = self.form.fill(self._base, self._choice)
        mistake = self.form.mistake(outcome, self._session.clock())
        if mistake is not None:
            self.form.complain(mistake)
        else:
            self.save_wanted.emit(outcome)

    def _was_scan(self) -> bool:
        """A scanner that types into a field and presses Enter means a stop, not this outcome."""
        field = self.focusWidget()
        if isinstance(field, QLineEdit) and field.text()[-LENGTH:] in self.numbers:
            code = field.text()[-LENGTH:]
            field.setText(field.text()[:-LENGTH])
        else:  # into a day or a time, or from another sheet: whoever means it presses Enter again
            code = self.form.heard.code()
        self.form.heard.forget(back=bool(code))
        if code:
            self.scanned.emit(code)
        return bool(code)

    def _look_again(self) -> None:
        """Time or amount changed: compute the consequences anew."""
        if self._base is None:
            return
        if self.form.moment() != self._base.at:
            self._base = replace(self._base, at=self.form.moment())
            self._ask_preview()
        if self._choice is not None and self._choice.figures:
            outcome = self.form.fill(self._base, self._choice)
            if outcome.amount is not None and outcome.amount > 0:
                job = partial(consequence_of, self._session.store, outcome)
                self._session.ask(job, self._exactly)

    @Slot(object)
    def _exactly(self, found: tuple[Outcome, Consequence]) -> None:
        outcome, after = found
        if self._base is not None and self._choice is not None and (
            outcome == self.form.fill(self._base, self._choice)
        ):  # fmt: skip
            self._exact = after
            self._fill_after()

    def retranslate(self) -> None:
        """All words, from what is in view."""
        correcting = self.correcting is not None
        self.save_button.setText(_("Save the correction") if correcting else _("Save, next stop"))
        self.save_button.setToolTip("Enter")
        self.correct_button.setText(_("Correct …"))
        self.correct_button.setToolTip(
            _("Opens the form as it was filled; both entries stay in the history (Alt+C)")
        )
        self._hint.setText(_("Keys 1–7 and S choose, Enter saves, Esc goes back"))
        self._fill_head()
        self._fill_tiles()
        self._fill_finer()
        self._fill_notice()
        self._fill_after()

    def _fill_head(self) -> None:
        if self._line is not None:
            self.head.show_line(self._line, self._day)
            self._fill_notice()

    def _fill_tiles(self) -> None:
        found = self._preview.consequences if self._preview is not None else {}
        for tile in TILES:
            choice = tile.shown
            after = found.get((choice.code, choice.result))
            text = self._short(after) if after else "…"
            tip = words.consequence_tip(after, self._zone) if after else ""
            self.board.tiles[tile.key].say(_(tile.title), text, tip)
        self.board.level()

    def _short(self, after: Consequence) -> str:
        return words.consequence_words(after, self._zone, self._day, exact=False)

    def _fill_finer(self) -> None:
        tile = self._tile
        shown = tile is not None and needs_tap(tile)
        self.finer.setVisible(shown)
        self._ask.setVisible(shown)
        if tile is None or not shown:
            return
        self._ask.setText(_("One more tap: {tile}").format(tile=_(tile.title)))
        found = self._preview.consequences if self._preview is not None else {}
        tips = []
        for choice in tile.choices:
            after = found.get((choice.code, choice.result))
            tips.append(self._short(after) if after else "")
        current = tile.choices.index(self._choice) if self._choice in tile.choices else -1
        self.finer.show_choices(tile.choices, current, tips)

    def _fill_notice(self) -> None:
        """Already recorded, or a visit the rules did not permit."""
        if self._line is None:
            self._notice.clear()
            self.correct_button.hide()
            return
        recorded = self._line.visited is not None
        self.correct_button.setVisible(recorded and self.correcting is None)
        if self.correcting is not None:
            self._notice.say(
                _("You correct a recorded outcome. The first entry stays readable in the history."),
                "accent",
            )
            return
        answer = self._preview.answer if self._preview is not None else None
        text, tone, button = words.notice_words(self._line, answer, self._zone)
        self._notice.say(text, tone, button)

    def _fill_after(self) -> None:
        """What saving now would lead to."""
        choice, preview = self._choice, self._preview
        after = self._exact
        if choice is not None and after is None and preview is not None and not choice.figures:
            after = preview.consequences.get((choice.code, choice.result))
        self.save_button.setEnabled(self._line is not None)
        self._after.setVisible(choice is not None)
        if choice is None or after is None:
            waits = choice is not None and choice.figures
            self._after.setText(_("What follows is shown once the sum is typed.") if waits else "…")
            return
        text = words.consequence_words(after, self._zone, self._day)
        self._after.setText(_("After saving: {what}").format(what=text))

    def _want_undo(self) -> None:
        if self._line is not None:
            self.undo_wanted.emit(self._line)
