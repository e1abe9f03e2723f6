"""What concerns a collector in the own workspace: the book, the own routes, records given back."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from planner.actions.day_records import GivenBack, given_back
from planner.actions.reviews import RouteReview, states_of
from planner.store.crews import load_crews, staff_names
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import SUBMITTED, owner, persons_of
from ui import formats
from ui.i18n import _, ngettext
from ui.models.table import Column, DataTable, Kind
from ui.models.tips import plain_tip
from ui.page import Translated
from ui.session import Session
from ui.team import deeds, words
from ui.team.comment import CommentDialog
from ui.team.day_lists import what_word
from ui.team.notes import answer_record
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.table import Table
from ui.widgets.text import Text


@dataclass(frozen=True, slots=True)
class Mine:
    """The collector's `name`, how many `persons` with `cases` are assigned, the own routes of
    `day`, and the records that wait for an answer."""

    day: date
    name: str
    persons: int
    cases: int
    routes: tuple[RouteReview, ...]
    given: tuple[GivenBack, ...]


def load_mine(store: Store, day: date) -> Mine:
    """What concerns the owner of this workspace."""
    with store.read() as conn:
        me = owner(conn)
        crews = {c.crew_id for c in load_crews(conn) if me in {m.collector_id for m in c.members}}
        plan = load_plan(conn, day)
        states = states_of(conn, plan) if plan else ()
        cases = conn.execute(
            "SELECT count(*) FROM loan JOIN assignment USING (pid)"
            " WHERE status = 'open' AND collector_id = ?",
            (me,),
        ).fetchone()[0]
        name = staff_names(conn).get(me, me)
        persons = len(persons_of(conn, me))
    routes = tuple(one for one in states if one.crew_id in crews and one.stops)
    return Mine(day, name, persons, int(cases), routes, given_back(store))


class MinePanel(Translated):
    """Three cards; A answers the chosen record, S submits the chosen route."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.mine: Mine | None = None
        self.dialog: CommentDialog | None = None
        zone = session.store.zone
        self.routes_model = DataTable(_route_columns(zone), self)
        self.routes = Table(self.routes_model)
        self.given_model = DataTable(_given_columns(zone), self)
        self.given = Table(self.given_model)
        self.routes.key_pressed.connect(self._key)
        self.given.key_pressed.connect(self._key)
        self.given.opened.connect(self._open_person)
        self.routes.opened.connect(self._open_plan)
        self.routes.chosen.connect(self._say_buttons)
        self.submit, self.answer = Button("secondary", "check"), Button("primary", "edit")
        self.submit.clicked.connect(self.submit_it)
        self.answer.clicked.connect(self.answer_it)
        self.to_cases = Button("quiet", "cases")
        self.to_cases.clicked.connect(self._open_cases)
        self._no_route, self._none = EmptyState("plan"), EmptyState("check")
        self._no_route.pressed.connect(self._open_plan)
        self._build()
        self.lead_to(self.given)
        self.retranslate()

    def _build(self) -> None:
        self._book = Text("body", wrap=True)
        top = QHBoxLayout()
        top.addWidget(self._book, 1)
        top.addWidget(self.to_cases)
        self._route_card, self._given_card = Card(), Card()
        self._route_card.head.addWidget(self.submit)
        self._given_card.head.addWidget(self.answer)
        self._route_stack, self._given_stack = QStackedWidget(), QStackedWidget()
        for stack, card, parts in (
            (self._route_stack, self._route_card, (self.routes, self._no_route)),
            (self._given_stack, self._given_card, (self.given, self._none)),
        ):
            for part in parts:
                stack.addWidget(part)
            card.body.addWidget(stack, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(top)
        box.addWidget(self._given_card, 5)
        box.addWidget(self._route_card, 4)

    def panes(self) -> list[QWidget]:
        """The records, the routes."""
        return [self.given, self.routes, self.to_cases]

    def keys(self) -> list[tuple[str, str]]:
        """Keys of the lists."""
        return [
            ("A", _("Answer the chosen record")),
            ("S", _("Submit the chosen route to the lead")),
            ("Enter", _("Open the chosen person, or the plan")),
        ]

    def retranslate(self) -> None:
        """All words of the panel."""
        self._given_card.set_title(_("Records that the lead gave back"))
        self.given.setAccessibleName(_("Records that the lead gave back"))
        self.routes.setAccessibleName(_("Own routes of the day"))
        self.answer.setText(_("Answer …"))
        self.answer.setToolTip(_("Answer the chosen record  (A)"))
        self.submit.setText(_("Submit to the lead"))
        self.submit.setToolTip(_("Submit the chosen route to the lead  (S)"))
        self.to_cases.setText(_("Go to the cases"))
        self._none.say(_("The lead gave no record back."))
        self._say()

    def refresh(self) -> None:
        """Read them anew."""
        self._session.ask(partial(load_mine, self._session.store, self._session.day), self._show)

    @Slot(object)
    def _show(self, mine: Mine) -> None:
        if mine.day != self._session.day:
            return
        self.mine = mine
        for model, table, rows in (
            (self.routes_model, self.routes, mine.routes),
            (self.given_model, self.given, mine.given),
        ):
            place = max(0, table.currentIndex().row())
            model.set_rows(rows)
            if rows:
                table.go_to(min(place, len(rows) - 1))
        self._say()

    def _say(self) -> None:
        mine = self.mine
        day = formats.day(self._session.day)
        self._route_card.set_title(_("Own routes of {day}").format(day=day))
        self._no_route.say(_("No own route on {day}.").format(day=day), _("Go to Plan"))
        self._route_stack.setCurrentIndex(0 if mine is None or mine.routes else 1)
        self._given_stack.setCurrentIndex(0 if mine is None or mine.given else 1)
        if mine is not None:
            persons = ngettext("{n} person", "{n} persons", mine.persons).format(
                n=formats.number(mine.persons)
            )
            cases = ngettext("{n} open case", "{n} open cases", mine.cases).format(
                n=formats.number(mine.cases)
            )
            told = _("{name}: {persons} with {cases} are assigned to you.")
            self._book.setText(told.format(name=mine.name, persons=persons, cases=cases))
        self._say_buttons()

    @Slot()
    def _say_buttons(self, *_row: object) -> None:
        one: RouteReview | None = self.routes.current()
        self.submit.setVisible(self._route_stack.currentIndex() == 0)
        self.submit.setEnabled(one is not None and one.state != SUBMITTED)
        self.answer.setVisible(self._given_stack.currentIndex() == 0)

    @Slot(QKeyEvent)
    def _key(self, event: QKeyEvent) -> None:
        if event.modifiers():
            return
        if event.key() == Qt.Key.Key_A:
            self.answer_it()
            event.accept()
        elif event.key() == Qt.Key.Key_S:
            self.submit_it()
            event.accept()

    @Slot()
    def answer_it(self) -> None:
        """Answer the chosen record."""
        one: GivenBack | None = self.given.current()
        if one is not None:
            self.dialog = answer_record(self._session, self, one.returned)

    @Slot()
    def submit_it(self) -> None:
        """Put the chosen route before the lead."""
        one: RouteReview | None = self.routes.current()
        if one is None or one.state == SUBMITTED or self.mine is None:
            return
        session = self._session
        text = _("Route of {crew} submitted").format(crew=one.crew)
        job = partial(deeds.submit, session.store, session.clock, self.mine.day, one.crew_id)
        session.deed(text, job)

    @Slot(object)
    def _open_person(self, one: GivenBack) -> None:
        self._session.go("case", one.returned.debtor_id)

    @Slot()
    def _open_plan(self, *_row: object) -> None:
        self._session.go("plan")

    @Slot()
    def _open_cases(self) -> None:
        self._session.go("cases")


def _route_columns(zone: str) -> list[Column]:
    return [
        Column("crew", lambda: _("Crew"), lambda r: r.crew, Kind.STRONG, width=110),
        Column("stops", lambda: _("Visits"), lambda r: str(r.stops), Kind.NUMBER,
               lambda r: r.stops, width=70),
        Column("state", lambda: _("State"), lambda r: words.state_word(r.state), Kind.CHIP,
               tone=lambda r: words.TONES[r.state], icon=lambda r: words.ICONS[r.state],
               width=140),
        Column("comment", lambda: _("Comment"),
               lambda r: (r.last.comment if r.last else "") or formats.NONE, Kind.WRAP,
               tip=lambda r: plain_tip(r.last.comment if r.last else ""), width=240, stretch=3),
        Column("when", lambda: _("When"),
               lambda r: formats.moment(r.last.at if r.last else None, zone), Kind.MUTED,
               width=130),
    ]  # fmt: skip


def _given_columns(zone: str) -> list[Column]:
    return [
        Column("who", lambda: _("Person"), lambda g: formats.mask_name(g.name), Kind.STRONG,
               width=80),
        Column("place", lambda: _("Place"), lambda g: g.township or formats.NONE, width=90),
        Column("at", lambda: _("Record of"), lambda g: formats.moment(g.at, zone),
               sort=lambda g: g.at, width=130),
        Column("what", lambda: _("Record"), what_word, width=140),
        Column("comment", lambda: _("Comment"), lambda g: g.returned.comment, Kind.WRAP,
               tip=lambda g: plain_tip(g.returned.comment), width=240, stretch=3),
        Column("by", lambda: _("By"), lambda g: g.returned.by or formats.NONE, Kind.MUTED,
               width=90),
    ]  # fmt: skip
