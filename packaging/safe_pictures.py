"""Pictures of the flows around a workspace: first run, lock, protection, backups, a mandate's end.

Called by screenshots.py; everything happens in a temporary folder, on the demo.
"""

import gc
import shutil
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from planner.actions.reveals import note_reveal
from planner.clock import Clock
from planner.errors import PlannerError
from planner.store import protect
from planner.store.people import find_persons
from planner.store.store import Store
from ui import i18n, theme
from ui.dialogs.confirm_restore import ConfirmRestore
from ui.dialogs.keys import KeysDialog
from ui.main_window import MainWindow
from ui.pages.settings import SettingsPage
from ui.safe.desk import Desk

WORDS = "three lamps on the ferry"
Shoot = Callable[[QWidget, str], None]


def protected_copy(demo: Path, folder: Path, clock: Clock) -> Path:
    """The demo with a passphrase, two backups and a few looks at persons."""
    folder.mkdir(parents=True)
    for path in demo.parent.glob(demo.name + "*"):
        if path.is_file():
            shutil.copy2(path, folder / path.name)
    copy = folder / demo.name
    with Store.open(copy, clock=clock) as store:
        store.backup("hand")
        with store.read() as conn:
            persons = find_persons(conn)
        for who in persons[:6]:
            note_reveal(store, who, where="case", by="lead", clock=clock)
        protect.set_passphrase(store, WORDS)
        protect.new_recovery_code(store, WORDS)
        store.backup("import")
    return copy


def pause(milliseconds: int = 400) -> None:
    """Let the event loop run."""
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def until(ready: Callable[[], bool]) -> None:
    """Let the event loop run until `ready`, then until all is painted."""
    while not ready():
        pause(50)
    pause(900)


def flows(app: QApplication, demo: Path, place: Path, clock: Clock, shoot: Shoot) -> None:
    """All flows at the frame's present size, look and language; `shoot(widget, name)`."""
    first_run(place / "new" / "plan.fairvisit", clock, shoot)
    copy = protected_copy(demo, place / "copy", clock)
    desk = desk_on(copy, clock, shoot)
    until(lambda: desk.frame.card is desk.frame.unlock)
    shoot(desk.frame, "unlock")
    desk.frame.unlock.refuse(
        i18n.error_text(PlannerError("store.passphrase_wrong", file=copy.name)), wrong=True
    )
    desk.frame.unlock.refuse(
        i18n.error_text(PlannerError("store.passphrase_wrong", file=copy.name)), wrong=True
    )
    pause()
    shoot(desk.frame, "unlock-wrong")
    desk.frame.unlock.opened()
    desk.frame.unlock.unlock_wanted.emit(WORDS)
    until(lambda: desk.window is not None)
    settings_flows(desk, shoot)
    desk.lock()
    until(lambda: desk.frame.card is desk.frame.unlock)
    shoot(desk.frame, "locked")
    end(desk)
    copy.write_bytes(b"damaged" * 1000)
    desk = desk_on(copy, clock, shoot)
    until(lambda: desk.frame.card is desk.frame.unlock)
    desk.frame.unlock.unlock_wanted.emit(WORDS)
    until(lambda: desk.frame.card is desk.frame.trouble)
    shoot(desk.frame, "damaged")
    end(desk)


def desk_on(path: Path, clock: Clock, shoot: Shoot) -> Desk:
    """A desk that has begun."""
    desk = Desk(path, clock, lambda session, page: MainWindow(session, "light", page))
    shoot(desk.frame, "")
    desk.frame.show()
    desk.start()
    return desk


def end(desk: Desk) -> None:
    """Close it, with all its widgets gone before another one begins."""
    desk.close()
    desk.frame.close()
    desk.frame.deleteLater()
    desk.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()


def first_run(path: Path, clock: Clock, shoot: Shoot) -> None:
    """A new workspace: passphrase, then the recovery code."""
    desk = desk_on(path, clock, shoot)
    until(lambda: desk.frame.card is desk.frame.first)
    shoot(desk.frame, "first-empty")
    first = desk.frame.first
    first.fields.first.setText(WORDS)
    first.fields.again.setText(WORDS)
    pause()
    shoot(desk.frame, "first")
    first.protect.click()
    until(lambda: desk.frame.card is desk.frame.code)
    shoot(desk.frame, "first-code")
    end(desk)


def settings_flows(desk: Desk, shoot: Shoot) -> None:
    """Protection with a dialog, backups with a look inside and the question, a mandate's end."""
    window = desk.window
    assert window is not None
    window.go("settings", "protection")
    page = window.page
    assert isinstance(page, SettingsPage)
    pause(1200)
    shoot(desk.frame, "protection")
    page.protection.buttons["passphrase"].click()
    pause()
    shoot_dialog(desk.frame, KeysDialog, "protection-change", shoot)
    window.go("settings", "backups")
    pause(1200)
    page.backups.view.look.click()
    pause(1500)
    shoot(desk.frame, "backups")
    page.backups.view.restore.click()
    pause(800)
    shoot_dialog(desk.frame, ConfirmRestore, "backups-restore", shoot)
    window.go("settings", "export")
    pause(1200)
    shoot(desk.frame, "export")
    window.go("settings", "mandate")
    pause(1200)
    page.retention.table.go_to(0)
    pause(800)
    card = page.retention.card
    chinese = i18n.language() == "zh_CN"
    card.reason.setText("委托合同到期" if chinese else "The mandate has expired")
    card.by.setText("合规部" if chinese else "Compliance office")
    pause()
    shoot(desk.frame, "mandate")
    card.again.setText(page.retention.table.current()[0])
    card.go.click()
    until(lambda: page.retention._done is not None)
    shoot(desk.frame, "mandate-done")


def shoot_dialog(frame: QWidget, kind: type[QDialog], name: str, shoot: Shoot) -> None:
    """The open dialog of this kind; then it goes."""
    for one in frame.findChildren(kind):
        if one.isVisible():
            shoot(one, name)
            one.reject()


def safe_pictures(
    app: QApplication, demo: Path, place: Path, folder: Path, sizes: list[str], clock: Clock
) -> None:
    """All flows in both looks and languages, at every size."""
    for look in ("light", "dark"):
        for language, short in (("zh_CN", "zh"), ("en", "en")):
            i18n.use(language)
            theme.apply(app, look)
            for size in sizes:
                wide, _, high = size.partition("x")
                end = "" if size == sizes[0] else f"-{wide}"

                def shoot(
                    widget: QWidget, name: str, *, wide: str = wide, high: str = high,
                    mark: str = f"{short}-{look}{end}",
                ) -> None:  # fmt: skip
                    if not name:
                        widget.resize(int(wide), int(high))
                        return
                    out = folder / f"safe-{name}-{mark}.png"
                    widget.grab().save(str(out))
                    print(out)  # noqa: T201

                here = place / f"safe-{short}-{look}{end}"
                flows(app, demo, here, clock, shoot)
