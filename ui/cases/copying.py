"""Lines of the cases onto the clipboard, for a spreadsheet; names stay masked."""

from functools import partial

from PySide6.QtCore import QObject, Slot
from PySide6.QtGui import QGuiApplication

from planner.domain.facts import I64
from planner.store.people import PersonRow
from ui import formats
from ui.cases.book import CaseBook, CaseRow, load_lines
from ui.cases.columns import Columns, as_tsv
from ui.i18n import ngettext
from ui.session import Session


class Copier(QObject):
    """Reads the names off the window's thread, then copies and says how many lines."""

    def __init__(self, session: Session, columns: Columns, parent: QObject) -> None:
        super().__init__(parent)
        self._session, self._columns = session, columns

    def copy(self, book: CaseBook, rows: I64) -> None:
        """The lines of these rows of `book`, with a head."""
        self._session.ask(partial(load_lines, self._session.store, book, rows), self._copied)

    @Slot(object)
    def _copied(self, found: tuple[list[CaseRow], list[PersonRow]]) -> None:
        lines, people = found
        text = as_tsv(lines, people, self._columns.zone, self._columns.day)
        QGuiApplication.clipboard().setText(text)
        n = len(lines)
        said = ngettext("{n} row copied, names masked", "{n} rows copied, names masked", n)
        self._session.toast(said.format(n=formats.number(n)))
