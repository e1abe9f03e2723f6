"""Pictures of a team's exchange out of one day of a lead and a collector, in both languages.

    QT_QPA_PLATFORM=offscreen .venv/bin/python packaging/pictures_team.py FOLDER

The day is that of tests/ui/test_two_laptops.py. Leaves FOLDER/<step>-<en|zh>-<light|dark>-<width>.
"""

import argparse
import sys
import tempfile
from datetime import timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "ui"))

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication, QDialog, QWidget
from team_story import DAY, Clock, Collector, Lead, Seat, small_book

from planner.actions.make_demo import make_demo
from planner.actions.team import hand_over
from planner.store.store import NewEvent, Store
from ui import i18n, theme
from ui.app import make_application
from ui.exchange.admit import AdmitDialog, InvitationDialog
from ui.exchange.hub_dialog import HubDialog

LOOKS = (
    ("en", "light", (1366, 768)), ("zh_CN", "dark", (1366, 768)),
    ("zh_CN", "light", (1920, 1080)), ("en", "dark", (1920, 1080)),
)  # fmt: skip
PERSONS = 480


class Camera:
    """Takes what is in view in every look."""

    def __init__(self, app: QApplication, folder: Path) -> None:
        self.app, self.folder = app, folder

    def take(self, seat: Seat, name: str, dialog: QDialog | None = None) -> None:
        """The window of `seat`, or a dialog over it."""
        for language, look, size in LOOKS:
            i18n.use(language)
            theme.apply(self.app, look)
            seat.window.resize(*size)
            shown: QWidget = dialog or seat.window
            for _ in range(3):
                seat.quiet()
                self.app.processEvents()
            short = "zh" if language == "zh_CN" else "en"
            shown.grab().save(str(self.folder / f"{name}-{short}-{look}-{size[0]}.png"))
        i18n.use("en")
        theme.apply(self.app, "light")
        seat.window.resize(1366, 768)


def begin(camera: Camera, lead: Lead, laptop: Collector, files: list[Path], clock: Clock) -> None:
    """Until the laptop is in the team and everything is approved."""
    laptop.exchange_page()
    camera.take(laptop, "begin-empty")
    lead.take_in(files)
    lead.exchange_page()
    camera.take(lead, "begin-data")
    lead.found("North")
    camera.take(lead, "laptops-none")
    lead.split()
    hand_over(lead.store, "YS102", "YS101", reason="leave", by="lead", clock=clock)
    lead.plan()
    card, code = laptop.card("Laptop 7", "YS101")
    camera.take(laptop, "joining")
    page = lead.exchange_page()
    asks = AdmitDialog(lead.session, lead.board.staff, card, lead.window)
    asks.code.setText(code)
    asks.show()
    camera.take(lead, "admit", asks)
    asks.reject()
    invitation = lead.admit(card, code)
    for one in page.window().findChildren(InvitationDialog):
        camera.take(lead, "invitation", one)
        one.accept()
    laptop.join(invitation)


def day(camera: Camera, lead: Lead, laptop: Collector, clock: Clock, shared: Path) -> None:
    """Exchange, record, exchange, give back, exchange; a field that collides."""
    lead.exchange(shared)
    laptop.exchange(shared)
    camera.take(laptop, "received")
    laptop.exchange_page().show_item("conflicts")
    camera.take(laptop, "conflicts-none")
    clock.now += timedelta(hours=9)
    done = laptop.record(12)
    camera.take(laptop, "recorded")
    collide(done[-1], lead.store, laptop.store, clock)
    laptop.exchange()
    lead.exchange()
    camera.take(lead, "came-in")
    page = lead.exchange_page()
    for tab in ("laptops", "conflicts"):
        page.show_item(tab)
        camera.take(lead, tab)
    lead.team_page("day")
    camera.take(lead, "progress")
    lead.give_back("Who opened the door?")
    lead.exchange()
    laptop.exchange()
    camera.take(laptop, "returned")
    lead.exchange_page().show_item("history")
    camera.take(lead, "history")
    for place, digit in (("settings", 8), ("rules", 7)):
        laptop.go(digit)
        camera.take(laptop, f"collector-{place}")
    hub = HubDialog(laptop.session, None, laptop.window)
    hub.show()
    camera.take(laptop, "hub", hub)
    hub.reject()


def collide(who: str, one: Store, other: Store, clock: Clock) -> None:
    """Both say something else of who may go to a person."""
    for store, tag in ((one, "dialect"), (other, "woman")):
        with store.write() as tx:
            tx.append([NewEvent("needs", who, clock(), {"tags": [tag]})])


def main() -> None:
    """Tell the story and take the pictures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as place:
        home = Path(place)
        QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, place)
        app = make_application([])
        i18n.use("en")
        theme.apply(app, "light")
        clock = Clock()
        make_demo(home / "demo", DAY, clock=clock, roads=False)
        files = small_book(home / "demo", home / "lists", PERSONS)
        (home / "shared").mkdir()
        camera = Camera(app, folder)
        lead = Lead(home / "lead.fairvisit", clock)
        laptop = Collector(home / "laptop.fairvisit", clock)
        try:
            begin(camera, lead, laptop, files, clock)
            day(camera, lead, laptop, clock, home / "shared")
        finally:
            lead.close()
            laptop.close()


if __name__ == "__main__":
    main()
