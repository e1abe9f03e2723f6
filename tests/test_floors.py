"""The floors of the house: what may import what (docs/decisions/0001)."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
FLOORS = {
    "main": 5,
    "ui": 4,
    "planner.actions": 3,
    "planner.cli": 3,
    "planner.store": 2,
    "planner.sync": 2,
    "planner.export": 2,
    "planner.policy": 1,
    "planner.ranking": 1,
    "planner.geo": 1,
    "planner.routing": 1,
    "planner.intake": 1,
    "planner.demo": 1,
    "planner.domain": 0,
    "planner.clock": 0,
    "planner.errors": 0,
    "planner.log": 0,
    "planner.paths": 0,
    "planner.words": 0,
}
SIDEWAYS = {
    ("planner.routing", "planner.geo"),
    ("planner.cli", "planner.actions"),
    ("planner.sync", "planner.store"),
}
FILES = sorted([*ROOT.glob("planner/**/*.py"), *ROOT.glob("ui/**/*.py"), ROOT / "main.py"])


def package_of(module: str) -> str | None:
    """The package of the table that `module` belongs to; None for a foreign one."""
    parts = module.split(".")
    if parts[0] == "planner" and len(parts) > 1:
        name = f"planner.{parts[1]}"
        return "planner.cli" if parts[1].startswith("cli") else name
    return parts[0] if parts[0] in FLOORS else None


def imports_of(path: Path) -> Iterator[str]:
    """Every module a file imports, also inside functions; `from planner import words` is one."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def faults_of(path: Path) -> list[str]:
    """What `path` imports against the table."""
    here = package_of(".".join(path.relative_to(ROOT).with_suffix("").parts))
    if here is None:
        return []
    found = []
    for module in imports_of(path):
        there = package_of(module)
        if there is None or there == here or (here, there) in SIDEWAYS:
            continue
        level = FLOORS.get(there, 9) - FLOORS[here]
        if level > 0 or (level == 0 and FLOORS[here] > 0):
            found.append(f"{path.relative_to(ROOT)} imports {module}")
    return found


def test_each_floor_imports_lower_floors_only() -> None:
    """No file of planner, ui or main.py imports upwards or sideways (floor 0 is one floor)."""
    assert [fault for path in FILES for fault in faults_of(path)] == []


def test_every_package_has_a_floor() -> None:
    """A new package under planner has to be given its floor in the table."""
    packages = {package_of(f"planner.{path.stem}") for path in (ROOT / "planner").iterdir()
                if path.suffix == ".py" or (path / "__init__.py").exists()}  # fmt: skip
    assert packages - set(FLOORS) - {"planner.__init__"} == set()


def test_planner_knows_no_window() -> None:
    """Nothing below the window imports Qt: the core runs where Qt is not installed."""
    below = [path for path in FILES if path.is_relative_to(ROOT / "planner")]
    named = [
        f"{path.relative_to(ROOT)} imports {module}"
        for path in below
        for module in imports_of(path)
        if module.split(".")[0] in {"PySide6", "shiboken6", "ui"}
    ]
    assert named == []


@pytest.mark.parametrize(
    ("source", "faulty"),
    [
        ("from planner.store.store import Store", True),
        ("from planner import words, cli", True),
        ("import planner.ranking.score", True),
        ("def f():\n    from planner.actions import rank", True),
        ("from planner.domain.plan import Plan", False),
        ("import numpy", False),
    ],
)
def test_the_check_itself(source: str, faulty: bool) -> None:
    """The check sees an import upwards or sideways in each of its forms."""
    probe = ROOT / "planner" / "policy" / "probe.py"
    assert package_of("planner.policy.probe") == "planner.policy"
    tree = ast.parse(source)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "read_text", lambda *_args, **_kwargs: ast.unparse(tree))
        assert bool(faults_of(probe)) is faulty
