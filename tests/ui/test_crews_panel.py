"""Settings > Crews: how a crew works, as a form that saves, undoes and refuses."""

from collections.abc import Callable
from pathlib import Path

import pytest
from inline import InlineBackground
from PySide6.QtCore import QTime
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from planner.domain.people import Crew
from planner.domain.work import Mode, Work
from planner.intake.read import read_file
from planner.intake.records import CrewRecord
from planner.store.crews import load_crews
from planner.store.store import Store
from ui import i18n
from ui.session import Session
from ui.settings.crews import CrewsPanel


@pytest.fixture
def panel(
    demo_store: Store,
    session_of: Callable[[Store], Session],
    background: InlineBackground,
    qtbot: QtBot,
) -> CrewsPanel:
    """The panel on the demo, first crew chosen."""
    made = CrewsPanel(session_of(demo_store))
    qtbot.addWidget(made)
    made.resize(1200, 600)
    made.show()
    made.refresh()
    background.settle()
    return made


def crews(store: Store) -> list[Crew]:
    with store.read() as conn:
        return load_crews(conn)


def test_terms_are_saved_and_undone(
    panel: CrewsPanel, demo_store: Store, background: InlineBackground
) -> None:
    """Every field of the form arrives at the crew, at that crew only; undo takes it back."""
    form, before = panel.terms, [crew.work for crew in crews(demo_store)]
    assert form.work == before[0] == Work(skills=("女性成员",))
    assert not panel.save.isEnabled()
    form.mode.setCurrentIndex(2)
    form.skills.setText("方言， female member, 方言")
    form.overtime.tick.setChecked(True)
    form.overtime.figure.setValue(150)
    form.max_driving.tick.setChecked(True)
    form.max_driving.figure.setValue(3.5)
    form.breaks[0].tick.setChecked(True)
    form.breaks[0].first.setTime(QTime(12, 0))
    wanted = Work(
        mode=Mode.FOOT, skills=("方言", "female member"), overtime=15000, max_driving=12600,
        breaks=((43200, 48600, 3600),),
    )  # fmt: skip
    assert form.work == wanted
    panel.save.click()
    assert [crew.work for crew in crews(demo_store)] == [wanted, *before[1:]]
    panel.refresh()  # as the page does when it hears of the change
    background.settle()
    assert not panel.save.isEnabled()
    panel._session.undo_stack.undo()
    background.settle()
    assert crews(demo_store)[0].work == before[0]


def test_what_is_not_saved_waits_with_its_crew(panel: CrewsPanel) -> None:
    """Another crew shows its own terms; back at the first one the changes still stand there, until
    they are discarded."""
    panel.terms.fixed_cost.tick.setChecked(True)
    panel.table.go_to(1)
    assert panel.terms.work == Work()
    panel.table.go_to(0)
    assert panel.terms.work.fixed_cost == 5000
    panel._discard()
    assert panel.terms.work.fixed_cost == 0


def test_the_usual_price_stands_greyed_out(panel: CrewsPanel) -> None:
    """Without a price of its own the crew has that of its way of travelling, to be seen and not to
    be changed."""
    price = panel.terms.km_price.figure
    assert (price.value(), price.isEnabled()) == (0.8, False)
    panel.terms.mode.setCurrentIndex(1)
    assert price.value() == pytest.approx(0.32)
    assert panel.terms.work.km_price is None


def test_impossible_breaks_are_refused_in_words(panel: CrewsPanel) -> None:
    """Breaks that overlap cannot be saved, and the form says why in both languages."""
    for row in panel.terms.breaks:
        row.tick.setChecked(True)
        row.first.setTime(QTime(12, 0))
        row.last.setTime(QTime(13, 0))
    assert not panel.save.isEnabled()
    assert "overlap" in panel._wrong.text()
    i18n.use("zh_CN")
    panel.retranslate()
    panel._edited()
    assert "重叠" in panel._wrong.text()


def test_the_list_that_is_written_can_be_imported(
    panel: CrewsPanel, demo_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The spreadsheet has the crews with their terms, and the importer reads the same crews."""
    panel.terms.overtime.tick.setChecked(True)
    panel.save.click()
    out = tmp_path / "crews.xlsx"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_a, **_k: (str(out), ""))
    panel.export()
    read = [one.crew for one in read_file(out).records if isinstance(one, CrewRecord)]
    assert [(c.crew_id, c.name, c.members, c.start, c.end, c.weekdays, c.work) for c in read] == [
        (c.crew_id, c.name, c.members, c.start, c.end, c.weekdays, c.work)
        for c in crews(demo_store)
    ]
