"""The command `posapp`: reads the command line and starts what it names; nothing else is imported before."""

from __future__ import annotations

import argparse
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

from posapp import __version__
from posapp.app import exit_codes
from posapp.app.paths import own_umask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

COMMANDS: Final = {
    "window": ("posapp.app.commands.window", "open the window (the default)"),
    "demo": ("posapp.app.commands.demo", "open the window in training mode, on an embedded pretend gateway"),
    "charge": ("posapp.app.commands.charge", "charge one order without a window"),
    "orders": ("posapp.app.commands.orders", "list orders"),
    "sandbox": ("posapp.app.commands.sandbox", "serve the pretend gateway alone"),
    "verify": ("posapp.app.commands.verify", "check the ledger and its audit chain"),
    "secret": ("posapp.app.commands.secret", "keep the gateway's secret in the operating system's keyring"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are one plain sentence on stderr."""
    own_umask()
    options = _parse(sys.argv[1:] if arguments is None else arguments)
    run: Callable[[argparse.Namespace], int] = import_module(COMMANDS[options.command][0]).run
    try:
        return run(options)
    except KeyboardInterrupt:
        return exit_codes.FAILED
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our output has gone; nothing is left to be said
        return exit_codes.FAILED
    except Exception as error:
        from posapp.app.failures import sentence  # only when something failed

        told = sentence(error)
        if told is None:
            raise
        code, text = told
        sys.stderr.write(f"posapp: {text}\n")
        return code


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; only the command that was named is imported, for its own options."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--data-dir", type=Path, metavar="DIR", help="folder of ledger and logs")
    common.add_argument("--config", type=Path, metavar="FILE", help="configuration file")
    parser = argparse.ArgumentParser(prog="posapp", description="The till: charge, show the code, watch it turn paid.")
    parser.add_argument("--version", action="version", version=f"posapp {__version__}")
    named = next((word for word in arguments if word in COMMANDS), "window")
    if named == "window" and not any(word in ("-h", "--help", "--version") for word in arguments):
        arguments = ["window", *(word for word in arguments if word != "window")]
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND")
    for name, (module, summary) in COMMANDS.items():
        command = chosen.add_parser(name, help=summary, description=summary, parents=[common])
        if name == named:
            import_module(module).add_options(command)
    early, rest = _common_first(arguments)
    options = parser.parse_args([*rest, *early])
    if options.command is None:
        parser.error("name a command")
    return options


def _common_first(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take `--data-dir` and `--config` out from in front of the command, so that they work on either side of it."""
    early: list[str] = []
    rest = list(arguments)
    while rest and rest[0].partition("=")[0] in ("--data-dir", "--config"):
        width = 1 if "=" in rest[0] else 2
        early.extend(rest[:width])
        del rest[:width]
    return early, rest
