"""What is being decided on the plan screen: a search, an offer, or where the crews are.

One of them at a time, shown in the place of the timetable or beside the map; Ctrl+Enter goes on
with it, Esc leaves it with nothing changed.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Slot
from PySide6.QtWidgets import QApplication

from planner.actions.difference import totals
from planner.actions.proposal import Proposal
from planner.routing.solve import Progress
from ui.i18n import _
from ui.plan.deeds import PlanDeeds
from ui.plan.offers import Offers
from ui.plan.plan_on import PlanOnPane
from ui.plan.proposal import ProposalPane
from ui.plan.search_pane import SearchPane
from ui.session import Session

if TYPE_CHECKING:
    from ui.plan.day_view import DayView


class Deciding(QObject):
    """Shows what is decided in `view`, by its panes `search`, `proposal` and `plan_on`."""

    def __init__(self, view: "DayView", session: Session, deeds: PlanDeeds, offers: Offers) -> None:
        super().__init__(view)
        self._view = view
        self._session = session
        self._deeds = deeds
        self._offers = offers
        self.search = SearchPane()
        self.proposal = ProposalPane()
        self.plan_on = PlanOnPane()

    def connect_deeds(self) -> None:
        """Follow the searches and the offers; the view is built by now."""
        deeds, offers = self._deeds, self._offers
        self.search.enough.connect(deeds.enough)
        self.search.given_up.connect(deeds.give_up)
        deeds.started.connect(self._search_began)
        deeds.advanced.connect(self._search_advanced)
        deeds.stopped.connect(self._search_over)
        offers.offered.connect(self._offered)
        offers.nothing.connect(self._view.notices.say_nothing)
        self.proposal.taken.connect(offers.take)
        self.proposal.discarded.connect(offers.discard)
        self.plan_on.wanted.connect(offers.plan_on)
        self.plan_on.left.connect(self._side)

    @Slot(float)
    def _search_began(self, limit: float) -> None:
        if self._view.foot.isAncestorOf(QApplication.focusWidget() or self._view):
            # Its buttons are switched off now, and would leave the keyboard anywhere.
            self._view.list.table.setFocus(Qt.FocusReason.OtherFocusReason)
        there = self._view.book is not None and self._view.book.plan is not None
        old = None
        if there and self._view.book is not None and self._deeds.anew:
            now = totals(self._view.book.plan)
            old = now.value - now.cost
        self.search.start(limit, there, self._deeds.anew, old)
        self._side()
        self._view.panes_of.show_search(True)

    @Slot(object)
    def _search_advanced(self, progress: Progress) -> None:
        self.search.advance(progress)

    @Slot()
    def _search_over(self) -> None:
        self._busy()
        self._view.panes_of.show_search(False)
        self._view.seek_changes()

    @Slot(object)
    def _offered(self, offer: Proposal | None) -> None:
        """Show an offered plan beside what it would change; or the plan that is there again."""
        book = self._view.book
        if book is None:
            return
        if offer is None:
            self._view.foot.totals.forget_change()
            self._view.draw(book)
        else:
            self.proposal.show_offer(self._offers.text, offer, book, self._view.name)
            if offer.plan.day == book.day:
                change = offer.difference
                self._view.foot.totals.show_change(self._offers.text, change.before, change.after)
                self._view.draw(book.with_plan(offer.plan))
        self._side()

    @Slot()
    def _side(self) -> None:
        """The pane beside the map: what an offer changes, else why somebody stands there."""
        part = self.proposal if self._offers.proposal is not None else self._view.why
        focus = self._view.panes_of.side.isAncestorOf(QApplication.focusWidget() or self._view)
        self._view.panes_of.show_side(part)
        if part is self.proposal:
            part.setFocus(Qt.FocusReason.OtherFocusReason)
        elif focus:
            self._view.list.table.setFocus(Qt.FocusReason.OtherFocusReason)
        self._busy()

    def _busy(self) -> None:
        """While something is decided beside the map or searched, the foot begins nothing else."""
        asking = self._view.panes_of.side is not self._view.why
        self._view.foot.set_busy(self._deeds.running or asking)

    @Slot()
    def ask_crews(self) -> None:
        """Ask where the crews are."""
        if self._view.book is None or self._view.book.plan is None or not self._deeds.free():
            return
        if self._view.book.day < self._session.today():
            self._deeds.refused.emit(_("This day is over."))
            return
        self.plan_on.open(self._view.book, self._view.name)
        self._view.panes_of.show_side(self.plan_on)
        self._busy()
        self.plan_on.setFocus(Qt.FocusReason.OtherFocusReason)

    def forward(self) -> bool:
        """Ctrl+Enter: go on with what is open here; False when nothing is."""
        if self._deeds.running:
            self.search.press_enough()
        elif self._offers.proposal is not None:
            self._offers.take()
        elif self._view.panes_of.side is self.plan_on:
            self.plan_on.press_start()
        else:
            return False
        return True

    def back(self) -> bool:
        """Esc: leave what is open here, with nothing changed; False when nothing is."""
        if self._deeds.running:
            self._deeds.give_up()
        elif self._offers.proposal is not None:
            self._offers.discard()
        elif self._view.panes_of.side is self.plan_on:
            self._side()
        else:
            return False
        return True
