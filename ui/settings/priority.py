"""Priority: five sliders, and beside them what they would change in today's list."""

from dataclasses import dataclass, fields
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.rank import (
    Ranking,
    load_weights,
    preview_weights,
    rank,
    save_weights,
)
from planner.ranking.params import STEPS, Weights
from planner.store.people import PersonRow, load_rows
from planner.store.store import Store
from ui import formats
from ui.i18n import N_, _, ngettext
from ui.page import Translated
from ui.session import Session
from ui.settings.moved import MovedLists
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.empty_state import EmptyState
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_NAMES = {
    "amount": (N_("Amount"), N_("How much money a visit could bring back.")),
    "change": (N_("Effect of a visit"), N_("How much a visit changes whether the person pays.")),
    "meet": (N_("Chance to meet"), N_("How likely it is that the person is there.")),
    "access": (N_("Short way"), N_("How little time and road a visit costs.")),
    "watch": (N_("Special attention"), N_("Deadlines, planned moves and the lead's own marks.")),
}
TOP = 30  # places that the preview compares
_WAIT = 150  # milliseconds after the last movement


@dataclass(frozen=True, slots=True)
class Shift:
    """What changes among the first `top` places: how many move within, who leaves, who enters;
    what these visits are expected to bring, before and after (minor units)."""

    weights: Weights
    top: int
    moved: int
    before: int
    after: int
    leave: list[PersonRow]
    enter: list[PersonRow]


def look_ahead(store: Store, ranking: Ranking, weights: Weights) -> Shift:
    """What `weights` would change; runs off the GUI thread."""
    ahead = preview_weights(ranking, weights, TOP)
    ids = ranking.table.debtor_ids
    with store.read() as conn:
        leave = load_rows(conn, [ids[i] for i in ahead.leave])
        enter = load_rows(conn, [ids[i] for i in ahead.enter])
    top = min(TOP, int(ranking.verdicts.eligible.sum()))
    return Shift(weights, top, ahead.moved, ahead.before, ahead.after, leave, enter)


def put_weights(store: Store, weights: Weights) -> Change:
    """Put `weights` in force."""
    save_weights(store, weights)
    return Change.SETTINGS


class Dial(Translated):
    """One weight: name, slider with five places, its value in words."""

    moved = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        self._title, self._more, self._value = (
            Text("strong"),
            Text("small", wrap=True),
            Text("body"),
        )
        self._slider = QSlider(Qt.Orientation.Horizontal)
        self._slider.setRange(0, len(STEPS) - 1)
        self._slider.setPageStep(1)
        self._slider.setTickInterval(1)
        self._slider.setMinimumWidth(180)
        self._slider.valueChanged.connect(self._moved)
        self._value.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._value.setMinimumWidth(52)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(0)
        self._slider.setFixedHeight(24)
        grid.addWidget(self._title, 0, 0)
        grid.addWidget(self._value, 0, 1)
        grid.addWidget(self._slider, 1, 0, 1, 2)
        grid.addWidget(self._more, 2, 0, 1, 2)
        self.set_weight(1.0)
        self.retranslate()

    @property
    def weight(self) -> float:
        """The weight under the handle."""
        return STEPS[self._slider.value()]

    def set_weight(self, weight: float) -> None:
        """Put the handle there, without saying so."""
        self._slider.blockSignals(True)
        self._slider.setValue(STEPS.index(weight))
        self._slider.blockSignals(False)
        self._show()

    def retranslate(self) -> None:
        """Name and explanation."""
        title, more = _NAMES[self.name]
        self._title.setText(_(title))
        self._more.setText(_(more))
        self._show()

    def _moved(self) -> None:
        self._show()
        self.moved.emit()

    def _show(self) -> None:
        self._value.setText(f"× {self.weight:g}")
        self._slider.setAccessibleName(f"{self._title.text()} × {self.weight:g}")


class PriorityPanel(Translated):
    """Nothing changes before Apply; Apply can be undone."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._ranking: Ranking | None = None
        self._shift: Shift | None = None
        self._saved = Weights()
        self._dials = {field.name: Dial(field.name) for field in fields(Weights)}
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._ask)
        self._build()
        self.retranslate()

    def _build(self) -> None:
        self._card, self._ahead = Card(), Card()
        self._intro = Text("muted", wrap=True)
        self._card.body.addWidget(self._intro)
        dials = QWidget()
        column = QVBoxLayout(dials)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(6)
        for dial in self._dials.values():
            dial.moved.connect(self._dial_moved)
            column.addWidget(dial)
        column.addStretch(1)
        self._card.body.addWidget(scrolled(dials), 1)
        self._result = Text("body", wrap=True)
        self._lists = MovedLists()
        self._still = EmptyState("settings")
        self._ahead.body.addWidget(self._still, 1)
        self._ahead.body.addWidget(self._result)
        self._ahead.body.addWidget(self._lists, 1)
        self._reset, self._apply = Button("secondary"), Button("primary", "check")
        self._reset.clicked.connect(self._reset_all)
        self._apply.clicked.connect(self.apply)
        both = QHBoxLayout()
        both.setSpacing(16)
        both.addWidget(self._card, 2)
        both.addWidget(self._ahead, 3)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._reset)
        foot.addWidget(self._apply)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(both, 1)
        box.addLayout(foot)

    def retranslate(self) -> None:
        """All words of the panel."""
        self._card.set_title(_("What counts how much"))
        self._intro.setText(
            _("× 1 everywhere is plain economics. The contact rules are not touched by this.")
        )
        self._ahead.set_title(_("What would change"))
        self._reset.setText(_("All back to × 1"))
        self._apply.setText(_("Apply these weights"))
        self._show()

    def refresh(self) -> None:
        """Rank anew with the weights in force."""
        self._session.ask(partial(self._load, self._session.store), self._arrived)

    def _load(self, store: Store) -> tuple[Ranking, Weights]:
        weights = load_weights(store)
        return rank(store, self._session.day, weights), weights

    @Slot(object)
    def _arrived(self, answer: tuple[Ranking, Weights]) -> None:
        self._ranking, self._saved = answer
        for name, dial in self._dials.items():
            dial.set_weight(getattr(self._saved, name))
        self._shift = None
        self._show()

    @property
    def weights(self) -> Weights:
        """The weights under the handles."""
        return Weights(**{name: dial.weight for name, dial in self._dials.items()})

    def _dial_moved(self) -> None:
        self._show()
        self._timer.start()

    def _reset_all(self) -> None:
        for dial in self._dials.values():
            dial.set_weight(1.0)
        self._dial_moved()

    def _ask(self) -> None:
        if self._ranking is not None:
            job = partial(look_ahead, self._session.store, self._ranking, self.weights)
            self._session.ask(job, self._ahead_arrived)

    @Slot(object)
    def _ahead_arrived(self, shift: Shift) -> None:
        if shift.weights == self.weights:
            self._shift = shift
            self._show()

    def _show(self) -> None:
        changed = self.weights != self._saved
        self._apply.setEnabled(changed and self._ranking is not None)
        self._reset.setEnabled(self.weights != Weights())
        shift = self._shift if changed else None
        current = shift is not None and shift.weights == self.weights
        waiting = not changed or shift is None or not current
        self._still.setVisible(waiting)
        self._result.setVisible(not waiting)
        self._still.say(
            _("Looking ahead …")
            if changed
            else _("Move a slider: the first places of the list before and after stand here.")
        )
        if waiting or shift is None:
            self._lists.show_lists([], [])
            return
        n = len(shift.leave)
        text = ngettext(
            "{n} of the first {top} places goes to another person, {moved} more change their order."
            " Expected from these visits: {before} → {after}.",
            "{n} of the first {top} places go to other people, {moved} more change their order."
            " Expected from these visits: {before} → {after}.",
            n,
        )
        self._result.setText(
            text.format(
                n=n,
                top=shift.top,
                moved=shift.moved,
                before=formats.money_whole(shift.before),
                after=formats.money_whole(shift.after),
            )
        )
        self._lists.show_lists(shift.leave, shift.enter)

    def apply(self) -> None:
        """Put the weights in force, as a step that can be undone."""
        old, new = self._saved, self.weights
        store = self._session.store
        self._session.do(partial(_told, store, new), self._applied)
        self._session.flip(
            _("Change of weights"),
            partial(put_weights, store, old),
            partial(put_weights, store, new),
        )

    @Slot(object)
    def _applied(self, _nothing: object) -> None:
        self._session.toast(_("Change of weights"), undo=True)


def _told(store: Store, weights: Weights) -> tuple[None, Change]:
    return None, put_weights(store, weights)
