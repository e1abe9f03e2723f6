"""Shared fixtures: one demo workspace per run, copied for each test that writes."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from demo_time import DEMO_DAY, demo_clock

from planner.actions.make_demo import make_demo
from planner.store.store import Store


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--full` runs the long versions of the tests."""
    parser.addoption("--full", action="store_true", help="run the long versions")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests marked `full` are left out unless asked for."""
    if config.getoption("--full"):
        return
    skip = pytest.mark.skip(reason="long run: --full")
    for item in items:
        if "full" in item.keywords:
            item.add_marker(skip)


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo files and a loaded workspace; copy it, do not write to it.

    Without roads: its plans go by straight lines.
    """
    folder = tmp_path_factory.mktemp("demo")
    make_demo(folder, DEMO_DAY, clock=demo_clock, roads=False)
    return folder


@pytest.fixture
def demo_folder(demo_template: Path, tmp_path: Path) -> Path:
    """A fresh copy of the demo folder."""
    return Path(shutil.copytree(demo_template, tmp_path / "demo"))


@pytest.fixture
def demo_store(demo_folder: Path) -> Iterator[Store]:
    """The demo workspace of this test, open."""
    with Store.open(demo_folder / "demo.fairvisit", clock=demo_clock) as store:
        yield store
