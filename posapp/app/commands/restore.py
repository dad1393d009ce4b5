"""`posapp restore`: list the backups, or put one in the ledger's place."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.commands.backup import backup_facts
from posapp.app.json_lines import instant
from posapp.app.logs import start_logging
from posapp.app.options import data_folder
from posapp.app.system_clock import SystemClock
from posapp.store.backup import backup_named, list_backups
from posapp.store.errors import LedgerError
from posapp.store.ledger import open_ledger
from posapp.store.orders import OrderStore
from posapp.store.restore import restore_backup

if TYPE_CHECKING:
    import argparse
    from datetime import datetime

    from posapp.app.paths import DataFolder
    from posapp.domain.backups import Backup, Restored


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("backup", nargs="?", metavar="BACKUP", help="a name from the list, `latest`, or a file")
    parser.add_argument("--list", action="store_true", help="only list the backups, as without BACKUP")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument("--yes", action="store_true", help="do it; without this it only says what it would do")


def run(options: argparse.Namespace) -> int:
    """List, say what would be done (2), or restore (0); 1 where that cannot be done."""
    folder = data_folder(options)
    start_logging(folder.logs)
    if options.backup is None or options.list:
        _list(list_backups(folder.backups), as_json=options.json)
        return exit_codes.OK
    path = _path(folder, options.backup)
    if not options.yes:
        sys.stderr.write(
            f"posapp: --yes is missing, so nothing was done. It would set the ledger in {folder.root} aside, put "
            f"{path} in its place and save into it what can be read of newer orders.\n"
        )
        return exit_codes.USAGE
    now = SystemClock().now()
    restored = restore_backup(path, folder.ledger, now)
    _tell(restored, _open_orders(folder), now, as_json=options.json)
    return exit_codes.OK


def _path(folder: DataFolder, named: str) -> Path:
    if named != "latest" and Path(named).is_file():
        return Path(named)
    try:
        return backup_named(folder.backups, named)
    except LedgerError:
        if Path(named).name == named:
            raise
        return Path(named)  # a path to nothing, which restoring says


def _list(backups: tuple[Backup, ...], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps([backup_facts(backup) for backup in backups]) + "\n")
        return
    for backup in backups:
        newest = (instant(backup.newest_order_at) or "-")[:19].replace("T", " ")
        sys.stdout.write(f"{backup.name}  {backup.orders:>8} orders, the newest of {newest}\n")
    sys.stdout.write(f"{len(backups)} backup{'' if len(backups) == 1 else 's'} (times are UTC)\n")


def _open_orders(folder: DataFolder) -> int:
    """Count the attempts that the next start asks about; opening the ledger also proves that it can be opened."""
    ledger = open_ledger(folder.ledger)
    try:
        return len(OrderStore(ledger).non_final())
    finally:
        ledger.close()


def _tell(restored: Restored, still_open: int, now: datetime, *, as_json: bool) -> None:
    backup = restored.backup
    if as_json:
        facts = {
            "restored": backup_facts(backup),
            "set_aside": restored.set_aside,
            "saved_orders": restored.saved_orders,
            "may_be_missing_from": instant(backup.taken_at),
            "may_be_missing_to": instant(now),
            "open": still_open,
        }
        sys.stdout.write(json.dumps(facts) + "\n")
        return
    kept = "There was no former ledger to save newer orders from."
    if restored.set_aside:
        kept = (
            f"The former ledger is kept as {restored.set_aside}. {restored.saved_orders} newer orders could be saved"
            " from it."
        )
    sys.stdout.write(
        f"The ledger is the backup {backup.name} now, with {backup.orders} orders. {kept}\n"
        f"What was sold between {instant(backup.taken_at)} and {instant(now)} may be missing: compare that time with "
        f"the gateway's own list.\n"
        f"{still_open} payments are still open; the gateway is asked about them at the next start.\n"
    )
