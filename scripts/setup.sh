#!/bin/sh
# Makes the project's own environment and installs the pinned packages into it.
# usage: setup.sh VENV LOCKFILE
set -eu
venv=$1
lock=$2

say() { printf '%s\n' "$*"; }
stop() { printf '%s\n' "$*" >&2; exit 1; }

python=${PYTHON:-python3}
command -v "$python" >/dev/null 2>&1 || stop "Expected Python 3.11 or newer as '$python'. Found none. Install it, on Debian with: apt-get install python3 python3-venv"
"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || stop "Expected Python 3.11 or newer. Found $("$python" --version). Set PYTHON to a newer one and run make again."
"$python" -c 'import ensurepip' 2>/dev/null || stop "Expected Python's venv module. Found none. Install it, on Debian with: apt-get install python3-venv"

# LightGBM needs the GNU OpenMP library, which a minimal Debian does not have.
has_openmp() { "$python" -c 'import ctypes; ctypes.CDLL("libgomp.so.1")' 2>/dev/null; }
case "$(uname -s)" in Linux)
  if ! has_openmp && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    say "Installing libgomp1 …"
    (apt-get install -y -q libgomp1 || { apt-get update -q && apt-get install -y -q libgomp1; }) >/dev/null 2>&1 || true
  fi
  has_openmp || stop "Expected the library libgomp.so.1. Found none. Install it, on Debian with: sudo apt-get install libgomp1"
  ;;
esac

# An environment left by another Python or by a half-finished try is made again.
"$venv/bin/python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || rm -rf "$venv"
[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"

say "Installing the packages pinned in $lock …"
"$venv/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$lock"
# The build backend is one of the pinned packages, so nothing unpinned is fetched to build.
"$venv/bin/python" -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
