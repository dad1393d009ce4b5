#!/usr/bin/env bash
# Starts the window on the embedded pretend gateway; without a screen, has the demo play one sale and leave pictures.
set -euo pipefail
cd "$(dirname "$0")/../.."

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    exec .venv/bin/posapp demo "$@"
fi

folder=build/demo
echo "posapp: there is no screen here, so the demo plays one sale by itself." >&2
.venv/bin/posapp demo --auto "$folder" "$@"
echo "posapp: the screenshots and result.json are in $PWD/$folder:" >&2
ls -1 "$folder"
