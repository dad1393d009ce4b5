"""The command `posapp`: reads the command line and starts what it names; nothing else is imported before."""

from __future__ import annotations

import argparse
import gc
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn, cast

from posapp import __version__
from posapp.app import exit_codes
from posapp.app.core_files import leave_no_core_file
from posapp.app.paths import own_umask

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from io import TextIOWrapper

COMMANDS: Final = {
    "window": ("posapp.app.commands.window", "open the window (the default)"),
    "demo": ("posapp.app.commands.demo", "open the window in training mode, on an embedded pretend gateway"),
    "charge": ("posapp.app.commands.charge", "charge one order without a window"),
    "refund": ("posapp.app.commands.refund", "give money of a paid order back, without a window"),
    "orders": ("posapp.app.commands.orders", "list orders"),
    "staff": ("posapp.app.commands.staff", "list, add and change the people of the till, and set their PINs"),
    "report": ("posapp.app.commands.report", "print what a business day adds up to"),
    "reconcile": ("posapp.app.commands.reconcile", "ask the gateway about a day again and list what differs"),
    "sandbox": ("posapp.app.commands.sandbox", "serve the pretend gateway alone"),
    "verify": ("posapp.app.commands.verify", "check the ledger and its audit chain"),
    "backup": ("posapp.app.commands.backup", "take a backup of the ledger, also while the till is selling"),
    "restore": ("posapp.app.commands.restore", "list the backups, or put one in the ledger's place"),
    "doctor": ("posapp.app.commands.doctor", "look whether this computer is ready to sell"),
    "secret": ("posapp.app.commands.secret", "keep the gateway's secret in the operating system's keyring"),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; errors are one plain sentence on stderr."""
    own_umask()
    leave_no_core_file()
    _let_nothing_be_unprintable()
    try:
        options, run = _read(sys.argv[1:] if arguments is None else arguments)
        return run(options)
    except KeyboardInterrupt:
        return exit_codes.FAILED
    except BrokenPipeError:
        from posapp.app.json_lines import stop_printing

        stop_printing()  # whoever read our output has gone; nothing is left to be said
        return exit_codes.FAILED
    except Exception as error:
        from posapp.app.failures import sentence  # only when something failed

        told = sentence(error)
        if told is None:
            if sys.excepthook is not sys.__excepthook__:
                raise  # somebody writes such things into the log
            return _bug(error)
        code, text = told
        sys.stderr.write(f"posapp: {_one_line(text)}\n")
        return code


def _bug(error: Exception) -> int:
    """Print a bug's traceback without the secrets it may quote."""
    import traceback

    from posapp.app.redaction import redacted

    sys.stderr.write(redacted("".join(traceback.format_exception(error))))
    return exit_codes.FAILED


def _read(arguments: Sequence[str]) -> tuple[argparse.Namespace, Callable[[argparse.Namespace], int]]:
    """Return what the command line says, and the command that it names."""
    gc.disable()  # importing makes no garbage, and looking for it costs every start some milliseconds
    try:
        options = _parse(arguments)
        return options, import_module(COMMANDS[options.command][0]).run
    finally:
        gc.enable()


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one sentence; the usage is behind `--help`."""

    def error(self, message: str) -> NoReturn:
        self.exit(exit_codes.USAGE, f"posapp: {_one_line(message)} (see {self.prog} --help)\n")


def _parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Parse the command line; only the command that was named is imported, for its own options."""
    common = _Parser(add_help=False)
    common.add_argument("--data-dir", type=Path, metavar="DIR", help="folder of ledger and logs")
    common.add_argument("--config", type=Path, metavar="FILE", help="configuration file")
    parser = _Parser(prog="posapp", description="The till: charge, show the code, watch it turn paid.")
    parser.add_argument("--version", action="version", version=f"posapp {__version__}")
    early, rest = _common_first(arguments)
    if not rest or (rest[0].startswith("-") and rest[0] not in ("-h", "--help", "--version")):
        rest.insert(0, "window")
    named = rest[0]
    chosen = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, summary) in COMMANDS.items():
        if named in COMMANDS and name != named:
            continue  # half a millisecond each; whoever asks what there is named none
        command = chosen.add_parser(name, help=summary, description=summary, parents=[common], allow_abbrev=False)
        if name == named:
            import_module(module).add_options(command)
    return parser.parse_args([named, *early, *rest[1:]])


def _common_first(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Take `--data-dir` and `--config` out from in front of the command, so that they work on either side of it."""
    early: list[str] = []
    rest = list(arguments)
    while rest and rest[0].partition("=")[0] in ("--data-dir", "--config"):
        width = 1 if "=" in rest[0] else 2
        early.extend(rest[:width])
        del rest[:width]
    return early, rest


def _let_nothing_be_unprintable() -> None:
    """Write UTF-8 for programs whatever the locale is, and for a terminal whatever of it the terminal can show."""
    if not hasattr(sys.stdout, "reconfigure"):
        return  # a window without a console
    stdout = cast("TextIOWrapper", sys.stdout)  # which typeshed calls a TextIO, for those who put something else there
    if stdout.isatty():
        stdout.reconfigure(errors="backslashreplace")
    else:
        stdout.reconfigure(encoding="utf-8", errors="backslashreplace")


def _one_line(text: str) -> str:
    """Keep a sentence one line, whatever words from outside it quotes."""
    return "".join(character if character.isprintable() else " " for character in text)
