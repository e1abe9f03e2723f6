"""What the end of a mandate would delete, why and by whose order."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from planner.actions.purge import Scope
from ui import formats
from ui.i18n import _, ngettext
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_LABEL = 380  # pixels; a label that wraps earlier looks cut


class EndCard(Card):
    """What would be deleted, why and by whose order; `wanted(lender, reason, by)`."""

    wanted = Signal(str, str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._lender, self._scope = "", Scope("", (), (), 0, 0)
        self._what, self._stays = Text("body", wrap=True), Text("muted", wrap=True)
        self._final = MessageBar(closable=False)
        self.reason, self.by, self.again = QLineEdit(), QLineEdit(), QLineEdit()
        self._labels = [Text("muted"), Text("muted"), Text("muted", wrap=True)]
        self.go = Button("primary", "trash")
        self.go.clicked.connect(self._go)
        form = QFormLayout()
        form.setVerticalSpacing(8)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        for label, edit in zip(self._labels, self._edits(), strict=True):
            label.setMinimumWidth(_LABEL)
            edit.setMaxLength(200)
            edit.textChanged.connect(self._check)
            form.addRow(label, edit)
        self._fields = QWidget()
        inside = QVBoxLayout(self._fields)
        inside.setContentsMargins(0, 0, 6, 0)
        for widget in (self._what, self._stays, self._final):
            inside.addWidget(widget)
        inside.addLayout(form)
        inside.addStretch(1)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self.go)
        self.body.addWidget(scrolled(self._fields), 1)
        self.body.addLayout(foot)

    def _edits(self) -> tuple[QLineEdit, QLineEdit, QLineEdit]:
        return self.reason, self.by, self.again

    def show_scope(self, scope: Scope) -> None:
        """Whom it concerns; what was typed for another lender is dropped."""
        if scope.lender != self._lender:
            for edit in self._edits():
                edit.clear()
        self._lender, self._scope = scope.lender, scope
        self.retranslate()

    def clear(self) -> None:
        """No lender is chosen."""
        self.show_scope(Scope("", (), (), 0, 0))

    def retranslate(self) -> None:
        """All words."""
        scope, there = self._scope, bool(self._lender)
        self.set_title(
            _("End the mandate of {lender}").format(lender=self._lender)
            if there
            else _("End of a mandate")
        )
        self._what.setText(_scope_words(scope) if there else _("Choose a lender in the list."))
        self._stays.setText(
            _(
                "Of persons who owe other lenders too, names, phones, places and contacts stay;"
                " the cases of this lender, with promises, payments and notes, go."
            )
        )
        self._stays.setVisible(there and bool(scope.kept))
        self._final.setVisible(there)
        if there:
            self._final.say(
                _("This cannot be undone. Earlier backups are deleted too; a new one is made."),
                "stop",
            )
        texts = (
            _("Reason"),
            _("Who orders it"),
            _("Type the lender's name to confirm: {lender}").format(lender=self._lender),
        )
        names = (*texts[:2], _("Lender's name"))
        for label, edit, text, name in zip(self._labels, self._edits(), texts, names, strict=True):
            label.setText(text)
            edit.setAccessibleName(name)
            label.setVisible(there)
            edit.setVisible(there)
        self.go.setText(_("Delete for good"))
        self._check()

    @Slot()
    def _check(self) -> None:
        told = bool(self.reason.text().strip()) and bool(self.by.text().strip())
        sure = bool(self._lender) and self.again.text().strip() == self._lender
        self.go.setEnabled(told and sure)

    @Slot()
    def _go(self) -> None:
        self.wanted.emit(self._lender, self.reason.text().strip(), self.by.text().strip())


def _scope_words(scope: Scope) -> str:
    n = len(scope.erased)
    persons = ngettext("{n} person is deleted", "{n} persons are deleted", n).format(
        n=formats.number(n)
    )
    if scope.kept:
        n = len(scope.kept)
        stay = ngettext("{n} stays for other lenders", "{n} stay for other lenders", n)
        persons = _("{deleted}, {kept}").format(
            deleted=persons, kept=stay.format(n=formats.number(n))
        )
    cases = ngettext("{n} case", "{n} cases", scope.cases).format(n=formats.number(scope.cases))
    entries = ngettext("{n} entry", "{n} entries", scope.entries).format(
        n=formats.number(scope.entries)
    )
    return _("{persons}; {cases} and {entries} go.").format(
        persons=persons, cases=cases, entries=entries
    )
