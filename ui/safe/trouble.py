"""The workspace cannot be opened as it should: why, in words, and the ways on."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from planner.errors import PlannerError
from ui.errors import words
from ui.i18n import _
from ui.page import Translated
from ui.safe.backup_view import BackupView
from ui.safe.jobs import State
from ui.safe.lay import column, foot
from ui.widgets.buttons import Button
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

# With these the file is lost or cannot be read: a backup may take its place.
BROKEN = frozenset(
    (
        "store.damaged", "store.disk_error", "store.not_found", "store.key_missing",
        "store.key_damaged",
    )
)  # fmt: skip
# With these it can be looked at while another program, or nobody, writes.
READABLE = frozenset(("store.in_use", "store.read_only", "store.disk_full"))


class TroubleCard(Translated):
    """`again_wanted`, `read_wanted` (open it to look only), `leave_wanted`; the backups speak for
    themselves (`backups`)."""

    again_wanted = Signal()
    read_wanted = Signal()
    leave_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._error: BaseException | None = None
        self._title, self._why = Text("title", wrap=True), Text("body", wrap=True)
        self._more = Text("muted", wrap=True)
        self.message = MessageBar(closable=False)
        self.backups = BackupView("Asia/Shanghai", asks=True)
        self.leave, self.read = Button("secondary"), Button("secondary", "eye")
        self.again = Button("primary", "refresh")
        self.leave.clicked.connect(self.leave_wanted)
        self.read.clicked.connect(self.read_wanted)
        self.again.clicked.connect(self.again_wanted)
        box = column(
            self, self._title, self._why, self._more, self.message, self.backups,
            foot(self.leave, self.read, self.again),
        )  # fmt: skip
        box.setStretchFactor(self.backups, 1)
        self.lead_to(self.again)
        self.retranslate()

    def show_error(self, error: BaseException, state: State | None) -> None:
        """Why it does not open, and the backups where they may help."""
        self._error = error
        self.message.clear()
        code = error.code if isinstance(error, PlannerError) else ""
        found = list(state.backups) if state is not None and code in BROKEN else []
        self.backups.setVisible(bool(found))
        self.backups.show_backups(found)
        self.read.setVisible(code in READABLE)
        self.retranslate()

    @property
    def wide(self) -> bool:
        """Whether the backups are listed, which needs room."""
        return not self.backups.isHidden()

    def retranslate(self) -> None:
        """All words."""
        code = self._error.code if isinstance(self._error, PlannerError) else ""
        self._title.setText(
            _("The workspace is open elsewhere")
            if code == "store.in_use"
            else _("The workspace cannot be written")
            if code in READABLE
            else _("The workspace does not open")
        )
        self._why.setText(words(self._error) if self._error is not None else "")
        self._more.setVisible(self.wide)
        self._more.setText(
            _(
                "A backup can take its place. The file as it is now is kept under another name;"
                " nothing is deleted."
            )
        )
        self.leave.setText(_("Quit"))
        self.read.setText(_("Open it to look only"))
        lost = code == "store.not_found"
        self.again.setText(_("Begin with an empty workspace") if lost else _("Try again"))
