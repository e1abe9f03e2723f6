"""The routing tests on a core that is built with address and undefined-behaviour sanitizers.

    python tests/benchmarks/sanitize.py [--folder build/sanitize] [arguments of pytest]

Without arguments: the small random problems and damaged files; add `--full` for all of them. Needs
CMake, Ninja and GCC with libasan and libubsan. The usual core is not touched.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "planner.routing._core"
TESTS = ["tests/planner/routing", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]


def build(folder: Path) -> Path:
    """Builds the core in `folder` and returns the module's file."""
    source = ROOT / "planner" / "routing" / "core"
    configure = ["cmake", "-G", "Ninja", "-S", source, "-B", folder, "-DFAIRVISIT_SANITIZE=ON"]
    subprocess.run([*configure, f"-DPython_EXECUTABLE={sys.executable}"], check=True)
    subprocess.run(["cmake", "--build", folder], check=True)
    return next(folder.glob("_core*.so"))


def library(name: str) -> str:
    """The path of a library that GCC brings along."""
    command = ["gcc", f"-print-file-name={name}"]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def load(module: str) -> None:
    """Puts the core in this file in the place of the usual one."""
    spec = importlib.util.spec_from_file_location(NAME, module)
    assert spec
    assert spec.loader
    core = importlib.util.module_from_spec(spec)
    sys.modules[NAME] = core
    spec.loader.exec_module(core)


def main() -> int:
    """Builds, then starts itself again with the sanitizer's library loaded first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "sanitize")
    parser.add_argument("--module", help=argparse.SUPPRESS)
    options, rest = parser.parse_known_args()
    if options.module:
        load(options.module)
        return int(pytest.main(rest))
    module = build(options.folder)
    surroundings = {
        **os.environ,
        "LD_PRELOAD": f"{library('libasan.so')} {library('libubsan.so')}",
        "ASAN_OPTIONS": "detect_leaks=0",  # Python itself leaks at its end
        "UBSAN_OPTIONS": "print_stacktrace=1",
    }
    command = [sys.executable, __file__, "--module", str(module), *TESTS, *rest]
    return subprocess.run(command, cwd=ROOT, env=surroundings, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
