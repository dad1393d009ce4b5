#!/usr/bin/env bash
# Brings the machine to where posapp runs: system packages, .venv, the locked dependencies, posapp itself.
# Usage: setup.sh run|test. Does nothing, quickly, when nothing has changed since the last time.
set -euo pipefail
cd "$(dirname "$0")/../.."

purpose=${1:?run or test}
lock=packaging/requirements/dev.txt
stamp=.venv/posapp-set-up
say() { printf 'posapp: %s\n' "$*" >&2; }

mkdir -p build
exec 9>build/setup.lock
flock 9

# The tree's own path is part of the stamp: the scripts in a venv carry it, so a moved tree needs a new venv.
wanted=$(
    pwd
    cat "$lock" pyproject.toml | sha256sum
)
path_of_stamp=$(head -n 1 "$stamp" 2>/dev/null || true)

venv_packages=()
python=
if [ "$path_of_stamp" != "$PWD" ] || ! .venv/bin/python -c pass 2>/dev/null; then
    python=$(packaging/dev/find-python.sh)
    if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
        own=$("$python" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')
        venv_packages=("$own")
    fi
fi
packaging/dev/system-packages.sh "$purpose" "${venv_packages[@]}"

if [ -n "$python" ]; then
    say "making .venv with $("$python" --version) ($python)"
    rm -rf .venv
    "$python" -m venv .venv
fi
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$wanted" ]; then
    # pip compiles what it installs, which this variable would forbid; uncompiled, a launch takes 1.7 times as long.
    unset PYTHONDONTWRITEBYTECODE
    say "installing the locked dependencies into .venv (about 180 MB to fetch, once)"
    pip=(.venv/bin/python -m pip --quiet --disable-pip-version-check --no-input)
    "${pip[@]}" install --require-hashes --only-binary :all: -r "$lock"
    "${pip[@]}" install --no-deps --no-build-isolation --editable .
    printf '%s\n' "$wanted" >"$stamp"
    say "set-up finished"
fi
# Quick when nothing changed: only modules newer than their bytecode are compiled.
.venv/bin/python -m compileall -q posapp
