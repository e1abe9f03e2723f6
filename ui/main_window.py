"""The window: rail, top bar, one page at a time, status line. Pages are made when first shown."""

from functools import partial

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
)
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from planner.errors import PlannerError
from ui import errors, i18n, machine, theme
from ui.i18n import _
from ui.imports.drop_zone import dropped_paths
from ui.overview import Overview, load_overview
from ui.page import Page
from ui.pages import registry
from ui.session import Session, Toast
from ui.shell.key_list import KeyList
from ui.shell.palette import CommandPalette
from ui.shell.rail import Rail
from ui.shell.status_line import StatusLine
from ui.shell.top_bar import TopBar
from ui.widgets.message_bar import MessageBar
from ui.widgets.toast import Toast as ToastBox

MINIMUM = (1180, 700)


class MainWindow(QMainWindow):
    """Builds the frame and moves between pages; all else is in the pages."""

    def __init__(self, session: Session, theme_name: str = "system", page: str = "today") -> None:
        super().__init__()
        self.session = session
        self._theme = theme_name
        self._specs = {spec.key: spec for spec in registry.specs()}
        self._pages: dict[str, Page] = {}
        self._overview = Overview()
        self._noticed = ("", "")
        self.setMinimumSize(*MINIMUM)
        self.setAcceptDrops(True)
        self._build()
        self._actions()
        self._connect()
        self.retranslate()
        self.go(page, None)
        self._reload()
        session.background.activity.connect(self._first_rest)

    @Slot(int)
    def _first_rest(self, running: int) -> None:
        """The first data are shown: read the code of the other pages, so that they open at once."""
        if not running:
            self.session.background.activity.disconnect(self._first_rest)
            self.session.ask(registry.preload)

    def _build(self) -> None:
        self._rail = Rail(tuple(self._specs.values()))
        self._top = TopBar(self.session, self._theme)
        self._stack = QStackedWidget()
        self._message = MessageBar()
        self._status = StatusLine(self.session.store.path.name)
        middle = QVBoxLayout()
        middle.setContentsMargins(0, 0, 0, 0)
        middle.setSpacing(0)
        self._message.setContentsMargins(24, 12, 24, 0)
        middle.addWidget(self._top)
        middle.addWidget(self._message)
        middle.addWidget(self._stack, 1)
        middle.addWidget(self._status)
        body = QWidget()
        row = QHBoxLayout(body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self._rail)
        row.addLayout(middle, 1)
        self.setCentralWidget(body)
        self._toast = ToastBox(body)
        self._palette = CommandPalette(self.session, body)

    def _actions(self) -> None:
        """Keys of the whole window; they are also the commands of the palette."""
        self._commands: list[QAction] = []
        for spec in self._specs.values():
            if spec.rail:
                action = self._action(self._place, spec.shortcut)
                action.setData(spec.key)
        self._import = self._action(self._open_files, "Ctrl+O")
        self._undo = self._action(self.session.undo_stack.undo, "Ctrl+Z")
        self._redo = self._action(self.session.undo_stack.redo, "Ctrl+Y", "Ctrl+Shift+Z")
        self._reload_action = self._action(self._reload_page, "F5")
        self._keys = self._action(self._show_keys, "?", "F1")
        self._search = self._action(self._open_palette, "Ctrl+K")
        self._pane = self._action(self._next_pane, "F6")
        self._lock = self._action(self.session.lock_wanted.emit, "Ctrl+L")

    def _action(self, slot: object, *keys: str) -> QAction:
        action = QAction(self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(slot)
        self.addAction(action)
        self._commands.append(action)
        return action

    def _connect(self) -> None:
        session = self.session
        session.changed.connect(self._on_changed)
        session.toasted.connect(self._on_toast)
        session.troubled.connect(self.show_error)
        session.wanted.connect(self.go)
        session.language_wanted.connect(self.use_language)
        session.theme_wanted.connect(self.use_theme)
        session.status.connect(self._status.say)
        session.undo_stack.indexChanged.connect(self._undo_state)
        session.undo_stack.indexChanged.connect(self._toast.withdraw)
        self._undo_state()
        self._rail.picked.connect(self.go)
        self._top.search_wanted.connect(self._open_palette)
        self._top.language_picked.connect(self.use_language)
        self._top.theme_picked.connect(self.use_theme)
        self._toast.undone.connect(session.undo_stack.undo)
        self._status.keys_wanted.connect(self._show_keys)
        self._status.protection_wanted.connect(self._open_settings)
        self._status.exchange_wanted.connect(self._open_exchange)
        self._status.lock_wanted.connect(session.lock_wanted)
        self._message.pressed.connect(self._go_noticed)
        self._palette.closed.connect(self._focus_page)
        QApplication.styleHints().colorSchemeChanged.connect(self._system_theme)

    def retranslate(self) -> None:
        """Title, commands and the words of the frame."""
        self._message.name_cross(_("Close the message"))
        for action in self._commands:
            spec = self._specs.get(action.data()) if isinstance(action.data(), str) else None
            if spec is not None:
                action.setText(_("Go to {place}").format(place=_(spec.title)))
        self._import.setText(_("Import files"))
        self._undo.setText(_("Undo"))
        self._redo.setText(_("Redo"))
        self._reload_action.setText(_("Reload"))
        self._lock.setText(_("Lock the window"))
        self._keys.setText(_("List of keys"))
        for part in (self._rail, self._top, self._status):
            part.retranslate()
        self._show_overview(self._overview)

    def changeEvent(self, event: QEvent) -> None:
        """Another language."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.LanguageChange:
            self.retranslate()

    @property
    def page(self) -> Page:
        """The page in view."""
        page = self._stack.currentWidget()
        assert isinstance(page, Page)
        return page

    @Slot(str)
    def go(self, key: str, what: object = None) -> None:
        """Show the page `key` (made now if it is the first time) and give it `what` to show."""
        spec = self._specs.get(key)
        if spec is None:
            return
        if spec.lead and not self.session.leads:
            self._message.say(_lead_words(key), "neutral")
            return
        if key not in self._pages:
            self._pages[key] = registry.build(spec, self.session, self._stack)
            self._stack.addWidget(self._pages[key])
        page = self._pages[key]
        self._stack.setCurrentWidget(page)
        self._rail.mark(spec.under or key)
        self._message.clear()
        self._status.say("")
        if what is not None:
            page.show_item(what)
        self._focus_page()

    def use_language(self, name: str) -> None:
        """Switch the language of everything, now and for the next start."""
        machine.save_language(name)
        self._top.mark_language(name)
        i18n.use(name)

    def use_theme(self, name: str) -> None:
        """Switch the look, now and for the next start."""
        self._theme = name
        machine.save_theme(name)
        self._top.mark_theme(name)
        theme.apply(QApplication.instance(), name)  # type: ignore[arg-type]

    @Slot(object)
    def show_error(self, error: BaseException) -> None:
        """An expected refusal is a message in the pane, a bug is a dialog."""
        if isinstance(error, PlannerError | OSError):
            self._message.say(errors.words(error), "warn")
        else:
            errors.ErrorDialog(error, self).open()

    def notify(
        self, text: str, tone: str = "neutral", button: str = "", place: tuple[str, str] = ("", "")
    ) -> None:
        """Say something about the workspace; the button leads to (page, what to show there)."""
        self._noticed = place
        self._message.say(text, tone, button)

    @Slot()
    def _go_noticed(self) -> None:
        page, what = self._noticed
        self.go(page, what or None)

    def _place(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.go(action.data())

    def _open_files(self) -> None:
        self.go("imports", "choose")

    def _open_settings(self) -> None:
        self.go("settings", "protection")

    def _open_exchange(self) -> None:
        self.go("exchange", "ways")

    def _open_palette(self) -> None:
        self._palette.open([*self.page.commands(), *self._commands])

    def _show_keys(self) -> None:
        spec = self._specs[self.page.key]
        KeyList(_(spec.title), self.page.keys(), self).open()

    def _reload_page(self) -> None:
        self._reload()
        self.page.refresh()

    def _focus_page(self) -> None:
        panes = [pane for pane in self.page.panes() if pane.isVisibleTo(self.page)]
        (panes[0] if panes else self.page).setFocus(Qt.FocusReason.OtherFocusReason)

    def _next_pane(self) -> None:
        """The pane after the one with the keyboard: the page's own, then the rail."""
        panes = [pane for pane in self.page.panes() if pane.isVisible()]
        inside = [i for i, pane in enumerate(panes) if pane.hasFocus() or pane.isAncestorOf(
            QApplication.focusWidget() or self)]  # fmt: skip
        following = inside[0] + 1 if inside else 0
        if following < len(panes):
            panes[following].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self._rail.focus_current()

    def _undo_state(self) -> None:
        self._undo.setEnabled(self.session.undo_stack.canUndo())
        self._redo.setEnabled(self.session.undo_stack.canRedo())

    @Slot(object)
    def _on_toast(self, toast: Toast) -> None:
        self._toast.say(toast.text, undo=toast.undo)

    @Slot(object)
    def _on_changed(self, _change: object) -> None:
        self._reload()

    @Slot()
    def _system_theme(self) -> None:
        if self._theme == "system":
            self.use_theme("system")

    def _reload(self) -> None:
        self.session.ask(partial(load_overview, self.session.store), self._show_overview)

    @Slot(object)
    def _show_overview(self, overview: Overview) -> None:
        """Title, age of the data and protection."""
        self._overview = overview
        name = _("Fairvisit")
        parts = (name, self.session.store.path.stem, overview.whose())
        title = " – ".join(part for part in parts if part)
        self.session.set_role(overview.foot.role)
        self._rail.show_lead(self.session.leads)
        for action in self._commands:
            one = self._specs.get(action.data()) if isinstance(action.data(), str) else None
            action.setVisible(one is None or not one.lead or self.session.leads)
        self._status.show_exchange(*overview.exchange_words(self.session.clock()))
        self.setWindowTitle(title if overview.protected else f"{title} – {_('not protected')}")
        self._status.show_protection(overview.protected)
        self._top.show_age(*overview.age_words(self.session.clock(), self.session.store.zone))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files may be dropped on any page."""
        if dropped_paths(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Dropped files are imported."""
        paths = dropped_paths(event)
        if paths:
            event.acceptProposedAction()
            self.go("imports", paths)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Remember the geometry; running work is waited for by whoever owns the background."""
        machine.save_layout("window", self.saveGeometry())
        for page in self._pages.values():
            page.shut()
        super().closeEvent(event)


def _lead_words(key: str) -> str:
    """Whose a place is that a collector's workspace has not got."""
    if key == "imports":
        return _("Lists are imported in the lead's workspace; your persons come by the exchange.")
    return _("This is the lead's; what concerns you comes by the exchange.")
