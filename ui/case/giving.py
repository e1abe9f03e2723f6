"""Giving out a document of a person: the one place where the case page looks, warns and records."""

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from planner.actions.change import Change
from planner.actions.dossier import Wanted, dossier_bytes, export_dossier, note_dossier
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store.store import Store
from ui.case.paper_options import PaperOptions
from ui.i18n import _, error_text
from ui.plan.files import show_file
from ui.safe.looked import system_user
from ui.session import Session
from ui.widgets.paper import PaperDialog


class GivingPaper(QObject):
    """Owns the dialog that is open."""

    def __init__(self, session: Session, page: QWidget) -> None:
        super().__init__(page)
        self._session, self._page = session, page
        self._who = ""
        self._looks = 0  # only the latest look is shown
        self.options: PaperOptions | None = None
        self.dialog: PaperDialog | None = None

    def begin(self, debtor_id: str, groups: tuple[str, ...]) -> None:
        """Ask which document of this person is wanted; `groups`: the lines in view (none: all)."""
        if self.dialog is not None:
            return
        self._who = debtor_id
        self.options = PaperOptions(groups)
        self.dialog = PaperDialog(_("Dossier of a person"), self.options, parent=self._page)
        self.dialog.look_wanted.connect(self._look)
        self.dialog.save_wanted.connect(self._save)
        self.dialog.printed.connect(self._printed)
        self.dialog.finished.connect(self._closed)
        self.dialog.open()
        self.dialog.look()

    @property
    def _language(self) -> str:
        return str(self.options.language.currentData()) if self.options is not None else ""

    @Slot()
    def _closed(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = self.options = None
        self._looks += 1

    @Slot(object)
    def _look(self, wanted: Wanted) -> None:
        self._looks += 1
        session = self._session
        job = partial(
            _drawn, self._looks, session.store, self._who, wanted, session.clock, self._language
        )
        session.ask(job, self._shown, self._not_shown)

    @Slot(object)
    def _shown(self, answer: tuple[int, bytes]) -> None:
        number, content = answer
        if self.dialog is not None and number == self._looks:
            self.dialog.show_sheets(content)

    @Slot(object)
    def _not_shown(self, error: BaseException) -> None:
        if isinstance(error, PlannerError) and self.dialog is not None:
            self.dialog.refuse(error_text(error))
        else:
            self._session.troubled.emit(error)

    @Slot(object)
    def _save(self, wanted: Wanted) -> None:
        name = f"{wanted.kind}-{self._who}{'-masked' if wanted.masked else ''}.pdf"
        start = str(Path.home() / name)
        out, _chosen = QFileDialog.getSaveFileName(
            self.dialog or self._page, _("Where to save"), start, "PDF (*.pdf)"
        )
        if out:
            session = self._session
            job = partial(
                _write, session.store, self._who, wanted, Path(out), session.clock, self._language
            )
            session.do(job, self._saved)

    @Slot(object)
    def _saved(self, out: Path) -> None:
        if self.dialog is not None:
            self.dialog.accept()
        self._session.toast(_("Saved: {file}").format(file=out.name))
        show_file(out)

    @Slot(object, object)
    def _printed(self, wanted: Wanted, content: bytes) -> None:
        session = self._session
        session.do(partial(_note, session.store, self._who, wanted, content, session.clock))


def _drawn(
    number: int, store: Store, who: str, wanted: Wanted, clock: Clock, spoken: str
) -> tuple[int, bytes]:
    return number, dossier_bytes(store, who, wanted, clock(), spoken)


def _write(
    store: Store, who: str, wanted: Wanted, out: Path, clock: Clock, spoken: str
) -> tuple[Path, Change]:
    by = system_user()
    return export_dossier(store, who, out, wanted, clock=clock, by=by, language=spoken), (
        Change.CONTACTS
    )


def _note(
    store: Store, who: str, wanted: Wanted, content: bytes, clock: Clock
) -> tuple[None, Change]:
    note_dossier(store, who, wanted, content, clock=clock, by=system_user())
    return None, Change.CONTACTS
