"""Language and look of this computer."""

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from ui.i18n import _, language
from ui.machine import load_theme
from ui.page import Translated
from ui.session import Session
from ui.shell.top_bar import LANGUAGE_NAMES, THEME_NAMES
from ui.widgets.card import Card
from ui.widgets.text import Text


class LookPanel(Translated):
    """Two groups of choices that take effect at once."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._language_card, self._theme_card = Card(), Card()
        self._language_note, self._theme_note = Text("muted", wrap=True), Text("muted", wrap=True)
        self._languages = self._group(self._language_card, LANGUAGE_NAMES, self._language_note)
        self._themes = self._group(self._theme_card, THEME_NAMES, self._theme_note)
        self._languages.buttonClicked.connect(self._language_picked)
        self._themes.buttonClicked.connect(self._theme_picked)
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(16)
        box.addWidget(self._language_card)
        box.addWidget(self._theme_card)
        box.addStretch(1)
        self.retranslate()

    def _group(self, card: Card, names: tuple[tuple[str, str], ...], note: Text) -> QButtonGroup:
        group = QButtonGroup(self)
        card.body.addWidget(note)
        for key, name in names:
            button = QRadioButton()
            button.setProperty("key", key)
            button.setProperty("name", name)
            group.addButton(button)
            card.body.addWidget(button)
        return group

    def retranslate(self) -> None:
        """All words of the panel."""
        self._language_card.set_title(_("Language"))
        self._language_note.setText(_("Names of people and places stay as they were imported."))
        self._theme_card.set_title(_("Light or dark"))
        self._theme_note.setText(_("Printed sheets are always light."))
        for group in (self._languages, self._themes):
            for button in group.buttons():
                button.setText(_(button.property("name")))
        self.refresh()

    def refresh(self) -> None:
        """Mark what is in use."""
        for group, current in ((self._languages, language()), (self._themes, load_theme())):
            for button in group.buttons():
                button.setChecked(button.property("key") == current)

    def _language_picked(self, button: QRadioButton) -> None:
        self._session.language_wanted.emit(button.property("key"))

    def _theme_picked(self, button: QRadioButton) -> None:
        self._session.theme_wanted.emit(button.property("key"))
