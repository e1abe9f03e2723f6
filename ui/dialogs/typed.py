"""What was typed and not saved when the window locked: to be read and copied."""

from collections.abc import Sequence

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ui.i18n import _
from ui.safe.drafts import Draft
from ui.widgets.buttons import Button
from ui.widgets.text import Text


class TypedDialog(QDialog):
    """One field for each text; they are nowhere else any more."""

    def __init__(self, drafts: Sequence[Draft], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Fairvisit"))
        self.setMinimumWidth(520)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(10)
        box.addWidget(Text("heading", _("Typed before the window locked, not saved"), wrap=True))
        box.addWidget(
            Text("muted", _("Copy what you still need; it goes when you close this."), wrap=True)
        )
        self.fields = []
        for draft in drafts:
            edit = QPlainTextEdit(draft.text)
            edit.setReadOnly(True)
            edit.setAccessibleName(draft.label or _("Text"))
            edit.setFixedHeight(64 if len(draft.text) > 60 else 40)
            if draft.label:
                box.addWidget(Text("muted", draft.label))
            box.addWidget(edit)
            self.fields.append(edit)
        close = Button("primary")
        close.setText(_("Close"))
        close.clicked.connect(self.accept)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(close)
        box.addLayout(foot)
