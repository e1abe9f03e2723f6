# Steps shared by run.sh and test.sh; sourced, never started by itself.
# It finds a Python, sees to the system packages, fills .venv from a lock file and builds the
# engine. Each step leaves a stamp in .venv, so that a second run has next to nothing to do.

set -euo pipefail
ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
cd "$ROOT"
VENV="$ROOT/.venv"
PYTHON="$VENV/bin/python"
export PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1 PIP_ROOT_USER_ACTION=ignore
export PYTHONNOUSERSITE=1
unset PYTHONPATH PYTHONHOME

# Qt's widgets and its web engine, without a screen ("a|b": the first name the system knows).
QT_PACKAGES=(
  libegl1 libgl1 libxkbcommon0 libdbus-1-3 libfontconfig1 libpulse0 "libglib2.0-0t64|libglib2.0-0" libnss3
  "libasound2t64|libasound2" libgbm1 libxcomposite1 libxdamage1 libxrandr2 libxtst6 libxkbfile1
  libxrender1 libx11-xcb1
)
# What Qt asks for besides when it draws on an X screen.
SCREEN_PACKAGES=(
  libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-image0 libxcb-render-util0 libxcb-shape0
  libxcb-xkb1 libxcb-randr0 libxkbcommon-x11-0
)

say() { printf '%s\n' "$*"; }
step() { printf '== %s\n' "$*"; }
fail() { printf 'fairvisit: %s\n' "$*" >&2; exit 1; }
has() { command -v "$1" >/dev/null 2>&1; }
has_display() { [ "$(uname)" = Darwin ] || [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; }

# 3.11 is the oldest Python the program is written for, 3.13 the newest it is tried with.
suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' >/dev/null 2>&1; }

find_python() { # prints the first Python that suits; fails when there is none
  local name
  for name in "${FAIRVISIT_PYTHON:-python3}" python3.13 python3.12 python3.11; do
    if has "$name" && suits "$name"; then command -v "$name"; return 0; fi
  done
  return 1
}

installed() { dpkg-query -W -f='${Status}' "$1" 2>/dev/null | grep -q 'ok installed'; }

any_installed() { # any_installed "a|b": is one of these here already?
  local name
  for name in ${1//|/ }; do if installed "$name"; then return 0; fi; done
  return 1
}

missing_packages() { # prints, one a line, the system packages that have to be added
  local python="$1" entry
  local wanted=("${QT_PACKAGES[@]}")
  if has_display; then wanted+=("${SCREEN_PACKAGES[@]}"); fi
  for entry in "${wanted[@]}"; do any_installed "$entry" || printf '%s\n' "$entry"; done
  has c++ || has g++ || has clang++ || printf 'g++\n'
  if [ -z "$python" ]; then return 0; fi
  local version header
  version="$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')"
  header="$("$python" -c 'import sysconfig; print(sysconfig.get_path("include"))')/Python.h"
  "$python" -c 'import ensurepip, venv' >/dev/null 2>&1 || printf 'python%s-venv\n' "$version"
  [ -e "$header" ] || printf 'libpython%s-dev\n' "$version"
}

known() { apt-cache show --no-all-versions "$1" >/dev/null 2>&1; }

choose_names() { # turns "a|b" into the name this system's lists know
  local entry name
  for entry in "$@"; do
    for name in ${entry//|/ }; do if known "$name"; then break; fi; done
    printf '%s\n' "$name"
  done
}

python_packages() { # prints the packages of the newest Python that suits and is on offer
  local version
  for version in 3.13 3.12 3.11 3; do
    if known "python$version"; then break; fi
  done
  printf '%s\n' "python$version" "python$version-venv" "libpython$version-dev"
}

as_root() { # prints how to become root without being asked for a password; fails when one cannot
  if [ "$(id -u)" = 0 ]; then return 0; fi
  if has sudo && sudo -n true 2>/dev/null; then printf 'sudo -n'; return 0; fi
  return 1
}

system_packages() { # sees to what has to come from the system; asks nothing
  local python missing names more="" root
  python="$(find_python || true)"
  if ! has apt-get; then
    [ -n "$python" ] || fail "a Python from 3.11 to 3.13 is needed and none was found."
    has c++ || has g++ || has clang++ || fail "a C++17 compiler is needed and none was found."
    say "No apt-get here: Qt's system libraries are taken to be there."
    return 0
  fi
  mapfile -t missing < <(missing_packages "$python")
  if [ ${#missing[@]} = 0 ] && [ -n "$python" ]; then return 0; fi
  if root="$(as_root)"; then
    step "Adding system packages"
    # shellcheck disable=SC2086 # $root is empty or two words
    $root env DEBIAN_FRONTEND=noninteractive apt-get -qq update
  fi
  mapfile -t names < <(choose_names "${missing[@]}")
  if [ -z "$python" ]; then more="$(python_packages)"; fi
  # shellcheck disable=SC2206 # package names hold no spaces
  names+=($more)
  if ! as_root >/dev/null; then
    say "Some system packages are missing. Install them with" >&2
    say "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${names[*]}" >&2
    say "and start this again." >&2
    exit 1
  fi
  say "${names[*]}"
  # shellcheck disable=SC2086
  $root env DEBIAN_FRONTEND=noninteractive apt-get -qq -y -o Dpkg::Use-Pty=0 \
    install --no-install-recommends "${names[@]}" >"$LOG" 2>&1 || { tail -n 20 "$LOG" >&2; \
    fail "apt-get could not install the packages above."; }
}

digest() { # digest FILE... : one hash over the contents
  if has sha256sum; then cat "$@" | sha256sum | cut -c1-64
  else cat "$@" | shasum -a 256 | cut -c1-64; fi
}

fresh() { [ "$(cat "$VENV/stamps/$1" 2>/dev/null || true)" = "$2" ]; }
stamp() { mkdir -p "$VENV/stamps"; printf '%s\n' "$2" >"$VENV/stamps/$1"; }

make_venv() { # an environment of its own; a broken or unsuited one is made anew
  if [ -x "$PYTHON" ] && suits "$PYTHON" && "$PYTHON" -m pip --version >/dev/null 2>&1; then
    return 0
  fi
  local python
  python="$(find_python)" || fail "a Python from 3.11 to 3.13 is needed and none was found."
  step "Making .venv with $("$python" --version)"
  rm -rf "$VENV"
  "$python" -m venv "$VENV"
}

install_lock() { # install_lock FILE: the locked wheels, each checked against its hashes
  local lock="$1" mark
  mark="$(digest "$lock")"
  if fresh "$(basename "$lock")" "$mark"; then return 0; fi
  step "Installing $lock"
  "$PYTHON" -m pip install -qq --require-hashes --only-binary=:all: -r "$lock" ||
    fail "pip could not install $lock (is a package index within reach?)."
  stamp "$(basename "$lock")" "$mark"
}

build_engine() { # compiles the engine and links the program into .venv
  local mark
  mark="$(digest pyproject.toml packaging/requirements.lock $(engine_sources))"
  if fresh engine "$mark" && "$PYTHON" -c 'import planner.routing._core' >/dev/null 2>&1; then
    return 0
  fi
  step "Building the engine"
  PATH="$VENV/bin:$PATH" "$PYTHON" -m pip install --no-build-isolation --no-deps --no-index \
    --editable . >"$LOG" 2>&1 || { tail -n 40 "$LOG" >&2; fail "the engine could not be built."; }
  stamp engine "$mark"
}

engine_sources() { find planner/routing/core -type f | LC_ALL=C sort; }

prepare() { # prepare LOCK: after it, $PYTHON can run the program
  LOG="$(mktemp "${TMPDIR:-/tmp}/fairvisit.XXXXXX")"
  trap 'rm -f "$LOG"' EXIT
  system_packages
  make_venv
  install_lock "$1"
  build_engine
  if [ "$(id -u)" = 0 ]; then
    export QTWEBENGINE_DISABLE_SANDBOX=1 # the web engine does not start for root otherwise
  fi
}
