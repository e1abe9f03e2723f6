"""The command line about one person: next steps and documents."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from demo_time import DEMO_DAY, demo_clock

from planner import cli_person, cli_plans, cli_tools
from planner.actions.rank import rank
from planner.cli import cli
from planner.store.store import Store


@pytest.fixture
def who(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody of the demo; the verbs run at the demo's moment."""
    for module in (cli_person, cli_plans, cli_tools):
        monkeypatch.setattr(module, "system_clock", demo_clock)
    with Store.open(demo_folder / "demo.fairvisit", clock=demo_clock) as store:
        ranking = rank(store, DEMO_DAY)
        return ranking.table.debtor_ids[int(ranking.order[0])]


def run(folder: Path, *words: str) -> tuple[int, str]:
    """Exit code and standard output of a verb on the demo workspace."""
    done = CliRunner().invoke(cli, [*words, "--workspace", str(folder / "demo.fairvisit")])
    return done.exit_code, done.stdout


def test_a_step_is_proposed_accepted_and_listed(demo_folder: Path, who: str) -> None:
    """What --accept takes on is in the list of that day."""
    code, said = run(demo_folder, "next-step", who, "--accept", "--json")
    step = json.loads(said)["step"]
    assert (code, step["debtor"]) == (0, who)
    code, said = run(demo_folder, "steps", "--date", step["date"], "--json")
    assert [one["debtor"] for one in json.loads(said)["steps"]] == [who]
    assert code == 0
    assert run(demo_folder, "next-step", "PNOBODY")[0] == 1


def test_documents_are_written(demo_folder: Path, who: str, tmp_path: Path) -> None:
    """Dossier, masked dossier, explanation; not masked and explaining at once."""
    for k, flags in enumerate(([], ["--masked"], ["--explain", "--language", "zh_CN"])):
        out = tmp_path / f"{k}.pdf"
        assert run(demo_folder, "dossier", who, "--out", str(out), *flags)[0] == 0
        assert out.read_bytes().startswith(b"%PDF")
    both = run(demo_folder, "dossier", who, "--out", str(tmp_path / "x"), "--masked", "--explain")
    assert both[0] == 2


def test_a_plan_whose_draft_cannot_be_written_is_not_recorded(
    demo_folder: Path, who: str, tmp_path: Path
) -> None:
    """Refused for its draft, for a first day in the past or for figures beyond all sense, no plan
    is left behind; with a draft that can be written there is one."""
    household = ("agree-plan", "--debtor", who, "--living", "0", "--income")
    (tmp_path / "file").write_text("")
    bad = (
        ("900000", "--draft", str(tmp_path / "file" / "a.pdf")),
        ("900000", "--first", "2020-01-01"),
        ("9" * 30, "--consent"),
    )
    for words in bad:
        assert run(demo_folder, *household, *words)[0] == 1
    assert run(demo_folder, "plans-of", "--debtor", who)[1].strip() == ""
    assert run(demo_folder, *household, "900000", "--draft", str(tmp_path / "a.pdf"))[0] == 0
    assert run(demo_folder, "plans-of", "--debtor", who)[1].count("\n") == 1
