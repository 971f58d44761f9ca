#!/bin/sh
# Install everything that the project needs on this machine, system packages included, into .venv.
# Safe to run again; says what it does. Without root it names what is missing and goes on if it can.
set -eu
cd "$(dirname "$0")/.."

say() { printf 'setup: %s\n' "$*"; }

find_python() {
    for candidate in "${PYTHON:-}" python3.11 python3.12 python3.13 python3; do
        if [ -n "$candidate" ] && command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

install_system() {
    missing=$*
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
        say "missing: $missing (install them as root, on Debian: apt-get install $missing)"
        return 1
    fi
    say "installing system packages: $missing"
    apt-get update -qq
    # shellcheck disable=SC2086  # a list of package names
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

if ! python=$(find_python); then
    install_system python3 python3-venv ca-certificates || true
    python=$(find_python) || { say "no Python of at least 3.11 with venv; set PYTHON to one"; exit 1; }
fi

# the gradebook's tests use a real PostgreSQL server of their own; without one they are skipped and say so
if ! command -v initdb >/dev/null 2>&1 && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1; then
    install_system postgresql || say "going on without PostgreSQL: its tests will be skipped"
fi

if [ ! -x .venv/bin/python ]; then
    say "making .venv with $("$python" --version) ($python)"
    "$python" -m venv .venv
fi

if .venv/bin/python -c 'import torch' >/dev/null 2>&1; then
    say "torch is there"
else
    say "installing torch (the largest part)"
    .venv/bin/pip install -qq --disable-pip-version-check -c constraints.txt torch==2.13.0
fi
say "installing the other packages, as constraints.txt pins them"
.venv/bin/pip install -qq --disable-pip-version-check -c constraints.txt --editable '.[dev]'
touch .venv/.installed
say "done: .venv/bin/mlsafety"
