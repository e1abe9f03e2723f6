"""What the plan screen says above its panes: outdated stops, old data, refusals; with a way out."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.conflicts import CODE
from ui.dialogs.reason import ReasonDialog
from ui.i18n import _, ngettext
from ui.plan.book import Book
from ui.plan.deeds import PlanDeeds
from ui.plan.words import left_out_sentence
from ui.widgets.message_bar import MessageBar


class Notices(QObject):
    """Owns the message bar of `page`; its button leads to what helps."""

    def __init__(self, deeds: PlanDeeds, name: Callable[[str], str], page: QWidget) -> None:
        super().__init__(page)
        self._page = page
        self._deeds = deeds
        self._name = name
        self._outdated = False  # whether the message speaks of outdated stops
        self._why_stale = ""  # or of old data
        self._conflicts: tuple[str, ...] = ()  # the plan and the people it was last said of
        self.bar = MessageBar()
        self.bar.pressed.connect(self._way_out)
        deeds.stale.connect(self._stale_data)

    def retranslate(self) -> None:
        """The word of the cross."""
        self.bar.name_cross(_("Close the message"))

    def say_refused(self, sentence: str) -> None:
        """A change was not made."""
        self.bar.say(_("Not changed: {why}").format(why=sentence), "warn")

    @Slot(str)
    def say_nothing(self, sentence: str) -> None:
        """A search found nothing to change."""
        self._outdated = False
        self.bar.say(sentence, "neutral")

    def say_outdated(self, book: Book) -> None:
        """Somebody in the plan has paid, promised or been put on hold since it was made."""
        gone = book.outdated()
        if not gone:
            if self._outdated:
                self.bar.clear()
            self._outdated = False
            return
        self._outdated = True
        names = [self._name(who) for who in gone[:3]] + (["…"] if len(gone) > 3 else [])
        text = ngettext(
            "{n} stop may not be visited any more: {names}.",
            "{n} stops may not be visited any more: {names}.",
            len(gone),
        ).format(n=len(gone), names=_(", ").join(names))
        self.bar.say(text, "warn", _("Remove from the plan"))

    def say_conflicts(self, book: Book) -> None:
        """Somebody has to be visited on the day and is not in the plan: who, and why. Said once of
        each plan, and not over a message that asks for something."""
        plan = book.plan
        found = [one for one in (plan.not_planned if plan else ()) if one.reason == CODE]
        told = (plan.plan_id, *(one.debtor_id for one in found)) if plan and found else ()
        if told == self._conflicts:
            return
        if not found and not self._outdated:
            self.bar.clear()
        if found and not self._outdated:
            text = _("{name} is not in the plan. {why}").format(
                name=self._name(found[0].debtor_id), why=left_out_sentence(book, found[0])
            )
            more = len(found) - 1
            if more:
                text += " " + ngettext(
                    "{n} more person has to be visited and is not: see Not today.",
                    "{n} more people have to be visited and are not: see Not today.",
                    more,
                ).format(n=more)
            self.bar.say(text, "warn")
        self._conflicts = told

    @Slot(str)
    def _stale_data(self, sentence: str) -> None:
        """A plan on old data: only for a reason, which is kept with it."""
        self._outdated = False
        self._why_stale = sentence
        self.bar.say(sentence, "warn", _("Plan all the same"))

    @Slot()
    def _way_out(self) -> None:
        """The button of the message."""
        if self._outdated:
            self._deeds.purge()
            return
        title = _("Plan on old data")
        dialog = ReasonDialog(title, self._why_stale, _("Create or renew the plan"), self._page)
        dialog.told.connect(self._plan_on_old_data)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    @Slot(str)
    def _plan_on_old_data(self, reason: str) -> None:
        self.bar.clear()
        self._deeds.create(reason)
