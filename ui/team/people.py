"""The collectors: how each works, who is away, what each has; absences and hand-overs."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.store.people import PersonRow
from planner.store.team import Absence
from ui import formats
from ui.cases.list_view import tight
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.session import Session
from ui.team import deeds, words
from ui.team.away import AwayDialog
from ui.team.book import Member, TeamBook, load_team, people_of, people_with
from ui.team.hand_over import HandOverDialog
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar
from ui.widgets.table import Table
from ui.widgets.text import Text

_LISTED = 3  # absences of one collector in view


class PeoplePanel(Translated):
    """A table of the collectors, below it the chosen one. `split_wanted` leads to the split."""

    split_wanted = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.book: TeamBook | None = None
        self._shown = ""  # collector id
        self._giver: Member | None = None  # whose persons are asked for; None: chosen elsewhere
        self.dialog: AwayDialog | HandOverDialog | None = None
        self.model = DataTable(_columns(self._day), self)
        self.table = Table(self.model)
        self.table.chosen.connect(self._chosen)
        self.table.opened.connect(self.hand_over)
        self.table.key_pressed.connect(self._key)
        self.nobody = MessageBar(closable=False)
        self.nobody.pressed.connect(self.split_wanted)
        self._empty = EmptyState("crew")
        self._empty.pressed.connect(self._import)
        self.away, self.give = Button("secondary", "moon"), Button("secondary", "chevron-right")
        self.away.clicked.connect(self.ask_away)
        self.give.clicked.connect(self.hand_over)
        self._card = Card()
        self._absent = QVBoxLayout()
        self._absent.setSpacing(4)
        self._build()
        self.lead_to(self.table)
        self.retranslate()

    def _build(self) -> None:
        self._card.head.addWidget(self.away)
        self._card.head.addWidget(self.give)
        self._card.body.addLayout(self._absent)
        listed = Card(heading=False)
        tight(listed)
        listed.body.addWidget(self.table)
        whole = QWidget()
        inside = QVBoxLayout(whole)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(12)
        inside.addWidget(self.nobody)
        inside.addWidget(listed, 1)
        inside.addWidget(self._card)
        self._stack = QStackedWidget()
        self._stack.addWidget(whole)
        self._stack.addWidget(self._empty)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(self._stack)

    def _day(self) -> date:
        return self._session.day

    def panes(self) -> list[QWidget]:
        """The list, the deeds."""
        return [self.table, self.away]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the list."""
        return [
            ("A", _("Record an absence")),
            ("H, Enter", _("Hand over the book or chosen persons")),
        ]

    def retranslate(self) -> None:
        """All words of the panel."""
        self.table.setAccessibleName(_("Collectors"))
        self.away.setText(_("Away …"))
        self.away.setToolTip(_("Record an absence  (A)"))
        self.give.setText(_("Hand over …"))
        self.give.setToolTip(_("Hand over the book or chosen persons  (H)"))
        self._empty.say(
            _("No collector yet. They come with the list of crews (xlsx, csv)."),
            _("Import crews"),
        )
        self._say()

    def refresh(self) -> None:
        """Read them anew."""
        session = self._session
        session.ask(partial(load_team, session.store, session.day), self._show)

    @Slot(object)
    def _show(self, book: TeamBook) -> None:
        self.book = book
        shown = self._shown
        self.model.set_rows(book.members)
        self._stack.setCurrentIndex(0 if book.members else 1)
        if book.members:
            place = self.model.place(lambda m: m.collector.collector_id == shown)
            self.table.go_to(max(0, place))
        self._say()

    def _say(self) -> None:
        book = self.book
        if book is None:
            return
        texts = []
        n = len(book.holdings.nobody)
        if n and book.members:
            texts.append(ngettext(
                "{n} person with open cases belongs to nobody: any crew may go there.",
                "{n} persons with open cases belong to nobody: any crew may go there.", n,
            ).format(n=formats.number(n)))  # fmt: skip
        gone = sum(book.holdings.gone.values())
        if gone:
            texts.append(ngettext(
                "{n} person has a collector who is in no crew any more.",
                "{n} persons have a collector who is in no crew any more.", gone,
            ).format(n=formats.number(gone)))  # fmt: skip
        if texts:
            self.nobody.say(" ".join(texts), "warn" if gone else "neutral", _("Split the book"))
        else:
            self.nobody.clear()
        self._say_chosen()

    def current(self) -> Member | None:
        """The chosen collector."""
        return self.book.member(self._shown) if self.book is not None else None

    @Slot(object)
    def _chosen(self, row: Member | None) -> None:
        if row is not None:
            self._shown = row.collector.collector_id
            self._say_chosen()

    def _say_chosen(self) -> None:
        one = self.current()
        while self._absent.count():
            item = self._absent.takeAt(0)
            widget = item.widget() if item is not None else None
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._card.setVisible(one is not None)
        if one is None:
            return
        who = one.collector
        self._card.set_title(who.name)
        self.give.setEnabled(who.persons > 0)
        for absence in one.away[:_LISTED]:
            self._absent.addWidget(self._absence(absence))
        if not one.away:
            self._absent.addWidget(Text("muted", _("No absence in the coming 90 days.")))

    def _absence(self, absence: Absence) -> QWidget:
        line, end = QWidget(), Button("quiet")
        end.setText(_("Take back"))
        text = _("Away {when}").format(when=words.away_line(absence))
        end.setAccessibleName(_("Take back: {what}").format(what=text))
        end.clicked.connect(partial(self.end_away, absence))
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(Text("body", text))
        row.addWidget(end)
        row.addStretch(1)
        return line

    @Slot(QKeyEvent)
    def _key(self, event: QKeyEvent) -> None:
        if event.modifiers():
            return
        if event.key() == Qt.Key.Key_A:
            self.ask_away()
            event.accept()
        elif event.key() == Qt.Key.Key_H:
            self.hand_over()
            event.accept()

    @Slot()
    def ask_away(self, *_row: object) -> None:
        """Record an absence of the chosen collector."""
        one = self.current()
        if one is not None:
            self.dialog = AwayDialog(one.collector.name, self._session.day, self)
            self.dialog.told.connect(partial(self._be_away, one))
            self._open()

    def _open(self) -> None:
        if self.dialog is not None:
            self.dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.dialog.finished.connect(self._closed)
            self.dialog.open()

    @Slot()
    def _closed(self) -> None:
        self.dialog = None

    def _be_away(self, one: Member, first: date, last: date, reason: str) -> None:
        session = self._session
        text = _("{name} is away").format(name=one.collector.name)
        session.deed(text, partial(
            deeds.be_away, session.store, session.clock, one.collector.collector_id, first, last,
            reason,
        ))  # fmt: skip

    def end_away(self, absence: Absence) -> None:
        """An absence is not so after all."""
        session = self._session
        job = partial(deeds.be_back, session.store, session.clock, absence.absence_id)
        session.deed(_("Absence taken back"), job)

    @Slot()
    def hand_over(self, *_row: object) -> None:
        """Hand over the book of the chosen collector, or some of it."""
        one = self.current()
        if one is not None and one.collector.persons:
            job = partial(people_of, self._session.store, one.collector.collector_id)
            self._giver = one
            self._session.ask(job, self._ask_taker)

    def assign_chosen(self, debtor_ids: tuple[str, ...]) -> None:
        """Give persons that were chosen elsewhere to a collector."""
        session = self._session
        if self.book is None:
            session.ask(partial(load_team, session.store, session.day), self._show)
        job = partial(people_with, session.store, debtor_ids)
        self._giver = None
        self._session.ask(job, self._ask_taker)

    @Slot(object)
    def _ask_taker(self, people: Sequence[PersonRow]) -> None:
        book, one = self.book, self._giver
        if book is None or not people:
            return
        giver = one.collector.collector_id if one is not None else ""
        staff = [(m.collector.collector_id, m.collector.name) for m in book.members
                 if m.collector.collector_id != giver]  # fmt: skip
        name = one.collector.name if one is not None else ""
        self.dialog = HandOverDialog(people, staff, name, self)
        self.dialog.told.connect(partial(self._hand, giver))
        self._open()

    def _hand(self, giver: str, ids: tuple[str, ...] | None, taker: str, reason: str) -> None:
        session = self._session
        book = self.book
        member = book.member(taker) if book is not None else None
        name = member.collector.name if member is not None else ""
        text = _("Handed over to {name}").format(name=name) if taker else _("Taken back")
        if ids is None:
            job = partial(deeds.hand_over, session.store, session.clock, giver, taker, reason)
        else:
            wanted = dict.fromkeys(ids, taker)
            job = partial(deeds.assign, session.store, session.clock, wanted, reason)
        session.deed(text, job)

    @Slot()
    def _import(self) -> None:
        self._session.go("imports", "choose")


def _columns(day: Callable[[], date]) -> list[Column]:
    unit = formats.money_unit
    return [
        Column("name", lambda: _("Collector"), lambda m: m.collector.name, Kind.STRONG, width=84),
        Column("crew", lambda: _("Crew"), lambda m: words.crews_cell(m.collector), Kind.WRAP,
               tip=lambda m: plain_tip(words.crews_word(m.collector)), width=104, stretch=1),
        Column("shift", lambda: _("Shift"), lambda m: words.shifts_cell(m.collector), Kind.WRAP,
               tip=lambda m: plain_tip(words.shifts_word(m.collector)), width=124),
        Column("home", lambda: _("Starts near"), lambda m: m.near or formats.NONE, width=80,
               tip=lambda m: f"{m.collector.lat:.4f}, {m.collector.lon:.4f}", stretch=1),
        Column("skills", lambda: _("Can do"),
               lambda m: words.TWO.join(m.collector.skills) or formats.NONE, Kind.WRAP, width=92,
               tip=lambda m: plain_tip(_(", ").join(m.collector.skills)), stretch=1),
        Column("away", lambda: _("Away"), lambda m: words.away_word(m.away, day()), Kind.CHIP,
               sort=lambda m: m.away[0].first if m.away else None,
               tip=lambda m: plain_tip("\n".join(map(words.away_line, m.away))),
               tone=lambda m: "warn", icon=lambda m: "moon", width=90),
        Column("persons", lambda: _("Persons"), lambda m: formats.number(m.load.persons),
               Kind.NUMBER, lambda m: m.load.persons, width=70,
               title_tip=lambda: _("Assigned persons with open cases")),
        Column("cases", lambda: _("Cases"), lambda m: formats.number(m.load.cases), Kind.NUMBER,
               lambda m: m.load.cases, width=64),
        Column("amount", lambda: _("Overdue ({unit})").format(unit=unit()),
               lambda m: formats.money(m.load.amount), Kind.NUMBER, lambda m: m.load.amount,
               lambda m: formats.money_exact(m.load.amount), width=96),
        Column("stages", lambda: _("Early / mid / late"), lambda m: words.stages_word(m.load),
               Kind.NUMBER, lambda m: m.load.stages, lambda m: plain_tip(words.stages_tip(m.load)),
               width=96, title_tip=lambda: _("Cases by how long they have been overdue")),
        Column("km", lambda: _("Way (km)"), lambda m: words.km(m.load.metres), Kind.NUMBER,
               lambda m: m.load.metres, width=70,
               title_tip=lambda: _("Estimated way of visiting everybody once")),
    ]  # fmt: skip
