"""`posapp backup`: a backup of the ledger now, also while the till is selling."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.json_lines import instant
from posapp.app.logs import start_logging
from posapp.app.options import data_folder
from posapp.app.system_clock import SystemClock
from posapp.store.backup import take_backup, thin_backups, write_backup

if TYPE_CHECKING:
    import argparse

    from posapp.domain.backups import Backup


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--to", type=Path, metavar="PATH", help="a folder, or a file that is not there yet; else the data folder's own"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Take a backup, read it back, and say where it is."""
    folder = data_folder(options)
    start_logging(folder.logs)
    now = SystemClock().now()
    if options.to is None:
        backup = take_backup(folder.ledger, folder.backups, now)
        thin_backups(folder.backups, now)
        path = folder.backups / backup.name
    elif options.to.is_dir():
        backup = take_backup(folder.ledger, options.to, now)
        path = options.to / backup.name
    else:
        backup = write_backup(folder.ledger, options.to, now)
        path = options.to
    if options.json:
        sys.stdout.write(json.dumps({"path": str(path), **backup_facts(backup)}) + "\n")
    else:
        sys.stdout.write(f"{path}: {backup.orders} orders, {backup.size_bytes} bytes\n")
    return exit_codes.OK


def backup_facts(backup: Backup) -> dict[str, str | int | None]:
    """List what a program wants to know of a backup."""
    return {
        "name": backup.name,
        "taken_at": instant(backup.taken_at),
        "orders": backup.orders,
        "newest_order_at": instant(backup.newest_order_at),
        "size_bytes": backup.size_bytes,
    }
