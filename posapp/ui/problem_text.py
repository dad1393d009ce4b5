"""Sentences for every problem: what happened, and what is safe to do now."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QCoreApplication

from posapp.domain.status import AttemptState
from posapp.ui.i18n import QT_TRANSLATE_NOOP

if TYPE_CHECKING:
    from posapp.domain.errors import Problem


class Situation(StrEnum):
    """What was going on when it happened; decides what is safe to do."""

    NOT_SENT = "not_sent"  # nothing left this machine
    REFUSED = "refused"  # the gateway said no for good
    NOT_KNOWN = "not_known"  # something was sent and nothing certain came back
    ASKING = "asking"  # the gateway was asked about an order and gave no answer
    INPUT = "input"  # what was typed or pressed cannot be done
    BACKGROUND = "background"  # nobody waits for it


_ADVICE: Final = {
    Situation.NOT_SENT: QT_TRANSLATE_NOOP(
        "problem", "Nothing was sent, so nothing can be paid. It is safe to try again."
    ),
    Situation.REFUSED: QT_TRANSLATE_NOOP(
        "problem",
        "There is no payment, so nothing can be paid. It is safe to charge again once the reason is gone.",
    ),
    Situation.NOT_KNOWN: QT_TRANSLATE_NOOP(
        "problem",
        "The payment may exist all the same. Do not charge again: the gateway is being asked until it is known.",
    ),
    Situation.ASKING: QT_TRANSLATE_NOOP(
        "problem",
        "Nothing has changed for the order: it is still asked about. Do not charge again until it is known.",
    ),
    Situation.INPUT: "",
    Situation.BACKGROUND: QT_TRANSLATE_NOOP(
        "problem", "Orders that are already open stay in the ledger and are still asked about."
    ),
}

_TITLES: Final = {
    # typing an amount
    "amount_empty": QT_TRANSLATE_NOOP("problem", "There is no amount in that text"),
    "amount_not_a_number": QT_TRANSLATE_NOOP("problem", "An amount is written with digits and one point, like 128.50"),
    "amount_digits_only": QT_TRANSLATE_NOOP("problem", "An amount has digits only"),
    "amount_leading_zero": QT_TRANSLATE_NOOP("problem", "An amount does not start with 0 unless it is below one"),
    "amount_too_many_decimals": QT_TRANSLATE_NOOP("problem", "That amount has more decimals than can be charged"),
    "amount_too_large": QT_TRANSLATE_NOOP("problem", "That is more than a till takes in one order"),
    "amount_zero": QT_TRANSLATE_NOOP("problem", "There is no amount to charge yet"),
    "amount_above_limit": QT_TRANSLATE_NOOP("problem", "The gateway does not take an amount as large as this"),
    "plus_needs_amount": QT_TRANSLATE_NOOP("problem", "Type an amount before adding the next one"),
    "decimals_out_of_range": QT_TRANSLATE_NOOP("problem", "That currency does not have so many decimals"),
    "currency_unknown": QT_TRANSLATE_NOOP("problem", "That is not a currency this till knows"),
    "currency_not_money": QT_TRANSLATE_NOOP("problem", "Nothing can be charged in that currency"),
    "currency_mixed": QT_TRANSLATE_NOOP("problem", "Two currencies cannot be added up"),
    "currency_not_taken": QT_TRANSLATE_NOOP("problem", "The gateway does not take this currency"),
    # the way to the gateway
    "timeout": QT_TRANSLATE_NOOP("problem", "The gateway did not answer in time"),
    "connect_timeout": QT_TRANSLATE_NOOP("problem", "The gateway could not be reached in time"),
    "reset": QT_TRANSLATE_NOOP("problem", "The connection broke before an answer came"),
    "cut_off": QT_TRANSLATE_NOOP("problem", "The gateway's answer was cut off"),
    "dns": QT_TRANSLATE_NOOP("problem", "The gateway's address could not be found"),
    "refused": QT_TRANSLATE_NOOP("problem", "The gateway's server does not accept connections"),
    "no_route": QT_TRANSLATE_NOOP("problem", "There is no way into the network"),
    "not_connected": QT_TRANSLATE_NOOP("problem", "No connection to the gateway came about"),
    "transport": QT_TRANSLATE_NOOP("problem", "The connection failed before an answer came"),
    "connections_busy": QT_TRANSLATE_NOOP("problem", "Every connection to the gateway is in use"),
    "tls_clock": QT_TRANSLATE_NOOP("problem", "The gateway's certificate is not valid yet"),
    "tls_expired": QT_TRANSLATE_NOOP(
        "problem", "The gateway's certificate is out of date, or this PC's clock is wrong"
    ),
    "tls_wrong_host": QT_TRANSLATE_NOOP("problem", "The server that answered is not the gateway"),
    "tls_unknown_ca": QT_TRANSLATE_NOOP("problem", "The gateway's certificate comes from nobody this PC trusts"),
    "tls_protocol": QT_TRANSLATE_NOOP("problem", "No secure connection could be agreed on with the gateway"),
    "tls_failed": QT_TRANSLATE_NOOP("problem", "No secure connection to the gateway could be made"),
    "proxy_auth": QT_TRANSLATE_NOOP("problem", "The shop's proxy server asks for a password"),
    "proxy_refused": QT_TRANSLATE_NOOP("problem", "The shop's proxy server did not let us through"),
    "captive_portal": QT_TRANSLATE_NOOP("problem", "The network shows a login page instead of the gateway"),
    "redirected": QT_TRANSLATE_NOOP("problem", "Something on the way sends us to another address"),
    "http_4xx": QT_TRANSLATE_NOOP("problem", "The gateway did not accept the request"),
    "http_5xx": QT_TRANSLATE_NOOP("problem", "The gateway has trouble of its own"),
    "malformed": QT_TRANSLATE_NOOP("problem", "The gateway's answer could not be understood"),
    "list_incomplete": QT_TRANSLATE_NOOP("problem", "The gateway's list of payments is not complete"),
    "several_payments": QT_TRANSLATE_NOOP("problem", "The gateway has several payments under this order's id"),
    "too_large": QT_TRANSLATE_NOOP("problem", "The gateway's answer is far larger than any it should give"),
    "credentials_rejected": QT_TRANSLATE_NOOP("problem", "The gateway does not accept this till's credentials"),
    "rate_limited": QT_TRANSLATE_NOOP("problem", "The gateway wants to be asked less often"),
    # what the gateway refuses
    "rejected": QT_TRANSLATE_NOOP("problem", "The gateway refused this charge"),
    "payer_missing": QT_TRANSLATE_NOOP("problem", "This way of paying needs to know who pays, and nobody was named"),
    "flow_unsupported": QT_TRANSLATE_NOOP("problem", "The gateway cannot take payments in this way"),
    "payment_method_not_allowed": QT_TRANSLATE_NOOP("problem", "WeChat Pay is not switched on for this merchant"),
    "amount_decimals": QT_TRANSLATE_NOOP("problem", "The gateway does not take such small fractions"),
    "return_url_missing": QT_TRANSLATE_NOOP("problem", "This way of paying needs a return address, and none is set up"),
    "cancel_unsupported": QT_TRANSLATE_NOOP("problem", "The gateway cannot close a payment"),
    "payment_id_missing": QT_TRANSLATE_NOOP("problem", "The gateway's id of this payment is not known"),
    "id_unusable": QT_TRANSLATE_NOOP("problem", "The gateway's id of this payment cannot be used"),
    "duplicate_order": QT_TRANSLATE_NOOP("problem", "The gateway already knows an order with this id"),
    "not_found": QT_TRANSLATE_NOOP("problem", "The gateway does not know this payment"),
    "invalid_status": QT_TRANSLATE_NOOP("problem", "The payment is in a state that does not allow this"),
    "wrong_intent": QT_TRANSLATE_NOOP("problem", "The gateway's answer does not belong to this order"),
    "operation_not_supported": QT_TRANSLATE_NOOP("problem", "The gateway cannot do this"),
    "other_gateway": QT_TRANSLATE_NOOP(
        "problem", "This payment was made at another gateway than the one that is set up now"
    ),
    "code_unusable": QT_TRANSLATE_NOOP("problem", "What the gateway gave out is no code that a till may show"),
    "code_empty": QT_TRANSLATE_NOOP("problem", "The gateway gave out an empty code"),
    "code_too_long": QT_TRANSLATE_NOOP(
        "problem", "The gateway's code is too long to be drawn so that it can be scanned"
    ),
    "window_too_small": QT_TRANSLATE_NOOP("problem", "The window is too small for a code that can be scanned"),
    # our own ledger and machine
    "disk_full": QT_TRANSLATE_NOOP("problem", "This PC's disk is full"),
    "ledger_read_only": QT_TRANSLATE_NOOP("problem", "The till's ledger may not be written"),
    "ledger_busy": QT_TRANSLATE_NOOP("problem", "Another program holds the till's ledger"),
    "ledger_cannot_open": QT_TRANSLATE_NOOP("problem", "The till's ledger cannot be opened"),
    "ledger_failed": QT_TRANSLATE_NOOP("problem", "The till's ledger could not be written"),
    "ledger_newer": QT_TRANSLATE_NOOP("problem", "The till's ledger was made by a newer version of this program"),
    "ledger_corrupt": QT_TRANSLATE_NOOP("problem", "The till's ledger is damaged"),
    "ledger_foreign": QT_TRANSLATE_NOOP("problem", "The file in the ledger's place is not a till's ledger"),
    "keyring_locked": QT_TRANSLATE_NOOP("problem", "The system's password store is locked"),
    "keyring_missing": QT_TRANSLATE_NOOP("problem", "This PC has no password store that could be used"),
    "secret_missing": QT_TRANSLATE_NOOP("problem", "This till has no credentials for the gateway"),
    "secret_empty": QT_TRANSLATE_NOOP("problem", "The gateway's secret is empty"),
    "internal": QT_TRANSLATE_NOOP("problem", "Something went wrong inside this program"),
    # what the rules of the till do not allow
    "new_code_not_allowed": QT_TRANSLATE_NOOP(
        "problem", "There may be no new code yet: the one shown can still be paid"
    ),
    "already_charging": QT_TRANSLATE_NOOP("problem", "This order is already being charged"),
    "already_paid": QT_TRANSLATE_NOOP("problem", "This order is already paid"),
    "other_code_open": QT_TRANSLATE_NOOP("problem", "Another code of this order can still be paid"),
    "code_gone": QT_TRANSLATE_NOOP("problem", "This code can no longer be shown"),
    "note_unusable": QT_TRANSLATE_NOOP("problem", "A note is one short line of plain text"),
    "not_ready": QT_TRANSLATE_NOOP("problem", "The till is not ready yet"),
    "stopping": QT_TRANSLATE_NOOP("problem", "The till is closing"),
    "order_unknown": QT_TRANSLATE_NOOP("problem", "This till has no such order"),
}

_MEND: Final = {
    "tls_expired": QT_TRANSLATE_NOOP("problem", "Check the date and time of this PC first."),
    "tls_unknown_ca": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC to check its certificates."),
    "tls_wrong_host": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after the network."),
    "captive_portal": QT_TRANSLATE_NOOP("problem", "Open a browser and sign in to the network."),
    "proxy_auth": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after the network."),
    "no_route": QT_TRANSLATE_NOOP("problem", "Check the network cable or the Wi-Fi."),
    "dns": QT_TRANSLATE_NOOP("problem", "Check the network cable or the Wi-Fi."),
    "credentials_rejected": QT_TRANSLATE_NOOP("problem", "Ask whoever set up this till to renew them."),
    "secret_missing": QT_TRANSLATE_NOOP("problem", "Ask whoever set up this till to enter them."),
    "secret_empty": QT_TRANSLATE_NOOP("problem", "Ask whoever set up this till to enter it again."),
    "other_gateway": QT_TRANSLATE_NOOP("problem", "Look it up at the gateway that it was made at."),
    "keyring_locked": QT_TRANSLATE_NOOP("problem", "Unlock it, then start the till again."),
    "disk_full": QT_TRANSLATE_NOOP("problem", "Free some space, then try again."),
    "ledger_read_only": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC."),
    "ledger_busy": QT_TRANSLATE_NOOP("problem", "Close the other one, then try again."),
    "ledger_cannot_open": QT_TRANSLATE_NOOP("problem", "Ask whoever looks after this PC."),
    "ledger_newer": QT_TRANSLATE_NOOP("problem", "Install the newer version; nothing was changed."),
    "ledger_corrupt": QT_TRANSLATE_NOOP("problem", "Do not delete anything; ask whoever looks after this PC."),
    "new_code_not_allowed": QT_TRANSLATE_NOOP(
        "problem", "Wait until the gateway says that it is closed, or let the customer pay it."
    ),
    "window_too_small": QT_TRANSLATE_NOOP("problem", "Make the window larger."),
    "not_ready": QT_TRANSLATE_NOOP("problem", "Try again in a moment."),
    "order_unknown": QT_TRANSLATE_NOOP("problem", "Look it up in the order list."),
}

_SAME: Final = {
    "credentials_rejected": ("unauthorized", "invalid_credentials"),
    "rate_limited": ("too_many_requests",),
    "duplicate_order": ("duplicate_request",),
    "not_found": ("resource_not_found", "payment_not_found"),
    "invalid_status": ("invalid_status_for_operation",),
    "rejected": ("validation_error", "invalid_argument"),
    "currency_not_taken": ("currency_not_supported",),
    "payment_id_missing": ("cancel_id_missing",),
    "timeout": ("login_timeout",),
    "malformed": (
        *("bad_http", "content_type", "content_encoding", "envelope", "event", "notice", "list", "field_wrong_type"),
        *("amount_unreadable", "token_unusable", "login_status"),
    ),
}
_OUR_REFUSALS: Final = frozenset({"credentials_rejected", "http_429", "internal", "other_gateway"})
"""Codes of refusals whose English sentence is this program's, not the gateway's."""
_NO_WORDS: Final = "no reason given"
"""What stands in a refusal in place of words that the gateway did not give."""
_ALIASES: Final = {alias: code for code, aliases in _SAME.items() for alias in aliases}


def has_sentence(code: str) -> bool:
    """Tell whether a code has a sentence of its own, rather than the general one."""
    return _known(code) in _TITLES


def situation_of(state: AttemptState) -> Situation:
    """Tell from an attempt's state what its problem means for the next step."""
    if state is AttemptState.NOT_SENT:
        return Situation.NOT_SENT
    if state is AttemptState.REFUSED:
        return Situation.REFUSED
    if state in (AttemptState.UNKNOWN, AttemptState.LAPSED, AttemptState.ORPHAN, AttemptState.CREATING):
        return Situation.NOT_KNOWN
    return Situation.ASKING


def problem_text(problem: Problem, situation: Situation = Situation.BACKGROUND) -> tuple[str, str]:
    """Return what happened, and what is safe to do now.

    Args:
        problem: What went wrong; an unknown code gets an honest general sentence.
        situation: What was going on; decides the second sentence.
    """
    code = _known(problem.code)
    title = _TITLES.get(code)
    mend = _MEND.get(code, "")
    parts = [QCoreApplication.translate("problem", part) for part in (mend, _ADVICE[situation]) if part]
    return _translated(title, situation), " ".join(parts)


def _translated(title: str | None, situation: Situation) -> str:
    if title is not None:
        return QCoreApplication.translate("problem", title)
    if situation is Situation.REFUSED:
        return QCoreApplication.translate("problem", "The gateway refused this charge")
    if situation in (Situation.NOT_KNOWN, Situation.ASKING):
        return QCoreApplication.translate("problem", "The gateway gave no answer that can be relied on")
    return QCoreApplication.translate("problem", "Something went wrong that has no name here")


def gateway_said(state: AttemptState, code: str | None, words: str) -> str:
    """Return what the gateway itself said about a refusal; empty where the words are this program's own.

    Args:
        state: What the attempt came to: only a refusal carries the gateway's words.
        code: The refusal's code; some are ours.
        words: What was written down, made fit to show.
    """
    if state is not AttemptState.REFUSED or code in _OUR_REFUSALS or words in ("", _NO_WORDS):
        return ""
    return words


def quoted(words: str) -> str:
    """Put words of the gateway in quotes, labelled as such; nothing stays nothing."""
    return QCoreApplication.translate("problem", "The gateway says: “{words}”").format(words=words) if words else ""


def support_line(problem: Problem) -> str:
    """Return the line that the gateway's support desk asks for, or an empty text."""
    if not problem.support_id:
        return QCoreApplication.translate("problem", "Code for support: {code}").format(code=problem.code)
    words = QCoreApplication.translate("problem", "Code for support: {code}, {support_id}")
    return words.format(code=problem.code, support_id=problem.support_id)


def _known(code: str) -> str:
    if code in _ALIASES:
        return _ALIASES[code]
    if code not in _TITLES and code.startswith("http_5"):
        return "http_5xx"
    if code not in _TITLES and code.startswith("http_4"):
        return "http_4xx"
    return code
