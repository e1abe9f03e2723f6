"""Start, end and expenses of crews: asked for, kept, listed."""

from datetime import date
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from planner.domain.trip import Trip
from planner.errors import PlannerError
from ui.errors import words
from ui.i18n import _, language
from ui.session import Session
from ui.today.digest import Digest
from ui.today.jobs import keep_trip, month_of_expenses
from ui.today.trip_dialog import TripDialog


class TripDesk(QObject):
    """Owns the dialog that is open over a page."""

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self.dialog: TripDialog | None = None

    def tell(self, digest: Digest, index: int) -> None:
        """Ask for start, end and expenses of a crew; what is kept can be undone."""
        session = self._session
        if index >= len(digest.rounds) or digest.day > digest.today:
            return
        one = digest.rounds[index]
        trip = one.trip or Trip(one.crew_id, digest.day)
        dialog = TripDialog(
            one.crew, trip, one.metres, session.clock, session.store.zone, self._page
        )
        dialog.wanted.connect(partial(self._keep_trip, dialog))
        dialog.finished.connect(self._closed)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
        self.dialog = dialog

    @Slot()
    def _closed(self) -> None:
        self.dialog = None

    def _keep_trip(self, dialog: TripDialog, trip: Trip) -> None:
        job = partial(keep_trip, self._session.store, self._session.clock, trip)
        self.dialog = dialog
        self._session.deed(_("Start, end, expenses"), job, self._kept, self._not_kept)

    @Slot(object)
    def _kept(self, _result: object) -> None:
        if self.dialog is not None:
            self.dialog.accept()

    @Slot(object)
    def _not_kept(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and self.dialog is not None:
            self.dialog.complain(words(error))
        else:
            self._session.troubled.emit(error)

    def save_expenses(self, day: date) -> None:
        """The expenses of the month as a spreadsheet, where the user wants it."""
        name = f"{_('expenses')}-{day:%Y-%m}.xlsx"
        out, _form = QFileDialog.getSaveFileName(
            self._page, _("Where to save"), str(Path.home() / name), "XLSX (*.xlsx)"
        )
        if out:
            job = partial(month_of_expenses, self._session.store, day, Path(out), language())
            self._session.ask(job, self._saved, self._not_saved)

    @Slot(object)
    def _saved(self, path: Path) -> None:
        self._session.toast(_("Saved: {file}").format(file=path.name))

    @Slot(object)
    def _not_saved(self, error: BaseException) -> None:
        if isinstance(error, PlannerError):
            self._session.toast(words(error))
        else:
            self._session.troubled.emit(error)
