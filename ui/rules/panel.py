"""The rules in force: found by word or kind, listed by subject, one in full beside the list."""

from functools import partial

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ui.cases.search_box import SearchBox
from ui.i18n import _
from ui.page import Translated
from ui.rules import words
from ui.rules.detail import RuleCard
from ui.rules.load import RulesView, RuleView, load_rules
from ui.rules.matters import unsure
from ui.rules.packs import calendar_words
from ui.rules.table import COLUMNS, RuleModel, RuleTable
from ui.session import Session
from ui.widgets.card import Card
from ui.widgets.chip import Chip
from ui.widgets.empty_state import EmptyState
from ui.widgets.message_bar import MessageBar

FILTERS = ("all", "law", "house", "editable", "unsure")


def passes(one: RuleView, kind: str) -> bool:
    """Whether a rule stands under a filter."""
    match kind:
        case "law":
            return one.rule.binding != "house"
        case "house":
            return one.rule.binding == "house"
        case "editable":
            return bool(one.fields)
        case "unsure":
            return unsure(one.rule)
    return True


def matches(one: RuleView, wanted: str) -> bool:
    """Whether the words of a rule hold all that is looked for."""
    rule = one.rule
    text = " ".join(
        (words.sentence(rule.id), words.value(rule), words.source(rule), rule.source, rule.id,
         _(words.SUBJECTS[one.subject]), _(words.BINDINGS[rule.binding]))
    ).casefold()  # fmt: skip
    return all(part in text for part in wanted.casefold().split())


class RulesPanel(Translated):
    """Country, search, filters; list and detail."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view: RulesView | None = None
        self._country = ""
        self._kind = "all"
        self._chosen = ""
        self.calendar = MessageBar(closable=False)
        self.place = QComboBox()
        self.place.setMinimumWidth(210)
        self.place.activated.connect(self._pick_place)
        self.search = SearchBox()
        self.search.setMaximumWidth(320)
        self.search.asked.connect(self._show)
        self.search.ended.connect(self._show)
        self._group = QButtonGroup(self)
        self.chips: dict[str, Chip] = {}
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.place)
        top.addWidget(self.search, 1)
        for kind in FILTERS:
            chip = Chip("", "accent", checkable=True)
            self.chips[kind] = chip
            self._group.addButton(chip)
            top.addWidget(chip)
        self.chips["all"].setChecked(True)
        self._group.buttonClicked.connect(self._pick_kind)
        top.addStretch(1)
        self.model = RuleModel(COLUMNS, self)
        self.table = RuleTable(self.model)
        self.table.chosen.connect(self._choose)
        for leave in (self.search.returnPressed, self.search.list_wanted, self.search.left):
            leave.connect(self.table.setFocus)
        self.detail = RuleCard(session)
        self._none = EmptyState("search")
        self._none.pressed.connect(self._all)
        self._list = Card(heading=False)
        self._list.layout().setContentsMargins(1, 1, 1, 1)  # type: ignore[union-attr]
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._none)
        self._list.body.addWidget(self._stack)
        both = QHBoxLayout()
        both.setSpacing(14)
        both.addWidget(self._list, 8)
        both.addWidget(self.detail, 5)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(10)
        box.addWidget(self.calendar)
        box.addLayout(top)
        box.addLayout(both, 1)
        self.lead_to(self.table)
        self.retranslate()

    def panes(self) -> list[QWidget]:
        """List, search, the rule in full."""
        return [self.table, self.search, self.detail.editor]

    def retranslate(self) -> None:
        """All words of the panel."""
        self.place.setAccessibleName(_("Whose rules"))
        self.search.say(_("Search in the rules"), _("Word, source or rule"))
        self.table.setAccessibleName(_("Rules"))
        self._none.say(_("No rule is found."), _("Show all rules"))
        self._say_places()
        self._say_kinds()
        self.detail.retranslate()
        self._say_calendar()

    def refresh(self) -> None:
        """Read the rules anew."""
        session = self._session
        job = partial(load_rules, session.store, session.day, self._country)
        session.ask(job, self._arrived)

    def show_rule(self, rule_id: str) -> None:
        """Open at this rule."""
        self._chosen = rule_id
        self._all()

    @Slot(object)
    def _arrived(self, view: RulesView) -> None:
        self._view = view
        self._say_places()
        self._say_kinds()
        self._say_calendar()
        self._show()

    def _say_places(self) -> None:
        view = self._view
        if view is None:
            return
        self.place.clear()
        for one in view.countries:
            name = words.country(one)
            own = _("{country} (this workspace)").format(country=name)
            self.place.addItem(own if one == view.home else name, one)
        self.place.setCurrentIndex(view.countries.index(view.country))

    def _say_kinds(self) -> None:
        names = {"all": _("All"), "law": _("Law and codes"), "house": _("House"),
                 "editable": _("Can be changed"), "unsure": _("Tightens only")}  # fmt: skip
        rules = self._view.rules if self._view is not None else ()
        for kind, chip in self.chips.items():
            count = sum(passes(one, kind) for one in rules)
            chip.set_text(f"{names[kind]} {count}")

    def _say_calendar(self) -> None:
        if self._view is not None:
            text, tone = calendar_words(self._view.calendar, self._view.day)
            self.calendar.say(text if tone == "warn" else "", tone)

    @Slot()
    def _show(self) -> None:
        view = self._view
        if view is None:
            return
        wanted = self.search.wanted
        shown = [
            one for one in view.rules
            if passes(one, self._kind) and (not wanted or matches(one, wanted))
        ]  # fmt: skip
        self._stack.setCurrentIndex(0 if shown else 1)
        self.table.show_rules(shown, self._chosen)
        if not shown:
            self.detail.show_rule(view, None)

    @Slot(object)
    def _choose(self, row: object) -> None:
        if isinstance(row, RuleView) and self._view is not None:
            self._chosen = row.rule.id
            self.detail.show_rule(self._view, row)

    def _pick_place(self, index: int) -> None:
        self._country = self.place.itemData(index)
        self.refresh()

    def _pick_kind(self) -> None:
        self._kind = next(kind for kind, chip in self.chips.items() if chip.isChecked())
        self._show()

    def _all(self) -> None:
        self.search.clear()
        self.chips["all"].setChecked(True)
        self._pick_kind()
