"""The planted bugs. A new promise of the till gets the bug that would break it, and the test that would notice."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

JUDGEMENT: Final = "posapp/services/judgement.py"
RECONCILE: Final = "posapp/services/reconcile.py"
CHECKOUT: Final = "posapp/services/checkout.py"
SENDING: Final = "posapp/services/sending.py"
SCHEDULE: Final = "posapp/services/poll_schedule.py"
LEDGER: Final = "posapp/store/ledger.py"
ORDERS: Final = "posapp/store/orders.py"
HTTP: Final = "posapp/gateways/http.py"
CBTIS: Final = "posapp/gateways/cbtis/client.py"

_SEND: Final = "        reply = await self._session.send(call, deadline_in(CREATE_S), replay=False)\n"
_SEND_TWICE: Final = """\
        try:
            reply = await self._session.send(call, deadline_in(CREATE_S), replay=False)
        except OutcomeUnknown:
            reply = await self._session.send(call, deadline_in(CREATE_S), replay=False)
"""

MUTANTS: Final = (
    # --- one POST for each id ---------------------------------------------------------------------------------
    Mutant(
        "a create is posted again on a time-out", CBTIS, _SEND, _SEND_TWICE,
        "tests/unit/gateways/cbtis/test_client.py::test_a_create_in_doubt_is_unknown_and_posted_once",
    ),
    Mutant(
        "a create is replayed with a new token after a 401", CBTIS, _SEND, _SEND.replace("False", "True"),
        "tests/unit/gateways/cbtis/test_client.py"
        "::test_a_create_answered_with_401_is_not_repeated_but_renews_the_token_for_later",
    ),
    Mutant(
        "a create goes out on a kept connection", CBTIS,
        "call = Call(\"POST\", path, ref=ref, body=body, fresh=True)",
        "call = Call(\"POST\", path, ref=ref, body=body, repeatable=True)",
        "tests/unit/gateways/cbtis/test_client.py"
        "::test_a_create_has_a_connection_of_its_own_that_nobody_can_have_closed_meanwhile",
    ),
    Mutant(
        "what a dead process was sending is taken for never sent", "posapp/services/recovery.py",
        "replace(attempt, state=AttemptState.UNKNOWN, problem_code=\"interrupted\")",
        "replace(attempt, state=AttemptState.NOT_SENT, problem_code=\"interrupted\")",
        "tests/unit/services/test_recovery.py"
        "::test_a_dead_process_leaves_an_unknown_outcome_that_is_asked_about_at_once",
    ),
    Mutant(
        "a lost answer is taken for never sent", SENDING,
        "    state = AttemptState.UNKNOWN\n    if isinstance(error, NotSent)",
        "    state = AttemptState.NOT_SENT\n    if isinstance(error, NotSent)",
        "tests/unit/services/test_checkout.py::test_whether_a_byte_left_decides_what_a_failure_means",
    ),
    Mutant(
        "an unknown code is taken for a refusal", "posapp/gateways/cbtis/wire.py",
        "return Verdict.REFUSED if status in _REFUSING_STATUSES else Verdict.UNKNOWN", "return Verdict.REFUSED",
        "tests/unit/gateways/cbtis/test_wire.py::test_only_what_is_surely_a_no_is_a_refusal",
    ),
    Mutant(
        "a server's fault is taken for an answer", "posapp/gateways/exchange.py",
        "if reply.status >= HTTPStatus.INTERNAL_SERVER_ERROR or", "if",
        "tests/unit/gateways/cbtis/test_client.py::test_a_create_in_doubt_is_unknown_and_posted_once",
    ),
    # --- no false green ---------------------------------------------------------------------------------------
    Mutant(
        "green without looking at the amount", JUDGEMENT,
        "return currency == attempt.money.currency and amount is not None and amount == attempt.money.to_decimal()",
        "return currency == attempt.money.currency and amount is not None",
        "tests/unit/services/test_judgement.py"
        "::test_succeeded_that_falls_short_keeps_the_state_and_is_marked_with_both_values",
    ),
    Mutant(
        "green without looking at the currency", JUDGEMENT,
        "return currency == attempt.money.currency and amount is not None and",
        "return amount is not None and",
        "tests/unit/services/test_judgement.py"
        "::test_succeeded_that_falls_short_keeps_the_state_and_is_marked_with_both_values",
    ),
    Mutant(
        "amounts compared as text", JUDGEMENT,
        "amount == attempt.money.to_decimal()", "str(amount) == str(attempt.money.to_decimal())",
        "tests/unit/services/test_judgement.py::test_the_amount_is_compared_by_value",
    ),
    Mutant(
        "green by another order's answer", JUDGEMENT,
        "    if ours and answer.merchant_order_id != attempt.merchant_order_id:\n        return True\n", "",
        "tests/unit/services/test_judgement.py"
        "::test_succeeded_that_falls_short_keeps_the_state_and_is_marked_with_both_values",
    ),
    Mutant(
        "a status compared whatever its case (CBTIS)", "posapp/gateways/cbtis/wire.py",
        "_STATUSES.get(word, ReportedStatus.UNRECOGNISED)\n        if",
        "_STATUSES.get(word.upper(), ReportedStatus.UNRECOGNISED)\n        if",
        "tests/unit/gateways/cbtis/test_wire.py::test_any_other_word_is_not_recognised",
    ),
    Mutant(
        "a status compared without its blanks (CBTIS)", "posapp/gateways/cbtis/wire.py",
        "_STATUSES.get(word, ReportedStatus.UNRECOGNISED)\n        if",
        "_STATUSES.get(word.strip(), ReportedStatus.UNRECOGNISED)\n        if",
        "tests/unit/gateways/cbtis/test_wire.py::test_any_other_word_is_not_recognised",
    ),
    Mutant(
        "an unknown word is taken for pending", JUDGEMENT,
        "    if answer.status is ReportedStatus.UNRECOGNISED:\n"
        "        return ReviewReason.UNKNOWN_STATUS, outside(answer.raw_status) or \"?\"\n", "",
        "tests/unit/services/test_judgement.py::test_an_unknown_word_is_a_review_and_never_green",
    ),
    # --- unknown stays unknown, paid stays paid ---------------------------------------------------------------
    Mutant(
        "not found is taken for not paid", JUDGEMENT,
        "return Judgement(attempt)  # \"not found\"",
        "return Judgement(replace(attempt, state=AttemptState.CANCELLED, final_at=at))  # \"not found\"",
        "tests/unit/services/test_judgement.py::test_not_found_changes_nothing",
    ),
    Mutant(
        "a payment taken back rings no bell", JUDGEMENT,
        "return Judgement(replace(attempt, alarm=AlarmKind.CONTRADICTED))", "return Judgement(attempt)",
        "tests/unit/services/test_judgement.py::test_cancelled_after_succeeded_is_an_alarm_once",
    ),
    Mutant(
        "money after a cancel rings no bell", JUDGEMENT,
        "return AlarmKind.PAID_AFTER_CANCEL", "return None",
        "tests/unit/services/test_judgement.py::test_a_success_out_of_the_ordinary_rings",
    ),
    Mutant(
        "two questions about one payment at once, the older reply may win", RECONCILE,
        "        task = self._in_flight.get(merchant_order_id)\n", "        task = None\n",
        "tests/unit/services/test_reconcile.py::test_who_asks_meanwhile_gets_the_same_answer",
    ),
    Mutant(
        "whoever writes last wins", ORDERS,
        "owner = coalesce(?, owner) WHERE merchant_order_id = ? AND \"",
        "owner = coalesce(?, owner) WHERE merchant_order_id = ? OR NULL AND \"",
        "tests/unit/store/test_orders.py::test_who_was_slower_writes_nothing",
    ),
    # --- shown codes ------------------------------------------------------------------------------------------
    Mutant(
        "a second code is shown while the first can be paid", CHECKOUT,
        "if any(other.may_still_be_paid for other in others):", "if False:",
        "tests/unit/services/test_checkout.py::test_a_second_code_is_not_shown_while_the_first_can_be_paid",
    ),
    Mutant(
        "a shown code is taken for dead once it is given up", "posapp/domain/order.py",
        "return self.shown_at is not None and self.is_watched",
        "return self.shown_at is not None and self.is_watched and self.given_up_at is None",
        "tests/unit/services/test_checkout.py::test_no_new_code_while_the_shown_one_can_be_paid",
    ),
    Mutant(
        "a code of any kind is drawn", "posapp/gateways/payment_code.py",
        "    if scheme in _SCHEMES and content[len(scheme) :]", "    if content[len(scheme) :]",
        "tests/unit/gateways/test_payment_code.py",
    ),
    # --- the ledger -------------------------------------------------------------------------------------------
    Mutant(
        "synchronous=NORMAL", LEDGER, "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL",
        "tests/unit/store/test_ledger.py::test_a_connection_is_as_durable_as_promised",
    ),
    Mutant(
        "a newer ledger is opened", "posapp/store/schema.py", "    if version > SCHEMA_VERSION:", "    if version < 0:",
        "tests/unit/store/test_ledger.py::test_a_newer_ledger_is_refused_untouched",
    ),
    Mutant(
        "the audit chain is not chained", "posapp/store/audit.py",
        "seq, prev_hash = (last[0] + 1, last[1]) if last else (1, GENESIS)",
        "seq, prev_hash = (last[0] + 1, GENESIS) if last else (1, GENESIS)",
        "tests/unit/store/test_audit.py::test_rows_are_numbered_and_chained",
    ),
    Mutant(
        "the audit can be rewritten", "posapp/store/migrations/0001_initial.sql",
        "BEFORE UPDATE ON audit\n", "BEFORE UPDATE OF seq ON audit\n",
        "tests/unit/store/test_audit.py::test_no_row_is_ever_changed_or_deleted",
    ),
    # --- money ------------------------------------------------------------------------------------------------
    Mutant(
        "amounts go through a float", "posapp/domain/money.py",
        "return int(whole + fraction.ljust(decimals, \"0\"))", "return int(float(text) * 10**decimals)",
        "tests/unit/domain/test_money.py::test_every_amount_a_till_takes_is_read_back_exactly",
    ),
    Mutant(
        "one decimal too many is dropped", "posapp/domain/money.py",
        "    if len(fraction) > decimals:\n", "    fraction = fraction[:decimals]\n    if len(fraction) > decimals:\n",
        "tests/unit/domain/test_money.py::test_what_is_no_amount_is_refused_with_the_reason",
    ),
    # --- hostile answers --------------------------------------------------------------------------------------
    Mutant(
        "a body without an end is read to its end", HTTP, "        if size > MAX_BODY:", "        if size < 0:",
        "tests/unit/gateways/test_http.py::test_a_body_beyond_the_cap_is_refused_early",
    ),
    Mutant(
        "a redirect is followed", HTTP, "follow_redirects=False", "follow_redirects=True",
        "tests/unit/gateways/test_http.py::test_a_redirect_is_not_followed_and_leaks_no_token",
    ),
    Mutant(
        "no deadline for the whole call", HTTP,
        "async with asyncio.timeout_at(deadline):", "async with asyncio.timeout_at(deadline + 3600):",
        "tests/unit/gateways/test_http.py::test_the_deadline_holds_against_a_dripping_body",
    ),
    Mutant(
        "a field named twice is read once", "posapp/gateways/strict_json.py",
        "    if len(found) != len(pairs):", "    if len(found) > len(pairs):",
        "tests/unit/gateways/test_strict_json.py",
    ),
    # --- load, secrets ----------------------------------------------------------------------------------------
    Mutant(
        "there is no budget", SCHEDULE,
        "return 0.0 if self.tokens >= 1.0 - 1e-9 else (1.0 - self.tokens) / self.rate", "return 0.0",
        "tests/unit/services/test_watcher.py::test_a_thousand_open_orders_share_one_budget_and_nobody_starves",
    ),
    Mutant(
        "a silent gateway is asked on and on", SCHEDULE,
        "        return self.failures >= self.threshold", "        return False",
        "tests/unit/services/test_watcher.py::test_a_silent_gateway_is_probed_once_in_ten_seconds_by_everybody_together",
    ),
    Mutant(
        "a secret is kept for every host", "posapp/store/secrets.py",
        "return f\"{provider}:{account}@{shown}{port}\"", "return f\"{provider}:{account}\"",
        "tests/unit/store/test_secrets.py::test_a_changed_address_gets_nobody_elses_secret",
    ),
    Mutant(
        "plain http to another machine", "posapp/gateways/settings.py",
        "    if parts.scheme == \"http\" and not is_loopback(host):", "    if False:",
        "tests/unit/gateways/test_http.py::test_plain_http_to_another_machine_is_refused_before_anything_is_sent",
    ),
)  # fmt: skip
