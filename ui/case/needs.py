"""What a crew must be able to do that visits this person: a line of tags."""

import re
from collections.abc import Sequence

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from planner.actions.change import Change
from planner.actions.wanted import set_needs
from planner.clock import Clock
from planner.domain.work import LONGEST_SKILL, MOST_SKILLS, clean_tags
from planner.store.store import Store
from ui.i18n import _
from ui.widgets.buttons import Button
from ui.widgets.text import Text


def write_needs(
    store: Store, debtor_id: str, tags: tuple[str, ...], clock: Clock
) -> tuple[None, Change, bytes]:
    """Replace a person's needs; runs off the GUI thread. Raises PlannerError("crews.bad_tags")."""
    return None, Change.CASES, set_needs(store, debtor_id, tags, clock=clock)


class NeedsDialog(QDialog):
    """`decided(tags)` when confirmed; no tags: any crew will do."""

    decided = Signal(object)

    def __init__(self, needs: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(_("Needs of a visit"))
        self.setMinimumWidth(520)
        self.edit = QLineEdit(", ".join(needs))
        self.edit.setMaxLength(MOST_SKILLS * (LONGEST_SKILL + 2))
        self.edit.setAccessibleName(_("Needs of a visit"))
        self.edit.setPlaceholderText(_("A dialect, a female member … separated by commas"))
        self.edit.textChanged.connect(self._typed)
        self.save, leave = Button("primary", "check"), Button("secondary")
        self.save.setText(_("Save"))
        self.save.setDefault(True)
        self.save.clicked.connect(self._decide)
        leave.setText(_("Cancel"))
        leave.setAutoDefault(False)
        leave.clicked.connect(self.reject)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(leave)
        foot.addWidget(self.save)
        box = QVBoxLayout(self)
        box.setContentsMargins(28, 24, 28, 22)
        box.setSpacing(12)
        box.addWidget(Text("heading", _("Needs of a visit")))
        more = _("Only crews that can do all of this are sent there. Empty: any crew.")
        box.addWidget(Text("muted", more, wrap=True))
        box.addWidget(self.edit)
        box.addLayout(foot)

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags in the field."""
        return clean_tags(re.split(r"[,;、，；|]", self.edit.text()))

    def _typed(self) -> None:
        tags = self.tags
        fits = len(tags) <= MOST_SKILLS and all(len(tag) <= LONGEST_SKILL for tag in tags)
        self.save.setEnabled(fits)

    @Slot()
    def _decide(self) -> None:
        self.decided.emit(self.tags)
        self.accept()
