"""Two fields for a new passphrase, with its strength in words while it is typed."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QLineEdit, QVBoxLayout, QWidget

from planner.store.keys import MIN_PASSPHRASE
from ui.i18n import N_, _
from ui.page import Translated
from ui.safe.strength import Strength, strength
from ui.widgets.text import Text

_SAID = {
    Strength.WEAK: N_("Weak: easy to guess. Use several words that do not belong together."),
    Strength.FAIR: N_("Fair. One more word makes it strong."),
    Strength.STRONG: N_("Strong."),
}


def secret_field() -> QLineEdit:
    """A field that shows dots."""
    edit = QLineEdit()
    edit.setEchoMode(QLineEdit.EchoMode.Password)
    return edit


class NewWords(Translated):
    """`changed` while typing, `entered` on Enter; `words()` is what was typed twice."""

    changed = Signal()
    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.first, self.again = secret_field(), secret_field()
        self._labels = (Text("muted"), Text("muted"))
        self._strength = Text("small", wrap=True)
        self._show = QCheckBox()
        self._show.toggled.connect(self._open)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(6)
        for label, edit in zip(self._labels, (self.first, self.again), strict=True):
            label.setBuddy(edit)
            box.addWidget(label)
            box.addWidget(edit)
            if edit is self.first:
                box.addWidget(self._strength)
            edit.textChanged.connect(self._typed)
            edit.returnPressed.connect(self.entered)
        box.addWidget(self._show)
        self.lead_to(self.first)
        self.retranslate()

    def retranslate(self) -> None:
        """All words."""
        texts = (_("New passphrase"), _("New passphrase again"))
        for label, edit, text in zip(self._labels, (self.first, self.again), texts, strict=True):
            label.setText(text)
            edit.setAccessibleName(text)
        self._show.setText(_("Show what I type"))
        self._say()

    @property
    def ready(self) -> bool:
        """Whether both fields are filled and long enough to be tried."""
        return strength(self.first.text()) > Strength.SHORT and bool(self.again.text())

    def words(self) -> str:
        """The passphrase."""
        return self.first.text()

    def complaint(self) -> str:
        """What is wrong, in words; "" when it can be set."""
        if self.first.text() == self.again.text():
            return ""
        return _("The two new passphrases are not alike. Type them again.")

    def clear(self) -> None:
        """Forget what was typed."""
        self.first.clear()
        self.again.clear()
        self._show.setChecked(False)

    @Slot()
    def _typed(self) -> None:
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        typed = self.first.text()
        judged = strength(typed)
        if not typed:
            text = _("At least {least} characters; a short sentence is easiest to keep in mind.")
        elif judged is Strength.SHORT:
            text = _("Too short: at least {least} characters.")
        else:
            text = _(_SAID[judged])
        self._strength.setText(text.format(least=MIN_PASSPHRASE))

    @Slot(bool)
    def _open(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.first.setEchoMode(mode)
        self.again.setEchoMode(mode)
