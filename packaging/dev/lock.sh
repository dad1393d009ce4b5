#!/usr/bin/env bash
# Regenerates the hashed requirement files. They hold no index address: pip asks whichever index the machine is set to.
# Pins already in the files are kept unless UPGRADE=1 is set.
set -euo pipefail
cd "$(dirname "$0")/../.."

dir=packaging/requirements
tool=build/lock-tool
if [ ! -x "$tool/bin/uv" ]; then
    "${PYTHON:-python3}" -m venv "$tool"
    "$tool/bin/pip" install --quiet --disable-pip-version-check --require-hashes -r "$dir/lock-tool.txt"
fi

options=(--no-config --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links
    --no-header --no-annotate --quiet --constraint "$dir/constraints.txt")
if [ "${UPGRADE:-0}" = 1 ]; then
    options+=(--upgrade)
fi
compile() { "$tool/bin/uv" pip compile "${options[@]}" "$@"; }

compile pyproject.toml --output-file "$dir/runtime.txt"
compile pyproject.toml --group dev --constraint "$dir/runtime.txt" --output-file "$dir/dev.txt"
compile --group lock --output-file "$dir/lock-tool.txt"

if grep -nE '://|--find-links|--(extra-)?index-url|file:|^-e ' "$dir"/{runtime,dev,lock-tool}.txt; then
    echo "lock: an address got into the lock; see the lines above." >&2
    exit 1
fi
