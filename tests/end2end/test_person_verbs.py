"""The command line about one person: next steps and documents."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from demo_time import DEMO_DAY, demo_clock

from planner import cli_person, cli_tools
from planner.actions.rank import rank
from planner.cli import cli
from planner.store.store import Store


@pytest.fixture
def who(demo_folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Somebody of the demo; the verbs run at the demo's moment."""
    for module in (cli_person, cli_tools):
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
