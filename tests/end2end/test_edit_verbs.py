"""`fill`, `replan` and `bring-in`: an offer is printed, and saved only when it is taken."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from demo_time import demo_clock

from planner.cli import cli

DAY = "2026-11-24"
FAST = ("--iterations", "2000")


def call(*arguments: str | Path, code: int = 0) -> str:
    done = CliRunner().invoke(cli, [str(a) for a in arguments], env={"FAIRVISIT_LANG": "en"})
    assert done.exit_code == code, done.output
    return done.stderr if code else done.stdout


def answer(*arguments: str | Path) -> Any:
    return json.loads(call(*arguments, "--json"))


@pytest.fixture(autouse=True)
def at_demo_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line runs at the moment for which the demo was made."""
    for module in ("planner.cli", "planner.cli_edit", "planner.cli_tools"):
        monkeypatch.setattr(f"{module}.system_clock", demo_clock)


@pytest.fixture
def where(demo_folder: Path) -> tuple[str | Path, ...]:
    """A planned day of the demo."""
    place = ("--workspace", demo_folder / "demo.fairvisit", "--date", DAY)
    call("plan", *place, *FAST)
    return place


def stops(plan: Any) -> dict[str, tuple[str, str]]:
    return {s["debtor"]: (r["crew"], s["start"]) for r in plan["routes"] for s in r["stops"]}


def test_an_offer_is_saved_only_when_taken(where: tuple[str | Path, ...]) -> None:
    """A person's smallest change, looked at twice, is the same; taken, the person is in the plan
    and one undo takes it back."""
    rows = answer("bring-in", *where)["changes"]
    who = next(row["debtor"] for row in rows if row["kind"] in ("MINUTES", "SWAP", "VALUE"))
    first, second = (answer("bring-in", *where, "--debtor", who, *FAST) for _ in range(2))
    assert who in first["added"]
    assert first["batch"] is None
    assert stops(first["plan"]) == stops(second["plan"])
    taken = answer("bring-in", *where, "--debtor", who, *FAST, "--take")
    left = {row["debtor"] for row in answer("bring-in", *where)["changes"]}
    assert who not in left
    assert "is not left out" in call("bring-in", *where, "--debtor", who, code=1)
    call("undo", taken["batch"], *where[:2])
    assert who in {row["debtor"] for row in answer("bring-in", *where)["changes"]}


def test_filling_keeps_every_stop(where: tuple[str | Path, ...]) -> None:
    """Filled gaps add stops and leave the others with their crew and time."""
    offer = answer("fill", *where, *FAST)
    assert offer["removed"] == offer["moved"] == offer["retimed"] == []
    assert offer["after"]["visits"] == offer["before"]["visits"] + len(offer["added"])


def test_planning_on_without_a_crew(where: tuple[str | Path, ...]) -> None:
    """A crew that makes no further stop has none in the offer; what is told of crews is checked."""
    offer = answer("replan", *where, "--absent", "C1", "--late", "C2=30", *FAST)
    crews = {route["crew_id"]: route["stops"] for route in offer["plan"]["routes"]}
    assert not crews.get("C1")
    assert offer["removed"] or offer["moved"]
    assert "C99" in call("replan", *where, "--absent", "C99", code=1)
    assert "PNOBODY" in call("replan", *where, "--settled", "PNOBODY", code=1)
    lates = ("C2", "C2=x", "C2=-1", "C2=99999999999")
    for wrong in (*(("--late", one) for one in lates), ("--at", "C2=91,0"), ("--at", "C2=1")):
        call("replan", *where, *wrong, code=2)


def test_the_words_of_an_offer(where: tuple[str | Path, ...]) -> None:
    """Without JSON the change, the sums and every person concerned are printed, in sentences."""
    told = call("bring-in", *where)
    assert "{" not in told
    who = told.split()[0]
    lines = call("bring-in", *where, "--debtor", who, *FAST).splitlines()
    assert any("visits (was" in line for line in lines)
    assert any(who in line for line in lines)
    assert lines[-1].endswith("--take.")


def test_no_plan_is_said(demo_folder: Path) -> None:
    """A day without a plan is refused by all three."""
    place = ("--workspace", demo_folder / "demo.fairvisit", "--date", "2026-11-26")
    for verb in ("fill", "replan", "bring-in"):
        assert "2026-11-26" in call(verb, *place, code=1)
