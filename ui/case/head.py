"""The head of a person's page: masked name, marks, figures, and the press that reveals."""

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QMenu, QVBoxLayout, QWidget

from planner.export import told
from ui import formats
from ui.case import words
from ui.case.view import PersonView
from ui.i18n import _, ngettext
from ui.musts import must_button
from ui.page import Translated
from ui.plan.words import tab_word
from ui.widgets.buttons import Button
from ui.widgets.chip import Chip
from ui.widgets.flow import FlowLayout
from ui.widgets.text import Text

SECONDS = 60  # after which a revealed person is masked again


class PersonHead(Translated):
    """`revealed(bool)` when personal data is shown or hidden; the rest says what was pressed."""

    revealed = Signal(bool)
    back_wanted = Signal()
    record_wanted = Signal()
    plan_wanted = Signal()
    hold_wanted = Signal()
    must_wanted = Signal()
    instalments_wanted = Signal()
    release_wanted = Signal(int)  # the kind of the pauses to end

    def __init__(self, zone: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._zone = zone
        self._view: PersonView | None = None
        self.open = False
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(SECONDS * 1000)
        self._clock.timeout.connect(self.hide_again)
        self._back = Button("quiet", "chevron-left")
        self._name, self._who, self._sums = Text("title"), Text("muted"), Text("body")
        for text in (self._name, self._who):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.eye = Button("secondary", "eye")
        self.eye.setCheckable(True)
        self._plan = Button("secondary", "plan")
        self.hold = Button("secondary", "stop")
        self.release = Button("secondary", "check")
        self.must = Button("secondary", "pin")
        self.instalments = Button("secondary", "edit")
        self._ends = QMenu(self)
        self._ends.triggered.connect(self._end_chosen)
        self._record = Button("primary", "results")
        self._back.clicked.connect(self.back_wanted)
        self.eye.clicked.connect(self._toggle)
        self._plan.clicked.connect(self.plan_wanted)
        self.hold.clicked.connect(self.hold_wanted)
        self.must.clicked.connect(self.must_wanted)
        self.instalments.clicked.connect(self.instalments_wanted)
        self.release.clicked.connect(self._end)
        self._record.clicked.connect(self.record_wanted)
        self._state = Chip()
        self._marks = QWidget()
        self._flow = FlowLayout(self._marks)
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._back)
        first.addWidget(self._name)
        first.addWidget(self._state)
        first.addWidget(self.eye)
        first.addStretch(1)
        first.addWidget(self._plan)
        first.addWidget(self.instalments)
        first.addWidget(self.must)
        first.addWidget(self.release)
        first.addWidget(self.hold)
        first.addWidget(self._record)
        second = QHBoxLayout()
        second.setSpacing(18)
        second.addWidget(self._sums)
        second.addWidget(self._who, 1)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 20, 0)
        box.setSpacing(8)
        box.addLayout(first)
        box.addLayout(second)
        box.addWidget(self._marks)
        self.retranslate()

    def show_person(self, view: PersonView) -> None:
        """Another person, or the same anew; somebody else comes masked."""
        old = self._view
        self._view = view
        if old is None or old.debtor.debtor_id != view.debtor.debtor_id:
            self.hide_again()
        self.retranslate()

    def hide_again(self) -> None:
        """Mask what was revealed."""
        self._clock.stop()
        self.eye.setChecked(False)
        if self.open:
            self.open = False
            self.retranslate()
            self.revealed.emit(False)

    def _toggle(self, shown: bool) -> None:
        view = self._view
        if view is None or not shown:
            self.hide_again()
            return
        self.open = True
        self._clock.start()
        self.retranslate()
        self.revealed.emit(True)

    def retranslate(self) -> None:
        """All words, from the person at hand."""
        self._back.setText(_("Cases"))
        self._back.setToolTip(_("Back to the list, at this person"))
        self.eye.setText(_("Hide") if self.open else _("Reveal"))
        self.eye.setToolTip(
            _("Shows name, numbers and addresses for one minute; each time is recorded.")
        )
        self._record.setText(_("Record an outcome"))
        self.hold.setText(_("Pause"))
        self.hold.setToolTip(_("Pause contact: why and until when  (H, Ctrl+H)"))
        self.release.setText(_("End the pause"))
        view = self._view
        self._plan.setVisible(view is not None and view.seat is not None)
        self.release.setVisible(view is not None and bool(view.holds))
        text, tip = must_button(view.must if view is not None else None)
        self.must.setVisible(view is not None and bool(view.open_cases))
        self.instalments.setVisible(view is not None and view.amount > 0)
        self.instalments.setText(_("Instalments"))
        self.instalments.setToolTip(_("Work out instalments with this person  (I)"))
        self.must.setText(text)
        self.must.setToolTip(tip)
        if view is None:
            return
        debtor, shown = view.debtor, self.open
        self._name.setText(debtor.name if shown else formats.mask_name(debtor.name))
        phones = [phone if shown else formats.mask_phone(phone) for phone in debtor.phones]
        known = [debtor.id_number if shown else formats.mask_id(debtor.id_number), *phones]
        self._who.setText("   ".join(part for part in known if part and part != formats.NONE))
        self._sums.setText(self._sum_words(view))
        if view.seat is not None:
            at = formats.clock_time(view.seat.stop.start, self._zone)
            self._plan.setText(f"{view.seat.crew} · {view.seat.number} · {at}")
            self._plan.setToolTip(_("The planned visit: show it in the plan"))
        self._fill_marks(view)

    def _end(self) -> None:
        """End the pause; of several kinds one is asked for."""
        kinds = dict.fromkeys(hold.kind for hold in self._view.holds) if self._view else {}
        if len(kinds) == 1:
            self.release_wanted.emit(int(next(iter(kinds))))
            return
        self._ends.clear()
        for kind in kinds:
            self._ends.addAction(_(told.HOLDS[kind])).setData(int(kind))
        self._ends.popup(self.release.mapToGlobal(self.release.rect().bottomLeft()))

    def _end_chosen(self, action: QAction) -> None:
        self.release_wanted.emit(int(action.data()))

    @staticmethod
    def _sum_words(view: PersonView) -> str:
        n = view.open_cases
        if not n:
            return _("No case is open.")
        days = ngettext("{n} day overdue", "{n} days overdue", view.days)
        loans = ngettext("{n} loan", "{n} loans", n)
        return " · ".join(
            (
                formats.money_exact(view.amount),
                days.format(n=formats.number(view.days)),
                loans.format(n=n),
            )
        )

    def _fill_marks(self, view: PersonView) -> None:
        self._state.setVisible(view.standing is not None)
        if view.standing is not None:
            self._state.set_text(tab_word(view.standing.tab))
            ready = view.standing.tab == "ready"
            self._state.set_tone(*(("accent", "check") if ready else ("neutral", "clock")))
        self._flow.clear()
        chips = [(text, tone, "flag") for text, tone in words.flag_chips(view.debtor.flags)]
        chips += [(words.hold_words(hold, self._zone), "warn", "stop") for hold in view.holds]
        chips += [(need, "neutral", "crew") for need in view.debtor.needs]
        if view.must is not None:
            day = formats.day(view.must.day)
            chips.append((_("must be visited on {day}").format(day=day), "accent", "pin"))
        for text, tone, icon in chips:
            chip = Chip(text, tone, icon, parent=self._marks)
            self._flow.addWidget(chip)
            chip.show()
        self._marks.setVisible(bool(chips))
