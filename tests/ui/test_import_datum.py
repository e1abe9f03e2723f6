"""The datum of a file's positions is a choice of the columns step, and remembered with the form."""

from datetime import date
from pathlib import Path

import pytest
from looks import clipped
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.actions.import_files import Choice
from planner.actions.import_preview import keep_choice, look_with_choices
from planner.domain.datum import BD09, GCJ02
from ui import i18n
from ui.imports.column_step import ColumnStep
from ui.imports.jobs import first_look
from ui.imports.words import Mask
from ui.session import Session

HEAD = "姓名,手机号,合同号,逾期金额,逾期日期,委案方,地址,经度,纬度\n"
ROW = "张甲,13800000001,H1,9000,2026-05-01,银行,某路1号,120.12345,30.12345\n"


@pytest.fixture
def step(session: Session, qtbot: QtBot, tmp_path: Path) -> ColumnStep:
    """The step with one file that has positions."""
    path = tmp_path / "名单.csv"
    path.write_text(HEAD + ROW, encoding="utf-8")
    found = first_look(
        session.store, [path], on_progress=lambda _share: None, cancelled=lambda: False
    )
    made = ColumnStep(Mask())
    qtbot.addWidget(made)
    made.resize(1200, 640)
    made.show()
    made.show_files(found, {}, date(2026, 11, 23))
    return made


def test_the_datum_is_chosen(step: ColumnStep, session: Session, tmp_path: Path) -> None:
    """Nothing is assumed until somebody chooses; the choice goes with the file and its form."""
    assert step.datum.isVisible()
    assert step.choices["名单.csv"].datum == ""
    for datum in (GCJ02, BD09):
        step.datum.setCurrentIndex(step.datum.findData(datum))
        step.datum.activated.emit(step.datum.currentIndex())
        assert step.choices["名单.csv"].datum == datum
    keep_choice(session.store, step.look, step.choices["名单.csv"])
    _, kept = look_with_choices(session.store, tmp_path / "名单.csv")
    assert kept.datum == BD09
    assert isinstance(kept, Choice)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
def test_the_words_fit(step: ColumnStep, language: str) -> None:
    """The choice is said in both languages without being cut."""
    i18n.use(language)
    QApplication.processEvents()
    assert [text for text in clipped(step) if "WGS" in text or "坐标" in text] == []
