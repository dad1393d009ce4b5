"""Opens the real window on a till and plays one scene at its keyboard."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from tests.benchmarks.inside import long_list, scenes
from tests.benchmarks.inside.stage import Stage

SCENES: Final = {
    "one_sale": scenes.one_sale,
    "sales": scenes.sales,
    "keys": scenes.keys,
    "gaps": scenes.gaps,
    "long_list": long_list.long_list,
    "search_keys": long_list.search_keys,
}


def main() -> int:
    """Play the scene named on the command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.inside")
    parser.add_argument("scene", choices=SCENES)
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--data-dir", type=Path, required=True)
    parser.add_argument("--count", type=int, default=1, help="how many sales or keys")
    parser.add_argument("--seconds", type=float, default=20.0)
    options = parser.parse_args()
    stage = Stage(options.config, options.data_dir)
    try:
        stage.open()
        SCENES[options.scene](stage, options)
    finally:
        ended = stage.close()
    return 0 if ended else 1


if __name__ == "__main__":
    sys.exit(main())
