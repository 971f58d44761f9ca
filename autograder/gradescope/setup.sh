#!/bin/sh
# Gradescope runs this once, as root, when it builds the image for an assignment.
# AUTOGRADER_ROOT is where Gradescope's folders lie; PIP_EXTRA_INDEX_URL may name an index with a smaller torch.
set -eu
root=${AUTOGRADER_ROOT:-/autograder}
source="$root/source"

say() { printf 'setup: %s\n' "$*"; }

find_python() {
    for candidate in python3.13 python3.12 python3.11 python3; do
        if command -v "$candidate" >/dev/null 2>&1 &&
            "$candidate" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            command -v "$candidate"
            return 0
        fi
    done
    return 1
}

if ! python=$(find_python); then
    say "installing Python 3.11"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3.11 python3.11-venv >/dev/null
    python=$(find_python) || { say "no Python of at least 3.11 with venv; choose a newer base image"; exit 1; }
fi

say "making $root/venv with $python"
"$python" -m venv "$root/venv"
pip="$root/venv/bin/pip"
constraints="$source/package/constraints.txt"
# torch first and by itself: when its download fails, the log says so at the top
"$pip" install -q --no-cache-dir -c "$constraints" torch
"$pip" install -q --no-cache-dir -c "$constraints" "$source/package"
"$root/venv/bin/mlsafety" doctor
say "done"
