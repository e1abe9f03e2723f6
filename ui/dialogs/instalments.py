"""A plan that fits the person: a household's month, the plans it can keep, the one agreed."""

from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDate, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDateEdit,
    QFileDialog,
    QGridLayout,
    QHBoxLayout,
    QVBoxLayout,
    QWidget,
)

from planner.actions.change import Change
from planner.actions.outcomes import PlanTerms
from planner.actions.plans_agreed import Basis, agree_plan, basis, propose, terms_of
from planner.clock import Clock
from planner.domain.instalments import Household, Variant
from planner.errors import PlannerError
from planner.export.agreement import Draft, agreement
from planner.store.store import Store
from ui import formats
from ui.dialogs.asking import Asking
from ui.dialogs.variant_board import VariantBoard
from ui.i18n import N_, _, error_text, language, ngettext
from ui.results.amount import AmountField
from ui.session import Session
from ui.widgets.buttons import Button
from ui.widgets.card import line
from ui.widgets.text import Text

_WAIT = 200  # milliseconds after the last key before the plans are reckoned anew
_WIDTH = 900
FIGURES = {
    "income": N_("Income of the household"),
    "living": N_("Food and daily life"),
    "home": N_("Rent or mortgage"),
    "dependants": N_("Children, parents, care"),
    "other_debts": N_("Other debts"),
}
_LANGUAGES = {"zh_CN": ("zh_CN", "en"), "en": ("en", "zh_CN")}


class PlanDialog(Asking):
    """`agreed(PlanTerms)` when a plan is chosen; `whom` is read before the fields can be used."""

    agreed = Signal(object)

    def __init__(self, session: Session, debtor_id: str, parent: QWidget | None = None) -> None:
        super().__init__(_("Agree this plan"), "check", title=_("Payment plan"), parent=parent)
        self.setMinimumWidth(_WIDTH)
        self._session, self._who = session, debtor_id
        self._basis: Basis | None = None
        self._found: tuple[Variant, ...] = ()
        self._asked = 0
        self.fields = {name: AmountField() for name in FIGURES}
        self.first, self.down = QDateEdit(), AmountField()
        self.consent = QCheckBox(_("The person agrees that these figures are kept"))
        self.board = VariantBoard()
        self.draft = Button("secondary", "export")
        self.languages = QComboBox()
        self._about, self._left = Text("body", wrap=True), Text("strong")
        self._told = Text("muted", wrap=True)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_WAIT)
        self._timer.timeout.connect(self._reckon)
        self._told.setMinimumHeight(66)  # three lines: nothing jumps when the words change
        self._told.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._prepare()
        self._connect()
        columns = QHBoxLayout()
        columns.setSpacing(28)
        columns.addLayout(self._month(), 5)
        columns.addLayout(self._plans(), 8)
        self.lay_out(_("A plan that fits this person"), self._about, columns)
        self._look()
        session.ask(partial(basis, session.store, debtor_id, session.today()),
                    self._arrived, self._failed)  # fmt: skip

    def _prepare(self) -> None:
        today = self._session.today()
        self.first.setCalendarPopup(True)
        self.first.setDisplayFormat("yyyy-MM-dd")
        self.first.setMinimumDate(QDate(today.year, today.month, today.day))
        self.first.setAccessibleName(_("First instalment by"))
        self.down.setAccessibleName(_("Paid at once ({unit})").format(unit=formats.money_unit()))
        for name, edit in self.fields.items():
            edit.setAccessibleName(_(FIGURES[name]))
            edit.setMinimumWidth(120)
        self.draft.setText(_("Draft as PDF"))
        self.draft.setAutoDefault(False)
        self.languages.addItem(_("in this language"), 1)
        self.languages.addItem(_("in both languages"), 2)
        self.languages.setAccessibleName(_("Language of the draft"))

    def _connect(self) -> None:
        for edit in (*self.fields.values(), self.down):
            edit.textEdited.connect(self._edited)
        self.first.dateChanged.connect(self._edited)
        self.board.chosen.connect(self._look)
        self.draft.clicked.connect(self._write_draft)
        self.go.clicked.connect(self._agree)

    def _month(self) -> QVBoxLayout:
        """What the household has and needs each month, and whether that may be kept."""
        grid = QGridLayout()
        grid.setHorizontalSpacing(14)
        grid.setVerticalSpacing(7)
        unit = formats.money_unit()
        for row, (name, edit) in enumerate(self.fields.items()):
            label = Text("muted", _(FIGURES[name]))
            label.setBuddy(edit)
            grid.addWidget(label, row, 0)
            grid.addWidget(edit, row, 1)
        grid.addWidget(Text("muted", _("Left each month")), len(FIGURES), 0)
        grid.addWidget(self._left, len(FIGURES), 1, Qt.AlignmentFlag.AlignRight)
        more = QGridLayout()
        more.setHorizontalSpacing(14)
        more.setVerticalSpacing(7)
        rows = ((_("First instalment by"), self.first),
                (_("Paid at once ({unit})").format(unit=unit), self.down))  # fmt: skip
        for row, (text, field) in enumerate(rows):
            label = Text("muted", text)
            label.setBuddy(field)
            more.addWidget(label, row, 0)
            more.addWidget(field, row, 1)
        box = QVBoxLayout()
        box.setSpacing(10)
        box.addWidget(Text("strong", _("Each month ({unit})").format(unit=unit)))
        box.addLayout(grid)
        box.addWidget(self.consent)
        note = _("Without this tick only the plan is kept, and none of these figures.")
        box.addWidget(Text("small", note, wrap=True))
        box.addWidget(line())
        box.addLayout(more)
        box.addStretch(1)
        return box

    def _plans(self) -> QVBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(10)
        foot.addWidget(self.draft)
        foot.addWidget(self.languages)
        foot.addStretch(1)
        box = QVBoxLayout()
        box.setSpacing(10)
        box.addWidget(Text("strong", _("Plans this household can keep")))
        box.addWidget(self.board)
        box.addWidget(self._told)
        box.addStretch(1)
        box.addLayout(foot)
        return box

    @Slot(object)
    def _arrived(self, whom: Basis) -> None:
        self._basis = whom
        terms = whom.terms
        owes = _("{name} owes {amount} on {loans}.").format(
            name=formats.mask_name(whom.name), amount=formats.money_exact(whom.debt),
            loans=ngettext("{n} loan", "{n} loans", len(whom.case_ids)).format(
                n=len(whom.case_ids)),
        )  # fmt: skip
        waives = _(
            "The lender allows up to {months} months, at least {least} each, and a waiver of up to"
            " {waiver}; beyond {free} months or a waiver of {free_waiver} the lead has to agree."
        )
        plain = _(
            "The lender allows up to {months} months, at least {least} each, and no waiver; beyond"
            " {free} months the lead has to agree."
        )
        allowed = (waives if terms.most_waiver else plain).format(
            months=terms.longest_months, least=formats.money_exact(terms.least_instalment),
            waiver=formats.percent(terms.most_waiver), free=terms.free_months,
            free_waiver=formats.percent(terms.free_waiver),
        )  # fmt: skip
        self._about.setText(_("{first} {second}").format(first=owes, second=allowed))
        self.first.setDate(QDate(whom.first.year, whom.first.month, whom.first.day))
        self.fields["income"].setFocus()
        self._reckon()

    @Slot(object)
    def _failed(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self._told.setText(error_text(error))
            self._found = ()
            self.board.show_variants((), 0)
            self._look()
        else:
            self._session.troubled.emit(error)

    def household(self) -> Household | None:
        """What was typed; None while a figure is none. An empty field is nought."""
        figures = {name: _minor(edit) for name, edit in self.fields.items()}
        if any(figure is None or figure < 0 for figure in figures.values()):
            return None
        return Household(**{name: figure or 0 for name, figure in figures.items()})

    @Slot()
    def _edited(self) -> None:
        self._found = ()
        self._look()
        self._timer.start()

    @Slot()
    def _reckon(self) -> None:
        told, down = self.household(), _minor(self.down)
        whom = self._basis
        self._asked += 1
        self._left.setText(formats.money_exact(told.left) if told is not None else formats.NONE)
        if whom is None or told is None or down is None:
            self._told.setText(_("Type amounts such as 5,000 or 5000.50.") if whom else "")
        elif not told.income:
            self._told.setText(_("Ask only what the sum needs. The plans follow from it."))
            self.board.show_variants((), 0)
        else:
            job = partial(_proposed, self._asked, self._session.store, whom, told,
                          _date(self.first), down)  # fmt: skip
            self._session.ask(job, self._proposed, self._failed)
        self._look()

    @Slot(object)
    def _proposed(self, answer: tuple[int, tuple[Variant, ...]]) -> None:
        number, found = answer
        if number != self._asked:
            return  # something was typed since
        self._found = found
        self.board.show_variants(found, max(0, self.board.current()))
        self._told.setText(
            "" if found else _(
                "Nothing fits: too little is left each month. A plan would be broken; take down"
                " that the person cannot pay, which opens the way to assistance."
            )
        )  # fmt: skip
        self._look()

    def chosen(self) -> Variant | None:
        """The plan chosen, None while there is none."""
        place = self.board.current()
        return self._found[place] if 0 <= place < len(self._found) else None

    @Slot()
    def _look(self) -> None:
        one = self.chosen()
        self.go.setEnabled(one is not None)
        self.draft.setEnabled(one is not None)
        waits = one is not None and bool(one.approval)
        self.go.setText(_("Put to the lead") if waits else _("Agree this plan"))
        if one is not None:
            self._told.setText(
                _("Until the lead agrees this is a proposal: it promises nothing yet.") if waits
                else _("While the plan is kept nobody visits; it breaks with the first instalment"
                       " that is not paid within a day of its day.")
            )  # fmt: skip

    def terms(self) -> PlanTerms | None:
        """What would be agreed now."""
        one = self.chosen()
        if one is None or self._basis is None:
            return None
        told = self.household() if self.consent.isChecked() else None
        return terms_of(one, self._basis, self._session.today(), told)

    @Slot()
    def _agree(self) -> None:
        terms = self.terms()
        if terms is not None:
            self.agreed.emit(terms)
            self.accept()

    @Slot()
    def _write_draft(self) -> None:
        terms = self.terms()
        if terms is None or self._basis is None:
            return
        name, _kind = QFileDialog.getSaveFileName(
            self, _("Draft as PDF"), _("payment-plan.pdf"), "PDF (*.pdf)"
        )
        if name:
            count = int(self.languages.currentData())
            draft = Draft(self._basis, terms, self._session.clock())
            job = partial(agreement, draft, Path(name), _LANGUAGES[language()][:count])
            self._session.ask(job, self._drafted)

    @Slot(object)
    def _drafted(self, path: Path) -> None:
        self._session.toast(_("Written: {file}").format(file=path.name))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a field goes on to the next one; only outside of fields it decides."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and self.focusWidget() in (*self.fields.values(), self.down, self.first):
            self.focusNextChild()
            return
        super().keyPressEvent(event)


def open_plan_dialog(
    session: Session,
    debtor_id: str,
    parent: QWidget,
    *,
    take: Callable[[PlanTerms], object] | None = None,
) -> PlanDialog:
    """Open the dialog over `parent`. What is agreed goes to `take`, which records it with a visit;
    without `take` it is recorded by itself, as a deed."""
    dialog = PlanDialog(session, debtor_id, parent)
    dialog.agreed.connect(take or partial(_record, session, debtor_id))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog


def _record(session: Session, debtor_id: str, terms: PlanTerms) -> None:
    text = _("Plan put to the lead") if terms.approval else _("Payment plan agreed")
    session.deed(text, partial(_write, session.store, debtor_id, terms, session.clock))


def _write(
    store: Store, debtor_id: str, terms: PlanTerms, clock: Clock
) -> tuple[None, Change, bytes]:
    _plan_id, batch = agree_plan(store, debtor_id, terms, clock=clock)
    return None, Change.CASES | Change.CONTACTS, batch


def _proposed(
    number: int, store: Store, whom: Basis, told: Household, first: date, down: int
) -> tuple[int, tuple[Variant, ...]]:
    return number, propose(store, whom, told, first, down=down)


def _minor(edit: AmountField) -> int | None:
    return edit.minor() if edit.text().strip() else 0


def _date(edit: QDateEdit) -> date:
    found = edit.date()
    return date(found.year(), found.month(), found.day())
