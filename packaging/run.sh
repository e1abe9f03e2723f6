#!/usr/bin/env bash
# Installs what is missing and starts Fairvisit on made-up data; without a screen it plans the
# next working day and leaves the result in out/. Nothing is asked; a second run is quick.
#
#   bash packaging/run.sh               window, or the whole job when there is no screen
#   bash packaging/run.sh --headless    the whole job, screen or not

source "$(dirname "${BASH_SOURCE[0]}")/common.sh"
prepare packaging/requirements.lock

WORKSPACE=out/demo/demo.fairvisit

headless() { # the whole job: demo, plan, map, day sheets, picture of the window
  export QT_QPA_PLATFORM=offscreen
  "$PYTHON" main.py tour out
  # The web engine tells of every device a machine without a screen lacks: shown on failure only.
  "$PYTHON" main.py --screenshot out/plan-screen.png --workspace "$WORKSPACE" >"$LOG" 2>&1 ||
    { cat "$LOG" >&2; fail "the picture of the window could not be made."; }
  step "Left in out/"
  ls -1 out/plan.json out/map.html out/day-sheets.pdf out/plan-screen.png
}

if [ "${1:-}" = --headless ] || ! has_display; then
  headless
else
  if [ ! -e "$WORKSPACE" ]; then (headless); fi
  exec "$PYTHON" main.py --workspace "$WORKSPACE"
fi
