"""`posapp verify`: is the ledger what was written?"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from posapp.app import exit_codes
from posapp.app.compose import ledger_file
from posapp.app.options import data_folder
from posapp.store.errors import LedgerError
from posapp.store.finding import Finding
from posapp.store.ledger import open_ledger_to_read
from posapp.store.verify import Verification, verify

if TYPE_CHECKING:
    import argparse


def add_options(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--training", action="store_true", help="check the ledger of training mode instead")
    parser.add_argument("--json", action="store_true", help="print one JSON object")


def run(options: argparse.Namespace) -> int:
    """Check file, audit chain and tables; 0 where the ledger is whole, 1 where it is not or cannot be read."""
    path = ledger_file(data_folder(options), training=options.training)
    if not path.exists():
        raise FileNotFoundError(2, "there is no ledger to check", str(path))
    try:
        ledger = open_ledger_to_read(path)
    except LedgerError as error:
        return _tell(Verification(0, 0, 0, (Finding(error.code, error.message),)), as_json=options.json)
    try:
        return _tell(verify(ledger), as_json=options.json)
    finally:
        ledger.close()


def _tell(verification: Verification, *, as_json: bool) -> int:
    if as_json:
        findings = [
            {"code": found.code, "message": found.message, "seq": found.seq, "subject": found.subject}
            for found in verification.findings
        ]
        counts = {
            "orders": verification.orders,
            "attempts": verification.attempts,
            "audit_rows": verification.audit_rows,
        }
        sys.stdout.write(json.dumps({"whole": verification.is_whole, **counts, "findings": findings}) + "\n")
    else:
        for found in verification.findings:
            sys.stdout.write(f"{found.code}: {found.message}\n")
        verdict = "the ledger is whole" if verification.is_whole else "the ledger is NOT what was written"
        sys.stdout.write(
            f"{verdict}: {verification.orders} orders, {verification.attempts} attempts, "
            f"{verification.audit_rows} audit rows\n"
        )
    return exit_codes.OK if verification.is_whole else exit_codes.FAILED
