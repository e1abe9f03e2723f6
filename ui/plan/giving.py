"""Giving a plan away: the one place where the window asks, warns, writes, prints and records."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QWidget

from planner.actions.export_plan import Wish, phone_app, plan_bytes
from planner.actions.rank import Ranking
from planner.domain.plan import Plan
from planner.errors import PlannerError
from planner.store.store import Store
from ui.i18n import _, error_text, language
from ui.plan.export_dialog import ExportDialog
from ui.plan.files import EXPORTS, ask_where, keep_app, note_print, write_data, write_plan
from ui.session import Session

if TYPE_CHECKING:
    from ui.plan.sheets_dialog import SheetsDialog


class GivingOut(QObject):
    """Owns the dialog that is open. `exported(Path)` after a file was written."""

    exported = Signal(object)

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self._plan: Plan | None = None
        self._ranking: Ranking | None = None
        self._kind = ""
        self._looks = 0  # only the latest look is shown
        self.dialog: ExportDialog | SheetsDialog | None = None
        self._sheets: SheetsDialog | None = None  # the same, when it is the preview

    def begin(self, kind: str, plan: Plan, ranking: Ranking) -> None:
        """Ask what is wanted of `plan` as `kind`, one of EXPORTS."""
        if self._open:
            return
        self._plan, self._ranking, self._kind = plan, ranking, kind
        if kind == "json":
            self._save_data(plan)
        else:
            self._session.ask(partial(phone_app, self._session.store), self._ask)

    @property
    def _open(self) -> bool:
        return self.dialog is not None

    @Slot(object)
    def _ask(self, app: str) -> None:
        plan = self._plan
        if plan is None or self._open:
            return
        sheets = self._sheets_dialog(plan, app) if self._kind == "sheets" else None
        self.dialog = sheets or self._export_dialog(plan, app)
        self.dialog.options.app_chosen.connect(self._keep_app)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()
        if sheets is not None:
            self._sheets = sheets
            sheets.look()

    def _sheets_dialog(self, plan: Plan, app: str) -> "SheetsDialog":
        from ui.plan.sheets_dialog import SheetsDialog  # brings the PDF viewer and the printer

        dialog = SheetsDialog(plan, app, self._page)
        dialog.look_wanted.connect(self._look)
        dialog.save_wanted.connect(self._save)
        dialog.printed.connect(self._printed)
        return dialog

    def _export_dialog(self, plan: Plan, app: str) -> ExportDialog:
        name = _(EXPORTS[self._kind]).rstrip("… ")
        dialog = ExportDialog(self._kind, name, plan, app, self._page)
        dialog.wanted.connect(self._save)
        return dialog

    @Slot()
    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = self._sheets = None
        self._looks += 1

    @Slot(object)
    def _look(self, wish: Wish) -> None:
        if self._plan is None or self._ranking is None:
            return
        self._looks += 1
        job = partial(
            _drawn, self._looks, self._session.store, self._plan, wish, language(), self._ranking
        )
        self._session.ask(job, self._drawn, self._not_drawn)

    @Slot(object)
    def _drawn(self, answer: tuple[int, bytes]) -> None:
        number, content = answer
        if self._sheets is not None and number == self._looks:
            self._sheets.show_sheets(content)

    @Slot(object)
    def _not_drawn(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and self._sheets is not None:
            self._sheets.refuse(error_text(error))
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _save(self, wish: Wish) -> None:
        plan, ranking = self._plan, self._ranking
        if plan is None or ranking is None:
            return
        out = ask_where(self.dialog or self._page, plan, wish.form)
        if out is not None:
            session = self._session
            job = partial(
                write_plan, session.store, session.clock, plan, ranking, wish, out, language()
            )
            session.do(job, self._saved)

    def _save_data(self, plan: Plan) -> None:
        out = ask_where(self._page, plan, "json")
        if out is not None:
            session = self._session
            session.do(partial(write_data, session.store, session.clock, plan, out), self._saved)

    @Slot(object)
    def _saved(self, out: Path) -> None:
        if self._sheets is not None:
            self._sheets.accept()
        self.exported.emit(out)

    @Slot(object, object)
    def _printed(self, wish: Wish, content: bytes) -> None:
        plan, session = self._plan, self._session
        if plan is not None:
            session.do(partial(note_print, session.store, session.clock, plan, wish, content))

    @Slot(str)
    def _keep_app(self, app: str) -> None:
        self._session.do(partial(keep_app, self._session.store, app))


def _drawn(
    number: int, store: Store, plan: Plan, wish: Wish, spoken: str, ranking: Ranking
) -> tuple[int, bytes]:
    return number, plan_bytes(store, plan, wish, language=spoken, ranking=ranking)
