"""The Airwallex adapter: create and confirm under stored request ids, so that every POST may be repeated."""

from __future__ import annotations

import logging
import random
from typing import TYPE_CHECKING, Final

from posapp.gateways.airwallex import codes, wire
from posapp.gateways.airwallex.auth import AirwallexLogin
from posapp.gateways.airwallex.calls import AirwallexCalls
from posapp.gateways.airwallex.capabilities import CAPABILITIES
from posapp.gateways.base import GatewayState, RefundAnswer, RefundRef, ReportedRefund, ReportedStatus
from posapp.gateways.errors import AuthFailed, Malformed, NotSent, OutcomeUnknown, RateLimited, Refused
from posapp.gateways.http import ASK_S, CREATE_S, GatewayHttp, deadline_in
from posapp.gateways.reading import is_path_safe, optional_text
from posapp.gateways.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

    from posapp.domain.order import Attempt
    from posapp.domain.refund import RefundRequest
    from posapp.gateways.base import AttemptRef, Capabilities, Created
    from posapp.gateways.settings import GatewaySettings
    from posapp.gateways.strict_json import JsonObject

_INTENTS: Final = "/api/v1/pa/payment_intents"
_REFUNDS: Final = "/api/v1/pa/refunds"
_PAGE_SIZE: Final = "50"  # several lists refuse less than ten
_RETRIEVE_S: Final = 3.0
"""Kept back from a cancel's time, so that it can be asked what became of it."""

_log = logging.getLogger(__name__)


class AirwallexGateway:
    """Airwallex behind `posapp.gateways.base.PaymentGateway`. Lives on the io thread."""

    def __init__(self, settings: GatewaySettings, jitter: Callable[[], float] = random.random) -> None:
        """Prepare; nothing is sent.

        Args:
            settings: Address and credentials.
            jitter: The dice of the back-off, 0 to 1.

        Raises:
            SettingsError: Where the settings cannot work.
        """
        http = GatewayHttp(settings.base_url, wire.SUPPORT_KEY)
        self._session = Session(http, AirwallexLogin(http, settings).fetch, wire.SUPPORT_KEY, settings.secret)
        self._calls = AirwallexCalls(self._session, jitter)
        self._return_url = settings.return_url

    @property
    def capabilities(self) -> Capabilities:
        """What Airwallex can do."""
        return CAPABILITIES

    @property
    def clock_ahead_s(self) -> float | None:
        """By how many seconds this computer's clock is ahead of Airwallex's."""
        return self._session.clock_ahead_s

    async def create(self, attempt: Attempt) -> Created:
        """Create an intent and confirm it, each under its stored request id, within 20 s in all.

        An intent that answers to another order's id is returned as it is, unconfirmed and so without a code.

        Raises:
            GatewayError: As `posapp.gateways.errors` says; `NotSent` also for what cannot be asked
                (`flow_unsupported`, `payer_missing`, `return_url_missing`, `amount_decimals`), and never once
                the intent exists.
        """
        deadline = deadline_in(CREATE_S)
        ref = attempt.merchant_order_id
        body = wire.create_body(attempt, self._return_url)
        created = await self._create_intent(body, ref, deadline)
        intent_id = wire.intent_id(created)
        if created.get("merchant_order_id") not in (None, ref):
            return wire.read_created(created, {}, _trace(created))
        confirmed = await self._confirm(intent_id, wire.confirm_body(attempt, self._return_url), ref, deadline)
        return wire.read_created(created, confirmed, _trace(confirmed))

    async def query(self, ref: AttemptRef) -> GatewayState:
        """Retrieve the intent by its id, or find it by ours.

        Raises:
            GatewayError: `OutcomeUnknown` where the answer says nothing about the payment.
        """
        found = await self._locate(ref, deadline_in(ASK_S))
        return _state(found, ref)

    async def cancel(self, ref: AttemptRef) -> GatewayState:
        """Cancel, then retrieve: the shopper may have paid meanwhile, and the documents disagree on when it works.

        Raises:
            Refused: The gateway does not cancel this payment.
            GatewayError: As `query`; `NotSent` as `cancel_id_missing` without a stored request id, or as
                `payment_not_found` where no intent has the order's id.
        """
        if ref.cancel_request_id is None:
            raise NotSent("cancel_id_missing", "a cancel needs its stored request id")
        deadline = deadline_in(ASK_S)
        intent_id = ref.gateway_id or await self._intent_of(ref.merchant_order_id, deadline)
        path = f"{_INTENTS}/{_in_path(intent_id)}"
        body = wire.cancel_body(ref.cancel_request_id)
        try:
            await self._calls.post(f"{path}/cancel", body, ref.merchant_order_id, deadline - _RETRIEVE_S)
        except OutcomeUnknown as exc:
            # Moved on, cancelled before, or not known: the intent itself says which.
            _log.info("order %s: the cancel itself says %s", ref.merchant_order_id, exc.code)
        return _state(await self._get_or_none(path, ref.merchant_order_id, deadline), ref)

    async def refund(self, refund: RefundRequest) -> RefundAnswer:
        """Give money back under its stored request id, within 20 s in all.

        Raises:
            GatewayError: As `create`; `NotSent` as `payment_not_found` where no intent has the order's id.
        """
        deadline = deadline_in(CREATE_S)
        intent_id = refund.payment_gateway_id or await self._intent_of(refund.merchant_order_id, deadline)
        body, ref = wire.refund_body(refund, intent_id), _refund_ref(refund, intent_id)
        try:
            answer = await self._calls.post(f"{_REFUNDS}/create", body, refund.merchant_refund_id, deadline)
        except OutcomeUnknown as exc:
            if exc.code not in codes.DUPLICATE:
                raise
            found = await self._find_refund(ref, intent_id, deadline)
            if found is None:
                raise
            answer = found
        return wire.read_refund(answer, _trace(answer), ref)

    async def query_refund(self, ref: RefundRef) -> RefundAnswer:
        """Retrieve a refund by its id, or find it among those of its payment by our request id.

        Raises:
            GatewayError: As `query`; `NotSent` as `payment_id_missing` where there is nothing to find it by.
        """
        deadline = deadline_in(ASK_S)
        if ref.gateway_refund_id is not None:
            path = f"{_REFUNDS}/{_in_path(ref.gateway_refund_id)}"
            found = await self._get_or_none(path, ref.merchant_refund_id, deadline)
        elif ref.payment_gateway_id is not None:
            found = await self._find_refund(ref, ref.payment_gateway_id, deadline)
        else:
            raise NotSent("payment_id_missing", "a refund can only be found by its payment's id")
        if found is None:
            return RefundAnswer(ReportedRefund.NOT_FOUND)
        return wire.read_refund(found, _trace(found), ref)

    async def check(self) -> None:
        """Log in anew.

        Raises:
            GatewayError: Where address, TLS or credentials do not work.
        """
        await self._session.renew(deadline_in(ASK_S))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._session.aclose()

    async def _create_intent(self, body: bytes, ref: str, deadline: float) -> JsonObject:
        try:
            return await self._calls.post(f"{_INTENTS}/create", body, ref, deadline)
        except OutcomeUnknown as exc:
            if exc.code not in codes.DUPLICATE:
                raise
            found = await self._find(ref, deadline)
            if found is None:
                raise
            return found

    async def _confirm(self, intent_id: str, body: bytes, ref: str, deadline: float) -> JsonObject:
        """Confirm. The intent exists by now, so no failure may say that nothing was sent."""
        try:
            return await self._calls.post(f"{_INTENTS}/{intent_id}/confirm", body, ref, deadline)
        except (AuthFailed, RateLimited) as exc:
            # A definite no to this id: an unconfirmed intent has no code that could be paid.
            exc.sent = True
            raise
        except NotSent as exc:
            raise OutcomeUnknown(
                exc.code, f"created but not confirmed: {exc.message}", support_id=exc.support_id
            ) from exc
        except Refused as exc:
            if exc.code != codes.NOT_FOUND:
                raise
            raise OutcomeUnknown(exc.code, exc.message, support_id=exc.support_id, http_status=exc.http_status) from exc

    async def _locate(self, ref: AttemptRef, deadline: float) -> JsonObject | None:
        if ref.gateway_id is None or not is_path_safe(ref.gateway_id):
            # An id that cannot stand in a path came from a lying answer; our own id always finds the payment.
            return await self._find(ref.merchant_order_id, deadline)
        return await self._get_or_none(f"{_INTENTS}/{_in_path(ref.gateway_id)}", ref.merchant_order_id, deadline)

    async def _get_or_none(self, path: str, ref: str, deadline: float) -> JsonObject | None:
        try:
            return await self._calls.get(path, ref, deadline)
        except Refused as exc:
            if exc.code == codes.NOT_FOUND:
                return None
            raise

    async def _find(self, merchant_order_id: str, deadline: float) -> JsonObject | None:
        """Find the one intent with our id.

        Two of them cannot come about while the gateway keeps its word on `request_id`; if they do, choosing
        one could hide a payment, so it is an answer for people.
        """
        query = {"merchant_order_id": merchant_order_id, "page_size": _PAGE_SIZE}
        listed, more = wire.items(await self._calls.get(_INTENTS, merchant_order_id, deadline, query))
        exact = [item for item in listed if item.get("merchant_order_id") == merchant_order_id]
        if len(exact) > 1:
            raise Malformed("several_payments", f"the gateway has {len(exact)} payments under one order's id")
        if not exact and more:
            raise OutcomeUnknown("list_incomplete", "the gateway's list does not keep to our order's id")
        return exact[0] if exact else None

    async def _intent_of(self, merchant_order_id: str, deadline: float) -> str:
        found = await self._find(merchant_order_id, deadline)
        if found is None:
            raise NotSent("payment_not_found", "the gateway has no payment with this order's id")
        return wire.intent_id(found)

    async def _find_refund(self, ref: RefundRef, intent_id: str, deadline: float) -> JsonObject | None:
        query = {"payment_intent_id": intent_id, "page_size": _PAGE_SIZE}
        listed, more = wire.items(await self._calls.get(_REFUNDS, ref.merchant_refund_id, deadline, query))
        for item in listed:
            if wire.is_same_refund(item, ref):
                return item
        if more:
            raise OutcomeUnknown("list_incomplete", "the gateway lists more refunds than were asked for")
        return None


def _state(found: JsonObject | None, ref: AttemptRef) -> GatewayState:
    if found is None:
        return GatewayState(ReportedStatus.NOT_FOUND)
    return wire.read_state(found, _trace(found), confirmed=ref.confirmed)


def _refund_ref(refund: RefundRequest, intent_id: str) -> RefundRef:
    return RefundRef(refund.merchant_refund_id, None, intent_id, refund.request_id)


def _trace(body: JsonObject) -> str | None:
    return optional_text(body, wire.SUPPORT_KEY)


def _in_path(text: str) -> str:
    """Return an id that may stand in a path.

    Raises:
        NotSent: `id_unusable`: whatever was stored, it is not one of Airwallex's.
    """
    if not is_path_safe(text):
        raise NotSent("id_unusable", "that id cannot be asked for")
    return text
