#!/usr/bin/env bash
# Prints the Python to build .venv with: the newest one Qt 6.9 is made for, one that can make a venv before one that cannot.
set -euo pipefail

suits() { "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 15))' 2>/dev/null; }
makes_venv() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

candidates=()
if [ -n "${PYTHON:-}" ]; then
    candidates=("$PYTHON")
else
    candidates=(python3.13 python3.12 python3.11 python3 python3.14)
fi

first=
for candidate in "${candidates[@]}"; do
    path=$(command -v "$candidate" || true)
    # A name on the PATH may be a shim with nothing behind it: only running it tells.
    if [ -n "$path" ] && suits "$path"; then
        if makes_venv "$path"; then
            echo "$path"
            exit
        fi
        first=${first:-$path}
    fi
done

if [ -z "$first" ]; then
    echo "posapp: no Python from 3.11 to 3.14 was found (looked for: ${candidates[*]})." >&2
    echo "posapp: install one (sudo apt-get install python3 python3-venv), or name it: make PYTHON=/path/to/python3" >&2
    exit 1
fi
echo "$first"
