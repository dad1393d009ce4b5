"""The planted bugs. A new promise of the till gets the bug that would break it, and the test that would notice."""

from __future__ import annotations

from typing import Final

from tests.mutants.mutant import Mutant

JUDGEMENT: Final = "posapp/services/judgement.py"
RECONCILE: Final = "posapp/services/reconcile.py"
CHECKOUT: Final = "posapp/services/checkout.py"
SENDING: Final = "posapp/services/sending.py"
SCHEDULE: Final = "posapp/services/poll_schedule.py"
CONNECTION: Final = "posapp/store/connection.py"
RECORDING: Final = "posapp/store/recording.py"
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
        "whoever writes last wins", RECORDING,
        "owner = coalesce(?, owner) WHERE merchant_order_id = ? AND \"",
        "owner = coalesce(?, owner) WHERE merchant_order_id = ? OR NULL AND \"",
        "tests/unit/store/test_orders.py::test_who_was_slower_writes_nothing",
    ),
    # --- shown codes ------------------------------------------------------------------------------------------
    Mutant(
        "a second code is shown while the first can be paid", CHECKOUT,
        "if any(other.may_still_be_paid and not is_overridden(self._journal, other, attempt) for other in others):",
        "if False:",
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
        "synchronous=NORMAL", CONNECTION, "PRAGMA synchronous = FULL", "PRAGMA synchronous = NORMAL",
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
        "as client, asyncio.timeout_at(deadline) as limit:", "as client, asyncio.timeout_at(deadline + 3600) as limit:",
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
        "tests/unit/services/test_watcher.py::test_a_silent_gateway_is_probed_now_and_then_by_everybody_together",
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
    # --- what comes from outside, and what must not get out ---------------------------------------------------
    Mutant(
        "the secret of a reply is not blanked", "posapp/gateways/session.py",
        "        return discreet(reply, self._secret, token)", "        return reply",
        "tests/faults/abuse/test_canary.py"
        "::test_p1_a_gateway_that_echoes_our_credentials_gets_them_into_nothing[airwallex-True]",
    ),
    Mutant(
        "a secret is blanked as it stands and not as URLs write it", "posapp/gateways/discretion.py",
        "    return {way.encode() for way in ways}", "    return {ways[0].encode()}",
        "tests/unit/gateways/test_discretion.py",
    ),
    Mutant(
        "a child inherits the secret", "posapp/app/child_env.py", "if name != SECRET_VARIABLE", "if name",
        "tests/faults/abuse/test_canary.py::test_p1_no_child_of_ours_inherits_the_secret",
    ),
    Mutant(
        "core files are allowed", "posapp/app/cli.py", "    leave_no_core_file()\n", "",
        "tests/faults/abuse/test_canary.py"
        "::test_p1_a_crash_leaves_neither_a_core_file_nor_a_secret_in_the_crash_report",
    ),
    Mutant(
        "the environment's secret ignores what it is bound to", "posapp/app/compose.py",
        "if os.environ.get(BINDING_VARIABLE, entry) != entry:", "if not entry:",
        "tests/faults/abuse/test_host_binding.py"
        "::test_p4_the_environments_secret_is_kept_from_another_host_once_it_is_bound",
    ),
    Mutant(
        "the bundle packs the configuration as it is", "posapp/app/support.py",
        "    return \"\\n\".join(_line(line.rstrip(\"\\r\")) for line in lines)", "    return \"\\n\".join(lines)",
        "tests/unit/app/test_support.py",
    ),
    Mutant(
        "a CSV cell may be a formula", "posapp/services/exports/safe_text.py",
        "value.lstrip().startswith(_FORMULAS)", "value.startswith(\"never\")",
        "tests/faults/hostile/test_text_in_files.py"
        "::test_h5_a_note_is_no_formula_in_a_spreadsheet_and_comes_back_from_json_as_it_was",
    ),
    Mutant(
        "a doctor's check that breaks breaks the doctor", "posapp/app/doctor/round.py",
        "except Exception as error:", "except OSError as error:", "tests/unit/app/doctor/test_round.py",
    ),
    # --- death and neighbours ---------------------------------------------------------------------------------
    Mutant(
        "a start leaves what a dead process was creating as it is", "posapp/services/recovery.py",
        "        journal.rewrite(merchant_order_id, _abandoned)\n",
        "        pass\n",
        "tests/faults/death/test_sale.py"
        "::test_k2_killed_before_the_create_left_it_is_unknown_asked_about_and_safe_to_start_over[cbtis]",
    ),
    Mutant(
        "the code is shown before shown is committed", "posapp/services/checkout.py",
        "        return replace(attempt, state=AttemptState.PENDING, shown_at=shown_at, given_up_at=None)",
        "        return replace(attempt, shown_at=None, given_up_at=None)",
        "tests/faults/death/test_sale.py"
        "::test_k6_killed_between_shown_and_the_paint_the_same_code_is_offered_again[cbtis]",
    ),
    Mutant(
        "a backup gets its name before it is on the disk", "posapp/store/durable.py",
        "        os.fsync(file.fileno())\n"
        "    os.replace(whole, name)\n",
        "        pass\n"
        "    os.replace(whole, name)\n",
        "tests/faults/death/test_files.py"
        "::test_k9_unplugged_while_backing_up_or_restoring_nothing_is_half[backup]",
    ),
    Mutant(
        "a restore is not finished by the next start", "posapp/store/exchange.py",
        "    for stamp in _pending(ledger):\n"
        "        _finish(ledger, stamp)\n",
        "    return\n",
        "tests/faults/death/test_files.py"
        "::test_k9_killed_while_restoring_it_is_the_former_ledger_or_the_restored_one_and_no_order_is_lost",
    ),
    Mutant(
        "the dead are taken for alive", "posapp/store/ownership.py",
        "        if name == self.name:\n"
        "            return True\n",
        "        return True\n",
        "tests/faults/death/test_sale.py"
        "::test_k3_killed_between_send_and_reply_it_is_found_by_asking_as_one_whose_code_nobody_saw[cbtis]",
    ),
    Mutant(
        "what dies beside an open window waits for the next start", "posapp/services/neighbours.py",
        "        if now >= self._recover_at:\n",
        "        if now < 0:\n",
        "tests/unit/services/test_neighbours.py"
        "::test_what_a_dead_process_was_creating_is_taken_over_while_we_watch",
    ),
    Mutant(
        "an order of another process that is over at once is never announced", "posapp/services/neighbours.py",
        "        for snapshot, alarm in news:\n"
        "            if snapshot is not None:\n",
        "        for snapshot, alarm in news:\n"
        "            if snapshot is not None and snapshot.leading.is_watched:\n",
        "tests/unit/services/test_neighbours.py"
        "::test_an_order_that_began_and_ended_between_two_looks_is_announced",
    ),
    Mutant(
        "our own alarm rings once more when a neighbour writes", "posapp/services/till.py",
        "            self._neighbours.wrote(event.snapshot)\n",
        "            pass\n",
        "tests/unit/services/test_neighbours.py::test_our_own_alarm_does_not_ring_again_when_somebody_else_writes",
    ),
    Mutant(
        "green is told before it is committed", "posapp/services/journal.py",
        "            snapshot = self._change(old, new, facts or {})\n"
        "            if snapshot is not None:\n",
        "            from posapp.domain.order import OrderSnapshot\n"
        "            known = self.snapshot(old.order_id)\n"
        "            early = tuple(new if one == old else one for one in known.attempts)\n"
        "            self._publish(OrderChanged(OrderSnapshot(known.order, early, known.version)))\n"
        "            snapshot = self._change(old, new, facts or {})\n"
        "            if snapshot is not None:\n",
        "tests/faults/death/test_settling.py"
        "::test_k8_killed_between_the_answer_paid_and_its_commit_it_turns_green_once[cbtis]",
    ),
    Mutant(
        "the migration is not one transaction", "posapp/store/schema.py",
        "        connection.execute(\"BEGIN IMMEDIATE\")\n"
        "        try:\n"
        "            # Another",
        "        try:\n"
        "            # Another",
        "tests/faults/death/test_files.py"
        "::test_k9_killed_while_migrating_it_is_the_old_schema_or_the_new_one[empty]",
    ),
    # --- the window -------------------------------------------------------------------------------------------
    Mutant(
        "the code is painted in the theme's colours", "posapp/ui/widgets/qr_card.py",
        "QColor(\"#ffffff\")", "self.palette().base()",
        "tests/faults/window/test_look.py::test_u8_the_code_is_black_on_white_with_its_quiet_zone_in_every_look",
    ),
    Mutant(
        "a page that is locked between the press and the charge charges", "posapp/ui/presenters/charge.py",
        "if self._locked is not None:  # it came", "if False:  # it came",
        "tests/unit/ui/test_charge.py"
        "::test_a_page_that_is_locked_between_the_press_and_the_charge_charges_nothing",
    ),
    Mutant(
        "one press restores a backup", "posapp/ui/presenters/start.py",
        "return now - self._armed_at >= HOLD_S", "return True",
        "tests/unit/ui/test_start.py::test_a_double_click_confirms_nothing",
    ),
    # --- what needs a look, and the wholeness of everything beside the orders -----------------------------------
    Mutant(
        "a refund that nobody knows of may be settled", "posapp/domain/inbox.py",
        "InboxAction.SEEN: refund.state in UNFINISHED_REFUNDS", "InboxAction.SEEN: False",
        "tests/unit/domain/test_inbox.py::test_what_nobody_knows_is_never_decided_and_never_sent_twice",
    ),
    Mutant(
        "a decision needs no right", "posapp/services/inbox.py",
        "authority = self._staff.authorise(Right.SETTLE, approval)", "authority = self._staff.authorise(Right.SHIFT)",
        "tests/unit/services/test_inbox.py::test_who_decided_and_who_allowed_it_stand_in_the_audit",
    ),
    Mutant(
        "the refund's audit row passes for its payment's", "posapp/store/verify.py",
        "            self._remember_vouched(row)\n            return\n", "            self._remember_vouched(row)\n",
        "tests/unit/store/test_vouched_rows.py::test_one_of_everything_is_whole",
    ),
    Mutant(
        "a refund that nothing vouches for is believed", "posapp/store/belongings.py",
        "believed = refund if vouched else doubted_refund(refund)", "believed = refund",
        "tests/unit/store/test_belongings.py::test_a_refund_that_nothing_vouches_for_is_asked_about",
    ),
    Mutant(
        "somebody that nothing vouches for may sign in after a restore", "posapp/store/belongings.py",
        "if told is None or told.row_hash != audit.hash_of(tuple(row.values())):", "if False:",
        "tests/unit/store/test_belongings.py::test_people_come_back_and_nobody_that_nothing_vouches_for",
    ),
    # --- the manager's day -----------------------------------------------------------------------------------
    Mutant(
        "a refund entered before another one was made goes out", "posapp/store/refunds.py",
        "if attempt.money.minor - left.minor != seen_minor:",
        "if False:",
        "tests/unit/store/test_refunds.py::test_a_refund_entered_before_another_one_was_made_is_refused",
    ),
    Mutant(
        "one press of a refund sends it twice", "posapp/services/refunds.py",
        "self._to_send.pop(wish_id, None)",
        "self._to_send.get(wish_id)",
        "tests/unit/services/test_refunds.py::test_sending_twice_sends_once",
    ),
    Mutant(
        "a refund of another amount counts as done", "posapp/services/refund_judgement.py",
        "amount_fits = answer.amount is None or answer.amount == refund.money.to_decimal()",
        "amount_fits = True",
        "tests/unit/services/test_refund_judgement.py::test_what_is_not_ours_is_never_an_end",
    ),
    Mutant(
        "another order's characters let a refund through", 'posapp/ui/presenters/refund.py',
        'if not is_tail(state.tail, state.merchant_order_id):',
        'if False:',
        'tests/ui/test_refund_sheet.py::test_another_orders_characters_send_nothing',
    ),
    Mutant(
        "somebody's word is good for ever", 'posapp/services/staff.py',
        'self._given.pop(token, None)',
        'self._given.get(token)',
        'tests/unit/services/test_staff.py::test_a_word_is_good_for_one_thing_once_and_soon',
    ),
    Mutant(
        "a closed day takes new orders", "posapp/services/day.py",
        "self.stored.next_open(self.frame.rule.of(at or self._clock.now()))",
        "self.frame.rule.of(at or self._clock.now())",
        "tests/unit/services/test_day.py::test_new_orders_belong_to_the_first_open_day",
    ),
    Mutant(
        "money at the very cut-off crosses nothing", "posapp/domain/day_sums.py",
        "line.settled_at >= ends",
        "line.settled_at > ends",
        "tests/unit/domain/test_day_sums.py::test_what_was_paid_after_the_end_is_a_crossing_and_in_the_bar_outside",
    ),
    Mutant(
        "a forged Z hangs in the chain", "posapp/domain/day_close.py",
        "if row.prev_hash != before:",
        "if False:",
        "tests/unit/domain/test_day_text.py::test_a_chain_is_whole_and_every_change_of_it_is_found",
    ),
    Mutant(
        "a blind count is told what to find", "posapp/services/shifts.py",
        "return not self._blind or (bool(crew.people) and crew.may(Right.REPORTS))",
        "return True",
        "tests/unit/services/test_shifts.py::test_a_blind_count_is_told_nothing_but_a_manager_is",
    ),
    Mutant(
        "an export is written over the old file", "posapp/services/exports/whole_file.py",
        "self.part = target.with_name(f\".{target.name}{_PART}\")",
        "self.part = target",
        "tests/unit/services/test_exports.py::test_an_old_file_is_replaced_only_by_a_whole_one",
    ),
    Mutant(
        "what the gateway takes back agrees", "posapp/services/comparison.py",
        "if paid is not (answer.status is ReportedStatus.SUCCEEDED):",
        "if False:",
        "tests/unit/services/test_comparison.py::test_what_the_gateway_takes_back_is_listed_and_rings",
    ),
    Mutant(
        "a twin note hides another order", "posapp/store/note_index.py",
        "twin.id < orders.id",
        "0",
        "tests/unit/store/test_note_index.py::test_twins_of_one_microsecond_are_all_found_newest_first",
    ),
    Mutant(
        "a page begins with the last row of the one before", "posapp/store/order_ways.py",
        "row[:3] < self.after",
        "row[:3] <= self.after",
        "tests/unit/store/test_listing.py::test_no_question_looks_at_more_than_so_many_orders",
    ),
    Mutant(
        "several processes guess a PIN faster", "posapp/services/pin_guard.py",
        "if known is None or known[0] != kept.failures:", "if known is None:",
        "tests/faults/abuse/test_pins.py::test_p2_several_processes_at_once_win_no_tries",
    ),
    Mutant(
        "a refund is freed though the gateway called it done", "posapp/domain/refund.py",
        " or self.review is RefundReview.CONTRADICTED",
        "",
        "tests/faults/gateway/test_refunds.py::test_g11_an_end_that_the_gateway_takes_back_stays_and_its_money_stays_reserved",
    ),
    Mutant(
        "a wrong PIN is compared uncounted", "posapp/services/pin_guard.py",
        "return writing.count_failures(kept.person.person_id, kept.failures + 1, kept.failures, facts)",
        "return True",
        "tests/faults/death/test_people.py::test_k9_killed_at_a_wrong_pin_it_was_counted_before_it_was_compared",
    ),
    Mutant(
        "a refund sheet that is sending lets the till lock", "posapp/ui/views/order_drawer.py",
        "return self.refund_sheet is not None and self.refund_sheet.is_sending",
        "return False",
        "tests/ui/test_lock.py::test_never_while_a_refund_is_on_its_way_and_anew_afterwards",
    ),
    Mutant(
        "scrolling past changes a column", "posapp/ui/widgets/choice.py",
        "e.ignore()",
        "super().wheelEvent(e)",
        "tests/ui/test_exports.py::test_scrolling_past_changes_no_column",
    ),
    Mutant(
        "a full disk's error in a workbook is dropped", "posapp/services/exports/workbook.py",
        "self._file.check()",
        "pass",
        "tests/faults/storage/test_exports.py::test_s1_a_file_that_does_not_fit_is_not_there_and_the_old_one_is_as_it_was",
    ),
)  # fmt: skip
