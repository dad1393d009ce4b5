"""`posapp doctor`: is this computer ready to sell, and if not, what is to be mended?"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.doctor.ground import Ground
from posapp.app.doctor.report import as_json, as_text
from posapp.app.doctor.round import examine_all
from posapp.app.options import config_file
from posapp.app.paths import DataFolder, default_data_folder
from posapp.app.redaction import redacted

if TYPE_CHECKING:
    from posapp.app.doctor.finding import Figures


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--bundle", type=Path, metavar="FILE", help="write a zip for the support desk, without secrets")
    parser.add_argument("--no-network", action="store_true", help="send nothing")
    parser.add_argument("--ask-qt", choices=("monitors", "fonts"), help=argparse.SUPPRESS)


def run(options: argparse.Namespace) -> int:
    """Look at everything; 0 where nothing has to be mended, else 1."""
    if options.ask_qt:
        from posapp.app.doctor.qt_probe import answer_as_child

        sys.stdout.write(json.dumps(answer_as_child(options.ask_qt)) + "\n")
        return exit_codes.OK
    folder = DataFolder(options.data_dir or default_data_folder())
    ground = Ground(lambda: config_file(options), folder, network=not options.no_network)
    examined = examine_all(ground)
    report = as_json(examined, network=ground.network)
    _hide_what_is_secret()
    if options.json:
        sys.stdout.write(redacted(json.dumps(report)) + "\n")
    else:
        sys.stdout.write(redacted(as_text(examined, network=ground.network)))
    sys.stdout.flush()  # the report stands, also where the bundle cannot be written
    if options.bundle:
        _write_bundle(options.bundle, ground, report)
        if not options.json:
            sys.stdout.write(f"\nThe support bundle is {options.bundle}. Look into it before you send it.\n")
    sys.stdout.flush()
    return exit_codes.OK if _is_ready(report) else exit_codes.FAILED


def _write_bundle(target: Path, ground: Ground, report: Figures) -> None:
    from posapp.app.support import write_bundle

    try:
        write_bundle(target, ground, report)
    except OSError as error:
        # Its own name is that of a file nobody asked for.
        raise OSError(error.errno, error.strerror, str(target)) from error


def _is_ready(report: Figures) -> bool:
    return report["ready"] is True


def _hide_what_is_secret() -> None:
    """Blank what only the environment knows, whether or not a look came as far as reading it."""
    import os

    from posapp.app.compose import SECRET_VARIABLE
    from posapp.app.doctor.proxy import proxy_credentials
    from posapp.app.redaction import hide

    for secret in (os.environ.get(SECRET_VARIABLE, ""), *proxy_credentials()):
        hide(secret)
