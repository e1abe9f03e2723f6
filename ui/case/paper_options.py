"""Which document of a person is wanted: dossier, history or explanation; masked; language."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QVBoxLayout, QWidget

from planner.actions.dossier import Wanted
from ui.dialogs.asking import field
from ui.i18n import LANGUAGES, N_, _, language
from ui.widgets.message_bar import MessageBar
from ui.widgets.text import Text

_KINDS = {
    "dossier": N_("Dossier"),
    "history": N_("History alone"),
    "explanation": N_("Explanation for the person"),
}
_LANGUAGES = {"zh_CN": "中文", "en": "English"}


class PaperOptions(QWidget):
    """`changed` after every choice."""

    changed = Signal()

    def __init__(self, groups: tuple[str, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._groups = groups
        self.kind, self.language, self.masked = QComboBox(), QComboBox(), QCheckBox()
        for choice in (self.kind, self.language):
            choice.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
        for key, name in _KINDS.items():
            self.kind.addItem(_(name), key)
        for key in LANGUAGES:
            self.language.addItem(_LANGUAGES[key], key)
        self.language.setCurrentIndex(self.language.findData(language()))
        self.masked.setText(_("Mask personal data"))
        self._told, self._warning = Text("muted", wrap=True), MessageBar(closable=False)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addLayout(field(_("Document"), self.kind))
        box.addLayout(field(_("Language"), self.language))
        for part in (self.masked, self._told, self._warning):
            box.addWidget(part)
        box.addStretch(1)
        self.kind.currentIndexChanged.connect(self._chosen)
        self.language.currentIndexChanged.connect(self._chosen)
        self.masked.toggled.connect(self._chosen)
        self._say()

    def wish(self) -> Wanted:
        """What is wanted now."""
        kind = str(self.kind.currentData())
        masked = self.masked.isChecked() and kind != "explanation"
        return Wanted(kind, masked, self._groups if kind == "history" else ())

    @Slot()
    def _chosen(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        wish = self.wish()
        self.masked.setVisible(wish.kind != "explanation")
        self._told.setText({
            "dossier": _("Everything, for a regulator or a complaint; the record is checked anew."),
            "history": _("Only the lines that the page shows."),
            "explanation": _("Own data in plain words; no notes, no figures of ours."),
        }[wish.kind])  # fmt: skip
        warning = _("Holds personal data in clear. That it was taken out is recorded.")
        self._warning.say(warning if wish.named else "", "warn")
