#!/usr/bin/env bash
# Installs what is missing and starts Fairvisit on made-up data; without a screen it plans the
# next working day and leaves the result in out/. Nothing is asked; a second run is quick.
#
#   bash packaging/run.sh               window, or the whole job when there is no screen
#   bash packaging/run.sh --headless    the whole job, screen or not

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
prepare packaging/requirements.lock

if [ "${1:-}" = --headless ] || ! has_display; then
  export QT_QPA_PLATFORM=offscreen
  exec "$PYTHON" main.py tour out
fi

if [ ! -e out/demo.fairvisit ]; then
  QT_QPA_PLATFORM=offscreen "$PYTHON" main.py tour out
fi
exec "$PYTHON" main.py --workspace out/demo.fairvisit
