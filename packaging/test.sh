#!/usr/bin/env bash
# Installs what is missing, then runs every check: lint, format, types, tests without a screen.
# Arguments go to pytest:  bash packaging/test.sh tests/planner -k hours

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
prepare packaging/requirements-dev.lock

postgres() { # the tests of the hub start a PostgreSQL of their own; without one they are skipped
  if has initdb || compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then return 0; fi
  local root quiet="env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0"
  if has apt-get && root="$(as_root)"; then
    step "Adding PostgreSQL for the tests of the hub"
    # shellcheck disable=SC2086 # both are lists of words
    if $root $quiet update >"$LOG" 2>&1 &&
      $root $quiet install --no-install-recommends postgresql >>"$LOG" 2>&1; then return 0; fi
  fi
  say "PostgreSQL is not here and cannot be added: the tests of the hub are skipped."
}
postgres
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
