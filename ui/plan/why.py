"""Why this person stands where they stand, and what may be done with them today."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from planner.actions.smallest import Smallest
from planner.store.people import Entry
from ui import formats
from ui.i18n import _, code, ngettext
from ui.musts import must_button, must_sentence
from ui.outcomes import outcome_words
from ui.page import Translated
from ui.plan import words
from ui.plan.book import Book, Row
from ui.plan.smallest import change_sentence
from ui.plan.why_paint import HourStrip, PartBars
from ui.widgets.buttons import Button
from ui.widgets.card import line
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text


class Why(Translated):
    """Shows one person; its buttons say what is wanted, with the debtor's id."""

    add_wanted = Signal(str)
    drop_wanted = Signal(str)
    alone_wanted = Signal(str)  # taken out without the others of the stop
    lock_wanted = Signal(str)
    hold_wanted = Signal(str)
    must_wanted = Signal(str)
    opened = Signal(str)
    bring_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None, *, whence: str = "day") -> None:
        """`whence`: the view beside which it stands, "day" or "week"."""
        super().__init__(parent)
        self._whence = whence
        self._book: Book | None = None
        self._row: Row | None = None
        self._entries: list[Entry] = []
        self._changes: Mapping[str, Smallest] = {}
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(8)
        self._empty = EmptyState("person", parent=self)
        self._scroll = QScrollArea(self)
        self._body = self._build()
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._body.setProperty("page", True)
        self._scroll.setWidget(self._body)
        # The card's own surface shows through.
        self._body.setAutoFillBackground(False)
        self._scroll.viewport().setAutoFillBackground(False)
        self._foot = self._buttons()
        box.addWidget(self._empty, 1)
        box.addWidget(self._scroll, 1)
        box.addWidget(self._foot)
        self.retranslate()

    def _build(self) -> QWidget:
        body = QWidget(self._scroll.viewport())
        box = QVBoxLayout(body)
        box.setContentsMargins(0, 0, 10, 0)
        box.setSpacing(8)
        self._name = Text("heading")
        self._state = Chip()
        head = QHBoxLayout()
        head.addWidget(self._name, 1)
        head.addWidget(self._state, 0, Qt.AlignmentFlag.AlignTop)
        self._facts = Text("muted", wrap=True)
        self._points = Text("figure")
        self._points_word = Text("small", wrap=True)
        points = QHBoxLayout()
        points.setSpacing(8)
        points.addWidget(self._points)
        points.addWidget(self._points_word, 1)
        self._bars = PartBars()
        self._money_head = Text("strong")
        self._money = Text("body", wrap=True)
        self._net = Text("body", wrap=True)
        self._hours_head = Text("strong")
        self._strip = HourStrip()
        self._rule_head = Text("strong")
        self._rule = Text("body", wrap=True)
        self._change_head = Text("strong")
        self._change = Text("body", wrap=True)
        self._objective_head = Text("strong")
        self._objective = Text("body", wrap=True)
        self._past_head = Text("strong")
        self._past = Text("body", wrap=True)
        box.addLayout(head)
        box.addWidget(self._facts)
        box.addLayout(points)
        box.addWidget(self._bars)
        for group in (
            (self._rule_head, self._rule, self._change_head, self._change),
            (self._money_head, self._money, self._net),
            (self._hours_head, self._strip),
            (self._objective_head, self._objective),
            (self._past_head, self._past),
        ):
            box.addWidget(line())
            for widget in group:
                box.addWidget(widget)
        box.addStretch(1)
        return body

    def _buttons(self) -> QWidget:
        foot = QWidget(self)
        row = FlowLayout(foot, gap=8)
        self._bring = Button("secondary", "eye")
        self._add = Button("secondary", "plus")
        self._drop = Button("secondary", "minus")
        self._alone = Button("secondary", "minus")
        self._lock = Button("secondary", "lock")
        self._hold = Button("secondary", "stop")
        self._must = Button("secondary", "pin")
        self._open = Button("quiet")
        for button, slot in (
            (self._bring, self._want_bring), (self._add, self._want_add),
            (self._drop, self._want_drop), (self._alone, self._want_alone),
            (self._lock, self._want_lock), (self._hold, self._want_hold),
            (self._must, self._want_must), (self._open, self._want_open),
        ):  # fmt: skip
            button.clicked.connect(slot)
            row.addWidget(button)
        return foot

    def show_row(self, book: Book | None, row: Row | None) -> None:
        """Show a person of a book, or the invitation to choose one."""
        same = self._row is not None and row is not None and self._row.debtor_id == row.debtor_id
        self._book, self._row = book, row
        if not same:
            self._entries = []
        self._fill()

    def show_past(self, entries: list[Entry]) -> None:
        """The latest contacts of the person shown."""
        self._entries = entries
        self._fill_past()

    def show_changes(self, changes: Mapping[str, Smallest]) -> None:
        """The smallest change that would bring in each of those left out, by debtor id."""
        self._changes = changes
        if self._book is not None and self._row is not None:
            self._fill_change(self._book, self._row)

    @property
    def debtor_id(self) -> str:
        """The person shown, "" for none."""
        return self._row.debtor_id if self._row is not None else ""

    def retranslate(self) -> None:
        """Everything in the language in use."""
        self.setAccessibleName(_("Why this person"))
        self._say_empty()
        self._points_word.setText(_("points; ten more mean twice as worthwhile per hour"))
        self._money_head.setText(_("What a visit is worth"))
        self._hours_head.setText(_("Chance to meet"))
        self._objective_head.setText(_("Objective of the visit"))
        self._past_head.setText(_("Latest contacts"))
        self._add.setText(_("Add to plan"))
        self._drop.setText(_("Remove"))
        self._alone.setText(_("Remove only this person"))
        self._open.setText(_("Open person"))
        self._change_head.setText(_("What would bring this person in"))
        self._bring.setText(_("Show this change"))
        self._bring.setToolTip(
            _("What it would do to the plan; taken only if you say so.  ({key})").format(
                key="S, Ctrl+Shift+S"
            )
        )
        self._hold.setText(_("Pause"))
        self._hold.setToolTip(_("Pause contact: why and until when  (H, Ctrl+H)"))
        self._fill()

    def _say_empty(self) -> None:
        """Where a person can be chosen: only in what is in view."""
        if self._whence == "week":
            self._empty.say(_("Choose a stop in the week."))
        elif self._book is not None and self._book.plan is not None:
            self._empty.say(_("Choose a person in the list, on the map or in the timetable."))
        else:
            self._empty.say(_("Choose a person in the list or on the map."))

    def _fill(self) -> None:
        book, row = self._book, self._row
        shown = book is not None and row is not None
        self._empty.setVisible(not shown)
        self._scroll.setVisible(shown)
        self._foot.setVisible(shown)
        if book is None or row is None:
            self._say_empty()
            return
        known = book.explain(row)
        self._fill_head(book, row)
        self._points.setText(f"{min(99, max(1, row.points)):.0f}")
        self._points.setToolTip(f"{row.points:.2f}")
        self._bars.show_parts(known.parts)
        self._money.setText(words.arithmetic(known))
        self._net.setText(words.arithmetic_net(known))
        self._strip.show_hours(known, self._planned_cell(book, row))
        self._objective.setText(code(f"ranking.objective.{known.objective}"))
        self._fill_rule(book, row)
        self._fill_change(book, row)
        self._fill_past()
        self._fill_buttons(book, row)

    def _fill_head(self, book: Book, row: Row) -> None:
        person = book.people.get(row.debtor_id)
        self._name.setText(row.name)
        cases = person.cases if person else 0
        overdue = ngettext("{n} day overdue", "{n} days overdue", row.days).format(n=row.days)
        loans = ngettext("{n} loan", "{n} loans", cases).format(n=cases)
        where = f"{loans} · {row.township}" if row.township else loans
        mates = [one.name for who in book.mates(row.debtor_id) if (one := book.row(who))]
        if mates:
            where += "\n" + _("Same stop as {names}").format(names=" · ".join(mates))
        self._facts.setText(f"{words.money(row.amount)} · {overdue}\n{where}")
        seat = words.seat_word(book, row.debtor_id)
        if seat:
            self._state.set_text(seat)
            self._state.set_tone("accent", "crew")
        else:
            self._state.set_text(words.tab_word(row.tab))
            self._state.set_tone("neutral" if row.tab == "ready" else "warn")

    def _fill_rule(self, book: Book, row: Row) -> None:
        """The rule that bars, or why the person is left out, or when the visit is."""
        self._rule_head.setText(_("On this day"))
        left_out = book.left_out.get(row.debtor_id)
        seat = book.seats.get(row.debtor_id)
        if row.rule:
            text = words.rule_sentence(row)
            if row.until is not None:
                until = formats.moment(row.until, book.zone)
                text += "\n" + _("Next permitted: {moment}").format(moment=until)
        elif seat is not None:
            start = formats.clock_time(seat.stop.arrive, book.zone)
            end = formats.clock_time(seat.stop.leave, book.zone)
            text = _("Visit planned from {start} to {end}.").format(start=start, end=end)
        elif left_out is not None:
            text = words.left_out_sentence(book, left_out)
        elif not row.worth:
            text = _("A visit is permitted, but not worth a trip today.")
        else:
            text = _("A visit is permitted.")
        must = book.ranking.musts.get(row.debtor_id)
        if must is not None:
            text += "\n" + must_sentence(must)
        self._rule.setText(text)

    def _fill_change(self, book: Book, row: Row) -> None:
        """What would bring the person in; nothing for those in the plan or barred by a rule."""
        one = self._changes.get(row.debtor_id) if row.debtor_id in book.left_out else None
        text = change_sentence(book, one) if one is not None else ""
        self._bring.setVisible(bool(text))
        if one is not None and not text:
            text = _("Nothing that the rules permit, on this day or one of the next.")
        self._change.setText(text)
        for part in (self._change_head, self._change):
            part.setVisible(bool(text))

    def _fill_past(self) -> None:
        book = self._book
        if book is None:
            return
        lines = [
            f"{formats.moment(e.at, book.zone)[:10]}  {self._entry_word(e)}" for e in self._entries
        ]
        self._past.setText("\n".join(lines) or _("No contact recorded yet."))

    @staticmethod
    def _entry_word(entry: Entry) -> str:
        match entry.kind:
            case "promise":
                money = words.money(int(entry.fields.get("amount") or 0))
                return _("promised {money} by {day}").format(
                    money=money, day=entry.fields.get("due")
                )
            case "payment":
                return _("paid {money}").format(
                    money=words.money(int(entry.fields.get("amount") or 0))
                )
            case _:
                return outcome_words(entry.code, str(entry.fields.get("result", "")))

    def _fill_buttons(self, book: Book, row: Row) -> None:
        seat = book.seats.get(row.debtor_id)
        planned = book.plan is not None
        self._add.setVisible(planned and seat is None and row.tab == "ready")
        self._drop.setVisible(seat is not None)
        self._alone.setVisible(bool(book.mates(row.debtor_id)))
        text, tip = must_button(book.ranking.musts.get(row.debtor_id))
        self._must.setText(text)
        self._must.setToolTip(tip)
        self._lock.setVisible(seat is not None)
        if seat is not None:
            self._lock.setText(_("Unlock") if seat.stop.locked else _("Lock"))
            self._lock.set_icon("unlock" if seat.stop.locked else "lock")

    @staticmethod
    def _planned_cell(book: Book, row: Row) -> tuple[bool, int] | None:
        seat = book.seats.get(row.debtor_id)
        if seat is None:
            return None
        at: datetime = seat.stop.start.astimezone(ZoneInfo(book.zone))
        return at.isoweekday() >= 6, at.hour

    def _want_bring(self) -> None:
        self.bring_wanted.emit(self.debtor_id)

    def _want_add(self) -> None:
        self.add_wanted.emit(self.debtor_id)

    def _want_drop(self) -> None:
        self.drop_wanted.emit(self.debtor_id)

    def _want_alone(self) -> None:
        self.alone_wanted.emit(self.debtor_id)

    def _want_lock(self) -> None:
        self.lock_wanted.emit(self.debtor_id)

    def _want_hold(self) -> None:
        self.hold_wanted.emit(self.debtor_id)

    def _want_must(self) -> None:
        self.must_wanted.emit(self.debtor_id)

    def _want_open(self) -> None:
        self.opened.emit(self.debtor_id)
