"""Cases: everybody with an open case, by the state of the rules, searched, sorted and summed."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.filters import Filter
from planner.errors import PlannerError
from planner.store.people import PersonRow
from ui.cases import nobody
from ui.cases.book import (
    ALL,
    CaseBook,
    CaseRow,
    Hits,
    load_case_book,
    load_people,
    narrow_book,
)
from ui.cases.columns import Columns, sum_words
from ui.cases.copying import Copier
from ui.cases.filter_bar import FilterBar
from ui.cases.list_view import CaseTable, tight
from ui.cases.nobody import Nobody
from ui.cases.saved import SavedFilters
from ui.cases.tab_chips import TabChips
from ui.cases.top_line import TopLine
from ui.errors import words
from ui.i18n import _
from ui.models.book import BookModel
from ui.page import Page
from ui.places.view import PlacesView
from ui.plans.waiting_view import WaitingView
from ui.session import Session
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar

_PLANS = 2  # place of the waiting plans among the views


class CasesPage(Page):
    """The table of cases with its tabs and its search."""

    key = "cases"
    interests = Change.CASES | Change.CONTACTS | Change.CREWS | Change.SETTINGS
    follows_day = True

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(session, parent)
        self._book: CaseBook | None = None
        self._hits: Hits | None = None
        self._tab = "ready"
        self._tab_before = ""  # the tab to come back to when the search ends
        self._wanted = ""
        self._filter = Filter()
        self._columns = Columns(session.store.zone, session.day)
        self._copier = Copier(session, self._columns, self)
        self._build()
        self._connect()
        self.retranslate()

    def _build(self) -> None:
        self._message = MessageBar(closable=False)
        self.top = TopLine()
        self._search = self.top.search
        self.filter_bar = FilterBar()
        self.filter_bar.hide()
        self._saved = SavedFilters(self.session, self.filter_bar, self)
        self._chips = TabChips(self._tab)
        self._saved.tab = self._tab
        self.model = BookModel(self._columns.make(), self)
        self.table = CaseTable(self.model)
        self._empty = Nobody()
        card = Card(heading=False)
        tight(card)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        card.body.addWidget(self._stack, 1)
        whole = QWidget()
        box = QVBoxLayout(whole)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self._message)
        box.addWidget(self.top)
        box.addWidget(self.filter_bar)
        box.addWidget(self._chips)
        box.addWidget(card, 1)
        self.places = PlacesView(self.session)
        self._views = QStackedWidget()
        self._views.addWidget(whole)
        self._views.addWidget(self.places)
        self.plans = WaitingView(self.session)
        self._views.addWidget(self.plans)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(24, 18, 24, 16)
        outer.addWidget(self._views)
        self.lead_to(self.table)

    def _connect(self) -> None:
        self._search.asked.connect(self._ask_hits)
        self._search.ended.connect(self._search_ended)
        for leave in (self._search.returnPressed, self._search.list_wanted, self._search.left):
            leave.connect(self._to_table)
        self._chips.picked.connect(self._chip_pressed)
        self.top.copy.clicked.connect(self.copy)
        self.top.to_places.clicked.connect(self.show_places)
        self.places.left.connect(self._leave_places)
        self.top.to_plans.clicked.connect(self.show_plans)
        self.plans.left.connect(self._leave_places)
        self.plans.counted.connect(self.top.say_plans)
        self.places.counted.connect(self._say_places)
        self.top.filters.toggled.connect(self.filter_bar.setVisible)
        self.filter_bar.changed.connect(self._filter_changed)
        self._empty.left.connect(self._act_empty)
        self.table.opened.connect(self._open)
        self.table.copy_wanted.connect(self.copy)
        self.table.summed.connect(self._say_sum)
        self.table.key_pressed.connect(self._key)
        self.model.wanted.connect(self._read_page)
        find = QShortcut(QKeySequence("Ctrl+F"), self)
        find.activated.connect(self._find)
        self._find_action = QAction(self)
        self._find_action.triggered.connect(self._find)
        self._places_action = QAction(self)
        self._places_action.triggered.connect(self.show_places)
        self._plans_action = QAction(self)
        self._plans_action.triggered.connect(self.show_plans)
        self._assign_action = self._of_chosen("assign", "Ctrl+Shift+H")
        self._split_action = self._of_chosen("split", "Ctrl+Shift+S")

    def _of_chosen(self, what: str, key: str) -> QAction:
        """A command that the team's page does with the chosen persons."""
        action = QAction(self)
        action.setShortcut(QKeySequence(key))
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        action.triggered.connect(partial(self.to_team, what))
        self.addAction(action)
        return action

    def to_team(self, what: str, *_checked: object) -> None:
        """Go to the team's page with the chosen persons: "assign" or "split"."""
        if self._book is not None and not self._views.currentIndex():
            ids = self._book.ranking.table.debtor_ids
            chosen = tuple(ids[int(row)] for row in self.table.chosen_rows())
            if chosen:
                self.session.go("team", (what, chosen))

    def panes(self) -> list[QWidget]:
        """Table, search, tabs; the first one has the keyboard when the page is opened."""
        if self._placing:
            return self.places.panes()
        if self._views.currentIndex() == _PLANS:
            return self.plans.panes()
        return [self.table, self._search, self._chips.of[self._tab]]

    def commands(self) -> list[QAction]:
        """Search in this list."""
        return [self._find_action, self._places_action, self._plans_action, self._assign_action,
                self._split_action]  # fmt: skip

    @Slot()
    def _find(self) -> None:
        """The keyboard goes to the search of what is in view."""
        if self._placing:
            self.places.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._search.take_keyboard()

    def keys(self) -> list[tuple[str, str]]:
        """Keys of this page."""
        if self._placing:
            return self.places.keys()
        if self._views.currentIndex() == _PLANS:
            return self.plans.keys()
        return [
            ("Enter", _("Open the chosen person")),
            ("Ctrl+F", _("Search in the cases")),
            ("Ctrl+A", _("Choose all")),
            ("Ctrl+C", _("Copy the chosen rows")),
            ("Ctrl+Shift+H", _("Give the chosen persons to a collector")),
            ("Ctrl+Shift+S", _("Split the chosen persons over the collectors")),
            ("Esc", _("End the search")),
        ]

    @property
    def _placing(self) -> bool:
        return self._views.currentIndex() == 1

    def show_places(self, debtor_id: str = "") -> None:
        """Show the places to check, perhaps for one person."""
        self._views.setCurrentIndex(1)
        self.lead_to(self.places.desk)
        self.places.open(debtor_id if isinstance(debtor_id, str) else "")
        self.places.desk.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def show_plans(self) -> None:
        """Show the instalment plans that wait for the lead."""
        self._views.setCurrentIndex(_PLANS)
        self.lead_to(self.plans.table)
        self.plans.refresh()
        self.plans.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot()
    def _leave_places(self) -> None:
        self._views.setCurrentIndex(0)
        self.lead_to(self.table)
        self.renew()
        self._to_table()

    @Slot(int)
    def _say_places(self, waiting: int) -> None:
        self.top.say_places(waiting, here=self._placing)

    def shut(self) -> None:
        """The window closes: its map goes first."""
        self.places.shut()

    def refresh(self) -> None:
        """Rank the day anew; while people are placed only their list is read."""
        session = self.session
        self.places.refresh()
        self.plans.refresh()
        if self._views.currentIndex():
            return
        job = partial(load_case_book, session.store, session.day)
        session.ask(job, self._arrived, self._failed)

    def show_item(self, what: object) -> None:
        """A tab, a person to be chosen in the list, "plans", "places", or ("places", debtor id)."""
        if what == "places" or (isinstance(what, tuple) and what[:1] == ("places",)):
            self.show_places(what[1] if isinstance(what, tuple) else "")
            return
        if what == "plans":
            self.show_plans()
            return
        if self._views.currentIndex():
            self._leave_places()
        if what in self._chips.of:
            self._show_tab(str(what))
        elif isinstance(what, str):
            self._wanted = what
            self._go_wanted()

    @Slot(object)
    def _arrived(self, book: CaseBook) -> None:
        if book.day != self.session.day:
            return
        self._message.clear()
        self._book = book
        self._columns.day = book.day
        self._hits = None
        self._saved.offer(book.ranking)
        if (self._search.wanted or self._filter.asks) and not self._wanted:
            # The lines of before stay until the search has been asked again.
            self._narrow()
        else:
            self._fill()
            self._go_wanted()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if not isinstance(error, PlannerError):
            self.session.troubled.emit(error)
            return
        self._message.say(words(error), "warn")

    @Slot(object)
    def _read_page(self, ids: list[str]) -> None:
        job = partial(load_people, self.session.store, ids)
        self.session.ask(job, self._page_arrived, self._page_failed)

    @Slot(object)
    def _page_arrived(self, people: list[PersonRow]) -> None:
        self.model.arrived(people)

    @Slot(object)
    def _page_failed(self, error: BaseException) -> None:
        self.model.failed()
        self._failed(error)

    def _search_ended(self) -> None:
        if self._filter.asks:
            self._narrow()
            return
        self._hits = None
        self._check_tab(self._tab_before or self._tab)
        self._tab_before = ""
        self._fill()

    @Slot(str)
    def _ask_hits(self, _text: str) -> None:
        self._narrow()

    def _narrow(self) -> None:
        """Ask who fits the search and the filter together."""
        if self._book is not None:
            text = self._search.wanted
            job = partial(narrow_book, self.session.store, self._book, text, self._filter)
            self.session.ask(job, self._found, self._failed)

    @Slot(object)
    def _filter_changed(self, chosen: Filter) -> None:
        if chosen.tab in self._chips.of:
            self._check_tab(chosen.tab)
        self._filter = chosen
        self.top.say_filter(self._filter.asks)
        if chosen.asks or self._search.wanted:
            self._narrow()
        else:
            self._search_ended()

    @Slot(object)
    def _found(self, hits: Hits) -> None:
        asked = (self._search.wanted, self._filter)
        if (hits.text, hits.chosen) == asked and hits.book is self._book:
            self._hits = hits
            counts = hits.book.counts(hits.mask)
            if counts[ALL] and not counts[self._tab]:
                # Found, but in another list: show them all, and come back when the search ends.
                self._tab_before = self._tab_before or self._tab
                self._check_tab(ALL)
            self._fill()

    def _fill(self) -> None:
        book = self._book
        if book is None:
            return
        mask = self._hits.mask if self._hits is not None else None
        self._count()
        self.model.show(book, book.rows_of(self._tab, mask))
        if self.model.rowCount() and not self.table.currentIndex().isValid():
            self.table.go_to(0)
        self._say_empty()

    def _count(self) -> None:
        book, hits = self._book, self._hits
        counts = book.counts(hits.mask if hits else None) if book is not None else {}
        self._chips.count(counts)
        self.top.say_others(hits.others if hits is not None else 0)

    def _say_empty(self) -> None:
        book, hits = self._book, self._hits
        none = book is not None and self.model.rowCount() == 0
        self._stack.setCurrentIndex(1 if none else 0)
        self.top.copy.setEnabled(book is not None and not none)
        if book is not None and none:
            self._empty.explain(book, hits)

    @Slot(str)
    def _act_empty(self, way: str) -> None:
        if way == nobody.IMPORT:
            self.session.go("imports", "choose")
        elif way == nobody.SHOW_ALL:
            self._show_tab(ALL)
        elif way == nobody.CLEAR:
            self.filter_bar.show_filter(Filter(), tell=True)
        else:
            self._search.clear()
            self._search.take_keyboard()

    @Slot(str)
    def _chip_pressed(self, tab: str) -> None:
        self._show_tab(tab)
        self._to_table()

    def _show_tab(self, tab: str) -> None:
        self._tab_before = ""
        self._check_tab(tab)
        self._fill()

    def _check_tab(self, tab: str) -> None:
        self._tab = self._saved.tab = tab
        self._chips.mark(tab)

    def _go_wanted(self) -> None:
        """Bring the wanted person into view, in the list where it stands."""
        book, who = self._book, self._wanted
        if book is None or not who:
            return
        self._wanted = ""
        index = book.row_of(who)
        if index >= 0:
            if self.model.place_of(index) < 0:
                self._search.clear()
                self.filter_bar.show_filter(Filter(), tell=self._filter.asks)
                self._show_tab(book.row(index).tab)
            self.table.go_to_person(who)

    def _to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    @Slot(object)
    def _key(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._search.text():
            self._search.clear()
            event.accept()

    @Slot(object)
    def _open(self, row: CaseRow) -> None:
        self.session.go("case", row.debtor_id)

    @Slot(int, int, object)
    def _say_sum(self, count: int, cases: int, minor: int) -> None:
        if self.isVisible():
            self.session.status.emit(sum_words(count, cases, minor) if count > 1 else "")

    def copy(self) -> None:
        """The chosen rows, or all that are shown, onto the clipboard, as lines with tabs."""
        book = self._book
        if book is None:
            return
        rows = self.table.chosen_rows()
        if len(rows) < 2:
            rows = self.model.shown
        self._copier.copy(book, rows)

    def retranslate(self) -> None:
        """All words of the page."""
        self.top.retranslate()
        self._find_action.setText(_("Search in the cases"))
        self._places_action.setText(_("Places to check"))
        self._plans_action.setText(_("Plans waiting for approval"))
        self._assign_action.setText(_("Give the chosen persons to a collector"))
        self._split_action.setText(_("Split the chosen persons over the collectors"))
        self.filter_bar.retranslate()
        self.table.setAccessibleName(_("Cases of the day"))
        self._count()
        self._say_empty()
