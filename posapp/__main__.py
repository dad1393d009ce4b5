"""`python -m posapp`: the same as the command `posapp`."""

from __future__ import annotations

import sys

from posapp.app.cli import main

if __name__ == "__main__":
    sys.exit(main())
