"""Where an import begins: the drop zone, and what was imported so far."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import _
from ui.imports.drop_zone import DropZone
from ui.imports.earlier import EarlierCard
from ui.page import Translated
from ui.session import Session
from ui.widgets.empty_state import EmptyState


class StartStep(Translated):
    """`dropped(paths)` and the presses of the drop zone."""

    dropped = Signal(list)
    choose_pressed = Signal()
    sample_pressed = Signal()
    paste_pressed = Signal()
    template_pressed = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.zone = DropZone()
        self.earlier = EarlierCard(session)
        self.empty = EmptyState("file")
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self.zone)
        box.addWidget(self.earlier, 1)
        box.addWidget(self.empty, 1)
        self.zone.dropped.connect(self.dropped)
        self.zone.choose_pressed.connect(self.choose_pressed)
        self.zone.sample_pressed.connect(self.sample_pressed)
        self.zone.paste_pressed.connect(self.paste_pressed)
        self.zone.template_pressed.connect(self.template_pressed)
        self.earlier.told.connect(self._show)
        self.retranslate()
        self._show()

    def offer_sample(self, first: bool) -> None:
        """Whether the workspace is still empty."""
        self.zone.offer_sample(first)

    def retranslate(self) -> None:
        """All words."""
        self.earlier.retranslate()
        self.empty.say(
            _("Nothing was imported yet."),
            more=_(
                "Before anything is written you see what is new, what differs and what to mend."
            ),
        )

    @Slot()
    def _show(self) -> None:
        """The imports so far; before any, a sentence."""
        self.earlier.setVisible(not self.earlier.empty)
        self.empty.setVisible(self.earlier.empty)
