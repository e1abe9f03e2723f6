"""Before a backup takes the place of the workspace: what is lost by it."""

from datetime import UTC, datetime

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QWidget

from planner.store.backup import Backup, Inside
from ui import formats
from ui.dialogs.asking import Asking
from ui.i18n import _, ngettext
from ui.safe.new_words import secret_field
from ui.widgets.text import Text


class ConfirmRestore(Asking):
    """`agreed(passphrase or None)`. `lost` entries are newer than the backup; None = not known,
    the workspace cannot be read."""

    agreed = Signal(object)

    def __init__(
        self,
        one: Backup,
        inside: Inside,
        lost: int | None,
        zone: str,
        *,
        asks: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Restore"), "undo", parent=parent)
        self._asks = asks
        newest = datetime.fromtimestamp(inside.newest, UTC) if inside.newest else one.made_at
        title = _("Put back the backup of {when}?").format(when=formats.moment(one.made_at, zone))
        self.words = secret_field()
        self.words.setAccessibleName(_("Passphrase or recovery code"))
        self.words.setPlaceholderText(_("Passphrase or recovery code"))
        self.words.setVisible(asks)
        self.words.textChanged.connect(self._check)
        self.sure = QCheckBox(_("I know what is lost"))
        self.sure.setChecked(lost == 0)  # then there is nothing to know
        self.sure.setVisible(lost != 0)
        self.sure.toggled.connect(self._check)
        self.go.clicked.connect(self._go)
        self.lay_out(
            title, Text("body", loss_words(lost, formats.moment(newest, zone)), wrap=True),
            Text("muted", _after_words(lost), wrap=True), self.words, self.sure,
        )  # fmt: skip
        self._check()

    @Slot()
    def _check(self) -> None:
        ready = self.sure.isChecked() and (not self._asks or bool(self.words.text()))
        self.go.setEnabled(ready)

    @Slot()
    def _go(self) -> None:
        words = self.words.text() if self._asks else None
        self.words.clear()
        self.accept()
        self.agreed.emit(words)


def loss_words(lost: int | None, newest: str) -> str:
    """What a restore loses, in one sentence."""
    if lost is None:
        return _("Whatever was recorded after {when} is lost.").format(when=newest)
    if not lost:
        return _("Nothing was recorded after this backup: nothing is lost.")
    return ngettext(
        "{n} entry recorded after {when} is lost.", "{n} entries recorded after {when} are lost.",
        lost,
    ).format(n=formats.number(lost), when=newest)  # fmt: skip


def _after_words(lost: int | None) -> str:
    if lost is None:
        return _("The damaged file is kept beside the workspace under another name.")
    return _(
        "The workspace as it is now is backed up first, so that you can come back."
        " The program then opens the restored one."
    )
