"""The bar at the top: the day, search, undo and redo, age of the data, language, theme."""

from datetime import date, timedelta

from PySide6.QtCore import QDate, QLocale, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QPalette, QTextCharFormat, QUndoStack
from PySide6.QtWidgets import (
    QCalendarWidget,
    QFrame,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QWidget,
    QWidgetAction,
)

from ui import formats
from ui.i18n import N_, _, language
from ui.page import Translated
from ui.session import Session
from ui.widgets.buttons import Button, IconButton
from ui.widgets.text import Text

LANGUAGE_NAMES = (("zh_CN", "简体中文"), ("en", "English"))
THEME_NAMES = (
    ("system", N_("As the system")),
    ("light", N_("Light")),
    ("dark", N_("Dark")),
)


class DayPicker(Translated):
    """The day the window looks at: one back, calendar, one forward, back to today."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._back = IconButton("chevron-left")
        self._forward = IconButton("chevron-right")
        self._button = Button("quiet", "today")
        self._home = Button("quiet")
        self._calendar = QCalendarWidget()
        self._calendar.setVerticalHeaderFormat(
            QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader
        )
        self._calendar.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self._calendar.setMinimumSize(320, 250)
        self._calendar.clicked.connect(self._picked)
        self._menu = QMenu(self)
        holder = QWidgetAction(self._menu)
        holder.setDefaultWidget(self._calendar)
        self._menu.addAction(holder)
        self._back.clicked.connect(self._one_back)
        self._forward.clicked.connect(self._one_forward)
        self._button.clicked.connect(self._open)
        self._home.clicked.connect(self._go_home)
        session.day_changed.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        for widget in (self._back, self._button, self._forward, self._home):
            row.addWidget(widget)
        self.retranslate()
        self.restyle()

    def retranslate(self) -> None:
        """Date and names of the buttons."""
        self._back.say(_("Previous day"))
        self._forward.say(_("Next day"))
        self._home.setText(_("Back to today"))
        self._calendar.setLocale(QLocale(language()))
        self._show(self._session.day)

    def restyle(self) -> None:
        """Days of the weekend are quiet, not red."""
        quiet = QTextCharFormat()
        quiet.setForeground(self.palette().color(QPalette.ColorRole.PlaceholderText))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self._calendar.setWeekdayTextFormat(day, quiet)

    def _show(self, day: date) -> None:
        self._button.setText(f"{formats.day(day)} {formats.weekday(day)}")
        self._button.setAccessibleName(_("Day: {day}").format(day=formats.day(day)))
        self._home.setVisible(day != self._session.today())

    def _open(self) -> None:
        day = self._session.day
        self._calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        self._menu.popup(self._button.mapToGlobal(QPoint(0, self._button.height() + 4)))

    def _picked(self, day: QDate) -> None:
        self._menu.close()
        self._session.set_day(date(day.year(), day.month(), day.day()))

    def _one_back(self) -> None:
        self._session.set_day(self._session.day - timedelta(days=1))

    def _one_forward(self) -> None:
        self._session.set_day(self._session.day + timedelta(days=1))

    def _go_home(self) -> None:
        self._session.set_day(self._session.today())


class TopBar(QFrame):
    """Signals say what was pressed; the window does it."""

    search_wanted = Signal()
    language_picked = Signal(str)
    theme_picked = Signal(str)

    def __init__(self, session: Session, theme: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("part", "topbar")
        self._stack: QUndoStack = session.undo_stack
        self._day = DayPicker(session)
        self._search = Button("secondary", "search")
        self._search.setProperty("part", "search")
        self._search.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._search.setMaximumWidth(420)
        self._search.setMinimumWidth(200)
        self._undo, self._redo = IconButton("undo"), IconButton("redo")
        self._age = Text("muted")
        self._language, self._theme = IconButton("globe"), IconButton("sun")
        self._languages = self._choices(LANGUAGE_NAMES, language())
        self._themes = self._choices(THEME_NAMES, theme)
        self._search.clicked.connect(self.search_wanted)
        self._undo.clicked.connect(self._stack.undo)
        self._redo.clicked.connect(self._stack.redo)
        self._language.clicked.connect(self._open_languages)
        self._theme.clicked.connect(self._open_themes)
        self._languages.triggered.connect(self._pick_language)
        self._themes.triggered.connect(self._pick_theme)
        self._stack.indexChanged.connect(self._show_undo)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 12, 8)
        row.setSpacing(6)
        row.addWidget(self._day)
        row.addSpacing(10)
        row.addWidget(self._search, 3)
        row.addStretch(1)
        row.addWidget(self._age)
        row.addSpacing(8)
        for button in (self._undo, self._redo, self._language, self._theme):
            row.addWidget(button)
        self.retranslate()

    def _choices(self, names: tuple[tuple[str, str], ...], current: str) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for key, name in names:
            action = menu.addAction(_(name))
            action.setData((key, name))
            action.setCheckable(True)
            action.setChecked(key == current)
            group.addAction(action)
        return menu

    def retranslate(self) -> None:
        """All words of the bar; called by the window, which knows the age of the data."""
        self._search.setText(f"{_('Search')}   Ctrl+K")
        self._search.setToolTip(_("Find a person or a command"))
        self._search.setAccessibleName(_("Find a person or a command"))
        self._language.say(_("Language"))
        self._theme.say(_("Light or dark"))
        for menu in (self._languages, self._themes):
            for action in menu.actions():
                action.setText(_(action.data()[1]))
        self._show_undo()

    def show_age(self, text: str, tip: str = "") -> None:
        """How many cases there are, and how old the data is."""
        self._age.setText(text)
        self._age.setToolTip(tip)

    def mark_theme(self, theme: str) -> None:
        """Tick the theme in use."""
        for action in self._themes.actions():
            action.setChecked(action.data()[0] == theme)

    def mark_language(self, name: str) -> None:
        """Tick the language in use."""
        for action in self._languages.actions():
            action.setChecked(action.data()[0] == name)

    def _show_undo(self) -> None:
        undo, redo = self._stack.undoText(), self._stack.redoText()
        self._undo.setEnabled(self._stack.canUndo())
        self._redo.setEnabled(self._stack.canRedo())
        self._undo.say(_("Undo: {deed}").format(deed=undo) if undo else _("Undo"), "Ctrl+Z")
        self._redo.say(_("Redo: {deed}").format(deed=redo) if redo else _("Redo"), "Ctrl+Y")

    def _open_languages(self) -> None:
        self._drop(self._languages, self._language)

    def _open_themes(self) -> None:
        self._drop(self._themes, self._theme)

    def _drop(self, menu: QMenu, button: QWidget) -> None:
        corner = button.mapToGlobal(QPoint(button.width(), button.height() + 4))
        menu.popup(corner - QPoint(menu.sizeHint().width(), 0))

    def _pick_language(self, action: QAction) -> None:
        self.language_picked.emit(action.data()[0])

    def _pick_theme(self, action: QAction) -> None:
        self.theme_picked.emit(action.data()[0])
