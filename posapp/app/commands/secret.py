"""`posapp secret`: the gateway's secret in the operating system's keyring, bound to the configured host."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.config import read_config
from posapp.app.options import config_file
from posapp.app.redaction import hide
from posapp.store.secrets import delete_secret, keyring_account, read_secret, write_secret

if TYPE_CHECKING:
    import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("action", choices=("set", "check", "delete"), help="what to do with it")


def run(options: argparse.Namespace) -> int:
    """Set (from the terminal without echo, or from stdin), check or delete the secret; it is never printed."""
    config = read_config(config_file(options))
    entry = keyring_account(config.provider, config.base_url, config.account)
    if options.action == "set":
        typed = getpass.getpass(f"Secret for {entry}: ") if sys.stdin.isatty() else sys.stdin.readline()
        hide(typed.strip())
        write_secret(entry, typed.strip())
        said = "kept"
    elif options.action == "check":
        read_secret(entry)
        said = "there"
    else:
        delete_secret(entry)
        said = "deleted"
    sys.stdout.write(f"The secret for {entry} is {said}.\n")
    return exit_codes.OK
