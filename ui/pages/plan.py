"""The plan screen: loads a day, hands it to its view, and turns commands into deeds."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.difference import totals
from planner.domain.plan import Plan
from planner.export.map_ground import Ground, read_ground
from planner.store.store import Store
from ui.i18n import _
from ui.map.base import load_base
from ui.map.view import prepare_ground
from ui.page import Page
from ui.plan.blocked import blocked
from ui.plan.book import Book, load_book, load_day_plan, load_ground
from ui.plan.commands import Commands
from ui.plan.day_view import DayView
from ui.plan.deeds import PlanDeeds
from ui.plan.files import show_file
from ui.plan.giving import GivingOut
from ui.plan.keys import key_list
from ui.plan.offers import Offers
from ui.plan.week_switch import DayOrWeek
from ui.plan.week_view import WeekView
from ui.session import Session
from ui.team.notes import PlanNote


class PlanPage(Page):
    """The parts of the day's view are also the page's: `list`, `map`, `bar`, `why`, `foot`."""

    key = "plan"
    interests = Change.ALL
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._ground_stale = True
        self._wish = ""  # what another page asked for before the day was loaded
        self.deeds = PlanDeeds(session, self)
        self.offers = Offers(session, self.deeds)
        self.giving = GivingOut(session, self)
        # From the outside in: a widget that is moved with its content is styled anew each time.
        box = QVBoxLayout(self)
        box.setContentsMargins(16, 12, 16, 12)
        self.returned = PlanNote(session, self)
        box.addWidget(self.returned)
        views = self.views = DayOrWeek(session, self)
        box.addWidget(views)
        view = self.view = DayView(session, self.deeds, self.offers, views.stack)
        views.stack.addWidget(view)
        self.list, self.map, self.bar, self.why = view.list, view.map, view.bar, view.why
        self.search, self.foot, self.message = view.search, view.foot, view.notices.bar
        self._connect()
        self.commands_of = Commands(
            self,
            {
                "forward": partial(self._in_view, self._forward, WeekView.plan_week),
                "rest": self.create_plan,
                "gaps": partial(self._in_view, self.fill_gaps, _nothing),
                "on": partial(self._in_view, view.deciding.ask_crews, _nothing),
                "sheets": partial(self.export, "sheets"),
                "bring": partial(self._in_view, view.bring_selected, _nothing),
                "add": view.add_selected,
                "lock": partial(self._in_view, view.lock_selected, WeekView.lock_selected),
                "drop": partial(self._in_view, view.drop_selected, WeekView.drop_selected),
                "pause": partial(self._in_view, view.hold_selected, WeekView.hold_selected),
                "must": partial(self._in_view, view.must_selected, WeekView.must_selected),
                "whole": self.map.fit,
                "week": views.flip,
            },
        )
        self.retranslate()
        self.restyle()

    def _in_view(self, day: Callable[[], object], week: Callable[[WeekView], object]) -> None:
        """Do what a command means in the view that is shown."""
        if self.views.shows_week:
            week(self.views.week)
        else:
            day()

    def _connect(self) -> None:
        self.views.turned.connect(self.renew)
        self.view.lettered.connect(self._letter)
        self.foot.create_wanted.connect(self.create_plan)
        self.foot.plan_wanted.connect(self._plan_again)
        self.foot.export_wanted.connect(self.export)
        self.foot.import_wanted.connect(self._import)
        self.deeds.made.connect(self._plan_made)
        self.deeds.edited.connect(self._plan_edited)
        self.giving.exported.connect(self._exported)

    @property
    def book(self) -> Book | None:
        """The day that is shown."""
        return self.view.book

    @property
    def selected(self) -> str:
        """The chosen person, "" for nobody."""
        return self.view.selected

    def select(self, debtor_id: str) -> None:
        """Choose a person everywhere; "" lets go."""
        self.view.select(debtor_id)

    def retranslate(self) -> None:
        """Names of the commands; the view says its own."""
        self.commands_of.retranslate()
        self.view.retranslate()

    def shut(self) -> None:
        """The map's web page goes before its profile."""
        self.map.shut()

    def panes(self) -> list[QWidget]:
        """What F6 goes through."""
        return self.views.week.panes() if self.views.shows_week else self.view.panes()

    def commands(self) -> list[QAction]:
        """What Ctrl+K offers here."""
        return list(self.commands_of.actions.values())

    def keys(self) -> list[tuple[str, str]]:
        """The keys of this screen."""
        return key_list()

    def refresh(self) -> None:
        """Rank the day anew and read its plan, or read the week."""
        if self.views.shows_week:
            self.views.week.refresh()
            return
        self.session.ask(partial(load_book, self.session.store, self.session.day), self._loaded)
        if self._ground_stale:
            self._ground_stale = False
            self.session.ask(partial(_ground, self.session.store), self.map.set_ground)
            self.session.ask(partial(load_base, self.session.store), self.map.set_base)

    def show_item(self, what: object) -> None:
        """A debtor id: choose that person. "create", "print", "on": make the plan, save its sheets,
        plan it on. "week": show the week."""
        self.views.show_week(what == "week")
        if what in ("create", "print", "on"):
            self._wish = str(what)
            if self.book is not None and self.book.day == self.session.day:
                self._grant(self.book)
        elif isinstance(what, str) and what != "week":
            self.view.selected = what
            if self.book is not None:
                self.select(what)

    @Slot(object)
    def _on_changed(self, change: Change) -> None:
        """A changed plan alone needs no new ranking."""
        if change & Change.LAYERS:
            self._ground_stale = True
        if change & Change.SETTINGS:
            self.view.ways.forget()
        week = self.views.shows_week
        if change == Change.PLAN and self.book is not None and self.isVisible() and not week:
            day = self.session.day
            self.session.ask(partial(load_day_plan, self.session.store, day), self._plan_stored)
            return
        super()._on_changed(change)

    @Slot(object)
    def _on_day(self, day: object) -> None:
        self.view.fit_next = True
        self.foot.totals.forget_change()
        super()._on_day(day)

    @Slot(object)
    def _loaded(self, book: Book) -> None:
        if book.day != self.session.day:
            return
        self.view.show_book(book)
        self._grant(book)

    def _grant(self, book: Book) -> None:
        wish, self._wish = self._wish, ""
        if wish == "create" and book.plan is None:
            self.create_plan()
        elif wish == "print":
            # After the page is shown: the dialog belongs in front of it.
            QTimer.singleShot(0, self, partial(self.export, "sheets"))
        elif wish == "on":
            self.view.deciding.ask_crews()

    @Slot(object)
    def _plan_stored(self, plan: Plan | None) -> None:
        """After every write of a plan; what this page wrote itself is shown already."""
        if self.book is None or self.book.plan != plan:
            self._plan_read(plan, _("Undone or redone"))

    def _plan_read(self, plan: Plan | None, what: str) -> None:
        """Another plan of the day; `what` names the change that made it."""
        book = self.book
        if book is None or (plan is not None and plan.day != book.day):
            return
        if book.plan is not None and plan is not None:
            self.foot.totals.show_change(what, totals(book.plan), totals(plan))
        else:
            self.foot.totals.forget_change()
        self.view.show_book(book.with_plan(plan))

    @Slot(object)
    def _plan_made(self, plan: Plan) -> None:
        self.view.fit_next = True
        self.message.clear()
        self._plan_read(plan, _("New plan"))

    @Slot(object)
    def _plan_edited(self, plan: Plan) -> None:
        self.message.clear()
        self._plan_read(plan, _("Last change"))

    @Slot()
    def _forward(self) -> None:
        """Ctrl+Enter: on with what is open, else make a plan."""
        if not self.view.deciding.forward():
            self.create_plan()

    @Slot(str)
    def _plan_again(self, kind: str) -> None:
        deeds = {
            "rest": self.create_plan,
            "gaps": self.fill_gaps,
            "on": self.view.deciding.ask_crews,
        }
        deeds[kind]()

    @Slot()
    def create_plan(self) -> None:
        """Search a plan for the day; with a plan, the rest anew."""
        if self._may_plan():
            self.deeds.create()

    @Slot()
    def fill_gaps(self) -> None:
        """Offer what fits into the plan that is there."""
        if self._may_plan():
            self.offers.fill_gaps()

    def _may_plan(self) -> bool:
        """Whether a plan can be made for this day; else says why not."""
        self.message.clear()
        barrier = blocked(self.book, self.session.today()) if self.book is not None else None
        if barrier is not None:
            self.message.say(barrier.why, "warn")
        return self.book is not None and barrier is None

    @Slot()
    def _import(self) -> None:
        self.session.go("imports", "choose")

    @Slot(str)
    def export(self, kind: str) -> None:
        """Ask what is wanted of the plan in this form, then write or print it."""
        if self.book is None or self.book.plan is None:
            return
        if self.book.plan.stops or kind == "json":
            self.giving.begin(kind, self.book.plan, self.book.ranking)
        else:
            self.message.say(_("No visit is planned: there is no sheet."), "warn")

    @Slot(object)
    def _exported(self, path: Path) -> None:
        self.session.toast(_("Saved: {file}").format(file=path.name))
        show_file(path)

    @Slot(QKeyEvent)
    def _letter(self, event: QKeyEvent) -> None:
        if self.commands_of.letter(event):
            event.accept()


def _nothing(_week: WeekView) -> None:
    """What a command of the day does in the week."""


def _ground(store: Store) -> tuple[Ground, bytes]:
    return prepare_ground(read_ground(load_ground(store)))
