#!/usr/bin/env bash
# Writes both lock files anew from pyproject.toml and build.in: exact versions with the hashes of
# every wheel, for Linux, Windows and macOS and for each Python from 3.11 on (a version without a
# wheel is not taken). Without arguments
# versions stay unless a bound asks for another; `bash packaging/lock.sh --upgrade` takes the
# newest ones allowed. Needs uv, on the PATH or in .venv (`.venv/bin/python -m pip install uv`).

set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
uv="$(PATH="$PWD/.venv/bin:$PATH" command -v uv)" || { echo "lock.sh: uv is needed" >&2; exit 1; }

compile() {
  "$uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes \
    --only-binary :all: --no-emit-index-url --no-emit-find-links --no-annotate --no-header "$@"
}

compile pyproject.toml packaging/build.in --output-file packaging/requirements.lock "$@"
compile pyproject.toml packaging/build.in --extra dev --extra bench \
  --constraint packaging/requirements.lock \
  --output-file packaging/requirements-dev.lock "$@"
