#!/usr/bin/env bash
# Installs what is missing, then runs every check: lint, format, types, tests without a screen.
# Arguments go to pytest:  bash packaging/test.sh tests/planner -k hours

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
prepare packaging/requirements-dev.lock
export QT_QPA_PLATFORM=offscreen

failed=0
check() { step "$*"; "$PYTHON" -m "$@" || failed=1; }

check ruff check --no-cache . # a cache may know modules that a clone does not
check ruff format --no-cache --check .
check mypy
if [ "$failed" = 1 ]; then say "The checks above found something; the tests run all the same."; fi
# A crash ends the run at once: it would wait for ever for the files of the core that is gone.
check pytest -n auto --dist loadfile --max-worker-restart 0 "$@"
exit "$failed"
