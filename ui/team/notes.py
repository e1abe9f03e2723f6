"""What came back from the lead, said where the work is done: a route, a record."""

from dataclasses import dataclass
from datetime import date
from functools import partial

from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.change import Change
from planner.actions.day_records import GivenBack, given_back
from planner.actions.reviews import RouteReview, states_of
from planner.store.plans import load_plan
from planner.store.store import Store
from planner.store.team import COLLECTOR, LEAD, RETURNED, ReturnedRecord, role
from ui import formats
from ui.i18n import _, ngettext
from ui.session import Session
from ui.team import deeds
from ui.team.comment import CommentDialog, ask_comment
from ui.team.day_lists import what_word
from ui.widgets.message_bar import MessageBar


@dataclass(frozen=True, slots=True)
class Routes:
    """The routes of `day` that came back, in a collector's workspace; else none."""

    day: date
    back: tuple[RouteReview, ...] = ()


@dataclass(frozen=True, slots=True)
class Records:
    """The records of a person that wait for an answer; `role` of this workspace."""

    debtor_id: str
    role: str
    waiting: tuple[GivenBack, ...] = ()


def load_routes(store: Store, day: date) -> Routes:
    """Which routes the lead returned."""
    with store.read() as conn:
        plan = load_plan(conn, day) if role(conn) == COLLECTOR else None
        back = [one for one in states_of(conn, plan) if one.state == RETURNED] if plan else []
    return Routes(day, tuple(back))


def load_records(store: Store, debtor_id: str) -> Records:
    """Which records of a person came back."""
    with store.read() as conn:
        here = role(conn)
    waiting = (one for one in given_back(store) if one.returned.debtor_id == debtor_id)
    return Records(debtor_id, here, tuple(waiting))


class PlanNote(MessageBar):
    """The lead's comment on a returned route; its button submits the route again."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(closable=False, parent=parent)
        self._session = session
        self._routes: Routes | None = None
        self.pressed.connect(self.submit)
        session.changed.connect(self._on_changed)
        session.day_changed.connect(self._on_day)
        self._ask()

    def _ask(self) -> None:
        session = self._session
        session.ask(partial(load_routes, session.store, session.day), self._show)

    @Slot(object)
    def _on_changed(self, change: Change) -> None:
        if change & Change.PLAN:
            self._ask()

    @Slot(object)
    def _on_day(self, _day: object) -> None:
        self._ask()

    @Slot(object)
    def _show(self, routes: Routes) -> None:
        if routes.day == self._session.day:
            self._routes = routes
            self._say()

    def _say(self) -> None:
        routes = self._routes
        if routes is None or not routes.back:
            self.clear()
            return
        lines = []
        for one in routes.back:
            comment = one.last.comment if one.last is not None else ""
            lines.append(
                _("The lead returned the route of {crew}: “{comment}”").format(
                    crew=one.crew, comment=comment
                )
            )
        self.say("\n".join(lines), "warn", _("Submit again"))

    @Slot()
    def submit(self) -> None:
        """Put the returned routes before the lead again, as they are now."""
        session = self._session
        for one in self._routes.back if self._routes is not None else ():
            text = _("Route of {crew} submitted").format(crew=one.crew)
            day = self._routes.day if self._routes is not None else session.day
            session.deed(
                text, partial(deeds.submit, session.store, session.clock, day, one.crew_id)
            )

    def changeEvent(self, event: QEvent) -> None:
        """The words follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()


class RecordNote(MessageBar):
    """The lead's comment on a record of one person; its button answers. `may_give` says whether
    records may be given back in this workspace."""

    may_give = Signal(bool)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(closable=False, parent=parent)
        self._session = session
        self._who = ""
        self._records: Records | None = None
        self.dialog: CommentDialog | None = None
        self.pressed.connect(self.ask_answer)
        session.changed.connect(self._on_changed)

    def show_person(self, debtor_id: str) -> None:
        """Speak of this person's records; "" of nobody's."""
        self._who = debtor_id
        self._ask()

    def _ask(self) -> None:
        if self._who:
            self._session.ask(partial(load_records, self._session.store, self._who), self._show)
        else:
            self.clear()

    @Slot(object)
    def _on_changed(self, change: Change) -> None:
        if change & Change.CONTACTS:
            self._ask()

    @Slot(object)
    def _show(self, records: Records) -> None:
        if records.debtor_id == self._who:
            self._records = records
            self.may_give.emit(records.role != COLLECTOR)
            self._say()

    def _say(self) -> None:
        records = self._records
        if records is None or not records.waiting:
            self.clear()
            return
        first, more = records.waiting[0], len(records.waiting) - 1
        zone, returned = self._session.store.zone, first.returned
        text = (
            _("On {when} you gave back the record of {at} ({what}) and wait for an answer: "
              "“{comment}”")
            if records.role == LEAD
            else _("On {when} the lead gave back the record of {at} ({what}): “{comment}”")
        ).format(
            when=formats.moment(returned.at, zone), at=formats.moment(first.at, zone),
            what=what_word(first), comment=returned.comment,
        )  # fmt: skip
        if more:
            text += " " + ngettext("And {n} more.", "And {n} more.", more).format(n=more)
        self.say(text, "warn", "" if records.role == LEAD else _("Answer …"))

    @Slot()
    def ask_answer(self) -> None:
        """Answer the record that has waited longest."""
        if self._records is not None and self._records.waiting:
            self.dialog = answer_record(self._session, self, self._records.waiting[0].returned)

    def changeEvent(self, event: QEvent) -> None:
        """The words follow the language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self._say()


def answer_record(session: Session, parent: QWidget, one: ReturnedRecord) -> CommentDialog:
    """Ask for an answer to a record that came back, and write it."""
    return ask_comment(
        parent, _("Answer the lead"),
        _("The lead reads it with the next exchange. To change the record itself, correct it."),
        _("Send the answer"), partial(_answer, session, one), f"“{one.comment}”",
    )  # fmt: skip


def give_back(
    session: Session, parent: QWidget, debtor_id: str, event_id: str, facts: str
) -> CommentDialog:
    """Ask for a comment on an entry about a person, and give it back with that."""
    return ask_comment(
        parent, _("Give this record back"),
        _("The record stays as it is. The collector reads the comment beside it and answers."),
        _("Give back"), partial(_give_back, session, debtor_id, event_id), facts,
    )  # fmt: skip


def _give_back(session: Session, debtor_id: str, event_id: str, comment: str) -> None:
    session.deed(_("Record given back"), partial(
        deeds.give_back_record, session.store, session.clock, debtor_id, event_id, comment,
    ))  # fmt: skip


def _answer(session: Session, one: ReturnedRecord, comment: str) -> None:
    session.deed(_("Answer kept for the lead"), partial(
        deeds.answer, session.store, session.clock, one.debtor_id, one.event_id, comment,
    ))  # fmt: skip
