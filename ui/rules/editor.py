"""House values changed in place: a field for each, its bound named, what it would do before it is.

Nothing is in force before Apply; Apply can be undone.
"""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTime, QTimer, Signal, Slot
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QTimeEdit,
    QVBoxLayout,
    QWidget,
)

from planner.policy.days import DayClass
from ui.i18n import _, ngettext
from ui.page import Translated
from ui.rules import words
from ui.rules.load import (
    Ahead,
    Edits,
    RulesView,
    RuleView,
    edits_with,
    edits_without,
    look_ahead,
    put_house,
    told,
)
from ui.rules.matters import DAY_MINUTES, Field, Path, assembled
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

WAIT = 250  # milliseconds after the last change of a field
_NAMED = 3  # rules named in a preview


class Entry(QWidget):
    """One value: `edited` when it was changed by hand."""

    edited = Signal()

    def __init__(self, one: Field, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = one
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(6)
        self._boxes: list[Any] = []
        {"whole": self._whole, "factor": self._factor, "span": self._span, "days": self._days}[
            one.kind
        ]()

    def _whole(self) -> None:
        box = QSpinBox()
        box.setRange(round(self.field.least), round(self.field.most))
        box.setValue(self.field.value)
        box.valueChanged.connect(self.edited)
        self._add(box, 96)

    def _factor(self) -> None:
        box = QDoubleSpinBox()
        box.setRange(self.field.least, self.field.most)
        box.setSingleStep(0.05)
        box.setDecimals(2)
        box.setValue(self.field.value)
        box.valueChanged.connect(self.edited)
        self._add(box, 96)

    def _span(self) -> None:
        for minute in self.field.value:
            box = QTimeEdit(QTime(minute // 60 % 24, minute % 60))
            box.setDisplayFormat("HH:mm")
            box.timeChanged.connect(self.edited)
            self._add(box, 96)

    def _days(self) -> None:
        holder = QWidget()
        column = QVBoxLayout(holder)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for day in DayClass:
            box = QCheckBox()
            box.setChecked(day.value in self.field.value)
            box.toggled.connect(self.edited)
            column.addWidget(box)
            self._boxes.append(box)
        self._row.addWidget(holder)

    def _add(self, box: QAbstractSpinBox, width: int) -> None:
        box.setFixedWidth(width)
        box.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self._row.addWidget(box)
        self._boxes.append(box)

    @property
    def boxes(self) -> tuple[QWidget, ...]:
        """The widgets that are typed into."""
        return tuple(self._boxes)

    @property
    def value(self) -> Any:
        """What stands in the field."""
        match self.field.kind:
            case "span":
                start, end = (box.time().hour() * 60 + box.time().minute() for box in self._boxes)
                return start, end or DAY_MINUTES
            case "days":
                pairs = zip(DayClass, self._boxes, strict=True)
                return tuple(day.value for day, box in pairs if box.isChecked())
            case "factor":
                return round(self._boxes[0].value(), 2)
        return self._boxes[0].value()

    def hold(self, most: int) -> None:
        """Let the value be no greater than `most`."""
        self._boxes[0].setMaximum(most)

    def say(self, name: str, bound: str) -> None:
        """Names for screen readers, words of the ticks."""
        if self.field.kind == "days":
            for day, box in zip(DayClass, self._boxes, strict=True):
                box.setText(_(words.DAYS[day]))
            return
        ends = (_("from"), _("to")) if self.field.kind == "span" else ("",)
        for box, end in zip(self._boxes, ends, strict=True):
            box.setAccessibleName(f"{name} {end}".strip())
            box.setAccessibleDescription(bound)
            box.setToolTip(bound)


class HouseEditor(Translated):
    """The fields of one rule, the preview, Apply."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._view: RulesView | None = None
        self._one: RuleView | None = None
        self._ahead: Ahead | None = None
        self.entries: list[Entry] = []
        self._names: list[tuple[Text, Text]] = []
        self._title = Text("strong")
        self._holder = QWidget()
        self._grid = QGridLayout(self._holder)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(0, 1)
        self.message = MessageBar(closable=False)
        self.shipped, self.apply_button = Button("secondary", "undo"), Button("primary", "check")
        self.shipped.clicked.connect(self.as_shipped)
        self.apply_button.clicked.connect(self.apply)
        # What a change would do stays in view while the fields scroll: see RuleCard.
        self.foot = QWidget()
        under = QVBoxLayout(self.foot)
        under.setContentsMargins(0, 0, 0, 0)
        under.setSpacing(10)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.shipped)
        buttons.addWidget(self.apply_button)
        under.addWidget(self.message)
        under.addLayout(buttons)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 6, 0, 0)
        box.setSpacing(10)
        box.addWidget(self._title)
        box.addWidget(self._holder)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT)
        self._timer.timeout.connect(self.ask)
        session.role_changed.connect(self._role)
        self.retranslate()

    def show_rule(self, view: RulesView, one: RuleView) -> None:
        """The fields of this rule with the values in force."""
        self._view, self._one, self._ahead = view, one, None
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.entries, self._names = [], []
        for number, found in enumerate(one.fields):
            entry, name, bound = Entry(found), Text("body", wrap=True), Text("small", wrap=True)
            entry.edited.connect(self._edited)
            middle = Qt.AlignmentFlag.AlignVCenter
            place = Qt.AlignmentFlag.AlignTop if found.kind == "days" else middle
            self._grid.addWidget(name, 2 * number, 0, place)
            self._grid.addWidget(entry, 2 * number, 1)
            self._grid.addWidget(bound, 2 * number + 1, 0, 1, 2)
            self.entries.append(entry)
            self._names.append((name, bound))
        self._hold_stages()
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the editor."""
        self._title.setText(_("House value"))
        self.shipped.setText(_("As shipped"))
        self.apply_button.setText(_("Apply this change"))
        view = self._view
        if view is not None:
            for entry, (name, bound) in zip(self.entries, self._names, strict=True):
                text = words.field(entry.field.path)
                said = words.bound(entry.field, view)
                name.setText(text)
                bound.setText(said)
                bound.setVisible(bool(said))
                entry.say(text, said)
        self._show()

    @property
    def changes(self) -> dict[str, Any]:
        """The keys of the rule whose values differ from those in force."""
        if self._one is None:
            return {}
        values: dict[Path, Any] = {entry.field.path: entry.value for entry in self.entries}
        return assembled(self._one.raw, values)

    @property
    def _wanted(self) -> Edits | None:
        if self._view is None or self._one is None or not (changes := self.changes):
            return None
        return edits_with(self._view.edits, self._one, changes)

    def _hold_stages(self) -> None:
        """A stage may lower the limit, never raise it."""
        by_path = {entry.field.path: entry for entry in self.entries}
        limit = by_path.get(("limit",))
        for path, entry in by_path.items():
            if path[0] == "by_stage" and limit is not None:
                entry.hold(limit.value)

    def _edited(self) -> None:
        self._hold_stages()
        self._ahead = None
        self._show()
        self._timer.start()

    @Slot()
    def ask(self) -> None:
        """Look ahead now."""
        self._timer.stop()
        wanted = self._wanted
        if wanted is not None:
            job = partial(look_ahead, self._session.store, self._session.day, wanted)
            self._session.ask(job, self._arrived)

    @Slot(object)
    def _arrived(self, ahead: Ahead) -> None:
        if ahead.edits == self._wanted:
            self._ahead = ahead
            self._show()

    def _show(self) -> None:
        one, ahead, view = self._one, self._ahead, self._view
        self.shipped.setVisible(self._session.leads)
        self.apply_button.setVisible(self._session.leads)
        self._holder.setEnabled(self._session.leads)
        if not self._session.leads:
            self.message.say(
                _("The team's rules are the lead's; they come by the exchange and are here to be"
                  " read."),
                "neutral",
            )  # fmt: skip
            return
        self.shipped.setEnabled(one is not None and one.changed)
        ready = ahead is not None and ahead.refused is None
        self.apply_button.setEnabled(ready)
        if view is None or self._wanted is None:
            self.message.say(_("In force now. Change a value to see what it would do."), "neutral")
        elif ahead is None:
            self.message.say(_("Looking ahead …"), "neutral")
        elif ahead.refused is not None:
            self.message.say(words.refusal(ahead.refused, view), "warn")
        else:
            self.message.say(self._effect(ahead, view), "accent")

    def _effect(self, ahead: Ahead, view: RulesView) -> str:
        preview = ahead.preview
        if preview is None:
            return ""
        barred, freed = len(preview.barred), len(preview.freed)
        day = view.day.isoformat()
        if not barred and not freed:
            return _("This change bars and frees nobody on {day}.").format(day=day)
        parts = []
        if barred:
            text = ngettext("This change bars {n} more person on {day}.",
                            "This change bars {n} more people on {day}.", barred)  # fmt: skip
            parts.append(text.format(n=barred, day=day))
        if freed:
            text = ngettext("{n} person more may be visited on {day}.",
                            "{n} people more may be visited on {day}.", freed)  # fmt: skip
            parts.append(text.format(n=freed, day=day))
        most = sorted(preview.rules.items(), key=lambda pair: -pair[1])[:_NAMED]
        parts += [f"{n} × {words.sentence(rule)}" for rule, n in most]
        return "\n".join(parts)

    @Slot(str)
    def _role(self, _role: str) -> None:
        self._show()

    def as_shipped(self) -> None:
        """Take back all changes of this rule, as a step that can be undone."""
        if self._view is not None and self._one is not None:
            self._put(edits_without(self._view.edits, self._one.rule.id))

    def apply(self) -> None:
        """Put the values in force, as a step that can be undone."""
        wanted = self._wanted
        if wanted is not None and self.apply_button.isEnabled():
            self._put(wanted)

    def _put(self, new: Edits) -> None:
        view, store = self._view, self._session.store
        assert view is not None
        self.apply_button.setEnabled(False)
        self.shipped.setEnabled(False)
        self._way = (view.edits, new)
        self._session.do(partial(told, store, new), self._applied, self._failed)

    @Slot(object)
    def _applied(self, _nothing: object) -> None:
        old, new = self._way
        store = self._session.store
        text = _("Change of a house rule")
        self._session.flip(text, partial(put_house, store, old), partial(put_house, store, new))
        self._session.toast(text, undo=True)

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        self._session.troubled.emit(error)
        self._show()
