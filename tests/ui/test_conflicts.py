"""What the plan screen says of visits that have to be made and cannot be."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from planner.actions.agreements import Agreed, agree
from planner.actions.make_plan import make_plan
from planner.actions.rank import rank
from planner.domain.codes import Channel
from planner.domain.plan import Unserved
from planner.store.store import Store
from ui import i18n
from ui.plan import words
from ui.plan.book import load_book
from ui.plan.deeds import PlanDeeds
from ui.plan.edits import fault_sentence
from ui.plan.notices import Notices
from ui.session import Session

DAY = date(2026, 11, 24)
_HERE = {"window": "10:00-11:00", "crew": "A", "short_seconds": 900}


def clock() -> datetime:
    return datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize("language", ["en", "zh_CN"])
@pytest.mark.parametrize(
    "figures",
    [
        {"by": "barred", "rule": "cn.house.hours"}, {"by": "place"},
        {"by": "skill", "skill": "方言", **_HERE}, {"by": "crew", **_HERE},
        {"by": "hours", "minutes": 34, **_HERE}, {"by": "past", **_HERE}, {"by": "reach", **_HERE},
        {"by": "stop", "stop": "P1", "stop_window": "10:05-10:25", **_HERE},
        {"by": "shift", **_HERE}, {"by": "search", **_HERE},
    ],
    ids=lambda figures: str(figures["by"]),
)  # fmt: skip
def test_each_conflict_is_a_sentence(
    demo_store: Store, language: str, figures: dict[str, Any]
) -> None:
    """Every kind of conflict is said in both languages with all its figures filled in."""
    i18n.use(language)
    book = load_book(demo_store, DAY)
    sentence = words.left_out_sentence(book, Unserved("P9", "MUST_CONFLICT", figures))
    assert not sentence.startswith("reason.")
    assert "{" not in sentence
    assert "rule." not in sentence
    if "short_seconds" in figures and figures["by"] in ("reach", "stop", "shift"):
        assert "15" in sentence
    skill = words.left_out_sentence(book, Unserved("P9", "NO_SKILL", {"skill": "方言"}))
    assert "方言" in skill
    for name in ("NO_SKILL", "APPOINTMENT", "LONG", "DRIVING", "BREAK", "PAST"):
        figures = {"crew": "A", "minutes": 5, "skill": "方言", "now": "12:00"}
        told = fault_sentence((name, figures))
        assert "A" in told
        assert "{" not in told


def test_a_conflict_stands_above_the_plan(
    demo_store: Store, session_of: Callable[[Store], Session], qtbot: QtBot
) -> None:
    """The message names the person and the reason once; when the plan no longer has the conflict
    it goes away."""
    ranking = rank(demo_store, DAY)
    who = ranking.table.debtor_ids[int(ranking.order[0])]
    agree(demo_store, Agreed(who, Channel.VISIT, "call", "10:00", "10:10", 0, DAY), clock=clock)
    make_plan(demo_store, DAY, clock=clock, iterations=50)
    page = QWidget()
    qtbot.addWidget(page)
    page.show()
    deeds = PlanDeeds(session_of(demo_store))
    notices = Notices(deeds, lambda _who: "X*", page)
    book = load_book(demo_store, DAY)
    notices.say_conflicts(book)
    said = notices.bar._text.text()
    assert said.startswith("X* is not in the plan.")
    assert "10:00-10:10" in said
    notices.bar.clear()
    notices.say_conflicts(book)
    assert notices.bar.isHidden()
    notices.say_conflicts(cast(Any, SimpleNamespace(plan=None)))
    assert notices.bar.isHidden()
