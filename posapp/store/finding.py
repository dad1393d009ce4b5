"""What looking through a ledger may bring to light."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written.

    Attributes:
        code: `file_damaged`, `schema_differs`, `chain_broken`, `chain_gap`, `state_differs`, `request_differs`,
            `row_differs`, `row_unreadable`, `row_missing`, `unaudited`, `order_missing`, `version_differs`,
            `derived_differs`, `refund_too_much` or `day_chain_broken`.
        message: One plain English sentence.
        seq: Sequence number of the audit row that shows it first, where one does.
        subject: The order, attempt or other row that it is about.
    """

    code: str
    message: str
    seq: int | None = None
    subject: str | None = None
