"""Giving a plan away from the plan screen: options, warning, preview, print, record."""

from pathlib import Path
from typing import Any

import pytest
from inline import InlineBackground
from looks import clipped
from people import fill
from plan_day import other_crew
from PySide6.QtCore import Qt
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from planner.actions.export_plan import phone_app
from planner.actions.exports import exports
from planner.actions.make_plan import make_plan
from planner.store.events import events_of
from planner.store.store import Store
from ui import i18n, theme
from ui.pages.plan import PlanPage
from ui.plan.export_dialog import ExportDialog
from ui.plan.export_options import _APP_NAMES
from ui.plan.files import EXPORTS
from ui.plan.sheets_dialog import SheetsDialog
from ui.session import Session
from ui.settings.take_out import what_words


@pytest.fixture
def page(
    qtbot: QtBot, background: InlineBackground, session: Session, monkeypatch: pytest.MonkeyPatch
) -> PlanPage:
    """A plan of two crews on the screen; nothing is opened in other programs."""
    monkeypatch.setattr("ui.plan.files.QDesktopServices.openUrl", lambda _url: True)
    fill(session.store, 6)
    other_crew(session.store, 9, 18)
    make_plan(session.store, session.day, clock=session.clock, iterations=200)
    page = PlanPage(session)
    qtbot.addWidget(page)
    page.resize(1270, 640)
    page.show()
    background.settle()
    return page


def records(store: Store) -> list[dict[str, Any]]:
    """What is recorded of exports, oldest first."""
    with store.read() as conn:
        ((_, found),) = events_of(conn, [""])
    return [event.payload for event in found if event.kind == "export"]


def begin(page: PlanPage, background: InlineBackground, kind: str) -> Any:
    """Press an entry of the export menu; the dialog that opens."""
    action = next(one for one in page.foot.export.menu().actions() if one.data() == kind)
    action.trigger()
    background.settle()
    return page.giving.dialog


def save_to(monkeypatch: pytest.MonkeyPatch, out: Path | str) -> None:
    """Answer the next question for a place."""
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args: (str(out), ""))


def test_each_form_from_the_menu(
    page: PlanPage,
    background: InlineBackground,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every entry of the menu asks once, writes where the user says, and is recorded; names go out
    only when ticked, and then the dialog warns."""
    forms = [kind for kind in EXPORTS if kind not in ("sheets", "json")]
    for form in forms:
        dialog = begin(page, background, form)
        assert isinstance(dialog, ExportDialog)
        warning = dialog.options._warning
        assert ("not encrypted" in warning.accessibleName()) is (form == "xlsx")
        if form != "xlsx":
            dialog.options.names.setChecked(True)
            assert "not encrypted" in warning.accessibleName()
            dialog.options.names.setChecked(False)
        out = tmp_path / f"plan.{form}"
        save_to(monkeypatch, out)
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
        background.settle()
        assert out.stat().st_size > 500
        assert page.giving.dialog is None
    told = [f"plan.{form}" + "+names" * (form == "xlsx") for form in forms]
    assert [one["what"] for one in records(session.store)] == told


def test_the_plan_as_data(
    page: PlanPage,
    background: InlineBackground,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The plan's data are written where the user says, without a question, and recorded."""
    save_to(monkeypatch, tmp_path / "c.json")
    assert begin(page, background, "json") is None
    assert (tmp_path / "c.json").stat().st_size > 500
    assert [one["what"] for one in records(session.store)] == ["plan.json"]


def test_names_for_one_crew(
    page: PlanPage,
    background: InlineBackground,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """With names and for one crew only its people are in the file, and the record says so."""
    dialog = begin(page, background, "geojson")
    dialog.options.names.setChecked(True)
    dialog.options.crew.setCurrentIndex(1)
    out = tmp_path / "plan.geojson"
    save_to(monkeypatch, out)
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    background.settle()
    (told,) = records(session.store)
    text = out.read_text("utf-8")
    assert told["what"] == "plan.geojson+names"
    assert text.count('"name": "') == told["persons"] + 1
    assert {text.count(f'"crew_id": "{one}"') > 0 for one in ("k1", "k2")} == {True, False}


def test_sheets_are_looked_at_before_they_are_printed(
    page: PlanPage,
    background: InlineBackground,
    session: Session,
    tmp_path: Path,
) -> None:
    """Ctrl+P shows the sheets page by page; a second sheet adds pages; printing draws them all and
    is recorded; closed, nothing of them is kept."""
    page.export("sheets")
    background.settle()
    dialog = page.giving.dialog
    assert isinstance(dialog, SheetsDialog)
    pages = dialog.document.pageCount()
    assert pages >= 2
    assert dialog.print.isEnabled()
    dialog.options.amounts.setChecked(True)
    assert not dialog.print.isEnabled()
    background.settle()
    assert dialog.document.pageCount() == pages + dialog.options.crew.count() - 1
    printer = QPrinter()
    printer.setResolution(72)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "paper.pdf"))
    dialog.draw(printer)
    assert (tmp_path / "paper.pdf").stat().st_size > 10_000
    dialog.printed.emit(dialog.options.wish(), dialog.content)
    background.settle()
    assert [one["what"] for one in records(session.store)] == ["plan.pdf+names+amounts"]
    dialog.reject()
    assert (dialog.content, dialog.document.pageCount()) == (b"", 0)
    assert page.giving.dialog is None


def test_sheets_are_saved_as_they_were_looked_at(
    page: PlanPage,
    background: InlineBackground,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What is saved is what was shown, byte for byte; a question left unanswered writes nothing."""
    page.export("sheets")
    background.settle()
    dialog = page.giving.dialog
    shown = dialog.content
    save_to(monkeypatch, "")
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    background.settle()
    assert records(session.store) == []
    save_to(monkeypatch, tmp_path / "a.pdf")
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    background.settle()
    assert (tmp_path / "a.pdf").read_bytes() == shown
    assert page.giving.dialog is None


def test_the_chosen_map_app_stays(
    page: PlanPage, background: InlineBackground, session: Session
) -> None:
    """Another app is remembered for the workspace, and its datum is named below it."""
    dialog = begin(page, background, "html")
    assert dialog.options.app.currentData() == "amap"
    dialog.options.app.setCurrentIndex(dialog.options.app.findData("baidu"))
    dialog.options.app.activated.emit(dialog.options.app.currentIndex())
    assert "BD-09" in dialog.options._datum.text()
    background.settle()
    assert phone_app(session.store) == "baidu"
    dialog.reject()
    assert begin(page, background, "ics").options.app.currentData() == "baidu"


def test_one_dialog_at_a_time_and_a_refusal_in_words(
    page: PlanPage, background: InlineBackground, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second request while one is open changes nothing; a refusal stands in place of pages."""
    dialog = begin(page, background, "html")
    assert begin(page, background, "gpx") is dialog
    dialog.reject()
    sheets = begin(page, background, "sheets")
    sheets.look()
    sheets.refuse("Nobody is visited")
    assert sheets._wait.text() == "Nobody is visited"
    assert not sheets.print.isEnabled()


@pytest.mark.parametrize("look", ["light", "dark"])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_no_text_is_cut_off(
    page: PlanPage, background: InlineBackground, dressed: Any, language: str, look: str
) -> None:
    """Both dialogs show every word in both languages, light and dark, and fit a small screen."""
    i18n.use(language)
    theme.apply(dressed, look)
    assert all(i18n._(text) != text or language == "en" for text in _APP_NAMES.values())
    assert all(i18n._(text) != text or language == "en" for text in EXPORTS.values())
    for kind in ("html", "sheets"):
        dialog = begin(page, background, kind)
        assert clipped(dialog) == []
        assert dialog.width() <= 1340
        assert dialog.height() <= 720
        dialog.reject()


def test_the_record_says_what_left(
    page: PlanPage,
    background: InlineBackground,
    session: Session,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Settings list an exported plan with its form and what was in it."""
    dialog = begin(page, background, "xlsx")
    dialog.options.amounts.setChecked(True)
    save_to(monkeypatch, tmp_path / "a.xlsx")
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    background.settle()
    (told,) = exports(session.store)
    assert what_words(told.what) == "Plan (XLSX), names, amounts"
    assert what_words("everything") == "Everything"
