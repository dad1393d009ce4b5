"""What a fault does to one request: when the work is done, and what becomes of the reply on its way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from posapp.sandbox import damage
from posapp.sandbox.exchange import About, Call, JsonValue, Operation, Reply, Wire
from posapp.sandbox.ids import random_letters
from posapp.sandbox.line import Line
from posapp.sandbox.rule_fields import Variant
from posapp.sandbox.rules import Fault, Rule
from posapp.sandbox.tokens import TokenBook
from posapp.sandbox.truth import Truth


@dataclass(frozen=True, slots=True)
class Work:
    """A request that is about to be answered, and the means to do it."""

    wire: Wire
    operation: Operation
    call: Call
    about: About
    do: Callable[[Call], Reply]
    truth: Truth
    tokens: TokenBook


async def perform(work: Work, line: Line, delays: list[Rule], rule: Rule | None) -> None:
    """Answer one request under the faults that strike it.

    A latency holds the reply back after the work is done, unless it says `committed: false`.
    """
    for delay in delays:
        if delay.options.get("committed") is False:
            await line.pause(_seconds(delay))
    reply = _answer(work, rule)
    for delay in delays:
        if delay.options.get("committed") is not False:
            await line.pause(_seconds(delay))
    if rule is None:
        await line.send(reply)
    elif rule.fault in (Fault.DROP_BEFORE, Fault.DROP_AFTER):
        await line.hang_up(reset=rule.options.get("reset") is True)
    elif rule.fault is Fault.DRIP:
        await line.send_slowly(reply, _seconds(rule))
    elif rule.options.get("variant") == Variant.CUT:
        await line.send_half(reply)
    else:
        await line.send(reply)


def _seconds(rule: Rule) -> float:
    value = rule.options.get("seconds")
    return float(value) if isinstance(value, int | float) else 0.0


def _answer(work: Work, rule: Rule | None) -> Reply:
    """Do the work, or not, as the fault has it; return the reply that would go out."""
    if rule is None:
        return work.do(work.call)
    special = _SPECIAL.get(rule.fault)
    if special is not None:
        return special(work, rule)
    return _changed(work, rule, work.do(work.call))


def _changed(work: Work, rule: Rule, reply: Reply) -> Reply:
    """Return a finished reply as the fault leaves it."""
    options = rule.options
    match rule.fault:
        case Fault.MALFORMED:
            return damage.damaged(reply, Variant(str(options["variant"])))
        case Fault.SWAP_AMOUNT:
            return damage.swap_amount(reply, options.get("amount"), options.get("currency"))
        case Fault.SWAP_ORDER:
            return damage.swap_ids(reply, *_other_ids(work, options.get("other")))
        case Fault.UNKNOWN_STATUS:
            return damage.with_status_word(reply, str(options["word"]))
        case Fault.PATCH:
            new, gone = options.get("set"), options.get("remove")
            names = [str(name) for name in gone] if isinstance(gone, list) else []
            return damage.patched(reply, new if isinstance(new, dict) else {}, names)
        case _:
            return reply


def _other_ids(work: Work, wanted: JsonValue) -> tuple[str, str]:
    """Return the ids of the order named, else of any other one, else ids nobody has."""
    provider = work.wire.provider
    if isinstance(wanted, str):
        named = work.truth.named(wanted, provider)
        if named is not None:
            return named.order_id, named.merchant_order_id
    for order in reversed(work.truth.all_orders(provider)):
        if order.merchant_order_id != work.about.merchant_order_id:
            return order.order_id, order.merchant_order_id
    return f"other_{random_letters(16)}", f"other-{random_letters(12)}"


def _not_done(_work: Work, _rule: Rule) -> Reply:
    return Reply(500)


def _bare_status(work: Work, rule: Rule) -> Reply:
    """Return an HTTP status with the test's body, else the provider's; the work is done only if asked."""
    options = rule.options
    if options.get("committed") is True:
        work.do(work.call)
    status, body = options["status"], options.get("body")
    number = status if isinstance(status, int) else 500
    if isinstance(body, str):
        reply = Reply(number, raw=body.encode(errors="replace"), content_type="text/plain; charset=utf-8")
    else:
        reply = work.wire.http_error(number) if body is None else Reply(number, body)
    if "retry_after" in options:
        reply.headers["retry-after"] = str(options["retry_after"]).encode("latin-1", "replace").decode("latin-1")
    return reply


def _stale(work: Work, _rule: Rule) -> Reply:
    work.call.stale = True
    return work.do(work.call)


def _expired_token(work: Work, _rule: Rule) -> Reply:
    """End every token now, so that this request is refused; a login gets a token that is dead at birth."""
    if work.operation is Operation.AUTH:
        reply = work.do(work.call)
        work.tokens.expire_all(work.wire.provider)
        return reply
    work.tokens.expire_all(work.wire.provider)
    return work.do(work.call)


def _not_found(work: Work, _rule: Rule) -> Reply:
    return work.wire.not_found(work.operation)


def _business_error(work: Work, rule: Rule) -> Reply:
    code, message = rule.options["code"], rule.options.get("message")
    return work.wire.business_error(
        code if isinstance(code, int | str) else str(code), message if isinstance(message, str) else None
    )


_SPECIAL: dict[Fault, Callable[[Work, Rule], Reply]] = {
    Fault.DROP_BEFORE: _not_done,
    Fault.STATUS: _bare_status,
    Fault.STALE: _stale,
    Fault.EXPIRED_TOKEN: _expired_token,
    Fault.NOT_FOUND: _not_found,
    Fault.BUSINESS_ERROR: _business_error,
}
