"""The CBTIS adapter: one POST per `merchant_order_id`, ever; everything else is asked as often as needed."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final, TypeVar

from posapp.gateways.base import GatewayState, RefundAnswer, ReportedRefund, ReportedStatus
from posapp.gateways.cbtis import wire
from posapp.gateways.cbtis.auth import CbtisLogin
from posapp.gateways.cbtis.capabilities import CAPABILITIES
from posapp.gateways.cbtis.wire import Envelope, Verdict
from posapp.gateways.errors import Malformed, OutcomeUnknown, Refused
from posapp.gateways.exchange import Call, refuse_overload
from posapp.gateways.http import ASK_S, CREATE_S, GatewayHttp, deadline_in
from posapp.gateways.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import Attempt
    from posapp.domain.refund import RefundRequest
    from posapp.gateways.base import AttemptRef, Capabilities, Created, RefundRef
    from posapp.gateways.exchange import Reply
    from posapp.gateways.settings import GatewaySettings

_CREATE: Final = "/mch-api/v1/pa/payment_intents/create"
_QUERY: Final = "/mch-api/v1/pa/payment_intents/query"
_REFUND: Final = "/mch-api/v1/pa/refunds/create"
_REFUND_QUERY: Final = "/mch-api/v1/pa/refunds/query"

_log = logging.getLogger(__name__)
_Answer = TypeVar("_Answer")


class CbtisGateway:
    """CBTIS behind `posapp.gateways.base.PaymentGateway`. Lives on the io thread."""

    def __init__(self, settings: GatewaySettings) -> None:
        """Prepare; nothing is sent.

        Raises:
            SettingsError: Where the settings cannot work.
        """
        self._settings = settings
        http = GatewayHttp(settings.base_url, wire.SUPPORT_KEY)
        self._session = Session(http, CbtisLogin(http, settings).fetch, wire.SUPPORT_KEY, settings.secret)

    @property
    def capabilities(self) -> Capabilities:
        """What CBTIS can do."""
        return CAPABILITIES

    @property
    def clock_ahead_s(self) -> float | None:
        """By how many seconds this computer's clock is ahead of CBTIS's."""
        return self._session.clock_ahead_s

    async def create(self, attempt: Attempt) -> Created:
        """Start a payment with at most one POST, on a connection of its own, never repeated.

        A 401 renews the token for later calls only: what this POST did is answered, and the next attempt has
        a new id.

        Raises:
            GatewayError: As `posapp.gateways.errors` says; `NotSent` also for what cannot be asked
                (`flow_unsupported`, `payer_missing`, `amount_decimals`).
        """
        body = wire.create_body(attempt, self._settings)
        envelope = await self._post_once(_CREATE, body, attempt.merchant_order_id)
        return _read(envelope, wire.read_created)

    async def query(self, ref: AttemptRef) -> GatewayState:
        """Ask how a payment stands.

        "Not found" is a 404 of the application itself, in its envelope, or a code that was seen (`codes`):
        undocumented, and harmless if misread, since it never ends an attempt. Any other refusal or unknown
        code is no state.

        Raises:
            GatewayError: `OutcomeUnknown` where the answer says nothing about the payment.
        """
        envelope, found = await self._ask(_QUERY, wire.query_body(ref), ref.merchant_order_id)
        if not found:
            return GatewayState(ReportedStatus.NOT_FOUND, support_id=envelope.rid)
        return _read(envelope, wire.read_state)

    async def cancel(self, ref: AttemptRef) -> GatewayState:
        """Refuse: CBTIS documents no way to close a payment.

        Raises:
            Refused: Always, as `cancel_unsupported`.
        """
        raise Refused("cancel_unsupported", f"CBTIS documents no way to close {ref.merchant_order_id}")

    async def refund(self, refund: RefundRequest) -> RefundAnswer:
        """Give money back with at most one POST; a lost answer is asked for by `merchant_refund_id`.

        Raises:
            GatewayError: As `create`.
        """
        envelope = await self._post_once(_REFUND, wire.refund_body(refund), refund.merchant_refund_id)
        return _read(envelope, wire.read_refund)

    async def query_refund(self, ref: RefundRef) -> RefundAnswer:
        """Ask how a refund stands.

        Raises:
            GatewayError: As `query`.
        """
        envelope, found = await self._ask(_REFUND_QUERY, wire.refund_query_body(ref), ref.merchant_refund_id)
        if not found:
            return RefundAnswer(ReportedRefund.NOT_FOUND, support_id=envelope.rid)
        return _read(envelope, wire.read_refund)

    async def check(self) -> None:
        """Log in anew.

        Raises:
            GatewayError: Where address, TLS or credentials do not work.
        """
        await self._session.renew(deadline_in(ASK_S))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.aclose()

    async def _post_once(self, path: str, body: bytes, ref: str) -> Envelope:
        """Send a POST that changes something: exactly once, and every doubt is an unknown outcome."""
        call = Call("POST", path, ref=ref, body=body, fresh=True)
        reply = await self._session.send(call, deadline_in(CREATE_S), replay=False)
        envelope, found = _judged(reply, ref)
        self._session.believe(reply)
        if found is Verdict.DONE:
            return envelope
        kind = Refused if found in (Verdict.REFUSED, Verdict.NOT_FOUND) else OutcomeUnknown
        raise kind(str(envelope.code), envelope.message, support_id=envelope.rid, http_status=reply.status)

    async def _ask(self, path: str, body: bytes, ref: str) -> tuple[Envelope, bool]:
        """Send a POST that only reads, and tell whether it found anything."""
        call = Call("POST", path, ref=ref, body=body, repeatable=True)
        reply = await self._session.send(call, deadline_in(ASK_S), replay=True)
        envelope, found = _judged(reply, ref)
        self._session.believe(reply)
        if found in (Verdict.DONE, Verdict.NOT_FOUND):
            return envelope, found is Verdict.DONE
        raise OutcomeUnknown(str(envelope.code), envelope.message, support_id=envelope.rid, http_status=reply.status)


def _judged(reply: Reply, ref: str) -> tuple[Envelope, Verdict]:
    support_id = reply.support_id(wire.SUPPORT_KEY)
    refuse_overload(reply, support_id)
    if reply.status == HTTPStatus.CONFLICT:
        # Named before the envelope is read: whatever it says, the payment may exist.
        raise OutcomeUnknown(
            "http_409",
            "the gateway reports a conflict with an earlier request",
            support_id=support_id,
            http_status=reply.status,
        )
    envelope = wire.read_envelope(reply.object())
    found = wire.verdict(reply.status, envelope)
    if found is Verdict.UNKNOWN:
        _log.warning(
            "order %s: unknown code %d with HTTP %d, rid %s", ref, envelope.code, reply.status, support_id or "-"
        )
    return envelope, found


def _read(envelope: Envelope, reader: Callable[[Envelope], _Answer]) -> _Answer:
    try:
        return reader(envelope)
    except Malformed as exc:
        exc.support_id = exc.support_id or envelope.rid
        raise
