"""One person over all loans: may I contact now, why this rank, what happened so far."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QHideEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from planner.actions.agreements import Agreed
from planner.actions.change import Change
from planner.actions.history import Line
from planner.actions.next_step import Proposal
from planner.actions.undo import undo_batch
from planner.domain.codes import Channel, HoldKind
from planner.errors import PlannerError
from planner.store.store import Store
from ui import formats
from ui.case.agreed import AgreedDialog, write_agreed
from ui.case.calendar_strip import CalendarCard
from ui.case.check_card import CheckCard
from ui.case.door_card import DoorCard
from ui.case.giving import GivingPaper
from ui.case.head import PersonHead
from ui.case.lists import LOANS, ListCard, PlaceCard, loans_of, places_of
from ui.case.needs import NeedsDialog, write_needs
from ui.case.plan_card import PlanCard
from ui.case.set_aside import SetAside, SetAsideDialog, aside_words, write_aside
from ui.case.step_card import StepCard
from ui.case.steps import step_words, write_end, write_step
from ui.case.timeline import TimelineCard
from ui.case.view import PersonView, load_person
from ui.case.why_card import WhyCard
from ui.case.words import line_title
from ui.dialogs.instalments import open_plan_dialog
from ui.dialogs.step import open_step_dialog
from ui.errors import words
from ui.holds import ask_hold, end_hold
from ui.i18n import _
from ui.musts import ask_must, end_must
from ui.page import Page
from ui.safe.looked import write_reveal
from ui.session import Session
from ui.team.notes import RecordNote, give_back
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar


class CasePage(Page):
    """Shows the person whose id it is given by `show_item`."""

    key = "case"
    interests = Change.CASES | Change.CONTACTS | Change.PLAN | Change.CREWS | Change.SETTINGS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._who = ""
        self._view: PersonView | None = None
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        zone = self.session.store.zone
        self._message = MessageBar(closable=False)
        self.given = RecordNote(self.session)
        self.head = PersonHead(zone)
        self.check, self.why = CheckCard(zone), WhyCard(zone)
        self.step, self.calendar = StepCard(zone), CalendarCard()
        self.plan = PlanCard(self.session)
        self.paper = GivingPaper(self.session, self)
        self.loans, self.places = ListCard(LOANS), PlaceCard()
        self.timeline, self.door = TimelineCard(zone), DoorCard(self.session)
        left, right = QVBoxLayout(), QVBoxLayout()
        for box, cards in (
            (left, (self.step, self.plan, self.check, self.calendar, self.why)),
            (right, (self.loans, self.places, self.door)),
        ):
            box.setSpacing(14)
            for card in cards:
                box.addWidget(card)
        left.addStretch(1)
        right.addWidget(self.timeline, 1)
        inside = QWidget()
        inside.setProperty("page", True)
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(14)
        row.addLayout(left, 9)
        row.addLayout(right, 11)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(inside)
        self._empty = EmptyState("person")
        box = QVBoxLayout(self)
        box.setContentsMargins(24, 16, 16, 12)
        box.setSpacing(12)
        box.addWidget(self._message)
        box.addWidget(self.given)
        box.addWidget(self.head)
        box.addWidget(self._scroll, 1)
        box.addWidget(self._empty, 1)
        # Not the button that reveals: a stray Space must show nobody's data.
        self.lead_to(self.timeline.view)
        self._show_parts()

    def _connect(self) -> None:
        self.head.back_wanted.connect(self._back)
        self.head.record_wanted.connect(self._record)
        self.head.plan_wanted.connect(self._plan)
        self.head.instalments_wanted.connect(self._instalments)
        self.head.revealed.connect(self._fill_places)
        self.head.revealed.connect(self.door.reveal)
        self.head.revealed.connect(self._note_reveal)
        self.head.hold_wanted.connect(self._hold)
        self.head.release_wanted.connect(self._release)
        self.head.must_wanted.connect(self._must)
        self.places.place_wanted.connect(self._set_position)
        self.timeline.undo_wanted.connect(self._undo)
        self.timeline.correct_wanted.connect(self._correct)
        self.timeline.paper_wanted.connect(self._give_paper)
        self.timeline.back_wanted.connect(self._give_back)
        self.given.may_give.connect(self.timeline.offer_back)
        self.step.accepted.connect(self._accept_step)
        self.step.other_wanted.connect(self._other_step)
        self.step.ended.connect(self._end_step)
        self.check.aside_wanted.connect(self._ask_aside)
        self.calendar.agreed_wanted.connect(self._ask_agreed)
        self._empty.pressed.connect(self._back)
        self._record_action = QAction(self)
        self._record_action.triggered.connect(self._record)
        self._reveal_action = QAction(self)
        self._reveal_action.setShortcut(QKeySequence("Ctrl+R"))
        self._reveal_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._reveal_action.triggered.connect(self.head.eye.click)
        self._hold_action = QAction(self)
        self._hold_action.setShortcut(QKeySequence("Ctrl+H"))
        self._hold_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._hold_action.triggered.connect(self._hold)
        self._needs_action = QAction(self)
        self._needs_action.triggered.connect(self._ask_needs)
        self._step_action = QAction(self)
        self._step_action.triggered.connect(self._accept_step)
        self._other_action = QAction(self)
        self._other_action.triggered.connect(self._other_step)
        self._paper_action = QAction(self)
        self._paper_action.setShortcut(QKeySequence("Ctrl+P"))
        self._paper_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._paper_action.triggered.connect(self._give_paper)
        self._must_action = QAction(self)
        self._must_action.setShortcut(QKeySequence("Ctrl+Shift+V"))
        self._must_action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._must_action.triggered.connect(self._must)
        self.addActions(
            [self._reveal_action, self._hold_action, self._must_action, self._paper_action]
        )

    def panes(self) -> list[QWidget]:
        """Timeline, head, calendar, loans; the first has the keyboard when the page is opened."""
        return [self.timeline.view, self.head.eye, self.calendar.grid, self.loans.table]

    def commands(self) -> list[QAction]:
        """Deeds for this person."""
        actions = [self._record_action, self._step_action, self._other_action, self._paper_action,
                   self._hold_action, self._must_action, self._needs_action,
                   self._reveal_action]  # fmt: skip
        return actions if self._view is not None else []

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        return [
            ("Ctrl+R", _("Reveal or hide personal data")),
            ("A", _("Accept the next step that is proposed")),
            ("Shift+A", _("Another next step than the proposed one")),
            ("Ctrl+P", _("Dossier, history, explanation: look, print, save")),
            ("H, Ctrl+H", _("Pause contact")),
            ("I", _("Work out instalments with this person")),
            ("V, Ctrl+Shift+V", _("Has to be visited, or no more")),
            ("N", _("Needs of a visit")),
            ("C", _("Correct the chosen outcome of the timeline")),
            ("B", _("Give the chosen entry back with a comment")),
            ("Delete", _("Undo the chosen entry of the timeline")),
        ]

    def show_item(self, what: object) -> None:
        """A debtor id."""
        if isinstance(what, str) and what != self._who:
            self._who = what
            self.renew()

    def refresh(self) -> None:
        """Read the person anew."""
        if self._who:
            session = self.session
            job = partial(load_person, session.store, self._who, session.day, session.clock())
            session.ask(job, self._arrived, self._failed)

    @Slot(object)
    def _arrived(self, view: PersonView) -> None:
        if view.debtor.debtor_id != self._who or view.day != self.session.day:
            return
        other = self._view is None or self._view.debtor.debtor_id != self._who
        self._view = view
        self._message.clear()
        self._show_parts()
        self._fill()
        if other:
            self._scroll.verticalScrollBar().setValue(0)
            self.take_keyboard()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, PlannerError):
            self.session.troubled.emit(error)
            return
        self._view = None
        self._show_parts()
        self._message.say(words(error), "warn")

    def _show_parts(self) -> None:
        there = self._view is not None
        self.head.setVisible(there)
        self._scroll.setVisible(there)
        self._empty.setVisible(not there)

    def _fill(self) -> None:
        view = self._view
        if view is None:
            return
        self.head.show_person(view)
        self.step.show_next(view.next)
        self.check.show_person(view)
        self.calendar.show_person(view)
        self.why.show_person(view)
        self.loans.show_rows(loans_of(view))
        self._fill_places()
        self.timeline.show_lines(view.lines)
        self.door.show_person(self._who)
        self.given.show_person(self._who)
        self.plan.show_person(self._who, view.debtor.name)

    @Slot(bool)
    def _note_reveal(self, shown: bool) -> None:
        """Record who looked; off-thread, so that the page does not wait."""
        if shown and self._view is not None:
            session = self.session
            job = partial(
                write_reveal, session.store, self._view.debtor.debtor_id, self.key, session.clock
            )
            session.do(job)

    def _fill_places(self) -> None:
        if self._view is not None:
            self.places.show_places(places_of(self._view, self.head.open))

    def retranslate(self) -> None:
        """All words of the page."""
        self._empty.say(_("Choose a person in the cases."), _("Go to the cases"))
        self.loans.say(_("Loans"))
        self.places.say(_("Addresses"))
        self._scroll.setAccessibleName(_("Person"))
        self.timeline.retranslate()
        self._record_action.setText(_("Record an outcome"))
        self._step_action.setText(_("Accept the next step that is proposed"))
        self._other_action.setText(_("Another next step than the proposed one"))
        self._paper_action.setText(_("Dossier, history, explanation: look, print, save"))
        self._reveal_action.setText(_("Reveal or hide personal data"))
        self._hold_action.setText(_("Pause contact"))
        self._must_action.setText(_("Has to be visited, or no more"))
        self._needs_action.setText(_("Needs of a visit"))
        for part in (self.step, self.check, self.calendar, self.why):
            part.retranslate()
        self._fill_places()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody's data stays open behind another page."""
        self.head.hide_again()
        super().hideEvent(event)

    def _back(self) -> None:
        self.session.go("cases", self._who or None)

    def _record(self) -> None:
        self.session.go("results", self._who)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """H, A, V, N, I, B and C, which no field of this page has a use for."""
        if event.key() == Qt.Key.Key_H and not event.modifiers():
            self._hold()
        elif event.key() == Qt.Key.Key_A and not event.modifiers():
            self._accept_step()
        elif event.key() == Qt.Key.Key_A and event.modifiers() == Qt.KeyboardModifier.ShiftModifier:
            self._other_step()
        elif event.key() == Qt.Key.Key_V and not event.modifiers():
            self._must()
        elif event.key() == Qt.Key.Key_N and not event.modifiers():
            self._ask_needs()
        elif event.key() == Qt.Key.Key_I and not event.modifiers():
            self._instalments()
        elif event.key() == Qt.Key.Key_C and not event.modifiers():
            self.timeline.correct()
        elif event.key() == Qt.Key.Key_B and not event.modifiers():
            self.timeline.give_back()
        else:
            super().keyPressEvent(event)

    def _hold(self) -> None:
        """Pause contact with this person."""
        if self._view is not None:
            name = formats.mask_name(self._view.debtor.name)
            ask_hold(self.session, self._view.debtor.debtor_id, name, self)

    def _instalments(self) -> None:
        """Work out a payment plan; what is agreed here is recorded without a visit."""
        if self._view is not None and self._view.amount > 0:
            open_plan_dialog(self.session, self._view.debtor.debtor_id, self)

    @Slot()
    def _accept_step(self) -> None:
        """Take the proposed step on."""
        view = self._view
        if view is not None and view.next.proposal is not None and self.step.may_accept:
            self._take_step(view.next.proposal)

    @Slot()
    def _other_step(self) -> None:
        """Another day, part of the day or way than the proposed ones."""
        view = self._view
        if view is not None and view.next.proposal is not None:
            open_step_dialog(
                self.session, view.debtor.name, view.next.proposal, self, self._take_step
            )

    @Slot(object)
    def _take_step(self, chosen: Proposal) -> None:
        session = self.session
        text = _("Next step: {step}").format(step=step_words(chosen))
        session.deed(text, partial(write_step, session.store, chosen, session.clock))

    @Slot(str)
    def _end_step(self, how: str) -> None:
        """The step is done without a contact, or dropped."""
        session = self.session
        text = _("Next step done") if how == "done" else _("Next step dropped")
        session.deed(text, partial(write_end, session.store, self._who, how, session.clock))

    @Slot()
    def _give_paper(self) -> None:
        """Look at the dossier, the history or the explanation; print or save it."""
        if self._view is not None:
            self.paper.begin(self._who, self.timeline.groups)

    @Slot(object)
    def _give_back(self, line: Line) -> None:
        """Give an entry back to whose person it is, with a comment."""
        if self._view is not None:
            give_back(self.session, self, self._view.debtor.debtor_id, line.entry.event_id,
                      line_title(line, self.session.store.zone))  # fmt: skip

    def _must(self) -> None:
        """The lead wants a visit on the window's day, or no more."""
        view = self._view
        if view is None or not view.open_cases:
            return
        name = formats.mask_name(view.debtor.name)
        if view.must is not None:
            end_must(self.session, view.must, name)
        else:
            ask_must(self.session, view.debtor.debtor_id, name, view.day, self)

    @Slot(int)
    def _release(self, kind: int) -> None:
        """End the pauses of one kind."""
        if self._view is not None:
            name = formats.mask_name(self._view.debtor.name)
            end_hold(self.session, self._view.debtor.debtor_id, HoldKind(kind), name)

    def _plan(self) -> None:
        self.session.go("plan", self._who)

    @Slot()
    def _set_position(self) -> None:
        self.session.go("cases", ("places", self._who))

    @Slot(object)
    def _ask_aside(self, channel: Channel) -> None:
        """Ask the lead for how long and why."""
        view = self._view
        answer = dict(view.checks)[channel] if view is not None else None
        rule = view.rules.get(answer.rule or "") if view is not None and answer else None
        if rule is not None and self.session.may_lead():
            clock, zone = self.session.clock, self.session.store.zone
            dialog = SetAsideDialog(rule, channel, clock(), zone, self)
            dialog.decided.connect(self._set_aside)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    @Slot(object)
    def _set_aside(self, decided: SetAside) -> None:
        session = self.session
        job = partial(write_aside, session.store, self._who, decided, session.clock)
        session.deed(aside_words(decided, session.store.zone), job)

    def _ask_agreed(self) -> None:
        """Ask for the hours and their evidence."""
        dialog = AgreedDialog(self._who, self.session.today(), self)
        dialog.decided.connect(self._agree)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    @Slot(object)
    def _agree(self, agreed: Agreed) -> None:
        session = self.session
        job = partial(write_agreed, session.store, agreed, session.clock)
        session.deed(_("Agreement recorded"), job)

    def _ask_needs(self) -> None:
        """Ask what a crew must be able to do that goes there."""
        if self._view is not None:
            dialog = NeedsDialog(self._view.debtor.needs, self)
            dialog.decided.connect(self._need)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()

    @Slot(object)
    def _need(self, tags: tuple[str, ...]) -> None:
        session = self.session
        job = partial(write_needs, session.store, self._who, tags, session.clock)
        session.deed(_("Needs of a visit set"), job)

    @Slot(object)
    def _correct(self, line: Line) -> None:
        """Fill in an outcome anew, on the page of results."""
        self.session.go("results", (self._who, line.entry.batch))

    @Slot(object)
    def _undo(self, line: Line) -> None:
        """Take back one deed; that is a deed itself, and can be undone."""
        zone = self.session.store.zone
        title = line_title(line, zone)
        day = formats.moment(line.entry.at, zone)[5:10]
        text = _("Undone: {what} ({day})").format(what=title, day=day)
        self.session.deed(text, partial(take_back, self.session.store, line.entry.batch))


def take_back(store: Store, batch: bytes) -> tuple[None, Change, bytes]:
    """Reverse a batch; answers as a deed does."""
    return None, Change.CASES | Change.CONTACTS, undo_batch(store, batch)
