"""The desks of the live till, each made when it is first gone to: the first paint waits for none of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from posapp.bridge.asking import Asking
    from posapp.bridge.day_desk import LiveDayDesk
    from posapp.bridge.export_desk import LiveExportDesk
    from posapp.bridge.inbox_desk import LiveInboxDesk
    from posapp.bridge.refund_desk import LiveRefundDesk
    from posapp.bridge.staff_desk import LiveStaffDesk


class Desks:
    """Lives on the GUI thread."""

    def __init__(self, asking: Asking) -> None:
        """Let the desks ask the io thread."""
        self._asking = asking
        self._refund_desk: LiveRefundDesk | None = None
        self._staff_desk: LiveStaffDesk | None = None
        self._inbox_desk: LiveInboxDesk | None = None
        self._day_desk: LiveDayDesk | None = None
        self._export_desk: LiveExportDesk | None = None

    @property
    def refunds(self) -> LiveRefundDesk:
        """Where money is given back."""
        if self._refund_desk is None:
            from posapp.bridge.refund_desk import LiveRefundDesk

            self._refund_desk = LiveRefundDesk(self._asking)
        return self._refund_desk

    @property
    def staff(self) -> LiveStaffDesk:
        """Who stands at the till, and who may do what."""
        if self._staff_desk is None:
            from posapp.bridge.staff_desk import LiveStaffDesk

            self._staff_desk = LiveStaffDesk(self._asking)
        return self._staff_desk

    @property
    def inbox(self) -> LiveInboxDesk:
        """What waits for a person."""
        if self._inbox_desk is None:
            from posapp.bridge.inbox_desk import LiveInboxDesk

            self._inbox_desk = LiveInboxDesk(self._asking)
        return self._inbox_desk

    @property
    def day(self) -> LiveDayDesk:
        """What the day adds up to, its close, and the shifts."""
        if self._day_desk is None:
            from posapp.bridge.day_desk import LiveDayDesk

            self._day_desk = LiveDayDesk(self._asking)
        return self._day_desk

    @property
    def exports(self) -> LiveExportDesk:
        """Files for others, and the comparison with the gateway."""
        if self._export_desk is None:
            from posapp.bridge.export_desk import LiveExportDesk

            self._export_desk = LiveExportDesk(self._asking)
        return self._export_desk
