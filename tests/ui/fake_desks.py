"""The desks of a till without gateway, ledger or threads."""

from __future__ import annotations

from tests.ui.fake_day_desk import FakeDayDesk
from tests.ui.fake_export_desk import FakeExportDesk
from tests.ui.fake_inbox_desk import FakeInboxDesk
from tests.ui.fake_refund_desk import FakeRefundDesk
from tests.ui.fake_staff_desk import FakeStaffDesk

__all__ = ["FakeDayDesk", "FakeExportDesk", "FakeInboxDesk", "FakeRefundDesk", "FakeStaffDesk"]
