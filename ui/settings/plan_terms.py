"""What lenders allow in an instalment plan: one lender at a time, or all without own terms."""

from functools import partial

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.actions.change import Change
from planner.actions.plans_agreed import USUAL, drop_terms, load_terms, save_terms
from planner.domain.instalments import MOST_MONTHS, Terms
from planner.errors import PlannerError
from planner.store.store import Store
from ui import formats
from ui.errors import words
from ui.i18n import _
from ui.page import Translated
from ui.results.amount import AmountField
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import Card
from ui.widgets.message_bar import MessageBar
from ui.widgets.scroll import scrolled
from ui.widgets.text import Text

_FULL = 99  # per cent


class PlanTermsCard(Card):
    """A lender, five figures, and the way back to the usual ones."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session = session
        self._terms: dict[str, Terms] = {USUAL: Terms()}
        self._note = Text("muted", wrap=True)
        self.lender = QComboBox()
        self.longest, self.free = QSpinBox(), QSpinBox()
        self.waiver, self.free_waiver = QSpinBox(), QSpinBox()
        self.least = AmountField()
        self.longest.setRange(1, MOST_MONTHS)
        self.free.setRange(0, MOST_MONTHS)
        for share in (self.waiver, self.free_waiver):
            share.setRange(0, _FULL)
        self.keep, self.usual = Button("primary", "check"), Button("quiet")
        self.message = MessageBar()
        self._fields: dict[str, QWidget] = {
            "lender": self.lender, "longest": self.longest, "least": self.least,
            "waiver": self.waiver, "free": self.free, "free_waiver": self.free_waiver,
        }  # fmt: skip
        self._labels = {name: Text("muted") for name in self._fields}
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(8)
        for row, (name, field) in enumerate(self._fields.items()):
            self._labels[name].setBuddy(field)
            grid.addWidget(self._labels[name], row, 0)
            grid.addWidget(field, row, 1)
        grid.setColumnStretch(1, 1)
        foot = QHBoxLayout()
        foot.addWidget(self.usual)
        foot.addStretch(1)
        foot.addWidget(self.keep)
        self.body.addWidget(self._note)
        self.body.addLayout(grid)
        self.body.addWidget(self.message)
        self.body.addLayout(foot)
        self.lender.activated.connect(self._show)
        for number in (self.longest, self.free, self.waiver, self.free_waiver):
            number.valueChanged.connect(self._look)
            number.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.least.textChanged.connect(self._look)
        self.keep.clicked.connect(self.save)
        self.usual.clicked.connect(self.drop)

    def retranslate(self) -> None:
        """All words of the card."""
        self.set_title(_("Instalments of lenders"))
        self._note.setText(
            _(
                "What a plan agreed at a door may promise. Beyond the last two figures the lead has"
                " to agree first; somebody who owes several lenders gets the strictest of their"
                " terms."
            )
        )
        names = {
            "lender": _("Lender"),
            "longest": _("Longest term, months"),
            "least": _("Least instalment ({unit})").format(unit=formats.money_unit()),
            "waiver": _("Largest waiver, %"),
            "free": _("Approval beyond months"),
            "free_waiver": _("Approval beyond a waiver of, %"),
        }
        for name, word in names.items():
            self._labels[name].setText(word)
            self._fields[name].setAccessibleName(word)
        if self.lender.count():
            self.lender.setItemText(0, _("For every lender without terms of its own"))
        self.keep.setText(_("Keep these terms"))
        self.usual.setText(_("As for the others"))
        self.message.name_cross(_("Close the message"))
        self._look()

    def refresh(self) -> None:
        """Read what is in force."""
        self._session.ask(partial(_load, self._session.store), self._arrived)

    @Slot(object)
    def _arrived(self, found: tuple[list[str], dict[str, Terms]]) -> None:
        lenders, self._terms = found
        chosen = self.lender.currentData()
        self.lender.clear()
        self.lender.addItem(_("For every lender without terms of its own"), USUAL)
        for one in lenders:
            self.lender.addItem(one, one)
        self.lender.setCurrentIndex(max(0, self.lender.findData(chosen)))
        self._show()

    def _in_force(self) -> Terms:
        return self._terms.get(self.lender.currentData() or USUAL, self._terms[USUAL])

    @Slot()
    def _show(self) -> None:
        terms = self._in_force()
        self.longest.setValue(terms.longest_months)
        self.least.set_minor(terms.least_instalment)
        self.least.deselect()
        self.waiver.setValue(round(terms.most_waiver * 100))
        self.free.setValue(terms.free_months)
        self.free_waiver.setValue(round(terms.free_waiver * 100))
        self._look()

    def _chosen(self) -> Terms | None:
        least = self.least.minor()
        if least is None or least < 0:
            return None
        return Terms(
            self.longest.value(), least, self.waiver.value() / 100, self.free.value(),
            self.free_waiver.value() / 100,
        )  # fmt: skip

    @Slot()
    def _look(self) -> None:
        lender, chosen = self.lender.currentData() or USUAL, self._chosen()
        self.keep.setEnabled(chosen is not None and chosen != self._in_force())
        self.usual.setVisible(lender != USUAL)
        self.usual.setEnabled(lender in self._terms)

    @Slot()
    def save(self) -> None:
        """Put the figures in force for this lender."""
        chosen = self._chosen()
        if chosen is not None:
            job = partial(_save, self._session.store, self.lender.currentData() or USUAL, chosen)
            self._session.do(job, self._saved, self._refused)

    @Slot()
    def drop(self) -> None:
        """From now on the usual terms hold for this lender."""
        job = partial(_drop, self._session.store, str(self.lender.currentData()))
        self._session.do(job, self._saved, self._refused)

    @Slot(object)
    def _saved(self, found: tuple[list[str], dict[str, Terms]]) -> None:
        self._arrived(found)
        name = self.lender.currentText()
        self.message.say(_("Terms of {lender} kept").format(lender=name), "accent")

    @Slot(object)
    def _refused(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self.message.say(words(error), "warn")
        else:
            self._session.troubled.emit(error)


class PlanTermsPanel(Translated):
    """The card, no wider than it needs to be."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.card = PlanTermsCard(session)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 6, 0)
        column.addWidget(self.card)
        column.addStretch(1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.addWidget(scrolled(inside))
        self.lead_to(self.card.lender)
        self.retranslate()

    def retranslate(self) -> None:
        """All words of the card."""
        self.card.retranslate()

    def refresh(self) -> None:
        """Read what is in force."""
        self.card.refresh()


def _load(store: Store) -> tuple[list[str], dict[str, Terms]]:
    with store.read() as conn:
        rows = conn.execute("SELECT DISTINCT lender FROM loan WHERE lender <> '' ORDER BY 1")
        found = load_terms(conn)
        lenders = {lender for (lender,) in rows} | (set(found) - {USUAL})
    return sorted(lenders), found


def _save(
    store: Store, lender: str, terms: Terms
) -> tuple[tuple[list[str], dict[str, Terms]], Change]:
    save_terms(
        store, lender, longest_months=terms.longest_months,
        least_instalment=terms.least_instalment, most_waiver=terms.most_waiver,
        free_months=terms.free_months, free_waiver=terms.free_waiver,
    )  # fmt: skip
    return _load(store), Change.SETTINGS


def _drop(store: Store, lender: str) -> tuple[tuple[list[str], dict[str, Terms]], Change]:
    drop_terms(store, lender)
    return _load(store), Change.SETTINGS
