"""`posapp sandbox`: the pretend gateway alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--port", type=int, default=0, metavar="N", help="port on 127.0.0.1; 0 takes a free one")
    parser.add_argument(
        "--stop-with-stdin", action="store_true", help="end when stdin does, so that it never outlives its parent"
    )


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop."""
    from posapp.sandbox.server import serve  # starlette and uvicorn, wanted by nobody else

    return serve(options.port, stop_when_stdin_closes=options.stop_with_stdin)
